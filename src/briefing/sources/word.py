"""Word documents to Markdown: headings as headings, notes where they are called, nothing that Word itself would not print."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from lxml import etree

from briefing.errors import SourceError
from briefing.model import Dropped, Source
from briefing.sources.archive import Archive, open_archive
from briefing.sources.decode import clean

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Built-in styles by id and by their English and Japanese names (ISO/IEC 29500-1, 17.7).
_HEADING = re.compile(r"(?:heading|見出し)\s*(?P<level>[1-6])$|^(?P<short>[1-6])$", re.I)
_TITLE = re.compile(r"^(?:title|表題|a3|タイトル)$", re.I)
_LIST = re.compile(r"list|箇条書き|リスト", re.I)
_CONTENTS = re.compile(r"^(?:toc|目次)(?:\s*\d|\s*heading|の?見出し)?$", re.I)
_LONGEST_BOLD = 40  # characters of a bold paragraph that stands for a heading
_MOST_BASES = 10  # styles that one is based on: more go round in a circle


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    base: str
    level: int  # of a heading, from 1; 0: none


@dataclass
class _Document:
    """A document under way: its styles, its notes by their marks, whether bold lines head it, what was left out, and how far it is read."""

    origin: str
    styles: Mapping[str, _Style]
    notes: Mapping[str, str]
    bold_heads: bool = False
    left_out: list[Dropped] = field(default_factory=list)
    in_contents: bool = False
    has_begun: bool = False

    def leave_out(self, text: str, reason: str) -> None:
        if text.strip():
            self.left_out.append(Dropped(self.origin, 1, f"{reason}: {text.strip()[:40]}"))


def read_docx(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a Word document: paragraphs, headings, lists, tables, ruby, notes, text boxes. Raises SourceError."""
    with open_archive(content, origin) as archive:
        if "word/document.xml" not in archive.names():
            raise SourceError("is no Word document", origin, "save it as .docx")
        document = _Document(origin, _styles(archive), _notes(archive))
        body = archive.xml("word/document.xml").find(f"{_WORD}body")
        blocks = [] if body is None else list(_blocks(body))
        document.bold_heads = not any(_level(block, document) for block in blocks)
        rows = [row for block in blocks for row in _block_rows(block, document)]
    text = clean("\n".join(rows).strip("\n"))
    title = re.match(r"# (.+)", text)
    meta = {"title": title[1]} if title else {}
    return Source(f"{name.rsplit('.', 1)[0]}.md", text, "utf-8", origin, meta, (), tuple(document.left_out))


def _styles(archive: Archive) -> dict[str, _Style]:
    if "word/styles.xml" not in archive.names():
        return {}
    return {
        style.get(f"{_WORD}styleId", ""): _Style(
            _value(style, "name"), _value(style, "basedOn"), _outline(style.find(f"{_WORD}pPr"))
        )
        for style in archive.xml("word/styles.xml").iter(f"{_WORD}style")
    }


def _value(element: etree._Element, path: str) -> str:
    found = element.find("/".join(f"{_WORD}{part}" for part in path.split("/")))
    return "" if found is None else str(found.get(f"{_WORD}val", ""))


def _outline(properties: etree._Element | None) -> int:
    level = "" if properties is None else _value(properties, "outlineLvl")
    return int(level) + 1 if level.isdigit() and int(level) < 6 else 0


def _notes(archive: Archive) -> dict[str, str]:
    """Give the text of foot- and endnotes by kind and number."""
    found = {}
    for kind in ("footnote", "endnote"):
        part = f"word/{kind}s.xml"
        for note in archive.xml(part).iter(f"{_WORD}{kind}") if part in archive.names() else ():
            text = " ".join(filter(None, (_text(each).strip() for each in note.iter(f"{_WORD}p"))))
            found[f"{kind}{note.get(f'{_WORD}id')}"] = text
    return found


def _blocks(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield paragraphs and tables, also those inside controls and insertions."""
    for child in parent:
        if child.tag in (f"{_WORD}p", f"{_WORD}tbl"):
            yield child
        elif child.tag not in (f"{_WORD}del", f"{_WORD}moveFrom"):
            yield from _blocks(child)


def _block_rows(block: etree._Element, document: _Document) -> list[str]:
    if block.tag == f"{_WORD}p":
        return _paragraph_rows(block, document)
    cells = [
        [" ".join(filter(None, (_text(each).strip() for each in _own_paragraphs(cell)))) for cell in _own(row, "tc")]
        for row in _own(block, "tr")
        if row.find(f"{_WORD}trPr/{_WORD}del") is None
    ]
    boxes = (row for box in _boxes(block) for inner in _blocks(box) for row in _block_rows(inner, document))
    return ["", *(f"| {' | '.join(row).replace(chr(10), ' ')} |" for row in cells if any(row)), "", *boxes]


def _own(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the rows of a table or the cells of a row, not those of tables inside."""
    for child in parent:
        if child.tag == f"{_WORD}{tag}":
            yield child
        elif child.tag in (f"{_WORD}sdt", f"{_WORD}sdtContent", f"{_WORD}ins", f"{_WORD}customXml"):
            yield from _own(child, tag)


def _own_paragraphs(cell: etree._Element) -> Iterator[etree._Element]:
    return (each for each in cell.iter(f"{_WORD}p") if not _is_apart(each))


def _paragraph_rows(paragraph: etree._Element, document: _Document) -> list[str]:
    text = _text(paragraph).strip()
    if _is_contents(paragraph, document):
        document.leave_out(text, "contents")
        return []
    called = [note for mark in _calls(paragraph) if (note := document.notes.get(mark[0]))]
    below = [
        row for mark, note in zip(_calls(paragraph), called, strict=False) for row in (f"[^{mark[1]}]: {note}", "")
    ]
    boxes = [row for box in _boxes(paragraph) for inner in _blocks(box) for row in _block_rows(inner, document)]
    rows = _text_rows(paragraph, text, document) if text else [""]
    document.has_begun = document.has_begun or bool(text)
    return [*rows, *([""] if below else []), *below, *boxes]


def _text_rows(paragraph: etree._Element, text: str, document: _Document) -> list[str]:
    name = _style_name(paragraph, document)
    if _TITLE.match(name):
        return ["", f"# {text}", ""]
    if level := _level(paragraph, document):
        return ["", f"{'#' * (level + 1)} {text}", ""]
    if document.bold_heads and _is_bold_head(paragraph, text):
        return ["", f"{'##' if document.has_begun else '#'} {text}", ""]
    is_item = _LIST.search(name) or paragraph.find(f"{_WORD}pPr/{_WORD}numPr") is not None
    return [f"- {text}"] if is_item else ["", *text.split("\n")]


def _style_name(paragraph: etree._Element, document: _Document) -> str:
    key = _value(paragraph, "pPr/pStyle")
    return document.styles[key].name if key in document.styles else key


def _level(block: etree._Element, document: _Document) -> int:
    """Give the level of a heading, by its own outline, its style or those that it is based on; 0 for none."""
    if block.tag != f"{_WORD}p":
        return 0
    if own := _outline(block.find(f"{_WORD}pPr")):
        return own
    key = _value(block, "pPr/pStyle")
    for _ in range(_MOST_BASES):
        style = document.styles.get(key, _Style(key, "", 0))
        if found := _HEADING.search(style.name):
            return int(found["level"] or found["short"])
        if style.level or not style.base:
            return style.level
        key = style.base
    return 0


def _is_bold_head(paragraph: etree._Element, text: str) -> bool:
    """Say whether all of a short paragraph is bold and no sentence."""
    runs = [run for run in paragraph.iter(f"{_WORD}r") if run.find(f"{_WORD}t") is not None]
    is_bold = all(_is_on(run, "b") for run in runs)
    return is_bold and len(text) <= _LONGEST_BOLD and not re.search(r"[。、！？!?：:]$|\n", text)


def _is_on(run: etree._Element, name: str) -> bool:
    found = run.find(f"{_WORD}rPr/{_WORD}{name}")
    return found is not None and found.get(f"{_WORD}val", "1") not in ("0", "false", "off")


def _is_contents(paragraph: etree._Element, document: _Document) -> bool:
    """Say whether a paragraph is of a list of contents: by its style, or inside the field that makes one."""
    inside = document.in_contents
    depth = 0
    for node in paragraph.iter(f"{_WORD}instrText", f"{_WORD}fldChar"):
        if node.tag == f"{_WORD}instrText" and (node.text or "").strip().startswith("TOC"):
            inside = document.in_contents = True
        elif node.tag == f"{_WORD}fldChar":
            kind = node.get(f"{_WORD}fldCharType")
            depth += {"begin": 1, "end": -1}.get(str(kind), 0)
    if document.in_contents and depth < 0:
        document.in_contents = False
    return inside or bool(_CONTENTS.match(_style_name(paragraph, document)))


_NOTE_TAGS = (f"{_WORD}footnoteReference", f"{_WORD}endnoteReference")


def _calls(paragraph: etree._Element) -> list[tuple[str, str]]:
    """Give the notes that a paragraph calls: the key of each, and its mark in Markdown."""
    found = []
    for node in paragraph.iter(*_NOTE_TAGS):
        kind = "footnote" if node.tag == _NOTE_TAGS[0] else "endnote"
        number = node.get(f"{_WORD}id", "")
        found.append((f"{kind}{number}", _mark_of(node)))
    return found


def _mark_of(node: etree._Element) -> str:
    return f"{'' if node.tag == _NOTE_TAGS[0] else 'e'}{node.get(f'{_WORD}id', '')}"


def _boxes(block: etree._Element) -> Sequence[etree._Element]:
    """Give the text boxes that are anchored in a block; the copy for old programs is passed over."""
    boxes = block.iter(f"{_WORD}txbxContent")
    return [box for box in boxes if not any(each.tag == _FALLBACK for each in box.iterancestors())]


def _is_apart(node: etree._Element) -> bool:
    """Say whether a node lies in a text box, a copy for old programs, or what was deleted or moved away."""
    return any(each.tag in _APART for each in node.iterancestors())


_APART = frozenset({_FALLBACK, *(f"{_WORD}{tag}" for tag in ("txbxContent", "del", "moveFrom"))})


def _text(element: etree._Element) -> str:
    """Give a paragraph's text: tabs, breaks, ruby and the marks of notes in place; what is hidden or deleted stays out."""
    out: list[str] = []
    for node in element.iter(f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br", f"{_WORD}ruby", *_NOTE_TAGS):
        run = node.getparent()
        if _is_out_of(element, node) or (run is not None and _is_on(run, "vanish")):
            continue
        if node.tag == f"{_WORD}ruby":
            base = "".join(t.text or "" for t in node.iterfind(f".//{_WORD}rubyBase//{_WORD}t"))
            reading = "".join(t.text or "" for t in node.iterfind(f".//{_WORD}rt//{_WORD}t"))
            out.append(f"{{{base}|{reading}}}")
        elif node.tag in _NOTE_TAGS:
            out.append(f"[^{_mark_of(node)}]")
        else:
            out.append({f"{_WORD}tab": "\t", f"{_WORD}br": "\n"}.get(node.tag, node.text or ""))
    return "".join(out)


def _is_out_of(element: etree._Element, node: etree._Element) -> bool:
    """Say whether a node below an element is no part of its running text: of a box, a ruby, a tab stop, what is deleted."""
    return any(each.tag in _NO_TEXT for each in takewhile(lambda each: each is not element, node.iterancestors()))


_NO_TEXT = _APART | {f"{_WORD}{tag}" for tag in ("rubyBase", "rt", "tabs")}
