"""PCM to MP3 (the owner of lameenc), and back for checks (the owner of soundfile)."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import lameenc
import numpy as np
import soundfile
import soxr

from briefing.audio.master import LAME_GAIN_DB
from briefing.audio.timeline import FRAME, RATE_HZ
from briefing.errors import AudioError
from briefing.model import Samples, Speech
from briefing.mpeg import first_frames

_QUALITY = 5  # as near to the source as 2 and 3 by measure, in two fifths of the time of 2 (docs/decisions.md)


def encoder_identity() -> str:
    """Name the encoder build: other builds give other bytes."""
    return f"lameenc {version('lameenc')} q{_QUALITY} d{_DELAY}"


_DELAY = 1105  # samples by which encoder (576) and decoder (529) are late; no header of ours tells players of it


def _ahead(pcm: Iterable[Samples]) -> Iterator[Samples]:
    """Take the delay off the silence in front, so that everything is heard when the timeline says."""
    for number, chunk in enumerate(pcm):
        silent = int(np.argmax(chunk != 0)) if chunk.any() else len(chunk)
        yield chunk[min(silent, _DELAY) :] if number == 0 else chunk


def encode_mp3(pcm: Iterable[Samples], path: Path, bitrate_kbps: int) -> None:
    """Write mono constant-bit-rate MPEG-1 layer III. Raises AudioError when the disk does not take it."""
    join_frames(_mp3_parts(pcm, bitrate_kbps), path)


def join_frames(parts: Iterable[bytes], path: Path) -> None:
    """Write parts of an MP3 one behind the other. Raises AudioError when the disk does not take it."""
    try:
        with path.open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        raise AudioError(
            f"cannot write audio: {error.strerror}", str(path), "free some space and run the command again"
        ) from error


def encode_frames(pcm: Iterable[Samples], bitrate_kbps: int) -> bytes:
    """Give whole frames of audio that begins and ends in silence: exactly as long as it, and apart from what is before and behind.

    Frames of several such stretches, one behind the other, are a file in which each is heard at its time.
    """
    length, kept = 0, []
    for chunk in pcm:
        length += len(chunk)
        kept.append(chunk)
    return first_frames(b"".join(_mp3_parts(kept, bitrate_kbps)), length // FRAME)


def _mp3_parts(pcm: Iterable[Samples], bitrate_kbps: int) -> Iterator[bytes]:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(bitrate_kbps)
    encoder.set_in_sample_rate(RATE_HZ)
    encoder.set_channels(1)
    encoder.set_quality(_QUALITY)
    for chunk in _ahead(pcm):
        yield bytes(encoder.encode(chunk.tobytes()))
    yield bytes(encoder.flush())


OPUS_RATE_HZ = 48_000  # Opus knows no 44.1 kHz


def encode_opus(pcm: Iterable[Samples], path: Path, bitrate_kbps: int) -> None:
    """Write mono Ogg Opus (RFC 7845); the level is that of the MP3 once decoded. Raises AudioError.

    The encoder gives every stream a random number; it is set to zero, so that the same audio gives the same bytes.
    """
    resampler = soxr.ResampleStream(RATE_HZ, OPUS_RATE_HZ, 1, dtype="int16")
    try:
        with soundfile.SoundFile(
            path, "w", OPUS_RATE_HZ, 1, format="OGG", subtype="OPUS", compression_level=_opus_level(bitrate_kbps)
        ) as file:
            for chunk in pcm:
                file.write(resampler.resample_chunk(np.rint(chunk * _MP3_LEVEL).astype(np.int16)))
            file.write(resampler.resample_chunk(np.zeros(0, np.int16), last=True))
        _zero_serials(path)
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(
            f"cannot write audio: {error}", str(path), "free some space and run the command again"
        ) from error


_MP3_LEVEL = 10 ** (-LAME_GAIN_DB / 20)
_OPUS_RANGE_KBPS = (6.0, 256.0)  # libsndfile maps its level from 1 to 0 onto these, for one channel


def _opus_level(bitrate_kbps: int) -> float:
    low, high = _OPUS_RANGE_KBPS
    return 1 - (min(max(bitrate_kbps, low), high) - low) / (high - low)


_SERIAL, _CHECKSUM = slice(14, 18), slice(22, 26)  # of an Ogg page (RFC 3533, section 6)
_REVERSED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))


def _zero_serials(path: Path) -> None:
    """Set the serial number of every page of an Ogg file to zero, with checksums to match, a page at a time."""
    with path.open("r+b") as file:
        while len(head := file.read(27)) == 27 and head.startswith(b"OggS"):
            lengths = file.read(head[26])
            page = bytearray(head + lengths + file.read(sum(lengths)))
            page[_SERIAL] = page[_CHECKSUM] = bytes(4)
            page[_CHECKSUM] = _ogg_crc(bytes(page)).to_bytes(4, "little")
            file.seek(-len(page), os.SEEK_CUR)
            file.write(page)


def _ogg_crc(page: bytes) -> int:
    """Give Ogg's CRC-32: zlib's polynomial, bits the other way round, nothing inverted."""
    crc = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2)


def write_audio(speech: Speech, path: Path) -> None:
    """Write one line as WAV or MP3, by the file's ending. Raises AudioError for another ending or a full disk."""
    if path.suffix.lower() not in (".wav", ".mp3"):
        raise AudioError(
            f"cannot write {path.suffix or 'a file without ending'}", str(path), "use a name that ends in .wav or .mp3"
        )
    try:
        soundfile.write(path, speech.samples, speech.rate_hz)
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(f"cannot write audio: {error}", str(path), "check the folder") from error


def read_mono(path: Path) -> tuple[np.ndarray, int]:
    """Decode a whole file to float32 mono, shape (n,), and its rate. Raises AudioError when it does not decode."""
    try:
        wave, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"does not decode: {error}", str(path), "render it again with --force") from error
    return wave.mean(axis=1), int(rate_hz)
