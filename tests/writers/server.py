"""A scripted language model on this machine: each request meets the next act of a play; the last act goes on for ever."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Sentence = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request as it came: the path, the headers, the body, and the document of data in it."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def document(self) -> Mapping[str, Any]:
        found: dict[str, Any] = json.loads(self.body["messages"][-1]["content"])
        return found

    @property
    def sentences(self) -> Sequence[Sentence]:
        found: list[Sentence] = self.document["sentences"]
        return found


@dataclass(frozen=True)
class Answer:
    """What goes back. `cut`: the connection closes after so many bytes; `wait_s`: before the first byte."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0.0
    cut: int | None = None


Act = Callable[[Asked], Answer]


@dataclass
class Stage:
    """Where a play runs: its address, and what was asked so far."""

    url: str
    asked: list[Asked]


def line(sentence: Sentence, text: str | None = None, **other: Any) -> dict[str, Any]:
    """The line that tells a sentence as it is, unless it is said otherwise."""
    told = {
        "part": sentence["part"],
        "speaker": sentence["speaker"],
        "text": text or sentence["text"],
        "sources": [sentence["number"]],
    }
    return told | other


def completion(content: str | None, reason: str = "stop", **message: Any) -> bytes:
    choice = {
        "index": 0,
        "finish_reason": reason,
        "message": {"role": "assistant", "content": content, **message},
    }
    return json.dumps({"object": "chat.completion", "choices": [choice], "usage": {"total_tokens": 9}}).encode()


def says(content: str | None, reason: str = "stop", **message: Any) -> Act:
    return lambda _: Answer(completion(content, reason, **message))


def tells(each: Callable[[Sentence], dict[str, Any]] = line, around: str = "{}") -> Act:
    """Answer with a line for each sentence."""

    def act(asked: Asked) -> Answer:
        lines = [each(s) for s in asked.sentences]
        return Answer(completion(around.replace("{}", json.dumps({"lines": lines}, ensure_ascii=False))))

    return act


def fails(status: int, message: str = "", **headers: str) -> Act:
    body = json.dumps({"error": {"message": message}}).encode()
    return lambda _: Answer(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def play(*acts: Act) -> Iterator[Stage]:
    asked: list[Asked] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                act = acts[min(len(asked), len(acts) - 1)]
                asked.append(Asked(self.path, dict(self.headers), body))
            self._give(act(asked[-1]))

        def _give(self, answer: Answer) -> None:
            time.sleep(answer.wait_s)
            try:
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: answer.cut])
            except OSError:  # the other side has gone, as it should after a time-out
                self.close_connection = True
            self.close_connection = True

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield Stage(f"http://127.0.0.1:{server.server_address[1]}/v1", asked)
        finally:
            server.shutdown()
