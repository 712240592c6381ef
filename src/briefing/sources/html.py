"""HTML to text with its headings kept as headings: the element that holds the article, walked into Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree, html

from briefing.errors import SourceError
from briefing.model import Dropped, Source
from briefing.sources.body import find_body, is_layout
from briefing.sources.clutter import HEADINGS, INLINE, is_plea, text_of, words_of
from briefing.sources.decode import clean, decode_page

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "center",
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
        "td",
        "thead",
        "tr",
        "ul",
    ]
)


@dataclass
class _Writer:
    """Lines of Markdown with the line of the file that each comes from; headings below the title are `shift` levels deeper.

    `looks`: the page has no heading elements, so that what looks like one is one.
    """

    title: str = ""
    shift: int = 0
    looks: bool = False

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
    tree, used = parse_page(content, origin, encoding)
    title = _title_of(tree)
    whole = len(text_of(tree.find("body") if tree.find("body") is not None else tree))
    body, cuts = find_body(tree, title)
    lines, places = to_markdown(body, title)
    if not re.search(r"\w", lines):
        raise SourceError(
            "holds no text", origin, "give a page with an article in it; pages made by scripts cannot be read"
        )
    told = [Dropped(origin, cut.line, f"beside the article: {cut.text[:40]}") for cut in cuts if cut.text]
    kept = []
    for row, place in zip(lines.split("\n"), places, strict=True):
        if is_plea(row):
            told.append(Dropped(origin, place, f"beside the article: {row[:40]}"))
        else:
            kept.append((row, place))
    outside = whole - len(text_of(body)) - sum(len(cut.text) for cut in cuts)
    if outside > 0:
        told.append(Dropped(origin, 1, f"around the article: {outside} characters of menus and the like"))
    meta = {"title": title} if title else {}
    text, numbers = "\n".join(row for row, _ in kept), tuple(place for _, place in kept)
    return Source(_as_markdown(name), text, used, origin, meta, numbers, tuple(told))


def parse_page(content: bytes, origin: str, encoding: str | None = None) -> tuple[html.HtmlElement, str]:
    """Give a page's tree and its encoding. Raises SourceError for what holds no elements."""
    text, used = decode_page(content, origin, encoding)
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True)
        return html.document_fromstring(text.encode(), parser=parser), used
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise SourceError("holds no text", origin, "give a page with an article in it") from error


def to_markdown(body: html.HtmlElement, title: str) -> tuple[str, tuple[int, ...]]:
    """Give an element's blocks as Markdown below their title, if any, and the line of the file that each line comes from."""
    heads = [text_of(h) for h in body.iter("h1")]
    looks = not any(True for _ in body.iter("h2", "h3", "h4"))
    writer = _Writer(title, int(bool(title) and any(head != title for head in heads)), looks)
    if title and title not in heads:
        writer.add(f"# {title}", 1)
    _walk(body, writer)
    return "\n".join(writer.lines), tuple(writer.places)


def _as_markdown(name: str) -> str:
    return f"{name.rsplit('.', 1)[0] or 'page'}.md"


def _title_of(tree: html.HtmlElement) -> str:
    """Give the article's title: the h1 that the page's own name begins with or holds, else that name without the site's."""
    names = [str(each) for each in tree.xpath("//meta[@property='og:title']/@content")] + [
        text_of(t) for t in tree.iter("title")
    ]
    name = next((clean(each).strip() for each in names if each.strip()), "")
    heads = [clean(text_of(h)) for h in tree.iter("h1") if text_of(h)]
    if inside := [head for head in heads if name.startswith(head)]:
        return max(inside, key=len)
    parts = [part.strip() for part in re.split(r"\s*[|｜:：]\s*|\s[–—-]\s|\s+-\s*", name)] if name else heads[:1]
    own = {clean(text_of(each)) for each in tree.iter("h1", "h2", "h3", *_TITLED)} & set(parts)
    if found := next((part for part in parts if part in own and part not in heads[:1]), ""):
        return found
    inside = [head for head in heads if head in name]
    return max(inside, key=len) if inside else "".join(parts[:1])


_TITLED = ("div", "p", "font", "b", "strong", "span", "td", "center")


def _walk(element: html.HtmlElement, writer: _Writer) -> None:
    """Write an element's blocks; text between them is a paragraph of its own."""
    inline: list[str] = [element.text or ""]
    place = element.sourceline or 1
    for child in element:
        if isinstance(child.tag, str) and (child.tag in _BLOCKS or _holds_blocks(child)):
            _flush(inline, writer, place)
            _write_block(child, writer)
            inline, place = [], child.sourceline or place
        elif writer.looks and _is_loud(child) and _stands_alone(child):
            _flush(inline, writer, place)
            writer.add(f"### {_tidy(_inline(child))}", child.sourceline or place)
            inline = []
        elif isinstance(child.tag, str):
            inline.append(_inline(child))
        inline.append(child.tail or "")
    _flush(inline, writer, place)


def _holds_blocks(element: html.HtmlElement) -> bool:
    """Say whether an inline element has blocks inside, as a link around a heading."""
    return element.tag in INLINE and any(each.tag in _BLOCKS for each in element.iterdescendants(etree.Element))


def _is_loud(element: html.HtmlElement) -> bool:
    """Say whether all of an inline element is bold or set larger."""
    if element.tag in ("b", "strong", "big") or (element.tag == "font" and element.get("size", "") > "3"):
        return True
    if re.search(r"font-(?:weight:\s*bold|size:\s*(?:x*-?large|1[5-9]\d%|2\d\d%))", element.get("style", "")):
        return True
    inner = list(element)
    return (
        element.tag in ("font", "span", "u")
        and len(inner) == 1
        and text_of(inner[0]) == text_of(element)
        and _is_loud(inner[0])
    )


def _stands_alone(element: html.HtmlElement) -> bool:
    """Say whether bold words fill a line that is no sentence."""
    before, after = element.getprevious(), element.getnext()
    opens = before is None or before.tag in _BLOCKS or before.tag == "br"
    closes = after is None or after.tag in _BLOCKS or after.tag == "br"
    beside = (before.tail if before is not None else element.getparent().text) or ""
    is_free = not beside.strip() and not (element.tail or "").strip()
    return opens and closes and is_free and _is_headline(text_of(element))


def _is_headline(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_HEADLINE and not re.search("[。、！？!?]$", text)


def _looks_headline(element: html.HtmlElement, by_any: bool) -> re.Match[str] | None:
    """Give what an element's names say of it as a heading; on a page that has no headings less is asked of them."""
    if element.tag not in ("div", "p", "dt") or not _is_headline(text_of(element)):
        return None
    words = words_of(element)
    return _HEADLINE.search(words) or (_ANY_HEADLINE.search(words) if by_any else None)


_LONGEST_HEADLINE = 40
_HEADLINE = re.compile(
    r"\b(?:(?P<part>ko ?mida(?:shi|si)|sub ?(?:mida(?:shi|si)|heading|head|title|ttl))|mida(?:shi|si)|headline|heading|(?:sec(?:tion)?|cont(?:ent)?) ?(?:title|ttl))\d*\b"
)
_ANY_HEADLINE = re.compile(r"\b(?P<part>sub )?(?:head|hd|hdg|ttl|title|tit|h[2-6])\d*(?: \.|$)")


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
        reading = "".join(text_of(rt) for rt in element.iter("rt"))
        base = "".join(t for t in element.itertext() if t) if not reading else _base_of(element)
        return f"{{{base}|{reading}}}" if reading else base
    return (element.text or "") + "".join(
        (_inline(child) if isinstance(child.tag, str) else "") + (child.tail or "") for child in element
    )


def _base_of(ruby: html.HtmlElement) -> str:
    parts = [ruby.text or ""]
    for child in ruby:
        if child.tag not in ("rt", "rp"):
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return "".join(parts).strip()


def _write_block(element: html.HtmlElement, writer: _Writer) -> None:
    place = element.sourceline or 1
    tag = str(element.tag)
    if tag in HEADINGS:
        text = _tidy(_inline(element)).replace("\n", " ")
        if text:
            deeper = writer.shift if text != writer.title else 0
            writer.add(f"{'#' * min(int(tag[1]) + deeper, 6)} {text}", place)
    elif found := _looks_headline(element, writer.looks):
        writer.add(f"{'###' if found['part'] else '##'} {_tidy(_inline(element))}", place)
    elif tag == "li":
        _write_item(element, writer)
    elif tag == "pre":
        writer.add(f"```\n{clean(''.join(element.itertext())).strip()}\n```", place)
    elif tag == "table" and not is_layout(element):
        rows = [
            [_tidy(_inline(cell)).replace("\n", " ") for cell in row.iter("th", "td")] for row in element.iter("tr")
        ]
        for caption in element.iter("caption"):
            _flush([_inline(caption)], writer, caption.sourceline or place)
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
