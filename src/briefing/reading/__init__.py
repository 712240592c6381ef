"""From a sentence to its reading: passes over spans, lexicon, front end, katakana with accents."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from briefing.model import Break, Origin, Reading
from briefing.reading.accent import AccentPhrase, accented, phrase_ends
from briefing.reading.doubts import find_doubts
from briefing.reading.frontend import Token, tokenize
from briefing.reading.kana import is_kana, simplify
from briefing.reading.lexicon import (
    Lexicon,
    apply_lexicon,
    built_in_lexicon,
    format_lexicon,
    layered,
    parse_lexicon,
    parse_pairs,
    read_lexicon,
)
from briefing.reading.passes import AFTER_LEXICON, BEFORE_LEXICON
from briefing.reading.passes.ruby import given_readings, read_ruby
from briefing.reading.spans import Spans, open_span, said, shown
from briefing.reading.spoken import spoken_text
from briefing.reading.voicevox import format_voicevox, read_voicevox

__all__ = [
    "Lexicon",
    "built_in_lexicon",
    "format_lexicon",
    "format_voicevox",
    "given_readings",
    "layered",
    "parse_lexicon",
    "parse_pairs",
    "plain_kana",
    "prepare",
    "read_lexicon",
    "read_sentence",
    "read_voicevox",
    "without_ruby",
]

_PAUSE_SIGNS = "、。？！"
_DEPENDENT = frozenset(
    {"助詞", "助動詞"}
)  # said in one breath with what they follow, even across a closing quotation mark


def prepare(text: str, lexicon: Lexicon) -> Spans:
    """Run the passes: the sentence as spans, each with what is shown and what goes to the front end."""
    spans: Spans = (open_span(text),)
    for each in BEFORE_LEXICON:
        spans = each.apply(spans)
    spans = apply_lexicon(spans, lexicon)
    for each in AFTER_LEXICON:
        spans = each.apply(spans)
    return spans


def read_sentence(text: str, lexicon: Lexicon, with_second_opinion: bool = False) -> Reading:
    """Give the reading of a sentence. `kana` holds accents: `'` after the mora where the pitch falls, `/` between phrases.

    `with_second_opinion` has another dictionary look for doubtful readings; the reading itself stays the same.

    >>> plain_kana(read_sentence("10分で着く。", Lexicon()).kana)
    'ジュップンデ ツク。'
    """
    spans = prepare(text, lexicon)
    tokens = _settle(tokenize(said(spans)), spans)
    phrases = _phrases(tokens)
    doubts = find_doubts(spans, tokens, with_second_opinion)
    text, joins = spoken_text(spans, tokens, phrases)
    return Reading(shown(spans), spans, accented(phrases), doubts, _breaks(spans, phrases), text, joins)


def without_ruby(text: str) -> str:
    """Give text as it is shown: the notation of readings taken out.

    >>> without_ruby("{生憎|あいにく}の雨")
    '生憎の雨'
    """
    return shown(read_ruby((open_span(text),)))


def plain_kana(kana: str) -> str:
    """Give accented kana as a person reads it.

    >>> plain_kana("キョ'ーワ/ハレ'。")
    'キョーワ ハレ。'
    """
    return kana.replace("'", "").replace("/", " ")


def _settle(tokens: tuple[Token, ...], spans: Spans) -> tuple[Token, ...]:
    """Put the readings that ruby and lexicon fixed in place of what the front end made of them."""
    fixed, at = [], 0
    for span in spans:
        if span.origin in (Origin.RUBY, Origin.LEXICON) and is_kana(span.said):
            fixed.append((at, at + len(span.said), span))
        at += len(span.said)
    starts = [a for a, _, _ in fixed]
    out: list[Token] = []
    for token in tokens:
        near = fixed[max(bisect_right(starts, token.start) - 1, 0) :][:1]
        inside = next(((a, b, s) for a, b, s in near if a <= token.start and token.end <= b), None)
        if inside is None:
            out.append(token)
        elif token.start == inside[0]:
            kana = simplify(inside[2].said)
            alone = token.end == inside[1]
            out.append(
                Token(
                    inside[2].shown,
                    kana,
                    inside[0],
                    inside[1],
                    token.accent if alone else 0,
                    token.chained,
                    False,
                    token.pos,
                )
            )
    return tuple(out)


def _phrases(tokens: tuple[Token, ...]) -> tuple[AccentPhrase, ...]:
    """Join words to accent phrases: what is chained, and particles, go with what stands before them."""
    groups: list[_Group] = []
    for token in tokens:
        if not token.kana:
            continue
        last = groups[-1] if groups else None
        if token.kana[0] in _PAUSE_SIGNS:
            if last:
                last.signs.append(token.kana[0])
                last.end = token.end
        elif (token.chained or token.pos in _DEPENDENT) and last and not last.signs:
            last.kana.append(token.kana)
            last.end = token.end
        else:
            groups.append(_Group([token.kana], token.accent, token.end))
    phrases = [_ended(AccentPhrase("".join(g.kana), g.accent, "", g.end), g.signs) for g in groups]
    if phrases and phrases[-1].pause in ("", "、"):
        phrases[-1] = phrases[-1].ending("。")
    return tuple(phrases)


@dataclass
class _Group:
    """The words of a phrase as they gather, and the signs behind them."""

    kana: list[str]
    accent: int
    end: int
    signs: list[str] = field(default_factory=list)


def _breaks(spans: Spans, phrases: tuple[AccentPhrase, ...]) -> tuple[Break, ...]:
    """Give where phrases end, in what is shown and in the kana; an end inside a piece that is said otherwise has no place."""
    text, ends = shown(spans), _shown_ends(spans)
    found: dict[int, int] = {}
    for phrase, kana_end in zip(phrases, phrase_ends(phrases), strict=True):
        if phrase.end in ends and not _IN_NUMBER.match(text[ends[phrase.end] - 1 :]):
            found[_CLOSING.match(text, ends[phrase.end]).end()] = kana_end  # type: ignore[union-attr]  # matches nothing, too
    return tuple(Break(text_end, kana_end) for text_end, kana_end in found.items())


_IN_NUMBER = re.compile(r"[0-9０-９.．]\w")
_CLOSING = re.compile(r"[」』）)】〉》、。！？!?…・\s]*")


def _shown_ends(spans: Spans) -> dict[int, int]:
    """Map places of what is said to places of what is shown."""
    ends: dict[int, int] = {}
    said_at = shown_at = 0
    for span in spans:
        if span.said == span.shown:
            ends |= {said_at + i: shown_at + i for i in range(len(span.said) + 1)}
        said_at, shown_at = said_at + len(span.said), shown_at + len(span.shown)
        ends[said_at] = shown_at
    return ends


def _ended(phrase: AccentPhrase, signs: Iterable[str]) -> AccentPhrase:
    for sign in dict.fromkeys(signs):
        phrase = phrase.ending(sign)
    return phrase
