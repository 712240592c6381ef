"""Katakana: the form in which every reading reaches a voice."""

from __future__ import annotations

import re
import unicodedata

SMALL = frozenset("ァィゥェォャュョヮ")
MORA = re.compile("[ア-ヴヷ-ヺ][ァィゥェォャュョヮ]?|[ァィゥェォャュョヮッンー]")
KANA_WORD = re.compile(r"[ぁ-ゖァ-ヺー・゛゜ｦ-ﾟ\s]+")
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_ITERATION = {"ゝ": "ヽ", "ゞ": "ヾ"}
# Small kana of Ainu and old spellings, said as the full ones (Unicode block Katakana Phonetic Extensions).
_SMALL_TO_FULL = str.maketrans(
    "ヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿヰヱヲヷヸヹヺ", "カケクシストヌハヒフヘホムラリルレロイエオワイエオ"
)


def to_katakana(text: str) -> str:
    """Give hiragana and half-width kana as full-width katakana; other characters stay.

    >>> to_katakana("がっこう ﾃﾚﾋﾞ")
    'ガッコウ テレビ'
    """
    return unicodedata.normalize("NFKC", text).translate(_TO_KATAKANA)


def is_kana(text: str) -> bool:
    """Say whether the text is nothing but kana.

    >>> is_kana("きょう"), is_kana("今日")
    (True, False)
    """
    return bool(KANA_WORD.fullmatch(text))


def split_morae(kana: str) -> tuple[str, ...]:
    """Split katakana into morae; anything else is left out.

    >>> split_morae("シャッター")
    ('シャ', 'ッ', 'タ', 'ー')
    """
    return tuple(MORA.findall(simplify(kana)))


def simplify(kana: str) -> str:
    """Give katakana in the letters that the mora tables know: no ヵ, ヰ, ヲ, ヂ or ヅ, no devoicing marks.

    >>> simplify("ヲ’ヅ")
    'オズ'
    """
    plain = unicodedata.normalize("NFC", to_katakana(kana).replace("’", "").replace("'", ""))
    return plain.translate(_SMALL_TO_FULL).replace("ヂ", "ジ").replace("ヅ", "ズ")


def long_vowels(kana: str) -> str:
    """Give kana with every long vowel as ー.

    >>> long_vowels("トウキョウ"), long_vowels("センセイ")
    ('トーキョー', 'センセー')
    """
    kana = re.sub("(?<=[オコソトノホモヨロゴゾドボポョォ])[ウオ]", "ー", simplify(kana))
    kana = re.sub("(?<=[エケセテネヘメレゲゼデベペェ])[イエ]", "ー", kana)
    kana = re.sub("(?<=[ウクスツヌフムユルグズブプュ])ウ", "ー", kana)
    return re.sub("(?<=[アカサタナハマヤラワガザダバパャァ])ア|(?<=[イキシチニヒミリギジビピィ])イ", "ー", kana)


def same_sound(one: str, other: str) -> bool:
    """Say whether two readings sound alike: particles, long vowels and old spellings aside.

    >>> same_sound("キョーワ", "キョウハ")
    True
    """

    def sound(kana: str) -> str:
        return long_vowels(kana).replace("ハ", "ワ").replace("ヘ", "エ")

    return sound(one) == sound(other)
