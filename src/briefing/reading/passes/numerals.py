"""What the front end gets wrong of numbers that stand alone or in kanji."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_PAIR = dict(zip("一二三四五六七八九", ["いち", "に", "さん", "し", "ご", "ろく", "しち", "はち", "く"], strict=True))


def _few(match: re.Match[str]) -> str:
    """Give 四、五人 and 二三日: the first number by itself."""
    return f"{_PAIR[match['a']]}、{match['b']}"


def _few_days(match: re.Match[str]) -> str:
    return f"{_PAIR[match['a']]}{_PAIR[match['b']]}にち"


_RULES = (
    Rule(
        re.compile(
            r"(?<![一二三四五六七八九十百千〇月])(?P<a>[一二三四五六七八九])[、・]?(?P<b>[二三四五六七八九])日(?!の|月)"
        ),
        _few_days,
    ),
    Rule(
        re.compile(
            r"(?<![一二三四五六七八九十百千〇])(?P<a>[一二三四五六七八九])[、・](?P<b>[一二三四五六七八九](?=[人日年回時個本枚歩度分か秒カヶ週月つ件十百千万]))"
        ),
        _few,
    ),
    Rule(
        re.compile(r"(?<=[十百千])(?P<a>[一二三四五六七八])、(?P<b>[二三四五六七八九](?=[人日年回時個本枚歳]))"), _few
    ),
    Rule(re.compile(r"(?<![一二三四五六七八九十百千〇])(?P<a>[一二])(?P<b>[二三](?=[歩度人言例点]))"), _few),
    Rule(re.compile(r"(?<=打率)0?\.(?P<a>\d)(?P<b>\d)(?P<c>\d)(?!\d)"), r"\g<a>割\g<b>分\g<c>厘"),
    Rule(
        re.compile(r"(?<=[^\d.])(?:0?)\.(?P<a>\d)(?P<b>\d)(?P<c>\d)(?=の?(?:打率|成績|で首位))"),
        r"\g<a>割\g<b>分\g<c>厘",
    ),
    Rule(re.compile(r"数(?=[十百千万億兆])"), "スー"),
    Rule(re.compile(r"1000票"), "センピョー"),
    Rule(re.compile(r"(?<=[千万])本(?![一-龠])"), "ボン"),
    Rule(re.compile(r"(?<!\d)0時"), "レー時"),
    Rule(re.compile(r"(?<=\d)度(?P<n>\d)分"), r"度\g<n>ブ"),
    Rule(re.compile(r"(?<=[\d一二三四五六七八九])拍子"), "ビョーシ"),
)


def read_numerals(spans: Spans) -> Spans:
    """Mend numerals: 四、五人, 数十人, batting averages."""
    return rewrite(spans, _RULES, "numeral")
