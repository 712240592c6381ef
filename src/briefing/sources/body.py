"""Which part of a page is its article: by the names that sites give to it, else by where the text lies; clutter is cut away first."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from briefing.sources.elements import HEADINGS, Element, is_body, running_text, text_of

_FALLBACKS = (".//*[@itemprop='articleBody']", ".//article", ".//main", ".//*[@role='main']")
_LEAST_SHARE = 0.5  # of the page's running text that a place named as the body must hold


def is_layout(table: Element) -> bool:
    """Say whether a table only sets parts of the page beside or below each other.

    Its cells hold blocks of their own, or whole texts, or each of its rows is a single one.
    """
    inside = list(table.iterdescendants(etree.Element))
    if any(each.tag in _PARTS or (each.tag == "td" and prose_of(each) > _LONGEST_CELL) for each in inside):
        return True
    rows = [each for each in inside if each.tag == "tr"]
    return len(rows) > 1 and all(len(row) == 1 for row in rows)


_LONGEST_CELL = 200  # letters
_PARTS = HEADINGS | {"article", "blockquote", "center", "div", "section", "table"}


def find_body(root: Element, title: str) -> Element:
    """Give the element that sites name as the article of this title, if it holds most of the text, else the one that holds most of the prose."""
    least = _LEAST_SHARE * max(running_text(root), 1)
    for found in ([e for e in root.iter(etree.Element) if is_body(e)], *(root.xpath(path) for path in _FALLBACKS)):
        longest = max(map(running_text, found), default=0)
        if longest >= least:
            return [e for e in found if running_text(e) >= 0.8 * longest][-1]  # the innermost of those that hold it
    return narrowest(root, title)


def narrowest(root: Element, title: str) -> Element:
    """Give the element that holds the prose: go down as long as one element holds nearly all of the prose, and none lies between the title and it."""
    held = prose_of(root)
    while True:
        parts = [(prose_of(child), child) for child in root.iterchildren(etree.Element)]
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


def prose_of(element: Element) -> int:
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
        led = led or prose_of(each) > 0
    return False
