"""One gain a voice, one for the episode, peaks limited: decided from the clips' own measures, then streamed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from briefing.audio.measure import FULL_SCALE, integrated_lufs, integrated_of_steps
from briefing.audio.timeline import GRID, RATE_HZ
from briefing.model import Clip, Envelope, Samples, Timeline, VoiceName

LAME_GAIN_DB = 0.4455  # LAME scales constant-bit-rate input by 0.95
_CODEC_OVERSHOOT_DB = 0.8  # how far coding may raise a true peak
_REACH_MS = 6
_ROUNDS = 6
_EVEN_LUFS = -20.0


@dataclass(frozen=True, slots=True)
class Gains:
    """Linear gain of each voice, the episode's gain already in it, and the ceiling of the limiter."""

    by_voice: Mapping[VoiceName, float]
    ceiling: float
    loudness_lufs: float


ClipOf = Callable[[str], Clip]


def decide_gains(timeline: Timeline, clip_of: ClipOf, target_lufs: float, peak_dbtp: float) -> Gains:
    """Find the gains that bring the episode to the target loudness under the ceiling; the limiter's cost is part of it."""
    even = _even_voices(timeline, clip_of)
    ceiling = _linear(peak_dbtp - _CODEC_OVERSHOOT_DB)
    gain_db, loudness = target_lufs - _EVEN_LUFS, -np.inf
    for _ in range(_ROUNDS):
        gains = {voice: g * _linear(gain_db) for voice, g in even.items()}
        loudness = _predicted_lufs(timeline, clip_of, gains, ceiling)
        if not np.isfinite(loudness) or abs(target_lufs - loudness) < 0.005:
            break
        gain_db += target_lufs - loudness
    return Gains({voice: g * _linear(gain_db) for voice, g in even.items()}, ceiling, float(loudness))


def limiter_curve(peak: Envelope, gain: float, ceiling: float) -> Envelope:
    """Give the gain of each millisecond that keeps `gain * peak` under the ceiling: minimum, then mean, over the reach.

    Each value is at most what its own millisecond and its neighbours need, so lines drawn between them hold too.
    """
    need: Envelope = np.minimum(1.0, ceiling / np.maximum(peak * gain, 1e-9)).astype(np.float32)
    if need.min(initial=1.0) >= 1.0:
        return need
    width = 2 * _REACH_MS + 1
    padded = np.pad(need, (_REACH_MS, _REACH_MS), constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(padded, width).min(axis=1)
    padded = np.pad(lowest, (_REACH_MS - 1, _REACH_MS - 1), mode="edge")
    smooth: Envelope = np.lib.stride_tricks.sliding_window_view(padded, width - 2).mean(axis=1).astype(np.float32)
    return smooth


def master_pcm(timeline: Timeline, clip_of: ClipOf, gains: Gains, chunk_s: int = 10) -> Iterator[Samples]:
    """Yield the episode as int16 at the timeline's rate, a few seconds at a time; never more than that in memory."""
    chunk, at = chunk_s * RATE_HZ, 0
    pending: list[tuple[int, NDArray[np.float32]]] = []
    queue = list(reversed(timeline.placements))
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
        yield np.rint(np.clip(out, -1, 1) * (FULL_SCALE - 1)).astype(np.int16)
        at = end


def _mastered(clip: Clip, gain: float, ceiling: float, length: int) -> NDArray[np.float32]:
    wave = clip.samples.astype(np.float32) * np.float32(gain / FULL_SCALE)
    curve = limiter_curve(clip.peak, gain, ceiling)
    if curve.min(initial=1.0) < 1.0:
        centres = (np.arange(len(curve)) + 0.5) * clip.rate_hz / 1000
        wave *= np.interp(np.arange(len(wave)), centres, curve).astype(np.float32)
    out = soxr.resample(wave, clip.rate_hz, RATE_HZ, quality="HQ") if clip.rate_hz != RATE_HZ else wave
    out = out[:length] * np.float32(_linear(LAME_GAIN_DB))
    return np.pad(out, (0, length - len(out)))


def _even_voices(timeline: Timeline, clip_of: ClipOf) -> dict[VoiceName, float]:
    """Give each voice the gain that brings all its clips together to one loudness."""
    energies: dict[VoiceName, list[Envelope]] = {}
    for place in timeline.placements:
        energies.setdefault(place.voice, []).append(clip_of(place.key).energy)
    loudness = {voice: integrated_lufs(np.concatenate(parts)) for voice, parts in energies.items()}
    return {voice: _linear(_EVEN_LUFS - value) if np.isfinite(value) else 1.0 for voice, value in loudness.items()}


def _predicted_lufs(timeline: Timeline, clip_of: ClipOf, gains: Mapping[VoiceName, float], ceiling: float) -> float:
    steps = np.zeros(timeline.length // GRID + 1)
    for place in timeline.placements:
        clip, gain = clip_of(place.key), gains[place.voice]
        energy = clip.energy * (gain * limiter_curve(clip.peak, gain, ceiling)) ** 2
        sums = _per_step(energy)
        first = place.start // GRID
        steps[first : first + len(sums)] += sums
    return integrated_of_steps(steps)


def _per_step(energy: Sequence[float] | Envelope) -> NDArray[np.float64]:
    padded = np.zeros(-(-len(energy) // 100) * 100)
    padded[: len(energy)] = energy
    return np.asarray(padded.reshape(-1, 100).mean(axis=1))


def _linear(decibel: float) -> float:
    return float(10 ** (decibel / 20))
