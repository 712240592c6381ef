"""Rules for what runs along with the audio: transcripts in three formats, chapters in three places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from lxml import etree

from briefing.publish.checks.marks import READERS, Mark, play_time_ms, read_chapters
from briefing.publish.checks.media import LATE_S
from briefing.publish.checks.rules import MUST, NS, SHOULD, Fault, Faults, Item, Rule, fault, place_of

_APART_MS = 50
_REACH = 0.8
_VTT_LINE, _SRT_LINE, _SRT_LINES = 65, 32, 2


def _transcripts(item: Item, *types: str) -> Iterator[tuple[etree._Element, list[Mark] | str]]:
    """Yield the transcripts of some types that are there, each as marks or as what is wrong."""
    for node in item.all("podcast:transcript"):
        kind, path = node.get("type", ""), item.files.find(node.get("url", ""))
        if kind in (types or READERS) and kind in READERS and path:
            yield node, item.files.read(path, READERS[kind])


def _format_faults(item: Item, *types: str) -> Faults:
    """Yield what is wrong with the form and the times of transcripts."""
    for node, marks in _transcripts(item, *types):
        where = f"{place_of(node)}, {node.get('url', '').rsplit('/', 1)[-1]}"
        if isinstance(marks, str):
            yield Fault(where, marks)
        else:
            yield from _time_faults(item, where, marks)


def _time_faults(item: Item, where: str, marks: Sequence[Mark]) -> Faults:
    """Yield what is wrong with times: order, empty ones, none at all, past the audio."""
    if not marks:
        yield Fault(where, "it is empty")
    for each in marks:
        if each.end_ms <= each.start_ms or not each.text.strip():
            yield Fault(f"{where} {each.place}", "it has no text, or ends before it begins")
    for before, each in pairwise(marks):
        if each.start_ms < before.start_ms:
            yield Fault(f"{where} {each.place}", "it begins before the one above it")
    sound = item.sound
    if sound and marks and marks[-1].end_ms > (sound.decoded_s + LATE_S) * 1000:
        yield Fault(
            f"{where} {marks[-1].place}",
            f"it ends at {marks[-1].end_ms / 1000:.1f} s, the audio at {sound.decoded_s:.1f} s",
        )


def _vtt_faults(item: Item) -> Faults:
    yield from _format_faults(item, "text/vtt")


def _srt_faults(item: Item) -> Faults:
    yield from _format_faults(item, "application/x-subrip", "application/srt")


def _json_faults(item: Item) -> Faults:
    yield from _format_faults(item, "application/json")


def _reach(item: Item) -> Faults:
    for node, marks in _transcripts(item):
        if item.sound and isinstance(marks, list) and marks and marks[-1].end_ms < item.sound.decoded_s * _REACH * 1000:
            yield fault(node, f"the transcript ends at {marks[-1].end_ms / 1000:.0f} s of {item.sound.decoded_s:.0f} s")


def _lines(item: Item) -> Faults:
    for node, marks in _transcripts(item, "text/vtt", "application/x-subrip", "application/srt"):
        most, lines = (_VTT_LINE, 99) if node.get("type") == "text/vtt" else (_SRT_LINE, _SRT_LINES)
        for each in marks if isinstance(marks, list) else ():
            rows = each.text.split("\n")
            if len(rows) > lines or max(map(len, rows)) > most:
                yield fault(
                    node,
                    f"{each.place}: a caption of {len(rows)} lines, up to {max(map(len, rows))} characters; {lines} of {most} fit a phone",
                )
                break


def _sound_transcripts(item: Item) -> list[tuple[etree._Element, list[Mark]]]:
    return [(node, marks) for node, marks in _transcripts(item) if isinstance(marks, list)]


def _same_words(item: Item) -> Faults:
    found = _sound_transcripts(item)
    words = ["".join(re.sub(r"\s", "", mark.text) for mark in marks) for _, marks in found]
    for (node, _), ours in zip(found, words, strict=True):
        if ours != words[0]:
            at = next(
                (n for n, (a, b) in enumerate(zip(ours, words[0], strict=False)) if a != b),
                min(len(ours), len(words[0])),
            )
            yield fault(node, f"its words differ from the first transcript's at 「{ours[at : at + 10]}」")


def _same_times(item: Item) -> Faults:
    found = _sound_transcripts(item)
    for node, marks in found[1:]:
        if len(marks) != len(found[0][1]):
            continue  # cut otherwise, which is not wrong
        apart = max((abs(a.start_ms - b.start_ms) for a, b in zip(marks, found[0][1], strict=True)), default=0)
        if apart > _APART_MS:
            yield fault(node, f"its times differ from the first transcript's by up to {apart} ms")


def _chapters_of(item: Item) -> list[Mark] | str:
    """Give the JSON chapters; nothing when there are none, or what is wrong."""
    node = item.node.find("podcast:chapters", NS)
    path = None if node is None else item.files.find(node.get("url", ""))
    return item.files.read(path, read_chapters) if path else []


def _chapter_faults(item: Item) -> Faults:
    marks, where = _chapters_of(item), f"{item.where}, chapters"
    if isinstance(marks, str):
        yield Fault(where, marks)
    elif marks:
        if marks[0].start_ms:
            yield Fault(where, f"the first chapter begins at {marks[0].start_ms / 1000:.1f} s, not at 0")
        yield from _time_faults(item, where, marks)


def _psc_of(item: Item) -> list[Mark]:
    """Give Podlove's simple chapters, which tell no end; the place is the line."""
    nodes = item.all("psc:chapters/psc:chapter")
    return [Mark(str(n.sourceline), play_time_ms(n.get("start", "")), 0, n.get("title", "")) for n in nodes]


def _psc_faults(item: Item) -> Faults:
    found = item.node.find("psc:chapters", NS)
    if found is None:
        return
    if not re.fullmatch(r"1\.\d", found.get("version", "")):
        yield fault(found, f"psc:chapters has version {found.get('version')!r}; it must be 1.2")
    marks = _psc_of(item)
    for each in marks:
        if each.start_ms < 0 or not each.text or (item.sound and each.start_ms > item.sound.decoded_s * 1000):
            yield fault(found, f"the psc:chapter in line {each.place} has no title, no time, or begins after the audio")
    for before, each in pairwise(marks):
        if each.start_ms <= before.start_ms:
            yield fault(found, f"the psc:chapter in line {each.place} does not begin after the one above it")


def _chapters_agree(item: Item) -> Faults:
    told = _chapters_of(item)
    places = {
        "JSON": [(m.start_ms, m.text) for m in told] if isinstance(told, list) else [],
        "the MP3": sorted((start, title) for _, start, _, title in item.tags.chapters) if item.tags else [],
        "psc:chapters": [(m.start_ms, m.text) for m in _psc_of(item)],
    }
    (first, ours), *others = [(name, marks) for name, marks in places.items() if marks] or [("", [])]
    for name, theirs in others:
        if [title for _, title in ours] != [title for _, title in theirs]:
            yield fault(item.node, f"the chapters' titles in {name} are not those in {first}")
        elif max(abs(a - b) for (a, _), (b, _) in zip(ours, theirs, strict=True)) > _APART_MS:
            yield fault(item.node, f"the chapters in {name} begin elsewhere than those in {first}")


FILE_RULES: tuple[Rule[Item], ...] = (
    Rule("transcript.vtt", MUST, "A WebVTT transcript is well-formed, in order, and inside the audio.", "Apple Podcasts, browsers", "render again; after editing, look at that line", _vtt_faults),
    Rule("transcript.srt", MUST, "A SubRip transcript is numbered from 1, in order, and inside the audio.", "Podcast Addict", "render again; after editing, look at that line", _srt_faults),
    Rule("transcript.json", MUST, "A JSON transcript is version 1.0.0, in order, and inside the audio.", "podcast namespace", "render again; after editing, look at that segment", _json_faults),
    Rule("transcript.reach", SHOULD, "A transcript covers at least 80 % of the audio.", "listeners who read along", "render again", _reach),
    Rule("transcript.lines", SHOULD, "A caption's line has at most 65 characters in WebVTT, two of 32 in SubRip.", "phones", "render again, or break the sentence in the script", _lines),
    Rule("transcript.same-words", SHOULD, "All transcripts of an episode hold the same words.", "listeners who read along", "render again", _same_words),
    Rule("transcript.same-times", SHOULD, "All transcripts of an episode tell the same times within 50 ms.", "listeners who read along", "render again", _same_times),
    Rule("chapters.json", MUST, "JSON chapters are version 1.2.0, begin at 0, ascend, are titled and inside the audio.", "Podcast Addict, AntennaPod", "render again", _chapter_faults),
    Rule("chapters.psc", SHOULD, "Podlove's simple chapters ascend, are titled and inside the audio.", "AntennaPod, Podlove players", "render again", _psc_faults),
    Rule("chapters.agree", SHOULD, "JSON, MP3 and Podlove's chapters have the same titles and begin within 50 ms of one another.", "listeners who change apps", "render again with --force", _chapters_agree),
)  # fmt: skip
