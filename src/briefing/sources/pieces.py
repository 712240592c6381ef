"""The pieces that a page's text falls into: a paragraph, a heading, a list's item, a line that <br> ends, a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from lxml import etree

from briefing.sources.body import is_layout
from briefing.sources.elements import HEADINGS, Element, is_block, linked_text, text_of


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Text that stands together inside the block that holds it, and how many of its letters are linked.

    It is the whole block, or the run of text and inline `nodes` that begins behind the child `before`, or with the block.
    """

    holder: Element
    text: str
    linked: int
    is_whole: bool = False
    before: Element | None = None
    nodes: tuple[Element, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether it is a heading by its element."""
        return self.holder.tag in HEADINGS

    @property
    def is_prose(self) -> bool:
        """Whether it is a sentence, and no link."""
        return len(self.text) >= _LEAST_PROSE and "。" in self.text and self.linked * 2 < len(self.text)

    @property
    def line(self) -> int:
        """Its line in the file, from 1."""
        first = self.nodes[0] if self.nodes and not (self.holder.text or "").strip() else self.holder
        return first.sourceline or 1

    @property
    def link(self) -> Element | None:
        """The first link in it or around it."""
        if not self.linked:
            return None
        around = (each for each in (self.holder, *self.holder.iterancestors("a")) if each.tag == "a")
        inside = (a for node in (self.nodes or (self.holder,)) for a in node.iter("a"))
        return next(chain(around, inside), None)

    def cut(self) -> None:
        """Take it out of the page."""
        if self.is_whole:
            self.holder.drop_tree()
            return
        if self.before is None:
            self.holder.text = None
        else:
            self.before.tail = None
        for node in self.nodes:
            self.holder.remove(node)  # with the text behind it


_LEAST_PROSE = 20  # letters


def find_pieces(root: Element) -> list[Piece]:
    """Give the pieces with text below an element, in order."""
    return list(_walk(root, is_linked=False))


def _walk(element: Element, is_linked: bool) -> Iterator[Piece]:
    is_linked = is_linked or element.tag == "a"
    if element.tag == "pre" or element.tag in HEADINGS or (element.tag == "table" and not is_layout(element)):
        if text := text_of(element):
            yield Piece(element, text, len(text) if is_linked else linked_text(element), is_whole=True)
        return
    before: Element | None = None
    texts, nodes = [element.text or ""], list[Element]()
    for child in element.iterchildren():
        if not (is_block(child) or child.tag == "br"):
            nodes += [child] if isinstance(child.tag, str) else []
            texts += [*child.itertext(), child.tail or ""] if isinstance(child.tag, str) else [child.tail or ""]
            continue
        yield from _run(element, before, nodes, texts, is_linked)
        yield from _walk(child, is_linked) if child.tag != "br" else ()
        before, texts, nodes = child, [child.tail or ""], []
    yield from _run(element, before, nodes, texts, is_linked)


def _run(
    holder: Element, before: Element | None, nodes: list[Element], texts: list[str], is_linked: bool
) -> Iterator[Piece]:
    if text := re.sub(r"[ \t\r\n\f]+", " ", "".join(texts)).strip():
        linked = len(text) if is_linked else sum(map(linked_text, nodes))
        yield Piece(holder, text, linked, before=before, nodes=tuple(nodes))


def cut_rulers(root: Element, kept: Sequence[Piece]) -> None:
    """Take out the horizontal rules (<hr>) that do not part two pieces that are kept; of several in a row the last one stays."""
    places = {piece.holder if piece.before is None else piece.before for piece in kept}
    waiting: list[Element] = []
    is_led = False
    for each in list(root.iter(etree.Element)):
        waiting += [each] if each.tag == "hr" else []
        if each in places:
            for ruler in waiting[: -1 if is_led else None]:
                ruler.drop_tree()
            waiting, is_led = [], True
    for ruler in waiting:
        ruler.drop_tree()
