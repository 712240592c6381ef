"""The cells of tables: what parts them, labels that blanks stretch, names of columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefing.model import Block
from briefing.morphology import analyse
from briefing.script.flow import find_runs, join_texts

Row = tuple[tuple[int, ...], tuple[str, ...]]
"""The numbers of the lines of a row, several where a margin cut it, and its cells."""
_TABLE_RULE = re.compile(r"[|\s:\-+─━┌┐└┘├┤┬┴┼│┃=]+")


def table_rows(block: Block) -> list[Row]:
    """Give the rows of a table that hold words: cells between bars, tabs, wide gaps, or a label and its value."""
    rows = []
    for numbers, texts in find_runs(block):
        cells = split_cells(text := join_texts(texts))
        if not _TABLE_RULE.fullmatch(text) and any(cells):
            rows.append((numbers, cells))
    return rows


def split_cells(text: str) -> tuple[str, ...]:
    """Give the cells of a row. A label that blanks stretch to a width is one cell; the colon before a value is none of it.

    >>> split_cells("| 一般 | 500円 |"), split_cells("日時：6月3日")
    (('一般', '500円'), ('日時', '6月3日'))
    >>> split_cells("品　番　HK-08"), split_cells("価格　：80円"), split_cells("月　火　水")
    (('品　番', 'HK-08'), ('価格', '80円'), ('月', '火', '水'))
    """
    bare = text.strip().strip("|｜│┃")
    if not re.search(r"[|｜│┃\t]", bare) and (label := _STRETCHED.match(bare)):
        return label["label"], bare[label.end() :].strip()
    for pattern in (r"[|｜│┃]", r"\t+", r"　+[:：]?|\s{2,}[:：]?", r"[:：]"):
        if re.search(pattern, bare):
            return tuple(c.strip() for c in re.split(pattern, bare, maxsplit=1 if pattern == r"[:：]" else 0))
    return (bare.strip(),)


_ONE = r"[一-龠々]"
_SINGLE = "[月火水木金土日東西南北大中小男女春夏秋冬]"  # in a row of these each stands for itself
_STRETCHED = re.compile(
    rf"(?!{_SINGLE}[ 　]+{_SINGLE}[ 　:：])(?P<label>{_ONE}(?:[ 　]+{_ONE}){{1,3}})(?:[ 　]*[:：][ 　]*|[ 　]+(?=\S{{2}}))"
)


def without_gaps(cell: str) -> str:
    """Give a cell with a label that is stretched to a width closed up.

    >>> without_gaps("品　番"), without_gaps("本館　二階")
    ('品番', '本館　二階')
    """
    return re.sub(r"[ 　]+", "", cell) if _GAPPED.fullmatch(cell) else cell


_GAPPED = re.compile(rf"{_ONE}(?:[ 　]+{_ONE}){{1,3}}")
LABELLED = 2  # columns of a label and its value: such a table says when and where, and may be as many times as long
SAYS_NOTHING = re.compile(
    r"(?:項\s*目|内\s*容|詳\s*細|区\s*分|事\s*項|説\s*明|値)?"
)  # names of columns that are no news


def is_named(cell: str) -> bool:
    """Say whether a cell names what the others tell of, so that は may follow: no verb, nothing that a particle ends."""
    words = analyse(cell)
    return not words or words[-1].pos[0] not in ("動詞", "形容詞", "助動詞", "助詞")


def has_column_names(block: Block, rows: Sequence[Row]) -> bool:
    """Say whether the first row names the columns: a rule below it, or no figure in it and some in most rows below."""
    first, cells = rows[0]
    below = next((t for n, t in zip(block.lines, block.texts, strict=True) if n > first[-1]), "")
    if _TABLE_RULE.fullmatch(below) and len(rows) > 1:
        return True
    width, is_even = len(cells), all(len(other) == len(cells) for _, other in rows)
    if len(rows) < _LEAST_ROWS or width < LABELLED or not is_even or any(map(_FIGURE.search, cells)):
        return False
    with_figures = [any(map(_FIGURE.search, other[1:])) for _, other in rows[1:]]
    is_told = all(with_figures) if width == LABELLED else sum(with_figures) * 2 > len(with_figures)
    return is_told and not re.search("[:：]", block.texts[0])


_LEAST_ROWS = 3  # from which a table shows without a rule that its first row names the columns
_FIGURE = re.compile(r"[0-9０-９]|^約?(?:[〇二三四五六七八九十百千]|一[〇一二三四五六七八九十百千・])")
