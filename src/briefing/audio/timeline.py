"""Where every clip of an episode lies: arithmetic, no audio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from briefing.model import ChapterMark, Cue, Mark, Placement, Timeline, VoiceName

RATE_HZ = 44_100
GRID = (
    RATE_HZ // 10
)  # clips begin on a 100 ms grid: the loudness of an episode is then a sum of the clips' own measures
CUE_CHARACTERS = 64
_BREAKS = "。！？!?、，」』）) 　"


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip as the timeline needs it: `length` in samples at `rate_hz`; `chapter` names the chapter it belongs to."""

    key: str
    length: int
    rate_hz: int
    text: str
    voice: VoiceName
    speaker: str
    pause_ms: int
    chapter: str
    marks: tuple[Mark, ...] = ()


def place_clips(pieces: Sequence[Piece], lead_ms: int, tail_ms: int) -> Timeline:
    """Lay clips one after another, each after the pause of the one before, rounded up to the grid."""
    placements: list[Placement] = []
    cues: list[Cue] = []
    chapters: list[ChapterMark] = []
    at = _on_grid(lead_ms * RATE_HZ // 1000)
    end = at
    for piece in pieces:
        length = resampled_length(piece.length, piece.rate_hz)
        if not chapters or chapters[-1].title != piece.chapter:
            chapters.append(ChapterMark(at if chapters else 0, at, piece.chapter))
        placements.append(Placement(piece.key, at, length, piece.voice))
        cues.extend(cut_cue(Cue(at, at + length, piece.text, piece.speaker)))
        end = at + length
        at = _on_grid(end + piece.pause_ms * RATE_HZ // 1000)
    total = _on_grid(end + tail_ms * RATE_HZ // 1000)
    bounds = [c.start for c in chapters[1:]] + [total]
    marks = tuple(ChapterMark(c.start, e, c.title) for c, e in zip(chapters, bounds, strict=False))
    return Timeline(RATE_HZ, total, tuple(placements), tuple(cues), marks)


def resampled_length(length: int, rate_hz: int) -> int:
    """Give the samples that a clip of `length` samples at `rate_hz` has at the episode's rate, rounded up."""
    return -(-length * RATE_HZ // rate_hz)


def _on_grid(at: int) -> int:
    return -(-at // GRID) * GRID


def cut_cue(cue: Cue, limit: int = CUE_CHARACTERS) -> tuple[Cue, ...]:
    """Cut a long cue at punctuation, its time shared by length of text.

    >>> [c.text for c in cut_cue(Cue(0, 100, "あああ、いいい。"), 5)]
    ['あああ、', 'いいい。']
    """
    texts = _cut_text(cue.text, limit)
    total, done, cues = len(cue.text), 0, []
    for text in texts:
        start = cue.start + (cue.end - cue.start) * done // total
        done += len(text)
        cues.append(Cue(start, cue.start + (cue.end - cue.start) * done // total, text, cue.speaker))
    return tuple(cues)


def _cut_text(text: str, limit: int) -> list[str]:
    pieces = []
    while len(text) > limit:
        found = max(text.rfind(sign, limit // 3, limit) for sign in _BREAKS) + 1
        cut = found or limit
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text]
