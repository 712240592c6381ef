"""Lines that a margin or a hand cut: which go on in the next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from unicodedata import east_asian_width

from briefing.morphology import analyse
from briefing.script import marks
from briefing.script.lines import is_meta

BLANKS = " \t　"


def columns(text: str) -> int:
    """Give how many columns a text fills: two for a wide character.

    >>> columns("第1回")
    5
    """
    return sum(2 if east_asian_width(c) in "WFA" else 1 for c in text)


def find_wrapped(lines: Sequence[str]) -> frozenset[int]:
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
    if (
        len(full) >= _LEAST_CUT
    ):  # what opens a paragraph far from the width that others fill is whole: a heading, a question
        width = max(columns(lines[i]) for i in full)
        cut -= {
            i for i in cut - at_comma if columns(lines[i]) * 3 <= width * 2 and not "".join(lines[max(i - 1, 0) : i])
        }
    unfinished = at_comma | {i for i in able if _is_open(lines[i])}
    found = full | (cut if is_cut else at_comma) | {i for i in joinable if _is_cut_speech(lines, i)}
    for i in reversed(able):
        if "。" in lines[i + 1] or i + 1 in found:
            found |= {i} if _breaks_off(lines, i) else set()
    return frozenset(_below_head(found, lines) | _in_head(unfinished, lines))


def _breaks_off(lines: Sequence[str], index: int) -> bool:
    """Say whether a line stops in the midst of a sentence: at a word that asks for another.

    A sentence must have begun in it, or right above it; a line that is a heading or a question has one word to end it.
    """
    text, below = lines[index].strip(BLANKS), lines[index + 1].strip(BLANKS)
    above = lines[index - 1].strip(BLANKS) if index else ""
    if _NO_PROSE.search(text) or _heads(text) or marks.LIST.fullmatch(text) or is_meta(text):
        return False
    is_inside = "。" in text or ("。" in above and len(text) >= _INSIDE)
    if not is_inside and "、" not in text:
        return False
    if text.endswith("か"):
        return bool(_ASKED.match(below))
    last, first = analyse(text)[-1], analyse(below)[0]
    asks = last.pos[0] in ("副詞", "連体詞") or last.surface in ("は", "が", "を", "の") or text.endswith("という")
    if asks and last.pos[1] != "終助詞":
        return last.pos[0] != "副詞" or "、" in text
    if last.pos[0] == "助詞" and last.pos[1] != "終助詞":
        return is_inside
    is_plain = last.pos[0] in ("動詞", "形容詞", "助動詞") and last.inflection[1].startswith(("終止形", "連体形"))
    return (
        is_plain and is_inside and first.pos[0] in ("名詞", "代名詞") and "、" in text and not _POLITE_END.search(text)
    )


_INSIDE = 12  # characters of a line inside a paragraph that is no heading of its own
_NO_PROSE = re.compile(r"[:：=＝|｜]|\S　+\S|^[「『（(]")
_ASKED = re.compile(r"[も、]|どうか|分から|わから|分かり|わかり|知[らりっ]|は(?!い)")
_POLITE_END = re.compile(r"(?:です|ます|した|ません|でしょう)$")


def _is_cut_speech(lines: Sequence[str], index: int) -> bool:
    """Say whether a line ends a sentence inside 「, and the next one goes on to 」 and to who said it."""
    text, below = lines[index].strip(BLANKS), lines[index + 1].strip(BLANKS)
    return text.startswith("「") and _is_open(text) and bool(_SPOKEN_END.match(below))


_SPOKEN_END = re.compile("[^「」]*」(?:と|って|など)")


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
_SPEECH = re.compile("「[^「」]{8,}」")


def _opens(text: str) -> bool:
    """Say whether a line begins something of its own by its mark."""
    return bool(_MARKED.match(text) or _SPEECH.fullmatch(text)) or any(
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
