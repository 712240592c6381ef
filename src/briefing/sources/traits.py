"""What is seen of each piece of a page by a model: its letters, the elements around it, its place, its neighbours.

Features are short strings, each of a kind (before the `=`) and a value, that a piece has or has not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeAlias

from briefing.sources.body import find_body, narrowest, prose_of
from briefing.sources.clutter import rule_of
from briefing.sources.elements import Element, bare, is_body, linked_text, running_text, text_of, words_of
from briefing.sources.letters import WORD, plain_form, sort_of, traits_of_text
from briefing.sources.pieces import Piece

Form: TypeAlias = tuple[str, str | None]

UNRULED = "rule=none"
"""The feature of a piece that no rule takes for clutter."""

IN_BODY = "in body=True"
"""The feature of a piece inside the element that rules take for the article."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where each piece of a page stands, for who weighs pieces together: the number of each thing that pieces may share.

    `groups`: for each kind of thing the number of a piece's own. `heads`: the place of the last heading at or above, or -1.
    """

    groups: tuple[tuple[int, ...], ...]
    heads: tuple[int, ...]
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is seen of an element, whatever piece is asked for."""

    tag: str
    words: tuple[str, ...]
    rule: str
    is_body: bool
    length: int
    linked: int
    alike: int

    @property
    def density(self) -> int:
        return bisect_right((0.01, 0.2, 0.5, 0.8, 0.99), self.linked / max(self.length, 1))

    @property
    def size(self) -> int:
        return bisect_right((20, 60, 150, 400, 1000), self.length)


@dataclass(slots=True)
class _Page:
    """A page's pieces and what is found once for all of them."""

    pieces: Sequence[Piece]
    title: str
    total: int
    main: Element
    body: Element
    first: int
    last: int
    titled: int
    seen: dict[Element, _Seen] = field(default_factory=dict)
    prose_in: dict[Element | None, tuple[int, int]] = field(default_factory=dict)
    branches: dict[Element, tuple[str, ...]] = field(default_factory=dict)
    forms: dict[Element, Counter[Form]] = field(default_factory=dict)

    def see(self, element: Element) -> _Seen:
        if element not in self.seen:
            self.seen[element] = _see(element, self.total, self.alike(element))
        return self.seen[element]

    def alike(self, element: Element) -> int:
        """Count the siblings of an element's form, itself included."""
        parent = element.getparent()
        if parent is None:
            return 1
        if parent not in self.forms:
            self.forms[parent] = Counter(map(_form_of, parent))
        return self.forms[parent][_form_of(element)]

    def see_branch(self, branch: Element) -> tuple[str, ...]:
        """Give the features of a part of the main element, which all pieces in it have."""
        if branch not in self.branches:
            seen = self.see(branch)
            prose = bisect_right((0.01, 0.4, 0.8), prose_of(branch) / max(seen.length, 1))
            self.branches[branch] = (
                f"branch={seen.tag}",
                f"branch form={seen.tag},{seen.size},{prose}",
                f"branch density={seen.density}",
                f"branch image={branch.find('.//img') is not None}",
                f"branch links={min(len(branch.findall('.//a')), 4)}",
            )
        return self.branches[branch]

    def part(self, place: int) -> str:
        return "above" if place < self.first else "below" if place > self.last else "amid"


def find_traits(root: Element, pieces: Sequence[Piece], title: str) -> tuple[list[set[str]], Surroundings]:
    """Give the features of each of a page's pieces, and what they share."""
    prose = [place for place, piece in enumerate(pieces) if piece.is_prose] or [0, len(pieces) - 1]
    titled = [place for place, piece in enumerate(pieces) if bare(piece.text) == bare(title)]
    at_heading = [place for place in titled if pieces[place].is_heading]
    page = _Page(
        pieces,
        title,
        max(running_text(root), 1),
        narrowest(root, title),
        find_body(root, title),
        prose[0],
        prose[-1],
        (at_heading or titled or [-1])[0],
    )
    for place in prose:
        parent = pieces[place].holder.getparent()
        page.prose_in[parent] = (page.prose_in.get(parent, (place, place))[0], place)
    heads = _heads_of(pieces)
    branches = []
    found: list[set[str]] = []
    for place, piece in enumerate(pieces):
        around = [piece.holder, *islice(piece.holder.iterancestors(), _DEEPEST)]
        branches.append(_branch_of(around, page.main))
        own = {*traits_of_text(piece.text, piece.linked), *_of_link(piece), *_of_elements(around, page)}
        own |= {*_of_branch(around, branches[-1], page), *_of_place(place, page)}
        own |= {*_of_neighbours(place, page), *_of_heading(place, heads, pieces)}
        found.append(own)
    return found, _surroundings(pieces, branches, heads)


_DEEPEST = 40  # elements around a piece that are looked at


def _form_of(element: Element) -> Form:
    return str(element.tag), element.get("class")


def _see(element: Element, total: int, alike: int) -> _Seen:
    length, linked = len(text_of(element)), linked_text(element)
    rule = rule_of(element)
    is_most = length - linked > _MOST * total
    words = tuple(word for word in words_of(element).split() if word != ".")
    return _Seen(
        str(element.tag),
        words,
        f"{rule}!" if rule and is_most else rule,
        is_body(element),
        length,
        linked,
        min(alike, 4),
    )


_MOST = 0.4  # of the page's running text: what holds more is hardly clutter, whatever its name


def _of_link(piece: Piece) -> Iterator[str]:
    link = piece.link
    if link is None:
        return
    target = link.get("href", "")
    yield f"leads={'here' if target.startswith('#') else 'out' if target.startswith('http') else 'in' if target else 'nowhere'}"
    yield f"rel={link.get('rel', '')}"
    yield from (f"link word={word}" for word in words_of(link).split() if word != ".")


def _of_elements(around: Sequence[Element], page: _Page) -> Iterator[str]:
    tags = [str(each.tag) for each in around[:3]]
    yield from (f"tag={tags[0]}", f"tags={'/'.join(tags[:2])}", f"tags={'/'.join(tags)}")
    rules = set()
    for depth, element in enumerate(around):
        if element.tag in ("body", "html"):
            break
        seen, near = page.see(element), min(depth, 3)
        for word in seen.words:
            yield f"word={word}"
            yield f"word {near}={word}"
        if seen.rule:
            rules.add(seen.rule)
            yield f"rule {near}={seen.rule}"
        if seen.is_body:
            yield "named=body"
        if seen.tag in _TELLING_TAGS:
            yield f"under={seen.tag}"
        yield from (f"{name}={element.get(name)}" for name in ("role", "itemprop") if element.get(name))
        if depth < 3:
            yield from (f"density {depth}={seen.density}", f"size {depth}={seen.size}", f"alike {depth}={seen.alike}")
            yield f"density,size {depth}={seen.density},{seen.size}"
    yield from (f"rule={rule}" for rule in rules) if rules else (UNRULED,)
    is_inside = page.body in around
    yield IN_BODY if is_inside else "in body=False"
    is_ruled = any(not rule.endswith("!") for rule in rules)
    yield f"in body,main,ruled={is_inside},{page.main in around},{is_ruled}"


_TELLING_TAGS = frozenset(
    ("article", "main", "aside", "section", "header", "li", "blockquote", "dl", "figure", "details", "td", "center", "form")
)  # fmt: skip


def _branch_of(around: Sequence[Element], main: Element) -> Element:
    """Give the part of the main element that a piece stands in; outside of it what holds the piece's holder."""
    if main not in around:
        return around[min(1, len(around) - 1)]
    return around[max(around.index(main) - 1, 0)]


def _of_branch(around: Sequence[Element], branch: Element, page: _Page) -> Iterator[str]:
    if page.main not in around:
        yield "below main=out"
        return
    depth, seen = around.index(page.main), page.see(branch)
    yield f"below main={min(depth, 4)}"
    yield from page.see_branch(branch)
    if depth > 1:
        yield from (f"branch word={word}" for word in seen.words)


def _of_place(place: int, page: _Page) -> Iterator[str]:
    part = page.part(place)
    away = bisect_right((0, 1, 2, 4, 8, 19), max(page.first - place, place - page.last, 0))
    yield from (f"part={part}", f"part,away={part},{away}", f"tenth={10 * place // len(page.pieces)}")
    if page.titled < 0:
        yield "title=none"
    else:
        yield f"title={'is' if place == page.titled else 'below' if place < page.titled else 'above'}"
        if place > page.titled:
            yield f"behind title={bisect_right((1, 2, 4, 7), place - page.titled)}"
    if bare(page.pieces[place].text) == bare(page.title):
        yield "title=same"


def _of_neighbours(place: int, page: _Page) -> Iterator[str]:
    pieces = page.pieces
    piece = pieces[place]
    for step in (-2, -1, 1, 2):
        if not 0 <= place + step < len(pieces):
            yield f"{step:+}=none"
            continue
        other = pieces[place + step]
        form = plain_form(other.text)
        yield f"{step:+} length={bisect_right((9, 24, 59), len(form))}"
        yield f"{step:+} tag={other.holder.tag}"
        yield f"{step:+} linked={bisect_right((0.01, 0.6), other.linked / len(other.text))}"
        yield f"{step:+} prose={other.is_prose}"
        yield f"{step:+} ends={sort_of(form[-1])}"
        if len(form) <= _LABEL:
            yield f"{step:+} is={form}"
        if abs(step) == 1:
            is_beside = other.holder is piece.holder or other.holder.getparent() is piece.holder.getparent()
            yield f"{step:+} beside,prose={is_beside},{other.is_prose}"
    near = (*pieces[max(place - 6, 0) : place], *pieces[place + 1 : place + 7])
    parent = piece.holder.getparent()
    first, last = page.prose_in.get(parent, (place, place))
    yield f"amid prose={first < place},{place < last}"
    yield f"prose beside={min(sum(each.is_prose and each.holder.getparent() is parent for each in near), 4)}"


_LABEL = 14  # letters


def _heads_of(pieces: Sequence[Piece]) -> tuple[int, ...]:
    """Give for each piece the place of the last heading at or above it, or -1."""
    heads, last = [], -1
    for place, piece in enumerate(pieces):
        last = place if piece.is_heading else last
        heads.append(last)
    return tuple(heads)


def _of_heading(place: int, heads: Sequence[int], pieces: Sequence[Piece]) -> Iterator[str]:
    if pieces[place].is_heading:
        below = pieces[place + 1 : place + 4]
        yield f"leads to={sum(each.is_prose for each in below)},{sum(each.linked * 2 > len(each.text) for each in below)}"
    head = heads[place - 1] if place else -1
    if head < 0:
        yield "head=none"
        return
    form = plain_form(pieces[head].text)
    yield from (f"head={pieces[head].holder.tag}", f"behind head={bisect_right((1, 3, 7, 14), place - head)}")
    if len(form) <= WORD:
        yield f"head is={form}"
        yield from (f"head has={form[at : at + 2]}" for at in range(len(form) - 1))


def _surroundings(pieces: Sequence[Piece], branches: Sequence[Element], heads: tuple[int, ...]) -> Surroundings:
    parents = [_parent(piece.holder) for piece in pieces]
    shared = (branches, parents, [_parent(each) for each in parents])
    groups = (*map(_numbered, shared), tuple(head + 1 for head in heads))
    return Surroundings(groups, heads, tuple(len(piece.text) for piece in pieces))


def _parent(element: Element) -> Element:
    parent = element.getparent()
    return element if parent is None else parent


def _numbered(things: Sequence[Element]) -> tuple[int, ...]:
    numbers: dict[Element, int] = {}
    return tuple(numbers.setdefault(each, len(numbers)) for each in things)
