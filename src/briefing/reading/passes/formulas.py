"""Signs of numbers and of arithmetic."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_TERM_END, _TERM = r"(?<=[A-Za-z0-9)ぁ-んァ-ヶ一-龠乗\ue000\ue001])", r"(?=[A-Za-z0-9(√一-龠ァ-ヶぁ-ん\ue000\ue001])"
_RULES = (
    Rule(re.compile(r"(?<=の)-(?=\d{1,18}乗)"), "マイナス"),
    Rule(re.compile(r"(?:±|\+/-|\+-)\s?(?=\d)"), "プラスマイナス"),
    Rule(re.compile(r"(?<![\d)A-Za-z])[+]\s?(?=\d)"), "プラス"),
    Rule(re.compile(r"[▲△](?=\d{1,18}(?:\.\d{1,18})?(?:%|パーセント|ポイント|円|億|万|兆|度|\.\d))"), "マイナス"),
    Rule(re.compile(r"[▲△](?=\d{1,18}\.\d)"), "マイナス"),
    Rule(re.compile(r"(?:(?<=^)|(?<=[\s、。(（「=約比差はがをにでともへ下温度]))[-−–](?=\d)"), "マイナス"),
    Rule(re.compile(r"(?<=から)[-−–](?=\d)"), "マイナス"),
    Rule(re.compile(r"[≧≥]\s?(?P<n>\d[\d.]{0,18}[%\w]*?)(?=$|[\s、。)）])"), r"\g<n>以上"),
    Rule(re.compile(r"[≦≤]\s?(?P<n>\d[\d.]{0,18}[%\w]*?)(?=$|[\s、。)）])"), r"\g<n>以下"),
    Rule(re.compile(rf"{_TERM_END}\s?[×✕✖]\s?{_TERM}"), "かける"),
    Rule(re.compile(r"(?<=\d)\s?x\s?(?=\d)"), "かける"),
    Rule(re.compile(rf"{_TERM_END}\s?÷\s?{_TERM}"), "わる"),
    Rule(re.compile(r"(?:[-=＝]\s?){3,}"), "、"),
    Rule(re.compile(r"(?<=[A-Za-z0-9)乗\ue000])\s?[=＝]\s?(?=[A-Za-z0-9(√マ一-龠ァ-ヶ\ue000\ue001-])"), "イコール"),
    Rule(re.compile(r"(?<=[ぁ-んァ-ヶー一-龠])\s?[=＝]\s?(?=[A-Za-z0-9√])"), "イコール"),
    Rule(re.compile(r"(?<=\S)\s?[=＝]\s?(?=\S)"), "、"),
    Rule(re.compile(r"(?<=\d)\s?\+\s?(?=\d)"), "たす"),
    Rule(re.compile(rf"{_TERM_END}\s?\+\s?{_TERM}"), "プラス"),
    Rule(re.compile(r"(?<=[A-Za-z0-9\ue000])\+(?![A-Za-z0-9+])"), "プラス"),
    Rule(re.compile(r"(?<=[A-Za-z0-9])\s-\s(?=[A-Za-z0-9])"), "マイナス"),
    Rule(re.compile(r"[≒≈]\s?(?=\d)"), "約"),
    Rule(re.compile(r"√(?=[\d\w(])"), "ルート"),
    Rule(re.compile(r"(?<=\d)\s?<\s?(?=\d)"), "小なり"),
    Rule(re.compile(r"(?<=\d)\s?>\s?(?=\d)"), "大なり"),
)


def read_formulas(spans: Spans) -> Spans:
    """Say signs of numbers and of arithmetic: −5, ±0.5, 2×3=6."""
    return rewrite(spans, _RULES, "formula")
