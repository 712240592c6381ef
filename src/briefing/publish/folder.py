"""Writing below the output folder: each file whole or not at all, nothing that did not change, the feed last."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path, PurePosixPath

from briefing.errors import BusyError, PublishError
from briefing.files import UNFINISHED, locked, write_atomically
from briefing.model import PublishedFile

MIMES = {
    ".xml": "application/rss+xml", ".html": "text/html", ".mp3": "audio/mpeg", ".opus": "audio/ogg", ".jpg": "image/jpeg", ".vtt": "text/vtt",
    ".srt": "application/x-subrip", ".json": "application/json", ".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript",
}  # fmt: skip


def mime_of(name: str) -> str:
    """Give the type of a published file.

    >>> mime_of("e/a/chapters.0123abcd.json"), mime_of("e/a/transcript.0123abcd.json")
    ('application/json+chapters', 'application/json')
    """
    path = PurePosixPath(name)
    is_chapters = path.name.startswith("chapters.")
    return "application/json+chapters" if is_chapters else MIMES.get(path.suffix, "application/octet-stream")


_COVER = re.compile(r"cover\.[0-9a-f]{8}\.jpg")


def digest8(content: bytes) -> str:
    """Give the eight hex digits that make a file name content-addressed."""
    return hashlib.sha256(content).hexdigest()[:8]


def _digest8_and_integrity(path: Path) -> tuple[str, str]:
    """Give a large file's digits for its name, and the digest by which players check it (W3C Subresource Integrity)."""
    name, integrity = hashlib.sha256(), hashlib.sha384()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            name.update(chunk)
            integrity.update(chunk)
    return name.hexdigest()[:8], f"sha384-{base64.b64encode(integrity.digest()).decode()}"


@dataclass
class Folder:
    """The output folder, which several threads may write to. `written` counts the bytes that were really written."""

    root: Path
    written: int = field(default=0)
    _counting: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def path(self, relative: str) -> Path:
        """Give a file's place. Raises PublishError for a path that leaves the folder."""
        parts = PurePosixPath(relative).parts
        if not parts or ".." in parts or relative.startswith("/"):
            raise PublishError("a path leaves the output folder", relative, "report this: it is a fault of the program")
        return self.root.joinpath(*parts)

    def holds(self, relative: str, content: bytes) -> bool:
        """Say whether a file is there with these bytes."""
        path = self.path(relative)
        return path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content

    def write(self, relative: str, content: bytes) -> None:
        """Write a file unless it is there with the same bytes: temporary name, fsync, rename. Raises PublishError."""
        path = self.path(relative)
        try:
            if self.holds(relative, content):
                return
            write_atomically(path, content, is_durable=True)
        except OSError as error:
            raise self._unwritable(error, path) from error
        self._count(len(content))

    def write_parts(self, relative: str, parts: Iterable[bytes]) -> None:
        """Write a large file part by part, as `write` does at once, whatever was there. Raises PublishError."""
        path = self.path(relative)
        try:
            write_atomically(path, parts, is_durable=True)
        except OSError as error:
            raise self._unwritable(error, path) from error

    def adopt(self, made: Path, stem: str, ending: str) -> PublishedFile:
        """Move a finished file to its content-addressed place, as `write` does with bytes. Raises PublishError."""
        try:
            digest, integrity = _digest8_and_integrity(made)
            relative, size = f"{stem}.{digest}{ending}", made.stat().st_size
            path = self.path(relative)
            if path.is_file() and path.stat().st_size == size and _digest8_and_integrity(path)[1] == integrity:
                made.unlink()
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                with made.open("rb+") as file:
                    os.fsync(file.fileno())
                made.chmod(0o644)
                made.replace(path)
                self._count(size)
        except OSError as error:
            raise self._unwritable(error, made) from error
        return PublishedFile(relative, size, MIMES[ending], integrity)

    def _count(self, size: int) -> None:
        with self._counting:
            self.written += size

    @staticmethod
    def _unwritable(error: OSError, path: Path) -> PublishError:
        return PublishError(
            f"cannot write: {error.strerror}", str(path), "free some space or choose another folder with -o"
        )

    def prune(
        self, keep: Collection[str], retired: Mapping[str, date], today: date, grace_days: int
    ) -> dict[str, date]:
        """Remove files that nothing has named for a time of grace; gives the day since which the others are not named.

        Until then they stay: apps may still be loading what the feed named yesterday. `retired` are those days as known so far.
        """
        waiting = {}
        for name in self._files():
            since = retired.get(name, today)
            if is_unfinished(name) or (name not in keep and (today - since).days > grace_days):
                self.path(name).unlink(missing_ok=True)
            elif name not in keep:
                waiting[name] = since
        for folder in self.root.glob("e/*"):
            with contextlib.suppress(OSError):
                folder.rmdir()  # only when it is empty
        return waiting

    def _files(self) -> Iterator[str]:
        """Yield what may go some day: our own files under names that may change, and what a killed run left half-written."""
        for folder, _, names in os.walk(self.root):
            within = PurePosixPath(Path(folder).relative_to(self.root).as_posix())
            is_ours = within.parts[:1] in (("e",), ("feed",), ("older",), ("assets",))
            prefix = "" if within == PurePosixPath() else f"{within}/"
            yield from (f"{prefix}{name}" for name in names if is_ours or _COVER.fullmatch(name) or is_unfinished(name))


def is_unfinished(name: str) -> bool:
    """Say whether a file was being written; whoever holds the run lock knows that nobody writes it any more."""
    return name.rpartition("/")[2].startswith(UNFINISHED)


@contextlib.contextmanager
def run_lock(path: Path) -> Iterator[None]:
    """Hold the run lock: the kernel's, so that a kill never leaves it behind. Raises BusyError when another run has it."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(locked(path, waits=False))
        except BlockingIOError:
            hint = "wait for it, or choose another folder with -o"
            raise BusyError("another run is at work on this folder", str(path.parent), hint) from None
        except OSError as error:
            told = f"cannot be written: {error.strerror}"
            raise PublishError(told, str(path.parent), "choose another folder with -o") from error
        yield
