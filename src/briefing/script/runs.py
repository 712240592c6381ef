"""What neighbouring lines of one form are together: lists, tables, voices, quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median_low

from briefing.model import Role
from briefing.script import marks


def mark_runs(raw: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Give the roles again, with lists, tables and quotations that lines show only beside each other; `raw` is not stripped."""
    lines = [line.strip(" \t　") for line in raw]
    out = _mark_lists(lines, roles)
    out = _mark_rows(lines, _mark_pairs(lines, out))
    return _mark_indented(raw, out)


def _mark_lists(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark neighbouring lines that open with one mark, or with rising numbers, as a list though they end as sentences."""
    out = list(roles)
    for above, (first, second) in enumerate(pairwise(lines)):
        if Role.PARA in (out[above], out[above + 1]) and all(
            r in (Role.PARA, Role.LIST) for r in out[above : above + 2]
        ):
            a, b = _RUN_ITEM.match(first), _RUN_ITEM.match(second)
            if a and b and (a["mark"] or "") == (b["mark"] or "") and (a["mark"] or int(b["n"]) == int(a["n"]) + 1):
                out[above : above + 2] = [Role.LIST, Role.LIST]
    return out


_RUN_ITEM = re.compile(r"(?P<mark>[■□◆◇●○▪▫◎★☆])\s*\S|(?P<n>[0-9０-９]{1,2})位?[　\s]+\S")


_CELL = re.compile(
    r"(?![0-9０-９]+位?　)(?:[^\s。、:：（(]|[（(][^（()）。]*[)）]){1,12}(?:[:：]\s*|　[\s　]*|[…‥]+)\S.*[^。]$|(?:[12][0-9]{3}年)?\s*[0-9]{1,2}月(?:\s*[0-9]{1,2}日)?[^、。]{0,16}[\s　:：]+\S.*[^。]$"
)


_TIMETABLE = re.compile(r"(?:とき|ところ|期間|持ち物|費用|定員|対象|日時|場所|料金|時間|会場|参加費)(?:[:：]|　)")


_GRID = re.compile(r".*\t.*|[┌├└│┃].*|[|+][─━|+\-=\s].*|[（(]単位[:：].*[)）]|.*\S \| \S.*\|.*|:?-{2,}:?\s*\|[\s|:-]*")


_CELLS = frozenset({Role.PARA, Role.ANSWER, Role.META, Role.LIST, Role.TABLE})


def _mark_pairs(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark drawn rows, two neighbouring rows with as many bars, and two neighbouring voices with their names."""
    drawn = (Role.PARA, Role.ANSWER, Role.META, Role.DIVIDER)
    out = [Role.TABLE if r in drawn and _GRID.fullmatch(t) else r for t, r in zip(lines, roles, strict=True)]
    for above, (first, second) in enumerate(pairwise(lines)):
        both = out[above : above + 2]
        is_row = all("｜" in t and "。" not in t for t in (first, second)) and first.count("｜") == second.count("｜")
        if is_row and _CELLS.issuperset(both):
            out[above : above + 2] = [Role.TABLE, Role.TABLE]
        elif (
            {Role.PARA, Role.QUOTE}.issuperset(both) and marks.VOICE.fullmatch(first) and marks.VOICE.fullmatch(second)
        ):
            out[above : above + 2] = [Role.QUOTE, Role.QUOTE]
    return out


def _mark_rows(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark runs of `label: value` lines without a full stop as tables: three, or two that tell times or figures."""
    out, run = list(roles), list[int]()
    for index in range(len(lines) + 1):
        if index < len(lines) and out[index] in (Role.PARA, Role.ANSWER, Role.META) and _CELL.fullmatch(lines[index]):
            run.append(index)
            continue
        texts = [lines[i] for i in run]
        is_table = len(run) >= 3 or (
            len(run) == 2 and (all(map(_TIMETABLE.match, texts)) or all(re.search("[0-9０-９]", t) for t in texts))
        )
        if is_table and sum(out[i] is not Role.META for i in run) * 2 > len(run):
            for i in run:
                out[i] = Role.TABLE
        run = []
    return out


def _mark_indented(raw: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark paragraphs two wide blanks deeper than most, or one and with their source, as quoted, from the first sentence on."""
    told = [i for i, role in enumerate(roles) if role is Role.PARA]
    depths = {i: len(raw[i]) - len(raw[i].lstrip("　")) for i in told}
    first = next((i for i in told if "。" in raw[i]), len(raw))
    margin = median_low(depths.values()) if told else 0
    deep = {i for i in told if i > first and depths[i] > margin}
    quoted = {i for i in deep if depths[i] > margin + 1 or marks.VOICE.fullmatch(raw[i].strip())}
    return [Role.QUOTE if i in quoted else role for i, role in enumerate(roles)]
