"""What is seen of a piece's letters."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from briefing.sources.clutter import is_plea


def plain_form(text: str) -> str:
    """Give a text in one notation, numbers as 9.

    >>> plain_form("価格：１,３２０円")
    '価格:9,9円'
    """
    return re.sub(r"\d+", "9", unicodedata.normalize("NFKC", text))


def traits_of_text(text: str, linked: int) -> Iterator[str]:
    """Yield the features of a text of which so many letters are linked."""
    form = plain_form(text)
    length = bisect_right((2, 5, 9, 15, 24, 39, 59, 89, 139, 219), len(text))
    share = bisect_right((0.01, 0.3, 0.6, 0.99), linked / len(text))
    yield from (
        f"length={length}",
        f"linked={share}",
        f"length,linked={length},{share}",
        f"ends as={sort_of(text[-1])}",
    )
    yield f"opens as={sort_of(text[0])}"
    yield from (f"stops={min(text.count('。'), 3)}", f"commas={min(text.count('、'), 3)}")
    yield from (f"tells={name}" for name, pattern in _TOLD if pattern.search(form))
    yield from (f"holds={letter}" for letter in _TELLING if letter in text)
    if is_plea(text):
        yield "rule=plea"
    if len(text) <= _SHORT:
        yield from (f"has={form[at : at + size]}" for size in (2, 3) for at in range(len(form) - size + 1))
    if len(text) <= WORD:
        yield f"is={form}"
    for size in (2, 3, 4):
        yield f"begins={form[:size]}"
        yield f"ends={form[-size:]}"


_SHORT = 60  # letters
WORD = 20
"""Letters of a text that is looked at as a whole."""
_TELLING = "@©#%％×＼／→▶▼＞>★☆■◆●○※【〔［「（：｜|/・、。！？!?♪“…"
_TOLD = (
    ("price", re.compile(r"¥\s?[\d,]+|[\d,]+\s?円")),
    ("date", re.compile(r"9[年/.\-]\s?9|9月9日")),
    ("time", re.compile(r"9:9")),
    ("latin", re.compile(r"\A[\x00-\u024f]+\Z")),
    ("no word", re.compile(r"\A\W+\Z")),
)
_TELLING_SORTS = (
    ("stop", "。．."),
    ("question", "？?"),
    ("call", "！!"),
    ("bracket", "「『（(【〔」』）)】〕"),
    ("arrow", "→▶>›»＞▼←«‹"),
)


def sort_of(letter: str) -> str:
    """Give what sort of sign a letter is."""
    if told := next((name for name, letters in _TELLING_SORTS if letter in letters), ""):
        return told
    if letter.isdigit():
        return "digit"
    name = unicodedata.name(letter, "").split(" ", 1)[0]
    return name.lower() if name in ("HIRAGANA", "KATAKANA", "CJK", "LATIN") else "sign"
