"""Speaking what the clip store lacks, here or in worker processes."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from briefing import voices
from briefing.audio.edit import speech_to_clip
from briefing.config import Config
from briefing.errors import BriefingError, SpeechError
from briefing.model import (
    Event,
    Notice,
    Part,
    Speech,
    Utterance,
    VoiceName,
)
from briefing.pipeline.cast import credit_of, part_voice
from briefing.pipeline.draft import Draft, lexicon_for
from briefing.reading import (
    read_sentence,
)
from briefing.reading.kana import split_morae
from briefing.store import ClipStore
from briefing.work import run_tasks


@dataclass(frozen=True, slots=True)
class Spoken:
    """What speaking took: how many clips there are, were made, were there; and which were damaged."""

    counts: Mapping[str, int]
    notices: tuple[Notice, ...]


def speak(config: Config, drafts: Sequence[Draft], store: ClipStore, force: bool) -> Generator[Event, None, Spoken]:
    """Make every clip that the store lacks, longest first. Raises SpeechError that tells all sentences that failed."""
    wanted = {u.key: u for each in drafts for chapter in each.utterances for u in chapter}
    there = {key for key in wanted if key in store}
    missing = [u for key, u in wanted.items() if force or store.get(key) is None]
    damaged = (u for u in missing if u.key in there and not force)
    notices = tuple(
        Notice(str(store.path(u.key)), 1, f"was damaged and is made again: 「{u.text[:30]}」") for u in damaged
    )
    missing.sort(key=lambda u: -len(u.kana))
    jobs = config.render.jobs if all(_is_offline(u.voice) for u in missing) else 1  # one connection, politely
    failed: list[BriefingError] = []
    kept = 0
    yield Event("speak", 0, len(missing), f"{len(wanted) - len(missing)} cached")
    for done, (utterance, outcome) in enumerate(run_tasks(partial(speak_one, store), missing, jobs), 1):
        if isinstance(outcome, BriefingError):
            failed.append(placed(outcome, utterance))
            if len(failed) == done == _HOPELESS:
                break
        kept += not isinstance(outcome, BriefingError)
        yield Event("speak", done, len(missing), utterance.text)
    if failed:
        raise SpeechError(
            f"{len(failed)} of {len(wanted)} sentences could not be spoken:\n" + "\n".join(str(e) for e in failed[:20]),
            hint=f"{kept} new clips are kept; mend what is named above and run the same command again to go on from there",
        )
    counts = {"total": len(wanted), "synthesised": len(missing), "cached": len(wanted) - len(missing)}
    if config.render.store_mb:
        store.prune(config.render.store_mb * 1_000_000, keep=wanted)
    return Spoken(counts, notices)


_HOPELESS = 3  # when the very first sentences all fail, the voice is out of reach: the others are not tried


def placed(error: BriefingError, utterance: Utterance) -> BriefingError:
    """Give the error with the place of the sentence in the user's file and its first words."""
    return SpeechError(f"{error.message} 「{utterance.text[:30]}」 ({utterance.voice})", utterance.where, error.hint)


def speak_one(store: ClipStore, utterance: Utterance) -> str:
    """Speak one sentence into the store; runs in a worker process. Raises SpeechError."""
    voice = _open_voice(utterance.voice)
    lost = voice.uncovered(utterance.kana)
    if lost:
        raise SpeechError(f"this voice cannot say {lost!r}", hint="give a reading in readings.csv")
    speech = voice.speak(utterance.kana, utterance.speed)
    store.put(speech_to_clip(speech, utterance.key, utterance.kana, utterance.comma_ms, credit_of(utterance.voice)))
    return utterance.key


_open_voice = lru_cache(maxsize=8)(voices.open_voice)


def _is_offline(voice: VoiceName) -> bool:
    return any(i.offline for i in voices.engine_of(voice.engine).describe() if i.name == voice)


def say(config: Config, text: str) -> Speech:
    """Speak one line with the narrator's voice."""
    reading = read_sentence(text, lexicon_for(config))
    if not split_morae(reading.kana):
        raise SpeechError("there is nothing to say", hint="give a text with words in it")
    voice = _open_voice(part_voice(config, Part.NARRATOR))
    speech = voice.speak(reading.kana, config.voices.speed)
    clip = speech_to_clip(speech, "say", reading.kana, config.pauses.comma)
    return Speech(clip.samples, clip.rate_hz, clip.marks)
