"""Covers in both sizes, kept in the cache: an article's own picture, else the show's, else a drawn one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from briefing.config import Config, show_folder
from briefing.errors import PublishError
from briefing.files import write_atomically
from briefing.model import Notice
from briefing.pipeline.draft import Draft
from briefing.publish import cover

_KEYS = ("cover", "image")  # of the front matter


def cover_of(config: Config, own: Path | None = None) -> bytes:
    """Give the cover for feed and pages; `own`: an article's picture. Raises PublishError for one of the user's that cannot be one."""
    return _cover(config, own, cover.FEED_SIDE)


def small_cover_of(config: Config, own: Path | None = None) -> bytes:
    """Give the cover for the tags."""
    return _cover(config, own, cover.TAG_SIDE)


def own_picture(config: Config, draft: Draft) -> tuple[Path | None, tuple[Notice, ...]]:
    """Give the picture that an article names in its front matter, if it is fit for a cover; what is wrong with it is told.

    Blogs name pictures there for reasons of their own, so a wrong one stops nothing: the show's cover stands in its place.
    """
    source = draft.article.source
    key = next((key for key in _KEYS if source.meta.get(key)), "")
    if not key:
        return None, ()
    try:
        path = _beside(config, draft.source, source.meta[key])
        cover_of(config, path)
        return path, ()
    except PublishError as error:
        rows = enumerate(source.lines, 1)
        line = next((number for number, row in rows if row.lower().startswith(f"{key}:")), 1)
        remedy = "name a JPEG or PNG of 1400 pixels a side or more, beside the article"
        return None, (Notice(str(draft.source), line, f"{key}: {error.message}; the show's cover is taken: {remedy}"),)


def _beside(config: Config, article: Path, name: str) -> Path:
    """Give a picture's place. Raises PublishError when it lies elsewhere than the article and its show, whose pictures nobody asked for."""
    try:
        path = (article.parent / name).resolve()
    except (OSError, ValueError) as error:
        raise PublishError("it names no file", name) from error
    if not any(path.is_relative_to(home.resolve()) for home in (article.parent, show_folder(config))):
        raise PublishError("it lies outside the show's folder", name)
    return path


def _cover(config: Config, own: Path | None, side: int) -> bytes:
    title, author = config.show.title, config.show.author
    path = own or (show_folder(config) / config.show.image if config.show.image else None)
    if path:
        content = cover.read_picture(path)
        name, make = hashlib.sha256(content).hexdigest(), lambda: cover.fit_cover(content, str(path), side)
    else:
        name, make = f"{title}-{author}", lambda: cover.draw_cover(title, author, side)
    return _cached(config, f"{_LOOK}-{side}-{name}", make)


_LOOK = 4  # counts up with every change of what a cover looks like


def _cached(config: Config, name: str, make: Callable[[], bytes]) -> bytes:
    path = config.cache_dir / "covers" / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.jpg"
    if path.is_file():
        return path.read_bytes()
    content = make()
    write_atomically(path, content)
    return content
