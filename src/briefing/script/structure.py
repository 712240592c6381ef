"""The structure of an article: a heading is a property of the document, not of a line.

Forms are gathered line by line (`marks`), then weighed over the whole document: families of headings, the list of
contents that repeats them, speakers that recur, promotion by words and place. Roles follow by a walk over the lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from briefing.model import NOT_READ_ALOUD, Article, Block, Dropped, Kind, QaPair, Role, Section, Source, Subheading
from briefing.script import marks
from briefing.script.marks import Candidate, flatten, heading_candidates

_TURN = re.compile(
    r"(?P<name>[^\s　:：「」『』。、()（）]{1,12})(?:さん|氏)?(?:[:：]\s*|[\s　]+|(?=「))(?P<title>\S.*)"
)
_SECTION_ORDER = (
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
    "md3",
    "round",
)
_BARE_HEADING_LENGTH = 24


@dataclass(frozen=True, slots=True)
class _Heading:
    line: int
    title: str
    is_section: bool


def find_structure(source: Source) -> Article:
    """Give sections, roles, question–answer pairs and what is not to be read."""
    lines = [line.strip(" \t　") for line in source.lines]
    fixed = _fixed_roles(lines)
    speakers = _find_speakers(lines, fixed)
    headings = _find_headings(lines, fixed, speakers, is_markdown=source.name.lower().endswith((".md", ".markdown")))
    contents = _find_contents(lines, fixed, headings)
    headings = tuple(h for h in headings if h.line not in contents)
    title, title_line, headings = _find_title(source, lines, fixed, headings, contents)
    titles = _title_lines(lines, title, title_line)
    roles = _assign_roles(lines, fixed, headings, contents, titles, speakers)
    sections = _cut_sections(lines, roles, headings, contents, title_line)
    roles = _mark_promotion(lines, roles, sections)
    trimmed = _trim_sections(sections, roles)
    pairs = _find_pairs(roles, trimmed)
    subheadings = tuple(Subheading(h.title, h.line) for h in headings if not h.is_section)
    filled = tuple(_fill(each, lines, roles, speakers) for each in trimmed)
    dropped = _find_dropped(source, roles, filled)
    return Article(source, title, title_line, tuple(roles), filled, subheadings, pairs, tuple(speakers), dropped)


# --- what a line is by itself ---


def _fixed_roles(lines: Sequence[str]) -> dict[int, Role]:
    """Give the roles that need no neighbours: front matter, code, dividers, links, tables, quotes, blanks; by line number."""
    fixed: dict[int, Role] = {}
    inside: Role | None = None
    for number, text in enumerate(lines, 1):
        if number == 1 and text == "---" and "---" in lines[1:]:
            inside = Role.FRONTMATTER
        elif inside is Role.FRONTMATTER and text in ("---", "..."):
            fixed[number], inside = Role.FRONTMATTER, None
            continue
        elif text.startswith(("```", "~~~")):
            fixed[number] = Role.CODE
            inside = None if inside is Role.CODE else Role.CODE
            continue
        elif inside is None and text.startswith(":::"):
            inside = Role.NOTE
        elif inside is Role.NOTE and text == ":::":
            fixed[number], inside = Role.NOTE, None
            continue
        if inside:
            fixed[number] = inside
        elif role := _fixed_role(text):
            fixed[number] = role
    return fixed


def _fixed_role(text: str) -> Role | None:
    if not text:
        return Role.BLANK
    if marks.DIVIDER.fullmatch(text):
        return Role.DIVIDER
    if marks.is_link(text):
        return Role.LINK
    if text.startswith("|") and text.endswith("|"):
        return Role.TABLE
    if text.startswith((">", "＞")) and not text.endswith("＞"):
        return Role.QUOTE
    return None


def _find_speakers(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[str]:
    """Give the names that open several lines as speakers do, in the order of their first turn."""
    found: list[str] = []
    for number, text in enumerate(lines, 1):
        match = None if number in fixed or heading_candidates(number, text) else _TURN.fullmatch(text)
        if match and len(match["title"]) >= 4:
            found.append(match["name"])
    counts = Counter(found)
    twice = [
        name
        for name in dict.fromkeys(found)
        if counts[name] >= 2 and not re.fullmatch(r"[QAＱＡ問答]\d*[.．]?|\d+|[・\-*※▼#|].*", name)
    ]
    total = sum(counts[name] for name in twice)
    return twice if len(twice) >= 2 and total >= 4 and total * 4 >= sum(1 for t in lines if t) else []


# --- headings ---


def _find_headings(
    lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str], is_markdown: bool
) -> tuple[_Heading, ...]:
    candidates = [
        c for n, t in enumerate(lines, 1) if n not in fixed and len(t) <= 80 for c in heading_candidates(n, t)
    ]
    families = _kept_families(candidates, lines, fixed)
    if any(name.startswith("md") for name in families):
        families = {name: members for name, members in families.items() if name.startswith("md")}
    elif is_markdown:
        families = {name: m for name, m in families.items() if name not in ("dot", "circled", "round")}
    top = _top_family(families, lines)
    headings = {c.line: _Heading(c.line, c.title, name == top) for name, members in families.items() for c in members}
    for number, title in _known_titles(lines, fixed):
        headings.setdefault(number, _Heading(number, title, True))
    for number, title in _framed(lines, fixed):
        headings[number] = _Heading(number, _without_mark(number, title), True)
    if not any(h.is_section for h in headings.values()) or speakers:
        for number in _bare_headings(lines, fixed, speakers):
            headings.setdefault(number, _Heading(number, lines[number - 1], True))
    return tuple(headings[n] for n in sorted(headings))


def _kept_families(
    candidates: Sequence[Candidate], lines: Sequence[str], fixed: Mapping[int, Role]
) -> dict[str, list[Candidate]]:
    """Keep a family when it recurs, does not run densely as a list does, and its numbers rise."""
    grouped: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        text = lines[candidate.line - 1]
        if not _is_note_form(text) and not marks.FULL_STOP.search(text):
            grouped.setdefault(candidate.family, []).append(candidate)
    kept: dict[str, list[Candidate]] = {}
    for name, members in grouped.items():
        spread = [c for c in members if not _is_dense(c, members, lines, fixed)]
        if name.startswith("md") and members:
            kept[name] = members
        elif len(spread) >= 2 and _rises(spread):
            kept[name] = spread
    return _without_shadows(kept)


def _is_note_form(text: str) -> bool:
    return bool(
        marks.NOTE_LABEL.fullmatch(text)
        or marks.NOTE.fullmatch(text)
        or marks.QUESTION.fullmatch(text)
        or marks.ANSWER.fullmatch(text)
    )


def _is_dense(
    candidate: Candidate, members: Sequence[Candidate], lines: Sequence[str], fixed: Mapping[int, Role]
) -> bool:
    """Say whether a line stands right beside another of its family (blank and link lines aside): a list's item, no heading."""
    others = {c.line for c in members} - {candidate.line}
    after = next(
        (n for n in range(candidate.line + 1, len(lines) + 1) if fixed.get(n) not in (Role.BLANK, Role.LINK)), 0
    )
    before = next((n for n in range(candidate.line - 1, 0, -1) if fixed.get(n) not in (Role.BLANK, Role.LINK)), 0)
    return after in others or (before in others and not candidate.family.startswith(("md", "mark", "lens")))


def _rises(members: Sequence[Candidate]) -> bool:
    numbers = [c.number for c in members if c.number is not None]
    return all(b > a or b == 1 for a, b in pairwise(numbers))


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


def _top_family(families: Mapping[str, Sequence[Candidate]], lines: Sequence[str]) -> str | None:
    """Give the family whose members are sections: the highest Markdown level that recurs, else the one that starts first."""
    levels = [name for name in ("md1", "md2", "md3") if name in families]
    if levels:
        return next((name for name in levels if len(families[name]) >= 2), levels[-1])
    if not families:
        return None
    rank = {name: i for i, name in enumerate(_SECTION_ORDER)}

    def order(name: str) -> tuple[int, int]:
        return families[name][0].line, rank.get(name[:-1] if name[:-1] in ("mark", "framed") else name, 99)

    return min(families, key=order)


def _known_titles(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[tuple[int, str]]:
    out = []
    for number, text in enumerate(lines, 1):
        bare = text.strip("■□◆◇●○★☆【】<>＜＞#　 ")
        known = any(p.fullmatch(bare) for p in (marks.OPENING, marks.CLOSING, marks.CONTENTS, marks.PROMO_TITLE))
        if number not in fixed and known and bare != "以上":
            out.append((number, bare))
    return out


def _framed(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[tuple[int, str]]:
    def is_divider(number: int) -> bool:
        return fixed.get(number) is Role.DIVIDER

    return [
        (n, t) for n, t in enumerate(lines, 1)
        if n not in fixed and is_divider(n - 1) and is_divider(n + 1) and len(t) <= 40
    ]  # fmt: skip


def _without_mark(number: int, text: str) -> str:
    found = heading_candidates(number, text)
    return found[0].title if found else text


def _bare_headings(lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> list[int]:
    """Short lines without a sentence's end, followed by longer text: headings when nothing else marks them."""
    out = []
    first = next((n for n in range(1, len(lines) + 1) if n not in fixed), 1)
    for number, text in enumerate(lines, 1):
        after = next((lines[n - 1] for n in range(number + 1, len(lines) + 1) if fixed.get(n) is not Role.BLANK), "")
        is_turn = any(text.startswith(name) for name in speakers)
        if (
            number != first
            and number not in fixed
            and 2 <= len(text) <= _BARE_HEADING_LENGTH
            and not is_turn
            and not marks.FULL_STOP.search(text)
            and not re.search(r"[、:：]", text)
            and not marks.LIST.fullmatch(text)
            and not marks.DATE.search(text)
            and not _is_note_form(text)
            and len(after) > len(text)
        ):
            out.append(number)
    return out


# --- contents, title ---


def _find_contents(lines: Sequence[str], fixed: Mapping[int, Role], headings: Sequence[_Heading]) -> dict[int, Role]:
    """Find the list of contents: a label, or lines before the first heading that equal later ones."""
    titles = {flatten(h.title) for h in headings}
    out: dict[int, Role] = {}
    for number, text in enumerate(lines, 1):
        if marks.CONTENTS.fullmatch(text.strip("■□◆◇●○★☆【】<>＜＞#　 :：")) and number not in fixed:
            out[number] = Role.HEADING if text.startswith("#") else Role.TOC
            out |= {n: Role.TOC for n in _contents_items(lines, fixed, number + 1, titles)}
    if not out:
        starts = [
            n
            for n, t in enumerate(lines, 1)
            if n not in fixed and _item_title(t) in titles and _repeats_later(n, t, lines)
        ]
        out = dict.fromkeys(starts, Role.TOC) if len(starts) >= 2 else {}
    return out


def _contents_items(lines: Sequence[str], fixed: Mapping[int, Role], start: int, titles: set[str]) -> list[int]:
    out: list[int] = []
    form: str | None = None
    seen: set[str] = set()
    for number in range(start, len(lines) + 1):
        text = lines[number - 1]
        if fixed.get(number) is Role.BLANK:
            if out:
                break
            continue
        name = _item_title(text)
        shape = re.sub(r"[0-9０-９①-⑳一二三四五六七八九十]+", "0", text[:3])[:2]
        is_item = bool(heading_candidates(number, text) or marks.LIST.fullmatch(text)) and not marks.FULL_STOP.search(
            text
        )
        if (
            name in seen
            or not (is_item or (name in titles))
            or (form is not None and shape != form and name not in titles)
        ):
            break
        form = form or shape
        seen.add(name)
        out.append(number)
    return out


def _item_title(text: str) -> str:
    plain = marks.without_links(text)
    match = marks.LIST.fullmatch(plain)
    found = heading_candidates(0, plain)
    return flatten(found[0].title if found else match["title"] if match else plain)


def _repeats_later(number: int, text: str, lines: Sequence[str]) -> bool:
    return any(_item_title(t) == _item_title(text) for t in lines[number:] if t)


def _find_title(
    source: Source,
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: tuple[_Heading, ...],
    contents: Mapping[int, Role],
) -> tuple[str | None, int | None, tuple[_Heading, ...]]:
    """Find the document's title: front matter, a single Markdown heading on top, the first line that is no sentence."""
    if source.meta.get("title"):
        line = next((n for n, t in enumerate(lines, 1) if t.lower().startswith("title")), None)
        return source.meta["title"], line, tuple(h for h in headings if not _repeats(h, source.meta["title"]))
    sections = [h for h in headings if h.is_section]
    first = headings[0] if headings else None
    if (
        first
        and lines[first.line - 1].startswith("# ")
        and sum(t.startswith("# ") for t in lines) == 1
        and len(headings) > 1
    ):
        return first.title, first.line, tuple(h for h in headings if h is not first)
    limit = sections[0].line if sections else len(lines) + 1
    taken = {h.line for h in headings} | set(contents) | set(fixed)
    for number in range(1, min(limit, 8)):
        text = lines[number - 1]
        if number not in taken and not _is_meta(text) and not _is_addressee(lines, number):
            if not re.search(r"[。]", text) and not _TURN_SENTENCE.search(text) and len(text) <= 100:
                return text, number, headings
            break
    return _late_title(lines, taken, sections, headings)


def _repeats(heading: _Heading, title: str) -> bool:
    return flatten(heading.title) == flatten(title)


_TURN_SENTENCE = re.compile(r"(?:です|ます|ました|でした|ません)[。！!]?$")


def _late_title(
    lines: Sequence[str], taken: set[int], sections: Sequence[_Heading], headings: tuple[_Heading, ...]
) -> tuple[str | None, int | None, tuple[_Heading, ...]]:
    """Find a title that comes late: a short line without a full stop above the first section of the body, after an opening."""
    body = [h for h in sections if not marks.OPENING.fullmatch(h.title)]
    if not body or not sections or body[0] is sections[0]:
        return None, None, headings
    for number in range(body[0].line - 1, sections[0].line, -1):
        text = lines[number - 1]
        if number in taken or marks.NOTE.fullmatch(text):
            continue
        plain = not re.search(r"[。:：、]", text) and not _TURN_SENTENCE.search(text) and 6 <= len(text) <= 60
        return (text, number, headings) if plain else (None, None, headings)
    return None, None, headings


def _is_meta(text: str) -> bool:
    if marks.META_LABEL.match(text):
        return True
    return bool(marks.DATE.search(text)) and len(text) <= 32 and not re.search(r"。|(?:ます|です|した)$", text)


def _is_addressee(lines: Sequence[str], number: int) -> bool:
    text = lines[number - 1]
    return bool(
        re.search(
            r"各位$|御中$|関係者様?$|^(?:株式|有限|合同)会社\S+$|^\S+(?:株式|有限|合同)会社$|プレスリリース|^NEWS", text
        )
    )


def _title_lines(lines: Sequence[str], title: str | None, title_line: int | None) -> frozenset[int]:
    """Give the title's line, and a Markdown heading of the first rank that says the same again."""
    again = (n for n, t in enumerate(lines, 1) if title and t.startswith("# ") and flatten(t[2:]) == flatten(title))
    return frozenset({title_line, next(again, None)} - {None})  # type: ignore[arg-type]


# --- roles ---


def _assign_roles(
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: Sequence[_Heading],
    contents: Mapping[int, Role],
    titles: frozenset[int],
    speakers: Sequence[str],
) -> list[Role]:
    """Walk over the lines: what is fixed stays, questions, answers, notes and turns last until something ends them."""
    at = {h.line: h for h in headings}
    roles: list[Role] = []
    state: Role | None = None
    before_text = True
    for number, text in enumerate(lines, 1):
        if number in titles:
            role = Role.TITLE
        elif number in at:
            role = Role.HEADING if at[number].is_section else Role.SUBHEADING
        elif number in contents:
            role = contents[number]
        elif number in fixed:
            role = fixed[number]
        else:
            role = _role_of(text, state, before_text, speakers)
        before_text = before_text and role in (
            Role.TITLE,
            Role.META,
            Role.BLANK,
            Role.DIVIDER,
            Role.FRONTMATTER,
            Role.TOC,
        )
        state = _next_state(role, state)
        roles.append(role)
    return _mark_tables(lines, roles)


_LASTING = frozenset({Role.QUESTION, Role.ANSWER, Role.NOTE, Role.NOTE_LABEL, Role.TURN})
_ENDING = frozenset({Role.HEADING, Role.SUBHEADING, Role.BLANK, Role.TITLE, Role.DIVIDER, Role.TOC})


def _next_state(role: Role, state: Role | None) -> Role | None:
    if role in _ENDING:
        return state if role is Role.BLANK and state in (Role.QUESTION, Role.ANSWER) else None
    return role if role in _LASTING else state


def _role_of(text: str, state: Role | None, before_text: bool, speakers: Sequence[str]) -> Role:
    if marks.NOTE_LABEL.fullmatch(text):
        return Role.NOTE_LABEL
    if marks.QUESTION.fullmatch(text):
        return Role.QUESTION
    if marks.ANSWER.fullmatch(text):
        return Role.ANSWER
    if marks.NOTE.fullmatch(text):
        return Role.NOTE
    if speakers and _speaker_of(text, speakers):
        return Role.TURN
    if before_text and (_is_meta(text) or _is_addressee([text], 1) or re.fullmatch(r"[〜~ー―].*[〜~ー―]", text)):
        return Role.META
    if state in (Role.NOTE, Role.NOTE_LABEL):
        return Role.NOTE
    if marks.LIST.fullmatch(text):
        return Role.LIST
    if re.fullmatch(r"[(（].*(?:にて|収録|取材|掲載)[)）]|以上|文責.*", text):
        return Role.META
    return {Role.QUESTION: Role.QUESTION, Role.ANSWER: Role.ANSWER, Role.TURN: Role.TURN}.get(
        state or Role.PARA, Role.PARA
    )


def _speaker_of(text: str, speakers: Sequence[str]) -> str:
    match = _TURN.fullmatch(text)
    return match["name"] if match and match["name"] in speakers else ""


_CELL = re.compile(r"[^\s。、:：]{1,12}[:：]\s*\S.*[^。]$")


def _mark_tables(lines: Sequence[str], roles: list[Role]) -> list[Role]:
    """Three and more neighbouring `label: value` lines without a full stop are a table."""
    out, run = list(roles), list[int]()
    for index in range(len(lines) + 1):
        if index < len(lines) and roles[index] is Role.PARA and _CELL.fullmatch(lines[index]):
            run.append(index)
            continue
        if len(run) >= 3:
            for i in run:
                out[i] = Role.TABLE
        run = []
    return out


# --- sections ---


def _cut_sections(
    lines: Sequence[str],
    roles: Sequence[Role],
    headings: Sequence[_Heading],
    contents: Mapping[int, Role],
    title_line: int | None,
) -> list[Section]:
    starts: list[tuple[int, str | None]] = [(h.line, h.title) for h in headings if h.is_section]
    starts += [(n, lines[n - 1].strip("# ")) for n, role in contents.items() if role is Role.HEADING]
    starts.sort()
    first_text = next((n for n, r in enumerate(roles, 1) if r not in _BEFORE_OPENING), None)
    if first_text and (not starts or first_text < starts[0][0]):
        starts.insert(0, (first_text, None))
    bounds = [s for s, _ in starts[1:]] + [len(lines) + 1]
    sections = [
        Section(i, _kind_of(i, title, start, end, len(starts), roles), title, start, end - 1)
        for i, ((start, title), end) in enumerate(zip(starts, bounds, strict=True), 1)
    ]
    return _with_framing(sections, roles)


_BEFORE_OPENING = frozenset({Role.TITLE, Role.META, Role.BLANK, Role.DIVIDER, Role.FRONTMATTER, Role.TOC})


def _kind_of(index: int, title: str | None, start: int, end: int, total: int, roles: Sequence[Role]) -> Kind:
    inside = roles[start - 1 : end - 1]
    if title is None:
        return Kind.INTRO if index == 1 else Kind.BODY
    if marks.CONTENTS.fullmatch(title):
        return Kind.TOC
    if marks.OPENING.fullmatch(title) and index <= 2:
        return Kind.INTRO
    if marks.PROMO_TITLE.fullmatch(title):
        return Kind.PROMO
    if marks.CLOSING.fullmatch(title) and index > total // 2:
        return Kind.OUTRO
    if Role.QUESTION in inside or sum(r is Role.TURN for r in inside) >= 2:
        return Kind.QA
    return Kind.BODY


def _with_framing(sections: list[Section], roles: Sequence[Role]) -> list[Section]:
    """End an interview with its last turn: paragraphs behind it are a closing of their own."""
    if not sections or sections[-1].kind is not Kind.QA or Role.TURN not in roles:
        return sections
    last = sections[-1]
    turns = [n for n in range(last.start, last.end + 1) if roles[n - 1] is Role.TURN]
    rest = [n for n in range(turns[-1] + 1, last.end + 1) if roles[n - 1] is Role.PARA] if turns else []
    if not rest:
        return sections
    cut = rest[0]
    return [
        *sections[:-1],
        Section(last.number, last.kind, last.title, last.start, cut - 1),
        Section(last.number + 1, Kind.OUTRO, None, cut, last.end),
    ]


def _mark_promotion(lines: Sequence[str], roles: list[Role], sections: Sequence[Section]) -> list[Role]:
    """Mark follow-me lines: by strong words anywhere near an end of a section, by weak ones at the document's end or when repeated."""
    counts = Counter(t for t in lines if len(t) > 15)
    out = list(roles)
    last_text = max((n for n, r in enumerate(roles, 1) if r not in _BEFORE_OPENING), default=0)
    candidates = {Role.PARA, Role.ANSWER, Role.NOTE, Role.LIST, Role.LINK, Role.TURN, Role.SUBHEADING}
    for number, text in enumerate(lines, 1):
        if roles[number - 1] not in candidates:
            continue
        near_end = last_text - number <= 5
        is_strong = bool(marks.STRONG_PROMO.search(text)) and (near_end or bool(marks.PROMO.search(text)))
        is_weak = bool(marks.PROMO.search(text) or marks.HANDLE.search(text)) and (near_end or counts[text] > 1)
        if (is_strong or is_weak) and len(text) <= 160:
            out[number - 1] = Role.PROMO
    for section in sections:
        if section.kind is Kind.PROMO:
            for number in range(section.start, section.end + 1):
                if out[number - 1] in (Role.PARA, Role.TABLE, Role.LIST, Role.ANSWER, Role.TURN):
                    out[number - 1] = Role.META if marks.META_LABEL.match(lines[number - 1]) else Role.PROMO
    return out


def _trim_sections(sections: Sequence[Section], roles: Sequence[Role]) -> tuple[Section, ...]:
    """Take trailing blank lines away from every section."""
    out = []
    for number, each in enumerate(sections, 1):
        end = each.end
        while end > each.start and roles[end - 1] is Role.BLANK:
            end -= 1
        out.append(Section(number, each.kind, each.title, each.start, end))
    return tuple(out)


def _find_pairs(roles: Sequence[Role], sections: Sequence[Section]) -> tuple[QaPair, ...]:
    """Pair each run of question lines with the run of answer lines (lists inside it included) that follows it."""
    pairs: list[QaPair] = []
    for section in sections:
        q: tuple[int, int] | None = None
        number = section.start
        while number <= section.end:
            role = roles[number - 1]
            if role is Role.QUESTION:
                last = _run_end(roles, number, section.end, (Role.QUESTION, Role.LIST))
                q = (number, last)
                number = last
            elif role is Role.ANSWER and q:
                last = _run_end(roles, number, section.end, (Role.ANSWER, Role.LIST, Role.TABLE, Role.QUOTE))
                pairs.append(QaPair(q, (number, last)))
                q, number = None, last
            number += 1
    return tuple(pairs)


def _run_end(roles: Sequence[Role], start: int, limit: int, kinds: tuple[Role, ...]) -> int:
    last = start
    for number in range(start + 1, limit + 1):
        role = roles[number - 1]
        if role in kinds:
            last = number
        elif role not in (Role.BLANK, Role.DIVIDER):
            break
    return last


# --- blocks ---


def _fill(section: Section, lines: Sequence[str], roles: Sequence[Role], speakers: Sequence[str]) -> Section:
    """Gather neighbouring lines of one role into blocks; each question, answer and turn opens its own."""
    blocks: list[Block] = []
    for number in range(section.start, section.end + 1):
        role, text = roles[number - 1], lines[number - 1]
        if role in NOT_READ_ALOUD or role is Role.TITLE:
            continue
        speaker = _speaker_of(text, speakers) if role is Role.TURN else ""
        opens = _opens_block(role, text, speaker)
        last = blocks[-1] if blocks else None
        if last and last.role is role and not opens and last.lines[-1] >= number - 1:
            blocks[-1] = Block(role, (*last.lines, number), (*last.texts, _bare_text(role, text)), last.speaker)
        else:
            keep = speaker or (last.speaker if last and role is Role.TURN and last.role is Role.TURN else "")
            blocks.append(Block(role, (number,), (_bare_text(role, text),), keep))
    return Section(section.number, section.kind, section.title, section.start, section.end, tuple(blocks))


def _opens_block(role: Role, text: str, speaker: str) -> bool:
    pattern = {Role.QUESTION: marks.QUESTION, Role.ANSWER: marks.ANSWER}.get(role)
    return (
        bool(speaker)
        or role in (Role.HEADING, Role.SUBHEADING, Role.NOTE_LABEL)
        or bool(pattern and pattern.fullmatch(text))
    )


_BARE = {
    Role.QUESTION: marks.QUESTION,
    Role.ANSWER: marks.ANSWER,
    Role.NOTE: marks.NOTE,
    Role.LIST: marks.LIST,
    Role.NOTE_LABEL: marks.NOTE_LABEL,
    Role.TURN: _TURN,
}


def _bare_text(role: Role, text: str) -> str:
    """Give a line without its mark: the number of a heading, Q., a bullet, a speaker's name."""
    if role in (Role.HEADING, Role.SUBHEADING):
        return _without_mark(0, text)
    match = _BARE[role].fullmatch(text) if role in _BARE else None
    bare = match["title"] if match else text
    if role is Role.NOTE and (item := marks.LIST.fullmatch(bare)):
        bare = item["title"]
    return bare.lstrip(">＞ ") if role is Role.QUOTE else bare


def _find_dropped(source: Source, roles: Sequence[Role], sections: Sequence[Section]) -> tuple[Dropped, ...]:
    """List every non-blank line that is in no block, with its role as the reason."""
    told = {n for section in sections for block in section.blocks for n in block.lines}
    return tuple(
        Dropped(source.origin, n, role.value)
        for n, role in enumerate(roles, 1)
        if n not in told and role is not Role.BLANK
    )
