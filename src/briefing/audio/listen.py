"""MP3 heard as it is decoded, block by block: is it whole, how long, how loud, where is it silent?

A stretch of an episode is heard when it is coded, a finished file from its beginning to its end: both ways give the same.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from briefing.audio.measure import (
    BLOCK_MS,
    STEP_MS,
    integrated_of_steps,
    k_weighted,
    true_peak_above,
)
from briefing.errors import AudioError
from briefing.model import Sound
from briefing.mpeg import walk_frames
from briefing.work import in_threads

GRANULE = 576
"""Samples of half a frame of MPEG-1 layer III, over which is measured: stretches that lie on frames lie on these, too."""
PEAKS_FROM_DBTP = -3.0
"""Peaks below it are told by their samples, roughly."""
_BLOCK = 768  # granules at a time: 10 s at 44.1 kHz
_CONTEXT = 40  # granules that are heard on both sides and not counted: filters settle, no edge rings
_SLICE = 1 << 16  # granules that are added up at a time, 14 minutes
_SILENT = 10 ** (-60 / 20)  # full scale 1: a codec's hiss and less


@dataclass(frozen=True, slots=True)
class Measured:
    """What decoded audio sounds like: for each granule whether there is more than hiss, bool, and its K-weighted energy (ITU-R BS.1770), the mean of squares at full scale 1, float32, both of shape (ceil(samples / 576),); the true peak, full scale 1."""

    samples: int
    rate_hz: int
    is_loud: NDArray[np.bool_]
    energy: NDArray[np.float32]
    peak: float

    @property
    def peak_dbtp(self) -> float:
        """Give the true peak in dBTP."""
        return 20 * float(np.log10(max(self.peak, 1e-9)))


def listen(path: Path) -> Sound:
    """Give what a whole MP3 sounds like. Raises AudioError when it is no MPEG layer III or does not decode."""
    return sound_of(path, [measure_mp3(path, jobs=0)])


def measure_mp3(mp3: Path | bytes, peaks_from_dbtp: float = PEAKS_FROM_DBTP, jobs: int = 1) -> Measured:
    """Decode and measure MP3. Raises AudioError when it does not decode."""
    where = str(mp3) if isinstance(mp3, Path) else ""
    least = float(10 ** (peaks_from_dbtp / 20))
    try:
        with soundfile.SoundFile(mp3 if isinstance(mp3, Path) else io.BytesIO(mp3)) as file:
            parts = list(in_threads(lambda block: _measure(block, least), _blocks(file), jobs))
            samples = file.tell()  # file.frames is an estimate where there is no Xing header
            return _joined(parts, samples, file.samplerate)
    except (OSError, soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"does not decode: {error}", where, "render it again with --force") from error


def sound_of(path: Path, parts: Sequence[Measured]) -> Sound:
    """Give what an MP3 sounds like whose parts were heard, one after the other; its frames are read. Raises AudioError."""
    try:
        with path.open("rb") as file:
            frames = walk_frames(file)
    except ValueError as error:
        raise AudioError(str(error), str(path), "encode it as MP3") from error
    except OSError as error:
        raise AudioError(f"cannot be read: {error.strerror}", str(path), "check the folder") from error
    rate_hz = parts[0].rate_hz
    silences = _silences(np.concatenate([part.is_loud for part in parts]))
    lufs = integrated_of_steps(_steps(parts))
    peak_dbtp = max(part.peak_dbtp for part in parts)
    decoded_s = sum(part.samples for part in parts) / rate_hz
    silences_s = [granules * GRANULE / rate_hz for granules in silences]
    return Sound(frames.seconds, decoded_s, frames.stray, frames.kbps, frames.rate_hz, lufs, peak_dbtp, *silences_s)


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of a file, shape (n, channels), with what lies around it; `own` are the granules that are its own."""

    wave: NDArray[np.float32]
    rate_hz: int
    own: slice


def _blocks(file: soundfile.SoundFile) -> Iterator[_Block]:
    size, context = _BLOCK * GRANULE, _CONTEXT * GRANULE
    held = np.zeros((0, file.channels), np.float32)
    first = True
    while True:
        fresh = file.read(size, dtype="float32", always_2d=True)
        last = len(fresh) < size
        wave = np.concatenate([held, fresh])
        if len(wave) > (0 if first else context):
            yield _Block(wave, file.samplerate, slice(0 if first else _CONTEXT, None if last else -_CONTEXT))
        if last:
            return
        held, first = wave[-2 * context :], False


_Measures = tuple[NDArray[np.bool_], NDArray[np.float32], float]


def _measure(block: _Block, least_peak: float) -> _Measures:
    """Give of each granule whether something is heard, and the energy of all channels; and the true peak."""
    channels = [np.ascontiguousarray(each) for each in block.wave.T]
    level = np.stack([_by_granule(np.abs(each)).max(axis=1) for each in channels]).max(axis=0)
    squares = (k_weighted(each, block.rate_hz) ** 2 for each in channels)
    energy = np.stack([_by_granule(each).mean(axis=1) for each in squares]).sum(axis=0)
    return level[block.own] > _SILENT, energy[block.own], max(true_peak_above(each, least_peak) for each in channels)


def _by_granule(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.pad(values, (0, -len(values) % GRANULE)).reshape(-1, GRANULE)


def _joined(parts: Sequence[_Measures], samples: int, rate_hz: int) -> Measured:
    if not parts:
        return Measured(0, rate_hz, np.zeros(0, np.bool_), np.zeros(0, np.float32), 0.0)
    loud, energy, peaks = zip(*parts, strict=True)
    return Measured(samples, rate_hz, np.concatenate(loud), np.concatenate(energy), max(peaks))


def _steps(parts: Iterable[Measured]) -> NDArray[np.float64]:
    """Give the energy in steps of 100 ms, at least as many as loudness is measured over. Within a granule it is even."""
    sums, at, total = [np.zeros(1)], 0, 0.0
    for part in parts:
        size = part.rate_hz * STEP_MS / 1000
        for start in range(0, len(part.energy), _SLICE):
            energy = part.energy[start : start + _SLICE].astype(np.float64)
            places = at + np.arange(len(energy) + 1) * GRANULE
            so_far = total + np.concatenate([[0.0], np.cumsum(energy)]) * GRANULE
            bounds = np.arange(at // size + 1, places[-1] // size + 1) * size
            sums.append(np.interp(bounds, places, so_far) / size)
            at, total = int(places[-1]), float(so_far[-1])
    steps = np.diff(np.concatenate(sums))
    return np.pad(steps, (0, max(BLOCK_MS // STEP_MS - len(steps), 0)))


def _silences(is_loud: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Give the silence before the first sound, after the last, and the longest between, in granules."""
    turns = np.flatnonzero(np.diff(is_loud))  # the last granule before each change
    if not len(turns):
        return (0 if is_loud.any() else len(is_loud)), 0, 0
    begins = np.concatenate([[0], turns + 1, [len(is_loud)]])
    lengths = np.diff(begins)
    silent = lengths[int(is_loud[0]) :: 2]
    lead = 0 if is_loud[0] else int(lengths[0])
    trail = 0 if is_loud[-1] else int(lengths[-1])
    inner = silent[0 if is_loud[0] else 1 : len(silent) - (0 if is_loud[-1] else 1)]
    return lead, trail, int(inner.max(initial=0))
