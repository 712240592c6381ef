"""What is done alike for every engine: cutting, pacing, patience, checking, marks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.errors import BriefingError, Fault, PluginError, SpeechError
from briefing.model import EngineInfo, Form, Join, Mark, Samples, Speech, Utterance, VoiceName
from briefing.voices.asking import Speaker, cut_text, pause_before_retry_s, within
from briefing.voices.checks import Usual, check_speech
from briefing.voices.turns import Turns

RATE_HZ = 24_000
NAME = VoiceName("parrot", "polly")
INFO = EngineInfo("parrot", host="parrot.example", deadline_s=5, concurrency=1)


def sound(seconds: float, ends_at: float = 0.0) -> Samples:
    count = int(seconds * RATE_HZ)
    swell = np.linspace(1, ends_at, count)
    return (8000 * swell * np.sin(np.arange(count) / 20)).astype(np.int16)


@dataclass
class Scripted:
    """A voice that answers as it was told, then well: 0.15 s a character."""

    answers: list[Speech | BaseException] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def uncovered(self, text: str) -> str:
        return "".join(c for c in text if c == "★")

    def speak(self, text: str, speed: float) -> Speech:
        self.heard.append(text)
        answer = self.answers.pop(0) if self.answers else Speech(sound(0.15 * len(text)), RATE_HZ)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def speaker(voice: Scripted, info: EngineInfo = INFO, slept: list[float] | None = None) -> Speaker:
    record = slept if slept is not None else []
    return Speaker(NAME, info, voice, Turns(Path(), info), sleep=record.append, jitter=lambda: 0.5)


def sentence(kana: str, said: str = "", joins: Sequence[Join] = ()) -> Utterance:
    return Utterance(said or kana, kana, NAME, 1.0, "0" * 40, "a.md:1", said=said or kana, joins=tuple(joins))


def fail(fault: Fault, retry_after_s: float = 0.0) -> SpeechError:
    return SpeechError("no", fault=fault, retry_after_s=retry_after_s)


PATIENCE = {
    "busy": ([Fault.RATE_LIMITED] * 4, [22.5, 45, 90, 225]),
    "away": ([Fault.UNAVAILABLE] * 4, [0.75, 3, 9, 22.5]),
    "late": ([Fault.TIMEOUT] * 3, [0.75, 3, 9]),
    "bad, then away, each counted by itself": ([Fault.BAD_AUDIO, Fault.UNAVAILABLE], [0.75, 0.75]),
    "an odd answer": ([Fault.PROTOCOL], [1.5]),
}


@pytest.mark.parametrize(("faults", "waits"), PATIENCE.values(), ids=PATIENCE.keys())
def test_passing_trouble_is_waited_out(faults: list[Fault], waits: list[float]) -> None:
    slept: list[float] = []
    voice = Scripted()
    known = speaker(voice, slept=slept)
    known.say(sentence("アイウエオ。"))
    voice.answers = [fail(each) for each in faults]
    assert len(known.say(sentence("アイウエオ。")).samples) > RATE_HZ / 2
    assert slept == waits


@pytest.mark.parametrize("fault", [Fault.AUTH, Fault.QUOTA, Fault.BAD_INPUT, Fault.NOT_INSTALLED, Fault.OTHER])
def test_what_waiting_does_not_help_is_told_at_once(fault: Fault) -> None:
    voice = Scripted([fail(fault)])
    with pytest.raises(SpeechError):
        speaker(voice).say(sentence("アイウエオ。"))
    assert len(voice.heard) == 1


def test_a_service_that_never_answered_is_given_up_soon() -> None:
    voice = Scripted([fail(Fault.UNAVAILABLE)] * 9)
    with pytest.raises(SpeechError):
        speaker(voice).say(sentence("アイウエオ。"))
    assert len(voice.heard) == 3


def test_a_service_is_not_asked_before_the_time_it_names_and_not_at_all_when_that_is_far() -> None:
    assert pause_before_retry_s(fail(Fault.RATE_LIMITED, 120), 1, 0.9) == pytest.approx(120.9)
    assert pause_before_retry_s(fail(Fault.RATE_LIMITED, 3600), 1, 0.9) is None


def test_patience_ends() -> None:
    voice = Scripted([fail(Fault.RATE_LIMITED)] * 9)
    with pytest.raises(SpeechError):
        speaker(voice).say(sentence("アイウエオ。"))
    assert len(voice.heard) == 5


def test_voices_of_this_machine_are_not_asked_again() -> None:
    voice = Scripted([fail(Fault.BAD_AUDIO)])
    with pytest.raises(SpeechError):
        speaker(voice, EngineInfo("parrot")).say(sentence("アイウエオ。"))
    assert len(voice.heard) == 1


KANA = "アイウエオカキクケコ。"
UNBELIEVABLE = {
    "silence": Speech(np.zeros(RATE_HZ, np.int16), RATE_HZ), "nothing": Speech(np.zeros(0, np.int16), RATE_HZ), "too short": Speech(sound(0.1), RATE_HZ),
    "too long": Speech(sound(20), RATE_HZ),
}  # fmt: skip


@pytest.mark.parametrize("speech", UNBELIEVABLE.values(), ids=UNBELIEVABLE.keys())
def test_unbelievable_audio_is_asked_for_again(speech: Speech) -> None:
    voice = Scripted([speech])
    assert len(speaker(voice).say(sentence(KANA)).samples) == int(0.15 * 11 * RATE_HZ)
    assert len(voice.heard) == 2


AGAINST_THE_USUAL = {
    "half": Speech(sound(0.8), RATE_HZ), "twice": Speech(sound(4.6), RATE_HZ), "cut off in a sound": Speech(sound(1.65, ends_at=0.9), RATE_HZ),
}  # fmt: skip


@pytest.mark.parametrize("speech", AGAINST_THE_USUAL.values(), ids=AGAINST_THE_USUAL.keys())
def test_a_voice_that_is_known_is_held_against_itself(speech: Speech) -> None:
    voice = Scripted()
    known = speaker(voice)
    for _ in range(5):
        known.say(sentence(KANA))
    voice.answers = [speech]
    assert len(known.say(sentence(KANA)).samples) == int(0.15 * 11 * RATE_HZ)
    assert len(voice.heard) == 7


def test_a_short_word_may_be_drawn_out() -> None:
    check_speech(Speech(sound(0.9), RATE_HZ), 2, Usual(0.15))


@given(st.text("アイウ、。/ 漢字A", max_size=200), st.integers(1, 60), st.integers(3, 90))
def test_pieces_fit_and_join_to_the_whole(text: str, characters: int, size: int) -> None:
    pieces = cut_text(text, EngineInfo("e", max_characters=characters, max_bytes=size))
    assert all(len(p) <= characters and len(p.encode()) <= size for p in pieces)
    kept = [c for c in text if c.isalnum()]
    assert [c for c in "".join(pieces) if c.isalnum()] == kept


def test_pieces_end_at_signs() -> None:
    assert cut_text("アアア、イイイ。ウウウ", EngineInfo("e", max_characters=9)) == ["アアア、イイイ。", "ウウウ"]


def test_a_sentence_in_pieces_is_one_clip_with_marks_throughout() -> None:
    info = replace(INFO, max_characters=5)
    speech = speaker(Scripted(), info).say(sentence("アアアア、イイイ。"))
    assert speech.marks == (Mark(0, 0), Mark(5, 18_000), Mark(5, 18_000), Mark(9, 32_400))


def test_marks_of_a_text_become_marks_of_its_kana() -> None:
    voice = Scripted([Speech(sound(2.4), RATE_HZ, (Mark(0, 0), Mark(3, 20_000), Mark(5, 57_600)))])
    joins = (Join(3, 6), Join(5, 12))
    speech = speaker(voice, replace(INFO, form=Form.TEXT)).say(sentence("キョーワ/ハレマス。", "今日は晴。", joins))
    assert voice.heard == ["今日は晴。"]
    assert speech.marks == (Mark(0, 0), Mark(6, 20_000), Mark(12, 57_600))


def test_what_a_voice_would_drop_is_told() -> None:
    with pytest.raises(SpeechError, match="★") as told:
        speaker(Scripted()).say(sentence("ア★。"))
    assert told.value.fault is Fault.BAD_INPUT


def test_an_engine_that_breaks_its_contract_is_the_plugins_fault() -> None:
    with pytest.raises(PluginError, match="KeyError") as told:
        speaker(Scripted([KeyError("x")])).say(sentence("アイ。"))
    assert told.value.exit_code == 3


def test_a_call_that_does_not_end_is_given_up() -> None:
    gate = threading.Event()
    with pytest.raises(SpeechError) as told:
        within(0.05, gate.wait, NAME)
    gate.set()
    assert told.value.fault is Fault.TIMEOUT


def test_calls_keep_their_distance_over_processes(tmp_path: Path) -> None:
    info, slept = replace(INFO, interval_s=1.0), [0.0]
    now = [1000.0]
    for _ in range(2):  # a second Turns is another process: only the file is shared
        turns = Turns(tmp_path, info, clock=lambda: now[0])
        with turns.hold("0" * 8):
            turns.wait(slept.append)
            now[0] += 0.25
            turns.wait(slept.append)
            now[0] += 0.25
    assert slept == [0.0, 0.75, 0.75, 0.75]


def test_a_sentence_always_has_the_same_turn(tmp_path: Path) -> None:
    info = replace(INFO, concurrency=3)
    for key in ("00000000aa", "00000001aa", "00000002aa", "00000003aa", "00000000aa"):
        with Turns(tmp_path, info).hold(key):
            pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["parrot-0.lock", "parrot-1.lock", "parrot-2.lock"]


def test_errors_travel_whole() -> None:
    import pickle

    error = SpeechError("a", "b", "c", Fault.QUOTA, 3.0)
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, BriefingError)
    assert vars(again) == vars(error)
    assert str(again) == "b: a\n  → c"
