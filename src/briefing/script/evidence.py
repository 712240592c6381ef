"""Which line above the text is its title: several independent kinds of evidence, weighed and added up over the document."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import islice

from briefing.script import marks
from briefing.script.likelihood import Likelihood
from briefing.script.lines import ORNAMENTS, is_label, is_meta
from briefing.script.mastheads import SUBTITLE, WORDS, title_score

_WEIGHTS = {
    "first": 0.9,  # of the lines that look best by their form alone, or right below a date
    "taken up": 0.9,  # share of its words that come again in the text
    "long": 1.0,  # up to 28 characters
    "says": 0.6,  # a particle: words that stand in a sentence
    "acts": 0.3,  # a verb or an adjective at its end
    "kind": 0.9,  # tells what the text is, at its end: 開催報告, についてのお知らせ
    "subtitle": 0.6,  # right below it
    "label": 0.5,  # a date or a label right below it
    "bracket": -0.6,  # at its end: a name with what it is
    "sender": -0.45,  # share of its words that come again where the text tells whom to ask
    "row": -1.5,  # right below a label, of the form of one: 傍聴者　２名
    "section": -0.8,  # a heading, right above a sentence or a list, of a form that comes again
    "heading": -0.5,  # of four that have its form further down
}
"""Fitted as a softmax over the leading lines of 329 articles, the same with other mastheads above them and with other articles'
heads, beside the form's own score with weight 1, and rounded; `row` and `section` are set by hand. Figures: docs/decisions.md."""

_LIKELY = 1.0
"""What counts, beside these, the logarithm of the chance that a model of lines gives; of 240 articles by authors left out, .925 without it, .950 at 0.5, .958 at 1, .954 at 2."""


def likeliest_title(leading: Sequence[int], lines: Sequence[str], heads: Sequence[int], likely: Likelihood) -> int:
    """Give the leading line that is most likely the title; 0 where none can be, or the text is a single line.

    `heads` are the lines of headings of sections, the title perhaps among them; `likely` is what a model of lines holds.
    """
    if not leading or sum(map(bool, lines)) < 2:
        return 0
    rest = "\n".join(lines[leading[-1] :])
    foot = "\n".join(t for t in lines[-_FOOT:] if not marks.FULL_STOP.search(t))
    openings = {n for n in heads if marks.OPENING.fullmatch(lines[n - 1].strip(ORNAMENTS))}
    forms = {n: -1 if n in openings else max(title_score(lines[n - 1], rest, lines[n : n + 1]), -1) for n in leading}
    single = [n for n in leading if n not in heads or _count_alike(n, lines, heads) < _LEAST_ALIKE]
    front = next((n for least in (1, 0.5, 0.2) for n in single if forms[n] >= least), 0)
    leads = {front, *(n for n in leading if n not in heads and forms[n] >= 1 and is_meta(lines[n - 2]))}
    sums = {
        n: forms[n]
        + _weigh(n, leading, lines, heads, rest, foot)
        + _WEIGHTS["first"] * (n in leads)
        + _LIKELY * likely.trust * math.log(likely.of_title(n) + 1e-3)
        for n in leading
    }
    return max((n for n in leading if forms[n] > 0), key=lambda n: (sums[n], -n), default=0)


def _weigh(
    number: int, leading: Sequence[int], lines: Sequence[str], heads: Sequence[int], rest: str, foot: str
) -> float:
    """Add up what is seen of a line; `rest` is the text below the leading lines, `foot` its last lines that are no sentences."""
    text, below = lines[number - 1], next((lines[n - 1] for n in leading if n > number), "")
    words, alike = WORDS.findall(text), _count_alike(number, lines, heads)
    found = {
        "taken up": sum(word in rest for word in words) / max(len(words), 1),
        "long": min(len(text), _LONG) / _LONG,
        "says": bool(re.search("[をがはにでと]|から|まで", text)),
        "acts": bool(_ACTS.search(text)),
        "kind": bool(_KIND.search(text)),
        "subtitle": bool(SUBTITLE.fullmatch(below)),
        "label": bool(below and (is_meta(below) or marks.META_LABEL.match(below))),
        "bracket": text.endswith((")", "）")),
        "sender": sum(word in foot for word in words) / max(len(words), 1),
        "section": number in heads and alike > 0 and bool(_TOLD.search("".join(lines[number : number + 1]))),
        "heading": alike / _MOST_ALIKE,
        "row": number > 1 and is_label(lines[number - 2]) and bool(_ROW.match(text)),
    }
    return sum(_WEIGHTS[name] * value for name, value in found.items())


def _count_alike(number: int, lines: Sequence[str], heads: Sequence[int]) -> int:
    own = _forms_of(number, lines)
    alike = (n for n in heads if n != number and own & _forms_of(n, lines))
    return sum(1 for _ in islice(alike, _MOST_ALIKE))


_LEAST_ALIKE = 2
_MOST_ALIKE = 4


def _forms_of(number: int, lines: Sequence[str]) -> set[str]:
    return {c.family for c in marks.heading_candidates(number, lines[number - 1])}


_ROW = re.compile(r"\S{1,5}[\s:：]")
_FOOT = 12  # lines in which a text tells whom to ask
_LONG = 28
_TOLD = re.compile(rf"{marks.FULL_STOP.pattern}|^[・‣•\-*]|^[0-9０-９]{{1,2}}[.．、)）]")  # a sentence, a list's item
_ACTS = re.compile("[るたいうすく]$|[るたすいく][^一-龠]{1,2}$")
_KIND = re.compile(
    r"(?:レポート|報告|記録|議事録|案内|お知らせ|について|募集|採録|まとめ|しおり|手引き?|ガイド|質問|Q&A|座談会|対談|開催|方法)(?:書|集|」)?(?:[（(][^（()）号]*[)）])?$"
)
