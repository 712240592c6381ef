"""What the readers of pages ask of an element: its text, its names, whether it is a block."""

from __future__ import annotations

import re
from typing import TypeAlias

from lxml import etree, html

Element: TypeAlias = html.HtmlElement

TONES = frozenset(("b", "big", "code", "em", "font", "i", "kbd", "mark", "s", "small", "strong", "sub", "sup", "u"))
INLINE = TONES | {"a", "abbr", "cite", "q", "ruby", "span", "time", "tt"}
HEADINGS = frozenset(f"h{n}" for n in range(1, 7))
BLOCKS = HEADINGS | {
    "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure", "header",
    "hgroup", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_BODY = re.compile(
    r"\b(?:article|post|entry|news|story|release|blog) (?:body|contents?|text)\b|\bnote common styles textnote body\b|\bznc\b|\bit md content\b|\bmarkdown body\b|\brich text\b|"
    r"\bhonbun\b|\bkiji(?: (?:body|text|honbun))?(?= \.|$)"
)
_PART = re.compile(
    r"(?<=[a-z])(?=[A-Z])|[-_]+|(?<=[a-z]{3})(?=(?:area|bar|block|box|btn|button|card|links?|list|nav|wrap)(?:[-_]|\b))"
)


def text_of(element: Element) -> str:
    """Give an element's text, white space folded as browsers do: a wide blank stays."""
    return re.sub(r"[ \t\r\n\f]+", " ", "".join(element.itertext())).strip()


def bare(text: str) -> str:
    """Give a text without its blanks, by which the same title is told."""
    return "".join(text.split())


def linked_text(element: Element) -> int:
    """Count the letters of an element that are inside links."""
    return len(text_of(element)) if element.tag == "a" else sum(len(text_of(a)) for a in element.iter("a"))


def running_text(element: Element) -> int:
    """Count the letters of an element that are not inside links."""
    return max(len(text_of(element)) - linked_text(element), 0)


def words_of(element: Element) -> str:
    """Give the words of an element's names, its tag's among them where the site made it.

    >>> words_of(html.fragment_fromstring('<div class="o-noteRecommend__title" id="jp-x"></div>'))
    'o note recommend title . jp x'
    """
    names = f"{element.get('class', '')} {element.get('id', '')} {element.tag if '-' in element.tag else ''}".split()
    return " . ".join(_PART.sub(" ", name).strip().lower() for name in names)


def is_body(element: Element) -> bool:
    """Say whether an element calls itself the text of the article."""
    return element.tag not in ("html", "body") and bool(_BODY.search(words_of(element)))


def is_block(element: Element) -> bool:
    """Say whether an element is a block, or holds blocks or lines, as a link around a heading; what sites name anew is a block."""
    if not isinstance(element.tag, str):
        return False
    if element.tag in BLOCKS or "-" in element.tag:
        return True
    inside = {each.tag for each in element.iterdescendants(etree.Element)}
    return not inside.isdisjoint(BLOCKS) or ("br" in inside and element.tag != "a" and "。" in text_of(element))
