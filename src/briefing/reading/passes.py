"""The passes that make text readable before the front end sees it, in order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from briefing.model import Origin, Span
from briefing.reading.kana import is_kana, to_katakana
from briefing.reading.spans import Spans, is_open, open_span, replace


class Pass(NamedTuple):
    """A named step: spans in, spans out."""

    name: str
    apply: Callable[[Spans], Spans]


_RUBY = (
    re.compile(r"\{(?P<base>[^{}|]+)\|(?P<ruby>[^{}|]+)\}"),
    re.compile(r"[｜|](?P<base>[^｜|《》]+)《(?P<ruby>[^《》]+)》"),
    re.compile(r"(?P<base>[一-龠々〆ヶ]+)《(?P<ruby>[^《》]+)》"),
)


def read_ruby(spans: Spans) -> Spans:
    """Take readings that the article gives: {漢字|かんじ}, ｜漢字《かんじ》, 漢字《かんじ》.

    >>> [(s.shown, s.said) for s in read_ruby((open_span("{生憎|あいにく}の雨"),))]
    [('生憎', 'アイニク'), ('の雨', 'の雨')]
    """
    for pattern in _RUBY:
        spans = replace(spans, pattern, _ruby_reading, "ruby", Origin.RUBY)
    return tuple(Span(_ruby_base(s.shown), s.said, s.origin, s.rule) if s.rule == "ruby" else s for s in spans)


def _ruby_reading(match: re.Match[str]) -> str | None:
    reading = match["ruby"].replace("|", "")
    return to_katakana(reading) if is_kana(reading) else None


def _ruby_base(text: str) -> str:
    found = next((m for m in (p.fullmatch(text) for p in _RUBY) if m), None)
    return found["base"] if found else text


def fold_width(spans: Spans) -> Spans:
    """Fold full-width letters and digits, half-width kana and compatibility signs; what is shown keeps them.

    >>> [(s.shown, s.said) for s in fold_width((open_span("ＡＩを１０％"),))]
    [('ＡＩを１０％', 'AIを10%')]
    """
    return tuple(Span(s.shown, _folded(s.said), s.origin, s.rule) if is_open(s) else s for s in spans)


def _folded(text: str) -> str:
    return "".join(c if c in "…‥～" else unicodedata.normalize("NFKC", c) for c in unicodedata.normalize("NFC", text))


_RANGE = re.compile(r"(?<=\d)\s*[~〜～]\s*(?=\d)")
_MODEL_RANGE = re.compile(r"(?<=[A-Za-z0-9])\s*[〜～~]\s*(?=[A-Za-z])")
_DASH_IN_NAME = re.compile(r"(?<=[A-Za-z])-(?=[A-Za-z0-9])")
_SLASH = re.compile(r"(?<=\w)\s*/\s*(?=\w)")
_SILENT = re.compile(r"[▼▽▲△■□◆◇●○◎★☆※♪→←⇒・*_`#>|]+")


def read_ranges(spans: Spans) -> Spans:
    """Say から between the two ends of a range."""
    return replace(replace(spans, _RANGE, lambda _: "から", "range"), _MODEL_RANGE, lambda _: "から", "range")


def join_names(spans: Spans) -> Spans:
    """Leave the hyphen of a name unsaid, and make a short stop of a slash."""
    return replace(replace(spans, _DASH_IN_NAME, lambda _: "", "hyphen"), _SLASH, lambda _: "、", "slash")


def silence_marks(spans: Spans) -> Spans:
    """Leave decoration unsaid."""
    return replace(spans, _SILENT, lambda m: "、" if "・" not in m[0] else "", "mark")


BEFORE_LEXICON: tuple[Pass, ...] = (Pass("ruby", read_ruby), Pass("width", fold_width))
AFTER_LEXICON: tuple[Pass, ...] = (
    Pass("range", read_ranges),
    Pass("name", join_names),
    Pass("mark", silence_marks),
)
__all__ = ["AFTER_LEXICON", "BEFORE_LEXICON", "Pass", "open_span"]
