"""PDF to Markdown: rows put together to paragraphs, larger rows as headings, what repeats at the edges of pages left out and told."""

from __future__ import annotations

import io
import logging
import math
import re
import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median
from typing import Any

import pypdf
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from briefing.errors import SourceError
from briefing.model import Dropped, Source
from briefing.sources.decode import clean
from briefing.sources.lookalikes import usual_characters

MAX_PAGES = 2000
MAX_OPERATIONS = 400_000  # drawing steps of a document (1.5 s) …
OPERATIONS_A_PAGE = 15_000  # … and as many more for each page: three times what dense text needs
_MAX_STREAM = 20_000_000
_LIMITS = pypdf.Configuration(
    zlib_maximum_output_length=_MAX_STREAM,
    lzw_maximum_output_length=_MAX_STREAM,
    run_length_maximum_output_length=_MAX_STREAM,
    array_based_stream_maximum_output_length=_MAX_STREAM,
    stream_decoding_work_maximum_length=3 * _MAX_STREAM,
    stream_parsing_work_maximum_count=400_000,
    xform_maximum_invocations_per_extraction=500,
    disable_legacy_handling=True,
)
# What pypdf lets out when a file is damaged, by trying: its own errors and those of the types that it trusts a file to hold.
_DAMAGES = (
    PyPdfError, ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
_REMEDY = "print it to a new PDF, or give its text"
_LARGER = 1.15  # times the size of the running text, from which on a row is a heading
_LONGEST_HEADING = 60
_END = re.compile(r"[。．！？!?…][」』）)”\"]*$|[：:]$")
_MARK = re.compile(r"[・●■◆○◎※▼▶◇□★☆•*◦–-]|[（(]?[0-9０-９一二三四五六七八九十①-⑳]{1,3}[)）.．、]|[QAＱＡ][.．：:]")

_LOGGER = logging.getLogger("pypdf")
_LOGGER.addHandler(logging.NullHandler())  # else its warnings go to the terminal


class _Losses(logging.Handler):
    """Keeps what pypdf only logs although text is missing then."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if re.search("xform|form xobject", record.getMessage(), re.I):
            self.told.append("a part of the page that cannot be read")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a page: points from the left and from the bottom, its size in points."""

    text: str
    size: float
    left: float
    right: float
    bottom: float
    page: int


@dataclass
class _Pen:
    """Gathers rows from pypdf's visits."""

    page: int
    budget: list[int]
    rows: list[_Row] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    pieces: list[_Row] = field(default_factory=list)

    def count(self, *_: object) -> None:
        """Stop at a document that draws without end."""
        self.budget[0] -= 1
        if self.budget[0] < 0:
            raise LimitReachedError("more drawing steps than pages of text need")

    def write(self, text: str, cm: Sequence[float], tm: Sequence[float], _font: object, size: float) -> None:
        """Take a piece of text; a line end inside it ends the row."""
        left = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        bottom = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        points = round(size * math.hypot(tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3]), 1)
        for number, part in enumerate(text.split("\n")):
            if number:
                self.end_row()
            if part.strip():
                self.pieces.append(_Row(part, points, left, left + _ems(part) * points, bottom, self.page))
            elif part and self.pieces:
                self.pieces[-1] = replace(self.pieces[-1], text=self.pieces[-1].text + part)

    def end_row(self) -> None:
        """Put the pieces since the last row together."""
        text = clean(usual_characters("".join(p.text for p in self.pieces))).replace("\n", " ").strip()
        if text:
            size = max(self.pieces, key=lambda p: len(p.text.strip())).size
            left, right = min(p.left for p in self.pieces), max(p.right for p in self.pieces)
            self.rows.append(_Row(text, size, left, right, self.pieces[0].bottom, self.page))
        elif self.pieces:
            self.unread.append("letters whose font does not say their characters")
        self.pieces = []


def _ems(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def read_pdf(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a PDF; `places` are pages. Raises SourceError when it is encrypted, damaged, too large or without text."""
    with pypdf.apply_configuration(_LIMITS):
        try:
            pages = _read_pages(content, origin)
        except LimitReachedError as error:
            told = f"is larger inside than the limits allow: {error}"
            raise SourceError(told, origin, "split the document") from error
        except DependencyError as error:
            raise SourceError("is encrypted", origin, "save it without a password, or give its text") from error
        except _DAMAGES as error:
            raise SourceError(f"is damaged: {error or type(error).__name__}", origin, _REMEDY) from error
    if not any(page.rows for page in pages):
        told = "holds no text that can be taken out: its pages are pictures, or its fonts do not say their characters"
        raise SourceError(told, origin, "run text recognition (OCR) over it, or give its text")
    return _written(pages, name, origin)


def _read_pages(content: bytes, origin: str) -> list[_Pen]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise SourceError("is encrypted", origin, "save it without a password, or give its text")
    if len(reader.pages) > MAX_PAGES:
        raise SourceError(f"has {len(reader.pages)} pages; the limit is {MAX_PAGES}", origin, "split the document")
    budget = [MAX_OPERATIONS + OPERATIONS_A_PAGE * len(reader.pages)]
    return [_read_page(page, _Pen(number, budget)) for number, page in enumerate(reader.pages, 1)]


def _read_page(page: Any, pen: _Pen) -> _Pen:
    losses = _Losses()
    _LOGGER.addHandler(losses)
    try:
        page.extract_text(visitor_text=pen.write, visitor_operand_before=pen.count)
    finally:
        _LOGGER.removeHandler(losses)
    pen.count()  # a stop inside a form does not come out of it
    pen.end_row()
    pen.unread += losses.told
    return pen


def _written(pages: Sequence[_Pen], name: str, origin: str) -> Source:
    body = _body_size(pages)
    edges = _repeated_rows(pages, body)
    rows = [row for page in pages for row in page.rows if row not in set(edges)]
    paragraphs = list(_paragraphs(rows, body))
    levels = _heading_levels([row for row, _ in paragraphs], body)
    lines: list[str] = []
    places: list[int] = []
    for row, stands_apart in paragraphs:
        mark = levels.get(row.size, "") if _is_heading(row, body) else ""
        gap = [""] if lines and (stands_apart or mark or lines[-1].startswith("#")) else []
        lines += [*gap, mark + row.text]
        places += [row.page] * (len(gap) + 1)
    title = next((line[2:] for line in lines if levels and line.startswith("# ")), "")
    told = tuple(_left_out(pages, edges, origin))
    ending = ".md" if levels else ".txt"
    meta = {"title": title} if title else {}
    return Source(name.rsplit(".", 1)[0] + ending, "\n".join(lines), "pdf", origin, meta, tuple(places), told)


def _left_out(pages: Sequence[_Pen], edges: Sequence[_Row], origin: str) -> Iterator[Dropped]:
    """Tell, page by page, what is not in the text."""
    for page in pages:
        for row in (row for row in edges if row.page == page.page):
            yield Dropped(origin, page.page, f"repeated at the edge of pages: {row.text[:40]}")
        for reason in dict.fromkeys(page.unread if page.rows else [*page.unread, "a page without text"]):
            yield Dropped(origin, page.page, reason)


def _body_size(pages: Sequence[_Pen]) -> float:
    """Give the size that most characters have."""
    sizes: Counter[float] = Counter()
    for row in (row for page in pages for row in page.rows):
        sizes[row.size] += len(row.text)
    return sizes.most_common(1)[0][0]


def _is_heading(row: _Row, body: float) -> bool:
    return row.size >= _LARGER * body and len(row.text) <= _LONGEST_HEADING


def _repeated_rows(pages: Sequence[_Pen], body: float) -> list[_Row]:
    """Give running heads and page numbers: rows of no heading's size that stand at one height at the edge of half the pages."""
    found: dict[tuple[str, int], list[_Row]] = {}
    for page in pages:
        by_height = sorted(page.rows, key=lambda row: row.bottom)
        for row in dict.fromkeys([*by_height[:2], *by_height[-2:]]):
            if row.size < _LARGER * body:
                found.setdefault((_without_number(row.text), round(row.bottom / 4)), []).append(row)
    least = max(2, math.ceil(len(pages) * 0.4))  # books alternate two heads
    return [row for rows in found.values() if len({r.page for r in rows}) >= least for row in rows]


def _without_number(text: str) -> str:
    """Take page numbers off: digits at either end, or nothing but digits and signs."""
    if re.fullmatch(r"[\W\d]*(?:p|page|ページ|頁)?[\W\d]*", text, re.I):
        return "0"
    return re.sub(r"^\d{1,4}(?=\s)|(?<=\s)\d{1,4}$", "0", text)


def _paragraphs(rows: Sequence[_Row], body: float) -> Iterator[tuple[_Row, bool]]:
    """Yield paragraphs with whether a gap is above: a row that fills its column and ends no sentence goes on in the next."""
    usual = _usual_gap(rows)
    held: _Row | None = None
    stands_apart = False
    last: _Row | None = None
    for index, row in enumerate(rows):
        if last and held and _goes_on(last, row, _column_end(rows, index - 1), usual, body):
            held = replace(held, text=_joined(held.text, row.text))
        else:
            if held:
                yield held, stands_apart
            held, stands_apart = row, bool(last and last.page == row.page and last.bottom - row.bottom > 1.4 * usual)
        last = row
    if held:
        yield held, stands_apart


def _usual_gap(rows: Sequence[_Row]) -> float:
    gaps = [a.bottom - b.bottom for a, b in pairwise(rows) if a.page == b.page and a.bottom > b.bottom]
    return median(gaps) if gaps else math.inf


def _column_end(rows: Sequence[_Row], index: int) -> float:
    """Give how far to the right the rows around one reach that begin where it begins."""
    row = rows[index]
    near = rows[max(index - 8, 0) : index + 9]
    return max(r.right for r in near if r.page == row.page and abs(r.left - row.left) < 3 * row.size)


def _goes_on(row: _Row, after: _Row, column_end: float, usual: float, body: float) -> bool:
    """Say whether a row is broken by the margin and goes on in the one after it."""
    if abs(row.size - after.size) > 0.1 * row.size or _MARK.match(after.text):
        return False
    same_page = row.page == after.page
    if row.size >= _LARGER * body:  # a heading over two rows
        return same_page and 0 < row.bottom - after.bottom < 2 * row.size and column_end - row.right < 2.5 * row.size
    indented = after.left - row.left > 0.5 * row.size and not _MARK.match(row.text) and same_page
    far = same_page and row.bottom - after.bottom > 1.4 * usual
    full = column_end - row.right < 2.5 * row.size and column_end - row.left > 12 * row.size
    return full and not far and not indented and not _END.search(row.text)


def _joined(before: str, after: str) -> str:
    """Put two rows together; a space only between words of Latin letters.

    >>> _joined("朝の", "会"), _joined("open", "source")
    ('朝の会', 'open source')
    """
    latin = re.search(r"[!-,.-~]$", before) and re.match(r"[!-~]", after)
    return f"{before} {after}" if latin else before + after


def _heading_levels(paragraphs: Sequence[_Row], body: float) -> dict[float, str]:
    """Give the marks of headings by size: the largest is the title if it is alone and on the first page."""
    rows = [row for row in paragraphs if _is_heading(row, body)]
    sizes = sorted({row.size for row in rows}, reverse=True)
    largest = [row for row in rows if row.size == sizes[0]]
    first = 1 if len(largest) == 1 and largest[0].page == 1 else 2
    return {size: "#" * min(first + place, 6) + " " for place, size in enumerate(sizes)}
