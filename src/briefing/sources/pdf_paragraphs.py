"""Rows of a PDF in the order they are read, put together to paragraphs; larger rows are headings."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, takewhile
from statistics import median

from briefing.sources.pdf_rows import Row

LARGER = 1.15  # times the size of the running text, from which on a row is a heading
_LONGEST_HEADING = 60
_MAX_BLOCKS = 24  # on a page; one with more is read as it is drawn
_MARK = re.compile(r"[・●■◆○◎※▼▶◇□★☆•*◦–-]|[（(]?[0-9０-９一二三四五六七八九十①-⑳]{1,3}[)）.．、]|[QAＱＡ][.．：:]")
_END = re.compile(r"[。．！？!?…][」』）)”\"]*$|[：:]$")


def body_size(rows: Iterable[Row]) -> float:
    """Give the size that most characters have, in points."""
    sizes: Counter[float] = Counter()
    for row in rows:
        sizes[row.size] += len(row.text)
    return sizes.most_common(1)[0][0]


def is_heading(row: Row, body: float) -> bool:
    """Say whether a row is larger than the running text, and short."""
    return row.size >= LARGER * body and len(row.text) <= _LONGEST_HEADING


def ends_sentence(text: str) -> bool:
    """Say whether text ends as a sentence does, or as what leads to a list."""
    return _END.search(text) is not None


def in_reading_order(rows: Sequence[Row]) -> list[Row]:
    """Give the rows of a page as they are read: columns from the left, what stands above first; else as they are drawn."""
    waiting = list(_blocks(rows))
    if len(waiting) > _MAX_BLOCKS:
        return list(rows)
    order: list[_Block] = []
    while waiting:
        first = next((b for b in waiting if not any(_is_before(other, b) for other in waiting)), None)
        if first is None:
            return list(rows)
        order.append(first)
        waiting.remove(first)
    return [row for block in order for row in block.rows]


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows that go down the page in one column."""

    rows: tuple[Row, ...]
    left: float
    right: float


def _blocks(rows: Sequence[Row]) -> Iterator[_Block]:
    block: list[Row] = []
    for row in [*rows, None]:
        last = block[-1] if block else None
        if last and not (row and row.bottom < last.bottom and row.left < last.right and row.right > last.left):
            yield _Block(tuple(block), min(r.left for r in block), max(r.right for r in block))
            block = []
        block += [row] if row else []


def _is_before(block: _Block, other: _Block) -> bool:
    """Say whether a block is read before another: above it, or the column to its left."""
    top, foot = block.rows[0].bottom, block.rows[-1].bottom
    if block.left < other.right and other.left < block.right:
        return foot > other.rows[0].bottom
    alike = 0.6 * (other.right - other.left) < block.right - block.left < 1.7 * (other.right - other.left)
    are_columns = alike and min(len(block.rows), len(other.rows)) >= 3
    return block.right <= other.left and are_columns and top > other.rows[-1].bottom and other.rows[0].bottom > foot


def paragraphs(rows: Sequence[Row], body: float) -> Iterator[tuple[Row, bool]]:
    """Yield paragraphs with whether a gap is above: a row that the margin breaks goes on in the next."""
    usual = usual_gap(rows)
    indents = _indents_paragraphs(rows)
    held: Row | None = None
    stands_apart = False
    last: Row | None = None
    for index, row in enumerate(rows):
        if last and held and _goes_on(rows, index, usual, body, indents):
            held = replace(held, text=joined(held.text, row.text))
        else:
            if held:
                yield held, stands_apart
            held, stands_apart = row, bool(last and last.page == row.page and last.bottom - row.bottom > 1.4 * usual)
        last = row
    if held:
        yield held, stands_apart


def usual_gap(rows: Sequence[Row]) -> float:
    """Give how far rows stand from one another as a rule, in points."""
    gaps = [a.bottom - b.bottom for a, b in pairwise(rows) if a.page == b.page and a.bottom > b.bottom]
    return median(gaps) if gaps else math.inf


def _indents_paragraphs(rows: Sequence[Row]) -> bool:
    """Say whether the first rows of paragraphs stand further in, so that a row at the margin begins none."""
    firsts = sum(_is_indented(rows, index) for index in range(len(rows)))
    return firsts >= 2 and firsts >= 0.08 * len(rows)


def _is_indented(rows: Sequence[Row], index: int) -> bool:
    """Say whether a row begins further to the right than the one below it."""
    row, below = rows[index], rows[min(index + 1, len(rows) - 1)]
    same_column = below.page == row.page and below.bottom < row.bottom and abs(below.size - row.size) < 0.1 * row.size
    return same_column and 0.5 * row.size < row.left - below.left < 3 * row.size


def _column(rows: Sequence[Row], index: int) -> tuple[float, float]:
    """Give where the column around a row begins and ends: by the rows next to it if three reach one margin, else by all near."""
    row = rows[index]
    before, below = rows[max(index - 8, 0) : index], rows[index + 1 : index + 9]
    next_to_it = [*takewhile(partial(_alike, row), before[::-1]), row, *takewhile(partial(_alike, row), below)]
    rights = [r.right for r in next_to_it]
    margin = max(
        (x for x in rights if sum(abs(x - other) < 0.5 * row.size for other in rights) >= 3), default=-math.inf
    )
    if max(rights) - margin > 1.2 * row.size:  # what hangs over is a comma, or a letter that is set closer
        margin = max(r.right for r in [*before, row, *below] if _alike(row, r))
    return min(r.left for r in next_to_it), margin


def _alike(row: Row, other: Row) -> bool:
    """Say whether two rows are of one page and size and begin about where the other does."""
    near = abs(other.left - row.left) < 3 * row.size and abs(other.size - row.size) < 0.06 * row.size
    return other.page == row.page and (near or other is row)


def _goes_on(rows: Sequence[Row], index: int, usual: float, body: float, indents: bool) -> bool:
    """Say whether a row goes on the one before it, which the margin breaks."""
    row, after, (start, column_end) = rows[index - 1], rows[index], _column(rows, index - 1)
    if (
        abs(row.size - after.size) > 0.1 * row.size
        or _MARK.match(after.text)
        or _is_cells(row.text)
        or _is_cells(after.text)
    ):
        return False
    same_page = row.page == after.page
    if row.size >= LARGER * body:  # a heading over two rows
        return same_page and 0 < row.bottom - after.bottom < 2 * row.size and column_end - row.right < 2.5 * row.size
    if column_end - row.right >= 2.5 * row.size or column_end - start <= 12 * row.size:
        return False
    if same_page and after.bottom < row.bottom:
        begins = after.left - row.left > 0.5 * row.size and not _MARK.match(row.text)
        begins = begins or row.bottom - after.bottom > 1.4 * usual
    else:
        begins = _is_indented(rows, index)
    at_margin = (
        indents
        and column_end - row.right < 1.5 * row.size
        and after.left - _column(rows, index)[0] < 0.5 * after.size
        and after.text[0] not in "「『（("
    )
    return not begins and (at_margin or not _may_end(row.text, after.text))


def _is_cells(text: str) -> bool:
    """Say whether a row is one of a table: words of Japanese and numbers, apart, without a comma or full stop.

    >>> _is_cells("トマト 五月 七月 22 よい"), _is_cells("測定には digital micrometer を用い")
    (True, False)
    """
    return not re.search("[、。，．]", text) and len(re.findall(r"(?<=[0-9％%〇-鿿]) (?=[0-9〇-鿿])", text)) >= 2


def _may_end(text: str, after: str) -> bool:
    """Say whether a paragraph may end here by its words: with a sentence, or with a bracket before another quotation."""
    return ends_sentence(text) or (text[-1] in "」』）)" and after[0] in "「『")


def joined(before: str, after: str) -> str:
    """Give two rows as one; with a space only between words of Latin letters.

    >>> joined("朝の", "会"), joined("open", "source")
    ('朝の会', 'open source')
    """
    latin = re.search(r"[!-,.-~]$", before) and re.match(r"[!-~]", after)
    return f"{before} {after}" if latin else before + after


def heading_levels(paragraphs: Sequence[Row], body: float) -> dict[float, str]:
    """Give the marks of headings by size: the largest is the title if it is alone and on the first page."""
    rows = [row for row in paragraphs if is_heading(row, body)]
    sizes = sorted({row.size for row in rows}, reverse=True)
    largest = [row for row in rows if row.size == sizes[0]]
    first = 1 if len(largest) == 1 and largest[0].page == 1 else 2
    return {size: "#" * min(first + place, 6) + " " for place, size in enumerate(sizes)}
