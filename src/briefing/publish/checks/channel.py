"""Rules for the channel: what a directory wants to know of a show."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from lxml import etree

from briefing.publish.checks.rules import (
    MUST,
    NS,
    SHOULD,
    Fault,
    Faults,
    Page,
    Rule,
    Show,
    date_of,
    ending_of,
    fault,
    is_future,
    text_of,
)
from briefing.publish.checks.vocabulary import CATEGORIES, RETIRED

MOST_TITLE, MOST_TEXT_BYTES = 255, 4000
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Za-z0-9]{2,8})*")
_FREQUENCY = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)\b")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", re.I)


def _title(show: Show) -> Faults:
    length = len(text_of(show.channel, "title"))
    if not 1 <= length <= MOST_TITLE:
        yield fault(show.channel, f"the show's title has {length} characters; 1 to {MOST_TITLE} are allowed")


def _description(show: Show) -> Faults:
    size = len(text_of(show.channel, "description").encode())
    if not 1 <= size <= MOST_TEXT_BYTES:
        yield fault(
            show.channel,
            f"the show's description has {size} bytes; 1 to {MOST_TEXT_BYTES} are allowed (a Japanese character takes 3)",
        )


def _plain_description(show: Show) -> Faults:
    found = _TAG.search(text_of(show.channel, "description"))
    if found:
        yield fault(show.channel, f"the show's description holds {found[0]}, which apps show as it is")


def _link(show: Show) -> Faults:
    link = text_of(show.channel, "link")
    if not link:
        yield fault(show.channel, "<link> to the show's web page is missing")
    elif link == show.url:
        yield fault(show.channel, "<link> names the feed itself")


def _language(show: Show) -> Faults:
    language = text_of(show.channel, "language")
    if not _LANGUAGE.fullmatch(language):
        yield fault(show.channel, f"<language> is {language!r}; it must be a code of ISO 639-1 such as ja or en-US")


def _category(show: Show) -> Faults:
    found = show.channel.findall("itunes:category", NS)
    if not found:
        yield fault(show.channel, "<itunes:category> is missing")
    for each in found:
        name = each.get("text", "")
        if name not in CATEGORIES:
            yield fault(each, f"{name!r} is none of Apple's categories")
        for child in each.findall("itunes:category", NS):
            if name in CATEGORIES and child.get("text", "") not in CATEGORIES[name]:
                yield fault(child, f"{child.get('text', '')!r} is no subcategory of {name}")


def _explicit(show: Show) -> Faults:
    told = text_of(show.channel, "itunes:explicit")
    if told not in ("true", "false"):
        yield fault(show.channel, f"<itunes:explicit> is {told!r}; only true and false count")


def _image(show: Show) -> Faults:
    found = show.channel.find("itunes:image", NS)
    if found is None:
        yield fault(show.channel, "<itunes:image> (the cover) is missing")
    elif ending_of(found.get("href", "")) not in (".jpg", ".jpeg", ".png"):
        yield fault(found, f"the cover's address {found.get('href', '')!r} does not end in .jpg or .png")


def _self(page: Page) -> Faults:
    found = page.channel.findall("atom:link[@rel='self']", NS)
    if len(found) != 1:
        yield fault(
            page.channel, f'<atom:link rel="self"> stands {len(found)} times; apps learn of a move by exactly one'
        )
    elif found[0].get("href") != page.url:
        yield fault(found[0], f"the feed calls itself {found[0].get('href')!r}, but it is {page.url!r}")
    elif found[0].get("type") != "application/rss+xml":
        yield fault(found[0], 'the link to itself lacks type="application/rss+xml"')


def _author(show: Show) -> Faults:
    if not text_of(show.channel, "itunes:author"):
        yield fault(show.channel, "<itunes:author> is missing")


def _guid(show: Show) -> Faults:
    try:
        version = uuid.UUID(text_of(show.channel, "podcast:guid")).version
    except ValueError:
        version = None
    if version != 5:
        yield fault(show.channel, "<podcast:guid>, by which apps know the show after a move, is missing or no UUIDv5")


def _locked(show: Show) -> Faults:
    if text_of(show.channel, "podcast:locked") not in ("yes", "no"):
        yield fault(show.channel, "<podcast:locked> is neither yes nor no")


def _owner(show: Show) -> Faults:
    name, email = (text_of(show.channel, f"itunes:owner/itunes:{each}") for each in ("name", "email"))
    if (show.first.is_published or show.channel.find("itunes:owner", NS) is not None) and not (name and "@" in email):
        yield fault(
            show.channel,
            "<itunes:owner> has no name and e-mail address, to which directories send the code that proves the show is yours",
        )


def _type(show: Show) -> Faults:
    told = show.channel.find("itunes:type", NS)
    if told is not None and told.text not in ("episodic", "serial"):
        yield fault(told, f"<itunes:type> is {told.text!r}; only episodic and serial count")


def _yes_only(page: Page) -> Faults:
    for node in _told_of(page):
        for name in ("itunes:block", "itunes:complete"):
            found = node.find(name, NS)
            if found is not None and (found.text or "").lower() != "yes":
                yield fault(found, f"<{name}> is {found.text!r}; apps that only look whether it is there hide the show")


def _dates(show: Show) -> Faults:
    for name in ("lastBuildDate", "pubDate"):
        text = text_of(show.channel, name)
        when = date_of(text)
        if text and (when is None or is_future(when)):
            yield fault(
                show.channel, f"<{name}> is {text!r}: no RFC 2822 date with zone and right weekday, or in the future"
            )
        elif not text and name == "lastBuildDate":
            yield fault(show.channel, "<lastBuildDate> is missing")


def _told_of(page: Page) -> Iterator[etree._Element]:
    """Yield what tags tell of: the show, once, and each episode."""
    if page.is_first:
        yield page.channel
    yield from page.channel.findall("item")


def _retired(page: Page) -> Faults:
    for node in _told_of(page):
        for name in RETIRED:
            found = node.find(name, NS)
            if found is not None and not (
                name == "itunes:summary" and (found.text or "") != text_of(node, "description")
            ):
                yield fault(
                    found, f"<{name}> is no longer read" + ("; it repeats the description" if "summary" in name else "")
                )


def _hub(show: Show) -> Faults:
    for found in show.channel.findall("atom:link[@rel='hub']", NS):
        if not found.get("href", "").startswith("https://"):
            yield fault(found, f"the hub's address {found.get('href', '')!r} is not one that begins with https://")


def _frequency(show: Show) -> Faults:
    found = show.channel.find("podcast:updateFrequency", NS)
    if found is not None and not _FREQUENCY.match(found.get("rrule", "")):
        yield fault(
            found, f"rrule {found.get('rrule', '')!r} does not begin with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY"
        )


def _items(show: Show) -> Faults:
    if not show.items:
        yield Fault(show.first.name, "there is no episode")


RULES: tuple[Rule[Show], ...] = (
    Rule("channel.title", MUST, "The show has a title of 1 to 255 characters.", "Apple Podcasts, PSP-1", "set show.title", _title),
    Rule("channel.description", MUST, "The show has a description of 1 to 4000 bytes.", "Apple Podcasts", "set show.description, shorter", _description),
    Rule("channel.description-plain", SHOULD, "The show's description is plain text.", "Apple Podcasts", "write it without HTML", _plain_description),
    Rule("channel.link", MUST, "The show links to a web page, not to the feed itself.", "Apple Podcasts, PSP-1", "set show.link, or leave it empty for the show page beside the feed", _link),
    Rule("channel.language", MUST, "The language is a code of ISO 639-1, with a region or without.", "Apple Podcasts", "set show.language, for Japanese ja", _language),
    Rule("channel.category", MUST, "There is a category of Apple's list, each subcategory under its own.", "Apple Podcasts, Spotify", "set show.category and show.subcategory to names of Apple's list", _category),
    Rule("channel.explicit", MUST, "`itunes:explicit` is true or false.", "Apple Podcasts", "set show.explicit", _explicit),
    Rule("channel.image", MUST, "There is a cover whose address ends in .jpg, .jpeg or .png.", "Apple Podcasts, Spotify", "name the file .jpg or .png", _image),
    Rule("channel.author", SHOULD, "The show names its author.", "Apple Podcasts, Spotify", "set show.author", _author),
    Rule("channel.guid", SHOULD, "`podcast:guid` is a UUIDv5.", "Podcast Index, PSP-1", "render again: it is computed once and kept in the lock", _guid),
    Rule("channel.locked", SHOULD, "`podcast:locked` is yes or no.", "hosts that import shows", "write <podcast:locked>no</podcast:locked>", _locked),
    Rule("channel.owner", SHOULD, "A published show names its owner with an e-mail address.", "Spotify, YouTube", "set show.email", _owner),
    Rule("channel.type", MUST, "`itunes:type`, when given, is episodic or serial.", "Apple Podcasts", "write episodic unless the order matters", _type),
    Rule("channel.dates", SHOULD, "`lastBuildDate` is there; dates are RFC 2822 and not in the future.", "Pocket Casts, gPodder", "write it as Sun, 15 Jun 2025 00:03:00 +0900", _dates),
    Rule("channel.hub", SHOULD, "The address of a WebSub hub begins with https://.", "WebSub", "write the hub's whole address, or leave the link out", _hub),
    Rule("channel.update-frequency", SHOULD, "`podcast:updateFrequency` has an rrule that begins with its frequency.", "podcast namespace", "write for example rrule=\"FREQ=WEEKLY\"", _frequency),
    Rule("channel.items", MUST, "There is at least one episode.", "Apple Podcasts", "render an article first", _items),
)  # fmt: skip

PAGE_RULES: tuple[Rule[Page], ...] = (
    Rule("channel.self", MUST, "Each page has one `atom:link rel=self` with its own address and type.", "PSP-1, apps that follow a move", "render with --base-url set to where the folder really lies", _self),
    Rule("channel.yes-only", SHOULD, "`itunes:block` and `itunes:complete` say Yes or are not there.", "Apple Podcasts", "leave the tag out", _yes_only),
    Rule("channel.retired", SHOULD, "There is no tag that apps no longer read.", "Apple Podcasts", "leave the tag out", _retired),
)  # fmt: skip
