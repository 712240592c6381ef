"""What was published last, in the output folder but not part of it: episodes and their fingerprints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from briefing.errors import PublishError
from briefing.model import Episode, PublishedFile, to_jsonable
from briefing.publish.folder import Folder

_VERSION = 1


@dataclass(frozen=True, slots=True)
class State:
    """Episodes by guid, and by guid the mark of everything that their files depend on."""

    episodes: Mapping[str, Episode] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)


def read_state(path: Path) -> State:
    """Read the state; without one, or with one of another version, everything is made anew."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["version"] != _VERSION:
            return State()
        return State({e["guid"]: _episode(e) for e in found["episodes"]}, found["fingerprints"])
    except FileNotFoundError:
        return State()
    except (ValueError, KeyError, TypeError):
        return State()
    except OSError as error:
        raise PublishError(f"cannot be read: {error.strerror}", str(path), "check the folder's permissions") from error


def write_state(path: Path, state: State) -> None:
    """Write the state, whole or not at all."""
    body = {
        "version": _VERSION,
        "episodes": to_jsonable(list(state.episodes.values())),
        "fingerprints": dict(state.fingerprints),
    }
    Folder(path.parent).write(path.name, (json.dumps(body, ensure_ascii=False) + "\n").encode())


def _episode(found: dict[str, Any]) -> Episode:
    files = {kind: PublishedFile(**file) for kind, file in found.pop("files").items()}
    chapters = tuple((s, e, t) for s, e, t in found.pop("chapters"))
    lines = tuple((s, e, who, t) for s, e, who, t in found.pop("lines"))
    published = datetime.fromisoformat(found.pop("published"))
    persons = tuple((name, role) for name, role in found.pop("persons", ()))
    credits = tuple(found.pop("credits"))
    said = tuple((s, e, text, kana) for s, e, text, kana in found.pop("said", ()))
    return Episode(
        **found,
        credits=credits,
        files=files,
        chapters=chapters,
        lines=lines,
        published=published,
        persons=persons,
        said=said,
    )
