"""From an article to what will be said: read, structure, write, pronounce."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from briefing import voices
from briefing.config import Config, user_folder
from briefing.errors import SourceError
from briefing.model import (
    Article,
    Chapter,
    Dropped,
    Event,
    Line,
    Notice,
    Part,
    Reading,
    Script,
    Source,
    Utterance,
    VoiceName,
)
from briefing.pipeline.writing import Desk, write_script
from briefing.reading import (
    Lexicon,
    built_in_lexicon,
    given_readings,
    layered,
    parse_pairs,
    read_lexicon,
    read_sentence,
    without_ruby,
)
from briefing.reading.kana import split_morae
from briefing.script import (
    NAMES,
    find_dropped,
    find_structure,
    format_script,
    merge_scripts,
    narrate,
    parse_script,
    script_path,
    source_digest,
)
from briefing.sources import ENDINGS, fetch_page, read_source
from briefing.store import clip_key, write_atomically
from briefing.writers import NOTHING, Estimate


@dataclass(frozen=True, slots=True)
class Draft:
    """An article with everything that is known before anything is spoken. `unasked`: what a model would still have to write."""

    source: Path
    article: Article
    script: Script
    utterances: tuple[tuple[Utterance, ...], ...]
    silent: tuple[Dropped, ...] = ()
    unasked: Estimate = NOTHING


def find_sources(named: Sequence[str], config: Config) -> list[Path]:
    """Give the article files of files, folders and addresses, in order. Raises SourceError when there is none."""
    found: list[Path] = []
    for name in named or [str(show_folder(config))]:
        path = Path(name)
        if re.match(r"https?://", name):
            found.append(fetch_page(name, config.cache_dir / "pages", config.render.allow_private))
        elif path.is_dir():
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


def draft(config: Config, path: Path, desk: Desk | None) -> Generator[Event, None, Draft]:
    """Read, structure, write and pronounce one article. Without a desk the rules write."""
    source = read_source(path)
    article = find_structure(source)
    script, unasked = yield from script_for(config, path, article, desk)
    if not script.chapters:
        raise SourceError(
            "holds nothing to narrate", str(path), "look at `briefing inspect` to see how its lines were taken"
        )
    lexicon = lexicon_for(config, source)
    utterances = tuple(pronounce(config, script, chapter, lexicon, source) for chapter in script.chapters)
    return Draft(
        path,
        article,
        _with_plain_titles(script),
        tuple(tuple(u for u in us if u.kana) for us in utterances),
        _silent_lines(script, utterances, source),
        unasked,
    )


def _with_plain_titles(script: Script) -> Script:
    """Take the marks of readings out of what listeners see in lists."""
    chapters = tuple(replace(chapter, title=without_ruby(chapter.title)) for chapter in script.chapters)
    return replace(script, title=without_ruby(script.title), chapters=chapters)


def script_for(
    config: Config, path: Path, article: Article, desk: Desk | None
) -> Generator[Event, None, tuple[Script, Estimate]]:
    """Give the article's script, and what a model would still have to write of it.

    The script is the rules' or the model's, with what the user edited in the script file beside the source. Where that file
    belongs to its source nothing is asked: it is what is spoken.
    """
    rules = narrate(article, config.script, config.render.episode_per == "section")
    file = script_path(path)
    if not file.is_file():
        return (yield from write_script(desk, article, rules))
    text = read_source(file).text
    known = re.search(r"^source_hash: ([0-9a-f]{16})$", text, re.MULTILINE)
    digest = known[1] if known else ""
    if digest == source_digest(article.source.text):
        remembered, _ = yield from write_script(desk and desk.without_asking(), article, rules)
        edited = parse_script(text, str(file), replace(remembered, notices=rules.notices))
        return replace(edited, dropped=find_dropped(article, edited.chapters)), NOTHING
    base, unasked = yield from write_script(desk, article, rules)
    return _merged_script(config, file, text, digest, article, base), unasked


def _merged_script(config: Config, file: Path, text: str, digest: str, article: Article, base: Script) -> Script:
    """Carry edits of an older version's script over to the source as it is now."""
    memory = _script_memory(config, digest)
    if not memory.is_file():
        told = "belongs to an older version of its source and is left aside; write it anew with `briefing script`"
        return replace(base, notices=(*base.notices, Notice(str(file), 1, told)))
    old = parse_script(memory.read_text(encoding="utf-8"), str(file), base)
    merged, lost = merge_scripts(old, parse_script(text, str(file), base), base)
    rows = text.split("\n")
    notices = tuple(
        Notice(
            str(file),
            next((n for n, row in enumerate(rows, 1) if line.text in row), 1),
            f"is not used: its source line has changed: 「{line.text[:40]}」",
        )
        for line in lost
    )
    told = "the source has changed since; edits of lines that are still there are used. `briefing script --force` writes it anew"
    notices = (Notice(str(file), 1, told), *notices)
    return replace(merged, dropped=find_dropped(article, merged.chapters), notices=(*base.notices, *notices))


def _script_memory(config: Config, digest: str) -> Path:
    """Give the place where the script as written of a version of a source is kept, so that edits can be told from changes."""
    return config.cache_dir / "scripts" / f"{digest or 'none'}.md"


def script_text(
    config: Config, path: Path, desk: Desk | None
) -> Generator[Event, None, tuple[str, tuple[Notice, ...]]]:
    """Give the narrated script of an article as an editable file, remembered, and what the user should look at."""
    article = find_structure(read_source(path))
    rules = narrate(article, config.script, config.render.episode_per == "section")
    script, _ = yield from write_script(desk, article, rules)
    text = format_script(script, article.source.text)
    write_atomically(_script_memory(config, source_digest(article.source.text)), text.encode())
    return text, script.notices


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


def pronounce(
    config: Config, script: Script, chapter: Chapter, lexicon: Lexicon, source: Source
) -> tuple[Utterance, ...]:
    """Give each line of a chapter its reading, its voice and its clip's key. A line without anything to say has no kana."""
    return tuple(_utterance(config, source, line, read_sentence(line.text, lexicon)) for line in chapter.lines)


def _utterance(config: Config, source: Source, line: Line, reading: Reading) -> Utterance:
    voice = voice_of(config, line.part)
    kana = reading.kana if split_morae(reading.kana) else ""
    key = clip_key(_identity(voice), kana, config.voices.speed, config.pauses.comma)
    where = f"{source.origin}:{source.place(line.source[0])}" if line.source else source.origin
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


def voice_of(config: Config, part: Part) -> VoiceName:
    """Give the voice that speaks a part, its speaker named."""
    return voices.resolve(config.voice_of(part), list(Part).index(part))


@lru_cache(maxsize=64)
def _identity(voice: VoiceName) -> str:
    return voices.engine_of(voice.engine).identity(voice.speaker)


def _silent_lines(script: Script, utterances: Sequence[Sequence[Utterance]], source: Source) -> tuple[Dropped, ...]:
    """List source lines of which nothing can be said (an emoji, a row of dots)."""
    said: set[int] = set()
    unsaid: set[int] = set()
    for chapter, spoken in zip(script.chapters, utterances, strict=True):
        for line, utterance in zip(chapter.lines, spoken, strict=True):
            (said if utterance.kana else unsaid).update(line.source)
    return tuple(Dropped(script.source, source.place(n), "nothing to say") for n in sorted(unsaid - said))
