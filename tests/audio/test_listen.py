"""A file heard block by block tells what was put into it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from briefing.audio.encode import encode_frames, encode_mp3, join_frames, read_mono
from briefing.audio.listen import listen, measure_mp3, sound_of
from briefing.audio.measure import FULL_SCALE, energy_envelope, integrated_lufs, peak_envelope
from briefing.audio.timeline import FRAME, RATE_HZ
from briefing.errors import AudioError
from briefing.model import Samples


def noise(seconds: float) -> Samples:
    wave = np.random.default_rng(7).standard_normal(int(seconds * RATE_HZ)) * 3000
    return np.clip(wave, -32_768, 32_767).astype(np.int16)


def test_blocks_give_what_the_whole_gives(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    encode_mp3([noise(23.4) * 2], path, 96)
    heard = listen(path)
    wave, rate_hz = read_mono(path)
    whole = (wave * FULL_SCALE).astype(np.float32)
    assert heard.lufs == pytest.approx(integrated_lufs(energy_envelope(whole, rate_hz)), abs=0.01)
    loudest = np.abs(soxr.resample(wave, rate_hz, 16 * rate_hz, quality="VHQ")).max()
    assert heard.peak_dbtp == pytest.approx(20 * np.log10(loudest), abs=0.05)
    assert heard.decoded_s == pytest.approx(len(wave) / rate_hz)
    assert heard.duration_s == pytest.approx(heard.decoded_s, abs=0.05)
    assert (heard.stray, heard.bitrate_kbps, heard.rate_hz) == (0, 96, RATE_HZ)


@pytest.mark.parametrize("at", [3, 9, 18])
def test_silence_is_found_in_front_inside_and_behind(tmp_path: Path, at: int) -> None:
    pcm = noise(30)
    for start, end in ((0, 1.5), (at, at + 6), (28, 30)):
        pcm[int(start * RATE_HZ) : int(end * RATE_HZ)] = 0
    encode_mp3([pcm], tmp_path / "a.mp3", 96)
    heard = listen(tmp_path / "a.mp3")
    assert heard.lead_s == pytest.approx(1.5, abs=0.05)
    assert heard.longest_silence_s == pytest.approx(6, abs=0.1)
    assert heard.trail_s == pytest.approx(2, abs=0.1)


def test_both_channels_count(tmp_path: Path) -> None:
    wave = noise(5).astype(np.float32) / FULL_SCALE
    for name, channels in (("mono.mp3", wave), ("both.mp3", np.stack([wave, wave], axis=1))):
        soundfile.write(tmp_path / name, channels, RATE_HZ)
    mono, both = listen(tmp_path / "mono.mp3"), listen(tmp_path / "both.mp3")
    assert both.lufs == pytest.approx(mono.lufs + 3.01, abs=0.2)
    assert both.peak_dbtp == pytest.approx(mono.peak_dbtp, abs=0.5)


def test_a_cut_file_shows_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    encode_mp3([noise(5)], path, 96)
    path.write_bytes(path.read_bytes()[:-100])
    assert 0 < listen(path).stray <= 314


@pytest.mark.parametrize("content", [b"", b"no audio" * 100, b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f", b"\xff\xfb" * 50])
def test_what_is_no_mp3_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp3").write_bytes(content)
    with pytest.raises(AudioError):
        listen(tmp_path / "a.mp3")


def test_parts_that_are_heard_apart_are_heard_as_the_whole_file_is(tmp_path: Path) -> None:
    stretches = []
    for frames, room, loudness in ((150, 30, 3), (7, 9, 1), (421, 60, 2)):
        pcm = np.zeros((4 + frames + room) * FRAME, np.int16)
        pcm[4 * FRAME : (4 + frames) * FRAME] = noise(12)[: frames * FRAME] * loudness
        stretches.append(pcm)
    coded = [encode_frames([pcm], 96) for pcm in stretches]
    join_frames(coded, tmp_path / "a.mp3")
    apart, whole = sound_of(tmp_path / "a.mp3", [measure_mp3(frames) for frames in coded]), listen(tmp_path / "a.mp3")
    assert apart.lufs == pytest.approx(whole.lufs, abs=0.005)
    assert apart.peak_dbtp == pytest.approx(whole.peak_dbtp, abs=0.001)
    assert apart.decoded_s == whole.decoded_s == pytest.approx(sum(map(len, stretches)) / RATE_HZ)
    assert (apart.lead_s, apart.trail_s, apart.longest_silence_s) == (
        whole.lead_s,
        whole.trail_s,
        whole.longest_silence_s,
    )


def test_the_peak_is_that_of_the_whole_file(tmp_path: Path) -> None:
    pcm = np.random.default_rng(2).normal(0, 6000, 31 * RATE_HZ).clip(-32_000, 32_000).astype(np.int16)
    pcm[30 * RATE_HZ - 200 : 30 * RATE_HZ + 200] = (31_000 * np.sin(np.arange(400) * np.pi / 2.2)).astype(np.int16)
    encode_mp3([pcm], tmp_path / "a.mp3", 96)
    wave, rate_hz = read_mono(tmp_path / "a.mp3")
    whole = 20 * np.log10(peak_envelope((wave * FULL_SCALE).astype(np.float32), rate_hz).max())
    assert measure_mp3(tmp_path / "a.mp3", -6.0).peak_dbtp == pytest.approx(whole, abs=0.15)
