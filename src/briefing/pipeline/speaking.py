"""Speaking what the clip store lacks, here or in worker processes; services are asked politely, and never twice for the same."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from briefing import voices
from briefing.audio.edit import speech_to_clip
from briefing.config import Config
from briefing.errors import BriefingError, Fault, PluginError, SpeechError
from briefing.model import (
    Event,
    Notice,
    Part,
    Speech,
    Utterance,
)
from briefing.pipeline.cast import part_voice
from briefing.pipeline.crew import service_of, turns_folder
from briefing.pipeline.draft import Draft
from briefing.pipeline.pronouncing import lexicon_for
from briefing.pipeline.sending import sendings, told_of
from briefing.pipeline.voicing import open_speaker
from briefing.reading import read_sentence
from briefing.reading.kana import split_morae
from briefing.store import ClipStore
from briefing.work import Crew


@dataclass(frozen=True, slots=True)
class Spoken:
    """What speaking took: how many clips there are, were made, were there; which were damaged; and what could not be spoken."""

    counts: Mapping[str, int]
    notices: tuple[Notice, ...]
    failures: tuple[BriefingError, ...] = ()

    def hold(self) -> Spoken:
        """Give this when everything was spoken. Raises SpeechError that tells all sentences that were not."""
        if not self.failures:
            return self
        first = self.failures[0]
        told = "\n".join(str(each) for each in self.failures[:20])
        raise SpeechError(
            f"{self.counts['total'] - self.counts['cached'] - self.counts['synthesised']} of {self.counts['total']} sentences could not be spoken:\n{told}",
            hint=f"{self.counts['synthesised']} new clips are kept; mend what is named above and run the same command again to go on from there",
            fault=first.fault if isinstance(first, SpeechError) else Fault.OTHER,
        )


def speak(
    config: Config, drafts: Sequence[Draft], store: ClipStore, force: bool, crew: Crew
) -> Generator[Event, None, Spoken]:
    """Make every clip that the store lacks, an engine at a time. What failed is in the outcome; the rest is kept.

    Raises SpeechError or UsageError before the first clip when a voice that is needed could not speak now.
    """
    wanted = {u.key: u for each in drafts for chapter in each.utterances for u in chapter}
    begun = {u.key: u for u in crew.begun}
    wanted |= {key: u for key, u in begun.items() if key in wanted}
    there = {key for key in wanted if key in store and key not in begun}
    missing = [u for key, u in wanted.items() if force or key in begun or store.get(key) is None]
    damaged = (u for u in missing if u.key in there and not force)
    notices = tuple(
        Notice(str(store.path(u.key)), 1, f"was damaged and is made again: 「{u.text[:30]}」") for u in damaged
    )
    for voice in dict.fromkeys(u.voice for u in missing):
        voices.check_voice(voice)
    for sending in sendings(config, missing):
        yield Event("tell", 0, 0, told_of(sending))
    yield Event("speak", 0, len(missing), f"{len(wanted) - len(missing)} cached")
    run = _Run(crew, config, len(missing))
    for group in _groups(missing):
        yield from run.speak(group)
    counts = {"total": len(wanted), "synthesised": run.kept, "cached": len(wanted) - len(missing)}
    if config.render.store_mb and not run.failed:
        store.prune(config.render.store_mb * 1_000_000, keep=wanted)
    return Spoken(counts, notices, tuple(run.failed))


def begin(store: ClipStore, crew: Crew, utterance: Utterance) -> None:
    """Have a sentence spoken that the store lacks, if somebody is there and has room, while the rest of the article is still read."""
    if utterance.key not in store and not service_of(utterance.voice):
        crew.begin(utterance)


def _groups(missing: Iterable[Utterance]) -> list[list[Utterance]]:
    """Part what is to be spoken: this machine's voices together, longest first, then each service's in the order of the articles."""
    by_place = sorted(missing, key=lambda u: service_of(u.voice))
    groups = [list(group) for _, group in groupby(by_place, lambda u: service_of(u.voice))]
    return [g if service_of(g[0].voice) else sorted(g, key=lambda u: -len(u.kana)) for g in groups]


_HOPELESS = 3  # after so many failures in a row, or one that will last, an engine is asked no more


@dataclass
class _Run:
    """Speaking under way."""

    crew: Crew
    config: Config
    total: int
    kept: int = 0
    failed: list[BriefingError] = field(default_factory=list)

    def speak(self, group: Sequence[Utterance]) -> Generator[Event, None, None]:
        """Speak a group; where an engine's circuit opens, the rest of its sentences stay unspoken."""
        info = voices.engine_info(group[0].voice)
        jobs = max(info.concurrency, 1) if info.is_service else self.config.render.jobs
        in_a_row = 0
        for utterance, outcome in self.crew.run(group, jobs):
            if isinstance(outcome, BriefingError):
                self.failed.append(placed(outcome, utterance))
                in_a_row += _fault_of(outcome) is not Fault.BAD_INPUT
                if in_a_row == _HOPELESS or _fault_of(outcome).is_lasting or isinstance(outcome, PluginError):
                    return
            else:
                in_a_row = 0
                self.kept += 1
            yield Event("speak", self.kept + len(self.failed), self.total, utterance.text)


def _fault_of(error: BriefingError) -> Fault:
    return error.fault if isinstance(error, SpeechError) else Fault.OTHER


def placed(error: BriefingError, utterance: Utterance) -> BriefingError:
    """Give the error with the place of the sentence in the user's file and its first words."""
    told = f"{error.message} 「{utterance.text[:30]}」 ({utterance.voice})"
    if isinstance(error, PluginError):
        return PluginError(told, utterance.where, error.hint)
    return SpeechError(told, utterance.where, error.hint, _fault_of(error))


def say(config: Config, text: str) -> Speech:
    """Speak one line with the narrator's voice."""
    reading = read_sentence(text, lexicon_for(config))
    if not split_morae(reading.kana):
        raise SpeechError("there is nothing to say", hint="give a text with words in it")
    voice = part_voice(config, Part.NARRATOR)
    voices.check_voice(voice)
    line = Utterance(
        reading.text,
        reading.kana,
        voice,
        config.voices.speed_of(Part.NARRATOR),
        "0" * 8,
        "",
        said=reading.said,
        joins=reading.joins,
    )
    speaker = open_speaker(voice, turns_folder(config))
    with speaker.turns.hold(line.key):
        clip = speech_to_clip(speaker.say(line), "say", reading.kana, config.pauses.comma)
    return Speech(clip.samples, clip.rate_hz, clip.marks)
