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
    r"(?P<name>[―—─－-]{2})\s*(?P<title>\S.*)|(?P<person>[^\s　:：「」『』。、()（）―—]{1,12}?)(?:さん|氏)?(?:[:：]\s*|　+|\s+|(?=「))(?P<words>\S.*)"
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
    "bare",
    "md3",
    "round",
    "roman",
    "kanji",
    "decimal",
)
_BARE_HEADING_LENGTH = 24
_ORNAMENTS = "■□◆◇●○◎★☆▼▽▲△【】<>＜＞≪≫〈〉#＃*＊~〜=＝-ー―　 :："


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
    trimmed = _trim_sections(_with_closing_promotion(sections, roles), roles)
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
        elif inside is None and (text.startswith(":::") or _NOTE_QUOTE.match(text)):
            inside = Role.NOTE
        elif inside is Role.NOTE and text == ":::":
            fixed[number], inside = Role.NOTE, None
            continue
        if inside is Role.NOTE and not text and lines[number - 2].startswith((">", "＞")):
            inside = None  # a note written as a quotation ends with it
        if inside:
            fixed[number] = inside
        elif role := _fixed_role(text):
            fixed[number] = role
    return fixed


_NOTE_QUOTE = re.compile(r">\s*(?:\*\*(?:Note|NOTE|注|補足|注意|メモ)|\[!)")


def _fixed_role(text: str) -> Role | None:
    if not text:
        return Role.BLANK
    if marks.DIVIDER.fullmatch(text):
        return Role.DIVIDER
    if re.search(r"\]\(#[^)]*\)\s*$", text):
        return Role.TOC  # a link to a heading of the same page
    if marks.is_link(text) or re.fullmatch(
        r"!\[[^\]]*\]\([^)]*\)|\[f:id:[^\]]+\]|[\[［](?:画像|写真|図|動画)[:：][^\]］]*[\]］]|<img\s[^>]*>",
        text,
    ):
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
        match = (
            None
            if number in fixed
            or heading_candidates(number, text)
            or marks.QUESTION.fullmatch(text)
            or marks.ANSWER.fullmatch(text)
            else _TURN.fullmatch(text)
        )
        if match and len(match["title"] or match["words"]) >= 3:
            found.append(match["name"] or match["person"])
    counts = Counter(found)
    twice = [
        name
        for name in dict.fromkeys(found)
        if counts[name] >= 2 and not re.fullmatch(r"[QAＱＡ問答]\d*[.．]?|\d+|[・\-*※▼#|].*", name)
    ]
    total = sum(counts[name] for name in twice)
    if len(twice) < 2 or total < 4 or total * 5 < sum(1 for t in lines if t):
        return []
    return [name for name in dict.fromkeys(found) if name in twice or _speaks_once(name, lines)]


def _speaks_once(name: str, lines: Sequence[str]) -> bool:
    """Say whether a name opens a single turn as the others do: a colon behind it, nothing of a label."""
    return any(
        re.match(rf"{re.escape(name)}[:：]", t) and not marks.META_LABEL.match(t) and not _is_note_form(t)
        for t in lines
    )


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
    else:
        families = _with_bare_family(families, lines, fixed, speakers)
    top = _top_family(families, lines)
    upper = [c.line for c in families.get(top or "", [])]
    is_section = {
        name: name == top or name.startswith("chapter") or _is_level_with(members, upper, fixed, len(lines))
        for name, members in families.items()
    }
    headings = {
        c.line: _Heading(c.line, c.title, is_section[name]) for name, members in families.items() for c in members
    }
    for number, title in _known_titles(lines, fixed):
        headings.setdefault(number, _Heading(number, title, True))
    for number, title in _framed(lines, fixed):
        headings[number] = _Heading(number, _without_mark(number, title), True)
    return tuple(headings[n] for n in sorted(headings))


def _is_level_with(members: Sequence[Candidate], upper: Sequence[int], fixed: Mapping[int, Role], count: int) -> bool:
    """Say whether a family stands beside the top one: all inside one of its sections, and not right below its heading."""
    if members[0].family.startswith("md") or members[0].family == "decimal":
        return False
    parents = {max((u for u in upper if u < c.line), default=0) for c in members}
    if len(parents) != 1:
        return False
    parent, first = parents.pop(), members[0].line
    return any(fixed.get(n) not in (Role.BLANK, Role.DIVIDER) for n in range(parent + 1, first))


def _with_bare_family(
    families: dict[str, list[Candidate]], lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]
) -> dict[str, list[Candidate]]:
    """Add short lines set apart by blank lines as a family of their own, where nothing else marks headings at their level."""
    taken = {c.line for members in families.values() for c in members}
    bare = [Candidate(n, "bare", lines[n - 1], None) for n in _bare_headings(lines, fixed, speakers) if n not in taken]
    apart = [c for c in bare if _stands_apart(c.line, lines, fixed)]
    largest = max(map(len, families.values()), default=0)
    if len(apart) >= 2 and (speakers or len(apart) > largest):
        return {**families, "bare": apart}
    return families if families or len(bare) < 2 else {"bare": bare}


def _stands_apart(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    before = fixed.get(number - 1, Role.BLANK if number == 1 else None)
    return before in (Role.BLANK, Role.DIVIDER)


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
        if name == "date":  # a date is a heading only where it stands apart
            spread = [c for c in spread if _stands_apart(c.line, lines, fixed)]
        if name.startswith("md") and members:
            kept[name] = members
        elif len(spread) >= 2 and _rises(spread):
            kept[name] = spread
    return _without_shadows(kept)


def _is_note_form(text: str) -> bool:
    return bool(
        marks.NOTE_LABEL.fullmatch(text)
        or marks.NOTE.fullmatch(text)
        or (text[:1] in "▲△" and marks.CAPTION.fullmatch(text))
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
    return after in others or (before in others and not candidate.family.startswith(("md", "mark", "lens", "chapter")))


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
        form = re.match("[a-z]+[0-9]?", name)
        return families[name][0].line, rank.get(form[0] if form else name, 99)

    return min(families, key=order)


def _known_titles(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[tuple[int, str]]:
    out = []
    for number, text in enumerate(lines, 1):
        bare = text.strip(_ORNAMENTS)
        known = any(
            p.fullmatch(bare) for p in (marks.OPENING, marks.CLOSING, marks.CONTENTS, marks.PROMO_TITLE, marks.QA_TITLE)
        )
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


_PERSON = re.compile(r"(?!.*[をはがのにでと])[一-龠々]{1,4}[\s　]?[一-龠々ぁ-んァ-ヶ]{1,5}")


def _bare_headings(lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> list[int]:
    """Short lines without a sentence's end, followed by longer text: headings when nothing else marks them."""
    out = []
    first = next((n for n in range(1, len(lines) + 1) if n not in fixed), 1)
    for number, text in enumerate(lines, 1):
        after = next((lines[n - 1] for n in range(number + 1, len(lines) + 1) if fixed.get(n) is not Role.BLANK), "")
        is_turn = any(text.startswith(name) for name in speakers)
        if (
            number > max(first, 3)
            and number not in fixed
            and 2 <= len(text) <= _BARE_HEADING_LENGTH
            and not is_turn
            and not _is_meta(text)
            and not re.search(r"　{2,}|[0-9０-９,，]{3,}円$", text)
            and not re.fullmatch(r"[「『（(].*[」』）)]", text)
            and not (number <= 4 and _PERSON.fullmatch(text))
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
        if marks.CONTENTS.fullmatch(text.strip(_ORNAMENTS)) and number not in fixed:
            out[number] = Role.HEADING if text.startswith("#") else Role.TOC
            out |= {n: Role.TOC for n in _contents_items(lines, fixed, number + 1, titles)}
    first = headings[0].line if headings else len(lines)
    for number in range(1, first):
        if number not in fixed and sum(len(t) > 2 and t in flatten(lines[number - 1]) for t in titles) >= 3:
            out[number] = Role.TOC  # one line that names them all
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
        and sum(lines[h.line - 1].startswith("# ") for h in headings) == 1
        and len(headings) > 1
    ):
        return first.title, first.line, tuple(h for h in headings if h is not first)
    limit = sections[0].line if sections else len(lines) + 1
    taken = {h.line for h in headings} | set(contents) | set(fixed)
    leading = _leading_lines(lines, min(limit, 9), taken)
    if leading:
        scores = {n: _title_score(lines[n - 1], lines[n] if n < len(lines) else "") for n in leading}
        front = next((n for n in leading if scores[n] > 0.5), leading[0])
        best = max(leading, key=lambda n: (scores[n] + (0.8 if n == front else 0), -n))
        if scores[best] > 0:
            return lines[best - 1], best, headings
    return _late_title(lines, taken, sections, headings)


def _leading_lines(lines: Sequence[str], limit: int, taken: set[int]) -> list[int]:
    """Give the lines that stand before any running text: one of them may be the title."""
    out: list[int] = []
    for number in range(1, min(limit, len(lines) + 1)):
        text = lines[number - 1]
        if number in taken:
            continue
        if "。" in text or (_TURN_SENTENCE.search(text) and out) or len(text) > 100:
            break
        out.append(number)
    return out


_ORGANISATION = re.compile(
    r"(?:大学|学校|小学校|中学校|高校|会社|センター|協会|委員会|編集部|編集室|一同|新聞社?|研究所|法人|組合|事務局|病院|図書館|市役所|役場|[省庁課部局])$|各位|御中|関係者"
)


def _title_score(text: str, after: str) -> float:
    """Say how much a leading line looks like a title: long enough, of its own, no label, date, name or organisation."""
    if _is_meta(text) or _is_addressee([text], 1) or _PERSON.fullmatch(text) or marks.NOTE.fullmatch(text):
        return -1
    if re.fullmatch(r"【[^【】]*】(?:第?[0-9０-９]+回)?|(?:連載|シリーズ).*|第[0-9０-９]+回|[〜~ー―－-].*", text):
        return -0.5
    if _ORGANISATION.search(text):
        return 0.1
    return 1 + min(len(text), 24) / 24 - (0.9 if len(text) <= 4 and after else 0)


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
            r"各位$|御中$|関係者様?$|^(?:株式|有限|合同)会社\S{1,16}$|^\S{1,16}(?:株式|有限|合同)会社$|プレスリリース|^NEWS",
            text,
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
    asks_by_dash = not speakers and sum(bool(_ASKED.match(t)) for t in lines) >= 2
    last_turn = max((n for n, t in enumerate(lines, 1) if speakers and _speaker_of(t, speakers)), default=0)
    for number, text in enumerate(lines, 1):
        if state is Role.TURN and number > last_turn and roles[-1] is Role.BLANK:
            state = None  # what follows the last turn after a blank line is told, not said
        if number in titles:
            role = Role.TITLE
        elif number in at:
            role = Role.HEADING if at[number].is_section else Role.SUBHEADING
        elif number in contents:
            role = contents[number]
        elif number in fixed:
            role = fixed[number]
        elif number < min(titles, default=0) and number < min(at, default=len(lines)) and "。" not in text:
            role = Role.META  # the kind of text, a series, an addressee: above the title
        else:
            is_alone = fixed.get(number + 1, Role.BLANK) is Role.BLANK  # the last line of its paragraph
            role = _role_of(text, state, before_text, speakers, roles[-1] if roles else None, is_alone, asks_by_dash)
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
        return state if role is Role.BLANK and state in (Role.QUESTION, Role.ANSWER, Role.TURN) else None
    return role if role in _LASTING else state


_ANSWERER = re.compile(r"[^\s　:：「」、。]{1,10}(?:氏|さん)?[:：]\s*\S.*")
_ASKED = re.compile(r"[―—─]{2}\s*\S.*[^―—─]$")
_NARRATION = re.compile(r"^(?:取材|インタビュー|対談|座談会|別れ際|帰り際)|店を(?:出|後)|話を聞き終え")
_MARKED_ITEM = re.compile(r"[■□◆◇●○▪▫◎★☆]\s*\S.*")


def _role_of(
    text: str,
    state: Role | None,
    before_text: bool,
    speakers: Sequence[str],
    above: Role | None,
    is_alone: bool,
    asks_by_dash: bool,
) -> Role:
    is_close, is_under_heading = above in (Role.TITLE, Role.META), above is Role.HEADING
    if marks.NOTE_LABEL.fullmatch(text):
        return Role.NOTE_LABEL
    if (marks.QUESTION.fullmatch(text) and not marks.CONTACT.search(text)) or (asks_by_dash and _ASKED.match(text)):
        return Role.QUESTION
    if marks.ANSWER.fullmatch(text) or (state is Role.QUESTION and _ANSWERER.fullmatch(text)):
        return Role.ANSWER
    if marks.NOTE.fullmatch(text):
        return Role.NOTE
    if before_text and re.fullmatch(r"[^。「」]{2,30}[（(][^。]{1,30}[)）]", text):
        return Role.META  # somebody who takes part, with what they are
    if speakers and _speaker_of(text, speakers):
        return Role.TURN
    if before_text and (_is_meta(text) or _is_addressee([text], 1) or re.fullmatch(r"[〜~ー―].*[〜~ー―]", text)):
        return Role.META
    if before_text and is_close and len(text) <= 40 and not _TURN_SENTENCE.search(text) and "。" not in text:
        return Role.META  # a byline: short, no sentence, right under the title
    if before_text and (_PERSON.fullmatch(text) or text.count("／") >= 2) and "。" not in text:
        return Role.META  # an author; a book's publisher, year, pages
    if marks.CONTACT.search(text) or marks.CAPTION.fullmatch(text) or (is_alone and marks.SIGNATURE.fullmatch(text)):
        return Role.META
    if is_under_heading and _is_meta(text):
        return Role.META
    if state in (Role.NOTE, Role.NOTE_LABEL):
        return Role.NOTE
    if marks.LIST.fullmatch(text) or (_MARKED_ITEM.fullmatch(text) and not marks.FULL_STOP.search(text)):
        return Role.LIST
    if re.fullmatch(r"[(（].*(?:にて|収録|取材|掲載)[)）]|以上|文責.*", text):
        return Role.META
    if state in (Role.TURN, Role.ANSWER) and _NARRATION.search(text):
        return Role.PARA
    if state is Role.QUESTION and above is Role.QUESTION and asks_by_dash:
        return Role.ANSWER
    return {Role.QUESTION: Role.QUESTION, Role.ANSWER: Role.ANSWER, Role.TURN: Role.TURN}.get(
        state or Role.PARA, Role.PARA
    )


def _speaker_of(text: str, speakers: Sequence[str]) -> str:
    match = _TURN.fullmatch(text)
    name = (match["name"] or match["person"]) if match else ""
    return name if name in speakers else ""


_CELL = re.compile(
    r"(?![0-9０-９]+　)[^\s。、:：]{1,12}(?:[:：]\s*|　+)\S.*[^。]$|(?:[12][0-9]{3}年)?\s*[0-9]{1,2}月(?:\s*[0-9]{1,2}日)?[^、。]{0,16}[\s　:：]+\S.*[^。]$"
)
_TIMETABLE = re.compile(r"(?:とき|ところ|期間|持ち物|費用|定員|対象|日時|場所|料金|時間|会場|参加費)(?:[:：]|　)")
_GRID = re.compile(r".*\t.*|[┌├└│┃].*|[|+][─━|+\-=\s].*|[（(]単位[:：].*[)）]|.*\S \| \S.*\|.*|:?-{2,}:?\s*\|[\s|:-]*")


def _mark_tables(lines: Sequence[str], roles: list[Role]) -> list[Role]:
    """Mark tables: rows with tabs or drawn borders, and three and more neighbouring `label: value` lines without a full stop."""
    out, run = list(roles), list[int]()
    for index, text in enumerate(lines):
        if roles[index] in (Role.PARA, Role.ANSWER, Role.META, Role.DIVIDER) and _GRID.fullmatch(text):
            out[index] = Role.TABLE
    for index in range(1, len(lines)):
        if all(out[i] in (Role.PARA, Role.QUOTE) and marks.VOICE.fullmatch(lines[i]) for i in (index - 1, index)):
            out[index - 1 : index + 1] = [Role.QUOTE, Role.QUOTE]  # a list of voices
    for index in range(len(lines) + 1):
        if index < len(lines) and out[index] is Role.PARA and _CELL.fullmatch(lines[index]):
            run.append(index)
            continue
        labels = sum(bool(_TIMETABLE.match(lines[i])) for i in run)
        if len(run) >= 3 or (len(run) == 2 and labels == 2):
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
    starts += _contents_sections(lines, roles, contents, starts)
    starts.sort()
    is_minutes = any(r is Role.TITLE and _MINUTES.search(lines[n - 1]) for n, r in enumerate(roles, 1))
    first_text = next((n for n, r in enumerate(roles, 1) if r not in _BEFORE_OPENING), None)
    if first_text and (not starts or first_text < starts[0][0]):
        starts.insert(0, (first_text, None))
    bounds = [s for s, _ in starts[1:]] + [len(lines) + 1]
    sections = [
        Section(i, _kind_of(i, title, start, end, len(starts), roles, is_minutes), title, start, end - 1)
        for i, ((start, title), end) in enumerate(zip(starts, bounds, strict=True), 1)
    ]
    return _with_framing(_with_untitled_questions(sections, roles), roles)


_MINUTES = re.compile(r"議事|会議録|理事会|委員会|総会|例会|打ち?合わ?せ|定例")


def _contents_sections(
    lines: Sequence[str], roles: Sequence[Role], contents: Mapping[int, Role], starts: Sequence[tuple[int, str | None]]
) -> list[tuple[int, str | None]]:
    """Give the labelled list of contents as a section where it stands apart and no opening goes on behind it."""

    def is_gap(number: int) -> bool:
        return not 1 <= number <= len(roles) or roles[number - 1] in (Role.BLANK, Role.DIVIDER)

    known = {line for line, _ in starts}
    out: list[tuple[int, str | None]] = []
    for number in sorted(contents):
        bare = lines[number - 1].strip(_ORNAMENTS)
        if contents[number] is not Role.TOC or not marks.CONTENTS.fullmatch(bare):
            continue
        end = number
        while end + 1 in contents:
            end += 1
        after = next((n for n in range(end + 1, len(roles) + 1) if not is_gap(n)), 0)
        has_text = any(r not in _BEFORE_OPENING for r in roles[: number - 1])
        if has_text and is_gap(number - 1) and is_gap(end + 1) and after in known:
            out.append((number, bare))
    return out


def _with_untitled_questions(sections: list[Section], roles: Sequence[Role]) -> list[Section]:
    """Let questions that follow an opening without a heading be a section of their own."""
    first = sections[0] if sections else None
    if first is None or first.title is not None:
        return sections
    asked = next((n for n in range(first.start, first.end + 1) if roles[n - 1] is Role.QUESTION), 0)
    if not asked or asked == first.start:
        return sections
    opening = Section(1, Kind.INTRO, None, first.start, asked - 1)
    rest = [Section(s.number + 1, s.kind, s.title, s.start, s.end) for s in sections[1:]]
    return [opening, Section(2, Kind.QA, None, asked, first.end), *rest]


_BEFORE_OPENING = frozenset({Role.TITLE, Role.META, Role.BLANK, Role.DIVIDER, Role.FRONTMATTER, Role.TOC})


def _kind_of(
    index: int, title: str | None, start: int, end: int, total: int, roles: Sequence[Role], is_minutes: bool
) -> Kind:
    inside = roles[start - 1 : end - 1]
    if title is None:
        return Kind.INTRO if index == 1 and total > 1 else Kind.BODY
    if marks.CONTENTS.fullmatch(title):
        return Kind.TOC
    if marks.OPENING.fullmatch(title) and index <= 2:
        return Kind.INTRO
    if marks.PROMO_TITLE.fullmatch(title):
        return Kind.PROMO
    if marks.CLOSING.fullmatch(title) and index > total // 2:
        return Kind.OUTRO
    if Role.QUESTION in inside or (sum(r is Role.TURN for r in inside) >= 2 and not is_minutes):
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


_CALL = re.compile(
    r"募集|お寄せ|どうぞ|ください|お待ちして|こちら|ご覧|@|https?://|発売中|販売中|予約|お申し込み|ダウンロード"
)


def _mark_promotion(lines: Sequence[str], roles: list[Role], sections: Sequence[Section]) -> list[Role]:
    """Mark follow-me lines: by strong words anywhere near an end of a section, by weak ones at the document's end or when repeated."""
    counts = Counter(t for t in lines if len(t) > 15)
    out = list(roles)
    last_text = max((n for n, r in enumerate(roles, 1) if r not in _BEFORE_OPENING), default=0)
    last_divider = max((n for n, r in enumerate(roles, 1) if r is Role.DIVIDER), default=0)
    ends_apart = last_divider > 0 and last_text - last_divider <= 6 and last_divider > len(lines) // 2
    candidates = {Role.PARA, Role.ANSWER, Role.NOTE, Role.LIST, Role.LINK, Role.TURN, Role.SUBHEADING}
    for number, text in enumerate(lines, 1):
        if roles[number - 1] not in candidates:
            continue
        near_end = last_text - number <= 5
        is_strong = bool(marks.STRONG_PROMO.search(text)) and (near_end or bool(marks.PROMO.search(text)))
        is_weak = bool(marks.PROMO.search(text) or marks.HANDLE.search(text)) and (near_end or counts[text] > 1)
        is_closing = ends_apart and number > last_divider and bool(_CALL.search(text))
        leads = (
            number < len(roles)
            and roles[number] is Role.LINK
            and bool(re.search(r"こちら(?:[(（].*[)）])?[。！!]?$", text))
        )
        follows = number > 1 and out[number - 2] is Role.PROMO and roles[number - 1] is Role.LINK
        if (is_strong or is_weak or is_closing or leads or follows) and len(text) <= 160:
            out[number - 1] = Role.PROMO
    for section in sections:
        if section.kind is Kind.PROMO:
            for number in range(section.start, section.end + 1):
                if out[number - 1] in (Role.PARA, Role.TABLE, Role.ANSWER, Role.TURN):
                    text = lines[number - 1]
                    is_meta = bool(marks.META_LABEL.match(text)) or not (_TURN_SENTENCE.search(text) or "。" in text)
                    out[number - 1] = Role.META if is_meta else Role.PROMO
    return out


_UNSPOKEN_END = frozenset({Role.PROMO, Role.LINK, Role.META, Role.DIVIDER, Role.BLANK})


def _with_closing_promotion(sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Cut off what follows the last divider when it only promotes: a section of its own."""
    if not sections or sections[-1].kind is Kind.PROMO:
        return list(sections)
    last = sections[-1]
    dividers = [n for n in range(last.start, last.end + 1) if roles[n - 1] is Role.DIVIDER]
    for divider in dividers:
        rest = [n for n in range(divider + 1, last.end + 1) if roles[n - 1] not in (Role.BLANK, Role.DIVIDER)]
        if rest and all(roles[n - 1] in _UNSPOKEN_END for n in rest) and any(roles[n - 1] is Role.PROMO for n in rest):
            kept = Section(last.number, last.kind, last.title, last.start, rest[0] - 1)
            return [*sections[:-1], kept, Section(last.number + 1, Kind.PROMO, None, rest[0], last.end)]
    return list(sections)


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
    bare = (
        (match["title"] or match.groupdict().get("words") or match.groupdict().get("column") or text) if match else text
    )
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
