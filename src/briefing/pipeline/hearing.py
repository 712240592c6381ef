"""Listening back: what a recogniser hears in the finished files, held against what should have been said."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from briefing.audio.alignment import align
from briefing.audio.recognise import open_recogniser, transcribe
from briefing.config import Config
from briefing.errors import PublishError
from briefing.model import Episode, Event, Said
from briefing.publish.state import read_said, read_state, state_path
from briefing.reading import Lexicon, read_sentence
from briefing.reading.kana import long_vowels, split_morae
from briefing.work import worker_count

_AGREE = 0.5  # what a mora heard rightly takes off a run of mistakes


@dataclass(frozen=True, slots=True)
class HeardLine:
    """A sentence of a finished episode with what was heard of it; kana without accents, long vowels as ー.

    `astray`: how many morae the worst place is off, the right ones between them taken off by half.
    """

    file: str
    start_s: float
    text: str
    said: str
    heard: str
    astray: float


@dataclass(frozen=True, slots=True)
class HearingReport:
    """The document of `listen --json`: how much was heard, how much of it as it should be, and the lines that should be looked at."""

    episodes: int
    lines: int
    morae: int
    right: int
    suspicious: tuple[HeardLine, ...]


def hear(
    config: Config, folder: Path, newest: int, most_astray: float, model: Path | None = None
) -> Generator[Event, None, HearingReport]:
    """Listen to the `newest` episodes below a folder (0: all) and give the lines that are off by more than `most_astray` morae.

    Raises PluginError without the recogniser, PublishError where nothing was rendered, AudioError for a file that does not decode.
    """
    episodes = _episodes(folder, newest)
    recognise = open_recogniser(config.cache_dir / "models", worker_count(config.render.jobs), model)
    lines: list[HeardLine] = []
    right = 0
    for number, episode in enumerate(episodes):
        yield Event("listen", number, len(episodes), episode.title)
        heard = [h.text for h in transcribe(folder / episode.files["audio"].path, recognise)]
        found, agreed = compare(episode.files["audio"].path, read_said(folder, episode.guid), heard)
        lines, right = lines + found, right + agreed
    yield Event("listen", len(episodes), len(episodes))
    morae = sum(len(split_morae(line.said)) for line in lines)
    return HearingReport(len(episodes), len(lines), morae, right, tuple(e for e in lines if e.astray > most_astray))


def _episodes(folder: Path, newest: int) -> list[Episode]:
    known = [entry.episode for entry in read_state(state_path(folder)).entries.values()]
    found = sorted(known, key=lambda e: (e.published, e.number), reverse=True)[: newest or None]
    if not found:
        raise PublishError("nothing was rendered here", str(folder), "run `briefing render` first, or name the folder")
    return found


def compare(file: str, said: Sequence[Said], heard: Sequence[str]) -> tuple[list[HeardLine], int]:
    """Lay what was heard beside what should have been said; gives a line for each sentence, and how many morae agree."""
    wanted = [_sounds(each.kana) for each in said]
    got = [mora for text in heard for mora in _sounds(read_sentence(text, Lexicon()).kana)]
    owner = [number for number, morae in enumerate(wanted) for _ in morae]
    flat = [mora for morae in wanted for mora in morae]
    pairs: list[list[tuple[str, str]]] = [[] for _ in said]
    at = 0
    for i, j in align(flat, got):
        at = owner[i] if i is not None else at
        pairs[at].append(("" if i is None else flat[i], "" if j is None else got[j]))
    lines = [
        HeardLine(file, line.start_s, line.text, "".join(w), "".join(h for _, h in each), _astray(each))
        for line, w, each in zip(said, wanted, pairs, strict=True)
    ]
    return lines, sum(a == b for each in pairs for a, b in each)


def _sounds(kana: str) -> tuple[str, ...]:
    return split_morae(long_vowels(kana.replace("/", "")))


def _astray(pairs: Sequence[tuple[str, str]]) -> float:
    """Give the heaviest run of mistakes (Bentley 1984): each counts one, each mora that agrees takes half of one off."""
    sums: Iterator[float] = itertools.accumulate(
        (-_AGREE if a == b else 1.0 for a, b in pairs), lambda s, x: max(s, 0.0) + x
    )
    return max(0.0, *sums)
