"""The one place that knows the order of the stages. Yields events; returns what was made."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache, partial
from pathlib import Path

from briefing import voices
from briefing.audio.edit import speech_to_clip
from briefing.audio.encode import encode_mp3, encoder_identity
from briefing.audio.master import decide_gains, master_pcm
from briefing.audio.tags import Tags, read_facts, write_tags
from briefing.audio.timeline import Piece, place_clips
from briefing.config import Config, user_folder
from briefing.errors import BriefingError, SourceError, SpeechError
from briefing.model import (
    Article,
    Chapter,
    Clip,
    Doubt,
    Dropped,
    Episode,
    Event,
    Kind,
    Line,
    Notice,
    Part,
    PublishedFile,
    Reading,
    Script,
    Source,
    Speech,
    Timeline,
    Utterance,
    VoiceName,
)
from briefing.publish import cover, feed, pages
from briefing.publish.chapters import to_chapters_json
from briefing.publish.check import CheckReport, check_folder
from briefing.publish.download import download_feed
from briefing.publish.folder import MIMES, Folder, digest8, run_lock
from briefing.publish.lock import Lock, Slot, assign_slots, format_lock, read_lock
from briefing.publish.state import State, read_state, write_state
from briefing.publish.transcripts import to_json, to_srt, to_vtt
from briefing.reading import (
    Lexicon,
    built_in_lexicon,
    format_lexicon,
    format_voicevox,
    given_readings,
    layered,
    parse_pairs,
    plain_kana,
    read_lexicon,
    read_sentence,
    read_voicevox,
)
from briefing.reading.kana import split_morae
from briefing.script import NAMES, find_dropped, find_structure, format_script, narrate, parse_script, script_path
from briefing.sources import ENDINGS, read_source
from briefing.store import ClipStore, clip_key, write_atomically
from briefing.work import run_tasks

JAPAN = timezone(timedelta(hours=9))
DEFAULT_BASE = "http://127.0.0.1:8000/"
Progress = Generator[Event, None, "RenderReport"]


@dataclass(frozen=True, slots=True)
class Draft:
    """An article with everything that is known before anything is spoken."""

    source: Path
    article: Article
    script: Script
    utterances: tuple[tuple[Utterance, ...], ...]
    silent: tuple[Dropped, ...] = ()


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
    written: int = field(default=0)


# --- the way of the data ---


def render(config: Config, sources: Sequence[Path], today: date, force: bool = False) -> Progress:
    """Turn articles into episodes and a feed below the output folder.

    Yields progress. Raises BriefingError; clips that were spoken are kept, so that the next run goes on from there.
    """
    began = time.monotonic()
    folder = Folder(Path(config.render.output))
    with run_lock(folder.root / ".briefing" / "run.lock"):
        drafts: list[Draft] = []
        for path in sources:
            yield Event("read", len(drafts), len(sources), path.name)
            drafts.append(draft(config, path))
        store = ClipStore(config.cache_dir / "clips")
        clips = yield from speak(config, drafts, store, force)
        made = yield from publish(config, drafts, folder, store, today, force)
    dropped = tuple(d for each in drafts for d in (*each.script.dropped, *each.silent))
    notices = tuple(n for each in drafts for n in each.script.notices)
    audio_s = round(sum(e.duration_s for e in made), 3)
    return RenderReport(
        str(folder.root),
        "feed.xml",
        made,
        clips,
        audio_s,
        round(time.monotonic() - began, 3),
        dropped,
        notices,
        folder.written,
    )


def draft(config: Config, path: Path) -> Draft:
    """Read, structure, write and pronounce one article."""
    source = read_source(path)
    article = find_structure(source)
    script = script_for(config, path, article)
    if not script.chapters:
        raise SourceError(
            "holds nothing to narrate", str(path), "look at `briefing inspect` to see how its lines were taken"
        )
    lexicon = lexicon_for(config, source)
    utterances = tuple(pronounce(config, script, chapter, lexicon) for chapter in script.chapters)
    return Draft(
        path,
        article,
        script,
        tuple(tuple(u for u in us if u.kana) for us in utterances),
        _silent_lines(script, utterances),
    )


def script_for(config: Config, path: Path, article: Article) -> Script:
    """Give the article's script: the user's file when there is one that belongs to this source, else the rules'."""
    base = narrate(article, config.script, config.render.episode_per == "section")
    file = script_path(path)
    if not file.is_file():
        return base
    text = read_source(file).text
    if f"source_hash: {_digest_of(article.source)}" not in text:
        notice = Notice(
            str(file),
            1,
            "belongs to an older version of its source and is left aside; write it anew with `briefing script`",
        )
        return replace(base, notices=(*base.notices, notice))
    edited = parse_script(text, str(file), base)
    return replace(edited, dropped=find_dropped(article, edited.chapters))


def _digest_of(source: Source) -> str:
    return hashlib.sha256(source.text.encode()).hexdigest()[:16]


def lexicon_for(config: Config, source: Source | None = None) -> Lexicon:
    """Give the layers of readings, the nearest first: the article's ruby, its front matter, the show's, the user's, ours."""
    files = (show_folder(config) / "readings.csv", user_folder() / "readings.csv")
    own = [parse_pairs(given_readings(source.text), source.origin), _front_matter_lexicon(source)] if source else []
    return layered([*own, *(read_lexicon(f) for f in files if f.is_file()), _built_in()])


def _front_matter_lexicon(source: Source) -> Lexicon:
    rows = [
        re.split(r"\s*[:：]\s*", row.lstrip("- "), maxsplit=1) for row in source.meta.get("readings", "").split("\n")
    ]
    return parse_pairs(
        {row[0].strip("\"'"): row[-1].strip("\"'") for row in rows if row != [""]}, f"{source.origin} (readings)"
    )


@lru_cache(maxsize=1)
def _built_in() -> Lexicon:
    return built_in_lexicon()


def show_folder(config: Config) -> Path:
    """Give the folder of the show's articles: where its configuration lies."""
    return config.file.parent if config.file and config.file.parent.name else Path("content")


def pronounce(config: Config, script: Script, chapter: Chapter, lexicon: Lexicon) -> tuple[Utterance, ...]:
    """Give each line of a chapter its reading, its voice and its clip's key. A line without anything to say has no kana."""
    return tuple(_utterance(config, script, line, read_sentence(line.text, lexicon)) for line in chapter.lines)


def _utterance(config: Config, script: Script, line: Line, reading: Reading) -> Utterance:
    voice = _voice_of(config, line.part)
    kana = reading.kana if split_morae(reading.kana) else ""
    key = clip_key(_identity(voice), kana, config.voices.speed, config.pauses.comma)
    where = f"{script.source}:{line.source[0]}" if line.source else script.source
    speaker = line.speaker or NAMES[line.part]
    return Utterance(
        reading.text,
        kana,
        voice,
        config.voices.speed,
        key,
        where,
        config.pauses.after(line.pause),
        speaker,
        config.pauses.comma,
    )


def _voice_of(config: Config, part: Part) -> VoiceName:
    return voices.resolve(config.voice_of(part), list(Part).index(part))


@lru_cache(maxsize=64)
def _identity(voice: VoiceName) -> str:
    return voices.engine_of(voice.engine).identity(voice.speaker)


def _silent_lines(script: Script, utterances: Sequence[Sequence[Utterance]]) -> tuple[Dropped, ...]:
    """List source lines of which nothing can be said (an emoji, a row of dots)."""
    said: set[int] = set()
    unsaid: set[int] = set()
    for chapter, spoken in zip(script.chapters, utterances, strict=True):
        for line, utterance in zip(chapter.lines, spoken, strict=True):
            (said if utterance.kana else unsaid).update(line.source)
    return tuple(Dropped(script.source, n, "nothing to say") for n in sorted(unsaid - said))


# --- speaking ---


def speak(
    config: Config, drafts: Sequence[Draft], store: ClipStore, force: bool
) -> Generator[Event, None, Mapping[str, int]]:
    """Make every clip that the store lacks, longest first. Raises SpeechError that tells all sentences that failed."""
    wanted = {u.key: u for each in drafts for chapter in each.utterances for u in chapter}
    missing = [u for key, u in wanted.items() if force or store.get(key) is None]
    missing.sort(key=lambda u: -len(u.kana))
    jobs = config.render.jobs if all(_is_offline(u.voice) for u in missing) else 1  # one connection, politely
    failed: list[BriefingError] = []
    kept = 0
    yield Event("speak", 0, len(missing), f"{len(wanted) - len(missing)} cached")
    for done, (utterance, outcome) in enumerate(run_tasks(partial(speak_one, store), missing, jobs), 1):
        if isinstance(outcome, BriefingError):
            failed.append(placed(outcome, utterance))
            if len(failed) == done == _HOPELESS:
                break
        kept += not isinstance(outcome, BriefingError)
        yield Event("speak", done, len(missing), utterance.text)
    if failed:
        raise SpeechError(
            f"{len(failed)} of {len(wanted)} sentences could not be spoken:\n" + "\n".join(str(e) for e in failed[:20]),
            hint=f"{kept} new clips are kept; mend what is named above and run the same command again to go on from there",
        )
    return {"total": len(wanted), "synthesised": len(missing), "cached": len(wanted) - len(missing)}


_HOPELESS = 3  # when the very first sentences all fail, the voice is out of reach: the others are not tried


def placed(error: BriefingError, utterance: Utterance) -> BriefingError:
    """Give the error with the place of the sentence in the user's file and its first words."""
    return SpeechError(f"{error.message} 「{utterance.text[:30]}」 ({utterance.voice})", utterance.where, error.hint)


def speak_one(store: ClipStore, utterance: Utterance) -> str:
    """Speak one sentence into the store; runs in a worker process. Raises SpeechError."""
    voice = _open_voice(utterance.voice)
    lost = voice.uncovered(utterance.kana)
    if lost:
        raise SpeechError(f"this voice cannot say {lost!r}", hint="give a reading in readings.csv")
    speech = voice.speak(utterance.kana, utterance.speed)
    store.put(speech_to_clip(speech, utterance.key, utterance.kana, utterance.comma_ms, _credit_of(utterance.voice)))
    return utterance.key


_open_voice = lru_cache(maxsize=8)(voices.open_voice)


def _is_offline(voice: VoiceName) -> bool:
    return any(i.offline for i in voices.engine_of(voice.engine).describe() if i.name == voice)


@lru_cache(maxsize=64)
def _credit_of(voice: VoiceName) -> str:
    return next((i.credit for i in voices.engine_of(voice.engine).describe() if i.name == voice), "")


def say(config: Config, text: str) -> Speech:
    """Speak one line with the narrator's voice."""
    reading = read_sentence(text, lexicon_for(config))
    if not split_morae(reading.kana):
        raise SpeechError("there is nothing to say", hint="give a text with words in it")
    voice = _open_voice(_voice_of(config, Part.NARRATOR))
    speech = voice.speak(reading.kana, config.voices.speed)
    clip = speech_to_clip(speech, "say", reading.kana, config.pauses.comma)
    return Speech(clip.samples, clip.rate_hz, clip.marks)


# --- publishing ---


@dataclass(frozen=True, slots=True)
class _Plan:
    """An episode before its audio: which chapters it holds, its slot and its fingerprint."""

    draft: Draft
    article: str
    chapters: tuple[tuple[Chapter, tuple[Utterance, ...]], ...]
    slot: Slot
    title: str
    number: int
    fingerprint: str


def publish(
    config: Config, drafts: Sequence[Draft], folder: Folder, store: ClipStore, today: date, force: bool
) -> Generator[Event, None, tuple[EpisodeReport, ...]]:
    """Assemble, encode and write what changed; the feed last."""
    state = read_state(folder.root / ".briefing" / "episodes.json")
    picture = cover_of(config)
    folder.write(f"cover.{digest8(picture)}.jpg", picture)
    plans, locks = plan_episodes(config, drafts, folder, today, digest8(picture))
    reports, episodes = [], dict(state.episodes)
    for index, plan in enumerate(plans):
        yield Event("publish", index, len(plans), plan.title)
        known = state.episodes.get(plan.slot.guid)
        keeps = (
            known is not None
            and not force
            and state.fingerprints.get(plan.slot.guid) == plan.fingerprint
            and _is_there(folder, known)
        )
        episode = known if keeps and known else make_episode(config, plan, folder, store, picture)
        episodes[episode.guid] = episode
        reports.append(
            _report(episode, changed=known is None or episode.files["audio"].path != known.files["audio"].path)
        )
    prints = dict(state.fingerprints) | {p.slot.guid: p.fingerprint for p in plans}
    articles = {p.article for p in plans}
    current = {p.slot.guid for p in plans}
    gone = {g for g, e in episodes.items() if e.article in articles and g not in current}
    kept = {g: e for g, e in episodes.items() if g not in gone}
    yield Event("publish", len(plans), len(plans), "feed.xml")
    write_show(config, folder, picture, kept, next(iter(locks.values())).show if locks else "")
    for path, lock in locks.items():
        _write_text(path, format_lock(lock))
    write_state(
        folder.root / ".briefing" / "episodes.json", State(kept, {g: f for g, f in prints.items() if g in kept})
    )
    return tuple(reports)


def plan_episodes(
    config: Config, drafts: Sequence[Draft], folder: Folder, today: date, cover_digest: str
) -> tuple[list[_Plan], dict[Path, Lock]]:
    """Give every episode its slot in the lock, and the locks as they must be written."""
    locks: dict[Path, Lock] = {}
    plans = []
    titles_seen: set[str] = set()
    for each in drafts:
        path = lock_path(config, each.source, folder.root)
        lock = locks.get(path) or read_lock(path)
        groups = _episode_groups(config, each)
        article = article_id(config, each.source)
        entry = article + ("" if config.render.episode_per == "section" else "#article")
        first = publication_date(each.script.meta.get("date", ""), today)
        locks[path], slots = assign_slots(lock, entry, [title for title, _ in groups], first, config.show.title)
        for number, ((title, chapters), slot) in enumerate(zip(groups, slots, strict=True), 1):
            unique = title if title not in titles_seen else f"{title}（{each.script.title}）"
            titles_seen.add(unique)
            print_of = _fingerprint(config, unique, chapters, slot, number, cover_digest, each.script.title)
            plans.append(_Plan(each, article, chapters, slot, unique, number, print_of))
    return plans, locks


def _episode_groups(config: Config, each: Draft) -> list[tuple[str, tuple[tuple[Chapter, tuple[Utterance, ...]], ...]]]:
    pairs = tuple((c, us) for c, us in zip(each.script.chapters, each.utterances, strict=True) if us)
    if config.render.episode_per == "article":
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
    number: int,
    cover_digest: str,
    article: str,
) -> str:
    """Give the mark of everything that an episode's files depend on."""
    content = [
        _FORMAT, title, number, slot.guid, slot.published, cover_digest, article, encoder_identity(), repr(config.audio), repr(config.show),
        [[c.title, [[u.key, u.text, u.speaker, u.pause_ms] for u in us]] for c, us in chapters],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


_FORMAT = 1


def make_episode(config: Config, plan: _Plan, folder: Folder, store: ClipStore, picture: bytes) -> Episode:
    """Lay out, master, encode, tag and write one episode."""
    clip_of = lru_cache(maxsize=64)(partial(_stored, store))
    timeline = place_clips(_pieces(plan, clip_of), config.audio.lead_ms, config.audio.tail_ms)
    chapters = tuple((m.start / timeline.rate_hz, m.end / timeline.rate_hz, m.title) for m in timeline.chapters)
    published = datetime.fromisoformat(plan.slot.published)
    name = f"{_slug(plan.draft.source.stem)}-{plan.number:02}"
    stem = f"e/{plan.slot.guid.replace('-', '')[:12]}"
    audio = _encode(config, plan, timeline, clip_of, folder, chapters, published)
    texts = {
        "vtt": ("transcript", to_vtt(timeline.cues, timeline.rate_hz)),
        "srt": ("transcript", to_srt(timeline.cues, timeline.rate_hz)),
        "json": ("transcript", to_json(timeline.cues, timeline.rate_hz)),
        "chapters": ("chapters", to_chapters_json(chapters, plan.title)),
    }
    files = {"audio": _put(folder, f"{stem}/{name}", ".mp3", audio)}
    for kind, (base, text) in texts.items():
        files[kind] = _put(folder, f"{stem}/{base}", ".json" if kind == "chapters" else f".{kind}", text.encode())
    files["page"] = PublishedFile(f"{stem}/index.html", 0, "text/html")
    lines = tuple((c.start / timeline.rate_hz, c.end / timeline.rate_hz, c.speaker, c.text) for c in timeline.cues)
    credits = tuple(dict.fromkeys(_credit_of(p.voice) for p in timeline.placements if _credit_of(p.voice)))
    return Episode(
        guid=plan.slot.guid, id=stem[2:], title=plan.title, article=plan.article, article_title=plan.draft.script.title,
        section=plan.chapters[0][0].section if len(plan.chapters) == 1 else 0, published=published, duration_s=timeline.duration_s,
        chapters=chapters, lines=lines, summary=_summary(plan), credits=credits, files=files,
    )  # fmt: skip


def _stored(store: ClipStore, key: str) -> Clip:
    clip = store.get(key)
    if clip is None:
        raise SpeechError(
            "a clip vanished from the store while it was needed", str(store.path(key)), "run the same command again"
        )
    return clip


def _pieces(plan: _Plan, clip_of: Callable[[str], Clip]) -> list[Piece]:
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
                )
            )
    return pieces


def _encode(
    config: Config,
    plan: _Plan,
    timeline: Timeline,
    clip_of: Callable[[str], Clip],
    folder: Folder,
    chapters: Sequence[tuple[float, float, str]],
    published: datetime,
) -> bytes:
    gains = decide_gains(timeline, clip_of, config.audio.loudness_lufs, config.audio.peak_dbtp)
    scratch = folder.root / ".briefing" / f"{plan.slot.guid}.mp3"
    scratch.parent.mkdir(parents=True, exist_ok=True)
    try:
        encode_mp3(master_pcm(timeline, clip_of, gains), scratch, config.audio.bitrate_kbps)
        marks = [(round(start * 1000), round(end * 1000), title) for start, end, title in chapters]
        comment = "合成音声 (AI-generated speech)"
        tags = Tags(
            plan.title,
            config.show.author,
            config.show.title,
            plan.number,
            published.date().isoformat(),
            comment,
            marks,
            small_cover_of(config),
        )
        write_tags(scratch, tags)
        return scratch.read_bytes()
    finally:
        scratch.unlink(missing_ok=True)


def _put(folder: Folder, stem: str, ending: str, content: bytes) -> PublishedFile:
    path = f"{stem}.{digest8(content)}{ending}"
    folder.write(path, content)
    mime = "application/json+chapters" if stem.endswith("chapters") else MIMES[ending]
    return PublishedFile(path, len(content), mime)


def _is_there(folder: Folder, episode: Episode) -> bool:
    files = [f for kind, f in episode.files.items() if kind != "page"]
    return all((p := folder.path(f.path)).is_file() and p.stat().st_size == f.size for f in files)


def _summary(plan: _Plan, limit: int = 160) -> str:
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


# --- before rendering ---


def find_sources(paths: Sequence[Path], config: Config) -> list[Path]:
    """Give the article files of files and folders, in order. Raises SourceError when there is none."""
    found: list[Path] = []
    for path in paths or [show_folder(config)]:
        if path.is_dir():
            inside = sorted(
                p for p in path.rglob("*") if p.suffix.lower() in ENDINGS and not _is_ours(p.relative_to(path))
            )
            if not inside:
                raise SourceError(
                    "holds no article",
                    str(path),
                    f"put a file there that ends in {', '.join(ENDINGS)}, or run `briefing init`",
                )
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise SourceError("no such file or folder", str(path), "check the name; `briefing init` starts a new show")
    return list(dict.fromkeys(found))


def _is_ours(path: Path) -> bool:
    return (
        path.name.endswith(".script.md")
        or path.name.lower().startswith("readme.")
        or any(p.startswith(".") for p in path.parts)
    )


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What a render would make: the document of `plan --json`."""

    episodes: int
    characters: int
    morae: int
    audio_s: float
    clips: Mapping[str, int]
    synthesis_s: float
    bytes: int
    cost: float
    dropped: tuple[Dropped, ...] = ()


# Morae a second and seconds of work a second of speech on one core, measured by scripts/bench.
_PACE = {"kokoro": (7.4, 0.6), "openjtalk": (7.3, 0.06), "gtts": (6.5, 0.3), "tone": (7.1, 0.01)}


def plan(config: Config, sources: Sequence[Path]) -> PlanReport:
    """Tell what a render would make, without writing anything."""
    drafts = [draft(config, path) for path in sources]
    store = ClipStore(config.cache_dir / "clips")
    spoken = [u for each in drafts for us in each.utterances for u in us]
    unique = {u.key: u for u in spoken}
    new = [u for key, u in unique.items() if key not in store]
    per_article = config.render.episode_per == "article"
    episodes = len(drafts) if per_article else sum(len(d.script.chapters) for d in drafts)
    ends_s = episodes * (config.audio.lead_ms + config.audio.tail_ms) / 1000
    audio_s = sum(_speech_s(u) + u.pause_ms / 1000 for u in spoken) + ends_s
    work_s = sum(_speech_s(u) * _PACE.get(u.voice.engine, (7.0, 1.0))[1] for u in new)
    return PlanReport(
        episodes,
        sum(len(u.text) for u in spoken),
        sum(len(split_morae(u.kana)) for u in spoken),
        round(audio_s, 1),
        {"total": len(unique), "new": len(new), "cached": len(unique) - len(new)},
        round(work_s, 1),
        round(audio_s * config.audio.bitrate_kbps * 125),
        0,
        tuple(d for each in drafts for d in (*each.script.dropped, *each.silent)),
    )


def _speech_s(utterance: Utterance) -> float:
    pace, _ = _PACE.get(utterance.voice.engine, (7.0, 1.0))
    return len(split_morae(utterance.kana)) / (pace * utterance.speed)


def script_text(config: Config, path: Path) -> str:
    """Give the narrated script of an article as an editable file."""
    article = find_structure(read_source(path))
    return format_script(narrate(article, config.script, config.render.episode_per == "section"), article.source.text)


def utc_today(epoch: str) -> date:
    """Give today, or the day that SOURCE_DATE_EPOCH names (reproducible-builds.org)."""
    return datetime.fromtimestamp(int(epoch), UTC).date() if epoch.isdigit() else datetime.now(JAPAN).date()


# --- readings, check, doctor ---


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it will be said."""

    file: str
    line: int
    text: str
    kana: str
    doubts: tuple[Doubt, ...]


def readings_of(config: Config, path: Path) -> tuple[ReadLine, ...]:
    """Give what will be said of an article, line by line."""
    source = read_source(path)
    script = script_for(config, path, find_structure(source))
    lexicon = lexicon_for(config, source)
    out = []
    for line in (each for chapter in script.chapters for each in chapter.lines):
        reading = read_sentence(line.text, lexicon, with_second_opinion=True)
        out.append(
            ReadLine(
                script.source,
                line.source[0] if line.source else 0,
                reading.text,
                plain_kana(reading.kana),
                reading.doubts,
            )
        )
    return tuple(out)


def import_voicevox(config: Config, path: Path) -> tuple[Path, int]:
    """Put the words of a VOICEVOX user dictionary into the show's list; words that are there already stay. Gives the list and how many are new."""
    file = show_folder(config) / "readings.csv"
    there = read_lexicon(file) if file.is_file() else Lexicon()
    both = there.over(read_voicevox(path))
    if len(both.entries) > len(there.entries):
        new = Lexicon({k: e for k, e in both.entries.items() if k not in there.entries})
        old = file.read_text(encoding="utf-8-sig").rstrip("\n") + "\n" if file.is_file() else ""
        rows = format_lexicon(new) if not old else format_lexicon(new).partition("\n")[2]
        write_atomically(file, (old + rows).encode())
    return file, len(both.entries) - len(there.entries)


def export_voicevox(config: Config, path: Path) -> int:
    """Write the show's list as a VOICEVOX user dictionary. Gives the number of words."""
    file = show_folder(config) / "readings.csv"
    lexicon = read_lexicon(file) if file.is_file() else Lexicon()
    write_atomically(path, format_voicevox(lexicon).encode())
    return len(lexicon.entries)


def read_lines(config: Config, texts: Iterable[str]) -> Iterator[str]:
    """Give one line of katakana for each sentence."""
    lexicon = lexicon_for(config)
    for text in texts:
        yield plain_kana(read_sentence(text, lexicon).kana)


def check(where: str) -> CheckReport:
    """Check a folder, or the folder behind an address. Raises PublishError when there is nothing to check."""
    if not re.match(r"https?://", where):
        return check_folder(Path(where), read_facts)
    with tempfile.TemporaryDirectory() as scratch:
        download_feed(where, Path(scratch))
        return check_folder(Path(scratch), read_facts)


def examine(config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield what is needed: its name, what is wrong with it (or nothing) and the remedy."""
    for part in Part:
        name = config.voice_of(part)
        try:
            info = next(
                i
                for i in voices.engine_of(name.engine).describe()
                if i.name == voices.resolve(name, list(Part).index(part))
            )
            yield (
                f"voice of the {part.value}: {info.name}",
                "" if info.available else "its package is missing",
                info.remedy,
            )
        except BriefingError as error:
            yield f"voice of the {part.value}: {name}", error.message, error.hint
    try:
        lexicon_for(config)
        yield "reading lists", "", ""
    except BriefingError as error:
        yield "reading lists", str(error), error.hint
    for label, folder in (("cache folder", config.cache_dir), ("output folder", Path(config.render.output))):
        nearest = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
        yield (
            f"{label} {folder}",
            "" if os.access(nearest, os.W_OK) else "cannot be written",
            "change its permissions or name another",
        )
