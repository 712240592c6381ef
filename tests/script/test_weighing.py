"""Rules against likelihood: who yields to whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from briefing.model import Kind, Role, Section
from briefing.script.headings import Heading
from briefing.script.likelihood import Likelihood
from briefing.script.weighing import weigh_headings, weigh_kinds, weigh_roles, weigh_speakers

LABELS = ("heading*", "subheading", "para", "promo", "code", "answer")
LONG = 40
TEXT = ["川は広い。"] * LONG


def likely_of(*rows: tuple[float, ...], count: int = LONG) -> Likelihood:
    """Give what is likely of the first lines of an article of `count`; those behind them are paragraphs."""
    plain = (0.0, 0.0, 1.0, 0.0, 0.0, 0.0)
    chances = [*rows, *[plain] * (count - len(rows))]
    return Likelihood(LABELS, {n: np.array(row, np.float32) for n, row in enumerate(chances, 1)})


HEADING, PART, PARA, PROMO, CODE, ANSWER = (
    tuple(float(i == k) for i in range(len(LABELS))) for k in range(len(LABELS))
)


@pytest.mark.parametrize(
    ("chances", "role"),
    [
        (PROMO, Role.PROMO),
        ((0.0, 0.0, 0.05, 0.95, 0.0, 0.0), Role.PARA),  # nineteen times as likely is not enough
        ((0.0, 0.0, 0.01, 0.99, 0.0, 0.0), Role.PROMO),
        (HEADING, Role.PARA),  # headings are weighed elsewhere
        (CODE, Role.PARA),  # a form decides
    ],
    ids=["sure", "likelier", "far likelier", "heading", "code"],
)
def test_a_rule_yields_only_to_what_is_far_likelier(chances: tuple[float, ...], role: Role) -> None:
    roles = [Role.PARA] * LONG
    assert weigh_roles(roles, TEXT, likely_of(chances)) == [role, *roles[1:]]


def test_in_a_short_text_rules_hold() -> None:
    assert weigh_roles([Role.PARA] * 8, TEXT[:8], likely_of(PROMO, count=8)) == [Role.PARA] * 8


def test_an_answer_is_not_broken_off_and_gone_on_with() -> None:
    roles = [Role.ANSWER, Role.ANSWER, Role.BLANK, Role.ANSWER, Role.ANSWER]
    likely = likely_of(PROMO, PROMO, PARA, ANSWER, PROMO)
    assert weigh_roles([*roles, *[Role.PARA] * 35], TEXT, likely)[:5] == [*roles[:4], Role.PROMO]


def test_the_end_of_an_answer_becomes_no_paragraph() -> None:
    assert weigh_roles([Role.ANSWER, *[Role.PARA] * 39], TEXT, likely_of(PARA))[0] is Role.ANSWER


@pytest.mark.parametrize(
    ("text", "role"), [("Q. 川は広いですか", Role.QUESTION), ("答　広い。", Role.ANSWER), ("※広い。", Role.NOTE)]
)
def test_what_its_own_mark_tells_stays(text: str, role: Role) -> None:
    assert weigh_roles([role] * LONG, [text, *TEXT[1:]], likely_of(PROMO))[0] is role


@pytest.mark.parametrize("role", [Role.CODE, Role.DIVIDER, Role.HEADING, Role.TITLE])
def test_what_a_form_or_a_heading_is_stays(role: Role) -> None:
    assert weigh_roles([role] * LONG, TEXT, likely_of(PROMO))[0] is role


def test_a_line_of_which_nothing_is_said_stays() -> None:
    likely = likely_of(PROMO)
    del likely.chances[1]
    assert weigh_roles([Role.BLANK] * LONG, TEXT, likely)[0] is Role.BLANK


KINDS = ("body", "none", "outro", "promo")


@pytest.mark.parametrize(
    ("other", "kind"),
    [((0.6, 0), Kind.BODY), ((0.8, 0), Kind.OUTRO), ((0, 0.9), Kind.BODY), ((0, 0.99), Kind.PROMO)],
    ids=["not much likelier", "likelier", "likelier but unheard", "far likelier"],
)
def test_a_section_is_of_the_kind_that_its_lines_make_likelier(other: tuple[float, float], kind: Kind) -> None:
    row = np.array((1 - sum(other), 0, *other), np.float32)
    likely = replace(likely_of(), kinds=KINDS, kind_chances=dict.fromkeys((3, 4), row))
    (section,) = weigh_kinds([Section(1, Kind.BODY, None, 2, 5, ())], [Role.PARA] * LONG, likely)
    assert section.kind is kind


def test_a_section_of_which_nothing_is_said_stays() -> None:
    section = Section(1, Kind.QA, None, 2, 5, ())
    assert weigh_kinds([section], [Role.PARA] * LONG, likely_of()) == (section,)


def test_a_section_that_asks_stays_one_that_does() -> None:
    section = Section(1, Kind.QA, None, 2, 5, ())
    sure = np.array((1, 0, 0, 0), np.float32)
    likely = replace(likely_of(), kinds=KINDS, kind_chances=dict.fromkeys((3, 4), sure))
    (other,) = weigh_kinds([section], [Role.PARA] * LONG, likely)
    assert other.kind is Kind.BODY
    assert weigh_kinds([section], [Role.PARA, Role.QUESTION, *[Role.PARA] * 38], likely) == (section,)


def test_labels_of_rows_are_no_speakers() -> None:
    lines = ["監督：森", "森：始めます。", "監督：川"]
    talk = (0.0, 0.0, 0.2, 0.0, 0.0, 0.0, 0.8)
    rows = (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    likely = Likelihood((*LABELS, "turn"), dict(enumerate(map(np.array, (rows, talk, rows, *[rows] * 37)), 1)))
    assert weigh_speakers(["監督", "森"], [*lines, *TEXT[3:]], likely) == ["森"]


def headings_of(lines: list[str], found: list[Heading], *rows: tuple[float, ...]) -> list[tuple[int, str, bool]]:
    told = [*lines, *TEXT[len(lines) :]]
    return [(h.line, h.title, h.is_section) for h in weigh_headings(found, told, {}, likely_of(*rows))]


def test_a_line_that_heads_for_sure_becomes_a_heading_without_its_mark() -> None:
    assert headings_of(["■川の話"], [], HEADING) == [(1, "川の話", True)]


def test_a_heading_that_is_none_for_sure_goes() -> None:
    assert headings_of(["川の話"], [Heading(1, "川の話", True)], PARA) == []


def test_a_heading_of_a_part_rises_with_its_title_if_that_is_still_likelier() -> None:
    found = [Heading(1, "川", False)]
    assert headings_of(["■川の話"], found, HEADING) == [(1, "川", True)]
    assert headings_of(["■川の話"], found, (0.98, 0.01, 0.01, 0.0, 0.0, 0.0)) == [(1, "川", False)]


def test_a_heading_of_a_section_becomes_one_of_a_part_with_its_title() -> None:
    assert headings_of(["■川の話"], [Heading(1, "川", True)], PART) == [(1, "川", False)]


def test_headings_of_one_form_stay_together() -> None:
    found = [Heading(1, "川", True), Heading(2, "橋", True)]
    unsure = (0.5, 0.0, 0.5, 0.0, 0.0, 0.0)
    doubted = (0.005, 0.0, 0.995, 0.0, 0.0, 0.0)
    assert len(headings_of(["■川", "■橋"], found, doubted, unsure)) == 2
    assert headings_of(["■川", "▲橋"], found, doubted, unsure) == [(2, "橋", True)]
