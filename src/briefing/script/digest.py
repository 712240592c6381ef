"""A digest that fits a length: whole sentences in their order, nothing reworded; structure first, then what is central.

Each question with the head of its answer and the head of each section come first; then the sentences that are most like
the others of their section (LexRank, Erkan and Radev 2004: cosine of TF-IDF over content words, threshold 0.1).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from briefing.model import Chapter, Kind, Line, Part, Pause, Script
from briefing.morphology import analyse

Seconds = Callable[[Line], float]
_TOLERANCE = 0.03  # of the length asked for; the goal is a tenth
_CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞"})
_LINKED = 0.1
_DAMPING = 0.85


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines that stand or fall together: a sentence with what announces it, or a question with the head of its answer."""

    chapter: int
    lines: tuple[int, ...]


def shorten(script: Script, limit_s: float, seconds_of: Seconds) -> Script:
    """Give the script with the sentences that fit into `limit_s` seconds; all of it when it is no longer than that.

    Opening and closing stay whatever becomes of the sections that they stood in.
    """
    if sum(seconds_of(line) for chapter in script.chapters for line in chapter.lines) <= limit_s * (1 + _TOLERANCE):
        return script
    first, last = script.chapters[0], script.chapters[-1]
    opening, closing = _opening(script.title, first), _closing(last)
    bare = list(script.chapters)
    bare[0] = replace(first, lines=first.lines[len(opening) :])
    bare[-1] = replace(bare[-1], lines=bare[-1].lines[: len(bare[-1].lines) - len(closing)])
    left_s = limit_s * (1 + _TOLERANCE) - sum(seconds_of(line) for line in (*opening, *closing))
    kept = _chosen(bare, left_s, seconds_of)
    if not kept:
        return script
    kept[0] = replace(kept[0], lines=(*opening, *kept[0].lines))
    kept[-1] = replace(kept[-1], lines=(*kept[-1].lines, *closing))
    return replace(script, chapters=tuple(kept))


def _opening(title: str, chapter: Chapter) -> tuple[Line, ...]:
    """Give the lines in front that tell of the whole: the title, and those of ours that end a group."""
    run = next((n for n, x in enumerate(chapter.lines) if x.source and x.text.rstrip("。") != title), 0)
    ends = [n + 1 for n in range(run) if chapter.lines[n].pause is not Pause.SENTENCE]
    return chapter.lines[: max(ends, default=0)]


def _closing(chapter: Chapter) -> tuple[Line, ...]:
    count = next((n for n, line in enumerate(reversed(chapter.lines)) if line.source), 0)
    return chapter.lines[len(chapter.lines) - count :]


def _chosen(chapters: Sequence[Chapter], left_s: float, seconds_of: Seconds) -> list[Chapter]:
    """Take pieces by weight while they fit; a chapter's title comes with its first piece."""
    frames = [_frame(chapter) for chapter in chapters]
    kept: list[set[int]] = [set() for _ in chapters]
    for piece in _by_weight(chapters, frames, seconds_of):
        lines = {*piece.lines, *frames[piece.chapter]} - kept[piece.chapter]
        cost_s = sum(seconds_of(chapters[piece.chapter].lines[n]) for n in lines)
        if cost_s <= left_s:
            kept[piece.chapter] |= lines
            left_s -= cost_s
    return [
        replace(chapter, lines=tuple(line for n, line in enumerate(chapter.lines) if n in lines))
        for chapter, lines in zip(chapters, kept, strict=True)
        if lines
    ]


def _frame(chapter: Chapter) -> frozenset[int]:
    """Give the lines that announce a chapter: its title with those of ours before it."""
    end = next(
        (n + 1 for n, x in enumerate(chapter.lines[:3]) if x.text.rstrip("。").endswith(chapter.title.rstrip("。"))), 0
    )
    return frozenset(range(end))


def _by_weight(chapters: Sequence[Chapter], frames: Sequence[frozenset[int]], seconds_of: Seconds) -> Iterator[_Piece]:
    """Yield pieces, the weightiest first: heads of all sections in turn, then each section's sentences by centrality, in turn."""
    order = sorted(range(len(chapters)), key=lambda i: chapters[i].kind in (Kind.INTRO, Kind.OUTRO))
    heads: list[list[_Piece]] = []
    others: list[list[_Piece]] = []
    for i in order:
        pieces = _pieces(i, chapters[i], frames[i])
        asked = [p for p in pieces if chapters[i].lines[p.lines[0]].part is Part.QUESTIONER]
        heads.append(asked or pieces[:1])
        ranks = _centrality([_text(chapters[i], p) for p in pieces])
        ranked = sorted(range(len(pieces)), key=lambda n: (-ranks[n], n))
        others.append([pieces[n] for n in ranked if pieces[n] not in heads[-1]])
    for columns in (heads, others):
        for row in zip_longest(*columns):
            yield from filter(None, row)


def _pieces(index: int, chapter: Chapter, frame: frozenset[int]) -> list[_Piece]:
    """Cut a chapter into pieces: lines of ours go with the next sentence, a question with the first sentence of its answer."""
    out: list[_Piece] = []
    pending: list[int] = []
    for n, line in enumerate(chapter.lines):
        if n in frame:
            continue
        pending.append(n)
        if line.source and line.part is not Part.QUESTIONER:
            out.append(_Piece(index, tuple(pending)))
            pending = []
    return [*out, _Piece(index, tuple(pending))] if pending else out


def _text(chapter: Chapter, piece: _Piece) -> str:
    return "".join(chapter.lines[n].text for n in piece.lines if chapter.lines[n].source)


def _centrality(texts: Sequence[str]) -> list[float]:
    """Give each text's LexRank among the others."""
    vectors = _vectors(texts)
    linked = [
        [j for j in range(len(texts)) if j != i and _cosine(vectors[i], vectors[j]) >= _LINKED]
        for i in range(len(texts))
    ]
    rank = [1.0] * len(texts)
    for _ in range(30):
        rank = [1 - _DAMPING + _DAMPING * sum(rank[j] / len(linked[j]) for j in linked[i]) for i in range(len(texts))]
    return rank


def _vectors(texts: Sequence[str]) -> list[Mapping[str, float]]:
    words = [Counter(m.lemma for m in analyse(t) if m.pos[0] in _CONTENT and m.pos[1] != "非自立可能") for t in texts]
    spread = Counter(word for each in words for word in each)
    weighed = [{w: n * math.log(1 + len(texts) / spread[w]) for w, n in each.items()} for each in words]
    return [{w: x / norm for w, x in v.items()} for v in weighed for norm in (math.hypot(*v.values()) or 1.0,)]


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    small, large = sorted((one, other), key=len)
    return sum(x * large.get(w, 0.0) for w, x in small.items())
