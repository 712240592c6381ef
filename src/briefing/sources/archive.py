"""Zip archives from outside, opened with limits: entries, sizes, ratio, names."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lxml import etree

from briefing.errors import SourceError

MAX_ENTRIES = 10_000
MAX_INFLATED = 200_000_000
MAX_RATIO = 200
_REMEDY = "save the document anew with its own program, or give its text"


@dataclass(frozen=True)
class Archive:
    """The files of an archive, read one by one."""

    zip: zipfile.ZipFile
    origin: str

    def names(self) -> tuple[str, ...]:
        """Give the names of the files."""
        return tuple(info.filename for info in self.zip.infolist() if not info.is_dir())

    def read(self, name: str) -> bytes:
        """Give a file's bytes. Raises SourceError when it is not there or damaged."""
        try:
            with self.zip.open(name) as file:
                content = file.read(MAX_INFLATED + 1)
        except (KeyError, zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise SourceError(f"its part {name} cannot be read: {error}", self.origin, _REMEDY) from error
        if len(content) > MAX_INFLATED:
            raise SourceError(f"its part {name} is larger than it says", self.origin, _REMEDY)
        return content

    def xml(self, name: str) -> etree._Element:
        """Give a file as XML, without entities and without network. Raises SourceError."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            return etree.fromstring(self.read(name), parser)
        except etree.XMLSyntaxError as error:
            raise SourceError(f"its part {name} is not XML: {error}", self.origin, _REMEDY) from error


@contextmanager
def open_archive(content: bytes, origin: str) -> Iterator[Archive]:
    """Open an archive after a look at its list. Raises SourceError when it is none, too large inside, or names a place outside."""
    try:
        found = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, EOFError, OSError, ValueError) as error:
        raise SourceError(f"is damaged: {error}", origin, _REMEDY) from error
    with found:
        infos = found.infolist()
        inflated = sum(info.file_size for info in infos)
        if len(infos) > MAX_ENTRIES or inflated > MAX_INFLATED or inflated > MAX_RATIO * max(len(content), 1000):
            raise SourceError(f"would unpack to {inflated // 1_000_000} MB in {len(infos)} files", origin, _REMEDY)
        for info in infos:
            path = posixpath.normpath(info.filename.replace("\\", "/"))
            if path.startswith(("/", "..")) or ":" in path.split("/")[0]:
                raise SourceError(f"names a place outside itself: {info.filename}", origin, "do not trust this file")
        yield Archive(found, origin)
