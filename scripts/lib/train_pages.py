"""Fit the model of pages (`briefing.sources.judging`) to the pages of the tests and the texts that their golds give."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from fitting import ROOT, SCALE, choose_features, fit, labels_of, look_from_outside, read_authors, see, train

from briefing.sources.article import pieces_of
from briefing.sources.html import parse_page, title_of
from briefing.sources.judging import PageModel, see_context, write_model
from briefing.sources.pieces import Piece
from briefing.sources.traits import Surroundings, find_traits

PAGES = ROOT / "tests/sources/pages"
WEIGHTS = ROOT / "src/briefing/sources/pages.npz"

FEATURES = 10_000  # that are kept
FIRST_C, SECOND_C = 1.0, 1.0  # inverse strength of the penalty
FIRST_STEPS, SECOND_STEPS = 100, 300
TEXT, CLUTTER, UNKNOWN = "text", "clutter", "unknown"


@dataclass(frozen=True)
class PiecesOfPage:
    """The pieces of a page: their features and labels, what they share, and who wrote it."""

    author: str
    features: list[Set[str]]
    labels: list[str]
    around: Surroundings

    @property
    def is_taught(self) -> np.ndarray:
        return np.array([label != UNKNOWN for label in self.labels])


def read_examples(folder: Path) -> list[PiecesOfPage]:
    """Give the pages of a folder with what their golds and `authors.csv` say of them."""
    authors = read_authors(folder)
    return [_read_example(path, authors[path.stem]) for path in sorted(folder.glob("*.html"))]


def _read_example(path: Path, author: str) -> PiecesOfPage:
    tree, _ = parse_page(path.read_bytes(), path.name)
    gold = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    title = title_of(tree)
    body = tree.find("body")
    pieces = pieces_of(body)
    features, around = find_traits(body, pieces, title)
    return PiecesOfPage(author, features, label_pieces(pieces, gold), around)


def label_pieces(pieces: Sequence[Piece], gold: Mapping[str, Any]) -> list[str]:
    """Say of each piece whether it is text of the article or clutter, by the gold; pieces that it does not tell of are unknown.

    The gold's texts and the pieces are aligned in order, so that a table of contents is not taken for the headings.
    """
    items = [_bare(gold["title"]), *(_bare(re.sub(r"\{([^{}|]*)\|[^{}]*\}", r"\1", text)) for text in gold["text"])]
    clutter = [bare for bare in map(_bare, gold["clutter"]) if bare]
    texts = [_bare(_without_ruby(piece)) for piece in pieces]
    aligned = _align(pieces, texts, items)
    labels = []
    for place, (piece, text) in enumerate(zip(pieces, texts, strict=True)):
        if place in aligned or piece.holder.tag == "pre":
            labels.append(TEXT)
        elif text and (text in "".join(clutter) or text in items or any(len(c) > 3 and c in text for c in clutter)):
            labels.append(CLUTTER)
        else:
            labels.append(UNKNOWN)
    return labels


def _bare(text: str) -> str:
    return re.sub(r"[\s|#>*`_\-:・「」■◆●○]+", "", unicodedata.normalize("NFKC", text))


def _without_ruby(piece: Piece) -> str:
    text = piece.text
    for element in (piece.holder,) if piece.is_whole else piece.nodes:
        for reading in element.iter("rt", "rp"):
            text = text.replace((reading.text or "").strip(), "", 1)
    return text


def _align(pieces: Sequence[Piece], texts: Sequence[str], items: Sequence[str]) -> set[int]:
    """Give the pieces on the alignment of pieces and texts that holds most letters; a piece may hold several texts, or they it."""
    best = np.zeros((len(texts) + 1, len(items) + 1))
    way = np.zeros(best.shape, int)
    for row, (piece, text) in enumerate(zip(pieces, texts, strict=True), 1):
        likely = 3 * (piece.is_heading or piece.holder.tag == "p") + 2 * (piece.linked * 2 < len(piece.text))
        for column, item in enumerate(items, 1):
            options = [(best[row - 1, column], _UP), (best[row, column - 1], _LEFT)]
            if text and item and (text in item or item in text):
                worth = min(len(text), len(item)) + likely + 2 * (text == item)
                options.append((best[row - 1, column - 1] + worth, _BOTH))
                options.append((best[row - 1, column] + worth * (len(text) < len(item)), _UP_HELD))
                options.append((best[row, column - 1] + worth * (len(item) < len(text)), _LEFT_HELD))
            best[row, column], way[row, column] = max(options)
    return set(_trace(way))


_UP, _LEFT, _BOTH, _UP_HELD, _LEFT_HELD = range(5)


def _trace(way: np.ndarray) -> Iterator[int]:
    row, column = way.shape[0] - 1, way.shape[1] - 1
    while row and column:
        step = way[row, column]
        if step >= _BOTH:
            yield row - 1
        row, column = row - (step in (_UP, _BOTH, _UP_HELD)), column - (step in (_LEFT, _BOTH, _LEFT_HELD))


def fit_model(examples: Sequence[PiecesOfPage]) -> PageModel:
    """Fit the first look to all pieces that the golds tell of, the second to what first looks without a page's author found in it."""
    told = [_taught(example) for example in examples]
    rows = choose_features(told, FIRST_C, FIRST_STEPS, FEATURES)
    labels = labels_of(told) == CLUTTER
    first = fit(see(told, rows), labels, FIRST_C, FIRST_STEPS)
    contexts = []
    for example, (_, look) in zip(examples, look_from_outside(told, rows, FIRST_C, FIRST_STEPS), strict=True):
        scores = look.decision_function(see([example], rows))
        scores = scores if look.classes_[0] == TEXT else -scores
        contexts.append(see_context(scores.astype(np.float32), example.around)[example.is_taught])
    second = fit(np.vstack(contexts), labels, SECOND_C, SECOND_STEPS)
    weights = (first.coef_.T * SCALE, first.intercept_, second.coef_.T, second.intercept_)
    return PageModel(rows, *(each.astype(np.float32) for each in weights))


def _taught(example: PiecesOfPage) -> PiecesOfPage:
    """Give an example with the pieces alone that have a label; what they share stays that of all."""
    features = [own for own, is_taught in zip(example.features, example.is_taught, strict=True) if is_taught]
    labels = [label for label in example.labels if label != UNKNOWN]
    return PiecesOfPage(example.author, features, labels, example.around)


if __name__ == "__main__":
    train(__doc__, PAGES, WEIGHTS, read_examples, fit_model, write_model)
