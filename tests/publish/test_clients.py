"""Real podcast clients subscribe, download what equals ours, and fetch no audio again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from tests.publish.good_show import BASE, make_good_show
from tests.publish.test_check_http import Spoilt, serving

from briefing.serve import make_app

pytestmark = pytest.mark.slow
Client = Callable[[str, Path, dict[str, str]], None]


def call(environ: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def gpo(feed: str, home: Path, environ: dict[str, str]) -> None:
    environ = environ | {"GPODDER_HOME": str(home), "GPODDER_DOWNLOAD_DIR": str(home / "got")}
    if not (home / "Database").exists():
        call(environ, "gpo", "subscribe", feed)
    call(environ, "gpo", "update")
    call(environ, "gpo", "download")


def podget(feed: str, home: Path, environ: dict[str, str]) -> None:
    (home / "podgetrc").write_text(
        "# Podget configuration file created by version 0.9.0\n"
        f'DIR_SESSION="{home}"\nDIR_LIBRARY="{home}/got"\nDIR_LOG="{home}/log"\nCONFIG_SERVERLIST=serverlist\nNO_PLAYLIST=1\nLOG_FAIL=errors\nLOG_COMPLETE=done\n'
        "WGET_BASEOPTS='-c -nH'\nMOST_RECENT=0\nFORCE=0\nCLEANUP=0\nMIN_SPACE=1\nVERBOSITY=1\n",
        encoding="utf-8",
    )
    (home / "serverlist").write_text(f"{feed} No_Category Show\n", encoding="utf-8")
    call(environ, "podget", "-d", str(home), "-c", "podgetrc")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Spoilt, str, Path]]:
    root = tmp_path / "show"
    make_good_show(root)
    app = Spoilt(make_app(root, BASE))
    for address in serving(app):
        yield app, f"{address}feed.xml", root


@pytest.mark.parametrize("client", [gpo, podget], ids=["gpo", "podget"])
def test_a_client_gets_what_is_ours_and_nothing_twice(
    client: Client, running: tuple[Spoilt, str, Path], tmp_path: Path
) -> None:
    name = str(getattr(client, "__name__", ""))
    if not shutil.which(name) and not os.environ.get("CI"):
        pytest.skip(f"no {name} on this machine")
    app, feed, root = running
    home = tmp_path / "home"
    (home / "got").mkdir(parents=True)
    environ = os.environ | {"HOME": str(home), "LC_ALL": "C.UTF-8", "no_proxy": "*"}
    client(feed, home, environ)
    ours = {sha256(path.read_bytes()).hexdigest() for path in root.glob("e/*/*.mp3")}
    got = [sha256(path.read_bytes()).hexdigest() for path in (home / "got").rglob("*.mp3")]
    assert sorted(got) == sorted(ours)
    app.asked.clear()
    client(feed, home, environ)
    assert "/feed.xml" in app.asked
    assert not [path for path in app.asked if path.endswith(".mp3")]
