"""Loudness and peaks against what the standard says of known signals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from briefing.audio.edit import fade_ends, speech_to_clip, trim_silence
from briefing.audio.master import limiter_curve
from briefing.audio.measure import energy_envelope, integrated_lufs, peak_envelope
from briefing.errors import SpeechError
from briefing.model import Mark, Speech


def sine(hertz: float, seconds: float, rate_hz: int, amplitude: float = 0.5) -> NDArray[np.int16]:
    time = np.arange(int(seconds * rate_hz)) / rate_hz
    return np.asarray(np.rint(amplitude * 32767 * np.sin(2 * np.pi * hertz * time))).astype(np.int16)


@pytest.mark.parametrize("rate_hz", [24_000, 44_100, 48_000])
def test_a_997_hz_sine_reads_its_level_less_3_01(rate_hz: int) -> None:
    """ITU-R BS.1770-5, annex 1: 997 Hz at 0 dBFS in one channel reads -3.01 LKFS."""
    loudness = integrated_lufs(energy_envelope(sine(997, 5, rate_hz, 0.1), rate_hz))
    assert loudness == pytest.approx(-20 - 3.01, abs=0.05)


def test_silence_between_words_is_gated_out() -> None:
    tone = sine(997, 3, 24_000, 0.1)
    mixed = np.concatenate([tone, np.zeros(10 * 24_000, np.int16), tone])
    plain = np.concatenate([tone, tone])
    assert integrated_lufs(energy_envelope(mixed, 24_000)) == pytest.approx(
        integrated_lufs(energy_envelope(plain, 24_000)), abs=0.3
    )


def test_a_peak_between_samples_is_seen() -> None:
    """A quarter-rate sine sampled 45° off its crest: sample peak -3 dB, true peak 0 dB of its amplitude."""
    time = np.arange(24_000)
    wave = np.rint(0.7 * 32767 * np.sin(np.pi / 2 * time + np.pi / 4)).astype(np.int16)
    assert np.abs(wave).max() / 32768 == pytest.approx(0.495, abs=0.01)
    assert np.median(peak_envelope(wave, 24_000)) == pytest.approx(0.7, abs=0.02)


@given(st.lists(st.floats(0, 2), min_size=1, max_size=200), st.floats(0.1, 8), st.floats(0.3, 1))
def test_the_limiter_keeps_every_millisecond_and_its_neighbours_under_the_ceiling(
    peaks: list[float], gain: float, ceiling: float
) -> None:
    peak = np.array(peaks, np.float32)
    curve = limiter_curve(peak, gain, ceiling)
    assert len(curve) == len(peak)
    assert float(curve.max()) <= 1 + 1e-6
    for shift in (-1, 0, 1):
        moved = np.roll(peak, shift)[1:-1] if len(peak) > 2 else peak
        assert np.all(
            curve[1:-1] * gain * moved <= ceiling * 1.001 if len(peak) > 2 else curve * gain * peak <= ceiling * 1.001
        )


def test_trimming_moves_the_marks_along() -> None:
    quiet = np.zeros(24_000, np.int16)
    speech = Speech(np.concatenate([quiet, sine(440, 1, 24_000), quiet]), 24_000, (Mark(0, 24_000), Mark(3, 48_000)))
    trimmed = trim_silence(speech)
    assert len(trimmed.samples) == pytest.approx(24_000 * 1.08, abs=60)
    assert trimmed.marks[0].at == pytest.approx(960, abs=60)
    assert trimmed.marks[1].at - trimmed.marks[0].at == 24_000


def test_ends_are_faded_and_the_middle_is_untouched() -> None:
    wave = sine(440, 1, 24_000)
    faded = fade_ends(wave, 24_000)
    assert len(faded) == len(wave)
    assert abs(int(faded[0])) < 50
    assert abs(int(faded[-1])) < 400
    assert np.array_equal(faded[2400:-2400], wave[2400:-2400])


def test_silence_is_refused() -> None:
    with pytest.raises(SpeechError, match="silence"):
        speech_to_clip(Speech(np.zeros(24_000, np.int16), 24_000), "k", "ナガイブンショーデス。")
