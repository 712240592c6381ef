"""The user's readings and ours: CSV with the fields of VOICEVOX's user dictionary."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from pathlib import Path

from briefing.errors import LexiconError
from briefing.model import Origin
from briefing.reading.kana import is_kana, to_katakana
from briefing.reading.spans import Spans, replace

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
    def pattern(self) -> re.Pattern[str] | None:
        """Match any surface, the longest first; Latin letters and digits only on word boundaries."""
        keys = sorted(self.entries, key=len, reverse=True)
        return re.compile("|".join(map(_key_pattern, keys)), re.IGNORECASE) if keys else None


def _key_pattern(key: str) -> str:
    head = r"(?<![A-Za-z0-9])" if re.match(r"[A-Za-z0-9]", key) else ""
    tail = r"(?![A-Za-z0-9])" if re.search(r"[A-Za-z0-9]$", key) else ""
    return f"{head}{re.escape(key)}{tail}"


def apply_lexicon(spans: Spans, lexicon: Lexicon) -> Spans:
    """Close every known word with its reading. Expects text whose width is folded already."""
    if lexicon.pattern is None:
        return spans

    def read(match: re.Match[str]) -> str | None:
        entry = lexicon.entries.get(fold(match[0]))
        return entry.pronunciation if entry else None

    return replace(spans, lexicon.pattern, read, "lexicon", Origin.LEXICON)


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
            columns = tuple(each.strip() for each in row)
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
    text = resources.files("briefing.reading").joinpath("lexicon.csv").read_text(encoding="utf-8")
    return parse_lexicon(text, "briefing/reading/lexicon.csv")


def layered(layers: Iterable[Lexicon]) -> Lexicon:
    """Give several layers as one, the nearest first."""
    whole = Lexicon()
    for layer in reversed(tuple(layers)):
        whole = layer.over(whole)
    return whole
