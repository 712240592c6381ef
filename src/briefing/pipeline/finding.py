"""Finding the articles of a run: in files, folders, addresses and feeds."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from briefing.config import Config, show_folder
from briefing.errors import SourceError
from briefing.sources import ENDINGS, fetch_page, is_feed


def find_sources(named: Sequence[str], config: Config, tell: Callable[[str], None] = lambda _: None) -> list[Path]:
    """Give the article files of files, folders, addresses and feeds, in order; `tell` hears what a feed leaves out.

    Raises SourceError when there is none, save that a feed may hold nothing new.
    """
    found: list[Path] = []
    for name in named or [str(show_folder(config))]:
        path = Path(name)
        if re.match(r"https?://", name):
            found += _opened(fetch_page(name, config.cache_dir / "pages", config.render.allow_private), config, tell)
        elif path.is_dir():
            found += [each for inside in _articles_in(path) for each in _opened(inside, config, tell)]
        elif path.exists():
            found += _opened(path, config, tell)
        else:
            raise SourceError("no such file or folder", str(path), "check the name; `briefing init` starts a new show")
    return list(dict.fromkeys(found))


def _opened(path: Path, config: Config, tell: Callable[[str], None]) -> list[Path]:
    """Give the new articles of a feed; any other file is itself an article."""
    if not is_feed(path):
        return [path]
    from briefing.pipeline.feeds import new_articles  # it names articles as episodes do, and those need drafts

    return new_articles(config, path, tell)


def _articles_in(folder: Path) -> list[Path]:
    inside = sorted(p for p in folder.rglob("*") if not _is_ours(p.relative_to(folder)) and _is_article(p))
    if not inside:
        raise SourceError(
            "holds no article",
            str(folder),
            f"put a file there that ends in {', '.join(ENDINGS)}, or run `briefing init`",
        )
    return inside


def _is_article(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS or (path.is_file() and is_feed(path))


def _is_ours(path: Path) -> bool:
    return (
        path.name.endswith(".script.md")
        or path.name.lower().startswith("readme.")
        or any(p.startswith(".") for p in path.parts)
    )
