"""The title among what else stands above a text: mastheads, dates, who writes to whom, headings."""

from __future__ import annotations

import pytest

from briefing.model import Article, Kind, Role, Source
from briefing.script import find_structure

TITLE = "古い橋を渡る人たちの一日"
TEXT = "川は広い。橋は古い。渡る人がいる。"
BODY = ("", TEXT, "", "■春", TEXT, "", "■夏", TEXT, "", "■秋", TEXT)


def structure_of(*lines: str) -> Article:
    return find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt"))


MASTHEADS = (
    "川べり公民館だより　第45号", "川べり通信 Vol.12", "2025年5月号", "【広報かわべり】", "回覧", "連載　町の仕事場から", "編集部", "報道関係者各位", "No.31",
    "PRESS RELEASE", "お知らせ", "第8回", "市民活動センター　機関紙", "暮らしと道具の雑誌「てまひま」", "文書番号：生学第112号", "特集", "全会員に回覧してください",
    "川原町のみなさまへ", "川原町内会　会長　戸張", "交通安全課　主任　森（38歳）", "2025年5月1日", "座談会",
)  # fmt: skip


@pytest.mark.parametrize("gap", [(), ("",)], ids=["close", "apart"])
@pytest.mark.parametrize("masthead", MASTHEADS)
def test_what_stands_above_the_title_is_none(masthead: str, gap: tuple[str, ...]) -> None:
    found = structure_of(masthead, *gap, TITLE, *BODY)
    assert found.title == TITLE
    assert found.roles[0] is Role.META
    assert [s.title for s in found.sections] == [None, "春", "夏", "秋"]


BELOW = ("2025年5月1日", "文：森 一郎", "森 一郎（橋守り）", "川べりの会　代表　森 一郎", "発行：川べりの会", "～渡り守りの話～", "〒000-0000　川原町", "出席　三名", "By Mori")  # fmt: skip


@pytest.mark.parametrize("below", BELOW)
def test_what_stands_below_the_title_is_none(below: str) -> None:
    assert structure_of(TITLE, below, *BODY).title == TITLE


LETTERS = (
    ("回覧", "令和７年５月１１日", "川原町三丁目のみなさまへ", "川原町三丁目町内会　会長　戸張（左官業）"),
    ("令和6年11月18日", "交通安全課長　殿", "交通安全課　主任　羽生（38歳）"),
    ("７川土第１８４号", "令和７年９月１２日", "区道　沿道の皆様", "川原区土木部道路管理課長"),
    ("報道関係者各位", "2025年4月1日", "川べり食品株式会社"),
)


@pytest.mark.parametrize("title", ["橋の泥上げのお願いについて", "橋の通行止めのお知らせ", "出張報告書（橋の視察）"])
@pytest.mark.parametrize("head", LETTERS)
def test_a_letters_title_stands_below_who_writes_to_whom(head: tuple[str, ...], title: str) -> None:
    assert structure_of(*head, title, *BODY).title == title


ONLY = ("川べり公民館だより　第45号", "川べり通信 Vol.12", "よくある質問", "よくある質問｜川べりの橋", "Q&A｜橋を渡る方へ", "議事録", "橋の会　2月例会議事録")  # fmt: skip


@pytest.mark.parametrize("title", ONLY)
def test_the_title_of_an_issue_is_better_than_who_and_when(title: str) -> None:
    assert structure_of(title, "2025年5月1日", "発行：川べりの会", *BODY).title == title


MARKED = ("■{}", "◆ {}", "★ {} ★", "【{}】", "≪{}≫", "《{}》")


@pytest.mark.parametrize("form", MARKED)
def test_a_title_loses_its_mark(form: str) -> None:
    lines = [line for text in BODY for line in ([text.replace("■", "▼")])]
    assert structure_of(form.format(TITLE), "2025年5月1日", *lines).title == TITLE


@pytest.mark.parametrize("head", ["■はじめに", "■ごあいさつ", "■置く場所", "■読者のみなさまへ"])
def test_the_first_heading_is_no_title(head: str) -> None:
    found = structure_of("橋の置き方", "", head, TEXT, *BODY[2:])
    assert found.title == "橋の置き方"
    assert found.sections[0].title == head[1:]


def test_a_text_of_lists_has_its_title_on_top() -> None:
    rows = ("・水を二本", "・懐中電灯", "・傘")
    found = structure_of("袋の中身", "", "■まず入れるもの", *rows, "", "■あると助かるもの", *rows)
    assert found.title == "袋の中身"
    assert [s.title for s in found.sections] == ["まず入れるもの", "あると助かるもの"]


POLITE = (
    "森：橋は古いですか。",
    "谷：古いです。石でできています。",
    "森：川はどうですか。",
    "谷：広いです。渡る人もいます。",
)


@pytest.mark.parametrize(
    "last", ["録音を止めたあとも話は続いた。", "森さんの手は、橋の石のようだった。", "二人は橋へ戻っていった。"]
)
def test_a_line_in_the_style_of_the_opening_ends_the_talk(last: str) -> None:
    talk = [line for head in ("春", "夏") for line in (f"■{head}", *POLITE)]
    found = structure_of(TITLE, "", "橋のたもとで二人に話してもらった。", *talk, last)
    assert [s.kind for s in found.sections] == [Kind.INTRO, Kind.QA, Kind.QA, Kind.OUTRO]


def test_a_polite_line_goes_on_with_the_talk() -> None:
    talk = [line for head in ("春", "夏") for line in (f"■{head}", *POLITE)]
    found = structure_of(TITLE, "", "橋のたもとで二人に話してもらった。", *talk, "渡る人は減りました。")
    assert found.roles[-1] is Role.TURN


@pytest.mark.parametrize("form", ["A. {}", "A．{}"])
def test_lettered_headings_answer_nothing(form: str) -> None:
    names = ("橋のこと", "川のこと", "石のこと")
    heads = [f"{form.replace(form[0], letter).format(name)}" for letter, name in zip("ABC", names, strict=True)]
    lines = [line for n, head in enumerate(heads) for line in ("", head, "", f"Q{n + 1}　橋は古いですか。", "古いです。石でできています。")]  # fmt: skip
    found = structure_of("橋の質問", "", "よく聞かれることを集めました。", "", "目次", *heads, *lines)
    assert len(found.qa_pairs) == len(names)


def test_where_to_turn_makes_no_questions_of_headings() -> None:
    heads = ("なぜ泥を上げるのか", "日時と持ち物", "「橋の番」を募集します", "お金はいただきません")
    lines = [line for head in heads for line in ("", head, "　橋は古いので、泥を上げます。皆で渡ります。")]
    found = structure_of("橋の泥上げのお願い", "", "新緑の候、お変わりなくお過ごしのことと存じます。", *lines, "", "申込み・問い合わせ", "電話　000-000-0000")  # fmt: skip
    assert found.qa_pairs == ()
    assert [s.title for s in found.sections] == [None, *heads, "申込み・問い合わせ"]


def test_dashes_ask_whatever_ends_the_question() -> None:
    asked = (
        "――きっかけは？",
        "",
        "橋守りの話を聞いたんです。",
        "",
        "――橋は古いですか。",
        "",
        "古いです。石でできています。",
        "",
    )
    lines = [
        line for head in ("人の橋から石の橋へ", "渡る人を増やす", "捨てられる石のこと") for line in (head, "", *asked)
    ]
    found = structure_of(TITLE, "", "橋守りに話を聞いた。", "", *lines)
    assert len(found.qa_pairs) == 6
    assert len(found.sections) == 4


@pytest.mark.parametrize(
    "line", ["……………切り取り線……………", "－－－－キリトリ－－－－", "✂ ‐ ‐ ‐".replace("✂ ", "- "), "──── 切取線 ────"]
)
def test_where_to_cut_divides(line: str) -> None:
    assert structure_of(TITLE, *BODY, line, "橋の番　やる・やらない").roles[len(BODY) + 1] is Role.DIVIDER
