"""Readings that the article gives itself: {漢字|かんじ}, ｜漢字《かんじ》, 漢字《かんじ》, 漢字（かんじ）."""

from __future__ import annotations

import re

from briefing.model import Origin, Span
from briefing.reading.frontend import reading_of
from briefing.reading.kana import is_kana, long_vowels, split_morae, to_katakana
from briefing.reading.spans import Spans

_KANJI = "一-龠々〆ヶ"
_MARKED = re.compile(
    r"\{(?P<b1>[^{}|]{1,40})\|(?P<r1>[^{}]{1,80})\}"
    r"|[｜|](?P<b2>[^｜|《》]{1,40})《(?P<r2>[^《》]{1,80})》"
    rf"|(?<![{_KANJI}])(?P<b3>[{_KANJI}]{{1,20}})《(?P<r3>[^《》]{{1,80}})》"
    rf"|(?P<b4>[{_KANJI}](?:[{_KANJI}]|[ぁ-ん](?=[ぁ-ん]{{0,6}}[{_KANJI}])|[ぁ-ん](?=[(（])){{0,20}}|(?<![A-Za-z])[A-Za-z][A-Za-z0-9 .&\-]{{0,30}})[(（](?P<r4>[ぁ-ゖァ-ヺー・\s]{{1,60}})[)）]"
)
# Kana in brackets that explain and are no reading.
_GLOSSES = frozenset(
    [
        "など",
        "ほか",
        "すべて",
        "いずれも",
        "ただし",
        "かな",
        "ひらがな",
        "カタカナ",
        "あり",
        "なし",
        "だけ",
        "のみ",
        "もちろん",
        "たとえば",
        "つまり",
        "すなわち",
        "いわゆる",
        "うち",
        "くらい",
        "ぐらい",
        "まで",
        "から",
    ]
)
_LIMIT = 40  # characters of a reading in brackets; longer ones are remarks


def read_ruby(spans: Spans) -> Spans:
    """Take readings that the article gives; the notation itself is neither shown nor said.

    >>> [(s.shown, s.said) for s in read_ruby((Span("生憎（あいにく）の雨", "生憎（あいにく）の雨", Origin.FRONT_END),))]
    [('生憎（あいにく）', 'アイニク'), ('の雨', 'の雨')]
    """
    return tuple(piece for span in spans for piece in _split(span))


def given_readings(text: str) -> dict[str, str]:
    """Give the words of two characters and more whose reading an article gives somewhere: it holds wherever they stand.

    >>> given_readings("{生憎|あいにく}の雨、脆弱性（ぜいじゃくせい）。")
    {'生憎': 'アイニク', '脆弱性': 'ゼイジャクセイ'}
    """
    spans = (s for row in text.split("\n") for s in read_ruby((_open(row),)) if s.origin is Origin.RUBY)
    words = ((re.sub(r"[(（].*", "", s.shown), s.said) for s in spans)
    return {word: reading for word, reading in words if len(word) > 1}


def _split(span: Span) -> list[Span]:
    text, out, done = span.shown, [], 0
    for match in _MARKED.finditer(text):
        found = _bracketed(match) if match["b4"] else _marked(match)
        if found:
            start, base, reading = found
            out += [_open(text[done:start]), Span(base, to_katakana(reading), Origin.RUBY, "ruby")]
            done = match.end()
    return [each for each in (*out, _open(text[done:])) if each.shown] if out else [span]


def _open(text: str) -> Span:
    return Span(text, text, Origin.FRONT_END)


def _marked(match: re.Match[str]) -> tuple[int, str, str] | None:
    base = match["b1"] or match["b2"] or match["b3"]
    reading = (match["r1"] or match["r2"] or match["r3"]).replace("|", "")
    return (match.start(), base, reading) if is_kana(reading) else None


def _bracketed(match: re.Match[str]) -> tuple[int, str, str] | None:
    """Take kana in brackets for the reading of the word before them when it can be that: shown with them, said once."""
    reading = re.sub(r"[・\s]", "", match["r4"])
    if reading in _GLOSSES or len(reading) > _LIMIT:
        return None
    base = match["b4"]
    own = _latin_base(base, reading) if base[0].isascii() else _kanji_base(base, reading)
    start = match.end("b4") - len(own)
    return (start, match.string[start : match.end()], reading) if own else None


def _latin_base(base: str, reading: str) -> str:
    """Give the last words of a Latin name that the katakana spells, judged by how they sound: at least half alike."""
    if not re.fullmatch("[ァ-ヺー]+", reading):
        return ""
    words = base.split(" ")
    tails = [" ".join(words[i:]) for i in range(len(words))]
    best = max(tails, key=lambda t: _likeness(reading_of(t), reading))
    return best if _likeness(reading_of(best), reading) >= 0.5 else ""


def _kanji_base(base: str, reading: str) -> str:
    """Give the longest end of a run of kanji that the kana can be the reading of."""
    said = to_katakana(reading)
    tails = [base[i:] for i in range(len(base)) if re.match(f"[{_KANJI}]", base[i])]
    exact = next((t for t in tails if _likeness(reading_of(t), said) == 1), "")
    if exact:
        return exact
    if not re.fullmatch("[ぁ-ゖー]+", reading):
        return ""
    return next((t for t in tails if _can_read(t, said)), "")


def _can_read(base: str, kana: str) -> bool:
    """Say whether kana can be read of a word: its own kana in place, one to four morae for each kanji."""
    pattern = re.sub(f"[{_KANJI}]+", lambda m: f"(.{{{len(m[0])},{4 * len(m[0])}}})", to_katakana(base))
    return bool(re.fullmatch(pattern, kana)) and len(split_morae(kana)) <= 3 * len(base)


def _likeness(one: str, other: str) -> float:
    """Give the share of bigrams that two readings have in common (Dice)."""
    a, b = ({f" {k} "[i : i + 2] for i in range(len(k) + 1)} for k in map(long_vowels, (one, other)))
    return 2 * len(a & b) / (len(a) + len(b)) if one and other else 0.0
