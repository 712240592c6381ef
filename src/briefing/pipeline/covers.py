"""The show's cover in both sizes: the user's picture, or a drawn one, which is kept in the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from briefing.config import Config
from briefing.files import write_atomically
from briefing.pipeline.draft import show_folder
from briefing.publish import cover


def cover_of(config: Config) -> bytes:
    """Give the cover for feed and pages. Raises PublishError for a picture of the user's that cannot be one."""
    return _cover(config, cover.FEED_SIDE)


def small_cover_of(config: Config) -> bytes:
    """Give the cover for the tags."""
    return _cover(config, cover.TAG_SIDE)


def _cover(config: Config, side: int) -> bytes:
    title, author = config.show.title, config.show.author
    if config.show.image:
        path = show_folder(config) / config.show.image
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
