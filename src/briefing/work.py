"""Runs independent tasks in this process or in worker processes: one interface, every task comes back exactly once. Minds their memory."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import re
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self, TypeVar, cast

from briefing.errors import BriefingError, SpeechError

T = TypeVar("T")
R = TypeVar("R")
Job = Callable[[Any], Any]
Result = tuple[Any, Any]
_TRIES = 3
_FEW = 2  # fewer tasks than a start of workers is worth
_AHEAD = 2  # tasks that a worker is handed ahead of `run`: one to do, and one for when nobody looks


def worker_count(jobs: int) -> int:
    """Give the number of workers: 0 means one a core that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return jobs or len(os.sched_getaffinity(0))
    return jobs or os.cpu_count() or 1


def in_threads(job: Callable[[T], R], tasks: Iterable[T], jobs: int) -> Iterator[R]:
    """Yield the results in the order of the tasks, worked on side by side: for work that is done outside Python (encoding).

    Tasks are taken a few ahead of the results. The first failure is raised in its turn; tasks that have not begun by then are left.
    With one job each is worked on here, when its result is asked for.
    """
    count = worker_count(jobs)
    if count == 1:
        yield from map(job, tasks)
        return
    pool = ThreadPoolExecutor(count)
    ahead: deque[Future[R]] = deque()
    try:
        for task in tasks:
            ahead.append(pool.submit(job, task))
            if len(ahead) > 2 * count:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass
class _Worker:
    """A worker process and what it was handed, with the tries of each before: the first is at work, the others lie in the line."""

    process: BaseProcess
    line: Connection
    tasks: deque[tuple[Any, int]] = field(default_factory=deque)


@dataclass
class Crew:
    """Does the tasks of one job, here or in worker processes: every task comes back exactly once.

    A worker that dies is replaced and its task tried again, then given back as an error. Workers stay until the crew is closed.
    """

    job: Job
    _waiting: deque[tuple[Any, int]] = field(default_factory=deque)
    _workers: list[_Worker] = field(default_factory=list)
    _leaving: list[_Worker] = field(default_factory=list)
    _ended: list[Result] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Give the crew itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let the workers go and wait until they are gone."""
        self.close()
        for worker in self._leaving:
            worker.process.join(5)

    def close(self) -> None:
        """Let the workers go, without waiting for it; a task that comes later finds new ones."""
        self._dismiss(self._workers)
        self._ended.clear()

    def begin(self, task: Any) -> None:
        """Hand a task to a worker that is there, if one has room, ahead of `run`, which gives its result when it is asked for it."""
        for worker in [each for each in self._workers if each.tasks and each.line.poll()]:
            self._ended += self._collect(worker)
        free = next((worker for worker in self._workers if len(worker.tasks) < _AHEAD), None)
        if free:
            self._waiting.append((task, 0))
            self._give(free)

    @property
    def begun(self) -> tuple[Any, ...]:
        """The tasks that were begun ahead, those that have ended since among them."""
        handed = (given for worker in self._workers for given in worker.tasks)
        return tuple(task for task, _ in (*self._ended, *handed, *self._waiting))

    def run(self, tasks: Sequence[Any], jobs: int) -> Iterator[Result]:
        """Yield each task with its result, or with the BriefingError that it ended in, as they are done. Tasks are hashable.

        A few tasks are done by a worker that is there already, or here.
        """
        count = 1 if len(tasks) <= _FEW else min(worker_count(jobs), len(tasks))
        if count == 1 and not self._workers:
            yield from ((task, _outcome(self.job, task)) for task in tasks)
            return
        begun, asked = set(self.begun), set(tasks)
        self._waiting.extend((task, 0) for task in tasks if task not in begun)
        ended, self._ended = self._ended, []
        try:
            while len(self._workers) < count:
                self.hire()
            for worker in self._workers[:count]:
                if not worker.tasks:
                    self._give(worker)
            yield from (result for result in ended if result[0] in asked)
            while busy := {worker.line: worker for worker in self._workers if worker.tasks}:
                for line in wait(list(busy)):
                    results = self._collect(busy[cast("Connection", line)])
                    yield from (result for result in results if result[0] in asked)
        finally:  # whoever asked may have had enough
            self._waiting.clear()
            self._dismiss([worker for worker in self._workers if worker.tasks])

    def hire(self, prepare: Callable[[], object] | None = None) -> None:
        """Start a worker, ahead of the tasks or for them; it gets ready by `prepare` while this process goes on. Raises OSError."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.job, prepare), daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))

    def _give(self, worker: _Worker) -> None:
        """Hand out the next task, if any is left."""
        if self._waiting:
            worker.tasks.append(self._waiting.popleft())
            with contextlib.suppress(BrokenPipeError):  # it died: found when it is waited for
                worker.line.send(worker.tasks[-1][0])

    def _dismiss(self, workers: Sequence[_Worker]) -> None:
        for worker in workers:
            worker.line.close()
            worker.process.terminate()
        self._leaving += workers
        self._workers = [worker for worker in self._workers if worker not in workers]

    def _collect(self, worker: _Worker) -> Iterator[Result]:
        task, tries = worker.tasks.popleft()
        try:
            outcome = worker.line.recv()
        except (EOFError, OSError):
            self._dismiss([worker])
            self._waiting.extendleft(reversed(worker.tasks))
            if tries + 1 < _TRIES:
                self._waiting.appendleft((task, tries + 1))
            else:
                yield task, _worn_out()
            if self._waiting:
                self.hire()
                self._give(self._workers[-1])
            return
        if not worker.tasks:
            self._give(worker)
        yield task, outcome


def _serve(connection: Connection, job: Job, prepare: Callable[[], object] | None) -> None:
    """Work in a worker process: one task after another until the line is closed. Whoever is dismissed puts things in order first."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        if prepare:
            prepare()
        while True:
            connection.send(_outcome(job, connection.recv()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt, SystemExit):
        os._exit(0)  # at once: somebody waits for it


def _outcome(job: Job, task: Any) -> Any:
    try:
        return job(task)
    except BriefingError as error:
        return error


def _worn_out() -> SpeechError:
    return SpeechError(
        "the worker process died three times on this sentence", hint="run the command again; try --jobs 1 -v"
    )


_MAPPING = re.compile(r"(?P<start>[0-9a-f]+)-(?P<end>[0-9a-f]+) r--[ps] \S+ \S+ [1-9]\d*\s+(?P<path>/.+)")
_LEAST_MAPPING = 8_000_000  # bytes: smaller files are not worth it
_MADV_DONTNEED = 4


def give_back_pages() -> None:
    """Give back the memory that this process holds of large read-only mapped files (dictionaries). What is touched again comes from the file.

    Only pages that were never written to are given back. Where there is no /proc (macOS, Windows) nothing happens.
    """
    try:
        text = Path("/proc/self/smaps").read_text(encoding="utf-8", errors="replace")
        advise = ctypes.CDLL(None).madvise
    except (OSError, AttributeError, TypeError):
        return
    for part in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", text):
        found = _MAPPING.match(part)
        is_clean = re.search(r"^Anonymous:\s+0 kB$", part, re.MULTILINE)
        if found and is_clean and ".so" not in found["path"]:
            start, length = int(found["start"], 16), int(found["end"], 16) - int(found["start"], 16)
            if length >= _LEAST_MAPPING:
                advise(ctypes.c_void_p(start), ctypes.c_size_t(length), _MADV_DONTNEED)
