"""Readings that are guesses, each with why: for a person to look at, never for the program to mend."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from briefing.model import Doubt, Origin
from briefing.morphology import Morpheme, analyse
from briefing.reading.frontend import Token
from briefing.reading.kana import same_sound, simplify, split_morae, to_katakana
from briefing.reading.lexicon import checked_words, fold
from briefing.reading.passes.heteronyms import decide
from briefing.reading.spans import Spans, is_fixed, said

GUESSED = "not in any dictionary: guessed"
UNDECIDED = "has several readings, and nothing beside it decides"
DISAGREES = "a second dictionary reads it otherwise"
_KANJI = re.compile("[一-龠々]")
# Parts of speech in which the two dictionaries differ by habit, not by mistake.
_SKIPPED = frozenset({"助詞", "助動詞", "補助記号", "空白"})
# Pairs that are both right; a difference in them tells nothing.
# Whether the second part of a word is voiced (連濁): a difference there is seldom a mistake.
_VOICED = str.maketrans(
    "ガギグゲゴザジズゼゾダデドバビブベボパピプペポ", "カキクケコサシスセソタテトハヒフヘホハヒフヘホ"
)
_BOTH_RIGHT = (
    ("ニホン", "ニッポン"), ("イク", "ユク"), ("イッテ", "ユッテ"), ("ホカ", "タ"), ("ワタシ", "ワタクシ"), ("アス", "アシタ"), ("ミナ", "ミンナ"), ("ヨイ", "イイ"),
    ("ジュッ", "ジッ"), ("イウ", "ユー"), ("ジョ", "ショ"), ("タビ", "ド"), ("フ", "プ"), ("マチ", "チョー"), ("ウチ", "イエ"), ("ナニ", "ナン"),
)  # fmt: skip


def find_doubts(spans: Spans, tokens: Sequence[Token], with_second_opinion: bool) -> tuple[Doubt, ...]:
    """Give the doubtful readings of a sentence in their order, each word once."""
    found = [*_guesses(tokens), *_undecided(spans, tokens)]
    if with_second_opinion:
        found += _disagreements(spans, tokens)
    out: dict[str, Doubt] = {}
    for doubt in found:
        surface = unicodedata.normalize("NFKC", doubt.surface)
        entry = unicodedata.normalize("NFKC", doubt.entry)
        out.setdefault(surface, Doubt(surface, to_katakana(doubt.kana), doubt.reason, entry))
    return tuple(out.values())


def _guesses(tokens: Iterable[Token]) -> Iterator[Doubt]:
    for token in tokens:
        if token.is_unknown and split_morae(token.kana) and fold(token.surface) not in checked_words():
            yield Doubt(token.surface, token.kana, GUESSED, f"{token.surface},{token.kana}")


def _undecided(spans: Spans, tokens: Sequence[Token]) -> Iterator[Doubt]:
    text, places = "", list[int]()
    at = 0
    for span in spans:  # what a heteronym rule said is undone, so that the word is seen again
        piece = span.shown if span.rule == "heteronym" else span.said
        text += piece
        places += [at + min(i, len(span.said)) for i in range(len(piece))]
        at += len(span.said)
    places.append(at)
    for each in decide(text):
        if not each.is_certain:
            start, end = places[each.start], places[each.end]
            yield _doubt(tokens, start, end, text[each.start : each.end], UNDECIDED)


def _doubt(tokens: Sequence[Token], start: int, end: int, word: str, reason: str) -> Doubt:
    """Give the doubt with a line for the list; a single letter takes its neighbours along, or it would be read so everywhere."""
    inside = [i for i, t in enumerate(tokens) if t.end > start and t.start < end]
    kana = "".join(tokens[i].kana for i in inside)
    if len(word) > 1 or not inside:
        return Doubt(word, kana, reason, f"{word},{kana}")
    around = tokens[max(inside[0] - 1, 0) : inside[-1] + 2]
    near = [t for t in around if split_morae(t.kana)]
    return Doubt(word, kana, reason, f"{''.join(t.surface for t in near)},{''.join(t.kana for t in near)}")


def _disagreements(spans: Spans, tokens: Sequence[Token]) -> Iterator[Doubt]:
    """Compare word by word wherever both dictionaries cut at the same places."""
    text = said(spans)
    settled = list(_settled(spans))
    ours = {t.start: t for t in tokens}
    for block in _blocks(tokens, analyse(text)):
        start, end = block[0].start, block[-1].end
        word = text[start:end]
        if not _KANJI.search(word) or any(a < end and start < b for a, b in settled):
            continue
        if all(m.pos[0] in _SKIPPED for m in block) or any(m.pos[1] == "数詞" for m in block):
            continue
        kana = "".join(t.kana for at, t in sorted(ours.items()) if start <= at < end)
        other = "".join(m.kana for m in block)
        if not _agree(kana, other):
            yield _doubt(tokens, start, end, word, f"{DISAGREES}: {other}")


def _settled(spans: Spans) -> Iterator[tuple[int, int]]:
    at = 0
    for span in spans:
        if is_fixed(span) or span.origin is Origin.RULE:
            yield at, at + len(span.said)
        at += len(span.said)


def _blocks(tokens: Sequence[Token], morphemes: Iterable[Morpheme]) -> Iterator[list[Morpheme]]:
    """Give the shortest runs of words that begin and end where ours do."""
    edges = {t.start for t in tokens} | {t.end for t in tokens}
    block: list[Morpheme] = []
    for morpheme in morphemes:
        block.append(morpheme)
        if morpheme.end in edges:
            if block[0].start in edges:
                yield block
            block = []


def _agree(kana: str, other: str) -> bool:
    kana, other = simplify(kana), simplify(other)
    if same_sound(kana.translate(_VOICED), other.translate(_VOICED)):
        return True
    return any(same_sound(kana.replace(a, b), other) or same_sound(kana.replace(b, a), other) for a, b in _BOTH_RIGHT)
