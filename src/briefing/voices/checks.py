"""What audio must be like to be believed, given what was to be said."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from briefing.errors import Fault, SpeechError
from briefing.model import Speech

_LEAST_S, _MOST_S = 0.035, 0.6  # for a mora: three times faster, and slower, than anybody speaks
_LEAST_OF_SERVICE_S = 0.06
_ENDS_S = 3.0  # of silence, and pauses
_LEAST_OF_USUAL, _MOST_OF_USUAL = 0.6, 1.7
_SAMPLE_MORAE = 8  # shorter pieces vary too much to be held against the usual pace
_AUDIBLE = 0.01  # of full scale
_END_S, _END_LEVEL = 0.01, 0.1  # audio that ends in the middle of a sound, this loud beside its loudest, was cut off


def count_morae(kana: str) -> int:
    """Count the morae of katakana; the smaller half of a two-letter mora is none, a long vowel is one.

    >>> count_morae("キョ'ーワ/ハレ。")
    5
    """
    return len(re.findall("[ァ-ヴー]", kana)) - len(re.findall("[ァィゥェォャュョヮ]", kana))


@dataclass(frozen=True, slots=True)
class Usual:
    """What is known of a voice: seconds for a mora (0: not known yet), its one rate (0: any), whether its audio may break off."""

    pace_s: float = 0.0
    rate_hz: int = 0
    may_break_off: bool = False


def check_speech(speech: Speech, morae: float, usual: Usual = Usual()) -> None:
    """Raise SpeechError when audio cannot be the whole of what was to be said, or is more than that.

    `morae` is how many were to be said, at common speed.
    """
    seconds = len(speech.samples) / speech.rate_hz
    loudest = int(np.abs(speech.samples.astype(np.int32)).max(initial=0))
    least_s, most_s = _bounds_s(morae, usual)
    if loudest < _AUDIBLE * 32768:
        problem = "the voice gave silence"
    elif seconds < least_s:
        problem = f"only {seconds:.2f} s of audio came for {morae:.0f} morae"
    elif seconds > most_s:
        problem = f"{seconds:.2f} s of audio came for {morae:.0f} morae, too much"
    elif usual.rate_hz and speech.rate_hz != usual.rate_hz:
        problem = f"the audio came at {speech.rate_hz} Hz instead of {usual.rate_hz}"
    elif usual.may_break_off and _ends_in_sound(speech, loudest):
        problem = "the audio breaks off in the middle of a sound"
    else:
        return
    raise SpeechError(problem, fault=Fault.BAD_AUDIO)


def _bounds_s(morae: float, usual: Usual) -> tuple[float, float]:
    """Give the least and the most time that so many morae take: wide for a voice unknown, and for a few morae."""
    if not usual.pace_s or morae < _SAMPLE_MORAE:
        least_s = _LEAST_OF_SERVICE_S if usual.may_break_off else _LEAST_S
        return least_s * morae, _MOST_S * morae + _ENDS_S
    return _LEAST_OF_USUAL * usual.pace_s * morae, _MOST_OF_USUAL * usual.pace_s * morae + _ENDS_S / 3


def _ends_in_sound(speech: Speech, loudest: int) -> bool:
    tail = speech.samples[-int(_END_S * speech.rate_hz) :].astype(np.int32)
    return bool(np.abs(tail).max(initial=0) > _END_LEVEL * loudest)
