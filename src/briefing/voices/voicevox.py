"""Servers of the VOICEVOX family (VOICEVOX, AivisSpeech, SHAREVOX, COEIROINK-compatible), mostly on this machine.

They are given our readings with their accents, never text. What a server can do is seen from its answers, not from its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from briefing.config import cache_folder
from briefing.errors import ConfigError, Fault, SpeechError
from briefing.model import EngineInfo, Speech, VoiceInfo, VoiceName
from briefing.voices.decode import decode_audio
from briefing.voices.service import Service, hold_address_plain, number_setting, setting
from briefing.voices.voicevox_catalogue import (
    Catalogue,
    Style,
    ask_catalogue,
    known_catalogue,
    service_at,
    understood,
)
from briefing.voices.voicevox_kana import Phrase, find_phrases, is_said_by, to_notation
from briefing.voices.voicevox_times import find_marks
from briefing.web import host_of, is_local

_ENDS_S = 0.05  # of silence before and behind; clips are trimmed anyway
_MOST_CHARACTERS = 400  # all of it goes into an address, nine characters a kana
_PAUSE = {"text": "、", "consonant": None, "consonant_length": None, "vowel": "pau", "vowel_length": 0.0, "pitch": 0.0}
Spoken = Sequence[Mapping[str, Any]]  # accent phrases as servers tell them


class VoicevoxEngine:
    """Offers every style of every character that the server has."""

    @property
    def info(self) -> EngineInfo:
        """Say how the server is asked. Raises ConfigError for an address that is none."""
        url = _address()
        is_here = is_local(url)
        return EngineInfo(
            "voicevox",
            host="" if is_here else host_of(url),
            is_server=True,
            warning="" if is_here or urlsplit(url).scheme == "https" else "not encrypted on its way",
            max_characters=_MOST_CHARACTERS,
            concurrency=1,
            deadline_s=number_setting("VOICEVOX_DEADLINE_S", 120.0),  # a server loads its model at the first sentence
            timing="mora",
        )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List all styles, everybody's first ones first. Raises SpeechError when the server never answered."""
        url, found = _address(), _catalogue()
        remedy = "" if found.is_live else service_at(url, 1.0).remedy
        return tuple(
            VoiceInfo(
                VoiceName("voicevox", style.name),
                "ja",
                is_local(url),
                found.is_live,
                f"terms of {found.brand} and of {style.character}",
                found.credit(style),
                remedy,
            )
            for style in found.styles
        )

    def identity(self, speaker: str) -> str:
        """Name the sound: engine and version as the server tells them, character, style."""
        found = _catalogue()
        return f"voicevox:1:{found.identity(found.style(speaker))}"

    def check(self, speaker: str) -> None:
        """Raise SpeechError when the server does not answer, or has this style no more."""
        ask_catalogue(_address(), cache_folder()).style(speaker)

    def open(self, speaker: str) -> VoicevoxVoice:
        """Give the voice; the server loads it at the first sentence."""
        found = _catalogue()
        return VoicevoxVoice(service_at(_address(), self.info.deadline_s), found, found.style(speaker))


@dataclass(frozen=True)
class VoicevoxVoice:
    """Says katakana with its accents. The server tells how long each mora is."""

    service: Service
    catalogue: Catalogue
    style: Style

    def uncovered(self, text: str) -> str:
        """Give what is no katakana, accent or pause."""
        return re.sub("[ァ-ヴー、。？！'/]", "", text)

    def speak(self, text: str, speed: float) -> Speech:
        """Say katakana; each mora and sign is marked where lengths are told. Raises SpeechError."""
        phrases = find_phrases(text)
        if not phrases:  # a query without phrases has killed servers
            raise SpeechError("there is nothing to say", fault=Fault.BAD_INPUT)
        with understood(self.service):
            spoken = self._from_kana(phrases) if self._knows_kana else self._from_text(phrases)
            self._hold_readings(phrases, spoken)
            query = self._query(spoken, speed)
            samples, rate_hz = decode_audio(self._post("/synthesis", query))
            if rate_hz != query["outputSamplingRate"]:
                told = f"the audio came at {rate_hz} Hz instead of {query['outputSamplingRate']}"
                raise SpeechError(told, fault=Fault.BAD_AUDIO)
            marks = find_marks(text, phrases, query, self.catalogue.frame_rate, len(samples), rate_hz)
        return Speech(samples, rate_hz, marks)

    @cached_property
    def _knows_kana(self) -> bool:
        """Ask whether the server takes accents as it is told: two words that only accents tell apart."""
        try:
            with understood(self.service):
                found = self._from_kana(find_phrases("アメ/ア'メ"))
                return [phrase["accent"] for phrase in found] == [2, 1] and [_texts(p) for p in found] == [
                    ["ア", "メ"]
                ] * 2
        except SpeechError as error:
            if error.fault not in (Fault.BAD_INPUT, Fault.PROTOCOL):
                raise
            return False

    @cached_property
    def _template(self) -> Mapping[str, Any]:
        """The settings that the server gives to this style."""
        found: Mapping[str, Any] = self._post_json("/audio_query", text="ア")
        return found

    def _from_kana(self, phrases: Sequence[Phrase]) -> Spoken:
        found: Spoken = self._post_json("/accent_phrases", text=to_notation(phrases), is_kana="true")
        return found

    def _from_text(self, phrases: Sequence[Phrase]) -> Spoken:
        """Let a server without that notation read plain katakana, then part it into our phrases with our accents, and time it anew."""
        plain = "".join(phrase.text + "、" * bool(phrase.signs) for phrase in phrases)
        found: Spoken = self._post_json("/accent_phrases", text=plain)
        morae = [mora for phrase in found for mora in phrase["moras"] if mora["vowel"] != "pau"]
        parted = []
        for index, phrase in enumerate(phrases):
            taken = _take(morae, len(phrase.text))
            accent = len(_take(list(taken), sum(len(mora.text) for mora in phrase.morae[: phrase.accent])))
            pause = dict(_PAUSE) if phrase.signs and index + 1 < len(phrases) else None
            parted.append(
                {"moras": taken, "accent": accent, "pause_mora": pause, "is_interrogative": phrase.is_question}
            )
        self._hold_readings(phrases, parted, len(morae))
        timed: Spoken = self._post_json("/mora_data", parted)
        return timed

    def _hold_readings(self, phrases: Sequence[Phrase], spoken: Spoken, left: int = 0) -> None:
        """Raise SpeechError when the server would say something else."""
        if left or not is_said_by(phrases, [_texts(phrase) for phrase in spoken]):
            said = "".join(text for phrase in spoken for text in _texts(phrase))
            told = f"the server would say {said} instead of {''.join(phrase.text for phrase in phrases)}"
            raise SpeechError(told, hint="give another reading in readings.csv", fault=Fault.BAD_INPUT)

    def _query(self, spoken: Spoken, speed: float) -> dict[str, Any]:
        """Give the query. Its `kana` is left out: one relative takes that for the text, and its own reading of it for ours."""
        settings = {key: value for key, value in self._template.items() if key != "kana"}
        rate_hz = self.catalogue.rate_hz
        ends = {"prePhonemeLength": _ENDS_S, "postPhonemeLength": _ENDS_S}
        own = {"accent_phrases": spoken, "speedScale": speed, "outputSamplingRate": rate_hz, "outputStereo": False}
        return settings | ends | own

    def _post(self, path: str, body: Any = None, **question: str) -> bytes:
        asked = urlencode({"speaker": self.style.id, **question})
        return self.service.ask("POST", f"{path}?{asked}", body).content

    def _post_json(self, path: str, body: Any = None, **question: str) -> Any:
        asked = urlencode({"speaker": self.style.id, **question})
        return self.service.ask_json("POST", f"{path}?{asked}", body)


def _texts(phrase: Mapping[str, Any]) -> list[str]:
    return [mora["text"] for mora in phrase["moras"]]


def _take(morae: list[Any], letters: int) -> list[Any]:
    """Take morae away from the front until they hold so many letters."""
    taken: list[Any] = []
    while morae and sum(len(mora["text"]) for mora in taken) < letters:
        taken.append(morae.pop(0))
    return taken


def _address() -> str:
    url = setting("VOICEVOX_URL", "http://127.0.0.1:50021").rstrip("/")
    try:
        hold_address_plain(url, "the VOICEVOX server")
    except SpeechError as error:
        raise ConfigError(error.message, "BRIEFING_VOICEVOX_URL", error.hint) from None
    return url


def _catalogue() -> Catalogue:
    return known_catalogue(_address(), cache_folder())


ENGINE = VoicevoxEngine()
