"""Transcripts in three formats with the same words: WebVTT, SubRip, JSON (podcast namespace 1.0)."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from pathlib import Path

from briefing.errors import PublishError
from briefing.model import Cue

Lines = Sequence[tuple[float, float, str, str]]  # start and end in seconds, speaker, text

SRT_LINE = 32
SPEAKERS_VERSION = "1.0.0"


def to_vtt(cues: Sequence[Cue], rate_hz: int) -> str:
    """Give WebVTT with `<v speaker>` (W3C WebVTT 1).

    >>> print(to_vtt([Cue(0, 44100, "あ&い", "語り")], 44100))
    WEBVTT
    <BLANKLINE>
    00:00:00.000 --> 00:00:01.000
    <v 語り>あ&amp;い
    <BLANKLINE>
    """
    blocks = ["WEBVTT\n"]
    for cue in cues:
        text = html.escape(cue.text, quote=False)
        voice = f"<v {html.escape(cue.speaker)}>" if cue.speaker else ""
        blocks.append(f"{_clock(cue.start, rate_hz)} --> {_clock(cue.end, rate_hz)}\n{voice}{text}\n")
    return "\n".join(blocks)


def to_srt(cues: Sequence[Cue], rate_hz: int) -> str:
    """Give SubRip: numbered, comma before milliseconds, at most two lines of 32 characters."""
    blocks = []
    for number, cue in enumerate(cues, 1):
        times = f"{_clock(cue.start, rate_hz)} --> {_clock(cue.end, rate_hz)}".replace(".", ",")
        blocks.append(f"{number}\n{times}\n{_two_lines(cue)}\n")
    return "\n".join(blocks)


def to_json(cues: Sequence[Cue], rate_hz: int) -> str:
    """Give the podcast namespace's JSON transcript, times in seconds."""
    segments = [
        {
            "speaker": c.speaker,
            "startTime": round(c.start / rate_hz, 3),
            "endTime": round(c.end / rate_hz, 3),
            "body": c.text,
        }
        for c in cues
    ]
    return json.dumps({"version": SPEAKERS_VERSION, "segments": segments}, ensure_ascii=False, indent=1) + "\n"


def read_lines(path: Path) -> Lines:
    """Give the lines of a JSON transcript. Raises PublishError when it is not there or damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["segments"]
        return tuple((s["startTime"], s["endTime"], s["speaker"], s["body"]) for s in found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PublishError(f"the transcript cannot be read: {error}", str(path), "render again with --force") from error


def _two_lines(cue: Cue) -> str:
    """Give a text that is too long for a line in two, cut at punctuation or where a phrase ends, the nearest to the middle."""
    text = cue.text
    if len(text) <= SRT_LINE:
        return text
    fits = range(len(text) - SRT_LINE, SRT_LINE + 1)
    signs = [i for i in fits if text[i - 1] in "、。，」）)!?！？ "]
    cut = min(signs or [i for i in fits if i in cue.breaks] or fits, key=lambda i: abs(2 * i - len(text)))
    return f"{text[:cut]}\n{text[cut:]}"


def _clock(samples: int, rate_hz: int) -> str:
    ms = round(samples * 1000 / rate_hz)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
