"""Linear models over features that are short strings: how they are summed and kept in a file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]


def known_rows(rows: Mapping[str, int], features: Collection[str]) -> Rows:
    """Give the rows of a thing's features that a model knows, in order."""
    return np.array(sorted(rows[name] for name in features if name in rows), np.int32)


def add_up(weights: Weights, known: Sequence[Rows]) -> Weights:
    """Add up the weights of each thing's features, by the root of how many they are: shapes features × labels, things × labels."""
    scores = np.zeros((len(known), weights.shape[1]), np.float32)
    for place, rows in enumerate(known):
        scores[place] = weights[rows].sum(axis=0) / np.sqrt(max(len(rows), 1))
    return scores


def shifted(values: Weights, step: int) -> Weights:
    """Give for each thing the values of the one that many steps on, 0 where there is none."""
    out = np.zeros_like(values)
    if step < 0:
        out[-step:] = values[:step]
    else:
        out[:-step] = values[step:]
    return out


def write_weights(
    file: IO[bytes], rows: Mapping[str, int], weights: Mapping[str, Weights], **labels: Sequence[str]
) -> None:
    """Write weights with 16 bits each, the names of their rows and of their labels; features hold no line break."""
    names = np.frombuffer("\n".join(rows).encode(), np.uint8)
    parts: dict[str, Any] = {part: each.astype(np.float16) for part, each in weights.items()}
    parts |= {part: np.array(each) for part, each in labels.items()}
    np.savez_compressed(file, names=names, **parts)


def read_weights(
    file: IO[bytes], parts: Sequence[str], labels: Sequence[str] = ()
) -> tuple[dict[str, int], list[Weights], list[tuple[str, ...]]]:
    """Read what `write_weights` wrote: the row of each feature, the weights of these parts, the names of these labels."""
    with np.load(file, allow_pickle=False) as kept:
        names = bytes(kept["names"]).decode().split("\n")
        weights = [kept[part].astype(np.float32) for part in parts]
        told = [tuple(str(name) for name in kept[part]) for part in labels]
    return {name: row for row, name in enumerate(names)}, weights, told
