"""What stands on the pages of a PDF beside its text: running heads and page numbers at the edges, notes at the foot."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from briefing.sources.pdf_paragraphs import LARGER, ends_sentence, joined, usual_gap
from briefing.sources.pdf_rows import Row

_SMALLER = 0.92  # times the size of the running text, up to which a row is smaller
_APART = 1.4  # times the usual gap, from which on a row stands apart
_SHARE = 0.4  # of the pages: books alternate two heads
_LONGEST_HEAD = 40
_ONE_HEIGHT = 3  # points
_NUMBER_WORDS = re.compile(r"(?:[\W\d]|pp?|pages?|ページ|頁|全|of)+", re.I)
_KANJI_NUMBER = re.compile(r"[\W_][\W_]*[一二三四五六七八九十百〇]+[\W_]+")
_OWN_NUMBER = re.compile(
    r"[-–—―‐−]+\s*\d{1,4}\s*[-–—―‐−]+|pp?\.?\s*\d{1,4}|(?:page\s*)?\d{1,4}\s*(?:ページ|頁)(?:\s*[/／]\s*全?\s*\d{1,4}\s*(?:ページ|頁)?)?|"
    r"page\s*\d{1,4}(?:\s*(?:[/／]|of)\s*\d{1,4})?",
    re.I,
)
_PRINTED = re.compile(  # what browsers print around a page: date and title above, address and number below
    r"\d{1,4}/\d{1,2}/\d{1,4},? \d{1,2}:\d{2}(?: .*)?|(?:fi|ﬁ)le:///\S+ \d+/\d+|https?://\S+ \d+/\d+"
)
_NOTE = re.compile(
    r"[（(［\[〔]?(?P<sign>脚?注|[*＊※†‡])?\s?(?P<number>[0-9０-９]{1,3}|[①-⑳])?[)）\]］〕.．:：]?[\s　]*"
)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A row near the top or the foot of its page."""

    row: Row
    is_outermost: bool
    is_apart: bool
    is_top: bool


def edge_rows(pages: Sequence[Sequence[Row]], body: float) -> dict[Row, str]:
    """Give running heads and page numbers, none of a heading's size, with the reason for which each is no text."""
    usual = usual_gap([row for page in pages for row in page])
    edges = [edge for page in pages for edge in _edges(page, usual) if edge.row.size < LARGER * body]
    found = {edge.row: "repeated at the edge of pages" for edge in _repeated(edges, len(pages), body)}
    for edge in _changing_heads(edges, len(pages), body):
        found.setdefault(edge.row, "apart at the edge of pages")
    for edge in (edge for edge in edges if edge.is_outermost and edge.is_apart and _PRINTED.fullmatch(edge.row.text)):
        found.setdefault(edge.row, "printed by the browser")
    for edge in edges:
        if edge.is_apart and _numbers_its_page(edge.row, len(pages)):
            found.setdefault(edge.row, "the number of a page")
    return found


def _edges(rows: Sequence[Row], usual: float) -> Iterator[_Edge]:
    """Yield the two rows at the top and the two at the foot; apart is what a wide gap parts from the rows further in."""
    up = sorted(rows, key=lambda row: row.bottom)
    for is_top, order in ((False, up), (True, up[::-1])):
        gaps = [abs(a.bottom - b.bottom) > _APART * usual for a, b in pairwise(order[:3])]
        for place, row in enumerate(order[:2] if len(order) > 3 or not is_top else order[:1]):
            yield _Edge(row, place == 0 or abs(row.bottom - order[0].bottom) < _ONE_HEIGHT, any(gaps[place:]), is_top)


def _repeated(edges: Iterable[_Edge], pages: int, body: float) -> Iterator[_Edge]:
    """Yield what has one form but for its number and stands at one height: on many pages, or apart and smaller on two."""
    forms: dict[str, list[_Edge]] = {}
    for edge in edges:
        form = _without_number(edge.row.text)
        if form == "一" and edge.row.size >= body:
            form = edge.row.text
        forms.setdefault(form, []).append(edge)
    for alike in (group for group in forms.values() for group in _at_one_height(group)):
        where = {edge.row.page for edge in alike}
        few = all(edge.is_apart and edge.row.size <= _SMALLER * body for edge in alike)
        if len(where) >= (2 if few else max(2, math.ceil(pages * _SHARE))):
            yield from alike


def _changing_heads(edges: Iterable[_Edge], pages: int, body: float) -> Iterator[_Edge]:
    """Yield the outermost rows that stand apart and smaller at one height on many pages, whatever they say."""
    heads = [
        edge
        for edge in edges
        if edge.is_outermost and edge.is_apart and edge.row.size <= _SMALLER * body
        and len(edge.row.text) <= _LONGEST_HEAD and not ends_sentence(edge.row.text)
        and (edge.is_top or not _note_label(edge.row.text))
    ]  # fmt: skip
    for alike in (group for top in (True, False) for group in _at_one_height([e for e in heads if e.is_top == top])):
        where = {edge.row.page for edge in alike}
        captions = not alike[0].is_top and len({_without_number(edge.row.text) for edge in alike}) == len(where)
        if len(where) >= max(2, math.ceil(pages * _SHARE)) and not captions:
            yield from alike


def _at_one_height(edges: Sequence[_Edge]) -> Iterator[list[_Edge]]:
    group: list[_Edge] = []
    for edge in sorted(edges, key=lambda edge: edge.row.bottom):
        if group and edge.row.bottom - group[-1].row.bottom > _ONE_HEIGHT:
            yield group
            group = []
        group.append(edge)
    if group:
        yield group


def _without_number(text: str) -> str:
    """Take page numbers off: digits at either end, or nothing but digits, signs and the words for a page.

    >>> _without_number("1ページ／全2ページ"), _without_number("- 12 -"), _without_number("（十二）"), _without_number("灯台 1/2")
    ('0', '0', '一', '灯台 0')
    """
    if _NUMBER_WORDS.fullmatch(text) and (re.search(r"\d", text) or not re.search(r"\w", text)):
        return "0"
    if _KANJI_NUMBER.fullmatch(text):
        return "一"
    return re.sub(r"^\d{1,4}(?=\s)|(?<=\s)\d{1,4}(?:[/／]\d{1,4})?$", "0", text)


def _numbers_its_page(row: Row, pages: int) -> bool:
    """Say whether a row alone is plainly a page number: dashes or words around it, or the count of the pages behind it."""
    if _OWN_NUMBER.fullmatch(row.text):
        return True
    return re.sub(r"\s", "", row.text) in {f"{row.page}", f"{row.page}/{pages}", f"{row.page}／{pages}"}


def parted_notes(
    pages: Iterable[tuple[Sequence[Row], Sequence[str]]], body: float
) -> tuple[list[list[Row]], list[Row]]:
    """Give the rows of each page without the notes at its foot, and the notes, each whole and named: 注1：….

    `pages` are rows with their marks of smaller type. Notes are the smaller rows at the foot from the first on whose number
    the text of the page names; a note that ends no sentence goes on at the foot of the next page.
    """
    texts: list[list[Row]] = []
    notes: list[Row] = []
    for rows, marks in pages:
        foot = _smaller_rows_at_the_foot(rows, body)
        known = _known_labels([row.text for row in rows if row.size > _SMALLER * body], marks) if foot else set()
        taken: set[Row] = set()
        for row in foot:
            if known & _labels(row.text):
                number = re.sub("[^0-9]", "", _note_label(row.text))
                notes.append(replace(row, text=f"注{number}：{_NOTE.sub('', row.text, count=1)}"))
            elif notes and (taken or (notes[-1].page == row.page - 1 and not ends_sentence(notes[-1].text))):
                notes[-1] = replace(notes[-1], text=joined(notes[-1].text, row.text))
            else:
                continue
            taken.add(row)
        texts.append([row for row in rows if row not in taken])
    return texts, notes


def _smaller_rows_at_the_foot(rows: Sequence[Row], body: float) -> list[Row]:
    """Give the smaller rows that stand close to one another at the foot, the upper first; none below a heading."""
    up = sorted(rows, key=lambda row: row.bottom)
    foot: list[Row] = []
    for row in up:
        if row.size > _SMALLER * body or (foot and row.bottom - foot[-1].bottom > 3 * row.size):
            break
        foot.append(row)
    is_below_text = len(foot) < len(up) and up[len(foot)].size < LARGER * body
    return foot[::-1] if is_below_text else []


def _note_label(text: str) -> str:
    """Give the sign and number with which a note begins, plain; empty when it begins with none.

    >>> _note_label("（注3）参照"), _note_label("＊ただし"), _note_label("1) 蛸"), _note_label("蛸")
    ('注3', '*', '1', '')
    """
    found = _NOTE.match(text)
    return _label(found["sign"] or "", found["number"] or "") if found else ""


def _label(sign: str, number: str) -> str:
    return unicodedata.normalize("NFKC", sign.removeprefix("脚") + number)


def _labels(text: str) -> set[str]:
    """Give what text begins with names: 「注1」 the note 1 too."""
    label = _note_label(text)
    return {label, label.lstrip("注*※†‡")} - {""}


def _known_labels(texts: Sequence[str], marks: Sequence[str]) -> set[str]:
    """Give the labels of the notes that a page names: by marks, or in full size: 「（注1）」, 「※2」."""
    named = re.findall(r"(?:注|[*＊※])\s?[0-9０-９]{1,3}(?![0-9０-９])", "".join(texts))
    parts = [part for mark in marks for part in re.split("[,，、]", mark)]
    return {label for part in [*named, *parts] for label in _labels(part)}
