"""The show's pages and those of the episodes: plain HTML that works without JavaScript and asks nobody outside. The owner of Jinja."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from briefing.model import Episode, PublishedFile
from briefing.publish.chapters import to_clock
from briefing.publish.feed import Show
from briefing.publish.state import Entry
from briefing.publish.transcripts import Lines

_PER_PAGE = 100  # episodes that a page of the show lists, at least; articles are not torn apart
# How apps take an address: with its scheme (escaped) or without; Apple's and Overcast's documentation, the apps' manifests.
_APPS = (
    ("Apple Podcasts", "podcast://{bare}"),
    ("Overcast", "overcast://x-callback-url/add?url={escaped}"),
    ("Pocket Casts", "pktc://subscribe/{bare}"),
    ("AntennaPod", "antennapod-subscribe://{bare}"),
    ("Podcast Addict", "podcastaddict://{bare}"),
)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("briefing.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    made.globals |= {"clock": to_clock, "iso_duration": _iso_duration, "megabytes": _megabytes}
    return made


@cache
def _templates() -> Mapping[str, bytes]:
    folder = resources.files("briefing.publish").joinpath("templates")
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir(), key=lambda each: each.name)}


def _asset(name: str) -> str:
    stem, ending = name.split(".")
    return f"assets/{stem}.{hashlib.sha256(_templates()[name]).hexdigest()[:8]}.{ending}"


_ASSETS = ("style.css", "player.js", "icon.svg", "feed.css")


def assets() -> dict[str, bytes]:
    """Give style sheets, script and icon under content-addressed names."""
    return {_asset(name): _templates()[name] for name in _ASSETS}


def feed_style() -> str:
    """Give the path of the style sheet by which browsers show the feed itself."""
    return _asset("feed.css")


def look_of(show: Show) -> str:
    """Give the mark of everything that all pages depend on."""
    texts = b"".join(_templates().values())
    return hashlib.sha256(f"{show!r} {_APPS} {hashlib.sha256(texts).hexdigest()}".encode()).hexdigest()


def subscribe_links(feed: str) -> list[tuple[str, str]]:
    """Give by app the address that opens it at a feed.

    >>> subscribe_links("https://radio.town.jp/feed.xml")[0]
    ('Apple Podcasts', 'podcast://radio.town.jp/feed.xml')
    """
    bare, escaped = feed.partition("://")[2], quote(feed, safe="")
    return [(name, form.format(bare=bare, escaped=escaped)) for name, form in _APPS]


def show_pages(show: Show, ordered: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
    """Yield the show's pages with their paths: `older/2.html` with the oldest articles, and so on, `index.html` at last. `ordered`: oldest first.

    As in the feed, pages are filled from the oldest end. An article's episodes stand in the order of reading.
    """
    articles: dict[str, list[Entry]] = {}
    for entry in ordered:
        articles.setdefault(entry.article, []).append(entry)
    pages = _paginate(list(articles.values()))
    paths = ["", *(f"older/{n}.html" for n in range(2, len(pages) + 1)), "index.html", ""]
    for page, older, path, newer in zip(pages, paths, paths[1:], paths[2:], strict=False):
        told = [[entry.episode for entry in article] for article in reversed(page)]
        yield path, _render("show.html", show, path, show.cover, articles=told, newer=newer, older=older)


def _paginate(articles: Sequence[list[Entry]]) -> list[list[list[Entry]]]:
    """Cut at articles, oldest first; a page is full when it has `_PER_PAGE` episodes, the newest holds up to two such."""
    pages: list[list[list[Entry]]] = [[]]
    for article in articles:
        if sum(map(len, pages[-1])) >= _PER_PAGE:
            pages.append([])
        pages[-1].append(article)
    if len(pages) > 1 and sum(map(len, pages[-1])) < _PER_PAGE:
        pages[-2:] = [pages[-2] + pages[-1]]
    return pages


def episode_page(
    show: Show, episode: Episode, lines: Lines, before: Episode | None = None, after: Episode | None = None
) -> bytes:
    """Give an episode's page: one player, chapters, the transcript line by line, the way to its neighbours."""

    def local(file: PublishedFile) -> str:
        return posixpath.basename(file.path)

    path, own = episode.files["page"].path, episode.files.get("cover")
    cover = own.path if own else show.cover
    return _render(
        "episode.html", show, path, cover, episode=episode, lines=lines, local=local, before=before, after=after
    )


def _render(name: str, show: Show, path: str, cover: str, **values: object) -> bytes:
    root = "../" * path.count("/")
    here = show.base + ("" if path == "index.html" else path)
    links = {each.partition(".")[0]: root + _asset(each) for each in _ASSETS}
    feed = show.base + "feed.xml"
    template = _environment().get_template(name)
    told = template.render(
        show=show, cover=cover, root=root, here=here, links=links, feed=feed, apps=subscribe_links(feed), **values
    )
    return told.encode()


def _iso_duration(seconds: float) -> str:
    """Give a duration as ISO 8601 writes it.

    >>> _iso_duration(75.4)
    'PT1M15S'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"PT{minutes}M{rest}S"


def _megabytes(size: int) -> str:
    """Give a size as people read it.

    >>> _megabytes(1_250_000), _megabytes(800)
    ('1.2 MB', '0.1 MB')
    """
    return f"{max(size / 1e6, 0.1):.1f} MB"
