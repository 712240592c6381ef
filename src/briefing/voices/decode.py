"""What a service sent, as samples: told apart by its bytes, never by what it calls itself, and taken only when it is whole."""

from __future__ import annotations

import io
import re

import numpy as np
import soundfile

from briefing.errors import Fault, SpeechError
from briefing.model import Samples
from briefing.mpeg import walk_frames

MAX_BYTES = 30_000_000
_PAGE = re.compile(rb"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
_STREAMS = (b"OggS", b"fLaC", b"FORM")


def decode_audio(content: bytes, raw_rate_hz: int = 0) -> tuple[Samples, int]:
    """Give samples (int16, mono) and their rate in Hz. With `raw_rate_hz` bytes of no known form are taken as bare 16-bit PCM.

    Raises SpeechError for everything that is not audio, or only a part of it.
    """
    if _PAGE.match(content):
        raise SpeechError("the network answered with a web page instead of audio", fault=Fault.PROTOCOL)
    if not content:
        raise SpeechError("the answer is empty", fault=Fault.BAD_AUDIO)
    if content[:4] == b"RIFF":
        _hold_wave_whole(content)
    elif raw_rate_hz and not _is_text(content) and not _is_stream(content):
        return np.frombuffer(content[: len(content) // 2 * 2], "<i2"), raw_rate_hz
    elif content[:3] == b"ID3" or content[:1] == b"\xff":
        _hold_mp3_whole(content)
    elif content[:4] not in _STREAMS:
        raise SpeechError("the answer is no audio", fault=Fault.BAD_AUDIO)
    try:
        wave, rate_hz = soundfile.read(io.BytesIO(content), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise SpeechError("the answer does not decode", fault=Fault.BAD_AUDIO) from error
    return (np.clip(wave.mean(axis=1), -1, 1) * 32767).astype(np.int16), int(rate_hz)


def _is_text(content: bytes) -> bool:
    """Say whether this is words, such as an error's; hardly any sound is UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_stream(content: bytes) -> bool:
    """Say whether this has a known form. Bare PCM may begin like a frame of MP3, but does not go on as one."""
    if content[:4] in _STREAMS or content[:3] == b"ID3":
        return True
    head = content[:20_000]
    try:
        return head[:1] == b"\xff" and walk_frames(io.BytesIO(head)).stray < len(head) // 2
    except ValueError:
        return False


def _hold_wave_whole(content: bytes) -> None:
    """Raise SpeechError when a WAV file is shorter than it says. Streaming servers write the greatest size: then there is no telling."""
    at = content.find(b"data", 12)
    stated = int.from_bytes(content[at + 4 : at + 8], "little") if at > 0 else 0
    if at < 0 or (stated < 0x7FFFFF00 and at + 8 + stated > len(content)):
        raise SpeechError("the answer is a WAV file that breaks off", fault=Fault.BAD_AUDIO)


def _hold_mp3_whole(content: bytes) -> None:
    """Raise SpeechError when an MP3 is not one unbroken row of frames."""
    try:
        stray = walk_frames(io.BytesIO(content)).stray
    except ValueError:
        raise SpeechError("the answer is no audio", fault=Fault.BAD_AUDIO) from None
    if stray:
        raise SpeechError(f"the answer is a damaged MP3: {stray} bytes belong to no frame", fault=Fault.BAD_AUDIO)
