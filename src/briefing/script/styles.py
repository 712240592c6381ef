"""In what style a text is told and said, and where talk ends: polite talk within a plainly told article, or the other way round."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import TURN_SENTENCE
from briefing.script.speakers import speaker_of


def last_turn(lines: Sequence[str], heads: Sequence[int], speakers: Sequence[str]) -> int:
    """Give the last line that a speaker opens under a heading below which they talk: a profile is no talk."""
    turns = [n for n, t in enumerate(lines, 1) if speakers and speaker_of(t, speakers)]
    return max((b for a, b in pairwise(turns) if bisect(heads, a) == bisect(heads, b)), default=0)


def may_go_on(lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> bool:
    """Say whether what follows a turn behind a blank line may be said, too: blank lines part all turns, and the opening is in plain style."""
    turns = [n for n, t in enumerate(lines, 1) if speakers and speaker_of(t, speakers)]
    apart = [n for n in turns if fixed.get(n - 1) is Role.BLANK]
    opening = lines[: turns[0] - 1] if turns else []
    is_polite = any(map(TURN_SENTENCE.search, opening))
    return len(turns) >= _LEAST_APART and len(apart) * 10 >= len(turns) * 9 and not is_polite


def talks_politely(lines: Sequence[str], fixed: Mapping[int, Role], heads: Collection[int], first_told: int) -> bool:
    """Say whether the opening is in plain style and six in ten of the lines that follow are polite."""
    start = min(heads, default=len(lines) + 1)
    told = [
        n for n in range(max(first_told, 1), len(lines) + 1) if n not in fixed and marks.STATES.search(lines[n - 1])
    ]
    opening, rest = [n for n in told if n < start], [n for n in told if n > start]
    is_plain = bool(opening) and not any(is_polite(lines[n - 1]) for n in opening)
    return is_plain and len(rest) >= _LEAST_APART and sum(is_polite(lines[n - 1]) for n in rest) * 10 >= len(rest) * 6


def is_polite(text: str) -> bool:
    """Say whether a sentence of a line, but for what it quotes, ends politely."""
    return bool(_POLITE.search(re.sub("「[^」]*」", "", text)))


_POLITE = re.compile(
    r"(?:です|ます|ません|でした|ました|でしょう|ましょう|ください)(?:よ|ね|か|から|が|けど|し|の|もん)*(?:[。、！？!?）)（]|$)"
)
_LEAST_APART = 6
