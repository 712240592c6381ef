"""What may be published is, whole; what may not is refused, and what was published before stays."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
from mutagen.id3 import ID3
from PIL import Image

from tests.conftest import ARTICLE, ROOT, Run
from tests.test_render import files_of

pytestmark = pytest.mark.slow


def settings(show: Path, **values: str) -> None:
    told = {"title": "町の知らせ", "author": "広報課"} | values
    rows = "".join(f'{key} = "{value}"\n' for key, value in told.items())
    (show / "content" / "briefing.toml").write_text(f"[show]\n{rows}", encoding="utf-8")


def test_a_feed_that_apps_would_refuse_is_not_published(rendered: Path, run: Run) -> None:
    feed, lock = rendered / "output" / "feed.xml", rendered / "content" / "briefing.lock.json"
    before = feed.read_bytes(), lock.read_bytes()
    settings(rendered, category="Knitting")
    (rendered / "content" / "more.txt").write_text(ARTICLE.replace("駅前図書館", "港の図書館"), encoding="utf-8")
    refused = run("render", "--voice", "tone", "-q")
    assert refused.code == 6
    for told in ("channel.category", "'Knitting'", "Apple Podcasts", "set show.category", "nothing more was spoken"):
        assert told in refused.err
    assert (feed.read_bytes(), lock.read_bytes()) == before
    settings(rendered, category="Arts")
    assert run("render", "--voice", "tone", "-q").code == 0
    assert feed.read_bytes().count(b"<item>") == 8
    assert run("check").code == 0


def test_a_show_that_is_not_right_is_not_put_anywhere(rendered: Path, run: Run) -> None:
    there = rendered / "there"
    assert run("publish", "output", str(there), "--allow-local").code == 0
    before = files_of(there)
    assert not [name for name in before if "lock" in name]
    feed = rendered / "output" / "feed.xml"
    feed.write_bytes(feed.read_bytes().replace(b'isPermaLink="false"', b""))
    refused = run("publish", "output", str(there), "--allow-local")
    assert (refused.code, "item.guid-permalink" in refused.err, files_of(there)) == (6, True, before)


def test_a_file_that_is_gone_stops_what_would_name_it(rendered: Path, run: Run) -> None:
    elsewhere = rendered / "elsewhere.txt"
    elsewhere.write_text(ARTICLE, encoding="utf-8")
    before = (rendered / "output" / "feed.xml").read_bytes()
    audio = next((rendered / "output").glob("e/*/*.mp3"))
    audio.rename(rendered / "away.mp3")
    refused = run("render", "elsewhere.txt", "--voice", "tone", "-q")
    for told in ("file.there", audio.name, "the feed of before stays"):
        assert told in refused.err
    assert refused.code == 6
    assert (rendered / "output" / "feed.xml").read_bytes() == before
    assert run("render", "--voice", "tone", "-q").code == 0  # its own article brings it back
    assert audio.is_file()


def test_a_kill_at_every_third_step_leaves_a_feed_whose_files_are_there(
    rendered: Path, environ: dict[str, str]
) -> None:
    content = rendered / "content"
    (content / "library.txt").write_text(ARTICLE.replace("午後6時", "午後7時"), encoding="utf-8")
    (content / "more.txt").write_text("港の図書館\n\n港にも図書館ができます。", encoding="utf-8")
    settings(rendered, author="図書館係")
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "killed_render.py", rendered],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=True,
    )
    kills = json.loads(done.stdout)
    assert len(kills) > 17
    assert {kill["code"] for kill in kills} == {0, 9}
    assert [kill for kill in kills if kill["faults"] or kill["again"] or not kill["same"]] == []


def test_another_host_and_another_voice_keep_guids_and_audio_apart(rendered: Path, run: Run) -> None:
    before = run("render", "--voice", "tone", "--json", "-q").json["episodes"]
    moved = run("render", "--voice", "tone", "--base-url", "https://radio.town.jp/", "--json", "-q").json
    assert moved["episodes"] == before
    assert b"https://radio.town.jp/" in (rendered / "output" / "feed.xml").read_bytes()
    other = run("render", "--voice", "openjtalk:mei", "--json", "-q").json["episodes"]
    assert [e["guid"] for e in other] == [e["guid"] for e in before]
    assert not {e["audio"] for e in other} & {e["audio"] for e in before}
    assert all((rendered / "output" / e["audio"]).is_file() for e in before)  # for a time of grace


def test_a_lost_lock_and_a_lost_output_give_the_same_guids(rendered: Path, run: Run) -> None:
    lock = rendered / "content" / "briefing.lock.json"
    before, held = run("render", "--voice", "tone", "--json", "-q").json["episodes"], lock.read_bytes()
    lock.unlink()
    text = ARTICLE.replace("■よくある質問", "■寄せられた質問").replace("5月1日", "5月2日")
    (rendered / "content" / "library.txt").write_text(text, encoding="utf-8")
    again = run("render", "--voice", "tone", "--json", "-q").json
    assert [e["guid"] for e in again["episodes"]] == [e["guid"] for e in before]
    assert any("the lock was lost" in each["message"] for each in again["warnings"])
    dates = [
        [s["published"] for s in json.loads(text)["articles"]["library.txt"]] for text in (held, lock.read_bytes())
    ]
    assert dates[0] == dates[1]
    (rendered / "content" / "library.txt").write_text(ARTICLE, encoding="utf-8")
    lock.unlink()
    fresh = run("render", "--voice", "tone", "-o", "fresh", "--json", "-q").json["episodes"]
    assert [e["guid"] for e in fresh] == [e["guid"] for e in before]


def test_an_article_may_have_a_picture_of_its_own(show: Path, run: Run) -> None:
    content = show / "content"
    (content / "library.txt").unlink()
    for name, told in (
        ("own", "cover: bridge.png"),
        ("small", "image: small.png"),
        ("far", "cover: ../../far.png"),
        ("web", "image: https://a.jp/a.png"),
    ):
        (content / f"{name}.md").write_text(f"---\ntitle: {name}の話\n{told}\n---\n橋が開きます。\n", encoding="utf-8")
    for path, side in ((content / "bridge.png", 1500), (content / "small.png", 640), (show.parent / "far.png", 1500)):
        Image.new("RGB", (side, side + 100), "red").save(path)
    done = run("render", "--voice", "tone", "--episode-per", "article", "--json", "-q").json
    wrong = {(Path(each["file"]).name, each["line"]): each["message"] for each in done["warnings"]}
    assert {place: [word in told for word in ("640 × 740", "outside", "cannot be read")].index(True) for place, told in wrong.items()} == {
        ("small.md", 3): 0, ("far.md", 3): 1, ("web.md", 3): 2,
    }  # fmt: skip
    output, feed = show / "output", feedparser.parse((show / "output" / "feed.xml").read_bytes())
    images = {entry.title: entry.get("image", {}).get("href", "").rpartition("/")[2] for entry in feed.entries}
    cover = images.pop("ownの話")
    assert set(images.values()) == {""}
    with Image.open(output / cover) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1500, 1500))
    audio = {each["title"]: output / each["audio"] for each in done["episodes"]}
    pictures = {title: ID3(path).getall("APIC")[0].data for title, path in audio.items()}
    assert len(set(pictures.values())) == 2
    for title, path in audio.items():
        page = (path.parent / "index.html").read_text(encoding="utf-8")
        assert (f'og:image" content="http://127.0.0.1:8000/{cover}"' in page) is (title == "ownの話")
    (output / cover).unlink()
    found = run("check").out
    assert (found.count("must: "), found.count("must: file.there: feed.xml")) == (1, 1)


def test_two_runs_at_once_do_not_mix(rendered: Path, run: Run, environ: dict[str, str]) -> None:
    code = "from briefing.publish.folder import run_lock; import pathlib, sys\nwith run_lock(pathlib.Path('output/.briefing/run.lock')): print(flush=True); sys.stdin.read()"
    before = files_of(rendered / "output")
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=rendered, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        other.stdout.readline()
        for arguments in (("render", "--voice", "tone", "--force"), ("publish", "output", "there", "--allow-local")):
            refused = run(*arguments, "-q") if arguments[0] == "render" else run(*arguments)
            assert refused.code == 75, refused.err
        other.communicate(b"")
    assert files_of(rendered / "output") == before
    assert not (rendered / "there").exists()
