"""How long speech will take, before anything is spoken: morae at a voice's pace, the pauses inside, the rounding of places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from briefing.model import Utterance
from briefing.reading.kana import split_morae

_MORAE = (5, 15, 25, 35, 50, 85)
# Morae a second between pauses, of sentences of so many morae: a voice may draw out short ones, and Kokoro's style goes by
# length. Measured over the clips of three texts; an engine's own figures for speakers not listed.
_PACE: Mapping[str, Sequence[float]] = {
    "kokoro:jf_alpha": (6.7, 7.5, 7.9, 7.9, 7.9, 7.7),
    "kokoro:jf_gongitsune": (5.8, 6.5, 6.8, 7.0, 7.1, 6.7),
    "kokoro:jf_nezumi": (5.8, 7.2, 7.5, 7.0, 6.5, 6.2),
    "kokoro:jf_tebukuro": (6.9, 7.2, 7.2, 7.2, 7.2, 6.7),
    "kokoro:jm_kumo": (6.4, 7.1, 7.6, 7.5, 7.4, 7.0),
    "kokoro": (6.3, 7.1, 7.4, 7.3, 7.2, 6.9),
    "openjtalk": (7.6, 8.0, 7.9, 8.1, 8.2, 8.3),
    "gtts": (6.5,) * 6,
    "tone": (7.14,) * 6,
}
_OTHERS = (7.0,) * 6
_ROUNDING_S = 0.013  # clips begin on frames of 26 ms
_SIGN = re.compile("[、。？！](?=.)")


def speech_s(utterance: Utterance) -> float:
    """Predict a clip's length: its morae at the voice's pace, the pauses inside, the rounding of its place."""
    paces = _PACE.get(str(utterance.voice)) or _PACE.get(utterance.voice.engine, _OTHERS)
    morae = len(split_morae(utterance.kana))
    inside_s = len(_SIGN.findall(utterance.kana)) * utterance.comma_ms / 1000
    return morae / (_pace_at(morae, paces) * utterance.speed) + inside_s + _ROUNDING_S


def _pace_at(morae: int, paces: Sequence[float]) -> float:
    """Interpolate between the lengths that were measured."""
    if morae <= _MORAE[0]:
        return paces[0]
    for (low, high), (slow, fast) in zip(pairwise(_MORAE), pairwise(paces), strict=True):
        if morae <= high:
            return slow + (fast - slow) * (morae - low) / (high - low)
    return paces[-1]
