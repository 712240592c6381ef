"""Looking at what there is: readings and their doubts, what was published, what is missing."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from briefing import voices
from briefing.audio.listen import listen
from briefing.audio.tags import read_facts
from briefing.config import Config, show_folder
from briefing.errors import BriefingError
from briefing.files import write_atomically
from briefing.model import (
    Doubt,
    Part,
)
from briefing.pipeline.cast import part_voice
from briefing.pipeline.draft import script_for
from briefing.pipeline.pronouncing import lexicon_for
from briefing.pipeline.writing import open_desk, outcome_of
from briefing.publish.check import NEWEST, check_address, check_folder
from briefing.publish.checks.rules import CheckReport
from briefing.reading import (
    Lexicon,
    format_lexicon,
    format_voicevox,
    plain_kana,
    read_lexicon,
    read_sentence,
    read_voicevox,
)
from briefing.script import find_structure
from briefing.sources import read_source


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as it will be said."""

    file: str
    line: int
    text: str
    kana: str
    doubts: tuple[Doubt, ...]


def readings_of(config: Config, path: Path) -> tuple[ReadLine, ...]:
    """Give what will be said of an article, line by line. A language model is not asked: what it has not written yet is the rules'."""
    source = read_source(path, config.render.encoding)
    desk = open_desk(config)
    script, _ = outcome_of(script_for(config, path, find_structure(source), desk and desk.without_asking()))
    lexicon = lexicon_for(config, source)
    out = []
    for line in (each for chapter in script.chapters for each in chapter.lines):
        reading = read_sentence(line.text, lexicon, with_second_opinion=True)
        out.append(
            ReadLine(
                script.source,
                source.place(line.source[0]) if line.source else 0,
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


def check(where: str, newest: int = NEWEST) -> CheckReport:
    """Check a folder, or a feed at an address; the audio of the `newest` episodes, of all with 0. Raises PublishError when there is nothing to check."""
    if not re.match(r"https?://", where):
        return check_folder(Path(where), read_facts, listen, newest)
    with tempfile.TemporaryDirectory() as scratch:
        return check_address(where, Path(scratch), read_facts, listen, newest)


def examine(config: Config) -> Iterator[tuple[str, str, str]]:
    """Yield what is needed: its name, what is wrong with it (or nothing) and the remedy."""
    for part in Part:
        name = config.voice_of(part)
        try:
            voice = part_voice(config, part)
            voices.check_voice(voice)
            yield f"voice of the {part.value}: {voice}", "", ""
        except BriefingError as error:
            yield f"voice of the {part.value}: {name}", error.message, error.hint
    try:
        lexicon_for(config)
        yield "reading lists", "", ""
    except BriefingError as error:
        yield "reading lists", str(error), error.hint
    if config.script.writer != "rules":
        try:
            desk = open_desk(config)
            yield f"language model: {config.llm.model} at {desk.place if desk else ''}", "", ""
        except BriefingError as error:
            yield "language model", str(error).split("\n")[0], error.hint
    for label, folder in (("cache folder", config.cache_dir), ("output folder", Path(config.render.output))):
        nearest = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
        yield (
            f"{label} {folder}",
            "" if os.access(nearest, os.W_OK) else "cannot be written",
            "change its permissions or name another",
        )
