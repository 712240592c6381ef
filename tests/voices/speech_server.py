"""A scripted double, on this machine, of every speech service that we ask by HTTP.

Each request meets the next act of a play; after the last act, and for acts that are None, it answers as the service would:
right key, known voice, good text, or a refusal in the service's own form.
"""

from __future__ import annotations

import base64
import io
import json
import re
import threading
import time
import wave
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from xml.etree import ElementTree

import lameenc
import numpy as np

KEY = "sk-planted/0123456789-abcdef"
RATE_HZ = 24_000
CHARACTER_S = 0.15
GEORGE = "JBFqnCBsd6RMkjVDRZzb"


@dataclass(frozen=True)
class Asked:
    """A request as it came; header names are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What goes back. `cut`: the connection closes after so many bytes of it; `wait_s`: before the first byte."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    wait_s: float = 0.0


Act = Callable[[Asked], Answer] | None


@dataclass
class Stage:
    """Where a play runs, what was asked so far, and what is still to come."""

    url: str
    asked: list[Asked]
    acts: list[Act]


def sound(text: str, speed: float = 1.0, rate_hz: int = RATE_HZ) -> bytes:
    """So many seconds of a fading tone as the text has characters to say, as 16-bit PCM."""
    count = int(CHARACTER_S * len(re.findall(r"\w", text)) / speed * rate_hz)
    swell = np.minimum(1, np.linspace(0, 1, count)[::-1] * 4)
    tone: bytes = (8000 * swell * np.sin(np.arange(count) / 20)).astype("<i2").tobytes()
    return tone


def as_wave(pcm: bytes, rate_hz: int = RATE_HZ) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate_hz)
        out.writeframes(pcm)
    return file.getvalue()


def as_mp3(pcm: bytes, rate_hz: int = RATE_HZ) -> bytes:
    encoder = lameenc.Encoder()
    encoder.set_in_sample_rate(rate_hz)
    encoder.set_channels(1)
    encoder.set_bit_rate(48)
    encoder.silence()
    return bytes(encoder.encode(pcm)) + bytes(encoder.flush())


def in_json(name: str, audio: bytes, **other: Any) -> bytes:
    return json.dumps({name: base64.b64encode(audio).decode(), **other}).encode()


def fails(status: int, message: str = "", **headers: str) -> Act:
    body = json.dumps({"error": {"message": message}, "message": message, "detail": {"message": message}}).encode()
    return lambda _: Answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


def _openai(asked: Asked) -> Answer:
    if asked.headers.get("authorization") != f"Bearer {KEY}":
        return _refusal(401, error={"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"})
    if asked.path.endswith("/audio/voices"):
        return Answer(json.dumps({"voices": ["af_heart", "jf_alpha", {"id": "jm_kumo", "name": "Kumo"}]}).encode())
    if asked.json["voice"] not in ("jf_alpha", "jm_kumo"):
        return _refusal(400, error={"message": f"no voice {asked.json['voice']}"})
    return Answer(as_wave(sound(asked.json["input"], asked.json.get("speed", 1.0))))


def _google(asked: Asked) -> Answer:
    if asked.headers.get("x-goog-api-key") != KEY:
        return _refusal(400, error={"message": f"API key not valid: {KEY}", "details": [{"reason": "API_KEY_INVALID"}]})
    if asked.method == "GET":
        return Answer(json.dumps({"voices": [{"name": "ja-JP-Neural2-B"}, {"name": "ja-JP-Wavenet-A"}]}).encode())
    said, name = asked.json["input"]["text"], asked.json["voice"]["name"]
    if not name.startswith("ja-JP-") or len(said.encode()) > 5000:
        return _refusal(400, error={"message": "INVALID_ARGUMENT"})
    return Answer(in_json("audioContent", as_wave(sound(said, asked.json["audioConfig"]["speakingRate"]))))


def _azure(asked: Asked) -> Answer:
    if asked.headers.get("ocp-apim-subscription-key") != KEY:
        return Answer(b"", 401)
    if asked.method == "GET":
        rows = [{"ShortName": f"{at}-{name}Neural", "Locale": at} for at, name in (("ja-JP", "Nanami"), ("en-US", "Ava"))]  # fmt: skip
        return Answer(json.dumps(rows).encode())
    voice = ElementTree.fromstring(asked.body)[0]
    if not voice.attrib["name"].startswith("ja-JP-") or asked.headers["content-type"] != "application/ssml+xml":
        return Answer(b"", 400)
    return Answer(as_wave(sound("".join(voice.itertext()), float(voice[0].attrib["rate"]))))


def _elevenlabs(asked: Asked) -> Answer:
    if asked.headers.get("xi-api-key") != KEY:
        return _refusal(401, detail={"status": "invalid_api_key", "message": f"Invalid API key {KEY}"})
    if f"/{GEORGE}/" not in asked.path:
        return _refusal(404, detail={"status": "voice_not_found", "message": "no such voice"})
    said, speed = asked.json["text"], asked.json["voice_settings"]["speed"]
    begins = [CHARACTER_S * len(re.findall(r"\w", said[:at])) / speed for at in range(len(said))]
    alignment = {"characters": list(said), "character_start_times_seconds": begins}
    return Answer(in_json("audio_base64", sound(said, speed), alignment=alignment))


def _polly(asked: Asked) -> Answer:
    if f"Credential={KEY}/" not in asked.headers.get("authorization", ""):
        told = {"x-amzn-ErrorType": "UnrecognizedClientException"}
        return Answer(json.dumps({"message": f"The token of {KEY} is invalid"}).encode(), 403, told)
    speak = ElementTree.fromstring(asked.json["Text"])
    if asked.json["VoiceId"] not in ("Kazuha", "Takumi", "Tomoko"):
        return Answer(b'{"message": "no such voice"}', 400, {"x-amzn-ErrorType": "ValidationException"})
    return Answer(as_mp3(sound("".join(speak.itertext()), float(speak[0].attrib["rate"].strip("%")) / 100)))


def _refusal(status: int, **body: Any) -> Answer:
    return Answer(json.dumps(body).encode(), status)


_SERVICES: Mapping[str, Callable[[Asked], Answer]] = {
    "/v1/audio/": _openai, "/v1/text:synthesize": _google, "/v1/voices": _google, "/cognitiveservices/": _azure,
    "/v1/text-to-speech/": _elevenlabs, "/v1/speech": _polly,
}  # fmt: skip


def _as_the_service_would(asked: Asked) -> Answer:
    return next((s(asked) for path, s in _SERVICES.items() if asked.path.startswith(path)), Answer(b"", 404))


@contextmanager
def play(*acts: Act) -> Iterator[Stage]:
    stage = Stage("", [], list(acts))
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            with lock:
                stage.asked.append(Asked(self.command, self.path, headers, body))
                act = stage.acts.pop(0) if stage.acts else None
            self._give((act or _as_the_service_would)(stage.asked[-1]))

        do_GET = do_POST

        def _give(self, answer: Answer) -> None:
            self.close_connection = True
            time.sleep(answer.wait_s)
            try:
                self.send_response(answer.status)
                for name, value in {"Content-Type": "audio/mpeg", **answer.headers}.items():  # no client may rely on it
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: answer.cut])
            except OSError:
                """The other side has gone, as it should after a time-out."""

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        stage.url = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield stage
        finally:
            server.shutdown()
