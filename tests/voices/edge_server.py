"""A double, on this machine, of the service behind edge-tts: a WebSocket that speaks its frames, and misbehaves on demand."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.etree import ElementTree

from aiohttp import web
from tests.voices.speech_server import CHARACTER_S, as_mp3, sound

_TICKS = 10_000_000


@dataclass
class EdgeStage:
    """Where the double listens, what it was asked to say, at what rate, and how it shall misbehave, once each."""

    url: str = ""
    texts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def _head(path: str, kind: str = "application/json") -> str:
    return f"X-RequestId:1\r\nContent-Type:{kind}\r\nPath:{path}\r\n"


async def _speak(socket: web.WebSocketResponse, ssml: str, fault: str) -> str:
    """Send words and audio in pieces, then turn.end, unless the fault says otherwise. Gives the text."""
    prosody = ElementTree.fromstring(ssml)[0][0]
    text, speed = "".join(prosody.itertext()), 1 + int(prosody.attrib["rate"].strip("%")) / 100
    await socket.send_str(_head("turn.start") + "\r\n{}")
    for word in re.finditer(r"\w{1,3}", text):
        begin = CHARACTER_S * len(re.findall(r"\w", text[: word.start()])) / speed
        told = {"Offset": int(begin * _TICKS), "Duration": 1000, "text": {"Text": word[0], "Length": len(word[0])}}
        metadata = {"Metadata": [{"Type": "WordBoundary", "Data": told}]}
        await socket.send_str(_head("audio.metadata") + "\r\n" + json.dumps(metadata))
    audio = b"" if fault == "no audio" else as_mp3(sound(text, speed))
    pieces = [audio[at : at + 720] for at in range(0, len(audio), 720)]
    for piece in pieces[: len(pieces) // 2 if fault == "half" else None]:
        head = _head("audio", "text/html" if fault == "odd type" else "audio/mpeg").encode()
        await socket.send_bytes(len(head).to_bytes(2, "big") + head + piece)
    if fault == "odd path":
        await socket.send_str(_head("weather") + "\r\n{}")
    if fault not in ("half", "no end"):
        await socket.send_str(_head("turn.end") + "\r\n{}")
    return text


@contextmanager
def edge_service() -> Iterator[EdgeStage]:
    stage, started, loop = EdgeStage(), threading.Event(), asyncio.new_event_loop()

    async def answer(request: web.Request) -> web.StreamResponse:
        fault = stage.faults.pop(0) if stage.faults else ""
        if fault.isdigit():
            return web.Response(status=int(fault))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.receive_str()  # speech.config
        ssml = (await socket.receive_str()).split("\r\n\r\n", 1)[1]
        if fault == "garbage":
            await socket.send_str("no head at all")
        elif fault == "stall":
            await socket.receive()  # until the other side has had enough
        else:
            stage.texts.append(await _speak(socket, ssml, fault))
        await socket.close()
        return socket

    async def serve() -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        stage.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/?TrustedClientToken=x"
        started.set()
        return runner

    def turn() -> None:
        runner = loop.run_until_complete(serve())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=turn, daemon=True)
    thread.start()
    started.wait()
    try:
        yield stage
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
