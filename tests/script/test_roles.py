"""Roles that lines have among others: what is heard in a talk, who signs, notes and their labels."""

from __future__ import annotations

import pytest

from briefing.model import Kind, Role, Source
from briefing.script import find_structure

TEXT = "川は広い。橋は古い。"
NOT_READ = (Role.META, Role.PROMO, Role.LINK)


def roles_of(*lines: str, name: str = "a.txt") -> tuple[Role, ...]:
    return find_structure(Source(name, "\n".join(lines), "utf-8", name)).roles


HEARD = ("（笑）", "（一同笑い）", "（会場、笑い）", "（拍手）", "（会場、どよめき）", "（沈黙）", "［拍手］", "〔一同、うなずく〕", "(爆笑)", "（しばらく考えて）", "（橋のほうを見る）", "（笑い）")  # fmt: skip
CREDITS = ("（聞き手：森）", "（構成・文　谷）", "（2025年3月、喫茶店にて）", "（写真：橋の上）", "（文＝森）")


@pytest.mark.parametrize("heard", HEARD)
def test_what_is_heard_between_turns_is_told(heard: str) -> None:
    found = roles_of(
        "川の座談会", "", TEXT, "", "森：橋は古いですか。", "谷：古いです。", heard, "森：川は。", "谷：広いです。"
    )
    assert found[6] not in NOT_READ


@pytest.mark.parametrize("credit", CREDITS)
def test_who_made_a_talk_is_not_told(credit: str) -> None:
    found = roles_of(
        "川の座談会", "", TEXT, "", "森：橋は古いですか。", "谷：古いです。", "森：川は。", "谷：広いです。", credit
    )
    assert found[8] in (*NOT_READ, Role.NOTE)


def test_laughter_behind_the_last_turn_closes_nothing() -> None:
    lines = ("川の座談会", "", TEXT, "", "■春", "森：橋は古いですか。", "谷：古いです。", "", "■夏", "森：川は。", "谷：広いです。", "（拍手）")  # fmt: skip
    found = find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt"))
    assert [s.kind for s in found.sections] == [Kind.INTRO, Kind.QA, Kind.QA]
