"""A feed as a source: what is new since the last render, nothing lost when a run fails, nothing taken twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import feedparser
import pytest

from briefing.config import Config, RenderConfig
from briefing.errors import PublishError
from briefing.pipeline.feeds import remember_items
from briefing.pipeline.finding import find_sources
from briefing.sources import read_source, remember_origin
from tests.conftest import Run


def item(day: int, **changed: str) -> dict[str, str]:
    body = {"content_html": f"<p>{day}日の記事の本文です。</p>"}
    return {
        "id": f"id-{day}",
        "title": f"{day}日の記事",
        "date_published": f"2025-05-{day:02}T08:00:00+09:00",
        **body,
        **changed,
    }


def write_feed(folder: Path, items: Sequence[dict[str, str]]) -> str:
    file = folder / "news.json"
    file.write_text(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "港", "items": list(items)}),
        encoding="utf-8",
    )
    return str(file)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(cache_dir=tmp_path / "cache", render=RenderConfig(output=str(tmp_path / "output"), feed_items=3))


def titles_of(paths: Sequence[Path]) -> list[str]:
    return [read_source(path).meta["title"] for path in paths]


def test_at_first_sight_only_the_newest_items_are_new_and_the_rest_is_told(tmp_path: Path, config: Config) -> None:
    told: list[str] = []
    found = find_sources([write_feed(tmp_path, [item(day) for day in range(1, 8)])], config, told.append)
    assert titles_of(found) == ["5日の記事", "6日の記事", "7日の記事"]
    assert "4 older items are left out" in told[0]
    assert read_source(found[0]).meta["date"].startswith("2025-05-05")
    assert "5日の記事の本文です。" in read_source(found[0]).text


def test_items_stay_new_until_a_render_is_done(tmp_path: Path, config: Config) -> None:
    feed = write_feed(tmp_path, [item(day) for day in range(1, 8)])
    first = find_sources([feed], config)
    assert find_sources([feed], config) == first
    remember_items(config, first)
    told: list[str] = []
    assert find_sources([feed], config, told.append) == []
    assert told == [f"{feed}: nothing new"]


def test_what_came_since_is_taken_the_oldest_first_and_none_is_lost(tmp_path: Path, config: Config) -> None:
    first = find_sources([write_feed(tmp_path, [item(1)])], config)
    remember_items(config, first)
    feed = write_feed(tmp_path, [item(day) for day in range(1, 8)])
    told: list[str] = []
    seen = []
    while found := find_sources([feed], config, told.append):
        seen.append(titles_of(found))
        remember_items(config, found)
    assert seen == [["2日の記事", "3日の記事", "4日の記事"], ["5日の記事", "6日の記事", "7日の記事"]]
    assert "3 newer items are left for the next run" in told[0]


def test_an_item_is_known_by_its_own_name_not_by_its_place_or_words(tmp_path: Path, config: Config) -> None:
    first = find_sources([write_feed(tmp_path, [item(1), item(2)])], config)
    remember_items(config, first)
    changed = [item(3), item(2, title="直した題"), item(1, content_html="<p>直した文。</p>")]
    assert titles_of(find_sources([write_feed(tmp_path, changed)], config)) == ["3日の記事"]


def test_an_item_that_cannot_be_had_is_told_and_stays_new(tmp_path: Path, config: Config) -> None:
    away = item(2, content_html="", url="http://127.0.0.1:9/away")
    picture = item(3, content_html="<img src='a.png'>")
    told: list[str] = []
    found = find_sources([write_feed(tmp_path, [item(1), away, picture])], config, told.append)
    assert titles_of(found) == ["1日の記事"]
    assert [text.split(":")[0] for text in told] == ["2日の記事", "3日の記事"]
    remember_items(config, found)
    again = write_feed(tmp_path, [item(1), item(2), picture])
    assert titles_of(find_sources([again], config)) == ["2日の記事"]


def test_an_item_without_content_is_read_from_its_page(
    tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_bytes("<title>別の題</title><article><p>頁の本文です。</p></article>".encode("euc_jp"))
    remember_origin(page, "https://example.jp/2", "euc-jp")
    monkeypatch.setattr("briefing.pipeline.feeds.fetch_page", lambda *_: page)
    feed = write_feed(tmp_path, [item(2, content_html="", url="https://example.jp/2")])
    source = read_source(find_sources([feed], config)[0])
    assert (source.origin, source.meta["title"], source.encoding) == ("https://example.jp/2", "2日の記事", "euc_jp")
    assert "頁の本文です。" in source.text


def test_a_damaged_memory_is_told_instead_of_publishing_everything_again(tmp_path: Path, config: Config) -> None:
    (tmp_path / "output" / ".briefing").mkdir(parents=True)
    (tmp_path / "output" / ".briefing" / "feeds.json").write_text("[", encoding="utf-8")
    with pytest.raises(PublishError, match="taken of feeds"):
        find_sources([write_feed(tmp_path, [item(1)])], config)


@pytest.mark.slow
def test_a_feed_renders_what_is_new_and_keeps_what_was_published(show: Path, run: Run) -> None:
    """One run fails at the network between: nothing is lost by it."""
    feed = write_feed(show, [item(1), item(2)])
    args = ("render", feed, "--voice", "tone", "--episode-per", "article", "--json", "-q")
    made = run(*args)
    assert [e["title"] for e in made.json["episodes"]] == ["1日の記事", "2日の記事"]
    write_feed(show, [item(1), item(2), item(3)])
    assert run(*args, "http://127.0.0.1:9/nothing").code == 2
    assert [e["title"] for e in run(*args).json["episodes"]] == ["3日の記事"]
    done = run(*args)
    assert (done.code, done.json["episodes"]) == (0, [])
    entries = feedparser.parse((show / "output" / "feed.xml").read_bytes()).entries
    assert [(e.title, e.published_parsed.tm_mday) for e in entries] == [
        ("3日の記事", 2),
        ("2日の記事", 1),
        ("1日の記事", 30),
    ]
    assert run("check").code == 0
