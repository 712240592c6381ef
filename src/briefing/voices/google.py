"""Google Cloud Text-to-Speech by REST. Untested live: nobody with a key has run the tests against the service yet."""

from __future__ import annotations

from briefing.errors import Fault
from briefing.model import EngineInfo, Form, Speech, VoiceInfo
from briefing.voices.decode import decode_audio
from briefing.voices.remote import UNTRIED, Setting, from_base64, hold_known, list_voices
from briefing.voices.service import Service, setting
from briefing.web import host_of

_URL = "https://texttospeech.googleapis.com"
_RATE_HZ = 24_000
_KEY = Setting("Google Cloud", "a key of Google Cloud", ("BRIEFING_GOOGLE_API_KEY", "GOOGLE_API_KEY"))
_REMEDY = "check the key, and that the Text-to-Speech API is enabled for its project"
# The service answers a bad key with status 400, as it does a bad voice.
_SIGNS = {"API_KEY_INVALID": Fault.AUTH, "API key not valid": Fault.AUTH}
_SPEAKERS = (
    *(f"ja-JP-Neural2-{each}" for each in "BCD"),
    *(f"ja-JP-Chirp3-HD-{each}" for each in ("Aoede", "Charon", "Kore", "Puck")),
)


class GoogleEngine:
    """Offers the Japanese voices; any other `ja-JP-…` that the service has may be named as well."""

    @property
    def info(self) -> EngineInfo:
        """Say what one request takes: 5,000 bytes (cloud.google.com/text-to-speech/quotas)."""
        return EngineInfo(
            "google",
            form=Form.TEXT,
            host=host_of(_url()),
            warning=UNTRIED,
            max_bytes=5000,
            concurrency=2,
            deadline_s=90.0,
            unit="character",
            cast=("ja-JP-Neural2-B", "ja-JP-Neural2-C", "ja-JP-Neural2-D", "ja-JP-Neural2-B"),
            rate_hz=_RATE_HZ,
            takes_any=True,
            is_deterministic=False,
        )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the voices that are known of."""
        return list_voices(self.info, _SPEAKERS, f"Google Cloud's terms; {UNTRIED}", _KEY)

    def identity(self, speaker: str) -> str:
        """Name the voice; the service does not tell its version."""
        return f"google:1:{speaker}:{_RATE_HZ}"

    def check(self, speaker: str) -> None:
        """Ask for the list of voices, which costs nothing. Raises SpeechError when the key or the voice is wrong."""
        found = _service().ask_json("GET", "/v1/voices?languageCode=ja-JP")
        rows = found.get("voices", []) if isinstance(found, dict) else []
        hold_known(self.info, speaker, (row["name"] for row in rows if isinstance(row, dict) and "name" in row))

    def open(self, speaker: str) -> GoogleVoice:
        """Give the voice. Raises SpeechError without a key."""
        return GoogleVoice(speaker, _service())


class GoogleVoice:
    """Says text as it is; the stable protocol gives no times."""

    def __init__(self, speaker: str, service: Service) -> None:
        self._speaker, self._service = speaker, service

    def uncovered(self, text: str) -> str:
        """Nothing is known to be dropped."""
        return ""

    def speak(self, text: str, speed: float) -> Speech:
        """Ask for one piece as WAV in base64. Raises SpeechError."""
        asked = {
            "input": {"text": text},
            "voice": {"languageCode": "ja-JP", "name": self._speaker},
            "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": _RATE_HZ, "speakingRate": speed},
        }
        answer = self._service.ask_json("POST", "/v1/text:synthesize", asked)
        return Speech(*decode_audio(from_base64(answer, "audioContent")))


def _url() -> str:
    return setting("GOOGLE_URL", _URL)


def _service() -> Service:
    key = _KEY.hold()
    return Service("Google Cloud", _url(), _REMEDY, {"X-Goog-Api-Key": key}, (key,), _SIGNS)


ENGINE = GoogleEngine()
