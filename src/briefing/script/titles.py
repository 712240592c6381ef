"""The document's title: front matter, a single Markdown heading on top, the likeliest of the leading lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from briefing.model import Role, Source
from briefing.script import marks
from briefing.script.headings import Heading
from briefing.script.known import sole_rank
from briefing.script.lines import (
    TURN_SENTENCE,
    is_label,
    is_meta,
    is_profile,
    is_told,
)
from briefing.script.marks import flatten
from briefing.script.mastheads import MASTHEAD_SCORE, title_score, unboxed


def find_title(
    source: Source,
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: tuple[Heading, ...],
    contents: Mapping[int, Role],
) -> tuple[str | None, int | None, tuple[Heading, ...]]:
    """Find the document's title: front matter, a single Markdown heading on top, the first line that is no sentence."""
    headings = _without_masthead(headings, lines, fixed)
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
    if first and _stands_above_all(first, lines, fixed):
        return unboxed(first.title.strip(_DECK)), first.line, headings[1:]
    if first and _is_alone(first, sections, lines) and not _better_above(first, lines, fixed):
        return unboxed(lines[first.line - 1]), first.line, _without_alike(headings, first, lines)
    limit = sections[0].line if sections else len(lines) + 1
    taken = {h.line for h in headings} | set(contents) | set(fixed)
    leading = _leading_lines(lines, min(limit, _LAST_LEADING + 1), taken)
    if best := _likeliest(leading, lines):
        return unboxed(lines[best - 1]), best, headings
    return _late_title(lines, taken, sections, headings)


def _likeliest(leading: Sequence[int], lines: Sequence[str]) -> int:
    """Give the leading line that looks most like a title; 0 where none does, or the text is a single line."""
    if not leading or sum(map(bool, lines)) < 2:
        return 0
    rest = "\n".join(lines[leading[-1] :])
    scores = {n: title_score(lines[n - 1], rest, lines[n : n + 1]) for n in leading}
    scores |= {n: 0.1 for n in leading if _is_further_label(n, lines) or _is_in_row(n, lines)}
    front = next((n for least in (0.5, 0.2) for n in leading if scores[n] >= least), leading[0])
    leads = {n: _FRONT for n in leading if n == front or (scores[n] >= 1 and is_meta(lines[n - 2]))}
    best = max(leading, key=lambda n: (scores[n] + leads.get(n, 0), -n))
    return best if scores[best] > 0 else 0


_DECK = "■□◆◇●○◎★☆▼▽▲△▶▷♪#＃*＊~〜=＝-―─　 :："


def _without_masthead(
    headings: tuple[Heading, ...], lines: Sequence[str], fixed: Mapping[int, Role]
) -> tuple[Heading, ...]:
    """Give the headings without a masthead between dividers on top, where a line right below them looks more like the title."""
    first = headings[0] if headings else None
    end = next((n for n, t in enumerate(lines, 1) if is_told(t)), 0)
    if first is None or not first.line < end or fixed.get(first.line - 1) is not Role.DIVIDER:
        return headings
    rest = "\n".join(lines[end - 1 :])
    below = [n for n in range(first.line + 1, min(end, *(h.line for h in headings[1:2]), end)) if n not in fixed]
    is_masthead = title_score(first.title, rest, ()) <= MASTHEAD_SCORE or is_meta(first.title)
    is_better = any(title_score(lines[n - 1], rest, lines[n : n + 1]) >= 1 for n in below)
    return headings[1:] if is_masthead and is_better else headings


def _is_alone(first: Heading, sections: Sequence[Heading], lines: Sequence[str]) -> bool:
    """Say whether the first heading has a form that hardly another has, where the others share theirs: the title in a box."""
    forms = [{c.family for c in marks.heading_candidates(h.line, lines[h.line - 1])} for h in sections]
    own = {c.family for c in marks.heading_candidates(first.line, lines[first.line - 1])}
    alike = sum(bool(own & form) for form in forms) - 1
    rest = Counter(name for form in forms if not own & form for name in form)
    return bool(own) and first.is_section and alike < _LEAST_ALIKE and max(rest.values(), default=0) > alike + 1


def _without_alike(headings: Sequence[Heading], first: Heading, lines: Sequence[str]) -> tuple[Heading, ...]:
    """Give the headings without the title, and without what shares its form but is no known title."""
    own = {c.family for c in marks.heading_candidates(first.line, lines[first.line - 1])}
    known = (marks.OPENING, marks.CLOSING, marks.PROMO_TITLE, marks.OFFER)
    alike = {
        h.line
        for h in headings
        if own & {c.family for c in marks.heading_candidates(h.line, lines[h.line - 1])}
        and not any(p.fullmatch(h.title) for p in known)
    }
    return tuple(h for h in headings if h is not first and h.line not in alike)


_LEAST_ALIKE = 2


def _better_above(first: Heading, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a line above a heading may be the title, or is running text; a masthead is none."""
    title = first.title
    if (
        any(p.fullmatch(title) for p in (marks.OPENING, marks.CLOSING, marks.CONTENTS, marks.NOTE_LABEL))
        or len(title) < 6
    ):
        return True
    above = [n for n in range(1, first.line) if n not in fixed]
    rest = "\n".join(lines[first.line :])
    return any(
        is_told(lines[n - 1]) or title_score(lines[n - 1], rest, lines[n : n + 1]) > MASTHEAD_SCORE for n in above
    )


_TITLED = re.compile(
    r"(?:Subject|件名|題名|演題|タイトル)[:：]\s*(?:\[[^\]]*\]\s*)?(?P<title>\S.*)"
)  # a mail's, a form's
_FRONT = 0.3  # what the first line that may be a title is ahead by, or one right below a date
_LAST_LEADING = 14  # lines that a letter's number, date, addressees and senders fill at most


def _is_in_row(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line and its neighbour are a name with what they are, parted by a wide gap: 森 一郎　　金物店三代目."""
    around = (*lines[max(number - 2, 0) : number - 1], *lines[number : number + 1])
    return bool(_PERSON_ROW.match(lines[number - 1])) and any(map(_PERSON_ROW.match, around))


_PERSON_ROW = re.compile(r"[^\s　をはがにで「」]{1,8}(?:[\s　・][^\s　をはがにで「」]{1,8})*[\s　]{2,}[^\s　]")


def _stands_above_all(heading: Heading, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether nothing but dates and labels is above a heading; above a bare one, who writes to whom or a masthead may be, too."""
    text = lines[heading.line - 1]
    above = [n for n in range(1, heading.line) if n not in fixed and not is_meta(lines[n - 1])]
    rest = "\n".join(lines[heading.line :])
    is_letter = text == heading.title and all(
        title_score(lines[n - 1], rest, lines[n : n + 1]) <= MASTHEAD_SCORE for n in above
    )
    is_day = any(c.family == "date" for c in marks.heading_candidates(heading.line, text))
    return (
        (not above or (is_letter and not is_day))
        and not text.startswith("#")
        and not marks.OPENING.fullmatch(heading.title)
    )


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
        if (is_text and not is_profile(text)) or goes_on or opens_text or len(text) > 100:
            break
        out.append(number)
    return out


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


def _is_further_label(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line below a label has the form of one, too: 出た人　森、谷."""
    return number > 1 and is_label(lines[number - 2]) and bool(re.match(r"\S{1,5}[\s:：]", lines[number - 1]))


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
