"""The show page and the episode pages: plain HTML that works without JavaScript and asks nobody outside. The owner of Jinja."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Sequence
from functools import cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from briefing.config import ShowConfig
from briefing.model import Episode, PublishedFile
from briefing.publish.chapters import to_clock


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("briefing.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def assets() -> dict[str, bytes]:
    """Give the style sheet and the script under content-addressed names."""
    folder = resources.files("briefing.publish").joinpath("templates")
    out = {}
    for name in ("style.css", "player.js"):
        content = folder.joinpath(name).read_bytes()
        stem, ending = name.split(".")
        out[f"assets/{stem}.{hashlib.sha256(content).hexdigest()[:8]}.{ending}"] = content
    return out


def show_page(show: ShowConfig, cover: str, episodes: Sequence[Episode]) -> bytes:
    """Give the show's page: the newest article first, its episodes in the order of reading."""
    articles: dict[str, list[Episode]] = {}
    for episode in sorted(episodes, key=lambda e: (e.published, e.guid)):
        articles.setdefault(episode.article, []).append(episode)
    return _render("show.html", show, "", cover=cover, articles=list(reversed(articles.values())))


def episode_page(show: ShowConfig, episode: Episode) -> bytes:
    """Give an episode's page: one player, chapters, the transcript line by line."""

    def local(file: PublishedFile) -> str:
        return posixpath.basename(file.path)

    return _render("episode.html", show, "../../", episode=episode, local=local)


def _render(name: str, show: ShowConfig, root: str, **values: object) -> bytes:
    style, script = assets()
    text = (
        _environment()
        .get_template(name)
        .render(show=show, root=root, style=style, script=script, clock=to_clock, **values)
    )
    return text.encode()
