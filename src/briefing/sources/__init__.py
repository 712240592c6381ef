"""Readers by file ending: bytes in, Source out."""

from __future__ import annotations

from pathlib import Path

from briefing.errors import SourceError
from briefing.model import Source
from briefing.ports import Reader, load_plugin, plugin_names
from briefing.sources.text import read_markdown, read_text

__all__ = ["ENDINGS", "MAX_BYTES", "read_bytes", "read_source"]

MAX_BYTES = 20_000_000
_READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
}
ENDINGS = tuple(_READERS)


def read_source(path: Path, encoding: str | None = None) -> Source:
    """Read an article file. Raises SourceError with the remedy when it is missing, too large, empty or of no known format."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(f"is {size // 1_000_000} MB; the limit is 20 MB", str(path), "split the article")
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}", str(path), "check the name and its permissions"
        ) from error
    return read_bytes(content, path.name, str(path), encoding)


def read_bytes(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read an article that is in memory."""
    source = _reader_of(Path(name).suffix.lower(), origin)(content, name, origin, encoding)
    if not source.text.strip():
        raise SourceError("holds no text", origin, "give a file with an article in it")
    return source


def _reader_of(ending: str, origin: str) -> Reader:
    if ending in _READERS:
        return _READERS[ending]
    if ending.lstrip(".") in plugin_names("readers"):
        reader: Reader = load_plugin("readers", ending.lstrip("."))
        return reader
    raise SourceError(f"cannot read {ending or 'a file without ending'}", origin, f"give one of {', '.join(ENDINGS)}")
