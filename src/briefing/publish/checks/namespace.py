"""Rules for the podcast namespace's tags and for addresses, wherever they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree

from briefing.publish.checks.rules import (
    MUST,
    NS,
    SHOULD,
    Fault,
    Faults,
    Item,
    Page,
    Rule,
    Show,
    fault,
    is_absolute,
    name_of,
    text_of,
)
from briefing.publish.checks.vocabulary import MEDIUMS, PODCAST_PARENTS
from briefing.publish.feed import PODCAST, is_public

_ADDRESSES = ("url", "href", "uri")


def _podcast_tags(page: Page) -> Iterator[etree._Element]:
    yield from page.root.iter(f"{{{PODCAST}}}*")


def _local(node: etree._Element) -> str:
    return str(etree.QName(node).localname)


def _known(page: Page) -> Faults:
    for node in _podcast_tags(page):
        if _local(node) not in PODCAST_PARENTS:
            yield fault(node, f"there is no tag <podcast:{_local(node)}>; mind upper and lower case")


def _parent(page: Page) -> Faults:
    for node in _podcast_tags(page):
        allowed, parent = PODCAST_PARENTS.get(_local(node)), node.getparent()
        if allowed and parent is not None and _local(parent) not in allowed:
            yield fault(
                node, f"<podcast:{_local(node)}> stands in <{_local(parent)}>; it belongs in {' or '.join(allowed)}"
            )


def _repeated(page: Page) -> Faults:
    for parent in {node.getparent(): None for node in _podcast_tags(page)}:
        if parent is None:
            continue
        for tag, count in Counter(_local(each) for each in parent.iterchildren(f"{{{PODCAST}}}*")).items():
            if count > 1 and PODCAST_PARENTS.get(tag, {}).get(_local(parent)) is False:
                yield fault(parent, f"<podcast:{tag}> stands {count} times; once is allowed")


def _medium(show: Show) -> Faults:
    found = show.channel.find("podcast:medium", NS)
    if found is not None and found.text not in MEDIUMS:
        yield fault(found, f"{found.text!r} is no medium of the podcast namespace")


def _disclosed(show: Show) -> Faults:
    if text_of(show.channel, "podcast:txt[@purpose='ai-content']") != "true":
        yield fault(show.channel, "listeners are not told that the voice is synthetic")


def _disclosed_item(item: Item) -> Faults:
    if item.text("podcast:txt[@purpose='ai-content']") not in ("true", "false"):
        yield fault(item.node, "the episode does not say whether its voice is synthetic")


def _addresses(page: Page) -> Iterator[tuple[etree._Element, str]]:
    """Yield every address on a page with the tag it stands in."""
    for node in page.root.iter("*"):
        yield from ((node, node.get(name, "")) for name in _ADDRESSES if name in node.attrib)
        if node.tag == "link" and node.text and node.text.strip():
            yield node, node.text.strip()


def _absolute(page: Page) -> Faults:
    for node, url in _addresses(page):
        if not is_absolute(url):
            yield fault(node, f"<{name_of(node)}> names {url!r}, which is no whole http or https address")


def _ascii(page: Page) -> Faults:
    for node, url in _addresses(page):
        if not url.isascii() or any(char <= " " for char in url):
            yield fault(node, f"<{name_of(node)}> names {url!r}, which holds blanks or letters outside ASCII")


def _public(page: Page) -> Faults:
    for node, url in _addresses(page):
        if page.is_published and is_absolute(url) and not is_public(url):
            yield fault(node, f"<{name_of(node)}> names {url!r}, which only this machine can reach")


def _https(page: Page) -> Faults:
    if not page.is_published:
        return
    plain = [
        (node, url)
        for node, url in _addresses(page)
        if url.startswith("http://") and name_of(node) != "link" and is_public(url)
    ]
    if page.is_first and urlsplit(page.url).scheme == "http":
        yield Fault(page.name, f"the feed's address {page.url!r} begins with http://")
    yield from (
        fault(node, f"<{name_of(node)}> names {url!r}, which is not encrypted")
        for node, url in plain
        if url != page.first_url
    )


PAGE_RULES: tuple[Rule[Page], ...] = (
    Rule("podcast.known", MUST, "Every podcast: tag is one of the namespace.", "podcast namespace", "correct its spelling or leave it out", _known),
    Rule("podcast.parent", MUST, "Every podcast: tag stands where it belongs.", "podcast namespace", "move it", _parent),
    Rule("podcast.once", MUST, "A podcast: tag that may stand once stands once.", "podcast namespace", "remove all but one", _repeated),
    Rule("address.absolute", MUST, "Every address is a whole http or https one.", "Apple Podcasts, every app", "render with --base-url set to where the folder will lie", _absolute),
    Rule("address.ascii", MUST, "Every address is ASCII without blanks.", "Apple Podcasts, Audiobookshelf, pod-store", "percent-encode it, or name the file in ASCII", _ascii),
    Rule("address.public", MUST, "A published feed names no address that only this machine can reach.", "every app", "render with --base-url set to where the folder will lie", _public),
    Rule("address.https", MUST, "A published feed and what it names are at https addresses.", "Apple Podcasts, browsers", "render with an https:// --base-url", _https),
)  # fmt: skip

RULES: tuple[Rule[Show], ...] = (
    Rule("podcast.medium", MUST, "`podcast:medium` is a listed medium.", "podcast namespace", "write podcast", _medium),
    Rule("podcast.ai-content", MUST, "The show says that its voice is synthetic.", "listeners, podcast namespace", "write <podcast:txt purpose=\"ai-content\">true</podcast:txt> in the channel", _disclosed),
)  # fmt: skip

ITEM_RULES: tuple[Rule[Item], ...] = (
    Rule("item.ai-content", SHOULD, "Each episode says whether its voice is synthetic.", "listeners, podcast namespace", "write <podcast:txt purpose=\"ai-content\">true</podcast:txt> in the item", _disclosed_item),
)  # fmt: skip
