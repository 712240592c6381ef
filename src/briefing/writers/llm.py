"""A section told by a language model under the eyes of the rules: what a check refuses is asked for once more, then the rules' own line stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from briefing.model import Line, Pause
from briefing.writers.answer import Fault, Proposal, Unreadable, added_markup, parse_answer
from briefing.writers.chat import NoAnswer
from briefing.writers.prompt import NOTHING, PROMPT_VERSION, Estimate, Message, Passage, estimate_call, messages_for

Complete = Callable[[Sequence[Message]], str]
Check = Callable[[str, str], Sequence[str]]
"""From a source text and what is said of it to what is wrong; empty when nothing is."""


class Memory(Protocol):
    """Keeps answers by key."""

    def get(self, key: str) -> str | None:
        """Give an answer that was kept, None when there is none."""
        ...

    def put(self, key: str, answer: str) -> None:
        """Keep an answer."""
        ...


@dataclass(frozen=True)
class ModelWriter:
    """A model with its memory and the check of what it says. Without `complete` nothing is asked: only what is remembered counts.

    `identity` names the model and its server; it is part of every key of the memory.
    """

    identity: str
    check: Check
    memory: Memory
    complete: Complete | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What the user should know: the source line, and what became of the model's words for it."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Written:
    """A passage as it will be told. `unasked`: what asking for the rest would take, when nothing may be asked."""

    lines: tuple[Line, ...]
    remarks: tuple[Remark, ...] = ()
    unasked: Estimate = NOTHING


@dataclass(frozen=True, slots=True)
class _Unit:
    """Lines that rest on the same sentences, directly or through one another, with those sentences' numbers."""

    sentences: tuple[int, ...]
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What came of one question. `is_silent`: asking once more is no use; then the only fault says why."""

    units: tuple[_Unit, ...] = ()
    faults: tuple[Fault, ...] = ()
    pending: tuple[int, ...] = ()
    is_silent: bool = False
    unasked: Estimate = NOTHING


def write_passage(writer: ModelWriter, passage: Passage) -> Written:
    """Give a passage in the model's words where they pass, in the rules' where they do not. Every sentence is told, in order.

    Raises WriterError when the model cannot be used at all.
    """
    asked = tuple(n for n, line in enumerate(passage.sentences, 1) if line.source)
    first = _attempt(writer, passage, asked, ()) if asked else _Attempt()
    last = first
    if first.pending and not first.is_silent:
        last = _attempt(writer, passage, first.pending, first.faults)
    units = first.units if last is first else (*first.units, *last.units)
    remarks = () if last.unasked.calls else tuple(_remarks(passage, last, is_whole=not units))
    return Written(_in_order(passage, units, last.pending), remarks, last.unasked)


def _attempt(writer: ModelWriter, passage: Passage, asked: tuple[int, ...], faults: Sequence[Fault]) -> _Attempt:
    messages = messages_for(passage, asked, faults)
    try:
        proposals, found = _proposals(writer, messages, asked)
    except _NotAsked:
        return _Attempt(pending=asked, is_silent=True, unasked=estimate_call(messages, passage, asked))
    except NoAnswer as problem:
        return _Attempt(faults=(Fault((), "", str(problem)),), pending=asked, is_silent=True)
    except Unreadable as problem:
        return _Attempt(faults=(Fault((), "", f"the answer cannot be used: {problem}"),), pending=asked)
    return _judged(writer.check, passage, asked, proposals, found)


class _NotAsked(Exception):
    """Nothing is remembered, and nothing may be asked."""


def _proposals(
    writer: ModelWriter, messages: Sequence[Message], asked: tuple[int, ...]
) -> tuple[tuple[Proposal, ...], tuple[Fault, ...]]:
    """Give what the memory holds or the model says; only what can be read is kept."""
    key = answer_key(writer.identity, messages)
    kept = writer.memory.get(key)
    if kept is not None:
        return parse_answer(kept, asked)
    if writer.complete is None:
        raise _NotAsked
    answer = writer.complete(messages)
    read = parse_answer(answer, asked)
    writer.memory.put(key, answer)
    return read


def answer_key(identity: str, messages: Sequence[Message]) -> str:
    """Give the key of an answer: who is asked, what, and the version of how."""
    content = json.dumps([PROMPT_VERSION, identity, list(messages)], ensure_ascii=False, default=dict)
    return hashlib.sha256(content.encode()).hexdigest()[:40]


def _judged(
    check: Check, passage: Passage, asked: Sequence[int], proposals: Sequence[Proposal], found: Sequence[Fault]
) -> _Attempt:
    """Tell the units that pass from those that do not, and from sentences that nobody tells."""
    spoilt = {n for fault in found for n in fault.sentences}
    units, faults = [], list(found)
    for unit in _units(proposals):
        problems = _problems_of(check, passage, unit)
        if problems:
            said = "".join(p.text for p in unit.proposals)
            faults.append(Fault(unit.sentences, said, "; ".join(problems)))
        if not problems and not spoilt & set(unit.sentences):
            units.append(unit)
    told = {n for unit in units for n in unit.sentences}
    named = {n for fault in faults for n in fault.sentences}
    pending = tuple(n for n in asked if n not in told)
    faults += [Fault((n,), "", "the sentence is left out") for n in pending if n not in named]
    return _Attempt(tuple(units), tuple(faults), pending)


def _units(proposals: Sequence[Proposal]) -> list[_Unit]:
    """Join lines that share a sentence: a sentence told in two lines is judged by both together."""
    units: list[_Unit] = []
    for proposal in proposals:
        near = [u for u in units if set(u.sentences) & set(proposal.sentences)]
        numbers = sorted({*proposal.sentences, *chain.from_iterable(u.sentences for u in near)})
        lines = (*chain.from_iterable(u.proposals for u in near), proposal)
        units = [u for u in units if u not in near] + [_Unit(tuple(numbers), lines)]
    return units


def _problems_of(check: Check, passage: Passage, unit: _Unit) -> list[str]:
    sentences = [passage.sentences[n - 1] for n in unit.sentences]
    source = "".join(line.text for line in sentences)
    spoken = "".join(p.text for p in unit.proposals)
    speakers = {(line.part, line.speaker) for line in sentences}
    problems = []
    if {(p.part, p.speaker) for p in unit.proposals} != speakers or len(speakers) > 1:
        names = ", ".join(
            dict.fromkeys(f"{n}: {x.part.value} {x.speaker}".strip() for n, x in _numbered(unit, passage))
        )
        problems.append(f"part and speaker are not those of the sentences ({names})")
    if unit.sentences[-1] - unit.sentences[0] >= len(unit.sentences):
        problems.append("it rests on sentences that do not follow one another")
    return [*problems, *added_markup(source, spoken), *check(source, spoken)]


def _numbered(unit: _Unit, passage: Passage) -> Iterator[tuple[int, Line]]:
    return ((n, passage.sentences[n - 1]) for n in unit.sentences)


def _in_order(passage: Passage, units: Sequence[_Unit], pending: Sequence[int]) -> tuple[Line, ...]:
    """Lay accepted lines, the rules' for the rest and lines of ours in the order of the passage; each keeps the pause of what it ends with."""
    pieces = {unit.sentences[0]: _lines_of(passage, unit) for unit in units}
    ours = (n for n, line in enumerate(passage.sentences, 1) if not line.source)
    pieces |= {n: (passage.sentences[n - 1],) for n in (*pending, *ours)}
    return tuple(line for _, lines in sorted(pieces.items()) for line in lines)


def _lines_of(passage: Passage, unit: _Unit) -> tuple[Line, ...]:
    lines = []
    for proposal in unit.proposals:
        source = sorted({n for s in proposal.sentences for n in passage.sentences[s - 1].source})
        lines.append(Line(proposal.part, proposal.text, Pause.SENTENCE, tuple(source), proposal.speaker))
    return (*lines[:-1], replace(lines[-1], pause=passage.sentences[unit.sentences[-1] - 1].pause))


def _remarks(passage: Passage, last: _Attempt, is_whole: bool) -> Iterator[Remark]:
    """Tell what the rules told instead: the passage as a whole, or each sentence with the reason."""
    if not last.pending:
        return
    general = next((fault.problem for fault in last.faults if not fault.sentences), "")
    if is_whole and general:
        yield Remark(
            _line_of(passage, 1), f"「{passage.section}」 is told by the rules, not by the language model: {general}"
        )
        return
    for n in last.pending:
        problem = next((f.problem for f in last.faults if n in f.sentences), general)
        shown = passage.sentences[n - 1].text[:40]
        yield Remark(
            _line_of(passage, n), f"the language model's words are not used ({problem}); the rules' are: 「{shown}」"
        )


def _line_of(passage: Passage, number: int) -> int:
    lines = passage.sentences[number - 1 :]
    return next((n for line in lines for n in line.source), 0)
