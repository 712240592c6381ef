"""What the titles of a document share around their words: a mark, a number that counts, a tail. None of it is the title."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_NUMERALS = ("①-⑳", "❶-❿", "➀-➉", "⑴-⒇", "⒈-⒛", "㈠-㈩", "Ⅰ-Ⅻ", "ⅰ-ⅻ", "Ａ-Ｈ", "A-H")
_KANJI = "一二三四五六七八九十"
_COUNT = rf"[0-9０-９]{{1,2}}|[{''.join(_NUMERALS)}]|[{_KANJI}]"
_COUNTED = re.compile(
    rf"(?P<before>[^\d]{{0,8}}?)(?P<n>{_COUNT})(?![0-9０-９]|[.．][0-9０-９])(?P<of>\s*[/／]\s*[0-9０-９]{{1,2}})?"
    r"(?P<unit>(?![月年時分日円割])[^\W\d_]{0,3}?)(?P<behind>[^\w「『（(【“]+|_+)(?P<title>.*\w.*)"
)
_MARKED = re.compile(r"(?P<mark>[^\w\s「『（(【\[“〈《〔＜<［…]+|_)\s*(?P<title>\w.*)")
_TAILED = re.compile(
    r"(?P<title>.*[\w」』）)])(?P<tail>[\s　]*(?:[^\w\s「」『』（）()。！？!?…‥”〉》〕】\]%％‰°℃′″]+|_))"
)  # units stay


def without_shared(titles: Sequence[str]) -> list[str]:
    """Give titles without what most share, or what counts through them from one on.

    >>> without_shared(["1◆春", "2◆夏"]), without_shared(["春：", "夏："]), without_shared(["春の川", "夏の川"])
    (['春', '夏'], ['春', '夏'], ['春の川', '夏の川'])
    >>> without_shared(["川は18℃", "海は23℃"])
    ['川は18℃', '海は23℃']
    """
    counted = _without_count(titles)
    marked = _without_form(counted, _MARKED, lambda match: match["mark"])
    return _without_form(marked, _TAILED, lambda match: match["tail"])


def _without_count(titles: Sequence[str]) -> list[str]:
    """Take off numbers that count from one, with what stands around them in the same form."""
    found = [_COUNTED.fullmatch(title) for title in titles]
    forms: dict[tuple[str, bool, str, str], list[int]] = {}
    for index, match in enumerate(found):
        if match:
            form = match["before"], bool(match["of"]), match["unit"], match["behind"]
            forms.setdefault(form, []).append(index)
    out = list(titles)
    for members in forms.values():
        values = [_value_of(match["n"]) for index in members if (match := found[index])]
        if len(members) >= _LEAST and values == list(range(1, len(members) + 1)):
            for index in members:
                out[index] = match["title"] if (match := found[index]) else out[index]
    return out


_LEAST = 2


def _value_of(numeral: str) -> int:
    """Give what a numeral counts: its digits, or its place in its row."""
    if numeral.isdecimal():
        return int(numeral)
    if numeral in _KANJI:
        return _KANJI.index(numeral) + 1
    return next((ord(numeral) - ord(row[0]) + 1 for row in _NUMERALS if row[0] <= numeral <= row[2]), 0)


def _without_form(
    titles: Sequence[str], pattern: re.Pattern[str], form_of: Callable[[re.Match[str]], str]
) -> list[str]:
    """Take off what a pattern finds where three titles in five, and two at least, have it alike."""
    found = [pattern.fullmatch(title) for title in titles]
    forms = [form_of(match) if match else "" for match in found]
    shared = {form for form in forms if form and forms.count(form) >= max(_LEAST, len(titles) * 3 / 5)}
    return [
        match["title"] if match and form in shared else title
        for title, match, form in zip(titles, found, forms, strict=True)
    ]
