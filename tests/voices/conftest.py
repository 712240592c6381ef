"""A cache of their own for the voices that are opened in the tests' process, and a watch on sockets for those in others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

SPY = """\
import sys

def note(event, arguments):
    places = {{"socket.connect": arguments[1:2], "socket.sendto": arguments[1:2], "socket.getaddrinfo": (arguments[:2],)}}
    for place in places.get(event, ()):
        if not isinstance(place, (str, bytes)):  # a name in the file system is no place elsewhere
            with open({log!r}, "a") as file:
                print(event, place, file=file)

sys.addaudithook(note)
"""


@pytest.fixture(scope="session", autouse=True)
def voice_cache(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[None]:
    cache = tmp_path_factory.mktemp("cache")
    (cache / "models").symlink_to(models)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BRIEFING_CACHE_DIR", str(cache))
        yield


@pytest.fixture
def spy(tmp_path: Path, environ: dict[str, str]) -> tuple[dict[str, str], Path]:
    """An environment in which every process of a command notes whom it connects to."""
    log, place = tmp_path / "sockets.txt", tmp_path / "spy"
    place.mkdir()
    (place / "sitecustomize.py").write_text(SPY.format(log=str(log)), encoding="utf-8")
    return {"PYTHONPATH": f"{place}:{environ['PYTHONPATH']}"}, log
