"""Is what was published right? Every rule names the fault, its place and the app that it would break."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from briefing.errors import AudioError, PublishError
from briefing.model import AudioFacts
from briefing.publish.feed import ATOM, ITUNES, MAX_FEED_BYTES, PODCAST

_NS = {"itunes": ITUNES, "podcast": PODCAST, "atom": ATOM}
_CLOCK = re.compile(r"(\d{2,}):(\d\d):(\d\d)[.,](\d{3}) --> (\d{2,}):(\d\d):(\d\d)[.,](\d{3})")


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule: `level` is must or should, `breaks` the app or specification."""

    rule: str
    level: str
    where: str
    message: str
    breaks: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The document of `check --json`."""

    passed: int
    failed: int
    skipped: int
    findings: tuple[Finding, ...]


Faults = Iterator[str]
FactsOf = Callable[[Path], AudioFacts]


@dataclass(frozen=True, slots=True)
class _Item:
    """An item with its files on disk."""

    node: etree._Element
    name: str
    root: Path
    base: str
    facts_of: FactsOf

    def text(self, path: str) -> str:
        return (self.node.findtext(path, "", _NS) or "").strip()

    def file(self, url: str) -> Path:
        return self.root / unquote(url.removeprefix(self.base))


def check_folder(root: Path, facts_of: FactsOf) -> CheckReport:
    """Check an output folder. `facts_of` reads an audio file. Raises PublishError when there is no feed to check."""
    feed = root / "feed.xml"
    try:
        content = feed.read_bytes()
        tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except OSError as error:
        raise PublishError("there is no feed", str(feed), "run `briefing render` first") from error
    except etree.XMLSyntaxError as error:
        return CheckReport(0, 1, 0, (Finding("feed.xml-well-formed", "must", "feed.xml", str(error), "every app"),))
    channel = tree.find("channel")
    if channel is None:
        return CheckReport(0, 1, 0, (Finding("feed.channel", "must", "feed.xml", "there is no channel", "every app"),))
    findings, count = [], 0
    base = _base_of(channel)
    for rule in _CHANNEL_RULES:
        count += 1
        findings += [rule.finding("feed.xml", fault) for fault in rule.faults_of(channel, root, len(content))]
    items = [_Item(node, node.findtext("title", "?"), root, base, facts_of) for node in channel.findall("item")]
    for item_rule in _ITEM_RULES:
        count += 1
        findings += [item_rule.finding(item.name, fault) for item in items for fault in item_rule.faults_of(item)]
    for name, faults in (
        ("item.unique-guids", _repeated(items, "guid")),
        ("item.unique-enclosures", _repeated_enclosures(items)),
        ("item.newest-first", _unsorted(items)),
    ):
        count += 1
        findings += [Finding(name, "must", "feed.xml", fault, "gPodder, AntennaPod, Pocket Casts") for fault in faults]
    broken = {f.rule for f in findings}
    return CheckReport(count - len(broken), len(broken), 0, tuple(findings))


def _base_of(channel: etree._Element) -> str:
    own = channel.find("atom:link[@rel='self']", _NS)
    return (own.get("href", "") if own is not None else "").removesuffix("feed.xml")


@dataclass(frozen=True, slots=True)
class _ChannelRule:
    name: str
    level: str
    breaks: str
    faults_of: Callable[[etree._Element, Path, int], Faults]

    def finding(self, where: str, fault: str) -> Finding:
        return Finding(self.name, self.level, where, fault, self.breaks)


@dataclass(frozen=True, slots=True)
class _ItemRule:
    name: str
    level: str
    breaks: str
    faults_of: Callable[[_Item], Faults]

    def finding(self, where: str, fault: str) -> Finding:
        return Finding(self.name, self.level, where, fault, self.breaks)


# --- channel ---


def _required_channel(channel: etree._Element, root: Path, size: int) -> Faults:
    for path in (
        "title",
        "description",
        "link",
        "language",
        "itunes:author",
        "itunes:explicit",
        "lastBuildDate",
        "podcast:guid",
        "podcast:locked",
    ):
        if not (channel.findtext(path, "", _NS) or "").strip():
            yield f"<{path}> is missing"
    for path in ("itunes:image", "itunes:category", "atom:link[@rel='self']"):
        if channel.find(path, _NS) is None:
            yield f"<{path}> is missing"


def _explicit(channel: etree._Element, root: Path, size: int) -> Faults:
    for node in channel.iter(f"{{{ITUNES}}}explicit"):
        if node.text not in ("true", "false"):
            yield f"itunes:explicit is {node.text!r}; only true and false count"


def _cover(channel: etree._Element, root: Path, size: int) -> Faults:
    image = channel.find("itunes:image", _NS)
    if image is not None and not (root / image.get("href", "").removeprefix(_base_of(channel))).is_file():
        yield "the cover is not there"


def _size(channel: etree._Element, root: Path, size: int) -> Faults:
    if size > MAX_FEED_BYTES:
        yield f"the feed has {size} bytes; the limit is {MAX_FEED_BYTES}"


def _has_items(channel: etree._Element, root: Path, size: int) -> Faults:
    if channel.find("item") is None:
        yield "there is no episode"


def _disclosed(channel: etree._Element, root: Path, size: int) -> Faults:
    if channel.findtext("podcast:txt[@purpose='ai-content']", "", _NS) != "true":
        yield "the synthetic voice is not disclosed"


_CHANNEL_RULES = (
    _ChannelRule("channel.required", "must", "Apple Podcasts, Spotify", _required_channel),
    _ChannelRule("channel.explicit", "must", "Apple Podcasts", _explicit),
    _ChannelRule("channel.cover", "must", "Apple Podcasts", _cover),
    _ChannelRule("channel.size", "should", "ARD Audiothek, gPodder", _size),
    _ChannelRule("channel.items", "must", "Apple Podcasts", _has_items),
    _ChannelRule("channel.ai-content", "must", "podcast namespace", _disclosed),
)


# --- items ---


def _required_item(item: _Item) -> Faults:
    for path in ("title", "guid", "pubDate", "description", "itunes:duration", "link"):
        if not item.text(path):
            yield f"<{path}> is missing"
    if len(item.node.findall("enclosure")) != 1:
        yield "there must be exactly one enclosure"


def _guid(item: _Item) -> Faults:
    node = item.node.find("guid")
    if node is not None and node.get("isPermaLink") != "false" and not (node.text or "").startswith("http"):
        yield 'guid needs isPermaLink="false"'


def _enclosure(item: _Item) -> Faults:
    node = item.node.find("enclosure")
    if node is None:
        return
    url, path = node.get("url", ""), item.file(node.get("url", ""))
    if not url.isascii():
        yield "the address is not ASCII"
    if node.get("type") != "audio/mpeg":
        yield f"the type is {node.get('type')!r}"
    if not path.is_file():
        yield f"{path.name} is not there"
    elif str(path.stat().st_size) != node.get("length"):
        yield f"length says {node.get('length')}, the file has {path.stat().st_size} bytes"


def _date(item: _Item) -> Faults:
    try:
        when = parsedate_to_datetime(item.text("pubDate"))
    except (TypeError, ValueError):
        yield f"pubDate {item.text('pubDate')!r} is not RFC 2822"
        return
    if when.tzinfo is None or when > datetime.now(UTC) + timedelta(hours=1):
        yield "pubDate lies in the future or has no zone"


def _audio(item: _Item) -> Faults:
    node = item.node.find("enclosure")
    path = item.file(node.get("url", "")) if node is not None else Path()
    if not path.is_file():
        return
    try:
        facts = item.facts_of(path)
    except AudioError as error:
        yield error.message
        return
    told = item.text("itunes:duration")
    if not told.isdigit() or abs(int(told) - facts.duration_s) > 1:
        yield f"itunes:duration says {told}, the audio has {facts.duration_s:.1f} s"
    for name in ("TIT2", "TPE1", "TALB", "APIC"):
        if name not in facts.frames:
            yield f"the tag {name} is missing"
    if any(end > facts.duration_s * 1000 + 500 for _, end, _ in facts.chapters):
        yield "a chapter ends after the audio"


def _transcripts(item: _Item) -> Faults:
    nodes = item.node.findall("podcast:transcript", _NS)
    if not any(node.get("type") == "text/vtt" for node in nodes):
        yield "there is no WebVTT transcript"
    for node in nodes:
        path = item.file(node.get("url", ""))
        if not path.is_file():
            yield f"{path.name} is not there"
        elif path.suffix in (".vtt", ".srt"):
            yield from _times(path)


def _times(path: Path) -> Faults:
    last = -1
    for match in _CLOCK.finditer(path.read_text(encoding="utf-8")):
        h1, m1, s1, f1, h2, m2, s2, f2 = map(int, match.groups())
        start, end = ((h1 * 60 + m1) * 60 + s1) * 1000 + f1, ((h2 * 60 + m2) * 60 + s2) * 1000 + f2
        if start < last or end <= start:
            yield f"{path.name}: the cue at {match[0]} is out of order or empty"
        last = start
    if last < 0:
        yield f"{path.name} holds no cue"


def _chapters(item: _Item) -> Faults:
    node = item.node.find("podcast:chapters", _NS)
    if node is None:
        yield "there are no chapters"
        return
    path = item.file(node.get("url", ""))
    try:
        found: Mapping[str, list[dict[str, float]]] = json.loads(path.read_text(encoding="utf-8"))
        starts = [c["startTime"] for c in found["chapters"]]
    except (OSError, ValueError, KeyError, TypeError):
        yield f"{path.name} is not there or not right"
        return
    if not starts or starts[0] != 0 or starts != sorted(starts):
        yield "chapters must begin at 0 and ascend"


_ITEM_RULES = (
    _ItemRule("item.required", "must", "Apple Podcasts, PSP-1", _required_item),
    _ItemRule("item.guid", "must", "gPodder, AntennaPod", _guid),
    _ItemRule("item.enclosure", "must", "every app", _enclosure),
    _ItemRule("item.date", "must", "Pocket Casts, Apple Podcasts", _date),
    _ItemRule("item.audio", "must", "every app", _audio),
    _ItemRule("item.transcripts", "should", "Apple Podcasts", _transcripts),
    _ItemRule("item.chapters", "should", "podcast namespace", _chapters),
)


def _repeated(items: list[_Item], path: str) -> Faults:
    seen: set[str] = set()
    for item in items:
        if item.text(path) in seen:
            yield f"{path} {item.text(path)} occurs twice"
        seen.add(item.text(path))


def _repeated_enclosures(items: list[_Item]) -> Faults:
    urls = [node.get("url", "") for item in items for node in item.node.findall("enclosure")]
    yield from sorted({f"{url} occurs twice" for url in urls if urls.count(url) > 1})


def _unsorted(items: list[_Item]) -> Faults:
    try:
        dates = [parsedate_to_datetime(item.text("pubDate")) for item in items]
    except (TypeError, ValueError):
        return
    if any(b >= a for a, b in pairwise(dates)):
        yield "items must stand newest first, each with its own date"
