"""Nothing is lost: every character of a source is in a spoken line, or listed with the rule that left it out."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from tests.script.test_structure import hold_every_line

from briefing.config import ScriptConfig
from briefing.model import Article, Line, Part, Script
from briefing.script import find_structure, measure_coverage, narrate, shorten, with_digest_coverage
from briefing.sources import read_source

FOLDER = Path(__file__).parent / "articles"
ARTICLES = sorted(p for p in FOLDER.iterdir() if p.suffix in (".txt", ".md") and p.name != "README.md")[::2]
"""Half of the articles: every shape is among them."""

WORDED = ScriptConfig(polite=False, references=False)
"""The rules that reword are off, so that characters can be counted."""


def unaccounted(article: Article, script: Script) -> dict[int, Counter[str]]:
    """Give, for each spoken line, the characters that are neither said nor listed as left out."""
    said: dict[int, Counter[str]] = defaultdict(Counter)
    for chapter in script.chapters:
        for line in chapter.lines:
            for number in line.source:
                said[number] += Counter("".join(line.text.split()))
    out = {}
    for each in script.omitted:
        said[each.line] += Counter("".join(each.text.split()))
    for number, counted in said.items():
        lost = Counter("".join(article.source.lines[number - 1].split())) - counted
        if lost:
            out[number] = lost
    return out


@pytest.mark.slow
@pytest.mark.parametrize("path", ARTICLES, ids=lambda p: p.stem)
def test_every_character_is_said_or_listed_and_the_counts_add_up(path: Path) -> None:
    article = find_structure(read_source(path))
    hold_every_line(article)
    script = narrate(article, WORDED)
    assert unaccounted(article, script) == {}
    covered = measure_coverage(script, article)
    assert covered.spoken + covered.dropped + covered.omitted == covered.characters
    assert min(covered.spoken, covered.dropped, covered.omitted) >= 0


@pytest.mark.parametrize("minutes", [1, 2])
@pytest.mark.parametrize("name", ["faq_city_pool.txt", "essay_plain.txt", "minutes.txt", "interview_map_maker.txt"])
def test_a_digest_fits_and_lists_what_it_leaves_out(name: str, minutes: int) -> None:
    article = find_structure(read_source(FOLDER / name))
    whole = narrate(article, WORDED)
    short = with_digest_coverage(shorten(whole, minutes * 60, seconds_of), whole, article, WORDED)
    length_s = sum(seconds_of(line) for chapter in short.chapters for line in chapter.lines)
    if short.chapters == whole.chapters:
        assert length_s < minutes * 60 * 1.1
    else:
        assert length_s == pytest.approx(minutes * 60, rel=0.1)
    texts = [line.text for chapter in whole.chapters for line in chapter.lines]
    rest = iter(texts)
    assert all(line.text in rest for chapter in short.chapters for line in chapter.lines)  # whole, and in order
    assert unaccounted(article, short) == {}


def seconds_of(line: Line) -> float:
    return len(line.text) / 6


def test_a_digest_asks_each_question_with_the_head_of_its_answer() -> None:
    article = find_structure(read_source(FOLDER / "faq_city_pool.txt"))
    whole = narrate(article, ScriptConfig())
    short = shorten(whole, 0.8 * sum(seconds_of(x) for c in whole.chapters for x in c.lines), seconds_of)
    parts = [x.part for c in short.chapters for x in c.lines if x.source]
    follows = [after for part, after in pairwise(parts) if part is Part.QUESTIONER]
    assert set(follows) == {Part.QUESTIONER, Part.ANSWERER} or set(follows) == {Part.ANSWERER}
    assert follows.count(Part.ANSWERER) >= len(article.qa_pairs)


def test_a_digest_of_pages_keeps_each_reason() -> None:
    whole = read_source(FOLDER / "newsletter.txt")
    source = replace(whole, places=(1,) * len(whole.lines))  # as a PDF has them: every line on page 1
    article = find_structure(source)
    script = narrate(article, ScriptConfig())
    short = shorten(script, 0.5 * sum(seconds_of(x) for c in script.chapters for x in c.lines), seconds_of)
    listed = with_digest_coverage(short, script, article, ScriptConfig())
    before, after = (Counter(d.reason for d in each.dropped) for each in (script, listed))
    assert after["digest"] > 0
    assert all(after[reason] == count for reason, count in before.items())
