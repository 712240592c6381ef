"""The seams: what can be plugged in, found by name through entry points, loaded only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import entry_points
from typing import Any, Protocol

from briefing.errors import PluginError
from briefing.model import Source, Speech, VoiceInfo


class Reader(Protocol):
    """Turns the bytes of one format into a Source."""

    def __call__(self, content: bytes, name: str, origin: str, encoding: str | None) -> Source:
        """Read the bytes. Raises SourceError when they are not of this format."""
        ...


class Voice(Protocol):
    """An engine with one speaker, ready to speak."""

    version: str

    def speak(self, kana: str, speed: float) -> Speech:
        """Say katakana. Raises SpeechError when it cannot; never returns less than was asked for."""
        ...

    def uncovered(self, kana: str) -> str:
        """Give the characters of the kana that this voice would drop; empty when it can say everything."""
        ...


class Engine(Protocol):
    """What a module of `voices` (or a plug-in) offers."""

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the speakers without loading a model."""
        ...

    def identity(self, speaker: str) -> str:
        """Name everything that changes the sound (engine, version, model digest, speaker), without loading a model."""
        ...

    def open(self, speaker: str) -> Voice:
        """Load the voice. Raises SpeechError with a remedy when something is missing."""
        ...


class Executor(Protocol):
    """Runs a job on independent tasks, wherever it likes."""

    def __call__(self, job: Callable[[Any], Any], tasks: Sequence[Any], jobs: int) -> Iterator[tuple[Any, Any]]:
        """Yield each task exactly once with its result or the BriefingError that it ended in; order is free."""
        ...


def load_plugin(group: str, name: str) -> Any:
    """Load one plug-in by name. Raises PluginError when there is none or it fails to load."""
    found = [each for each in entry_points(group=f"briefing.{group}") if each.name == name]
    if not found:
        raise PluginError(f"no plug-in {name!r} among briefing.{group}", hint="install the package that brings it")
    try:
        return found[0].load()
    except (ImportError, AttributeError) as error:
        raise PluginError(f"plug-in {name!r} does not load: {error}", found[0].value, "update or remove it") from error


def plugin_names(group: str) -> tuple[str, ...]:
    """Name the plug-ins that are installed, without loading one."""
    return tuple(sorted(each.name for each in entry_points(group=f"briefing.{group}")))
