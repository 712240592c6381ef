"""Readers that others wrote, in two languages, see the same episodes in our feed."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import feedparser
import podcastparser
import pytest
from tests.npm import bring_packages
from tests.publish.good_show import make_good_show

pytestmark = pytest.mark.slow

# Prints what each reader makes of the feed: title, guid, address, bytes, seconds since 1970.
READ = """
import { readFileSync } from "node:fs";
import Parser from "rss-parser";
import { parseFeed } from "podcast-partytime";
const text = readFileSync(process.argv[2], "utf8");
const told = (items) => items.map((i) => [i.title, i.guid, i.enclosure.url, Number(i.enclosure.length), Date.parse(i.isoDate ?? i.pubDate) / 1000]);
const party = await parseFeed(text);
const support = Object.values(party.pc20support).flat().sort();
console.log(JSON.stringify({ "rss-parser": told((await new Parser().parseString(text)).items), "podcast-partytime": told(party.items), support }));
"""


def test_four_readers_see_the_same_episodes(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    modules = bring_packages(tmp_path_factory, "rss-parser@3.13.0", "podcast-partytime@5.0.0")
    make_good_show(tmp_path)
    feed = tmp_path / "feed.xml"
    script = modules.parent / "read.mjs"
    script.write_text(READ, encoding="utf-8")
    done = subprocess.run(["node", script, feed], capture_output=True, text=True, check=True)
    seen: dict[str, Any] = json.loads(done.stdout)
    other = feedparser.parse(feed.read_bytes())
    mine = podcastparser.parse(feed.as_uri(), io.BytesIO(feed.read_bytes()))["episodes"]
    expected = [
        [e["title"], e["guid"], e["enclosures"][0]["url"], e["enclosures"][0]["file_size"], e["published"]]
        for e in mine
    ]
    assert [e[0] for e in expected] == ["夜の閲覧室", "朝の橋を渡る"]
    assert seen["rss-parser"] == seen["podcast-partytime"] == expected
    assert [[e.title, e.id, e.enclosures[0].href, int(e.enclosures[0].length)] for e in other.entries] == [
        each[:4] for each in expected
    ]
    assert seen["support"] == ["alternateEnclosure", "chapters", "guid", "medium", "transcript"]
