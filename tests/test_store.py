"""The clip store: what goes in comes out, and any damage means made again, never a wrong sound."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import numpy as np
import pytest

from briefing.errors import BriefingError, SpeechError
from briefing.model import Clip, Mark
from briefing.store import ClipStore, clip_key
from briefing.work import Crew, give_back_pages, in_threads


def clip(key: str = "ab" * 20) -> Clip:
    ramp = np.arange(2400, dtype=np.int16)
    ones = np.ones(100, np.float32)
    return Clip(key, ramp, 24_000, (Mark(0, 0), Mark(3, 2400)), ones, ones * 2, "credit")


def test_a_clip_comes_back_as_it_went_in(tmp_path: Path) -> None:
    store = ClipStore(tmp_path)
    store.put(clip())
    found = store.get("ab" * 20)
    assert found
    assert np.array_equal(found.samples, clip().samples)
    assert (found.rate_hz, found.marks, found.credit) == (24_000, clip().marks, "credit")
    assert np.array_equal(found.energy, clip().energy)


@pytest.mark.parametrize("place", [0, 10, 41, 60, 100, 200, -1])
def test_a_flipped_byte_anywhere_means_made_again(tmp_path: Path, place: int) -> None:
    store = ClipStore(tmp_path)
    store.put(clip())
    path = store.path("ab" * 20)
    content = bytearray(path.read_bytes())
    content[place] ^= 0xFF
    path.write_bytes(content)
    assert store.get("ab" * 20) is None
    assert not path.exists()


def kept_at(store: ClipStore, key: str, age_s: float) -> None:
    store.put(clip(key))
    then = time.time() - age_s
    os.utime(store.path(key), (then, then))


def test_the_longest_unused_clips_go_first_and_those_in_use_stay(tmp_path: Path) -> None:
    store = ClipStore(tmp_path)
    names = ["aa" * 20, "bb" * 20, "cc" * 20, "dd" * 20]
    for days, name in enumerate(names, 2):
        kept_at(store, name, days * 86_400)
    assert store.get(names[2])  # a use, so it is the youngest now
    size = store.path(names[0]).stat().st_size
    assert store.prune(2 * size, keep={names[3]}) == (2, 2 * size)
    assert [name for name in names if name in store] == names[2:]
    assert store.prune(2 * size) == (0, 2 * size)


def test_what_a_killed_run_left_goes_after_an_hour(tmp_path: Path) -> None:
    store = ClipStore(tmp_path)
    store.put(clip())
    old, new = (store.path("ab" * 20).parent / name for name in (".tmp-old", ".tmp-new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    store.prune(10**9)
    assert (old.exists(), new.exists()) == (False, True)


def test_the_key_tells_apart_what_sounds_different() -> None:
    keys = {clip_key(who, kana, speed) for who in ("a", "b") for kana in ("ア", "イ") for speed in (1.0, 1.1)}
    assert len(keys) == 8


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(SpeechError, match="cannot be written"):
        ClipStore(tmp_path / "file").put(clip())


def double(task: int) -> int:
    if task == 13:
        raise SpeechError("unlucky")
    return task * 2


def die_once(task: tuple[str, int]) -> int:
    """End the whole process the first time that task 3 is worked on."""
    import os

    flag, number = Path(task[0]), task[1]
    if number == 3 and not flag.exists():
        flag.touch()
        os._exit(1)
    return number


def die_always(task: int) -> int:
    import os

    if task == 3:
        os._exit(1)
    return task


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [1, 3])
def test_every_task_comes_back_once_with_its_result_or_its_error(jobs: int) -> None:
    with Crew(double) as crew:
        results = dict(crew.run(range(20), jobs))
    assert sorted(results) == list(range(20))
    assert isinstance(results.pop(13), BriefingError)
    assert all(result == 2 * task for task, result in results.items())


@pytest.mark.slow
def test_a_worker_that_dies_is_replaced_and_its_task_tried_again(tmp_path: Path) -> None:
    tasks = [(str(tmp_path / "flag"), n) for n in range(6)]
    with Crew(die_once) as crew:
        assert {t[1]: r for t, r in crew.run(tasks, 2)} == {n: n for n in range(6)}


@pytest.mark.slow
def test_a_task_that_kills_every_worker_is_given_back_as_an_error() -> None:
    with Crew(die_always) as crew:
        results = dict(crew.run(range(6), 2))
    assert isinstance(results.pop(3), SpeechError)
    assert results == {n: n for n in (0, 1, 2, 4, 5)}


_READY: list[str] = []


def get_ready() -> None:
    _READY.append("ready")


def process_and_readiness(_: int) -> tuple[int, list[str]]:
    return os.getpid(), _READY


@pytest.mark.slow
def test_a_worker_that_began_early_is_ready_and_does_even_a_single_task() -> None:
    with Crew(process_and_readiness) as crew:
        crew.hire(get_ready)
        ((_, (first, readiness)),) = crew.run([1], 2)
        ((_, (second, _)),) = crew.run([2], 2)
    assert first == second != os.getpid()
    assert readiness == ["ready"]


@pytest.mark.slow
def test_a_task_begun_ahead_is_done_once_and_given_when_it_is_asked_for() -> None:
    with Crew(double) as crew:
        crew.begin(1)
        assert not crew.begun, "nobody was there"
        crew.hire()
        crew.begin(1)
        crew.begin(2)
        crew.begin(3)
        assert crew.begun == (1, 2), "the one worker has enough"
        assert sorted(crew.run([1, 2, 3], 2)) == [(1, 2), (2, 4), (3, 6)]
        crew.begin(4)
        assert sorted(crew.run([5, 6], 2)) == [(5, 10), (6, 12)], "nobody asked for 4"
        assert not crew.begun


@pytest.mark.slow
def test_a_worker_that_has_ended_what_was_begun_ahead_begins_the_next() -> None:
    with Crew(double) as crew:
        crew.hire()
        crew.begin(1)
        crew.begin(2)
        deadline = time.monotonic() + 30
        while 3 not in crew.begun and time.monotonic() < deadline:
            crew.begin(3)
        assert crew.begun == (1, 2, 3)
        assert sorted(crew.run([1, 2, 3, 4], 1)) == [(1, 2), (2, 4), (3, 6), (4, 8)]
        assert not crew.begun


@pytest.mark.slow
def test_what_nobody_waits_for_any_more_is_left(tmp_path: Path) -> None:
    with Crew(double) as crew:
        next(crew.run(range(20), 2))
        assert dict(crew.run([21, 22, 23, 24], 2)) == {n: 2 * n for n in (21, 22, 23, 24)}


def test_threads_give_results_in_order_and_raise_the_first_failure_in_its_turn() -> None:
    assert list(in_threads(double, [3, 1, 2], 2)) == [6, 2, 4]
    results = in_threads(double, [1, 13, 2], 2)
    assert next(results) == 2
    with pytest.raises(SpeechError, match="unlucky"):
        next(results)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what a process holds")
def test_mapped_pages_are_given_back_and_come_again(tmp_path: Path) -> None:
    content = os.urandom(16_000_000)
    (tmp_path / "big").write_bytes(content)
    mapped = np.memmap(tmp_path / "big", np.uint8, "r")
    assert bytes(mapped) == content
    held = mapped_kb(tmp_path / "big")
    give_back_pages()
    assert held > 15_000
    assert mapped_kb(tmp_path / "big") < 1_000
    assert bytes(mapped) == content


def mapped_kb(path: Path) -> int:
    """Give how much of a mapped file this process holds."""
    for part in re.split(r"\n(?=[0-9a-f]+-[0-9a-f]+ )", Path("/proc/self/smaps").read_text(encoding="utf-8")):
        if str(path) in part and (found := re.search(r"Rss:\s+(\d+) kB", part)):
            return int(found[1])
    return 0
