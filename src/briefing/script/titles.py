"""The document's title: front matter, a single Markdown heading on top, the likeliest of the leading lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from briefing.model import Role, Source
from briefing.script import marks
from briefing.script.evidence import likeliest_title
from briefing.script.headings import Heading
from briefing.script.known import sole_rank
from briefing.script.likelihood import Likelihood
from briefing.script.lines import (
    TURN_SENTENCE,
    is_label,
    is_profile,
    is_told,
)
from briefing.script.marks import flatten
from briefing.script.mastheads import unboxed


def find_title(
    source: Source,
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: tuple[Heading, ...],
    contents: Mapping[int, Role],
    likely: Likelihood,
) -> tuple[str | None, int | None, tuple[Heading, ...]]:
    """Find the document's title: front matter, a single Markdown heading on top, the first line that is no sentence."""
    labelled = next((n for n, t in enumerate(lines[:_LAST_LEADING], 1) if _TITLED.fullmatch(t)), None)
    if labelled and (match := _TITLED.fullmatch(lines[labelled - 1])):
        return match["title"], labelled, tuple(h for h in headings if h.line != labelled)
    if source.meta.get("title"):
        line = next((n for n, t in enumerate(lines, 1) if t.lower().startswith("title")), None)
        return source.meta["title"], line, tuple(h for h in headings if not _repeats(h, source.meta["title"]))
    if sole := sole_rank(lines, fixed):
        return lines[sole - 1].strip("# "), sole, tuple(h for h in headings if h.line != sole)
    sections = [h for h in headings if h.is_section]
    first = headings[0] if headings else None
    if (
        first
        and lines[first.line - 1].startswith("# ")
        and sum(lines[h.line - 1].startswith("# ") for h in headings) == 1
        and len(headings) > 1
    ):
        return first.title, first.line, tuple(h for h in headings if h is not first)
    ranked = next((h.line for h in headings if lines[h.line - 1].startswith("#")), len(lines) + 1)
    leading = _leading_lines(lines, min(ranked, _LAST_LEADING + 1), set(contents) | set(fixed))
    if best := likeliest_title(leading, lines, [h.line for h in sections], likely):
        below = tuple(h for h in headings if h.line >= best)
        return _without_deck(unboxed(lines[best - 1])), best, _without_title(below, best, lines)
    return _late_title(lines, {h.line for h in headings} | set(contents) | set(fixed), sections, headings)


def _without_deck(text: str) -> str:
    """Give a title without the mark that it begins with, and the same behind it, or without a pictograph.

    >>> _without_deck("★川の話★"), _without_deck("🗒️ 川の話"), _without_deck("★")
    ('川の話', '川の話', '★')
    """
    match = _DECKED.fullmatch(text)
    return match["title"] if match else marks.EMOJI.sub("", text) or text


_DECKED = re.compile(r"[■□◆◇●○◎★☆▼▽▲△▶▷♪#＃=＝]+[\s　]*(?P<title>.+?)[\s　]*[■□◆◇●○◎★☆▼▽▲△▶▷♪=＝]*")


def _without_title(headings: tuple[Heading, ...], title: int, lines: Sequence[str]) -> tuple[Heading, ...]:
    """Give the headings without the title; where hardly another has its form, without what has it but is no known title, too."""
    first = next((h for h in headings if h.line == title), None)
    if first is None:
        return headings
    own = _forms_of(first, lines)
    alike = [h for h in headings if h is not first and own & _forms_of(h, lines)]
    kept = [h for h in alike if len(alike) >= _LEAST_ALIKE or any(p.fullmatch(h.title) for p in _KNOWN)]
    return tuple(h for h in headings if h is not first and (h not in alike or h in kept))


def _forms_of(heading: Heading, lines: Sequence[str]) -> set[str]:
    return {c.family for c in marks.heading_candidates(heading.line, lines[heading.line - 1])}


_KNOWN = (marks.OPENING, marks.CLOSING, marks.PROMO_TITLE, marks.OFFER)
_LEAST_ALIKE = 2


_TITLED = re.compile(
    r"(?:Subject|件名|題名|演題|タイトル)[:：]\s*(?:\[[^\]]*\]\s*)?(?P<title>\S.*)"
)  # a mail's, a form's
_LAST_LEADING = 14  # lines that a letter's number, date, addressees and senders fill at most


def _leading_lines(lines: Sequence[str], limit: int, taken: set[int]) -> list[int]:
    """Give the lines that stand before any running text: one of them may be the title."""
    out: list[int] = []
    has_stops = _ends_with_stops(lines)
    for number in range(1, min(limit, len(lines) + 1)):
        text = lines[number - 1]
        if out and not text and sum(map(is_label, lines[: number - 1])) >= 2:
            break  # what stands below a block of labels is a heading
        if number in taken:
            continue
        below = lines[number] if number < len(lines) else ""
        goes_on = (
            not has_stops and out and TURN_SENTENCE.search(text) and ("。" in below or TURN_SENTENCE.search(below))
        )
        is_text = is_told(text) or (
            "。" in text
            and (bool(_ENDS_TEXT.search(text)) or bool(out and not has_stops and marks.FULL_STOP.search(below)))
        )
        opens_text = len(out) > 1 and _ASKS_READER.search(text) and is_told(below)
        is_list = out and marks.LIST.fullmatch(text) and marks.LIST.fullmatch(below)
        if (is_text and not is_profile(text)) or goes_on or opens_text or is_list or len(text) > _LONGEST:
            break
        out.append(number)
    return out


_LONGEST = 100  # characters of a title
_ASKS_READER = re.compile(
    r"(?:です|ます|ました|でした|ません|でしょう|ましょう)(?:よね|か|よ|ね)?[？?！!]$"
)  # 眠れない夜はありませんか？


def _ends_with_stops(lines: Sequence[str]) -> bool:
    """Say whether nearly all sentences of a text end with a full stop: then a polite ending without one is a title's."""
    first = next((i for i, t in enumerate(lines) if marks.FULL_STOP.search(t)), 0)
    ends = [
        bool(marks.FULL_STOP.search(t)) for t in lines[first:] if marks.FULL_STOP.search(t) or TURN_SENTENCE.search(t)
    ]
    return sum(ends) * 5 >= len(ends) * 4


_ENDS_TEXT = re.compile(rf"{marks.FULL_STOP.pattern}|[:：、）)]$|。.*。")


def _repeats(heading: Heading, title: str) -> bool:
    return flatten(heading.title) == flatten(title)


def _late_title(
    lines: Sequence[str], taken: set[int], sections: Sequence[Heading], headings: tuple[Heading, ...]
) -> tuple[str | None, int | None, tuple[Heading, ...]]:
    """Find a title that comes late: a short line without a full stop above the first section of the body, after an opening."""
    body = [h for h in sections if not marks.OPENING.fullmatch(h.title)]
    if not body or not sections or body[0] is sections[0]:
        return None, None, headings
    for number in range(body[0].line - 1, sections[0].line, -1):
        text = lines[number - 1]
        if number in taken or marks.NOTE.fullmatch(text):
            continue
        plain = not re.search(r"[。:：、]", text) and not TURN_SENTENCE.search(text) and 6 <= len(text) <= 60
        return (text, number, headings) if plain else (None, None, headings)
    return None, None, headings


def title_lines(lines: Sequence[str], title: str | None, title_line: int | None) -> frozenset[int]:
    """Give the title's line, and a Markdown heading of the first rank that says the same again."""
    again = (n for n, t in enumerate(lines, 1) if title and t.startswith("# ") and flatten(t[2:]) == flatten(title))
    return frozenset({title_line, next(again, None)} - {None})  # type: ignore[arg-type]
