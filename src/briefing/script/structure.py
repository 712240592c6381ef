"""The structure of an article: a heading is a property of the document, not of a line.

Forms are gathered line by line (`marks`), then weighed over the whole document: families of headings, the list of
contents that repeats them, speakers that recur, promotion by words and place. Roles follow by a walk over the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from briefing.model import NOT_READ_ALOUD, Article, Block, Dropped, QaPair, Role, Section, Source, Subheading
from briefing.script import marks
from briefing.script.contents import find_contents, find_listed
from briefing.script.headings import find_headings, without_mark
from briefing.script.lines import TURN, find_speakers, fixed_roles, speaker_of
from briefing.script.promotion import mark_promotion, with_closing_promotion
from briefing.script.roles import assign_roles
from briefing.script.runs import mark_runs
from briefing.script.sections import (
    cut_sections,
    find_pairs,
    settle_kinds,
    trim_sections,
    with_closing,
)
from briefing.script.titles import find_title, title_lines


def find_structure(source: Source) -> Article:
    """Give sections, roles, question–answer pairs and what is not to be read."""
    raw = list(source.lines)
    numbers = _telling_lines(raw)
    found = _spread(_find_outline([raw[n - 1] for n in numbers], source), numbers, len(raw))
    lines = [line.strip(" \t　") for line in raw]
    filled = tuple(_fill(each, lines, found.roles, found.speakers) for each in found.sections)
    dropped = _find_dropped(source, found.roles, filled)
    return Article(
        source,
        found.title,
        found.title_line,
        found.roles,
        filled,
        found.subheadings,
        found.pairs,
        found.speakers,
        dropped,
    )


@dataclass(frozen=True, slots=True)
class _Outline:
    """What is found in lines, by their numbers."""

    title: str | None
    title_line: int | None
    roles: tuple[Role, ...]
    sections: tuple[Section, ...]
    subheadings: tuple[Subheading, ...]
    pairs: tuple[QaPair, ...]
    speakers: tuple[str, ...]


def _telling_lines(raw: Sequence[str]) -> list[int]:
    """Give the numbers of the lines to look at: all, but one blank line of every run where no two lines stand together."""
    told = [n for n, line in enumerate(raw, 1) if line.strip()]
    if len(told) < _LEAST_SPACED or any(b == a + 1 for a, b in pairwise(told)):
        return list(range(1, len(raw) + 1))
    return [n for n in range(1, len(raw) + 1) if raw[n - 1].strip() or (n > 1 and not raw[n - 2].strip())]


_LEAST_SPACED = 12  # lines of a text of which double spacing can be told


def _spread(found: _Outline, numbers: Sequence[int], count: int) -> _Outline:
    """Give an outline by the numbers that the lines have in the whole text of `count` lines."""
    if len(numbers) == count:
        return found
    roles = [Role.BLANK] * count
    for number, role in zip(numbers, found.roles, strict=True):
        roles[number - 1] = role
    at = dict(enumerate(numbers, 1))
    return replace(
        found,
        title_line=at[found.title_line] if found.title_line else None,
        roles=tuple(roles),
        sections=tuple(replace(s, start=at[s.start], end=at[s.end]) for s in found.sections),
        subheadings=tuple(replace(s, line=at[s.line]) for s in found.subheadings),
        pairs=tuple(QaPair((at[p.q[0]], at[p.q[1]]), (at[p.a[0]], at[p.a[1]])) for p in found.pairs),
    )


def _find_outline(raw: Sequence[str], source: Source) -> _Outline:
    lines = [line.strip(" \t　") for line in raw]
    fixed = fixed_roles(lines)
    speakers = find_speakers(lines, fixed)
    listed = find_listed(lines, fixed)
    is_markdown = source.name.lower().endswith((".md", ".markdown"))
    headings = find_headings(lines, fixed, speakers, listed, is_markdown)
    contents = find_contents(lines, fixed, headings, listed)
    headings = tuple(h for h in headings if h.line not in contents)
    title, title_line, headings = find_title(source, lines, fixed, headings, contents)
    titles = title_lines(lines, title, title_line)
    roles = assign_roles(lines, fixed, headings, contents, titles, speakers)
    roles = mark_runs(raw, roles)
    sections = cut_sections(lines, roles, headings, contents, title_line)
    roles = mark_promotion(lines, roles, sections)
    sections = with_closing(settle_kinds(sections, roles), roles)
    trimmed = trim_sections(with_closing_promotion(lines, sections, roles), roles)
    pairs = find_pairs(roles, trimmed)
    subheadings = tuple(Subheading(h.title, h.line) for h in headings if not h.is_section)
    return _Outline(title, title_line, tuple(roles), trimmed, subheadings, pairs, tuple(speakers))


_IN_NO_BLOCK = (NOT_READ_ALOUD - {Role.CODE, Role.LINK}) | {Role.TITLE}
"""Roles of which a section has no block; code and links are told, so they have one."""


def _fill(section: Section, lines: Sequence[str], roles: Sequence[Role], speakers: Sequence[str]) -> Section:
    """Gather neighbouring lines of one role into blocks; each question, answer and turn opens its own."""
    blocks: list[Block] = []
    for number in range(section.start, section.end + 1):
        role, text = roles[number - 1], lines[number - 1]
        if role in _IN_NO_BLOCK:
            continue
        speaker = speaker_of(text, speakers) if role is Role.TURN else ""
        bare = "" if text == speaker else _bare_text(role, text)
        opens = _opens_block(role, text, speaker)
        last = blocks[-1] if blocks else None
        if last and last.role is role and not opens and last.lines[-1] >= number - 1:
            blocks[-1] = Block(role, (*last.lines, number), (*last.texts, bare), last.speaker)
        else:
            keep = speaker or (last.speaker if last and role is Role.TURN and last.role is Role.TURN else "")
            blocks.append(Block(role, (number,), (bare,), keep))
    return Section(section.number, section.kind, section.title, section.start, section.end, tuple(blocks))


def _opens_block(role: Role, text: str, speaker: str) -> bool:
    pattern = {Role.QUESTION: marks.QUESTION, Role.ANSWER: marks.ANSWER}.get(role)
    return (
        bool(speaker)
        or role in (Role.HEADING, Role.SUBHEADING, Role.NOTE_LABEL)
        or bool(pattern and pattern.fullmatch(text))
    )


_BARE = {
    Role.QUESTION: marks.QUESTION,
    Role.ANSWER: marks.ANSWER,
    Role.NOTE: marks.NOTE,
    Role.LIST: marks.LIST,
    Role.NOTE_LABEL: marks.NOTE_LABEL,
    Role.TURN: TURN,
}


def _bare_text(role: Role, text: str) -> str:
    """Give a line without its mark: the number of a heading, Q., a bullet, a speaker's name."""
    if role in (Role.HEADING, Role.SUBHEADING):
        return without_mark(0, text)
    match = _BARE[role].fullmatch(text) if role in _BARE else None
    bare = (
        (match["title"] or match.groupdict().get("words") or match.groupdict().get("column") or text) if match else text
    )
    if role is Role.NOTE and (item := marks.LIST.fullmatch(bare)):
        bare = item["title"]
    if role is Role.QUESTION:
        bare = bare.lstrip("―—─　 ")
    return bare.lstrip(">＞ ") if role is Role.QUOTE else bare


def _find_dropped(source: Source, roles: Sequence[Role], sections: Sequence[Section]) -> tuple[Dropped, ...]:
    """List every non-blank line that is in no block, with its role as the reason."""
    told = {n for section in sections for block in section.blocks for n in block.lines}
    return tuple(
        Dropped(source.origin, n, role.value)
        for n, role in enumerate(roles, 1)
        if n not in told and role is not Role.BLANK
    )
