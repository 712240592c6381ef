"""The voices by name. An engine's library is loaded when one of its voices is opened, never before."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from briefing.errors import Fault, SpeechError, UsageError
from briefing.model import EngineInfo, VoiceInfo, VoiceName
from briefing.ports import Engine, load_plugin, plugin_names
from briefing.voices.asking import Speaker, text_for
from briefing.voices.turns import Turns

__all__ = [
    "Speaker",
    "check_voice",
    "describe_voices",
    "engine_info",
    "engine_of",
    "open_speaker",
    "resolve",
    "text_for",
    "voice_info",
]

_BUILT_IN = (
    "kokoro",
    "openjtalk",
    "voicevox",
    "gtts",
    "edge",
    "openai",
    "google",
    "azure",
    "elevenlabs",
    "polly",
    "tone",
)


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


def engine_info(name: VoiceName) -> EngineInfo:
    """Give what is known of a voice's engine."""
    return engine_of(name.engine).info


def voice_info(name: VoiceName) -> VoiceInfo:
    """Give what is known of a voice; a character's first style when only the character is named. Raises UsageError when there is none."""
    engine = engine_of(name.engine)
    if engine.info.takes_any:  # its check tells, once it is asked, whether there is one of this name
        return VoiceInfo(name, "ja", engine.info.is_offline, True, "", "")
    found = engine.describe()
    exact = (each for each in found if each.name == name)
    styles = (each for each in found if each.name.speaker.startswith(f"{name.speaker}/"))
    info = next(exact, None) or next(styles, None)
    if info is None:
        known = ", ".join(each.name.speaker for each in found)
        raise UsageError(f"{name.engine} has no speaker {name.speaker!r}", "--voice", f"choose one of {known}")
    return info


def resolve(name: VoiceName, part_index: int = 0) -> VoiceName:
    """Give a voice with its speaker: the cast's when only the engine is named. Raises UsageError for an unknown one."""
    if name.speaker:
        return voice_info(name).name
    engine = engine_of(name.engine)
    speakers = engine.info.cast or tuple(each.name.speaker for each in engine.describe())
    return VoiceName(name.engine, speakers[part_index % len(speakers)])


def describe_voices() -> Iterator[VoiceInfo]:
    """Yield every voice of every engine, without loading a model; one without a speaker for an engine that cannot tell now."""
    for name in (*_BUILT_IN, *plugin_names("voices")):
        try:
            yield from engine_of(name).describe()
        except SpeechError as error:
            is_offline = engine_of(name).info.is_offline
            yield VoiceInfo(VoiceName(name, ""), "ja", is_offline, False, "", "", error.hint or error.message)


def check_voice(name: VoiceName) -> None:
    """Raise SpeechError or UsageError with a remedy when a voice could not read Japanese now."""
    info = voice_info(name)
    if info.language.split("-")[0] != "ja":
        raise UsageError(
            f"{name} speaks {info.language}, not Japanese", "--voice", "`briefing voices` lists the others"
        )
    engine_of(name.engine).check(info.name.speaker)
    if not info.available:
        raise SpeechError(f"{name} is not available here", str(name), info.remedy, Fault.NOT_INSTALLED)


def open_speaker(name: VoiceName, turns_folder: Path) -> Speaker:
    """Load a voice; processes that share `turns_folder` take turns with the engine's service."""
    engine = engine_of(name.engine)
    return Speaker(name, engine.info, engine.open(name.speaker), Turns(turns_folder, engine.info))
