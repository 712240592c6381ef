"""A server of the VOICEVOX family as we know it from its interface, which renders each mora as a tone of its stated length.

Every mora begins with a click, so that its onset is seen in the audio to the sample. As some real ones, it takes any style id, and
goes down when a query without accent phrases is to be spoken.
"""

from __future__ import annotations

import io
import json
import re
import threading
import wave
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

CLICK = 32_000
FRAME_RATE = 93.75
_VOWELS = {
    "a": "アカサタナハマヤラワガザダバパァャヮ", "i": "イキシチニヒミリギジヂビピィ", "u": "ウクスツヌフムユルグズヅブプヴゥュ",
    "e": "エケセテネヘメレゲゼデベペェ", "o": "オコソトノホモヨロヲゴゾドボポォョ",
}  # fmt: skip
_MORA = re.compile("[キシチニヒミリギジヂビピテデ][ャュョ]|[フヴツ][ァィェォ]|[テデ]ィ|[シジチ]ェ|[ァ-ヴ]")
SPEAKERS = [
    {"name": "四国めたん", "speaker_uuid": "u-metan", "version": "0.15.9", "styles": [
        {"id": 2, "name": "ノーマル", "type": "talk"}, {"id": 0, "name": "あまあま", "type": "talk"}]},
    {"name": "ずんだもん", "speaker_uuid": "u-zunda", "version": "0.15.9", "styles": [
        {"id": 3, "name": "ノーマル", "type": "talk"}, {"id": 1, "name": "ささやき"}, {"id": 3003, "name": "歌", "type": "frame_decode"}]},
    {"name": "歌う人", "speaker_uuid": "u-song", "version": "1", "styles": [{"id": 6000, "name": "ノーマル", "type": "sing"}]},
]  # fmt: skip


class Refused(Exception):
    """What the server answers instead: a status and its detail."""


@dataclass
class Simulator:
    """What it is, what it is told to do wrong (by path, one act a call, "" for none), what it was asked."""

    brand: str = "VOICEVOX"
    version: str = "0.25.1"
    rate_hz: int = 24_000
    has_kana: bool = True
    has_lengths: bool = True
    misreads: bool = False
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str], Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Go up, again at the same address."""
        simulator = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                simulator.answer(self, None)

            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                simulator.answer(self, json.loads(content) if content else None)

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True).start()

    def die(self) -> None:
        server, self.server = self.server, None
        if server:
            server.shutdown()
            server.server_close()

    def count(self, path: str) -> int:
        return sum(each == path for each, _, _ in self.asked)

    def last_query(self) -> Any:
        return next(body for path, _, body in reversed(self.asked) if path == "/synthesis")

    def answer(self, handler: BaseHTTPRequestHandler, body: Any) -> None:
        parts = urlsplit(handler.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        self.asked.append((parts.path, asked, body))
        acts = self.faults.get(parts.path, [])
        act = acts.pop(0) if acts else ""
        if act == "die" or (parts.path == "/synthesis" and not body["accent_phrases"]):
            self.die()
            handler.close_connection = True
            return
        if act == "slow":
            self.released.wait(5)
        try:
            content = self.spoiled(act, self.content(parts.path, asked, body))
            status = 200
        except Refused as refusal:
            status, detail = refusal.args
            content = json.dumps({"detail": detail}).encode()
        try:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
        except OSError:  # whoever asked did not wait
            handler.close_connection = True

    def spoiled(self, act: str, content: bytes) -> bytes:
        if act.isdigit():
            details: dict[str, Any] = {
                "422": [{"loc": ["query", "speaker"], "msg": "field required", "type": "missing"}],
                "400": {"text": "判別できない読み仮名があります", "error_name": "UNKNOWN_TEXT", "error_args": {}},
            }
            raise Refused(int(act), details.get(act, "no such thing"))
        spoilt = {
            "": content, "slow": content, "half": content[: len(content) // 2], "page": b"<!DOCTYPE html><p>login", "junk": b'["?"]', "empty": b"[]",
            "rate": content[:24] + (44_100).to_bytes(4, "little") + content[28:], "silence": content[:44] + bytes(max(0, len(content) - 44)),
        }  # fmt: skip
        return spoilt[act]

    def content(self, path: str, asked: Mapping[str, str], body: Any) -> bytes:
        if path == "/synthesis":
            return self.speak(body)
        answers = {
            "/version": lambda: self.version,
            "/speakers": lambda: SPEAKERS,
            "/engine_manifest": lambda: {
                "name": f"{self.brand} Engine",
                "brand_name": self.brand,
                "default_sampling_rate": self.rate_hz,
                "frame_rate": FRAME_RATE,
                "icon": "x" * 1000,
            },
            "/audio_query": lambda: self.query(asked["text"]),
            "/accent_phrases": lambda: self.phrases(asked["text"], asked.get("is_kana") == "true"),
            "/mora_data": lambda: [self.timed(phrase) for phrase in body],
        }
        if path not in answers:
            raise Refused(404, "Not Found")
        return json.dumps(answers[path](), ensure_ascii=False).encode()

    def query(self, text: str) -> dict[str, Any]:
        return {
            "accent_phrases": self.phrases(text, False), "speedScale": 1.0, "pitchScale": 0.0, "intonationScale": 1.0, "volumeScale": 1.0,
            "prePhonemeLength": 0.1, "postPhonemeLength": 0.1, "pauseLength": None, "pauseLengthScale": 1, "outputSamplingRate": self.rate_hz,
            "outputStereo": False, "kana": text,
        }  # fmt: skip

    def phrases(self, text: str, is_kana: bool) -> list[dict[str, Any]]:
        if is_kana and self.has_kana:
            return [self.timed(phrase) for phrase in parse_notation(text)]
        plain = re.sub("[^ァ-ヴ、]", "", text.replace("ハ", "ワ") if self.misreads else text)
        groups = [group for group in plain.split("、") if group]
        return [
            self.timed(_phrase([(m, False) for m in _MORA.findall(g)], 1, g is not groups[-1], False)) for g in groups
        ]

    def timed(self, phrase: dict[str, Any]) -> dict[str, Any]:
        """Give lengths that lie on no frame, and depend on the mora."""
        morae = []
        for mora in phrase["moras"]:
            grain = sum(map(ord, mora["text"])) % 7 * self.has_lengths
            consonant_s = (0.031 + 0.0053 * grain) * self.has_lengths if mora["consonant"] else None
            pitch = 5.5 if mora["vowel"] in "aiueoN" else 0.0
            morae.append(
                mora
                | {
                    "consonant_length": consonant_s,
                    "vowel_length": (0.071 + 0.0071 * grain) * self.has_lengths,
                    "pitch": pitch,
                }
            )
        pause = phrase["pause_mora"] and phrase["pause_mora"] | {"vowel_length": 0.287 * self.has_lengths}
        return phrase | {"moras": morae, "pause_mora": pause}

    def speak(self, query: Mapping[str, Any]) -> bytes:
        """Render sounds as the engine times them: each rounded to whole frames, a question's end drawn out."""
        pieces = [self.silence(query["prePhonemeLength"], query)]
        for phrase in query["accent_phrases"]:
            for mora in phrase["moras"]:
                stated = [mora["consonant_length"] or 0, mora["vowel_length"]]
                lengths = stated if self.has_lengths else [0.05, 0.08]
                pieces.append(self.tone(sum(self.samples(each, query) for each in lengths)))
            if phrase["is_interrogative"] and phrase["moras"][-1]["pitch"] > 0:
                pieces.append(self.tone(self.samples(0.15, query))[1:])
                pieces[-1] = np.insert(pieces[-1], 0, 0)  # it is no mora of its own: no click
            if phrase["pause_mora"]:
                pieces.append(self.silence(phrase["pause_mora"]["vowel_length"] or 0.2, query))
        pieces.append(self.silence(query["postPhonemeLength"], query))
        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate_hz)
            file.writeframes(np.concatenate(pieces).astype("<i2").tobytes())
        return out.getvalue()

    def samples(self, seconds: float, query: Mapping[str, Any]) -> int:
        return int(round(seconds / query["speedScale"] * FRAME_RATE) * self.rate_hz / FRAME_RATE)

    def silence(self, seconds: float, query: Mapping[str, Any]) -> Any:
        return np.zeros(self.samples(seconds, query))

    def tone(self, count: int) -> Any:
        tone = 7000 * np.sin(np.arange(count) * 0.05)
        tone[:1] = CLICK
        return tone


def parse_notation(text: str) -> list[dict[str, Any]]:
    """Read the family's kana notation as strictly as it is read there."""
    found = []
    for phrase, delimiter in re.findall("([^/、]*)([/、]|$)", text)[: len(re.findall("[/、]", text)) + 1]:
        is_question = phrase.endswith("？")
        body = phrase.removesuffix("？")
        before, accent, behind = body.partition("'")
        if not body or not accent or not before or "'" in behind:
            raise Refused(
                400, {"text": "アクセントが正しくありません", "error_name": "ACCENT_NOTFOUND", "error_args": {}}
            )
        first, second = (re.findall(f"(_?)({_MORA.pattern})", part) for part in (before, behind))
        if "".join(mark + mora for mark, mora in [*first, *second]) != before + behind:
            raise Refused(
                400, {"text": "判別できない読み仮名があります", "error_name": "UNKNOWN_TEXT", "error_args": {}}
            )
        morae = [(mora, bool(mark)) for mark, mora in [*first, *second]]
        found.append(_phrase(morae, len(first), delimiter == "、", is_question))
    return found


def _phrase(morae: list[tuple[str, bool]], accent: int, has_pause: bool, is_question: bool) -> dict[str, Any]:
    pause = {
        "text": "、",
        "consonant": None,
        "consonant_length": None,
        "vowel": "pau",
        "vowel_length": 0,
        "pitch": 0,
    }
    return {
        "moras": [_mora(text, is_voiceless) for text, is_voiceless in morae],
        "accent": accent,
        "pause_mora": pause if has_pause else None,
        "is_interrogative": is_question,
    }


def _mora(text: str, is_voiceless: bool) -> dict[str, Any]:
    special = {"ン": "N", "ッ": "cl"}
    vowel = special.get(text) or next(v for v, row in _VOWELS.items() if text[-1] in row)
    return {
        "text": text,
        "consonant": None if text in "アイウエオンッ" else "k",
        "vowel": vowel.upper() if is_voiceless else vowel,
    }


@contextmanager
def serving(simulator: Simulator) -> Iterator[Simulator]:
    simulator.start()
    try:
        yield simulator
    finally:
        simulator.released.set()
        simulator.die()
