"""HTML to text with its headings kept as headings: the element that holds the article, walked into Markdown."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile

from lxml import etree, html

from briefing.errors import SourceError
from briefing.model import Dropped, Source
from briefing.sources.article import keep_article
from briefing.sources.body import is_layout
from briefing.sources.decode import clean, decode_page
from briefing.sources.elements import HEADINGS, bare, is_block, text_of
from briefing.sources.headlines import Headlines, find_headlines
from briefing.sources.pieces import Piece, find_pieces


@dataclass
class _Writer:
    """Lines of Markdown with the line of the file that each comes from; headings below the title are `shift` levels deeper."""

    title: str = ""
    shift: int = 0
    headlines: Headlines = field(default_factory=Headlines)

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
    title = title_of(tree)
    found = tree.find("body")
    body = tree if found is None else found
    whole = len(text_of(body))
    cuts = keep_article(body, title)
    title = _shown_title(body, title)
    lines, places = to_markdown(body, title)
    if not re.search(r"\w", lines):
        raise SourceError(
            "holds no text", origin, "give a page with an article in it; pages made by scripts cannot be read"
        )
    told = [Dropped(origin, cut.line, f"beside the article: {cut.text[:_TOLD]}") for cut in cuts]
    outside = whole - len(text_of(body)) - sum(len(cut.text) for cut in cuts)
    if outside > 0:
        told.append(Dropped(origin, 1, f"around the article: {outside} characters of menus and the like"))
    meta = {"title": title} if title else {}
    return Source(_as_markdown(name), lines, used, origin, meta, places, tuple(told))


_TOLD = 60  # letters of what was left out


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
    shift = int(bool(title) and any(head != title for head in heads))
    writer = _Writer(title, shift, find_headlines(body, title))
    _walk(body, writer)
    if title and title not in heads:
        _head_with(title, writer)
    return "\n".join(writer.lines), tuple(writer.places)


def _head_with(title: str, writer: _Writer) -> None:
    """Set a title above lines that have it as none, instead of the line near their beginning that shows it, if any."""
    told = [n for n, line in enumerate(writer.lines) if line][:_NEAR]
    shown = next((n for n in told if bare(writer.lines[n].lstrip("# ")) == bare(title)), None)
    place = 1
    if shown is not None:
        place = writer.places[shown]
        del writer.lines[shown : shown + 2], writer.places[shown : shown + 2]
    gap = 1 if writer.lines else 0
    writer.lines[:0], writer.places[:0] = [f"# {title}", ""][: 1 + gap], [place] * (1 + gap)


_NEAR = 6  # lines with text


def _as_markdown(name: str) -> str:
    return f"{name.rsplit('.', 1)[0] or 'page'}.md"


def title_of(tree: html.HtmlElement) -> str:
    """Give the article's title: the h1 that the page's own name begins with or holds, else that name without the site's."""
    names = [str(each) for each in tree.xpath("//meta[@property='og:title']/@content")] + [
        text_of(t) for t in tree.iter("title")
    ]
    name = next((clean(each).strip() for each in names if each.strip()), "")
    heads = [clean(text_of(h)) for h in tree.iter("h1") if text_of(h)]
    if inside := [head for head in heads if name.startswith(head)]:
        return max(inside, key=len)
    parts = re.split(r"\s*[|｜:：]\s*|\s[–—-]\s|\s+-\s*", name.strip()) if name else heads[:1]
    smaller = [piece.strip() for part in parts for piece in re.split(r"\s*[/／]\s*", part)]
    own = {clean(text_of(each)) for each in tree.iter("h1", "h2", "h3", *_TITLED)}
    if found := next((part for part in (*parts, *smaller) if part in own and part not in heads[:1]), ""):
        return found
    inside = [head for head in heads if head in name]
    return max(inside, key=len) if inside else "".join(parts[:1])


_TITLED = ("div", "p", "font", "b", "strong", "span", "td", "center")


def _shown_title(body: html.HtmlElement, title: str) -> str:
    """Give the title that an article shows: its page's, where it is there; else the h1, else the line above its prose.

    A line like which there are others heads a section.
    """
    pieces = find_pieces(body)
    if not title:
        return title
    for share in (1.0, _LEAST_SHOWN):
        if shown := next((clean(piece.text) for piece in pieces if _begins(title, piece.text, share)), ""):
            return shown
    if heads := [clean(piece.text) for piece in pieces if piece.holder.tag == "h1"]:
        return heads[0]
    tags = Counter(piece.holder.tag for piece in pieces if piece.is_heading)
    headlines = find_headlines(body, title)
    above = takewhile(lambda piece: "。" not in piece.text, pieces)
    lines = (p for p in above if _may_be_title(p) and tags[p.holder.tag] < 2 and not headlines.has(p))
    return next((clean(piece.text) for piece in lines), title)


def _may_be_title(piece: Piece) -> bool:
    """Say whether a piece has words, few enough, and is no table of several cells."""
    is_table = piece.is_whole and len(piece.holder.findall(".//td")) > 1
    return len(piece.text) <= _LONGEST_TITLE and bool(re.search(r"\w", piece.text)) and not is_table


_LONGEST_TITLE = 60  # letters


def _begins(title: str, text: str, share: float) -> bool:
    """Say whether a title begins with a text that is such a share of it, blanks aside."""
    whole, part = bare(title), bare(text)
    return whole.startswith(part) and len(part) >= share * len(whole)


_LEAST_SHOWN = 0.5


def _walk(element: html.HtmlElement, writer: _Writer) -> None:
    """Write an element's blocks; text between them is a paragraph of its own."""
    inline: list[str] = [element.text or ""]
    place = element.sourceline or 1
    headline: list[html.HtmlElement] = []
    for child in element:
        headline = headline or ([] if is_block(child) or child.tag == "br" else writer.headlines.line_at(child))
        if is_block(child):
            _flush(inline, writer, place)
            _write_block(child, writer)
            inline, place = [], child.sourceline or place
        elif headline:
            inline.append(_inline(child))
            if child is headline[-1]:
                *above, text = "".join(inline).rsplit("\x1e", 1)
                _flush(above, writer, place)
                writer.add(f"### {_tidy(text)}", child.sourceline or place)
                inline, headline = [], []
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
    elif level := writer.headlines.level(element):
        writer.add(f"{'#' * level} {_tidy(_inline(element))}", place)
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
