"""RFC 9110 as podcast apps use it: ranges, validators, HEAD."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from briefing.serve import is_wider, make_app, qr_code, reachable_host

BODY = bytes(range(256)) * 40
BASE = "http://127.0.0.1:8000/"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    root = tmp_path / "out"
    (root / "e" / "x").mkdir(parents=True)
    (root / ".briefing").mkdir()
    (root / ".briefing" / "lock.json").write_text("{}")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "e/x/a.0123abcd.mp3").write_bytes(BODY)
    (root / "e/x/chapters.0123abcd.json").write_text("{}")
    (root / "e/x/transcript.0123abcd.srt").write_text("1")
    (root / "feed.xml").write_text(f'<rss><a href="{BASE}e/x/a.mp3"/></rss>')
    bare = BASE.removeprefix("http://")
    (root / "index.html").write_text(
        f"<a href='podcast://{bare}'>a</a><a href='pktc://s/{bare}'>b</a><a href='x:?u=http%3A%2F%2F127.0.0.1%3A8000%2F'>c</a>"
    )
    (root / "briefing.lock.json").write_text("{}")
    return TestClient(make_app(root, BASE), base_url="http://radio.local:8123")


AUDIO = "/e/x/a.0123abcd.mp3"
RANGES = {
    "first": ("bytes=0-99", 206, BODY[:100], "bytes 0-99/10240"),
    "one": ("bytes=0-0", 206, BODY[:1], "bytes 0-0/10240"),
    "middle": ("bytes=1000-1999", 206, BODY[1000:2000], "bytes 1000-1999/10240"),
    "open": ("bytes=5000-", 206, BODY[5000:], "bytes 5000-10239/10240"),
    "suffix": ("bytes=-100", 206, BODY[-100:], "bytes 10140-10239/10240"),
    "long suffix": ("bytes=-99999", 206, BODY, "bytes 0-10239/10240"),
    "past the end": ("bytes=10000-99999", 206, BODY[10000:], "bytes 10000-10239/10240"),
    "behind the file": ("bytes=10240-", 416, None, "bytes */10240"),
    "malformed": ("bytes=abc-def", 200, BODY, None),
    "reversed": ("bytes=100-50", 200, BODY, None),
    "other unit": ("items=0-5", 200, BODY, None),
}
PARTS = re.compile(rb"Content-Range: bytes (\d+)-(\d+)/10240\r?\n\r?\n", re.I)


@pytest.mark.parametrize(("asked", "status", "body", "content_range"), RANGES.values(), ids=RANGES.keys())
def test_ranges(client: TestClient, asked: str, status: int, body: bytes | None, content_range: str | None) -> None:
    answer = client.get(AUDIO, headers={"range": asked})
    assert answer.status_code == status
    assert answer.headers.get("content-range") == content_range
    if body is not None:
        assert answer.content == body
        assert answer.headers["content-length"] == str(len(body))


def test_several_ranges_come_as_parts(client: TestClient) -> None:
    answer = client.get(AUDIO, headers={"range": "bytes=0-4, 100-104, -3"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert len(answer.content) == int(answer.headers["content-length"])
    parts = [(int(m[1]), int(m[2]), answer.content[m.end() :]) for m in PARTS.finditer(answer.content)]
    assert [(first, last) for first, last, _ in parts] == [(0, 4), (100, 104), (10237, 10239)]
    assert all(rest.startswith(BODY[first : last + 1]) for first, last, rest in parts)


def test_many_overlapping_ranges_do_not_multiply_the_bytes(client: TestClient) -> None:
    answer = client.get(AUDIO, headers={"range": "bytes=" + ",".join(["0-"] * 300)})
    assert len(answer.content) <= 2 * len(BODY)


def test_head_tells_the_length_without_a_body_and_ignores_ranges(client: TestClient) -> None:
    answer = client.head(AUDIO, headers={"range": "bytes=0-9"})
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, "10240", b"")
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize("path", [AUDIO, "/feed.xml"])
def test_validators(client: TestClient, path: str) -> None:
    first = client.get(path)
    etag, date = first.headers["etag"], first.headers["last-modified"]
    for tag in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        again = client.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(path, headers={"if-modified-since": date}).status_code == 304
    assert client.get(path, headers={"if-none-match": '"other"', "if-modified-since": date}).status_code == 200
    assert client.get(path, headers={"if-match": '"other"'}).status_code == 412


def test_a_changed_file_is_sent_whole_to_one_who_resumes(client: TestClient) -> None:
    etag = client.get(AUDIO).headers["etag"]
    assert client.get(AUDIO, headers={"range": "bytes=0-9", "if-range": etag}).status_code == 206
    assert client.get(AUDIO, headers={"range": "bytes=0-9", "if-range": '"old"'}).status_code == 200
    date, before = client.get(AUDIO).headers["last-modified"], "Sat, 01 Jan 2000 00:00:00 GMT"
    assert client.get(AUDIO, headers={"range": "bytes=0-9", "if-range": date}).status_code == 206
    assert client.get(AUDIO, headers={"range": "bytes=0-9", "if-range": before}).content == BODY
    assert client.get(AUDIO, headers={"range": "bytes=0-9", "if-match": etag}).status_code == 206


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/.briefing/lock.json",
        "/briefing.lock.json",
        "/none",
        "/e/x/",
    ],
)
def test_nothing_outside_or_hidden_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_reading_is_allowed(client: TestClient) -> None:
    assert client.post("/feed.xml").status_code == 405


def test_types_and_the_address_that_is_asked_for(client: TestClient) -> None:
    assert client.get("/e/x/chapters.0123abcd.json").headers["content-type"].startswith("application/json+chapters")
    assert client.get("/e/x/transcript.0123abcd.srt").headers["content-type"].startswith("application/x-subrip")
    assert client.get("/e/x/transcript.0123abcd.srt").headers["access-control-allow-origin"] == "*"
    feed = client.get("/feed.xml")
    assert feed.headers["content-type"].startswith("application/rss+xml")
    assert 'href="http://radio.local:8123/e/x/a.mp3"' in feed.text


def test_a_browser_may_show_the_feed_and_pages_carry_their_address_in_every_form(client: TestClient) -> None:
    shown = client.get("/feed.xml", headers={"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"})
    asked = client.get("/feed.xml", headers={"accept": "*/*"})
    assert shown.headers["content-type"].startswith("text/xml")
    assert asked.headers["content-type"].startswith("application/rss+xml")
    assert (shown.content, shown.headers["vary"]) == (asked.content, "accept")
    assert client.get("/").text == (
        "<a href='podcast://radio.local:8123/'>a</a><a href='pktc://s/radio.local:8123/'>b</a>"
        "<a href='x:?u=http%3A%2F%2Fradio.local%3A8123%2F'>c</a>"
    )


TOKEN = "abcdefghij0123456789"


def test_with_a_token_everything_else_is_not_found(client: TestClient, tmp_path: Path) -> None:
    private = TestClient(make_app(tmp_path / "out", BASE, TOKEN), base_url="http://radio.local:8123")
    feed = private.get(f"/{TOKEN}/feed.xml")
    assert feed.status_code == 200
    assert f"http://radio.local:8123/{TOKEN}/e/x/a.mp3" in feed.text
    assert private.get(f"/{TOKEN}{AUDIO}", headers={"range": "bytes=0-9"}).content == BODY[:10]
    for wrong in ("/feed.xml", AUDIO, "/", f"/{TOKEN}x/feed.xml", f"/{TOKEN[:-1]}/feed.xml", f"//{TOKEN}/feed.xml"):
        assert private.get(wrong).status_code == 404
    assert private.get(f"/{TOKEN}/../{TOKEN}/.briefing/lock.json").status_code == 404


def test_a_wide_address_is_told_as_others_reach_it_and_as_a_code() -> None:
    assert is_wider(reachable_host("192.168.1.5"))
    assert not is_wider(reachable_host("127.0.0.1"))
    assert reachable_host("0.0.0.0") != "0.0.0.0"
    rows = qr_code("http://192.168.1.5:8000/feed.xml").split("\n")
    assert len(rows) > 10
