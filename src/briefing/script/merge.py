"""Three-way merge of a script: the user's edits stay where their source line did, the rest is told."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from briefing.model import Chapter, Line, Script


def merge_scripts(old: Script, edited: Script, new: Script) -> tuple[Script, tuple[Line, ...]]:
    """Give the new script with the user's edits of the old one, and the edited lines whose source line has changed or gone.

    `old` is what the rules gave for the source that was edited, `new` what they give for the source as it is now.
    """
    before, mine, now = (_lines(each) for each in (old, edited, new))
    edits = _edits(before, mine)
    kept = _kept(before, now)
    merged = tuple(_merged(chapter, offset, edits, kept) for chapter, offset in _offsets(new.chapters))
    lost = [
        line
        for i in range(len(before))
        if i not in kept.values()
        for line in edits.get(i, ())
        if line.text != before[i].text
    ]
    return replace(new, chapters=tuple(c for c in merged if c.lines)), tuple(lost)


def _lines(script: Script) -> list[Line]:
    return [line for chapter in script.chapters for line in chapter.lines]


def _same(line: Line) -> tuple[str, str, str]:
    return line.part.value, line.speaker, line.text


def _matcher(one: Sequence[Line], other: Sequence[Line]) -> difflib.SequenceMatcher[tuple[str, str, str]]:
    return difflib.SequenceMatcher(None, [_same(x) for x in one], [_same(x) for x in other], autojunk=False)


def _edits(before: Sequence[Line], mine: Sequence[Line]) -> Mapping[int, tuple[Line, ...]]:
    """Give what stands now for each line of old; lines that were added go with the one in front of them."""
    out: dict[int, tuple[Line, ...]] = {}
    for tag, a1, a2, b1, b2 in _matcher(before, mine).get_opcodes():
        if tag == "insert":
            anchor = max(a1 - 1, 0)
            added = tuple(mine[b1:b2])
            out[anchor] = (*out.get(anchor, ()), *added) if a1 else (*added, *out.get(anchor, ()))
        elif a2 - a1 == b2 - b1:
            out |= {a: (*out.get(a, ()), mine[b]) for a, b in zip(range(a1, a2), range(b1, b2), strict=True)}
        else:
            out |= dict.fromkeys(range(a1, a2), ())
            out[a1] = tuple(mine[b1:b2])
    return out


def _kept(before: Sequence[Line], now: Sequence[Line]) -> dict[int, int]:
    """Give for each line of the new script the old line that it is, where it is one."""
    blocks = _matcher(before, now).get_matching_blocks()
    return {b.b + i: b.a + i for b in blocks for i in range(b.size)}


def _offsets(chapters: Sequence[Chapter]) -> list[tuple[Chapter, int]]:
    at, out = 0, []
    for chapter in chapters:
        out.append((chapter, at))
        at += len(chapter.lines)
    return out


def _merged(chapter: Chapter, offset: int, edits: Mapping[int, tuple[Line, ...]], kept: Mapping[int, int]) -> Chapter:
    lines: list[Line] = []
    for index, line in enumerate(chapter.lines, offset):
        own = edits.get(kept[index], ()) if index in kept else (line,)
        lines += [replace(each, source=line.source) for each in own]
    return replace(chapter, lines=tuple(lines))
