"""What rules found, weighed against what a model of lines holds likely: a rule yields only where something else is far likelier."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from briefing.model import Kind, Role, Section
from briefing.script import marks
from briefing.script.headings import Heading, without_mark
from briefing.script.likelihood import Likelihood
from briefing.script.speakers import speaker_of

_SURE = frozenset({Role.BLANK, Role.DIVIDER, Role.CODE, Role.FRONTMATTER})
"""Roles that a form alone decides: a fence, a rule."""

_ROWS = frozenset({Role.LIST, Role.TABLE})
"""Roles of lines that say anything: what they are shows in their order alone."""

_HEADS = frozenset({Role.TITLE, Role.HEADING, Role.SUBHEADING})
"""Roles that stand with the headings, which are weighed before the other lines."""

_RULE = 4.0
"""What the rules' word counts beside the logarithm of a chance: it yields to what is fifty times as likely.

In a text too short to be like those that the model has seen it counts more. Figures: docs/decisions.md."""

_RISE = 1.0
"""What speaks, beside the rules' word, against a part's rise to a section: its rank comes from others around it."""

_LEAST = 1e-6  # a chance that is none

_RANKS = (True, False, None)
"""What a line may head: a section, a part of one, nothing; the order of `Likelihood.of_heading`."""


def weigh_speakers(speakers: Sequence[str], lines: Sequence[str], likely: Likelihood) -> list[str]:
    """Give the speakers without those whose turns are too unlikely to be talk: labels of rows, such as 監督：."""
    turns: dict[str, list[float]] = {}
    for number in likely.chances:
        if name := speaker_of(lines[number - 1], speakers):
            turns.setdefault(name, []).append(likely.of_role(number)[Role.TURN])
    return [name for name in speakers if _are_talk(turns.get(name, []), likely)]


def _are_talk(chances: Sequence[float], likely: Likelihood) -> bool:
    talk = np.array(chances or [1.0])
    return bool(np.mean(np.log(talk + _LEAST) - np.log(1 - talk + _LEAST)) > -_RULE / likely.trust)


def weigh_headings(
    headings: Sequence[Heading], lines: Sequence[str], fixed: Mapping[int, Role], likely: Likelihood
) -> tuple[Heading, ...]:
    """Give the headings with those that lines are too likely, without those that they are too unlikely.

    Lines of one form that the rules took alike are weighed together: they head sections, head parts or head nothing, all of them.
    """
    found = {h.line: h for h in headings}
    for rank, numbers in _alike(found, lines, fixed, likely):
        best = _weigh_together(rank, [likely.of_heading(n) for n in numbers], _RULE / likely.trust)
        for number in numbers:
            if best is None:
                found.pop(number, None)
            elif best is not rank:
                title = found[number].title if number in found else without_mark(number, lines[number - 1])
                found[number] = Heading(number, title, best)
    return tuple(found[n] for n in sorted(found))


def _alike(
    found: Mapping[int, Heading], lines: Sequence[str], fixed: Mapping[int, Role], likely: Likelihood
) -> list[tuple[bool | None, list[int]]]:
    """Give the lines of each form by what the rules take them to head; a line without a form is alone."""
    groups: dict[tuple[bool | None, str | int], list[int]] = {}
    for number in likely.chances:
        rank = found[number].is_section if number in found else None
        if number in found or fixed.get(number) not in _SURE:
            groups.setdefault((rank, _form_of(number, lines[number - 1])), []).append(number)
    return [(rank, numbers) for (rank, _), numbers in groups.items()]


def _form_of(number: int, text: str) -> str | int:
    """Give the form of a line: the family of its mark, else the role that its mark tells, else the line itself."""
    forms = marks.heading_candidates(number, text)
    marked = (role.value for role in _MARKED if is_marked(text, role))
    return forms[0].family if forms else next(marked, number)


def _weigh_together(rank: bool | None, chances: Sequence[tuple[float, float, float]], rule: float) -> bool | None:
    """Give what lines head that the rules rank alike, by the geometric means of their chances."""
    means = np.log(np.array(chances) + _LEAST).mean(axis=0)
    if rank is False:
        means[_RANKS.index(True)] -= _RISE
    return _RANKS[int(np.argmax(means + [rule * (each is rank) for each in _RANKS]))]


def weigh_roles(roles: Sequence[Role], lines: Sequence[str], likely: Likelihood) -> list[Role]:
    """Give the roles, changed where a line is far likelier something else; headings and what a mark decides stay.

    Questions, answers, turns and notes are not broken off and gone on with: only their ends may be something else, but no
    paragraph, of which a line says least.
    """
    weighed = [_weigh(role, text, n, likely) for n, (role, text) in enumerate(zip(roles, lines, strict=True), 1)]
    goes_on: Role | None = None
    for index, role in reversed(list(enumerate(roles))):
        if role is Role.BLANK:
            continue
        if role is goes_on and role in _LASTING:
            weighed[index] = role
        goes_on = role if weighed[index] is role else None
    return weighed


_LASTING = frozenset({Role.QUESTION, Role.ANSWER, Role.TURN, Role.NOTE})


def _weigh(role: Role, text: str, number: int, likely: Likelihood) -> Role:
    if role in _SURE | _ROWS | _HEADS or number not in likely or is_marked(text, role):
        return role
    barred = _SURE | _HEADS | ({Role.PARA} if role in _LASTING else set())
    chances = {other: chance for other, chance in likely.of_role(number).items() if other not in barred}
    rule = _RULE / likely.trust
    return max(chances, key=lambda other: math.log(chances[other] + _LEAST) + rule * (other is role))


def is_marked(text: str, role: Role) -> bool:
    """Say whether a line begins with the mark of its role: Q., 答, ※.

    >>> is_marked("Q. 橋はいつできますか", Role.QUESTION), is_marked("いつですか", Role.QUESTION)
    (True, False)
    """
    return role in _MARKED and bool(_MARKED[role].fullmatch(text))


_MARKED = {Role.QUESTION: marks.QUESTION, Role.ANSWER: marks.ANSWER, Role.NOTE: marks.NOTE}


def weigh_kinds(sections: Sequence[Section], roles: Sequence[Role], likely: Likelihood) -> tuple[Section, ...]:
    """Give the sections, each of the kind that its lines make likeliest beside what the rules say; what holds a question asks."""

    def asks(section: Section) -> bool:
        return section.kind is Kind.QA and Role.QUESTION in roles[section.start - 1 : section.end]

    return tuple(each if asks(each) else replace(each, kind=_weigh_kind(each, likely)) for each in sections)


def _weigh_kind(section: Section, likely: Likelihood) -> Kind:
    means = likely.of_section(range(section.start, section.end + 1))
    for kind in means.keys() & (_UNHEARD - {section.kind}):
        means[kind] -= _UNHEARD_RULE
    rule = _KIND_RULE / likely.trust**2
    return max(means, key=lambda kind: means[kind] + rule * (kind is section.kind), default=section.kind)


_UNHEARD = frozenset({Kind.PROMO, Kind.TOC})

_KIND_RULE, _UNHEARD_RULE = 1.0, 2.0
"""What the rules' word counts for a kind, and what counts against a kind that is not read aloud, beside the mean logarithm of its chance."""
