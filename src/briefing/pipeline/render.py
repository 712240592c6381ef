"""The whole way, in order. Yields events; returns what was made."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from briefing.config import Config
from briefing.model import (
    JAPAN,
    Dropped,
    Event,
    Notice,
    Omission,
)
from briefing.pipeline.crew import clip_store, has_news
from briefing.pipeline.draft import Draft, total_coverage
from briefing.pipeline.fallback import draft_spoken, speak_all
from briefing.pipeline.writing import open_desk
from briefing.publish.folder import Folder, run_lock
from briefing.publish.state import state_path
from briefing.script import Coverage
from briefing.work import Crew, give_back_pages

if TYPE_CHECKING:
    from briefing.pipeline.publishing import EpisodeReport


@dataclass(frozen=True, slots=True)
class RenderReport:
    """What `render` did: the document of `render --json`."""

    output: str
    feed: str
    episodes: tuple[EpisodeReport, ...]
    clips: Mapping[str, int]
    audio_s: float
    wall_s: float
    dropped: tuple[Dropped, ...]
    warnings: tuple[Notice, ...]
    omitted: tuple[Omission, ...]
    coverage: Coverage
    written: int = field(default=0)


def render(
    config: Config, sources: Sequence[Path], today: date, crew: Crew, force: bool = False
) -> Generator[Event, None, RenderReport]:
    """Turn articles into episodes and a feed below the output folder.

    Yields progress. Raises BriefingError; clips that were spoken are kept, so that the next run goes on from there.
    """
    began = time.monotonic()
    folder = Folder(Path(config.render.output))
    desk = open_desk(config)
    store = clip_store(config)
    with run_lock(folder.root / ".briefing" / "run.lock"):
        is_any_new = has_news(config, sources)
        drafts: list[Draft] = []
        for path in sources:
            yield Event("read", len(drafts), len(sources), path.name)
            drafts.append((yield from draft_spoken(config, path, desk, store, crew)))
        give_back_pages()
        # What comes behind the voice is loaded while it speaks what is new.
        from briefing.pipeline.feeds import remember_items
        from briefing.pipeline.publishing import Published, hold_settings, publish

        # Before more is spoken for nothing; the feed is held against all rules later.
        if crew.begun or any(u.key not in store for each in drafts for chapter in each.utterances for u in chapter):
            hold_settings(config, folder)
        drafts, spoken = yield from speak_all(config, drafts, store, force, desk, crew)
        crew.close()
        made = (yield from publish(config, drafts, folder, store, today, force)) if drafts else Published()
        remember_items(config, sources)
        if is_any_new and made.episodes:
            state_path(folder.root).touch()  # newer than what is in it, also where nothing had to be written
    dropped = tuple(d for each in drafts for d in each.dropped)
    notices = (*(n for each in drafts for n in each.script.notices), *spoken.notices, *made.notices)
    audio_s = round(sum(e.duration_s for e in made.episodes), 3)
    return RenderReport(
        str(folder.root),
        "feed.xml",
        made.episodes,
        spoken.counts,
        audio_s,
        round(time.monotonic() - began, 3),
        dropped,
        notices,
        tuple(o for each in drafts for o in each.script.omitted),
        total_coverage(drafts),
        folder.written,
    )


def utc_today(epoch: str) -> date:
    """Give today, or the day that SOURCE_DATE_EPOCH names (reproducible-builds.org)."""
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch.isdigit() else datetime.now(JAPAN).date()
