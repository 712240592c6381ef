"""Katakana to the phonemes that Kokoro-82M's Japanese voices were trained on, built from rows and vowels."""

from __future__ import annotations

import re

_VOWELS = dict(zip("アイウエオ", "aiɯeo", strict=True))
# Row: its five kana and the consonant before a, i, u, e, o. The vowel u is fronted after s, z, ts and palatals.
_ROWS: tuple[tuple[str, tuple[str, str, str, str, str]], ...] = (
    ("カキクケコ", ("k", "kʲ", "k", "k", "k")),
    ("ガギグゲゴ", ("ɡ", "ɡʲ", "ɡ", "ɡ", "ɡ")),
    ("サシスセソ", ("s", "ɕ", "s", "s", "s")),
    ("ザジズゼゾ", ("ʣ", "ʥ", "z", "ʣ", "ʣ")),
    ("タチツテト", ("t", "ʨ", "ʦ", "t", "t")),
    ("ダヂヅデド", ("d", "ʥ", "z", "d", "d")),
    ("ナニヌネノ", ("n", "ɲ", "n", "n", "n")),
    ("ハヒフヘホ", ("h", "ç", "ɸ", "h", "h")),
    ("バビブベボ", ("b", "bʲ", "b", "b", "b")),
    ("パピプペポ", ("p", "pʲ", "p", "p", "p")),
    ("マミムメモ", ("m", "mʲ", "m", "m", "m")),
    ("ラリルレロ", ("ɾ", "ɾʲ", "ɾ", "ɾ", "ɾ")),
)
_FRONTED = frozenset("スズツヅ")
_SMALL = dict(zip("ァィゥェォャュョ", "aiɯeoaɨo", strict=True))
# A kana before a small one: its consonant in that place, by the small kana it stands before.
_PALATAL = {
    "キ": "kʲ", "ギ": "ɡʲ", "シ": "ɕ", "ジ": "ʥ", "ヂ": "ʥ", "チ": "ʨ", "ニ": "ɲ", "ヒ": "ç", "ビ": "bʲ", "ピ": "pʲ",
    "ミ": "mʲ", "リ": "ɾʲ",
}  # fmt: skip
_FOREIGN = {
    "ツ": "ʦ",
    "フ": "ɸ",
    "ヴ": "v",
    "ク": "kᵝ",
    "グ": "ɡᵝ",
    "ウ": "β",
    "テ": "t",
    "デ": "d",
    "ト": "t",
    "ド": "d",
    "ス": "s",
    "ズ": "z",
}
_PALATALIZED_BEFORE_I = frozenset("ツフヴテデ")
_SIGNS = {"、": ",", "。": ".", "？": "?", "！": "!", "/": " "}
SILENT = "".join(_SIGNS.values())  # phonemes that are pauses
_MORA = re.compile("[ア-ヴ][ァィゥェォャュョヮ]|.")


def _single_table() -> dict[str, str]:
    table = dict(_VOWELS)
    for kana, consonants in _ROWS:
        for letter, consonant, vowel in zip(kana, consonants, "aiɯeo", strict=True):
            table[letter] = consonant + ("ɨ" if letter in _FRONTED else vowel)
    table |= {"ヤ": "ja", "ユ": "jɯ", "ヨ": "jo", "ワ": "βa", "ヰ": "i", "ヱ": "e", "ヲ": "o", "ヴ": "vɯ", "ヮ": "βa"}
    return (
        table
        | {small: vowel for small, vowel in zip("ァィゥェォ", "aiɯeo", strict=True)}
        | {"ャ": "ja", "ュ": "jɯ", "ョ": "jo"}
    )


def _pair_table() -> dict[str, str]:
    table = {a + small: c + _SMALL[small] for a, c in _PALATAL.items() for small in "ャュョェ"}
    for kana, consonant in _FOREIGN.items():
        for small in "ァィゥェォャュョ":
            soft = small in "ャュョ" or (small == "ィ" and kana in _PALATALIZED_BEFORE_I)
            table[kana + small] = consonant + ("ʲ" if soft else "") + _SMALL[small]
    return table | {"イェ": "je", "ウァ": "βa", "クヮ": "kᵝa", "グヮ": "ɡᵝa"}


_SINGLE = _single_table()
_PAIR = _pair_table()


def kana_to_pieces(kana: str) -> tuple[tuple[str, int], ...]:
    """Give phonemes piece by piece, each with the number of characters of the kana spoken when it ends.

    >>> kana_to_pieces("ガ'ッコー")
    (('ɡa', 1), ('', 2), ('ʔ', 3), ('ko', 4), ('ː', 5))
    """
    morae = list(_MORA.finditer(kana))
    following = [_phoneme(m[0], "") for m in morae]
    out = []
    for index, match in enumerate(morae):
        after = next((p for p in following[index + 1 :] if p), "")
        for piece, end in _split(match[0], match.start()):
            out.append((_phoneme(piece, after), end))
    return tuple(out)


def kana_to_phonemes(kana: str) -> str:
    """Give the phonemes of accented katakana.

    >>> kana_to_phonemes("シンブン/ヨ'ム。")
    'ɕimbɯɴ jomɯ.'
    """
    return "".join(piece for piece, _ in kana_to_pieces(kana))


def uncovered(kana: str) -> str:
    """Give the characters that have no phoneme."""
    return "".join(m[0] for m in _MORA.finditer(kana) if not _phoneme(m[0], "") and m[0] != "'")


def _split(mora: str, start: int) -> list[tuple[str, int]]:
    if len(mora) == 1 or mora in _PAIR:
        return [(mora, start + len(mora))]
    return [(mora[0], start + 1), (mora[1], start + 2)]


def _phoneme(mora: str, after: str) -> str:
    if mora == "ン":
        return _moraic_nasal(after)
    if mora in _PAIR:
        return _PAIR[mora]
    if len(mora) == 2:
        return "".join(_SINGLE.get(c, "") for c in mora)
    return {"ッ": "ʔ", "ー": "ː"}.get(mora) or _SINGLE.get(mora) or _SIGNS.get(mora, "")


def _moraic_nasal(after: str) -> str:
    """Give ン as it sounds before the next phoneme (assimilation of place)."""
    places = (("m", "mpb"), ("ŋ", "kɡ"), ("ɲ", "ɲʨʥ"), ("n", "ntdɾz"))
    return next((nasal for nasal, heads in places if after[:1] and after[:1] in heads), "ɴ")
