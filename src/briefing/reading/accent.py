"""Accent phrases and their one-line notation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from briefing.reading.kana import split_morae


@dataclass(frozen=True, slots=True)
class AccentPhrase:
    """Katakana said in one pitch movement. `accent`: the mora after which the pitch falls, 0 for none; `pause` the sign behind it.

    `end` is where it ends in the text that the front end was given.
    """

    kana: str
    accent: int = 0
    pause: str = ""
    end: int = 0

    def ending(self, pause: str) -> AccentPhrase:
        """Give the phrase followed by a pause; the strongest sign stays.

        >>> AccentPhrase("ア").ending("、").ending("？").ending("、").pause
        '？'
        """
        strength = "、。！？"
        return replace(self, pause=max(self.pause or pause, pause, key=strength.index))

    def __str__(self) -> str:
        morae = split_morae(self.kana)
        if not 0 < self.accent <= len(morae):
            return self.kana + self.pause
        return "".join(morae[: self.accent]) + "'" + "".join(morae[self.accent :]) + self.pause


def accented(phrases: tuple[AccentPhrase, ...]) -> str:
    """Write phrases in one line: `'` after the mora where the pitch falls, `/` between phrases, 、。！？ as pauses.

    >>> accented((AccentPhrase("キョー", 1), AccentPhrase("ハレ", 0, "。")))
    "キョ'ー/ハレ。"
    """
    return "".join(_pieces(phrases))


def phrase_ends(phrases: tuple[AccentPhrase, ...]) -> tuple[int, ...]:
    """Give where each phrase ends in the line that `accented` writes, its pause included, the slash before the next not.

    >>> phrase_ends((AccentPhrase("キョー", 1), AccentPhrase("ハレ", 0, "。")))
    (4, 8)
    """
    return tuple(accumulate(map(len, _pieces(phrases))))


def _pieces(phrases: tuple[AccentPhrase, ...]) -> Iterator[str]:
    """Yield each phrase as it is written, with the slash that parts it from the one before."""
    before = "。"
    for phrase in phrases:
        piece = str(phrase)
        yield piece if before[-1] in "、。！？" else f"/{piece}"
        before = piece
