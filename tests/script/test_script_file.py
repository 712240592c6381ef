"""The script file: what is written reads back the same, and edits survive changes of the source."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefing.config import ScriptConfig
from briefing.errors import ScriptError
from briefing.model import Script, Source
from briefing.script import ScriptFile, find_structure, format_script, merge_scripts, narrate, parse_script
from briefing.sources import read_source

GOLDEN = sorted(p for p in (Path(__file__).parents[1] / "golden" / "script").iterdir() if ".script" not in p.name)
ARTICLE = """# 朝の会

## 一つ目

今日は晴れです。
明日は雨です。

## 二つ目

傘を忘れずに。
"""


def script_of(text: str) -> Script:
    return narrate(find_structure(Source("a.md", text, "utf-8", "a.md")), ScriptConfig())


@pytest.mark.parametrize("path", GOLDEN, ids=lambda p: p.stem)
def test_a_script_survives_its_file_byte_for_byte(path: Path) -> None:
    source = read_source(path)
    script = narrate(find_structure(source), ScriptConfig())
    text = format_script(script, source.text)
    assert format_script(parse_script(ScriptFile("x", text), script), source.text) == text


def test_bad_lines_are_told_together_with_their_places() -> None:
    with pytest.raises(ScriptError) as caught:
        edited("語り: まだ見出しがない。\n## 一つ目\nこれは台詞ではない\n歌手: 知らない人。\n")
    for place in ("a.script.md:1", "a.script.md:3", "a.script.md:4"):
        assert place in str(caught.value)


def edited(text: str) -> Script:
    base = script_of(ARTICLE)
    return parse_script(ScriptFile("a.script.md", text), base)


def spoken(script: Script) -> list[str]:
    return [line.text for chapter in script.chapters for line in chapter.lines]


def test_edits_stay_where_their_source_line_did() -> None:
    old = script_of(ARTICLE)
    text = (
        format_script(old, ARTICLE)
        .replace("今日は晴れです。", "きょうは、よい天気です。")
        .replace("語り: 明日は雨です。", "語り: 明日は雨です。\n語り: 洗濯は今日のうちに。")
    )
    changed = script_of(ARTICLE.replace("傘を忘れずに。", "傘と長靴を忘れずに。\n車にも気をつけて。"))
    merged, lost = merge_scripts(old, edited(text), changed)
    assert lost == ()
    for kept in ("きょうは、よい天気です。", "洗濯は今日のうちに。", "傘と長靴を忘れずに。", "車にも気をつけて。"):
        assert kept in spoken(merged)
    assert "今日は晴れです。" not in spoken(merged)


def test_an_edit_of_a_line_that_has_changed_is_told() -> None:
    old = script_of(ARTICLE)
    text = format_script(old, ARTICLE).replace("傘を忘れずに。", "傘を持っていきましょう。")
    merged, lost = merge_scripts(old, edited(text), script_of(ARTICLE.replace("傘を忘れずに。", "帽子を忘れずに。")))
    assert [line.text for line in lost] == ["傘を持っていきましょう。"]
    assert "帽子を忘れずに。" in spoken(merged)


def test_a_line_that_the_user_took_out_stays_out() -> None:
    old = script_of(ARTICLE)
    text = format_script(old, ARTICLE).replace("語り: 明日は雨です。\n", "")
    merged, _ = merge_scripts(old, edited(text), script_of(ARTICLE + "\n追伸です。\n"))
    assert "明日は雨です。" not in spoken(merged)
    assert "追伸です。" in spoken(merged)


def test_without_edits_the_new_script_is_as_the_rules_give_it() -> None:
    old, new = script_of(ARTICLE), script_of(ARTICLE.replace("雨", "雪"))
    merged, lost = merge_scripts(old, old, new)
    assert spoken(merged) == spoken(new)
    assert lost == ()
