"""Packages of npm for tests, in pinned versions, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def bring_packages(tmp_path_factory: pytest.TempPathFactory, *names: str) -> Path:
    """Give a node_modules with these packages. Skips the test where npm or its registry is not there, but in CI."""
    folder = tmp_path_factory.mktemp("npm")
    if not shutil.which("npm") and not os.environ.get("CI"):
        pytest.skip("no npm on this machine")
    command = [
        "npm",
        "install",
        "--silent",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        str(folder),
        *names,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip(f"npm does not bring {', '.join(names)}: {done.stderr[:200]}")
    assert done.returncode == 0, done.stderr
    return folder / "node_modules"
