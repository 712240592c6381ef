"""Any server that knows OpenAI's `/v1/audio/speech`: OpenAI, Kokoro-FastAPI, LocalAI, a server of one's own.

Tried with a double of the protocol and with fastkokoro 0.7.0; with OpenAI itself by nobody yet.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import Any

from briefing.errors import Fault, SpeechError
from briefing.model import EngineInfo, Form, Speech, VoiceInfo, VoiceName
from briefing.voices.decode import decode_audio
from briefing.voices.remote import UNTRIED, hold_known
from briefing.voices.service import Service, hold_address_plain, setting
from briefing.web import host_of, is_local, key_for, place_of

OPENAI_URL = "https://api.openai.com/v1"
_PCM_HZ = 24_000  # of an answer without a header
_KEY_REMEDY = "set BRIEFING_OPENAI_API_KEY or OPENAI_API_KEY"
_REMEDY = "check BRIEFING_OPENAI_BASE_URL, which ends in /v1, BRIEFING_OPENAI_MODEL and BRIEFING_OPENAI_API_KEY"
_NAMES = ("marin", "cedar", "coral", "sage", "alloy", "ash", "ballad", "echo", "fable", "nova", "onyx", "shimmer", "verse")  # fmt: skip
_FOREIGN = re.compile("[abefhipz][fm]_")  # Kokoro's names begin with language and sex; j is Japanese


class OpenAIEngine:
    """Offers OpenAI's voices, or those of the server that BRIEFING_OPENAI_BASE_URL names."""

    @property
    def info(self) -> EngineInfo:
        """Say where text goes by the present environment; a server on this machine gets it without its leaving."""
        url = _base_url()
        return EngineInfo(
            "openai",
            form=Form.TEXT,
            host="" if is_local(url) else host_of(url),
            is_server=is_local(url),
            warning=UNTRIED if url == OPENAI_URL else "",
            max_characters=1500,  # 4,096 characters, but also 2,000 tokens for the newer models
            concurrency=2,
            deadline_s=150.0,
            unit="character",
            model=_model(),
            cast=_NAMES[:4] if url == OPENAI_URL else (),
            takes_any=url != OPENAI_URL,
            is_deterministic=False,
        )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List OpenAI's voices, or what the user's own server lists. Raises SpeechError when that does not answer."""
        is_offline = self.info.is_offline
        remedy = _KEY_REMEDY if _base_url() == OPENAI_URL and not _key() else ""
        names = _NAMES if _base_url() == OPENAI_URL else _listed(_service())
        terms = f"OpenAI's terms; {UNTRIED}" if _base_url() == OPENAI_URL else "that of the server's model"
        return tuple(VoiceInfo(VoiceName("openai", n), "ja", is_offline, not remedy, terms, "", remedy) for n in names)

    def identity(self, speaker: str) -> str:
        """Name server, model, style and voice; another server's voice of this name is another voice."""
        hold_address_plain(_base_url(), "openai")
        style = hashlib.sha256(_style().encode()).hexdigest()[:12] if _style() else "plain"
        return f"openai:1:{place_of(_base_url())}:{_model()}:{style}:{speaker}"

    def check(self, speaker: str) -> None:
        """Raise SpeechError when OpenAI's key is missing, or the user's server does not answer or lists other voices."""
        if _base_url() == OPENAI_URL:
            if not _key():
                raise SpeechError("OpenAI needs a key", "openai", _KEY_REMEDY, Fault.AUTH)
            hold_known(self.info, speaker, _NAMES)
        elif (names := _listed(_service())) != _NAMES:
            hold_known(self.info, speaker, names)

    def open(self, speaker: str) -> OpenAIVoice:
        """Give the voice; the first sentence asks the server."""
        return OpenAIVoice(speaker, _model(), _service())


class OpenAIVoice:
    """Says text as it is; there are no times."""

    def __init__(self, speaker: str, model: str, service: Service) -> None:
        self._speaker, self._model, self._service = speaker, model, service

    def uncovered(self, text: str) -> str:
        """Nothing is known to be dropped."""
        return ""

    def speak(self, text: str, speed: float) -> Speech:
        """Ask for one piece as WAV; some servers send something else all the same. Raises SpeechError."""
        asked: dict[str, Any] = {
            "model": self._model,
            "input": text,
            "voice": self._speaker,
            "response_format": "wav",
        }
        asked |= {"speed": speed} if speed != 1 else {}
        asked |= {"instructions": _style()} if _style() else {}
        return Speech(*decode_audio(self._service.ask("POST", "/audio/speech", asked).content, _PCM_HZ))


def _base_url() -> str:
    return setting("OPENAI_BASE_URL", OPENAI_URL).rstrip("/")


def _model() -> str:
    return setting("OPENAI_MODEL", "gpt-4o-mini-tts")


def _style() -> str:
    """How to speak, in words ("ニュースのように、落ち着いて"), for models that take them."""
    return setting("OPENAI_INSTRUCTIONS")


def _key() -> str:
    return key_for("OPENAI", setting("OPENAI_BASE_URL", OPENAI_URL), os.environ)


def _service() -> Service:
    key = _key()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Service("the speech server", _base_url(), _REMEDY, headers, (key,), timeout_s=120.0)


def _listed(service: Service) -> tuple[str, ...]:
    """Give the voices that a server lists and that may read Japanese; OpenAI's names when it answers, but has no list."""
    try:
        found = service.ask_json("GET", "/audio/voices")
    except SpeechError as error:
        if error.fault not in (Fault.PROTOCOL, Fault.BAD_INPUT):
            raise
        return _NAMES
    rows = found.get("voices") if isinstance(found, dict) else found
    names = [_name_of(row) for row in rows] if isinstance(rows, list) else []
    return tuple(name for name in names if name and not _FOREIGN.match(name)) or _NAMES


def _name_of(row: object) -> str:
    name = (row.get("id") or row.get("voice_id") or row.get("name")) if isinstance(row, dict) else row
    return name if isinstance(name, str) else ""


ENGINE = OpenAIEngine()
