"""How long an HTS voice makes each sound, worked out from the duration model in its file.

The library that speaks keeps these times to itself. They follow from the file alone: a decision tree leads from a sound's
full-context label to the mean and variance of each of its states, and a fixed rule turns these into frames
(format and rule: hts_engine API 1.10 and "HTS voice" 1.0, Nagoya Institute of Technology).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
_Question: TypeAlias = tuple[
    re.Pattern[str], str, str
]  # what to find in a label, where to go without it, where with it

_VERSION = "HTS_VOICE_VERSION:1.0"
_QUESTION = re.compile(r"^QS (\S+) \{(.*)\}", re.M)
_NODE = re.compile(r'^\s*(0|-\d+)\s+(\S+)\s+"?([^\s"]+)"?\s+"?([^\s"]+)"?\s*$', re.M)


@dataclass(frozen=True)
class HtsDurations:
    """A voice's durations. `frame`: samples of one; `means`, `variances`: frames, shape (leaves, states)."""

    frame: int
    questions: Mapping[str, _Question]
    means: Floats
    variances: Floats

    def begins(self, labels: Sequence[str], speed: float) -> list[int]:
        """Give the sample at which each label's sound begins, and at last where the last one ends."""
        leaves = [self._leaf(label) for label in labels]
        means, variances = self.means[leaves], self.variances[leaves]
        if speed == 1:
            states = _round_frames(means)
        else:
            states = _fit_frames(means.ravel(), variances.ravel(), speed).reshape(means.shape)
        return [0, *(int(end) * self.frame for end in np.cumsum(states.sum(axis=1)))]

    def _leaf(self, label: str) -> int:
        node = "0"
        while node in self.questions:
            pattern, no, yes = self.questions[node]
            node = yes if pattern.search(label) else no
        return int(node.rpartition("_")[2]) - 1  # leaves are named dur_s2_1, dur_s2_2 …


@cache
def load_durations(path: Path) -> HtsDurations:
    """Read the durations of a voice file. Raises ValueError or LookupError when it is no HTS voice 1.0 with one duration tree."""
    content = path.read_bytes()
    head, _, body = content.partition(b"[DATA]\n")
    header = head.decode("utf-8")
    if _VERSION not in header:
        raise ValueError(f"no {_VERSION}")
    states = int(_field(header, "NUM_STATES"))
    leaves = _section(header, body, "DURATION_PDF")[4:]  # the first number is the count of leaves
    pairs = np.frombuffer(leaves, "<f4").astype(np.float64).reshape(-1, 2, states)
    questions = _parse_tree(_section(header, body, "DURATION_TREE").decode("utf-8"))
    return HtsDurations(int(_field(header, "FRAME_PERIOD")), questions, pairs[:, 0], pairs[:, 1])


def _field(header: str, name: str) -> str:
    found = re.search(f"^{name}:(.*)$", header, re.M)
    if not found:
        raise LookupError(name)
    return found[1].strip()


def _section(header: str, body: bytes, name: str) -> bytes:
    first, last = map(int, _field(header, name).split("-"))
    return body[first : last + 1]


def _parse_tree(text: str) -> dict[str, _Question]:
    patterns = {name: _wildcards_to_regex(re.findall('"(.*?)"', listed)) for name, listed in _QUESTION.findall(text)}
    return {node: (patterns[question], no, yes) for node, question, no, yes in _NODE.findall(text)}


def _wildcards_to_regex(wildcards: Sequence[str]) -> re.Pattern[str]:
    """Give one pattern to search for: `*` any text, `?` any character. A bare `.*` at an end would only cost time."""
    return re.compile("|".join(_wildcard_to_regex(each) for each in wildcards))


def _wildcard_to_regex(wildcard: str) -> str:
    inner = re.escape(wildcard.strip("*")).replace(r"\*", ".*").replace(r"\?", ".")
    return ("" if wildcard.startswith("*") else "^") + inner + ("" if wildcard.endswith("*") else "$")


def _round_frames(frames: Floats) -> NDArray[np.int64]:
    """Round half up, at least one frame."""
    return np.maximum(1, np.floor(frames + 0.5)).astype(np.int64)


def _fit_frames(means: Floats, variances: Floats, speed: float) -> NDArray[np.int64]:
    """Give each state's frames at a speed: the whole has the wanted length, states of a great variance give most.

    Rounding may miss the length; then the state that a frame more or less suits best gives way, one frame at a time.
    """
    total = np.cumsum(means)[-1]  # not sum(): the C code adds in order, and a last bit may decide a rounding
    wanted = max(len(means), int(total / speed + 0.5))
    if wanted == len(means):
        return np.ones(len(means), np.int64)
    stretch = (wanted - total) / np.cumsum(variances)[-1]
    frames = _round_frames(means + stretch * variances)
    while (missing := wanted - int(frames.sum())) != 0:
        step = 1 if missing > 0 else -1
        misfit = np.abs(stretch - (frames + step - means) / variances)
        misfit[frames + step < 1] = np.inf
        frames[np.argmin(misfit)] += step
    return frames
