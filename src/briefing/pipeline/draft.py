"""From an article to what will be said: read, structure, write, pronounce."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from briefing.config import Config
from briefing.errors import SourceError
from briefing.files import write_atomically
from briefing.model import (
    Article,
    Dropped,
    Event,
    Notice,
    Script,
    Utterance,
)
from briefing.pipeline.cast import cast_of, speakers_of
from briefing.pipeline.pronouncing import Ahead, Pronouncer
from briefing.pipeline.writing import Desk, write_script
from briefing.reading import (
    without_ruby,
)
from briefing.script import (
    Coverage,
    Delivery,
    ScriptFile,
    cast_speakers,
    find_structure,
    format_script,
    hold_fidelity,
    measure_coverage,
    merge_scripts,
    narrate,
    parse_script,
    script_path,
    shorten,
    source_digest,
    with_digest_coverage,
    with_edits_told,
)
from briefing.sources import read_source
from briefing.work import give_back_pages
from briefing.writers import NOTHING, Estimate


@dataclass(frozen=True, slots=True)
class Draft:
    """An article with everything that is known before anything is spoken. `silent` are lines of which nothing can be said (an emoji).

    `unasked` is what a model would still have to write.
    """

    source: Path
    article: Article
    script: Script
    utterances: tuple[tuple[Utterance, ...], ...]
    silent: tuple[int, ...] = ()
    unasked: Estimate = NOTHING

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """Every line of the source that is not spoken."""
        source = self.article.source
        silent = (Dropped(source.origin, source.place(n), "nothing to say", "empty") for n in self.silent)
        return (*self.script.dropped, *source.left_out, *silent)

    @property
    def coverage(self) -> Coverage:
        """What becomes of the article's characters."""
        return measure_coverage(self.script, self.article, self.silent)


def total_coverage(drafts: Sequence[Draft]) -> Coverage:
    """Add up what becomes of the characters of several articles."""
    every = [each.coverage for each in drafts]
    return Coverage(*(sum(getattr(c, f.name) for c in every) for f in fields(Coverage)))


def draft(
    config: Config, path: Path, desk: Desk | None, remembers: bool = False, ahead: Ahead | None = None
) -> Generator[Event, None, Draft]:
    """Read, structure, write and pronounce one article. Without a desk the rules write. `remembers`: its readings are kept.

    `ahead` is given what was never read before, where all of the rules' script will be spoken.
    """
    source = read_source(path, config.render.encoding)
    article = find_structure(source)
    is_whole = desk is None and not config.render.minutes
    speech = Pronouncer(config, source, ahead if is_whole else None)
    whole, unasked = yield from script_for(config, path, article, desk, speech)
    script = _shortened(config, article, whole, speech)
    if not script.chapters:
        raise SourceError(
            "holds nothing to narrate", str(path), "look at `briefing inspect` to see how its lines were taken"
        )
    cast = cast_of(config, speakers_of(line for chapter in script.chapters for line in chapter.lines))
    give_back_pages()
    spoken = tuple(tuple(speech.utterance(line, cast) for line in chapter.lines) for chapter in script.chapters)
    if remembers:
        speech.remember()
    return Draft(
        path,
        article,
        _with_plain_titles(script),
        tuple(tuple(u for u in us if u.kana) for us in spoken),
        _silent_lines(script, spoken),
        unasked,
    )


def _with_plain_titles(script: Script) -> Script:
    """Take the marks of readings out of what listeners see in lists."""
    chapters = tuple(replace(chapter, title=without_ruby(chapter.title)) for chapter in script.chapters)
    return replace(script, title=without_ruby(script.title), chapters=chapters)


def script_for(
    config: Config, path: Path, article: Article, desk: Desk | None, speech: Pronouncer | None = None
) -> Generator[Event, None, tuple[Script, Estimate]]:
    """Give the article's script, and what a model would still have to write of it.

    The script is the rules' or the model's, with what the user edited in the script file beside the source. Where that file
    belongs to its source nothing is asked: it is what is spoken.
    """
    delivery = _delivery(config, article, speech)
    rules = _told(config, article, delivery)
    beside = script_path(path)
    if not beside.is_file():
        return (yield from write_script(config, desk, article, rules, delivery))
    file = ScriptFile(str(beside), read_source(beside).text)
    if file.source_digest == source_digest(article.source.text):
        remembered, _ = yield from write_script(config, desk and desk.without_asking(), article, rules, delivery)
        base, unasked = replace(remembered, notices=rules.notices), NOTHING
        edited = parse_script(file, base)
    else:
        base, unasked = yield from write_script(config, desk, article, rules, delivery)
        edited = _merged_script(config, file, base)
    return with_edits_told(edited, base, article, config.script, file, without_ruby), unasked


def _told(config: Config, article: Article, delivery: Delivery) -> Script:
    """Give the script of the rules, held against its article."""
    rules = narrate(article, config.script, delivery)
    give_back_pages()  # lengths were predicted with the readings' dictionary; words are compared with the other
    hold_fidelity(rules, article, config.script)
    return rules


def _shortened(config: Config, article: Article, script: Script, speech: Pronouncer) -> Script:
    """Give a digest when one is asked for; what it leaves out is listed."""
    if not config.render.minutes or not script.chapters:
        return script
    cast = cast_of(config, speakers_of(line for chapter in script.chapters for line in chapter.lines))
    short = shorten(script, config.render.minutes * 60, lambda line: speech.seconds(line, cast))
    if short is script:
        told = f"is shorter than {config.render.minutes} minutes: all of it is narrated"
        return replace(script, notices=(*script.notices, Notice(str(article.source.origin), 1, told)))
    return with_digest_coverage(short, script, article, config.script)


def _delivery(config: Config, article: Article, speech: Pronouncer | None = None) -> Delivery:
    """Give what narration needs to know of the voices: how long they take, the credits that they demand."""
    cast = cast_of(config, cast_speakers(article.speakers))
    speech = speech or Pronouncer(config, article.source)
    per_section = not config.render.per_article
    return Delivery(per_section, lambda line: speech.seconds(line, cast), config.render.minutes, cast.credits)


def _merged_script(config: Config, file: ScriptFile, base: Script) -> Script:
    """Carry edits of an older version's script over to the source as it is now."""
    memory = _script_memory(config, file.source_digest)
    if not memory.is_file():
        told = "belongs to an older version of its source and is left aside; write it anew with `briefing script`"
        return replace(base, notices=(*base.notices, Notice(file.name, 1, told)))
    old = parse_script(replace(file, text=memory.read_text(encoding="utf-8")), base)
    merged, lost = merge_scripts(old, parse_script(file, base), base)
    told = "the source has changed since; edits of lines that are still there are used. `briefing script --force` writes it anew"
    unused = (
        Notice(file.name, file.row_of(line.text), f"is not used: its source line has changed: 「{line.text[:40]}」")
        for line in lost
    )
    return replace(merged, notices=(*base.notices, Notice(file.name, 1, told), *unused))


def _script_memory(config: Config, digest: str) -> Path:
    """Give the place where the script as written of a version of a source is kept, so that edits can be told from changes."""
    return config.cache_dir / "scripts" / f"{digest or 'none'}.md"


def script_text(
    config: Config, path: Path, desk: Desk | None
) -> Generator[Event, None, tuple[str, tuple[Notice, ...]]]:
    """Give the narrated script of an article as an editable file, remembered, and what the user should look at."""
    article = find_structure(read_source(path, config.render.encoding))
    delivery = _delivery(config, article)
    rules = _told(config, article, delivery)
    script, _ = yield from write_script(config, desk, article, rules, delivery)
    text = format_script(script, article.source.text)
    write_atomically(_script_memory(config, source_digest(article.source.text)), text.encode())
    return text, script.notices


def _silent_lines(script: Script, utterances: Sequence[Sequence[Utterance]]) -> tuple[int, ...]:
    """Give the source lines of which nothing can be said (an emoji, a row of dots)."""
    said: set[int] = set()
    unsaid: set[int] = set()
    for chapter, spoken in zip(script.chapters, utterances, strict=True):
        for line, utterance in zip(chapter.lines, spoken, strict=True):
            (said if utterance.kana else unsaid).update(line.source)
    return tuple(sorted(unsaid - said))
