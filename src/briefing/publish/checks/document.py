"""Rules for the feed as a document: XML, namespaces, what may stand once, paging."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from briefing.publish.checks.rules import MUST, NS, SHOULD, Fault, Faults, Page, Rule, Show, fault, name_of
from briefing.publish.checks.vocabulary import NAMESPACES, ONCE
from briefing.publish.feed import ITUNES, MAX_FEED_BYTES, PER_PAGE

_DECLARATION = re.compile(rb"""<\?xml\s+version=["']1\.0["']\s+encoding=["']utf-8["']""", re.I)
FATAL_XML: Rule[Fault] = Rule(
    "feed.xml", MUST, "The feed is well-formed XML without a DOCTYPE, with one channel, and not larger than 20 MB.", "every app",
    "open the feed at that line; most often it is an & that should be &amp;, an error page in place of the feed, or text before <?xml", lambda told: iter([told]),
)  # fmt: skip


def parse_page(name: str, content: bytes) -> etree._Element | str:
    """Give the root of a page, or what is wrong with it. No entity is expanded, nothing is fetched."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        root = etree.fromstring(content, parser, base_url=name)
    except (etree.XMLSyntaxError, ValueError) as error:
        return f"it is not well-formed XML: {error}"
    if root.getroottree().docinfo.doctype:
        return "there is a DOCTYPE, which apps refuse for safety"
    return root if root.find("channel") is not None else "there is no channel"


def _declaration(page: Page) -> Faults:
    if not _DECLARATION.match(page.content):
        yield Fault(f"{page.name}:1", "the file does not begin with an XML declaration that names UTF-8")


def _root(page: Page) -> Faults:
    names = [name_of(each) for each in page.root.iterchildren("*")]
    if page.root.tag != "rss" or page.root.get("version") != "2.0":
        yield fault(page.root, 'the outermost tag is not <rss version="2.0">')
    if names != ["channel"]:
        yield fault(page.root, f"in <rss> stands {', '.join(names)}; it must be one channel and nothing else")


def _namespaces(page: Page) -> Faults:
    for prefix, uri in NAMESPACES.items():
        if page.root.nsmap.get(prefix) != uri:
            yield fault(page.root, f'<rss> lacks xmlns:{prefix}="{uri}" (letter for letter)')


def _size(page: Page) -> Faults:
    if len(page.content) > MAX_FEED_BYTES:
        yield Fault(page.name, f"the page has {len(page.content)} bytes; some apps stop at {MAX_FEED_BYTES}")


def _once(page: Page) -> Faults:
    for parent in _parents(page):
        children = list(parent.iterchildren("*"))
        for tag, count in Counter(each.tag for each in children).items():
            if count > 1 and (tag in ONCE or (tag.startswith(f"{{{ITUNES}}}") and not tag.endswith("}category"))):
                last = [each for each in children if each.tag == tag][-1]
                yield fault(last, f"<{name_of(last)}> stands {count} times; apps differ in which they take")


def _blanks(page: Page) -> Faults:
    for parent in _parents(page):
        for each in parent.iterchildren("*"):
            text = each.text or ""
            if not len(each) and text != text.strip():
                yield fault(each, f"the text of <{name_of(each)}> begins or ends with blanks")


def _parents(page: Page) -> Iterator[etree._Element]:
    yield page.channel
    yield from page.channel.findall("item")


def _page_links(page: Page) -> Faults:
    if page.is_first and page.channel.find("atom:link[@rel='next']", NS) is None:
        return
    for rel in ("first", "last"):
        if page.channel.find(f"atom:link[@rel='{rel}']", NS) is None:
            yield fault(page.channel, f'the feed goes on on other pages, but <atom:link rel="{rel}"> is missing')


def _pages_reached(show: Show) -> Faults:
    if show.broken:
        yield show.broken


def _page_items(page: Page) -> Faults:
    count = len(page.channel.findall("item"))
    if count > PER_PAGE:
        yield Fault(page.name, f"the page has {count} items; some apps read {PER_PAGE} at most")


PAGE_RULES: tuple[Rule[Page], ...] = (
    Rule("feed.declaration", MUST, "The file begins with an XML declaration that names UTF-8.", "Audiobookshelf, gPodder", "write <?xml version='1.0' encoding='UTF-8'?> as the very first bytes", _declaration),
    Rule("feed.root", MUST, "The root is `rss` version 2.0 and holds one channel and nothing else.", "every app", 'write <rss version="2.0"><channel>…</channel></rss>', _root),
    Rule("feed.namespaces", MUST, "`rss` declares the namespaces itunes, podcast and atom with their exact addresses.", "Apple Podcasts, PSP-1", "copy the address letter for letter, upper and lower case included", _namespaces),
    Rule("feed.size", SHOULD, "A page of the feed has at most 512 KB.", "ARD Audiothek, gPodder", "move older items to further pages (RFC 5005)", _size),
    Rule("feed.once", MUST, "Tags that may stand once stand once.", "Apple Podcasts, gPodder", "remove all but one", _once),
    Rule("feed.blanks", SHOULD, "No value begins or ends with blanks.", "Apple Podcasts, PSP-1", "write the text directly between the tags", _blanks),
    Rule("paging.links", SHOULD, "A feed of several pages names the first and the last (RFC 5005).", "apps that load older episodes", "add <atom:link rel=\"first\"> and <atom:link rel=\"last\"> to each page", _page_links),
    Rule("paging.items", SHOULD, "A page has at most 300 items.", "gPodder, Software Engineering Daily's app", "move older items to further pages (RFC 5005)", _page_items),
)  # fmt: skip

RULES: tuple[Rule[Show], ...] = (
    Rule("paging.reached", MUST, "Following rel=next reaches each page once, without a loop, and each page is a feed.", "apps that load older episodes", "let rel=next name the next older page, and leave it out on the oldest", _pages_reached),
)  # fmt: skip
