"""The structure of a transcript: its format tells that all of it is said, and by whom."""

from __future__ import annotations

from briefing.model import Kind, Role, Section, Source
from briefing.script.flow import Outline


def talk_outline(source: Source) -> Outline:
    """Give one section with every line: turns where several speak, paragraphs where one does."""
    speakers = source.speakers or ()
    said = Role.TURN if speakers else Role.PARA
    roles = tuple(said if line.strip() else Role.BLANK for line in source.lines)
    kind = Kind.QA if speakers else Kind.BODY
    section = Section(1, kind, None, 1, len(roles))
    return Outline(source.meta.get("title"), None, roles, (section,), (), (), speakers)
