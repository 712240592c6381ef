"""Feeds as a source of new articles: what to take now, each item as a file, and what was taken when a render is done.

What is known of a feed lies in the output folder, beside what was published of it. It is written last: a run that fails
halfway leaves every item new, and one that failed between publishing and noting meets its episodes unchanged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from briefing.config import Config
from briefing.errors import PublishError, SourceError
from briefing.files import write_atomically
from briefing.pipeline.episodes import article_id
from briefing.script import find_structure, narrate
from briefing.sources import fetch_page, read_file, read_source, recall_origin, remember_origin
from briefing.sources.feed import FeedItem, read_feed


def new_articles(config: Config, feed: Path, tell: Callable[[str], None]) -> list[Path]:
    """Give a file for each new item, the oldest first; what is left out or cannot be had now is told, and stays new.

    Of a feed that was never rendered the newest `feed_items` are new; later all are that have come since, at most so many a run.
    """
    address, charset, _ = recall_origin(feed)
    key = address if re.match(r"https?://", address) else article_id(config, feed)
    items = read_feed(read_file(feed), address, config.render.encoding or charset or None)
    known = _known(config).get(key)
    new = [item for item in items if known is None or _digest(item) not in known]
    most = config.render.feed_items
    taken = new[:most] if known is None else new[-most:]
    if left := len(new) - len(taken):
        told = f"{left} older items are left out" if known is None else f"{left} newer items are left for the next run"
        tell(f"{address}: {told}; [render] feed_items = {most}")
    if not taken:
        tell(f"{address}: nothing new")
    older = [_digest(item) for item in items[most:]] if known is None else []
    files = [_article_file(config, key, item, older, tell) for item in reversed(taken)]
    return [file for file in files if file]


def _article_file(
    config: Config, key: str, item: FeedItem, older: Sequence[str], tell: Callable[[str], None]
) -> Path | None:
    """Write an item's article and beside it which item it is; what cannot be narrated is told and left."""
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"^https?://", "", key.lower())).strip("-")[:40] or "feed"
    stem = config.cache_dir / "feeds" / f"{slug}-{hashlib.sha256(f'{key} {item.id}'.encode()).hexdigest()[:12]}"
    meta = {"title": item.title, "date": item.date, "author": item.author}
    try:
        file, charset = _written(config, item, stem)
        remember_origin(file, item.link or key, charset, {name: value for name, value in meta.items() if value})
        if not narrate(find_structure(read_source(file, config.render.encoding)), config.script).chapters:
            raise SourceError("holds nothing to narrate", item.link or key)
    except SourceError as error:
        tell(f"{item.title or item.id}: not taken now: {error}")
        return None
    note = {"feed": key, "item": _digest(item), "older": older}
    _note(file).write_text(json.dumps(note, ensure_ascii=False), encoding="utf-8")
    return file


def _written(config: Config, item: FeedItem, stem: Path) -> tuple[Path, str]:
    if item.content:
        file = stem.with_name(stem.name + (".html" if item.is_html else ".txt"))
        write_atomically(file, item.document().encode())
        return file, "utf-8"
    page = fetch_page(item.link, config.cache_dir / "pages", config.render.allow_private)
    file = stem.with_name(stem.name + page.suffix)
    write_atomically(file, page.read_bytes())
    return file, recall_origin(page)[1]


def remember_items(config: Config, sources: Iterable[Path]) -> None:
    """Note which items were rendered, and which were passed over at the first sight of their feed."""
    notes = [json.loads(_note(path).read_text(encoding="utf-8")) for path in sources if _note(path).is_file()]
    if not notes:
        return
    known = {feed: dict.fromkeys(items) for feed, items in _known(config).items()}
    for note in notes:
        known.setdefault(note["feed"], {}).update(dict.fromkeys([*note["older"], note["item"]]))
    text = json.dumps({feed: list(items) for feed, items in sorted(known.items())}, ensure_ascii=False, indent=1)
    write_atomically(_memory(config), f"{text}\n".encode())


def _note(article: Path) -> Path:
    return article.with_name(article.name + ".item")


def _memory(config: Config) -> Path:
    return Path(config.render.output) / ".briefing" / "feeds.json"


def _known(config: Config) -> Mapping[str, Sequence[str]]:
    """Read what was taken of each feed. Raises PublishError when it is damaged: old items would be published as new ones."""
    try:
        found = json.loads(_memory(config).read_text(encoding="utf-8"))
        return {feed: [str(item) for item in items] for feed, items in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise PublishError(
            f"what was taken of feeds cannot be read: {error}",
            str(_memory(config)),
            "take it back from a copy, or remove it to begin with the newest items again",
        ) from error


def _digest(item: FeedItem) -> str:
    return hashlib.sha256(item.id.encode()).hexdigest()[:16]
