"""Voices of any shape are as loud as one another in the episode, under its peak."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from briefing.audio.master import LAME_GAIN_DB, decide_gains, master_pcm
from briefing.audio.measure import energy_envelope, integrated_lufs, peak_envelope
from briefing.audio.timeline import RATE_HZ, Piece, place_clips
from briefing.config import AudioConfig
from briefing.model import Clip, VoiceName

EVEN, PEAKY = VoiceName("tone", "low"), VoiceName("tone", "high")


def clip(key: str, wave: np.ndarray) -> Clip:
    samples = np.rint(wave / np.abs(wave).max() * 20_000).astype(np.int16)
    return Clip(key, samples, 24_000, (), peak_envelope(samples, 24_000), energy_envelope(samples, 24_000))


def test_a_voice_with_high_peaks_is_as_loud_as_the_other_behind_the_limiter() -> None:
    t = np.arange(6 * 24_000) / 24_000
    swell = 0.3 + 0.7 * np.sin(2 * np.pi * 2 * t) ** 2
    pulses = np.exp(-(t % 0.01) * 600) * np.sin(2 * np.pi * 900 * t)
    clips = {c.key: c for c in (clip("even", np.sin(2 * np.pi * 300 * t) * swell), clip("peaky", pulses * swell))}
    turns = chain.from_iterable([("even", EVEN), ("peaky", PEAKY)] for _ in range(4))
    pieces = [Piece(key, 6 * 24_000, 24_000, "話", voice, "", 500, "一") for key, voice in turns]
    line = place_clips(pieces, 500, 500)
    audio = AudioConfig()
    gains = decide_gains(line, clips.__getitem__, audio)
    pcm = np.concatenate(list(master_pcm(line, clips.__getitem__, gains)))
    heard = {
        voice: integrated_lufs(
            energy_envelope(
                np.concatenate([pcm[p.start : p.start + p.length] for p in line.placements if p.voice == voice]),
                RATE_HZ,
            )
        )
        for voice in (EVEN, PEAKY)
    }
    taken_db = 20 * np.log10(clips["peaky"].peak.max() * gains.by_voice[PEAKY] / gains.ceiling)
    assert taken_db > 3  # the limiter has much to do
    assert heard[EVEN] == pytest.approx(heard[PEAKY], abs=0.3)
    assert integrated_lufs(energy_envelope(pcm, RATE_HZ)) - LAME_GAIN_DB == pytest.approx(-16, abs=0.1)
    assert peak_envelope(pcm, RATE_HZ).max() <= gains.ceiling * 10 ** (LAME_GAIN_DB / 20) + 0.01
