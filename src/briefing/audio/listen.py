"""A finished MP3 heard once, block by block: is it whole, how long, how loud, where is it silent?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from briefing.audio.measure import FULL_SCALE, energy_envelope, integrated_lufs, level_envelope, true_peak_above
from briefing.errors import AudioError
from briefing.model import Sound
from briefing.mpeg import walk_frames
from briefing.work import in_threads

_BLOCK_S = 10
_CONTEXT_MS = 500  # heard on both sides of a block and not counted: filters settle, no edge rings
_SILENT = 10 ** (-60 / 20)  # full scale 1: a codec's hiss and less
_PEAKS_FROM = 10 ** (-3 / 20)  # full scale 1: peaks below it are told by their samples


def listen(path: Path) -> Sound:
    """Give what a whole MP3 sounds like. Raises AudioError when it is no MPEG layer III or does not decode."""
    try:
        content = path.read_bytes()
        frames = walk_frames(content)
        with soundfile.SoundFile(path) as file:
            parts = list(in_threads(_measure, _blocks(file), 0))
            decoded_s = file.tell() / file.samplerate  # file.frames is an estimate where there is no Xing header
    except ValueError as error:
        raise AudioError(str(error), str(path), "encode it as MP3") from error
    except (OSError, soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"does not decode: {error}", str(path), "render it again with --force") from error
    level, energy, peaks = (np.concatenate(each) for each in zip(*parts, strict=True)) if parts else _NOTHING
    lead, trail, longest = _silences_ms(level > _SILENT)
    loudest = 20 * float(np.log10(max(float(peaks.max()), 1e-9)))
    lufs = integrated_lufs(energy)
    silences_s = (lead / 1000, trail / 1000, longest / 1000)
    return Sound(frames.seconds, decoded_s, frames.stray, frames.kbps, frames.rate_hz, lufs, loudest, *silences_s)


_Array = NDArray[np.floating]
_NOTHING = (np.zeros(1), np.zeros(1), np.zeros(1))


@dataclass(frozen=True, slots=True)
class _Block:
    """A stretch of a file, shape (n, channels), with what lies around it; `cut` are the milliseconds that are its own."""

    wave: NDArray[np.float32]
    rate_hz: int
    cut: slice


def _blocks(file: soundfile.SoundFile) -> Iterator[_Block]:
    rate_hz = file.samplerate
    context = rate_hz * _CONTEXT_MS // 1000
    held = np.zeros((0, file.channels), np.float32)
    first = True
    while True:
        fresh = file.read(rate_hz * _BLOCK_S, dtype="float32", always_2d=True)
        last = len(fresh) < rate_hz * _BLOCK_S
        wave = np.concatenate([held, fresh])
        if len(wave) > (0 if first else context):
            yield _Block(wave, rate_hz, slice(0 if first else _CONTEXT_MS, None if last else -_CONTEXT_MS))
        if last:
            return
        held, first = wave[-2 * context :], False


def _measure(block: _Block) -> tuple[_Array, _Array, _Array]:
    """Give level and K-weighted energy per millisecond (the loudest channel's, all channels': ITU-R BS.1770), and the true peaks."""
    channels = [np.ascontiguousarray(each) for each in block.wave.T]
    level = np.max([level_envelope(each, block.rate_hz) for each in channels], axis=0)
    energy = np.sum([energy_envelope(each * np.float32(FULL_SCALE), block.rate_hz) for each in channels], axis=0)
    return level[block.cut], energy[block.cut], np.array([true_peak_above(each, _PEAKS_FROM) for each in channels])


def _silences_ms(heard: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Give the silence before the first sound, after the last, and the longest between."""
    at = np.flatnonzero(heard)
    if not len(at):
        return len(heard), 0, 0
    return int(at[0]), int(len(heard) - 1 - at[-1]), int(np.diff(at).max(initial=1)) - 1
