"""Fractions, and ranges: two ends that share a unit, a counter, a month, an era."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_SIGN = "[~〜～]"
_DASH = "[-–—―−‐]"
_COUNTED = (
    "人|円|年|月|日|時|分|秒|回|件|個|本|枚|台|社|歳|才|代|世代|倍|割|点|度|番|位|%|パーセント|ポイント|週|か月|カ月|ヶ月|か国|カ国|万|億|兆|千|百|"
    "キロ|メートル|センチ|ミリ|グラム|トン|リットル|ギガ|メガ|テラ|ドル|ユーロ|ページ|章|条|項|巻|話|階|丁目|番地|号|世紀|名|校|冊|杯|匹|頭|羽|軒|戸|席|曲|語|字|文字|行|ナノ|マイクロ|ワット|ボルト|ヘルツ|ヘクト|両"
)
# Behind these the first number cannot stand alone: 3月から5月, ふたつから三つ.
_COPIED = r"月(?![間])|日間|日(?![間本])|つ|時(?!間)|泊"


def _fraction(match: re.Match[str]) -> str | None:
    whole, top, bottom = match["whole"], int(match["a"]), int(match["b"])
    if bottom == 0 or (top >= bottom > 1 and top > 9):
        return None
    return f"{whole + 'と' if whole else ''}{bottom}分の{top}"


_FRACTIONS = (
    Rule(
        re.compile(r"(?<![\d./A-Za-z])(?:(?P<whole>\d{1,18})\s)?(?P<a>\d{1,3})/(?P<b>\d{1,4})(?![\d/A-Za-z.])"),
        _fraction,
    ),
)


def read_fractions(spans: Spans) -> Spans:
    """Say fractions: 1/4 as 4分の1."""
    return rewrite(spans, _FRACTIONS, "fraction")


def _copied(match: re.Match[str]) -> str | None:
    left, right, unit = match["a"], match["b"], match["unit"]
    if unit.startswith(("月", "時")) and int(left) > (12 if unit.startswith("月") else 29):
        return None
    if unit.startswith("日") and int(left) > 31:
        return None
    return f"{left}{'日' if unit == '日間' else unit}から{right}{unit}"


def _people(match: re.Match[str]) -> str | None:
    return f"{match['a']}人から{match['b']}人" if int(match["a"]) <= 2 else None


_FEW = {"1": "イチ", "2": "ニ", "3": "サン", "4": "シ", "5": "ゴ", "6": "ロク", "7": "シチ", "8": "ハチ"}
_DAYS = {"4": "ヨッカ", "9": "クニチ"} | {n: f"{_FEW[n]}ニチ" for n in "235678"}
_DIGITS = {kanji: str(n) for n, kanji in enumerate("一二三四五六七八九", 1)}
_ROUGHLY = "日間?|人|名|回|分|秒|年(?![生次度])|[かカヶヵ]月|時間|週間|本|枚|個|件|社|軒|歩|度|割|メートル|センチ|ミリ|キロ|杯|匹|頭|羽|台|冊|泊|世代|倍|行|点|章節"


def _roughly(match: re.Match[str]) -> str | None:
    """Say two neighbouring numbers as what they are together: 2、3日 as ニサンニチ, 7、8人 as シチ、8人."""
    low, high = (_DIGITS.get(match[name], match[name]) for name in ("a", "b"))
    if int(high) != int(low) + 1:
        return None
    return _FEW[low] + (_DAYS[high] if match["day"] else f"、{high}")


_NUM = r"\d{1,18}(?:\.\d{1,18})?"
_RULES = (
    Rule(
        re.compile(
            rf"(?<![\d.,、月第年一二三四五六七八九十百])(?P<a>[1-8一二三四五六七八])[、,](?P<b>[2-9二三四五六七八九])(?=(?P<unit>{_ROUGHLY}))(?P<day>日)?"
        ),
        _roughly,
    ),
    Rule(
        re.compile(rf"(?<![\d.])(?P<a>\d{{1,2}})\s?(?:{_SIGN}|{_DASH})\s?(?P<b>\d{{1,2}})(?P<unit>{_COPIED})"), _copied
    ),
    Rule(re.compile(rf"(?<![\d.])(?P<a>\d)\s?(?:{_SIGN}|{_DASH})\s?(?P<b>\d{{1,2}})人"), _people),
    Rule(
        re.compile(
            rf"(?<=[\d%度円ル年月日時分秒人歳代倍割点回位ト名社件本個つ万億兆千階号章条項プト])\s?{_SIGN}\s?(?=[+−\-マ第約]?[\d第午前翌同令平昭])"
        ),
        "から",
    ),
    Rule(re.compile(rf"(?<=\d)\s?{_DASH}\s?(?={_NUM}\s?(?:{_COUNTED}))"), "から"),
    Rule(re.compile(rf"(?<=[年月日時分円%度人歳倍代])\s?{_DASH}\s?(?=(?:同|翌|第|午[前後]|約)?\d)"), "から"),
    Rule(
        re.compile(rf"(?<![\d.])(?P<a>(?:19|20)\d\d)\s?(?:{_SIGN}|{_DASH})\s?(?=(?:(?:19|20)\d\d|\d\d(?!\d)))"),
        r"\g<a>から",
    ),
    Rule(
        re.compile(rf"(?<=[A-Za-z0-9ぁ-んァ-ヶー一-龠々%])\s?{_SIGN}\s?(?=[A-Za-z0-9ぁ-んァ-ヶ一-龠\ue000\ue001])"),
        "から",
    ),
    Rule(re.compile(rf"(?<=[\ue000\ue001])\s?{_SIGN}\s?(?=[A-Za-z0-9ぁ-んァ-ヶ一-龠\ue000\ue001])"), "から"),
    Rule(re.compile(rf"(?<=[\d円年月日時分歳人%度代ルト])\s?{_SIGN}(?=\s{{0,4}}(?:$|[、。)）」]))"), "から"),
    Rule(
        re.compile(
            rf"(?:(?<=^)|(?<=[(（「、\s])){_SIGN}\s?(?P<all>{_NUM}(?:{_COUNTED})[^\s、。)）」]{{0,6}})(?=$|[、。)）」\s])"
        ),
        r"\g<all>まで",
    ),
)


def read_ranges(spans: Spans) -> Spans:
    """Say から between the ends of a range; the first end gets the unit that it cannot do without."""
    return rewrite(spans, _RULES, "range")
