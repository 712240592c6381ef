"""What the depth of lines shows: commands set in, words of others set deeper than the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from statistics import median_low

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import is_meta
from briefing.script.marks import heading_candidates
from briefing.script.speakers import speaker_of

_BLANKS = " \t　"


def indent(line: str) -> int:
    """Give how many blanks a line begins with."""
    return len(line) - len(line.lstrip(_BLANKS))


def indented_roles(raw: Sequence[str], fixed: Mapping[int, Role], is_markdown: bool) -> dict[int, Role]:
    """Give the roles of lines that their depth alone tells: commands four blanks deep, words of others between paragraphs."""
    code = {n for n, t in enumerate(raw, 1) if n not in fixed and _CODE.fullmatch(t)}
    first = next((n for n, t in enumerate(raw, 1) if marks.FULL_STOP.search(t.strip(_BLANKS))), len(raw))
    code |= _code_blocks(raw, fixed) if is_markdown else _code_runs(raw, fixed, code, first)
    deep = {n for n, t in enumerate(raw, 1) if n > first and n not in fixed and _is_deep(t)}
    alone = {n for n in deep if fixed.get(n - 1) is fixed.get(n + 1) is Role.BLANK}
    quoted = alone if len(alone) < _LEAST_CENTRED else set()  # more of them are headings in the middle of the page
    quoted |= _set_in_blocks(raw, fixed, first)
    return dict.fromkeys(sorted(code), Role.CODE) | dict.fromkeys(sorted(quoted - code), Role.QUOTE)


def _code_blocks(raw: Sequence[str], fixed: Mapping[int, Role]) -> set[int]:
    """Give the lines of Markdown's indented code: four blanks deep behind a blank line, below no list (CommonMark 4.4)."""
    out: set[int] = set()
    above = ""  # the last line that is not set in
    for number, line in enumerate(raw, 1):
        is_deep = line.startswith(("    ", "\t")) and fixed.get(number) is not Role.CODE
        goes_on = number - 1 in out or fixed.get(number - 1) is Role.BLANK
        if is_deep and line.strip() and goes_on and not marks.LIST.fullmatch(above):
            out.add(number)
        elif line.strip() and not is_deep:
            above = line.strip(_BLANKS)
    return out


def _code_runs(raw: Sequence[str], fixed: Mapping[int, Role], code: Collection[int], first: int) -> set[int]:
    """Give the neighbouring lines of plain text without a Japanese word, two at least or set in, half of which hold signs of code.

    They stand behind the first sentence: above it a mail tells of itself.
    What goes on set in right below them, a comment, belongs to them.
    """
    out: set[int] = set()
    run: list[int] = []
    for number in range(first + 1, len(raw) + 2):
        line = raw[number - 1] if number <= len(raw) else ""
        is_free = fixed.get(number) in (None, Role.CODE) and bool(line.strip())
        if is_free and (not _JAPANESE.search(line) or (run and line.startswith("    "))):
            run.append(number)
            continue
        signs = sum(n in code or fixed.get(n) is Role.CODE or bool(_SIGNS.search(raw[n - 1])) for n in run)
        is_set_in = all(raw[n - 1].startswith(("    ", "\t")) for n in run)
        if run and signs * 2 >= len(run) and (len(run) > 1 or is_set_in):
            out |= {n for n in run if n not in fixed}
        run = []
    return out


_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠々。、：（）「」【】　-〿＀-￯]")
_SIGNS = re.compile(
    r"[={};$|]|</?\w+>|[-=]>|\w\(|\w,\w|\s-{1,2}\w|^\s*(?:#\s|//|\.\w)|\b(?:End|def|if|then|fi|done|echo|import|return|print|SELECT|sudo)\b"
)


def _set_in_blocks(raw: Sequence[str], fixed: Mapping[int, Role], first: int) -> set[int]:
    """Give the lines of two or more between blank lines that stand two wide blanks deep, in a text whose paragraphs stand less: verses."""
    out: set[int] = set()
    block: list[int] = []
    told = [t for n, t in enumerate(raw, 1) if n not in fixed and marks.FULL_STOP.search(t.rstrip(_BLANKS))]
    if sum(t.startswith("　　") for t in told) * 2 > len(told):
        return out
    for number in range(first + 1, len(raw) + 2):
        if number <= len(raw) and fixed.get(number) is not Role.BLANK:
            block.append(number)
            continue
        texts = [raw[n - 1] for n in block]
        is_deep = all(t.startswith("　　") and not t.startswith(_RIGHT) for t in texts)
        if len(block) >= 2 and is_deep and sum(map(_is_deep, texts)) * 2 > len(block) and not fixed.keys() & set(block):
            out |= set(block)
        block = []
    return out


_RIGHT = "　" * 6  # what stands to the right: a date, a name
_CODE = re.compile(r"(?: {4,}|\t+)(?=[^\s]*[a-zA-Z])[!-~]+(?: +[!-~]+)+")
_LEAST_CENTRED = 3


def _is_deep(line: str) -> bool:
    if not line.startswith("　　") or line.startswith(_RIGHT):
        return False
    text = line.strip(_BLANKS)
    is_other = heading_candidates(0, text) or marks.LIST.fullmatch(text) or is_meta(text) or marks.CONTACT.search(text)
    return not is_other and not marks.COLOPHON.fullmatch(text)


def mark_deeper(raw: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark paragraphs two wide blanks deep where most are less, or one deeper and with their source, as quoted, from the first sentence on."""
    told = [i for i, role in enumerate(roles) if role is Role.PARA]
    depths = {i: len(raw[i]) - len(raw[i].lstrip("　")) for i in told}
    first = next((i for i in told if "。" in raw[i]), len(raw))
    margin = median_low(depths.values()) if told else 0
    deep = {i for i in told if i > first and depths[i] > margin and len(raw[i].strip()) > _SHORTEST}
    signs = {i for i in deep if _signs(i, raw, roles)}
    quoted = {i for i in deep if depths[i] > max(margin, 1) or marks.VOICE.fullmatch(raw[i].strip())}
    alone = {i for i in deep if roles[i - 1] is Role.BLANK and roles[i + 1 : i + 2] in ([Role.BLANK], [])}
    if margin == 0 and deep == alone and len(deep) * 4 <= len(told):
        quoted |= deep  # each a paragraph among such as stand at the margin
    marked = dict.fromkeys(quoted, Role.QUOTE) | dict.fromkeys(signs, Role.META)
    return [marked.get(i, role) for i, role in enumerate(roles)]


def _signs(index: int, raw: Sequence[str], roles: Sequence[Role]) -> bool:
    """Say whether a line is no sentence and stands at the right, or goes on from a label above, deeper than it: who writes, and where."""
    line, above = raw[index], raw[index - 1]
    is_label = roles[index - 1] is Role.META or bool(marks.META_LABEL.match(above.strip(_BLANKS)))
    goes_on = is_label and indent(line) > indent(above) + 1
    is_short = len(line.strip(_BLANKS)) <= _LONGEST_NAME and not marks.FULL_STOP.search(line.rstrip(_BLANKS))
    return is_short and (line.startswith(_RIGHT) or goes_on)


_LONGEST_NAME = 32


def mark_flush(raw: Sequence[str], roles: Sequence[Role], speakers: Sequence[str]) -> list[Role]:
    """Give the roles again: where what a speaker goes on to say hangs deeper than their name, what does not is told."""
    going_on = [
        i for i, role in enumerate(roles) if role is Role.TURN and not speaker_of(raw[i].strip(_BLANKS), speakers)
    ]
    depths = {i: indent(raw[i]) for i in going_on}
    opening = [indent(raw[i]) for i, role in enumerate(roles) if role is Role.TURN and i not in depths]
    margin = max(opening, default=0)
    hangs = any(depth > margin + 1 for depth in depths.values())
    return [Role.PARA if hangs and depths.get(i, margin + 1) <= margin else role for i, role in enumerate(roles)]


def mark_hung(raw: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Give the roles again: what hangs deeper right below a question, and has its answer below, is asked, too."""
    out = list(roles)
    for i in range(1, len(raw) - 1):
        is_between = out[i - 1] is Role.QUESTION and out[i] is out[i + 1] is Role.ANSWER
        if is_between and indent(raw[i]) > max(indent(raw[i - 1]), indent(raw[i + 1])) + 1:
            out[i] = Role.QUESTION
    return out


_SHORTEST = 3  # characters that say nothing yet
