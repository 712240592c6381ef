"""Rules for the files themselves: bytes, digests, MP3 frames, tags, loudness, silence."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from lxml import etree

from briefing.publish.checks.rules import MUST, NS, SHOULD, Faults, Item, Rule, ending_of, fault, is_mp3

LATE_S = 0.5  # by which a chapter or caption may end after the audio
_DURATION_S, _DECODED_S = 1.0, 0.5
_TARGET_LUFS, _TOLERANCE_LU, _MOST_DBTP, _LOUDNESS_FROM_S = -16.0, 1.0, -1.0, 60.0
_MOST_LEAD_S, _MOST_TRAIL_S, _MOST_SILENCE_S = 2.0, 3.0, 5.0
_RATES_HZ, _LEAST_KBPS = (22_050, 24_000, 32_000, 44_100, 48_000), 64


def seconds_of(clock: str) -> float | None:
    """Give the seconds of an itunes:duration.

    >>> seconds_of("1:01:15"), seconds_of("90"), seconds_of("1.5h")
    (3675.0, 90.0, None)
    """
    if not re.fullmatch(r"[0-9]{1,7}(:[0-9]{1,2}){0,2}", clock):
        return None
    parts = [int(each) for each in clock.split(":")]
    return float(sum(part * 60**power for power, part in enumerate(reversed(parts))))


def _named(item: Item) -> Iterator[tuple[etree._Element, str]]:
    """Yield each file that an item names, with the tag that names it."""
    for path, attribute in (
        ("enclosure", "url"),
        ("podcast:transcript", "url"),
        ("podcast:chapters", "url"),
        ("itunes:image", "href"),
        ("podcast:alternateEnclosure/podcast:source", "uri"),
    ):
        yield from ((node, node.get(attribute, "")) for node in item.all(path) if node.get(attribute))


def _there(item: Item) -> Faults:
    for node, url in _named(item):
        if item.files.find(url) is None:
            yield fault(node, f"{url} is not there")


def _bytes(item: Item) -> Faults:
    for node in item.all("enclosure"):
        path, told = item.files.find(node.get("url", "")), node.get("length", "")
        if path and re.fullmatch("[1-9][0-9]*", told) and told != str(path.stat().st_size):
            yield fault(node, f"the enclosure's length says {told}, the file has {path.stat().st_size} bytes")


def _alternates(item: Item) -> Iterator[tuple[etree._Element, Path]]:
    for node in item.all("podcast:alternateEnclosure"):
        source = node.find("podcast:source", NS)
        path = None if source is None else item.files.find(source.get("uri", ""))
        if path:
            yield node, path


def _alternate_bytes(item: Item) -> Faults:
    for node, path in _alternates(item):
        if node.get("length") != str(path.stat().st_size):
            yield fault(
                node,
                f"the alternateEnclosure's length says {node.get('length')}, the file has {path.stat().st_size} bytes",
            )


def _alternate_digest(item: Item) -> Faults:
    for node, path in _alternates(item):
        found = node.find("podcast:integrity[@type='sri']", NS)
        kind, _, told = ("" if found is None else found.get("value", "")).partition("-")
        if kind not in ("sha256", "sha384", "sha512"):
            yield fault(
                node, 'the alternateEnclosure has no digest (podcast:integrity type="sri", sha256, sha384 or sha512)'
            )
        elif base64.b64encode(hashlib.new(kind, path.read_bytes()).digest()).decode() != told:
            yield fault(node, "the digest of the alternateEnclosure is not that of its file; players refuse it")


def _mpeg(item: Item) -> Faults:
    sound = item.files.read(item.audio, item.files.sound_of) if item.audio and is_mp3(item.audio_url) else None
    if isinstance(sound, str):
        yield fault(item.node, f"the audio {sound}")
    elif sound and sound.stray:
        yield fault(item.node, f"{sound.stray} bytes of the audio belong to no whole frame: it is cut off or damaged")


def _decodes(item: Item) -> Faults:
    sound = item.sound
    if sound and abs(sound.decoded_s - sound.duration_s) > _DECODED_S:
        yield fault(
            item.node, f"{sound.decoded_s:.1f} s of the audio can be heard, its frames promise {sound.duration_s:.1f} s"
        )


def _duration(item: Item) -> Faults:
    told, sound = seconds_of(item.text("itunes:duration")), item.sound
    if sound and told is not None and abs(told - sound.decoded_s) > _DURATION_S:
        yield fault(item.node, f"<itunes:duration> says {told:.0f} s, the audio lasts {sound.decoded_s:.1f} s")


def _rate(item: Item) -> Faults:
    sound = item.sound
    if sound and (sound.bitrate_kbps < _LEAST_KBPS or sound.rate_hz not in _RATES_HZ):
        yield fault(item.node, f"the audio has {sound.bitrate_kbps} kbit/s at {sound.rate_hz} Hz")


def _loudness(item: Item) -> Faults:
    sound = item.sound
    if sound and sound.decoded_s >= _LOUDNESS_FROM_S and abs(sound.lufs - _TARGET_LUFS) > _TOLERANCE_LU:
        yield fault(
            item.node,
            f"the audio is {'quieter' if sound.lufs < _TARGET_LUFS else 'louder'} than other shows: {sound.lufs:.1f} LUFS",
        )


def _peak(item: Item) -> Faults:
    sound = item.sound
    if sound and sound.peak_dbtp > _MOST_DBTP:
        yield fault(item.node, f"the audio's true peak is {sound.peak_dbtp:.1f} dBTP; it crackles on some devices")


def _edges(item: Item) -> Faults:
    sound = item.sound
    if sound and sound.lead_s > _MOST_LEAD_S:
        yield fault(item.node, f"the audio begins with {sound.lead_s:.1f} s of silence")
    if sound and sound.trail_s > _MOST_TRAIL_S:
        yield fault(item.node, f"the audio ends with {sound.trail_s:.1f} s of silence")


def _silence(item: Item) -> Faults:
    sound = item.sound
    if sound and sound.longest_silence_s > _MOST_SILENCE_S:
        yield fault(item.node, f"the audio is silent for {sound.longest_silence_s:.1f} s in the middle")


_TAG_NAMES = {"TIT2": "title", "TPE1": "artist", "TALB": "album"}


def _tags(item: Item) -> Faults:
    missing = [told for frame, told in _TAG_NAMES.items() if item.tags and frame not in item.tags.frames]
    if missing:
        yield fault(item.node, f"the MP3's tags lack {', '.join(missing)}")


def _tag_version(item: Item) -> Faults:
    if item.tags and item.tags.version[:2] != (2, 3):
        told = ".".join(map(str, item.tags.version[:2])) or "nothing"
        yield fault(item.node, f"the MP3's tags are ID3v{told}; common players lose chapters in any but ID3v2.3")


def _tag_title(item: Item) -> Faults:
    if item.tags and item.tags.title and item.tags.title != item.text("title"):
        yield fault(item.node, f"the MP3 calls itself 「{item.tags.title}」")


def _tag_cover(item: Item) -> Faults:
    if item.tags and "APIC" not in item.tags.frames:
        yield fault(item.node, "the MP3 holds no cover picture")


def _tag_chapters(item: Item) -> Faults:
    tags, sound = item.tags, item.sound
    if not tags or not sound:
        return
    for _, start, end, title in tags.chapters:
        if not title or end <= start or end > (sound.decoded_s + LATE_S) * 1000:
            yield fault(item.node, f"the MP3's chapter 「{title}」 has no title, is empty or ends after the audio")
    for (_, before, _, _), (_, start, _, title) in pairwise(tags.chapters):
        if start <= before:
            yield fault(
                item.node, f"the MP3's chapter 「{title}」 is not written in the order of times; AntennaPod stops there"
            )


def _tag_contents(item: Item) -> Faults:
    if not item.tags or not item.tags.chapters:
        return
    tops = [each for each in item.tags.contents if each[0]]
    ids = {each[0] for each in item.tags.chapters}
    named = {name for _, _, names in item.tags.contents for name in names}
    below = len(item.tags.contents) - 1  # tables of over 255 chapters, which the first one names
    if len(tops) != 1 or not tops[0][1] or not ids <= named or len(named - ids) != below:
        yield fault(item.node, "the MP3 lacks one top-level, ordered table of contents (CTOC) that names every chapter")


def _mp3_ending(item: Item) -> Faults:
    if item.audio_url and ending_of(item.audio_url) in (".m4a", ".mp4", ".m4v", ".mov"):
        yield fault(item.node, "the audio is no MP3, which is the one format that every app plays")


PRESENCE_RULES: tuple[Rule[Item], ...] = (
    Rule("file.there", MUST, "Audio, transcripts, chapters and covers that the items name are there.", "every app", "render again; on a server, upload the whole folder", _there),
    Rule("file.length", MUST, "The enclosure's length is the file's bytes.", "getpodcast, Apple Podcasts", "render again; on a server, upload the file again", _bytes),
)  # fmt: skip

FILE_RULES: tuple[Rule[Item], ...] = (
    Rule("alternate.length", SHOULD, "An alternateEnclosure's length is the file's bytes.", "podcast namespace", "render again", _alternate_bytes),
    Rule("alternate.integrity", SHOULD, "An alternateEnclosure's digest (SRI) is that of its file.", "podcast namespace", "render again; on a server, upload the file again", _alternate_digest),
    Rule("audio.mp3", SHOULD, "The audio is an MP3.", "old car radios and players", "offer MP3 in the enclosure and the rest as podcast:alternateEnclosure", _mp3_ending),
    Rule("audio.frames", MUST, "The MP3 is MPEG layer III, frame upon frame to its end.", "every app", "render again with --force; on a server, upload the file again", _mpeg),
    Rule("audio.decodes", MUST, "As much of the MP3 can be heard as its frames promise.", "every app", "render again with --force", _decodes),
    Rule("audio.duration", MUST, "`itunes:duration` is within a second of the audio.", "every app's progress bar", "render again", _duration),
    Rule("audio.rate", SHOULD, "The MP3 has 64 kbit/s or more at a common rate.", "Apple Podcasts, old players", "set audio.bitrate_kbps to 96", _rate),
    Rule("audio.loudness", SHOULD, "Audio of a minute or more has −16 ± 1 LUFS.", "listeners who go from show to show", "leave audio.loudness_lufs at −16 and render again", _loudness),
    Rule("audio.peak", SHOULD, "The true peak is −1 dBTP at most.", "cheap loudspeakers, apps that encode anew", "render again with --force", _peak),
    Rule("audio.edges", SHOULD, "The audio begins within 2 s and ends within 3 s of its last sound.", "listeners who think it is broken", "cut the silence", _edges),
    Rule("audio.silence", SHOULD, "No silence inside is longer than 5 s.", "listeners who think it is broken", "shorten the pause, or leave the empty line out of the script", _silence),
    Rule("tags.names", SHOULD, "The MP3's tags name title, artist and album.", "players of downloaded files", "render again", _tags),
    Rule("tags.version", SHOULD, "The MP3's tags are ID3v2.3.", "Windows, car radios", "render again", _tag_version),
    Rule("tags.title", SHOULD, "The MP3's title is the episode's.", "players of downloaded files", "render again", _tag_title),
    Rule("tags.cover", SHOULD, "The MP3 holds a cover picture.", "players of downloaded files", "render again", _tag_cover),
    Rule("tags.chapters", SHOULD, "The MP3's chapters are titled, inside the audio and written in the order of times.", "AntennaPod", "render again with --force", _tag_chapters),
    Rule("tags.contents", SHOULD, "One ordered table of contents names all chapters of the MP3.", "AntennaPod, Pocket Casts", "render again with --force", _tag_contents),
)  # fmt: skip
