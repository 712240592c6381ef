"""From what a voice gave to a clip: trimmed, faded, measured, checked. The owner of pydub."""

from __future__ import annotations

import re
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


def speech_to_clip(speech: Speech, key: str, kana: str, comma_ms: int = 0, credit: str = "") -> Clip:
    """Trim a voice's ends, set its pauses to `comma_ms` (0: as the voice makes them), fade the ends, measure the rest.

    Raises SpeechError when the audio is silent.
    """
    trimmed = trim_silence(speech)
    trimmed = set_pauses(trimmed, kana, comma_ms) if comma_ms else trimmed
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


_QUIET_LEVEL = 0.02  # of full scale: below it a pause counts as silent
_FRAME_MS = 10
_LEAST_QUIET_MS = 60
_REACH_MS = 150


def set_pauses(speech: Speech, kana: str, pause_ms: int) -> Speech:
    """Make the silence at each sign inside the kana `pause_ms` long.

    A voice makes pauses as it likes: none to 550 ms at a comma. Where each sign is timed, the silence nearest to it is taken
    or one is made; where it is not, the longest silences are taken if they stand out; otherwise nothing is touched.
    """
    signs = [m.start() for m in _SIGN.finditer(kana)]
    runs = _quiet_runs(speech)
    found = _runs_at_signs(speech, signs, runs)
    for start, end in sorted(found, reverse=True):
        speech = _with_silence(speech, start, end, pause_ms * speech.rate_hz // 1000)
    return speech


_SIGN = re.compile("[、。？！](?=.*[ァ-ヴ])")


def _quiet_runs(speech: Speech) -> list[tuple[int, int]]:
    """Give where the speech is silent for a while, its ends aside: start and end in samples."""
    frame = _FRAME_MS * speech.rate_hz // 1000
    count = len(speech.samples) // frame
    loud = (
        np.abs(speech.samples[: count * frame].astype(np.int32)).reshape(count, frame).max(axis=1)
        > _QUIET_LEVEL * 32768
    )
    edges = np.flatnonzero(np.diff(np.concatenate([[1], loud.astype(np.int8), [1]])))
    pairs = edges.reshape(-1, 2) if len(edges) % 2 == 0 else edges[:0].reshape(-1, 2)
    inner = [(int(a) * frame, int(b) * frame) for a, b in pairs if a > 0 and b < count]
    return [(a, b) for a, b in inner if (b - a) * 1000 >= _LEAST_QUIET_MS * speech.rate_hz]


def _runs_at_signs(speech: Speech, signs: list[int], runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    at = {m.kana_end: m.at for m in speech.marks}
    if not all(sign in at for sign in signs):
        return _longest(runs, len(signs))
    reach = _REACH_MS * speech.rate_hz // 1000
    out: list[tuple[int, int]] = []
    for sign in signs:
        begin, end = at[sign], at.get(sign + 1, at[sign])
        free = [run for run in runs if run not in out]
        # A voice may hold ッ or a devoiced vowel for longer than the pause beside it: a silence inside the sign's own time wins.
        near = _overlapping(free, begin, end) or _overlapping(free, begin - reach, end + reach)
        quietest = _quietest(speech, begin, max(end, begin + reach))
        out.append(max(near, key=lambda run: run[1] - run[0]) if near else (quietest, quietest))
    return out


def _overlapping(runs: list[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    return [run for run in runs if run[0] < end and run[1] > begin]


def _longest(runs: list[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """Give the `count` longest silences if they stand out from the rest, else none."""
    by_length = sorted(runs, key=lambda run: run[0] - run[1])
    lengths = [b - a for a, b in by_length] + [0]
    stands_out = 0 < count <= len(runs) and lengths[count - 1] > 1.5 * lengths[count]
    return by_length[:count] if stands_out else []


def _quietest(speech: Speech, begin: int, end: int) -> int:
    """Give the middle of the quietest frame between two places."""
    frame = _FRAME_MS * speech.rate_hz // 1000
    window = speech.samples[begin : max(end, begin + frame)].astype(np.float32)
    energy = np.convolve(window**2, np.ones(min(frame, len(window))), "valid")
    return begin + int(np.argmin(energy)) + frame // 2 if len(energy) else begin


def _with_silence(speech: Speech, start: int, end: int, length: int) -> Speech:
    """Give the speech with the silence between `start` and `end` made `length` samples long, in its middle."""
    middle, change = (start + end) // 2, length - (end - start)
    if start == end:  # cut into sound: both sides fade, or the cut clicks
        left, right = (
            fade_ends(speech.samples[:middle], speech.rate_hz),
            fade_ends(speech.samples[middle:], speech.rate_hz),
        )
        samples = np.concatenate([left, np.zeros(change, np.int16), right])
    elif change >= 0:
        samples = np.insert(speech.samples, middle, np.zeros(change, np.int16))
    else:
        samples = np.delete(speech.samples, slice(middle + change // 2, middle + change // 2 - change))
    marks = tuple(Mark(m.kana_end, m.at + change if m.at >= middle else m.at) for m in speech.marks)
    return replace(speech, samples=samples, marks=marks)


def fade_ends(samples: Samples, rate_hz: int) -> Samples:
    """Fade in and out so that no join clicks."""
    segment = AudioSegment(samples.tobytes(), sample_width=2, frame_rate=rate_hz, channels=1)
    faded = segment.fade_in(_FADE_IN_MS).fade_out(_FADE_OUT_MS)
    return np.frombuffer(faded.raw_data, np.int16)
