"""The structure of an article: a heading is a property of the document, not of a line.

Forms are gathered line by line (`marks`), then weighed over the whole document: families of headings, the list of
contents that repeats them, speakers that recur, promotion by words and place. Roles follow by a walk over the lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from briefing.model import NOT_READ_ALOUD, Article, Block, Dropped, Role, Section, Source, Subheading
from briefing.script import marks
from briefing.script.closings import with_closing, with_farewell, with_framing
from briefing.script.contents import find_contents, find_listed
from briefing.script.flow import Outline, find_flow, join_line, spread, with_full_stops, without_boxes
from briefing.script.headings import Heading, find_headings, without_mark
from briefing.script.indents import indented_roles
from briefing.script.labels import find_askers, find_question_labels, without_box
from briefing.script.likelihood import find_likelihood
from briefing.script.lines import fixed_roles
from briefing.script.links import find_link_titles
from briefing.script.pages import page_roles
from briefing.script.people import find_people
from briefing.script.prefixes import without_shared
from briefing.script.promotion import mark_promotion, with_closing_promotion
from briefing.script.questions import find_marked_questions, mark_letters
from briefing.script.questions import without_mark as without_question_mark
from briefing.script.roles import assign_roles
from briefing.script.runs import mark_runs
from briefing.script.sections import (
    cut_sections,
    find_pairs,
    settle_kinds,
    trim_sections,
)
from briefing.script.spacing import with_wide_blanks, without_spacing
from briefing.script.speakers import find_quoted_turns, find_speakers, split_turn
from briefing.script.talk import talk_outline
from briefing.script.titles import find_title, title_lines
from briefing.script.weighing import weigh_headings, weigh_kinds, weigh_roles, weigh_speakers
from briefing.script.wrapping import BLANKS


def find_structure(source: Source) -> Article:
    """Give sections, roles, question–answer pairs and what is not to be read."""
    if source.speakers is not None:
        return _assemble(source, talk_outline(source), source.lines, ())
    lines, flow = meant_lines(source)
    found = spread(_find_outline(lines, source), flow, len(source.lines))
    going_on = [number for numbers in flow for number in numbers[1:]]
    return _assemble(source, found, without_boxes(source.lines), going_on)


def meant_lines(source: Source) -> tuple[list[str], list[list[int]]]:
    """Give the lines of an article as they are meant, and the numbers that each has in the file."""
    plain = without_boxes(source.lines)
    stopped = with_full_stops(plain if is_markdown(source) else with_wide_blanks(plain))
    flow = find_flow(stopped)
    return without_spacing([join_line(stopped, numbers) for numbers in flow]), flow


def _assemble(source: Source, found: Outline, plain: Sequence[str], going_on: Collection[int]) -> Article:
    """Give the article of an outline; `going_on` are the lines that a margin cut off from the one before."""
    lines = [line.strip(BLANKS) for line in plain]
    filled = tuple(_fill(each, lines, found.roles, found.speakers, frozenset(going_on)) for each in found.sections)
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


def is_markdown(source: Source) -> bool:
    """Say whether a source is Markdown, by its name."""
    return source.name.lower().endswith((".md", ".markdown"))


def _find_outline(raw: Sequence[str], source: Source) -> Outline:
    lines = [line.strip(BLANKS) for line in raw]
    in_markdown = is_markdown(source)
    likely = find_likelihood(raw, in_markdown)
    fixed = page_roles(lines) | fixed_roles(lines)
    fixed |= indented_roles(raw, fixed, in_markdown)
    fixed |= dict.fromkeys(find_link_titles(lines, fixed), Role.LIST)
    fixed |= find_question_labels(lines, fixed)
    fixed |= dict.fromkeys(find_marked_questions(lines, fixed), Role.QUESTION)
    fixed |= dict.fromkeys(find_askers(lines, fixed), Role.META)
    speakers = weigh_speakers(find_speakers(lines, fixed), lines, likely)
    fixed |= dict.fromkeys(find_people(lines, fixed, speakers), Role.META)
    fixed |= dict.fromkeys(find_quoted_turns(lines, fixed, speakers), Role.TURN)
    listed = find_listed(lines, fixed)
    headings = find_headings(lines, fixed, speakers, listed, in_markdown)
    headings = weigh_headings(headings, lines, fixed, likely)
    contents = find_contents(lines, fixed, headings, listed)
    headings = tuple(h for h in headings if h.line not in contents)
    title, title_line, headings = find_title(source, lines, fixed, headings, contents, likely)
    titles = title_lines(lines, title, title_line)
    headings = _without_shared_marks(headings)
    roles = assign_roles(lines, fixed, headings, contents, titles, speakers)
    roles = mark_runs(raw, roles, speakers)
    roles = mark_letters(lines, roles, {h.line: h.title for h in headings if h.is_section})
    sections = cut_sections(lines, roles, headings, contents, title_line)
    roles = weigh_roles(mark_promotion(lines, roles, sections), lines, likely)
    sections = settle_kinds(with_closing_promotion(lines, sections, roles), roles)
    sections = with_farewell(lines, with_framing(lines, with_closing(sections, roles), roles), roles)
    trimmed = weigh_kinds(trim_sections(sections, roles), roles, likely)
    pairs = find_pairs(roles, trimmed)
    subheadings = tuple(Subheading(h.title, h.line) for h in headings if not h.is_section)
    return Outline(title, title_line, tuple(roles), trimmed, subheadings, pairs, tuple(speakers))


def _without_shared_marks(headings: Sequence[Heading]) -> tuple[Heading, ...]:
    bare = dict(
        zip(
            (h.line for h in headings if h.is_section),
            without_shared([h.title for h in headings if h.is_section]),
            strict=True,
        )
    )
    return tuple(replace(h, title=bare.get(h.line, h.title)) for h in headings)


_IN_NO_BLOCK = (NOT_READ_ALOUD - {Role.CODE, Role.LINK}) | {Role.TITLE}
"""Roles of which a section has no block; code and links are told, so they have one."""


def _fill(
    section: Section,
    lines: Sequence[str],
    roles: Sequence[Role],
    speakers: Sequence[str],
    going_on: frozenset[int],
) -> Section:
    """Gather neighbouring lines of one role into blocks; each question, answer and turn opens its own, no line that goes on does."""
    blocks: list[Block] = []
    for number in range(section.start, section.end + 1):
        role, text = roles[number - 1], lines[number - 1]
        if role in _IN_NO_BLOCK:
            continue
        goes_on = number in going_on
        is_turn = role is Role.TURN and not goes_on
        speaker, said = split_turn(text, speakers) if is_turn else ("", text)
        bare = said if is_turn or goes_on else _bare_text(role, text)
        opens = not goes_on and _opens_block(role, text, speaker)
        last = blocks[-1] if blocks else None
        if last and last.role is role and not opens and last.lines[-1] >= number - 1:
            joined = last.goes_on | {number} if goes_on else last.goes_on
            blocks[-1] = Block(role, (*last.lines, number), (*last.texts, bare), last.speaker, joined)
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
}


def _bare_text(role: Role, text: str) -> str:
    """Give a line without its mark: the number of a heading, Q., a bullet."""
    if role in (Role.HEADING, Role.SUBHEADING):
        return without_mark(0, text)
    if role in (Role.NOTE, Role.NOTE_LABEL):
        text = text.lstrip(">＞ ")
    match = _BARE[role].fullmatch(text) if role in _BARE else None
    bare = (match["title"] or match.groupdict().get("column") or text) if match else text
    bare = _without_half(bare) if match else bare
    if role is Role.NOTE_LABEL:
        bare = bare.strip("【】［］[]〔〕＜＞<>〈〉《》≪≫▼▽■□◆◇●○★☆ 　*") or bare
    if role is Role.LIST and not match and (mark := marks.ITEM_MARK.match(text)):
        bare = text[mark.end() :]
    if role is Role.NOTE and (item := marks.LIST.fullmatch(bare)):
        bare = item["title"]
    if role is Role.QUESTION:
        bare = without_question_mark(bare.lstrip("―—─　 "))
    if role in (Role.QUESTION, Role.ANSWER):
        bare = without_box(bare.lstrip(">＞ "))
    return bare.lstrip(">＞ ") if role is Role.QUOTE else bare


def _without_half(text: str) -> str:
    """Give a text behind its mark without the half of a pair that the mark has the other half of: **Q. …**, （※…）."""
    if text.endswith("**") and text.count("**") == 1:
        return text.removesuffix("**").rstrip()
    is_closed = any(text.endswith(b) and text.count(b) > text.count(a) for a, b in ("（）", "()"))
    return text[:-1] if is_closed else text


def _find_dropped(source: Source, roles: Sequence[Role], sections: Sequence[Section]) -> tuple[Dropped, ...]:
    """List every non-blank line that is in no block, with its role as the reason."""
    told = {n for section in sections for block in section.blocks for n in block.lines}
    return tuple(
        Dropped(source.origin, n, role.value)
        for n, role in enumerate(roles, 1)
        if n not in told and role is not Role.BLANK
    )
