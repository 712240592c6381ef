"""What may be published is, whole; what may not is refused, and what was published before stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ARTICLE, ROOT, Run
from tests.test_render import files_of

pytestmark = pytest.mark.slow


def settings(show: Path, **values: str) -> None:
    told = {"title": "町の知らせ", "author": "広報課"} | values
    rows = "".join(f'{key} = "{value}"\n' for key, value in told.items())
    (show / "content" / "briefing.toml").write_text(f"[show]\n{rows}", encoding="utf-8")


@pytest.fixture
def published(show: Path, run: Run) -> Path:
    assert run("render", "--voice", "tone", "-q").code == 0
    return show


def test_a_feed_that_apps_would_refuse_is_not_published(published: Path, run: Run) -> None:
    feed, lock = published / "output" / "feed.xml", published / "content" / "briefing.lock.json"
    before = feed.read_bytes(), lock.read_bytes()
    settings(published, category="Knitting")
    (published / "content" / "more.txt").write_text(ARTICLE.replace("駅前図書館", "港の図書館"), encoding="utf-8")
    refused = run("render", "--voice", "tone", "-q")
    assert refused.code == 6
    for told in ("channel.category", "'Knitting'", "Apple Podcasts", "set show.category", "nothing was spoken yet"):
        assert told in refused.err
    assert (feed.read_bytes(), lock.read_bytes()) == before
    settings(published, category="Arts")
    assert run("render", "--voice", "tone", "-q").code == 0
    assert feed.read_bytes().count(b"<item>") == 8
    assert run("check").code == 0


def test_a_show_that_is_not_right_is_not_put_anywhere(published: Path, run: Run) -> None:
    there = published / "there"
    assert run("publish", "output", str(there), "--allow-local").code == 0
    before = files_of(there)
    assert not [name for name in before if "lock" in name]
    feed = published / "output" / "feed.xml"
    feed.write_bytes(feed.read_bytes().replace(b'isPermaLink="false"', b""))
    refused = run("publish", "output", str(there), "--allow-local")
    assert (refused.code, "item.guid-permalink" in refused.err, files_of(there)) == (6, True, before)


def test_a_file_that_is_gone_stops_what_would_name_it(published: Path, run: Run) -> None:
    elsewhere = published / "elsewhere.txt"
    elsewhere.write_text(ARTICLE, encoding="utf-8")
    before = (published / "output" / "feed.xml").read_bytes()
    audio = next((published / "output").glob("e/*/*.mp3"))
    audio.rename(published / "away.mp3")
    refused = run("render", "elsewhere.txt", "--voice", "tone", "-q")
    for told in ("file.there", audio.name, "the feed of before stays"):
        assert told in refused.err
    assert refused.code == 6
    assert (published / "output" / "feed.xml").read_bytes() == before
    assert run("render", "--voice", "tone", "-q").code == 0  # its own article brings it back
    assert audio.is_file()


def test_a_kill_at_every_other_step_leaves_a_feed_whose_files_are_there(
    published: Path, environ: dict[str, str]
) -> None:
    content = published / "content"
    (content / "library.txt").write_text(ARTICLE.replace("午後6時", "午後7時"), encoding="utf-8")
    (content / "more.txt").write_text("港の図書館\n\n港にも図書館ができます。", encoding="utf-8")
    settings(published, author="図書館係")
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "killed_render.py", published],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    kills = json.loads(done.stdout)
    assert len(kills) > 25
    assert {kill["code"] for kill in kills} == {0, 9}
    assert [kill for kill in kills if kill["faults"] or kill["again"] or not kill["same"]] == []


def test_another_host_and_another_voice_keep_guids_and_audio_apart(published: Path, run: Run) -> None:
    before = run("render", "--voice", "tone", "--json", "-q").json["episodes"]
    moved = run("render", "--voice", "tone", "--base-url", "https://radio.town.jp/", "--json", "-q").json
    assert moved["episodes"] == before
    assert b"https://radio.town.jp/" in (published / "output" / "feed.xml").read_bytes()
    other = run("render", "--voice", "openjtalk:mei", "--json", "-q").json["episodes"]
    assert [e["guid"] for e in other] == [e["guid"] for e in before]
    assert not {e["audio"] for e in other} & {e["audio"] for e in before}
    assert all((published / "output" / e["audio"]).is_file() for e in before)  # for a time of grace


def test_a_lost_lock_and_a_lost_output_give_the_same_guids(published: Path, run: Run) -> None:
    lock = published / "content" / "briefing.lock.json"
    before, held = run("render", "--voice", "tone", "--json", "-q").json["episodes"], lock.read_bytes()
    lock.unlink()
    text = ARTICLE.replace("■よくある質問", "■寄せられた質問").replace("5月1日", "5月2日")
    (published / "content" / "library.txt").write_text(text, encoding="utf-8")
    again = run("render", "--voice", "tone", "--json", "-q").json
    assert [e["guid"] for e in again["episodes"]] == [e["guid"] for e in before]
    assert any("the lock was lost" in each["message"] for each in again["warnings"])
    dates = [
        [s["published"] for s in json.loads(text)["articles"]["library.txt"]] for text in (held, lock.read_bytes())
    ]
    assert dates[0] == dates[1]
    (published / "content" / "library.txt").write_text(ARTICLE, encoding="utf-8")
    lock.unlink()
    fresh = run("render", "--voice", "tone", "-o", "fresh", "--json", "-q").json["episodes"]
    assert [e["guid"] for e in fresh] == [e["guid"] for e in before]


def test_two_runs_at_once_do_not_mix(published: Path, run: Run, environ: dict[str, str]) -> None:
    code = "from briefing.publish.folder import run_lock; import pathlib, sys\nwith run_lock(pathlib.Path('output/.briefing/run.lock')): print(flush=True); sys.stdin.read()"
    before = files_of(published / "output")
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=published, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        for arguments in (("render", "--voice", "tone", "--force"), ("publish", "output", "there", "--allow-local")):
            refused = run(*arguments, "-q") if arguments[0] == "render" else run(*arguments)
            assert refused.code == 75, refused.err
        other.communicate(b"")
    assert files_of(published / "output") == before
    assert not (published / "there").exists()
