"""From clips to episodes: slots in the lock, timeline, mastering, encoding, each episode's files."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path

from briefing.audio.encode import encoder_identity
from briefing.audio.listen import sound_of
from briefing.audio.master import MUSIC
from briefing.audio.tags import Tags, write_tags
from briefing.audio.timeline import Piece, place_clips
from briefing.config import Config, show_folder
from briefing.errors import PublishError, SourceError, SpeechError
from briefing.model import (
    JAPAN,
    Chapter,
    Clip,
    Episode,
    Kind,
    Notice,
    PublishedFile,
    Said,
    Sound,
    Timeline,
    Utterance,
)
from briefing.pipeline.coding import write_mp3, write_opus
from briefing.pipeline.covers import cover_of, own_picture, small_cover_of
from briefing.pipeline.draft import Draft
from briefing.pipeline.music import music_keys, with_music
from briefing.publish import feed
from briefing.publish.chapters import to_chapters_json
from briefing.publish.folder import Folder, digest8, mime_of
from briefing.publish.lock import LOCK_NAME, Lock, Slot, assign_slots, find_lock
from briefing.publish.state import write_said
from briefing.publish.transcripts import to_json, to_srt, to_vtt
from briefing.store import ClipStore


@dataclass(frozen=True, slots=True)
class EpisodePlan:
    """An episode before its audio: which chapters it holds, its slot and its fingerprint; `picture` is its article's own."""

    draft: Draft
    article: str
    chapters: tuple[tuple[Chapter, tuple[Utterance, ...]], ...]
    slot: Slot
    title: str
    season: int
    number: int
    fingerprint: str
    picture: Path | None = None


def plan_episodes(
    config: Config, drafts: Sequence[Draft], folder: Folder, today: date
) -> tuple[list[EpisodePlan], dict[Path, Lock], tuple[Notice, ...]]:
    """Give every episode its slot in the lock, the locks as they must be written, and what is to be told of them."""
    locks: dict[Path, Lock] = {}
    plans: list[EpisodePlan] = []
    notices: list[Notice] = []
    named: dict[str, Path] = {}
    cover_digest = cache(lambda picture: digest8(cover_of(config, picture)))
    for each in drafts:
        path = lock_path(config, each.source, folder.root)
        if path not in locks:
            locks[path], told = find_lock(path, folder.path(".briefing/lock.copy.json"))
            notices += told
        place, article = article_id(config, each.source), each.script.meta.get("id") or article_id(config, each.source)
        if article in named:
            raise SourceError(
                f"has the id of {named[article]}: {article}", str(each.source), "give it another id in its front matter"
            )
        named[article] = each.source
        kind = "#digest" if config.render.minutes else "#article" if config.render.per_article else ""
        locks[path], slots = _take_slots(config, locks[path], each, (place + kind, article + kind), today)
        season = 0 if config.render.per_article else locks[path].numbers[article + kind]
        picture, told = own_picture(config, each)
        notices += told
        first = 1 if season else locks[path].numbers[article + kind]
        for number, ((_, chapters), slot) in enumerate(zip(_episode_groups(config, each), slots, strict=True), first):
            title = slot.shown
            print_of = _fingerprint(
                config, title, chapters, slot, (season, number), cover_digest(picture), each.script.title
            )
            plans.append(EpisodePlan(each, article, chapters, slot, title, season, number, print_of, picture))
    return plans, locks, tuple(notices)


def _take_slots(
    config: Config, lock: Lock, each: Draft, names: tuple[str, str], today: date
) -> tuple[Lock, tuple[Slot, ...]]:
    """Give an article's slots and the lock that holds them; `names`: how the lock may call it so far, and how it does from now on."""
    first = publication_date(each.script.meta.get("date", ""), today)
    titles = [title for title, _ in _episode_groups(config, each)]
    return assign_slots(lock.renamed(*names), names[1], titles, first, config.show.title, each.script.title)


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
    inside = source.resolve().is_relative_to(show_folder(config).resolve())
    return home_lock_path(config) if inside else output / ".briefing" / "lock.json"


def home_lock_path(config: Config) -> Path:
    """Give the place of the lock beside the show's articles."""
    return show_folder(config) / LOCK_NAME


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
        _FORMAT, title, number, slot.guid, slot.published, cover_digest, article, encoder_identity(), repr(config.audio), config.show.title, config.show.author, music,
        [[c.title, [[u.key, u.text, u.speaker, u.pause_ms] for u in us]] for c, us in chapters],
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


_FORMAT = 7  # counts up with every change of what a timeline becomes


def make_episode(config: Config, plan: EpisodePlan, folder: Folder, store: ClipStore) -> tuple[Episode, Sound]:
    """Lay out, master, encode, tag and write one episode; gives how it sounds, too."""
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
    files, sound = _encode(config, plan, timeline, clip_of, store, folder, chapters, f"{stem}/{name}")
    for kind, (base, text) in texts.items():
        files[kind] = _put(folder, f"{stem}/{base}", ".json" if kind == "chapters" else f".{kind}", text.encode())
    if plan.picture:
        files["cover"] = _put(folder, "cover", ".jpg", cover_of(config, plan.picture))
    files["page"] = PublishedFile(f"{stem}/index.html", 0, "text/html")
    credits = tuple(dict.fromkeys(piece.credit for piece in pieces if piece.credit))
    episode = Episode(
        guid=plan.slot.guid, id=stem[2:], title=plan.title, article=plan.article, article_title=plan.draft.script.title,
        section=plan.chapters[0][0].section if len(plan.chapters) == 1 else 0, published=published, duration_s=timeline.duration_s,
        chapters=chapters, summary=_summary(plan), credits=credits, files=files,
        season=plan.season, number=plan.number, persons=tuple(_persons(plan)),
    )  # fmt: skip
    hold_credits(episode)
    write_said(folder, episode.guid, _said(plan, timeline))
    return episode, sound


def hold_credits(episode: Episode) -> None:
    """Raise PublishError when the notes would not show every credit that the episode's voices demand."""
    notes = feed.shown_notes(episode)
    absent = [credit for credit in episode.credits if html.escape(credit) not in notes]
    if absent:
        told = f"「{episode.title}」 would be published without a credit that its voices demand: {absent[0]}"
        hint = "the notes have no room for so many credits: use fewer voices, or render with --episode-per section"
        raise PublishError(told, hint=hint)


def _persons(plan: EpisodePlan) -> Iterator[tuple[str, str]]:
    """Yield who wrote the article, and who speaks in the episode."""
    if author := plan.draft.script.meta.get("author", ""):
        yield author, "author"
    speakers = dict.fromkeys(line.speaker for chapter, _ in plan.chapters for line in chapter.lines if line.speaker)
    yield from ((name, "guest") for name in speakers if name != author)


def _said(plan: EpisodePlan, timeline: Timeline) -> Iterator[Said]:
    """Yield what is said when, sentence by sentence: what `listen` holds the finished file against."""
    places = (p for p in timeline.placements if p.voice.engine != MUSIC)
    for place, u in zip(places, (u for _, us in plan.chapters for u in us), strict=True):
        start, end = place.start, place.start + place.length
        yield Said(start / timeline.rate_hz, end / timeline.rate_hz, u.text, u.kana)


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
                    clip.credit,
                )
            )
    return pieces


def _encode(
    config: Config,
    plan: EpisodePlan,
    timeline: Timeline,
    clip_of: Callable[[str], Clip],
    store: ClipStore,
    folder: Folder,
    chapters: Sequence[tuple[float, float, str]],
    stem: str,
) -> tuple[dict[str, PublishedFile], Sound]:
    """Write the episode's audio; gives its files by kind, and how it sounds."""
    scratch = folder.root / ".briefing" / f"{plan.slot.guid}.scratch"
    scratch.parent.mkdir(parents=True, exist_ok=True)
    try:
        gains, heard = write_mp3(config, timeline, clip_of, store, scratch)
        write_tags(scratch, _tags(config, plan, chapters))
        sound = sound_of(scratch, heard)
        files = {"audio": folder.adopt(scratch, stem, ".mp3")}
        if config.audio.opus_kbps:
            write_opus(config, timeline, clip_of, gains, scratch)
            files["opus"] = folder.adopt(scratch, stem, ".opus")
        return files, sound
    finally:
        scratch.unlink(missing_ok=True)


def _tags(config: Config, plan: EpisodePlan, chapters: Sequence[tuple[float, float, str]]) -> Tags:
    marks = [(round(start * 1000), round(end * 1000), title) for start, end, title in chapters]
    day, comment = plan.slot.published[:10], "合成音声 (AI-generated speech)"
    picture = small_cover_of(config, plan.picture)
    return Tags(plan.title, config.show.author, config.show.title, plan.number, day, comment, marks, picture)


def _put(folder: Folder, stem: str, ending: str, content: bytes) -> PublishedFile:
    path = f"{stem}.{digest8(content)}{ending}"
    folder.write(path, content)
    return PublishedFile(path, len(content), mime_of(path))


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
