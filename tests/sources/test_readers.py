"""Pages, transcripts and addresses: headings stay headings, clutter stays out, nothing private is reached."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from briefing.errors import SourceError
from briefing.script import find_structure
from briefing.sources import fetch_page, read_bytes, read_source
from briefing.sources.fetch import is_public

PAGE = """<!doctype html><html lang="ja"><head><meta charset="{charset}"><title>橋の話 | 町の新聞</title>
<style>p {{ color: red }}</style><script>var x = "消えるべき文字";</script></head><body>
<nav><ul><li><a href="/">ホーム</a></li><li><a href="/about">会社案内</a></li></ul></nav>
<div class="layout"><article>
<h1>橋の話</h1>
<p>町の橋が<ruby>架<rt>か</rt></ruby>けかえられます。<br>工事は春に始まります。</p>
<h2>いつ終わるのか</h2>
<p>二年かかる<b>見込み</b>です。詳しくは<a href="/more">こちらの資料</a>をご覧ください。</p>
<ul><li>東側の歩道</li><li>西側の歩道</li></ul>
<table><tr><th>年</th><th>工事</th></tr><tr><td>2025</td><td>橋脚</td></tr></table>
<blockquote><p>長い付き合いになります。</p></blockquote>
<pre><code>print(1)</code></pre>
<h2>費用</h2>
<p>町が半分を負担します。</p>
</article>
<aside class="sidebar"><h2>人気の記事</h2><p>となり町の祭り</p></aside></div>
<div class="share-buttons">この記事をシェア</div><footer>著作権</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "shift_jis", "euc-jp"])
def test_a_page_becomes_its_article_with_headings_as_headings(charset: str) -> None:
    content = PAGE.format(charset=charset).encode(charset)
    source = read_bytes(content, "bridge.html", "bridge.html")
    assert source.text.split("\n")[0] == "# 橋の話"
    for kept in (
        "{架|か}けかえ",
        "## いつ終わるのか",
        "- 東側の歩道",
        "| 2025 | 橋脚 |",
        "> 長い付き合いになります。",
        "```\nprint(1)\n```",
        "## 費用",
    ):
        assert kept in source.text
    for clutter in ("ホーム", "人気の記事", "シェア", "著作権", "消えるべき文字", "color"):
        assert clutter not in source.text
    article = find_structure(source)
    assert article.title == "橋の話"
    assert [s.title for s in article.sections][1:] == ["いつ終わるのか", "費用"]


def test_each_line_of_a_page_tells_its_line_in_the_file() -> None:
    source = read_bytes(PAGE.format(charset="utf-8").encode(), "bridge.html", "bridge.html")
    line = source.lines.index("## 費用") + 1
    assert PAGE.split("\n")[source.place(line) - 1] == "<h2>費用</h2>"


def test_a_page_without_article_marks_is_read_by_where_its_text_lies() -> None:
    body = "".join(f"<p>{'これは本文の段落です。' * 5}{n}</p>" for n in range(8))
    page = (
        f"<html><body><div><a href=/>メニュー</a></div><div><div id=x><h3>見出し</h3>{body}</div></div></body></html>"
    )
    source = read_bytes(page.encode(), "x.html", "x.html")
    assert "### 見出し" in source.text
    assert source.text.count("これは本文の段落です。") == 40


@pytest.mark.parametrize("page", ["<html><body><script>app()</script></body></html>", "", "<html></html>"])
def test_a_page_without_text_is_told(page: str) -> None:
    with pytest.raises(SourceError):
        read_bytes(page.encode(), "x.html", "x.html")


def test_a_page_nested_without_end_is_refused() -> None:
    page = "<div>" * 50_000 + "本文です。"
    with pytest.raises(SourceError, match=r"x\.html"):
        read_bytes(page.encode(), "x.html", "x.html")


ADDRESSES = {
    "127.0.0.1": False, "10.1.2.3": False, "172.16.0.1": False, "192.168.1.1": False, "169.254.169.254": False, "100.64.0.1": False, "224.0.0.1": False,
    "0.0.0.0": False, "255.255.255.255": False, "::1": False, "fe80::1%eth0": False, "fc00::1": False, "::ffff:127.0.0.1": False, "2002:7f00:1::": False,
    "8.8.8.8": True, "2606:4700::1111": True,
}  # fmt: skip


@pytest.mark.parametrize(("address", "public"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_only_public_addresses_count_as_public(address: str, public: bool) -> None:
    assert is_public(address) is public


class Site(http.server.BaseHTTPRequestHandler):
    """A site with one of everything that can go wrong."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        if self.headers.get("If-None-Match") == '"1"' and self.path == "/bridge":
            return self.answer(304, "", "")
        if self.path == "/robots.txt":
            return self.answer(200, "text/plain", "User-agent: *\nDisallow: /secret\n")
        if self.path == "/bridge":
            return self.answer(200, "text/html; charset=utf-8", PAGE.format(charset="utf-8"), ETag='"1"')
        if self.path == "/header":
            return self.answer(200, "text/plain; charset=EUC-JP", "ｱﾒ", "euc-jp")
        if self.path == "/loop":
            return self.answer(302, "text/html", "", Location="/loop")
        if self.path == "/inward":
            return self.answer(302, "text/html", "", Location="http://169.254.169.254/latest/meta-data")
        if self.path == "/huge":
            return self.answer(200, "text/html", "あ" * 7_000_001)
        if self.path == "/picture":
            return self.answer(200, "image/png", "PNG")
        return self.answer(404, "text/html", "ない")

    def answer(self, status: int, kind: str, text: str, encoding: str = "utf-8", **headers: str) -> None:
        self.send_response(status)
        body = text.encode(encoding)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def site() -> Iterator[str]:
    Site.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_an_address_is_read_and_asked_again_only_for_what_changed(site: str, tmp_path: Path) -> None:
    first = fetch_page(f"{site}/bridge", tmp_path, allow_private=True)
    source = read_source(first)
    assert source.origin == f"{site}/bridge"
    assert "## 費用" in source.text
    assert fetch_page(f"{site}/bridge", tmp_path, allow_private=True) == first
    assert Site.asked == ["/robots.txt", "/bridge"] * 2


def test_the_encoding_that_a_server_names_is_used(site: str, tmp_path: Path) -> None:
    """These bytes alone would be taken for two kanji of CP932."""
    source = read_source(fetch_page(f"{site}/header", tmp_path, allow_private=True))
    assert (source.text, source.origin) == ("ｱﾒ", f"{site}/header")


REFUSED = {
    "a private address": ("/bridge", False, "not public"), "robots.txt": ("/secret/a", True, "robots.txt"), "redirects without end": ("/loop", True, "redirects"),
    "too large": ("/huge", True, "20 MB"), "no text": ("/picture", True, "not a text"), "not there": ("/none", True, "404"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "allow", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_must_not_be_fetched_is_refused_with_its_reason(
    site: str, tmp_path: Path, path: str, allow: bool, told: str
) -> None:
    with pytest.raises(SourceError) as caught:
        fetch_page(site + path, tmp_path, allow)
    assert told in str(caught.value)
    assert caught.value.hint


def test_a_redirect_is_checked_like_any_address(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first address counts as public here: the second, a metadata service, must be refused."""
    monkeypatch.setattr("briefing.sources.fetch.is_public", lambda address: address == "127.0.0.1")
    with pytest.raises(SourceError, match=r"169\.254\.169\.254, which is not public"):
        fetch_page(f"{site}/inward", tmp_path)


@pytest.mark.parametrize("url", ["ftp://example.jp/a", "file:///etc/passwd", "http://user:pass@example.jp/", "http://"])
def test_other_schemes_and_credentials_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        fetch_page(url, tmp_path)


def test_a_name_that_leads_inward_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    with pytest.raises(SourceError, match=r"10\.0\.0\.7"):
        fetch_page("http://rebinding.example.jp/", tmp_path)


def test_an_address_kept_by_an_earlier_version_is_understood(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("橋の話です。", encoding="utf-8")
    (tmp_path / "a.txt.origin").write_text("https://example.com/bridge", encoding="utf-8")
    assert read_source(page).origin == "https://example.com/bridge"
