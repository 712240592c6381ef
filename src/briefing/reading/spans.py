"""Sentences as spans: what is shown stays, what is said may be replaced once."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain

from briefing.model import Origin, Span

Spans = tuple[Span, ...]
Replacer = Callable[[re.Match[str]], str | None]


def open_span(text: str) -> Span:
    """Give a span that nobody has decided on yet.

    >>> open_span("東京").origin.value
    'front end'
    """
    return Span(text, text, Origin.FRONT_END)


def is_open(span: Span) -> bool:
    """Say whether a later pass may still decide on the span."""
    return span.origin is Origin.FRONT_END


def shown(spans: Spans) -> str:
    """Give the sentence as the article has it."""
    return "".join(each.shown for each in spans)


def said(spans: Spans) -> str:
    """Give the sentence as it goes to the front end."""
    return "".join(each.said for each in spans)


def replace(
    spans: Spans, pattern: re.Pattern[str], replacer: Replacer, rule: str, origin: Origin = Origin.RULE
) -> Spans:
    """Close each match inside an open span with what `replacer` gives for it; None leaves the match open."""
    return tuple(
        chain.from_iterable(
            _split(each, pattern, replacer, rule, origin) if is_open(each) else (each,) for each in spans
        )
    )


def _split(span: Span, pattern: re.Pattern[str], replacer: Replacer, rule: str, origin: Origin) -> Spans:
    text, out, done = span.said, [], 0
    for match in pattern.finditer(text):
        new = replacer(match)
        if new is None or match.start() == match.end():
            continue
        if match.start() > done:
            out.append(open_span(text[done : match.start()]))
        out.append(Span(match[0], new, origin, rule))
        done = match.end()
    if not out:
        return (span,)
    return (*out, open_span(text[done:])) if done < len(text) else tuple(out)
