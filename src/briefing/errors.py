"""What can go wrong, as one tree.

BriefingError                 what happened, where in the user's file, what to do next
├── InputError          (2)   the user's command, configuration or text
│   ├── UsageError            a flag or argument
│   ├── ConfigError           briefing.toml or BRIEFING_*
│   ├── SourceError           an article that cannot be read
│   ├── ScriptError           a script file that cannot be used
│   ├── LexiconError          a reading list
│   └── WriterError           the language model that was asked to write
├── PluginError         (3)   an engine, reader or publisher from outside
├── SpeechError         (4)   a sentence that could not be spoken
├── AudioError          (5)   editing, encoding or tagging
├── PublishError        (6)   writing the feed and its files, or a failed check
└── BusyError          (75)   another run holds the lock
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar


@dataclass
class BriefingError(Exception):
    """A failure told to the user: `message` what happened, `where` as `file:line`, `hint` what to do next."""

    message: str
    where: str = ""
    hint: str = ""
    exit_code: ClassVar[int] = 1

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  → {self.hint}" if self.hint else head

    def __reduce__(self) -> tuple[type[BriefingError], tuple[Any, ...]]:
        """Errors travel between worker processes with all their fields."""
        return type(self), tuple(getattr(self, each.name) for each in fields(self))


class InputError(BriefingError):
    """The user's command, configuration or text is at fault."""

    exit_code = 2


class UsageError(InputError):
    """A flag or argument cannot be used."""


class ConfigError(InputError):
    """The configuration file or an environment variable cannot be used."""


class SourceError(InputError):
    """An article cannot be read."""


class ScriptError(InputError):
    """A script file cannot be used."""


class LexiconError(InputError):
    """A reading list cannot be used."""


class WriterError(InputError):
    """The language model that was asked to write cannot be used."""


class PluginError(BriefingError):
    """A plug-in from outside is missing or broke its contract."""

    exit_code = 3


class Fault(StrEnum):
    """Why a voice did not speak, as far as what to do next depends on it."""

    OTHER = "other"
    RATE_LIMITED = "rate limited"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    AUTH = "auth"
    QUOTA = "quota"
    REFUSED = "refused"
    BAD_INPUT = "bad input"
    BAD_AUDIO = "bad audio"
    PROTOCOL = "protocol"
    NOT_INSTALLED = "not installed"

    @property
    def is_lasting(self) -> bool:
        """Say whether the engine's next sentence would fail as well, once patience has been of no use."""
        return self not in (Fault.OTHER, Fault.REFUSED, Fault.BAD_INPUT, Fault.BAD_AUDIO)


@dataclass
class SpeechError(BriefingError):
    """A sentence could not be spoken; what is done is kept. `retry_after_s` is how long the service asks to be left alone."""

    fault: Fault = Fault.OTHER
    retry_after_s: float = 0.0
    exit_code: ClassVar[int] = 4

    __str__ = BriefingError.__str__
    __reduce__ = BriefingError.__reduce__


class AudioError(BriefingError):
    """Editing, encoding or tagging audio failed."""

    exit_code = 5


class PublishError(BriefingError):
    """Publishing failed, or what was published is not right."""

    exit_code = 6


class BusyError(BriefingError):
    """Another run holds the lock."""

    exit_code = 75
