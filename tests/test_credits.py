"""No episode is published without the credits that its voices demand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from briefing.config import ShowConfig
from briefing.errors import PublishError
from briefing.pipeline.episodes import hold_credits
from briefing.publish.feed import Show, format_feed, shown_notes
from tests.publish.test_feed import BASE, DAY, episode

CREDITS = ("VOICEVOX:ずんだもん", "VOICEVOX:四国めたん", "A & B <声>")


def test_time_stamps_make_room_for_credits() -> None:
    many = tuple((float(n), n + 1.0, f"とても長い章の題その{n}") for n in range(300))
    long = replace(episode(1), chapters=many, credits=CREDITS, published=DAY)
    notes = shown_notes(long)
    assert len(notes.encode()) <= 4000
    assert notes.endswith("</ul><p>VOICEVOX:ずんだもん</p><p>VOICEVOX:四国めたん</p><p>A &amp; B &lt;声&gt;</p>")
    hold_credits(long)
    feed = next(format_feed(Show(ShowConfig(), "guid", BASE, "cover.jpg"), [long])).content.decode()
    assert "VOICEVOX:四国めたん" in feed


def test_an_episode_whose_notes_cannot_show_a_credit_is_refused() -> None:
    crowd = tuple(f"とても長い名前の声の会の朗読者その{n}" for n in range(100))
    with pytest.raises(PublishError, match="without a credit") as told:
        hold_credits(replace(episode(1), credits=crowd))
    assert told.value.exit_code == 6
    assert crowd[0] not in told.value.message
