"""Run by test_publishing: a render that is killed at its first file operation, at its fourth, and so on to the end.

killed_render.py FOLDER    FOLDER holds content/ and an output/ of before; prints what each kill left, as JSON
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

from briefing.cli import main

KILLED = 9
BASE = "http://127.0.0.1:8000/"


def dying(operation: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    """Let an operation kill its process in place of being done, when `left` is used up."""

    def die_or_do(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os._exit(KILLED)
        return operation(*args, **kwargs)

    return die_or_do


def render(folder: Path) -> int:
    os.chdir(folder)
    try:
        main(["render", "--voice", "tone", "--jobs", "1", "-q"])
    except SystemExit as left_with:
        return left_with.code if isinstance(left_with.code, int) else 1
    return 0


def render_apart(folder: Path, steps: int) -> int:
    """Render in a child that dies at a step; gives its exit code."""
    child = os.fork()
    if not child:
        left = [steps]
        for name in ("replace", "rename", "unlink", "fsync"):
            setattr(os, name, dying(getattr(os, name), left))
        os._exit(render(folder))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def faults_of(output: Path) -> list[str]:
    """Give what the feed names and the folder does not hold as told."""
    faults = []
    for page in (output / "feed.xml", *output.glob("feed/*.xml")):
        root = etree.parse(page).getroot()
        for node in root.iter("enclosure", "{*}transcript", "{*}chapters", "{*}image"):
            url = node.get("url") or node.get("href")
            path = output / unquote((url or BASE).removeprefix(BASE))
            size = path.stat().st_size if path.is_file() else -1
            if url and (size < 0 or node.get("length", str(size)) != str(size)):
                faults.append(f"{page.name} names {url}: {node.get('length')} bytes, {size} are there")
    return faults


def names_in(output: Path) -> dict[str, int]:
    return {p.relative_to(output).as_posix(): p.stat().st_size for p in output.rglob("*") if p.is_file()}


def guids_in(output: Path) -> list[str]:
    return [str(node.text) for node in etree.parse(output / "feed.xml").iter("guid")]


def kill_at_every_third_step(folder: Path) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    whole = Path(shutil.copytree(folder, folder.with_name("whole")))
    render(whole)  # in this process: its children find the dictionaries loaded
    expected, guids = names_in(whole / "output"), guids_in(whole / "output")
    while not told or told[-1]["code"] == KILLED:
        copy = Path(shutil.copytree(folder, folder.with_name("killed")))
        code = render_apart(copy, 3 * len(told))
        told.append({"code": code, "faults": faults_of(copy / "output"), "again": 0, "same": True})
        if len(told) % 4 == 0:  # the next run makes good what this one left
            told[-1]["again"] = render_apart(copy, sys.maxsize)
            told[-1]["same"] = names_in(copy / "output") == expected and guids_in(copy / "output") == guids
        shutil.rmtree(copy)
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(kill_at_every_third_step(Path(sys.argv[1]))))
