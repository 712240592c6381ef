"""EPUB books to Markdown: headings as headings, in reading order, notes where they stand. All of a chapter is text: nothing is cut by its name."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urldefrag

from lxml import etree, html

from briefing.errors import SourceError
from briefing.model import Dropped, Source
from briefing.sources.archive import Archive, open_archive
from briefing.sources.decode import clean
from briefing.sources.elements import text_of
from briefing.sources.html import parse_page, to_markdown

_CORE = "{http://purl.org/dc/elements/1.1/}"
_OPF = "{http://www.idpf.org/2007/opf}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_MARKED = re.compile(r"^(#+) ", re.MULTILINE)
# What parts of a chapter say of themselves (EPUB Structural Semantics Vocabulary; roles of DPUB-ARIA).
_NOTE = frozenset(("footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote"))
_CALL = frozenset(("noteref", "doc-noteref"))
_PAGE = frozenset(("pagebreak", "doc-pagebreak"))
_GUIDE = frozenset(("cover", "toc", "landmarks", "page-list", "doc-cover", "doc-toc", "doc-pagelist"))
_BACK = re.compile(r"[↩↑⏎^←戻る\s\ufe0e\ufe0f]+")
_NEVER = ("script", "style", "template", "svg", "nav", "iframe", "object", "video", "audio", "form")


@dataclass(frozen=True, slots=True)
class _Item:
    """A chapter of the spine: where it lies, and whether the book counts it to its text."""

    path: str
    is_linear: bool


def read_epub(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a book: its chapters in the order of its spine, others where a chapter leads to them. Raises SourceError."""
    with open_archive(content, origin) as archive:
        package = _package_path(archive)
        opf = archive.xml(package)
        title = clean(opf.findtext(f".//{_CORE}title", "")).strip()
        chapters = {item: tree for item in _spine(opf, package) if (tree := _tree(archive, item.path)) is not None}
    wanted = {path for item, tree in chapters.items() for path in _led_to(tree, item.path)}
    texts: list[str] = []
    left_out: list[Dropped] = []
    for item, tree in chapters.items():
        place = f"{origin}/{item.path}"
        if item.is_linear or item.path in wanted:
            left_out += _strip(tree, place)
            texts.append(_markdown_of(tree))
        else:
            left_out.append(Dropped(place, 1, f"beside the book: {text_of(tree)[:40]}"))
    text = "\n\n".join(_MARKED.sub(r"#\1 ", text) for text in texts if text)
    if not text:
        raise SourceError("holds no text", origin, "give a book with text in it, not with pictures of pages")
    meta = {"title": title} if title else {}
    whole = f"# {title}\n\n{text}" if title else text
    return Source(f"{name.rsplit('.', 1)[0]}.md", whole, "utf-8", origin, meta, (), tuple(left_out))


def _package_path(archive: Archive) -> str:
    if "META-INF/container.xml" not in archive.names():
        raise SourceError("is no EPUB", archive.origin, "give a file that ends in .epub")
    root = archive.xml("META-INF/container.xml").find(f".//{_CONTAINER}rootfile")
    if root is None:
        raise SourceError("names no package", archive.origin, "the book is damaged")
    return str(root.get("full-path", ""))


def _spine(opf: etree._Element, package: str) -> list[_Item]:
    items: Mapping[str | None, etree._Element] = {item.get("id"): item for item in opf.iter(f"{_OPF}item")}
    folder = posixpath.dirname(package)
    return [
        _Item(
            posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "")))), ref.get("linear", "yes") != "no"
        )
        for ref in opf.iter(f"{_OPF}itemref")
        if (item := items.get(ref.get("idref"))) is not None and "nav" not in item.get("properties", "")
    ]


def _tree(archive: Archive, path: str) -> html.HtmlElement | None:
    """Give a chapter's body; None for one without a word (a cover, a picture)."""
    content = archive.read(path)
    if not content.strip():
        return None
    tree, _ = parse_page(content, f"{archive.origin}/{path}")
    body = tree.find("body")
    root = tree if body is None else body
    etree.strip_elements(root, etree.Comment, *_NEVER, with_tail=False)
    return root if re.search(r"\w", text_of(root)) else None


def _led_to(tree: html.HtmlElement, path: str) -> Iterator[str]:
    """Yield the chapters that a chapter's links lead to."""
    for link in tree.iter("a"):
        target = unquote(urldefrag(link.get("href", ""))[0])
        if target and "://" not in target:
            yield posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def _strip(tree: html.HtmlElement, origin: str) -> list[Dropped]:
    """Take out what no reader sees as text: page numbers, hidden parts, ways back; notes and their marks become Markdown's."""
    left_out = []
    for each in list(tree.iter(etree.Element)):
        types = _types(each)
        is_hidden = "hidden" in each.attrib or "display:none" in re.sub(r"\s", "", each.get("style", ""))
        if types & _PAGE or (each.tag == "a" and text_of(each) and _BACK.fullmatch(text_of(each))):
            each.drop_tree()
        elif (types & _GUIDE or is_hidden) and not types & _NOTE and each is not tree:
            if text_of(each):
                left_out.append(Dropped(origin, each.sourceline or 1, f"hidden: {text_of(each)[:40]}"))
            each.drop_tree()
    numbers = {_target(call): f"[^{number}]" for number, call in enumerate(_calls(tree), 1)}
    for call in list(_calls(tree)):
        mark = html.Element("span")
        mark.text, mark.tail = numbers[_target(call)], call.tail
        call.getparent().replace(call, mark)
    for each in list(tree.iter(etree.Element)):
        if _types(each) & _NOTE and (text := " ".join(to_markdown(each, "")[0].split())):
            note = html.Element("p")
            mark_of = numbers.get(each.get("id", ""), "※")
            note.text, note.tail = f"{mark_of}{':' if mark_of != '※' else ''} {_unnumbered(text)}", each.tail
            each.getparent().replace(each, note)
    return left_out


def _types(element: html.HtmlElement) -> set[str]:
    return set(f"{element.get('epub:type', '')} {element.get('role', '')}".split())


def _calls(tree: html.HtmlElement) -> Iterator[html.HtmlElement]:
    return (each for each in tree.iter("a") if _types(each) & _CALL)


def _target(call: html.HtmlElement) -> str:
    return str(urldefrag(call.get("href", ""))[1])


def _unnumbered(note: str) -> str:
    """Give a note without the number that it repeats."""
    return re.sub(r"^[\[［（(]?[*＊※†注]{0,2}[0-9０-９]{0,3}[\]］）)]?[.．:：、\s]*", "", note)


def _markdown_of(tree: html.HtmlElement) -> str:
    lines, _ = to_markdown(tree, "")
    return lines if re.search(r"\w", lines) and not _COVER.fullmatch(lines.strip("# \n")) else ""


_COVER = re.compile(r"(?:表紙|カバー|cover|目次|contents)", re.IGNORECASE)
