"""What a model gives back, read as if a stranger had written it: shape, size, names and characters, before a word is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from briefing.model import Part

MAX_LINE = 300  # characters
_MOST_LINES = 4  # for each sentence of the source
_MOST_SOURCES = 8  # sentences that one line rests on
_PARTS = {part.value: part for part in Part}
_THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
# What would be more than words: controls, line ends and invisible characters; addresses, markup, marks of readings.
_UNSPEAKABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U000e0fff\ud800-\udfff\ue000-\uf8ff]"
)
_MARKUP = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*://\S*|www\.\S+|\S+@\S+\.\S+|[<>＜＞`{}|｜《》\\]|\*\*|__|~~|\]\(|^\s*#|^\s*---|\S[(（][ぁ-ゖァ-ヺー・\s]+[)）]"
)


class Unreadable(ValueError):
    """An answer that is not of the form that was asked for."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A line that the model proposes. `sentences` are the numbers of the sentences it rests on, ascending."""

    part: Part
    speaker: str
    text: str
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be used: the sentences concerned where they are known, what was said, what is wrong."""

    sentences: tuple[int, ...]
    text: str
    problem: str


def parse_answer(content: str, asked: Collection[int]) -> tuple[tuple[Proposal, ...], tuple[Fault, ...]]:
    """Give the lines of an answer, and those that are none. `asked` are the numbers that a line may rest on.

    Raises Unreadable when there is no object with `lines`, or far too many of them.
    """
    lines = _document(content).get("lines")
    if not isinstance(lines, list) or not lines:
        raise Unreadable("it holds no lines")
    if len(lines) > _MOST_LINES * len(asked) + 4:
        raise Unreadable(f"it holds {len(lines)} lines for {len(asked)} sentences")
    read = [_read_line(each, asked) for each in lines]
    return tuple(x for x in read if isinstance(x, Proposal)), tuple(x for x in read if isinstance(x, Fault))


def _document(content: str) -> dict[str, Any]:
    text = _THOUGHTS.sub("", content).strip()
    fenced = _FENCED.search(text)
    text = fenced[1] if fenced and not text.startswith("{") else text
    start = text.find("{")
    try:
        found, _ = json.JSONDecoder().raw_decode(text, max(start, 0))
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("it is not a JSON object")
    return found


def _read_line(line: Any, asked: Collection[int]) -> Proposal | Fault:
    if not isinstance(line, dict) or not {"part", "text", "sources"} <= set(line) <= _KEYS:
        return Fault((), "", "the line does not have the keys part, speaker, text, sources")
    part, speaker, text, sources = line["part"], line.get("speaker", ""), line["text"], line["sources"]
    if not isinstance(text, str) or not isinstance(part, str) or not isinstance(speaker, str):
        return Fault((), "", "part, speaker and text are not text")
    if not isinstance(sources, list) or not sources or not all(type(n) is int and n in asked for n in sources):
        return Fault((), _shown(text), "sources are not numbers of the sentences that were given")
    numbers = tuple(sorted(set(sources)))
    if part not in _PARTS:
        return Fault(numbers, _shown(text), f"there is no part {_shown(part, 20)!r}")
    problem = _problem_of(text) or ("it rests on too many sentences" if len(numbers) > _MOST_SOURCES else "")
    if problem:
        return Fault(numbers, _shown(text), problem)
    return Proposal(_PARTS[part], speaker, text.strip(), numbers)


_KEYS = frozenset({"part", "speaker", "text", "sources"})


def _problem_of(text: str) -> str:
    if not re.search(r"\w", text):
        return "it says nothing"
    if len(text) > MAX_LINE:
        return f"it is longer than {MAX_LINE} characters"
    return "it holds line ends, control or invisible characters" if _UNSPEAKABLE.search(text) else ""


def added_markup(source: str, spoken: str) -> tuple[str, ...]:
    """List addresses, markup and marks of readings in what is spoken that its source does not have, as findings.

    >>> added_markup("値上げです。", "値上げ（ねさげ）です。")
    ('「げ（ねさげ）」 is more than words',)
    """
    found = dict.fromkeys(m[0] for m in _MARKUP.finditer(spoken))
    return tuple(f"「{each[:40]}」 is more than words" for each in found if each not in source)


def _shown(text: str, limit: int = 80) -> str:
    """Give words of a stranger as they may be shown: one line, nothing invisible, not long."""
    return _UNSPEAKABLE.sub(" ", text)[:limit].strip()
