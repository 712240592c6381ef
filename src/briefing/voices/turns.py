"""Whose turn it is to ask a service: so many at once and so close together as it likes, over all processes of a machine."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from briefing.files import locked
from briefing.model import EngineInfo


@dataclass
class Turns:
    """The turns of one engine, as files below a folder. An engine of this machine needs none.

    A sentence always waits for the same turn, so that two processes never pay for it twice: who comes second finds it done.
    """

    folder: Path
    info: EngineInfo
    clock: Callable[[], float] = time.time
    _held: Path | None = field(default=None, init=False)

    @contextlib.contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Wait for the turn of a clip and keep it. The lock is the kernel's: a kill never leaves it behind."""
        if not self.info.is_service:
            yield
            return
        path = self.folder / f"{self.info.name}-{int(key[:8], 16) % max(self.info.concurrency, 1)}.lock"
        with locked(path):
            self._held = path
            try:
                yield
            finally:
                self._held = None

    def wait(self, sleep: Callable[[float], None]) -> None:
        """Wait until the last call of this turn, by whatever process, is long enough ago; then note this one."""
        if self._held is None or not self.info.interval_s:
            return
        if self._held.stat().st_size:  # a new file's date is no call's
            ago_s = self.clock() - self._held.stat().st_mtime
            if 0 <= ago_s < self.info.interval_s:
                sleep(self.info.interval_s - ago_s)
        now = self.clock()
        self._held.write_text("called\n", encoding="utf-8")
        os.utime(self._held, (now, now))
