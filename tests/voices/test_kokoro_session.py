"""The parts of the model are made once and kept; where they cannot be kept, or are damaged, they are made again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from briefing.files import locked
from briefing.voices import kokoro_session
from briefing.voices.kokoro_parts import GRAPHS, Parts
from briefing.voices.kokoro_session import Session, open_session

from .test_kokoro_divide import small_parts

DIGEST = "ab" * 32


@dataclass
class Lab:
    """Counts how often the model is divided."""

    folder: Path
    made: int = 0

    def make(self) -> Parts:
        self.made += 1
        return small_parts()

    def open(self) -> Session:
        """Open as a new process would."""
        return open_session(DIGEST, self.make, self.folder)

    @property
    def kept(self) -> Path:
        (path,) = self.folder.glob("kokoro-*")
        return path


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.setattr(kokoro_session, "optimise", lambda parts, folder: parts)
    monkeypatch.setattr(kokoro_session, "_load", lambda graph, options: graph)
    return Lab(tmp_path / "models")


def test_the_model_is_divided_once(lab: Lab) -> None:
    first, again = lab.open(), lab.open()
    assert lab.made == 1
    assert first.graphs == again.graphs == {name: name.encode() * 3 for name in GRAPHS}
    assert first.blocks.keys() == again.blocks.keys()


@pytest.mark.parametrize("share", [None, 0, 0.5, 0.99], ids=["gone", "empty", "half", "cut short"])
def test_damaged_parts_are_made_again(lab: Lab, share: float | None) -> None:
    lab.open()
    whole, path = lab.kept.read_bytes(), lab.kept
    path.unlink()
    if share is not None:
        path.write_bytes(whole[: round(share * len(whole))])
    lab.open()
    assert lab.made == 2
    assert path.read_bytes() == whole


@pytest.mark.slow
def test_no_changed_byte_gets_into_the_parts(tmp_path: Path) -> None:
    whole, path = small_parts().pack(), tmp_path / "kept"
    found = 0
    for at in np.random.default_rng(4).integers(0, len(whole), 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        parts = kokoro_session._read(path)
        found += parts is None
        assert parts is None or parts.pack() == whole  # what an archive says of times and rights is not ours
    assert found > 10


def test_a_folder_that_cannot_be_written_is_no_harm(lab: Lab) -> None:
    lab.folder.write_text("a file in its place", encoding="utf-8")
    assert lab.open().graphs
    assert lab.open().graphs
    assert lab.made == 2


def test_nothing_half_written_is_left_behind(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        assert lab.open().graphs
    assert [path.name for path in lab.folder.iterdir()] == ["kokoro.lock"]
    lab.open()
    assert lab.kept.suffix == ".parts"


def test_another_model_has_parts_of_its_own_and_takes_the_place_of_the_former(lab: Lab) -> None:
    lab.open()
    former = lab.kept
    open_session("cd" * 32, lab.make, lab.folder)
    assert lab.made == 2
    assert lab.kept != former


def test_who_comes_while_another_makes_the_parts_waits_for_them(lab: Lab) -> None:
    lab.open()
    whole, path = lab.kept.read_bytes(), lab.kept
    path.unlink()
    with ThreadPoolExecutor(1) as aside:
        with locked(lab.folder / "kokoro.lock"):
            waiting = aside.submit(lab.open)
            with pytest.raises(TimeoutError):
                waiting.result(0.3)
            path.write_bytes(whole)
        assert waiting.result().graphs
    assert lab.made == 1


@pytest.mark.parametrize("optimised", [False, True])
def test_a_graph_works_on_one_thread_that_does_not_spin(optimised: bool) -> None:
    options: Any = kokoro_session._options(optimised=optimised)
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
