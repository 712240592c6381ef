"""Is what was published right? Every finding names the fault, its place, the app that it breaks and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, takewhile
from pathlib import Path
from urllib.parse import unquote, urljoin

from lxml import etree

from briefing.errors import AudioError, PublishError
from briefing.model import AudioFacts, Sound
from briefing.publish.checks.catalogue import (
    ALL_RULES,
    FILE_RULES,
    ITEM_RULES,
    PAGE_RULES,
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
    Heard,
    Item,
    Listed,
    Page,
    Read,
    Rule,
    Show,
    format_finding,
    heard,
    is_mp3,
    listed,
)
from briefing.publish.download import UntrustedError, Visitor
from briefing.work import in_threads

NEWEST = 50
_MOST_PAGES = 1000
_MOST_FEED_BYTES = 20_000_000
_FILES_OF_A_PAGE = 4096  # that many are remembered where they lie

TagsOf = Callable[[Path], AudioFacts]
SoundOf = Callable[[Path], Sound]
NOTHING_NEW: Mapping[Path, Sound] = {}
Way = tuple[Page, Iterator[Page | Fault]]
"""The first page of a feed and, as rel=next leads to them, the others; last, where it leads nowhere, what is wrong with it."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is looked at: the items of some pages one by one, and the files of some of these, counted from the newest."""

    looks_at: Callable[[Page], bool]
    hears: Callable[[int, Item], bool]


def _newest(count: int) -> _Scope:
    """Give the scope of all pages and the files of the newest items (0: of all)."""
    return _Scope(lambda page: True, lambda number, item: number < count or not count)


def check_folder(root: Path, tags_of: TagsOf, sound_of: SoundOf, newest: int = NEWEST) -> CheckReport:
    """Check an output folder: the whole feed, the audio of the `newest` episodes (0: of all). Raises PublishError when there is no feed."""
    feed = root / "feed.xml"
    if not feed.is_file():
        raise PublishError("there is no feed", str(feed), "run `briefing render` first")
    way = _read_folder(root, {}, tags_of, sound_of)
    return way if isinstance(way, CheckReport) else _hold(way, _newest(newest))


def check_staged(
    root: Path, texts: Mapping[str, bytes], tags_of: TagsOf, sounds: Mapping[Path, Sound] = NOTHING_NEW
) -> CheckReport:
    """Check an output folder as it will be with `texts` for the feed's pages; `sounds`: the new audio files, each as it was heard.

    Other pages are as they were when they were published: of their items it is only asked how they stand to the others.
    """
    way = _read_folder(root, texts, tags_of, sounds.__getitem__)
    if isinstance(way, CheckReport):
        return way
    scope = _Scope(lambda page: not texts or page.name in texts, lambda _, item: item.audio in sounds)
    return _hold(way, scope)


def _read_folder(root: Path, texts: Mapping[str, bytes], tags_of: TagsOf, sound_of: SoundOf) -> Way | CheckReport:
    """Read a folder whose feed's pages are `texts`, where there are such, or its own; gives a report when there is nothing to check."""
    content = texts.get("feed.xml") or _read_capped(root / "feed.xml")
    first = parse_page("feed.xml", content)
    if isinstance(first, str):
        return _fatal(FATAL_XML, Fault("feed.xml", first))
    base, real = _base_of(first), root.resolve()

    def name_of(url: str) -> str:
        return url.removeprefix(base)

    @lru_cache(_FILES_OF_A_PAGE)
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

    url, files = base + "feed.xml", Files(find, _or_message(tags_of), _or_message(sound_of))
    page = Page("feed.xml", url, url, content, first, files)
    return page, _follow(page, read, name_of)


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
        page = Page(url, here, here, answer.content, first, files)
        further = _follow(page, lambda onward: visitor.fetch_feed(onward).content, str)
        return _hold((page, further), _newest(newest), visitor.ask, url)


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


def _follow(page: Page, read: Callable[[str], bytes], name_of: Callable[[str], str]) -> Iterator[Page | Fault]:
    """Yield the pages to which rel=next leads from one. Stops, and says so, at one that is not there, is no feed or was there before."""
    seen = {page.url}
    while onward := _next_of(page):
        if onward in seen or len(seen) == _MOST_PAGES:
            told = f"rel=next leads back to {onward}" if onward in seen else f"there are over {_MOST_PAGES} pages"
            yield Fault(page.name, told)
            return
        seen.add(onward)
        try:
            content = read(onward)
            root = parse_page(name_of(onward), content)
        except PublishError as error:
            root = error.message
        if isinstance(root, str):
            yield Fault(page.name, f"rel=next names {onward}: {root}")
            return
        page = Page(name_of(onward), onward, page.first_url, content, root, page.files.afresh())
        yield page


def _next_of(page: Page) -> str:
    found = page.channel.find("atom:link[@rel='next']", NS)
    return "" if found is None else found.get("href", "")


def _hold(way: Way, scope: _Scope, ask: Ask | None = None, entry: str = "") -> CheckReport:
    """Hold every rule against a show, page by page, and what its items must be to one another at the end."""
    findings: list[Finding] = []
    items: list[Listed] = []
    asked: list[Heard] = []
    (first, further), broken = way, None
    for page in chain([first], further):
        if isinstance(page, Fault):
            broken = page
            continue
        if scope.looks_at(page):
            read = [item for number, item in enumerate(page.items, len(items)) if scope.hears(number, item)]
            findings += _look_at(page, read, page.items if ask is None else read)
            asked += map(heard, read)
        items += map(listed, page.items)
    show = Show(first, items, asked, broken, ask, entry)
    findings += [*_findings(SHOW_RULES, [show]), *(_findings(SERVER_RULES, [show]) if ask else ())]
    skipped = 0 if ask else len(SERVER_RULES) + 1
    failed = len({finding.rule for finding in findings})
    places = {rule.name: place for place, rule in enumerate(ALL_RULES)}
    ordered = sorted(findings, key=lambda finding: places[finding.rule])
    return CheckReport(len(ALL_RULES) - failed - skipped, failed, skipped, tuple(ordered))


def _look_at(page: Page, read: Sequence[Item], there: Sequence[Item]) -> Iterator[Finding]:
    """Yield what is wrong on a page; `read`: the items whose files are read, `there`: those whose files must be there."""
    _hear(read)
    yield from _findings(PAGE_RULES, [page])
    yield from _findings(ITEM_RULES, page.items)
    yield from _findings(PRESENCE_RULES, there)
    yield from _findings(FILE_RULES, read)


def _hear(items: Sequence[Item]) -> None:
    """Listen to episodes side by side: nearly all of a check's time. What is heard is remembered where the files are known."""
    found = [(item.files, item.audio) for item in items if is_mp3(item.audio_url) and item.audio]
    for _ in in_threads(lambda each: each[0].read(each[1], each[0].sound_of), found, 0):
        pass


def _findings(rules: Sequence[Rule[Read]], subjects: Sequence[Read]) -> Iterator[Finding]:
    for rule in rules:
        for subject in subjects:
            yield from rule.findings(subject)


def _fatal(rule: Rule[Fault], fault: Fault) -> CheckReport:
    """Report a fault that leaves nothing to check."""
    return CheckReport(0, 1, len(ALL_RULES) - 1, tuple(rule.findings(fault)))
