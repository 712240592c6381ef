"""How far a reading is from gold: edits over katakana as a listener hears it."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from briefing.reading import Lexicon, built_in_lexicon, plain_kana, read_sentence
from briefing.reading.kana import long_vowels

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Row:
    id: str
    text: str
    accepted: tuple[str, ...]


@dataclass(frozen=True)
class Score:
    """`cer`: edits for each hundred kana of gold; `right`: sentences without any, in percent."""

    cer: float
    right: float
    wrong: tuple[str, ...]


def rows_of(name: str) -> list[Row]:
    found = [json.loads(row) for row in (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [Row(r["id"], r["text"], (r["kana"], *r.get("alt", ()))) for r in found]


def heard(kana: str) -> str:
    """Give kana without what no listener hears: signs, spaces, は written for わ, how a long vowel is written."""
    text = unicodedata.normalize("NFKC", kana)
    text = re.sub("ヴ([ァィェォ])", lambda m: dict(zip("ァィェォ", "バビベボ", strict=True))[m[1]], text).replace(
        "ヴ", "ブ"
    )
    text = "".join(c for c in text if c == "ー" or unicodedata.category(c)[0] in "LN")
    return long_vowels(text).replace("ハ", "ワ").replace("ヘ", "エ").replace("イウ", "ユー")


def edits(one: str, other: str) -> int:
    previous = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        current = [i]
        for j, b in enumerate(other, 1):
            current.append(min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (a != b)))
        previous = current
    return previous[-1]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    return built_in_lexicon()


def kana_of(text: str) -> str:
    return plain_kana(read_sentence(text, lexicon()).kana)


def score(rows: list[Row]) -> Score:
    distances, length, wrong = 0, 0, []
    for row in rows:
        said = heard(kana_of(row.text))
        distance, gold = min((edits(said, g), g) for g in map(heard, row.accepted))
        distances += distance
        length += len(gold)
        if distance:
            wrong.append(f"{row.id} {row.text}\n  {gold}\n  {said}")
    return Score(100 * distances / length, 100 - 100 * len(wrong) / len(rows), tuple(wrong))
