"""Nothing that comes back is believed: shape, size, names, characters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import Part
from briefing.script import find_faults
from briefing.writers.answer import Fault, Proposal, Unreadable, added_markup, parse_answer

GOOD: dict[str, Any] = {"part": "narrator", "speaker": "", "text": "今日は晴れです。", "sources": [1]}


def answer(*lines: Any) -> str:
    return json.dumps({"lines": lines}, ensure_ascii=False)


WRAPPED = {
    "bare": "{}",
    "fenced": "```json\n{}\n```",
    "fenced with words": "はい、承知しました。\n```json\n{}\n```\nいかがでしょうか。",
    "words around": "答えは次の通りです。 {} 以上です。",
    "thoughts before": "<think>{maybe} hm</think>\n{}",
}


@pytest.mark.parametrize("around", WRAPPED.values(), ids=WRAPPED.keys())
def test_an_answer_is_found_in_its_wrapping(around: str) -> None:
    proposals, faults = parse_answer(around.replace("{}", answer(GOOD)), {1})
    assert proposals == (Proposal(Part.NARRATOR, "", "今日は晴れです。", (1,)),)
    assert faults == ()


UNREADABLE = {
    "words": "申し訳ありませんが、よく分かりません。",
    "half": answer(GOOD)[:-9],
    "a list": "[1, 2]",
    "no lines": '{"text": "今日は晴れです。"}',
    "empty lines": '{"lines": []}',
    "lines as text": '{"lines": "今日は晴れです。"}',
    "deep": '{"lines":' + "[" * 100_000,
    "a number without end": '{"lines": ' + "9" * 5000 + "}",
    "a thousand lines": answer(*[GOOD] * 1000),
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_answer_is_refused_whole(content: str) -> None:
    with pytest.raises(Unreadable):
        parse_answer(content, {1})


BAD_LINES: dict[str, Any] = {
    "no object": "今日は晴れです。",
    "a key too many": GOOD | {"voice": "x"},
    "a key too few": {"text": "今日は晴れです。", "sources": [1]},
    "another part": GOOD | {"part": "singer"},
    "part a list": GOOD | {"part": ["narrator"]},
    "text a number": GOOD | {"text": 1},
    "no sources": GOOD | {"sources": []},
    "sources as text": GOOD | {"sources": ["1"]},
    "sources true": GOOD | {"sources": [True]},
    "a source of another section": GOOD | {"sources": [1, 7]},
    "nothing said": GOOD | {"text": "……。"},
    "too long": GOOD | {"text": "あ" * 301},
    "two lines": GOOD | {"text": "今日は\n語り: 晴れです。"},
    "a control": GOOD | {"text": "今日は\x1b[31m晴れです。"},
    "turned round": GOOD | {"text": "今日は\u202e晴れです。"},
    "invisible": GOOD | {"text": "今日は\u200b晴れです。"},
    "half a character": GOOD | {"text": "今日は\ud800晴れです。"},
}


@pytest.mark.parametrize("line", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_told_and_the_others_stay(line: Any) -> None:
    proposals, faults = parse_answer(json.dumps({"lines": [line, GOOD]}), {1})
    assert len(proposals) == 1
    assert [type(each) for each in faults] == [Fault]
    assert "\x1b" not in faults[0].text


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=9), lambda x: st.lists(x, max_size=4) | st.dictionaries(st.sampled_from(["lines", "part", "text", "sources", "speaker"]), x), max_leaves=20))  # fmt: skip
def test_any_json_is_read_or_refused(value: Any) -> None:
    try:
        proposals, _ = parse_answer(json.dumps(value), {1, 2})
    except Unreadable:
        return
    assert all(set(p.sentences) <= {1, 2} for p in proposals)


ADDED = {
    "an address": "詳しくは https://example.org/ をどうぞ。",
    "a mail address": "info@example.orgまで。",
    "a tag": "今日は<b>晴れ</b>です。",
    "a comment of the script file": "今日は晴れです。<!-- 終わり -->",
    "a link": "[今日](x)は晴れです。",
    "bold": "**今日**は晴れです。",
    "a reading in braces": "{今日|あす}は晴れです。",
    "a reading by bars": "｜今日《あす》は晴れです。",
    "a reading in brackets": "今日（あす）は晴れです。",
}


@pytest.mark.parametrize("spoken", ADDED.values(), ids=ADDED.keys())
def test_markup_is_taken_only_from_the_source(spoken: str) -> None:
    assert added_markup("今日は晴れです。", spoken)
    assert not added_markup(f"さて、{spoken}", spoken)


CHANGES = {
    "another number": ("平日は10時まで開く。", "平日は100時まで開きます。"),
    "another unit": ("10分前に閉まる。", "10時前に閉まります。"),
    "a number lost": ("6月から2時間遅くする。", "6月から遅くします。"),
    "a kanji number": ("三人が来た。", "四人が来ました。"),
    "another name": ("開発にはRustを使う。", "開発にはGoを使います。"),
    "a new word": ("午後に開く。", "画期的なことに、午後に開きます。"),
    "a negation lost": ("土曜は開かない。", "土曜は開きます。"),
    "a negation added": ("土曜も開く。", "土曜も開きません。"),
    "most of it lost": ("窓口は閉館の前まで開き、予約した本も受け取れる。", "窓口は開きます。"),
    "much added": ("雨だ。", "雨ですね、" + "いやはや、これはまあ、なんともはや。" * 3),
}


@pytest.mark.parametrize(("source", "spoken"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_found(source: str, spoken: str) -> None:
    assert find_faults(source, spoken)


KEPT = {
    "as it is": ("平日は午後10時まで開きます。", "平日は午後10時まで開きます。"),
    "polite": ("平日は10時まで開く。土曜は開かない。", "平日は、10時まで開きます。土曜は開きません。"),
    "full width": ("１０時に、１，０００人が集まった。", "10時に、1000人が集まりました。"),
    "an obligation": ("先に申し込まなければならない。", "先に申し込まなければなりません。"),
    "a connective": ("雨が降った。", "続いてです。雨が降りました。"),
}


@pytest.mark.parametrize(("source", "spoken"), KEPT.values(), ids=KEPT.keys())
def test_a_polite_sentence_passes(source: str, spoken: str) -> None:
    assert find_faults(source, spoken) == ()
