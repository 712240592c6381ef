"""Fixtures: a show in a folder of its own, a cache of its own, and the tone voice."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from briefing.cli import main

ROOT = Path(__file__).parent.parent

ARTICLE = """\
駅前図書館、夜も開く
2025年5月1日　広報課

駅前図書館は、6月から平日の閉館を2時間遅くします。
働く人の声に応えました。

■開館時間はどう変わるか
平日は午後10時まで開きます。
土日はこれまで通り、午後6時に閉まります。

■よくある質問
Q. 予約した本も夜に受け取れますか？
A. 受け取れます。窓口は閉館の10分前まで開いています。
※ 年末は短くなることがあります。

■おわりに
夜の閲覧室でお待ちしています。
"""


@dataclass(frozen=True)
class Ran:
    """What a run of the command gave."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def show(tmp_path: Path) -> Path:
    """A folder with content/ that holds one article."""
    return _lay_show(tmp_path)


def _lay_show(folder: Path) -> Path:
    content = folder / "content"
    content.mkdir()
    (content / "library.txt").write_text(ARTICLE, encoding="utf-8")
    (content / "briefing.toml").write_text('[show]\ntitle = "町の知らせ"\nauthor = "広報課"\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def _rendered_once(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Path:
    folder = _lay_show(tmp_path_factory.mktemp("rendered"))
    done = _runner(folder, _environ(folder, models))("render", "--voice", "tone", "--json", "-q")
    assert done.code == 0, done.err
    (folder / "report.json").write_text(done.out, encoding="utf-8")
    return folder


@pytest.fixture
def rendered(show: Path, environ: dict[str, str], _rendered_once: Path) -> Path:
    """The show, rendered with `tone`, with its cache; report.json is what the command told."""
    shutil.copytree(_rendered_once, show, dirs_exist_ok=True, ignore=shutil.ignore_patterns("models"))
    return show


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the voices' models are kept for all tests: to make them takes some seconds."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "models"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def environ(tmp_path: Path, models: Path) -> dict[str, str]:
    """The environment of a command: a home and a cache of its own but for the models, a fixed day."""
    return _environ(tmp_path, models)


def _environ(folder: Path, models: Path) -> dict[str, str]:
    (folder / "cache").mkdir()
    (folder / "cache" / "models").symlink_to(models)
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BRIEFING_", "XDG_"))}
    return kept | {
        "HOME": str(folder / "home"),
        "BRIEFING_CACHE_DIR": str(folder / "cache"),
        "SOURCE_DATE_EPOCH": "1750000000",
        "PYTHONPATH": str(ROOT / "src"),
    }


@pytest.fixture
def run(tmp_path: Path, environ: dict[str, str]) -> Run:
    """Run `briefing ARGS…` as its own process inside the test's folder."""
    return _runner(tmp_path, environ)


def _runner(folder: Path, environ: dict[str, str]) -> Run:
    def call(*arguments: str, stdin: str = "", cwd: Path | None = None, env: dict[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "briefing", *arguments],
            input=stdin, capture_output=True, text=True, cwd=cwd or folder, env=environ | (env or {}), timeout=300, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def run_here(tmp_path: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `briefing ARGS…` inside this process: as `run`, twenty times as fast, for what ends before anything is spoken."""
    for name in set(os.environ) - set(environ):
        monkeypatch.delenv(name)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str = "") -> Ran:
        out, err = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as left:
            main(arguments)
        code = left.value.code
        return Ran(code if isinstance(code, int) else 0, out.getvalue(), err.getvalue())

    return call


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew")
