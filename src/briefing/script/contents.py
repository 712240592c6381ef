"""The list of contents: what repeats the headings before they come."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from briefing.model import Role
from briefing.script import marks
from briefing.script.bare import SHORT_HEADING
from briefing.script.headings import Heading
from briefing.script.lines import ORNAMENTS, is_meta
from briefing.script.marks import flatten, heading_candidates


def find_contents(
    lines: Sequence[str], fixed: Mapping[int, Role], headings: Sequence[Heading], listed: Mapping[int, int]
) -> dict[int, Role]:
    """Find the list of contents: a label, or lines before the first heading that equal later ones."""
    titles = {flatten(h.title) for h in headings}
    out: dict[int, Role] = {}
    for number, text in enumerate(lines, 1):
        if marks.CONTENTS.fullmatch(text.strip(ORNAMENTS)) and number not in fixed:
            out[number] = Role.HEADING if text.startswith("#") else Role.TOC
            out |= {n: Role.TOC for n in _contents_items(lines, fixed, number + 1, titles)}
    first = headings[0].line if headings else len(lines)
    for number in range(1, first):
        if number not in fixed and sum(len(t) > 2 and t in flatten(lines[number - 1]) for t in titles) >= 3:
            out[number] = Role.TOC  # one line that names them all
    out |= dict.fromkeys(listed, Role.TOC)
    if above := [n for n in listed if n - 1 not in listed]:
        label = above[0] - 1
        if label > 1 and label not in fixed and label not in out and _is_label(lines[label - 1]):
            out[label] = Role.TOC
    return out


def _is_label(text: str) -> bool:
    return len(text) <= SHORT_HEADING and not is_meta(text) and not marks.SENTENCE_END.search(text)


def find_listed(lines: Sequence[str], fixed: Mapping[int, Role]) -> dict[int, int]:
    """Give neighbouring lines that a later line each repeats, in their order and apart, with that line: a list of contents."""
    free = (n for n in range(1, len(lines) + 1) if fixed.get(n) in _LISTABLE)
    names = {n: _item_title(lines[n - 1]) for n in free if not marks.STATES.search(lines[n - 1])}
    following: dict[str, int] = {}
    people: dict[str, int] = {}  # who heads a section: ◆森 一郎 議員
    again: dict[int, int] = {}
    whole: set[int] = set()  # that repeat all that a later line says
    for number in sorted(names, reverse=True):
        parts = _parts_of_item(lines[number - 1])
        long = (names[number], *(part for part in parts if len(part) >= _LEAST_PART))
        if found := next((part for part in long if part in following), ""):
            again[number] = following[found]
            whole |= {number} if found == names[number] else set()
        elif named := next((name for name in map(_without_rank, parts) if name in people), ""):
            again[number] = people[named]
        following[names[number]] = number
        if (name := _without_rank(names[number])) != names[number]:
            people[name] = number
    out: dict[int, int] = {}
    run: list[int] = []
    for number in [*sorted(again), len(lines) + 2]:
        if run and not (number == run[-1] + 1 and again.get(number, 0) > again[run[-1]] + 1):
            is_whole = whole.issuperset(run)
            least = 2 if is_whole else _LEAST_IN_PART
            if len(run) >= least and (is_whole or not _is_part_of_list(run, lines)) and again[run[0]] > run[-1]:
                out |= {n: again[n] for n in run}
            run = []
        run.append(number)
    return out


def _is_part_of_list(run: Sequence[int], lines: Sequence[str]) -> bool:
    """Say whether a list goes on above or below some of its lines: what is done in turn, more than headings tell."""
    around = (n for n in (run[0] - 1, run[-1] + 1) if 0 < n <= len(lines))
    return any(marks.LIST.fullmatch(lines[n - 1]) and marks.LIST.fullmatch(lines[run[0] - 1]) for n in around)


_LISTABLE = frozenset({None, Role.QUOTE, Role.TOC})


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


_PAGE = r"[(（\[［]?[pP]?[.．]?\s?[0-9０-９]{1,4}\s?(?:ページ|頁|[pP])?[)）\]］]?"
_PLACE = re.compile(
    rf"\s*(?:[…‥・･·.．\-－―─_＿~〜～\s]{{2,}}|　|\s*[/／|｜]\s*|(?=[(（]))\s*{_PAGE}$"
    r"|^[0-9０-９]{1,2}[:：][0-9０-９]{2}[\s　~～-]+"
)  # a page behind, a time before


_PARTING = re.compile(r"[\s　]*[　／/：:…‥・|｜―—─「『」』]+[\s　]*|[\s　]*(?=[（(［\[〔【])")  # from who or when
_LEAST_PART = 5
_LEAST_IN_PART = 3


def _parts_of_item(text: str) -> list[str]:
    """Give what stands before or behind each mark within an item, as long as a heading is: 題（名前）, 名前　題, 題／名前.

    >>> _parts_of_item("・空き家の登録を増やすには（栗原 武）")
    ['空き家の登録を増やすには']
    """
    if len(text) > _LONGEST_ITEM:
        return []
    bare = marks.LIST.fullmatch(text)
    plain = bare["title"] if bare else text
    sides = [side for cut in _PARTING.finditer(plain) for side in (plain[: cut.start()], plain[cut.end() :])]
    names = (_item_title(side.strip("「」『』")) for side in sides if side and side[0] not in "（([［〔【")
    return [name for name in dict.fromkeys(names) if len(name) > 1 and name != _item_title(plain)]


def _without_rank(name: str) -> str:
    match = _PERSON.fullmatch(name)
    return match["name"] if match else name


_PERSON = re.compile(r"(?P<name>[^をはがにで、。「」]{2,10})(?:議員|委員|先生|さん|氏|君)(?:[（(][^（()）]*[)）])?")
_LONGEST_ITEM = 60


def _item_title(text: str) -> str:
    plain = _PLACE.sub("", marks.without_links(text).lstrip(">＞→⇒➡ "))
    if item := marks.LIST.fullmatch(plain):
        plain = item["title"]
    found = heading_candidates(0, plain)
    return flatten(found[0].title if found else plain)
