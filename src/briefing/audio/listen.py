"""A finished MP3 heard once, block by block: is it whole, how long, how loud, where is it silent?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from briefing.audio.measure import FULL_SCALE, energy_envelope, integrated_lufs, peak_envelope
from briefing.errors import AudioError
from briefing.model import Sound

_BLOCK_S = 10
_CONTEXT_MS = 500  # heard on both sides of a block and not counted: filters settle, no edge rings
_SILENT = 10 ** (-60 / 20)  # full scale 1: a codec's hiss and less
_KBPS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # ISO 11172-3, layer III
_KBPS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # ISO 13818-3, layer III
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def listen(path: Path) -> Sound:
    """Give what a whole MP3 sounds like. Raises AudioError when it is no MPEG layer III or does not decode."""
    try:
        content = path.read_bytes()
        duration_s, stray, kbps, rate_hz = _walk_frames(content, path)
        with soundfile.SoundFile(path) as file:
            parts = list(_envelopes(file))
            decoded_s = file.tell() / file.samplerate  # file.frames is an estimate where there is no Xing header
    except (OSError, soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"does not decode: {error}", str(path), "render it again with --force") from error
    peak, energy = (np.concatenate(each) for each in zip(*parts, strict=True)) if parts else (np.zeros(1), np.zeros(1))
    lead, trail, longest = _silences_ms(peak > _SILENT)
    loudest = 20 * float(np.log10(max(float(peak.max()), 1e-9)))
    lufs = integrated_lufs(energy)
    return Sound(duration_s, decoded_s, stray, kbps, rate_hz, lufs, loudest, lead / 1000, trail / 1000, longest / 1000)


def _walk_frames(content: bytes, path: Path) -> tuple[float, int, int, int]:
    """Step from frame to frame: seconds, bytes that belong to none, the lowest bit rate in kbit/s, the rate in Hz."""
    at, end = _after_tag(content), len(content) - (128 if content[-128:-125] == b"TAG" else 0)
    seconds, stray, lowest, rate_hz = 0.0, 0, 0, 0
    while at < end:
        frame = _read_header(content[at : at + 4])
        if frame is None or at + frame[0] > end:
            nearest = content.find(b"\xff", at + 1, end)
            step = (nearest if nearest > 0 else end) - at
            stray += len(content[at : at + step].strip(b"\0"))
        else:
            step, count, kbps, rate_hz = frame
            seconds += count / rate_hz
            lowest = min(lowest or kbps, kbps)
        at += step
    if not seconds:
        raise AudioError("is no MP3 (MPEG layer III)", str(path), "encode it as MP3")
    return seconds, stray, lowest, rate_hz


def _after_tag(content: bytes) -> int:
    """Give where the audio begins: behind the ID3v2 tag, whose size has seven bits a byte."""
    if content[:3] != b"ID3" or len(content) < 10:
        return 0
    size = 0
    for byte in content[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _read_header(head: bytes) -> tuple[int, int, int, int] | None:
    """Give a frame's bytes, samples, kbit/s and Hz; nothing when these four bytes are no header of layer III."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, kbps_at, rate_at = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbps_at in (0, 15) or rate_at == 3:
        return None
    kbps = (_KBPS_MPEG1 if version == 3 else _KBPS_MPEG2)[kbps_at]
    rate_hz, count = _RATES_HZ[version][rate_at], 1152 if version == 3 else 576
    return count // 8 * kbps * 1000 // rate_hz + (head[2] >> 1 & 1), count, kbps, rate_hz


def _envelopes(file: soundfile.SoundFile) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
    """Yield true peak and K-weighted energy per millisecond: the loudest channel's, all channels' (ITU-R BS.1770)."""
    rate_hz = file.samplerate
    context = rate_hz * _CONTEXT_MS // 1000
    held = np.zeros((0, file.channels), np.float32)
    first = True
    while True:
        fresh = file.read(rate_hz * _BLOCK_S, dtype="float32", always_2d=True)
        last = len(fresh) < rate_hz * _BLOCK_S
        block = np.concatenate([held, fresh]) * np.float32(FULL_SCALE)
        if len(block) > (0 if first else context):
            cut = slice(0 if first else _CONTEXT_MS, None if last else -_CONTEXT_MS)
            channels = np.ascontiguousarray(block.T)
            peak = np.max([peak_envelope(each, rate_hz) for each in channels], axis=0)
            energy = np.sum([energy_envelope(each, rate_hz) for each in channels], axis=0)
            yield peak[cut], energy[cut]
        if last:
            return
        held, first = block[-2 * context :] / np.float32(FULL_SCALE), False


def _silences_ms(heard: NDArray[np.bool_]) -> tuple[int, int, int]:
    """Give the silence before the first sound, after the last, and the longest between."""
    at = np.flatnonzero(heard)
    if not len(at):
        return len(heard), 0, 0
    return int(at[0]), int(len(heard) - 1 - at[-1]), int(np.diff(at).max(initial=1)) - 1
