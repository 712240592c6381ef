"""What goes into the library for mei, and when each piece of it is heard."""

from __future__ import annotations

import re

import pytest

from briefing.voices.openjtalk import _MORA, ENGINE, _node

pytestmark = pytest.mark.slow

_LETTERS = [chr(code) for code in range(ord("ァ"), ord("ヴ") + 1)] + ["ー"]
_ENDS = frozenset(("a", "i", "u", "e", "o", "A", "I", "U", "E", "O", "N", "cl"))


def count_morae(kana: str) -> int:
    """Count the morae that the library makes of kana: each ends with a vowel, ン or ッ."""
    labels = ENGINE.open("mei")._library.make_label([_node(kana, "名詞", 0, len(kana))])
    return sum(re.split(r"[-+]", label)[1] in _ENDS for label in labels)


@pytest.mark.parametrize("first", _LETTERS)
def test_two_letters_are_as_many_morae_as_the_library_makes_of_them(first: str) -> None:
    kana = [f"ヌ{first}{second}ヌ" for second in _LETTERS]
    assert [k for k in kana if count_morae(k) != len(_MORA.findall(k))] == []
