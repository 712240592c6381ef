"""When an engine fails: where the user allows it, whole articles are spoken by another, never a part of one."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from briefing.config import Config, override
from briefing.errors import BriefingError, Fault, SpeechError
from briefing.model import Event, Notice
from briefing.pipeline.draft import Draft, draft
from briefing.pipeline.speaking import Spoken, begin, speak
from briefing.pipeline.writing import Desk
from briefing.store import ClipStore
from briefing.work import Crew


def draft_spoken(
    config: Config, path: Path, desk: Desk | None, store: ClipStore, crew: Crew
) -> Generator[Event, None, Draft]:
    """Draft an article, new sentences begun meanwhile one after the other; for the other engine when this one cannot even tell its voices."""
    try:
        return (yield from draft(config, path, desk, remembers=True, ahead=partial(begin, store, crew)))
    except SpeechError as error:
        return (yield from _redraft(config, path, desk, error))


def speak_all(
    config: Config, drafts: Sequence[Draft], store: ClipStore, force: bool, desk: Desk | None, crew: Crew
) -> Generator[Event, None, tuple[list[Draft], Spoken]]:
    """Speak everything; articles of which an engine leaves a sentence unspoken are drafted and spoken anew by the other one.

    Raises SpeechError when sentences stay unspoken.
    """
    try:
        spoken = yield from speak(config, drafts, store, force, crew)
    except SpeechError as error:  # a voice was found wanting before the first clip
        if not config.voices.fallback:
            raise
        spoken = Spoken({"total": 0, "synthesised": 0, "cached": 0}, (), (error,))
    if not spoken.failures or not config.voices.fallback or any(map(_is_about_text, spoken.failures)):
        return list(drafts), spoken.hold()
    given = []
    anew = []
    for each in drafts:
        is_whole = all(u.key in store for chapter in each.utterances for u in chapter)
        given.append(each if is_whole else (yield from _redraft(config, each.source, desk, spoken.failures[0])))
        anew += [] if is_whole else [given[-1]]
    again = (yield from speak(_other(config), anew, store, force, crew)).hold()
    return given, replace(again, counts=_added(spoken, again), notices=spoken.notices + again.notices)


def _is_about_text(error: BriefingError) -> bool:
    return isinstance(error, SpeechError) and error.fault is Fault.BAD_INPUT


def _other(config: Config) -> Config:
    return override(config, "voice", config.voices.fallback, "voices.fallback")


def _redraft(config: Config, path: Path, desk: Desk | None, reason: BriefingError) -> Generator[Event, None, Draft]:
    """Draft an article for the other engine, and say so. Raises `reason` when there shall be none."""
    if not config.voices.fallback:
        raise reason
    again = yield from draft(_other(config), path, desk, remembers=True)
    told = f"is spoken by {config.voices.fallback} as a whole (voices.fallback): {reason.message}"
    script = replace(again.script, notices=(*again.script.notices, Notice(str(path), 1, told)))
    return replace(again, script=script)


def _added(first: Spoken, second: Spoken) -> dict[str, int]:
    """Add up the clips that were made; what is there and what is wanted is as the second left it."""
    return {**second.counts, "synthesised": first.counts["synthesised"] + second.counts["synthesised"]}
