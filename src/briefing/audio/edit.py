"""From what a voice gave to a clip: trimmed, faded, measured, checked. The owner of pydub."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np

from briefing.audio.measure import energy_envelope, peak_envelope
from briefing.errors import SpeechError
from briefing.model import Clip, Mark, Samples, Speech

with warnings.catch_warnings():
    # At import pydub 0.25 warns of audioop (we bring audioop-lts), of its own escapes and of a missing ffmpeg (not needed).
    warnings.simplefilter("ignore")
    from pydub import AudioSegment

_SPEECH_LEVEL = 0.008  # of full scale: below it a voice's ends count as silence
_PAD_MS = 40
_FADE_IN_MS, _FADE_OUT_MS = 5, 15
_LEAST_S_PER_MORA = 0.035  # three times faster than anybody speaks: audio is missing


def speech_to_clip(speech: Speech, key: str, kana: str, credit: str = "") -> Clip:
    """Trim a voice's ends, fade them, measure the rest.

    Raises SpeechError when the audio is silent or shorter than its text warrants.
    """
    trimmed = trim_silence(speech)
    morae = sum("ァ" <= c <= "ー" and c not in "ァィゥェォャュョー" for c in kana)
    if len(trimmed.samples) < morae * _LEAST_S_PER_MORA * speech.rate_hz:
        raise SpeechError(f"only {len(trimmed.samples) / speech.rate_hz:.2f} s of audio came for {morae} morae")
    samples = fade_ends(trimmed.samples, trimmed.rate_hz)
    peak, energy = peak_envelope(samples, speech.rate_hz), energy_envelope(samples, speech.rate_hz)
    return Clip(key, samples, speech.rate_hz, trimmed.marks, peak, energy, credit)


def trim_silence(speech: Speech) -> Speech:
    """Cut the silent ends but for a little room; marks move along. Raises SpeechError for silence."""
    heard = np.flatnonzero(np.abs(speech.samples.astype(np.int32)) > _SPEECH_LEVEL * 32768)
    if not len(heard):
        raise SpeechError("the voice gave silence")
    pad = _PAD_MS * speech.rate_hz // 1000
    start, end = max(0, int(heard[0]) - pad), min(len(speech.samples), int(heard[-1]) + pad)
    marks = tuple(Mark(m.kana_end, min(max(m.at - start, 0), end - start)) for m in speech.marks)
    return replace(speech, samples=speech.samples[start:end], marks=marks)


def fade_ends(samples: Samples, rate_hz: int) -> Samples:
    """Fade in and out so that no join clicks."""
    segment = AudioSegment(samples.tobytes(), sample_width=2, frame_rate=rate_hz, channels=1)
    faded = segment.fade_in(_FADE_IN_MS).fade_out(_FADE_OUT_MS)
    return np.frombuffer(faded.raw_data, np.int16)
