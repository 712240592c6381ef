"""The voices by name. An engine's library is loaded when one of its voices is opened, never before."""

from __future__ import annotations

from importlib import import_module

from briefing.errors import UsageError
from briefing.model import VoiceInfo, VoiceName
from briefing.ports import Engine, Voice, load_plugin, plugin_names

__all__ = ["CASTS", "describe_voices", "engine_of", "open_voice", "resolve"]

_BUILT_IN = ("kokoro", "openjtalk", "gtts", "tone")

# Who plays narrator, questioner, answerer and note when only an engine is named.
CASTS: dict[str, tuple[str, str, str, str]] = {
    "kokoro": ("jf_alpha", "jm_kumo", "jf_alpha", "jf_nezumi"),
    "openjtalk": ("mei", "mei", "mei", "mei"),
    "gtts": ("ja", "ja", "ja", "ja"),
    "tone": ("low", "high", "low", "mid"),
}


def engine_of(name: str) -> Engine:
    """Give an engine, built in or plugged in. Raises UsageError that lists what there is."""
    if name in _BUILT_IN:
        engine: Engine = import_module(f"briefing.voices.{name}").ENGINE
        return engine
    if name in plugin_names("voices"):
        plugged: Engine = load_plugin("voices", name)
        return plugged
    known = ", ".join((*_BUILT_IN, *plugin_names("voices")))
    raise UsageError(
        f"no voice engine {name!r}", "--voice", f"choose one of {known}; `briefing voices` lists the speakers"
    )


def resolve(name: VoiceName, part_index: int = 0) -> VoiceName:
    """Give a voice with its speaker: the cast's when only the engine is named. Raises UsageError for an unknown one."""
    speakers = [info.name.speaker for info in engine_of(name.engine).describe()]
    if not name.speaker:
        cast = CASTS.get(name.engine)
        return VoiceName(name.engine, cast[part_index] if cast else speakers[part_index % len(speakers)])
    if name.speaker not in speakers:
        raise UsageError(
            f"{name.engine} has no speaker {name.speaker!r}", "--voice", f"choose one of {', '.join(speakers)}"
        )
    return name


def describe_voices() -> tuple[VoiceInfo, ...]:
    """List every voice of every engine, without loading a model."""
    return tuple(info for name in (*_BUILT_IN, *plugin_names("voices")) for info in engine_of(name).describe())


def open_voice(name: VoiceName) -> Voice:
    """Load a voice."""
    return engine_of(name.engine).open(name.speaker)
