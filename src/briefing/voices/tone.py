"""A deterministic test voice without any dependency: one tone a mora, silence at a pause."""

from __future__ import annotations

import re

import numpy as np

from briefing.errors import SpeechError
from briefing.model import EngineInfo, Mark, Speech, VoiceInfo, VoiceName

RATE_HZ = 24_000
_MORA_S = 0.14
_PAUSE_S = {"、": 0.25, "。": 0.1, "？": 0.1, "！": 0.1}
_BASE_HZ = {"low": 165.0, "mid": 208.0, "high": 262.0}
_PIECE = re.compile("[ア-ヴ][ァィゥェォャュョヮ]?|[ァ-ヴー]|[、。？！]|.")


class ToneEngine:
    """Offers three pitches."""

    info = EngineInfo("tone", cast=("low", "high", "low", "mid"), timing="mora")

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the three pitches."""
        return tuple(VoiceInfo(VoiceName("tone", s), "ja", True, True, "MIT", "") for s in _BASE_HZ)

    def identity(self, speaker: str) -> str:
        """Name the sound."""
        return f"tone:2:{speaker}"

    def check(self, speaker: str) -> None:
        """Nothing can be missing."""

    def open(self, speaker: str) -> ToneVoice:
        """Give the voice; nothing is loaded."""
        return ToneVoice(speaker)


class ToneVoice:
    """Says each mora as a tone whose pitch depends on the mora."""

    def __init__(self, speaker: str) -> None:
        self._base_hz = _BASE_HZ[speaker]

    def uncovered(self, kana: str) -> str:
        """Everything but katakana, accents and pauses would be dropped."""
        return re.sub("[ァ-ヴー、。？！'/]", "", kana)

    def speak(self, kana: str, speed: float) -> Speech:
        """Say one tone a mora. Raises SpeechError when there is nothing to say."""
        pieces, marks, at = [], [], 0
        for match in _PIECE.finditer(kana):
            samples = self._piece(match[0], speed)
            marks.append(Mark(match.start(), at))
            pieces.append(samples)
            at += len(samples)
        if not any(each.any() for each in pieces):
            raise SpeechError("there is nothing to say")
        whole = np.concatenate(pieces)
        return Speech(whole, RATE_HZ, (*marks, Mark(len(kana), len(whole))))

    def _piece(self, piece: str, speed: float) -> np.ndarray:
        if piece in "'/":
            return np.zeros(0, np.int16)
        if piece in _PAUSE_S:
            return np.zeros(int(_PAUSE_S[piece] / speed * RATE_HZ), np.int16)
        count = int(_MORA_S / speed * RATE_HZ)
        pitch = self._base_hz * 2 ** ((sum(map(ord, piece)) % 12) / 24)
        time = np.arange(count) / RATE_HZ
        swell = np.minimum(1, np.minimum(time, time[::-1]) / 0.02)
        return (6000 * swell * np.sin(2 * np.pi * pitch * time)).astype(np.int16)


ENGINE = ToneEngine()
