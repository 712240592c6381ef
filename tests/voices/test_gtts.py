"""Unmodified gTTS, in the real process, against a double of its service that fails in every way we know."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Run
from tests.voices.translate_server import FAULTS, Double, serving

from briefing.testing import EngineContract
from briefing.voices import engine_of

RENDER = ("render", "--voice", "gtts", "-q")


@pytest.fixture
def service() -> Iterator[Double]:
    with serving() as double:
        yield double


def episodes(folder: Path) -> list[str]:
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.mp3"))


class TestContract(EngineContract):
    engine, speaker = engine_of("gtts"), "ja"

    @pytest.fixture(autouse=True)
    def double(self, service: Double, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in service.environ.items():
            monkeypatch.setenv(name, value)


@pytest.mark.slow
def test_after_every_fault_the_episodes_are_those_of_a_clean_run(show: Path, run: Run, service: Double) -> None:
    rows = "".join(f"窓口{n}は午後{n}時まで開きます。\n" for n in range(1, len(FAULTS)))
    (show / "content" / "library.txt").write_text(f"窓口の案内\n\n{rows}", encoding="utf-8")
    assert run(*RENDER, "-o", "clean", env=service.environ).code == 0
    clean = episodes(show / "clean")
    sentences = set(service.served)
    assert len(sentences) > len(FAULTS)

    service.served.clear()
    service.asked.clear()
    service.at, service.faults = 1, [each for fault in FAULTS for each in (fault, "")]
    fresh = service.environ | {"BRIEFING_CACHE_DIR": str(show / "fresh")}
    assert run(*RENDER, "-o", "after", env=fresh).code == 0
    assert service.faults == []
    assert len(service.asked) == len(sentences) + len(FAULTS)
    assert episodes(show / "after") == clean
    assert dict(service.served) == dict.fromkeys(sentences, 1)
    assert max(map(len, service.asked)) <= 100


@pytest.mark.slow
def test_a_service_that_has_had_enough_ends_the_run_and_the_next_one_goes_on(
    show: Path, run: Run, service: Double
) -> None:
    service.at, service.faults = 4, ["429 for an hour"]
    first = run("render", "--voice", "gtts", env=service.environ)
    assert first.code == 4
    assert "429" in first.err
    assert "4 new clips are kept" in first.err
    assert "run the same command again" in first.err
    assert len(service.asked) == 5
    assert "Traceback" not in first.err
    assert run(*RENDER, env=service.environ).code == 0
    assert set(service.served.values()) == {1}


@pytest.mark.slow
def test_two_runs_at_once_pay_once_and_one_after_another(show: Path, environ: dict[str, str], service: Double) -> None:
    command = [sys.executable, "-m", "briefing", *RENDER, "-o"]
    ask = environ | service.environ
    runs = [
        subprocess.Popen([*command, name], cwd=show, env=ask, stderr=subprocess.PIPE, text=True) for name in ("a", "b")
    ]
    for each in runs:
        _, told = each.communicate(timeout=120)
        assert each.returncode == 0, told
    assert set(service.served.values()) == {1}
    assert service.most_open == 1
    assert episodes(show / "a") == episodes(show / "b")


@pytest.mark.slow
def test_users_are_told_where_their_text_goes_before_it_does(show: Path, run: Run, service: Double) -> None:
    service.faults = ["429 for an hour"]
    told = run("render", "--voice", "gtts", env=service.environ).err
    assert told.index("go to translate.google.com (gtts)") < told.index("429")
    assert "does not verify its certificate" in told
    planned = run("plan", "--voice", "gtts", "--json", env=service.environ).json["sending"]
    assert [(s["host"], s["cost_usd"]) for s in planned] == [("translate.google.com", 0.0)]
    assert len(service.asked) == 1


@pytest.mark.slow
def test_no_network_is_told_in_one_error_with_what_to_do(show: Path, run: Run) -> None:
    failing = run(*RENDER, env={"https_proxy": "http://127.0.0.1:9"})
    assert failing.code == 4
    assert "library.txt" in failing.err
    assert "--voice kokoro" in failing.err
    assert "Traceback" not in failing.err
