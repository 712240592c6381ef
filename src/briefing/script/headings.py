"""Which lines are headings: families of forms, weighed over the whole document."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from briefing.model import Role
from briefing.script import marks
from briefing.script.bare import bare_headings, close_headings, ends_part, gaps_of, stands_alone
from briefing.script.families import kept_families, weak_family
from briefing.script.known import BOXED, ends_with_contact, find_boxed, find_lone, framed_lines, known_titles, sole_rank
from briefing.script.labels import find_headed
from briefing.script.lines import (
    is_meta,
    is_short_item,
    stands_apart,
)
from briefing.script.marks import Candidate, heading_candidates
from briefing.script.questions import find_unmarked_questions
from briefing.script.speakers import names_only, speaker_of

_SECTION_ORDER = (
    "boxed",
    "md1",
    "md2",
    "chapter",
    "bar",
    "square",
    "dot",
    "circled",
    "mark",
    "framed",
    "lens",
    "corner",
    "space",
    "bare",
    "md3",
    "round",
    "roman",
    "kanji",
    "decimal",
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that heads a section, or a part of one."""

    line: int
    title: str
    is_section: bool


def find_headings(
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    speakers: Sequence[str],
    listed: Mapping[int, int],
    is_markdown: bool,
) -> tuple[Heading, ...]:
    """Give the headings in order: families that recur, what a list of contents names, known titles, lines between dividers."""
    families = _families(lines, fixed, speakers, listed, is_markdown)
    top = _top_family(families, frozenset(listed.values())) or ""
    upper = [c.line for c in families.get(top, [])]
    headings: dict[int, Heading] = {}
    alike = [] if is_markdown else _bare_headings_like(upper, lines, fixed, speakers)
    for name, members in families.items():
        is_section = (
            name == top
            or (_is_level_with(members, top, upper, fixed) and _last_told(members[0].line, fixed) not in alike)
            or _is_chapter(members, upper, fixed)
        )
        headings |= {c.line: Heading(c.line, c.title, is_section) for c in members}
    for number in (*listed.values(), *alike):
        headings.setdefault(number, Heading(number, without_mark(number, lines[number - 1]), True))
    headings |= _parts_of_listed(headings, frozenset(listed.values()))
    are_apart = bool(upper) and all(stands_apart(n, lines, fixed) for n in upper)
    for number, title in known_titles(lines, fixed):
        is_boxed = bool(BOXED.fullmatch(lines[number - 1])) and not marks.NOTE_LABEL.fullmatch(lines[number - 1])
        is_last = (
            number > max(upper, default=0)
            and fixed.get(number + 1) is not Role.LINK
            and ends_with_contact(number, lines)
        )
        if stands_apart(number, lines, fixed) or not are_apart or number < upper[0] or is_boxed or is_last:
            headings.setdefault(number, Heading(number, title, True))
    for number, title in find_headed(lines).items():
        headings[number] = Heading(number, title, True)
    for number in _repeated_below(upper, lines, fixed, speakers):
        headings.setdefault(number, Heading(number, lines[number - 1], False))
    for number, title in framed_lines(lines, fixed):
        headings[number] = Heading(number, without_mark(number, title), True)
    if empty := [n for n in headings if lines[n - 1] == "記" and _next_told(n, fixed) in headings]:
        del headings[empty[0]]
    if not families and not speakers and (lone := find_lone(lines, fixed)) and lone not in headings:
        headings[lone] = Heading(lone, without_mark(lone, lines[lone - 1]), True)
    return tuple(headings[n] for n in sorted(headings))


def _next_told(number: int, fixed: Mapping[int, Role]) -> int:
    number += 1
    while fixed.get(number) is Role.BLANK:
        number += 1
    return number


def _last_told(number: int, fixed: Mapping[int, Role]) -> int:
    number -= 1
    while fixed.get(number) is Role.BLANK:
        number -= 1
    return number


def _parts_of_listed(headings: Mapping[int, Heading], named: frozenset[int]) -> dict[int, Heading]:
    """Give what stands between headings that the contents name, where they name three at least, as parts of them."""
    if len(named) < _LEAST_NAMED:
        return {}
    between = (h for h in headings.values() if min(named) < h.line < max(named) and h.line not in named)
    return {h.line: Heading(h.line, h.title, False) for h in between}


_LEAST_NAMED = 3


def _repeated_below(
    upper: Sequence[int], lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]
) -> list[int]:
    """Give short lines without a mark that come again, each below another heading of the top family: 長所, 短所."""
    places: dict[str, list[int]] = {}
    for number, text in enumerate(lines, 1):
        is_free = number not in fixed and is_short_item(text) and not speaker_of(text, speakers) and not is_meta(text)
        if is_free and number < len(lines) and fixed.get(number + 1) is not Role.BLANK:
            places.setdefault(text, []).append(number)
    parents = {text: {bisect(upper, n) for n in found} - {0} for text, found in places.items()}
    return [n for text, found in places.items() if 2 <= len(found) == len(parents[text]) for n in found]


def _families(
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    speakers: Sequence[str],
    listed: Mapping[int, int],
    is_markdown: bool,
) -> dict[str, list[Candidate]]:
    """Gather the families that the whole text bears out; Markdown's own levels exclude the others."""
    tag = _tag_line(lines)
    taken = {n for n, t in enumerate(lines, 1) if len(t) > _LONGEST or names_only(t, speakers)}
    free = [n for n in range(1, len(lines) + 1) if n not in fixed and n not in listed and n not in taken and n != tag]
    families = kept_families([c for n in free for c in heading_candidates(n, lines[n - 1])], lines, fixed)
    only = [c for name, members in families.items() if name.startswith("md") for c in members]
    if len(only) == 1 and only[0].line == sole_rank(lines, fixed):
        families = {name: members for name, members in families.items() if not name.startswith("md")}
    if any(name.startswith("md") for name in families):
        return {name: members for name, members in families.items() if name.startswith("md")}
    if boxed := find_boxed(lines, fixed):
        return _with_first("boxed", [Candidate(n, "boxed", without_mark(n, t), None) for n, t in boxed], families)
    if is_markdown:
        return {name: m for name, m in families.items() if name not in ("dot", "circled", "round")}
    weak = weak_family(lines, fixed)
    if weak and all(weak[0].line < members[0].line for members in families.values()):
        return _with_first("weak", weak, families)
    return _with_bare_family(families, lines, fixed, speakers)


_LONGEST = 80  # characters of a heading


def _tag_line(lines: Sequence[str]) -> int:
    """Give the line of a word in brackets on top, right above what may be the title (【寄稿】); 0 where there is none."""
    line = next((n for n, t in enumerate(lines, 1) if t), 0)
    below = lines[line] if 0 < line < len(lines) else ""
    is_told = is_meta(below) or marks.FULL_STOP.search(below) or _TAG.match(below)
    return line if below and _TAG.fullmatch(lines[line - 1]) and not is_told else 0


_TAG = re.compile(r"[【［\[〈＜<《〔][^】］\]〉＞>》〕]{1,8}[】］\]〉＞>》〕]")


def _with_first(
    name: str, members: list[Candidate], families: Mapping[str, list[Candidate]]
) -> dict[str, list[Candidate]]:
    """Put a family before others, which keep what is not in it."""
    taken = {c.line for c in members}
    others = {other: [c for c in each if c.line not in taken] for other, each in families.items()}
    return {name: members, **{other: each for other, each in others.items() if each}}


def _bare_headings_like(
    upper: Sequence[int], lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]
) -> list[int]:
    """Give the short lines that stand apart as every heading of the top family does: above a blank line, too, or none."""
    if upper and Role.BLANK not in [fixed.get(n) for n in range(upper[0], len(lines))]:
        return close_headings(upper[-1], lines, fixed, speakers)
    if not upper or not all(stands_apart(n, lines, fixed) for n in upper):
        return []
    gaps = {gaps_of(n, fixed) for n in upper}
    asked = frozenset() if speakers else find_unmarked_questions(lines, fixed, upper)
    return [n for n in bare_headings(lines, fixed, speakers) if gaps == {gaps_of(n, fixed)} and n not in asked]


def _is_level_with(members: Sequence[Candidate], top: str, upper: Sequence[int], fixed: Mapping[int, Role]) -> bool:
    """Say whether a family stands beside the top one: behind its last heading or, numbered, among boxes; never right below one."""
    if members[0].family.startswith("md") or members[0].family == "decimal":
        return False
    parents = {max((u for u in upper if u < c.line), default=0) for c in members}
    parent, first = min(parents), members[0].line
    is_among_boxes = top.startswith("lens") and members[0].number is not None and len(parents) == 1
    if parent != max(upper, default=0) and not is_among_boxes:
        return False
    return any(fixed.get(n) not in (Role.BLANK, Role.DIVIDER) for n in range(parent + 1, first))


def _is_chapter(members: Sequence[Candidate], upper: Sequence[int], fixed: Mapping[int, Role]) -> bool:
    """Say whether a family is named as chapters are and none of it stands right below a heading of the top family: 作り方, 手順1."""
    return members[0].family.startswith("chapter") and not {c.line - 1 for c in members} & set(upper)


def _with_bare_family(
    families: dict[str, list[Candidate]], lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]
) -> dict[str, list[Candidate]]:
    """Add short lines set apart by blank lines as a family of their own, where nothing else marks headings at their level."""
    taken = {c.line for members in families.values() for c in members}
    asked = frozenset() if speakers else find_unmarked_questions(lines, fixed, taken)
    free = (n for n in bare_headings(lines, fixed, speakers) if n not in taken and n not in asked)
    bare = [Candidate(n, "bare", without_mark(n, lines[n - 1]), None) for n in free]
    apart = [c for c in bare if stands_apart(c.line, lines, fixed)]
    largest = max((len({c.title for c in members}) for members in families.values()), default=0)
    alone = [c.line for c in apart if stands_alone(c.line, fixed)]
    if len(apart) >= 2 and (speakers or len(apart) > largest or _surround(alone, taken)):
        return {**families, "bare": apart}
    if Role.BLANK not in [fixed.get(n) for n in range(4, len(lines))]:
        close = [c for c in bare if ends_part(lines[c.line - 2]) and marks.FULL_STOP.search(lines[c.line])]
        if _surround([c.line for c in close], taken):
            return {**families, "bare": close}
    parts = [c for c in apart if marks.FULL_STOP.search(lines[c.line])]
    bounds = [m[0].line for m in families.values()] + [len(lines)]
    is_free = families and not speakers and not asked
    if is_free and len(parts) >= 2 and _surround(bounds, [c.line for c in parts]):
        return {**families, "bare": parts}
    return families if families or len(bare) < 2 else {"bare": bare}


def _surround(outer: Sequence[int], inner: Collection[int]) -> bool:
    return len(outer) >= 2 and all(outer[0] < n < outer[-1] for n in inner)


def _top_family(families: Mapping[str, Sequence[Candidate]], named: frozenset[int]) -> str | None:
    """Give the family whose members are sections: the highest Markdown level that recurs, else the one that the contents name, that starts first."""
    levels = [name for name in ("md1", "md2", "md3") if name in families]
    if levels:
        return next((name for name in levels if len(families[name]) >= 2), levels[-1])
    if not families:
        return None
    rank = {name: i for i, name in enumerate(_SECTION_ORDER)}

    def order(name: str) -> tuple[int, int, int]:
        form = re.match("[a-z]+[0-9０-９]?", name)
        return (
            -len(named & {c.line for c in families[name]}),
            families[name][0].line,
            rank.get(form[0] if form else name, 99),
        )

    return min(families, key=order)


def without_mark(number: int, text: str) -> str:
    """Give a heading without its number or mark."""
    if found := heading_candidates(number, text):
        return found[0].title
    weak = marks.weak_candidate(number, text)
    return weak.title if weak and weak.family != "weak「" else text
