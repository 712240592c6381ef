"""What was compiled is kept, and what is damaged or finds no room is compiled anew."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import pytest

from briefing.voices import kokoro_compiling
from briefing.voices.kokoro_compiling import _KeptCode, compiled

SOURCE = "def double(value):\n    return 2 * value\n"


@pytest.fixture
def double(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Give what compiles a function of a module as a new process would."""
    path = tmp_path / "toy.py"
    path.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kept"))

    def load() -> Any:
        spec = importlib.util.spec_from_file_location("toy", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return compiled(module.double)

    return load


def hits(function: Any) -> int:
    return sum(function.stats.cache_hits.values())


def kept(tmp_path: Path, kind: str) -> Path:
    (path,) = (tmp_path / "kept").rglob(f"*.{kind}")
    return path


def test_code_is_compiled_once(double: Callable[[], Any]) -> None:
    first, again = double(), double()
    assert (first(2), again(3)) == (4, 6)
    assert (hits(first), hits(again)) == (0, 1)


def test_code_written_from_other_sources_is_not_used(
    double: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    double()(2)
    monkeypatch.setattr(kokoro_compiling, "_sources", lambda: "another version")
    assert hits(called := double()) == 0
    assert called(2) == 4
    assert hits(called) == 0


@pytest.mark.parametrize("kind", ["nbi", "nbc"])
@pytest.mark.parametrize("size", [0, 30])
def test_damaged_code_is_compiled_and_kept_anew(
    double: Callable[[], Any], tmp_path: Path, kind: str, size: int
) -> None:
    double()(2)
    path = kept(tmp_path, kind)
    path.write_bytes(path.read_bytes()[:size])
    assert double()(2) == 4
    healed = double()
    assert healed(2) == 4
    assert hits(healed) == 1


def test_without_room_code_is_compiled_each_time(double: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "replace", full)
    assert double()(2) == 4


def test_without_a_folder_to_write_to_nothing_is_kept(
    double: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere(self: object, function: object) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(_KeptCode, "__init__", nowhere)
    assert double()(2) == 4


@pytest.mark.slow
def test_told_to_compile_for_another_processor_it_takes_what_runs_on_any() -> None:
    told = "from briefing.voices import kokoro_convolution as k; print(repr(k._INSTRUCTIONS.name), k.adds_exactly(k.sum_products, k._FRAMES))"
    environ = {**os.environ, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, env=environ)
    assert done.stdout.split() == ["''", "True"]
