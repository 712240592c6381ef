"""The example of docs/engines.md, as a package of its own: installed, found, held to the contract, and rendered with."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent


def files_of(page: str) -> dict[str, str]:
    """The files that a page shows: a name in code marks before a block, on a line of its own beginning."""
    return {name: text for name, text in re.findall(r"^`([\w.]+)`[^\n]*:\n\n```\w+\n(.*?)^```$", page, re.M | re.S)}


@pytest.mark.slow
def test_an_engine_in_a_package_of_its_own_works_like_a_built_in(tmp_path: Path, show: Path, run: Any) -> None:
    source, target = tmp_path / "parrot", tmp_path / "installed"
    source.mkdir()
    files = files_of((ROOT / "docs" / "engines.md").read_text(encoding="utf-8"))
    assert set(files) == {"pyproject.toml", "briefing_parrot.py", "test_parrot.py"}
    for name, text in files.items():
        (source / name).write_text(text, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation", "--target"]
    subprocess.run([*pip, target, source], check=True, capture_output=True)

    env = {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(target)])}
    contract = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_parrot.py"]
    tried = subprocess.run(contract, cwd=source, env=os.environ | env, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stdout

    listed = {voice["name"]: voice for voice in run("voices", "--json", env=env).json}
    assert listed["parrot:polly"]["available"]
    ran = run("render", "content", "--voice", "parrot", "--json", env=env)
    assert ran.code == 0, ran.err
    assert ran.json["clips"]["synthesised"] == ran.json["clips"]["total"] > 5
    assert run("say", "はい。", "-o", "a.wav", "--voice", "parrot:nobody", env=env).code == 2
    assert run("say", "はい。", "-o", "a.wav", "--voice", "parrot:polly").code == 2  # without the package there is none
