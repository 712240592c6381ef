"""Who says what: a voice for each part, one of their own for each person who speaks, and the credits that voices demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from briefing import voices
from briefing.config import Config, parse_voice
from briefing.model import Line, Part, VoiceName


@dataclass(frozen=True, slots=True)
class Cast:
    """The voices of an article's script."""

    parts: Mapping[Part, VoiceName]
    speakers: Mapping[str, VoiceName]

    def voice_of(self, line: Line) -> VoiceName:
        """Give the voice that says a line: its speaker's, else its part's."""
        return self.speakers.get(line.speaker) or self.parts[line.part]

    @property
    def credits(self) -> tuple[str, ...]:
        """The credits that its voices demand, each once."""
        every = dict.fromkeys((*self.parts.values(), *self.speakers.values()))
        return tuple(dict.fromkeys(filter(None, map(credit_of, every))))


def cast_of(config: Config, speakers: Mapping[str, Part]) -> Cast:
    """Cast the parts and the people who speak, in the order in which they do.

    The configuration's names come first; the first guest has the answerer's voice, the others take what that engine has
    left, the narrator's voice last, and begin anew when there is none. Raises UsageError for a voice that does not exist.
    """
    parts = {part: part_voice(config, part) for part in Part}
    guests = [name for name, part in speakers.items() if part is not Part.QUESTIONER]
    named = {name: voices.resolve(parse_voice(text)) for name, text in config.voices.speakers.items()}
    is_asked = any(place for place, name in enumerate(guests) if name not in named)
    free = _free_voices(parts) if is_asked else [parts[Part.ANSWERER]]  # a server may be off: ask it for a choice only
    cast = {name: named.get(name) or free[i % len(free)] for i, name in enumerate(guests)}
    asking = {name: named.get(name) or parts[Part.QUESTIONER] for name in speakers if name not in cast}
    return Cast(parts, {**cast, **asking})


def _free_voices(parts: Mapping[Part, VoiceName]) -> list[VoiceName]:
    """Give the voices that guests take in turn; only the one voice where the user chose one for everything."""
    first = parts[Part.ANSWERER]
    if len(set(parts.values())) == 1:
        return [first]
    engine = [info.name for info in voices.engine_of(first.engine).describe()]
    taken = {first, parts[Part.QUESTIONER], parts[Part.NARRATOR]}
    others = [name for name in engine if name not in taken]
    last = [parts[Part.NARRATOR]] if parts[Part.NARRATOR] != first else []
    return [first, *others, *last]


def part_voice(config: Config, part: Part) -> VoiceName:
    """Give the voice that speaks a part, its speaker named."""
    return voices.resolve(config.voice_of(part), list(Part).index(part))


def speakers_of(lines: Iterable[Line]) -> dict[str, Part]:
    """Give the people who speak in a script with their parts, in the order of their first line."""
    found: dict[str, Part] = {}
    for line in lines:
        if line.speaker:
            found.setdefault(line.speaker, line.part)
    return found


@lru_cache(maxsize=64)
def credit_of(voice: VoiceName) -> str:
    """Give the credit that a voice demands, if any."""
    return voices.voice_info(voice).credit
