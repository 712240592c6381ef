"""Text to sentences: cut at sentence ends outside brackets."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "「『（(【〈《［[", "」』）)】〉》］]"
_ENDS = "。！？!?．"
_PARTICLE = re.compile(r"(?:と|って|について|という|のか|など|の|が|を|は|に|で|も|や|から)(?![。、])")
_LAUGH = re.compile(r"[（(](?:笑|笑い|涙|泣|苦笑|汗)[)）]|(?<=[。！？!?])(?:笑|w+)(?=\s|$)")


def split_sentences(text: str) -> tuple[str, ...]:
    """Give the sentences; nothing but blanks at their ends is lost.

    >>> split_sentences("「はい。そうです」と言った。次へ！")
    ('「はい。そうです」と言った。', '次へ！')
    >>> split_sentences("前回の１．５倍である．次は２倍")
    ('前回の１．５倍である．', '次は２倍')
    """
    out, start, depth = [], 0, 0
    for index, char in enumerate(text):
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth = max(0, depth - 1)
        ends = char in _ENDS and not _continues(text, index)
        if ends and (depth == 0 or not _closes_later(text, index, depth)):
            out.append(text[start : index + 1])
            start, depth = index + 1, 0
    out.append(text[start:])
    return tuple(s.strip() for s in out if s.strip())


def _continues(text: str, index: int) -> bool:
    """Say whether the sentence goes on: before another end, a closing bracket, a laugh mark, a particle (…か？という) or a Latin letter or digit; in a number, too (１．５)."""
    after = text[index + 1 : index + 2]
    if after and (after in _ENDS or after in _CLOSE):
        return True
    if _LAUGH.match(text, index + 1):
        return True
    if text[index] in "!?！？" and _PARTICLE.match(text, index + 1):
        return True
    if text[index] == "．" and _IN_WIDE_NUMBER.fullmatch(text[max(index - 1, 0) : index + 2]):
        return True
    return text[index] in ".!?．" and bool(re.match(r"[A-Za-z0-9]", after))


_IN_WIDE_NUMBER = re.compile(r"[0-9０-９Ａ-Ｚａ-ｚ]．[0-9０-９Ａ-Ｚａ-ｚ]")


def _closes_later(text: str, index: int, depth: int) -> bool:
    """Say whether a bracket is closed; an unclosed one must not swallow the rest of a paragraph."""
    return any(char in _CLOSE for char in text[index + 1 : index + 400]) and depth > 0


def as_sentence(text: str) -> str:
    """Give a text with a full stop, unless it ends as a sentence does."""
    return text if not text or re.search(r"[。！？!?.…]$", text) else f"{text}。"


def with_stop(text: str) -> str:
    """Give a text that ends in a word with a full stop: a voice falls there."""
    return f"{text}。" if re.search(r"[\w％%）)]$", text) else text
