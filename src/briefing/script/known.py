"""Headings that stand alone: a known title, a decked or framed line, what offers something at the end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from briefing.model import Role
from briefing.script import marks
from briefing.script.bare import SHORT_HEADING
from briefing.script.lines import ORNAMENTS, is_note_form, stands_apart

_KNOWN = (marks.OPENING, marks.CLOSING, marks.CONTENTS, marks.PROMO_TITLE, marks.QA_TITLE, re.compile("記"))


def known_titles(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[tuple[int, str]]:
    """Give the lines of known titles, decked lines and what heads the end, with their titles."""
    out = []
    for number, text in enumerate(lines, 1):
        bare = marks.without_rule(text).strip(ORNAMENTS)
        is_label = re.search("[:：].", bare)  # 次回：4月1日
        if match := _IN_ROUND.fullmatch(text):
            bare = match["title"] if ends_with_contact(number, lines) else bare
        is_known = (
            (not is_label and _is_known(bare)) or _heads_end(number, lines, fixed) or _is_decked(number, lines, fixed)
        )
        is_last = not any(lines[number:])
        is_free = number not in fixed and not is_last and not _is_in_row(number, lines, fixed)
        is_end_mark = re.sub(r"[\s　]", "", bare) == "以上" or (
            marks.COLOPHON.fullmatch(text) and text[0] in "―—─（(【"
        )
        is_told = marks.STATES.search(text) or (is_known and _lists_calls(number, lines))
        if is_free and is_known and not is_end_mark and not is_told:
            out.append((number, bare[1:-1] if BOXED.fullmatch(bare) else bare))
    return out


_IN_ROUND = re.compile(r"[（(](?P<title>[^（()）。]{2,16})[)）]")


def _is_in_row(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a line has the mark of another above it, nothing but links between them: a list of where to turn."""
    above = number - 1
    while fixed.get(above) is Role.LINK:
        above -= 1
    is_behind_link = 0 < above < number - 1
    return is_behind_link and bool(_MARK.match(lines[number - 1])) and lines[above - 1][:1] == lines[number - 1][0]


def _lists_calls(number: int, lines: Sequence[str]) -> bool:
    """Say whether the mark of a line opens another below it that is a sentence, and no line above: calls in a row at the end."""
    mark = lines[number - 1][:1]
    is_mark = bool(_MARK.match(lines[number - 1])) and not any(t.startswith(mark) for t in lines[: number - 1])
    return is_mark and any(t.startswith(mark) and marks.FULL_STOP.search(t) for t in lines[number:])


def _is_known(title: str) -> bool:
    """Say whether a title is known, or is made of two, each known or a part of one: お問い合わせ・配信の停止."""
    return any(p.fullmatch(title) for p in _KNOWN) or (
        "・" in title and all(marks.PROMO_TITLE.fullmatch(part) or part in _PARTS for part in title.split("・"))
    )


_PARTS = ("お申し込み", "お申込み", "申し込み", "予約", "ご予約", "取材", "ご取材")


def _is_decked(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a line behind the first sentence, not below a divider, has ornaments on both sides, and is no sentence: ◆◇ 題 ◇◆."""
    text = lines[number - 1]
    is_decked = (
        _DECKED.fullmatch(text)
        and marks.WORD.search(text)
        and not marks.FULL_STOP.search(text)
        and len(text) <= SHORT_HEADING + 8
    )
    is_free = fixed.get(number - 1) is not Role.DIVIDER and "".join(lines[number : number + 1]) != ""
    return bool(is_decked) and is_free and any("。" in t for t in lines[: number - 1])


_DECKED = re.compile(r"[■□◆◇●○◎★☆▼▽▲△]{1,6}[\s　]*[^■□◆◇●○◎★☆▼▽▲△]+[■□◆◇●○◎★☆▼▽▲△]{1,6}")


def _is_above_contact(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line in a box or with a mark has only a few rows below it, a telephone or an address among them, and no sentence."""
    text = lines[number - 1]
    has_form = BOXED.fullmatch(text) or _MARK.match(text) or _WHERE_TO.fullmatch(text)
    if not has_form or number < len(lines) - _FOOT:
        return False
    below = [t for t in lines[number:] if t]
    is_box = (
        len(lines[number - 1]) <= SHORT_HEADING
        and 1 < len(below) <= _LONGEST_BOX
        and any(map(marks.CONTACT.search, below))
    )
    return is_box and not any(map(marks.FULL_STOP.search, [lines[number - 1], *below]))


_WHERE_TO = re.compile(r"[^。、:：\s　]{3,}(?:(?:とき|時|際|場合|方|先)は?|たら|なら)")  # それでも困ったときは


def ends_with_contact(number: int, lines: Sequence[str]) -> bool:
    """Say whether below a line nothing is told to the end, and a telephone or an address stands there."""
    below = [t for t in lines[number:] if t] if number >= len(lines) - _FOOT else []
    return any(map(marks.CONTACT.search, below)) and not any(map(marks.FULL_STOP.search, below))


_FOOT = 60  # lines in which a text may tell where to turn
_LONGEST_BOX = 8


def _heads_end(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a line of the last quarter is in a box, or offers something, or has a mark, right behind a divider."""
    if _DECKED.fullmatch(lines[number - 1]) and fixed.get(number - 1) is Role.DIVIDER:
        return False  # a call in ornaments
    is_below_text = stands_apart(number, lines, fixed) or bool(marks.FULL_STOP.search(lines[number - 2]))
    if is_below_text and _is_above_contact(number, lines):
        return True
    text = lines[number - 1].strip(ORNAMENTS)
    if (
        number * 4 <= len(lines) * 3
        or is_note_form(text)
        or len(text) > SHORT_HEADING
        or marks.COLOPHON.fullmatch(lines[number - 1])
    ):
        return False
    offers, is_boxed = bool(marks.OFFER.search(text)), bool(BOXED.fullmatch(lines[number - 1]))
    leads = any(marks.FULL_STOP.search(t) for t in lines[number : number + 2])  # what it asks for is told below
    is_plain = bool(_NOUN_END.search(text))
    if offers and (_MARK.match(lines[number - 1]) or is_plain) and leads and stands_apart(number, lines, fixed):
        return True
    above = next((r for r in (fixed.get(n) for n in range(number - 1, 0, -1)) if r is not Role.BLANK), None)
    is_apart = stands_apart(number, lines, fixed) if is_boxed else above is Role.DIVIDER
    is_marked = bool(_MARK.match(lines[number - 1])) and leads
    return (is_boxed and (is_apart or offers)) or (
        is_apart and ((offers and (leads or not text.endswith("ください"))) or is_marked)
    )


_NOUN_END = re.compile(r"^[^。、:：]*(?:ご?案内|募集中?|お知らせ|受付中|窓口|アクセス)[！!]?$")
BOXED = re.compile(r"[【［\[〈《≪＜<〔〖][^【】［］\[\]〈〉《》≪≫＜＞<>〔〕〖〗]+[】］\]〉》≫＞>〕〗]")
_MARK = re.compile(r"[\u2500-\u27bf\U0001f300-\U0001faff〇§]\ufe0f?\s*\w")


def framed_lines(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[tuple[int, str]]:
    """Give the short lines between two dividers, with their texts."""

    def is_divider(number: int) -> bool:
        return fixed.get(number) is Role.DIVIDER

    return [
        (n, t) for n, t in enumerate(lines, 1)
        if n not in fixed and is_divider(n - 1) and is_divider(n + 1) and len(t) <= 40 and not marks.STATES.search(t)
    ]  # fmt: skip


def find_boxed(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[tuple[int, str]]:
    """Give two or more lines between dividers, those above the first sentence aside: they may hold the title."""
    told = next((n for n, t in enumerate(lines, 1) if marks.FULL_STOP.search(t)), 0)
    framed = [(n, t) for n, t in framed_lines(lines, fixed) if n > told] or _underlined(lines, fixed)
    return framed if len(framed) >= 2 else []


def _underlined(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[tuple[int, str]]:
    """Give the short lines right above the dividers of a form that stands below such lines only; the title may be one."""
    forms: dict[str, list[int]] = {}
    for number in (n for n, role in fixed.items() if role is Role.DIVIDER):
        forms.setdefault(lines[number - 1][:3], []).append(number - 1)
    heads = [above for above in forms.values() if all(_may_be_underlined(n, lines, fixed) for n in above)]
    told = next((n for n, t in enumerate(lines, 1) if marks.FULL_STOP.search(t)), 0)
    return [(n, lines[n - 1]) for above in heads for n in above if n > told]


def _may_be_underlined(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    text = lines[number - 1] if number > 0 and number not in fixed else ""
    is_apart = stands_apart(number, lines, fixed) or (number > 1 and bool(marks.FULL_STOP.search(lines[number - 2])))
    return 0 < len(text) <= SHORT_HEADING + 8 and is_apart and not marks.FULL_STOP.search(text)


def sole_rank(lines: Sequence[str], fixed: Mapping[int, Role]) -> int:
    """Give the only line of Markdown's first rank, where it stands above the first sentence: the title; 0 where there is none."""
    ranked = [n for n, t in enumerate(lines, 1) if t.startswith("# ") and n not in fixed]
    above = lines[: ranked[0] - 1] if ranked else []
    return ranked[0] if len(ranked) == 1 and not any(map(marks.FULL_STOP.search, above)) else 0


def find_lone(lines: Sequence[str], fixed: Mapping[int, Role]) -> int:
    """Give the only line of a text with a mark of headings that stands apart above a sentence and behind one; 0 where there is none."""
    first = next((n for n, t in enumerate(lines, 1) if marks.FULL_STOP.search(t)), len(lines))
    marked = [n for n, t in enumerate(lines, 1) if n not in fixed and _LONE.fullmatch(t)]
    apart = [n for n in marked if n > first and stands_apart(n, lines, fixed) and not is_note_form(lines[n - 1])]
    below = next((t for t in lines[apart[0] :] if t), "") if len(marked) == len(apart) == 1 else ""
    return apart[0] if marks.FULL_STOP.search(below) else 0


_LONE = re.compile(r"(?:[■□◆◇●§〇]\s*(?!.*[。！!？?])[^■□◆◇●〇]{2,24}|【[^【】。]{2,24}】)")
