"""Two sequences laid beside each other at the least cost: what should have been said, what was heard."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_BAND = 1500  # places by which the two may run apart, over what their lengths differ
_BOTH, _FIRST, _SECOND = 0, 1, 2


def align(first: Sequence[str], second: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Pair the places of two sequences in order, None where one has nothing: least edits (Levenshtein 1966) within a band.

    >>> align("アイウエ", "アウヱ")
    [(0, 0), (1, None), (2, 1), (3, 2)]
    """
    codes: dict[str, int] = {}
    a, b = (np.array([codes.setdefault(c, len(codes)) for c in each], np.int32) for each in (first, second))
    low, high = min(0, len(b) - len(a)) - _BAND, max(0, len(b) - len(a)) + _BAND
    return _backwards(_steps(a, b, low, high), low, len(a), len(b))


def _steps(a: NDArray[np.int32], b: NDArray[np.int32], low: int, high: int) -> NDArray[np.uint8]:
    """Give the last step of the best way to each place (i, i + d), for `low` ≤ d ≤ `high`; shape (len(a) + 1, high - low + 1)."""
    width, far = high - low + 1, 1 << 29
    diagonal = np.arange(width)
    steps = np.full((len(a) + 1, width), _SECOND, np.uint8)
    row = np.where((diagonal + low >= 0) & (diagonal + low <= len(b)), diagonal + low, far)
    for i in range(1, len(a) + 1):
        j = i + low + diagonal
        is_inside = (j >= 0) & (j <= len(b))
        differs = np.ones(width, np.int64)
        within = (j >= 1) & (j <= len(b))
        differs[within] = b[j[within] - 1] != a[i - 1]
        both = np.where(within, row + differs, far)
        only_first = np.append(row[1:], far) + 1
        best = np.where(is_inside, np.minimum(both, only_first), far)
        new = np.minimum(np.minimum.accumulate(best - diagonal) + diagonal, far)
        row = np.where(is_inside, new, far)
        steps[i] = np.where(row == both, _BOTH, np.where(row == only_first, _FIRST, _SECOND))
    return steps


def _backwards(steps: NDArray[np.uint8], low: int, i: int, j: int) -> list[tuple[int | None, int | None]]:
    pairs: list[tuple[int | None, int | None]] = []
    while i or j:
        step = int(steps[i, j - i - low])
        i, j = i - (step != _SECOND), j - (step != _FIRST)
        pairs.append((i if step != _SECOND else None, j if step != _FIRST else None))
    return pairs[::-1]
