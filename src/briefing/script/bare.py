"""Headings without a mark: short lines that stand above text, set apart as others are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import (
    announces_list,
    is_addressee,
    is_meta,
    is_note_form,
    is_profile,
    is_short_item,
    stands_apart,
)
from briefing.script.mastheads import title_score
from briefing.script.speakers import speaker_of

SHORT_HEADING = 24


def bare_headings(lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> list[int]:
    """Short lines without a sentence's end, followed by longer text: headings when nothing else marks them.

    Where those stand apart in one way, longer ones, with commas or asking, that do so too are some, if they are fewer.
    """
    able = [n for n in range(1, len(lines) + 1) if _may_head(n, lines, fixed, speakers)]
    plain = [
        n for n in able if len(lines[n - 1]) <= SHORT_HEADING and not _UNLIKE_HEADING.search(lines[n - 1].rstrip(":："))
    ]
    apart = [n for n in plain if stands_apart(n, lines, fixed)]
    gap, often = Counter(gaps_of(n, fixed) for n in apart).most_common(1)[0] if apart else (None, 0)
    is_usual = often * 4 >= len(apart) * 3
    others = [n for n in able if n not in plain and not re.search("。|[」』）)〉》！!…]$", lines[n - 1])]
    loose = [n for n in others if is_usual and gap == gaps_of(n, fixed)]
    if not apart and Role.BLANK not in fixed.values():
        apart, loose = ([n for n in each if _stands_close(n, lines)] for each in (plain, others))
    return sorted({*plain, *loose}) if 2 <= len(apart) >= len(loose) else plain


def _stands_close(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line stands right below what a heading may, and above a sentence: in a text without blank lines."""
    below = "".join(lines[number : number + 1])
    return number > 1 and ends_part(lines[number - 2]) and bool(marks.FULL_STOP.search(below))


_UNLIKE_HEADING = re.compile(rf"{marks.FULL_STOP.pattern}|[、:：｜|]")


def gaps_of(number: int, fixed: Mapping[int, Role]) -> tuple[Role | None, bool]:
    """Give what is above a line, and whether blank lines or dividers are on both sides."""
    return fixed.get(number - 1), stands_alone(number, fixed)


_PASSED = (Role.BLANK, Role.META)  # who asks stands between a heading and the question


def _may_head(number: int, lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> bool:
    """Say whether a line without a mark could be a heading: short, of no other form, above text."""
    text = _DATED.sub("", lines[number - 1])
    first = next((n for n in range(1, len(lines) + 1) if n not in fixed), 1)
    after = next((lines[n - 1] for n in range(number + 1, len(lines) + 1) if fixed.get(n) not in _PASSED), "")
    is_behind_text = any("。" in t for t in lines[: number - 1])
    return (
        (
            is_behind_text
            or (number > max(first, 3) and title_score(text, "", ()) >= 1 and bool(_TOLD_OR_ASKED.search(after)))
        )
        and number not in fixed
        and bool(marks.WORD.search(text))
        and 2 <= len(text) <= SHORT_HEADING + 8
        and not speaker_of(text, speakers)
        and not is_meta(text)
        and not re.search(
            r"　{2,}|[0-9０-９,，]{3,}円$|^(?:以上|敬具)$|^[0-9０-９]{1,2}(?:[\s　]|[:：時][0-9０-９]{0,2}分?(?![、，]))|^[ア-ンA-Za-zａ-ｚＡ-Ｚ甲乙丙丁][\s　]",
            text,
        )
        and not re.fullmatch(r"[「『（(].*[」』）)]", text)
        and not _MARKED.match(text)
        and not marks.LIST.fullmatch(text)
        and not marks.DATE.search(text)
        and not is_note_form(text)
        and not marks.COLOPHON.fullmatch(text)
        and not marks.CONTACT.search(text)
        and not (marks.CONTACT.search(after) or marks.URL.search(after) or is_profile(after))
        and not marks.CREDIT.fullmatch(text)
        and not is_addressee(lines, number)
        and (len(after) > len(text) or bool(marks.FULL_STOP.search(after)) or _is_above_short(number, lines, fixed))
        and not _opens_list(number, lines, fixed)
        and not ("　" in text and _ROW.search("".join(lines[number : number + 1])))
    )


_MARKED = re.compile(r"[―—─－]{2}.*[？?か]$|[■-◯★☆][\s　]*\w")  # who asks; what has a mark is not bare
_DATED = re.compile(
    r"(?<=\S{4})[（(][^（()）]*[0-9０-９][月日][^（()）]*[)）]$"
)  # when it was, behind a title: 運動会（9月27日）
_ROW = re.compile(r"\S(?:　{2,}| {2,})\s*\S")  # below what names the columns


_TOLD_OR_ASKED = re.compile(rf"{marks.FULL_STOP.pattern}|か$")


def _opens_list(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether two more short lines without a mark or a sentence's end are right below, all announced above."""
    above = next((lines[n - 1] for n in range(number - 1, 0, -1) if fixed.get(n) is not Role.BLANK), "")
    return announces_list(above) and _is_above_short(number, lines, fixed)


def _is_above_short(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    below = range(number + 1, min(number + 3, len(lines) + 1))
    return len(below) == 2 and all(n not in fixed and is_short_item(lines[n - 1]) for n in below)


def stands_alone(number: int, fixed: Mapping[int, Role]) -> bool:
    """Say whether blank lines or dividers are right above and below."""
    return all(fixed.get(n) in (Role.BLANK, Role.DIVIDER) for n in (number - 1, number + 1))


def close_headings(last: int, lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> list[int]:
    """Give the short lines behind a line, two at least, each right below a sentence or a list: headings in a text without blank lines."""
    bare = [n for n in bare_headings(lines, fixed, speakers) if n > last and not announces_list(lines[n - 2])]
    close = [n for n in bare if ends_part(lines[n - 2])]
    return close if len(close) >= 2 else []


def ends_part(text: str) -> bool:
    """Say whether a heading may stand right below a line: a sentence, a list's item or a note."""
    is_said = len(text) > SHORT_HEADING and text.endswith(("」", "』"))
    return is_said or bool(marks.FULL_STOP.search(text) or marks.LIST.fullmatch(text) or marks.NOTE.fullmatch(text))
