"""Who takes part in a talk, as rows above it tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median_low

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import ORNAMENTS
from briefing.script.speakers import POLITE, speaker_of


def find_people(lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> list[int]:
    """Give the lines above the talk that tell who takes part, with their label: rows of several speakers, none of whom talks yet."""
    first = next((n for n, t in enumerate(lines, 1) if n not in fixed and speaker_of(t, speakers)), 0)
    owners = {n: _owner_of(t, speakers) for n, t in enumerate(lines, 1) if n not in fixed}
    named = [n for n, owner in owners.items() if owner]
    row = named[:1]
    for number in named[1:]:
        is_near = number - row[-1] <= _LONGEST_PROFILE and not any(n in fixed for n in range(row[-1], number))
        if not is_near or owners[number] in [owners[n] for n in row]:
            break
        row.append(number)
    if len(row) < 2 or first < row[0] or len(named) < len(row) + 2:
        return []
    depth = median_low(b - a for a, b in pairwise(row)) - 1  # lines below each name
    below = range(row[-1] + 1, min(row[-1] + depth, len(lines)) + 1)
    end = next((n - 1 for n in below if n in fixed), below.stop - 1)
    label = row[0] - 1
    has_label = label in owners and bool(_PEOPLE.search(lines[label - 1].strip(ORNAMENTS)))
    if has_label and _is_one_of_family(label, lines):
        return []  # a section of its own
    partings = [{_parting(lines[n - 1], owners[n]) for n in each} for each in (row, named[len(row) :])]
    is_apart = has_label or not partings[0] & partings[1]
    talks = any(POLITE.search(t) for t in lines[row[0] - 1 : end])
    return list(range(row[0] - has_label, end + 1)) if is_apart and not talks else []


def _is_one_of_family(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line stands apart behind the first sentence, and two others at least that stand apart open with its mark."""
    mark = lines[number - 1][:1]
    apart = [n for n, t in enumerate(lines, 1) if t.startswith(mark) and n > 1 and not lines[n - 2]]
    is_behind_text = any(map(marks.FULL_STOP.search, lines[: number - 1]))
    return bool(mark) and not mark.isalnum() and is_behind_text and number in apart and len(apart) > _LEAST_ALIKE


_LEAST_ALIKE = 2


def _owner_of(text: str, speakers: Sequence[str]) -> str:
    """Give the speaker whose name, or whose full name, a line begins with, before a blank, a bracket or the like."""
    bare = text.lstrip(_BEFORE_NAME)
    return next((name for name in speakers if bare.startswith(name) and _BEHIND_NAME.match(bare[len(name) :])), "")


def _parting(text: str, name: str) -> str:
    """Give what stands before and right behind a name that a line begins with: two rows of one form have the same."""
    before, _, behind = text.partition(name)
    return before + behind.removeprefix("さん").removeprefix("氏")[:1]


_BEFORE_NAME = "・●○■□◆◇＊*-－【［（( 　"
_BEHIND_NAME = re.compile(r"[\s　]?(?:さん|氏|[一-龠々ァ-ヴ]{1,4}(?:さん|氏)?)?(?:[\s　:：…／/―—（(】］)）]|$)")
_LONGEST_PROFILE = 3  # lines
_PEOPLE = re.compile(
    r"(?:出席|参加|登壇|出演|発言)者?|人物|顔ぶれ|メンバー|パネリスト|話し手|語り手|プロフィール|紹介|[ったるいだの](?:人|方|[二三四五六2-6]人|皆さん|みなさん|面々)(?:々|たち)?(?:[（(][^（()）]*[)）])?$"
)
