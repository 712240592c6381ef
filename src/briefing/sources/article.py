"""The article of a page: what stands beside it is taken out, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from briefing.sources.clutter import is_way_back
from briefing.sources.elements import Element, running_text
from briefing.sources.headlines import recurring
from briefing.sources.judging import score_clutter
from briefing.sources.pieces import Piece, cut_rulers, find_pieces
from briefing.sources.traits import IN_BODY, UNRULED, find_traits

_NEVER = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "button", "input", "select", "textarea", "nav",
    "footer", "dialog", "video", "audio",
)  # fmt: skip
_MOST_FORM = 0.4  # of the page's running text: what holds more is a page that one form holds


def keep_article(root: Element, title: str) -> list[Piece]:
    """Take out what is no part of the article of this title; the tree is changed.

    Gives what was taken out that stood amid it, and every sentence.
    """
    pieces = pieces_of(root)
    if not pieces:
        return []
    is_kept = _judge(root, pieces, title)
    places = [place for place, is_good in enumerate(is_kept) if is_good]
    cuts = [piece for piece, is_good in zip(pieces, is_kept, strict=True) if not is_good]
    for piece in cuts:
        piece.cut()
    cut_rulers(root, [pieces[place] for place in places])
    amid = range(places[0], places[-1])
    return [piece for place, piece in enumerate(pieces) if not is_kept[place] and (place in amid or piece.is_prose)]


def pieces_of(root: Element) -> list[Piece]:
    """Take out what nobody reads of a page and give the pieces of the rest."""
    _strip_unread(root)
    return find_pieces(root)


def _judge(root: Element, pieces: Sequence[Piece], title: str) -> list[bool]:
    """Say of each piece whether it is kept: by the model, or by the rules alone where it would leave little of what they keep.

    Code is no clutter.
    """
    traits, around = find_traits(root, pieces, title)
    reserve = _RESERVE * (1 - min(len(pieces) / _USUAL, 1)) ** 2
    most = _MOST_PIECE * running_text(root)
    by_model = [
        bool(score <= (reserve if UNRULED in own else 0))
        or len(piece.text) - piece.linked > most
        or piece.holder.tag == "pre"
        for piece, own, score in zip(pieces, traits, score_clutter(traits, around), strict=True)
    ]
    _keep_headlines(pieces, title, by_model)
    by_rules = [UNRULED in own and IN_BODY in own for own in traits]
    is_sound = any(by_model) and _prose_kept(pieces, by_model) >= _LEAST_KEPT * _prose_kept(pieces, by_rules)
    return by_model if is_sound else by_rules if any(by_rules) else [True] * len(pieces)


def _keep_headlines(pieces: Sequence[Piece], title: str, is_kept: list[bool]) -> None:
    """Keep what looks like the headings of what is kept: lines of a form that recurs, no links, most of them right above such."""
    places = {id(piece): place for place, piece in enumerate(pieces)}
    for members in recurring(pieces, title).values():
        above = [place for each in members if is_kept[(place := places[id(each)]) + 1]]
        if 2 * len(above) > len(members) and not any(each.linked for each in members):
            for place in above:
                is_kept[place] = True


def _prose_kept(pieces: Sequence[Piece], is_kept: Sequence[bool]) -> int:
    """Count the letters of the sentences that are kept."""
    return sum(len(piece.text) for piece, is_good in zip(pieces, is_kept, strict=True) if is_good and piece.is_prose)


_RESERVE = 5.5  # what is asked more of a page of few pieces, which is unlike those that the model has seen, where no rule speaks
_USUAL = 40  # pieces of a page
_LEAST_KEPT = 0.5  # of the sentences that rules keep: a model that keeps less has seen no page like this
_MOST_PIECE = 0.4  # of the page's running text: what holds more is the article, whatever it looks like


def _strip_unread(root: Element) -> None:
    """Take out what nobody reads: programs, menus, fields of forms, what is hidden, signs that lead back."""
    etree.strip_elements(root, etree.Comment, etree.PI, *_NEVER, with_tail=False)
    most = _MOST_FORM * running_text(root)
    for element in list(root.iter(etree.Element)):
        is_hidden = "hidden" in element.attrib or element.get("aria-hidden") == "true"
        is_form = element.tag == "form" and running_text(element) <= most
        if (is_hidden or is_form or is_way_back(element)) and element is not root and element.getparent() is not None:
            element.drop_tree()
