"""What a page shows beside its running text: readings, notes and their marks, heads and numbers, columns."""

from __future__ import annotations

import pytest
from tests.sources.drawn import pdf, row

from briefing.model import Source
from briefing.sources import read_bytes

WIDE = "港の灯台は百年のあいだ船を導いてきたが、この春から灯りを"  # 28 letters: as wide as the columns below


def read(*pages: bytes) -> Source:
    return read_bytes(pdf(pages), "x.pdf", "x.pdf")


def lines_of(source: Source) -> list[str]:
    return [line for line in source.lines if line]


def told(source: Source) -> list[tuple[int, str]]:
    return [(dropped.line, dropped.reason) for dropped in source.left_out]


def test_a_reading_goes_to_the_word_below_it_wherever_it_is_drawn() -> None:
    after = row("古い灯台の話をする。", 50) + row("とうだい", 40, 5, 60)
    between = row("古い", 70) + row("とうだい", 60, 5, 60) + row("灯台の話をする。", 70, left=60)
    apart = row("海老名の竿。", 90) + row("えび", 80, 5, 45) + row("な", 80, 5, 62) + row("さお", 80, 5, 80)
    assert lines_of(read(after + between + apart)) == [
        "古い{灯台|とうだい}の話をする。",
        "古い{灯台|とうだい}の話をする。",
        "{海老名|えびな}の{竿|さお}。",
    ]


def test_readings_of_parts_of_a_word_are_taken_apart_only_where_they_leave_kanji_out() -> None:
    whole = row("国立図書館", 50) + row("こくりつ", 40, 5, 40) + row("としょかん", 40, 5, 61)
    parts = row("東京駅前", 70) + row("とうきょう", 60, 5, 38) + row("まえ", 60, 5, 70)
    assert lines_of(read(whole + parts)) == ["{国立図書館|こくりつとしょかん}", "{東京|とうきょう}駅{前|まえ}"]


def test_a_long_reading_leaves_no_gap_in_the_words_below_it() -> None:
    spread = row("高い", 50) + row("志", 50, left=67) + row("を", 50, left=84) + row("こころざし", 40, 5, 59)
    assert read(spread + row("抱く。", 50, left=94)).text == "高い{志|こころざし}を抱く。"


@pytest.mark.parametrize(
    ("reading", "left"),
    [("とうだい", 125), ("もり", 75), ("とうだいもりのいえのひとたちのはなしです", 40)],
    ids=["above kana", "inside a word", "longer than any word's"],
)
def test_a_reading_whose_word_is_not_plain_is_told(reading: str, left: float) -> None:
    source = read(row(reading, 40, 5, left) + row("その灯台守家に住むのは二人だった。", 50))
    assert source.text == "その灯台守家に住むのは二人だった。"
    assert told(source) == [(1, f"a reading whose word is not plain: {reading}")]


def test_small_kana_that_stand_above_no_word_stay() -> None:
    source = read(row("はじめに", 30, 6) + row("灯台の話", 60, 12) + row("古い灯台の話をする。", 90))
    assert "はじめに" in source.text
    assert not source.left_out


def raised(text: str, top: float, left: float) -> bytes:
    return row(text, top - 3, 6, left)


def test_marks_of_notes_are_no_text_but_powers_and_counts_are() -> None:
    marked = row("灯台である", 50) + raised("12", 50, 90) + row("。古い", 50, left=96)
    higher = row("灯台である", 70) + row("＊3", 64, 6, 90) + row("。古い", 70, left=99)
    power = row("広さは9", 90) + row("m", 90, left=75) + raised("2", 90, 80) + row("である。", 90, left=84)
    count = row("広さの", 110) + raised("1", 110, 70) + row("/3である。", 110, left=74)
    browser = row("水", 130) + row("の量は", 130, left=50) + row("(3)", 126, 8.3, 80) + row("別だ。", 130, left=90)
    source = read(marked + higher + power + count + browser)
    assert lines_of(source) == [
        "灯台である。古い",
        "灯台である。古い",
        "広さは9m2である。",
        "広さの1/3である。",
        "水の量は別だ。",
    ]
    assert told(source) == [(1, "marks of notes: ＊3 12 (3)")]


FOOT = [
    row(WIDE, 50) + row("落とす。" + WIDE[:24], 65) + raised("1", 65, 320)
    + row("1) 高さは九メートルあり、土台は", 480, 8) + row("石である。", 490, 8) + row("（注2）役場の記録が途中まで残って", 500, 8),
    row("続く文です（注3）。", 50) + row("いる。", 490, 8) + row("注3　口伝による。", 500, 8) + row("図1 灯台", 400, 8),
]  # fmt: skip


def test_notes_at_the_foot_come_after_the_paragraph_that_goes_on_overleaf() -> None:
    source = read(FOOT[0].replace(row(WIDE, 50), row("灯台（注2）。" + WIDE[:21], 50)), FOOT[1])
    assert lines_of(source) == [
        "灯台（注2）。" + WIDE[:21] + "落とす。" + WIDE[:24] + "続く文です（注3）。",
        "注1：高さは九メートルあり、土台は石である。",
        "注2：役場の記録が途中まで残っている。",
        "図1 灯台",
        "注3：口伝による。",
    ]


def test_small_rows_at_the_foot_that_no_mark_names_stay_in_place() -> None:
    page = row("初めの文です。", 50) + row("1) 雨の日は休む。", 480, 8)
    assert lines_of(read(page, row("次の文です。", 50))) == ["初めの文です。", "1) 雨の日は休む。", "次の文です。"]


def body(page: int) -> bytes:
    return row(f"{page}人の{WIDE[3:]}", 80) + row(f"落とすことにした{page}年。", 95) + row(f"家は{page}軒。", 110)


@pytest.mark.parametrize(
    "number",
    ["1ページ∕全2ページ", "- 1 -", "― 一 ―", "1 / 2", "p. 1", "Page 1 of 2", "（一）", "(57)", "1"],
)
def test_page_numbers_in_any_form_are_told(number: str) -> None:
    following = number.replace("1", "2", 1).replace("一", "二").replace("57", "58")
    source = read(body(1) + row(number, 580, 8), body(2) + row(following, 580, 8))
    assert source.text == read(body(1), body(2)).text
    assert [line for line, _ in told(source)] == [1, 2]


@pytest.mark.parametrize(
    ("foot", "is_number"),
    [("- 7 -", True), ("7ページ", True), ("1 / 1", True), ("11/29", False), ("7", False), ("（一）", False)],
)
def test_on_a_single_page_only_what_is_plainly_a_page_number_is_left_out(foot: str, is_number: bool) -> None:
    source = read(body(1) + row(foot, 580, 8))
    assert (foot not in source.text) is is_number
    assert told(source) == ([(1, f"the number of a page: {foot}")] if is_number else [])


def test_what_a_browser_prints_around_a_single_page_is_told() -> None:
    date, address = "2026/11/29 2:16 灯台の話", "https://example.jp/a 1/1"
    text = body(1) + row(WIDE, 140)
    source = read(row(date, 20, 6) + text + row(address, 585, 6))
    assert source.text == read(text).text
    assert told(source) == [(1, f"printed by the browser: {each}") for each in (address, date)][::-1]


def test_heads_that_change_from_page_to_page_are_told() -> None:
    source = read(row("第七回 灯台", 30, 8, 250) + body(1), row("海の講座", 30, 8) + body(2))
    assert told(source) == [
        (1, "apart at the edge of pages: 第七回 灯台"),
        (2, "apart at the edge of pages: 海の講座"),
    ]


def test_a_head_on_few_of_many_pages_is_told_and_captions_at_the_foot_stay() -> None:
    beside = {7: row("付録", 30, 8), 8: row("付録", 30, 8), 3: row("図1 灯台", 580, 8), 4: row("図2 港", 580, 8)}
    source = read(*[beside.get(page, b"") + body(page) for page in range(1, 11)])
    assert told(source) == [(page, "repeated at the edge of pages: 付録") for page in (7, 8)]


def column(top: float, left: float, *texts: str) -> bytes:
    return b"".join(row(text, top + 15 * n, left=left) for n, text in enumerate(texts))


LEFT = (
    "　灯台は百年のあいだ船を導い",
    "てきたが、この春からは灯りを",
    "落とすことに決まったという。",
    "　守る人の家は港の坂の上に残",
    "ることになり、船の形の看板を",
)
RIGHT = ("掛けて宿屋になるのだという。", "夏には客を迎える支度をする。", "　宿屋の名はまだ決まらない。", "　海の見える窓が三つもある。")  # fmt: skip
READ = [
    "灯台は百年のあいだ船を導いてきたが、この春からは灯りを落とすことに決まったという。",
    "守る人の家は港の坂の上に残ることになり、船の形の看板を掛けて宿屋になるのだという。夏には客を迎える支度をする。",
    "宿屋の名はまだ決まらない。",
    "海の見える窓が三つもある。",
]


def test_columns_are_read_from_the_left_whatever_is_drawn_first() -> None:
    title = row("灯台と宿屋", 60, 18)
    left, right = column(100, 40, *LEFT), column(100, 220, *RIGHT)
    assert lines_of(read(title + left + right)) == ["# 灯台と宿屋", *READ]
    assert lines_of(read(right + left + title)) == ["# 灯台と宿屋", *READ]


def test_a_paragraph_whose_sentence_ends_with_the_page_goes_on_if_others_are_indented() -> None:
    first, second = column(100, 40, *LEFT[:3]), column(50, 40, *RIGHT)
    assert lines_of(read(column(60, 40, *LEFT[3:]) + first, second))[1] == "".join([*LEFT[:3], *RIGHT[:2]]).strip("　")


def test_a_narrow_column_below_wide_text_and_a_heading_is_joined() -> None:
    wide = row("その町には灯台があり、船を導くのは灯台を守る二人だという。", 70) + row("灯台守の話", 90, 14)
    narrow = ["灯台は百年のあいだに船を導い", "てきたが、この春からは灯りを", "つけずに過ごすと決めたという"]
    assert lines_of(read(wide + column(110, 40, *narrow)))[-1] == "".join(narrow)


def test_items_that_end_sentences_stay_apart_where_paragraphs_are_indented() -> None:
    items = ["雨の日は灯台の階段で休む。", "風の日は港の小屋で待つ。"]
    text = column(60, 40, *(f"　{WIDE[:-1]}", "落とすことになった。") * 3)
    assert lines_of(read(text + column(160, 60, *items)))[-2:] == items


def test_rows_of_a_table_and_quotations_in_a_row_are_not_joined() -> None:
    rows = ["トマト 五月 七月 22 雨で割れた実が多い", "さつまいも 五月 十月 14 つるばかり伸びた", "「待つのは少しもかまわない」（七十代）", "「塾の帰りの予約でもいい」（高校二年）"]  # fmt: skip
    assert lines_of(read(column(50, 40, *rows))) == rows


def test_letters_spread_over_a_row_stand_close_again() -> None:
    source = read(row("閉 ま っ た 店 の 割 合 が 高 い", 50) + row("月 火 水 木 金 土 日", 80))
    assert lines_of(source) == ["閉まった店の割合が高い", "月 火 水 木 金 土 日"]
