"""Amounts: the currency behind the number, scale letters in Japanese units."""

from __future__ import annotations

import re
from decimal import Decimal

from briefing.reading.spans import Rule, Spans, rewrite

_CURRENCIES = {
    "$": "ドル", "US$": "ドル", "A$": "オーストラリアドル", "C$": "カナダドル", "HK$": "香港ドル", "NT$": "台湾ドル", "S$": "シンガポールドル",
    "€": "ユーロ", "£": "ポンド", "¥": "円", "₩": "ウォン", "₹": "ルピー", "元": "元", "USD": "ドル", "JPY": "円", "EUR": "ユーロ", "GBP": "ポンド",
    "CNY": "人民元", "KRW": "ウォン",
}  # fmt: skip
_SCALES = {
    "K": 10**3, "M": 10**6, "MM": 10**6, "B": 10**9, "T": 10**12, "MN": 10**6, "BN": 10**9, "THOUSAND": 10**3, "MILLION": 10**6,
    "BILLION": 10**9, "TRILLION": 10**12,
}  # fmt: skip
_AMOUNT = r"(?P<number>\d{1,18}(?:\.\d{1,18})?)"
_SCALE = r"(?:\s?(?P<scale>K|MM?|B|T|[mM][nN]|[bB][nN]|[tT]housand|[mM]illion|[bB]illion|[tT]rillion)(?![A-Za-z0-9]))?"
_KANJI = r"(?P<kanji>[十百千万億兆][\d.十百千万億兆]{0,30})?"
_SIGNS = r"(?P<currency>(?:US|A|C|HK|NT|S)?\$|[€£¥₩₹])"
_CODES = r"(?:USD|JPY|EUR|GBP|CNY|KRW)"
_PER = {
    "月": "月",
    "年": "年",
    "日": "1日",
    "時間": "1時間",
    "人": "1人",
    "回": "1回",
    "件": "1件",
    "本": "1本",
    "週": "週",
    "h": "1時間",
    "分": "1分",
}
_MONEY = r"(?<![\d.])\d[\d.十百千万億兆]{0,30}(?:ドル|円|ユーロ|ポンド|ウォン|元)"


def to_japanese_units(value: Decimal) -> str:
    """Give a number in 万, 億 and 兆; a rest that would need many digits stays a decimal.

    >>> to_japanese_units(Decimal("1500000000")), to_japanese_units(Decimal("2500000"))
    ('15億', '250万')
    """
    if value != value.to_integral_value():
        return f"{value.normalize():f}"
    rest, out = int(value), ""
    for name, size in (("兆", 10**12), ("億", 10**8), ("万", 10**4)):
        if rest >= size:
            out += f"{rest // size}{name}"
            rest %= size
    return out + (str(rest) if rest or not out else "")


def _amount(match: re.Match[str]) -> str:
    groups = match.groupdict()
    number, scale, kanji = groups["number"], groups.get("scale"), groups.get("kanji") or ""
    if scale:
        number = to_japanese_units(Decimal(number) * _SCALES[scale.upper()])
    return f"{number}{kanji}{_CURRENCIES[groups['currency']]}"


def _range(match: re.Match[str]) -> str:
    """Give both ends their scale, the currency once: $2〜3B as 20億〜30億ドル."""
    low, high, scale, kanji = match["low"], match["number"], match["scale"], match["kanji"] or ""
    if scale:
        low, high = (to_japanese_units(Decimal(n) * _SCALES[scale.upper()]) for n in (low, high))
    return f"{low}〜{high}{kanji}{_CURRENCIES[match['currency']]}"


def _scaled(match: re.Match[str]) -> str:
    return to_japanese_units(Decimal(match["number"]) * _SCALES[match["scale"]])


def _per(match: re.Match[str]) -> str:
    return f"{_PER[match['per']]}{match['money']}"


_RULES = (
    Rule(re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?!\d)"), lambda m: m[0].replace(",", "")),
    Rule(
        re.compile(
            rf"(?<![A-Za-z]){_SIGNS}\s?(?P<low>\d{{1,18}}(?:\.\d{{1,18}})?)\s?[〜～~–-]\s?{_AMOUNT}{_SCALE}{_KANJI}(?![\d.%-])"
        ),
        _range,
    ),
    Rule(re.compile(rf"(?<![A-Za-z]){_SIGNS}\s?{_AMOUNT}{_SCALE}{_KANJI}(?:ドル|円)?"), _amount),
    Rule(re.compile(rf"(?<![A-Za-z])(?P<currency>{_CODES})\s?{_AMOUNT}{_SCALE}{_KANJI}"), _amount),
    Rule(re.compile(rf"{_AMOUNT}{_SCALE}{_KANJI}\s?(?P<currency>{_CODES})(?![A-Za-z])"), _amount),
    Rule(re.compile(rf"(?P<money>{_MONEY})/(?P<per>月|年|日|時間|人|回|件|本|週|h|分)(?![A-Za-z一-龠])"), _per),
    Rule(re.compile(r"(?<=ドル|ーロ|ンド|人民)\s?[=＝]\s?(?=\d)"), ""),
    Rule(re.compile(rf"(?<![A-Za-z0-9.]){_AMOUNT}(?P<scale>M)(?=トークン|パラメータ|ユーザー|人|件|回|再生)"), _scaled),
    Rule(re.compile(rf"(?<![A-Za-z0-9.]){_AMOUNT}\s?(?P<scale>[KMBT])(?=ドル|ユーロ|ポンド|円)"), _scaled),
)


def read_money(spans: Spans) -> Spans:
    """Say amounts of money: $1.5B as 15億ドル, ¥1,200 as 1200円, $20/月 as 月20ドル; digit commas go."""
    return rewrite(spans, _RULES, "money")
