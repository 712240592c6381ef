"""What was published is known again, packed; a file that lost a part is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from feedgen.feed import FeedGenerator
from tests.publish.test_feed import episode, pages_of, show

from briefing.errors import PublishError
from briefing.model import Episode
from briefing.pipeline.publishing import Full, changed_feed
from briefing.publish import feed
from briefing.publish.feed import Show, format_feed
from briefing.publish.folder import Folder
from briefing.publish.state import State, read_state, state_path, to_entry, write_state


def some_state() -> State:
    first = replace(episode(1, "橋\tの\n話"), persons=(("山岸", "author"),), credits=("声: 誰か",))
    entries = (replace(to_entry(first, "a1"), page="b2"), to_entry(episode(2), "c3"))
    return State({entry.guid: entry for entry in entries}, {"e/1/old.mp3": date(2025, 5, 1)}, ((2, "d4"),))


def test_what_was_published_is_known_again(tmp_path: Path) -> None:
    path, state = state_path(tmp_path), some_state()
    write_state(path, state)
    assert read_state(path) == state
    assert read_state(path).entries["guid-2"].episode == episode(2)
    assert read_state(tmp_path / "none") == State()


@pytest.mark.parametrize("lost", ["guid-2", "tab", "retired"])
def test_a_damaged_state_is_told(tmp_path: Path, lost: str) -> None:
    path = state_path(tmp_path)
    write_state(path, some_state())
    head, first, second = path.read_text(encoding="utf-8").splitlines()
    damaged = {"guid-2": [head, first], "tab": [head, first, second.replace("\t", "")], "retired": ["{}", first]}
    path.write_text("\n".join(damaged[lost]), encoding="utf-8")
    with pytest.raises(PublishError, match="cannot be read"):
        read_state(path)


def test_a_page_of_a_long_feed_is_given_before_the_next_is_begun() -> None:
    numbers = count()
    path, *_ = next(format_feed(show(), (episode(next(numbers)) for _ in range(2000))))
    assert (path, next(numbers) < 1000) == ("feed/2.xml", True)


def test_pages_that_stand_are_let_alone_and_the_feed_is_that_of_a_new_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PER_PAGE", 30)
    monkeypatch.setattr(feed, "_FULL_ITEMS", 20)
    folder, add_item = Folder(tmp_path), feed._add_item
    full: Full = ()
    made: list[str] = []

    def adding(to: FeedGenerator, of: Show, each: Episode) -> None:
        made.append(each.guid)
        add_item(to, of, each)

    old = [to_entry(episode(number), "") for number in range(101)]
    other = [*old[:35], to_entry(episode(35, "改題"), ""), *old[36:]]
    steps = {
        "all": (old[:100], 100),
        "one more": (old, 41),
        "one retitled": (other, 81),
        "newer ones gone": (other[:60], 40),
        "a page damaged": (old, 101),
    }
    for told, (entries, expected) in steps.items():
        if told == "a page damaged":
            folder.path("feed/2.xml").write_text("<rss/>")
        made.clear()
        with monkeypatch.context() as watched:
            watched.setattr(feed, "_add_item", adding)
            names, changed, full = changed_feed(show(), folder, entries, full)
        for path, content in changed.items():
            folder.write(path, content)
        fresh = pages_of(format_feed(show(), [entry.episode for entry in entries]))
        assert ({name: folder.path(name).read_bytes() for name in names}, len(made)) == (fresh, expected), told
