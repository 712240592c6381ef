"""Is what was published right? Every finding names the fault, its place, the app that it breaks and what to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote, urljoin

from lxml import etree

from briefing.errors import AudioError, PublishError
from briefing.model import AudioFacts, Sound
from briefing.publish.checks.catalogue import (
    ALL_RULES,
    FILE_RULES,
    ITEM_RULES,
    PRESENCE_RULES,
    SERVER_RULES,
    SHOW_RULES,
)
from briefing.publish.checks.document import FATAL_XML, parse_page
from briefing.publish.checks.http import FATAL_TLS
from briefing.publish.checks.rules import (
    MUST,
    NS,
    Ask,
    CheckReport,
    Fault,
    Files,
    Finding,
    Item,
    Page,
    Read,
    Rule,
    Show,
    format_finding,
    is_mp3,
)
from briefing.publish.download import UntrustedError, Visitor

NEWEST = 50
_MOST_PAGES = 1000
_MOST_FEED_BYTES = 20_000_000

TagsOf = Callable[[Path], AudioFacts]
SoundOf = Callable[[Path], Sound]


def check_folder(root: Path, tags_of: TagsOf, sound_of: SoundOf, newest: int = NEWEST) -> CheckReport:
    """Check an output folder: the whole feed, the audio of the `newest` episodes (0: of all). Raises PublishError when there is no feed."""
    feed = root / "feed.xml"
    if not feed.is_file():
        raise PublishError("there is no feed", str(feed), "run `briefing render` first")
    show = _read_folder(root, {}, tags_of, sound_of)
    return show if isinstance(show, CheckReport) else _hold(replace(show, heard=show.items[: newest or None]))


def check_staged(
    root: Path, texts: Mapping[str, bytes], fresh: Collection[str], tags_of: TagsOf, sound_of: SoundOf
) -> CheckReport:
    """Check an output folder as it will be with `texts` for the feed's pages; of the audio only that of the guids in `fresh`.

    Other pages are as they were when they were published: of their items it is only asked how they stand to the others.
    """
    show = _read_folder(root, texts, tags_of, sound_of)
    if isinstance(show, CheckReport):
        return show
    first, *further = show.pages
    single = tuple(item for item in show.items if not texts or item.page in texts)
    heard = tuple(item for item in single if item.text("guid") in fresh)
    pages = (first, *(page for page in further if not texts or page.name in texts))
    return _hold(replace(show, pages=pages, single=single, heard=heard))


def _read_folder(root: Path, texts: Mapping[str, bytes], tags_of: TagsOf, sound_of: SoundOf) -> Show | CheckReport:
    """Read a folder whose feed's pages are `texts`, where there are such, or its own; gives a report when there is nothing to check."""
    content = texts.get("feed.xml") or _read_capped(root / "feed.xml")
    first = parse_page("feed.xml", content)
    if isinstance(first, str):
        return _fatal(FATAL_XML, Fault("feed.xml", first))
    base, real = _base_of(first), root.resolve()

    def name_of(url: str) -> str:
        return url.removeprefix(base)

    @cache
    def find(url: str) -> Path | None:
        if not base or not url.startswith(base):
            return None
        path = (real / unquote(name_of(url))).resolve()
        return path if path.is_relative_to(real) and path.is_file() else None

    def read(url: str) -> bytes:
        path = find(url)
        if name_of(url) in texts:
            return texts[name_of(url)]
        if path is None:
            raise PublishError("is not there", url)
        return _read_capped(path)

    page = Page("feed.xml", base + "feed.xml", content, first)
    files = Files(find, _or_message(tags_of), _or_message(sound_of))
    return _read_show(page, read, name_of, files, None)


def refuse_faults(report: CheckReport, told: str) -> None:
    """Raise PublishError with every rule that must hold and does not; `told` says what becomes of what was there before."""
    faults = [format_finding(each) for each in report.findings if each.level == MUST]
    if faults:
        raise PublishError(
            "\n".join([f"not published, {told}:", *faults]),
            hint="mend this and render again; what was spoken is kept",
        )


def check_address(url: str, scratch: Path, tags_of: TagsOf, sound_of: SoundOf, newest: int = NEWEST) -> CheckReport:
    """Check a feed at an address, and how its server answers; copies lie in `scratch`. Raises PublishError when there is no answer."""
    with Visitor(url, scratch) as visitor:
        try:
            answer = visitor.fetch_feed(url)
        except UntrustedError as error:
            return _fatal(FATAL_TLS, Fault(url, error.message))
        first = parse_page(url, answer.content)
        if isinstance(first, str):
            return _fatal(FATAL_XML, Fault(url, first))
        here = url if _own_address(first) == url else answer.url
        visitor.moves = (_base_of(first), urljoin(here, "."))
        files = Files(visitor.find, _or_message(tags_of), _or_message(sound_of))
        page = Page(url, here, answer.content, first)
        show = _read_show(
            page,
            lambda onward: visitor.fetch_feed(onward).content,
            str,
            files,
            visitor.ask,
        )
        return _hold(replace(show, entry=url, heard=show.items[: newest or None]))


def _read_capped(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_FEED_BYTES + 1)
    except OSError as error:
        raise PublishError(f"cannot be read: {error.strerror}", str(path), "check the folder's permissions") from error
    if len(content) > _MOST_FEED_BYTES:
        raise PublishError("is larger than 20 MB", str(path), "page the feed (RFC 5005)")
    return content


def _or_message(read: Callable[[Path], Read]) -> Callable[[Path], Read | str]:
    """Make a reader give the message of its AudioError."""

    def reading(path: Path) -> Read | str:
        try:
            return read(path)
        except AudioError as error:
            return error.message

    return reading


def _base_of(root: etree._Element) -> str:
    """Give the address that a feed was made for: from its link to itself, else what all its addresses begin with."""
    own = _own_address(root)
    if own.endswith("/feed.xml"):
        return own.removesuffix("feed.xml")
    paths = ("channel/itunes:image", "channel/item/enclosure", "channel/item/podcast:chapters")
    urls = [node.get("url") or node.get("href") or "" for path in paths for node in root.findall(path, NS)]
    shared = [
        a
        for a, b in takewhile(
            lambda pair: pair[0] == pair[1], zip(min(urls, default=""), max(urls, default=""), strict=False)
        )
    ]
    return "".join(shared).rpartition("/")[0] + "/"


def _own_address(root: etree._Element) -> str:
    found = root.find("channel/atom:link[@rel='self']", NS)
    return "" if found is None else str(found.get("href", ""))


def _read_show(
    first: Page,
    read: Callable[[str], bytes],
    name_of: Callable[[str], str],
    files: Files,
    ask: Ask | None,
) -> Show:
    """Follow rel=next from page to page. Stops at a page that is not there, is no feed or was there before."""
    pages, broken = [first], ""
    while not broken and (onward := _next_of(pages[-1])):
        if onward in {page.url for page in pages} or len(pages) == _MOST_PAGES:
            broken = f"rel=next leads back to {onward}" if len(pages) < _MOST_PAGES else "there are over 1000 pages"
            break
        try:
            content = read(onward)
            root = parse_page(name_of(onward), content)
        except PublishError as error:
            root = error.message
        if isinstance(root, str):
            broken = f"rel=next names {onward}: {root}"
        else:
            pages.append(Page(name_of(onward), onward, content, root))
    items = tuple(Item(node, files) for page in pages for node in page.channel.findall("item"))
    return Show(tuple(pages), items, items, items, files, broken, ask)


def _next_of(page: Page) -> str:
    found = page.channel.find("atom:link[@rel='next']", NS)
    return "" if found is None else found.get("href", "")


def _hold(show: Show) -> CheckReport:
    """Hold every rule against the show."""
    _hear(show)
    findings = [
        *_findings(SHOW_RULES, [show]),
        *_findings(ITEM_RULES, show.single),
        *_findings(PRESENCE_RULES, show.single if show.ask is None else show.heard),
        *_findings(FILE_RULES, show.heard),
        *(_findings(SERVER_RULES, [show]) if show.ask else ()),
    ]
    skipped = 0 if show.ask else len(SERVER_RULES) + 1
    failed = len({finding.rule for finding in findings})
    return CheckReport(len(ALL_RULES) - failed - skipped, failed, skipped, tuple(findings))


def _hear(show: Show) -> None:
    """Listen to the newest episodes side by side: nearly all of a check's time."""
    paths = [item.audio for item in show.heard if is_mp3(item.audio_url)]
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        list(pool.map(lambda path: show.files.read(path, show.files.sound_of), filter(None, paths)))


def _findings(rules: Sequence[Rule[Read]], subjects: Sequence[Read]) -> Iterator[Finding]:
    for rule in rules:
        for subject in subjects:
            yield from rule.findings(subject)


def _fatal(rule: Rule[Fault], fault: Fault) -> CheckReport:
    """Report a fault that leaves nothing to check."""
    return CheckReport(0, 1, len(ALL_RULES) - 1, tuple(rule.findings(fault)))
