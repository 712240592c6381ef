"""Chapters for apps: JSON chapters 1.2 and time stamps for notes, from the same marks as the ID3 frames."""

from __future__ import annotations

import json
from collections.abc import Sequence

Chapters = Sequence[tuple[float, float, str]]


def to_chapters_json(chapters: Chapters, title: str) -> str:
    """Give JSON chapters 1.2 (podcast namespace), times in seconds."""
    items = [{"startTime": round(start, 3), "endTime": round(end, 3), "title": name} for start, end, name in chapters]
    return json.dumps({"version": "1.2.0", "title": title, "chapters": items}, ensure_ascii=False, indent=1) + "\n"


def to_clock(seconds: float) -> str:
    """Give a time as listeners read it.

    >>> to_clock(75), to_clock(3675.4)
    ('1:15', '1:01:15')
    """
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
