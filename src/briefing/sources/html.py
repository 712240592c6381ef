"""HTML to text with its headings kept as headings: the element that holds the article, walked into Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree, html

from briefing.errors import SourceError
from briefing.model import Source
from briefing.sources.decode import clean, decode_page

_REMOVED = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "form", "button", "input", "select", "textarea", "nav",
    "aside", "footer", "dialog", "video", "audio",
)  # fmt: skip
_CLUTTER = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|breadcrumbs?|side|sidebar|footer|share|sns|social|related|recommend|ranking|comments?|ads?|advert|banner|cookie|pager|"
    r"pagination|tags?|author-?box|profile|subscribe|newsletter|toc|modal|popup)(?:$|[\s_-])",
    re.I,
)
# Where the sites that people write on keep the article's body, the surest first.
_BODIES = (
    "//*[contains(@class,'note-common-styles__textnote-body')]", "//*[contains(concat(' ',@class,' '),' znc ')]", "//*[contains(@class,'it-MdContent')]",
    "//*[contains(concat(' ',@class,' '),' entry-content ')]", "//*[@itemprop='articleBody']", "//article", "//main", "//*[@role='main']",
)  # fmt: skip
_HEADINGS = {f"h{n}": "#" * n for n in range(1, 7)}
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "thead",
        "tr",
        "ul",
    ]
)
_LEAST_SHARE = 0.5  # of the page's running text that the chosen element must hold


@dataclass
class _Writer:
    """Lines of Markdown with the line of the file that each comes from."""

    lines: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def add(self, text: str, place: int, gap: bool = True) -> None:
        """Add a line, a blank one before it where a new block begins."""
        if gap and self.lines and self.lines[-1]:
            self.lines.append("")
            self.places.append(place)
        for row in text.split("\n"):
            self.lines.append(row)
            self.places.append(place)


def read_html(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a page: its title, its headings, its article. Raises SourceError when there is no running text."""
    text, used = decode_page(content, origin, encoding)
    try:
        tree = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise SourceError("holds no text", origin, "give a page with an article in it") from error
    title = _title_of(tree)
    _strip(tree)
    writer = _Writer()
    body = _body_of(tree)
    if title and not any(_text_of(h) == title for h in body.iter("h1")):
        writer.add(f"# {title}", 1)
    _walk(body, writer)
    lines = "\n".join(writer.lines)
    if not re.search(r"\w", lines):
        raise SourceError(
            "holds no text", origin, "give a page with an article in it; pages made by scripts cannot be read"
        )
    return Source(_as_markdown(name), lines, used, origin, {"title": title} if title else {}, tuple(writer.places))


def _as_markdown(name: str) -> str:
    return f"{name.rsplit('.', 1)[0] or 'page'}.md"


def _title_of(tree: html.HtmlElement) -> str:
    for path in ("//meta[@property='og:title']/@content", "//h1[1]", "//title"):
        found = tree.xpath(path)
        text = clean(str(found[0]) if isinstance(found[0], str) else _text_of(found[0])).strip() if found else ""
        if text:
            return re.split(r"\s[|｜–—]\s|\s-\s", text)[0].strip()
    return ""


def _strip(tree: html.HtmlElement) -> None:
    """Take away what is never an article's text."""
    etree.strip_elements(tree, etree.Comment, *_REMOVED, with_tail=False)
    for element in list(tree.iter()):
        if isinstance(element.tag, str) and _is_clutter(element) and _running_text(element) < 0.4 * _running_text(tree):
            element.drop_tree()


def _is_clutter(element: html.HtmlElement) -> bool:
    """Say whether an element is hidden, or calls itself a menu, an advertisement or the like."""
    if element.getparent() is None or element.tag in ("body", "article", "main"):
        return False
    is_hidden = "hidden" in element.attrib or element.get("aria-hidden") == "true"
    return is_hidden or bool(_CLUTTER.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _running_text(element: html.HtmlElement) -> int:
    """Count the letters of an element that are not inside links."""
    linked = sum(len(_text_of(a)) for a in element.iter("a"))
    return max(len(_text_of(element)) - linked, 0)


def _text_of(element: html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _body_of(tree: html.HtmlElement) -> html.HtmlElement:
    """Give the element that holds the article: a known place that holds most of the text, else the narrowest that does."""
    whole = tree.find("body")
    root = tree if whole is None else whole
    total = max(_running_text(root), 1)
    for path in _BODIES:
        found = max(tree.xpath(path), key=_running_text, default=None)
        if found is not None and _running_text(found) >= _LEAST_SHARE * total:
            return found
    while True:
        narrower = max((c for c in root if isinstance(c.tag, str)), key=_running_text, default=None)
        if (
            narrower is None
            or narrower.tag in ("p", "li", "table")
            or _running_text(narrower) < 0.9 * _running_text(root)
        ):
            return root
        root = narrower


def _walk(element: html.HtmlElement, writer: _Writer) -> None:
    """Write an element's blocks; text between them is a paragraph of its own."""
    inline: list[str] = [element.text or ""]
    place = element.sourceline or 1
    for child in element:
        if isinstance(child.tag, str) and child.tag in _BLOCKS:
            _flush(inline, writer, place)
            _write_block(child, writer)
            inline, place = [], child.sourceline or place
        elif isinstance(child.tag, str):
            inline.append(_inline(child))
        inline.append(child.tail or "")
    _flush(inline, writer, place)


def _flush(inline: list[str], writer: _Writer, place: int) -> None:
    text = _tidy("".join(inline))
    if text:
        writer.add(text, place)


def _tidy(text: str) -> str:
    """Fold white space as browsers do; a mark that `_inline` put for <br> ends a line."""
    rows = (re.sub(r"[ \t\r\n]+", " ", row).strip() for row in text.split("\x1e"))
    return clean("\n".join(row for row in rows if row))


def _inline(element: html.HtmlElement) -> str:
    """Give an inline element's text; <br> ends a line, <ruby> becomes {漢字|かんじ}."""
    if element.tag == "br":
        return "\x1e"
    if element.tag == "ruby":
        reading = "".join(_text_of(rt) for rt in element.iter("rt"))
        base = "".join(t for t in element.itertext() if t) if not reading else _base_of(element)
        return f"{{{base}|{reading}}}" if reading else base
    return (element.text or "") + "".join(
        (_inline(child) if isinstance(child.tag, str) else "") + (child.tail or "") for child in element
    )


def _base_of(ruby: html.HtmlElement) -> str:
    parts = [ruby.text or ""]
    for child in ruby:
        if child.tag not in ("rt", "rp"):
            parts.append(_text_of(child))
        parts.append(child.tail or "")
    return "".join(parts).strip()


def _write_block(element: html.HtmlElement, writer: _Writer) -> None:
    place = element.sourceline or 1
    tag = str(element.tag)
    if tag in _HEADINGS:
        text = _tidy(_inline(element)).replace("\n", " ")
        if text:
            writer.add(f"{_HEADINGS[tag]} {text}", place)
    elif tag == "li":
        _write_item(element, writer)
    elif tag == "pre":
        writer.add(f"```\n{clean(''.join(element.itertext())).strip()}\n```", place)
    elif tag == "table":
        rows = [
            [_tidy(_inline(cell)).replace("\n", " ") for cell in row.iter("th", "td")] for row in element.iter("tr")
        ]
        writer.add("\n".join(f"| {' | '.join(row)} |" for row in rows if any(row)), place)
    elif tag == "hr":
        writer.add("---", place)
    elif tag == "blockquote":
        inner = _Writer()
        _walk(element, inner)
        writer.add("\n".join(f"> {row}" for row in inner.lines if row), place)
    else:
        _walk(element, writer)


def _write_item(element: html.HtmlElement, writer: _Writer) -> None:
    """Write a list's item on one line; lists and paragraphs inside it follow."""
    inner = _Writer()
    _walk(element, inner)
    rows = [row for row in inner.lines if row]
    is_first = not (writer.lines and writer.lines[-1].startswith("- "))
    for index, row in enumerate(rows):
        writer.add(
            row if row.startswith("- ") else f"- {row}" if index == 0 else row,
            element.sourceline or 1,
            gap=is_first and index == 0,
        )
