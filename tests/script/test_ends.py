"""How texts end: what comes next, who wrote, thanks; scenes; rows of a recipe."""

from __future__ import annotations

import pytest

from briefing.model import Article, Kind, Role, Source
from briefing.script import find_structure

TEXT = "川は広い。橋は古い。"
BODY = ("川と橋を歩いた一日の記録", "", TEXT, "", "■春", TEXT, "", "■夏", TEXT, "", "■秋", TEXT, "")


def structure_of(*lines: str) -> Article:
    return find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt"))


@pytest.mark.parametrize(
    "title",
    [
        "感想",
        "今後の対応",
        "今後の日程",
        "次節のお知らせ",
        "十一月の予定",
        "4月の予定",
        "半年たって",
        "三年経って",
        "次戦の案内",
    ],
)
def test_what_comes_after_it_all_closes(title: str) -> None:
    assert structure_of(*BODY, f"■{title}", TEXT).sections[-1].kind is Kind.OUTRO


@pytest.mark.parametrize("title", ["今後の展開", "十年後の川", "予定のない月", "次の橋", "川の感触", "月の予感"])
def test_what_is_told_to_the_end_does_not_close(title: str) -> None:
    assert structure_of(*BODY, f"■{title}", TEXT).sections[-1].kind is Kind.BODY


def test_an_opinion_before_the_last_words_does_not_close() -> None:
    found = structure_of(*BODY, "■所感", TEXT, "", "■今後の対応", TEXT)
    assert [s.kind for s in found.sections[-2:]] == [Kind.BODY, Kind.OUTRO]


WRITERS = (
    "こばやかわ・ふみ　料理家。港町の台所を主宰。", "森 一郎（もり・いちろう）　橋守り。1974年生まれ。", "森一郎　ライター。川の近くに住む。", "谷花子：イラストレーター。", "森 一郎／大工、三代目の棟梁。", "■森 一郎（橋守り）　川の会代表。",
)  # fmt: skip


@pytest.mark.parametrize("rest", [(), ("著書に『川の石』（川書房）。10月に新版が出ます。",)])
@pytest.mark.parametrize("writer", WRITERS)
def test_who_wrote_stands_behind_the_last_divider(writer: str, rest: tuple[str, ...]) -> None:
    found = structure_of(*BODY, "――――――――――", writer, *rest)
    assert found.sections[-1].kind is Kind.PROMO
    assert set(found.roles[14:]) <= {Role.META, Role.PROMO}


@pytest.mark.parametrize("last", ["橋の上　大工がいた。", "森さんは橋守り。三代目だ。", "春の川、夏の川、秋の人。"])
def test_what_is_told_behind_a_divider_names_no_writer(last: str) -> None:
    assert structure_of(*BODY, "――――――――――", last).roles[-1] is Role.PARA


THANKS = (
    "読んでくださって、ありがとうございました。",
    "最後まで読んでいただき、ありがとうございました。",
    "ここまで読んでくださりありがとうございます。",
)


@pytest.mark.parametrize("thanks", THANKS)
def test_thanks_behind_the_last_scene_promote(thanks: str) -> None:
    scenes = (TEXT, "", "＊", "") * 4
    found = structure_of("川の返事", "", *scenes, thanks, "スキを押していただけると励みになります。", "#川 #橋")
    assert [s.kind for s in found.sections] == [Kind.INTRO, Kind.BODY, Kind.BODY, Kind.OUTRO, Kind.PROMO]


@pytest.mark.parametrize("row", ["48.6.3　○", "3-0　×", "1,200", "○　×　○", "12.5　13.0"])
def test_rows_without_a_word_head_nothing(row: str) -> None:
    scenes = (TEXT, "", "＊", "", TEXT, "", row, row.replace("3", "7"), "", TEXT, "", "＊", "")
    found = structure_of("川の返事", "", *scenes, TEXT)
    assert [s.title for s in found.sections] == [None] * 3


RECIPES = (("なす　5本（約400g）", "揚げ油　適量", "だし　300ml", "しょうが　1かけ"), ("卵…2個", "砂糖…大さじ3", "塩…少々"), ("小麦粉：200g", "卵：2個", "バター：50 g"))  # fmt: skip


@pytest.mark.parametrize("rows", RECIPES)
def test_what_a_dish_takes_is_a_list(rows: tuple[str, ...]) -> None:
    found = structure_of(*BODY, "■材料", *rows, "", "■作り方", TEXT)
    assert set(found.roles[14 : 14 + len(rows)]) == {Role.LIST}


@pytest.mark.parametrize(
    "rows",
    [("1位　川の会　　勝点12", "2位　橋の会　　勝点9", "3位　石の会　　勝点7"), ("長さ　200m", "幅　12m", "重さ　40t")],
)
def test_ranks_and_measures_are_tables(rows: tuple[str, ...]) -> None:
    found = structure_of(*BODY, "■橋", *rows, "", "■川", TEXT)
    assert set(found.roles[14:17]) == {Role.TABLE}


def test_a_day_in_turn_is_no_contents_though_headings_take_it_up() -> None:
    day = ("1. 近況（10分）", "2. 例文の読みくらべ（30分）", "3. 書きかえの実習（40分）", "4. 橋の上の散歩（10分）")
    heads = ("例文の読みくらべ", "書きかえの実習", "橋の上の散歩")
    found = structure_of(
        "川の会", "", TEXT, "", "■今日の流れ", *day, *(line for h in heads for line in ("", f"■{h}", TEXT))
    )
    assert set(found.roles[5:9]) == {Role.LIST}


BARE = ("橋の上の店", "断ること、待つこと", "機械に任せるか、任せないか", "なぜ橋は落ちないのか")


@pytest.mark.parametrize(
    "above",
    [TEXT, "（編集室注：橋は直された）", "・石の橋", "橋守りは短く言った。「渡れるうちは渡るだけで、ほかに何もない」"],
)
@pytest.mark.parametrize("title", BARE)
def test_bare_headings_stand_close_below_text_notes_and_lists(title: str, above: str) -> None:
    lines = ("川の話", TEXT, TEXT, "春の川", TEXT, TEXT, "夏の川", TEXT, above, title, TEXT, TEXT, "冬の川", TEXT)
    assert [s.title for s in structure_of(*lines).sections] == [None, "春の川", "夏の川", title, "冬の川"]


DAYS = ("8月{}日（土）　くもり", "八月{k}日　雨", "2025年8月{}日", "8月{}日")


@pytest.mark.parametrize("form", DAYS)
def test_days_head_a_diary_without_blank_lines(form: str) -> None:
    days = [form.format(9 + n, k="一二三"[n]) for n in range(3)]
    found = structure_of("川の日記", TEXT, *(line for day in days for line in (day, TEXT, TEXT)))
    assert [s.title for s in found.sections] == [None, *days]


def test_days_told_in_a_text_head_nothing() -> None:
    found = structure_of("川の日記", TEXT, "8月9日に橋へ行った。", TEXT, "8月10日も行った。", TEXT)
    assert len(found.sections) == 1


@pytest.mark.parametrize("label", ["＜決議＞", "【決議事項】", "＜議決＞", "［決定事項］", "〈合意事項〉"])
def test_resolutions_are_notes_of_what_was_talked_about(label: str) -> None:
    talk = ("理事長：橋は古いですか。", "会計：古いです。")
    lines = ("川の会　議事録", "", TEXT, "", *(line for n, t in enumerate(("橋の件", "川の件"), 1) for line in (f"第{n}号議案　{t}", "", *talk, "", label, TEXT, "")))  # fmt: skip
    found = structure_of(*lines)
    assert [s.title for s in found.sections] == [None, "橋の件", "川の件"]
    assert found.roles.count(Role.NOTE_LABEL) == 2


def test_numbered_parts_of_a_bare_heading_lie_below_it() -> None:
    parts = [line for n, t in enumerate(("滞納", "収支", "点検"), 1) for line in ("", f"（{n}）{t}", TEXT)]
    found = structure_of("川の会　議事録", "", TEXT, "", "第1号議案　橋の件", "", TEXT, "", "第2号議案　川の件", "", TEXT, "", "報告事項", *parts, "", "次回の予定", "", TEXT)  # fmt: skip
    assert [s.title for s in found.sections] == [None, "橋の件", "川の件", "報告事項", "次回の予定"]
    assert [s.title for s in found.subheadings] == ["滞納", "収支", "点検"]


@pytest.mark.parametrize("seal", ["印", "㊞", "（印）"])
def test_who_seals_is_not_read(seal: str) -> None:
    found = structure_of(*BODY, f"議　長　　　　　　　　{seal}", f"署名人　　　　　　　　{seal}")
    assert found.roles[-2:] == (Role.META, Role.META)


@pytest.mark.parametrize("when", ["（9月27日）", "（１０月８日・土）", "（毎月10日）"])
def test_a_date_behind_a_title_leaves_it_a_heading(when: str) -> None:
    lines = [line for t in ("運動会の手伝い", "ベルマークの集計", "給食の試食会") for line in ("", t + when, TEXT)]
    found = structure_of("川の小学校　活動報告", "", TEXT, *lines)
    assert len(found.sections) == 4
