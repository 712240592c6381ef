"""Transcripts: sentences whole again, speakers kept, sounds told; nothing that is said becomes a heading or is lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import pytest

from briefing.config import ScriptConfig
from briefing.model import Role
from briefing.script import find_structure, narrate
from briefing.sources import read_bytes

VTT = """WEBVTT

NOTE 前置き

00:00:01.000 --> 00:00:03.000
<v 司会>これから始めます。

00:00:03.500 --> 00:00:05.000
<v.loud 佐藤><i>よろしく</i>お願いします。
"""
SRT = "1\n00:00:01,000 --> 00:00:02,000\n一行目です。\n\n2\n00:00:02,000 --> 00:00:03,000\n一行目です。\n二行目です。\n"
INTERVIEW = [
    ("聞き手", "お店を始めたきっかけを教えてください。"),
    ("森川", "もとは祖父が始めた店なんです。私は十年、まったく別の仕事をしていました。"),
    ("聞き手", "戻ってこられたのはいつですか。"),
    ("森川", "三年前の春です。最初は一か月だけのつもりでした。"),
]


def srt(rows: Sequence[str], step_s: int = 4) -> bytes:
    """Show each row for three of so many seconds."""
    times = (f"00:00:{n * step_s:02},000 --> 00:00:{n * step_s + 3:02},000" for n in range(len(rows)))
    return "".join(f"{n}\n{time}\n{row}\n\n" for n, (time, row) in enumerate(zip(times, rows, strict=True), 1)).encode()


def lines_of(content: bytes) -> list[str]:
    return [line for line in read_bytes(content, "talk.srt", "talk.srt").lines if line]


def cut(text: str, width: int) -> list[str]:
    return [text[at : at + width] for at in range(0, len(text), width)]


def test_a_transcript_keeps_its_speakers_and_places() -> None:
    vtt = read_bytes(VTT.encode(), "talk.vtt", "talk.vtt")
    assert vtt.lines == ("司会：これから始めます。", "佐藤：よろしくお願いします。")
    assert (vtt.places, vtt.speakers) == ((6, 9), ("司会", "佐藤"))
    assert read_bytes(SRT.encode(), "talk.srt", "talk.srt").lines == ("一行目です。", "二行目です。")


@pytest.mark.parametrize(
    "rows",
    [
        [f"<v {name}>{part}" for name, said in INTERVIEW for part in cut(said, 13)],
        [f"<v {name} (広報部)>{part}</v>" for name, said in INTERVIEW for part in cut(said, 9)],
        [f"{name}: {said}" for name, said in INTERVIEW],
        [("" if at else f"{name}：") + part for name, said in INTERVIEW for at, part in enumerate(cut(said, 12))],
    ],
    ids=["voices", "offices", "colons", "named once"],
)
def test_sentences_are_whole_and_know_who_says_them(rows: Sequence[str]) -> None:
    source = read_bytes(srt(rows), "talk.srt", "talk.srt")
    lines = [line for line in source.lines if line]
    assert all(line.endswith("。") for line in lines)
    turns = groupby((line.split("：") for line in lines), key=lambda pair: pair[0])
    assert [(name, "".join(said for _, said in turn)) for name, turn in turns] == INTERVIEW
    article = find_structure(source)
    assert article.speakers == ("聞き手", "森川")
    assert {role for role, line in zip(article.roles, source.lines, strict=True) if line} == {Role.TURN}


@pytest.mark.parametrize("opening", ["小川先生：", "<v 小川先生>"])
def test_one_who_speaks_alone_is_not_named_before_every_sentence(opening: str) -> None:
    rows = ["図書館の話をします。", "本屋は一軒でした。", "魚屋の主人が本を貸しました。"]
    source = read_bytes(srt([opening + row for row in rows]), "talk.srt", "talk.srt")
    assert [line for line in source.lines if line] == rows
    said = [line.text for chapter in narrate(find_structure(source), ScriptConfig()).chapters for line in chapter.lines]
    assert [row for row in rows if row not in said] == []


def test_without_full_stops_the_cues_punctuate() -> None:
    rows = [
        "皆さん こんにちは",
        "明治のはじめ",
        "この町には本を売る店が一軒しかありませんでした",
        "そこで",
        "魚屋の主人が",
    ]
    assert lines_of(srt(rows)) == [
        "皆さん、こんにちは。",
        "明治のはじめ、この町には本を売る店が一軒しかありませんでした。",
        "そこで、魚屋の主人が。",
    ]
    assert lines_of(srt(["はじめに", "歴史を見ます"], step_s=9)) == ["はじめに。", "歴史を見ます。"]


def test_rows_cut_by_width_are_joined_inside_words() -> None:
    text = "この町には図書館がありませんでしたので魚屋の主人が本を貸していたのです"
    assert lines_of(srt(cut(text, 5))) == [text + "。"]


def test_what_is_heard_but_not_said_is_told() -> None:
    source = read_bytes(
        srt(["[音楽]", "始めます。", "（拍手）", "♪～", "（そうですね）", "- はい。", "- いいえ。"]), "t.srt", "t.srt"
    )
    assert [line for line in source.lines if line] == ["始めます。", "（そうですね）", "はい。", "いいえ。"]
    assert [(each.line, each.reason) for each in source.left_out] == [(3, "sound"), (11, "sound"), (15, "sound")]


def test_marks_of_the_format_are_no_text() -> None:
    rows = ["{\\an8}R&amp;Dの<b>話</b>です。", "<ruby>生憎<rt>あいにく</rt></ruby>の雨でした。"]
    assert lines_of(srt(rows)) == ["R&Dの話です。", "{生憎|あいにく}の雨でした。"]


def test_words_before_a_colon_are_no_names_when_few() -> None:
    rows = ["今日の話です。", "目的：本を増やすこと。", "次に進みます。", "目的：人を増やすこと。", "終わります。"]
    source = read_bytes(srt(rows), "talk.srt", "talk.srt")
    assert (source.speakers, [line for line in source.lines if line]) == ((), rows)
