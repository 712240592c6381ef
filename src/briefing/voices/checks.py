"""What audio must be like to be believed, given what was to be said."""

from __future__ import annotations

import re

import numpy as np

from briefing.errors import Fault, SpeechError
from briefing.model import Speech

_LEAST_S, _MOST_S = 0.035, 0.6  # for a mora: three times faster, and slower, than anybody speaks
_MOST_EXTRA_S = 3.0  # pauses, silent ends
_LEAST_OF_TYPICAL, _MOST_OF_TYPICAL = 0.6, 1.7
_SAMPLE_MORAE = 8  # shorter pieces vary too much to be held against the usual pace
_AUDIBLE = 0.01  # of full scale
_END_S, _END_LEVEL = 0.01, 0.1  # audio that ends in the middle of a sound, this loud beside its loudest, was cut off


def count_morae(kana: str) -> int:
    """Count the morae of katakana; the smaller half of a two-letter mora is none, a long vowel is one.

    >>> count_morae("キョ'ーワ/ハレ。")
    5
    """
    return len(re.findall("[ァ-ヴー]", kana)) - len(re.findall("[ァィゥェォャュョヮ]", kana))


def check_speech(speech: Speech, morae: float, typical_s: float = 0.0) -> None:
    """Raise SpeechError when audio cannot be the whole of what was to be said, or is more than that.

    `morae` is how many were to be said, at common speed; `typical_s` is how long this voice takes for one (0: not known yet).
    """
    seconds = len(speech.samples) / speech.rate_hz
    loudest = int(np.abs(speech.samples.astype(np.int32)).max(initial=0))
    if loudest < _AUDIBLE * 32768:
        raise SpeechError("the voice gave silence", fault=Fault.BAD_AUDIO)
    least = max(_LEAST_S, _LEAST_OF_TYPICAL * typical_s if morae >= _SAMPLE_MORAE else 0.0) * morae
    most = min(_MOST_S, _MOST_OF_TYPICAL * typical_s if typical_s and morae >= _SAMPLE_MORAE else _MOST_S) * morae
    if seconds < least:
        told = f"only {seconds:.2f} s of audio came for {morae:.0f} morae"
        raise SpeechError(told, fault=Fault.BAD_AUDIO)
    if seconds > most + _MOST_EXTRA_S * (0.3 if typical_s else 1.0):
        told = f"{seconds:.2f} s of audio came for {morae:.0f} morae"
        raise SpeechError(told, fault=Fault.BAD_AUDIO)
    if typical_s and _ends_in_sound(speech, loudest):
        raise SpeechError("the audio breaks off in the middle of a sound", fault=Fault.BAD_AUDIO)


def _ends_in_sound(speech: Speech, loudest: int) -> bool:
    tail = speech.samples[-int(_END_S * speech.rate_hz) :].astype(np.int32)
    return bool(np.abs(tail).max(initial=0) > _END_LEVEL * loudest)
