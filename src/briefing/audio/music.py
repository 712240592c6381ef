"""Ident, sting and bed: the user's own file, or sounds that are computed here. No sample, no licence."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from briefing.audio.edit import fade_ends
from briefing.audio.measure import FULL_SCALE, energy_envelope, peak_envelope
from briefing.audio.timeline import GRID, RATE_HZ
from briefing.errors import AudioError
from briefing.model import Clip

BUILT_IN = "built-in"
_VERSION = 1  # of the computed sounds
_LEVEL = 0.35  # peak of full scale; mastering sets the loudness


@dataclass(frozen=True, slots=True)
class Sound:
    """A place for music: how long a file for it may be, in seconds, and what is played when none is given."""

    longest_s: float
    compose: Callable[[], NDArray[np.float64]]


def music_clip(place: str, name: str, folder: Path) -> Clip:
    """Give the clip for a place (ident, sting, outro, bed): the built-in sound, or a file below `folder` in any form that soundfile reads.

    Raises AudioError for a file that is missing, does not decode, is silent or too long.
    """
    sound = SOUNDS[place]
    if name == BUILT_IN:
        wave, rate_hz, identity = sound.compose(), RATE_HZ, f"{BUILT_IN} {_VERSION}".encode()
    else:
        path = folder / name
        wave, rate_hz = _read(path, sound.longest_s)
        identity = path.read_bytes()
    samples = np.rint(np.clip(wave, -1, 1) * (FULL_SCALE - 1)).astype(np.int16)
    samples = _whole_steps(samples, rate_hz) if place == "bed" else fade_ends(samples, rate_hz)
    key = hashlib.sha256(b"music " + place.encode() + identity).hexdigest()[:40]
    return Clip(key, samples, rate_hz, (), peak_envelope(samples, rate_hz), energy_envelope(samples, rate_hz))


def _read(path: Path, longest_s: float) -> tuple[NDArray[np.float64], int]:
    try:
        with soundfile.SoundFile(path) as file:
            rate_hz = file.samplerate
            if file.frames > longest_s * rate_hz:
                raise AudioError(f"is longer than {longest_s:g} s", str(path), "cut it")
            wave = file.read(dtype="float64", always_2d=True).mean(axis=1)
    except (OSError, soundfile.LibsndfileError) as error:
        raise AudioError(f"cannot be read as music: {error}", str(path), "give a WAV, FLAC, OGG or MP3 file") from error
    if not len(wave) or np.abs(wave).max() < 1e-3:
        raise AudioError("holds no sound", str(path), "give another file")
    return wave, rate_hz


def _whole_steps(samples: NDArray[np.int16], rate_hz: int) -> NDArray[np.int16]:
    """Cut a loop to whole steps of the timeline's grid, so that its loudness at every turn is the same."""
    step = GRID * rate_hz // RATE_HZ
    return samples[: len(samples) // step * step] if len(samples) >= step else samples


_C5 = 523.2511  # Hz, equal temperament at A4 = 440 Hz


def _note(semitones: float, length_s: float, decay_s: float) -> NDArray[np.float64]:
    """Give a struck bar: four partials that fade the faster the higher they are."""
    t = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
    hertz = _C5 * 2 ** (semitones / 12)
    partials = ((1, 1.0, 1.0), (2, 0.35, 0.6), (3.9, 0.18, 0.3), (9.2, 0.05, 0.12))
    wave = sum(a * np.exp(-t / (decay_s * d)) * np.sin(2 * np.pi * hertz * m * t) for m, a, d in partials)
    return np.asarray(wave * np.minimum(1, t / 0.004))


def _melody(notes: tuple[tuple[float, float], ...], length_s: float, decay_s: float) -> NDArray[np.float64]:
    """Lay notes (start in seconds, semitones above C5) over one another; the end fades out."""
    out = np.zeros(int(length_s * RATE_HZ))
    for start_s, semitones in notes:
        at = int(start_s * RATE_HZ)
        out[at:] += _note(semitones, length_s - start_s + 1, decay_s)[: len(out) - at]
    fade = int(0.4 * RATE_HZ)
    out[-fade:] *= np.linspace(1, 0, fade) ** 2
    return np.asarray(out * (_LEVEL / np.abs(out).max()))


def _pad() -> NDArray[np.float64]:
    """Give four soft chords that lead back into the first; every partial has whole periods, so that the loop has no seam."""
    bar_s, chords = 4.0, ((-12, -5, 0, 4), (-15, -8, -3, 0), (-19, -12, -7, -3), (-17, -10, -5, -1))
    count = int(bar_s * len(chords) * RATE_HZ)
    t = np.arange(count) / RATE_HZ
    out = np.zeros(count)
    for bar, chord in enumerate(chords):
        away = np.abs((t / bar_s - bar - 0.5 + len(chords) / 2) % len(chords) - len(chords) / 2)
        level = np.clip(1.25 - away, 0, 0.5) ** 2  # half a bar of crossfade with each neighbour
        for semitones in chord:
            hertz = round(_C5 / 2 * 2 ** (semitones / 12) * bar_s * len(chords)) / (bar_s * len(chords))
            out += level * (np.sin(2 * np.pi * hertz * t) + 0.25 * np.sin(4 * np.pi * hertz * t))
    return np.asarray(out * (_LEVEL / np.abs(out).max()))


SOUNDS: Mapping[str, Sound] = {
    "ident": Sound(30, lambda: _melody(((0, 0), (0.22, 4), (0.44, 7), (0.66, 12)), 2.8, 0.7)),
    "sting": Sound(10, lambda: _melody(((0, 7), (0.18, 12)), 1.4, 0.4)),
    "outro": Sound(60, lambda: _melody(((0, 12), (0.3, 7), (0.6, 4), (0.9, 0)), 3.4, 0.9)),
    "bed": Sound(120, _pad),
}
