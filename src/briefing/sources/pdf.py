"""PDF to Markdown: paragraphs, larger rows as headings, notes after the paragraph they stand below; what is no text is told."""

from __future__ import annotations

import io
import logging
import math
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pypdf
from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

from briefing.errors import SourceError
from briefing.model import Dropped, Source
from briefing.sources.lookalikes import usual_characters
from briefing.sources.pdf_margins import edge_rows, parted_notes
from briefing.sources.pdf_paragraphs import body_size, heading_levels, in_reading_order, is_heading, paragraphs
from briefing.sources.pdf_rows import Row, ems, rows_of_lines

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


@dataclass
class _Pen:
    """Gathers rows from pypdf's visits."""

    page: int
    budget: list[int]
    lines: list[list[Row]] = field(default_factory=list)
    pieces: list[Row] = field(default_factory=list)

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
        for number, part in enumerate(usual_characters(text).split("\n")):
            if number:
                self.end_row()
            if part.strip():
                self.pieces.append(Row(part, points, left, left + ems(part) * points, bottom, self.page))
            elif part and self.pieces:
                self.pieces[-1] = replace(self.pieces[-1], text=self.pieces[-1].text + part)

    def end_row(self) -> None:
        """Keep the pieces since the last row as a line."""
        if self.pieces:
            self.lines.append(self.pieces)
        self.pieces = []


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    rows: tuple[Row, ...]
    marks: tuple[str, ...]
    told: tuple[str, ...]


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


def _read_pages(content: bytes, origin: str) -> list[_Page]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise SourceError("is encrypted", origin, "save it without a password, or give its text")
    if len(reader.pages) > MAX_PAGES:
        raise SourceError(f"has {len(reader.pages)} pages; the limit is {MAX_PAGES}", origin, "split the document")
    budget = [MAX_OPERATIONS + OPERATIONS_A_PAGE * len(reader.pages)]
    return [_read_page(page, _Pen(number, budget)) for number, page in enumerate(reader.pages, 1)]


def _read_page(page: Any, pen: _Pen) -> _Page:
    losses = _Losses()
    _LOGGER.addHandler(losses)
    try:
        page.extract_text(visitor_text=pen.write, visitor_operand_before=pen.count)
    finally:
        _LOGGER.removeHandler(losses)
    pen.count()  # a stop inside a form does not come out of it
    pen.end_row()
    found = rows_of_lines(pen.lines)
    told = (*found.told, *losses.told)
    return _Page(pen.page, found.rows, found.marks, told if found.rows else (*told, "a page without text"))


def _written(pages: Sequence[_Page], name: str, origin: str) -> Source:
    body = body_size(row for page in pages for row in page.rows)
    edges = edge_rows([page.rows for page in pages], body)
    inside = (([row for row in page.rows if row not in edges], page.marks) for page in pages)
    texts, notes = parted_notes(inside, body)
    parts = list(paragraphs([row for rows in texts for row in in_reading_order(rows)], body))
    levels = heading_levels([row for row, _ in parts], body)
    lines: list[str] = []
    places: list[int] = []
    for row, stands_apart in _with_notes(parts, notes):
        mark = levels.get(row.size, "") if is_heading(row, body) else ""
        gap = [""] if lines and (stands_apart or mark or lines[-1].startswith("#")) else []
        lines += [*gap, mark + row.text]
        places += [row.page] * (len(gap) + 1)
    title = next((line[2:] for line in lines if levels and line.startswith("# ")), "")
    told = tuple(_left_out(pages, edges, origin))
    ending = ".md" if levels else ".txt"
    meta = {"title": title} if title else {}
    return Source(name.rsplit(".", 1)[0] + ending, "\n".join(lines), "pdf", origin, meta, tuple(places), told)


def _with_notes(parts: Sequence[tuple[Row, bool]], notes: Sequence[Row]) -> Iterator[tuple[Row, bool]]:
    """Yield paragraphs, each page's notes apart after the last that begins on it."""
    waiting = list(notes)
    after_note = False
    for row, stands_apart in parts:
        while waiting and waiting[0].page < row.page:
            yield waiting.pop(0), True
            after_note = True
        yield row, stands_apart or after_note
        after_note = False
    yield from ((note, True) for note in waiting)


def _left_out(pages: Sequence[_Page], edges: dict[Row, str], origin: str) -> Iterator[Dropped]:
    """Tell, page by page, what is not in the text."""
    for page in pages:
        for row in (row for row in dict.fromkeys(page.rows) if row in edges):
            yield Dropped(origin, page.number, f"{edges[row]}: {row.text[:40]}")
        for reason in dict.fromkeys(page.told):
            yield Dropped(origin, page.number, reason)
