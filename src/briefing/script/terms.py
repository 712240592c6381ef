"""A text as a row of terms: numbers by value with their unit, words by their dictionary form, negation and hedges as themselves.

Particles, copulas, politeness and signs are no terms, so that two ways of saying the same give the same row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from briefing.morphology import Morpheme, analyse
from briefing.script.sentences import split_sentences


class Matter(Enum):
    """What a change is about."""

    NUMBER = "number"
    NAME = "name"
    NOUN = "noun"
    WORD = "word"
    NEGATION = "negation"
    HEDGE = "hedge"
    SENTENCE = "sentence"


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it is compared (`key`) and as it is shown; `sentence` counts from 0."""

    matter: Matter
    key: str
    shown: str
    sentence: int


_COUNTED = re.compile(r"[〇一二三四五六七八九十百千万億兆]{2,}(?=[人年月日時分秒個本件回割倍台冊名社点歳才度階円])")


def fold(text: str) -> str:
    """Give a text in its compatibility form (NFKC), numbers without commas, counted kanji numbers in digits."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", unicodedata.normalize("NFKC", text))
    return _COUNTED.sub(lambda m: _number_of(m[0]), plain)


def folded(text: str) -> str:
    """Give a folded text without blanks, commas and full stops: texts that are equal so need no closer look."""
    return re.sub(r"[\s。、]", "", fold(text))


def terms_of(text: str) -> tuple[Term, ...]:
    """Give the terms of a text in their order.

    >>> [t.key for t in terms_of("約1万5千円かもしれない。")]
    ['約', '15000円', 'かもしれない']
    """
    return tuple(
        Term(matter, key, shown, n)
        for n, sentence in enumerate(split_sentences(text))
        for matter, key, shown in _terms(fold(sentence))
    )


@lru_cache(maxsize=4096)
def _terms(sentence: str) -> tuple[tuple[Matter, str, str], ...]:
    words, out, at = analyse(sentence), [], 0
    while at < len(words):
        length, term = _term_at(words, at)
        out += [term] if term else []
        at += length
    return tuple(out)


_HEDGES = frozenset(
    [
        "約",
        "およそ",
        "おおよそ",
        "ほぼ",
        "おおむね",
        "概ね",
        "ほど",
        "程",
        "くらい",
        "ぐらい",
        "位",
        "程度",
        "前後",
        "頃",
        "ごろ",
        "たぶん",
        "多分",
        "おそらく",
        "恐らく",
        "きっと",
        "可能性",
        "おそれ",
        "恐れ",
        "見込み",
        "見通し",
        "予定",
        "はず",
        "筈",
        "つもり",
        "思う",
        "思える",
        "考える",
        "みる",
        "見る",
        "見込む",
        "らしい",
        "よう",
        "そう",
        "みたい",
        "まい",
        "一般",
        "傾向",
    ]
)
_LIGHT = frozenset(
    [
        "ある",
        "有る",
        "する",
        "為る",
        "いる",
        "居る",
        "おる",
        "くださる",
        "下さる",
        "いただく",
        "頂く",
        "ござる",
        "御座る",
        "ます",
        "です",
        "だ",
    ]
)
_KEPT_PARTICLES = frozenset(["ほど", "くらい", "ぐらい", "だけ", "しか", "ばかり", "のみ", "など", "さえ"])
_WORDS = frozenset(["動詞", "形容詞", "副詞", "連体詞", "接続詞", "感動詞"])
_NOUNS = frozenset(["名詞", "代名詞", "形状詞", "接頭辞", "接尾辞"])
_HONORIFICS = frozenset(["さん", "氏", "様", "さま", "君", "くん", "ちゃん"])
_FOREIGN = re.compile(r"[A-Za-z][A-Za-z0-9+#.\-]*|[ァ-ヶー]{3,}")
_UNIT = re.compile(r"[%‰℃°]|[A-Za-zμ㎡]+")


def _term_at(words: Sequence[Morpheme], at: int) -> tuple[int, tuple[Matter, str, str] | None]:
    """Give how many words the term at a place takes, and the term; None for words that carry nothing to compare."""
    word = words[at]
    following = words[at + 1] if at + 1 < len(words) else None
    if _number_of(word.surface) and word.pos[1] == "数詞":
        unit = following.surface if following and _is_unit(following) else ""
        return 1 + bool(unit), (Matter.NUMBER, _number_of(word.surface) + unit, word.surface + unit)
    if word.lemma == "しれる" and words[at - 2].surface == "か" and (length := _negated_length(words, at)):
        return length, (Matter.HEDGE, "かもしれない", "かもしれない")
    if _is_negation(word):
        return 1, (Matter.NEGATION, "ない", word.surface)
    if word.inflection[1] == "意志推量形" and word.lemma in ("だ", "です", "ある"):
        return 1, (Matter.HEDGE, "だろう", word.surface)
    if word.inflection[0] == "助動詞-タ":
        return 1, (Matter.WORD, "た", word.surface)
    matter = _matter_of(word, following)
    return 1, (matter, word.lemma.casefold(), word.surface) if matter else None


def _matter_of(word: Morpheme, following: Morpheme | None) -> Matter | None:
    kind = word.pos[0]
    if word.lemma in _LIGHT or not re.search(r"\w", word.surface):
        return None
    if word.lemma in _HEDGES:
        return Matter.HEDGE
    if word.pos[1] == "固有名詞" or _FOREIGN.fullmatch(word.surface):
        return Matter.NAME
    if kind in _NOUNS:
        return Matter.NAME if following and following.lemma in _HONORIFICS else Matter.NOUN
    return Matter.WORD if kind in _WORDS or word.lemma in _KEPT_PARTICLES else None


def _negated_length(words: Sequence[Morpheme], at: int) -> int:
    """Give how many words a verb and its negation (…ない, …ません) take together, 0 when it is not negated."""
    following = [w for w in words[at + 1 : at + 3] if w.lemma == "ます" or _is_negation(w)]
    return 1 + len(following) if following and _is_negation(following[-1]) else 0


def _is_negation(word: Morpheme) -> bool:
    if word.inflection[0] in ("助動詞-ナイ", "助動詞-ヌ"):
        return True
    return word.lemma in ("ない", "無い") and word.pos[0] == "形容詞"


def _is_unit(word: Morpheme) -> bool:
    return "助数詞" in "".join(word.pos) or word.pos[0] == "接尾辞" or bool(_UNIT.fullmatch(word.surface))


_DIGITS = {**dict(zip("〇一二三四五六七八九", "0123456789", strict=True)), "零": "0"}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "億": 10**8, "兆": 10**12}


def _number_of(text: str) -> str:
    """Give a number's value as digits, the text itself when it is none that can be counted, empty when it is no number.

    >>> _number_of("二〇二五"), _number_of("1万5千"), _number_of("三十五"), _number_of("3.5")
    ('2025', '15000', '35', '3.5')
    """
    plain = "".join(_DIGITS.get(c, c) for c in text)
    if not re.fullmatch(r"[0-9.十百千万億兆]+", plain):
        return text if re.search(r"[0-9]", plain) else ""
    if not re.search(r"[十百千万億兆]", plain):
        return plain
    total, part = 0.0, 0.0
    for piece in re.findall(r"[0-9.]*[十百千]|[0-9.]+|[万億兆]", plain):
        if piece in _MYRIADS:
            total, part = total + (part or 1) * _MYRIADS[piece], 0.0
            continue
        digits = piece.rstrip("十百千")
        if digits.count(".") > 1 or digits == ".":
            return text
        part += float(digits or 1) * _TENS.get(piece[-1], 1)
    return f"{total + part:.10g}"
