"""One gain a voice, one for the episode, peaks limited: decided from the clips' own measures, then streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import soxr
from numpy.typing import NDArray

from briefing.audio.measure import BLOCK_MS, FULL_SCALE, STEP_MS, integrated_lufs, integrated_of_steps
from briefing.audio.timeline import GRID, RATE_HZ, resampled_length
from briefing.config import AudioConfig
from briefing.model import Clip, Envelope, Samples, Timeline, VoiceName

LAME_GAIN_DB = 0.4455  # LAME scales constant-bit-rate input by 0.95
_OVERSHOOT_KBPS, _OVERSHOOT_DB = (
    (64, 96, 128),
    (2.4, 1.2, 1.0),
)  # how far coding raises a true peak in most stretches; the others are coded again
_CODING_LU = 0.02  # what coding takes: 0.055 of Kokoro's 24 kHz, −0.015 of mei's 48 kHz
_REACH_MS = 6
_ROUNDS, _LEAST_SLOPE = 4, 0.2
_STEP_DB = 0.1  # gains are rounded, so that a changed sentence leaves the others as they are
MUSIC = "music"
"""The engine's name of what is no voice."""
_MUSIC_UNDER_LU = 4.0  # ident and stings lie so far below the voices


@dataclass(frozen=True, slots=True)
class Gains:
    """Linear gain of each voice and of the bed under them, the episode's gain already in it, and the ceiling of the limiter."""

    by_voice: Mapping[VoiceName, float]
    ceiling: float
    bed: float = 0.0


ClipOf = Callable[[str], Clip]


def decide_gains(timeline: Timeline, clip_of: ClipOf, audio: AudioConfig, bed_under_lu: float = 0.0) -> Gains:
    """Find the gains that bring every voice and the episode to one loudness under the ceiling, once decoded.

    What the limiter takes is part of it: of a voice with high peaks it takes far more.
    """
    target_lufs = audio.loudness_lufs + _CODING_LU
    overshoot_db = float(np.interp(audio.bitrate_kbps, _OVERSHOOT_KBPS, _OVERSHOOT_DB))
    bed, bed_peak = _bed_gain(timeline, clip_of, target_lufs - bed_under_lu)
    ceiling = _linear(audio.peak_dbtp - overshoot_db) - bed_peak * bed
    voices = _even_voices(_levels(timeline, clip_of), ceiling, target_lufs)
    missing_lu = target_lufs - _predicted_lufs(timeline, clip_of, Gains(voices, ceiling, bed))
    trim = _linear(_rounded(missing_lu)) if np.isfinite(missing_lu) else 1.0
    return Gains({voice: gain * trim for voice, gain in voices.items()}, ceiling, bed)


def lowered(gains: Gains, by_db: float) -> Gains:
    """Give the same gains under a lower ceiling."""
    return replace(gains, ceiling=gains.ceiling * _linear(-by_db))


def _rounded(decibel: float) -> float:
    return round(decibel / _STEP_DB) * _STEP_DB


def limiter_curve(peak: Envelope, gain: float, ceiling: float) -> Envelope:
    """Give the gain of each millisecond that keeps `gain * peak` under the ceiling: minimum, then mean, over the reach.

    Each value is at most what its own millisecond and its neighbours need, so lines drawn between them hold too.
    """
    need: Envelope = np.minimum(1.0, ceiling / np.maximum(peak * gain, 1e-9)).astype(np.float32)
    if need.min(initial=1.0) >= 1.0:
        return need
    width = 2 * _REACH_MS + 1
    lowest = np.pad(need, (_REACH_MS, _REACH_MS), constant_values=1.0)
    for step in (1, 2, 4, width - 8):  # of 2, 4, 8 values each, and of all
        lowest = np.minimum(lowest[:-step], lowest[step:])
    padded = np.pad(lowest, (_REACH_MS - 1, _REACH_MS - 1), mode="edge").astype(np.float64)
    sums = np.concatenate([[0.0], np.cumsum(padded)])
    smooth: Envelope = ((sums[width - 2 :] - sums[: -(width - 2)]) / (width - 2)).astype(np.float32)
    return np.minimum(smooth, 1.0)


def master_pcm(timeline: Timeline, clip_of: ClipOf, gains: Gains, chunk_s: int = 10) -> Iterator[Samples]:
    """Yield the episode as int16 at the timeline's rate, a few seconds at a time; never more than that in memory."""
    chunk, at = chunk_s * RATE_HZ, 0
    pending: list[tuple[int, NDArray[np.float32]]] = []
    queue = list(reversed(timeline.placements))
    bed = _bed_player(timeline, clip_of, gains)
    while at < timeline.length:
        end = min(at + chunk, timeline.length)
        while queue and queue[-1].start < end:
            place = queue.pop()
            pending.append(
                (place.start, _mastered(clip_of(place.key), gains.by_voice[place.voice], gains.ceiling, place.length))
            )
        out = np.zeros(end - at, np.float32)
        for start, wave in pending:
            a, b = max(start, at), min(start + len(wave), end)
            out[a - at : b - at] += wave[a - start : b - start]
        pending = [(s, w) for s, w in pending if s + len(w) > end]
        out += bed(at, end)
        yield np.rint(np.clip(out, -1, 1) * (FULL_SCALE - 1)).astype(np.int16)
        at = end


def _mastered(clip: Clip, gain: float, ceiling: float, length: int) -> NDArray[np.float32]:
    wave = clip.samples.astype(np.float32) * np.float32(gain / FULL_SCALE)
    curve = limiter_curve(clip.peak, gain, ceiling)
    if curve.min(initial=1.0) < 1.0:
        centres = (np.arange(len(curve)) + 0.5) * clip.rate_hz / 1000
        wave *= np.interp(np.arange(len(wave)), centres, curve).astype(np.float32)
    return _at_episode_rate(wave, clip.rate_hz, length)


def _at_episode_rate(wave: NDArray[np.float32], rate_hz: int, length: int) -> NDArray[np.float32]:
    out = soxr.resample(wave, rate_hz, RATE_HZ, quality="HQ") if rate_hz != RATE_HZ else wave
    out = out[:length] * np.float32(_linear(LAME_GAIN_DB))
    return np.pad(out, (0, length - len(out)))


_BED_RISE_DB = 10.0  # where nobody speaks
_BED_HOLD, _BED_RAMP = 6, 4  # in steps of the grid: so far from speech it stays low, and so slowly it moves
_BED_FADE_IN, _BED_FADE_OUT = 10, 20


def bed_curve(timeline: Timeline) -> NDArray[np.float64]:
    """Give the bed's gain for each step of the grid: 1 under speech, more where nobody speaks, faded at both ends."""
    count = timeline.length // GRID + 1
    level = np.full(count, _linear(_BED_RISE_DB))
    for place in timeline.placements:
        first, last = place.start // GRID, -(-(place.start + place.length) // GRID)
        level[max(first - _BED_HOLD, 0) : last + _BED_HOLD] = 1.0
    padded = np.pad(level, _BED_RAMP, mode="edge")
    smooth = np.convolve(padded, np.ones(2 * _BED_RAMP + 1) / (2 * _BED_RAMP + 1), "valid")
    steps = np.arange(count)
    ends = np.minimum(np.minimum(1, steps / _BED_FADE_IN), np.minimum(1, (count - 1 - steps) / _BED_FADE_OUT))
    return np.asarray(smooth * ends)


def _bed_player(
    timeline: Timeline, clip_of: ClipOf, gains: Gains
) -> Callable[[int, int], NDArray[np.float32] | np.float32]:
    """Give a function from a stretch of the episode to what the bed plays there."""
    if not timeline.bed:
        return lambda start, end: np.float32(0)
    clip = clip_of(timeline.bed)
    wave = clip.samples.astype(np.float32) * np.float32(gains.bed / FULL_SCALE)
    loop = _at_episode_rate(wave, clip.rate_hz, resampled_length(len(wave), clip.rate_hz))
    curve = bed_curve(timeline)
    steps = np.arange(len(curve)) * GRID

    def play(start: int, end: int) -> NDArray[np.float32]:
        at = np.arange(start, end)
        return np.asarray(loop[at % len(loop)] * np.interp(at, steps, curve).astype(np.float32))

    return play


def _bed_gain(timeline: Timeline, clip_of: ClipOf, target_lufs: float) -> tuple[float, float]:
    """Give the bed's gain under speech, and the peak that it has without it."""
    if not timeline.bed:
        return 0.0, 0.0
    clip = clip_of(timeline.bed)
    loudness = integrated_lufs(clip.energy)
    return _linear(target_lufs - loudness) if np.isfinite(loudness) else 0.0, float(clip.peak.max(initial=0.0))


@dataclass(frozen=True, slots=True)
class _Level:
    """What is asked of a clip at every try of a gain: the energy of its steps of 100 ms and its highest peak, without a gain.

    The clip itself is looked at only where the limiter takes something of it.
    """

    steps: NDArray[np.float64]
    highest: float
    clip: Callable[[], Clip]

    def steps_behind(self, gain: float, ceiling: float) -> NDArray[np.float64]:
        """Give the energy of its steps behind gain and limiter."""
        if self.highest * gain <= ceiling:
            return self.steps * gain**2
        return _per_step(_limited_energy(self.clip(), gain, ceiling))


def _levels(timeline: Timeline, clip_of: ClipOf) -> dict[VoiceName, list[_Level]]:
    levels: dict[VoiceName, list[_Level]] = {}
    for place in timeline.placements:
        clip = clip_of(place.key)
        level = _Level(_per_step(clip.energy), float(clip.peak.max(initial=0.0)), partial(clip_of, place.key))
        levels.setdefault(place.voice, []).append(level)
    return levels


def _even_voices(
    levels: Mapping[VoiceName, Sequence[_Level]], ceiling: float, target_lufs: float
) -> dict[VoiceName, float]:
    """Give each voice the gain that brings all its clips together to the target, behind the limiter; music lies below."""
    return {
        voice: _gain_for(own, ceiling, target_lufs - (_MUSIC_UNDER_LU if voice.engine == MUSIC else 0))
        for voice, own in levels.items()
    }


def _gain_for(levels: Sequence[_Level], ceiling: float, target_lufs: float) -> float:
    def missing_lu(gain_db: float, ceiling: float = ceiling) -> float:
        parts = [level.steps_behind(_linear(gain_db), ceiling) for level in levels]
        return target_lufs - integrated_of_steps(_enough(np.concatenate(parts)))

    gain_db = missing_lu(0.0, np.inf)
    if not np.isfinite(gain_db):
        return 1.0
    lu, slope = missing_lu(gain_db), 1.0
    for _ in range(_ROUNDS):
        if abs(lu) < _STEP_DB / 2:
            break
        step_db = lu / slope
        before, lu = lu, missing_lu(gain_db + step_db)
        gain_db += step_db
        slope = max((before - lu) / step_db, _LEAST_SLOPE)  # what the limiter leaves of a gain
    return _linear(_rounded(gain_db + lu / slope))


def _limited_energy(clip: Clip, gain: float, ceiling: float) -> Envelope:
    """Give the energy of each millisecond behind gain and limiter."""
    return np.asarray(clip.energy * (gain * limiter_curve(clip.peak, gain, ceiling)) ** 2)


def _enough(steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Repeat what is shorter than the block that loudness is measured over."""
    return np.resize(steps, max(len(steps), BLOCK_MS // STEP_MS))


def _predicted_lufs(timeline: Timeline, clip_of: ClipOf, gains: Gains) -> float:
    steps = np.zeros(timeline.length // GRID + 2)
    for place in timeline.placements:
        clip, gain = clip_of(place.key), gains.by_voice[place.voice]
        energy = _limited_energy(clip, gain, gains.ceiling)
        first, into = divmod(round(place.start * 1000 / RATE_HZ), STEP_MS)
        sums = _per_step(np.pad(energy, (into, 0)))
        steps[first : first + len(sums)] += sums
    if timeline.bed:
        turn, curve = _per_step(clip_of(timeline.bed).energy), bed_curve(timeline)
        steps[: len(curve)] += np.resize(turn, len(curve)) * (gains.bed * curve) ** 2
    return integrated_of_steps(steps)


def _per_step(energy: Sequence[float] | Envelope) -> NDArray[np.float64]:
    padded = np.zeros(-(-len(energy) // 100) * 100)
    padded[: len(energy)] = energy
    return np.asarray(padded.reshape(-1, 100).mean(axis=1))


def _linear(decibel: float) -> float:
    return float(10 ** (decibel / 20))
