"""The layers hold, and the face stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
HEAVY = {
    "numpy",
    "onnx",
    "onnxruntime",
    "haqumei",
    "pyopenjtalk",
    "pydub",
    "feedgen",
    "lxml",
    "pypdf",
    "PIL",
    "starlette",
    "uvicorn",
    "jinja2",
    "httpx",
}


def test_layers_hold() -> None:
    lint = subprocess.run(
        [Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout
    assert "1 kept, 0 broken" in lint.stdout


def test_help_loads_no_heavy_library() -> None:
    code = "import sys\ntry:\n    from briefing.cli import main; main(['--help'])\nexcept SystemExit:\n    print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Usage" in done.stdout
    assert not HEAVY & set(done.stderr.split())


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT / "src").as_posix())
def test_nobody_catches_everything(path: Path) -> None:
    handlers = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.ExceptHandler)]
    caught = [ast.unparse(h.type) if h.type else "everything" for h in handlers]
    reraising = [
        h for h in handlers if h.type and ast.unparse(h.type) == "BaseException" and isinstance(h.body[-1], ast.Raise)
    ]
    assert "Exception" not in caught
    assert "everything" not in caught
    assert caught.count("BaseException") == len(reraising)
