"""Reading what runs along with the audio: captions and chapters as marks, or what is wrong with their form."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MOST_BYTES = 10_000_000
_CLOCK = r"(?:([0-9]{2,4}):)?([0-5][0-9]):([0-5][0-9])%s([0-9]{3})"
_VTT_TIMES = re.compile(rf"{_CLOCK % '[.]'}[ \t]+-->[ \t]+{_CLOCK % '[.]'}(?:[ \t].*)?")
_SRT_TIMES = re.compile(rf"{_CLOCK % ','} --> {_CLOCK % ','}")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Mark:
    """A caption or chapter: where it stands in its file, milliseconds, text."""

    place: str
    start_ms: int
    end_ms: int
    text: str


class _WrongFormatError(ValueError):
    """A file is not what it should be: where and why."""


def _vtt(text: str) -> Iterator[Mark]:
    """Yield the cues of a WebVTT file (W3C WebVTT 1). Raises _WrongFormatError."""
    if not re.match(r"﻿?WEBVTT(?:[ \t\n]|$)", text):
        raise _WrongFormatError("line 1: it does not begin with WEBVTT")
    for line, block in list(_blocks(text))[1:]:
        at = next((n for n, row in enumerate(block[:2]) if "-->" in row), None)
        if at is None:
            if block[0].split(" ")[0] not in ("NOTE", "STYLE", "REGION"):
                raise _WrongFormatError(f"line {line}: here stands neither a cue nor a note")
            continue
        yield _cue(line + at, _VTT_TIMES, block[at], [html.unescape(_TAG.sub("", row)) for row in block[at + 1 :]])


def _srt(text: str) -> Iterator[Mark]:
    """Yield the cues of a SubRip file. Raises _WrongFormatError."""
    for number, (line, block) in enumerate(_blocks(text), 1):
        if block[0].strip("﻿ ") != str(number) or len(block) < 2:
            raise _WrongFormatError(f"line {line}: here should stand the number {number} and a cue below it")
        yield _cue(line + 1, _SRT_TIMES, block[1], block[2:])


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the runs of lines between empty ones, each with the number of its first line."""
    block: list[str] = []
    for line, row in enumerate([*text.replace("\r\n", "\n").split("\n"), ""], 1):
        if row.strip():
            block.append(row)
        elif block:
            yield line - len(block), block
            block = []


def _cue(line: int, pattern: re.Pattern[str], times: str, rows: Sequence[str]) -> Mark:
    found = pattern.fullmatch(times.strip())
    if not found:
        raise _WrongFormatError(f"line {line}: {times.strip()!r} are no times of this format")
    h1, m1, s1, f1, h2, m2, s2, f2 = (int(each or 0) for each in found.groups())
    return Mark(
        f"line {line}",
        ((h1 * 60 + m1) * 60 + s1) * 1000 + f1,
        ((h2 * 60 + m2) * 60 + s2) * 1000 + f2,
        "\n".join(rows),
    )


def _json(text: str) -> Iterator[Mark]:
    """Yield the segments of a JSON transcript (podcast namespace). Raises _WrongFormatError."""
    found = _document(text, "segments", ("1.0.0",))
    for number, each in enumerate(found, 1):
        if not isinstance(each.get("body"), str) or not isinstance(each.get("speaker", ""), str):
            raise _WrongFormatError(f"segment {number} has no body")
        yield Mark(f"segment {number}", _ms(each, "startTime", number), _ms(each, "endTime", number), each["body"])


def _chapters_json(text: str) -> Iterator[Mark]:
    """Yield JSON chapters 1.2, an end that is not told being the next one's start. Raises _WrongFormatError."""
    found = _document(text, "chapters", ("1.2.0",))
    starts = [_ms(each, "startTime", number) for number, each in enumerate(found, 1)]
    for number, (each, start, follow) in enumerate(zip(found, starts, [*starts[1:], starts[-1] + 1], strict=True), 1):
        end = _ms(each, "endTime", number) if "endTime" in each else follow
        yield Mark(f"chapter {number}", start, end, str(each.get("title", "")))


def _document(text: str, key: str, versions: Sequence[str]) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _WrongFormatError(f"it is no JSON: {error}") from error
    if not isinstance(found, dict) or found.get("version") not in versions:
        raise _WrongFormatError(f'"version" is not "{versions[0]}"')
    entries = found.get(key)
    if not isinstance(entries, list) or not entries or not all(isinstance(each, dict) for each in entries):
        raise _WrongFormatError(f'"{key}" is not a list of objects with at least one')
    return entries


def _ms(entry: dict[str, Any], key: str, number: int) -> int:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise _WrongFormatError(f"entry {number}: {key} is {value!r}, not seconds")
    return round(value * 1000)


def _reader(parse: Callable[[str], Iterator[Mark]]) -> Callable[[Path], list[Mark] | str]:
    """Make a parser a reader of files that gives the marks, or what is wrong with the form."""

    def read(path: Path) -> list[Mark] | str:
        try:
            if path.stat().st_size > _MOST_BYTES:
                return "it is larger than 10 MB"
            return list(parse(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError) as error:
            return f"it cannot be read as UTF-8: {error}"
        except _WrongFormatError as error:
            return str(error)

    return read


_read_srt, read_chapters = _reader(_srt), _reader(_chapters_json)
READERS = {
    "text/vtt": _reader(_vtt), "application/x-subrip": _read_srt, "application/srt": _read_srt, "application/json": _reader(_json),
}  # fmt: skip


def play_time_ms(text: str) -> int:
    """Give the milliseconds of a normal play time (RFC 2326, 3.6), -1 for what is none.

    >>> play_time_ms("00:01:15.5"), play_time_ms("75"), play_time_ms("soon")
    (75500, 75000, -1)
    """
    found = re.fullmatch(r"(?:(?:([0-9]{1,4}):)?([0-9]{1,2}):)?([0-9]{1,7})(?:\.([0-9]{1,3}))?", text)
    if not found:
        return -1
    hours, minutes, seconds = (int(each or 0) for each in found.groups()[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((found[4] or "").ljust(3, "0"))
