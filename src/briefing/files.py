"""Files that are whole or not there, and locks that are the kernel's."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

UNFINISHED = ".tmp-"
"""What the names of files begin with while they are being written."""


def write_atomically(path: Path, content: bytes | Iterable[bytes], is_durable: bool = False) -> None:
    """Write bytes, in parts or at once, beside the place, then rename: a reader meets the old or the new, never a part. Raises OSError.

    `is_durable` waits until the disk has the bytes, so that a power cut leaves no empty file under the name, and lets everybody
    read it, as a web server must.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=UNFINISHED)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            if is_durable:
                file.flush()
                os.fsync(file.fileno())
        if is_durable:
            Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)  # there only when something failed


@contextlib.contextmanager
def locked(path: Path, waits: bool = True) -> Iterator[None]:
    """Hold a lock, which a kill never leaves behind. Raises BlockingIOError when another process has it and `waits` is false."""
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
        yield
