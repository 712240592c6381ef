"""Readers by file ending: bytes in, Source out."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from pathlib import Path

from briefing.errors import SourceError
from briefing.model import Source
from briefing.ports import Reader, load_plugin, plugin_names
from briefing.sources.decode import declared_encoding, has_mark
from briefing.sources.fetch import fetch_page, recall_origin, remember_origin
from briefing.sources.subtitles import read_subtitles
from briefing.sources.text import read_markdown, read_text

__all__ = [
    "ENDINGS",
    "FEED_ENDINGS",
    "MAX_BYTES",
    "fetch_page",
    "is_feed",
    "read_bytes",
    "read_file",
    "read_source",
    "recall_origin",
    "remember_origin",
]

_LOG = logging.getLogger(__name__)
MAX_BYTES = 20_000_000


def _read_html(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    from briefing.sources.html import read_html  # lxml loads only for who has a page

    return read_html(content, name, origin, encoding)


def _read_docx(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    from briefing.sources.word import read_docx

    return read_docx(content, name, origin, encoding)


def _read_epub(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    from briefing.sources.epub import read_epub

    return read_epub(content, name, origin, encoding)


def _read_pdf(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    from briefing.sources.pdf import read_pdf

    return read_pdf(content, name, origin, encoding)


_READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".xhtml": _read_html,
    ".docx": _read_docx,
    ".epub": _read_epub,
    ".pdf": _read_pdf,
    ".vtt": read_subtitles,
    ".srt": read_subtitles,
}
ENDINGS = tuple(_READERS)
FEED_ENDINGS = (".xml", ".rss", ".atom", ".rdf", ".json")


def read_source(path: Path, encoding: str = "") -> Source:
    """Read an article file. Raises SourceError with the remedy when it is missing, too large, empty or of no known format."""
    content = read_file(path)
    origin, charset, meta = recall_origin(path)
    told = declared_encoding(content, charset) if charset and not encoding and not has_mark(content) else None
    source = read_bytes(content, path.name, origin, encoding or told or None)
    return replace(source, meta={**source.meta, **meta}) if meta else source


def read_file(path: Path) -> bytes:
    """Give a file's bytes. Raises SourceError when it is missing or too large."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(f"is {size // 1_000_000} MB; the limit is 20 MB", str(path), "split the article")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}", str(path), "check the name and its permissions"
        ) from error


def is_feed(path: Path) -> bool:
    """Say whether a file is a feed: by its ending, and by its first words where the ending is used for other things too."""
    if path.suffix.lower() in (".rss", ".atom"):
        return True
    if path.suffix.lower() not in FEED_ENDINGS:
        return False
    with path.open("rb") as file:
        head = file.read(2000).replace(b"\0", b"")  # of UTF-16
    return bool(re.search(rb"<(?:rss|feed|rdf:RDF)[\s>]|https?:(?:\\?/){2}jsonfeed\.org/version", head))


def read_bytes(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read an article that is in memory."""
    source = _reader_of(Path(name).suffix.lower(), origin)(content, name, origin, encoding)
    if not source.text.strip():
        raise SourceError("holds no text", origin, "give a file with an article in it")
    _LOG.info("%s: %s", origin, source.encoding)
    return source


def _reader_of(ending: str, origin: str) -> Reader:
    if ending in _READERS:
        return _READERS[ending]
    if ending.lstrip(".") in plugin_names("readers"):
        reader: Reader = load_plugin("readers", ending.lstrip("."))
        return reader
    raise SourceError(f"cannot read {ending or 'a file without ending'}", origin, f"give one of {', '.join(ENDINGS)}")
