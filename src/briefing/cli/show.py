"""What people see: JSON on stdout, words and progress on stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from briefing.cli.app import OPTIONS

if TYPE_CHECKING:
    from briefing.config import Config
    from briefing.model import Event

Made = TypeVar("Made")
_STAGES = {
    "read": "読む read",
    "write": "書く write",
    "speak": "話す speak",
    "publish": "仕上げ publish",
    "listen": "聴く listen",
}


def print_json(value: Any) -> None:
    """Print exactly one JSON document on stdout, characters unescaped."""
    from briefing.model import to_jsonable

    sys.stdout.write(json.dumps(to_jsonable(value), ensure_ascii=False, indent=1) + "\n")


def tell(text: str) -> None:
    """Say something to the person, unless they asked for quiet."""
    if not OPTIONS.quiet:
        print(text, file=sys.stderr)


def current_config(flags: Mapping[str, str | None]) -> Config:
    """Give the configuration in force, with the flags that were given."""
    from briefing.config import load_config

    return load_config(OPTIONS.config, {key: value for key, value in flags.items() if value is not None})


def follow(events: Generator[Event, None, Made]) -> Made:
    """Run a generator of events to its end, showing progress: a bar in a terminal, plain lines on a pipe, nothing with -q."""
    if OPTIONS.quiet:
        from briefing.pipeline.writing import outcome_of  # whose events these are: loaded by now

        return outcome_of(events)
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        return _follow_bar(events)
    return _follow_lines(events)


def _follow_lines(events: Generator[Event, None, Made]) -> Made:
    """Print a line when a stage begins and ends, and each tenth of it."""
    began: dict[str, float] = {}
    tenths: dict[str, int] = {}
    while True:
        try:
            event = next(events)
        except StopIteration as stop:
            made: Made = stop.value
            return made
        if event.stage == "tell":
            tell(event.note)
            continue
        start = began.setdefault(event.stage, time.monotonic())
        tenth = event.done * 10 // event.total if event.total else 10
        if event.stage not in tenths or tenth > tenths[event.stage]:
            tenths[event.stage] = tenth
            left = (time.monotonic() - start) / event.done * (event.total - event.done) if event.done else 0
            remaining = f" あと {left:.0f} 秒" if left >= 1 else ""
            print(
                f"{_STAGES.get(event.stage, event.stage)} {event.done}/{event.total}{remaining} {event.note}",
                file=sys.stderr,
                flush=True,
            )


def _follow_bar(events: Generator[Event, None, Made]) -> Made:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}
        while True:
            try:
                event = next(events)
            except StopIteration as stop:
                made: Made = stop.value
                return made
            if event.stage == "tell":
                bar.console.print(event.note, markup=False, highlight=False)
                continue
            if event.stage not in tasks:
                tasks[event.stage] = bar.add_task(
                    _STAGES.get(event.stage, event.stage), total=event.total or 1, note=""
                )
            done = event.done if event.total else 1
            bar.update(tasks[event.stage], completed=done, note=event.note[:40].replace("[", "("))
