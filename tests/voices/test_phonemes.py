"""From katakana to Kokoro's phonemes and back: nothing is lost on the way to the voice."""

from __future__ import annotations

import re

import pytest
from tests.reading.score import heard, kana_of, rows_of

from briefing.reading.kana import simplify
from briefing.voices.kokoro_phonemes import _PAIR, _SINGLE, kana_to_phonemes, uncovered

# Each phoneme string back to the kana that it stands for; of several kana with one sound the first is kept.
BACK: dict[str, str] = {"ʔ": "ッ", "ː": "ー", "ɴ": "ン", "m": "ン", "ŋ": "ン", "ɲ": "ン", "n": "ン"}
for table in (_SINGLE, _PAIR):
    for kana, phonemes in table.items():
        if kana[:2] not in ("テゥ", "デゥ", "テォ", "デォ"):  # rare spellings of トゥ, ドゥ
            BACK.setdefault(phonemes, kana)
PIECE = re.compile("|".join(map(re.escape, sorted(BACK, key=len, reverse=True))))


def back_to_kana(phonemes: str) -> str:
    assert PIECE.sub("", re.sub("[,.?! ]", "", phonemes)) == ""
    return "".join(BACK[piece] for piece in PIECE.findall(phonemes))


def spoken(kana: str) -> str:
    return re.sub("[^ァ-ヴー]", "", simplify(kana)).replace("エェ", "エエ")


def same(kana: str) -> str:
    """Fold kana that sound alike: small vowels behind ー, ヴ, and what the table writes one way."""
    return heard(back_to_kana(kana_to_phonemes(spoken(kana))))


@pytest.mark.parametrize("name", ["development", "ita"])
def test_gold_katakana_comes_back_from_its_phonemes(name: str) -> None:
    lost = []
    for row in rows_of(name):
        kana = spoken(row.accepted[0])
        assert uncovered(kana) == ""
        if same(kana) != heard(kana):
            lost.append((row.id, heard(kana), same(kana)))
    assert lost == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["development", "ita"])
def test_our_own_reading_comes_back_from_its_phonemes(name: str) -> None:
    lost = [r.id for r in rows_of(name) if same(kana_of(r.text)) != heard(spoken(kana_of(r.text)))]
    assert lost == []


MORAE = {
    "long vowel": "コーヒー", "ッ before a pause": "アッ、ソウ", "ッ at the end": "エッ", "ー alone": "ー", "ヴァ": "ヴァイオリン", "ティ": "パーティー", "デュ": "デュエット",
    "ウォ": "ウォーター", "ファ": "ファイル", "チェ": "チェック", "ジェ": "ジェット", "シェ": "シェア", "ツァ": "モーツァルト", "フュ": "フュージョン", "テュ": "テューバ", "クァ": "クァルテット",
    "トゥ": "トゥナイト", "ドゥ": "ドゥオモ", "イェ": "イェール", "ン before a vowel": "シンアイ", "ン before p": "シンパイ", "ヒャ": "ヒャク", "リョ": "リョコウ",
}  # fmt: skip


@pytest.mark.parametrize("kana", MORAE.values(), ids=MORAE.keys())
def test_every_kind_of_mora_is_covered(kana: str) -> None:
    assert uncovered(kana) == ""
    assert same(kana) == heard(kana)


@pytest.mark.parametrize(("small", "full"), list(zip("ァィゥェォャュョ", "アイウエオヤユヨ", strict=True)))
def test_a_small_letter_alone_is_said_as_the_full_one(small: str, full: str) -> None:
    assert kana_to_phonemes(small) == kana_to_phonemes(full)
