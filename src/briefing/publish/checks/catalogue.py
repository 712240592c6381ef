"""All rules in the order in which they are asked, and the table of them that people read."""

from __future__ import annotations

from typing import Any

from briefing.publish.checks import channel, document, http, items, media, namespace, picture, timed
from briefing.publish.checks.rules import Fault, Item, Page, Rule, Show

FATAL_RULES: tuple[Rule[Fault], ...] = (document.FATAL_XML, http.FATAL_TLS)
PAGE_RULES: tuple[Rule[Page], ...] = (*document.PAGE_RULES, *channel.PAGE_RULES, *namespace.PAGE_RULES)
SHOW_RULES: tuple[Rule[Show], ...] = (
    *document.RULES,
    *channel.RULES,
    *namespace.RULES,
    *items.RULES,
    *picture.RULES,
)
ITEM_RULES: tuple[Rule[Item], ...] = (*items.ITEM_RULES, *namespace.ITEM_RULES)
PRESENCE_RULES = media.PRESENCE_RULES
FILE_RULES: tuple[Rule[Item], ...] = (*media.FILE_RULES, *timed.FILE_RULES)
SERVER_RULES: tuple[Rule[Show], ...] = http.RULES

ALL_RULES: tuple[Rule[Any], ...] = (
    *FATAL_RULES,
    *PAGE_RULES,
    *SHOW_RULES,
    *ITEM_RULES,
    *PRESENCE_RULES,
    *FILE_RULES,
    *SERVER_RULES,
)


def format_catalogue() -> str:
    """Give all rules as a Markdown table, sorted by name."""
    rows = ("| rule | level | what holds | breaks otherwise |", "| --- | --- | --- | --- |")
    told = (f"| `{r.name}` | {r.level} | {r.what} | {r.breaks} |" for r in sorted(ALL_RULES, key=lambda r: r.name))
    return "\n".join((*rows, *told)) + "\n"
