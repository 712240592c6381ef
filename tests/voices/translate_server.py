"""A double of the service that gTTS asks, on loopback: a proxy that ends TLS itself, speaks the protocol, and fails as it is told."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs

import lameenc
import numpy as np
from numpy.typing import NDArray

Stream: TypeAlias = ssl.SSLSocket
PEM = Path(__file__).parent / "data" / "double.pem"
HOST = re.compile(rb"translate\.google\.[a-z.]+:443")
RATE_HZ = 24_000
_MORA_S = 0.15


@dataclass
class Double:
    """The service. `faults` are what it does at the first calls to come, one each; `at` is the first call that gets one."""

    faults: list[str] = field(default_factory=list)
    at: int = 0
    asked: list[str] = field(default_factory=list)
    served: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    open_now: int = 0
    most_open: int = 0
    strangers: list[bytes] = field(default_factory=list)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def environ(self) -> dict[str, str]:
        return {
            "https_proxy": f"http://127.0.0.1:{self.port}",
            "BRIEFING_GTTS_INTERVAL_S": "0.02",
            "BRIEFING_GTTS_DEADLINE_S": "2",
        }

    def handle(self, connection: socket.socket) -> None:
        head = _read_head(connection)
        if not (found := re.match(rb"CONNECT (\S+) ", head)) or not HOST.fullmatch(found[1]):
            self.strangers.append(head[:80])
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM)
        with context.wrap_socket(connection, server_side=True) as stream:
            text = _text_asked(stream)
            with self._lock:
                self.asked.append(text)
                self.times.append(time.monotonic())
                self.open_now += 1
                self.most_open = max(self.most_open, self.open_now)
                fault = self.faults.pop(0) if self.faults and len(self.asked) > self.at else ""
                self.served[text] += not fault
            try:
                self._answer(stream, text, fault)
            finally:
                with self._lock:
                    self.open_now -= 1

    def _answer(self, stream: Stream, text: str, fault: str) -> None:
        audio = speech(text)
        if fault in _STATUS:
            _send(stream, b"<html>sorry</html>", *_STATUS[fault])
        elif fault == "reset":
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        elif fault == "reset midway":
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + row(audio)[:500])
        elif fault == "stall":
            time.sleep(3)
        elif fault == "drip":
            stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
            for _ in range(30):
                time.sleep(0.1)
                stream.sendall(b" ")
        else:
            _send(stream, _body(audio, text, fault))


_STATUS = {
    "429": ("429 Too Many Requests", "Retry-After: 1\r\n"),
    "429 for an hour": ("429 Too Many Requests", "Retry-After: 3600\r\n"),
    "500": ("500 Internal Server Error", ""),
    "403": ("403 Forbidden", ""),
    "redirect": ("302 Found", "Location: https://www.google.com/sorry/index\r\n"),
}
FAULTS = (
    "429", "500", "403", "redirect", "web page", "empty", "other name", "row without audio", "half", "half a frame", "junk in base64",
    "base64 cut off", "silence", "wrong rate", "row twice", "reset", "reset midway", "stall", "drip",
)  # fmt: skip


def _body(audio: bytes, text: str, fault: str) -> bytes:
    match fault:
        case "web page":
            return b"<!DOCTYPE html><title>log in</title>"
        case "empty":
            return b""
        case "other name":
            return row(audio).replace(b"jQ1olc", b"xY2zzz")
        case "row without audio":
            return b')]}\'\n\n50\n[["wrb.fr","jQ1olc",null,null,null,[3],"generic"]]\n'
        case "half":
            return row(audio[: len(audio) // 2 // 192 * 192])  # 64 kbit/s at 24 kHz: 192 bytes a frame
        case "half a frame":
            return row(audio[: len(audio) // 2 // 192 * 192 + 96])
        case "junk in base64":
            return row(audio, lambda code: code[:300] + b"!!*ab*" + code[300:])
        case "base64 cut off":
            return row(audio, lambda code: code[: len(code) // 8 * 4 + 1])
        case "silence":
            return row(speech(text, level=0.0))
        case "wrong rate":
            return row(speech(text, rate_hz=44_100))
        case "row twice":
            return row(audio) + row(audio)
    return row(audio)


def row(audio: bytes, spoil: object = None) -> bytes:
    """Write audio as the service does: a guard line, then a row of JSON whose third item is JSON again."""
    code = base64.b64encode(audio)
    code = spoil(code) if callable(spoil) else code
    inner = f'["{code.decode()}"]'
    line = json.dumps([["wrb.fr", "jQ1olc", inner, None, None, None, "generic"]], separators=(",", ":"))
    return f")]}}'\n\n{len(line)}\n{line}\n".encode()


@lru_cache(maxsize=256)
def speech(text: str, rate_hz: int = RATE_HZ, level: float = 0.4) -> bytes:
    """Say text in tones: a fixed time for a mora, a pitch that depends on it, each swelling and fading."""
    wave: list[NDArray[np.float64]] = [np.zeros(rate_hz // 10)]
    for char in text:
        time_s = np.arange(int(_MORA_S * rate_hz)) / rate_hz
        heard = level * (char not in " 、。？！")
        wave.append(heard * np.sin(2 * np.pi * (200 + ord(char) % 97) * time_s) * (1 - 0.3 * time_s / _MORA_S))
    wave.append(np.zeros(rate_hz // 10))
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(64)
    encoder.set_in_sample_rate(rate_hz)
    encoder.set_out_sample_rate(rate_hz)
    encoder.set_channels(1)
    encoder.silence()
    return bytes(encoder.encode((np.concatenate(wave) * 32767).astype("<i2").tobytes()) + encoder.flush())


def _read_head(stream: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (more := stream.recv(4096)):
        head += more
    return head


def _text_asked(stream: Stream) -> str:
    head, _, body = _read_head(stream).partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: (\d+)", head)
    if not found:
        raise ConnectionAbortedError("hung up before it asked")
    while len(body) < int(found[1]):
        if not (more := stream.recv(4096)):
            raise ConnectionAbortedError("hung up while it asked")
        body += more
    request = json.loads(parse_qs(body.decode())["f.req"][0])
    return str(json.loads(request[0][0][1])[0])


def _send(stream: Stream, body: bytes, status: str = "200 OK", header: str = "") -> None:
    stream.sendall(
        f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{header}Connection: close\r\n\r\n".encode() + body
    )


@contextlib.contextmanager
def serving() -> Iterator[Double]:
    """Run the double on a free port of loopback."""
    double = Double()
    with socket.create_server(("127.0.0.1", 0)) as server:
        double.port = server.getsockname()[1]

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threading.Thread(target=_handle, args=(double, connection), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield double
        server.shutdown(socket.SHUT_RDWR)


def _handle(double: Double, connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):  # whoever was left waiting hangs up
        double.handle(connection)
