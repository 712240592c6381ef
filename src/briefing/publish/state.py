"""What was published last, in the output folder but not part of it: episodes and their fingerprints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from briefing.errors import PublishError
from briefing.model import Episode, PublishedFile, Said
from briefing.publish.folder import Folder

_VERSION = 2


@dataclass(frozen=True, slots=True)
class State:
    """Episodes by guid, and by guid the marks of everything that their files and their pages depend on.

    `retired`: files that nothing names any more, and since which day.
    """

    episodes: Mapping[str, Episode] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    pages: Mapping[str, str] = field(default_factory=dict)
    retired: Mapping[str, date] = field(default_factory=dict)


def read_state(path: Path) -> State:
    """Read the state; without one, or with one of another version, everything is made anew."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["version"] != _VERSION:
            return State()
        retired = {name: date.fromisoformat(day) for name, day in found["retired"].items()}
        return State(
            {e["guid"]: _episode(e) for e in found["episodes"]}, found["fingerprints"], found["pages"], retired
        )
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


def write_state(path: Path, state: State) -> None:
    """Write the state, whole or not at all."""
    body = {
        "version": _VERSION,
        "episodes": [_record(episode) for episode in state.episodes.values()],
        "fingerprints": dict(state.fingerprints),
        "pages": dict(state.pages),
        "retired": {name: day.isoformat() for name, day in sorted(state.retired.items())},
    }
    Folder(path.parent).write(path.name, (json.dumps(body, ensure_ascii=False) + "\n").encode())


def _record(episode: Episode) -> dict[str, Any]:
    """Give an episode for JSON, one level deep: ten thousand are written at every run."""
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
