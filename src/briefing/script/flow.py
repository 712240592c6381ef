"""The lines of a file as they are meant: rows of a drawn box without its bars, no double spacing, wrapped lines joined.

Structure is looked for in these; `spread` gives what is found there by the lines of the file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from briefing.model import Block, QaPair, Role, Section, Subheading
from briefing.script import marks
from briefing.script.wrapping import BLANKS, find_wrapped


@dataclass(frozen=True, slots=True)
class Outline:
    """What is found in lines, by their numbers."""

    title: str | None
    title_line: int | None
    roles: tuple[Role, ...]
    sections: tuple[Section, ...]
    subheadings: tuple[Subheading, ...]
    pairs: tuple[QaPair, ...]
    speakers: tuple[str, ...]


def find_flow(plain: Sequence[str]) -> list[list[int]]:
    """Give the numbers of the lines that make each line as it is meant; blank lines of a double spacing are in none."""
    flow: list[list[int]] = []
    goes_on = False
    numbers = _telling_lines(plain)
    wrapped = find_wrapped([plain[n - 1] for n in numbers])
    for index, number in enumerate(numbers):
        if goes_on:
            flow[-1].append(number)
        else:
            flow.append([number])
        goes_on = index in wrapped
    return flow


def with_full_stops(lines: Sequence[str]) -> list[str]:
    """Give the lines of a text that ends its sentences with ． with 。 and 、 in place of ． and ，, as long as they were.

    >>> with_full_stops(["1．春，夏", "川は広い．", "橋は古い．"])
    ['1．春，夏', '川は広い。', '橋は古い。']
    """
    told = [_FULL_WIDTH_STOP.search(line.rstrip(BLANKS)) for line in lines]
    others = sum("。" in line for line in lines)
    if sum(map(bool, told)) <= max(others, 1):
        return list(lines)
    return [
        _FULL_WIDTH_STOP.sub("。", line).replace("，", "、") if stop else line
        for line, stop in zip(lines, told, strict=True)
    ]


_FULL_WIDTH_STOP = re.compile(r"(?<=\S{3}[ぁ-ん一-龠ァ-ヴー）」』])[．.](?![0-9０-９A-Za-z.．])")


def join_line(plain: Sequence[str], numbers: Sequence[int]) -> str:
    """Give the text of a line that is meant, with its indent."""
    first, *others = (plain[number - 1] for number in numbers)
    return join_texts([first, *(text.strip(BLANKS) for text in others)])


def join_texts(texts: Sequence[str]) -> str:
    """Join what a margin cut: Latin words keep a space between them.

    >>> join_texts(["傘を持", "って、GitHub", "Actions へ"])
    '傘を持って、GitHub Actions へ'
    """
    out = texts[0]
    for text in texts[1:]:
        are_words = re.search(r"[!-~]$", out) and re.match(r"[!-~]", text)
        out = f"{out.rstrip(BLANKS)}{' ' if are_words else ''}{text}"
    return out


def find_runs(block: Block) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Give the lines of a block as they are meant: the numbers and texts of each with those that go on from it."""
    runs: list[tuple[tuple[int, ...], tuple[str, ...]]] = []
    for number, text in zip(block.lines, block.texts, strict=True):
        if runs and number in block.goes_on:
            numbers, texts = runs[-1]
            runs[-1] = (*numbers, number), (*texts, text)
        else:
            runs.append(((number,), (text,)))
    return runs


def spread(found: Outline, flow: Sequence[Sequence[int]], count: int) -> Outline:
    """Give an outline by the numbers that the lines have in a file of `count` lines."""
    if len(flow) == count:
        return found
    roles = [Role.BLANK] * count
    for numbers, role in zip(flow, found.roles, strict=True):
        for number in numbers:
            roles[number - 1] = role

    def first(number: int) -> int:
        return flow[number - 1][0]

    def last(number: int) -> int:
        return flow[number - 1][-1]

    return replace(
        found,
        title_line=first(found.title_line) if found.title_line else None,
        roles=tuple(roles),
        sections=tuple(replace(s, start=first(s.start), end=last(s.end)) for s in found.sections),
        subheadings=tuple(replace(s, line=first(s.line)) for s in found.subheadings),
        pairs=tuple(QaPair((first(p.q[0]), last(p.q[1])), (first(p.a[0]), last(p.a[1]))) for p in found.pairs),
    )


def without_boxes(raw: Sequence[str]) -> list[str]:
    """Give the lines with the bars taken off the rows of a drawn box; a box with columns is a table and stays.

    >>> without_boxes(["┏━━━", "┃★┃題", "┗━━━"])
    ['┏━━━', '★題', '┗━━━']
    >>> without_boxes(["┏┓", "┗■　題"])
    ['┏┓', '■　題']
    """
    out = list(raw)
    top: int | None = None
    for index, line in enumerate(raw):
        text = line.strip(BLANKS)
        if _TOP.fullmatch(text):
            top = index
        elif top is not None and _BOTTOM.fullmatch(text):
            rows = [_ROW.fullmatch(t.strip(BLANKS)) for t in raw[top + 1 : index]]
            if all(rows):
                out[top + 1 : index] = [_text_of(r) for r in rows if r]
            top = None
        elif top is not None and not text.startswith(_BARS):
            if top == index - 1 and (corner := _CORNER.match(text)):
                out[index] = text[corner.end() :]
            top = None
    return out


_CORNER = re.compile(r"[└┗╚╰][─━═]*(?=[^─━═┘┛╝╯\s])")  # below the corner of a box that is only hinted at
_BARS = ("│", "┃", "║", "|", "｜")
_TOP = re.compile(r"[┌┏╔╭+＋][─━═\-－]{2,}[┐┓╗╮+＋]?|[┌┏╔╭][─━═]?[┐┓╗╮]")
_BOTTOM = re.compile(r"[└┗╚╰+＋][─━═\-－]{2,}[┘┛╝╯+＋]?")
_ROW = re.compile(r"[│┃║|｜][ 　]*(?:(?P<cell>[^│┃║|｜\s])[│┃║|｜])?[ 　]*(?P<text>[^│┃║|｜]*?)[ 　]*[│┃║|｜]?")


def _text_of(row: re.Match[str]) -> str:
    """Give what a row of a box says; a number in a cell of its own keeps a bar behind it."""
    cell = row["cell"] or ""
    return f"{cell}{'┃' if marks.parse_number(cell) is not None else ''}{row['text']}"


def _telling_lines(raw: Sequence[str]) -> list[int]:
    """Give the numbers of the lines to look at: all, but one blank line of every run where no two lines stand together."""
    told = [n for n, line in enumerate(raw, 1) if line.strip()]
    if len(told) < _LEAST_SPACED or any(b == a + 1 for a, b in pairwise(told)):
        return list(range(1, len(raw) + 1))
    return [n for n in range(1, len(raw) + 1) if raw[n - 1].strip() or (n > 1 and not raw[n - 2].strip())]


_LEAST_SPACED = 12  # lines of a text of which double spacing can be told
