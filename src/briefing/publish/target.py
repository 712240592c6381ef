"""Putting the output folder somewhere else: another folder, or an object store. Media first, the feed last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from briefing.errors import PluginError, PublishError
from briefing.publish.check import refuse_faults
from briefing.publish.checks.rules import CheckReport
from briefing.publish.feed import base_of_feed, is_public
from briefing.publish.folder import Folder, mime_of, run_lock
from briefing.publish.lock import LOCK_NAME

Put = Callable[[str, bytes], None]


def publish_folder(
    root: Path, target: str, allow_local: bool, check: Callable[[Path], CheckReport]
) -> Iterator[tuple[int, int, str]]:
    """Copy everything that listeners need; yields files done, files in all and the path at work.

    Raises PublishError when there is no feed, when its address cannot be reached by listeners and `allow_local` is off, or when
    `check` finds that something which must hold does not. No render runs meanwhile: raises BusyError.
    """
    feed = root / "feed.xml"
    if not feed.is_file():
        raise PublishError("there is no feed", str(feed), "run `briefing render` first")
    base = base_of_feed(feed.read_bytes())
    if not allow_local and not is_public(base):
        raise PublishError(
            f"the feed says {base or 'no address'}, which listeners cannot reach",
            str(feed),
            "set show.base_url (or render with --base-url), or pass --allow-local",
        )
    put = _open_target(root, target)
    with run_lock(root / ".briefing" / "run.lock"):
        refuse_faults(check(root), "what lies at the target stays")
        paths = [p for p in root.rglob("*") if p.is_file() and not _is_hidden(p.relative_to(root))]
        ordered = sorted(paths, key=lambda p: (_rank(p.relative_to(root).as_posix()), p.as_posix()))
        for done, path in enumerate(ordered, 1):
            name = path.relative_to(root).as_posix()
            put(name, path.read_bytes())
            yield done, len(ordered), name


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or path.name == LOCK_NAME


def _rank(name: str) -> int:
    if name == "feed.xml":
        return 3
    return 2 if name.startswith("feed/") else 1 if name.endswith(".html") else 0


def _open_target(root: Path, target: str) -> Put:
    if "://" in target:
        return _open_store(target)
    folder = Path(target)
    if folder.resolve() == root.resolve():
        raise PublishError("the target is the folder itself", target, "name another folder")
    return Folder(folder).write


def _open_store(url: str) -> Put:
    try:
        import obstore
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise PluginError(
            "object stores need one more package", url, "pip install 'briefing-podcast[store]'"
        ) from error
    try:
        store = from_url(url)
    except (BaseError, ValueError) as error:
        raise PublishError(
            f"this store cannot be used: {error}", url, "s3://bucket/folder, gs://… or az://…, keys in the environment"
        ) from error

    def put(name: str, content: bytes) -> None:
        mime = mime_of(name)
        try:
            obstore.put(store, name, content, attributes={"Content-Type": mime})
        except (BaseError, OSError) as error:
            raise PublishError(
                f"the store did not take {name}: {error}", url, "check keys and network, then publish again"
            ) from error

    return put
