"""Encoded files: the same audio gives the same bytes, at the same level, of the same length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from briefing.audio.encode import encode_frames, encode_mp3, encode_opus, join_frames
from briefing.audio.master import LAME_GAIN_DB
from briefing.audio.measure import FULL_SCALE, true_peak_above
from briefing.audio.timeline import FRAME, RATE_HZ
from briefing.model import Samples


def chunks(seconds: float = 12.3) -> Iterator[Samples]:
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    wave = 0.3 * np.sin(2 * np.pi * 300 * t) * (1 + np.sin(2 * np.pi * 3 * t)) / 2
    pcm = (wave * 32767).astype(np.int16)
    return (pcm[at : at + 5 * RATE_HZ] for at in range(0, len(pcm), 5 * RATE_HZ))


def level_db(path: Path) -> float:
    wave, _ = soundfile.read(path)
    return float(10 * np.log10((wave**2).mean()))


def test_sound_is_heard_when_the_timeline_says(tmp_path: Path) -> None:
    pcm = np.zeros(3 * RATE_HZ, np.int16)
    pcm[RATE_HZ :: RATE_HZ // 2] = 20_000  # clicks at 1.0, 1.5, 2.0, 2.5 s
    encode_mp3([pcm[:RATE_HZ], pcm[RATE_HZ:]], tmp_path / "a.mp3", 96)
    wave, _ = soundfile.read(tmp_path / "a.mp3")
    near = [
        int(np.abs(wave[at - 2000 : at + 2000]).argmax()) - 2000 for at in range(RATE_HZ, 3 * RATE_HZ, RATE_HZ // 2)
    ]
    assert np.abs(near).max() <= 2
    assert len(wave) / RATE_HZ == pytest.approx(3.0, abs=0.03)


def test_stretches_coded_apart_are_heard_when_the_timeline_says(tmp_path: Path) -> None:
    t = np.arange(20 * FRAME) / RATE_HZ
    tone = np.rint(9000 * np.sin(2 * np.pi * 440 * t) * np.hanning(len(t))).astype(np.int16)
    stretches = []
    for room in (30, 7, 11):
        pcm = np.zeros((2 + 20 + room) * FRAME, np.int16)
        pcm[2 * FRAME : 22 * FRAME] = tone
        stretches.append(pcm)
    join_frames((encode_frames([pcm[:9_000], pcm[9_000:]], 96) for pcm in stretches), tmp_path / "a.mp3")
    wave, _ = soundfile.read(tmp_path / "a.mp3")
    want = np.concatenate(stretches) / FULL_SCALE * 10 ** (-LAME_GAIN_DB / 20)
    assert len(wave) == len(want)
    assert (
        10 * np.log10((want**2).sum() / ((wave - want) ** 2).sum()) > 20
    )  # dB: a shift of one sample leaves 24, of two 18
    assert (wave[26 * FRAME : 50 * FRAME] == 0).all()


def test_opus_is_as_long_and_as_loud_as_the_mp3_and_smaller(tmp_path: Path) -> None:
    mp3, opus = tmp_path / "a.mp3", tmp_path / "a.opus"
    encode_mp3(chunks(), mp3, 96)
    encode_opus(chunks(), opus, 32)
    assert soundfile.info(opus).duration == pytest.approx(12.3, abs=0.01)
    assert level_db(opus) == pytest.approx(level_db(mp3), abs=0.1)
    assert opus.stat().st_size < mp3.stat().st_size / 2


def test_the_same_audio_gives_the_same_opus_bytes_and_any_reader_takes_them(tmp_path: Path) -> None:
    for name in ("a.opus", "b.opus"):
        encode_opus(chunks(), tmp_path / name, 48)
    content = (tmp_path / "a.opus").read_bytes()
    assert content == (tmp_path / "b.opus").read_bytes()
    assert content.count(b"OggS") > 2
    wave, rate_hz = soundfile.read(tmp_path / "a.opus")  # libogg drops pages whose checksum is wrong
    assert len(wave) / rate_hz == pytest.approx(12.3, abs=0.01)


def test_a_page_with_a_wrong_checksum_would_not_be_read(tmp_path: Path) -> None:
    encode_opus(chunks(), tmp_path / "a.opus", 48)
    content = bytearray((tmp_path / "a.opus").read_bytes())
    content[22] ^= 0xFF  # of the first page
    (tmp_path / "a.opus").write_bytes(content)
    with pytest.raises(soundfile.LibsndfileError):
        soundfile.read(tmp_path / "a.opus")


def test_the_peak_between_samples_is_found_wherever_it_lies() -> None:
    n = np.arange(2000)
    wave = (0.9 * np.sin(np.pi / 2 * n + np.pi / 4) * np.hanning(2000)).astype(np.float32)  # samples miss it by 3 dB
    assert np.abs(wave).max() < 0.64
    assert true_peak_above(wave, 0.85) == pytest.approx(0.9, abs=0.003)
    assert true_peak_above(wave / 3, 0.85) < 0.3
    assert true_peak_above(np.zeros(10, np.float32), 0.85) == 0
