"""The seams: what can be plugged in, found by name through entry points, loaded only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import entry_points
from typing import Any, Protocol

from briefing.errors import PluginError
from briefing.model import EngineInfo, Source, Speech, VoiceInfo


class Reader(Protocol):
    """Turns the bytes of one format into a Source."""

    def __call__(self, content: bytes, name: str, origin: str, encoding: str | None) -> Source:
        """Read the bytes. Raises SourceError when they are not of this format."""
        ...


class Voice(Protocol):
    """An engine with one speaker, ready to speak."""

    def speak(self, text: str, speed: float) -> Speech:
        """Say one piece, in the engine's form and within its limits. Raises SpeechError, whose fault tells what may help.

        Called from one thread at a time. Cutting, pacing, trying again and checking are the caller's.
        """
        ...

    def uncovered(self, text: str) -> str:
        """Give the characters that this voice would drop; empty when it can say everything."""
        ...


class Engine(Protocol):
    """What a module of `voices` (or a plug-in) offers."""

    @property
    def info(self) -> EngineInfo:
        """Say what the engine takes and gives, without asking it for anything."""
        ...

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the speakers without loading a model. Raises SpeechError when a server that knows them does not answer."""
        ...

    def identity(self, speaker: str) -> str:
        """Name everything that changes the sound (engine, version, model digest, speaker), without loading a model."""
        ...

    def check(self, speaker: str) -> None:
        """Raise SpeechError with a remedy when the voice could not speak now: no package, no key, no answer."""
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
