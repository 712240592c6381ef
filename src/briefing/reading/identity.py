"""What readings depend on in this program, so that those that were made before are known to be as they would be now."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_HOME = Path(__file__).parent
_MATTER = (".py", ".csv", ".txt")


@cache
def reading_identity() -> str:
    """Name the rules and words that are installed, by their content, and the front end behind them."""
    digest = hashlib.sha256(version("haqumei").encode())
    for path in sorted(path for path in _HOME.rglob("*") if path.suffix in _MATTER):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(_HOME).as_posix()} {len(content)} ".encode() + content)
    return digest.hexdigest()
