"""PCM to MP3 (the owner of lameenc), and back for checks (the owner of soundfile)."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

import lameenc
import numpy as np
import soundfile

from briefing.audio.timeline import RATE_HZ
from briefing.errors import AudioError
from briefing.model import Samples, Speech

_QUALITY = 5  # as near to the source as 2 and 3 by measure, in two fifths of the time of 2 (docs/decisions.md)


def encoder_identity() -> str:
    """Name the encoder build: other builds give other bytes."""
    return f"lameenc {version('lameenc')} q{_QUALITY}"


def encode_mp3(pcm: Iterable[Samples], path: Path, bitrate_kbps: int) -> None:
    """Write mono constant-bit-rate MPEG-1 layer III. Raises AudioError when the disk does not take it."""
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_bit_rate(bitrate_kbps)
    encoder.set_in_sample_rate(RATE_HZ)
    encoder.set_channels(1)
    encoder.set_quality(_QUALITY)
    try:
        with path.open("wb") as file:
            for chunk in pcm:
                file.write(encoder.encode(chunk.tobytes()))
            file.write(encoder.flush())
    except OSError as error:
        raise AudioError(
            f"cannot write audio: {error.strerror}", str(path), "free some space and run the command again"
        ) from error


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
