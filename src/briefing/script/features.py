"""What is seen of each line by a model: its letters, its form, its place, and the same of its neighbours.

No feature knows a rule of ours: they are short strings, each of a kind (before the `=`) and a value, that a line has or has not.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank: `text` in one notation, blank lines `above` and `below` it (two at most)."""

    text: str
    lead: str
    shape: str
    above: int
    below: int
    is_indented: bool


def find_features(lines: Sequence[str], is_markdown: bool) -> Iterator[set[str]]:
    """Yield the features of every line, some four hundred; a blank line has none."""
    texts = [plain_text(line) for line in lines]
    told = [n for n, text in enumerate(texts) if text]
    seen = [_see_line(n, texts, lines[n]) for n in told]
    leads = Counter(line.lead for line in seen)
    heading, since, last = "", 0, -1
    for place, (number, line) in enumerate(zip(told, seen, strict=True)):
        yield from (set() for _ in range(last + 1, number))
        own = {*_own_features(line), *_place_features(place, len(seen), line), *_neighbours(place, seen)}
        own |= {f"lead={line.lead}×{min(leads[line.lead], _OFTEN)}", f"markdown={is_markdown}"}
        if heading:
            own |= {*_grams("head", heading[:_HEADING], 2, 4), f"behind head={_near(place - since)}"}
        yield own
        last = number
        follows_rule = place > 0 and bool(_RULE.fullmatch(seen[place - 1].text))
        if (line.above or not place or follows_rule) and _may_head(line.text):
            heading, since = line.text, place
    yield from (set() for _ in range(last + 1, len(lines)))


_OFTEN = 4  # lines of one lead
_HEADING = 24  # letters of a heading that are looked at
_RULE = re.compile(r"[-=*_―─━＿~・◇◆\s]{3,}")


def _may_head(text: str) -> bool:
    return len(text) <= 40 and not text.endswith(("。", "、"))


def plain_text(line: str) -> str:
    """Give a line in one notation: addresses as U and M, numbers as 0, Latin words as A.

    >>> plain_text("　１０月２日　申込：https://example.jp/a")
    '0月0日 申込:U'
    """
    text = unicodedata.normalize("NFKC", line).strip()
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    return text


_SIGNS = (
    (re.compile(r"https?://\S+|www\.\S+"), "U"),
    (re.compile(r"[\w.+-]+@[\w.-]+"), "M"),
    (re.compile(r"\d+"), "0"),
    (re.compile(r"[A-Za-z]{2,}"), "A"),
)


def _see_line(number: int, texts: Sequence[str], raw: str) -> _Line:
    text = texts[number]
    above, below = texts[max(number - 2, 0) : number], texts[number + 1 : number + 3]
    return _Line(
        text,
        _lead_of(text),
        _shape_of(text),
        _count_blank(above[::-1]),
        _count_blank(below),
        raw[:1] in " \u3000\t",
    )


def _count_blank(texts: Sequence[str]) -> int:
    return next((count for count, text in enumerate(texts) if text), len(texts))


def _lead_of(text: str) -> str:
    match = _LEAD.match(text)
    return _NUMBER.sub("0", match[0]) if match else ""


_NUMBER = re.compile("[0-9一二三四五六七八九十]+")
_LEAD = re.compile(
    r"[^\w\s]{1,3}|[0-9]+[.)、．）　 ]|第[0-9一二三四五六七八九十]+|[一二三四五六七八九十]+[、　 .]|[A-Za-z][.)]|[ア-ン][)）.]"
)


def _shape_of(text: str) -> str:
    """Give the scripts of a text in turn, each run as one letter; what is no letter stands for itself."""
    for pattern, sign in _SCRIPTS:
        text = pattern.sub(sign, text)
    return text


_SCRIPTS = (
    (re.compile("[一-鿿々〆]+"), "漢"),
    (re.compile("[ぁ-ん]+"), "ひ"),
    (re.compile("[ァ-ヶー]+"), "カ"),
    (re.compile("[A-Za-z]+"), "A"),
)


def _own_features(line: _Line) -> Iterator[str]:
    text, shape = line.text, line.shape
    yield from _grams("has", text if len(text) <= _SEEN else f"{text[:40]}…{text[-28:]}", 1, 4)
    for count in (1, 2, 3):
        yield f"begins={text[:count]}"
        yield f"ends={text[-count:]}"
    yield f"shape begins={shape[:6]}"
    yield f"shape ends={shape[-5:]}"
    if len(shape) < 14:
        yield f"shape={shape}"
    length = _length(text)
    yield f"length={length}"
    yield f"above={line.above}"
    yield f"below={line.below}"
    yield f"blanks={line.above},{line.below},{length}"
    yield f"indent={line.is_indented}"
    yield f"lead={line.lead},{bool(line.above)},{bool(line.below)}"


_SEEN = 70  # letters of a line that are looked at


def _place_features(place: int, count: int, line: _Line) -> Iterator[str]:
    first, last = _near(place), _near(count - 1 - place)
    yield f"from top={first}"
    yield f"from end={last}"
    yield f"tenth={10 * place // count}"
    yield f"from top={first},{_length(line.text)}"
    yield f"from top={first},{line.text[-1]}"
    yield f"from end={last},{line.text[-1]}"


def _neighbours(place: int, seen: Sequence[_Line]) -> Iterator[str]:
    own = seen[place].text
    for step in (-2, -1, 1, 2):
        if not 0 <= place + step < len(seen):
            yield f"{step:+}=none"
            continue
        other = seen[place + step]
        text = other.text
        yield f"{step:+} begins={text[:2]}"
        yield f"{step:+} ends={text[-2:]}"
        yield f"{step:+} length={_length(text)}"
        yield f"{step:+} shape={other.shape[:3]}"
        yield f"{step:+} lead={other.lead}"
        if abs(step) == 1:
            yield from _grams(f"{step:+}", text[:30], 2, 3)
            yield f"{step:+} begins={text[0]},{own[0]}"
            yield f"{step:+} ends={text[-1]},{own[-1]}"


def _grams(kind: str, text: str, least: int, most: int) -> Iterator[str]:
    """Give the runs of `least` to `most` letters of a text between ^ and $."""
    framed = f"^{text}$"
    for size in range(least, most + 1):
        for start in range(len(framed) - size + 1):
            yield f"{kind}={framed[start : start + size]}"


def _length(text: str) -> int:
    """Give the rank of a length among the bounds."""
    return next((rank for rank, bound in enumerate(_LENGTHS) if len(text) <= bound), len(_LENGTHS))


_LENGTHS = (3, 6, 10, 15, 20, 30, 45, 70, 120)


def _near(count: int) -> str:
    return str(count) if count < 6 else "6" if count < 10 else "10" if count < 20 else "20"
