"""Who speaks: workers, the first of which loads its voice while this process still loads the rest of the program and reads."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from briefing import voices
from briefing.config import Config
from briefing.errors import BriefingError
from briefing.model import Part, VoiceName
from briefing.pipeline.cast import part_voice
from briefing.pipeline.voicing import prepare, speak_one
from briefing.publish.state import state_path
from briefing.store import ClipStore
from briefing.work import Crew, worker_count


def open_crew(config: Config, sources: Sequence[Path], force: bool) -> Crew:
    """Give those who speak into the store; with `force` also what it has. Where a source is new, one begins to get ready."""
    crew = Crew(partial(speak_one, clip_store(config), turns_folder(config), force))
    if force or has_news(config, sources):
        _begin_early(config, crew)
    return crew


def _begin_early(config: Config, crew: Crew) -> None:
    """Have the narrator's voice loaded ahead; services need no time."""
    with contextlib.suppress(BriefingError, OSError):  # what is not there is told when it is to speak
        voice = part_voice(config, Part.NARRATOR)
        if worker_count(config.render.jobs) > 1 and not service_of(voice):
            crew.hire(partial(prepare, turns_folder(config), voice))


def has_news(config: Config, sources: Sequence[Path]) -> bool:
    """Tell whether a source was written after the show was: there will be something to speak. A missing one is told when it is read."""
    state = state_path(Path(config.render.output))
    return not state.is_file() or any(
        path.is_file() and path.stat().st_mtime > state.stat().st_mtime for path in sources
    )


def service_of(voice: VoiceName) -> str:
    """Name the service that a voice belongs to; "" for what speaks in this program."""
    return voice.engine if voices.engine_info(voice).is_service else ""


def clip_store(config: Config) -> ClipStore:
    """Give the store of everything that was spoken."""
    return ClipStore(config.cache_dir / "clips")


def turns_folder(config: Config) -> Path:
    """Give the folder where those who speak take turns: one at a time for a sentence, so many for a service."""
    return config.cache_dir / "turns"
