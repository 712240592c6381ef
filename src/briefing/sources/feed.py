"""Feeds to items: RSS 0.9 to 2.0, Atom and JSON Feed, from bytes alone, without entities of their own."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin

from lxml import etree

from briefing.errors import SourceError
from briefing.model import JAPAN
from briefing.sources.decode import clean, decode_page

_PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom:", "http://purl.org/atom/ns#": "atom:", "http://purl.org/rss/1.0/": "", "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://purl.org/rss/1.0/modules/content/": "content:", "http://purl.org/dc/elements/1.1/": "dc:", "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}  # fmt: skip
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30});")
_REMEDY = "give the address of an RSS, Atom or JSON feed"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """What a feed tells of an article. `id` is the item's own for good; `date` ISO 8601 in Japan's time or empty; `content` empty unless whole."""

    id: str
    title: str
    link: str
    date: str
    author: str
    content: str
    is_html: bool = True

    def document(self) -> str:
        """Give the content as a file of its own: HTML or plain text, the title first."""
        if not self.is_html:
            return f"{self.title}\n\n{self.content}" if self.title else self.content
        title = html.escape(self.title)
        heading = f"<h1>{title}</h1>" if title else ""
        return f'<!doctype html><meta charset="utf-8"><title>{title}</title><article>{heading}{self.content}</article>'


def read_feed(content: bytes, origin: str, encoding: str | None = None) -> tuple[FeedItem, ...]:
    """Give a feed's items, each once, the newest first; those without a date stay where they stand. Raises SourceError."""
    text, _ = decode_page(content, origin, encoding)
    found = _read_json(text, origin) if text.lstrip().startswith("{") else _read_xml(text, origin)
    items = list({item.id: item for item in reversed(found) if item.id and (item.content or item.link)}.values())[::-1]
    return (
        tuple(sorted(items, key=lambda item: item.date, reverse=True)) if all(i.date for i in items) else tuple(items)
    )


def _read_json(text: str, origin: str) -> list[FeedItem]:
    try:
        feed = json.loads(text)
        entries = feed["items"]
        return [_json_item(entry, origin) for entry in entries if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(f"is no JSON Feed: {error}", origin, _REMEDY) from error


def _json_item(entry: Mapping[str, Any], origin: str) -> FeedItem:
    """Read an item of JSON Feed 1.0 or 1.1 (jsonfeed.org)."""
    link = _link(_said(entry, "url") or _said(entry, "external_url"), origin)
    authors = entry.get("authors") or [entry.get("author")]
    names = (
        [_said(author, "name") for author in authors if isinstance(author, dict)] if isinstance(authors, list) else []
    )
    marked = _said(entry, "content_html")
    content = marked or _said(entry, "content_text")
    date = _iso(_said(entry, "date_published") or _said(entry, "date_modified"))
    number = entry.get("id")
    key = str(number) if isinstance(number, (int, float)) else _said(entry, "id")
    return FeedItem(
        key or link, _plain(_said(entry, "title")), link, date, "、".join(filter(None, names)), content, bool(marked)
    )


def _said(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _read_xml(text: str, origin: str) -> list[FeedItem]:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, remove_comments=True, remove_pis=True
    )  # fmt: skip
    plain = _NAMED.sub(_numbered, text.lstrip())
    try:
        root = etree.fromstring(plain.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"is not XML: {error}", origin, _REMEDY) from error
    if root is None or _name(root) not in ("rss", "atom:feed", "rdf:RDF"):
        raise SourceError("is no feed", origin, _REMEDY)
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise SourceError("defines entities of its own", origin, "do not trust this feed")
    return [_xml_item(each, origin) for each in root.iter(etree.Element) if _name(each) in ("item", "atom:entry")]


def _numbered(name: re.Match[str]) -> str:
    """Give a character reference for one of HTML's names, which XML does not know; an unknown name stays and is refused or skipped."""
    meant = html.unescape(name[0])
    return "".join(f"&#{ord(char)};" for char in meant) if meant != name[0] else name[0]


def _name(element: etree._Element) -> str:
    found = etree.QName(element)
    return f"{_PREFIXES.get(found.namespace or '', '' if not found.namespace else '?:')}{found.localname}"


def _xml_item(item: etree._Element, origin: str) -> FeedItem:
    parts: dict[str, etree._Element] = {}
    for child in item:
        parts.setdefault(_name(child), child)
    guid = _first(parts, "guid", "atom:id") or item.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "")
    link = _link(_xml_link(item, parts, guid), item.base or origin)
    date = _iso(_first(parts, "pubDate", "dc:date", "atom:published", "atom:issued", "atom:updated", "atom:modified"))
    author = _first(parts, "dc:creator", "author") or _first(
        {_name(e): e for e in parts.get("atom:author", ())}, "atom:name"
    )
    title = _plain(_first(parts, "title", "atom:title", "dc:title"))
    content, is_html = _xml_content(parts, bool(link))
    return FeedItem(guid or link or title + date, title, link, date, author, content, is_html)


def _first(parts: Mapping[str, etree._Element], *names: str) -> str:
    return next((text for name in names if name in parts and (text := "".join(parts[name].itertext()).strip())), "")


def _xml_link(item: etree._Element, parts: Mapping[str, etree._Element], guid: str) -> str:
    for each in item:
        if _name(each) == "atom:link" and each.get("rel", "alternate") == "alternate":
            return str(each.get("href", ""))
    given = _first(parts, "link")
    is_address = parts["guid"].get("isPermaLink", "true") == "true" if "guid" in parts else False
    return given or (guid if is_address and re.match(r"https?://", guid) else "")


def _xml_content(parts: Mapping[str, etree._Element], has_link: bool) -> tuple[str, bool]:
    """Give what the feed carries of the article; a summary counts only where there is nothing to follow."""
    if full := _first(parts, "content:encoded"):
        return full, True
    atom = parts.get("atom:content")
    if atom is not None and not atom.get("src") and "".join(atom.itertext()).strip():
        return _atom_text(atom)
    if has_link:
        return "", True
    if "description" in parts:
        return _first(parts, "description"), True
    return _atom_text(parts["atom:summary"]) if "atom:summary" in parts else ("", True)


def _atom_text(element: etree._Element) -> tuple[str, bool]:
    """Give an Atom text construct (RFC 4287, 3.1 and 4.1.3) and whether it is HTML."""
    kind = element.get("type", "text")
    if kind in ("xhtml", "application/xhtml+xml"):
        return "".join(etree.tostring(each, encoding="unicode", method="html") for each in element), True
    return "".join(element.itertext()).strip(), kind in ("html", "text/html")


def _link(link: str, base: str) -> str:
    try:
        whole = urljoin(base, link) if link else ""
    except ValueError:
        return ""
    return whole if re.match(r"https?://", whole) else ""


def _plain(title: str) -> str:
    """Give a title without the marks and references that feeds leave in it.

    >>> _plain("石<ruby>臼<rt>うす</rt></ruby>の話 &lt;お知らせ&gt;")
    '石臼の話 <お知らせ>'
    """
    bare = re.sub(r"<r[tp]>[^<]{0,200}</r[tp]>|</?[A-Za-z][^>]{0,200}>", "", clean(html.unescape(title)))
    return re.sub(r"\s+", " ", bare).strip()


def _iso(text: str) -> str:
    """Give a date as ISO 8601 in Japan's time; empty when it is none.

    >>> _iso("Thu, 01 May 2025 18:00:00 GMT"), _iso("2025-05-01"), _iso("soon")
    ('2025-05-02T03:00:00+09:00', '2025-05-01T00:00:00+09:00', '')
    """
    try:
        found = datetime.fromisoformat(text) if re.match(r"\d{4}-", text) else parsedate_to_datetime(text)
        known = found if found.tzinfo else found.replace(tzinfo=UTC if re.match(r"\D", text) else JAPAN)
        return known.astimezone(JAPAN).isoformat()
    except (ValueError, OverflowError):
        return ""
