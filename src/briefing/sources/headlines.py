"""Headings that are none by their element: told by their names, by their looks, by a form that recurs above prose."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import dropwhile, pairwise
from typing import TypeAlias

from briefing.sources.elements import Element, is_block, text_of, words_of
from briefing.sources.pieces import Piece, find_pieces

Form: TypeAlias = tuple[str, ...]

_LONGEST = 40  # letters
_NAME = re.compile(
    r"\b(?:(?P<part>ko ?mida(?:shi|si)|sub ?(?:mida(?:shi|si)|heading|head|title|ttl))|mida(?:shi|si)|headline|heading|(?:sec(?:tion)?|cont(?:ent)?|step) ?(?:title|ttl))\d*\b"
)
_ANY_NAME = re.compile(
    r"\b(?P<part>sub )?(?:head|hd|hdg|ttl|title|tit|h[2-6])\d*(?: (?:m|l|(?P<small>s|ss)|\d))?(?: \.|$)"
)
_LOUD = re.compile(r"font-(?:weight:\s*bold|size:\s*(?:x*-?large|1[5-9]\d%|2\d\d%))")


@dataclass(frozen=True, slots=True)
class Headlines:
    """How an article shows its headings: where it has no elements for them, by their looks and by `forms` that recur."""

    has_none: bool = False
    forms: frozenset[Form] = frozenset()

    def level(self, block: Element) -> int:
        """Give the level of a block that is a heading by its names or its form, or 0."""
        if block.tag not in _TAGS or not _is_headline(text_of(block)):
            return 0
        words, recurs = words_of(block), _form_of(block) in self.forms
        if found := _NAME.search(words) or (_ANY_NAME.search(words) if self.has_none or recurs else None):
            return 3 if any(found.groupdict().values()) else 2
        return 3 if recurs else 0

    def has(self, piece: Piece) -> bool:
        """Say whether a piece is of a form that recurs."""
        return _form_of_piece(piece) in self.forms

    def line_at(self, inline: Element) -> list[Element]:
        """Give the inline elements that fill a line from this one on, if they look like a heading, where no element tells of any."""
        line = _line_at(inline) if self.has_none else []
        if not line or not _is_headline("".join(map(text_of, line))):
            return []
        is_loud = all(_is_loud(each) or not re.search(r"\w", text_of(each)) for each in line)
        return line if is_loud or _form_of_line(line) in self.forms else []


def find_headlines(body: Element, title: str) -> Headlines:
    """Look at how an article of this title shows its headings."""
    pieces = find_pieces(body)
    behind = dropwhile(
        lambda piece: piece.is_heading or not piece.is_prose, pieces
    )  # what stands above may be a subtitle
    count = sum(piece.is_heading and piece.holder.tag != "h1" and piece.text != title for piece in behind)
    forms = (form for form, members in recurring(pieces, title).items() if count <= 1 or _are_named(members))
    return Headlines(count == 0, frozenset(forms))


_TAGS = frozenset(("div", "p", "dt", "table"))


def recurring(pieces: Sequence[Piece], title: str) -> dict[Form, list[Piece]]:
    """Give the forms of blocks and lines that are all short, no two alike, and most of them right above what headings lead to."""
    found = defaultdict[Form, list[tuple[Piece, Piece]]](list)
    for piece, below in pairwise(pieces):
        if piece.text != title and (form := _form_of_piece(piece)):
            found[form].append((piece, below))
    recur = {}
    for form, members in found.items():
        texts = [piece.text for piece, _ in members]
        leading = sum(_may_follow(below) and not _tells_of_image(piece.holder) for piece, below in members)
        is_various = len(set(texts)) == len(texts) > 1
        if is_various and all(map(_is_headline, texts)) and leading >= _MOST_LEADING * len(members):
            recur[form] = [piece for piece, _ in members]
    return recur


def _are_named(pieces: Iterable[Piece]) -> bool:
    """Say whether pieces stand side by side in blocks that have the name of a heading."""
    blocks = [piece.holder for piece in pieces]
    return len({each.getparent() for each in blocks}) == 1 and all(_ANY_NAME.search(words_of(each)) for each in blocks)


def _may_follow(piece: Piece) -> bool:
    return "。" in piece.text or piece.holder.tag in ("table", "li") or piece.is_heading


_MOST_LEADING = 0.6


def _form_of_piece(piece: Piece) -> Form:
    """Give the form of a piece that fills its block, or a line; nothing for a plain one, and for what is no heading."""
    if piece.holder.tag in _TAGS and piece.text == text_of(piece.holder):
        return _form_of(piece.holder)
    line = _line_at(piece.nodes[0]) if piece.nodes else []
    return _form_of_line(line) if len(line) == len(piece.nodes) else ()


def _form_of(block: Element) -> Form:
    """Give the names and elements of a block, of a plain one the mark that opens it; nothing where there is none."""
    form = _told_of([block, *list(block.iterdescendants("td", "font", "b", "strong", "big", "u", "span"))[:3]])
    if form not in (("p",), ("div",), ("table", "td")):
        return form
    mark = _MARK.match(text_of(block))
    return ("mark", re.sub(r"\w+", "1", mark[0])) if mark else ()


_MARK = re.compile(r"[■□◆◇●▼▶★☆【§]|[(（]?(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})[)）.．、:：]")


def _form_of_line(line: Sequence[Element]) -> Form:
    """Give the names and elements of a line; nothing where they tell of none."""
    form = _told_of(line)
    return ("", *form) if any(" " in each for each in form) else ()


def _told_of(elements: Sequence[Element]) -> Form:
    told = ((each.tag, *(each.get(name, "") for name in ("class", "style", "size", "bgcolor"))) for each in elements)
    return tuple(" ".join(filter(None, each)) for each in told)


def _tells_of_image(block: Element) -> bool:
    """Say whether a block holds an image or stands below one."""
    before = block.getprevious()
    return any(each is not None and each.find(".//img") is not None for each in (block, before)) or (
        before is not None and before.tag == "img"
    )


def _is_headline(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and not re.search("[。、]$", text)


def _is_loud(element: Element) -> bool:
    """Say whether all of an inline element is bold or set larger."""
    if element.tag in ("b", "strong", "big") or (element.tag == "font" and _is_large(element.get("size", ""))):
        return True
    if _LOUD.search(element.get("style", "")):
        return True
    inner = list(element)
    is_around = element.tag in ("font", "span", "u") and len(inner) == 1 and text_of(inner[0]) == text_of(element)
    return is_around and _is_loud(inner[0])


def _is_large(size: str) -> bool:
    return size.startswith("+") or size > _USUAL_SIZE


_USUAL_SIZE = "3"  # of <font>


def _line_at(first: Element) -> list[Element]:
    """Give the inline elements of a line that begins with this one, if nothing else is on it."""
    before = first.getprevious()
    beside = (before.tail if before is not None else first.getparent().text) or ""
    if beside.strip() or not (before is None or before.tag == "br" or is_block(before)):
        return []
    line = [first]
    while not (line[-1].tail or "").strip():
        after = line[-1].getnext()
        if after is None or after.tag == "br" or is_block(after):
            return line
        line.append(after)
    return []
