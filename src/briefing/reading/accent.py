"""Accent phrases and their one-line notation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from briefing.reading.kana import split_morae


@dataclass(frozen=True, slots=True)
class AccentPhrase:
    """Katakana said in one pitch movement. `accent`: the mora after which the pitch falls, 0 for none; `pause` the sign behind it."""

    kana: str
    accent: int = 0
    pause: str = ""

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
    out: list[str] = []
    for phrase in phrases:
        out += ["/"] if out and out[-1][-1] not in "、。！？" else []
        out.append(str(phrase))
    return "".join(out)
