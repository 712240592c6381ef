"""Feeds become items: every kind of feed, the newest first, each once; feedparser reads the same; nothing hostile is followed."""

from __future__ import annotations

import html
import json
from pathlib import Path

import feedparser
import pytest

from briefing.errors import SourceError
from briefing.sources import is_feed, read_file
from briefing.sources.feed import read_feed

AT = "https://example.jp/news/feed"
RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>港の新聞</title>
<item><title>市場の朝</title><link>/news/1</link><guid isPermaLink="false">n-1</guid><pubDate>Thu, 01 May 2025 18:00:00 GMT</pubDate><description>要約です。</description></item>
<item><title>灯台の夜&hellip;</title><link>https://example.jp/news/2</link><guid>https://example.jp/news/2</guid><pubDate>Sat, 03 May 2025 09:00:00 +0900</pubDate>
<dc:creator>記者</dc:creator><content:encoded><![CDATA[<p>全文の<b>段落</b>です。</p>]]></content:encoded></item>
<item><title>くり返し</title><link>https://example.jp/news/2</link><guid>https://example.jp/news/2</guid><pubDate>Sat, 03 May 2025 09:00:00 +0900</pubDate></item>
<item><title>リンクのない短信</title><guid isPermaLink="false">n-3</guid><pubDate>Fri, 02 May 2025 00:00:00 +0900</pubDate><description>短い&lt;br&gt;本文です。</description></item>
</channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://example.jp/"><title>港</title></channel>
<item rdf:about="https://example.jp/a"><title>甲</title><link>https://example.jp/a</link><dc:date>2025-05-01T10:00:00+09:00</dc:date><description>要約</description></item></rdf:RDF>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://example.jp/blog/"><title>港</title>
<entry><id>tag:example.jp,2025:1</id><title type="html">甲&amp;amp;乙</title><link rel="enclosure" href="a.mp3"/><link href="post/1"/><updated>2025-05-01T00:00:00Z</updated>
<author><name>灯</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>段落<ruby>雫<rt>しずく</rt></ruby>です。</p></div></content></entry>
<entry><id>tag:example.jp,2025:2</id><title>丙</title><link href="post/2"/><updated>2025-05-02T00:00:00Z</updated><summary>要約</summary></entry></feed>"""
JSON = {
    "version": "https://jsonfeed.org/version/1.1", "title": "港",
    "items": [
        {"id": 7, "url": "https://example.jp/7", "title": "七", "content_html": "<p>七の本文。</p>", "date_published": "2025-05-01T10:00:00+09:00"},
        {"id": "8", "content_text": "八の本文。\n二行目。", "date_published": "2025-05-02T10:00:00+09:00", "authors": [{"name": "甲"}, {"name": "乙"}]},
        {"id": "9"}, "not an item",
    ],
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "euc-jp", "shift_jis"])
def test_rss_gives_its_items_the_newest_first_and_each_once(encoding: str) -> None:
    items = read_feed(RSS.format(encoding=encoding).encode(encoding), AT)
    assert [(i.id, i.title, i.link) for i in items] == [
        ("https://example.jp/news/2", "灯台の夜…", "https://example.jp/news/2"),
        ("n-1", "市場の朝", "https://example.jp/news/1"),
        ("n-3", "リンクのない短信", ""),
    ]
    assert [i.content for i in items] == ["<p>全文の<b>段落</b>です。</p>", "", "短い<br>本文です。"]
    assert items[0].author == "記者"
    assert items[1].date == "2025-05-02T03:00:00+09:00"


def test_rdf_and_atom_and_json_feeds_are_read() -> None:
    assert [(i.id, i.link, i.date[:10], i.content) for i in read_feed(RDF.encode(), AT)] == [
        ("https://example.jp/a", "https://example.jp/a", "2025-05-01", "")
    ]
    second, first = read_feed(ATOM.encode(), AT)
    assert (first.title, first.link, first.author) == ("甲&乙", "https://example.jp/blog/post/1", "灯")
    assert "<ruby>雫<rt>しずく</rt></ruby>" in first.content
    assert (second.content, second.link) == ("", "https://example.jp/blog/post/2")
    eight, seven = read_feed(json.dumps(JSON).encode(), AT)
    assert (seven.id, seven.content, seven.is_html) == ("7", "<p>七の本文。</p>", True)
    assert (eight.author, eight.document(), eight.is_html) == ("甲、乙", "八の本文。\n二行目。", False)


@pytest.mark.parametrize("feed", [RSS.format(encoding="utf-8"), RDF, ATOM], ids=["rss", "rdf", "atom"])
def test_another_reader_finds_the_same_items(feed: str) -> None:
    ours = {(i.id, i.link, i.title) for i in read_feed(feed.encode(), AT)}
    theirs = feedparser.parse(feed.encode(), response_headers={"content-location": AT}).entries
    assert {i[0] for i in ours} == {e.get("id") or e.link for e in theirs}
    assert {i[1] for i in ours} >= {e.link for e in theirs if e.get("link", "").startswith("http")}
    assert {i[2] for i in ours} <= {html.unescape(e.title) for e in theirs}


ENTITIES = '<!DOCTYPE rss [<!ENTITY a "あ"><!ENTITY b "&a;&a;">]><rss><channel><item><guid>1</guid><link>http://a.jp/</link><title>&b;</title></item></channel></rss>'
OUTSIDE = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]><rss><channel><item><guid>1</guid><title>&a;</title></item></channel></rss>'
REFUSED = {
    "entities": ENTITIES, "an outside entity": OUTSIDE, "a page": "<html><body><p>本文</p></body></html>", "a table": '{"a": 1}', "nothing": "",
    "half a table": '{"items": [', "nesting without end": '{"items": ' + "[" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("feed", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_feed_or_a_hostile_one_is_refused(feed: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_feed(feed.encode(), AT)
    assert caught.value.hint


def test_a_feed_nested_without_end_gives_nothing() -> None:
    assert read_feed(b"<rss>" + b"<a>" * 100_000, AT) == ()


def test_a_feed_is_known_by_its_words_not_only_its_ending(tmp_path: Path) -> None:
    files = {
        "a.xml": RSS.format(encoding="utf-8"),
        "b.xml": "<map/>",
        "c.json": json.dumps(JSON),
        "d.lock.json": "{}",
        "e.atom": ATOM,
        "f.txt": ATOM,
        "g.rdf": RSS.format(encoding="utf-8"),
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [p.name for p in sorted(tmp_path.iterdir()) if is_feed(p)] == ["a.xml", "c.json", "e.atom", "g.rdf"]
    assert read_feed(read_file(tmp_path / "e.atom"), AT)
