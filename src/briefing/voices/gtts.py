"""Google Translate's voice through gTTS: an undocumented service over the network. What it sends is held against what was asked."""

from __future__ import annotations

import binascii
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

from briefing.errors import Fault, SpeechError
from briefing.model import EngineInfo, Speech, VoiceInfo, VoiceName
from briefing.voices.decode import decode_audio
from briefing.voices.service import fault_of_status, number_setting
from briefing.web import asked_pause_s

if TYPE_CHECKING:
    from gtts import gTTSError

_TIMEOUT_S = (5.0, 15.0)  # to connect, and between two bytes
_REMEDY = "check the network and run the command again (what is done is kept), or use --voice kokoro, which needs none"
_NO_AUDIO = "the service answered without audio: a web page on the way, or it has changed"


class GttsEngine:
    """Offers one Japanese voice. The service takes at most 100 characters at once; longer text the library would cut blindly."""

    @property
    def info(self) -> EngineInfo:
        """Say how the service is asked: by default a sentence a second, over one connection."""
        return EngineInfo(
            "gtts",
            host="translate.google.com",
            warning="an undocumented service that may end any day; gTTS does not verify its certificate: send nothing private",
            max_characters=100,
            concurrency=1,
            interval_s=number_setting("GTTS_INTERVAL_S", 1.0),
            deadline_s=number_setting("GTTS_DEADLINE_S", 30.0),
            cast=("ja",),
            rate_hz=24_000,
            knows_speed=False,
            is_deterministic=False,
        )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the one voice."""
        here = find_spec("gtts") is not None
        name = VoiceName("gtts", "ja")
        return (VoiceInfo(name, "ja", False, here, "Google terms of service", "", "" if here else "pip install gTTS"),)

    def identity(self, speaker: str) -> str:
        """Name the sound; the service does not tell its version."""
        return f"gtts:3:{speaker}"

    def check(self, speaker: str) -> None:
        """Nothing: whether the service answers is seen at the first sentence, and asking for more would be impolite."""

    def open(self, speaker: str) -> GttsVoice:
        """Give the voice; the network is used at the first sentence."""
        return GttsVoice(speaker)


class GttsVoice:
    """Says katakana without accents, which the service does not take. There are no marks: it gives no times."""

    def __init__(self, language: str) -> None:
        self._language = language

    def uncovered(self, text: str) -> str:
        """Give what is no katakana, accent or pause."""
        return re.sub("[ァ-ヴー、。？！'/]", "", text)

    def speak(self, text: str, speed: float) -> Speech:
        """Ask for one piece; the service knows no speed. Raises SpeechError."""
        return Speech(*decode_audio(_request(text.replace("'", "").replace("/", " "), self._language)))


def _request(text: str, language: str) -> bytes:
    """Give the one MP3 of a text. The library takes any answer without audio for a success, and an answer twice for two pieces."""
    from gtts import gTTS, gTTSError

    try:
        bodies: list[bytes] = list(gTTS(text, lang=language, timeout=_TIMEOUT_S).stream())
    except gTTSError as error:
        raise _failure(error) from error
    except (binascii.Error, UnicodeError) as error:
        raise SpeechError("the service sent audio that is damaged on the way", fault=Fault.BAD_AUDIO) from error
    if len(bodies) != 1:
        told = _NO_AUDIO if not bodies else f"the service sent {len(bodies)} pieces for one"
        raise SpeechError(told, hint=_REMEDY, fault=Fault.BAD_AUDIO)
    return bodies[0]


def _failure(error: gTTSError) -> SpeechError:
    """Tell the causes apart that the library calls by one name."""
    from requests import RequestException, Timeout

    answer = error.rsp
    if answer is not None:
        fault = Fault.BAD_AUDIO if answer.status_code == 200 else fault_of_status(answer.status_code)
        told = _NO_AUDIO if answer.status_code == 200 else f"the service answered with status {answer.status_code}"
        if fault is Fault.AUTH:  # there is no key: it is us who are not wanted, or this sentence
            fault = Fault.REFUSED
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return SpeechError(told, "", _REMEDY, fault, asked_pause_s(headers))
    cause = error.__context__
    if isinstance(cause, Timeout):
        return SpeechError("the service did not answer in time", "", _REMEDY, Fault.TIMEOUT)
    reason = type(cause).__name__ if isinstance(cause, RequestException) else "unknown"
    return SpeechError(f"no connection to the service ({reason})", "", _REMEDY, Fault.UNAVAILABLE)


ENGINE = GttsEngine()
