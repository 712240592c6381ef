"""What is said of a line, by whom and for how long. Sentences that were read before are remembered."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from briefing import voices
from briefing.config import Config, show_folder, user_folder
from briefing.files import write_atomically
from briefing.model import Break, Join, Line, Reading, Source, Utterance, VoiceName
from briefing.pipeline.cast import Cast
from briefing.pipeline.pace import speech_s
from briefing.reading import (
    Lexicon,
    built_in_lexicon,
    given_readings,
    layered,
    parse_pairs,
    read_lexicon,
    read_sentence,
)
from briefing.reading.identity import reading_identity
from briefing.reading.kana import split_morae
from briefing.script import NAMES
from briefing.store import clip_key
from briefing.work import give_back_pages

Ahead: TypeAlias = Callable[[Utterance], None]


class Pronouncer:
    """Pronounces the lines of one article, each sentence once. `ahead` is given what nobody has read before, as soon as it is known."""

    def __init__(self, config: Config, source: Source, ahead: Ahead | None = None) -> None:
        self._config, self._source, self._ahead = config, source, ahead
        self._memory = _Memory(_memories(config) / f"{_digest(_place_of(source))[:24]}.json")
        self._identity = _digest(reading_identity(), *_own_layers(source), *map(_content, _lexicon_files(config)))
        self._known = self._memory.recall(self._identity)
        self._readings: dict[str, Reading] = {}

    def utterance(self, line: Line, cast: Cast) -> Utterance:
        """Give a line its reading, its voice and its clip's key. A line without anything to say has no kana."""
        config, source, voice = self._config, self._source, cast.voice_of(line)
        is_new = line.text not in self._readings and line.text not in self._known
        reading = self._read(line.text)
        kana = reading.kana if split_morae(reading.kana) else ""
        where = f"{source.origin}:{source.place(line.source[0])}" if line.source else source.origin
        utterance = Utterance(
            reading.text,
            kana,
            voice,
            config.voices.speed_of(line.part, line.speaker),
            "",
            where,
            config.pauses.after(line.pause),
            line.speaker or NAMES[line.part],
            config.pauses.comma,
            reading.breaks,
            reading.said,
            reading.joins,
        )
        utterance = replace(utterance, key=key_of(utterance))
        if is_new and kana and self._ahead:
            self._ahead(utterance)
        return utterance

    def seconds(self, line: Line, cast: Cast) -> float:
        """Predict how long a line takes, the pause behind it included."""
        utterance = self.utterance(line, cast)
        return speech_s(utterance) + utterance.pause_ms / 1000 if utterance.kana else 0.0

    def remember(self) -> None:
        """Keep what was read, for the next time that this article is drafted."""
        if self._readings.keys() - self._known.keys():
            self._memory.keep(self._identity, self._readings)

    def _read(self, text: str) -> Reading:
        if text not in self._readings:
            self._readings[text] = self._known.get(text) or read_sentence(text, self._lexicon)
        return self._readings[text]

    @cached_property
    def _lexicon(self) -> Lexicon:
        give_back_pages()  # narration is done with its dictionary; the readings have another
        return lexicon_for(self._config, self._source)


@dataclass(frozen=True, slots=True)
class _Memory:
    """The readings of an article's sentences in a file, with the identity of all that they depend on but their text."""

    path: Path

    def recall(self, identity: str) -> dict[str, Reading]:
        """Give the readings by their text; none when there are none, when they are damaged or might be others now."""
        try:
            seal, _, content = self.path.read_bytes().partition(b"\n")
        except OSError:
            return {}
        if seal.decode(errors="replace") != _digest(identity, content):
            return {}
        return {text: _unpacked(fields) for text, fields in json.loads(content).items()}

    def keep(self, identity: str, readings: dict[str, Reading]) -> None:
        """Write readings in place of those of before."""
        kept = {text: _packed(reading) for text, reading in readings.items()}
        content = json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()
        with contextlib.suppress(OSError):  # without it the next run takes a second longer
            write_atomically(self.path, _digest(identity, content).encode() + b"\n" + content)


def _memories(config: Config) -> Path:
    return config.cache_dir / "readings"


def _place_of(source: Source) -> str:
    """Tell articles apart that are named alike from different folders."""
    return str(Path(source.origin).resolve()) if Path(source.origin).is_file() else source.origin


def forget_readings(config: Config) -> None:
    """Remove all readings that are remembered."""
    shutil.rmtree(_memories(config), ignore_errors=True)


def _packed(reading: Reading) -> list[Any]:
    """Give what is said of a reading; spans and doubts are for those who look at readings."""
    breaks = [[b.text_end, b.kana_end] for b in reading.breaks]
    joins = [[j.said_end, j.kana_end] for j in reading.joins]
    return [reading.text, reading.kana, breaks, reading.said, joins]


def _unpacked(fields: list[Any]) -> Reading:
    text, kana, breaks, said, joins = fields
    return Reading(text, (), kana, (), tuple(Break(*b) for b in breaks), said, tuple(Join(*j) for j in joins))


def lexicon_for(config: Config, source: Source | None = None) -> Lexicon:
    """Give the layers of readings, the nearest first: the article's ruby, its front matter, the show's, the user's, ours."""
    own = [parse_pairs(given_readings(source.text), source.origin), _front_matter_lexicon(source)] if source else []
    files = (read_lexicon(file) for file in _lexicon_files(config) if file.is_file())
    return layered([*own, *files, _built_in()])


def _lexicon_files(config: Config) -> tuple[Path, Path]:
    return show_folder(config) / "readings.csv", user_folder() / "readings.csv"


def _content(file: Path) -> bytes:
    """Give what a file holds; of one that cannot be read what no other time gives, so that it is read, and told."""
    try:
        return file.read_bytes() if file.is_file() else b""
    except OSError:
        return os.urandom(16)


def _own_layers(source: Source) -> tuple[str, str]:
    return repr(given_readings(source.text)), source.meta.get("readings", "")


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


def key_of(utterance: Utterance) -> str:
    """Give the identity of a sentence's clip: what is sent to whom, and what becomes of it."""
    sent = voices.text_for(voices.engine_info(utterance.voice), utterance)
    return clip_key(_identity(utterance.voice), sent, utterance.speed, utterance.comma_ms)


@lru_cache(maxsize=64)
def _identity(voice: VoiceName) -> str:
    return voices.engine_of(voice.engine).identity(voice.speaker)


def _digest(*parts: str | bytes) -> str:
    """Give one digest of several parts, each with its length in front."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8, "little") + content)
    return digest.hexdigest()
