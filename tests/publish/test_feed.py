"""The feed survives a round trip through other parsers; slots and files stay what they are."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import unescape

import feedparser
import podcastparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from briefing.config import ShowConfig
from briefing.errors import PublishError
from briefing.model import Cue, Episode, PublishedFile
from briefing.publish import feed
from briefing.publish.feed import MAX_FEED_BYTES, PODCAST, FeedPage, Show, cut_bytes, format_feed, is_public
from briefing.publish.folder import Folder
from briefing.publish.lock import Lock, assign_slots, find_lock, format_lock, read_lock
from briefing.publish.transcripts import to_json, to_srt, to_vtt

BASE = "https://radio.example.jp/"
DAY = datetime(2025, 5, 1, tzinfo=UTC)


def is_double_encoded(text: str) -> bool:
    """Say whether a text looks like UTF-8 read as Latin-1 (Â¡), which feedparser takes upon itself to mend."""
    try:
        return text.encode("latin-1").decode() != text
    except UnicodeError:
        return False


TITLES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=60
).filter(lambda t: t.strip() == t and t.split() == [t] and not is_double_encoded(t))


def episode(number: int, title: str = "回", summary: str = "まとめ") -> Episode:
    stem = f"e/{number:012}"
    files = {
        kind: PublishedFile(f"{stem}/{kind}.0123abcd", 1000 + number, "audio/mpeg")
        for kind in ("audio", "vtt", "srt", "json", "chapters", "page")
    }
    return Episode(
        guid=f"guid-{number}", id=stem[2:], title=title, article="a", article_title="記事", section=number,
        published=DAY + timedelta(minutes=number), duration_s=61.4, chapters=((0.0, 30.0, "一"), (30.0, 61.4, "二")),
        summary=summary, credits=(), files=files,
    )  # fmt: skip


def show() -> Show:
    config = ShowConfig(title="番組", author="編集部")
    return Show(config, "11111111-1111-5111-8111-111111111111", BASE, "cover.0.jpg")


@settings(max_examples=30, deadline=None)
@given(st.lists(TITLES, min_size=1, max_size=5), TITLES)
def test_any_title_and_summary_come_back_from_other_parsers(titles: list[str], summary: str) -> None:
    content = pages_of(format_feed(show(), [episode(n, t, summary) for n, t in enumerate(titles)]))["feed.xml"]
    other = feedparser.parse(content)
    assert not other.bozo
    assert [unescape(e.title) for e in reversed(other.entries)] == [unescape(t) for t in titles]
    mine = podcastparser.parse(BASE + "feed.xml", io.BytesIO(content))
    assert [e["guid"] for e in reversed(mine["episodes"])] == [f"guid-{n}" for n in range(len(titles))]
    assert all(e["enclosures"][0]["file_size"] >= 1000 for e in mine["episodes"])


def pages_of(pages: Iterable[FeedPage]) -> dict[str, bytes]:
    return {page.path: page.content for page in pages}


def follow(pages: dict[str, bytes]) -> list[str]:
    """Give the guids of all items, page after page by rel=next, as an app finds them."""
    guids, path = [], "feed.xml"
    while path:
        page = feedparser.parse(pages[path])
        guids += [entry.id for entry in page.entries]
        links = {link.rel: link.href.removeprefix(BASE) for link in page.feed.links}
        assert len(pages) == 1 or (links["first"], links["last"]) == ("feed.xml", "feed/2.xml")
        path = links.get("next", "")
    return guids


@pytest.mark.slow
def test_a_long_show_is_paged_within_what_apps_read() -> None:
    pages = pages_of(format_feed(show(), [episode(n, summary="まとめ" * (n % 300)) for n in range(970)]))
    assert follow(pages) == [f"guid-{n}" for n in reversed(range(970))]
    assert max(map(len, pages.values())) <= MAX_FEED_BYTES


@pytest.mark.slow
def test_a_further_episode_changes_only_the_pages_that_it_must(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PER_PAGE", "_ROOM", "_FULL_ITEMS", "_FULL_BYTES"):  # a tenth of the size, ten times as fast
        monkeypatch.setattr(feed, name, getattr(feed, name) // 10)
    many = [episode(n, summary="まとめ" * (n % 300)) for n in range(97)]
    pages = pages_of(format_feed(show(), many))
    assert follow(pages) == [f"guid-{n}" for n in reversed(range(97))]
    made = len(pages)
    for number in range(97, 137):
        many.append(episode(number, summary="まとめ" * (number % 300)))
        later = pages_of(format_feed(show(), many))
        changed = {path for path in later if later[path] != pages.get(path)}
        newest = f"feed/{len(later)}.xml"
        others = {newest, f"feed/{len(later) - 1}.xml"} if newest not in pages else set()  # its neighbour links to it
        assert changed == {"feed.xml"} | others
        pages = later
    assert len(pages) >= made + 2


def test_notes_are_cut_at_whole_tags() -> None:
    cut = cut_bytes("<p>" + "あ" * 10 + "</p><ul><li>" + "い" * 10 + "</li><li>うう</li></ul>", 90)
    assert cut.endswith("</ul>")
    assert len(cut.encode()) <= 95


@pytest.mark.parametrize(
    ("base", "public"),
    [
        ("https://radio.town.jp/", True),
        ("http://127.0.0.1:8000/", False),
        ("https://example.com/", False),
        ("", False),
        ("http://192.168.1.5:8000/", False),
        ("http://[::1]/", False),
        ("http://printer/", False),
        ("http://nas.local/", False),
        ("http://[", False),
        ("https://93.184.216.34/", True),
    ],
)
def test_only_addresses_that_listeners_reach_are_public(base: str, public: bool) -> None:
    assert is_public(base) is public


def test_retitled_moved_and_new_sections_keep_or_get_their_guids() -> None:
    lock, first = assign_slots(Lock(), "a.md", ["一", "二", "三"], DAY, "番組")
    lock, second = assign_slots(lock, "a.md", ["零", "二", "三", "四"], DAY + timedelta(days=9), "改題")
    assert [s.guid for s in second[:3]] == [s.guid for s in first]
    assert [s.published for s in second[:3]] == [s.published for s in first]
    assert second[3].guid not in {s.guid for s in first}
    _, swapped = assign_slots(lock, "a.md", ["三", "二"], DAY, "番組")
    assert swapped[0].guid == first[2].guid


def test_two_articles_of_one_day_share_no_minute() -> None:
    lock, first = assign_slots(Lock(), "a.md", ["一", "二"], DAY, "番組")
    _, second = assign_slots(lock, "b.md", ["一", "二"], DAY, "番組")
    assert not {s.published for s in first} & {s.published for s in second}


def test_no_episode_of_a_day_lies_over_an_hour_into_it_and_all_keep_their_order() -> None:
    lock, many = assign_slots(Lock(), "a.md", [f"{n}番" for n in range(70)], DAY, "番組")
    lock, more = assign_slots(lock, "b.md", [f"b{n}" for n in range(8)], DAY, "番組")
    times = [datetime.fromisoformat(slot.published) - DAY for slot in (*many, *more)]
    assert times[:60] == [timedelta(minutes=n) for n in range(60)]
    assert times == sorted(set(times))
    assert times[-1] < timedelta(hours=1)  # rule item.date-past forgives that much to who publishes at midnight
    titles = [f"{n}番" for n in range(70)]
    for place in (1, 2, 30, 65):
        titles.insert(place, f"新{place}")
        lock, again = assign_slots(lock, "a.md", titles, DAY, "番組")
        assert [s.published for s in again if not s.title.startswith("新")] == [s.published for s in many]
        if place < 60:  # between two that are a second apart there is no room
            assert [s.published for s in again] == sorted({s.published for s in again})


def test_the_lock_survives_its_file_and_a_damaged_one_stops_the_run(tmp_path: Path) -> None:
    lock, _ = assign_slots(Lock(), "a.md", ["一"], DAY, "番組")
    path = tmp_path / "briefing.lock.json"
    path.write_text(format_lock(lock), encoding="utf-8")
    assert read_lock(path) == lock
    path.write_text("{", encoding="utf-8")
    with pytest.raises(PublishError, match="lock"):
        read_lock(path)


def test_transcripts_hold_the_same_words() -> None:
    cues = [Cue(0, 44_100, "a & <b>、" + "長" * 40, "語り"), Cue(44_100, 88_200, "次。", "補足")]
    plain = "".join(c.text for c in cues)
    vtt = "".join(row.split(">", 1)[1] for row in to_vtt(cues, 44_100).split("\n") if row.startswith("<v"))
    assert unescape(vtt) == plain
    srt = "".join(r for r in to_srt(cues, 44_100).split("\n") if "-->" not in r and not r.isdigit())
    assert srt == plain
    assert '"version": "1.0.0"' in to_json(cues, 44_100)


@pytest.mark.parametrize("step", ["mkstemp", "write", "fsync", "replace"])
def test_a_full_disk_at_any_step_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    folder = Folder(tmp_path)
    folder.write("feed.xml", b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = {
        "mkstemp": "tempfile.mkstemp",
        "write": "os.fdopen",
        "fsync": "os.fsync",
        "replace": "pathlib.Path.replace",
    }
    monkeypatch.setattr(target[step], fail)
    with pytest.raises(PublishError, match="No space left"):
        folder.write("feed.xml", b"new")
    assert (tmp_path / "feed.xml").read_bytes() == b"old"


def test_a_path_never_leaves_the_folder(tmp_path: Path) -> None:
    for path in ("../x", "/etc/x", "a/../../x", ""):
        with pytest.raises(PublishError):
            Folder(tmp_path).path(path)


def test_a_second_file_is_offered_beside_the_first_with_its_digest() -> None:
    one = episode(1)
    opus = PublishedFile("e/1/a.0123abcd.opus", 400, "audio/ogg", "sha384-b2s=")
    both = replace(one, files={**one.files, "opus": opus})
    root = etree.fromstring(pages_of(format_feed(show(), [both]))["feed.xml"])
    found = root.findall(f".//{{{PODCAST}}}alternateEnclosure")
    assert [(e.get("type"), e.get("length"), e.get("default")) for e in found] == [
        ("audio/mpeg", str(one.files["audio"].size), "true"),
        ("audio/ogg", "400", None),
    ]
    assert found[1][0].get("uri") == BASE + "e/1/a.0123abcd.opus"
    assert found[1][1].attrib == {"type": "sri", "value": "sha384-b2s="}
    alone = etree.fromstring(pages_of(format_feed(show(), [one]))["feed.xml"])
    assert [e.get("type") for e in alone.findall(f".//{{{PODCAST}}}alternateEnclosure")] == ["audio/mpeg"]


def test_numbers_persons_licence_and_frequency_are_told_where_they_are_known() -> None:
    config = ShowConfig(
        title="番組", license="my-licence https://example.jp/l", updates="weekly", hub="https://hub.example.jp/"
    )
    one = replace(episode(1), season=2, number=3, persons=(("山岸", "author"), ("長谷", "guest")))
    root = etree.fromstring(pages_of(format_feed(replace(show(), config=config), [one]))["feed.xml"])
    item, channel = root.find("channel/item"), root.find("channel")
    assert item is not None
    assert channel is not None
    podcast = {"p": PODCAST, "i": "http://www.itunes.com/dtds/podcast-1.0.dtd", "a": "http://www.w3.org/2005/Atom"}
    assert [item.findtext(f"{n}:{t}", namespaces=podcast) for t in ("season", "episode") for n in "pi"] == list("2233")
    persons = [(p.text, p.get("role"), p.get("group")) for p in item.findall("p:person", podcast)]
    assert persons == [("山岸", "author", "writing"), ("長谷", "guest", "cast")]
    for node in (item, channel):
        licence = node.find("p:license", podcast)
        assert licence is not None
        assert (licence.text, licence.get("url")) == ("my-licence", "https://example.jp/l")
    frequency = channel.find("p:updateFrequency", podcast)
    assert frequency is not None
    assert frequency.get("rrule") == "FREQ=WEEKLY"
    assert [link.get("href") for link in channel.findall("a:link[@rel='hub']", podcast)] == [config.hub]
    bare = etree.fromstring(pages_of(format_feed(show(), [episode(1)]))["feed.xml"])
    assert not [e for e in bare.iter(f"{{{PODCAST}}}season", f"{{{PODCAST}}}person", f"{{{PODCAST}}}license")]


def test_an_article_keeps_its_number_and_its_guids_under_a_new_name() -> None:
    lock, (first,) = assign_slots(Lock(), "a.md", ["一"], DAY, "番組")
    lock, _ = assign_slots(lock, "b.md", ["二"], DAY, "番組")
    moved, (same,) = assign_slots(lock.renamed("a.md", "my-id"), "my-id", ["一"], DAY, "番組")
    assert same.guid == first.guid
    assert moved.numbers == {"my-id": 1, "b.md": 2}
    assert lock.renamed("a.md", "b.md") == lock


def test_a_lock_without_numbers_counts_articles_by_date(tmp_path: Path) -> None:
    lock, _ = assign_slots(Lock(), "z.md", ["一"], DAY, "番組")
    lock, _ = assign_slots(lock, "a.md", ["二"], DAY + timedelta(days=1), "番組")
    body = json.loads(format_lock(lock))
    del body["numbers"]
    (tmp_path / "lock.json").write_text(json.dumps(body), encoding="utf-8")
    assert read_lock(tmp_path / "lock.json").numbers == {"z.md": 1, "a.md": 2}


def test_files_go_when_nothing_has_named_them_for_a_time_of_grace(tmp_path: Path) -> None:
    folder, day = Folder(tmp_path), DAY.date()
    names = [
        "e/a/old.0123abcd.mp3",
        "e/a/new.0123abcd.mp3",
        "e/b/gone.0123abcd.vtt",
        "cover.0123abcd.jpg",
        "feed/3.xml",
    ]
    for name in [*names, "feed.xml", "e/a/.tmp-half"]:
        folder.write(name, b"x")
        os.utime(folder.path(name), (1, 1))  # how old a file is does not count
    waiting = folder.prune([names[1]], {}, day, 30)
    assert waiting == dict.fromkeys([names[0], *names[2:]], day)
    assert not folder.path("e/a/.tmp-half").exists()
    later = folder.prune([names[1], names[4]], waiting, day + timedelta(days=30), 30)
    assert set(later) == {names[0], names[2], names[3]}
    assert folder.prune([names[1], names[4]], later, day + timedelta(days=31), 30) == {}
    assert [name for name in names if folder.path(name).exists()] == [names[1], names[4]]
    assert not (tmp_path / "e" / "b").exists()
    assert folder.path("feed.xml").exists()


def test_no_two_episodes_show_the_same_title_and_each_keeps_its_own() -> None:
    lock, first = assign_slots(Lock(), "a.md", ["補足", "補足", "補足"], DAY, "番組", "橋の話")
    assert [s.shown for s in first] == ["補足", "補足（橋の話）", "補足（橋の話）（2）"]
    lock, second = assign_slots(lock, "b.md", ["補足"], DAY, "番組", "川の話")
    assert [s.shown for s in second] == ["補足（川の話）"]
    lock, again = assign_slots(lock, "b.md", ["補足"], DAY, "番組", "山の話")
    assert again == second
    _, retitled = assign_slots(lock, "a.md", ["まえがき", "補足", "補足"], DAY, "番組", "橋の話")
    assert [s.guid for s in retitled[1:]] == [s.guid for s in first[:2]]
    _, whole = assign_slots(lock, "a.md#article", ["補足"], DAY, "番組", "橋の話")
    assert [s.shown for s in whole] == ["補足"]  # never in one feed with the sections


def test_a_lost_lock_comes_back_from_its_copy_and_that_is_told(tmp_path: Path) -> None:
    lock, _ = assign_slots(Lock(), "a.md", ["一", "二"], DAY, "番組")
    path, copy = tmp_path / "briefing.lock.json", tmp_path / "copy.json"
    assert find_lock(path, copy) == (Lock(), ())
    copy.write_text(format_lock(lock), encoding="utf-8")
    found, (notice,) = find_lock(path, copy)
    assert found == lock
    assert "2 guids and dates (2025-05-01 to 2025-05-01)" in notice.message
    path.write_text(format_lock(Lock()), encoding="utf-8")
    assert find_lock(path, copy) == (Lock(), ())
