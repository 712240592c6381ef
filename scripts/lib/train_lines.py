"""Fit the model of lines (`briefing.script.likelihood`) to the articles of the tests and the roles that their golds give."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from fitting import ROOT, SCALE, choose_features, fit, labels_of, look_from_outside, read_authors, see, train

from briefing.script.features import find_features
from briefing.script.likelihood import NO_KIND, OPENS, LineModel, see_context, write_model
from briefing.script.structure import is_markdown, meant_lines
from briefing.sources import read_source

ARTICLES = ROOT / "tests/script/articles"
WEIGHTS = ROOT / "src/briefing/script/lines.npz"

FEATURES = 8_000  # that are kept
FIRST_C, SECOND_C = 3.0, 1.0  # inverse strength of the penalty
FIRST_STEPS, SECOND_STEPS = 50, 100  # of the solver: stopping early is part of the fit


@dataclass(frozen=True)
class LinesOfArticle:
    """The lines of an article that are not blank: their features, labels and kinds of section, and who wrote it."""

    author: str
    features: list[Set[str]]
    labels: list[str]
    kinds: list[str]


def read_examples(folder: Path) -> list[LinesOfArticle]:
    """Give the articles of a folder with what `authors.csv` says of them; transcripts hold no headings and are left out."""
    authors = read_authors(folder)
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".txt", ".md") and p.with_suffix(".json").exists())
    return [_read_example(path, authors[path.stem]) for path in paths]


def _read_example(path: Path, author: str) -> LinesOfArticle:
    source, gold = read_source(path), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    lines, flow = meant_lines(source)
    opens = {section["start"] for section in gold["sections"]}
    roles = gold["roles"] + ["blank"] * len(source.lines)
    labels = [roles[numbers[0] - 1] + (OPENS if opens & set(numbers) else "") for numbers in flow]
    kind_of = {n: s["kind"] for s in gold["sections"] for n in range(s["start"], s["end"] + 1)}
    kinds = [kind_of.get(numbers[0], NO_KIND) for numbers in flow]
    found = zip(find_features(lines, is_markdown(source)), labels, kinds, strict=True)
    told = [row for row in found if row[0] and not row[1].startswith("blank")]
    return LinesOfArticle(author, *(list(column) for column in zip(*told, strict=True)))


def fit_model(examples: Sequence[LinesOfArticle]) -> LineModel:
    """Fit the first and the third look to all examples, the second to what first looks without an example's author found in it."""
    labels = labels_of(examples)
    rows = choose_features(examples, FIRST_C, FIRST_STEPS, FEATURES)
    seen = see(examples, rows)
    first = fit(seen, labels, FIRST_C, FIRST_STEPS)
    names = [str(name) for name in first.classes_]
    context = np.vstack([see_context(each, names) for each in _first_looks(examples, rows, names)])
    second = fit(context, labels, SECOND_C, SECOND_STEPS)
    third = fit(seen, np.array([k for e in examples for k in e.kinds]), FIRST_C, FIRST_STEPS)
    weights = (
        first.coef_.T * SCALE,
        first.intercept_,
        second.coef_.T,
        second.intercept_,
        third.coef_.T * SCALE,
        third.intercept_,
    )
    kinds = tuple(str(kind) for kind in third.classes_)
    return LineModel(tuple(names), kinds, rows, *(each.astype(np.float32) for each in weights))


def _first_looks(examples: Sequence[LinesOfArticle], rows: dict[str, int], names: list[str]) -> list[np.ndarray]:
    """Give the chances of each example's labels by a first look that was fitted without its author."""
    found = []
    for seen, first in look_from_outside(examples, rows, FIRST_C, FIRST_STEPS):
        chances = np.zeros((seen.shape[0], len(names)), np.float32)
        chances[:, [names.index(name) for name in first.classes_]] = first.predict_proba(seen)
        found.append(chances)
    return found


if __name__ == "__main__":
    train(__doc__, ARTICLES, WEIGHTS, read_examples, fit_model, write_model)
