"""Azure Speech by REST. Untested live: nobody with a key has run the tests against the service yet."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from briefing.errors import Fault
from briefing.model import EngineInfo, Form, Speech, VoiceInfo
from briefing.voices.decode import decode_audio
from briefing.voices.remote import UNTRIED, Setting, hold_known, list_voices, to_xml
from briefing.voices.service import Service, setting
from briefing.web import host_of

_FORMAT = "riff-24khz-16bit-mono-pcm"
_KEY = Setting("Azure Speech", "a key of Azure Speech", ("BRIEFING_AZURE_API_KEY", "AZURE_SPEECH_KEY", "SPEECH_KEY"))
# The region becomes a part of the address, so it may hold nothing that would lead elsewhere.
_REGION = Setting(
    "Azure Speech", "the key's region, such as japaneast", ("BRIEFING_AZURE_REGION", "AZURE_SPEECH_REGION", "SPEECH_REGION"), "[a-z0-9-]+",
)  # fmt: skip
_REMEDY = "check the key and that the region is the key's own"
_SIGNS = {"Out of call volume quota": Fault.QUOTA}
_SPEAKERS = tuple(f"ja-JP-{name}Neural" for name in ("Nanami", "Keita", "Aoi", "Daichi", "Mayu", "Naoki", "Shiori"))
_SSML = (
    "<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' xml:lang='ja-JP'>"
    "<voice name={voice}><prosody rate='{speed:g}'>{text}</prosody></voice></speak>"
)


class AzureEngine:
    """Offers the Japanese voices; any other `ja-JP-…` that the region has may be named as well."""

    @property
    def info(self) -> EngineInfo:
        """Say what one request takes: audio of ten minutes at most; a kanji is billed as two characters."""
        return EngineInfo(
            "azure",
            form=Form.TEXT,
            host=host_of(_url()),
            warning=UNTRIED,
            max_characters=1000,
            concurrency=2,
            deadline_s=90.0,
            unit="kanji twice",
            cast=(*_SPEAKERS[:2], *_SPEAKERS[3:5]),
            rate_hz=24_000,
            takes_any=True,
            is_deterministic=False,
        )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the voices that are known of."""
        return list_voices(self.info, _SPEAKERS, f"Azure's terms; {UNTRIED}", _KEY, _REGION)

    def identity(self, speaker: str) -> str:
        """Name the voice; the service does not tell its version."""
        return f"azure:1:{speaker}:{_FORMAT}"

    def check(self, speaker: str) -> None:
        """Ask for the list of voices, which costs nothing. Raises SpeechError when key, region or voice are wrong."""
        found = _service().ask_json("GET", "/cognitiveservices/voices/list")
        rows = [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
        hold_known(self.info, speaker, (row["ShortName"] for row in rows if row.get("Locale") == "ja-JP"))

    def open(self, speaker: str) -> AzureVoice:
        """Give the voice. Raises SpeechError without key and region."""
        return AzureVoice(speaker, _service())


class AzureVoice:
    """Says text as it is, escaped; the REST protocol gives no times."""

    def __init__(self, speaker: str, service: Service) -> None:
        self._speaker, self._service = speaker, service

    def uncovered(self, text: str) -> str:
        """Nothing is known to be dropped."""
        return ""

    def speak(self, text: str, speed: float) -> Speech:
        """Ask for one piece as WAV. Raises SpeechError."""
        ssml = _SSML.format(voice=quoteattr(self._speaker), speed=speed, text=to_xml(text))
        headers = {"Content_Type": "application/ssml+xml", "X_Microsoft_OutputFormat": _FORMAT}
        answer = self._service.ask("POST", "/cognitiveservices/v1", content=ssml.encode(), **headers)
        return Speech(*decode_audio(answer.content))


def _url() -> str:
    return setting("AZURE_URL", f"https://{_REGION.value}.tts.speech.microsoft.com")


def _service() -> Service:
    key, _ = _KEY.hold(), _REGION.hold()
    return Service("Azure Speech", _url(), _REMEDY, {"Ocp-Apim-Subscription-Key": key}, (key,), _SIGNS)


ENGINE = AzureEngine()
