"""Where every clip of an episode lies: arithmetic, no audio."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from briefing.model import Break, ChapterMark, Cue, Mark, Placement, Timeline, VoiceName

RATE_HZ = 44_100
FRAME = 1152
"""Samples of a frame of MPEG-1 layer III: clips begin on its bounds, so that each can be coded by itself."""
GRID = RATE_HZ // 10
"""Samples of a step of 100 ms, over which loudness is measured."""
CUE_CHARACTERS = 64
_BREAKS = "。！？!?、，」』）) 　"


@dataclass(frozen=True, slots=True)
class Piece:
    """A clip as the timeline needs it: `length` in samples at `rate_hz`; `chapter` names the chapter it belongs to, `credit` what its voice demands. Music has no text."""

    key: str
    length: int
    rate_hz: int
    text: str
    voice: VoiceName
    speaker: str
    pause_ms: int
    chapter: str
    marks: tuple[Mark, ...] = ()
    breaks: tuple[Break, ...] = ()
    credit: str = ""


def place_clips(pieces: Sequence[Piece], lead_ms: int, tail_ms: int, bed: str = "") -> Timeline:
    """Lay clips one after another, each after the pause of the one before, rounded up to a frame; `bed` is the clip below.

    Chapters begin on a full second, so that the time stamps of the notes are exact; a pause of a second or more before them
    becomes up to half a second shorter or longer for it.
    """
    placements: list[Placement] = []
    cues: list[Cue] = []
    chapters: list[ChapterMark] = []
    end, room = _on_frame(lead_ms * RATE_HZ // 1000), 0
    for piece in pieces:
        length = resampled_length(piece.length, piece.rate_hz)
        at = _on_frame(end + room)
        if not chapters or chapters[-1].title != piece.chapter:
            at = _on_frame(_near_second(end, room)) if chapters else at
            chapters.append(ChapterMark(at if chapters else 0, at, piece.chapter))
        placements.append(Placement(piece.key, at, length, piece.voice))
        if piece.text:
            cues.extend(cut_cue(Cue(at, at + length, piece.text, piece.speaker), _moments(piece, at)))
        end, room = at + length, piece.pause_ms * RATE_HZ // 1000
    total = _on_frame(end + tail_ms * RATE_HZ // 1000)
    bounds = [c.start for c in chapters[1:]] + [total]
    marks = tuple(ChapterMark(c.start, e, c.title) for c, e in zip(chapters, bounds, strict=False))
    return Timeline(RATE_HZ, total, tuple(placements), tuple(cues), marks, bed)


def _moments(piece: Piece, at: int) -> list[tuple[int, int]]:
    """Give when each phrase of a clip that lies at `at` ends, by the voice's own marks."""
    if not piece.marks:
        return []
    kana, samples = [m.kana_end for m in piece.marks], [m.at for m in piece.marks]
    spoken = np.interp([b.kana_end for b in piece.breaks], kana, samples) * RATE_HZ / piece.rate_hz
    return [(b.text_end, at + round(s)) for b, s in zip(piece.breaks, spoken, strict=True)]


def resampled_length(length: int, rate_hz: int) -> int:
    """Give the samples that a clip of `length` samples at `rate_hz` has at the episode's rate, rounded up."""
    return -(-length * RATE_HZ // rate_hz)


def _on_frame(at: int) -> int:
    return -(-at // FRAME) * FRAME


def _near_second(end: int, room: int) -> int:
    """Give the first full second that leaves the better part of the pause behind what ended before."""
    return -(-(end + room - min(room, RATE_HZ) // 2) // RATE_HZ) * RATE_HZ


_ROOM, _AHEAD = 4 * FRAME, 2 * FRAME  # silence that a cut needs, and how much of it lies behind the cut


def cut_at_silence(timeline: Timeline) -> tuple[Timeline, ...]:
    """Cut a timeline into stretches that can be coded apart: in every silence between clips that is long enough, on a frame.

    A stretch has neither cues nor chapters. A bed leaves no silence: what it lies under stays whole.
    """
    if timeline.bed:
        return (timeline,)
    groups: list[list[Placement]] = []
    end = -_ROOM
    for place in timeline.placements:
        if place.start - end >= _ROOM or not groups:
            groups.append([])
        groups[-1].append(place)
        end = place.start + place.length
    bounds = [0, *(group[0].start - _AHEAD for group in groups[1:]), timeline.length]
    return tuple(
        Timeline(timeline.rate_hz, b - a, tuple(replace(p, start=p.start - a) for p in group), (), ())
        for (a, b), group in zip(itertools.pairwise(bounds), groups, strict=True)
    )


def cut_cue(cue: Cue, moments: Sequence[tuple[int, int]] = (), limit: int = CUE_CHARACTERS) -> tuple[Cue, ...]:
    """Cut a long cue where a phrase ends, best at punctuation, into parts of about one length.

    `moments` are the ends of phrases inside it: a place in its text, a sample of the episode. Between them time runs with the text.

    >>> [c.text for c in cut_cue(Cue(0, 100, "あああ、いいい。"), limit=5)]
    ['あああ、', 'いいい。']
    """
    places = [(0, cue.start), *((c, t) for c, t in moments if 0 < c < len(cue.text)), (len(cue.text), cue.end)]
    chars, times = zip(*places, strict=True)
    cuts = [0, *_cuts(cue.text, {*chars[1:-1]}, limit), len(cue.text)]
    at = [round(t) for t in np.interp(cuts, chars, times)]
    return tuple(
        Cue(at[i], at[i + 1], cue.text[a:b], cue.speaker, tuple(c - a for c in chars if a < c < b))
        for i, (a, b) in enumerate(itertools.pairwise(cuts))
    )


def _cuts(text: str, ends: AbstractSet[int], limit: int) -> list[int]:
    cuts: list[int] = []
    at = 0
    while len(text) - at > limit:
        parts = -(-(len(text) - at) // limit)
        target = at + (len(text) - at) / parts
        least = max(at + 1, len(text) - (parts - 1) * limit)  # the rest must fit into the other parts
        near = range(least, at + limit + 1)
        signs = [c for c in near if text[c - 1] in _BREAKS and (c == len(text) or text[c] not in _BREAKS)]
        at = min(signs or [c for c in near if c in ends] or near, key=lambda c: abs(c - target))
        cuts.append(at)
    return cuts
