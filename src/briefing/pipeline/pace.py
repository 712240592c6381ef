"""How long speech will take, before anything is spoken: morae at a voice's pace, the pauses inside, the rounding of places."""

from __future__ import annotations

import re
from collections.abc import Mapping

from briefing.model import Utterance
from briefing.reading.kana import split_morae

# Morae a second between pauses, by least squares over the clips of two articles; an engine's own figure for speakers not listed.
_PACE: Mapping[str, float] = {
    "kokoro:jf_alpha": 7.9, "kokoro:jm_kumo": 7.4, "kokoro:jf_nezumi": 6.4, "kokoro": 7.3, "openjtalk": 8.2, "gtts": 6.5, "tone": 7.14,
}  # fmt: skip
_ROUNDING_S = 0.05  # clips begin on a grid of 100 ms
_SIGN = re.compile("[、。？！](?=.)")


def speech_s(utterance: Utterance) -> float:
    """Predict a clip's length: its morae at the voice's pace, the pauses inside, the rounding of its place."""
    pace = _PACE.get(str(utterance.voice)) or _PACE.get(utterance.voice.engine, 7.0)
    inside_s = len(_SIGN.findall(utterance.kana)) * utterance.comma_ms / 1000
    return len(split_morae(utterance.kana)) / (pace * utterance.speed) + inside_s + _ROUNDING_S
