"""Sentences as spans: what is shown never changes, what is said may be rewritten until somebody has fixed it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from briefing.model import Origin, Span

Spans = tuple[Span, ...]
Edit = tuple[int, int, str]
Said = str | Callable[[re.Match[str]], str | None]

# What rules see in place of a fixed span: they may look at it, never into it. One character each, of private use.
FIXED_LATIN, FIXED_OTHER = "\ue000", "\ue001"
_FIXED = frozenset({Origin.RUBY, Origin.LEXICON})


class Rule(NamedTuple):
    """A rewriting: wherever `pattern` matches, `said` is said: a template, or a function that may decline with None."""

    pattern: re.Pattern[str]
    said: Said


def open_span(text: str) -> Span:
    """Give a span that nobody has decided on yet.

    >>> open_span("東京").origin.value
    'front end'
    """
    return Span(text, text, Origin.FRONT_END)


def is_fixed(span: Span) -> bool:
    """Say whether ruby or lexicon settled the span: no rule touches it."""
    return span.origin in _FIXED


def shown(spans: Spans) -> str:
    """Give the sentence as the article has it."""
    return "".join(each.shown for each in spans)


def said(spans: Spans) -> str:
    """Give the sentence as it goes to the front end."""
    return "".join(each.said for each in spans)


def visible(spans: Spans) -> str:
    """Give the sentence as rules see it: what is said, each fixed span as one placeholder."""
    return "".join(_placeholder(each) if is_fixed(each) else each.said for each in spans)


def _placeholder(span: Span) -> str:
    return FIXED_LATIN if re.search(r"[A-Za-z0-9]$", span.shown) else FIXED_OTHER


def rewrite(spans: Spans, rules: Sequence[Rule], name: str, origin: Origin = Origin.RULE) -> Spans:
    """Apply rules one after another; each match becomes a span of its own, whose rule is `name`."""
    text = visible(spans)
    for rule in rules:
        edits = [(m.start(), m.end(), new) for m in rule.pattern.finditer(text) if (new := _said(rule, m)) is not None]
        edits = [(start, end, new) for start, end, new in edits if start < end and text[start:end] != new]
        if edits:
            spans = apply_edits(spans, text, edits, name, origin)
            text = visible(spans)
    return spans


def apply_edits(spans: Spans, text: str, edits: Sequence[Edit], name: str, origin: Origin) -> Spans:
    """Give the spans with each edit (start, end, what is said) of their visible text as a span of its own."""
    if not edits:
        return spans
    starts = [0, *accumulate(1 if is_fixed(s) else len(s.said) for s in spans)]
    out: list[Span] = []
    at = 0
    for start, end, new in _widened(edits, text, spans, starts):
        out += _between(spans, starts, at, start)
        covered = "".join(each.shown for each in _between(spans, starts, start, end))
        out.append(Span(covered, new, origin, name))
        at = end
    return (*out, *_between(spans, starts, at, len(text) + 1))


def _said(rule: Rule, match: re.Match[str]) -> str | None:
    if FIXED_LATIN in match[0] or FIXED_OTHER in match[0]:
        return None
    return rule.said(match) if callable(rule.said) else match.expand(rule.said)


def _widened(edits: Sequence[Edit], text: str, spans: Spans, starts: Sequence[int]) -> list[Edit]:
    """Widen edits that begin or end inside a rewritten span to the whole of it, and join those that meet there."""
    out: list[Edit] = []
    for start, end, new in edits:
        first, last = spans[_index(starts, start)], spans[_index(starts, end - 1)]
        low = start if _is_divisible(first) else starts[_index(starts, start)]
        high = end if _is_divisible(last) else starts[_index(starts, end - 1) + 1]
        if out and low < out[-1][1]:
            previous_low, previous_high, previous = out.pop()
            kept = previous[: len(previous) - (previous_high - start)]
            out.append((previous_low, high, kept + new + text[end:high]))
        else:
            out.append((low, high, text[low:start] + new + text[end:high]))
    return out


def _index(starts: Sequence[int], place: int) -> int:
    """Give the span in which a place of the visible text lies."""
    return bisect_right(starts, place) - 1


def _is_divisible(span: Span) -> bool:
    """Say whether shown and said agree letter for letter, so that a part of one is a part of the other."""
    return span.shown == span.said and not is_fixed(span)


def _between(spans: Spans, starts: Sequence[int], low: int, high: int) -> list[Span]:
    """Give the spans from `low` to `high`, cut where those places lie inside one; silent spans belong to what follows."""
    index = bisect_left(starts, low)
    index -= index == len(starts) or starts[index] > low
    out = []
    while index < len(spans) and starts[index] < high:
        begin, end, span = starts[index], starts[index + 1], spans[index]
        if low <= begin and end <= high:
            out.append(span)
        elif low < end:
            piece = span.shown[max(low - begin, 0) : high - begin]
            out.append(Span(piece, piece, span.origin, span.rule))
        index += 1
    return out
