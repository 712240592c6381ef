"""Lines that lead elsewhere, and the titles above them."""

from __future__ import annotations

import pytest

from briefing.model import Role, Source
from briefing.script import find_structure

TEXT = "川は広い。橋は古い。"


def roles_of(*lines: str) -> tuple[Role, ...]:
    return find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt")).roles


TITLES = ("会議を15分早く終える会社", "「雑談の時間」をやめた話", "8月23日　苗畑の草取り（昼食付き）", "盛りの朝、5時間をそのまま撮った映像", "川の数え方 | 川の友", "橋を渡る？", "Rust で書く橋")  # fmt: skip


@pytest.mark.parametrize("note", [(), ("三分で読めます。",), ("",), ("短い記録です。長くはありません。", "")])
@pytest.mark.parametrize("last", TITLES)
def test_titles_above_addresses_are_a_list_without_any_mark(last: str, note: tuple[str, ...]) -> None:
    rows = [line for n, t in enumerate((*TITLES[:2], last)) for line in (t, f"https://example.jp/{n}", *note)]
    found = roles_of("川の便り", "", TEXT, "", "■春", TEXT, "", "■今週の三つ", "", *rows, "", "■夏", TEXT)
    step = 2 + len(note)
    least = 3 if last != "橋を渡る？" else 0  # what asks may as well be a sentence
    assert found[9 : 9 + 3 * step : step].count(Role.LIST) >= least


@pytest.mark.parametrize(
    "call", ["お申し込みはこちら", "くわしくは、こちらから", "登録", "配信の停止", "予約フォーム", "応募はここから▼"]
)
def test_calls_above_addresses_are_no_titles(call: str) -> None:
    rows = [line for n in range(3) for line in (TEXT, call, f"https://example.jp/{n}")]
    assert Role.LIST not in roles_of("川の便り", "", TEXT, "", "■春", *rows, "", "■夏", TEXT)


def test_a_single_name_above_its_address_is_no_list() -> None:
    assert Role.LIST not in roles_of(
        "川の便り", "", TEXT, "", "■春", TEXT, "川の会の頁", "https://example.jp/", "", "■夏", TEXT
    )


@pytest.mark.parametrize("head", ["関連記事", "■関連リンク", "【あわせて読みたい】", "おすすめ記事", "▼過去の記事"])
@pytest.mark.parametrize("item", ["{}", "・{}", "【川】{}", "→ {}", "1{n}. {}"])
def test_titles_of_other_articles_at_the_end_are_links(head: str, item: str) -> None:
    rows = [
        item.format(t, n=n)
        for n, t in enumerate(("石の橋の渡り方を学ぶ", "川の名前はなぜ消えたか", "古い橋の数え方の話"))
    ]
    found = roles_of("川と橋を歩いた記録", "", TEXT, "", "■春", TEXT, "", "■夏", TEXT, "", head, *rows)
    assert set(found[11:]) <= {Role.LINK, Role.PROMO}
