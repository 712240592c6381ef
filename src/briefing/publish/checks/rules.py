"""What a rule is, what it says, and what it looks at: a show as read, its items, its files."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

from lxml import etree

from briefing.model import AudioFacts, Sound
from briefing.publish.feed import ATOM, ITUNES, PODCAST, PSC, is_public

NS = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM, "psc": PSC}
MUST, SHOULD = "must", "should"
_CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: `level` is must or should, `where` the file and line, `breaks` the app or specification, `remedy` what to do."""

    rule: str
    level: str
    where: str
    message: str
    breaks: str
    remedy: str = ""


def format_finding(each: Finding) -> str:
    """Give a finding as people read it: what and where, whom it breaks, and below it what to do."""
    return f"{each.level}: {each.rule}: {each.where}: {each.message} (breaks {each.breaks})\n  → {each.remedy}"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The document of `check --json`. `skipped` rules ask for a server, and a folder has none."""

    passed: int
    failed: int
    skipped: int
    findings: tuple[Finding, ...]


class Fault(NamedTuple):
    """What is wrong, and where."""

    where: str
    message: str


Faults = Iterator[Fault]
Subject = TypeVar("Subject", contravariant=True)
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """A requirement: `what` holds when all is well, `breaks` tells who suffers otherwise, `remedy` what to do."""

    name: str
    level: str
    what: str
    breaks: str
    remedy: str
    faults_of: Callable[[Subject], Faults]

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """Yield a finding for each fault of a subject."""
        for where, message in self.faults_of(subject):
            yield Finding(self.name, self.level, where, message, self.breaks, self.remedy)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: `content` is cut where it was enough; header names are in lower case; `hops` led here."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    hops: tuple[str, ...] = ()


class Ask(Protocol):
    """Puts a question to the server. Raises PublishError when there is no answer."""

    def __call__(self, url: str, method: str = "GET", again: bool = False, **headers: str) -> Answer:
        """Give the answer, which is remembered unless `again`."""


@dataclass(frozen=True, slots=True)
class Files:
    """The show's files. `tags_of` and `sound_of` give a fault's text for a file that cannot be read."""

    find: Callable[[str], Path | None]
    tags_of: Callable[[Path], AudioFacts | str]
    sound_of: Callable[[Path], Sound | str]
    _memo: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    def read(self, path: Path, reader: Callable[[Path], Read]) -> Read:
        """Read a file once in a way, however many rules ask."""
        if (path, reader) not in self._memo:
            self._memo[path, reader] = reader(path)
        found: Read = self._memo[path, reader]
        return found

    def afresh(self) -> Files:
        """Give the same files with nothing remembered of them."""
        return Files(self.find, self.tags_of, self.sound_of)


@dataclass(frozen=True, slots=True)
class Item:
    """An episode in the feed, with its files where they were asked for."""

    node: etree._Element
    files: Files

    @property
    def where(self) -> str:
        """Name the place: page, line, title."""
        return place_of(self.node)

    def text(self, path: str) -> str:
        """Give a tag's text without blanks around it; nothing when there is no such tag."""
        return text_of(self.node, path)

    def all(self, path: str) -> Sequence[etree._Element]:
        """Give the tags of a name."""
        found: list[etree._Element] = self.node.findall(path, NS)
        return found

    @property
    def audio_url(self) -> str:
        """Give the address of the audio."""
        found = self.node.find("enclosure")
        return "" if found is None else found.get("url", "")

    @property
    def audio(self) -> Path | None:
        """Give the audio file, when it is there."""
        return self.files.find(self.audio_url)

    @property
    def tags(self) -> AudioFacts | None:
        """Give what the MP3's tags say; nothing for a file that cannot be read."""
        found = self.files.read(self.audio, self.files.tags_of) if self.audio and is_mp3(self.audio_url) else None
        return found if isinstance(found, AudioFacts) else None

    @property
    def sound(self) -> Sound | None:
        """Give what the MP3 sounds like; nothing for a file that does not decode."""
        found = self.files.read(self.audio, self.files.sound_of) if self.audio and is_mp3(self.audio_url) else None
        return found if isinstance(found, Sound) else None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the feed: `name` is what a person calls it, `url` where listeners find it, `first_url` where they find the first page.

    A long show is looked at page by page: nobody keeps a page that is not the first.
    """

    name: str
    url: str
    first_url: str
    content: bytes
    root: etree._Element
    files: Files

    @property
    def channel(self) -> etree._Element:
        """Give the channel, which a page that came so far has."""
        return next(self.root.iter("channel"))

    @property
    def items(self) -> tuple[Item, ...]:
        """Give the episodes on this page."""
        return tuple(Item(node, self.files) for node in self.channel.findall("item"))

    @property
    def is_first(self) -> bool:
        """Say whether it is the page that apps subscribe to."""
        return self.url == self.first_url

    @property
    def is_published(self) -> bool:
        """Say whether listeners far away are meant to reach it."""
        return is_public(self.first_url)


class Listed(NamedTuple):
    """What of an item is held against all others of the show; `number` is its season and episode, when it is a full one with a number."""

    page: str
    line: int
    title: str
    guid: str
    audio_url: str
    number: str
    when: datetime | None

    @property
    def where(self) -> str:
        """Name the place: page, line, title."""
        return _place(self.page, self.line, self.title)


class Named(NamedTuple):
    """A file that an item names: by which tag, at what address, as what type."""

    tag: str
    url: str
    mime: str


class Heard(NamedTuple):
    """An item whose files are read: the address of its audio, and all files that it names."""

    audio_url: str
    named: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Show:
    """A show once all its pages were read: the first of them, what of its items must fit together, and how to reach its server.

    `entry` is the address asked for, `broken` what is wrong with the way from page to page.
    """

    first: Page
    items: Sequence[Listed]
    heard: Sequence[Heard]
    broken: Fault | None = None
    ask: Ask | None = None
    entry: str = ""

    @property
    def channel(self) -> etree._Element:
        """Give the channel of the first page."""
        return self.first.channel

    @property
    def url(self) -> str:
        """Give the feed's address: where it was fetched from, or what it says of itself."""
        return self.first.url


def listed(item: Item) -> Listed:
    """Give what of an item is held against the others."""
    season, number, kind = (item.text(f"itunes:{name}") for name in ("season", "episode", "episodeType"))
    return Listed(
        str(item.node.getroottree().docinfo.URL),
        item.node.sourceline,
        item.text("title"),
        item.text("guid"),
        item.audio_url,
        f"{season}/{number}" if number and kind in ("", "full") else "",
        date_of(item.text("pubDate")),
    )


def heard(item: Item) -> Heard:
    """Give what of an item the server is asked for."""
    tags = ("enclosure", "podcast:transcript", "podcast:chapters")
    named = (Named(tag, node.get("url", ""), node.get("type", "")) for tag in tags for node in item.all(tag))
    return Heard(item.audio_url, tuple(named))


def text_of(node: etree._Element, path: str) -> str:
    """Give a tag's text without blanks around it; nothing when there is no such tag."""
    return (node.findtext(path, "", NS) or "").strip()


def fault(node: etree._Element, message: str) -> Fault:
    """Give a fault at a tag's place."""
    return Fault(place_of(node), message)


def place_of(node: etree._Element) -> str:
    """Name a tag's place: page, line, and the title of the item it stands in."""
    item = node if node.tag == "item" else next(node.iterancestors("item"), None)
    return _place(node.getroottree().docinfo.URL, node.sourceline, None if item is None else text_of(item, "title"))


def _place(page: str | None, line: int | None, title: str | None) -> str:
    return f"{page}:{line}" + ("" if title is None else f" 「{title[:60]}」")


def name_of(node: etree._Element) -> str:
    """Give a tag's name as people write it.

    >>> name_of(etree.Element("{https://podcastindex.org/namespace/1.0}guid"))
    'podcast:guid'
    """
    tag = etree.QName(node)
    prefix = next((p for p, uri in NS.items() if uri == tag.namespace), "")
    return f"{prefix}:{tag.localname}" if prefix else str(tag.localname)


def ending_of(url: str) -> str:
    """Give the ending of an address's path, in lower case.

    >>> ending_of("https://radio.town.jp/a/b.MP3?x=1.wav")
    '.mp3'
    """
    return PurePosixPath(path_of(url)).suffix.lower()


def is_mp3(url: str) -> bool:
    """Say whether an address names an MP3."""
    return ending_of(url) == ".mp3"


def path_of(url: str) -> str:
    """Give an address's path; nothing for one that cannot be taken apart."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def is_absolute(url: str) -> bool:
    """Say whether an address is a whole one of the web.

    >>> is_absolute("https://radio.town.jp/"), is_absolute("cover.jpg"), is_absolute("ftp://a/b"), is_absolute("http://[")
    (True, False, False, False)
    """
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def date_of(text: str) -> datetime | None:
    """Give the time that an RFC 2822 date with a zone and the right weekday tells; nothing for any other.

    >>> date_of("Sun, 15 Jun 2025 00:03:00 +0900") is not None, date_of("Mon, 15 Jun 2025 00:03:00 +0900"), date_of("2025-06-15")
    (True, None, None)
    """
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    named = text.strip()[:3]
    is_right = "," not in text or named == ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[when.weekday()]
    return when if when.tzinfo is not None and is_right else None


def is_future(when: datetime) -> bool:
    """Say whether a time is still to come, clocks that differ by an hour forgiven."""
    return when > datetime.now(UTC) + _CLOCKS_DIFFER
