"""What services charge: a dated table that users can add to."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import resources
from pathlib import Path

from briefing.errors import ConfigError
from briefing.model import VoiceName

_COLUMNS = ("engine", "speaker", "model", "usd_per_million", "as_of")
_MAX_BYTES = 1_000_000
_KANJI = re.compile("[㐀-鿿豈-﫿]")


@dataclass(frozen=True, slots=True)
class Price:
    """A row: patterns (`*`) of engine, speaker and model; US dollars for a million units; the month in which that was so."""

    engine: str
    speaker: str
    model: str
    usd_per_million: float
    as_of: str


def price_of(voice: VoiceName, model: str, own: Sequence[Price] = ()) -> Price | None:
    """Give what a voice costs: by the user's rows, else by ours; None when nobody knows."""
    rows = (*own, *_built_in())
    asked = (voice.engine, voice.speaker, model)
    return next((p for p in rows if all(map(fnmatchcase, asked, (p.engine, p.speaker, p.model)))), None)


def units_of(text: str, unit: str) -> int:
    """Give how much of a text is billed: in bytes (UTF-8), in characters, or in characters of which a kanji counts as two.

    >>> units_of("晴れ", "byte"), units_of("晴れ", "character"), units_of("晴れ", "kanji twice")
    (6, 2, 3)
    """
    if unit == "byte":
        return len(text.encode())
    return len(text) + (len(_KANJI.findall(text)) if unit == "kanji twice" else 0)


def read_prices(path: Path) -> tuple[Price, ...]:
    """Read a table of prices. Raises ConfigError with the line of what is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig") if path.stat().st_size <= _MAX_BYTES else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot be read: {error}", str(path), "save it as UTF-8") from error
    return parse_prices(text, str(path))


def parse_prices(text: str, where: str) -> tuple[Price, ...]:
    r"""Parse a table: a head line, then rows; lines that begin with # are remarks. Raises ConfigError.

    >>> parse_prices("engine,speaker,model,usd_per_million,as_of\ngoogle,*,*,16,2026-01", "p.csv")[0].usd_per_million
    16.0
    """
    rows = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not rows or tuple(rows[0][1].strip().split(",")) != _COLUMNS:
        raise ConfigError("has not the columns of a price table", where, f"begin it with {','.join(_COLUMNS)}")
    found = []
    for number, line in rows[1:]:
        cells = next(csv.reader(io.StringIO(line)))
        try:
            engine, speaker, model, usd, as_of = (cell.strip() for cell in cells)
            found.append(Price(engine, speaker, model, float(usd), as_of))
        except ValueError:
            raise ConfigError("is no row of prices", f"{where}:{number}", f"write {','.join(_COLUMNS)}") from None
    return tuple(found)


@lru_cache(maxsize=1)
def _built_in() -> tuple[Price, ...]:
    text = resources.files("briefing.voices").joinpath("prices.csv").read_text(encoding="utf-8")
    return parse_prices(text, "prices.csv")
