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
class Page:
    """A page of the feed: `name` is what a person calls it, `url` where listeners find it."""

    name: str
    url: str
    content: bytes
    root: etree._Element

    @property
    def channel(self) -> etree._Element:
        """Give the channel, which a page that came so far has."""
        return next(self.root.iter("channel"))


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


@dataclass(frozen=True, slots=True)
class Item:
    """An episode in the feed, with its files where they were asked for."""

    node: etree._Element
    files: Files

    @property
    def where(self) -> str:
        """Name the place: page, line, title."""
        return place_of(self.node)

    @property
    def page(self) -> str:
        """Name the page of the feed that it stands on."""
        return str(self.node.getroottree().docinfo.URL)

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
class Show:
    """A show as read: the pages of its feed, all its items, and how to reach its files and its server.

    `entry` is the address asked for; `single` are the items that are looked at one by one, `heard` those whose files are read.
    """

    pages: tuple[Page, ...]
    items: tuple[Item, ...]
    single: tuple[Item, ...]
    heard: tuple[Item, ...]
    files: Files
    broken_page: str = ""
    ask: Ask | None = None
    entry: str = ""

    @property
    def channel(self) -> etree._Element:
        """Give the channel of the first page."""
        return self.pages[0].channel

    @property
    def url(self) -> str:
        """Give the feed's address: where it was fetched from, or what it says of itself."""
        return self.pages[0].url

    @property
    def is_published(self) -> bool:
        """Say whether listeners far away are meant to reach it."""
        return is_public(self.url)


def text_of(node: etree._Element, path: str) -> str:
    """Give a tag's text without blanks around it; nothing when there is no such tag."""
    return (node.findtext(path, "", NS) or "").strip()


def fault(node: etree._Element, message: str) -> Fault:
    """Give a fault at a tag's place."""
    return Fault(place_of(node), message)


def place_of(node: etree._Element) -> str:
    """Name a tag's place: page, line, and the title of the item it stands in."""
    item = node if node.tag == "item" else next(node.iterancestors("item"), None)
    title = "" if item is None else f" 「{text_of(item, 'title')[:60]}」"
    return f"{node.getroottree().docinfo.URL}:{node.sourceline}{title}"


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
