"""Which part of a page is its article: by the names that sites give to it, else by where the text lies; clutter is cut away first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from briefing.sources.clutter import HEADINGS, Cut, Element, cut, cut_clutter, is_body, running_text, text_of

_FALLBACKS = ("//*[@itemprop='articleBody']", "//article", "//main", "//*[@role='main']")
_LEAST_SHARE = 0.5  # of the page's running text that a place named as the body must hold
_CONTENTS = re.compile(r"(?:目次|もくじ|この記事の(?:内容|目次)|contents|index)", re.I)


def find_body(tree: Element, title: str) -> tuple[Element, tuple[Cut, ...]]:
    """Give the element that holds the article of this title, and what was cut out of it. The tree is changed."""
    cuts = cut_clutter(tree)
    body = _choose(tree, title)
    cuts += _cut_contents(body)
    return body, tuple(each for each in cuts if each.parent is body or body in each.parent.iterancestors())


def is_layout(table: Element) -> bool:
    """Say whether a table only sets parts of the page beside each other: its cells hold blocks of their own, or whole texts."""
    inside = table.iterdescendants(etree.Element)
    return any(each.tag in _PARTS or (each.tag == "td" and _prose(each) > _LONGEST_CELL) for each in inside)


_LONGEST_CELL = 200  # letters
_PARTS = HEADINGS | {"article", "blockquote", "center", "div", "section", "table"}


def _choose(tree: Element, title: str) -> Element:
    whole = tree.find("body")
    root = tree if whole is None else whole
    least = _LEAST_SHARE * max(running_text(root), 1)
    for found in ([e for e in root.iter(etree.Element) if is_body(e)], *(tree.xpath(path) for path in _FALLBACKS)):
        longest = max(map(running_text, found), default=0)
        if longest >= least:
            return [e for e in found if running_text(e) >= 0.8 * longest][-1]  # the innermost of those that hold it
    return _narrowest(root, title)


def _narrowest(root: Element, title: str) -> Element:
    """Go down as long as one element holds nearly all of the prose, and none lies between the title and it."""
    held = _prose(root)
    while True:
        parts = [(_prose(child), child) for child in root.iterchildren(etree.Element)]
        most, narrower = max(parts, key=lambda part: part[0], default=(0, root))
        if (
            narrower is root
            or narrower.tag in ("p", "li")
            or (narrower.tag == "table" and not is_layout(narrower))
            or most < (_MOST_OF_TABLE if narrower.tag in _SETTING else _MOST) * held
            or _is_led(narrower, title)
        ):
            return root
        root, held = narrower, most


_MOST, _MOST_OF_TABLE = 0.8, 0.7  # of a table's rows and cells, which are no parts of a text, less
_SETTING = frozenset(("table", "tbody", "tr", "td", "center"))
_LEAST_PROSE = 40  # letters of a text without a full stop


def _prose(element: Element) -> int:
    """Count the letters of sentences and long texts outside links."""
    texts = [text for text in (element.text, *_texts_below(element)) if text]
    return sum(len(text.strip()) for text in texts if "。" in text or len(text.strip()) >= _LEAST_PROSE)


def _texts_below(element: Element) -> Iterator[str | None]:
    for each in element.iterdescendants(etree.Element):
        if each.tag != "a":
            yield each.text
        yield each.tail


def _is_led(element: Element, title: str) -> bool:
    """Say whether prose stands before an element, behind the title: how the article begins."""
    led = False
    for each in element.itersiblings(etree.Element, preceding=True):
        if any(text_of(one) == title for one in each.iter(etree.Element)):
            return led
        led = led or _prose(each) > 0
    return False


def _cut_contents(body: Element) -> list[Cut]:
    """Cut lists that only lead to places of the same page, with the label above."""
    cuts = []
    for each in list(body.iter("ul", "ol")):
        links = each.findall(".//a")
        inward = len(links) > 1 and all(a.get("href", "").startswith("#") for a in links)
        if inward and len(text_of(each)) <= 1.2 * sum(len(text_of(a)) for a in links) and each.getparent() is not None:
            label = each.getprevious()
            if label is not None and len(text_of(label)) <= 12 and _CONTENTS.search(text_of(label)):
                cuts.append(cut(label))
            cuts.append(cut(each))
    return cuts
