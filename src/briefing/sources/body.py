"""Which part of a page is its article: by the names that sites give to it, else by where the text lies; clutter is cut away first."""

from __future__ import annotations

import re

from lxml import etree

from briefing.sources.clutter import HEADINGS, Cut, Element, cut, cut_clutter, is_body, running_text, text_of

_FALLBACKS = ("//*[@itemprop='articleBody']", "//article", "//main", "//*[@role='main']")
_LEAST_SHARE = 0.5  # of the page's running text that a place named as the body must hold
_CONTENTS = re.compile(r"(?:目次|もくじ|この記事の(?:内容|目次)|contents|index)", re.I)


def find_body(tree: Element) -> tuple[Element, tuple[Cut, ...]]:
    """Give the element that holds the article, and what was cut out of it. The tree is changed."""
    cuts = cut_clutter(tree)
    body = _choose(tree)
    cuts += _cut_contents(body)
    return body, tuple(each for each in cuts if each.parent is body or body in each.parent.iterancestors())


def is_layout(table: Element) -> bool:
    """Say whether a table only sets parts of the page beside each other: its cells hold blocks of their own."""
    return any(each is not table and each.tag in _PARTS for each in table.iter(etree.Element))


_PARTS = HEADINGS | {"article", "blockquote", "center", "div", "section", "table"}


def _choose(tree: Element) -> Element:
    whole = tree.find("body")
    root = tree if whole is None else whole
    least = _LEAST_SHARE * max(running_text(root), 1)
    for found in ([e for e in root.iter(etree.Element) if is_body(e)], *(tree.xpath(path) for path in _FALLBACKS)):
        longest = max(map(running_text, found), default=0)
        if longest >= least:
            return [e for e in found if running_text(e) >= 0.8 * longest][-1]  # the innermost of those that hold it
    return _narrowest(root)


def _narrowest(root: Element) -> Element:
    """Go down as long as one element holds nine tenths of the running text."""
    while True:
        narrower = max(root.iterchildren(etree.Element), key=running_text, default=None)
        if (
            narrower is None
            or narrower.tag in ("p", "li")
            or (narrower.tag == "table" and not is_layout(narrower))
            or running_text(narrower) < 0.9 * running_text(root)
        ):
            return root
        root = narrower


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
