"""Word documents and EPUB books to Markdown: headings as headings, in reading order."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from urllib.parse import unquote

from lxml import etree

from briefing.errors import SourceError
from briefing.model import Source
from briefing.sources.archive import Archive, open_archive
from briefing.sources.decode import clean
from briefing.sources.html import read_html

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CORE = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
# Built-in styles by id and by their English and Japanese names (ISO/IEC 29500-1, 17.7).
_HEADING = re.compile(r"(?:heading|見出し)\s*(?P<level>[1-6])$|^(?P<short>[1-6])$", re.I)
_TITLE = re.compile(r"^(?:title|表題|a3|タイトル)$", re.I)
_LIST = re.compile(r"list|箇条書き|リスト", re.I)


def read_docx(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a Word document: paragraphs, headings, lists, tables, ruby. Raises SourceError."""
    with open_archive(content, origin) as archive:
        if "word/document.xml" not in archive.names():
            raise SourceError("is no Word document", origin, "save it as .docx")
        styles = _style_names(archive)
        body = archive.xml("word/document.xml").find(f"{_WORD}body")
        rows = [row for block in (body if body is not None else ()) for row in _block_rows(block, styles)]
    return _markdown(name, "\n".join(rows).strip("\n"), origin)


def _markdown(name: str, text: str, origin: str) -> Source:
    title = re.match(r"# (.+)", text)
    return Source(f"{name.rsplit('.', 1)[0]}.md", clean(text), "utf-8", origin, {"title": title[1]} if title else {})


def _style_names(archive: Archive) -> dict[str, str]:
    if "word/styles.xml" not in archive.names():
        return {}
    return {
        style.get(f"{_WORD}styleId", ""): named.get(f"{_WORD}val", "")
        for style in archive.xml("word/styles.xml").iter(f"{_WORD}style")
        if (named := style.find(f"{_WORD}name")) is not None
    }


def _block_rows(block: etree._Element, styles: dict[str, str]) -> list[str]:
    if block.tag == f"{_WORD}p":
        return _paragraph_rows(block, styles)
    if block.tag == f"{_WORD}tbl":
        rows = [[_text(cell).replace("\n", " ") for cell in row.iter(f"{_WORD}tc")] for row in block.iter(f"{_WORD}tr")]
        return ["", *(f"| {' | '.join(row)} |" for row in rows), ""]
    return []


def _paragraph_rows(paragraph: etree._Element, styles: dict[str, str]) -> list[str]:
    text = _text(paragraph).strip()
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    name = styles.get(key := style.get(f"{_WORD}val", ""), key) if style is not None else ""
    heading = _HEADING.search(name)
    if not text:
        return [""]
    if _TITLE.match(name):
        return ["", f"# {text}", ""]
    if heading:
        return ["", f"{'#' * (int(heading['level'] or heading['short']) + 1)} {text}", ""]
    is_item = _LIST.search(name) or paragraph.find(f"{_WORD}pPr/{_WORD}numPr") is not None
    return [f"- {text}"] if is_item else ["", *text.split("\n")]


def _text(element: etree._Element) -> str:
    """Give a paragraph's text: tabs, breaks and ruby in place; what was deleted in revision stays out."""
    out: list[str] = []
    for node in element.iter(f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br", f"{_WORD}ruby"):
        if any(a.tag in (f"{_WORD}del", f"{_WORD}rt") for a in node.iterancestors()):
            continue
        inside_base = any(a.tag == f"{_WORD}rubyBase" for a in node.iterancestors())
        if node.tag == f"{_WORD}ruby":
            base = "".join(t.text or "" for t in node.iterfind(f".//{_WORD}rubyBase//{_WORD}t"))
            reading = "".join(t.text or "" for t in node.iterfind(f".//{_WORD}rt//{_WORD}t"))
            out.append(f"{{{base}|{reading}}}")
        elif not inside_base:
            out.append({f"{_WORD}tab": "\t", f"{_WORD}br": "\n"}.get(node.tag, node.text or ""))
    return "".join(out)


def read_epub(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a book: its chapters in the order of its spine. Raises SourceError."""
    with open_archive(content, origin) as archive:
        package = _package_path(archive)
        opf = archive.xml(package)
        title = opf.findtext(f".//{_CORE}title", "").strip()
        items = {item.get("id"): item for item in opf.iter(f"{_OPF}item")}
        spine = [items[ref.get("idref")] for ref in opf.iter(f"{_OPF}itemref") if ref.get("idref") in items]
        folder = posixpath.dirname(package)
        paths = (
            posixpath.join(folder, unquote(i.get("href", ""))) for i in spine if "nav" not in i.get("properties", "")
        )
        chapters = [chapter for path in paths if (chapter := _chapter(archive, path))]
    text = "\n\n".join(_MARKED.sub(r"#\1 ", chapter.text) for chapter in chapters)
    if not text:
        raise SourceError("holds no text", origin, "give a book with text in it, not with pictures of pages")
    told = tuple(left_out for chapter in chapters for left_out in chapter.left_out)
    return replace(_markdown(name, f"# {title}\n\n{text}" if title else text, origin), left_out=told)


_MARKED = re.compile(r"^(#+) ", re.MULTILINE)


def _package_path(archive: Archive) -> str:
    if "META-INF/container.xml" not in archive.names():
        raise SourceError("is no EPUB", archive.origin, "give a file that ends in .epub")
    root = archive.xml("META-INF/container.xml").find(f".//{_CONTAINER}rootfile")
    if root is None:
        raise SourceError("names no package", archive.origin, "the book is damaged")
    return str(root.get("full-path", ""))


def _chapter(archive: Archive, path: str) -> Source | None:
    """Read a chapter; None for one without running text (a cover, a title page)."""
    inside = posixpath.normpath(path)
    try:
        return read_html(archive.read(inside), "chapter.html", f"{archive.origin}/{inside}")
    except SourceError as error:
        if error.message == "holds no text":
            return None
        raise
