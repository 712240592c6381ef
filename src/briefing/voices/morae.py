"""The morae that OpenJTalk and its relatives know, and which of them lose their vowel."""

from __future__ import annotations

import re
from collections.abc import Sequence

# The morae of two letters that the library knows (tried with each pair); any other small letter is a mora of its own.
MORA = re.compile(
    "[クグツフヴ]ァ|[ウクグシスズツテデフヴ]ィ|[クグトド]ゥ|[イウキギクグシジチツデニヒビピフミリヴ]ェ|[ウクグツフヴ]ォ|"
    "[キギシジチヂテデニヒビピミリヴ][ャョ]|[キギシジチヂテデニヒビピフミリヴ]ュ|[クグ]ヮ|[ァ-ヴー]"
)
# Between voiceless sounds these morae lose their vowel (NHK accent dictionary, appendix on devoicing).
_DEVOICED = frozenset(("キ", "ク", "シ", "ス", "チ", "ツ", "ヒ", "フ", "ピ", "プ", "シュ"))
_VOICELESS = frozenset("カキクケコサシスセソタチツテトハヒフヘホパピプペポ")


def devoiced(morae: Sequence[str], accent: int) -> list[bool]:
    """Say of each mora of a phrase whether it loses its vowel: between voiceless sounds, ス of です and ます at the end, never two in a row.

    `accent` is the mora after which the pitch falls (0: none).

    >>> devoiced(["ヒ", "ト", "デ", "ス"], 0)
    [True, False, False, True]
    """
    out: list[bool] = []
    for index, mora in enumerate(morae):
        following = morae[index + 1][0] if index + 1 < len(morae) else ""
        is_last = not following and mora == "ス" and index > 0 and morae[index - 1] in ("デ", "マ")
        is_between = following in _VOICELESS and index + 1 != accent if following else False
        is_fresh = not (out and out[-1])
        out.append(mora in _DEVOICED and is_fresh and (is_last or is_between))
    return out
