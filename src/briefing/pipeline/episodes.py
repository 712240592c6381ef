"""From clips to episodes: slots in the lock, timeline, mastering, encoding, files, the feed last."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache, partial
from pathlib import Path

from briefing.audio.encode import decoded_peak_dbtp, encode_mp3, encode_opus, encoder_identity
from briefing.audio.master import MUSIC, Gains, decide_gains, master_pcm
from briefing.audio.tags import Tags, write_tags
from briefing.audio.timeline import Piece, place_clips
from briefing.config import Config
from briefing.errors import SourceError, SpeechError
from briefing.model import (
    Chapter,
    Clip,
    Episode,
    Event,
    Kind,
    PublishedFile,
    Timeline,
    Utterance,
)
from briefing.pipeline.cast import credit_of
from briefing.pipeline.draft import Draft, show_folder
from briefing.pipeline.music import keep_music, music_keys, with_music
from briefing.publish import cover, feed, pages
from briefing.publish.chapters import to_chapters_json
from briefing.publish.folder import MIMES, Folder, digest8
from briefing.publish.lock import Lock, Slot, assign_slots, format_lock, read_lock
from briefing.publish.state import State, read_state, write_state
from briefing.publish.transcripts import to_json, to_srt, to_vtt
from briefing.store import ClipStore, write_atomically
from briefing.work import in_threads

JAPAN = timezone(timedelta(hours=9))
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
class EpisodePlan:
    """An episode before its audio: which chapters it holds, its slot and its fingerprint."""

    draft: Draft
    article: str
    chapters: tuple[tuple[Chapter, tuple[Utterance, ...]], ...]
    slot: Slot
    title: str
    season: int
    number: int
    fingerprint: str


def publish(
    config: Config, drafts: Sequence[Draft], folder: Folder, store: ClipStore, today: date, force: bool
) -> Generator[Event, None, tuple[EpisodeReport, ...]]:
    """Assemble, encode and write what changed; the feed last."""
    state = read_state(folder.root / ".briefing" / "episodes.json")
    picture = cover_of(config)
    keep_music(config, store)
    folder.write(f"cover.{digest8(picture)}.jpg", picture)
    plans, locks = plan_episodes(config, drafts, folder, today, digest8(picture))
    reports, episodes = [], dict(state.episodes)
    current = {} if force else {p.slot.guid: e for p in plans if (e := _unchanged(state, folder, p))}
    small_cover_of(config)  # drawn once, before several episodes want it
    make = partial(make_episode, config, folder=folder, store=store)
    made = in_threads(make, [p for p in plans if p.slot.guid not in current], config.render.jobs)
    for index, plan in enumerate(plans):
        yield Event("publish", index, len(plans), plan.title)
        known = state.episodes.get(plan.slot.guid)
        episode = current.get(plan.slot.guid) or next(made)
        episodes[episode.guid] = episode
        changed = known is None or episode.files["audio"].path != known.files["audio"].path
        reports.append(_report(episode, changed))
    prints = dict(state.fingerprints) | {p.slot.guid: p.fingerprint for p in plans}
    articles = {p.article for p in plans}
    planned = {p.slot.guid for p in plans}
    gone = {g for g, e in episodes.items() if e.article in articles and g not in planned}
    kept = {g: e for g, e in episodes.items() if g not in gone}
    yield Event("publish", len(plans), len(plans), "feed.xml")
    write_show(config, folder, picture, kept, next(iter(locks.values())).show if locks else "")
    for path, lock in locks.items():
        _write_text(path, format_lock(lock))
    named = {file.path for episode in kept.values() for file in episode.files.values()}
    folder.prune({*named, f"cover.{digest8(picture)}.jpg"}, config.render.keep_days * 86_400)
    write_state(
        folder.root / ".briefing" / "episodes.json", State(kept, {g: f for g, f in prints.items() if g in kept})
    )
    return tuple(reports)


def _unchanged(state: State, folder: Folder, plan: EpisodePlan) -> Episode | None:
    """Give the episode as it was published when nothing that it depends on has changed and its files are there."""
    known = state.episodes.get(plan.slot.guid)
    is_same = known is not None and state.fingerprints.get(plan.slot.guid) == plan.fingerprint
    return known if known and is_same and _is_there(folder, known) else None


def plan_episodes(
    config: Config, drafts: Sequence[Draft], folder: Folder, today: date, cover_digest: str
) -> tuple[list[EpisodePlan], dict[Path, Lock]]:
    """Give every episode its slot in the lock, and the locks as they must be written."""
    locks: dict[Path, Lock] = {}
    plans = []
    titles_seen: set[str] = set()
    named: dict[str, Path] = {}
    for each in drafts:
        path = lock_path(config, each.source, folder.root)
        lock = locks.get(path) or read_lock(path)
        groups = _episode_groups(config, each)
        place, article = article_id(config, each.source), each.script.meta.get("id") or article_id(config, each.source)
        if article in named:
            raise SourceError(
                f"has the id of {named[article]}: {article}", str(each.source), "give it another id in its front matter"
            )
        named[article] = each.source
        kind = "#digest" if config.render.minutes else "#article" if config.render.per_article else ""
        entry, lock = article + kind, lock.renamed(place + kind, article + kind)
        first = publication_date(each.script.meta.get("date", ""), today)
        locks[path], slots = assign_slots(lock, entry, [title for title, _ in groups], first, config.show.title)
        in_show = locks[path].numbers[entry]
        season = 0 if config.render.per_article else in_show
        for number, ((title, chapters), slot) in enumerate(
            zip(groups, slots, strict=True), in_show if not season else 1
        ):
            unique = title if title not in titles_seen else f"{title}（{each.script.title}）"
            titles_seen.add(unique)
            print_of = _fingerprint(config, unique, chapters, slot, (season, number), cover_digest, each.script.title)
            plans.append(EpisodePlan(each, article, chapters, slot, unique, season, number, print_of))
    return plans, locks


def _episode_groups(config: Config, each: Draft) -> list[tuple[str, tuple[tuple[Chapter, tuple[Utterance, ...]], ...]]]:
    pairs = tuple((c, us) for c, us in zip(each.script.chapters, each.utterances, strict=True) if us)
    if config.render.per_article:
        return [(each.script.title, pairs)]
    return [(_episode_title(chapter, each.script.title), ((chapter, utterances),)) for chapter, utterances in pairs]


def _episode_title(chapter: Chapter, article: str) -> str:
    """Give the chapter's title; an opening's or a closing's tells nothing in a list of episodes without its article's."""
    framing = chapter.kind in (Kind.INTRO, Kind.OUTRO)
    return f"{chapter.title}（{article}）" if framing and chapter.title != article else chapter.title


def lock_path(config: Config, source: Path, output: Path) -> Path:
    """Give the lock's place: beside the show's articles, or in the output folder for a source from elsewhere."""
    home = show_folder(config)
    inside = source.resolve().is_relative_to(home.resolve())
    return home / "briefing.lock.json" if inside else output / ".briefing" / "lock.json"


def article_id(config: Config, source: Path) -> str:
    """Name an article: its path below the show's folder, or its file name."""
    home = show_folder(config).resolve()
    path = source.resolve()
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else path.name


def publication_date(text: str, today: date) -> datetime:
    """Give the day that the front matter names, else today, at midnight in Japan."""
    match = re.match(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})", text)
    try:
        day = date(*map(int, match.groups())) if match else today
    except ValueError:
        day = today
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN)


def _fingerprint(
    config: Config,
    title: str,
    chapters: Sequence[tuple[Chapter, Sequence[Utterance]]],
    slot: Slot,
    number: tuple[int, int],
    cover_digest: str,
    article: str,
) -> str:
    """Give the mark of everything that an episode's files depend on."""
    music = [*music_keys(config).values(), config.music.under_lu]
    content = [
        _FORMAT, title, number, slot.guid, slot.published, cover_digest, article, encoder_identity(), repr(config.audio), repr(config.show), music,
        [[c.title, [[u.key, u.text, u.speaker, u.pause_ms] for u in us]] for c, us in chapters],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


_FORMAT = 5  # counts up with every change of what a timeline becomes


def make_episode(config: Config, plan: EpisodePlan, folder: Folder, store: ClipStore) -> Episode:
    """Lay out, master, encode, tag and write one episode."""
    clip_of = lru_cache(maxsize=64)(partial(_stored, store))
    music = music_keys(config)
    pieces = list(with_music(music, _pieces(plan, clip_of), clip_of))
    timeline = place_clips(pieces, config.audio.lead_ms, config.audio.tail_ms, music["bed"])
    chapters = tuple((m.start / timeline.rate_hz, m.end / timeline.rate_hz, m.title) for m in timeline.chapters)
    published = datetime.fromisoformat(plan.slot.published)
    name = f"{_slug(plan.draft.source.stem)}-{plan.number:02}"
    stem = f"e/{plan.slot.guid.replace('-', '')[:12]}"
    texts = {
        "vtt": ("transcript", to_vtt(timeline.cues, timeline.rate_hz)),
        "srt": ("transcript", to_srt(timeline.cues, timeline.rate_hz)),
        "json": ("transcript", to_json(timeline.cues, timeline.rate_hz)),
        "chapters": ("chapters", to_chapters_json(chapters, plan.title)),
    }
    files = _encode(config, plan, timeline, clip_of, folder, chapters, f"{stem}/{name}")
    for kind, (base, text) in texts.items():
        files[kind] = _put(folder, f"{stem}/{base}", ".json" if kind == "chapters" else f".{kind}", text.encode())
    files["page"] = PublishedFile(f"{stem}/index.html", 0, "text/html")
    lines = tuple((c.start / timeline.rate_hz, c.end / timeline.rate_hz, c.speaker, c.text) for c in timeline.cues)
    voices = dict.fromkeys(p.voice for p in timeline.placements if p.voice.engine != MUSIC)
    credits = tuple(dict.fromkeys(filter(None, map(credit_of, voices))))
    return Episode(
        guid=plan.slot.guid, id=stem[2:], title=plan.title, article=plan.article, article_title=plan.draft.script.title,
        section=plan.chapters[0][0].section if len(plan.chapters) == 1 else 0, published=published, duration_s=timeline.duration_s,
        chapters=chapters, lines=lines, summary=_summary(plan), credits=credits, files=files,
        season=plan.season, number=plan.number, persons=tuple(_persons(plan)), said=tuple(_said(plan, timeline)),
    )  # fmt: skip


def _persons(plan: EpisodePlan) -> Iterator[tuple[str, str]]:
    """Yield who wrote the article, and who speaks in the episode."""
    if author := plan.draft.script.meta.get("author", ""):
        yield author, "author"
    speakers = dict.fromkeys(line.speaker for chapter, _ in plan.chapters for line in chapter.lines if line.speaker)
    yield from ((name, "guest") for name in speakers if name != author)


def _said(plan: EpisodePlan, timeline: Timeline) -> Iterator[tuple[float, float, str, str]]:
    """Yield what is said when, sentence by sentence: what `listen` holds the finished file against."""
    places = (p for p in timeline.placements if p.voice.engine != MUSIC)
    for place, u in zip(places, (u for _, us in plan.chapters for u in us), strict=True):
        yield place.start / timeline.rate_hz, (place.start + place.length) / timeline.rate_hz, u.text, u.kana


def _stored(store: ClipStore, key: str) -> Clip:
    clip = store.get(key)
    if clip is None:
        raise SpeechError(
            "a clip vanished from the store while it was needed", str(store.path(key)), "run the same command again"
        )
    return clip


def _pieces(plan: EpisodePlan, clip_of: Callable[[str], Clip]) -> list[Piece]:
    pieces = []
    for chapter, utterances in plan.chapters:
        for u in utterances:
            clip = clip_of(u.key)
            pieces.append(
                Piece(
                    u.key,
                    len(clip.samples),
                    clip.rate_hz,
                    u.text,
                    u.voice,
                    u.speaker,
                    u.pause_ms,
                    chapter.title,
                    clip.marks,
                    u.breaks,
                )
            )
    return pieces


def _encode(
    config: Config,
    plan: EpisodePlan,
    timeline: Timeline,
    clip_of: Callable[[str], Clip],
    folder: Folder,
    chapters: Sequence[tuple[float, float, str]],
    stem: str,
) -> dict[str, PublishedFile]:
    """Write the episode's audio, a few seconds at a time; gives its files by kind."""
    scratch = folder.root / ".briefing" / f"{plan.slot.guid}.scratch"
    scratch.parent.mkdir(parents=True, exist_ok=True)
    try:
        gains = _encode_under_peak(config, timeline, clip_of, scratch)
        write_tags(scratch, _tags(config, plan, chapters))
        files = {"audio": folder.adopt(scratch, stem, ".mp3")}
        if config.audio.opus_kbps:
            encode_opus(master_pcm(timeline, clip_of, gains), scratch, config.audio.opus_kbps)
            files["opus"] = folder.adopt(scratch, stem, ".opus")
        return files
    finally:
        scratch.unlink(missing_ok=True)


_ROUNDS = 3
_SPARE_DB = 0.1


def _encode_under_peak(config: Config, timeline: Timeline, clip_of: Callable[[str], Clip], scratch: Path) -> Gains:
    """Encode until the decoded file keeps its true peak: nearly always once, else with a lower ceiling. Gives the gains."""
    lower_db = 0.0
    for _ in range(_ROUNDS):
        gains = decide_gains(timeline, clip_of, config.audio, config.music.under_lu, lower_db)
        encode_mp3(master_pcm(timeline, clip_of, gains), scratch, config.audio.bitrate_kbps)
        over_db = decoded_peak_dbtp(scratch, config.audio.peak_dbtp) - config.audio.peak_dbtp
        if over_db <= 0:
            break
        lower_db += over_db + _SPARE_DB
    return gains


def _tags(config: Config, plan: EpisodePlan, chapters: Sequence[tuple[float, float, str]]) -> Tags:
    marks = [(round(start * 1000), round(end * 1000), title) for start, end, title in chapters]
    day, comment = plan.slot.published[:10], "合成音声 (AI-generated speech)"
    picture = small_cover_of(config)
    return Tags(plan.title, config.show.author, config.show.title, plan.number, day, comment, marks, picture)


def _put(folder: Folder, stem: str, ending: str, content: bytes) -> PublishedFile:
    path = f"{stem}.{digest8(content)}{ending}"
    folder.write(path, content)
    mime = "application/json+chapters" if stem.endswith("chapters") else MIMES[ending]
    return PublishedFile(path, len(content), mime)


def _is_there(folder: Folder, episode: Episode) -> bool:
    files = [f for kind, f in episode.files.items() if kind != "page"]
    return all((p := folder.path(f.path)).is_file() and p.stat().st_size == f.size for f in files)


def _summary(plan: EpisodePlan, limit: int = 160) -> str:
    """Give the first sentences of the content, without the opening and the announcement."""
    texts = [u.text for c, us in plan.chapters[:1] for line, u in zip(c.lines, us, strict=False) if line.source]
    out = ""
    for text in texts[2:] or texts:
        if out and len(out) + len(text) > limit:
            break
        out += text if text.endswith(("。", "？", "！", "?", "!")) else f"{text}。"
    return out[:limit]


def _slug(text: str) -> str:
    """Give an ASCII name for files.

    >>> _slug("My 記事_01")
    'my-01'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "episode"


def _report(episode: Episode, changed: bool) -> EpisodeReport:
    audio = episode.files["audio"]
    return EpisodeReport(
        episode.guid,
        episode.title,
        episode.article,
        episode.section,
        audio.path,
        audio.size,
        round(episode.duration_s, 3),
        changed,
    )


def write_show(config: Config, folder: Folder, picture: bytes, episodes: Mapping[str, Episode], show_guid: str) -> None:
    """Write pages and assets, then the older feed pages, feed.xml last."""
    cover_name = f"cover.{digest8(picture)}.jpg"
    show = feed.Show(config.show, show_guid, base_of(config), cover_name)
    everything = list(episodes.values())
    for path, content in pages.assets().items():
        folder.write(path, content)
    for episode in everything:
        folder.write(episode.files["page"].path, pages.episode_page(config.show, episode))
    folder.write("index.html", pages.show_page(config.show, cover_name, everything))
    texts = feed.format_feed(show, everything)
    for path in sorted(texts, key=lambda p: p == "feed.xml"):
        folder.write(path, texts[path])


def base_of(config: Config) -> str:
    """Give the public address, ending in a slash; the local server's when none is configured."""
    return (config.show.base_url or DEFAULT_BASE).rstrip("/") + "/"


def cover_of(config: Config) -> bytes:
    """Give the cover: the user's picture, or a drawn one, which is kept in the cache."""
    if config.show.image:
        return cover.load_cover(show_folder(config) / config.show.image)
    return _cached(
        config,
        f"cover-3-{config.show.title}-{config.show.author}",
        lambda: cover.draw_cover(config.show.title, config.show.author),
    )


def small_cover_of(config: Config) -> bytes:
    """Give the cover for the tags."""
    if config.show.image:
        return cover.load_cover(show_folder(config) / config.show.image, cover.TAG_SIDE)
    title, author = config.show.title, config.show.author
    return _cached(config, f"small-3-{title}-{author}", lambda: cover.draw_cover(title, author, cover.TAG_SIDE))


def _cached(config: Config, name: str, make: Callable[[], bytes]) -> bytes:
    path = config.cache_dir / "covers" / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.jpg"
    if path.is_file():
        return path.read_bytes()
    content = make()
    write_atomically(path, content)
    return content


def _write_text(path: Path, text: str) -> None:
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text.encode())
