"""What a clip tells of itself, once: true peak and K-weighted energy per millisecond (ITU-R BS.1770-5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from briefing.model import Envelope, Samples

FULL_SCALE = 32768.0
_OVERSAMPLED_HZ = 96_000
BLOCK_MS = 400
STEP_MS = 100
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
OFFSET_LUFS = -0.691


def peak_envelope(samples: Samples, rate_hz: int) -> Envelope:
    """Give the true peak of each millisecond, full scale 1, shape (ceil(n / rate * 1000),)."""
    wave = soxr.resample(samples.astype(np.float32) / FULL_SCALE, rate_hz, _OVERSAMPLED_HZ, quality="HQ")
    return _per_millisecond(np.abs(wave), _frames(len(samples), rate_hz), np.maximum.reduceat).astype(np.float32)


_TAPS, _PHASES = 32, 8
_NEAR_DB = -3.0  # a peak between two samples rises less than this over them in speech


def true_peak_above(wave: NDArray[np.float32], least: float) -> float:
    """Give the true peak of float samples (full scale 1) if it lies above `least`, else their highest sample or a little more.

    Only around the samples that are near `least` and higher than their neighbours is looked between them, which is nearly nothing. 16 samples at either end are context.
    """
    half = _TAPS // 2
    level = np.abs(wave)
    middle = level[half - 1 : len(wave) - half]
    near = middle > least * 10 ** (_NEAR_DB / 20)
    near &= (middle >= level[half - 2 : len(wave) - half - 1]) & (middle >= level[half : len(wave) - half + 1])
    at = np.flatnonzero(near)
    if not len(at):
        return float(level.max(initial=0.0))
    around = np.lib.stride_tricks.sliding_window_view(wave, _TAPS)[np.concatenate([at, at[at > 0] - 1])]
    return max(float(level.max()), float(np.abs(around @ _between()).max()))


@lru_cache(maxsize=1)
def _between() -> NDArray[np.float32]:
    """Give the weights of 32 samples for 7 places between the middle two: sinc under a Kaiser window; shape (32, 7)."""
    places = np.arange(1, _PHASES) / _PHASES
    away = np.arange(_TAPS)[:, None] - (_TAPS // 2 - 1) - places[None, :]
    window = np.i0(7.0 * np.sqrt(np.maximum(0, 1 - (away / (_TAPS / 2)) ** 2))) / np.i0(7.0)
    return np.asarray(np.sinc(away) * window, np.float32)


def energy_envelope(samples: Samples | NDArray[np.floating], rate_hz: int) -> Envelope:
    """Give the K-weighted energy of each millisecond of samples in units of int16: the mean of squares, full scale 1."""
    weighted = k_weighted(np.asarray(samples, np.float32) / np.float32(FULL_SCALE), rate_hz)
    energy = _per_millisecond(weighted**2, _frames(len(samples), rate_hz), np.add.reduceat) / (rate_hz / 1000)
    return energy.astype(np.float32)


_BLOCK = 1 << 16  # samples: as much as stays in the cache of a core


def k_weighted(wave: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    """Give the wave behind the K-weighting of ITU-R BS.1770, of the same shape.

    Overlap-save: blocks reach back over what came before them for as long as the filter rings (200 ms).
    """
    reach, response = rate_hz // 5, _k_response(_BLOCK, rate_hz)
    hop = _BLOCK - reach
    padded = np.pad(wave, (reach, -len(wave) % hop))
    weighted = np.empty(len(padded) - reach, np.float32)
    for at in range(0, len(weighted), hop):
        block = np.fft.irfft(np.fft.rfft(padded[at : at + _BLOCK]) * response, _BLOCK)
        weighted[at : at + hop] = block[reach:]
    return weighted[: len(wave)]


def integrated_lufs(energy: NDArray[np.floating]) -> float:
    """Give the integrated loudness of an energy envelope on a 1 ms grid, with both gates of BS.1770; -inf for silence."""
    steps = len(energy) // STEP_MS
    if steps * STEP_MS < BLOCK_MS:
        energy = np.concatenate([energy, np.zeros(BLOCK_MS - len(energy) % BLOCK_MS)])
        steps = len(energy) // STEP_MS
    sub_blocks = np.asarray(energy[: steps * STEP_MS], np.float64).reshape(steps, STEP_MS).mean(axis=1)
    return integrated_of_steps(sub_blocks)


def integrated_of_steps(sub_blocks: NDArray[np.float64]) -> float:
    """Give the integrated loudness from mean squares of 100 ms steps: blocks of 400 ms, 75 % overlap."""
    if len(sub_blocks) < BLOCK_MS // STEP_MS:
        return -np.inf
    blocks = np.convolve(sub_blocks, np.ones(4) / 4, "valid")
    loud = blocks[blocks > _power(ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return -np.inf
    gate = _lufs(float(loud.mean())) + RELATIVE_GATE_LU
    return _lufs(float(loud[loud > _power(gate)].mean()))


def _lufs(power: float) -> float:
    return OFFSET_LUFS + 10 * float(np.log10(power))


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET_LUFS) / 10))


def _frames(count: int, rate_hz: int) -> int:
    return int(-(-count * 1000 // rate_hz))


def _per_millisecond(
    values: NDArray[np.floating], frames: int, reduceat: Callable[..., NDArray[Any]]
) -> NDArray[np.floating]:
    bounds = np.minimum(np.arange(frames) * len(values) // max(frames, 1), max(len(values) - 1, 0))
    return np.asarray(reduceat(values, bounds)) if len(values) else np.zeros(0)


@lru_cache(maxsize=32)
def _k_response(size: int, rate_hz: int) -> NDArray[np.complex64]:
    """Give the K-weighting's frequency response at this rate: the two biquads of BS.1770, designed after De Man (2014)."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    gain, quality, centre = 10 ** (3.99984385397 / 20), 0.7071752369554193, 1681.9744509555319
    k = np.tan(np.pi * centre / rate_hz)
    shelf_b = (
        gain + gain**0.4996667741545416 * k / quality + k * k,
        2 * (k * k - gain),
        gain - gain**0.4996667741545416 * k / quality + k * k,
    )
    shelf = _biquad(z, shelf_b, k, quality)
    quality, centre = 0.5003270373253953, 38.13547087613982
    k = np.tan(np.pi * centre / rate_hz)
    high = _biquad(z, (1.0, -2.0, 1.0), k, quality) * (1 + k / quality + k * k)
    return np.asarray(shelf * high, np.complex64)


def _biquad(
    z: NDArray[np.complex128], b: tuple[float, float, float], k: float, quality: float
) -> NDArray[np.complex128]:
    a0, a1, a2 = 1 + k / quality + k * k, 2 * (k * k - 1), 1 - k / quality + k * k
    return np.asarray((b[0] + b[1] * z + b[2] * z * z) / (a0 + a1 * z + a2 * z * z))
