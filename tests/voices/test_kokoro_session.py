"""Which form of the model speaks, and what is kept of the choice: with fake sessions and a fake clock."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnxruntime.capi.onnxruntime_pybind11_state import Fail

from briefing.files import locked
from briefing.voices import kokoro_session
from briefing.voices.kokoro_session import Feeds, Model, Session, Tools, open_session, processor

MODEL = Model("ab" * 32, lambda: b"stock", {"tokens": np.zeros(1)})


@dataclass
class FakeSession:
    """Speaks the same bytes at every call and moves the clock by what it costs."""

    lab: Lab
    model: bytes

    def run(self, outputs: tuple[str, ...], feeds: Feeds) -> list[Any]:
        self.lab.now += self.lab.cost[self.model] + (self.lab.delays.pop(0) if self.lab.delays else 0)
        return [np.frombuffer(self.lab.says[self.model], np.uint8)]


@dataclass
class Lab:
    """Fake tools that count what is asked of them."""

    folder: Path
    cost: dict[bytes, float] = field(default_factory=lambda: {b"stock": 1.0, b"fast": 0.6})
    says: dict[bytes, bytes] = field(default_factory=lambda: {b"stock": b"audio", b"fast": b"audio"})
    delays: list[float] = field(default_factory=list)  # of the next runs, by what else the machine does
    fault: BaseException | None = None
    cpu: str = "zen"
    now: float = 0
    rewritten: int = 0
    loaded: list[str] = field(default_factory=list)

    def load(self, model: bytes, form: str) -> Session:
        self.loaded.append(form)
        return FakeSession(self, model)

    def rewrite(self, model: bytes, scratch: Path) -> bytes:
        self.rewritten += 1
        if self.fault:
            raise self.fault
        return b"fast"

    def session(self) -> Session:
        """Open as a new process would."""
        self.loaded.clear()
        return open_session(MODEL, self.folder, Tools(self.load, self.rewrite, lambda: self.now, lambda: self.cpu))

    def open(self) -> bytes:
        """Open as a new process would; gives the model that speaks."""
        session = self.session()
        assert isinstance(session, FakeSession)
        return session.model

    def only(self, pattern: str) -> Path:
        (path,) = self.folder.glob(pattern)
        return path


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path / "models")


def test_the_faster_form_speaks_and_the_trial_is_not_repeated(lab: Lab) -> None:
    assert lab.open() == b"fast"
    assert sorted(lab.loaded) == ["rewritten", "stock"]
    assert lab.open() == b"fast"
    assert lab.loaded == ["rewritten"]
    assert lab.rewritten == 1


@pytest.mark.parametrize("cost", [1.0, 1.01, 2.0])
def test_the_stock_model_stays_where_the_other_is_not_faster(lab: Lab, cost: float) -> None:
    lab.cost[b"fast"] = cost
    assert lab.open() == b"stock"
    lab.cost[b"fast"] = 0.1
    assert lab.open() == b"stock"
    assert lab.loaded == ["stock"]


def test_the_stock_model_stays_where_the_other_sounds_different(lab: Lab) -> None:
    lab.says[b"fast"] = b"noise"
    assert lab.open() == b"stock"
    assert json.loads(lab.only("*.json").read_bytes())["equal"] is False


def test_another_processor_is_tried_anew_with_the_model_that_is_kept(lab: Lab) -> None:
    lab.open()
    lab.cpu, lab.cost[b"fast"] = "other", 3.0
    assert lab.open() == b"stock"
    lab.cpu = "zen"
    assert lab.open() == b"fast"
    assert lab.rewritten == 1


def test_a_busy_machine_does_not_settle_it(lab: Lab) -> None:
    lab.delays = [0, 1, 0, 1, 0, 1]  # the faster one is disturbed three times
    assert lab.open() == b"fast"
    assert json.loads(lab.only("*.json").read_bytes())["ratio"] == 0.6


@pytest.mark.parametrize("damage", ["", "fas", "fast and more", "slow"], ids=["empty", "half", "longer", "changed"])
def test_a_damaged_model_is_made_again(lab: Lab, damage: str) -> None:
    lab.open()
    path = lab.only("*.model")
    whole = path.read_bytes()
    path.write_bytes(damage.encode() + (whole[4:] if damage else b""))
    assert lab.open() == b"fast"
    assert lab.rewritten == 2
    assert path.read_bytes() == whole


def test_a_model_that_is_gone_is_made_again(lab: Lab) -> None:
    lab.open()
    lab.only("*.model").unlink()
    assert lab.open() == b"fast"
    assert lab.rewritten == 2


@pytest.mark.parametrize("verdict", [b"", b"{", b"[]", b"\xff", b'{"choice": "parrot"}', b'{"begun": null}'])
def test_a_damaged_verdict_is_found_again(lab: Lab, verdict: bytes) -> None:
    lab.open()
    lab.only("*.json").write_bytes(verdict)
    assert lab.open() == b"fast"
    assert json.loads(lab.only("*.json").read_bytes()) == {"choice": "rewritten", "equal": True, "ratio": 0.6}


@pytest.mark.parametrize("fault", [ImportError("no onnx"), OSError(28, "no space"), MemoryError()], ids=repr)
def test_what_is_not_the_models_fault_is_tried_again_another_time(lab: Lab, fault: Exception) -> None:
    lab.fault = fault
    assert lab.open() == b"stock"
    assert not list(lab.folder.glob("*.json"))
    lab.fault = None
    assert lab.open() == b"fast"


def test_an_interrupted_trial_does_not_count(lab: Lab) -> None:
    lab.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        lab.open()
    assert not list(lab.folder.glob("*.json"))


@pytest.mark.parametrize("fault", [ValueError("unknown graph"), Fail("no kernel"), RuntimeError("no thread")], ids=repr)
def test_a_model_that_cannot_be_rewritten_is_not_tried_again(lab: Lab, fault: Exception) -> None:
    lab.fault = fault
    assert lab.open() == b"stock"
    assert lab.open() == b"stock"
    assert lab.rewritten == 1


class Killed(BaseException):
    """Ends a process as a signal does that nobody catches."""


def test_processes_that_die_over_the_trial_come_to_an_end(lab: Lab) -> None:
    lab.fault = Killed()
    for _ in range(3):
        with pytest.raises(Killed):
            lab.open()
    assert lab.open() == b"stock"
    assert lab.rewritten == 3


def test_a_folder_that_cannot_be_written_is_no_harm(lab: Lab) -> None:
    lab.folder.write_text("a file in its place", encoding="utf-8")
    assert lab.open() == b"stock"


def test_nothing_half_written_is_left_behind(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "no space")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        assert lab.open() == b"stock"
    assert [path.name for path in lab.folder.iterdir()] == ["kokoro.lock"]
    assert lab.open() == b"fast"


def _open_in_process(folder: str) -> int:
    lab = Lab(Path(folder))
    lab.session()
    return lab.rewritten


@pytest.mark.slow
def test_of_two_processes_at_once_one_makes_the_model(lab: Lab) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        made = pool.map(_open_in_process, [str(lab.folder)] * 4, chunksize=1)
    assert sum(made) == 1
    assert lab.open() == b"fast"


@pytest.mark.parametrize(("cost", "spoken_by"), [(0.6, 0.6), (1.5, 1.0)], ids=["rewritten", "stock"])
def test_who_comes_during_the_trial_speaks_with_the_stock_model_until_it_is_over(
    lab: Lab, cost: float, spoken_by: float
) -> None:
    lab.cost[b"fast"] = cost
    with locked(lab.folder / "kokoro.lock"):
        session = lab.session()
        assert _cost(lab, session) == 1.0
    assert lab.loaded == ["stock"]
    lab.open()
    lab.loaded.clear()
    assert [_cost(lab, session), _cost(lab, session)] == pytest.approx([spoken_by] * 2)
    assert lab.loaded == (["rewritten"] if spoken_by < 1 else [])


def test_a_model_that_is_gone_after_the_trial_is_not_waited_for(lab: Lab) -> None:
    with locked(lab.folder / "kokoro.lock"):
        session = lab.session()
    lab.open()
    lab.only("*.model").unlink()
    assert [_cost(lab, session), _cost(lab, session)] == pytest.approx([1.0] * 2)


def _cost(lab: Lab, session: Session) -> float:
    """Speak; gives by how much the clock moves, which tells the models apart."""
    began = lab.now
    session.run(("audio",), {})
    return lab.now - began


def test_the_processor_has_one_name() -> None:
    assert processor() == processor()
    assert len(processor()) == 12


def test_a_session_works_on_one_thread_that_does_not_spin() -> None:
    options = kokoro_session._options("stock")
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (1, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
