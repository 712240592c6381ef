"""From plans to a published show: what changed is made, all of it is held against the rules, then it is written, `feed.xml` last.

A kill at any moment leaves a feed whose every file is there: files lie under names that no other content ever had, the lock
is written before the first feed that names its guids, and nothing goes before a time of grace is over.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from pathlib import Path

from briefing.audio.tags import read_facts
from briefing.config import Config
from briefing.files import write_atomically
from briefing.model import Episode, Event, Notice, Sound
from briefing.pipeline.covers import cover_of, small_cover_of
from briefing.pipeline.draft import Draft
from briefing.pipeline.episodes import EpisodePlan, home_lock_path, make_episode, plan_episodes
from briefing.pipeline.music import keep_music
from briefing.publish import feed, pages
from briefing.publish.check import check_staged, refuse_faults
from briefing.publish.folder import Folder, digest8
from briefing.publish.lock import PODCAST_NAMESPACE, Lock, format_lock, read_lock
from briefing.publish.state import Entry, State, read_state, state_path, to_entry, write_state
from briefing.publish.target import publish_folder
from briefing.publish.transcripts import read_lines
from briefing.store import ClipStore
from briefing.work import in_threads

Full = Sequence[tuple[int, str]]
"""The full pages of the feed, as the state keeps them."""
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
    """Hold what the configuration says of the show against the rules, before the long work. Raises PublishError."""
    show = _show(config, folder, str(uuid.uuid5(PODCAST_NAMESPACE, config.show.title)))
    (page,) = feed.format_feed(show, [])
    report = check_staged(folder.root, {page.path: page.content}, read_facts)
    findings = tuple(each for each in report.findings if each.rule != "channel.items")
    refuse_faults(replace(report, findings=findings), "nothing more was spoken")


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
    state = read_state(state_path(folder.root))
    keep_music(config, store)
    plans, locks, notices = plan_episodes(config, drafts, folder, today)
    current = {} if force else {p.slot.guid: e for p in plans if (e := _unchanged(state, folder, p))}
    made, sounds = yield from _make(config, plans, current, folder, store)
    entries = _still_published(state, plans, made)
    show = _show(config, folder, _show_guid(config, locks))
    yield Event("publish", len(plans), len(plans), "feed.xml")
    names, changed, full = changed_feed(show, folder, entries, () if force else state.full)
    _hold_rules(folder, changed, sounds)
    _write_locks(config, folder, locks)
    entries, others = _write_pages(show, folder, entries)
    for path, content in changed.items():
        folder.write(path, content)
    files = (file.path for entry in entries for file in entry.episode.files.values())
    retired = folder.prune({show.cover, *names, *others, *files}, state.retired, today, config.render.keep_days)
    after = State({entry.guid: entry for entry in entries}, retired, full)
    if after != state:
        write_state(state_path(folder.root), after)
    return Published(tuple(_report(p, made[p.slot.guid], state) for p in plans), notices)


def _unchanged(state: State, folder: Folder, plan: EpisodePlan) -> Episode | None:
    """Give the episode as it was published when nothing that it depends on has changed and its files are there."""
    known = state.entries.get(plan.slot.guid)
    if known is None or known.fingerprint != plan.fingerprint:
        return None
    episode = known.episode
    return episode if _is_there(folder, episode) else None


def _is_there(folder: Folder, episode: Episode) -> bool:
    files = [f for kind, f in episode.files.items() if kind != "page"]
    return all((p := folder.path(f.path)).is_file() and p.stat().st_size == f.size for f in files)


def _make(
    config: Config,
    plans: Sequence[EpisodePlan],
    current: Mapping[str, Episode],
    folder: Folder,
    store: ClipStore,
) -> Generator[Event, None, tuple[dict[str, Episode], dict[Path, Sound]]]:
    """Make the episodes that are not current; gives all by guid, and how those that were made sound, by their files."""
    for picture in {plan.picture for plan in plans}:
        small_cover_of(config, picture)  # made once, before several episodes want it
    make = partial(make_episode, config, folder=folder, store=store)
    making = in_threads(make, [p for p in plans if p.slot.guid not in current], config.render.jobs)
    episodes, sounds = dict(current), {}
    for index, plan in enumerate(plans):
        yield Event("publish", index, len(plans), plan.title)
        if plan.slot.guid not in current:
            episode, sound = next(making)
            episodes[plan.slot.guid] = episode
            sounds[folder.path(episode.files["audio"].path).resolve()] = sound
    return episodes, sounds


def _still_published(state: State, plans: Sequence[EpisodePlan], made: Mapping[str, Episode]) -> list[Entry]:
    """Give all episodes of the show, oldest first: those made now, and those of articles that were not given."""
    articles = {p.article for p in plans}
    entries = {guid: entry for guid, entry in state.entries.items() if entry.article not in articles}
    for plan in plans:
        guid = plan.slot.guid
        known = state.entries.get(guid)
        entries[guid] = replace(to_entry(made[guid], plan.fingerprint), page=known.page if known else "")
    return sorted(entries.values(), key=lambda entry: (entry.at, entry.guid))


def changed_feed(
    show: feed.Show, folder: Folder, entries: Sequence[Entry], known: Full
) -> tuple[list[str], dict[str, bytes], Full]:
    """Give the paths of the feed's pages, those pages that are not there yet in the order in which they are written, and its full pages."""
    full = _standing_pages(show, folder, entries, known)
    names, changed = [feed.path_of_page(number) for number in range(2, len(full) + 2)], {}
    start = sum(count for count, _ in full)
    for path, count, content in feed.format_feed(show, (entry.episode for entry in entries[start:]), len(full)):
        names.append(path)
        full.append((count, _mark_of_page(show, entries[start : start + count], content)))
        start += count
        if not folder.holds(path, content):
            changed[path] = content
    return names, changed, tuple(full[:-1])


def _standing_pages(show: feed.Show, folder: Folder, entries: Sequence[Entry], known: Full) -> list[tuple[int, str]]:
    """Give those of the feed's full pages that need not be made anew: nothing that they depend on has changed.

    Enough episodes follow each that the page behind it, which it names, is a full one, too.
    """
    standing, start = [], 0
    for number, (count, mark) in enumerate(known, 2):
        end, path = start + count, folder.path(feed.path_of_page(number))
        content = path.read_bytes() if path.is_file() else b""
        if len(entries) - end <= feed.PER_PAGE or mark != _mark_of_page(show, entries[start:end], content):
            break
        standing.append((count, mark))
        start = end
    return standing


def _mark_of_page(show: feed.Show, entries: Iterable[Entry], content: bytes) -> str:
    packed = (entry.packed for entry in entries)
    return hashlib.sha256(b" ".join([feed.feed_look(show).encode(), *packed, content])).hexdigest()[:16]


def _show_guid(config: Config, locks: Mapping[Path, Lock]) -> str:
    """Give the show's guid: that of the lock beside its articles, which a source from elsewhere leaves alone."""
    home = home_lock_path(config)
    lock = locks.get(home) or read_lock(home)
    return lock.show or next(iter(locks.values())).show


def _hold_rules(folder: Folder, changed: Mapping[str, bytes], sounds: Mapping[Path, Sound]) -> None:
    """Hold the show against all rules, as it will be with these feed pages. Raises PublishError when one fails that must hold."""
    if changed:  # else listeners see what they saw
        refuse_faults(check_staged(folder.root, changed, read_facts, sounds), "the feed of before stays")


def _write_locks(config: Config, folder: Folder, locks: Mapping[Path, Lock]) -> None:
    """Write the locks, and a copy of the show's beside what is published, from which a lost one comes back."""
    for path, lock in locks.items():
        text = format_lock(lock)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_atomically(path, text.encode())
        if path == home_lock_path(config):
            folder.write(".briefing/lock.copy.json", text.encode())


def _write_pages(show: feed.Show, folder: Folder, ordered: Sequence[Entry]) -> tuple[list[Entry], list[str]]:
    """Write the pages whose mark changed, then those that list them; gives the entries with their marks, and the paths of what is not an episode's."""
    look, entries, others = pages.look_of(show).encode(), [], []
    for before, entry, after in zip([None, *ordered], ordered, [*ordered[1:], None], strict=False):
        near = [each.packed if each else b"" for each in (before, entry, after)]
        marked = replace(entry, page=hashlib.sha256(b" ".join([look, *near])).hexdigest()[:16])
        entries.append(marked)
        path = entry.episode.files["page"].path
        if marked != entry or not folder.path(path).is_file():
            folder.write(path, _episode_page(show, folder, entry, before, after))
    for path, content in chain(pages.assets().items(), pages.show_pages(show, ordered)):
        folder.write(path, content)
        others.append(path)
    return entries, others


def _episode_page(show: feed.Show, folder: Folder, entry: Entry, before: Entry | None, after: Entry | None) -> bytes:
    episode = entry.episode
    lines = read_lines(folder.path(episode.files["json"].path))
    near = (each.episode if each else None for each in (before, after))
    return pages.episode_page(show, episode, lines, *near)


def _report(plan: EpisodePlan, episode: Episode, state: State) -> EpisodeReport:
    audio, known = episode.files["audio"], state.entries.get(episode.guid)
    changed = known is None or audio.path != known.episode.files["audio"].path
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
    return publish_folder(root, target, allow_local, lambda folder: check_staged(folder, {}, read_facts))
