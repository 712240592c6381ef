"""What is sent to voices that read text themselves: the sentence, with everything that we have settled in katakana."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from briefing.model import Join, Origin
from briefing.reading.accent import AccentPhrase, phrase_ends
from briefing.reading.frontend import Token
from briefing.reading.spans import Spans, said

_KANJI = re.compile(r"[\u3400-\u9fff々〆〇ヶ]+")
_READABLE = re.compile(
    r"[\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff々〆〇ヶ]+"
)  # kana and kanji; the rest is misread
_DIGIT = re.compile(r"\d")


def spoken_text(spans: Spans, tokens: Sequence[Token], phrases: Sequence[AccentPhrase]) -> tuple[str, tuple[Join, ...]]:
    """Give the text, and where its phrases end in it and in the kana.

    A word stays as it is written when nobody decided on it and it is kana or kanji; numbers with their counters, Latin
    letters, signs and the words of rules, lists and ruby are given as they are read.
    """
    settled, given = _settled(spans), said(spans)
    pieces: list[str] = []
    counts = False
    for token in tokens:
        written = given[token.start : token.end]
        counts = bool(_DIGIT.search(written) or (counts and _KANJI.fullmatch(written)))
        is_ours = counts or any(start < token.end and token.start < end for start, end in settled)
        pieces.append(written if not is_ours and _READABLE.fullmatch(written) else token.kana)
    ends = dict(zip((token.end for token in tokens), accumulate(map(len, pieces)), strict=True))
    joins = (
        Join(ends[p.end], end) for p, end in zip(phrases, phrase_ends(tuple(phrases)), strict=True) if p.end in ends
    )
    return "".join(pieces), tuple(joins)


def _settled(spans: Spans) -> list[tuple[int, int]]:
    """Give where somebody decided on what is said."""
    ends = list(accumulate(len(span.said) for span in spans))
    return [(end - len(s.said), end) for s, end in zip(spans, ends, strict=True) if s.origin is not Origin.FRONT_END]
