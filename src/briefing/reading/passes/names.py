"""Names with Latin letters: versions, models, camel case, acronyms."""

from __future__ import annotations

import re

from briefing.reading.frontend import LETTERS, is_known, reading_of
from briefing.reading.lexicon import checked_words, fold
from briefing.reading.passes.codes import spell_digits
from briefing.reading.spans import Rule, Spans, rewrite


def _dotted(text: str) -> str:
    """Give a version with two dots and more: each part a number of its own.

    >>> _dotted("2.0.1")
    '2テン、ゼロテン、1'
    """
    return "テン、".join("ゼロ" if part == "0" else part for part in text.split("."))


def _version(match: re.Match[str]) -> str:
    number = match["n"]
    return "バージョン" + (_dotted(number) if number.count(".") > 1 else number)


_ORDINALS = dict(
    zip(
        "0123456789",
        [
            "ゼロス",
            "ファースト",
            "セカンド",
            "サード",
            "フォース",
            "フィフス",
            "シックスス",
            "セブンス",
            "エイス",
            "ナインス",
        ],
        strict=True,
    )
)
_NAMES = (
    Rule(
        re.compile(r"(?<![A-Za-z0-9\ue000-])[vV](?:er(?:sion)?\.?)?\s?(?P<n>\d{1,18}(?:\.\d{1,18})*)(?![\d.]{0,18}\d)"),
        _version,
    ),
    Rule(re.compile(r"(?<=[A-Z]{2})v(?=\d)"), " ブイ"),
    Rule(re.compile(r"(?<![\d.])\d{1,18}(?:\.\d{1,18}){2,}(?![\d.])"), lambda m: _dotted(m[0])),
    Rule(re.compile(r"(?<=[A-Za-z\ue000])[-‐‑](?=[A-Za-z0-9])|(?<=\d)[-‐‑](?=[A-Za-z])"), " "),
    Rule(re.compile(r"(?<=[A-Za-z\ue000])/(?=\d)"), " "),
    Rule(re.compile(r"(?<=[A-Za-z0-9\ue000])-(?=[\ue000])"), " "),
    Rule(re.compile(r"(?<![A-Za-z0-9])vs\.?(?![A-Za-z])", re.I), "バーサス"),
    Rule(re.compile(r"(?<![A-Za-z0-9])etc\.?(?![A-Za-z])"), "エトセトラ"),
    Rule(re.compile(r"(?<![A-Za-z])Mr\.\s?"), "ミスター"),
    Rule(re.compile(r"(?<![A-Za-z])Dr\.\s?"), "ドクター"),
    Rule(re.compile(r"(?<![A-Za-z0-9])(?P<n>[0-9])(?:st|nd|rd|th)(?![A-Za-z])"), lambda m: _ORDINALS[m["n"]]),
    Rule(re.compile(r"(?<=[A-Za-z])&(?=[A-Za-z])"), "アンド"),
)


def read_names(spans: Spans) -> Spans:
    """Say versions; leave the hyphen of a name unsaid."""
    return rewrite(spans, _NAMES, "name")


def spell_letters(text: str) -> str:
    """Give letters one by one.

    >>> spell_letters("EUV")
    'イーユーブイ'
    """
    return "".join(LETTERS[c] for c in text.lower())


# Two capitals that are said as a word; the front end's dictionary makes words of many more (AC, OD, PO).
_PAIRS = frozenset([
    "BE", "BY", "DO", "GO", "HE", "HI", "IF", "IN", "MY", "NO", "OF", "OH", "ON", "TO", "UP", "WE",
    "GW", "NY", "TV", "VS", "VW",
])  # fmt: skip


def _is_spelled(word: str) -> bool:
    """Say whether the front end gives the letters one by one (AB as エイビー), with the accent of its dictionary."""
    return reading_of(word).replace("イ", "ー") == spell_letters(word).replace("イ", "ー")


def _acronym(match: re.Match[str]) -> str | None:
    """Spell capitals, unless they are known as a word (LINE, FAX). The front end makes words of nearly any two or three."""
    word = match[0]
    known = {2: word in _PAIRS, 3: fold(word) in checked_words()}.get(len(word))
    if known is None:
        known = is_known(word)
    return None if known or _is_spelled(word) else spell_letters(word)


def _camel(match: re.Match[str]) -> str | None:
    """Split camel case where a capital follows a small letter; each part is said by itself."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", match[0])
    if "".join(parts) != match[0] or len(parts) < 2 or is_known(match[0]):
        return None
    return " ".join(spell_letters(p) if len(p) == 1 or p.isupper() else reading_of(p) or p for p in parts)


_ACRONYMS = (
    Rule(re.compile(r"[A-Za-z]{41,}"), lambda m: spell_letters(m[0])),  # no word, and the front end would take minutes
    Rule(
        re.compile(r"(?<![A-Za-z])[A-Z]{1,3}(?=s(?![A-Za-z]))s"),
        lambda m: spell_letters(m[0][:-1]) + "ズ" if len(m[0]) > 2 else None,
    ),
    Rule(re.compile(r"(?<![A-Za-z])(?=[A-Za-z]{0,40}[a-z][A-Z])[A-Za-z]{3,40}(?![A-Za-z])"), _camel),
    Rule(re.compile(r"(?<![A-Za-z])[A-Z]{2,5}(?![A-Za-z])"), _acronym),
    Rule(re.compile(r"(?<![A-Za-z])[B-DF-HJ-NP-TV-XZ]{2,8}(?![A-Za-z])"), _acronym),
    Rule(re.compile(r"(?<=[A-Z])0(?=\d)"), lambda m: spell_digits(m[0])),
)


def read_acronyms(spans: Spans) -> Spans:
    """Spell capitals that no lexicon knows as a word; split camel case."""
    return rewrite(spans, _ACRONYMS, "acronym")
