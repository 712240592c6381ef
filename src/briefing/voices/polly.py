"""Amazon Polly by REST. Untested live: nobody with a key has run the tests against the service yet."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from briefing.errors import Fault
from briefing.model import EngineInfo, Form, Speech, VoiceInfo
from briefing.voices.decode import decode_audio
from briefing.voices.remote import UNTRIED, Setting, hold_known, list_voices, to_xml
from briefing.voices.service import Service, setting
from briefing.voices.sigv4 import Credentials, sign
from briefing.web import host_of

_RATE_HZ = 24_000
_ACCESS = Setting("Amazon Polly", "an access key of AWS", ("AWS_ACCESS_KEY_ID",))
_SECRET = Setting("Amazon Polly", "the secret of the access key", ("AWS_SECRET_ACCESS_KEY",))
_TOKEN = Setting("Amazon Polly", "the token of a temporary key", ("AWS_SESSION_TOKEN",))
# The region becomes a part of the address, so it may hold nothing that would lead elsewhere.
_REGION = Setting(
    "Amazon Polly", "a region of AWS, such as ap-northeast-1", ("AWS_REGION", "AWS_DEFAULT_REGION"), "[a-z0-9-]+"
)
_REMEDY = "check the access key, that it may polly:SynthesizeSpeech, and the region"
# Status 400 has many meanings here: the name of the exception tells them apart.
_SIGNS = {
    "Throttling": Fault.RATE_LIMITED,
    "UnrecognizedClientException": Fault.AUTH,
    "InvalidSignature": Fault.AUTH,
    "ExpiredToken": Fault.AUTH,
    "ServiceFailure": Fault.UNAVAILABLE,
}
_SPEAKERS = {"neural": ("Kazuha", "Takumi", "Tomoko"), "standard": ("Mizuki", "Takumi")}


class PollyEngine:
    """Offers the Japanese voices of the engine that BRIEFING_POLLY_ENGINE names: neural, or standard."""

    @property
    def info(self) -> EngineInfo:
        """Say what one request takes: 3,000 characters that are billed, 6,000 with their markup and escapes."""
        return EngineInfo(
            "polly",
            form=Form.TEXT,
            host=host_of(_url()),
            warning=UNTRIED,
            max_characters=1000,
            concurrency=2,
            deadline_s=90.0,
            unit="character",
            model=_model(),
            cast=_speakers(),
            rate_hz=_RATE_HZ,
            is_deterministic=False,
        )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the engine's Japanese voices (docs.aws.amazon.com/polly/latest/dg/available-voices.html)."""
        return list_voices(self.info, _speakers(), f"AWS's terms; {UNTRIED}", _ACCESS, _SECRET, _REGION)

    def identity(self, speaker: str) -> str:
        """Name engine and voice; the service does not tell its version."""
        return f"polly:1:{_model()}:{speaker}:{_RATE_HZ}"

    def check(self, speaker: str) -> None:
        """Raise SpeechError for another voice, or without key or region. The service is not asked: a key may be for speech alone."""
        hold_known(self.info, speaker, _speakers())
        self.open(speaker)

    def open(self, speaker: str) -> PollyVoice:
        """Give the voice. Raises SpeechError without key or region."""
        keys = Credentials(_ACCESS.hold(), _SECRET.hold(), _TOKEN.value)
        secrets = (keys.access_key, keys.secret_key, keys.token)
        region = _REGION.hold()
        service = Service("Amazon Polly", _url(), _REMEDY, secrets=secrets, signs=_SIGNS)
        return PollyVoice(speaker, _model(), service, keys, region)


class PollyVoice:
    """Says text as it is, escaped. Times would be a second request, billed again: there are none."""

    def __init__(
        self, speaker: str, model: str, service: Service, keys: Credentials, region: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._speaker, self._model, self._service, self._keys, self._region = speaker, model, service, keys, region
        self._clock = clock

    def uncovered(self, text: str) -> str:
        """Nothing is known to be dropped."""
        return ""

    def speak(self, text: str, speed: float) -> Speech:
        """Ask for one piece as MP3, which, unlike the service's bare PCM, tells when a part is missing. Raises SpeechError."""
        asked = {
            "Engine": self._model,
            "OutputFormat": "mp3",
            "SampleRate": str(_RATE_HZ),
            "Text": f'<speak><prosody rate="{speed:.0%}">{to_xml(text)}</prosody></speak>',
            "TextType": "ssml",
            "VoiceId": self._speaker,
        }
        body = json.dumps(asked).encode()
        url = self._service.base_url.rstrip("/") + "/v1/speech"
        headers = sign(
            url, body, {"Content-Type": "application/json"}, self._keys, (self._region, "polly"), self._clock()
        )
        return Speech(*decode_audio(self._service.ask("POST", "/v1/speech", content=body, **headers).content))


def _model() -> str:
    return setting("POLLY_ENGINE", "neural")


def _speakers() -> tuple[str, ...]:
    return _SPEAKERS.get(_model(), _SPEAKERS["neural"])


def _url() -> str:
    return setting("POLLY_URL", f"https://polly.{_REGION.value}.amazonaws.com")


ENGINE = PollyEngine()
