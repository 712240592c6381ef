"""MPEG audio, layer III, frame by frame, without decoding it (ISO 11172-3, ISO 13818-3)."""

from __future__ import annotations

from dataclasses import dataclass

_KBPS_MPEG1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_MPEG2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


@dataclass(frozen=True, slots=True)
class Frames:
    """What the frames of an MP3 say: length in seconds, bytes that belong to none, the lowest bit rate in kbit/s, the rate in Hz."""

    seconds: float
    stray: int
    kbps: int
    rate_hz: int


def walk_frames(content: bytes) -> Frames:
    """Step from frame to frame, around the tags at both ends. Raises ValueError when there is no frame at all."""
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
        raise ValueError("is no MP3 (MPEG layer III)")
    return Frames(seconds, stray, lowest, rate_hz)


def first_frames(content: bytes, count: int) -> bytes:
    """Give the first `count` frames of audio without tags. Raises ValueError when there are fewer."""
    at = 0
    for _ in range(count):
        frame = _read_header(content[at : at + 4])
        if frame is None or at + frame[0] > len(content):
            raise ValueError(f"has fewer than {count} frames")
        at += frame[0]
    return content[:at]


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
