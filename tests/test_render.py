"""The whole way, end to end, with the tone voice: real MP3s, a feed that other parsers read."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from pathlib import Path

import feedparser
import numpy as np
import podcastparser
import pytest
import soundfile
from lxml import etree
from mutagen.id3 import ID3

from briefing.audio.measure import energy_envelope, integrated_lufs, peak_envelope
from tests.conftest import ARTICLE, Run

pytestmark = pytest.mark.slow
OURS = ("content", "output", "cache")


def files_of(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and ".briefing" not in p.parts
    }


def report_of(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return found


def test_each_section_becomes_an_episode_that_other_parsers_read(rendered: Path) -> None:
    content = (rendered / "output" / "feed.xml").read_bytes()
    mine = podcastparser.parse("http://127.0.0.1:8000/feed.xml", io.BytesIO(content))
    other = feedparser.parse(content)
    article = "（駅前図書館、夜も開く）"
    titles = [f"はじめに{article}", "開館時間はどう変わるか", "よくある質問", f"おわりに{article}"]
    assert [e["title"] for e in reversed(mine["episodes"])] == titles
    assert [e.title for e in reversed(other.entries)] == titles
    assert not other.bozo
    assert mine["title"] == "町の知らせ"
    assert all(e["enclosures"][0]["mime_type"] == "audio/mpeg" for e in mine["episodes"])


def test_the_enclosures_are_whole_and_as_loud_as_asked(rendered: Path) -> None:
    output = rendered / "output"
    episodes = report_of(rendered)["episodes"]
    assert isinstance(episodes, list)
    for episode in episodes:
        path = output / episode["audio"]
        wave, rate = soundfile.read(path, dtype="float64")
        assert path.stat().st_size == episode["bytes"]
        assert rate == 44_100
        assert len(wave) / rate == pytest.approx(episode["duration_s"], abs=0.1)
        samples = wave * 32768
        assert integrated_lufs(energy_envelope(samples, rate)) == pytest.approx(-16, abs=0.15)
        assert 20 * np.log10(peak_envelope(samples, rate).max()) <= -1.0


def test_tags_hold_cover_and_chapters_in_version_2_3(rendered: Path, run: Run) -> None:
    done = run("render", "--voice", "tone", "--episode-per", "article", "-o", "whole", "--json", "-q")
    (episode,) = done.json["episodes"]
    path = rendered / "whole" / episode["audio"]
    tags = ID3(path, translate=False)
    assert tags.version == (2, 3, 0)
    assert tags["TIT2"].text == ["駅前図書館、夜も開く"]
    assert tags.getall("APIC")[0].mime == "image/jpeg"
    chapters = sorted(tags.getall("CHAP"), key=lambda c: c.start_time)
    assert [str(c.sub_frames["TIT2"]) for c in chapters] == [
        "はじめに",
        "開館時間はどう変わるか",
        "よくある質問",
        "おわりに",
    ]
    assert chapters[0].start_time == 0


PSC = "{http://podlove.org/simple-chapters}chapter"


def seconds(stamp: str) -> float:
    """Read 1:02:03, 2:03, 00:02:03.004 or 00:02:03,004."""
    return sum(float(part) * 60.0**n for n, part in enumerate(reversed(stamp.replace(",", ".").split(":"))))


def test_all_outputs_tell_the_same_times_and_the_same_words(rendered: Path, run: Run) -> None:
    assert run("render", "--voice", "tone", "--episode-per", "article", "-o", "whole", "-q").code == 0
    whole = rendered / "whole"
    item = etree.parse(whole / "feed.xml").find("channel/item")
    assert item is not None
    (side,) = (p for p in whole.glob("e/*") if p.is_dir())
    tags = ID3(next(side.glob("*.mp3")), translate=False)
    chapters = json.loads(next(side.glob("chapters.*.json")).read_text(encoding="utf-8"))
    times = {
        "ID3": [c.start_time / 1000 for c in sorted(tags.getall("CHAP"), key=lambda c: c.start_time)],
        "JSON": [c["startTime"] for c in chapters["chapters"]],
        "Podlove": [seconds(c.get("start", "")) for c in item.iter(PSC)],
        "notes": [seconds(t) for t in re.findall(r"<li>([\d:]+) ", item.findtext("description") or "")],
        "page": [seconds(t) for t in re.findall(r'#t=([\d.]+)"', (side / "index.html").read_text(encoding="utf-8"))],
    }
    assert chapters["version"].startswith("1.2")
    for name, found in times.items():
        assert found[:4] == pytest.approx(times["ID3"], abs=0.05), name
    assert len(times["ID3"]) == 4

    segments = json.loads(next(side.glob("transcript.*.json")).read_text(encoding="utf-8"))["segments"]
    vtt = next(side.glob("*.vtt")).read_text(encoding="utf-8")
    srt = next(side.glob("*.srt")).read_text(encoding="utf-8")
    said = "".join(s["body"] for s in segments)
    assert "平日は午後10時まで開きます。" in said  # the article's own text
    vtt_lines = re.findall(r"^<v ([^>]+)>(.*)$", vtt, re.MULTILINE)
    srt_blocks = [block.split("\n") for block in srt.strip().split("\n\n")]
    assert "".join(text for _, text in vtt_lines) == said
    assert "".join("".join(block[2:]) for block in srt_blocks) == said
    assert max(len(text) for _, text in vtt_lines) <= 65
    assert all(len(block) <= 4 and max(map(len, block[2:])) <= 32 for block in srt_blocks)
    clocks = [[seconds(t) for t in re.findall(r"(\d\d:\d\d:\d\d[.,]\d{3})", text)] for text in (vtt, srt)]
    ours = [t for s in segments for t in (s["startTime"], s["endTime"])]
    assert clocks[0] == clocks[1] == pytest.approx(ours, abs=0.001)
    assert ours == sorted(ours)


def test_what_is_not_spoken_is_listed_with_its_reason(rendered: Path) -> None:
    dropped = report_of(rendered)["dropped"]
    assert [(d["line"], d["reason"]) for d in dropped] == [(2, "meta")]  # type: ignore[attr-defined]


def test_question_answer_and_note_have_voices_of_their_own(rendered: Path) -> None:
    vtt = next(p for p in (rendered / "output").glob("e/*/transcript.*.vtt") if "予約" in p.read_text(encoding="utf-8"))
    lines = vtt.read_text(encoding="utf-8").split("\n")
    assert "<v 聞き手>予約した本も夜に受け取れますか？" in lines
    assert "<v 話し手>受け取れます。" in lines
    assert "<v 補足>年末は短くなることがあります。" in lines


def test_a_second_run_speaks_and_writes_nothing(rendered: Path, run: Run) -> None:
    run("render", "--voice", "tone", "-q")  # at this place: what was read is kept by it
    before = {p: p.stat().st_mtime_ns for part in OURS for p in (rendered / part).rglob("*") if p.is_file()}
    again = run("render", "--voice", "tone", "--json", "-q").json
    assert again["clips"]["synthesised"] == 0
    assert not any(e["changed"] for e in again["episodes"])
    assert {p: p.stat().st_mtime_ns for part in OURS for p in (rendered / part).rglob("*") if p.is_file()} == before


def test_one_changed_sentence_costs_one_clip_and_one_episode(rendered: Path, run: Run) -> None:
    old = report_of(rendered)["episodes"]
    text = ARTICLE.replace("午後6時に閉まります", "午後7時に閉まります")
    (rendered / "content" / "library.txt").write_text(text, encoding="utf-8")
    new = run("render", "--voice", "tone", "--json", "-q").json
    assert new["clips"]["synthesised"] == 1
    assert [e["changed"] for e in new["episodes"]] == [False, True, False, False]
    assert [e["guid"] for e in new["episodes"]] == [e["guid"] for e in old]  # type: ignore[attr-defined]


def test_one_changed_sentence_is_coded_and_no_other(rendered: Path, run: Run) -> None:
    whole = ("render", "--voice", "tone", "--episode-per", "article", "-q")
    assert run(*whole, "-o", "whole").code == 0
    coded = set((rendered / "cache" / "clips").rglob("*.mp3"))
    text = ARTICLE.replace("午後6時に閉まります", "午後7時に閉まります")
    (rendered / "content" / "library.txt").write_text(text, encoding="utf-8")
    assert run(*whole, "-o", "whole").code == 0
    assert len(set((rendered / "cache" / "clips").rglob("*.mp3")) - coded) == 1
    shutil.rmtree(rendered / "cache")
    assert run(*whole, "-o", "anew").code == 0
    found = [{p.read_bytes() for p in (rendered / o).glob("e/*/*.mp3")} for o in ("whole", "anew")]
    assert found[1] < found[0]  # beside it lies what the feed named before


def test_a_damaged_coded_stretch_is_made_again(rendered: Path, run: Run) -> None:
    before = files_of(rendered / "output")
    stretch = next((rendered / "cache" / "clips").rglob("*.mp3"))
    stretch.write_bytes(stretch.read_bytes()[:-7])
    assert run("render", "--voice", "tone", "-o", "again", "-q").code == 0
    assert files_of(rendered / "again") == before


def test_the_same_input_gives_the_same_bytes_whatever_the_workers(rendered: Path, run: Run) -> None:
    run("cache", "clear")
    done = run("render", "--voice", "tone", "-o", "again", "--jobs", "2", "-q")
    assert done.code == 0, done.err
    assert files_of(rendered / "again") == files_of(rendered / "output")


def test_a_retitled_section_keeps_its_guid_and_date(rendered: Path, run: Run) -> None:
    lock = json.loads((rendered / "content" / "briefing.lock.json").read_text(encoding="utf-8"))
    text = ARTICLE.replace("■よくある質問", "■寄せられた質問")
    (rendered / "content" / "library.txt").write_text(text, encoding="utf-8")
    run("render", "--voice", "openjtalk:mei", "-q")
    new = json.loads((rendered / "content" / "briefing.lock.json").read_text(encoding="utf-8"))

    def facts(found: dict[str, dict[str, list[dict[str, str]]]]) -> list[tuple[str, str]]:
        return [(s["guid"], s["published"]) for s in found["articles"]["library.txt"]]

    assert facts(new) == facts(lock)


def test_a_source_from_elsewhere_leaves_the_lock_of_the_show_alone(rendered: Path, run: Run, tmp_path: Path) -> None:
    before = (rendered / "content" / "briefing.lock.json").read_bytes()
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text(ARTICLE, encoding="utf-8")
    assert run("render", str(elsewhere), "--voice", "tone", "-o", "other", "-q").code == 0
    assert (rendered / "content" / "briefing.lock.json").read_bytes() == before
    assert (rendered / "other" / ".briefing" / "lock.json").is_file()


def test_a_sentence_that_cannot_be_spoken_stops_the_run_with_its_place(rendered: Path, run: Run) -> None:
    failing = run("render", "--voice", "gtts", "-q", env={"https_proxy": "http://127.0.0.1:9"})
    assert failing.code == 4
    assert "library.txt:1: no connection to the service" in failing.err
    assert "Traceback" not in failing.err


def test_a_damaged_clip_is_made_again(rendered: Path, run: Run) -> None:
    clip = next((rendered / "cache" / "clips").rglob("*.clip"))
    clip.write_bytes(clip.read_bytes()[:-7])
    assert run("render", "--voice", "tone", "--json", "-q").json["clips"]["synthesised"] == 1


def test_check_finds_nothing_and_then_what_was_spoilt(rendered: Path, run: Run) -> None:
    fine = run("check", "--json")
    assert (fine.code, fine.json["failed"]) == (0, 0)
    next((rendered / "output").glob("e/*/*.mp3")).write_bytes(b"no audio")
    broken = run("check", "--json")
    assert broken.code == 6
    assert {f["rule"] for f in broken.json["findings"]} == {
        "file.length",
        "audio.frames",
        "alternate.length",
        "alternate.integrity",
    }
