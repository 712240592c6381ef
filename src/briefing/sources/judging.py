"""Which pieces of a page are its article and which stand beside it, by a model that has seen pages with their texts.

Two looks, each a logistic regression: the first at the features of a piece, the second at what the first found for it, for its
neighbours and for the pieces that it shares an element or a heading with. `scripts/train` makes the weights from the pages in
`tests/sources/pages`. After Vogels, Ganea and Eickhoff, Web2Text: deep structured boilerplate removal (2018), as to pieces and
their features.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import IO

import numpy as np

from briefing.looks import Weights, add_up, known_rows, read_weights, shifted, write_weights
from briefing.sources.traits import Surroundings

_MOST = 6.0  # of a score, where it is looked at around


@dataclass(frozen=True, slots=True)
class PageModel:
    """Weights of both looks. Shapes: `seen` features × 1, `seen_bias` 1, `context` 39 × 1, `context_bias` 1."""

    rows: dict[str, int]
    seen: Weights
    seen_bias: Weights
    context: Weights
    context_bias: Weights

    def look(self, features: Sequence[Set[str]]) -> Weights:
        """Give how far each piece looks like clutter, by its features: logits, shape (pieces,)."""
        known = [known_rows(self.rows, own) for own in features]
        scores: Weights = add_up(self.seen, known) + self.seen_bias
        return scores[:, 0]

    def look_around(self, scores: Weights, around: Surroundings) -> Weights:
        """Give the same with what was found around in view."""
        better: Weights = see_context(scores, around) @ self.context + self.context_bias
        return better[:, 0]


def score_clutter(features: Sequence[Set[str]], around: Surroundings) -> Weights:
    """Give for each piece how likely it stands beside the article: logits, shape (pieces,); above 0 it rather does."""
    model = page_model()
    return model.look_around(model.look(features), around)


def see_context(scores: Weights, around: Surroundings) -> Weights:
    """Give what the second look sees of each piece: shape (pieces, 39).

    Its score; those of three pieces above and below and of its heading; what the pieces beside it in each group have in common;
    the mean chance above, below and of the whole page; how much of the article lies above and below; its length.
    """
    count = len(scores)
    near = np.clip(scores, -_MOST, _MOST)
    chances = 1 / (1 + np.exp(-scores))
    place = np.arange(count)
    lengths = np.array(around.lengths, np.float32)
    heads = np.array(around.heads)
    columns = [scores, *(shifted(near, step) for step in (-3, -2, -1, 1, 2, 3)), np.where(heads < 0, 0, near[heads])]
    for group in around.groups:
        columns += _shared(near, group)
    before, told = np.cumsum(chances) - chances, np.cumsum(lengths * (1 - chances))
    columns += [
        before / np.maximum(place, 1),
        (chances.sum() - before - chances) / np.maximum(count - 1 - place, 1),
        np.full(count, chances.mean()),
        np.log1p(told[-1] - told),
        np.log1p(told - lengths * (1 - chances)),
        np.log(lengths),
        np.log(lengths) * near,
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _shared(scores: Weights, group: Sequence[int]) -> list[Weights]:
    """Give mean, largest and smallest of the other scores in each piece's group, how many they are, and the mean by that."""
    numbers = np.array(group)
    mean, most, least, count = (np.zeros_like(scores) for _ in range(4))
    for number in set(group):
        (members,) = np.nonzero(numbers == number)
        if len(members) < 2:
            continue
        own = np.sort(scores[members])
        values = scores[members]
        mean[members] = (values.sum() - values) / (len(members) - 1)
        most[members] = np.where(values == own[-1], own[-2], own[-1])
        least[members] = np.where(values == own[0], own[1], own[0])
        count[members] = min(len(members) - 1, 5) / 5
    return [mean, most, least, count, mean * count, mean * (count == 1)]


@lru_cache(maxsize=1)
def page_model() -> PageModel:
    """Give the model that comes with the program."""
    with resources.files("briefing.sources").joinpath("pages.npz").open("rb") as file:
        rows, weights, _ = read_weights(file, _PARTS)
    return PageModel(rows, *weights)


def write_model(model: PageModel, file: IO[bytes]) -> None:
    """Write a model with weights of 16 bits."""
    write_weights(file, model.rows, {part: getattr(model, part) for part in _PARTS})


_PARTS = ("seen", "seen_bias", "context", "context_bias")
