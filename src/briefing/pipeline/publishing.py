"""From plans to a published show: what changed is made, all of it is held against the rules, then it is written, `feed.xml` last.

A kill at any moment leaves a feed whose every file is there: files lie under names that no other content ever had, the lock
is written before the first feed that names its guids, and nothing goes before a time of grace is over.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path

from briefing.audio.listen import listen
from briefing.audio.tags import read_facts
from briefing.config import Config
from briefing.files import write_atomically
from briefing.model import Episode, Event, Notice
from briefing.pipeline.covers import cover_of, small_cover_of
from briefing.pipeline.draft import Draft
from briefing.pipeline.episodes import EpisodePlan, home_lock_path, make_episode, plan_episodes
from briefing.pipeline.music import keep_music
from briefing.publish import feed, pages
from briefing.publish.check import check_staged, refuse_faults
from briefing.publish.folder import Folder, digest8
from briefing.publish.lock import PODCAST_NAMESPACE, Lock, format_lock, read_lock
from briefing.publish.state import State, read_state, write_state
from briefing.publish.target import publish_folder
from briefing.publish.transcripts import read_lines
from briefing.store import ClipStore
from briefing.work import in_threads

DEFAULT_BASE = "http://127.0.0.1:8000/"


@dataclass(frozen=True, slots=True)
class EpisodeReport:
    """One line of `render --json`."""

    guid: str
    title: str
    article: str
    section: int
    audio: str
    bytes: int
    duration_s: float
    changed: bool


@dataclass(frozen=True, slots=True)
class Published:
    """What became of the articles that were given, and what the user should look at."""

    episodes: tuple[EpisodeReport, ...] = ()
    notices: tuple[Notice, ...] = ()


def hold_settings(config: Config, folder: Folder) -> None:
    """Hold what the configuration says of the show against the rules, before anything is spoken. Raises PublishError."""
    show = _show(config, folder, str(uuid.uuid5(PODCAST_NAMESPACE, config.show.title)))
    report = check_staged(folder.root, feed.format_feed(show, []), (), read_facts, listen)
    findings = tuple(each for each in report.findings if each.rule != "channel.items")
    refuse_faults(replace(report, findings=findings), "nothing was spoken yet")


def _show(config: Config, folder: Folder, guid: str) -> feed.Show:
    """Give the show as feed and pages tell it; its cover is written."""
    picture = cover_of(config)
    cover = f"cover.{digest8(picture)}.jpg"
    folder.write(cover, picture)
    return feed.Show(config.show, guid, base_of(config), cover, pages.feed_style())


def publish(
    config: Config, drafts: Sequence[Draft], folder: Folder, store: ClipStore, today: date, force: bool
) -> Generator[Event, None, Published]:
    """Make what changed and write the show.

    Raises PublishError when a rule that must hold does not; the feed of before stays, and so does the lock.
    """
    state = read_state(_state_path(folder))
    keep_music(config, store)
    plans, locks, notices = plan_episodes(config, drafts, folder, today, digest8(cover_of(config)))
    current = {} if force else {p.slot.guid: e for p in plans if (e := _unchanged(state, folder, p))}
    made = yield from _make(config, plans, current, folder, store)
    kept = _still_published(state, plans, made)
    show = _show(config, folder, _show_guid(config, locks))
    texts = feed.format_feed(show, list(kept.values()))
    yield Event("publish", len(plans), len(plans), "feed.xml")
    _hold_rules(folder, texts, made.keys() - current.keys())
    _write_locks(config, folder, locks)
    marks = _write_pages(show, folder, kept, state)
    for path in sorted(texts, key=lambda p: p == "feed.xml"):
        folder.write(path, texts[path])
    named = {
        show.cover,
        *texts,
        *marks[1],
        *(file.path for episode in kept.values() for file in episode.files.values()),
    }
    retired = folder.prune(named, state.retired, today, config.render.keep_days)
    prints = dict(state.fingerprints) | {p.slot.guid: p.fingerprint for p in plans}
    write_state(_state_path(folder), State(kept, {g: prints[g] for g in kept}, marks[0], retired))
    return Published(tuple(_report(p, made[p.slot.guid], state) for p in plans), notices)


def _state_path(folder: Folder) -> Path:
    return folder.root / ".briefing" / "episodes.json"


def _unchanged(state: State, folder: Folder, plan: EpisodePlan) -> Episode | None:
    """Give the episode as it was published when nothing that it depends on has changed and its files are there."""
    known = state.episodes.get(plan.slot.guid)
    is_same = known is not None and state.fingerprints.get(plan.slot.guid) == plan.fingerprint
    return known if known and is_same and _is_there(folder, known) else None


def _is_there(folder: Folder, episode: Episode) -> bool:
    files = [f for kind, f in episode.files.items() if kind != "page"]
    return all((p := folder.path(f.path)).is_file() and p.stat().st_size == f.size for f in files)


def _make(
    config: Config,
    plans: Sequence[EpisodePlan],
    current: Mapping[str, Episode],
    folder: Folder,
    store: ClipStore,
) -> Generator[Event, None, dict[str, Episode]]:
    """Make the episodes that are not current; gives all by guid."""
    small_cover_of(config)  # drawn once, before several episodes want it
    make = partial(make_episode, config, folder=folder, store=store)
    making = in_threads(make, [p for p in plans if p.slot.guid not in current], config.render.jobs)
    made = {}
    for index, plan in enumerate(plans):
        yield Event("publish", index, len(plans), plan.title)
        made[plan.slot.guid] = current.get(plan.slot.guid) or next(making)
    return made


def _still_published(state: State, plans: Sequence[EpisodePlan], made: Mapping[str, Episode]) -> dict[str, Episode]:
    """Give all episodes of the show: those made now, and those of articles that were not given."""
    articles = {p.article for p in plans}
    return {g: e for g, e in state.episodes.items() if e.article not in articles} | dict(made)


def _show_guid(config: Config, locks: Mapping[Path, Lock]) -> str:
    """Give the show's guid: that of the lock beside its articles, which a source from elsewhere leaves alone."""
    home = home_lock_path(config)
    lock = locks.get(home) or read_lock(home)
    return lock.show or next(iter(locks.values())).show


def _hold_rules(folder: Folder, texts: Mapping[str, bytes], fresh: Collection[str]) -> None:
    """Hold the show against all rules, as it will be with these feed pages. Raises PublishError when one fails that must hold."""
    changed = {path: content for path, content in texts.items() if not folder.holds(path, content)}
    if changed:  # else listeners see what they saw
        refuse_faults(check_staged(folder.root, changed, fresh, read_facts, listen), "the feed of before stays")


def _write_locks(config: Config, folder: Folder, locks: Mapping[Path, Lock]) -> None:
    """Write the locks, and a copy of the show's beside what is published, from which a lost one comes back."""
    for path, lock in locks.items():
        text = format_lock(lock)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_atomically(path, text.encode())
        if path == home_lock_path(config):
            folder.write(".briefing/lock.copy.json", text.encode())


def _write_pages(
    show: feed.Show, folder: Folder, episodes: Mapping[str, Episode], state: State
) -> tuple[dict[str, str], set[str]]:
    """Write the pages whose mark changed, then those that list them; gives all marks, and the paths of what is not an episode's."""
    ordered: list[Episode | None] = [None, *sorted(episodes.values(), key=lambda e: (e.published, e.guid)), None]
    look = pages.look_of(show)
    marks = {}
    for (before, episode), (_, after) in zip(pairwise(ordered), pairwise(ordered[1:]), strict=False):
        if episode is None:
            continue
        near = [(e.title, e.id) if e else None for e in (before, after)]
        marks[episode.guid] = hashlib.sha256(f"{look} {episode!r} {near}".encode()).hexdigest()[:16]
        path = episode.files["page"].path
        if state.pages.get(episode.guid) != marks[episode.guid] or not folder.path(path).is_file():
            lines = read_lines(folder.path(episode.files["json"].path))
            folder.write(path, pages.episode_page(show, episode, lines, before, after))
    others = pages.assets() | pages.show_pages(show, [e for e in ordered if e])
    for path in sorted(others, key=lambda p: p == "index.html"):
        folder.write(path, others[path])
    return marks, set(others)


def _report(plan: EpisodePlan, episode: Episode, state: State) -> EpisodeReport:
    audio, known = episode.files["audio"], state.episodes.get(episode.guid)
    changed = known is None or audio.path != known.files["audio"].path
    duration_s = round(episode.duration_s, 3)
    return EpisodeReport(
        episode.guid, episode.title, episode.article, episode.section, audio.path, audio.size, duration_s, changed
    )


def base_of(config: Config) -> str:
    """Give the public address, ending in a slash; the local server's when none is configured."""
    return (config.show.base_url or DEFAULT_BASE).rstrip("/") + "/"


def put(root: Path, target: str, allow_local: bool) -> Iterator[tuple[int, int, str]]:
    """Copy an output folder to a target, once it is held against the rules; the audio was heard when it was made.

    Yields files done, files in all and the path at work. Raises PublishError and BusyError.
    """
    return publish_folder(root, target, allow_local, lambda folder: check_staged(folder, {}, (), read_facts, listen))
