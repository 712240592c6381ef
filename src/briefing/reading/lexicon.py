"""The user's readings and ours: CSV with the fields of VOICEVOX's user dictionary."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path

from briefing.errors import LexiconError
from briefing.model import Origin
from briefing.reading.kana import is_kana, to_katakana
from briefing.reading.spans import Spans, apply_edits, visible

FIELDS = ("surface", "pronunciation", "accent_type", "word_type", "priority")
MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Entry:
    """How a word is said: `pronunciation` is katakana; `accent_type` the mora after which the pitch falls, -1 unknown."""

    surface: str
    pronunciation: str
    accent_type: int = -1
    word_type: str = "PROPER_NOUN"
    priority: int = 5

    @property
    def is_acronym(self) -> bool:
        """Say whether it is short and all capitals: 5G is no name for 5g, IT none for it."""
        return len(self.surface) <= 4 and self.surface.isupper()


def fold(surface: str) -> str:
    """Give the form under which a surface is looked up: width and case folded.

    >>> fold("ＧｉｔＨｕｂ")
    'github'
    """
    return unicodedata.normalize("NFKC", surface).casefold()


@dataclass(frozen=True)
class Lexicon:
    """Readings by folded surface, the nearest layer first."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def over(self, farther: Lexicon) -> Lexicon:
        """Give both layers as one; ours wins."""
        return Lexicon({**farther.entries, **self.entries})

    @cached_property
    def lengths(self) -> Mapping[str, tuple[int, ...]]:
        """Give the lengths of the keys by their first two letters, the longest first."""
        found: dict[str, set[int]] = {}
        for key in self.entries:
            found.setdefault(key[:2], set()).add(len(key))
        return {head: tuple(sorted(lengths, reverse=True)) for head, lengths in found.items()}

    def find(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        """Yield where known words lie, the longest first at each place, without overlap.

        Keys that begin or end with a Latin letter or a digit match on its boundary only; a decimal is one number (GPT-5 is not in GPT-5.2).
        """
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
        at = 0
        while at < len(low):
            entry = next((e for n in self._lengths_at(low, at) if (e := self._entry(text, low, at, n))), None)
            if entry:
                yield at, at + len(fold(entry.surface)), entry
            at += len(fold(entry.surface)) if entry else 1

    def _lengths_at(self, low: str, at: int) -> tuple[int, ...]:
        return (*self.lengths.get(low[at : at + 2], ()), *self.lengths.get(low[at], ()))

    def _entry(self, text: str, low: str, at: int, length: int) -> Entry | None:
        entry = self.entries.get(low[at : at + length])
        if entry is None or at + length > len(low) or (entry.is_acronym and text[at : at + length].islower()):
            return None
        return entry if _is_boundary(low, at) and _is_boundary(low, at + length) else None


_JOINT = re.compile(r"(?<=[A-Za-z0-9])(?=[A-Za-z0-9])|(?<=\d)(?=\.\d)|(?<=\d\.)(?=\d)")


def _is_boundary(text: str, at: int) -> bool:
    return not _JOINT.match(text, at)


def apply_lexicon(spans: Spans, lexicon: Lexicon) -> Spans:
    """Fix every known word with its reading. Expects text whose width is folded already."""
    if not lexicon.entries:
        return spans
    text = visible(spans)
    edits = [(start, end, entry.pronunciation) for start, end, entry in lexicon.find(text)]
    return apply_edits(spans, text, edits, "lexicon", Origin.LEXICON)


def read_lexicon(path: Path) -> Lexicon:
    """Read a CSV file of readings. Raises LexiconError that tells all bad lines together."""
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise LexiconError(f"cannot be read: {error.strerror}", str(path), "check the file") from error
    except UnicodeDecodeError as error:
        raise LexiconError("is not UTF-8", str(path), "save it as UTF-8") from error
    if len(content) > MAX_BYTES:
        raise LexiconError("is larger than 4 MB", str(path), "split off what the show does not need")
    return parse_lexicon(text, str(path))


def parse_pairs(pairs: Mapping[str, str], where: str) -> Lexicon:
    """Give the readings of a front matter. Raises LexiconError that tells all bad ones together."""
    rows = io.StringIO()
    csv.writer(rows, lineterminator="\n").writerows(pairs.items())
    return parse_lexicon(rows.getvalue(), where)


def parse_lexicon(text: str, name: str) -> Lexicon:
    """Parse CSV text: a header line is optional, `#` begins a comment line, only two fields are required."""
    entries: dict[str, Entry] = {}
    problems: list[str] = []
    reader = csv.reader(io.StringIO(text))
    columns: tuple[str, ...] = FIELDS
    for row in reader:
        if not row or not "".join(row).strip() or row[0].lstrip().startswith("#"):
            continue
        if row[0].strip() == "surface":
            columns = (*(each.strip() for each in row), *FIELDS[len(row) :])
            continue
        try:
            entry = _parse_row(dict(zip(columns, (each.strip() for each in row), strict=False)))
        except ValueError as error:
            problems.append(f"{name}:{reader.line_num}: {error}")
        else:
            entries[fold(entry.surface)] = entry
    if problems:
        raise LexiconError(
            "\n".join(problems), "", "each line is surface,pronunciation[,accent_type,word_type,priority]"
        )
    return Lexicon(entries)


def format_lexicon(lexicon: Lexicon) -> str:
    """Write a lexicon as the CSV that `parse_lexicon` reads, sorted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for _, e in sorted(lexicon.entries.items()):
        writer.writerow(
            (e.surface, e.pronunciation, e.accent_type if e.accent_type >= 0 else "", e.word_type, e.priority)
        )
    return out.getvalue()


def _parse_row(row: Mapping[str, str]) -> Entry:
    surface, pronunciation = row.get("surface", ""), to_katakana(row.get("pronunciation", ""))
    if not surface or not pronunciation:
        raise ValueError("surface and pronunciation are both required")
    if not is_kana(pronunciation):
        raise ValueError(f"the pronunciation {row['pronunciation']!r} is not kana")
    try:
        accent, priority = int(row.get("accent_type") or -1), int(row.get("priority") or 5)
    except ValueError:
        raise ValueError("accent_type and priority must be whole numbers") from None
    return Entry(surface, pronunciation.replace("・", ""), accent, row.get("word_type") or "PROPER_NOUN", priority)


def built_in_lexicon() -> Lexicon:
    """Give the readings that come with the program."""
    folder = resources.files("briefing.reading").joinpath("words")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".csv")), key=lambda f: f.name)
    return layered(parse_lexicon(f.read_text(encoding="utf-8"), f"briefing/reading/words/{f.name}") for f in files)


@cache
def checked_words() -> frozenset[str]:
    """Give the Latin words, folded, that the front end reads right as a person has seen."""
    text = resources.files("briefing.reading").joinpath("words", "checked.txt").read_text(encoding="utf-8")
    return frozenset(text.split("\n")[1:])


def layered(layers: Iterable[Lexicon]) -> Lexicon:
    """Give several layers as one, the nearest first."""
    whole = Lexicon()
    for layer in reversed(tuple(layers)):
        whole = layer.over(whole)
    return whole
