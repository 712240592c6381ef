"""Sections and their kinds, question–answer pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from briefing.model import Kind, QaPair, Role, Section
from briefing.script import marks
from briefing.script.closings import with_signed_end
from briefing.script.headings import Heading
from briefing.script.lines import (
    BEFORE_OPENING,
    ORNAMENTS,
)


def cut_sections(
    lines: Sequence[str],
    roles: Sequence[Role],
    headings: Sequence[Heading],
    contents: Mapping[int, Role],
    title_line: int | None,
) -> list[Section]:
    """Cut the lines at the headings of sections; what stands before the first is the opening."""
    starts: list[tuple[int, str | None]] = [(h.line, h.title) for h in headings if h.is_section]
    starts += [(n, lines[n - 1].strip("# ")) for n, role in contents.items() if role is Role.HEADING]
    starts.sort()
    starts += _contents_sections(lines, roles, contents, starts)
    starts.sort()
    is_minutes = any(r is Role.TITLE and _MINUTES.search(lines[n - 1]) for n, r in enumerate(roles, 1))
    first_text = next((n for n, r in enumerate(roles, 1) if r not in BEFORE_OPENING | {Role.LINK}), None)
    if first_text and not starts:
        starts = [(n, None) for n in (first_text, *_scenes(lines, roles))]
    elif first_text and first_text < starts[0][0]:
        starts.insert(0, (first_text, None))
    if not starts:
        return []
    bounds = [s for s, _ in starts[1:]] + [len(lines) + 1]
    sections = [
        Section(i, _kind_of(i, title, start, end, len(starts), lines, roles, is_minutes), title, start, end - 1)
        for i, ((start, title), end) in enumerate(zip(starts, bounds, strict=True), 1)
    ]
    if len(starts) > 1 and starts[-1][1] is None:
        sections[-1] = replace(sections[-1], kind=Kind.OUTRO)
    return _with_untitled_questions(with_signed_end(sections, lines), roles)


def _scenes(lines: Sequence[str], roles: Sequence[Role]) -> list[int]:
    """Give the lines that open a scene, in a text without headings: each behind a divider of one short form that comes twice at least."""
    told = [n for n, r in enumerate(roles, 1) if r not in (Role.BLANK, Role.META, Role.LINK)]
    behind = [(a, b) for a, b in pairwise(told) if roles[a - 1] is Role.DIVIDER and roles[b - 1] in _TELLING]
    breaks = [(a, b) for a, b in behind if not lines[a - 2] or marks.STATES.search(lines[a - 2])]
    forms = Counter(lines[a - 1] for a, _ in breaks if any(r in _TELLING for r in roles[: a - 1]))
    form, count = max(forms.items(), key=lambda each: each[1], default=("", 0))
    return [b for a, b in breaks if lines[a - 1] == form] if count >= _LEAST_BREAKS else []


_LEAST_BREAKS = 2
_TELLING = frozenset({Role.PARA, Role.QUOTE})


_MINUTES = re.compile(r"議事|会議|協議会|審議会|役員会|部会|理事会|委員会|総会|例会|打ち?合わ?せ|定例")


def _contents_sections(
    lines: Sequence[str], roles: Sequence[Role], contents: Mapping[int, Role], starts: Sequence[tuple[int, str | None]]
) -> list[tuple[int, str | None]]:
    """Give the labelled list of contents as a section where it stands apart and no opening goes on behind it."""

    def is_gap(number: int) -> bool:
        return not 1 <= number <= len(roles) or roles[number - 1] in (Role.BLANK, Role.DIVIDER)

    known = {line for line, _ in starts}
    titles = {marks.flatten(title) for _, title in starts if title}
    out: list[tuple[int, str | None]] = []
    for number in sorted(contents):
        bare = lines[number - 1].strip(f"{ORNAMENTS}─━")
        is_item = marks.LIST.fullmatch(lines[number - 1]) or any(title in marks.flatten(bare) for title in titles)
        if contents[number] is not Role.TOC or number - 1 in contents or is_item:
            continue
        end = number
        while end + 1 in contents:
            end += 1
        after = next((n for n in range(end + 1, len(roles) + 1) if not is_gap(n)), 0)
        has_text = any(r not in BEFORE_OPENING for r in roles[: number - 1])
        if has_text and is_gap(number - 1) and is_gap(end + 1) and after in known:
            out.append((number, bare))
    return out


def _with_untitled_questions(sections: list[Section], roles: Sequence[Role]) -> list[Section]:
    """Let questions that follow an opening without a heading be a section of their own."""
    first = sections[0] if sections else None
    if first is None or first.title is not None:
        return sections
    asked = next((n for n in range(first.start, first.end + 1) if roles[n - 1] in (Role.QUESTION, Role.TURN)), 0)
    if asked == first.start:
        return [replace(first, kind=Kind.QA), *sections[1:]]
    if not asked:
        return sections
    opening = Section(1, Kind.INTRO, None, first.start, asked - 1)
    rest = [Section(s.number + 1, s.kind, s.title, s.start, s.end) for s in sections[1:]]
    return [opening, Section(2, Kind.QA, None, asked, first.end), *rest]


def _kind_of(
    index: int,
    title: str | None,
    start: int,
    end: int,
    total: int,
    lines: Sequence[str],
    roles: Sequence[Role],
    is_minutes: bool,
) -> Kind:
    inside = roles[start - 1 : end - 1]
    if title is None and index == 1 and total > 1:
        return Kind.INTRO
    title = title or ""
    below = set(roles[start : end - 1])
    if marks.CONTENTS.fullmatch(title) or (title and Role.TOC in below and below <= BEFORE_OPENING):
        return Kind.TOC
    if marks.OPENING.fullmatch(title) and index <= 2:
        return Kind.INTRO
    if marks.PROMO_TITLE.fullmatch(title) and Role.QUESTION not in inside:
        return Kind.PROMO
    said = [len(t) for t, r in zip(lines[start - 1 : end - 1], inside, strict=True) if r is Role.TURN]
    told = [len(t) for t, r in zip(lines[start - 1 : end - 1], inside, strict=True) if r in (Role.PARA, Role.QUOTE)]
    is_talk = len(said) >= 2 and len(said) > len(told) and sum(said) > sum(told)  # more is said than told
    if marks.CLOSING.fullmatch(title) and index > total // 2 and not (is_talk and _SOUNDS_LAST.match(title)):
        return Kind.OUTRO
    if Role.QUESTION in inside or marks.QA_TITLE.search(title) or (is_talk and not is_minutes):
        return Kind.QA
    return Kind.BODY


_SAID = frozenset({Role.TURN, Role.QUESTION})
_SOUNDS_LAST = re.compile("これから|.+後の(?:ひとこと|一言)")  # may as well name what is talked about


def settle_kinds(sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Settle by place and content what titles leave open: behind the closing, or of links alone, the end promotes; a closing comes last."""
    out: list[Section] = []
    closing = next((s.number for s in sections if s.kind is Kind.OUTRO), len(sections))
    for section in reversed(sections):
        is_end = all(s.kind is Kind.PROMO for s in out)
        inside = set(roles[section.start : section.end])
        is_behind = closing < section.number
        kind = section.kind
        offers = bool(marks.OFFER.search(section.title or "")) and section.number * 2 > len(sections)
        is_box = is_end and _is_contact_box(section, roles)
        leaves = (
            is_box or (inside & _PROMOTING and (is_behind or inside <= UNSPOKEN_END)) or (offers and inside & _UNSPOKEN)
        )
        if (
            section.title
            and section.number > 1
            and is_end
            and not inside & _SAID
            and not _SURE_CLOSING.fullmatch(section.title)
            and (leaves or (is_behind and offers))
        ):
            kind = Kind.PROMO
        elif kind is Kind.PROMO and _COLLECTS.search(section.title or "") and any(s.kind is Kind.OUTRO for s in out):
            kind = Kind.BODY  # the links of a newsletter, before its last words
        elif kind is Kind.INTRO and _is_no_opening(section, sections[: section.number - 1]):
            kind = Kind.BODY
        elif kind is Kind.BODY and is_end and Role.TURN in roles and _is_behind_talk(section, sections):
            kind = Kind.PROMO if offers and Role.TURN not in inside else _ends_talk(section, roles)
        elif kind is Kind.OUTRO and not is_end and not marks.CLOSING_WORD.fullmatch(section.title or ""):
            kind = Kind.BODY
        out.append(replace(section, kind=kind))
    return out[::-1]


_COLLECTS = re.compile("リンク|記事|サイト")


def _is_no_opening(section: Section, before: Sequence[Section]) -> bool:
    """Say whether a section named as an opening is none: others tell before it, or it sums up behind an opening without a title."""
    sums_up = re.fullmatch("概要|あらまし", section.title or "")
    return any(s.kind is Kind.BODY or (sums_up and s.kind is Kind.INTRO) for s in before)


def _is_contact_box(section: Section, roles: Sequence[Role]) -> bool:
    """Say whether a section holds an address, and as many lines that tell whom to ask as others."""
    inside = [r for r in roles[section.start : section.end] if r is not Role.BLANK]
    if Role.DIVIDER in inside[:-1]:
        return False  # what stands behind it is a box of its own
    asked = sum(r in (Role.META, Role.LINK) for r in inside)
    return asked >= _LEAST_ASKED and (asked == len(inside) or (Role.LINK in inside and asked * 2 >= len(inside)))


_LEAST_ASKED = 2


def _is_behind_talk(section: Section, sections: Sequence[Section]) -> bool:
    """Say whether all sections before one but the opening are talk, two at least: those of an interview."""
    before = [s for s in sections[: section.number - 1] if s.kind not in (Kind.INTRO, Kind.TOC)]
    return len(before) >= 2 and all(s.kind is Kind.QA for s in before)


def _ends_talk(section: Section, roles: Sequence[Role]) -> Kind:
    """Give what the last section of an interview is: talk as long as it opens with it, else last words."""
    inside = [r for r in roles[section.start : section.end] if r not in BEFORE_OPENING]
    if inside[:1] == [Role.TURN] and inside.count(Role.TURN) > 1:
        return Kind.QA
    return Kind.OUTRO if Role.PARA in inside and Role.TURN not in inside else section.kind


_SURE_CLOSING = re.compile(rf"(?!次){marks.CLOSING_WORD.pattern}")
_PROMOTING = frozenset({Role.PROMO, Role.LINK})


_UNSPOKEN = _PROMOTING | {Role.META}
UNSPOKEN_END = _UNSPOKEN | {Role.DIVIDER, Role.BLANK}


def trim_sections(sections: Sequence[Section], roles: Sequence[Role]) -> tuple[Section, ...]:
    """Take trailing blank lines away from every section."""
    out = []
    for number, each in enumerate(sections, 1):
        end = each.end
        while end > each.start and roles[end - 1] is Role.BLANK:
            end -= 1
        out.append(Section(number, each.kind, each.title, each.start, end))
    return tuple(out)


def find_pairs(roles: Sequence[Role], sections: Sequence[Section]) -> tuple[QaPair, ...]:
    """Pair each run of question lines with the run of answer lines (lists inside it included) that follows it."""
    pairs: list[QaPair] = []
    for section in sections:
        q: tuple[int, int] | None = None
        number = section.start
        while number <= section.end:
            role = roles[number - 1]
            if role is Role.QUESTION:
                last = _run_end(roles, number, section.end, (Role.QUESTION, Role.LIST))
                q = (number, last)
                number = last
            elif role is Role.ANSWER and q:
                last = _run_end(roles, number, section.end, (Role.ANSWER, Role.LIST, Role.TABLE, Role.QUOTE))
                pairs.append(QaPair(q, (number, last)))
                q, number = None, last
            number += 1
    return tuple(pairs)


def _run_end(roles: Sequence[Role], start: int, limit: int, kinds: tuple[Role, ...]) -> int:
    last = start
    for number in range(start + 1, limit + 1):
        role = roles[number - 1]
        if role in kinds:
            last = number
        elif role not in (Role.BLANK, Role.DIVIDER):
            break
    return last
