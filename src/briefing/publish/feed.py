"""The podcast feed: feedgen with one extension of ours for what it lacks. The owner of feedgen."""

from __future__ import annotations

import contextlib
import html
import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, islice
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from briefing.config import ShowConfig
from briefing.model import Episode
from briefing.publish.chapters import to_clock

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
PSC = "http://podlove.org/simple-chapters"
ATOM = "http://www.w3.org/2005/Atom"
PER_PAGE = 300
MAX_FEED_BYTES = 512_000
_ROOM = MAX_FEED_BYTES - 8_000  # for items; the channel takes the rest
_FULL_ITEMS, _FULL_BYTES = PER_PAGE * 2 // 3, _ROOM * 2 // 3
_NEVER = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_ITEM, _CHANNEL_END = b"    <item>\n", b"  </channel>\n"  # as lxml indents them; what is in texts is escaped
_FORMAT = 1  # counts up with every change of what a page becomes
_MOST_NAME = 255  # characters of a title or a name
_MAX_DESCRIPTION = 4000  # bytes, Apple's podcaster's guide
_TRANSCRIPTS = (("vtt", "text/vtt"), ("srt", "application/x-subrip"), ("json", "application/json"))


Tag = tuple[str, dict[str, str], str]  # name, attributes, text


@dataclass(frozen=True, slots=True)
class Show:
    """The show as the feed tells it. `base` ends in a slash; `cover` and `style`, a style sheet for browsers, are paths below it."""

    config: ShowConfig
    guid: str
    base: str
    cover: str
    style: str = ""


class _FeedExtension(BaseExtension):  # type: ignore[misc]
    """Channel tags that feedgen lacks."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []

    def extend_ns(self) -> dict[str, str]:
        return {"podcast": PODCAST, "psc": PSC}

    def extend_rss(self, root: etree._Element) -> etree._Element:
        for name, attributes, text in self.tags:
            _child(root[0], name, attributes, text)
        return root


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc]
    """Item tags that feedgen lacks."""

    def __init__(self) -> None:
        self.tags: list[Tag] = []
        self.chapters: Sequence[tuple[float, float, str]] = ()
        self.audio: Sequence[tuple[dict[str, str], str, str]] = ()

    def extend_rss(self, item: etree._Element) -> etree._Element:
        for name, attributes, text in self.tags:
            _child(item, name, attributes, text)
        for attributes, url, integrity in self.audio:
            parent = _child(item, f"{{{PODCAST}}}alternateEnclosure", attributes, "")
            _child(parent, f"{{{PODCAST}}}source", {"uri": url}, "")
            _child(parent, f"{{{PODCAST}}}integrity", {"type": "sri", "value": integrity}, "")
        if self.chapters:
            parent = _child(item, f"{{{PSC}}}chapters", {"version": "1.2"}, "")
            for start, _, title in self.chapters:
                _child(parent, f"{{{PSC}}}chapter", {"start": _normal_play_time(start), "title": title}, "")
        return item


def _child(parent: etree._Element, name: str, attributes: dict[str, str], text: str) -> etree._Element:
    element = etree.SubElement(parent, name, attributes)
    element.text = text or None
    return element


_Item = tuple[datetime, bytes]  # when it was published, and how it stands in a page


class FeedPage(NamedTuple):
    """A page of the feed: its path, how many items it holds, its text."""

    path: str
    items: int
    content: bytes


def path_of_page(number: int) -> str:
    """Give the path of a page that is not the first: 2 has the oldest items."""
    return f"feed/{number}.xml"


def feed_look(show: Show) -> str:
    """Give the mark of everything that all pages depend on besides their items."""
    return f"{_FORMAT} {show!r}"


def format_feed(show: Show, episodes: Iterable[Episode], full: int = 0) -> Iterator[FeedPage]:
    """Yield the feed's pages: `feed/2.xml` with the oldest items, and so on, `feed.xml` with the newest at last (RFC 5005, paged).

    `episodes`: oldest first. Pages are filled from the oldest end, so that full pages never change: `full` of them are there
    already, with the episodes before these.
    """
    older, pages = path_of_page(full + 1) if full else "", _named(_cut_pages(_format_items(show, iter(episodes))), full)
    path, items = next(pages)
    for newer, following in pages:
        yield FeedPage(path, len(items), _format_page(show, items, path, newer, older))
        older, path, items = path, newer, following
    yield FeedPage(path, len(items), _format_page(show, items, path, "", older))


def _format_items(show: Show, episodes: Iterator[Episode]) -> Iterator[_Item]:
    """Yield each episode's item."""
    while some := list(islice(episodes, PER_PAGE)):  # a few at a time: feedgen takes ten times an item's bytes
        feed = _channel(show, _NEVER, "feed.xml")
        for episode in some:
            _add_item(feed, show, episode)
        _, *found = feed.rss_str(pretty=True).split(_ITEM)
        yield from ((e.published, _ITEM + i.partition(_CHANNEL_END)[0]) for e, i in zip(some, found, strict=True))


def _cut_pages(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Yield the items of each full page, oldest first; what follows the last of them is the first page of the feed.

    A full page stays part of the first page until that would hold too much: the first page is never nearly empty.
    """
    held: list[_Item] = []
    for item in items:
        held.append(item)
        while len(held) > PER_PAGE or sum(len(text) for _, text in held) > _ROOM:
            sizes = accumulate(len(text) for _, text in held[:_FULL_ITEMS])
            full = max(1, sum(size <= _FULL_BYTES for size in sizes))
            yield held[:full]
            held = held[full:]
    yield held


def _named(pages: Iterator[list[_Item]], full: int) -> Iterator[tuple[str, list[_Item]]]:
    """Yield pages with their paths: numbers from the oldest on, which no newer page changes."""
    page = next(pages)
    for number, following in enumerate(pages, full + 2):
        yield path_of_page(number), page
        page = following
    yield "feed.xml", page


def _format_page(show: Show, items: Sequence[_Item], path: str, newer: str, older: str) -> bytes:
    newest = items[-1][0] if items else _NEVER
    head, end, tail = _channel(show, newest, path, newer, older).rss_str(pretty=True).partition(_CHANNEL_END)
    if show.style:
        href = f"{'../' * path.count('/')}{show.style}"
        head = head.replace(b"?>\n", f'?>\n<?xml-stylesheet type="text/css" href="{href}"?>\n'.encode(), 1)
    return b"".join([head, *(item for _, item in reversed(items)), end, tail])


def _channel(show: Show, newest: datetime, path: str, newer: str = "", older: str = "") -> FeedGenerator:
    config = show.config
    feed = FeedGenerator()
    feed.load_extension("podcast")
    feed.register_extension("briefing", _FeedExtension, _EntryExtension, atom=False, rss=True)
    feed.title(config.title[:_MOST_NAME])
    feed.description(cut_bytes(config.description or config.title, _MAX_DESCRIPTION))
    feed.link(href=show.base + path, rel="self", type="application/rss+xml")
    feed.link(href=config.link or show.base + "index.html", rel="alternate")
    feed.language(config.language)
    feed.generator("briefing")
    feed.lastBuildDate(newest)
    if config.copyright:
        feed.copyright(config.copyright)
    feed.podcast.itunes_author(config.author[:_MOST_NAME])
    feed.podcast.itunes_image(show.base + show.cover)
    feed.podcast.itunes_category(config.category, config.subcategory or None)
    feed.podcast.itunes_type("episodic")
    if config.email:
        feed.podcast.itunes_owner(name=config.author[:_MOST_NAME], email=config.email)
    feed.briefing.tags = [
        (f"{{{ITUNES}}}explicit", {}, _flag(config.explicit)),
        (f"{{{PODCAST}}}guid", {}, show.guid),
        (f"{{{PODCAST}}}locked", {}, "no"),
        (f"{{{PODCAST}}}medium", {}, "podcast"),
        (f"{{{PODCAST}}}txt", {"purpose": "ai-content"}, "true"),
        *_licence(config),
        *_frequency(config),
        *_links(show, newer, older),
    ]
    return feed


def _links(show: Show, newer: str, older: str) -> Iterator[Tag]:
    """Yield the links of a page to others, if there are any; feedgen writes none into RSS but that to the page itself."""
    ends = {"first": "feed.xml", "last": "feed/2.xml"} if newer or older else {}
    for rel, target in (ends | {"previous": newer, "next": older}).items():
        if target:
            yield f"{{{ATOM}}}link", {"rel": rel, "href": show.base + target, "type": "application/rss+xml"}, ""
    if show.config.hub:
        yield f"{{{ATOM}}}link", {"rel": "hub", "href": show.config.hub}, ""


def _add_item(feed: FeedGenerator, show: Show, episode: Episode) -> None:
    base, audio = show.base, episode.files["audio"]
    item = feed.add_entry(order="append")
    item.guid(episode.guid, permalink=False)
    item.title(episode.title[:_MOST_NAME])
    item.link(href=base + episode.files["page"].path)
    item.published(episode.published)
    item.description(shown_notes(episode))
    item.enclosure(base + quote(audio.path), str(audio.size), audio.mime)
    item.podcast.itunes_duration(round(episode.duration_s))
    item.podcast.itunes_episode_type("full")
    if "cover" in episode.files:
        item.podcast.itunes_image(base + episode.files["cover"].path)
    if episode.number:
        item.podcast.itunes_episode(episode.number)
    if episode.season:
        item.podcast.itunes_season(episode.season)
    item.briefing.chapters = episode.chapters
    item.briefing.audio = list(_alternates(base, episode))
    item.briefing.tags = [
        (f"{{{ITUNES}}}explicit", {}, _flag(show.config.explicit)),
        *(_transcript(base, episode, kind, mime, show.config.language) for kind, mime in _TRANSCRIPTS),
        (
            f"{{{PODCAST}}}chapters",
            {"url": base + episode.files["chapters"].path, "type": "application/json+chapters"},
            "",
        ),
        (f"{{{PODCAST}}}txt", {"purpose": "ai-content"}, "true"),
        *_numbers(episode),
        *((f"{{{PODCAST}}}person", _PERSONS[role], name[:128]) for name, role in episode.persons),
        *_licence(show.config),
    ]


_PERSONS = {"author": {"role": "author", "group": "writing"}, "guest": {"role": "guest", "group": "cast"}}


def _numbers(episode: Episode) -> Iterator[Tag]:
    if episode.season:
        yield f"{{{PODCAST}}}season", {"name": episode.article_title[:128]}, str(episode.season)
    if episode.number:
        yield f"{{{PODCAST}}}episode", {}, str(episode.number)


def _licence(config: ShowConfig) -> Iterator[Tag]:
    """Yield the licence: an identifier of SPDX, or a name with its address behind a blank."""
    name, _, url = config.license.partition(" ")
    if name:
        yield f"{{{PODCAST}}}license", {"url": url} if url else {}, name[:128]


def _frequency(config: ShowConfig) -> Iterator[Tag]:
    if config.updates:
        yield f"{{{PODCAST}}}updateFrequency", {"rrule": f"FREQ={config.updates.upper()}"}, ""


def _alternates(base: str, episode: Episode) -> Iterator[tuple[dict[str, str], str, str]]:
    """Yield the audio files that an app may choose from: attributes, address, the digest by which it checks what it got."""
    for kind in [kind for kind in ("audio", "opus") if kind in episode.files]:
        file = episode.files[kind]
        kbps = round(file.size * 8 / 1000 / max(episode.duration_s, 0.1))
        attributes = {"type": file.mime, "length": str(file.size), "bitrate": str(kbps * 1000)}
        default = {"default": "true"} if kind == "audio" else {"codecs": "opus", "title": f"Opus {kbps} kbit/s"}
        yield attributes | default, base + quote(file.path), file.integrity


def _transcript(base: str, episode: Episode, kind: str, mime: str, language: str) -> tuple[str, dict[str, str], str]:
    url = base + episode.files[kind].path
    return f"{{{PODCAST}}}transcript", {"url": url, "type": mime, "language": language, "rel": "captions"}, ""


def shown_notes(episode: Episode) -> str:
    """Give the notes as far as apps take them."""
    return cut_bytes(item_notes(episode), _MAX_DESCRIPTION)


def item_notes(episode: Episode) -> str:
    """Give the episode's notes as the little HTML that apps show: summary, time stamps, credits, for which the rest makes room."""
    parts = [f"<p>{html.escape(episode.summary)}</p>"] if episode.summary else []
    if len(episode.chapters) > 1:
        rows = (f"<li>{to_clock(start)} {html.escape(title)}</li>" for start, _, title in episode.chapters)
        parts.append("<ul>" + "".join(rows) + "</ul>")
    credits = "".join(f"<p>{html.escape(credit)}</p>" for credit in episode.credits)
    room = max(0, _MAX_DESCRIPTION - len(credits.encode()) - len("</ul>"))
    return cut_bytes("".join(parts), room) + credits or f"<p>{html.escape(episode.title)}</p>"


def cut_bytes(text: str, limit: int) -> str:
    """Cut text to a number of UTF-8 bytes, at a tag's or a character's boundary.

    >>> cut_bytes("あいう", 7)
    'あい'
    """
    whole = text.encode()
    if len(whole) <= limit:
        return text
    cut = whole[:limit].decode(errors="ignore")
    at = max(cut.rfind("</li>") + 5, cut.rfind("</p>") + 4)
    if at < 10:
        return cut
    return cut[:at] + ("</ul>" if cut[:at].count("<ul>") > cut[:at].count("</ul>") else "")


def base_of_feed(content: bytes) -> str:
    """Give the address that a feed was made for, ending in a slash; empty when it does not tell."""
    match = re.search(rb'<atom:link href="([^"]*)feed\.xml" rel="self"', content)
    return html.unescape(match[1].decode()) if match else ""


def is_public(base: str) -> bool:
    """Say whether an address can be reached by listeners: http(s), and neither this machine, the home network nor an example name."""
    try:
        parts = urlsplit(base)
        host = parts.hostname or ""
    except ValueError:
        return False
    with contextlib.suppress(ValueError):
        return parts.scheme in ("http", "https") and ipaddress.ip_address(host).is_global
    return parts.scheme in ("http", "https") and "." in host and not f".{host}".endswith(_NOT_PUBLIC)


_NOT_PUBLIC = (
    ".localhost", ".local", ".lan", ".home.arpa", ".invalid", ".test",
    ".example", ".example.com", ".example.net", ".example.org", ".example.jp",
)  # fmt: skip


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _normal_play_time(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
