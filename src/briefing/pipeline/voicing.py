"""Speaking one sentence: all that a worker process needs, so that it begins at once."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from pathlib import Path

from briefing import voices
from briefing.audio.edit import speech_to_clip
from briefing.errors import BriefingError
from briefing.model import Utterance, VoiceName
from briefing.pipeline.cast import credit_of
from briefing.store import ClipStore


def speak_one(store: ClipStore, turns: Path, force: bool, utterance: Utterance) -> str:
    """Speak one sentence into the store; runs in a worker process. Raises SpeechError, PluginError."""
    speaker = open_speaker(utterance.voice, turns)
    with speaker.turns.hold(utterance.key):
        if force or utterance.key not in store:  # another process may have made it while this one waited
            speech = speaker.say(utterance)
            credit = credit_of(utterance.voice)
            store.put(speech_to_clip(speech, utterance.key, utterance.kana, utterance.comma_ms, credit))
    return utterance.key


def prepare(turns: Path, voice: VoiceName) -> None:
    """Load a voice ahead of its first sentence. What fails here fails again there, and is told then."""
    with contextlib.suppress(BriefingError):
        open_speaker(voice, turns)


open_speaker = lru_cache(maxsize=8)(voices.open_speaker)
