"""Every command of the READMEs does what it says; both READMEs hold the same commands."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow
READMES = ("README.md", "README.ja.md")


def commands_of(name: str) -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    rows = [row.split("#")[0].strip() for block in blocks for row in block.splitlines()]
    return [row for row in rows if row]


def test_both_languages_show_the_same_commands() -> None:
    assert commands_of("README.md") == commands_of("README.ja.md")


def test_every_command_runs(tmp_path: Path) -> None:
    environ = os.environ | {
        "HOME": str(tmp_path / "home"), "BRIEFING_CACHE_DIR": str(tmp_path / "cache"), "BRIEFING_VOICE": "tone", "PYTHONPATH": str(ROOT / "src"),
        "SOURCE_DATE_EPOCH": "1750000000",
    }  # fmt: skip
    folder = tmp_path
    for command in commands_of("README.md"):
        words = shlex.split(command.replace("/srv/www/podcast", str(tmp_path / "www")))
        if words[0] == "cd":
            folder = folder / words[1]
        elif words[0].startswith("scripts/"):
            assert os.access(ROOT / words[0], os.X_OK)  # run by CI itself
        elif words[:2] == ["briefing", "serve"]:
            serve(folder, environ)
        else:
            done = subprocess.run(
                [sys.executable, "-m", *words],
                cwd=folder,
                env=environ,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stderr}"


def serve(folder: Path, environ: dict[str, str]) -> None:
    command = [sys.executable, "-m", "briefing", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/feed\.xml\n", server.stdout.readline())
        server.terminate()
