"""Music in an episode: where it lies, how loud it is, which files are taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from briefing.audio.master import MUSIC, bed_curve, decide_gains, master_pcm
from briefing.audio.measure import energy_envelope, integrated_lufs, peak_envelope
from briefing.audio.music import BUILT_IN, SOUNDS, music_clip
from briefing.audio.timeline import GRID, RATE_HZ, Piece, place_clips
from briefing.config import AudioConfig
from briefing.errors import AudioError
from briefing.model import Clip, Timeline, VoiceName
from briefing.pipeline.music import with_music

HERE = Path()


def speech(seconds: float = 6.0) -> Clip:
    t = np.arange(int(seconds * 24_000)) / 24_000
    wave = (np.sin(2 * np.pi * 187 * t) + np.sin(2 * np.pi * 1370 * t) / 2) * (1 + np.sin(2 * np.pi * 4 * t)) / 2
    samples = (wave * 8000).astype(np.int16)
    return Clip("speech", samples, 24_000, (), peak_envelope(samples, 24_000), energy_envelope(samples, 24_000))


def piece(chapter: str = "一", pause_ms: int = 3000) -> Piece:
    return Piece("speech", 6 * 24_000, 24_000, "話", VoiceName("tone", "low"), "語り", pause_ms, chapter)


@pytest.mark.slow
@pytest.mark.parametrize("place", SOUNDS)
def test_the_built_in_sounds_are_the_same_each_time_and_never_clip(place: str) -> None:
    one, other = (music_clip(place, BUILT_IN, HERE) for _ in range(2))
    assert one.key == other.key
    assert np.array_equal(one.samples, other.samples)
    assert 0.1 < np.abs(one.samples / 32768).max() < 0.5
    assert len(one.samples) < SOUNDS[place].longest_s * RATE_HZ


@pytest.mark.slow
def test_the_bed_has_no_seam() -> None:
    samples = music_clip("bed", BUILT_IN, HERE).samples.astype(int)
    steps = np.abs(np.diff(samples))
    assert abs(samples[0] - samples[-1]) <= steps.max()
    assert len(samples) % GRID == 0


@pytest.mark.slow
def test_ident_stings_and_outro_lie_around_the_chapters() -> None:
    clips: Mapping[str, Clip] = {c.key: c for p in SOUNDS for c in [music_clip(p, BUILT_IN, HERE)]}
    keys = {p: music_clip(p, BUILT_IN, HERE).key for p in SOUNDS}
    pieces = list(with_music(keys, [piece("一"), piece("一"), piece("二")], clips.__getitem__))
    assert [p.voice.speaker for p in pieces] == ["ident", "low", "low", "sting", "low", "outro"]
    line = place_clips(pieces, 500, 1000, keys["bed"])
    assert [c.title for c in line.chapters] == ["一", "二"]
    assert line.chapters[1].start == line.placements[4].start  # a chapter begins with its first word
    assert [c.text for c in line.cues] == ["話"] * 3
    none = dict.fromkeys(SOUNDS, "")
    assert [p.voice.speaker for p in with_music(none, [piece()], clips.__getitem__)] == ["low"]


def with_bed() -> tuple[Timeline, Mapping[str, Clip]]:
    bed = music_clip("bed", BUILT_IN, HERE)
    return place_clips([piece(), piece(pause_ms=0)], 500, 4000, bed.key), {"speech": speech(), bed.key: bed}


@pytest.mark.slow
def test_the_bed_lies_low_under_speech_and_rises_where_nobody_speaks() -> None:
    line, _ = with_bed()
    curve = bed_curve(line)
    for place in line.placements:
        assert curve[place.start // GRID : (place.start + place.length) // GRID].max() <= 1.0 + 1e-9
    gap = (line.placements[0].start + line.placements[0].length) // GRID + 15
    assert curve[gap] > 2
    assert curve[0] == curve[-1] == 0


@pytest.mark.slow
def test_an_episode_with_a_bed_is_as_loud_as_asked_and_the_bed_as_far_below() -> None:
    line, clips = with_bed()
    gains = decide_gains(line, clips.__getitem__, AudioConfig(), 20.0)
    pcm = np.concatenate(list(master_pcm(line, clips.__getitem__, gains)))
    loudness = integrated_lufs(energy_envelope(pcm, RATE_HZ)) - 0.4455
    assert loudness == pytest.approx(-16.0, abs=0.1)
    bed_lufs = integrated_lufs(clips[line.bed].energy) + 20 * np.log10(gains.bed)
    assert bed_lufs == pytest.approx(-16.0 - 20.0, abs=0.1)


def test_music_is_softer_than_the_voices() -> None:
    ident = music_clip("ident", BUILT_IN, HERE)
    voice = VoiceName(MUSIC, "ident")
    line = place_clips(
        [Piece(ident.key, len(ident.samples), RATE_HZ, "", voice, "", 500, "一"), piece(pause_ms=0)], 0, 0
    )
    clips = {ident.key: ident, "speech": speech()}
    gains = decide_gains(line, clips.__getitem__, AudioConfig())
    levels = [
        integrated_lufs(c.energy) + 20 * np.log10(gains.by_voice[v])
        for c, v in ((ident, voice), (clips["speech"], VoiceName("tone", "low")))
    ]
    assert levels[1] - levels[0] == pytest.approx(4.0, abs=0.11)  # gains are rounded


def test_a_file_of_the_users_is_taken_whatever_its_form(tmp_path: Path) -> None:
    wave = 0.3 * np.sin(np.arange(48_000) / 20)
    for name in ("a.wav", "a.flac", "a.ogg", "a.mp3"):
        soundfile.write(tmp_path / name, np.stack([wave, wave], 1), 48_000)
        clip = music_clip("sting", name, tmp_path)
        assert clip.rate_hz == 48_000
        assert 0.9 < clip.duration_s < 1.1


@pytest.mark.parametrize(
    ("content", "told"),
    [(None, "cannot be read"), (b"no music", "cannot be read"), (np.zeros(4800), "no sound"), (np.ones(480_000) / 3, "longer than 10 s")],
    ids=["missing", "no music", "silent", "long"],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_told(content: bytes | np.ndarray | None, told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        soundfile.write(path, content, 44_100)
    with pytest.raises(AudioError, match=told):
        music_clip("sting", "a.wav", tmp_path)
