"""Runs independent tasks in this process or in worker processes: one interface, every task comes back exactly once. Minds their memory."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from briefing.errors import BriefingError, SpeechError

T = TypeVar("T")
R = TypeVar("R")
Job = Callable[[Any], Any]
Result = tuple[Any, Any]
_TRIES = 3
_FEW = 2  # fewer tasks than a start of workers is worth


def worker_count(jobs: int) -> int:
    """Give the number of workers: 0 means one a core that this process may use."""
    return jobs or len(os.sched_getaffinity(0))


def run_tasks(job: Job, tasks: Sequence[Any], jobs: int) -> Iterator[Result]:
    """Yield each task with its result, or with the BriefingError that it ended in, as they are done."""
    count = min(worker_count(jobs), len(tasks))
    return _run_here(job, tasks) if count <= 1 or len(tasks) <= _FEW else _run_workers(job, tasks, count)


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


def _run_here(job: Job, tasks: Sequence[Any]) -> Iterator[Result]:
    for task in tasks:
        yield task, _outcome(job, task)


def _outcome(job: Job, task: Any) -> Any:
    try:
        return job(task)
    except BriefingError as error:
        return error


def _serve(connection: Connection, job: Job) -> None:
    """Work in a worker process: one task after another until the line is closed."""
    try:
        while True:
            connection.send(_outcome(job, connection.recv()))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return


@dataclass
class _Worker:
    process: BaseProcess
    line: Connection
    task: Any = None
    tries: int = 0


@dataclass
class _Crew:
    """The workers of one run. A dead one is replaced and its task tried again, then given back as an error."""

    job: Job
    waiting: deque[tuple[Any, int]]
    workers: list[_Worker] = field(default_factory=list)

    def hire(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self.job), daemon=True)
        process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))

    def give(self, worker: _Worker) -> bool:
        """Hand out the next task; False when none is left."""
        if not self.waiting:
            worker.task = None
            return False
        worker.task, worker.tries = self.waiting.popleft()
        worker.line.send(worker.task)
        return True

    def dismiss(self, worker: _Worker) -> None:
        worker.line.close()
        self.workers.remove(worker)

    def close(self) -> None:
        for worker in self.workers:
            worker.line.close()
            worker.process.terminate()
        for worker in self.workers:
            worker.process.join(5)


def _run_workers(job: Job, tasks: Sequence[Any], count: int) -> Iterator[Result]:
    crew = _Crew(job, deque((task, 0) for task in tasks))
    try:
        for _ in range(count):
            crew.hire()
        for worker in list(crew.workers):
            crew.give(worker)
        while crew.workers:
            for line in wait([w.line for w in crew.workers]):
                worker = next(w for w in crew.workers if w.line is line)
                yield from _collect(crew, worker)
    finally:
        crew.close()


def _collect(crew: _Crew, worker: _Worker) -> Iterator[Result]:
    task, tries = worker.task, worker.tries
    try:
        outcome = worker.line.recv()
    except (EOFError, OSError):
        crew.dismiss(worker)
        if tries + 1 < _TRIES:
            crew.waiting.appendleft((task, tries + 1))
        else:
            yield (
                task,
                SpeechError(
                    "the worker process died three times on this sentence",
                    hint="run the command again; try --jobs 1 -v",
                ),
            )
        if crew.waiting:
            crew.hire()
            crew.give(crew.workers[-1])
        return
    if not crew.give(worker):
        crew.dismiss(worker)
    yield task, outcome


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
