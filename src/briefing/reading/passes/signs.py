"""Characters that Unicode's compatibility folding would spoil, then that folding."""

from __future__ import annotations

import re
import unicodedata

from briefing.model import Span
from briefing.reading.spans import Rule, Spans, is_fixed, rewrite

_FRACTIONS = {"½": "2分の1", "⅓": "3分の1", "⅔": "3分の2", "¼": "4分の1", "¾": "4分の3", "⅕": "5分の1", "⅛": "8分の1"}
_WORDS = {
    "㎡": "平方メートル", "㎢": "平方キロメートル", "㎥": "立方メートル", "㎤": "立方センチメートル", "㎠": "平方センチメートル",
    "㈱": "株式会社", "㈲": "有限会社", "㈳": "社団法人", "㈶": "財団法人", "㈹": "代表", "㊙": "マル秘", "℡": "電話", "☎": "電話", "№": "ナンバー",
    "™": "", "®": "", "©": "", "㊗": "祝", "〆": "しめ", "&amp;": "&", "€": "€", "£": "£",
}  # fmt: skip
_SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ", "0123456789-+n", strict=True))
_AREA = {"2": "平方", "3": "立方"}
_METRES = {"m": "メートル", "cm": "センチメートル", "mm": "ミリメートル", "km": "キロメートル"}
_SUPER = "[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ]+"


def _power(match: re.Match[str]) -> str:
    exponent = "".join(_SUPERSCRIPTS[c] for c in match["power"])
    unit = match["unit"]
    is_rate = match.string[max(0, match.start() - 1) : match.start()] == "/"
    if unit in _METRES and exponent in _AREA and (match["number"] or is_rate):
        return f"{match['number'] or ''}{_AREA[exponent]}{_METRES[unit]}"
    return f"{match['number'] or ''}{unit or ''}の{exponent.replace('-', 'マイナス')}乗"


_RULES = (
    Rule(
        re.compile(
            rf"(?:(?<![\d０-９])(?P<number>[\d０-９][\d０-９.,万億千百]{{0,18}}))?\s?(?P<unit>mm|cm|km|m|(?<![A-Za-z])[A-Za-z])?(?P<power>{_SUPER})"
        ),
        _power,
    ),
    Rule(re.compile("|".join(map(re.escape, _FRACTIONS))), lambda m: _FRACTIONS[m[0]]),
    Rule(re.compile("|".join(map(re.escape, _WORDS))), lambda m: _WORDS[m[0]]),
    Rule(re.compile(r"[①-⑳]"), lambda m: f"マル{ord(m[0]) - ord('①') + 1}、"),
    Rule(re.compile(r"(?<=第)[Ⅰ-Ⅻ]|[Ⅰ-Ⅻ](?![A-Za-z])"), lambda m: str(ord(m[0]) - ord("Ⅰ") + 1)),
)
_KEPT = "…‥～"


def read_signs(spans: Spans) -> Spans:
    """Say unit signs, enclosed characters, powers and vulgar fractions in words."""
    return rewrite(spans, _RULES, "sign")


def fold_width(spans: Spans) -> Spans:
    """Fold full-width letters and digits, half-width kana and compatibility signs; what is shown keeps them.

    >>> from briefing.reading.spans import open_span
    >>> [(s.shown, s.said) for s in fold_width((open_span("ＡＩを１０％"),))]
    [('ＡＩを１０％', 'AIを10%')]
    """
    return tuple(s if is_fixed(s) else Span(s.shown, folded(s.said), s.origin, s.rule) for s in spans)


def folded(text: str) -> str:
    """Give text in NFKC but for the signs whose folding would lose their meaning."""
    return "".join(c if c in _KEPT else unicodedata.normalize("NFKC", c) for c in unicodedata.normalize("NFC", text))
