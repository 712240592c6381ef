"""Our accented katakana as the kana notation of the VOICEVOX family ("AquesTalk-like"), and back to places in ours.

That notation wants one accent in every phrase, knows no ー and no 。！, and takes a voiceless vowel only where `_` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from briefing.voices.morae import MORA, devoiced

_PHRASE = re.compile("(?P<kana>[^/、。？！]+)|(?P<sign>[、。？！])")
_ROWS = ("アカサタナハマヤラワガザダバパァャヮ", "イキシチニヒミリギジヂビピィヰ", "ウクスツヌフムユルグズヅブプヴゥュ", "エケセテネヘメレゲゼデベペェヱ", "オコソトノホモヨロヲゴゾドボポォョ")  # fmt: skip
_VOWEL_OF = {kana: row[0] for row in _ROWS for kana in row} | {"ン": "ン", "ッ": "ッ"}


@dataclass(frozen=True, slots=True)
class Mora:
    """A mora, and where in our kana it stands."""

    text: str
    at: int
    is_voiceless: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """An accent phrase: the pitch falls after mora `accent`, counted from 1. `signs`: where in our kana the signs behind it stand."""

    morae: tuple[Mora, ...]
    accent: int
    signs: tuple[int, ...] = ()
    is_question: bool = False

    @property
    def text(self) -> str:
        """What is said, without accent."""
        return "".join(mora.text for mora in self.morae)

    @property
    def notation(self) -> str:
        """The phrase in the family's notation."""
        told = ["_" * mora.is_voiceless + mora.text for mora in self.morae]
        return "".join([*told[: self.accent], "'", *told[self.accent :], "？" * self.is_question])


def find_phrases(kana: str) -> tuple[Phrase, ...]:
    """Give the accent phrases of our katakana; a flat one has its accent on the last mora, which sounds the same inside a sentence."""
    found: list[Phrase] = []
    for match in _PHRASE.finditer(kana):
        if match["kana"]:
            found += _phrase(match[0], match.start(), found[-1].text[-1] if found else "ア")
        elif found:
            last = found[-1]
            found[-1] = replace(
                last, signs=(*last.signs, match.start()), is_question=last.is_question or match[0] == "？"
            )
    return tuple(found)


def _phrase(kana: str, start: int, before: str) -> Iterator[Phrase]:
    """Yield the phrase, if there is a mora in it. ー becomes the vowel that it prolongs: ー on top that of the phrase before."""
    places = [(m[0], start + m.start()) for m in MORA.finditer(kana)]
    if not places:
        return
    texts: list[str] = []
    for text, _ in places:
        texts.append(_VOWEL_OF[(texts[-1] if texts else before)[-1]] if text == "ー" else text)
    accent = len(MORA.findall(kana.partition("'")[0])) if "'" in kana else 0
    voiceless = devoiced(texts, accent)
    morae = tuple(
        Mora(text, at, is_voiceless) for text, (_, at), is_voiceless in zip(texts, places, voiceless, strict=True)
    )
    yield Phrase(morae, accent or len(morae))


def to_notation(phrases: Sequence[Phrase]) -> str:
    """Give phrases in the notation; every sign inside is a pause, those at the end are none.

    >>> to_notation(find_phrases("キョ'ーワ/ハレデス。"))
    "キョ'オワ/ハレデ_ス'"
    """
    out = [phrase.notation + ("、" if phrase.signs else "/") for phrase in phrases]
    return "".join(out)[:-1]


_ALIKE = str.maketrans("ヂヅヲヰヱ", "ジズオイエ")


def is_said_by(phrases: Sequence[Phrase], texts: Sequence[Sequence[str]]) -> bool:
    """Say whether the morae of a server's phrases are what ours say, whatever two letters it takes for one mora."""
    ours = [phrase.text.translate(_ALIKE) for phrase in phrases]
    return ours == ["".join(each).translate(_ALIKE) for each in texts]


def places_of(phrase: Phrase, texts: Sequence[str]) -> list[int]:
    """Give the places in our kana of a server's morae, which say what the phrase says."""
    letters = [mora.at + offset for mora in phrase.morae for offset in range(len(mora.text))]
    starts = [sum(map(len, texts[:index])) for index in range(len(texts))]
    return [letters[start] for start in starts]
