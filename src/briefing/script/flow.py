"""The lines of a file as they are meant: rows of a drawn box without its bars, no double spacing, wrapped lines joined.

Structure is looked for in these; `spread` gives what is found there by the lines of the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from unicodedata import east_asian_width

from briefing.model import Block, QaPair, Role, Section, Subheading
from briefing.script import marks
from briefing.script.lines import is_meta

BLANKS = " \t　"


@dataclass(frozen=True, slots=True)
class Outline:
    """What is found in lines, by their numbers."""

    title: str | None
    title_line: int | None
    roles: tuple[Role, ...]
    sections: tuple[Section, ...]
    subheadings: tuple[Subheading, ...]
    pairs: tuple[QaPair, ...]
    speakers: tuple[str, ...]


def find_flow(plain: Sequence[str]) -> list[list[int]]:
    """Give the numbers of the lines that make each line as it is meant; blank lines of a double spacing are in none."""
    flow: list[list[int]] = []
    goes_on = False
    numbers = _telling_lines(plain)
    wrapped = _find_wrapped([plain[n - 1] for n in numbers])
    for index, number in enumerate(numbers):
        if goes_on:
            flow[-1].append(number)
        else:
            flow.append([number])
        goes_on = index in wrapped
    return flow


def with_full_stops(lines: Sequence[str]) -> list[str]:
    """Give the lines of a text that ends its sentences with ． with 。 and 、 in place of ． and ，, as long as they were.

    >>> with_full_stops(["1．春，夏", "川は広い．", "橋は古い．"])
    ['1．春，夏', '川は広い。', '橋は古い。']
    """
    told = [_FULL_WIDTH_STOP.search(line.rstrip(BLANKS)) for line in lines]
    others = sum("。" in line for line in lines)
    if sum(map(bool, told)) <= max(others, 1):
        return list(lines)
    return [
        _FULL_WIDTH_STOP.sub("。", line).replace("，", "、") if stop else line
        for line, stop in zip(lines, told, strict=True)
    ]


_FULL_WIDTH_STOP = re.compile(r"(?<=[ぁ-ん一-龠ァ-ヴー）」』])[．.](?![0-9０-９A-Za-z.．])")


def join_line(plain: Sequence[str], numbers: Sequence[int]) -> str:
    """Give the text of a line that is meant, with its indent."""
    first, *others = (plain[number - 1] for number in numbers)
    return join_texts([first, *(text.strip(BLANKS) for text in others)])


def join_texts(texts: Sequence[str]) -> str:
    """Join what a margin cut: Latin words keep a space between them.

    >>> join_texts(["傘を持", "って、GitHub", "Actions へ"])
    '傘を持って、GitHub Actions へ'
    """
    out = texts[0]
    for text in texts[1:]:
        are_words = re.search(r"[!-~]$", out) and re.match(r"[!-~]", text)
        out = f"{out.rstrip(BLANKS)}{' ' if are_words else ''}{text}"
    return out


def find_runs(block: Block) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Give the lines of a block as they are meant: the numbers and texts of each with those that go on from it."""
    runs: list[tuple[tuple[int, ...], tuple[str, ...]]] = []
    for number, text in zip(block.lines, block.texts, strict=True):
        if runs and number in block.goes_on:
            numbers, texts = runs[-1]
            runs[-1] = (*numbers, number), (*texts, text)
        else:
            runs.append(((number,), (text,)))
    return runs


def spread(found: Outline, flow: Sequence[Sequence[int]], count: int) -> Outline:
    """Give an outline by the numbers that the lines have in a file of `count` lines."""
    if len(flow) == count:
        return found
    roles = [Role.BLANK] * count
    for numbers, role in zip(flow, found.roles, strict=True):
        for number in numbers:
            roles[number - 1] = role

    def first(number: int) -> int:
        return flow[number - 1][0]

    def last(number: int) -> int:
        return flow[number - 1][-1]

    return replace(
        found,
        title_line=first(found.title_line) if found.title_line else None,
        roles=tuple(roles),
        sections=tuple(replace(s, start=first(s.start), end=last(s.end)) for s in found.sections),
        subheadings=tuple(replace(s, line=first(s.line)) for s in found.subheadings),
        pairs=tuple(QaPair((first(p.q[0]), last(p.q[1])), (first(p.a[0]), last(p.a[1]))) for p in found.pairs),
    )


def without_boxes(raw: Sequence[str]) -> list[str]:
    """Give the lines with the bars taken off the rows of a drawn box; a box with columns is a table and stays.

    >>> without_boxes(["┏━━━", "┃★┃題", "┗━━━"])
    ['┏━━━', '★題', '┗━━━']
    """
    out = list(raw)
    top: int | None = None
    for index, line in enumerate(raw):
        text = line.strip(BLANKS)
        if _TOP.fullmatch(text):
            top = index
        elif top is not None and _BOTTOM.fullmatch(text):
            rows = [_ROW.fullmatch(t.strip(BLANKS)) for t in raw[top + 1 : index]]
            if all(rows):
                out[top + 1 : index] = [_text_of(r) for r in rows if r]
            top = None
        elif top is not None and not text.startswith(_BARS):
            top = None
    return out


_BARS = ("│", "┃", "║", "|", "｜")
_TOP = re.compile(r"[┌┏╔╭+＋][─━═\-－]{2,}[┐┓╗╮+＋]?")
_BOTTOM = re.compile(r"[└┗╚╰+＋][─━═\-－]{2,}[┘┛╝╯+＋]?")
_ROW = re.compile(r"[│┃║|｜][ 　]*(?:(?P<cell>[^│┃║|｜\s])[│┃║|｜])?[ 　]*(?P<text>[^│┃║|｜]*?)[ 　]*[│┃║|｜]?")


def _text_of(row: re.Match[str]) -> str:
    """Give what a row of a box says; a number in a cell of its own keeps a bar behind it."""
    cell = row["cell"] or ""
    return f"{cell}{'┃' if marks.parse_number(cell) is not None else ''}{row['text']}"


def _telling_lines(raw: Sequence[str]) -> list[int]:
    """Give the numbers of the lines to look at: all, but one blank line of every run where no two lines stand together."""
    told = [n for n, line in enumerate(raw, 1) if line.strip()]
    if len(told) < _LEAST_SPACED or any(b == a + 1 for a, b in pairwise(told)):
        return list(range(1, len(raw) + 1))
    return [n for n in range(1, len(raw) + 1) if raw[n - 1].strip() or (n > 1 and not raw[n - 2].strip())]


_LEAST_SPACED = 12  # lines of a text of which double spacing can be told


def columns(text: str) -> int:
    """Give how many columns a text fills: two for a wide character.

    >>> columns("第1回")
    5
    """
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)


def _find_wrapped(lines: Sequence[str]) -> frozenset[int]:
    """Give the lines (from 0) that go on in the next: full to a width that no sentence asks for, or cut where nothing ends.

    One width shows by several lines that end in no sentence there, and few that are longer. Lines cut at will show by a
    comma at their end, a particle or the end of a word at the beginning of the next or, where several are, by a particle
    at their end. Above the first sentence lines join only to make one.
    """
    joinable = _joinable(lines)
    able = [i for i in joinable if not marks.FULL_STOP.search(lines[i])]
    by_measure = (_full_lines(lines, able, joinable, measure, slack) for measure, slack in _MEASURES)
    full = max(by_measure, key=len)
    at_comma = {i for i in able if lines[i].endswith(("、", "，")) or _goes_on(lines[i + 1].strip(BLANKS))}
    cut = at_comma | {i for i in able if columns(lines[i]) >= _NARROWEST and _stops_at_particle(lines[i])}
    told = [columns(line) for line in lines if line]
    is_cut = len(cut) >= _LEAST_CUT and sum(w > _PAGE for w in told) * 10 <= len(told)
    unfinished = at_comma | {i for i in able if _is_open(lines[i])}
    return frozenset(_below_head(full | (cut if is_cut else at_comma), lines) | _in_head(unfinished, lines))


def _is_open(line: str) -> bool:
    """Say whether a line opens a bracket that it does not close."""
    return any(line.count(a) > line.count(b) for a, b in ("「」", "『』", "（）"))


def _in_head(unfinished: set[int], lines: Sequence[str]) -> set[int]:
    """Give the lines above the first sentence that end in its midst, as a title on two lines does."""
    first = next((i for i, t in enumerate(lines) if marks.FULL_STOP.search(t)), len(lines))
    return {i for i in unfinished if i + 1 < first and not is_meta(lines[i + 1].strip(BLANKS))}


_SLACK = 3  # columns that stay free where the next character may not begin a line
_MEASURES = ((columns, _SLACK), (len, 1))


def _full_lines(
    lines: Sequence[str], able: Sequence[int], joinable: Sequence[int], measure: Callable[[str], int], slack: int
) -> set[int]:
    """Give the lines that are full to the one width of a wrapped text, measured in columns or characters."""
    widths = [measure(line.rstrip(BLANKS)) for line in lines]
    width = _common_width([widths[i] for i in able], [w for w in widths if w], slack)
    if not width:
        return set()
    full = {i for i in able if width - slack <= widths[i] <= width + 2 and not _is_whole(lines, i)}
    return full | {i for i in joinable if widths[i] >= width - slack and lines[i + 1].startswith(("（", "("))}


def _below_head(wrapped: set[int], lines: Sequence[str]) -> set[int]:
    """Take out the lines above the first sentence that do not lead into it."""
    first = next((i for i, t in enumerate(lines) if marks.FULL_STOP.search(t)), len(lines))
    while first - 1 in wrapped and not is_meta(lines[first - 1].strip(BLANKS)):
        first -= 1
    return {i for i in wrapped if i >= first}


def _goes_on(text: str) -> bool:
    """Say whether a line begins as no sentence does: with a particle before a word, or the end of a verb alone."""
    return bool(_CONTINUES.match(text))


_CONTINUES = re.compile(
    r"を(?!もって|はじめ|と?り)|[はがにのもへ](?=[一-龠ァ-ヴ0-9０-９「『])|[はがも]、|(?:と|で)(?=[一-龠ァ-ヴ])"
    r"|(?:さい|ます|ました|ません|です|でした|した|せん|ない|なさい|ょう|[いるたん])。"
)
_NARROWEST = 28  # columns a line of a wrapped text
_LEAST_CUT = 4
_PAGE = 84  # columns that hold a line cut by hand
_PARTICLE = re.compile(r"(?:[はがをにでともへの]|から|まで|より|など|ので|けど|って|[てっ])$")


def _stops_at_particle(line: str) -> bool:
    text = line.strip(BLANKS)
    return bool(_PARTICLE.search(text)) and not _heads(text) and not marks.LIST.fullmatch(text)


def _is_whole(lines: Sequence[str], index: int) -> bool:
    """Say whether a line is closed by a bracket or an ornament of its own heading, or stands above a label."""
    text = lines[index].strip(BLANKS)
    return bool((_heads(text) and _CLOSED.search(text)) or marks.META_LABEL.match(lines[index + 1].strip(BLANKS)))


_CLOSED = re.compile(r"[\]］】>＞〉》〕≫◇◆■□●○☆★＝〜～＊]$")


def _heads(line: str) -> bool:
    return bool(marks.heading_candidates(0, line.strip(BLANKS)))


def _joinable(lines: Sequence[str]) -> list[int]:
    """Give the lines (from 0) of text right above another that opens with no mark of its own, code and tables aside."""
    out, in_code = [], False
    for index, (line, below) in enumerate(pairwise(lines)):
        in_code ^= line.startswith(("```", "~~~"))
        text, following = line.strip(BLANKS), below.strip(BLANKS)
        is_text = text and not in_code and not _NO_TEXT.search(text)
        is_shallower = _indent(below) < _indent(line) - 1
        if is_text and following and not is_shallower and not _opens(following):
            out.append(index)
    return out


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(BLANKS))


_NO_TEXT = re.compile(r"^[#|>＞:]|^\$ |https?://|\S(?:　{2,}| {3,}|\t)\s*\S|^[\W_]+$|  $|\\$")
_MARKED = re.compile(r"[#|>＞■□◆◇●▼▽▲△★☆【]|```|~~~|:::|https?://|[\W_]+$")


def _opens(text: str) -> bool:
    """Say whether a line begins something of its own by its mark."""
    return bool(_MARKED.match(text)) or any(
        p.fullmatch(text) for p in (marks.LIST, marks.QUESTION, marks.ANSWER, marks.NOTE)
    )


def _common_width(able: Sequence[int], every: Sequence[int], slack: int) -> int:
    """Give the width to which several lines are full that end in no sentence and which few exceed; 0 where there is none."""
    counts = Counter(w for w in able if w >= _NARROWEST)

    def full(width: int) -> int:
        return sum(counts[w] for w in range(width - slack, width + 1))

    width = max(counts, key=lambda w: (full(w), -w), default=0)
    wider = sum(w > width + 2 for w in every)
    is_one = (full(width) >= _LEAST_CUT and wider * 8 <= len(every)) or (
        full(width) >= 2 and not wider and width >= _WIDE
    )
    return width if is_one else 0


_WIDE = 40  # columns of which two lines alone show a width, where no line is longer
