"""A server that misbehaves in one way is told of by one rule; an address never leads where it should not."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import threading
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from tests.publish.good_show import BASE, make_good_show
from tests.publish.test_check import FEED, FILES, HEARD, broken, hear

from briefing.audio.tags import read_facts
from briefing.errors import PublishError
from briefing.publish import download
from briefing.publish.check import check_address
from briefing.publish.checks import http
from briefing.publish.checks.catalogue import ALL_RULES
from briefing.publish.checks.rules import Answer, CheckReport
from briefing.serve import make_app, open_socket

Headers = MutableMapping[str, str]
ODD = itertools.count()


@dataclass
class Bad:
    """What a server does wrong: where (a part of the path, a method, or all), and how it hears and answers."""

    part: str
    method: str = ""
    status: int = 0
    send: dict[str, str | None] = field(default_factory=dict)
    hear: dict[str, str | None] = field(default_factory=dict)
    only_with: str = ""
    hops: int = 0
    to: str = ""


class Spoilt:
    """The good server, until told to do something wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.bad = app, Bad("nowhere")
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        bad, path = self.bad, scope["path"]
        self.asked.append(path)
        heard = {name.decode(): value.decode() for name, value in scope["headers"]}
        is_meant = bad.part in path and bad.method in ("", scope["method"]) and bad.only_with in str(heard)
        if not is_meant:
            await self.app(scope, receive, send)
        elif path.count("/hop") < bad.hops:
            headers = [
                (b"location", (bad.to or f"{path.rpartition('/')[0]}/hop/{path.rpartition('/')[2]}").encode()),
                (b"content-length", b"0"),
            ]
            await send({"type": "http.response.start", "status": 302, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
        else:
            changed = {**heard, **{k: v for k, v in bad.hear.items() if k in heard or v is None}}
            asked = {
                **scope,
                "path": path.replace("/hop", ""),
                "headers": [(k.encode(), v.encode()) for k, v in changed.items() if v is not None],
            }
            await self.app(asked, receive, self._answer(bad, send))

    def _answer(self, bad: Bad, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = {name.decode(): value.decode() for name, value in message["headers"]}
                headers |= {k: v.format(next(ODD)) for k, v in bad.send.items() if v is not None}
                kept = [(k.encode(), v.encode()) for k, v in headers.items() if bad.send.get(k, "") is not None]
                message = {**message, "status": bad.status or message["status"], "headers": kept}
            await send(message)

        return answer


@dataclass
class Server:
    app: Spoilt
    address: str


def serving(app: ASGIApp, **options: Any) -> Iterator[str]:
    """Serve an application in a thread; yields its address."""
    sock = open_socket("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", **options))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}/"
    server.should_exit = True
    thread.join(5)
    sock.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    make_good_show(root)
    return root


@pytest.fixture(scope="module")
def running(site: Path) -> Iterator[Server]:
    app = Spoilt(make_app(site, BASE))
    for address in serving(app):
        yield Server(app, address)


@pytest.fixture
def server(running: Server) -> Server:
    running.app.bad = Bad("nowhere")
    running.app.asked.clear()
    return running


def check(server: Server, folder: Path) -> CheckReport:
    return check_address(server.address + "feed.xml", folder, read_facts, hear)


RANGES = {"http.audio-past-end"}
BAD: dict[str, tuple[str, Bad, set[str]]] = {
    "the feed as a page": ("http.feed-type", Bad("feed.xml", send={"content-type": "text/html"}), set()),
    "no HEAD on the feed": ("http.feed-head", Bad("feed.xml", "HEAD", status=405), set()),
    "no ETag on the feed": ("http.feed-validators", Bad("feed.xml", send={"etag": None}), set()),
    "If-None-Match unheard": ("http.feed-etag", Bad("feed.xml", hear={"if-none-match": None}), set()),
    "If-Modified-Since unheard": ("http.feed-since", Bad("feed.xml", hear={"if-modified-since": None}), set()),
    "an ETag that changes": ("http.feed-same", Bad("feed.xml", send={"etag": '"{}"'}, hear={"if-none-match": "*"}), set()),
    "three redirects": ("http.redirects", Bad("cover", hops=3), set()),
    "no HEAD on audio": ("http.audio-head", Bad(".mp3", "HEAD", status=405), set()),
    "another length at HEAD": ("http.audio-length", Bad(".mp3", "HEAD", send={"content-length": "7"}), set()),
    "ranges not offered": ("http.audio-ranges", Bad(".mp3", send={"accept-ranges": "none"}), set()),
    "ranges unheard": ("http.audio-ranges", Bad(".mp3", hear={"range": None}), RANGES),
    "a wrong Content-Range": ("http.audio-ranges", Bad(".mp3", only_with="bytes=0-9", send={"content-range": "bytes 0-9/10"}), set()),
    "a range behind the end": ("http.audio-past-end", Bad(".mp3", only_with="99999999999", hear={"range": None}), set()),
    "If-Range unheard": ("http.audio-if-range", Bad(".mp3", hear={"if-range": None}), set()),
    "no ETag on audio": ("http.audio-tag", Bad(".mp3", send={"etag": None}), set()),
    "audio as bytes": ("http.audio-type", Bad(".mp3", send={"content-type": "application/octet-stream"}), set()),
    "WebVTT as text": ("http.transcript-type", Bad(".vtt", send={"content-type": "text/plain"}), set()),
    "chapters as JSON": ("http.chapters-type", Bad("chapters.", send={"content-type": "application/json"}), set()),
    "no CORS": ("http.cors", Bad(".vtt", send={"access-control-allow-origin": None}), set()),
    "no HEAD on the cover": ("http.cover-head", Bad("cover", "HEAD", status=403), set()),
    "audio that is not there": ("file.there", Bad("e/1/audio", status=404), set()),
}  # fmt: skip


def test_nothing_is_found_at_a_good_server(server: Server, tmp_path: Path) -> None:
    report = check(server, tmp_path)
    assert report.findings == ()
    assert (report.failed, report.skipped) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "bad", "also"), BAD.values(), ids=BAD.keys())
def test_a_misbehaving_server_is_told_of_by_its_rule(
    server: Server, tmp_path: Path, rule: str, bad: Bad, also: set[str]
) -> None:
    server.app.bad = bad
    assert broken(check(server, tmp_path)) == {rule} | also


def test_every_rule_is_seen_to_fail() -> None:
    alone = {"http.downgrade", "http.tls"}  # below
    seen = {rule for rule, *_ in (*FEED.values(), *FILES.values(), *HEARD.values(), *BAD.values())} | alone
    assert seen == {rule.name for rule in ALL_RULES}


def test_a_way_from_https_to_http_is_told(tmp_path: Path) -> None:
    def ask(url: str, method: str = "GET", again: bool = False, **headers: str) -> Answer:
        return Answer("http://radio.town.jp/a.mp3", 200, {}, b"", (url,))

    (fault,) = http.find_downgrade("https://radio.town.jp/a.mp3", ask)
    assert "leads from https to http://radio.town.jp/a.mp3" in fault.message


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_a_certificate_that_nobody_signed_is_told(site: Path, tmp_path: Path) -> None:
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=radio",
            "-keyout",
            key,
            "-out",
            cert,
        ],
        check=True,
        capture_output=True,
    )
    for address in serving(make_app(site, BASE), ssl_keyfile=key, ssl_certfile=cert):
        report = check_address(address.replace("http:", "https:") + "feed.xml", tmp_path, read_facts, hear)
    assert [(f.rule, f.level) for f in report.findings] == [("http.tls", "must")]


def test_a_feed_may_lie_elsewhere_than_asked_for(server: Server, tmp_path: Path) -> None:
    server.app.bad = Bad("old.xml", hops=1, to="/feed.xml")
    assert check_address(server.address + "old.xml", tmp_path, read_facts, hear).findings == ()


def test_a_missing_feed_stops_the_check(server: Server, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="answers 404"):
        check_address(server.address + "none.xml", tmp_path, read_facts, hear)


def test_a_feed_leads_to_no_other_private_address(site: Path, server: Server, tmp_path: Path) -> None:
    other = Spoilt(make_app(site, BASE))
    for address in serving(other):
        feed = (site / "feed.xml").read_bytes()
        cover = next(site.glob("cover.*")).name
        (tmp_path / "feed.xml").write_bytes(feed.replace(f"{BASE}{cover}".encode(), f"{address}{cover}".encode()))
        for outer in serving(make_app(tmp_path, BASE)):
            report = check_address(outer + "feed.xml", tmp_path, read_facts, hear)
            assert "cover.there" in broken(report)
    assert other.asked == []


def test_sizes_and_times_are_capped(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "_MOST_BYTES", 100_000)
    report = check(server, tmp_path)
    assert {f.rule for f in report.findings} == {"file.there"}
    assert not [path for path in tmp_path.iterdir() if path.stat().st_size > 100_000]
    monkeypatch.setattr(download, "_TOTAL_S", -1.0)
    with pytest.raises(PublishError, match="takes longer"):
        check(server, tmp_path)
