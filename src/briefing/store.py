"""The clip store: what was spoken or coded once is not done again. Identity is content, never place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import mmap
import os
import shutil
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from briefing.errors import SpeechError
from briefing.files import UNFINISHED, write_atomically
from briefing.model import Clip, Mark

FORMAT = 3
_MAGIC = b"BRFCLIP3"


def clip_key(identity: str, kana: str, speed: float, comma_ms: int = 0) -> str:
    """Give the key of a clip: who says it, what, how fast, with which pauses inside, and the format of the store."""
    content = json.dumps([FORMAT, identity, kana, round(speed, 4), comma_ms], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:40]


_USED_GRAIN_S = 24 * 3600  # when a clip was last used is known to the day
_ABANDONED_S = 3600


def _facts(path: Path) -> tuple[float, int] | None:
    """Give when a file was last used and its size; None when another process removed it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_mtime, status.st_size


_DIGEST_BYTES = 32
_CONTENT_AT = len(_MAGIC) + _DIGEST_BYTES
_HEAD_AT = _CONTENT_AT + 4  # behind the length of the header


@dataclass(frozen=True)
class ClipStore:
    """Clips below a folder, one file each: header (JSON), peak and energy envelopes, samples, all under one checksum.

    Beside them lie the coded stretches that episodes are joined from.
    """

    folder: Path
    _sound: set[str] = field(
        default_factory=set, repr=False, compare=False
    )  # keys whose checksum was right in this run

    def path(self, key: str) -> Path:
        """Give a clip's file."""
        return self.folder / key[:2] / f"{key}.clip"

    def __contains__(self, key: str) -> bool:
        return self.path(key).is_file()

    def get(self, key: str) -> Clip | None:
        """Give a clip; None when it is not there or damaged (a damaged one is removed, so that it is made again)."""
        path = self.path(key)
        try:
            clip = _read(path, key, trusted=key in self._sound)
            self._sound.add(key)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            clip = None
        _mind(path, clip is not None)
        return clip

    def put(self, clip: Clip) -> None:
        """Keep a clip: written beside its place, then renamed, so that a kill never leaves half of one."""
        self._write(self.path(clip.key), _pack(clip))

    def get_coded(self, key: str) -> bytes | None:
        """Give the frames of a coded stretch; None when they are not there or damaged."""
        path = self._coded_path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        frames, digest = content[:-_DIGEST_BYTES], content[-_DIGEST_BYTES:]
        is_sound = bool(frames) and hashlib.sha256(frames).digest() == digest
        _mind(path, is_sound)
        return frames if is_sound else None

    def put_coded(self, key: str, frames: bytes) -> None:
        """Keep the frames of a coded stretch."""
        self._write(self._coded_path(key), frames + hashlib.sha256(frames).digest())

    def _coded_path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.mp3"

    @staticmethod
    def _write(path: Path, content: bytes) -> None:
        try:
            write_atomically(path, content)
        except OSError as error:
            raise SpeechError(
                f"the clip store cannot be written: {error.strerror}",
                str(path),
                "free some space, or set BRIEFING_CACHE_DIR",
            ) from error

    def entries(self) -> Iterator[Path]:
        """Give every clip's file."""
        return self.folder.glob("??/*.clip")

    def size(self) -> int:
        """Give the bytes of everything that is kept."""
        return sum(facts[1] for path in self.folder.glob("??/*.*") if (facts := _facts(path)))

    def prune(self, most_bytes: int, keep: Collection[str] = ()) -> tuple[int, int]:
        """Remove what was unused for longest until the rest fits, the clips of `keep` aside, and what killed runs left.

        Gives how many files went and how many bytes stay. Other processes may use the store meanwhile.
        """
        now = time.time()
        for path in self.folder.glob(f"??/{UNFINISHED}*"):
            if (facts := _facts(path)) and now - facts[0] > _ABANDONED_S:
                path.unlink(missing_ok=True)
        found = sorted((*facts, path) for path in self.folder.glob("??/*.*") if (facts := _facts(path)))
        total, gone = sum(size for _, size, _ in found), 0
        for _, size, path in found:
            if total <= most_bytes:
                break
            if path.stem not in keep:
                path.unlink(missing_ok=True)
                total, gone = total - size, gone + 1
        return gone, total

    def clear(self) -> int:
        """Remove every clip; gives how many there were."""
        count = sum(1 for _ in self.entries())
        shutil.rmtree(self.folder, ignore_errors=True)
        return count


def _pack(clip: Clip) -> bytes:
    samples = np.ascontiguousarray(clip.samples, "<i2").tobytes()
    peak, energy = (np.ascontiguousarray(e, "<f4").tobytes() for e in (clip.peak, clip.energy))
    header = {
        "rate_hz": clip.rate_hz,
        "samples": len(clip.samples),
        "frames": len(clip.peak),
        "marks": [[m.kana_end, m.at] for m in clip.marks],
        "credit": clip.credit,
    }
    head = json.dumps(header, ensure_ascii=False).encode()
    head += b" " * (-(_HEAD_AT + len(head)) % 8)
    content = len(head).to_bytes(4, "little") + head + peak + energy + samples
    return _MAGIC + hashlib.sha256(content).digest() + content


def _mind(path: Path, is_sound: bool) -> None:
    """Note the day on which a file was last used; remove a damaged one."""
    with contextlib.suppress(OSError):
        if not is_sound:
            path.unlink()
        elif time.time() - path.stat().st_mtime > _USED_GRAIN_S:
            os.utime(path)


def _read(path: Path, key: str, trusted: bool) -> Clip:
    """Read a clip, its samples memory-mapped. Raises ValueError when the checksum does not fit; a trusted one is not asked for it."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    digest = mapped[len(_MAGIC) : _CONTENT_AT]
    if mapped[: len(_MAGIC)] != _MAGIC:
        raise ValueError("not a clip")
    if not trusted and hashlib.sha256(memoryview(mapped)[_CONTENT_AT:]).digest() != digest:
        raise ValueError("checksum")
    body_at = _HEAD_AT + int.from_bytes(mapped[_CONTENT_AT:_HEAD_AT], "little")
    header = json.loads(mapped[_HEAD_AT:body_at])
    raw = np.frombuffer(mapped, np.uint8, offset=body_at)
    frames, count = header["frames"], header["samples"]
    peak = raw[: 4 * frames].view("<f4")
    energy = raw[4 * frames : 8 * frames].view("<f4")
    samples = raw[8 * frames : 8 * frames + 2 * count].view("<i2")
    marks = tuple(Mark(kana_end, at) for kana_end, at in header["marks"])
    return Clip(key, samples, header["rate_hz"], marks, peak, energy, header["credit"], digest.hex())
