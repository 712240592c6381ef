"""The model of lines: what it sees, how it adds up, what it knows of articles that it was not made with."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from tests.script.test_structure import FOLDER, articles_in, gold_of

from briefing.looks import known_rows
from briefing.model import Kind, Role
from briefing.script.features import find_features
from briefing.script.likelihood import (
    NO_KIND,
    LineModel,
    find_likelihood,
    line_model,
    read_model,
    see_context,
    write_model,
)
from briefing.script.structure import is_markdown, meant_lines
from briefing.sources import read_source

LABELS = ("heading*", "para", "promo")
KINDS = ("body", "none", "promo")


def model_of(**weights: tuple[float, ...]) -> LineModel:
    """Make a model that knows a few features and sees nothing in the lines around."""
    seen = np.array(list(weights.values()), np.float32).reshape(len(weights), len(LABELS))
    nothing = np.zeros(len(LABELS), np.float32)
    context = np.zeros((11 * len(LABELS), len(LABELS)), np.float32)
    rows = {name: row for row, name in enumerate(weights)}
    return LineModel(LABELS, KINDS, rows, seen, nothing, context, nothing, seen, nothing)


@pytest.mark.parametrize(
    ("line", "feature"),
    [
        ("■　川の話", "begins=■"),
        ("■　川の話", "lead=■,False,False"),
        ("川の話をします。", "ends=す。"),
        ("川の話をします。", "has=します"),
        ("川の話をします。", "shape=漢ひ漢ひ。"),
        ("申込：https://example.jp/a", "ends=:U"),
        ("１２．川", "lead=0.,False,False"),
        ("　川", "indent=True"),
    ],
)
def test_a_line_shows_its_letters_form_and_place(line: str, feature: str) -> None:
    assert feature in next(find_features([line], is_markdown=False))


def test_a_line_shows_its_neighbours_and_the_last_heading() -> None:
    heading, _, first, second = find_features(["お問い合わせ", "", "川の会へどうぞ。", "電話 000"], is_markdown=False)
    assert {"+1=川の", "-1=none", "blanks=0,1,1"} <= heading
    assert {"head=問い", "behind head=1", "-1 begins=お問", "above=1"} <= first
    assert {"head=問い", "behind head=2", "-2 begins=お問"} <= second


def test_a_blank_line_shows_nothing() -> None:
    assert [bool(own) for own in find_features(["", "　", "川", ""], is_markdown=False)] == [False, False, True, False]


def test_a_look_adds_up_what_is_known_by_the_root_of_how_many() -> None:
    model = model_of(a=(2.0, 0.0, 0.0), b=(0.0, 2.0, 0.0))
    one, both, none = model.look([known_rows(model.rows, own) for own in ({"a", "unknown"}, {"a", "b"}, set())])
    assert np.allclose(np.log(one / one[2]), [2, 0, 0])
    assert np.allclose(np.log(both / both[2]), [2 / np.sqrt(2), 2 / np.sqrt(2), 0], atol=1e-6)
    assert np.allclose(none, 1 / 3)


def test_the_second_look_sees_the_lines_around_and_what_stands_below_the_last_heading() -> None:
    chances = np.eye(3, dtype=np.float32)[[0, 2, 1]]
    seen = see_context(chances, LABELS).reshape(3, 11, 3)
    assert np.allclose(seen[1, 3], chances[0])  # the line above
    assert np.allclose(seen[1, 4], chances[2])  # the line below
    assert np.allclose(seen[:, 7], [[0, 0, 0], chances[1], chances[1]])  # right below the heading
    assert np.allclose(seen[0, 8], 1 / 3)
    assert np.allclose(seen[0, 9], [0, 0.5, 0.5])  # what follows
    assert np.allclose(seen[2, 10], [0.5, 0, 0.5])  # what came before


def test_a_model_comes_back_as_it_was_written() -> None:
    model, file = model_of(**{"has=川": (1.0, 0.5, 0.25)}), BytesIO()
    write_model(model, file)
    file.seek(0)
    again = read_model(file)
    assert (again.labels, again.kinds, again.rows) == (model.labels, model.kinds, model.rows)
    assert np.array_equal(again.seen, model.seen)
    assert np.array_equal(again.placed, model.placed)


def test_every_line_with_text_has_chances_that_add_up() -> None:
    likely = find_likelihood(["川の話", "", "川は広い。"], is_markdown=False)
    assert sorted(likely.chances) == [1, 3]
    assert all(abs(sum(likely.of_role(n).values()) - 1) < 1e-5 for n in (1, 3))
    assert sum(likely.of_heading(1)) == pytest.approx(1)
    assert likely.of_title(2) == 0


def test_nothing_is_said_of_an_article_without_text() -> None:
    assert find_likelihood(["", " "], is_markdown=False).chances == {}


def test_the_articles_that_were_read_to_make_it_are_named_with_their_authors() -> None:
    with (FOLDER / "authors.csv").open(encoding="utf-8", newline="") as file:
        named = [name for name, _ in csv.reader(file)]
    assert named == [path.stem for path in articles_in(FOLDER)]


def likeliest(path: Path) -> list[tuple[Role, str]]:
    """Give the likeliest role and the gold one of each line with text."""
    source, gold = read_source(path), gold_of(path)["roles"]
    lines, flow = meant_lines(source)
    likely = find_likelihood(lines, is_markdown(source))
    ranked = ((max(chances, key=lambda r: chances[r]), n) for n in likely.chances for chances in [likely.of_role(n)])
    return [(role, gold[flow[n - 1][0] - 1]) for role, n in ranked]


def test_it_knows_most_lines_of_articles_that_it_was_not_made_with() -> None:
    pairs = [pair for path in articles_in(FOLDER.parent / "unread") for pair in likeliest(path)]
    assert sum(role == gold for role, gold in pairs) / len(pairs) > 0.9


def test_the_weights_fit_their_labels() -> None:
    model = line_model()
    assert model.seen.shape == (len(model.rows), len(model.labels))
    assert model.context.shape == (11 * len(model.labels), len(model.labels))
    assert model.placed.shape == (len(model.rows), len(model.kinds))
    assert {label.rstrip("*") for label in model.labels} <= set(Role)
    assert set(model.kinds) <= {*Kind, NO_KIND}
