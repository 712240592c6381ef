"""`briefing.lock.json`: the guid and first publication date of every episode, fixed for good."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path

from briefing.errors import PublishError
from briefing.model import Notice

# The namespace of podcast:guid (podcast namespace 1.0, tag `guid`).
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
LOCK_NAME = "briefing.lock.json"
_MINUTE = timedelta(minutes=1)
_MOST_TITLE = 120  # characters; with the article's behind it within the 255 that apps take


@dataclass(frozen=True, slots=True)
class Slot:
    """One episode that was given out: the title tells which section it is; a retitled one is known by its place.

    `shown` is the title that listeners see, which no other episode of the show has.
    """

    guid: str
    title: str
    position: int
    published: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Lock:
    """The show's guid and, by article and kind of episode, the slots given out and the article's number in the show."""

    show: str = ""
    articles: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)

    def renamed(self, old: str, new: str) -> Lock:
        """Give the lock with an article under another name, unless that name is taken or the old one unknown."""
        if old == new or old not in self.articles or new in self.articles:
            return self
        articles = {new if name == old else name: slots for name, slots in self.articles.items()}
        numbers = {new if name == old else name: number for name, number in self.numbers.items()}
        return replace(self, articles=articles, numbers=numbers)


def read_lock(path: Path) -> Lock:
    """Read the lock; an absent one is empty. Raises PublishError when it is damaged: a new guid would double every episode."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        articles = {name: tuple(Slot(**slot) for slot in slots) for name, slots in found["articles"].items()}
        numbers = found.get("numbers") or {name: n for n, name in enumerate(by_date(articles), 1)}
        return Lock(found["show"], articles, {str(name): int(n) for name, n in numbers.items()})
    except FileNotFoundError:
        return Lock()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError(
            f"the lock cannot be read: {error}",
            str(path),
            "take it back from version control; or remove it, and what this folder's last render knew is taken in its place",
        ) from error


def find_lock(path: Path, copy: Path) -> tuple[Lock, tuple[Notice, ...]]:
    """Read the lock; a lost one comes back from the copy of the last render, which is told. Raises PublishError as `read_lock`."""
    if path.is_file() or not copy.is_file():
        return read_lock(path), ()
    lock = read_lock(copy)
    dates = sorted(slot.published[:10] for slots in lock.articles.values() for slot in slots)
    told = f"the lock was lost: {len(dates)} guids and dates" + (f" ({dates[0]} to {dates[-1]})" if dates else "")
    return lock, (Notice(str(path), 1, f"{told} are those of the last render in this folder"),)


def by_date(articles: Mapping[str, tuple[Slot, ...]]) -> list[str]:
    """Give the articles in the order of their first publication."""
    return sorted(articles, key=lambda name: (min((s.published for s in articles[name]), default=""), name))


def format_lock(lock: Lock) -> str:
    """Give the lock's text: sorted, so that it diffs well."""
    articles = {name: [asdict(slot) for slot in slots] for name, slots in sorted(lock.articles.items())}
    body = {"show": lock.show, "articles": articles, "numbers": dict(sorted(lock.numbers.items()))}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def assign_slots(
    lock: Lock, article: str, titles: Sequence[str], first: datetime, show_seed: str, article_title: str = ""
) -> tuple[Lock, tuple[Slot, ...]]:
    """Give each episode of an article its slot: a known title keeps its own, then a known place, then a new one at a time of its own.

    A slot keeps the title that is shown; a new or changed one gets the article's behind it where another episode has it.
    """
    show = lock.show or str(uuid.uuid5(PODCAST_NAMESPACE, show_seed))
    old = lock.articles.get(article, ())
    known = _match_slots(old, titles)
    times = _times(lock, old, [known.get(place) for place in range(len(titles))], first)
    used = {s.guid for s in old}
    taken = {s.shown for name, slots in lock.articles.items() if not _is_other_kind(name, article) for s in slots}
    slots = []
    for place, (title, published) in enumerate(zip(titles, times, strict=True)):
        found = known.get(place)
        guid = found.guid if found else _new_guid(show, article, place, used)
        used.add(guid)
        keeps = found is not None and found.title == title and bool(found.shown)
        shown = found.shown if found and keeps else _free_title(title, article_title, taken)
        taken.add(shown)
        slots.append(Slot(guid, title, place, published, shown))
    kept = tuple(s for s in old if s not in known.values())
    number = lock.numbers.get(article) or max(lock.numbers.values(), default=0) + 1
    articles = {**lock.articles, article: (*slots, *kept)}
    return Lock(show, articles, {**lock.numbers, article: number}), tuple(slots)


def _is_other_kind(name: str, article: str) -> bool:
    """Say whether two entries are the same article as episodes of different kinds, which never stand in one feed."""
    return name != article and name.partition("#")[0] == article.partition("#")[0]


def _free_title(title: str, article_title: str, taken: Collection[str]) -> str:
    """Give a title that no other episode has: apps merge what has the same title on the same day (AntennaPod)."""
    cut = title[:_MOST_TITLE]
    again = f"{cut}（{article_title[:_MOST_TITLE]}）" if article_title else cut
    return next(t for t in chain([cut, again], (f"{again}（{n}）" for n in count(2))) if t not in taken)


def _match_slots(old: Sequence[Slot], titles: Sequence[str]) -> dict[int, Slot]:
    """Give the old slot of each place: by title first, then by place for those that were retitled."""
    free = list(old)
    known: dict[int, Slot] = {}
    for by_title in (True, False):
        for place, title in enumerate(titles):
            fits = (s for s in free if (s.title == title if by_title else s.position == place))
            slot = None if place in known else next(fits, None)
            if slot:
                free.remove(slot)
                known[place] = slot
    return known


def _times(lock: Lock, old: Sequence[Slot], slots: Sequence[Slot | None], first: datetime) -> list[str]:
    """Give when each section is published: a known one when it was, a new one after the section above it, at a time that no episode has.

    A new article follows the others of its day.
    """
    if all(slots):
        return [slot.published for slot in slots if slot]
    day = datetime.fromisoformat(min(s.published for s in old)) if old else first
    taken = {s.published for others in lock.articles.values() for s in others}
    same_day = [t for t in taken if t[:10] == day.isoformat()[:10]] if not old else []
    times = [max(same_day)] if same_day else []
    for place, slot in enumerate(slots):
        below = next((s.published for s in slots[place:] if s), "")
        times.append(slot.published if slot else _next_time(times[-1:], below, day, taken))
        taken.add(times[-1])
    return times[-len(slots) :]


def _next_time(above: Sequence[str], below: str, day: datetime, taken: Collection[str]) -> str:
    """Give a time a minute later than the one above, or the first free second where that is not before the one below, or too late.

    Too late is what lies an hour into its day: published just after midnight, it would lie in the future (item.date-past).
    """
    if not above and day.isoformat() not in taken:
        return day.isoformat()
    last = datetime.fromisoformat(above[0]) if above else day
    minute = last + _MINUTE
    is_before = not below or minute < datetime.fromisoformat(below)
    if is_before and minute < last.replace(hour=1, minute=0, second=0) and minute.isoformat() not in taken:
        return minute.isoformat()
    seconds = ((last + timedelta(seconds=n)).isoformat() for n in count(1))
    return next(time for time in seconds if time not in taken)


def _new_guid(show: str, article: str, place: int, used: set[str]) -> str:
    """Give the first guid of this article and place that no episode has had."""
    for attempt in range(10_000):
        name = f"{article}#{place}" + (f"+{attempt}" if attempt else "")
        guid = str(uuid.uuid5(uuid.UUID(show), name))
        if guid not in used:
            return guid
    raise PublishError("the lock holds too many episodes of one article", article, "start a new show")
