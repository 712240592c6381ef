"""ID3v2.3 tags with chapters and cover: v2.4 loses chapters in common players. The owner of mutagen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mutagen import MutagenError, id3
from mutagen.mp3 import MP3

from briefing.errors import AudioError
from briefing.model import AudioFacts


@dataclass(frozen=True, slots=True)
class Tags:
    """What a player shows. `chapters`: start and end in milliseconds, title. `cover`: JPEG bytes."""

    title: str
    artist: str
    album: str
    track: int
    date: str
    comment: str
    chapters: Sequence[tuple[int, int, str]]
    cover: bytes
    language: str = "jpn"


def write_tags(path: Path, tags: Tags) -> None:
    """Write the tags in front of the audio. Tagging twice gives the same bytes. Raises AudioError."""
    frames = id3.ID3()
    utf16 = id3.Encoding.UTF16
    for frame in (
        id3.TIT2(utf16, [tags.title]),
        id3.TPE1(utf16, [tags.artist]),
        id3.TALB(utf16, [tags.album]),
        id3.TRCK(id3.Encoding.LATIN1, [str(tags.track)]),
        id3.TYER(id3.Encoding.LATIN1, [tags.date[:4]]),
        id3.TDAT(id3.Encoding.LATIN1, [tags.date[8:10] + tags.date[5:7]]),
        id3.TCON(id3.Encoding.LATIN1, ["Podcast"]),
        id3.TLAN(id3.Encoding.LATIN1, [tags.language]),
        id3.COMM(utf16, lang=tags.language, desc="", text=[tags.comment]),
        id3.APIC(id3.Encoding.LATIN1, "image/jpeg", id3.PictureType.COVER_FRONT, "", tags.cover),
    ):
        frames.add(frame)
    _add_chapters(frames, tags.chapters)
    try:
        frames.save(path, v1=0, v2_version=3, padding=lambda _: 0)
        with path.open("r+b") as file:
            _order_chapters(file)
    except (MutagenError, OSError) as error:
        raise AudioError(
            f"cannot write tags: {error}", str(path), "free some space and run the command again"
        ) from error


def _add_chapters(frames: id3.ID3, chapters: Sequence[tuple[int, int, str]]) -> None:
    nowhere = 0xFFFFFFFF  # byte offsets unused: times count (ID3v2 chapter frame addendum 3.1)
    ids = [f"chp{n}" for n in range(len(chapters))]
    for name, (start, end, title) in zip(ids, chapters, strict=True):
        sub = [id3.TIT2(id3.Encoding.UTF16, [title])]
        frames.add(id3.CHAP(name, start, end, nowhere, nowhere, sub))
    top = id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED
    parts = [ids[at : at + _MOST_ENTRIES] for at in range(0, len(ids), _MOST_ENTRIES)]
    if len(parts) <= 1:
        frames.add(id3.CTOC("toc", top, ids, [id3.TIT2(id3.Encoding.UTF16, ["Chapters"])]))
        return
    names = [f"toc{n}" for n in range(len(parts))]
    frames.add(id3.CTOC("toc", top, names, [id3.TIT2(id3.Encoding.UTF16, ["Chapters"])]))
    for name, part in zip(names, parts, strict=True):
        frames.add(id3.CTOC(name, id3.CTOCFlags.ORDERED, part, []))


_MOST_ENTRIES = 255  # their count is one byte (addendum 3.2); more go into tables below the first


def _order_chapters(file: BinaryIO) -> None:
    """Put the chapter frames in the order of their times: mutagen writes the shortest first, and AntennaPod stopped at a late first one."""
    size = sum(byte << shift for byte, shift in zip(file.read(10)[6:], (21, 14, 7, 0), strict=True))
    tag, at = file.read(size), 0
    frames: list[bytes] = []
    while at < len(tag):
        length = 10 + int.from_bytes(tag[at + 4 : at + 8], "big")
        frames.append(tag[at : at + length])
        at += length
    file.seek(10)
    frames.sort(key=_start_of_chapter)
    file.write(b"".join(frames))


def _start_of_chapter(frame: bytes) -> int:
    """Give a CHAP frame's start (ID3v2 chapter frame addendum: id, zero byte, start); other frames stay in front."""
    at = frame.index(b"\0", 10) + 1 if frame[:4] == b"CHAP" else 0
    return int.from_bytes(frame[at : at + 4], "big") if at else -1


def read_facts(path: Path) -> AudioFacts:
    """Read a finished file's tags. Raises AudioError when it is no MP3."""
    try:
        audio: Any = MP3(path)
    except (MutagenError, OSError) as error:
        raise AudioError(f"is not a readable MP3: {error}", str(path), "render it again with --force") from error
    tags: Any = audio.tags if audio.tags is not None else id3.ID3()
    frames: list[Any] = list(tags.values())
    return AudioFacts(
        frozenset(f.FrameID for f in frames),
        tuple(tags.version) if frames else (),
        _title_of(tags),
        tuple((f.element_id, f.start_time, f.end_time, _title_of(f.sub_frames)) for f in frames if f.FrameID == "CHAP"),
        tuple(
            (bool(f.flags & id3.CTOCFlags.TOP_LEVEL), bool(f.flags & id3.CTOCFlags.ORDERED), tuple(f.child_element_ids))
            for f in frames
            if f.FrameID == "CTOC"
        ),
    )


def _title_of(frames: Any) -> str:
    return next((str(frame) for frame in frames.getall("TIT2")), "")
