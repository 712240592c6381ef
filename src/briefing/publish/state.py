"""What was published last, in the output folder but not part of it: episodes and their fingerprints, a line each."""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from briefing.errors import PublishError
from briefing.model import Episode, PublishedFile, Said
from briefing.publish.folder import Folder

_VERSION = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """An episode as the state keeps it: what it is found and ordered by, the marks of what its files and its page depend on, and all of it, packed.

    Ten thousand take 10 MB; as episodes they would take 60. `at`: when it was published, in seconds since 1970.
    """

    guid: str
    article: str
    at: float
    packed: bytes
    fingerprint: str
    page: str = ""

    @property
    def episode(self) -> Episode:
        """Unpack the episode."""
        return _episode(json.loads(zlib.decompress(self.packed)))


def to_entry(episode: Episode, fingerprint: str) -> Entry:
    """Pack an episode."""
    text = json.dumps(_record(episode), ensure_ascii=False).encode()
    return Entry(episode.guid, episode.article, episode.published.timestamp(), zlib.compress(text, 1), fingerprint)


@dataclass(frozen=True, slots=True)
class State:
    """Episodes by guid. `retired`: files that nothing names any more, and since which day.

    `full`: the full pages of the feed, oldest first, each as the number of its episodes and the mark of what it depends on.
    """

    entries: Mapping[str, Entry] = field(default_factory=dict)
    retired: Mapping[str, date] = field(default_factory=dict)
    full: Sequence[tuple[int, str]] = ()


def state_path(root: Path) -> Path:
    """Give the place of an output folder's state."""
    return root / ".briefing" / "episodes.jsonl"


def read_state(path: Path) -> State:
    """Read the state; without one, or with one of another version, everything is made anew."""
    try:
        with path.open("rb") as lines:
            head = json.loads(next(lines, b""))
            if head["version"] != _VERSION:
                return State()
            retired = {name: date.fromisoformat(day) for name, day in head["retired"].items()}
            entries = {entry.guid: entry for entry in map(_entry, lines)}
            if len(entries) != head["episodes"]:
                raise ValueError(f"it holds {len(entries)} episodes, not {head['episodes']}")
            return State(entries, retired, tuple((int(count), str(mark)) for count, mark in head["full"]))
    except FileNotFoundError:
        return State()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError(
            f"what was published cannot be read: {error}",
            str(path),
            "remove it and render all articles: the episodes are put together anew, with the guids of the lock",
        ) from error
    except OSError as error:
        raise PublishError(f"cannot be read: {error.strerror}", str(path), "check the folder's permissions") from error


def _entry(line: bytes) -> Entry:
    """Give the entry of a line: all but the episode in front of a tab, which JSON never holds as it is, the episode behind it."""
    head, _, text = line.rstrip(b"\n").partition(b"\t")
    guid, article, at, fingerprint, page = json.loads(head)
    return Entry(guid, sys.intern(article), float(at), zlib.compress(text, 1), fingerprint, page)


def write_state(path: Path, state: State) -> None:
    """Write the state, whole or not at all."""
    Folder(path.parent).write_parts(path.name, _lines(state))


def _lines(state: State) -> Iterator[bytes]:
    retired = {name: day.isoformat() for name, day in sorted(state.retired.items())}
    first = {"version": _VERSION, "episodes": len(state.entries), "full": state.full, "retired": retired}
    yield (json.dumps(first, ensure_ascii=False) + "\n").encode()
    for entry in state.entries.values():
        head = [entry.guid, entry.article, entry.at, entry.fingerprint, entry.page]
        yield b"%s\t%s\n" % (json.dumps(head, ensure_ascii=False).encode(), zlib.decompress(entry.packed))


def _record(episode: Episode) -> dict[str, Any]:
    """Give an episode for JSON, one level deep."""
    files = {kind: (f.path, f.size, f.mime, f.integrity) for kind, f in episode.files.items()}
    flat = {each.name: getattr(episode, each.name) for each in fields(Episode)}
    return flat | {"files": files, "published": episode.published.isoformat()}


def _episode(found: dict[str, Any]) -> Episode:
    files = {kind: PublishedFile(*file) for kind, file in found.pop("files").items()}
    chapters = tuple((s, e, t) for s, e, t in found.pop("chapters"))
    published = datetime.fromisoformat(found.pop("published"))
    persons = tuple((name, role) for name, role in found.pop("persons", ()))
    credits = tuple(found.pop("credits"))
    return Episode(
        **found,
        credits=credits,
        files=files,
        chapters=chapters,
        published=published,
        persons=persons,
    )


def write_said(folder: Folder, guid: str, said: Iterable[Said]) -> None:
    """Keep what is said in an episode beside the state, a file each: it is needed for listening back only."""
    rows = [(each.start_s, each.end_s, each.text, each.kana) for each in said]
    folder.write(_said_file(guid), (json.dumps(rows, ensure_ascii=False) + "\n").encode())


def read_said(root: Path, guid: str) -> tuple[Said, ...]:
    """Give what is said in an episode. Raises PublishError when it was not kept or cannot be read."""
    path = root / _said_file(guid)
    try:
        return tuple(Said(*row) for row in json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        told = f"what is said in the episode cannot be read: {error}"
        raise PublishError(told, str(path), "render it again with --force") from error


def _said_file(guid: str) -> str:
    return f".briefing/said/{guid}.json"
