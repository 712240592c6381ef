"""What docs/hosting.md says of nginx and Caddy, tried: their snippets serve a show as `briefing serve` does."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.conftest import ROOT
from tests.publish.good_show import BASE, make_good_show
from tests.publish.test_check import hear

from briefing.audio.tags import read_facts
from briefing.publish.check import check_address

pytestmark = pytest.mark.slow


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8"), re.S)
    assert found
    return found[1]


def find(server: str) -> str | None:
    return shutil.which(server, path=f"{os.environ['PATH']}:/usr/sbin")


def nginx(folder: Path, root: Path, port: int) -> list[str]:
    told = snippet("nginx").replace("listen 80;", f"listen 127.0.0.1:{port};").replace("/srv/www/podcast", str(root))
    paths = "".join(
        f"{name}_temp_path {folder}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""  # whose folder it is
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log {folder}/log; events {{}}\n"
        f"http {{ access_log off; {paths}\n{told} }}",
        encoding="utf-8",
    )
    return [str(find("nginx")), "-e", f"{folder}/log", "-c", f"{folder}/nginx.conf"]


def caddy(folder: Path, root: Path, port: int) -> list[str]:
    told = (
        snippet("caddy")
        .replace("podcast.example.jp", f"http://127.0.0.1:{port}")
        .replace("/srv/www/podcast", str(root))
    )
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{told}", encoding="utf-8")
    return [str(find("caddy")), "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"]


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server left with {server.returncode}")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture(params=[nginx, caddy], ids=["nginx", "caddy"], scope="module")
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    command: Callable[[Path, Path, int], list[str]] = request.param
    name = str(getattr(command, "__name__", ""))
    if not find(name) and not os.environ.get("CI"):
        pytest.skip(f"no {name} on this machine")
    root, folder, port = tmp_path_factory.mktemp("show"), tmp_path_factory.mktemp(name), free_port()
    make_good_show(root)
    address = f"http://127.0.0.1:{port}/"
    feed = (root / "feed.xml").read_text(encoding="utf-8").replace(BASE, address)
    (root / "feed.xml").write_text(feed, encoding="utf-8")
    (root / ".briefing").mkdir()
    (root / ".briefing" / "episodes.json").write_text("{}")
    (root / "briefing.lock.json").write_text("{}")
    (root / "index.html").write_text("<!doctype html><title>番組</title>", encoding="utf-8")
    environ = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with subprocess.Popen(command(folder, root, port), env=environ, stderr=subprocess.DEVNULL) as server:
        wait_for(port, server)
        yield address
        server.terminate()


def test_a_check_of_the_address_finds_nothing(address: str, tmp_path: Path) -> None:
    report = check_address(f"{address}feed.xml", tmp_path, read_facts, hear)
    assert report.findings == ()
    assert (report.failed, report.skipped) == (0, 0)


def test_hidden_files_are_not_there_and_the_rest_is_as_it_should_be(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        for path in (".briefing/episodes.json", "briefing.lock.json", "e/1/.tmp-a", "none"):
            assert client.get(path).status_code == 404
        assert client.post("feed.xml").status_code in (403, 405)
        feed = client.get("feed.xml")
        shown = client.get("feed.xml", headers={"accept": "text/html,*/*;q=0.8"})
        assert (feed.headers["cache-control"], feed.headers["vary"].lower()) == ("no-cache", "accept")
        assert shown.headers["content-type"].startswith("text/xml")
        assert shown.content == feed.content
        audio = re.search(rf'<enclosure url="{address}([^"]*)"', feed.text)
        assert audio
        assert "immutable" in client.get(audio[1]).headers["cache-control"]
        tag = client.get(audio[1]).headers["etag"]
        for asked, status in (
            ("bytes=0-4,10-14", 206),
            ("bytes=abc-def", 200),
            ("bytes=-5", 206),
            ("bytes=99999999-", 416),
        ):
            answer = client.get(audio[1], headers={"range": asked})
            assert answer.status_code in (status, 416 if status == 200 else status)  # malformed: RFC 9110 allows both
        assert client.get(audio[1], headers={"range": "bytes=0-4", "if-range": tag}).status_code == 206
        assert client.get(audio[1], headers={"if-match": '"other"'}).status_code == 412
        page = client.get("")
        assert page.headers["content-type"].lower().replace(" ", "") == "text/html;charset=utf-8"
