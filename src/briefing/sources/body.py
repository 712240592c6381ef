"""Which part of a page is its article: by the names that sites give to it, else by where the text lies; clutter is cut away first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from lxml import etree, html

Element: TypeAlias = html.HtmlElement

_NEVER = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "form", "button", "input", "select", "textarea", "nav",
    "footer", "dialog", "video", "audio",
)  # fmt: skip
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "em",
        "i",
        "kbd",
        "mark",
        "q",
        "ruby",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
    ]
)
# Names are compared as words: `o-noteRecommend__title` is "o note recommend title".
_CLUTTER = re.compile(
    r"\b(?:nav|navigation|menu|breadcrumbs?|side|sidebar|footer|share|sharing|sharedaddy|sns|social|related|relatedposts|recommends?|recommended|ranking|comments?|"
    r"ads?|advert|banner|cookie|pager|pagination|tags|tag (?:list|cloud|links)|author (?:box|card|info|bio)|profile|bio|byline|meta|subscribe|newsletter|"
    r"toc|table of contents|modal|popup|paywall|login|signup|respond|widget area|screen reader text|breaking)\b"
)
_BODY = re.compile(
    r"\b(?:article|post|entry|news|story|release|blog) (?:body|contents?|text)\b|\bnote common styles textnote body\b|\bznc\b|\bit md content\b|\bmarkdown body\b|\brich text\b"
)
_FALLBACKS = ("//*[@itemprop='articleBody']", "//article", "//main", "//*[@role='main']")
_LEAST_SHARE = 0.5  # of the page's running text that a place named as the body must hold
_MOST_CLUTTER = 0.4  # of the page's running text: what holds more is no clutter, whatever its name
_PART = re.compile(r"(?<=[a-z])(?=[A-Z])|[-_]+")
_CONTENTS = re.compile(r"(?:目次|もくじ|この記事の(?:内容|目次)|contents|index)", re.I)


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece that was taken out: where it stood, how it began, its line in the file."""

    parent: Element
    text: str
    line: int


def find_body(tree: Element) -> tuple[Element, tuple[Cut, ...]]:
    """Give the element that holds the article, and what was cut out of it. The tree is changed."""
    etree.strip_elements(tree, etree.Comment, *_NEVER, with_tail=False)
    cuts = _cut_clutter(tree)
    body = _choose(tree)
    cuts += _cut_contents(body)
    return body, tuple(cut for cut in cuts if cut.parent is body or body in cut.parent.iterancestors())


def running_text(element: Element) -> int:
    """Count the letters of an element that are not inside links."""
    linked = sum(len(text_of(a)) for a in element.iter("a"))
    return max(len(text_of(element)) - linked, 0)


def text_of(element: Element) -> str:
    """Give an element's text, white space folded."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _cut_clutter(tree: Element) -> list[Cut]:
    most = _MOST_CLUTTER * running_text(tree)
    cuts = []
    for element in list(tree.iter(etree.Element)):
        if _is_clutter(element) and running_text(element) < most and element.getparent() is not None:
            cuts.append(_cut(element))
    return cuts


def _cut(element: Element) -> Cut:
    cut = Cut(element.getparent(), text_of(element), element.sourceline or 1)
    element.drop_tree()
    return cut


def _is_clutter(element: Element) -> bool:
    """Say whether an element is hidden, or calls itself a menu, an advertisement or the like. Coloured code names its comments so, too."""
    if element.tag in ("html", "body", "article", "main") or element.tag in _INLINE or _is_body(element):
        return False
    if "hidden" in element.attrib or element.get("aria-hidden") == "true":
        return True
    if element.tag == "aside" and not any(_is_body(each) for each in element.iterancestors()):
        return True  # inside an article it is a remark (Zenn's :::message)
    return bool(_CLUTTER.search(_words(element))) and not any(each.tag == "pre" for each in element.iterancestors())


def _is_body(element: Element) -> bool:
    return element.tag not in ("html", "body") and bool(_BODY.search(_words(element)))


def _words(element: Element) -> str:
    """Give the words of an element's names.

    >>> _words(html.fragment_fromstring('<div class="o-noteRecommend__title" id="jp-x"></div>'))
    'o note recommend title . jp x'
    """
    names = f"{element.get('class', '')} {element.get('id', '')}".split()
    return " . ".join(_PART.sub(" ", name).strip().lower() for name in names)


def _choose(tree: Element) -> Element:
    whole = tree.find("body")
    root = tree if whole is None else whole
    least = _LEAST_SHARE * max(running_text(root), 1)
    for found in ([e for e in root.iter(etree.Element) if _is_body(e)], *(tree.xpath(path) for path in _FALLBACKS)):
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
            or narrower.tag in ("p", "li", "table")
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
                cuts.append(_cut(label))
            cuts.append(_cut(each))
    return cuts
