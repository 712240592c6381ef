"""ElevenLabs by REST, with the time of each character. Untested live: nobody with a key has run the tests against the service yet."""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Any

from briefing.errors import Fault, SpeechError
from briefing.model import EngineInfo, Form, Mark, Speech, VoiceInfo
from briefing.voices.decode import decode_audio
from briefing.voices.remote import UNTRIED, Setting, from_base64, list_voices
from briefing.voices.service import Service, setting
from briefing.web import host_of

_URL = "https://api.elevenlabs.io"
_RATE_HZ = 24_000
_SLOWEST, _FASTEST = 0.7, 1.2
_KEY = Setting("ElevenLabs", "a key of ElevenLabs", ("BRIEFING_ELEVENLABS_API_KEY", "ELEVENLABS_API_KEY"))
_REMEDY = "check the key, its rights and the credit of its plan, BRIEFING_ELEVENLABS_MODEL and the voice's id"
_GEORGE = "JBFqnCBsd6RMkjVDRZzb"  # the voice of the service's own examples


class ElevenLabsEngine:
    """Offers any voice by its id; the one of the service's own examples is listed."""

    @property
    def info(self) -> EngineInfo:
        """Say what one request takes: 5,000 characters with the strictest of the models."""
        return EngineInfo(
            "elevenlabs",
            form=Form.TEXT,
            host=host_of(_url()),
            warning=UNTRIED,
            max_characters=5000,
            concurrency=2,
            deadline_s=90.0,
            unit="character",
            model=_model(),
            timing="character",
            rate_hz=_RATE_HZ,
            takes_any=True,
            is_deterministic=False,
        )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the one voice that is known of; the others are the account's own."""
        return list_voices(self.info, (_GEORGE,), f"ElevenLabs' terms; {UNTRIED}", _KEY)

    def identity(self, speaker: str) -> str:
        """Name model and voice."""
        return f"elevenlabs:1:{_model()}:{speaker}:{_RATE_HZ}"

    def check(self, speaker: str) -> None:
        """Raise SpeechError without a key, or for what is no id. The service is not asked: a key may well be for speech alone."""
        self.open(speaker)

    def open(self, speaker: str) -> ElevenLabsVoice:
        """Give the voice. Raises SpeechError without a key, or for what is no id."""
        if not re.fullmatch("[A-Za-z0-9]{8,40}", speaker):
            told = f"{speaker!r} is no id of a voice of ElevenLabs"
            raise SpeechError(told, "elevenlabs", f"name it by its id, such as {_GEORGE}", Fault.BAD_INPUT)
        key = _KEY.hold()
        return ElevenLabsVoice(speaker, _model(), Service("ElevenLabs", _url(), _REMEDY, {"xi-api-key": key}, (key,)))


class ElevenLabsVoice:
    """Says text as it is, and tells when each character begins."""

    def __init__(self, speaker: str, model: str, service: Service) -> None:
        self._speaker, self._model, self._service = speaker, model, service

    def uncovered(self, text: str) -> str:
        """Nothing is known to be dropped."""
        return ""

    def speak(self, text: str, speed: float) -> Speech:
        """Ask for one piece as PCM in base64. Raises SpeechError, also for a speed that the service does not know."""
        if not _SLOWEST <= speed <= _FASTEST:
            told = f"ElevenLabs speaks at {_SLOWEST} to {_FASTEST} times its pace, not at {speed:g}"
            raise SpeechError(told, hint="set [voices] speed within this range", fault=Fault.BAD_INPUT)
        asked: dict[str, Any] = {"text": text, "model_id": self._model, "voice_settings": {"speed": speed}}
        if self._model != "eleven_multilingual_v2":  # it refuses to be told the language
            asked["language_code"] = "ja"
        path = f"/v1/text-to-speech/{self._speaker}/with-timestamps?output_format=pcm_{_RATE_HZ}"
        answer = self._service.ask_json("POST", path, asked)
        samples, rate_hz = decode_audio(from_base64(answer, "audio_base64"), _RATE_HZ)
        return Speech(samples, rate_hz, _marks(answer.get("alignment"), text, len(samples) / rate_hz, rate_hz))


def _marks(alignment: object, text: str, seconds: float, rate_hz: int) -> tuple[Mark, ...]:
    """Give when each character begins; nothing when the times are of another text, or no times at all."""
    if not isinstance(alignment, dict):
        return ()
    characters, begins = alignment.get("characters"), alignment.get("character_start_times_seconds")
    if not isinstance(characters, list) or not isinstance(begins, list) or len(characters) != len(begins):
        return ()
    if "".join(map(str, characters)) != text or not all(isinstance(at, int | float) for at in begins):
        return ()
    in_time = accumulate((min(max(at, 0.0), seconds) for at in begins), max)
    ends = accumulate((len(each) for each in characters), initial=0)
    marks = [Mark(end, round(at * rate_hz)) for end, at in zip(ends, in_time, strict=False)]
    return (*marks, Mark(len(text), round(seconds * rate_hz)))


def _url() -> str:
    return setting("ELEVENLABS_URL", _URL)


def _model() -> str:
    return setting("ELEVENLABS_MODEL", "eleven_multilingual_v2")


ENGINE = ElevenLabsEngine()
