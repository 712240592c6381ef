"""Numbers that are names: telephone and postal numbers, addresses, chapters; and what two numbers are to one another."""

from __future__ import annotations

import re

from briefing.reading.spans import Rule, Spans, rewrite

_DIGITS = dict(
    zip("0123456789", ["ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー"], strict=True)
)
_DASHES = "‐‑–—−ー-"
_HYPHEN = f"[{_DASHES}]"


def spell_digits(text: str) -> str:
    """Give digits one by one.

    >>> spell_digits("119")
    'イチイチキュー'
    """
    return "".join(_DIGITS[c] for c in text)


def _grouped(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match[0])
    return "、の、".join(map(spell_digits, groups)).replace("、の、", "ノ、")


def _postcode(match: re.Match[str]) -> str:
    return "郵便番号、" + f"{spell_digits(match['a'])}ノ{spell_digits(match['b'])}" + "、"


_SCORE_CUES = re.compile(
    r"前半|後半|僅差|棄却|賛成|票|試合|勝|敗|破|戦|得点|ゴール|スコア|決勝|リーグ|セット|優勝|逆転|引き分|ドロー|先制|採決|可決|対決|リード|同点|下し|白星|黒星|降し|タイブレ|先発"
)
_AFTER_SCORE = r"(?=\s*(?:[、。]|$|で|の(?:スコア|勝|逆転|大勝|接戦|引き分|ドロー|同点|完封|ホーム|僅差|惜敗|完敗|大敗|辛勝|快勝|ストレート)|と(?:勝|逆転|リード|した|し|大|突)))"


def _score(match: re.Match[str]) -> str | None:
    has_cue = _SCORE_CUES.search(match.string, max(0, match.start() - 60), match.end() + 60)
    return f"{match['a']}対{match['b']}" if has_cue else None


_CODES = (
    Rule(re.compile(rf"(?:〒|郵便番号[はが:、]?\s?)(?P<a>\d{{3}}){_HYPHEN}?(?P<b>\d{{4}})(?!\d)"), _postcode),
    Rule(
        re.compile(
            rf"(?<![\d{_DASHES}])(?:0\d{{1,4}}{_HYPHEN}\d{{1,4}}{_HYPHEN}\d{{3,4}}|[(（]0\d{{1,4}}[)）]\s?\d{{1,4}}{_HYPHEN}\d{{4}}|0\d{{1,3}}[(（]\d{{1,4}}[)）]\d{{3,4}}|0[5-9]0\d{{8}})(?!\d)"
        ),
        _grouped,
    ),
    Rule(re.compile(rf"\+\d{{1,3}}(?:{_HYPHEN}\d{{1,4}}){{2,4}}(?!\d)"), lambda m: "プラス" + _grouped(m)),
    Rule(re.compile(r"(?<!\d)110番"), "ヒャクトオバン"),
    Rule(re.compile(r"(?<!\d)119番"), "ヒャクジュウキュウバン"),
    Rule(re.compile(r"(?<!\d)118番"), "ヒャクジュウハチバン"),
    Rule(re.compile(r"#(?P<n>\d{4})(?!\d)"), lambda m: "シャープ" + spell_digits(m["n"])),
    Rule(re.compile(r"(?<![A-Za-z])pp?\.\s?(?P<a>\d{1,18})\s?[-–~〜～]\s?(?P<b>\d{1,18})"), r"\g<a>から\g<b>ページ"),
    Rule(re.compile(r"(?<![A-Za-z])pp?\.\s?(?P<a>\d{1,18})"), r"\g<a>ページ"),
    Rule(re.compile(r"(?<![A-Za-z])No\.?\s?1(?!\d)", re.I), "ナンバーワン"),
    Rule(re.compile(r"(?<![A-Za-z])No\.?\s?(?=\d)", re.I), "ナンバー"),
    Rule(re.compile(r"(?<![A-Za-z])vol\.?\s?(?=\d)", re.I), "ボリューム"),
    Rule(re.compile(r"(?<![A-Za-z0-9])B(?P<n>\d{1,2})F(?![A-Za-z0-9])"), r"地下\g<n>階"),
    Rule(re.compile(r"(?<![A-Za-z0-9.\-])(?P<n>\d{1,2})F(?![A-Za-z0-9])"), r"\g<n>階"),
    Rule(
        re.compile(
            rf"(?<=[図表式問条章項節号付])\s?(?P<a>\d{{1,3}}){_HYPHEN}(?P<b>\d{{1,3}})(?:{_HYPHEN}(?P<c>\d{{1,3}}))?(?!\d)"
        ),
        lambda m: "の".join(filter(None, m.groups())),
    ),
    Rule(
        re.compile(
            rf"(?<![\dA-Za-z{_DASHES}])(?P<a>\d{{1,4}}){_HYPHEN}(?P<b>\d{{1,4}}){_HYPHEN}(?P<c>\d{{1,4}})(?![\d{_DASHES}])"
        ),
        r"\g<a>の\g<b>の\g<c>",
    ),
    Rule(
        re.compile(
            rf"(?<=[町村区市島台丘原田川山谷丁目番地条通])(?P<a>\d{{1,4}}){_HYPHEN}(?P<b>\d{{1,4}})(?!\d|[人円年月日%％])"
        ),
        r"\g<a>の\g<b>",
    ),
    Rule(
        re.compile(
            rf"(?<![\d.A-Za-z{_DASHES}])(?P<a>\d{{1,3}})\s?{_HYPHEN}\s?(?P<b>\d{{1,3}})(?![\d.A-Za-z{_DASHES}]){_AFTER_SCORE}"
        ),
        _score,
    ),
    Rule(
        re.compile(
            rf"(?<![\d.A-Za-z{_DASHES}])(?P<a>\d{{1,3}})\s?{_HYPHEN}\s?(?P<b>\d{{1,3}})(?=\s{{0,4}}(?:[、。]|$|だ|と|に(?:した|追)|[)）」]))"
        ),
        _score,
    ),
)


def read_codes(spans: Spans) -> Spans:
    """Say numbers that are names, and scores."""
    return rewrite(spans, _CODES, "code")


_RATIOS = (
    Rule(
        re.compile(r"(?<![\d:.])(?P<all>\d{1,18}(?:\.\d{1,18})?(?:\s?:\s?\d{1,18}(?:\.\d{1,18})?)+)(?![\d:])"),
        lambda m: re.sub(r"\s?:\s?", "対", m[0]),
    ),
)


def read_ratios(spans: Spans) -> Spans:
    """Say a colon between numbers that are no clock time: 3:1 as 3対1."""
    return rewrite(spans, _RATIOS, "ratio")
