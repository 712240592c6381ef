"""Google Translate's voice through gTTS: needs the network, one request a piece of at most 100 characters."""

from __future__ import annotations

import binascii
import io
import re
import time
from importlib.util import find_spec

import numpy as np
import soundfile
import soxr

from briefing.errors import SpeechError
from briefing.model import Mark, Speech, VoiceInfo, VoiceName

RATE_HZ = 24_000
MAX_CHARACTERS = 100
_TIMEOUT_S = (3.05, 15.0)
_TRIES = 3
_LEAST_S_PER_MORA = 0.06  # faster speech than this means that audio is missing
_REMEDY = "check the network and run the command again (what is done is kept), or use --voice kokoro, which needs none"


class GttsEngine:
    """Offers one Japanese voice over the network. The private endpoint may change any day."""

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the one voice."""
        here = find_spec("gtts") is not None
        name = VoiceName("gtts", "ja")
        return (VoiceInfo(name, "ja", False, here, "Google terms of service", "", "" if here else "pip install gTTS"),)

    def identity(self, speaker: str) -> str:
        """Name the sound; the service does not tell its version."""
        return f"gtts:2:{speaker}"

    def open(self, speaker: str) -> GttsVoice:
        """Give the voice; the network is used at the first sentence."""
        return GttsVoice(speaker)


class GttsVoice:
    """Says katakana without accents, which it does not take; every answer is checked before it is believed."""

    version = "2"

    def __init__(self, language: str) -> None:
        self._language = language

    def uncovered(self, kana: str) -> str:
        """Give what is no katakana, accent or pause."""
        return re.sub("[ア-ヴァ-ョヮー、。？！'/]", "", kana)

    def speak(self, kana: str, speed: float) -> Speech:
        """Say katakana. Raises SpeechError when an answer is missing, broken or too short."""
        pieces = cut_pieces(kana.replace("'", "").replace("/", " "))
        if not pieces:
            raise SpeechError("there is nothing to say")
        samples = np.concatenate([self._fetch(piece) for piece in pieces])
        return Speech(samples, RATE_HZ, (Mark(0, 0), Mark(len(kana), len(samples))))

    def _fetch(self, text: str) -> np.ndarray:
        problem = "no answer"
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(2**attempt)
            try:
                return _decode(_request(text, self._language), text)
            except SpeechError as error:
                problem = error.message
        raise SpeechError(f"gTTS: {problem}", hint=_REMEDY)


def cut_pieces(text: str, limit: int = MAX_CHARACTERS) -> list[str]:
    """Cut text into pieces of at most `limit` characters, at the last pause or space that fits.

    >>> cut_pieces("アアア、イイイ", 5)
    ['アアア、', 'イイイ']
    """
    pieces = []
    while len(text) > limit:
        cut = max(text.rfind(sign, 0, limit) for sign in "。？！、 ") + 1 or limit
        pieces.append(text[:cut])
        text = text[cut:]
    return [p for p in (*pieces, text) if re.search("[ァ-ヴ]", p)]


def _request(text: str, language: str) -> bytes:
    from gtts import gTTS, gTTSError
    from requests import RequestException

    try:
        return b"".join(gTTS(text, lang=language, timeout=_TIMEOUT_S).stream())
    except (gTTSError, RequestException) as error:
        raise SpeechError(str(error).split("\n")[0]) from error
    except (AssertionError, binascii.Error, ValueError) as error:
        raise SpeechError(f"the service gave no audio ({type(error).__name__})") from error


def _decode(answer: bytes, text: str) -> np.ndarray:
    try:
        wave, rate_hz = soundfile.read(io.BytesIO(answer), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise SpeechError("the answer is not audio") from error
    mono = wave.mean(axis=1)
    least_s = _LEAST_S_PER_MORA * len(re.findall("[ア-ヴ]", text))
    if len(mono) < least_s * rate_hz or np.abs(mono).max(initial=0) < 0.01:
        raise SpeechError("the answer is silent or too short")
    mono = soxr.resample(mono, rate_hz, RATE_HZ)
    return np.asarray(np.clip(mono, -1, 1) * 32767).astype(np.int16)


ENGINE = GttsEngine()
