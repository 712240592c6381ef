"""Whether what is said is what was written: the small check that needs no dictionary."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain

Check = Callable[[str, str], Sequence[str]]  # source, spoken → what is wrong, empty when nothing is

_COUNTED = "円人年月日時分秒個本件回割倍台冊名社点歳才度階つ"
_NUMBER = re.compile(
    rf"\d+(?:[.,:]\d+)*[%A-Za-z一-龠々ァ-ヶ]?|[〇一二三四五六七八九十百千万億兆]+(?=[{_COUNTED}])[{_COUNTED}]"
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#.\-]*[A-Za-z0-9+#]|[A-Za-z]")
_WORD = re.compile(r"[一-龠々]{2,}|[ァ-ヶー]{2,}")
_CONTENT = re.compile(r"[一-龠々ァ-ヶA-Za-z0-9]")
_NEGATION = re.compile(r"ない|なかっ|なく(?!な)|ません|(?<=[かさたなまらわがばしえけせてねべめれげ])ず(?=[、。にと]|$)")
_OF_OURS = frozenset(["最後", "以上", "補足", "質問"])  # words that announce and claim nothing
_LEAST_KEPT = 0.6  # of the characters that carry meaning
_MOST_GROWN = (1.6, 24)  # a spoken line is at most so many times its source, and so many characters, long


def find_changes(source: str, spoken: str) -> tuple[str, ...]:
    """Tell what the spoken text changes: numbers with their units, Latin words, words of its own, negation, what is left out.

    Who did what to whom is not seen here.

    >>> find_changes("平日は10時まで開く。", "平日は、100時まで開いています。")
    ('「10時」 of the source is missing', '「100時」 is not in the source')
    """
    one, other = (unicodedata.normalize("NFKC", text) for text in (source, spoken))
    return tuple(chain.from_iterable(check(one, other) for check in _CHECKS))


def _different_numbers(source: str, spoken: str) -> list[str]:
    return _different(_NUMBER, source.replace(",", ""), spoken.replace(",", ""))


def _different_latin(source: str, spoken: str) -> list[str]:
    return _different(_LATIN, source.casefold(), spoken.casefold())


def _different(pattern: re.Pattern[str], source: str, spoken: str) -> list[str]:
    wanted, said = (Counter(pattern.findall(text)) for text in (source, spoken))
    lost = [f"「{each}」 of the source is missing" for each in wanted - said]
    return lost + [f"「{each}」 is not in the source" for each in said - wanted]


def _new_words(source: str, spoken: str) -> list[str]:
    words = dict.fromkeys(_WORD.findall(spoken))
    return [f"「{word}」 is not in the source" for word in words if word not in source and word not in _OF_OURS]


def _other_negation(source: str, spoken: str) -> list[str]:
    odd = (len(_NEGATION.findall(source)) - len(_NEGATION.findall(spoken))) % 2
    return ["a negation is lost or added"] if odd else []


def _wrong_extent(source: str, spoken: str) -> list[str]:
    wanted, said = (Counter(_CONTENT.findall(text)) for text in (source, spoken))
    if wanted.total() and (wanted & said).total() < _LEAST_KEPT * wanted.total():
        return ["much of the source is left out"]
    factor, extra = _MOST_GROWN
    return ["it is much longer than its source"] if len(spoken) > factor * len(source) + extra else []


_CHECKS = (_different_numbers, _different_latin, _new_words, _other_negation, _wrong_extent)
