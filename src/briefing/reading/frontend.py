"""The front end behind a small interface: text in, words with katakana and accent out. The owner of haqumei."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from briefing.reading.kana import simplify, to_katakana

if TYPE_CHECKING:
    from haqumei import Haqumei

LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        [
            "エー",
            "ビー",
            "シー",
            "ディー",
            "イー",
            "エフ",
            "ジー",
            "エイチ",
            "アイ",
            "ジェー",
            "ケー",
            "エル",
            "エム",
            "エヌ",
            "オー",
            "ピー",
            "キュー",
            "アール",
            "エス",
            "ティー",
            "ユー",
            "ブイ",
            "ダブリュー",
            "エックス",
            "ワイ",
            "ゼット",
        ],
        strict=True,
    )
)
_DIGITS = dict(
    zip("0123456789", ["ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュー"], strict=True)
)
_SIGNS = {
    "&": "アンド",
    "%": "パーセント",
    "+": "プラス",
    "=": "イコール",
    "@": "アット",
    "℃": "ド",
    "−": "マイナス",
    "$": "ドル",
    "¥": "エン",
}
_PAUSES = frozenset("、，,‥…:：;；―—（）()［］[]〈〉\n\t")


@dataclass(frozen=True, slots=True)
class Token:
    """A word in reading order. `kana` is katakana, or one of 、。？！ for a pause; `start`, `end` index the text given.

    `accent` is the mora after which the pitch falls (0: none); `chained` tells that it continues an accent phrase.
    """

    surface: str
    kana: str
    start: int
    end: int
    accent: int = 0
    chained: bool = False
    is_unknown: bool = False
    pos: str = ""


@lru_cache(maxsize=1)
def _front_end() -> Haqumei:
    from haqumei import Haqumei  # loaded at the first reading: `--help` must not pay for it

    return Haqumei()


def tokenize(text: str) -> tuple[Token, ...]:
    """Read text that the passes have prepared. Nothing is lost: a character it cannot read is spelled out.

    >>> [t.kana for t in tokenize("10分後")]
    ['ジュッ', 'プン', 'ゴ']
    """
    if not text.strip():
        return ()
    words = _front_end().g2p_mapping_detailed(text)
    places = place_words([w.word for w in words], text) or [w.char_span for w in words]
    return tuple(
        _token(w.word, w.pron, place, w.accent_nucleus, w.chain_flag, w.is_unknown, w.pos)
        for w, place in zip(words, places, strict=True)
    )


_VARIANTS = str.maketrans("−‐－’‘”“〜～￥", "---''\"\"~~¥")


def _plain(text: str) -> str:
    """Give text in the form in which it is compared: the front end hands it back full-width, some signs replaced."""
    return "".join(n if len(n := unicodedata.normalize("NFKC", c)) == 1 else c for c in text).translate(_VARIANTS)


def place_words(words: Sequence[str], text: str) -> list[tuple[int, int]] | None:
    """Find where each word lies in the text; None when the words do not spell it.

    The front end writes numbers in kanji and gives wrong places behind some of them (8日間の); what stands between
    numbers comes back letter by letter, and so anchors the rest.

    >>> place_words(["八日間", "の", "旅"], "8日間の旅")
    [(0, 3), (3, 4), (4, 5)]
    """
    given, plain = _plain("".join(words)), _plain(text)
    anchors, at, done = [(0, 0)], 0, 0
    for index, piece in enumerate(re.split(r"([0-9][0-9.,]*|[一二三四五六七八九]*〇[〇一二三四五六七八九]*)", plain)):
        if index % 2 == 0 and piece:
            at = given.find(piece, at)
            if at < 0:
                return None
            anchors += [(at, done), (at + len(piece), done + len(piece))]
            at += len(piece)
        done += len(piece)
    anchors.append((len(given), len(plain)))
    ends = [0, *accumulate(map(len, words))]
    places = [_moved(end, anchors) for end in ends]
    return list(pairwise(places))


def _moved(at: int, anchors: Sequence[tuple[int, int]]) -> int:
    """Give the place in the text of a place among the words: the same distance behind the anchor, never past the next."""
    index = max(bisect_right(anchors, (at, 1 << 60)) - 1, 0)
    base_given, base_text = anchors[index]
    limit = anchors[index + 1][1] if index + 1 < len(anchors) else base_text
    return min(base_text + at - base_given, limit)


@lru_cache(maxsize=4096)
def reading_of(word: str) -> str:
    """Give the katakana of a word by itself.

    >>> reading_of("東京")
    'トーキョー'
    """
    return "".join(t.kana for t in tokenize(word) if t.kana not in "、。？！")


@lru_cache(maxsize=4096)
def is_known(word: str) -> bool:
    """Say whether a word stands in the front end's dictionary, so that its reading is no guess.

    >>> is_known("YouTube"), is_known("Zqxlrb")
    (True, False)
    """
    tokens = tokenize(word)
    return len(tokens) == 1 and not tokens[0].is_unknown


def _token(word: str, pron: str, span: tuple[int, int], accent: int, chain: int, is_unknown: bool, pos: str) -> Token:
    kana = _kana_of(word, pron)
    guessed = is_unknown and simplify(word) != kana
    return Token(word, kana, span[0], span[1], accent, chain == 1, guessed, pos)


def _kana_of(word: str, pron: str) -> str:
    reading = simplify(pron)
    if re.fullmatch("[ァ-ヴー]+", reading):
        return reading
    return "".join(_spell(c) for c in to_katakana(word))


def _spell(char: str) -> str:
    """Give the reading of a single character that the dictionary left unread."""
    low = char.lower()
    if low in LETTERS:
        return LETTERS[low]
    if "ァ" <= simplify(char) <= "ヴ" or char == "ー":
        return simplify(char)
    if char in "？?":
        return "？"
    if char in "！!":
        return "！"
    if char in "。．":
        return "。"
    return _DIGITS.get(char) or _SIGNS.get(char) or ("、" if char in _PAUSES and not char.isspace() else "")
