"""Every command as its user meets it: help, mistakes, JSON."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ARTICLE, Run

COMMANDS = (
    "init",
    "inspect",
    "script",
    "readings",
    "plan",
    "say",
    "render",
    "check",
    "serve",
    "publish",
    "voices",
    "doctor",
    "cache",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run_here: Run, command: str) -> None:
    done = run_here(command, "--help")
    assert done.code == 0
    assert "Usage" in done.out


@pytest.mark.slow
def test_a_new_show_renders_as_it_is(run: Run, tmp_path: Path) -> None:
    assert run("init", "mine").code == 0
    done = run("render", "--voice", "tone", "-q", cwd=tmp_path / "mine")
    assert done.code == 0, done.err
    assert (tmp_path / "mine" / "output" / "feed.xml").is_file()


def test_init_overwrites_nothing(run_here: Run, show: Path) -> None:
    done = run_here("init", ".")
    assert done.code == 2
    assert "briefing.toml" in done.err


MISTAKES = {
    "no such file": (("render", "nothing.txt"), 2, "nothing.txt"),
    "no article": (("render", "empty"), 2, "holds no article"),
    "unknown engine": (("render", "--voice", "parrot"), 2, "kokoro"),
    "unknown speaker": (("render", "--voice", "tone:loud"), 2, "low"),
    "unknown format": (("inspect", "picture.bmp"), 2, ".txt"),
    "wrong choice": (("render", "--episode-per", "word"), 2, "section, article"),
    "nothing to say": (("say", "……", "-o", "x.wav", "--voice", "tone"), 4, "nothing to say"),
    "wrong ending": (("say", "あ", "-o", "x.ogg", "--voice", "tone"), 5, ".wav or .mp3"),
    "no feed to check": (("check", "empty"), 6, "briefing render"),
    "no feed to serve": (("serve", "empty"), 6, "briefing render"),
    "no feed to publish": (("publish", "empty", "goal"), 6, "briefing render"),
    "a weak secret": (("serve", "good", "--token", "short"), 2, "16 or more"),
    "missing config": (("render", "--config", "no.toml"), 2, "no.toml"),
    "unknown option": (("render", "--loud"), 2, "--loud"),
}


@pytest.mark.parametrize(("arguments", "code", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_with_its_remedy(
    run_here: Run, show: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    (show / "empty").mkdir()
    (show / "good").mkdir()
    (show / "good" / "feed.xml").write_text("<rss/>", encoding="utf-8")
    (show / "picture.bmp").write_bytes(b"BM")
    done = run_here(*arguments)
    assert done.code == code
    assert told in done.err
    assert "Traceback" not in done.err


def test_all_faults_of_a_configuration_are_told_together_with_their_lines(run_here: Run, show: Path) -> None:
    (show / "content" / "briefing.toml").write_text(
        '[show]\nname = "x"\n[audio]\nbitrate_kbps = "96"\n[sound]\n', encoding="utf-8"
    )
    done = run_here("plan")
    assert done.code == 2
    for told in ("briefing.toml:2", "briefing.toml:4", "briefing.toml:5"):
        assert told in done.err


@pytest.mark.slow
def test_plan_predicts_what_render_makes(run: Run, show: Path) -> None:
    planned = run("plan", "--voice", "tone", "--json").json
    made = run("render", "--voice", "tone", "--json", "-q").json
    assert not (show / "content" / "output").exists()
    assert planned["clips"]["new"] == made["clips"]["synthesised"]
    assert planned["episodes"] == len(made["episodes"])
    assert planned["audio_s"] == pytest.approx(made["audio_s"], rel=0.1)


def test_readings_reads_a_line_for_each_line(run_here: Run) -> None:
    done = run_here("readings", "--lines", stdin="10分待つ。\n\nAIの本。\n")
    assert done.out == "ジュップン マツ。\n\nエーアイノ ホン。\n"


@pytest.mark.slow
def test_a_moved_article_with_an_id_keeps_its_guids(run: Run, show: Path) -> None:
    content = show / "content"
    (content / "library.txt").rename(content / "library.md")
    text = (content / "library.md").read_text(encoding="utf-8")
    first = run("render", "--voice", "tone", "-q", "--json").json["episodes"]
    (content / "library.md").write_text(f"---\nid: libraries\n---\n{text}", encoding="utf-8")
    named = run("render", "--voice", "tone", "-q", "--json").json["episodes"]
    (content / "2025").mkdir()
    (content / "library.md").rename(content / "2025" / "other.md")
    moved = run("render", "--voice", "tone", "-q", "--json").json["episodes"]
    assert [e["guid"] for e in first] == [e["guid"] for e in named] == [e["guid"] for e in moved]
    (content / "twin.md").write_text(f"---\nid: libraries\n---\n{text}", encoding="utf-8")
    twice = run("render", "--voice", "tone", "-q")
    assert twice.code == 2
    assert "has the id of" in twice.err


@pytest.mark.slow
def test_a_damaged_clip_is_made_again_and_told(run: Run, show: Path) -> None:
    run("render", "--voice", "tone", "-q")
    clip = next((show / "cache").glob("clips/??/*.clip"))
    clip.write_bytes(clip.read_bytes()[:-4])
    made = run("render", "--voice", "tone", "-q", "--json").json
    assert made["clips"]["synthesised"] == 1
    assert [w["file"] for w in made["warnings"] if "damaged" in w["message"]] == [str(clip)]


@pytest.mark.slow
def test_the_store_is_pruned_to_a_size(run: Run, show: Path) -> None:
    run("render", "--voice", "tone", "-q")
    assert run("cache", "prune", "--max-size", "0").code == 0
    assert run("cache", "info", "--json").json["clips"] == 0
    assert run("cache", "prune", "--max-size", "viel").code == 2


@pytest.mark.slow
def test_the_script_file_is_what_is_spoken(run: Run, show: Path) -> None:
    assert run("script", "content/library.txt").code == 0
    file = show / "content" / "library.script.md"
    file.write_text(
        file.read_text(encoding="utf-8").replace("働く人の声に応えました。", "みなさんの声に応えました。"),
        encoding="utf-8",
    )
    made = run("render", "--voice", "tone", "-q", "--json").json
    row = next(n for n, row in enumerate(file.read_text(encoding="utf-8").split("\n"), 1) if "みなさん" in row)
    told = [w for w in made["warnings"] if "「働く」 of the source is missing" in w["message"]]
    assert [(Path(w["file"]).name, w["line"]) for w in told] == [("library.script.md", row)]
    spoken = "".join(p.read_text(encoding="utf-8") for p in (show / "output").glob("e/*/*.vtt"))
    assert "みなさんの声に応えました。" in spoken
    assert "働く人の声に応えました。" not in spoken


def test_what_nobody_can_say_counts_as_left_out(run_here: Run, show: Path) -> None:
    (show / "content" / "library.txt").write_text("本を読みます。\n\n😀😀\n", encoding="utf-8")
    planned = run_here("plan", "--voice", "tone", "--json").json
    assert planned["coverage"] == {"characters": 9, "spoken": 7, "dropped": 2, "omitted": 0}
    assert [(d["line"], d["reason"]) for d in planned["dropped"]] == [(3, "nothing to say")]


@pytest.mark.slow
def test_edits_of_a_script_survive_a_change_of_its_source(run: Run, show: Path) -> None:
    run("script", "content/library.txt")
    file = show / "content" / "library.script.md"
    mine = file.read_text(encoding="utf-8").replace("働く人の声に応えました。", "みなさんの声に応えました。")
    file.write_text(mine, encoding="utf-8")
    (show / "content" / "library.txt").write_text(ARTICLE + "追伸も読みます。\n", encoding="utf-8")
    made = run("render", "--voice", "tone", "--json", "-q").json
    assert "library.script.md" in made["warnings"][0]["file"]
    spoken = "".join(p.read_text(encoding="utf-8") for p in (show / "output").glob("e/*/*.vtt"))
    assert "みなさんの声に応えました。" in spoken
    assert "追伸も読みます。" in spoken
    assert file.read_text(encoding="utf-8") == mine


@pytest.mark.slow
def test_publish_copies_what_listeners_need_and_refuses_a_local_address(run: Run, show: Path) -> None:
    run("render", "--voice", "tone", "-q")
    refused = run("publish", "output", "public")
    assert refused.code == 6
    assert "base_url" in refused.err
    run("render", "--voice", "tone", "-q", "--base-url", "https://radio.town.jp/shows/")
    assert run("publish", "output", "public").code == 0
    assert (show / "public" / "feed.xml").read_bytes() == (show / "output" / "feed.xml").read_bytes()
    assert not (show / "public" / ".briefing").exists()


@pytest.mark.slow
def test_check_tells_each_fault_with_its_remedy(run: Run, show: Path) -> None:
    run("render", "--voice", "tone", "-q")
    assert run("check").out.endswith("skipped\n")
    next((show / "output").glob("cover.*")).unlink()
    done = run("check", "--episodes", "1")
    assert done.code == 6
    assert "must: cover.there: " in done.out
    assert "(breaks Apple Podcasts, Spotify)\n  → render again" in done.out
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_a_running_render_keeps_others_out(run: Run, show: Path) -> None:
    import fcntl

    lock = show / "output" / ".briefing" / "run.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert run("render", "--voice", "tone").code == 75
    assert run("render", "--voice", "tone").code == 0


@pytest.mark.slow
def test_progress_on_a_pipe_is_plain_and_quiet_is_silent(run: Run, show: Path) -> None:
    loud = run("render", "--voice", "tone")
    assert "speak" in loud.err
    assert "feed.xml" in loud.err
    assert "\x1b" not in loud.err
    assert run("render", "--voice", "tone", "--force", "-q").err == ""


ARTICLE_WITH_READINGS = """---
title: {小鳥遊|たかなし}さんの話
readings:
  山下: ヤマモト
---
山下と川上と海原と空知が、小鳥遊に会いました。
"""


@pytest.mark.slow
def test_readings_come_from_every_layer_the_nearest_first(run: Run, show: Path) -> None:
    (show / "content" / "library.txt").unlink()
    (show / "content" / "people.md").write_text(ARTICLE_WITH_READINGS, encoding="utf-8")
    (show / "content" / "readings.csv").write_text("山下,ノー\n川上,カワガミ\n", encoding="utf-8")
    mine = show / "home" / ".config" / "briefing"
    mine.mkdir(parents=True)
    (mine / "readings.csv").write_text("川上,ノー\n海原,ウナバラ\n", encoding="utf-8")
    said = run("readings", "content/people.md").out
    for reading in ("ヤマモト", "カワガミ", "ウナバラ", "ソラチ", "タカナシニ"):
        assert reading in said.replace(" ", "")
    assert "ノー" not in said


@pytest.mark.slow
def test_marks_of_readings_are_never_shown(run: Run, show: Path) -> None:
    (show / "content" / "library.txt").unlink()
    (show / "content" / "people.md").write_text(ARTICLE_WITH_READINGS, encoding="utf-8")
    assert run("render", "--voice", "tone", "-q").code == 0
    for path in (p for p in (show / "output").rglob("*") if p.suffix in (".xml", ".html", ".vtt", ".srt", ".json")):
        if ".briefing" not in path.parts:
            text = path.read_text(encoding="utf-8")
            assert "{小鳥遊" not in text
            assert "たかなし" not in text


@pytest.mark.slow
def test_a_voicevox_dictionary_goes_in_and_out(run: Run, show: Path) -> None:
    dictionary = show / "dictionary.json"
    dictionary.write_text('{"a": {"surface": "川上", "pronunciation": "カワガミ", "accent_type": 0}}', encoding="utf-8")
    assert run("readings", "--import", "dictionary.json").code == 0
    assert "カワガミ" in run("readings", "--lines", stdin="川上さん。\n").out
    assert run("readings", "--import", "dictionary.json").err.startswith("0 new words")
    assert run("readings", "--export", "out.json").code == 0
    assert "カワガミ" in (show / "out.json").read_text(encoding="utf-8")


@pytest.mark.slow
def test_doubts_are_told_with_the_line_that_settles_them(run: Run, show: Path) -> None:
    (show / "content" / "library.txt").write_text("Zqxlrbという道具です。\n", encoding="utf-8")
    assert "readings.csv: Zqxlrb," in run("readings", "content/library.txt").out
    lines = run("readings", "content/library.txt", "--json").json["lines"]
    doubts = [d for line in lines for d in line["doubts"]]
    assert doubts[0]["surface"] == "Zqxlrb"
    assert doubts[0]["entry"].startswith("Zqxlrb,")


@pytest.mark.slow
def test_saying_aloud_without_a_player_tells_what_to_do(run: Run, show: Path) -> None:
    done = run("say", "テスト。", "--voice", "tone", env={"PATH": str(show)})
    assert done.code == 2
    assert "-o FILE" in done.err


@pytest.mark.slow
def test_a_page_at_an_address_becomes_episodes(run: Run, show: Path) -> None:
    import functools
    import http.server
    import threading

    (show / "site").mkdir()
    page = "<html><head><title>橋の話</title></head><body><article><h2>春</h2><p>橋を架けます。</p><h2>夏</h2><p>渡れます。</p></article></body></html>"
    (show / "site" / "bridge.html").write_text(page, encoding="utf-8")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(show / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/bridge.html"
        refused = run("render", address, "--voice", "tone", "-o", "out")
        made = run("render", address, "--voice", "tone", "-o", "out", "--allow-private", "--json", "-q")
        server.shutdown()
    assert refused.code == 2
    assert "not public" in refused.err
    assert [e["title"] for e in made.json["episodes"]] == ["春", "夏"]


@pytest.mark.slow
def test_the_encoding_of_each_file_is_told_and_can_be_overridden(run: Run, show: Path) -> None:
    (show / "half.txt").write_bytes("表題\n\n本文の一行です。\n".encode("cp932"))
    assert "half.txt: cp932" in run("plan", "half.txt", "--voice", "tone", "-v").err
    assert "half.txt: cp932" not in run("plan", "half.txt", "--voice", "tone").err
    wrong = run("plan", "half.txt", "--voice", "tone", "--encoding", "utf-8")
    assert wrong.code == 2
    assert "half.txt:1: is not utf-8 text" in wrong.err
    for command in ("inspect", "readings"):
        assert "本文の一行です。" in run(command, "half.txt", "--encoding", "shift_jis").out
    assert "本文の一行です。" in run("script", "half.txt", "--encoding", "shift_jis", "-o", "-").out
    unknown = run("render", "half.txt", "--encoding", "klingon")
    assert unknown.code == 2
    assert "no encoding" in unknown.err


@pytest.mark.parametrize(
    ("arguments", "stdout", "code", "told"),
    [
        ("--version", "/dev/full", 2, "briefing: No space left on device"),
        ("inspect content/library.txt --json", "/dev/full", 2, "No space left"),
        ("--version", "&-", 0, ""),
        ("render nowhere.md", "/dev/null", 2, "no such file"),
    ],
)
def test_the_end_is_told_as_it_is(
    show: Path, environ: dict[str, str], arguments: str, stdout: str, code: int, told: str
) -> None:
    command = f"{sys.executable} -m briefing {arguments} >{stdout}"
    kept = {name: value for name, value in environ.items() if name != "PYTHONUNBUFFERED"}
    done = subprocess.run(command, shell=True, cwd=show, env=kept, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_link_to_nowhere_beside_a_published_article_is_told(show: Path, run: Run) -> None:
    assert run("render", "--voice", "tone", "-q").code == 0
    (show / "content" / "lost.md").symlink_to("nowhere.md")
    done = run("render", "--voice", "tone", "-q")
    assert done.code == 2
    assert "lost.md: cannot be read" in done.err
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_a_plan_writes_nothing_not_even_readings(show: Path, run: Run, tmp_path: Path) -> None:
    assert run("plan", "-q").code == 0
    assert [place.name for place in (tmp_path / "cache").iterdir()] == ["models"]  # the tests' own


def test_a_show_without_a_title_is_told_at_its_line(show: Path, run_here: Run) -> None:
    (show / "content" / "briefing.toml").write_text('[show]\nauthor = "森"\ntitle = " "\n', encoding="utf-8")
    done = run_here("render", "-q")
    assert done.code == 2
    assert "briefing.toml:3: the show needs a title" in done.err
