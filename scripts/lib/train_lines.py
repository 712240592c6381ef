"""Fit the model of lines (`briefing.script.likelihood`) to the articles of the tests and the roles that their golds give."""

from __future__ import annotations

import argparse
import csv
import json
import warnings
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from briefing.script.features import find_features
from briefing.script.likelihood import NO_KIND, OPENS, LineModel, see_context, write_model
from briefing.script.structure import is_markdown, meant_lines
from briefing.sources import read_source

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = ROOT / "tests/script/articles"
WEIGHTS = ROOT / "src/briefing/script/lines.npz"

FEATURES = 8_000  # that are kept
LEAST_ARTICLES = 3  # that hold a feature
FOLDS = 6  # of authors, so that the second look learns from first looks at authors not seen
SCALE = 5.0  # of a line's features, whose squares add up to its square
FIRST_C, SECOND_C = 3.0, 1.0  # inverse strength of the penalty
FIRST_STEPS, SECOND_STEPS = 50, 100  # of the solver: stopping early is part of the fit


@dataclass(frozen=True)
class Example:
    """The lines of an article that are not blank: their features, labels and kinds of section, and who wrote it."""

    author: str
    features: list[Set[str]]
    labels: list[str]
    kinds: list[str]


def main() -> None:
    """Read the articles, fit both looks and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=WEIGHTS)
    parser.add_argument("--without", nargs="*", default=[], metavar="AUTHOR", help="authors to leave out")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    examples = [e for e in read_examples(ARTICLES) if e.author not in arguments.without]
    model = fit_model(examples)
    with arguments.output.open("wb") as file:
        write_model(model, file)
    print(f"{len(examples)} articles, {len(model.rows)} features, {arguments.output.stat().st_size} bytes")


def read_examples(folder: Path) -> list[Example]:
    """Give the articles of a folder with what `authors.csv` says of them; transcripts hold no headings and are left out."""
    with (folder / "authors.csv").open(encoding="utf-8", newline="") as file:
        authors = dict(csv.reader(file))
    paths = sorted(p for p in folder.iterdir() if p.suffix in (".txt", ".md") and p.with_suffix(".json").exists())
    return [_read_example(path, authors[path.stem]) for path in paths]


def _read_example(path: Path, author: str) -> Example:
    source, gold = read_source(path), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    lines, flow = meant_lines(source)
    opens = {section["start"] for section in gold["sections"]}
    roles = gold["roles"] + ["blank"] * len(source.lines)
    labels = [roles[numbers[0] - 1] + (OPENS if opens & set(numbers) else "") for numbers in flow]
    kind_of = {n: s["kind"] for s in gold["sections"] for n in range(s["start"], s["end"] + 1)}
    kinds = [kind_of.get(numbers[0], NO_KIND) for numbers in flow]
    found = zip(find_features(lines, is_markdown(source)), labels, kinds, strict=True)
    told = [row for row in found if row[0] and not row[1].startswith("blank")]
    return Example(author, *(list(column) for column in zip(*told, strict=True)))


def fit_model(examples: Sequence[Example]) -> LineModel:
    """Fit the first and the third look to all examples, the second to what first looks without an example's author found in it."""
    labels = np.array([label for example in examples for label in example.labels])
    rows = _choose_features(examples, labels)
    first = _fit_first(examples, rows)
    names = [str(name) for name in first.classes_]
    found = _look_from_outside(examples, rows, names)
    second = _fit(np.vstack([see_context(each, names) for each in found]), labels, SECOND_C, SECOND_STEPS)
    third = _fit(_seen_of(examples, rows), np.array([k for e in examples for k in e.kinds]), FIRST_C, FIRST_STEPS)
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


def _choose_features(examples: Sequence[Example], labels: np.ndarray) -> dict[str, int]:
    """Give the features that weigh most in a fit of all that several articles hold: the largest weight by the root of how often."""
    held = Counter(name for example in examples for name in set().union(*example.features))
    common = {name: row for row, name in enumerate(sorted(n for n, count in held.items() if count >= LEAST_ARTICLES))}
    seen = _seen_of(examples, common)
    weights = np.abs(_fit(seen, labels, FIRST_C, FIRST_STEPS).coef_).max(axis=0)
    often = np.sqrt(np.asarray((seen != 0).mean(axis=0)).ravel())
    names = sorted(common)
    kept = sorted(names[row] for row in np.argsort(-weights * often, kind="stable")[:FEATURES])
    return {name: row for row, name in enumerate(kept)}


def _look_from_outside(examples: Sequence[Example], rows: dict[str, int], names: list[str]) -> list[np.ndarray]:
    """Give the chances of each example's labels by a first look that was fitted without its author."""
    authors = sorted({example.author for example in examples})
    folds = [authors.index(example.author) % FOLDS for example in examples]
    looks = [_fit_first([e for e, fold in zip(examples, folds, strict=True) if fold != f], rows) for f in range(FOLDS)]
    found = []
    for example, fold in zip(examples, folds, strict=True):
        chances = np.zeros((len(example.labels), len(names)), np.float32)
        columns = [names.index(name) for name in looks[fold].classes_]
        chances[:, columns] = looks[fold].predict_proba(_to_matrix(example.features, rows))
        found.append(chances)
    return found


def _fit_first(examples: Sequence[Example], rows: dict[str, int]) -> LogisticRegression:
    seen = _seen_of(examples, rows)
    return _fit(seen, np.array([label for e in examples for label in e.labels]), FIRST_C, FIRST_STEPS)


def _fit(seen: csr_matrix | np.ndarray, labels: np.ndarray, strength: float, steps: int) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=steps).fit(seen, labels)


def _seen_of(examples: Sequence[Example], rows: dict[str, int]) -> csr_matrix:
    return _to_matrix([own for example in examples for own in example.features], rows)


def _to_matrix(features: Sequence[Set[str]], rows: dict[str, int]) -> csr_matrix:
    columns = [sorted(rows[name] for name in own if name in rows) for own in features]
    counts = np.array([len(each) for each in columns])
    values = np.repeat(SCALE / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    ends = np.concatenate(([0], np.cumsum(counts)))
    return csr_matrix((values, np.concatenate(columns).astype(np.int32), ends), shape=(len(features), len(rows)))


if __name__ == "__main__":
    main()
