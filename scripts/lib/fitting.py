"""Fit logistic regressions to things by their features, what is held out by author included."""

from __future__ import annotations

import argparse
import csv
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence, Set
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[2]
FOLDS = 6  # of authors, so that a second look learns from first looks at authors not seen
SCALE = 5.0  # of a thing's features, whose squares add up to its square
LEAST_TEXTS = 3  # that hold a feature


class Example(Protocol):
    """The things of one text: the features and the label of each, and who wrote it."""

    author: str
    features: list[Set[str]]
    labels: list[str]


def train(
    description: str | None,
    folder: Path,
    output: Path,
    read_examples: Callable[[Path], Sequence[Example]],
    fit_model: Callable[[Sequence[Any]], Any],
    write_model: Callable[[Any, IO[bytes]], None],
) -> None:
    """Fit a model to a folder's examples by those authors whom the command line does not leave out, and write it where that says."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("-o", "--output", type=Path, default=output)
    parser.add_argument("--without", nargs="*", default=[], metavar="AUTHOR", help="authors to leave out")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    told = [example for example in read_examples(folder) if example.author not in arguments.without]
    model = fit_model(told)
    with arguments.output.open("wb") as file:
        write_model(model, file)
    print(f"{len(told)} texts, {len(model.rows)} features, {arguments.output.stat().st_size} bytes")


def read_authors(folder: Path) -> dict[str, str]:
    """Give the author of each text of a folder by `authors.csv`."""
    with (folder / "authors.csv").open(encoding="utf-8", newline="") as file:
        return dict(csv.reader(file))


def labels_of(examples: Sequence[Example]) -> np.ndarray:
    """Give the labels of all things in a row."""
    return np.array([label for example in examples for label in example.labels])


def choose_features(examples: Sequence[Example], strength: float, steps: int, most: int) -> dict[str, int]:
    """Give the features that weigh most in a fit of all that several texts hold: the largest weight by the root of how often."""
    held = Counter(name for example in examples for name in set().union(*example.features))
    common = {name: row for row, name in enumerate(sorted(n for n, count in held.items() if count >= LEAST_TEXTS))}
    seen = see(examples, common)
    weights = np.abs(fit(seen, labels_of(examples), strength, steps).coef_).max(axis=0)
    often = np.sqrt(np.asarray((seen != 0).mean(axis=0)).ravel())
    names = sorted(common)
    kept = sorted(names[row] for row in np.argsort(-weights * often, kind="stable")[:most])
    return {name: row for row, name in enumerate(kept)}


def look_from_outside(
    examples: Sequence[Example], rows: dict[str, int], strength: float, steps: int
) -> Iterator[tuple[csr_matrix, LogisticRegression]]:
    """Give each example's features and a fit without its author."""
    authors = sorted({example.author for example in examples})
    folds = [authors.index(example.author) % FOLDS for example in examples]
    fits = []
    for fold in range(FOLDS):
        others = [example for example, own in zip(examples, folds, strict=True) if own != fold]
        fits.append(fit(see(others, rows), labels_of(others), strength, steps))
    for example, fold in zip(examples, folds, strict=True):
        yield see([example], rows), fits[fold]


def fit(seen: csr_matrix | np.ndarray, labels: np.ndarray, strength: float, steps: int) -> LogisticRegression:
    """Fit a regression; `strength` is the inverse of the penalty's."""
    return LogisticRegression(C=strength, max_iter=steps).fit(seen, labels)


def see(examples: Sequence[Example], rows: dict[str, int]) -> csr_matrix:
    """Give the features of all things in a row as a matrix."""
    columns = [sorted(rows[name] for name in own if name in rows) for each in examples for own in each.features]
    counts = np.array([len(each) for each in columns])
    values = np.repeat(SCALE / np.sqrt(np.maximum(counts, 1)), counts).astype(np.float32)
    ends = np.concatenate(([0], np.cumsum(counts)))
    return csr_matrix((values, np.concatenate(columns).astype(np.int32), ends), shape=(len(columns), len(rows)))
