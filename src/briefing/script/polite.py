"""Plain endings of written Japanese to the polite ones of a voice (常体 → 敬体): the last predicate only, tense and negation kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from briefing.morphology import Morpheme, analyse
from briefing.script.changes import find_changes

Words = Sequence[Morpheme]
_TAIL = re.compile(r"(?P<body>.*?)(?P<tail>(?:[(（][^()（）]*[)）])?[。．！!…]*)", re.DOTALL)
_COMPLETE = "終止形-一般"
_STEM_VOWEL = dict(zip("うくぐすつぬぶむる", "いきぎしちにびみり", strict=True))
_ONE_WORD = re.compile(
    r"(?:つまら|くだら|もったい|さりげ|なにげ|何気)な(?:い|かった)$"
)  # adjectives that are no negation
_HONORIFIC = re.compile(r"(?:くださ|下さ|なさ|いらっしゃ|おっしゃ|仰|ござ)る$")


def to_polite(sentence: str) -> str:
    """Give the sentence with its last predicate in polite form; what is no plain predicate stays as it is.

    A quotation, a question, a noun at the end, an imperative and classical forms stay, and what another word would come of.

    >>> to_polite("雨は降らなかった。"), to_polite("「行く」と言った。"), to_polite("開館は10時。")
    ('雨は降りませんでした。', '「行く」と言いました。', '開館は10時。')
    """
    match = _TAIL.fullmatch(sentence)
    if not match or not match["body"]:
        return sentence
    if _ONE_WORD.search(match["body"]):
        return f"{match['body']}です{match['tail'] or ''}"
    words = analyse(match["body"])
    for rule in _RULES:
        replaced = rule(words)
        if replaced is not None:
            kept, ending = replaced
            polite = match["body"][: words[kept].start] + ending + match["tail"]
            return sentence if find_changes(sentence, polite) else polite
    return sentence


Ending = tuple[int, str] | None
"""The first word that is replaced, counted from the end, and what stands for it and all after it."""


def _is(word: Morpheme, inflection: str, form: str = "") -> bool:
    return word.inflection[0] == inflection and word.inflection[1].startswith(form)


def _copula(words: Words) -> Ending:
    """Replace だ, だった, だろう, and である in all its forms."""
    if words[-1].surface == "だろう":
        return -1, "でしょう"
    if _is(words[-1], "助動詞-ダ", _COMPLETE):
        return -1, "です"
    if len(words) < 2:
        return None
    if _is(words[-2], "助動詞-ダ", "連用形-促音便") and words[-1].surface == "た":
        return -2, "でした"
    forms = {"ある": "です", "あろう": "でしょう"}
    if _is(words[-2], "助動詞-ダ", "連用形") and words[-1].surface in forms:
        return -2, forms[words[-1].surface]
    past = len(words) > 2 and _is(words[-3], "助動詞-ダ", "連用形") and words[-2].surface == "あっ"
    return (-3, "でした") if past and words[-1].surface == "た" else None


def _absence(words: Words) -> Ending:
    """Replace ない and なかった as an adjective: 問題はない, 高くない, 本ではない."""
    if _is_absence(words[-1]) and _is(words[-1], "形容詞", _COMPLETE):
        return -1, "ありません"
    if len(words) > 1 and words[-1].surface == "た" and _is_absence(words[-2]):
        return -2, "ありませんでした"
    return None


def _is_absence(word: Morpheme) -> bool:
    return word.lemma in ("ない", "無い") and word.pos[0] == "形容詞"


def _negated(words: Words) -> Ending:
    """Replace a verb with ない or なかった."""
    past = words[-1].surface == "た" and len(words) > 2 and _is(words[-2], "助動詞-ナイ", "連用形")
    at = -3 if past else -2
    is_plain = past or _is(words[-1], "助動詞-ナイ", _COMPLETE)
    stem = _masu_stem(words[at]) if is_plain and len(words) >= -at else ""
    return (at, stem + ("ませんでした" if past else "ません")) if stem else None


def _adjective(words: Words) -> Ending:
    """Follow 高い, 行きたい, らしい, and their past with です."""
    kinds = ("形容詞", "助動詞-タイ", "助動詞-ラシイ")
    if words[-1].inflection[0] in kinds and words[-1].inflection[1] == _COMPLETE:
        return -1, f"{words[-1].surface}です"
    past = len(words) > 1 and words[-1].surface == "た" and words[-2].inflection[0] in kinds
    return (-1, "たです") if past else None


def _verb(words: Words) -> Ending:
    """Replace a verb, or one with れる, せる, in the present or with た."""
    if words[-1].inflection[1] == _COMPLETE and (stem := _masu_stem(words[-1])):
        return -1, f"{stem}ます"
    is_past = len(words) > 1 and _is(words[-1], "助動詞-タ", _COMPLETE)
    stem = _masu_stem(words[-2]) if is_past else ""
    return (-2, f"{stem}ました") if stem else None


_RULES: tuple[Callable[[Words], Ending], ...] = (_copula, _absence, _negated, _adjective, _verb)


def _masu_stem(word: Morpheme) -> str:
    """Give the form before ます; empty for what takes none (ます itself, classical verbs, a noun)."""
    kind, lemma = word.inflection[0], word.lemma
    for prefix, stem in _STEMS.items():
        if kind.startswith(prefix):
            return stem(lemma)
    return ""


_STEMS: Mapping[str, Callable[[str], str]] = {
    "五段": lambda lemma: lemma[:-1] + ("い" if _HONORIFIC.search(lemma) else _STEM_VOWEL[lemma[-1]]),
    "上一段": lambda lemma: lemma[:-1],
    "下一段": lambda lemma: lemma[:-1],
    "助動詞-レル": lambda lemma: lemma[:-1],
    "サ行変格": lambda lemma: lemma[:-2] + ("じ" if lemma.endswith("ずる") else "し"),
    "カ行変格": lambda lemma: lemma[:-1] if lemma.endswith("来る") else f"{lemma[:-2]}き",
}
