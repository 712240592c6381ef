"""`briefing.lock.json`: the guid and first publication date of every episode, fixed for good."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from briefing.errors import PublishError

# The namespace of podcast:guid (podcast namespace 1.0, tag `guid`).
PODCAST_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


@dataclass(frozen=True, slots=True)
class Slot:
    """One episode that was given out: the title tells which section it is; a retitled one is known by its place."""

    guid: str
    title: str
    position: int
    published: str


@dataclass(frozen=True, slots=True)
class Lock:
    """The show's guid and, by article and kind of episode, the slots given out."""

    show: str = ""
    articles: Mapping[str, tuple[Slot, ...]] = field(default_factory=dict)


def read_lock(path: Path) -> Lock:
    """Read the lock; an absent one is empty. Raises PublishError when it is damaged: a new guid would double every episode."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        articles = {name: tuple(Slot(**slot) for slot in slots) for name, slots in found["articles"].items()}
        return Lock(found["show"], articles)
    except FileNotFoundError:
        return Lock()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError(
            f"the lock cannot be read: {error}", str(path), "take it back from version control; without it every episode would appear twice"
        ) from error


def format_lock(lock: Lock) -> str:
    """Give the lock's text: sorted, so that it diffs well."""
    body = {"show": lock.show, "articles": {k: [asdict(s) for s in v] for k, v in sorted(lock.articles.items())}}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def assign_slots(lock: Lock, article: str, titles: Sequence[str], first: datetime, show_seed: str) -> tuple[Lock, tuple[Slot, ...]]:
    """Give each episode of an article its slot: a known title keeps its own, then a known place, then a new one a minute later."""
    show = lock.show or str(uuid.uuid5(PODCAST_NAMESPACE, show_seed))
    old = list(lock.articles.get(article, ()))
    free = list(old)
    chosen: list[Slot | None] = [_take(free, lambda s, t=title: s.title == t) for title in titles]  # type: ignore[misc]
    for place, slot in enumerate(chosen):
        if slot is None:
            chosen[place] = _take(free, lambda s, p=place: s.position == p)  # type: ignore[misc]
    start = datetime.fromisoformat(min(s.published for s in old)) if old else first
    used = {s.guid for s in old}
    slots = []
    for place, (title, found) in enumerate(zip(titles, chosen, strict=True)):
        guid = found.guid if found else _new_guid(show, article, place, used)
        used.add(guid)
        slots.append(Slot(guid, title, place, found.published if found else (start + timedelta(minutes=place)).isoformat()))
    kept = tuple(s for s in old if s.guid not in {x.guid for x in slots})
    return Lock(show, {**lock.articles, article: (*slots, *kept)}), tuple(slots)


def _take(free: list[Slot], fits: object) -> Slot | None:
    found = next((s for s in free if fits(s)), None)  # type: ignore[operator]
    if found:
        free.remove(found)
    return found


def _new_guid(show: str, article: str, place: int, used: set[str]) -> str:
    """Give the first guid of this article and place that no episode has had."""
    for attempt in range(10_000):
        name = f"{article}#{place}" + (f"+{attempt}" if attempt else "")
        guid = str(uuid.uuid5(uuid.UUID(show), name))
        if guid not in used:
            return guid
    raise PublishError("the lock holds too many episodes of one article", article, "start a new show")
