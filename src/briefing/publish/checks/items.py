"""Rules for items: what each episode must tell of itself, and how episodes stand to one another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import pairwise

from briefing.publish.checks.channel import MOST_TEXT_BYTES, MOST_TITLE
from briefing.publish.checks.rules import (
    MUST,
    NS,
    SHOULD,
    Fault,
    Faults,
    Item,
    Listed,
    Rule,
    Show,
    date_of,
    ending_of,
    fault,
    is_future,
    text_of,
)
from briefing.publish.checks.vocabulary import ENCLOSURE_TYPES, NOTES_TAGS, TIMED_TYPES, TRANSCRIPT_TYPES

_NUMBERED = re.compile(
    r"\s*(第?\s*[0-9０-９]+\s*[回話](?=\s*$|[:：.．、|｜])|([#＃]|S\d+\s*E|ep\.?|episode)\s*\d+(?=$|[\s:：.．、,|｜)）\-–—]))",
    re.I,
)
_CLOCK = re.compile(r"[0-9]{1,7}|[0-9]{1,3}:[0-5][0-9]|[0-9]{1,4}:[0-5][0-9]:[0-5][0-9]")
_ENTITY = re.compile(r"&(amp|lt|gt|quot|apos|#\d+);")
_TWICE = re.compile(r"&amp;(amp|lt|gt|quot|apos|#\d+);|^\s*&lt;(p|br|ul|ol|a|b|strong|em)\b", re.I)
_HTML = re.compile(r"</?([a-z][a-z0-9]*)(?:\s[^<>]*)?/?>", re.I)


def _title(item: Item) -> Faults:
    length = len(item.text("title"))
    if not 1 <= length <= MOST_TITLE:
        yield fault(item.node, f"the title has {length} characters; 1 to {MOST_TITLE} are allowed")


def _title_alone(item: Item) -> Faults:
    title, show = item.text("title"), text_of(item.node.getparent(), "title")
    if len(show) > 1 and show in title:
        yield fault(item.node, f"the title repeats the show's name 「{show}」")
    if found := _NUMBERED.match(title):
        yield fault(item.node, f"the title begins with the number {found[0].strip()!r}, which apps show themselves")


def _enclosure(item: Item) -> Faults:
    if item.node.find("enclosure") is None:
        yield fault(item.node, "there is no <enclosure>, so no app sees audio")
    elif ending_of(item.audio_url) not in ENCLOSURE_TYPES:
        yield fault(
            item.node, f"the audio's address {item.audio_url!r} has no ending of audio that apps play, such as .mp3"
        )


def _enclosure_length(item: Item) -> Faults:
    for found in item.all("enclosure"):
        length = found.get("length", "")
        if not re.fullmatch("[1-9][0-9]*", length):
            yield fault(found, f"the enclosure's length is {length!r}; it must be the file's bytes")


def _enclosure_type(item: Item) -> Faults:
    for found in item.all("enclosure"):
        allowed = ENCLOSURE_TYPES.get(ending_of(found.get("url", "")))
        if allowed and found.get("type") not in allowed:
            yield fault(
                found,
                f"the enclosure's type is {found.get('type')!r}; for this ending it must be {' or '.join(allowed)}",
            )


def _guid(item: Item) -> Faults:
    if not item.text("guid"):
        yield fault(item.node, "the <guid> is missing or empty; apps then take an edit for a new episode")


def _guid_permalink(item: Item) -> Faults:
    for found in item.all("guid"):
        if found.get("isPermaLink") != "false" and not (found.text or "").startswith(("http://", "https://")):
            yield fault(found, 'the guid is no address and lacks isPermaLink="false"')


def _guid_own(item: Item) -> Faults:
    if item.text("guid") and item.text("guid") in (item.audio_url, item.text("title")):
        yield fault(item.node, "the guid is the audio's address or the title, which change with the next edit")


def _date(item: Item) -> Faults:
    if date_of(item.text("pubDate")) is None:
        yield fault(item.node, f"pubDate {item.text('pubDate')!r} is no RFC 2822 date with zone and the right weekday")


def _date_past(item: Item) -> Faults:
    when = date_of(item.text("pubDate"))
    if when and is_future(when):
        yield fault(
            item.node,
            f"pubDate {item.text('pubDate')!r} lies in the future; apps hide the episode or show it for ever on top",
        )


def _description(item: Item) -> Faults:
    size = len(item.text("description").encode())
    if not 1 <= size <= MOST_TEXT_BYTES:
        yield fault(
            item.node, f"the notes have {size} bytes; 1 to {MOST_TEXT_BYTES} are allowed (a Japanese character takes 3)"
        )


def _escaping(item: Item) -> Faults:
    if found := _ENTITY.search(item.text("title")):
        yield fault(item.node, f"the title is escaped twice: listeners see {found[0]}")
    if found := _TWICE.search(item.text("description")):
        yield fault(item.node, f"the notes are escaped twice: listeners see {found[0]}")


def _html(item: Item) -> Faults:
    strange = sorted({each.lower() for each in _HTML.findall(item.text("description"))} - NOTES_TAGS)
    if strange:
        yield fault(item.node, f"the notes hold <{'>, <'.join(strange)}>, which apps drop or show as they are")


def _duration(item: Item) -> Faults:
    if not _CLOCK.fullmatch(item.text("itunes:duration")):
        yield fault(
            item.node, f"<itunes:duration> is {item.text('itunes:duration')!r}; it must be seconds, MM:SS or H:MM:SS"
        )


def _duration_whole(item: Item) -> Faults:
    if ":" in item.text("itunes:duration"):
        yield fault(item.node, f"<itunes:duration> is {item.text('itunes:duration')!r}, not plain seconds")


def _numbers(item: Item) -> Faults:
    for name in ("itunes:episode", "itunes:season"):
        found = item.node.find(name, NS)
        if found is not None and not re.fullmatch("[1-9][0-9]*", found.text or ""):
            yield fault(found, f"<{name}> is {found.text!r}; it must be a whole number from 1")
    if text_of(item.node.getparent(), "itunes:type") == "serial" and item.node.find("itunes:episode", NS) is None:
        yield fault(item.node, "the show is serial, but the episode has no <itunes:episode>")


def _same_numbers(item: Item) -> Faults:
    for name in ("episode", "season"):
        ours, theirs = item.text(f"podcast:{name}"), item.text(f"itunes:{name}")
        if ours and theirs and ours != theirs:
            yield fault(item.node, f"<podcast:{name}> says {ours}, <itunes:{name}> says {theirs}")


def _type(item: Item) -> Faults:
    told = item.text("itunes:episodeType")
    if told and told not in ("full", "trailer", "bonus"):
        yield fault(item.node, f"<itunes:episodeType> is {told!r}; only full, trailer and bonus count")


def _explicit(item: Item) -> Faults:
    told = item.text("itunes:explicit")
    if told not in ("true", "false"):
        yield fault(item.node, f"<itunes:explicit> is {told!r}; only true and false count")


def _transcript_type(item: Item) -> Faults:
    for found in item.all("podcast:transcript"):
        if found.get("type") not in TRANSCRIPT_TYPES:
            yield fault(found, f"the transcript's type {found.get('type')!r} is none that apps read")


def _transcript_formats(item: Item) -> Faults:
    types = [found.get("type", "") for found in item.all("podcast:transcript")]
    for name, allowed in (
        ("WebVTT", TRANSCRIPT_TYPES[:1]),
        ("SubRip", TRANSCRIPT_TYPES[1:3]),
        ("JSON", TRANSCRIPT_TYPES[3:4]),
    ):
        if not set(types) & set(allowed):
            yield fault(item.node, f"there is no {name} transcript (type {allowed[0]})")
    if "text/vtt" in types[1:] and types[0] != "text/vtt":
        yield fault(item.node, "the WebVTT transcript is not the first; some apps take the first only")


def _transcript_captions(item: Item) -> Faults:
    for found in item.all("podcast:transcript"):
        if found.get("type") in TIMED_TYPES and not (found.get("language") and found.get("rel") == "captions"):
            yield fault(found, 'the timed transcript lacks its language or rel="captions"')


def _chapters(item: Item) -> Faults:
    found = item.node.find("podcast:chapters", NS)
    if found is None or found.get("type") != "application/json+chapters":
        yield fault(item.node, "there are no <podcast:chapters> of type application/json+chapters")


def _link(item: Item) -> Faults:
    if not item.text("link"):
        yield fault(item.node, "there is no <link> to the episode's page")


def _alternate_source(item: Item) -> Faults:
    for found in item.all("podcast:alternateEnclosure"):
        if not found.get("type") or found.find("podcast:source[@uri]", NS) is None:
            yield fault(found, "the alternateEnclosure has no type or no source with an address")


ITEM_RULES: tuple[Rule[Item], ...] = (
    Rule("item.title", MUST, "The title has 1 to 255 characters.", "Apple Podcasts, PSP-1", "give the section a heading, or a shorter one", _title),
    Rule("item.title-alone", SHOULD, "The title holds neither the show's name nor begins with a number.", "Apple Podcasts", "leave it out of the heading; numbers go into itunes:episode", _title_alone),
    Rule("item.enclosure", MUST, "There is an enclosure whose address ends as audio does.", "every app", "render again", _enclosure),
    Rule("item.enclosure-length", MUST, "The enclosure's length is a positive whole number.", "getpodcast, Apple Podcasts", "write the file's size in bytes", _enclosure_length),
    Rule("item.enclosure-type", MUST, "The enclosure's type fits its ending.", "greg, podcast-downloader, Apple Podcasts", "for .mp3 write audio/mpeg", _enclosure_type),
    Rule("item.guid", MUST, "The guid is there and not empty.", "gPodder, AntennaPod, Apple Podcasts", "render again: the guid is kept in the lock", _guid),
    Rule("item.guid-permalink", MUST, "A guid that is no address says isPermaLink=\"false\".", "gPodder, AntennaPod", "write <guid isPermaLink=\"false\">", _guid_permalink),
    Rule("item.guid-own", SHOULD, "The guid is neither the audio's address nor the title.", "AntennaPod, gPodder", "take a UUID and keep it", _guid_own),
    Rule("item.date", MUST, "pubDate is an RFC 2822 date with zone and the right weekday.", "getpodcast, Pocket Casts, gPodder", "write it as Sun, 15 Jun 2025 00:03:00 +0900", _date),
    Rule("item.date-past", MUST, "pubDate is not in the future.", "Apple Podcasts", "set the front matter's date to a day that has come, and render again", _date_past),
    Rule("item.description", MUST, "The notes have 1 to 4000 bytes.", "Apple Podcasts", "shorten the notes", _description),
    Rule("item.escaping", MUST, "Title and notes are escaped once.", "every app", "escape & and < exactly once", _escaping),
    Rule("item.html", SHOULD, "The notes hold no HTML but p br ol ul li a b i strong em.", "Apple Podcasts", "leave other tags out", _html),
    Rule("item.duration", MUST, "`itunes:duration` is there and can be read.", "Audiobookshelf, Apple Podcasts", "write whole seconds", _duration),
    Rule("item.duration-whole", SHOULD, "`itunes:duration` is in whole seconds.", "PSP-1", "write whole seconds", _duration_whole),
    Rule("item.numbers", MUST, "Episode and season are whole numbers from 1; a serial show numbers its episodes.", "Apple Podcasts", "number from 1, without zeros in front", _numbers),
    Rule("item.same-numbers", SHOULD, "The podcast namespace's season and episode equal Apple's.", "podcast namespace", "write the same number in both", _same_numbers),
    Rule("item.type", MUST, "`itunes:episodeType`, when given, is full, trailer or bonus.", "Apple Podcasts", "write full", _type),
    Rule("item.explicit", SHOULD, "`itunes:explicit` of the item is true or false.", "Apple Podcasts", "write false, or true for such content", _explicit),
    Rule("item.transcript-type", MUST, "Each transcript has a type that apps read.", "podcast namespace", "write text/vtt, application/x-subrip or application/json", _transcript_type),
    Rule("item.transcript-formats", SHOULD, "There is a transcript as WebVTT (the first), SubRip and JSON.", "Apple Podcasts, Podcast Addict", "render again", _transcript_formats),
    Rule("item.transcript-captions", SHOULD, "A timed transcript tells its language and rel=\"captions\".", "podcast namespace", "write language=\"ja\" rel=\"captions\"", _transcript_captions),
    Rule("item.chapters", SHOULD, "There are chapters of type application/json+chapters.", "Podcast Addict, AntennaPod", "render again", _chapters),
    Rule("item.link", SHOULD, "The episode links to its page.", "Apple Podcasts", "render again", _link),
    Rule("alternate.source", SHOULD, "An alternateEnclosure has a type and a source.", "podcast namespace", "give it <podcast:source uri=\"…\">", _alternate_source),
)  # fmt: skip


def _repeats(items: Iterable[Listed], value_of: Callable[[Listed], str], told: str) -> Faults:
    seen: dict[str, Listed] = {}
    for item in items:
        value = value_of(item)
        if value and value in seen:
            yield Fault(item.where, f"{told} {value!r} is that of 「{seen[value].title}」 too")
        seen.setdefault(value, item)


def _unique_guids(show: Show) -> Faults:
    yield from _repeats(show.items, lambda item: item.guid, "the guid")


def _unique_enclosures(show: Show) -> Faults:
    yield from _repeats(show.items, lambda item: item.audio_url, "the audio's address")


def _unique_numbers(show: Show) -> Faults:
    yield from _repeats(show.items, lambda item: item.number, "the number season/episode")


def _titles_of_a_day(show: Show) -> Faults:
    def title_and_day(item: Listed) -> str:
        return f"{item.title} ({item.when:%Y-%m-%d})" if item.when else ""

    yield from _repeats(show.items, title_and_day, "the title and day")


def _newest_first(show: Show) -> Faults:
    for newer, item in pairwise(item for item in show.items if item.when):
        if newer.when and item.when and item.when >= newer.when:
            yield Fault(item.where, f"it stands below 「{newer.title}」 but is not older")


RULES: tuple[Rule[Show], ...] = (
    Rule("items.guids", MUST, "No two episodes have the same guid.", "gPodder, AntennaPod, Apple Podcasts", "render again: guids are kept in the lock; give a copied item one of its own", _unique_guids),
    Rule("items.enclosures", MUST, "No two episodes have the same audio.", "podget, Apple Podcasts", "give each episode a file of its own", _unique_enclosures),
    Rule("items.numbers", SHOULD, "No two full episodes have the same season and episode.", "Apple Podcasts", "number on", _unique_numbers),
    Rule("items.titles", SHOULD, "No two episodes of a day have the same title.", "AntennaPod", "say in the heading what sets it apart", _titles_of_a_day),
    Rule("items.newest-first", SHOULD, "Episodes stand newest first, each with a time of its own.", "Pocket Casts, podsync", "sort them; publish a minute apart", _newest_first),
)  # fmt: skip
