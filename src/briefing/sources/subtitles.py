"""Transcripts: WebVTT and SubRip to plain text, speakers kept as speakers."""

from __future__ import annotations

import re

from briefing.model import Source
from briefing.sources.decode import decode

_TIMES = re.compile(r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->.*")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+(?P<name>[^>]+)>")
_TAG = re.compile(r"<[^>]{0,80}>")


def read_subtitles(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a transcript; each cue's text is a line, and a line tells where it stands in the file."""
    text, used = decode(content, origin, encoding)
    lines: list[str] = []
    places: list[int] = []
    inside = False
    last = ""
    for number, row in enumerate(text.split("\n"), 1):
        if _TIMES.fullmatch(row.strip()):
            inside = True
        elif not row.strip():
            inside = False
        elif inside:
            speaker = _VOICE.search(row)
            said = _TAG.sub("", row).strip()
            line = f"{speaker['name'].strip()}：{said}" if speaker else said
            if line and line != last:  # captions that roll repeat their last line
                lines.append(line)
                places.append(number)
            last = line
    return Source(f"{name.rsplit('.', 1)[0]}.txt", "\n".join(lines), used, origin, {}, tuple(places))
