"""Families of headings: lines of one form that recurs over the document, and is neither a list nor running text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import is_meta, is_note_form, stands_apart
from briefing.script.marks import Candidate


def kept_families(
    candidates: Sequence[Candidate], lines: Sequence[str], fixed: Mapping[int, Role]
) -> dict[str, list[Candidate]]:
    """Keep a family when it recurs, does not run densely as a list does, asks in few members only, and its numbers rise."""
    grouped: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        text = lines[candidate.line - 1]
        has_word = candidate.family.startswith(("numeral", "md")) or marks.WORD.search(candidate.title)
        if has_word and not (is_note_form(text) or marks.STATES.search(text) or marks.CONTACT.search(text)):
            grouped.setdefault(candidate.family, []).append(candidate)
    has_gaps = Role.BLANK in fixed.values()
    kept: dict[str, list[Candidate]] = {}
    for name, every in grouped.items():
        plain = [c for c in every if not marks.FULL_STOP.search(lines[c.line - 1])]
        members = every if len(plain) * 2 > len(every) else plain
        listed = _listed_in_runs([c for c in candidates if c.family == name], lines, fixed)
        spread = [c for c in members if c.line not in listed]
        if name in ("date", "numeral"):  # a heading only where it stands apart
            spread = _of_one_form([c for c in spread if _opens_day(c, lines, fixed, has_gaps)])
        if name.startswith("md") and members:
            kept[name] = members
        elif len(spread) >= 2 and _rises(spread):
            kept[name] = spread
        elif len(chain := _chain(spread)) >= 3:
            kept[name] = chain
    for name in kept:
        kept[name] = _with_labels(kept[name], [c for c in candidates if c.family == name], lines)
    if "person" in kept and any(m[0].line < kept["person"][0].line for m in kept.values()):
        del kept["person"]  # who asked, below each heading
    return _without_shadows(kept)


def _opens_day(candidate: Candidate, lines: Sequence[str], fixed: Mapping[int, Role], has_gaps: bool) -> bool:
    """Say whether a date or a number stands apart, or a date between two sentences of a text without blank lines."""
    above, below = lines[candidate.line - 2 : candidate.line - 1], lines[candidate.line : candidate.line + 1]
    is_between = not has_gaps and all(map(marks.FULL_STOP.search, (*above, *below)))
    return stands_apart(candidate.line, lines, fixed) or (candidate.family == "date" and is_between)


def _of_one_form(dates: Sequence[Candidate]) -> list[Candidate]:
    """Give the dates without those that carry a year where most carry none, or the other way round: that of the text."""
    full = [c for c in dates if "年" in c.title]
    return [c for c in dates if ("年" in c.title) == (len(full) * 2 > len(dates))]


def weak_family(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[Candidate]:
    """Give the lines of a mark that opens lists elsewhere, where most that carry it stand apart above running text.

    With them go those of that mark that stand so above anything else; none is right beside another.
    """
    grouped: dict[str, list[Candidate]] = {}
    for number, text in enumerate(lines, 1):
        if number not in fixed and (found := marks.weak_candidate(number, text)):
            grouped.setdefault(found.family, []).append(found)
    families = []
    for members in grouped.values():
        numbers = {c.line: c.number for c in members}
        apart = [c for c in members if _is_set_off(c, lines, fixed) and not _is_dense(c, numbers, lines, fixed)]
        heads = [c for c in apart if c.family not in _LISTING or _is_above_text(c.line, lines, fixed)]
        names = {c.title for c in heads}  # what comes again is no heading: （拍手）
        mark = lines[members[0].line - 1][0]
        every = sum(n not in fixed and t.startswith(mark) for n, t in enumerate(lines, 1))  # sentences behind it, too
        if len(names) >= _LEAST_WEAK and len(names) * 4 >= every * 3:
            families.append(apart)
    return max(families, key=len, default=[])


_LEAST_WEAK = 3
_LISTING = frozenset(f"weak{mark}" for mark in "・･-－–—*+→➤➔⇒「（(▲△【［〔")


def _is_set_off(candidate: Candidate, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a line without a full stop stands apart, if its mark is one of lists."""
    is_whole = not marks.FULL_STOP.search(lines[candidate.line - 1])
    is_apart = stands_apart(candidate.line, lines, fixed) or _names_what_follows(candidate, lines)
    return is_whole and (candidate.family not in _LISTING or is_apart)


def _names_what_follows(candidate: Candidate, lines: Sequence[str]) -> bool:
    """Say whether a line in brackets stands between two sentences and ends as no word that is spoken does."""
    around = (lines[n] for n in (candidate.line - 2, candidate.line) if 0 <= n < len(lines))
    is_name = candidate.family in _NAMING and not _SPOKEN_END.search(candidate.title)
    return is_name and all(marks.FULL_STOP.search(text) for text in around)


_NAMING = frozenset({"weak「", "weak（", "weak("})
_SPOKEN_END = re.compile(r"(?:です|ます|した|だ|[よねぞわかなさい]|[くうるたんよ])$|[、？！?!…]|さん$")


def _is_above_text(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    below = next((n for n in range(number + 1, len(lines) + 1) if fixed.get(n) is not Role.BLANK), 0)
    text = lines[below - 1] if below and below not in fixed else ""
    return len(text) > _TOLD or bool(marks.FULL_STOP.search(text)) or is_meta(text)


_TOLD = 24  # characters of a line of running text


def _with_labels(members: list[Candidate], every: Sequence[Candidate], lines: Sequence[str]) -> list[Candidate]:
    """Add what would be a label of notes, but alone of a family in which three at least are headings: ■宿題."""
    labels = [c for c in every if marks.NOTE_LABEL.fullmatch(lines[c.line - 1])]
    return sorted([*members, *labels], key=lambda c: c.line) if len(labels) == 1 and len(members) >= 3 else members


def _listed_in_runs(members: Sequence[Candidate], lines: Sequence[str], fixed: Mapping[int, Role]) -> set[int]:
    """Give the lines of a family that run densely, and the rest of a rising run of numbers most of which does."""
    numbers = {c.line: c.number for c in members}
    dense = {c.line for c in members if _is_dense(c, numbers, lines, fixed)}
    runs: list[list[Candidate]] = []
    for each in members:
        if runs and each.number is not None and runs[-1][-1].number == each.number - 1:
            runs[-1].append(each)
        else:
            runs.append([each])
    listed = set(dense) | _rows_of_three(members, fixed) | _leading(members, fixed)
    for run in runs:
        if sum(c.line in dense for c in run) * 2 > len(run):
            listed |= {c.line for c in run}
        elif run[0].number is not None:  # parts of a meeting of which nothing is told: ２　開会
            listed -= {c.line for c in run if stands_apart(c.line, lines, fixed)}
    spread = {c.number: c.line for c in members if c.line not in listed}
    counts_on = (c for c in members if c.number is not None and 0 < spread.get(c.number - 1, 0) < c.line)
    return listed - {c.line for c in counts_on if c.line not in dense}  # a heading may count on where a list ends


def _rows_of_three(members: Sequence[Candidate], fixed: Mapping[int, Role]) -> set[int]:
    """Give the lines without a number of which three at least stand beside each other, but for links: a list, its last line, too."""
    rows: list[list[int]] = []
    for each in members:
        between = range(rows[-1][-1] + 1, each.line) if rows else range(0)
        if rows and each.number is None and all(fixed.get(n) is Role.LINK for n in between):
            rows[-1].append(each.line)
        else:
            rows.append([each.line])
    return {line for row in rows if len(row) >= 3 for line in row}


def _leading(members: Sequence[Candidate], fixed: Mapping[int, Role]) -> set[int]:
    """Give the lines of a mark with an address right below, where two have one: what is to be read elsewhere, no headings."""
    is_marked = bool(members) and members[0].family.startswith("mark")
    leading = {c.line for c in members if fixed.get(c.line + 1) is Role.LINK} if is_marked else set()
    return leading if len(leading) >= _LEAST_LEADING else set()


_LEAST_LEADING = 2


def _is_dense(
    candidate: Candidate, numbers: Mapping[int, int | None], lines: Sequence[str], fixed: Mapping[int, Role]
) -> bool:
    """Say whether a line stands right beside another of its family (blank and link lines aside): a list's item, no heading.

    `numbers` are those of the family by line.
    """
    after = next(
        (n for n in range(candidate.line + 1, len(lines) + 1) if fixed.get(n) not in (Role.BLANK, Role.LINK)), 0
    )
    before = next((n for n in range(candidate.line - 1, 0, -1) if fixed.get(n) not in (Role.BLANK, Role.LINK)), 0)
    if candidate.number is not None:  # beside another count it may as well be the heading above a list or behind it
        following, former = numbers.get(after), numbers.get(before)
        return following in (candidate.number, candidate.number + 1) or former in (
            candidate.number,
            candidate.number - 1,
        )
    return after in numbers or (
        before in numbers and not candidate.family.startswith(("md", "mark", "lens", "chapter"))
    )


def _rises(members: Sequence[Candidate]) -> bool:
    numbers = [c.number for c in members if c.number is not None]
    return all(b > a or b == 1 for a, b in pairwise(numbers))


def _chain(members: Sequence[Candidate]) -> list[Candidate]:
    """Give the longest row of lines that count from one on; of several, the one that is spread most evenly.

    What else counts in the same form, and breaks the row, is a list below one of them.
    """
    best: dict[int, tuple[int, float, list[Candidate]]] = {}  # by number: length, evenness, row
    longest: list[Candidate] = []
    for each in members:
        if each.number is None:
            continue
        length, evenness, row = best.get(each.number - 1, (0, 0.0, []))
        if each.number > 1 and not row:
            continue
        gap = each.line - row[-1].line if row else 0
        found = (length + 1, evenness + gap**0.5, [*row, each])
        best[each.number] = max(best.get(each.number, (0, 0.0, [])), found, key=lambda f: f[:2])
        longest = max(longest, best[each.number][2], key=len)
    return longest


def _without_shadows(families: dict[str, list[Candidate]]) -> dict[str, list[Candidate]]:
    """Count a line for the first family that it fits."""
    taken: set[int] = set()
    out: dict[str, list[Candidate]] = {}
    for name, members in families.items():
        free = [c for c in members if c.line not in taken]
        if free:
            out[name] = free
            taken |= {c.line for c in free}
    return out
