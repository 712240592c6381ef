"""Pauses inside a sentence are as long as the configuration says, whatever the voice made of them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from briefing.audio.edit import set_pauses, trim_silence
from briefing.model import Mark, Speech
from briefing.voices.tone import ENGINE

RATE = 24_000
KANA = "アメ'ワ、ヤミマ'シタガ、クラ'イ。"


def hum(seconds: float) -> NDArray[np.int16]:
    time = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(9000 * np.sin(2 * np.pi * 200 * time)).astype(np.int16)


def silence(seconds: float) -> NDArray[np.int16]:
    return np.zeros(int(seconds * RATE), np.int16)


def silences(speech: Speech) -> list[int]:
    """Give the lengths in ms of the inner silences of 100 ms and more."""
    loud = np.flatnonzero(np.abs(speech.samples.astype(int)) > 300)
    gaps = np.diff(loud) * 1000 // speech.rate_hz
    return [int(g) for g in gaps if g >= 100]


@pytest.mark.parametrize("pause_ms", [150, 300, 800])
def test_timed_pauses_are_set(pause_ms: int) -> None:
    speech = trim_silence(ENGINE.open("low").speak(KANA, 1.0))
    assert silences(set_pauses(speech, KANA, pause_ms)) == pytest.approx([pause_ms, pause_ms], abs=25)


def test_without_times_the_longest_silences_are_the_pauses() -> None:
    samples = np.concatenate([hum(0.5), silence(0.5), hum(0.2), silence(0.08), hum(0.2), silence(0.6), hum(0.5)])
    speech = Speech(samples, RATE, (Mark(0, 0), Mark(len(KANA), len(samples))))
    done = set_pauses(speech, KANA, 300)
    assert silences(done) == pytest.approx([300, 300], abs=25)
    assert done.marks[-1].at == len(done.samples)


def test_silences_that_do_not_stand_out_are_left_alone() -> None:
    samples = np.concatenate([hum(0.3), silence(0.2), hum(0.3), silence(0.2), hum(0.3), silence(0.2), hum(0.3)])
    speech = Speech(samples, RATE, (Mark(0, 0), Mark(len(KANA), len(samples))))
    assert np.array_equal(set_pauses(speech, KANA, 300).samples, samples)


def test_a_pause_that_the_voice_left_out_is_made() -> None:
    samples = hum(2.0)
    at = {kana: int(i / len(KANA) * len(samples)) for i, kana in enumerate(range(len(KANA)))}
    speech = Speech(samples, RATE, tuple(Mark(k, v) for k, v in at.items()))
    done = set_pauses(speech, KANA, 300)
    assert len(done.samples) == len(samples) + 2 * RATE * 300 // 1000
    assert silences(done) == pytest.approx([300, 300], abs=30)


def test_a_long_closure_beside_a_short_pause_is_left_alone() -> None:
    samples = np.concatenate([hum(0.5), silence(0.07), hum(0.1), silence(0.14), hum(0.5)])
    marks = (Mark(0, 0), Mark(2, int(0.5 * RATE)), Mark(3, int(0.57 * RATE)), Mark(6, len(samples)))
    done = set_pauses(Speech(samples, RATE, marks), "アノ、ジック'", 300)
    assert silences(done) == pytest.approx([300, 140], abs=25)


def test_marks_move_along() -> None:
    speech = trim_silence(ENGINE.open("low").speak(KANA, 1.0))
    done = set_pauses(speech, KANA, 500)
    assert [m.kana_end for m in done.marks] == [m.kana_end for m in speech.marks]
    assert [m.at for m in done.marks] == sorted(m.at for m in done.marks)
    assert done.marks[-1].at <= len(done.samples)


def test_a_sentence_without_signs_is_left_alone() -> None:
    speech = trim_silence(ENGINE.open("low").speak("アメ'デス。", 1.0))
    assert np.array_equal(set_pauses(speech, "アメ'デス。", 300).samples, speech.samples)
