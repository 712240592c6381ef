"""How likely each role is for each line, by a model that has seen articles with their roles and knows none of our rules.

Two looks, each a multinomial logistic regression: the first at the features of a line and its neighbours, the second at what
the first found for the line, for those around it and for the article. A third tells by the same features in what kind of section
a line stands. `scripts/train` makes the weights from the articles in `tests/script/articles`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import IO

import numpy as np

from briefing.looks import Rows, Weights, add_up, known_rows, read_weights, shifted, write_weights
from briefing.model import Kind, Role
from briefing.script.features import find_features

Chances = Weights

OPENS = "*"
"""Behind a role in a label: the line opens a section."""

NO_KIND = "none"
"""The label of lines that stand in no section."""


@dataclass(frozen=True, slots=True)
class LineModel:
    """Weights of all looks; `rows` gives the row of `seen` and `placed` by feature.

    Shapes: `seen` features × labels, `context` context features × labels, `placed` features × kinds.
    """

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: dict[str, int]
    seen: Chances
    seen_bias: Chances
    context: Chances
    context_bias: Chances
    placed: Chances
    placed_bias: Chances

    def look(self, known: Sequence[Rows]) -> Chances:
        """Give the chances of each label for each line by the rows of its features: shape (lines, labels), rows adding up to 1."""
        return _softmax(add_up(self.seen, known) + self.seen_bias)

    def look_for_kinds(self, known: Sequence[Rows]) -> Chances:
        """Give the chances of each kind of section for each line by the rows of its features: shape (lines, kinds)."""
        return _softmax(add_up(self.placed, known) + self.placed_bias)

    def look_around(self, chances: Chances) -> Chances:
        """Give the chances of each label with those of the lines around in view; shapes as of `look`."""
        return _softmax(see_context(chances, self.labels) @ self.context + self.context_bias)


def _softmax(scores: Chances) -> Chances:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Chances = raised / raised.sum(axis=1, keepdims=True)
    return shares


def see_context(chances: Chances, labels: Sequence[str]) -> Chances:
    """Give what the second look sees of each line: shape (lines, 11 × labels).

    The chances of the line as logarithms; those of three lines above and three below; of the line right below the last heading;
    the means over the article, over what follows and over what comes before.
    """
    count = len(chances)
    around = [shifted(chances, step) for step in (-3, -2, -1, 1, 2, 3)]
    before = np.cumsum(chances, axis=0)
    place = np.arange(count)[:, None]
    means = (
        np.broadcast_to(chances.mean(axis=0), chances.shape),
        (before[-1] - before) / np.maximum(count - 1 - place, 1),
        (before - chances) / np.maximum(place, 1),
    )
    parts = (np.log(chances + _LEAST) / 2, *around, _below_heading(chances, labels), *means)
    return np.hstack(parts).astype(np.float32)


_LEAST = 1e-3


def _below_heading(chances: Chances, labels: Sequence[str]) -> Chances:
    """Give for each line the chances of the line right below the last heading above it; zeros above the first."""
    heads = chances[:, [label.rstrip(OPENS) in _HEADS for label in labels]].sum(axis=1) > 1 / 2
    last = np.maximum.accumulate(np.where(heads, np.arange(len(chances)), -1))
    last = np.concatenate(([-1], last[:-1]))
    below = np.minimum(last + 1, len(chances) - 1)
    return np.where((last >= 0)[:, None], chances[below], 0)


_HEADS = ("heading", "title")


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The chance of each label, and of each kind of section, for each line of an article; lines count from 1, of blank ones nothing is said."""

    labels: tuple[str, ...]
    chances: dict[int, Chances]
    kinds: tuple[str, ...] = ()
    kind_chances: dict[int, Chances] = field(default_factory=dict)

    def __contains__(self, line: int) -> bool:
        return line in self.chances

    @property
    def trust(self) -> float:
        """Give how far the article is as long as those that the model has seen, above 0 and at most 1."""
        return min((max(len(self.chances), 1) / _USUAL) ** 2, 1.0)

    def of_role(self, line: int) -> dict[Role, float]:
        """Give the chance of each role."""
        out = dict.fromkeys(Role, 0.0)
        for label, chance in zip(self.labels, self.chances[line], strict=True):
            out[Role(label.rstrip(OPENS))] += float(chance)
        return out

    def of_section(self, lines: Collection[int]) -> dict[Kind, float]:
        """Give for each kind the mean logarithm of its chance over the lines of a section; nothing where none of them is told of."""
        told = [self.kind_chances[n] for n in lines if n in self.kind_chances]
        if not told:
            return {}
        means = np.log(np.array(told) + _LEAST).mean(axis=0)
        return {Kind(k): float(mean) for k, mean in zip(self.kinds, means, strict=True) if k != NO_KIND}

    def of_title(self, line: int) -> float:
        """Give the chance that a line is the title."""
        return self.of_role(line)[Role.TITLE] if line in self else 0.0

    def of_heading(self, line: int) -> tuple[float, float, float]:
        """Give the chances that a line heads a section, that it heads a part of one, and that it heads nothing."""
        section = float(self.chances[line][self.labels.index(Role.HEADING.value + OPENS)])
        part = self.of_role(line)[Role.SUBHEADING]
        return section, part, max(1 - section - part, 0.0)


_USUAL = 30  # lines with text


def find_likelihood(lines: Sequence[str], is_markdown: bool) -> Likelihood:
    """Give how likely each role is for each line that is not blank."""
    model = line_model()
    # Line by line: all features of a long article at once would fill the memory.
    told = [(n, known_rows(model.rows, own)) for n, own in enumerate(find_features(lines, is_markdown), 1) if own]
    if not told:
        return Likelihood(model.labels, {})
    numbers, known = [n for n, _ in told], [rows for _, rows in told]
    chances, kinds = model.look_around(model.look(known)), model.look_for_kinds(known)
    return Likelihood(
        model.labels,
        dict(zip(numbers, chances, strict=True)),
        model.kinds,
        dict(zip(numbers, kinds, strict=True)),
    )


@lru_cache(maxsize=1)
def line_model() -> LineModel:
    """Give the model that comes with the program."""
    with resources.files("briefing.script").joinpath("lines.npz").open("rb") as file:
        return read_model(file)


def read_model(file: IO[bytes]) -> LineModel:
    """Read a model that `write_model` wrote."""
    rows, weights, (labels, kinds) = read_weights(file, _PARTS, ("labels", "kinds"))
    return LineModel(labels, kinds, rows, *weights)


def write_model(model: LineModel, file: IO[bytes]) -> None:
    """Write a model with weights of 16 bits."""
    weights = {part: getattr(model, part) for part in _PARTS}
    write_weights(file, model.rows, weights, labels=model.labels, kinds=model.kinds)


_PARTS = ("seen", "seen_bias", "context", "context_bias", "placed", "placed_bias")
