"""A script in a language model's words: sections out, lines back that have passed the checks."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from briefing.config import Config
from briefing.errors import ConfigError, WriterError
from briefing.files import write_atomically
from briefing.model import Article, Chapter, Event, Line, Notice, Pause, Role, Script
from briefing.script import Delivery, find_faults, with_coverage, with_length_told
from briefing.script.sentences import split_sentences
from briefing.web import key_for, place_of
from briefing.writers import (
    NOTHING,
    Endpoint,
    Estimate,
    ModelWriter,
    Passage,
    Written,
    check_base_url,
    write_passage,
)

Made = TypeVar("Made")


@dataclass(frozen=True)
class Desk:
    """Where a language model writes: the writer, and the place that the text is sent to."""

    writer: ModelWriter
    place: str

    def without_asking(self) -> Desk:
        """Give the same desk with nobody to ask: what was written once is remembered, the rest is the rules'."""
        return replace(self, writer=replace(self.writer, complete=None))


@dataclass(frozen=True)
class AnswerFolder:
    """Answers below a folder, one file each, with a checksum. A damaged one counts as none."""

    folder: Path

    def get(self, key: str) -> str | None:
        """Give an answer, None when there is none."""
        try:
            kept = json.loads(self._path(key).read_text(encoding="utf-8"))
            answer = str(kept["answer"])
            return answer if kept["sha256"] == _digest(answer) else None
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def put(self, key: str, answer: str) -> None:
        """Keep an answer. Raises WriterError when the folder cannot be written."""
        content = json.dumps({"sha256": _digest(answer), "answer": answer}, ensure_ascii=True)
        try:
            write_atomically(self._path(key), content.encode())
        except OSError as error:
            raise WriterError(
                f"the answers of the language model cannot be kept: {error.strerror}",
                str(self.folder),
                "free some space, or set BRIEFING_CACHE_DIR",
            ) from error

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def open_desk(config: Config, environ: Mapping[str, str] = os.environ) -> Desk | None:
    """Give the desk of the language model that the configuration names; None when the rules write. Nothing is sent yet.

    Raises ConfigError when something is missing, WriterError when the address or the key cannot be used.
    """
    if config.script.writer == "rules":
        return None
    missing = [f"llm.{name}" for name in ("base_url", "model") if not getattr(config.llm, name)]
    if missing:
        raise ConfigError(
            f'script.writer is "llm", but {" and ".join(missing)} is not set',
            str(config.file or ""),
            "set it in [llm], or BRIEFING_LLM_BASE_URL and BRIEFING_LLM_MODEL; docs/writer.md tells how",
        )
    if config.script.style == "verbatim":
        raise ConfigError(
            'script.style = "verbatim" keeps the article\'s words; script.writer = "llm" would change them',
            str(config.file or ""),
            "choose one of them",
        )
    check_base_url(config.llm.base_url)
    place = place_of(config.llm.base_url)
    endpoint = Endpoint(
        config.llm.base_url, config.llm.model, key_for("LLM", config.llm.base_url, environ), config.llm.timeout_s
    )
    memory = AnswerFolder(config.cache_dir / "writer")
    return Desk(ModelWriter(f"{config.llm.model}@{place}", find_faults, memory, endpoint.complete), place)


def write_script(
    config: Config, desk: Desk | None, article: Article, rules: Script, delivery: Delivery
) -> Generator[Event, None, tuple[Script, Estimate]]:
    """Give the rules' script in the model's words where they pass, and what asking for the rest would take.

    Openings, announcements and closings stay the rules'. Raises WriterError when the model cannot be used at all.
    """
    if desk is None:
        return rules, NOTHING
    chapters, notices, unasked = [], list(rules.notices), NOTHING
    for done, chapter in enumerate(rules.chapters):
        yield Event("write", done, len(rules.chapters), chapter.title)
        before, told, after = _frame(chapter, article)
        written = write_passage(desk.writer, Passage(rules.title, chapter.title, told))
        chapters.append(replace(chapter, lines=(*before, *_one_sentence_each(written), *after)))
        notices += (Notice(rules.source, article.source.place(r.line), r.message) for r in written.remarks)
        unasked += written.unasked
    yield Event("write", len(rules.chapters), len(rules.chapters), "")
    written_anew = replace(rules, chapters=tuple(chapters), notices=tuple(notices))
    script = with_length_told(written_anew, config.script, delivery)
    return with_coverage(script, article, config.script), unasked


def _frame(chapter: Chapter, article: Article) -> tuple[tuple[Line, ...], tuple[Line, ...], tuple[Line, ...]]:
    """Part the lines of a chapter: what is said before the text (titles), the text, what is said after it."""
    titled = {s.start for s in article.sections if s.number == chapter.section and s.title}
    ours = titled | {n for n, role in enumerate(article.roles, 1) if role is Role.TITLE}
    is_text = [bool(set(line.source) - ours) for line in chapter.lines]
    start = is_text.index(True) if any(is_text) else len(is_text)
    end = len(is_text) - is_text[::-1].index(True) if any(is_text) else len(is_text)
    return chapter.lines[:start], chapter.lines[start:end], chapter.lines[end:]


def _one_sentence_each(written: Written) -> Iterator[Line]:
    for line in written.lines:
        *first, last = split_sentences(line.text)
        yield from (replace(line, text=text, pause=Pause.SENTENCE) for text in first)
        yield replace(line, text=last)


def outcome_of(events: Generator[Event, None, Made]) -> Made:
    """Run a generator of events to its end and give what it made."""
    while True:
        try:
            next(events)
        except StopIteration as stop:
            made: Made = stop.value
            return made
