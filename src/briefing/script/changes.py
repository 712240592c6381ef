"""What a spoken text changes of its source: two rows of terms laid side by side."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from briefing.script.sentences import split_sentences
from briefing.script.terms import Matter, Term, fold, folded, terms_of


@dataclass(frozen=True, slots=True)
class Change:
    """A term that one text has and the other has not: `lost` of the source, or `added` by what is spoken."""

    matter: Matter
    lost: str = ""
    added: str = ""

    def __str__(self) -> str:
        if self.matter is Matter.NEGATION:
            return f"a negation is {'lost' if self.lost else 'added'}"
        if self.matter is Matter.SENTENCE:
            return f"「{self.lost}」 is not said"
        return f"「{self.lost}」 of the source is missing" if self.lost else f"「{self.added}」 is not in the source"


def find_changes(source: str, spoken: str) -> tuple[Change, ...]:
    """Tell what the spoken text changes of its source. Particles, politeness, signs and the order of sentences' ends are free.

    >>> [str(c) for c in find_changes("平日は10時まで開く。", "平日は、11時まで開きます。")]
    ['「10時」 of the source is missing', '「11時」 is not in the source']
    >>> find_changes("雨は降らなかった。", "雨は降りませんでした。")
    ()
    """
    if folded(source) == folded(spoken):
        return ()
    wanted, said = terms_of(source), terms_of(spoken)
    lost, added = _apart(wanted, said)
    whole = _unsaid_sentences(wanted, lost)
    sentences = split_sentences(source)
    return (
        *(Change(Matter.SENTENCE, lost=sentences[n]) for n in whole),
        *(Change(term.matter, lost=term.shown) for term in lost if term.sentence not in whole),
        *(Change(term.matter, added=term.shown) for term in added),
    )


def find_faults(source: str, spoken: str) -> tuple[str, ...]:
    """Tell what is wrong with a text in words of its own: everything that changes save that common words may go, and words move.

    It must hold three fifths of its source and may not be much longer.
    """
    changes = find_changes(source, spoken)
    moved = Counter(c.lost for c in changes if c.lost) & Counter(c.added for c in changes if c.added)
    faults = [str(c) for c in changes if _is_fault(c, source, moved)]
    return (*faults, *_wrong_extent(source, spoken))


def _is_fault(change: Change, source: str, moved: Mapping[str, int]) -> bool:
    if change.matter in (Matter.NUMBER, Matter.NAME, Matter.NEGATION, Matter.HEDGE):
        return change.matter is Matter.NAME or (change.lost or change.added) not in moved
    return change.matter is Matter.NOUN and bool(change.added) and change.added not in fold(source)


_LEAST_KEPT = 0.6  # of the characters that carry meaning
_MOST_GROWN = (1.6, 24)  # a spoken line is at most so many times its source, and so many characters, long
_CONTENT = re.compile(r"[一-龠々ァ-ヶA-Za-z0-9]")


def _wrong_extent(source: str, spoken: str) -> list[str]:
    wanted, said = (Counter(_CONTENT.findall(fold(text))) for text in (source, spoken))
    if wanted.total() and (wanted & said).total() < _LEAST_KEPT * wanted.total():
        return ["much of the source is left out"]
    factor, extra = _MOST_GROWN
    return ["it is much longer than its source"] if len(spoken) > factor * len(source) + extra else []


def _apart(wanted: Sequence[Term], said: Sequence[Term]) -> tuple[list[Term], list[Term]]:
    """Lay two rows of terms side by side and give those that stand alone in each."""
    matcher = SequenceMatcher(None, [t.key for t in wanted], [t.key for t in said], autojunk=False)
    lost: list[Term] = []
    added: list[Term] = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if tag != "equal":
            lost += wanted[a1:a2]
            added += said[b1:b2]
    return lost, added


_MOST_OF = 0.8  # of a sentence's terms: without them it counts as not said


def _unsaid_sentences(wanted: Sequence[Term], lost: Sequence[Term]) -> tuple[int, ...]:
    sizes, gone = Counter(t.sentence for t in wanted), Counter(t.sentence for t in lost)
    return tuple(n for n, size in sorted(sizes.items()) if gone[n] >= _MOST_OF * size)
