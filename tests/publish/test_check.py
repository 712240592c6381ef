"""Each rule is seen to fail: one thing is spoilt in a show that is otherwise good, and that rule tells of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.id3 import CTOC, ID3, TIT2
from PIL import Image
from tests.conftest import ROOT
from tests.publish.good_show import BASE, integrity_of, make_good_show

from briefing.audio.listen import listen
from briefing.audio.tags import read_facts
from briefing.model import Sound
from briefing.publish.check import check_folder
from briefing.publish.checks.catalogue import ALL_RULES, SERVER_RULES, format_catalogue
from briefing.publish.checks.rules import CheckReport

Spoil = Callable[[Path], None]
Hear = Callable[[Sound], Sound]


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    make_good_show(root)
    return root


@pytest.fixture
def show(good: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return shutil.copytree(good, tmp_path / "show")


_HEARD: dict[str, Sound] = {}


def hear(path: Path) -> Sound:
    """Listen to the same bytes once."""
    digest = sha256(path.read_bytes()).hexdigest()
    if digest not in _HEARD:
        _HEARD[digest] = listen(path)
    return _HEARD[digest]


def check(root: Path, change: Hear = lambda sound: sound) -> CheckReport:
    return check_folder(root, read_facts, lambda path: change(hear(path)))


def broken(report: CheckReport) -> set[str]:
    return {finding.rule for finding in report.findings}


# --- ways to spoil ---


def edit(old: str, new: str, count: int = 1) -> Spoil:
    """Replace a text of the feed, the first time it stands there."""

    def spoil(root: Path) -> None:
        text = (root / "feed.xml").read_text(encoding="utf-8")
        assert old in text
        (root / "feed.xml").write_text(text.replace(old, new, count), encoding="utf-8")

    return spoil


def sub(pattern: str, new: str, count: int = 1) -> Spoil:
    """Replace a pattern in the feed, the first time it is found."""

    def spoil(root: Path) -> None:
        text = (root / "feed.xml").read_text(encoding="utf-8")
        changed, times = re.subn(pattern, new, text, count=count, flags=re.DOTALL)
        assert times
        (root / "feed.xml").write_text(changed, encoding="utf-8")

    return spoil


def in_channel(tags: str) -> Spoil:
    return edit("<podcast:locked>", f"{tags}\n<podcast:locked>")


def in_item(tags: str) -> Spoil:
    return edit("<itunes:episodeType>", f"{tags}\n<itunes:episodeType>")


def both(*spoils: Spoil) -> Spoil:
    def spoil(root: Path) -> None:
        for each in spoils:
            each(root)

    return spoil


def side_file(pattern: str, old: str, new: str) -> Spoil:
    """Replace a text in one of the files beside the newest episode's audio."""

    def spoil(root: Path) -> None:
        path = next(root.glob(f"e/1/{pattern}"))
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def gone(pattern: str) -> Spoil:
    return lambda root: next(root.glob(pattern)).unlink()


def tell_of(path: Path, before: bytes) -> Spoil:
    """Let the feed tell the new length and digest of a file."""
    after = path.read_bytes()
    old, new = (f'length="{len(each)}"' for each in (before, after))
    return both(edit(old, new, -1), edit(integrity_of(before), integrity_of(after)))


def tags(change: Callable[[ID3], None], version: int = 3) -> Spoil:
    """Change the tags of the newest MP3, and the length that the feed tells."""

    def spoil(root: Path) -> None:
        path = next(root.glob("e/1/*.mp3"))
        before = path.read_bytes()
        frames = ID3(path, translate=False)
        change(frames)
        frames.save(path, v2_version=version, padding=lambda _: 0)
        tell_of(path, before)(root)

    return spoil


def reversed_chapters(frames: ID3) -> None:
    first, second = frames.getall("CHAP")
    first.sub_frames["TIT2"].text = ["長い題" * 9]  # mutagen writes the shorter first
    assert first.start_time < second.start_time


def bytes_of_audio(change: Callable[[bytes], bytes]) -> Spoil:
    def spoil(root: Path) -> None:
        path = next(root.glob("e/1/*.mp3"))
        before = path.read_bytes()
        path.write_bytes(change(before))
        tell_of(path, before)(root)

    return spoil


def cover(change: Callable[[Image.Image], Image.Image], kind: str = "JPEG", **options: Any) -> Spoil:
    def spoil(root: Path) -> None:
        path = next(root.glob("cover.*"))
        with Image.open(path) as image:
            image.load()
        change(image).save(path, kind, **options)

    return spoil


def no_channel(root: Path) -> None:
    (root / "feed.xml").write_text("<rss/>")


def another_format(root: Path) -> None:
    """Offer the newest audio as M4A."""
    path = next(root.glob("e/1/*.mp3"))
    path.rename(path.with_suffix(".m4a"))
    edit(path.name, path.with_suffix(".m4a").name, -1)(root)
    sub(rf'url="({AUDIO[:-3]})m4a"([^>]*)audio/mpeg"', r'url="\1m4a"\2audio/m4a"')(root)


def no_cover(root: Path) -> None:
    next(root.glob("cover.*")).write_text("no picture")


def heavy_cover(root: Path) -> None:
    path = next(root.glob("cover.*"))
    path.write_bytes(path.read_bytes() + bytes(1_000_000))


def paged(second: str = "<last>", links: str = "<first><last>") -> Spoil:
    """Move the older item to a second page. `second`: the paging links of that page; `links`: those of the first besides next."""

    def spoil(root: Path) -> None:
        text = (root / "feed.xml").read_text(encoding="utf-8")
        head, newer, older = re.split(r"(?=\n    <item>)", text.partition("\n  </channel>")[0])
        places = {
            "first": "feed.xml",
            "last": "feed/2.xml",
            "next": "feed/2.xml",
            "loop": "feed.xml",
            "missing": "feed/3.xml",
        }

        def page(name: str, rels: str, item: str) -> None:
            tags = "".join(
                f'<atom:link rel="{rel if rel in ("first", "last") else "next"}" href="{BASE}{places[rel]}"/>'
                for rel in re.findall(r"<(\w+)>", rels)
            )
            told = head.replace(f'{BASE}feed.xml" rel="self"', f'{BASE}{name}" rel="self"')
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_text(f"{told}{tags}{item}</channel></rss>", encoding="utf-8")

        page("feed.xml", f"<next>{links}", newer)
        page("feed/2.xml", f"<first>{second}", older)

    return spoil


def many_items(root: Path) -> None:
    edit("  </channel>", "<item><title>橋</title></item>" * 299 + "  </channel>")(root)


BOMB = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {b} "{f"&{a};" * 50}">' for a, b in pairwise("abcdefgz"))
FUTURE = "Mon, 01 Jan 2125 00:00:00 +0000"
AUDIO = rf"{BASE}e/1/audio\.\w+\.mp3"
BARE = {
    f"item.{name}"
    for name in (
        "ai-content",
        "chapters",
        "date",
        "description",
        "duration",
        "enclosure",
        "explicit",
        "guid",
        "link",
        "transcript-formats",
    )
}
TRANSCRIPTS = r"      <podcast:transcript[^\n]*\n"

# rule: one thing that breaks it, and what else breaks inevitably
FEED: dict[str, tuple[str, Spoil, set[str]]] = {
    "an unescaped &": ("feed.xml", edit("町の知らせ", "町 & 知らせ"), set()),
    "a DOCTYPE": ("feed.xml", edit("<rss", '<!DOCTYPE rss [<!ENTITY a "b">]><rss'), set()),
    "entities that grow": ("feed.xml", edit("<rss", f"<!DOCTYPE rss [{BOMB}]><rss a='&z;'"), set()),
    "no channel": ("feed.xml", no_channel, set()),
    "no declaration": ("feed.declaration", edit("<?xml version='1.0' encoding='UTF-8'?>\n", ""), set()),
    "rss 0.91": ("feed.root", edit('version="2.0">', 'version="0.91">'), set()),
    "a second thing in rss": ("feed.root", edit("</channel>", "</channel><channel/>"), set()),
    "another prefix": ("feed.namespaces", sub(r"(xmlns:|[</])podcast([:=])", r"\1pc\2", 0), set()),
    "too large": ("feed.size", in_channel("<!--" + "x" * 520_000 + "-->"), set()),
    "two titles": ("feed.once", in_item("<title>また</title>"), set()),
    "two authors": ("feed.once", in_channel("<itunes:author>広報課</itunes:author>"), set()),
    "blanks": ("feed.blanks", edit("<title>夜の閲覧室", "<title> 夜の閲覧室"), set()),
    "no last page": ("paging.links", paged(links="<first>"), set()),
    "pages in a loop": ("paging.reached", paged(second="<last><loop>"), set()),
    "a missing page": ("paging.reached", paged(second="<last><missing>"), set()),
    "301 items": ("paging.items", many_items, BARE),
    "no title of the show": ("channel.title", edit("<title>町の知らせ", "<title>"), set()),
    "a long title of the show": ("channel.title", edit("<title>町の知らせ", "<title>" + "町" * 256), set()),
    "a long description": ("channel.description", edit("<description>町", "<description>" + "町" * 1400), set()),
    "HTML in the description": ("channel.description-plain", edit("<description>町", "<description>&lt;b&gt;町"), set()),
    "no link": ("channel.link", edit(f"<link>{BASE}index.html</link>", ""), set()),
    "a link to itself": ("channel.link", edit(f"<link>{BASE}index.html", f"<link>{BASE}feed.xml"), set()),
    "a language's name": ("channel.language", edit("<language>ja", "<language>Japanese"), set()),
    "an unknown category": ("channel.category", edit('text="News"', 'text="Knitting"'), set()),
    "a strange subcategory": ("channel.category", edit('<itunes:category text="News"/>', '<itunes:category text="News"><itunes:category text="Golf"/></itunes:category>'), set()),
    "explicit: clean": ("channel.explicit", edit("<itunes:explicit>false", "<itunes:explicit>clean"), set()),
    "a cover without ending": ("channel.image", sub(r"(cover\.\w+)\.jpg", r"\1"), {"cover.there"}),
    "no link to itself": ("channel.self", sub(r"    <atom:link [^\n]*\n", ""), set()),
    "another address of its own": ("channel.self", edit(f'{BASE}feed.xml" rel="self"', f'{BASE}rss" rel="self"'), set()),
    "no author": ("channel.author", sub(r"<itunes:author>.*?</itunes:author>", ""), set()),
    "a guid that is none": ("channel.guid", edit("<podcast:guid>3", "<podcast:guid>x"), set()),
    "locked: maybe": ("channel.locked", edit("<podcast:locked>no", "<podcast:locked>maybe"), set()),
    "no owner": ("channel.owner", sub(r"<itunes:owner>.*?</itunes:owner>", ""), set()),
    "another type": ("channel.type", edit("episodic", "weekly"), set()),
    "block: no": ("channel.yes-only", in_channel("<itunes:block>no</itunes:block>"), set()),
    "built in the future": ("channel.dates", sub(r"<lastBuildDate>.*?<", f"<lastBuildDate>{FUTURE}<"), set()),
    "keywords": ("channel.retired", in_channel("<itunes:keywords>a</itunes:keywords>"), set()),
    "a hub without address": ("channel.hub", in_channel('<atom:link rel="hub" href="http://hub.town.jp/"/>'), {"address.https"}),
    "a frequency of its own": ("channel.update-frequency", in_channel('<podcast:updateFrequency rrule="OFTEN"/>'), set()),
    "no episode": ("channel.items", sub(r"    <item>.*</item>", ""), set()),
    "an unknown tag": ("podcast.known", in_channel("<podcast:GUID>a</podcast:GUID>"), set()),
    "a tag elsewhere": ("podcast.parent", in_item("<podcast:locked>no</podcast:locked>"), set()),
    "a tag twice": ("podcast.once", in_channel("<podcast:locked>no</podcast:locked>"), set()),
    "an unknown medium": ("podcast.medium", edit("<podcast:medium>podcast", "<podcast:medium>radio"), set()),
    "not disclosed": ("podcast.ai-content", edit('<podcast:txt purpose="ai-content">true</podcast:txt>', ""), set()),
    "not disclosed in an item": ("item.ai-content", sub(r'(<item>.*?)<podcast:txt purpose="ai-content">true</podcast:txt>', r"\1"), set()),
    "a relative address": ("address.absolute", in_channel('<podcast:person href="who.html">誰</podcast:person>'), set()),
    "an address in Japanese": ("address.ascii", in_channel(f'<podcast:person href="{BASE}誰">誰</podcast:person>'), set()),
    "an address at home": ("address.public", in_channel('<podcast:person href="http://localhost/who">誰</podcast:person>'), set()),
    "an address without TLS": ("address.https", in_channel('<podcast:person href="http://radio.town.jp/who">誰</podcast:person>'), set()),
    "no title": ("item.title", edit("<title>夜の閲覧室", "<title>"), {"tags.title"}),
    "the show's name in a title": ("item.title-alone", edit("<title>夜の閲覧室", "<title>町の知らせ 夜の閲覧室"), {"tags.title"}),
    "a number in a title": ("item.title-alone", edit("<title>夜の閲覧室", "<title>第3回：夜の閲覧室"), {"tags.title"}),
    "no enclosure": ("item.enclosure", sub(r"<enclosure [^>]*>", ""), set()),
    "an enclosure without ending": ("item.enclosure", sub(rf'url="({AUDIO})"', r'url="\1.exe"'), {"file.there"}),
    "length 0": ("item.enclosure-length", sub(r'(<enclosure [^>]*length=")\d+', r"\g<1>0"), set()),
    "no length": ("item.enclosure-length", sub(r'(<enclosure [^>]*)length="\d+" ', r"\1"), set()),
    "another type of audio": ("item.enclosure-type", edit('type="audio/mpeg"', 'type="audio/mp3"'), set()),
    "an empty guid": ("item.guid", sub(r'(<guid isPermaLink="false">).*?<', r"\1<"), set()),
    "a guid as permalink": ("item.guid-permalink", edit(' isPermaLink="false"', ""), set()),
    "a title as guid": ("item.guid-own", sub(r'(<guid isPermaLink="false">).*?<', r"\1夜の閲覧室<"), set()),
    "an ISO date": ("item.date", sub(r"<pubDate>.*?<", "<pubDate>2025-06-15T00:01:00Z<"), set()),
    "a wrong weekday": ("item.date", edit("<pubDate>Sun", "<pubDate>Mon"), set()),
    "a date to come": ("item.date-past", sub(r"<pubDate>.*?<", f"<pubDate>{FUTURE}<"), set()),
    "no notes": ("item.description", sub(r"(<item>.*?<description>).*?<", r"\1<"), set()),
    "long notes": ("item.description", sub(r"(<item>.*?<description>)", r"\1" + "町" * 1400), set()),
    "a title escaped twice": ("item.escaping", edit("<title>夜の閲覧室", "<title>夜 &amp;amp; 閲覧室"), {"tags.title"}),
    "notes escaped twice": ("item.escaping", sub(r"(<item>.*?<description>)&lt;p", r"\1&amp;lt;p"), set()),
    "a table in the notes": ("item.html", edit("&lt;p&gt;町の話", "&lt;p&gt;&lt;table&gt;町の話"), set()),
    "a broken number as duration": ("item.duration", edit("<itunes:duration>61", "<itunes:duration>61.0"), set()),
    "minutes as duration": ("item.duration-whole", edit("<itunes:duration>61", "<itunes:duration>1:01"), set()),
    "episode 0": ("item.numbers", in_item("<itunes:episode>0</itunes:episode>"), set()),
    "a serial show without numbers": ("item.numbers", edit("episodic", "serial"), set()),
    "two numbers": ("item.same-numbers", in_item("<itunes:episode>1</itunes:episode><podcast:episode>2</podcast:episode>"), set()),
    "another type of episode": ("item.type", edit("<itunes:episodeType>full", "<itunes:episodeType>long"), set()),
    "an item's explicit: no": ("item.explicit", sub(r"(<item>.*?<itunes:explicit>)false", r"\1no"), set()),
    "a transcript of unknown type": ("item.transcript-type", sub(rf'(url="{BASE}e/1/transcript\.\w+\.srt")(.*?)(<podcast:chapters)', r'\1\2<podcast:transcript \1 type="text/markdown"/>\3'), set()),
    "no WebVTT": ("item.transcript-formats", sub(TRANSCRIPTS, ""), set()),
    "WebVTT last": ("item.transcript-formats", sub(rf"({TRANSCRIPTS})({TRANSCRIPTS})", r"\2\1"), set()),
    "no language": ("item.transcript-captions", edit(' language="ja"', ""), set()),
    "no chapters": ("item.chapters", sub(r"<podcast:chapters[^>]*>", ""), set()),
    "no page": ("item.link", sub(r"(<item>.*?)<link>.*?</link>", r"\1"), set()),
    "an alternate without source": ("alternate.source", sub(r"<podcast:source [^>]*>", ""), set()),
    "a guid twice": ("items.guids", edit("<guid isPermaLink=\"false\">0", "<guid isPermaLink=\"false\">1"), set()),
    "an enclosure twice": ("items.enclosures", sub(rf'url="({AUDIO})"(.*)<enclosure url="[^"]*" length="\d+"', r'url="\1"\2<enclosure url="\1" length="LENGTH"'), {"item.enclosure-length", "audio.duration", "chapters.agree", "tags.title", "transcript.reach"}),
    "a number twice": ("items.numbers", sub("<itunes:episodeType>", "<itunes:episode>1</itunes:episode><itunes:episodeType>", 2), set()),
    "a title twice": ("items.titles", edit("朝の橋を渡る", "夜の閲覧室"), {"tags.title"}),
    "oldest first": ("items.newest-first", edit("<pubDate>Sun, 15 Jun 2025 00:00", "<pubDate>Sun, 15 Jun 2025 00:02"), set()),
}  # fmt: skip

FILES: dict[str, tuple[str, Spoil, set[str]]] = {
    "no audio": ("file.there", gone("e/1/*.mp3"), set()),
    "no transcript": ("file.there", gone("e/1/*.vtt"), set()),
    "no chapters file": ("file.there", gone("e/1/chapters.*"), set()),
    "another length": ("file.length", sub(r'(<enclosure [^>]*length=")', r"\g<1>1"), set()),
    "another length of an alternate": ("alternate.length", sub(r'(<podcast:alternateEnclosure [^>]*length=")', r"\g<1>1"), set()),
    "another digest": ("alternate.integrity", sub(r'value="sha384-.{4}', 'value="sha384-AAAA'), set()),
    "no digest": ("alternate.integrity", sub(r"<podcast:integrity [^>]*>", ""), set()),
    "audio that is no MP3": ("audio.mp3", another_format, set()),
    "cut off": ("audio.frames", bytes_of_audio(lambda mp3: mp3[:-100]), set()),
    "damaged inside": ("audio.frames", bytes_of_audio(lambda mp3: mp3[:300_000] + b"damage" * 100 + mp3[300_600:]), set()),
    "no MP3 at all": ("audio.frames", bytes_of_audio(lambda mp3: b"no audio" * 100), set()),
    "another duration": ("audio.duration", edit("<itunes:duration>61", "<itunes:duration>63"), set()),
    "tags without artist": ("tags.names", tags(lambda frames: frames.delall("TPE1")), set()),
    "tags of version 2.4": ("tags.version", tags(lambda _: None, 4), set()),
    "another title in the tags": ("tags.title", tags(lambda frames: frames.add(TIT2(3, ["別の題"]))), set()),
    "tags without cover": ("tags.cover", tags(lambda frames: frames.delall("APIC")), set()),
    "chapters out of order": ("tags.chapters", tags(reversed_chapters), {"chapters.agree"}),
    "no table of contents": ("tags.contents", tags(lambda frames: frames.delall("CTOC")), set()),
    "a table that lacks a chapter": ("tags.contents", tags(lambda frames: frames.add(CTOC("toc", 3, ["chp0"]))), set()),
    "no WEBVTT": ("transcript.vtt", side_file("*.vtt", "WEBVTT", "WEB"), set()),
    "a comma in WebVTT": ("transcript.vtt", side_file("*.vtt", "00:00:00.500", "00:00:00,500"), set()),
    "an empty cue": ("transcript.vtt", side_file("*.vtt", "夜は閉じます。", " "), {"transcript.same-words"}),
    "a cue after the end": ("transcript.vtt", side_file("*.vtt", "00:01:00.500", "00:02:00.500"), set()),
    "SubRip from 0": ("transcript.srt", side_file("*.srt", "1\n", "0\n"), set()),
    "SubRip out of order": ("transcript.srt", side_file("*.srt", "00:00:30,600 -->", "00:00:00,100 -->"), {"transcript.same-times"}),
    "another version of JSON": ("transcript.json", side_file("transcript.*.json", "1.0.0", "2"), set()),
    "JSON without a body": ("transcript.json", side_file("transcript.*.json", '"body"', '"text"'), set()),
    "half a transcript": ("transcript.reach", side_file("*.vtt", "00:00:30.600 --> 00:01:00.500", "00:00:30.600 --> 00:00:40.500"), set()),
    "long lines": ("transcript.lines", side_file("*.srt", "夜は閉じます。", "夜は閉じます。" + " " * 30), set()),
    "other words": ("transcript.same-words", side_file("*.srt", "閉じます", "開きます"), set()),
    "other times": ("transcript.same-times", side_file("*.srt", "00:00:30,600", "00:00:30,800"), set()),
    "another version of chapters": ("chapters.json", side_file("chapters.*", "1.2.0", "1.0"), set()),
    "a late first chapter": ("chapters.json", side_file("chapters.*", '"startTime": 0.0', '"startTime": 0.04'), set()),
    "a chapter after the end": ("chapters.json", side_file("chapters.*", '"endTime": 61.0', '"endTime": 99.0'), set()),
    "simple chapters out of order": ("chapters.psc", edit('start="00:00:30.500"', 'start="00:00:00.000"'), {"chapters.agree"}),
    "chapters elsewhere": ("chapters.agree", side_file("chapters.*", '"startTime": 30.5', '"startTime": 30.6'), set()),
    "chapters of other names": ("chapters.agree", side_file("chapters.*", "本題の話", "別の話"), set()),
    "no cover": ("cover.there", gone("cover.*"), set()),
    "a cover that is none": ("cover.picture", no_cover, set()),
    "a PNG named JPEG": ("cover.format", cover(lambda image: image, "PNG"), set()),
    "a grey cover": ("cover.colours", cover(lambda image: image.convert("L")), set()),
    "an oblong cover": ("cover.square", cover(lambda image: image.resize((1400, 1500))), set()),
    "a small cover": ("cover.side", cover(lambda image: image.resize((1399, 1399))), set()),
    "a heavy cover": ("cover.size", heavy_cover, set()),
}  # fmt: skip

HEARD: dict[str, tuple[str, Hear]] = {
    "less than its frames promise": ("audio.decodes", lambda s: replace(s, duration_s=s.duration_s + 1)),
    "48 kbit/s": ("audio.rate", lambda s: replace(s, bitrate_kbps=48)),
    "11 kHz": ("audio.rate", lambda s: replace(s, rate_hz=11_025)),
    "quiet": ("audio.loudness", lambda s: replace(s, lufs=-17.5)),
    "peaks": ("audio.peak", lambda s: replace(s, peak_dbtp=-0.5)),
    "a long lead": ("audio.edges", lambda s: replace(s, lead_s=2.5)),
    "a long end": ("audio.edges", lambda s: replace(s, trail_s=3.5)),
    "a hole": ("audio.silence", lambda s: replace(s, longest_silence_s=5.5)),
}


def test_nothing_is_found_in_a_good_show(show: Path) -> None:
    report = check(show)
    assert report.findings == ()
    assert (report.failed, report.skipped) == (0, len(SERVER_RULES) + 1)
    assert report.passed + report.skipped == len(ALL_RULES)
    paged()(show)
    assert check(show).findings == ()


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "spoil", "also"), (FEED | FILES).values(), ids=(FEED | FILES).keys())
def test_a_spoilt_thing_is_told_by_its_rule(show: Path, rule: str, spoil: Spoil, also: set[str]) -> None:
    spoil(show)
    report = check(show)
    assert broken(report) == {rule} | also
    assert report.failed == len(also) + 1
    assert all(f.where and f.message and f.breaks and f.remedy for f in report.findings)


@pytest.mark.slow
@pytest.mark.parametrize(("rule", "change"), HEARD.values(), ids=HEARD.keys())
def test_what_is_heard_is_told_by_its_rule(show: Path, rule: str, change: Hear) -> None:
    assert broken(check(show, change)) == {rule}


@pytest.mark.parametrize("title", ["第7回 委員会の議事録", "3Dの橋", "＃1ではない話", "episodeの話"])
def test_a_number_that_belongs_to_a_title_is_let_alone(show: Path, title: str) -> None:
    edit("<title>夜の閲覧室", f"<title>{title}")(show)
    assert broken(check(show)) == {"tags.title"}


def test_a_finding_names_page_line_and_title(show: Path) -> None:
    edit("<itunes:duration>61", "<itunes:duration>long")(show)
    (finding,) = check(show).findings
    lines = (show / "feed.xml").read_text(encoding="utf-8").split("\n")
    page, line = finding.where.split(" ")[0].split(":")
    assert (page, lines[int(line) - 1].strip()) == ("feed.xml", "<item>")
    assert finding.where.endswith("「夜の閲覧室」")
    assert (finding.level, "'long'" in finding.message) == ("must", True)


@pytest.mark.parametrize(("newest", "count"), [(1, 1), (2, 2), (0, 2)])
def test_only_the_newest_are_heard(show: Path, newest: int, count: int) -> None:
    heard: list[Path] = []

    def listening(path: Path) -> Sound:
        heard.append(path)
        return hear(path)

    check_folder(show, read_facts, listening, newest)
    assert len(heard) == count


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_lies_in_a_folder_gives_a_report(show: Path, data: st.DataObject) -> None:
    names = ("feed.xml", "e/1/*.vtt", "e/1/*.srt", "e/1/transcript.*.json", "e/1/chapters.*", "cover.*")
    path = next(show.glob(data.draw(st.sampled_from(names))))
    whole = path.read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    inside = data.draw(
        st.sampled_from([b"", b"<", b"&x;", b"\xff", b"-1", b"9" * 30, b"null", b"{}", b" --> ", b"http://["])
    )
    path.write_bytes(whole[:start] + inside + whole[start + data.draw(st.integers(0, 30)) :])
    try:
        report = check(show)
        assert report.passed + report.failed + report.skipped == len(ALL_RULES)
    finally:
        path.write_bytes(whole)


def test_the_catalogue_tells_every_rule_once_and_the_documentation_repeats_it() -> None:
    names = [rule.name for rule in ALL_RULES]
    assert len(names) == len(set(names))
    assert {rule.level for rule in ALL_RULES} == {"must", "should"}
    assert format_catalogue() in (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
