"""A voice's own durations, from a voice file small enough to work out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from briefing.voices.hts_durations import HtsDurations, load_durations

TREE = b"""QS C-Pause { "*-pau+*","*-sil+*" }
QS Short { "*/K:?" }

{*}[2]
{
   0 C-Pause                -1               "dur_s2_3"
  -1 Short            "dur_s2_1"             "dur_s2_2"
}
"""
# Two states a sound; mean and variance in frames. Leaf 1: long words, 2: short ones, 3: pauses.
LEAVES = [[2.5, 3.4, 1, 1], [0.2, 4.6, 1, 1], [10, 20, 50, 50]]
LABELS = ("x^x-sil+a=k/K:12", "x^sil-a+k=i/K:12", "sil^a-k+i=x/K:3", "a^k-pau+x=x/K:3")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    numbers = np.uint32(len(LEAVES)).tobytes() + np.array(LEAVES, "<f4").tobytes()
    head = f"HTS_VOICE_VERSION:1.0\nFRAME_PERIOD:240\nNUM_STATES:2\nDURATION_PDF:0-{len(numbers) - 1}\n"
    head += f"DURATION_TREE:{len(numbers)}-{len(numbers) + len(TREE) - 1}\n[DATA]\n"
    path = tmp_path / "small.htsvoice"
    path.write_bytes(head.encode() + numbers + TREE)
    return path


@pytest.fixture
def durations(file: Path) -> HtsDurations:
    return load_durations(file)


def frames(durations: HtsDurations, speed: float) -> list[int]:
    return [int(n) // 240 for n in np.diff(durations.begins(LABELS, speed))]


def test_at_its_own_speed_each_state_is_rounded_half_up_and_lasts_a_frame_at_least(durations: HtsDurations) -> None:
    assert frames(durations, 1.0) == [30, 3 + 3, 1 + 5, 30]


def test_at_another_speed_the_whole_has_the_wanted_length_and_pauses_give_most(durations: HtsDurations) -> None:
    # 70.7 frames become 54; each unit of variance (204 in all) gives 0.08. Rounding leaves one too many: the first pause loses it.
    assert frames(durations, 1.3) == [6 + 16 - 1, 2 + 3, 1 + 5, 6 + 16]
    assert sum(frames(durations, 0.5)) == 141


def test_no_speed_leaves_a_state_without_a_frame(durations: HtsDurations) -> None:
    assert frames(durations, 1000) == [2, 2, 2, 2]


def test_what_is_no_voice_is_refused(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(file.read_bytes().replace(b"VERSION:1.0", b"VERSION:2.0"))
    with pytest.raises(ValueError, match="HTS_VOICE_VERSION"):
        load_durations(other)
    other = tmp_path / "cut"
    other.write_bytes(file.read_bytes().replace(b"DURATION_TREE", b"DURATION_TABLE"))
    with pytest.raises(LookupError):
        load_durations(other)
