"""Words spaced out to fill a column, as public papers set them: 会　　場, 休 館 日."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefing.script import marks
from briefing.script.wrapping import columns


def with_wide_blanks(lines: Sequence[str]) -> list[str]:
    """Give the lines of a text without wide blanks with one for every two narrow ones between Japanese words or before one.

    >>> with_wide_blanks(["座談会  橋の話", "    森  一郎", "    git log  -a"])
    ['座談会　橋の話', '　　森　一郎', '    git log  -a']
    """
    lines = [line.rstrip(" 　") for line in lines]  # blanks at the end part nothing in plain text
    if any("　" in line for line in lines):
        return lines
    hangs = any(map(_HANGING_ITEM.match, lines))  # below such items two blanks set in what goes on
    pattern = _INNER if hangs else _PAIRS
    return [pattern.sub(lambda pairs: "　" * (len(pairs[0]) // 2), line) for line in lines]


_WIDE = r"[、-〜ぁ-んァ-ヶー一-龠々！-～●○■□◆◇★☆▼▽【】「」『』…―]"
_INNER = re.compile(rf"(?<={_WIDE})(?:  )+(?=\S)|(?<=[0-9A-Za-z)\]])(?:  )+(?={_WIDE})")
_PAIRS = re.compile(rf"^(?:  )+(?={_WIDE}|[0-9])|{_INNER.pattern}")
_HANGING_ITEM = re.compile(r"\s*[-*+] \S")


def without_spacing(lines: Sequence[str]) -> list[str]:
    """Give the lines with spaced-out labels closed up: known ones, known titles alone, and those as wide as a neighbour's label.

    >>> without_spacing(["開館時間　９時から", "休 館 日　月曜日", "要　旨", "森　谷　川の人"])
    ['開館時間　９時から', '休館日　月曜日', '要旨', '森　谷　川の人']
    """
    found = [_SPACED.match(line) for line in lines]
    widths = [_label_width(line, match) for line, match in zip(lines, found, strict=True)]
    out = list(lines)
    for index, (line, match) in enumerate(zip(lines, found, strict=True)):
        beside = widths[max(index - 1, 0) : index] + widths[index + 1 : index + 2]
        if match and _is_label(match, widths[index] in beside):
            out[index] = line[: match.start("label")] + _BLANKS.sub("", match["label"]) + line[match.end("label") :]
    return out


_BLANKS = re.compile("[ 　]+")
_ONE = r"[一-龠々ぁ-んー]"
_SPACED = re.compile(
    rf"[ 　]*(?:[0-9０-９]{{1,2}}[.．、)）]?[ 　]*|[(（][0-9０-９]{{1,2}}[)）][ 　]*|[■□◆◇●○◎・▼【＜〈《［]\s*)?(?P<label>{_ONE}(?:[ 　]+{_ONE}){{1,4}})(?![一-龠々ぁ-んァ-ヶー])(?P<value>[ 　]*[:：／]|[ 　]+(?=\S)|[】＞〉》］ 　]*$)"
)
_LABEL = re.compile(
    r"[ 　・■●○]*(?:[0-9０-９]{1,2}[.．、)）]?[ 　]*)?(?P<label>[^\s　:：0-9０-９]{2,8})(?=[:：　]| {2}| \S)"
)


def _label_width(line: str, spaced: re.Match[str] | None) -> int:
    match = spaced or _LABEL.match(line)
    return columns(match["label"]) if match and match.end() < len(line) else 0


def _is_label(match: re.Match[str], is_level: bool) -> bool:
    label = _BLANKS.sub("", match["label"])
    if not match["value"].strip(" 　】＞〉》］") and match.end() == len(match.string):
        return label != "以上" and any(p.fullmatch(label) for p in _TITLES)
    return bool(marks.META_LABEL.match(f"{label}：あ")) or label in _OFFICES or is_level


_OFFICES = ("議長", "座長", "会長", "町長", "村長", "市長", "委員", "議員", "監事", "記録")
_TITLES = (marks.OPENING, marks.CLOSING, marks.CONTENTS, marks.PROMO_TITLE, marks.QA_TITLE, marks.NOTE_LABEL)
