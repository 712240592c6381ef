"""The article that the project was made for, where it lies beside the checkout; its sentences are somebody else's and stay out of here."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefing.config import ScriptConfig
from briefing.model import Kind, Part, Role
from briefing.script import find_structure, narrate
from briefing.sources import read_source
from tests.conftest import ROOT

SEEDS = sorted((ROOT.parent / "shared" / "seeds").glob("*.txt"))
pytestmark = pytest.mark.skipif(not SEEDS, reason="the seed article is not here")


@pytest.fixture(params=SEEDS, ids=lambda p: p.stem)
def seed(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def test_its_sections_pairs_contents_and_follow_me_lines_are_found(seed: Path) -> None:
    article = find_structure(read_source(seed))
    assert [s.kind for s in article.sections] == [Kind.INTRO, *[Kind.QA] * 6, Kind.OUTRO]
    assert len(article.qa_pairs) == 7
    lines = {
        role: [n for n, r in enumerate(article.roles, 1) if r is role] for role in (Role.TOC, Role.PROMO, Role.META)
    }
    assert lines == {Role.TOC: list(range(8, 15)), Role.PROMO: [16, 85], Role.META: []}


def test_each_section_has_its_question_asked_and_answered_by_two_voices(seed: Path) -> None:
    script = narrate(find_structure(read_source(seed)), ScriptConfig())
    assert len(script.chapters) == 8
    for chapter in script.chapters[1:7]:
        parts = [line.part for line in chapter.lines]
        assert parts.index(Part.QUESTIONER) < parts.index(Part.ANSWERER)
    assert {d.reason for d in script.dropped} == {"toc", "promo"}
