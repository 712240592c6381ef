"""How a text ends without a heading for it: behind a divider or the last words of an interview, with a farewell, signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from briefing.model import Kind, Role, Section
from briefing.script import marks


def with_closing(sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Let paragraphs behind the only divider within the last section with a heading be a closing of their own."""
    at = _last_told(sections)
    last = sections[at] if sections else None
    if last is None or at < 2 or not last.title or last.kind is Kind.OUTRO:
        return list(sections)
    breaks = [n for section in sections for n in _breaks_within(section, roles)]
    if len(breaks) != 1 or not last.start < breaks[0] <= last.end:
        return list(sections)
    return _cut_off(sections, at, breaks[0])


def _breaks_within(section: Section, roles: Sequence[Role]) -> list[int]:
    """Give the paragraphs of a section that follow a divider and are not its first."""
    told = [n for n in range(section.start, section.end + 1) if roles[n - 1] is not Role.BLANK]
    behind = (b for a, b in pairwise(told) if roles[a - 1] is Role.DIVIDER and roles[b - 1] is Role.PARA)
    return [n for n in behind if Role.PARA in roles[section.start : n - 1]]


def with_framing(lines: Sequence[str], sections: list[Section], roles: Sequence[Role]) -> list[Section]:
    """End an interview with its last words: paragraphs behind them are a closing of their own."""
    at = next((i for i in reversed(range(len(sections))) if sections[i].kind is not Kind.PROMO), None)
    if at is None or sections[at].kind is not Kind.QA:
        return sections
    last = sections[at]
    said = [n for n in range(last.start, last.end + 1) if roles[n - 1] in (Role.TURN, Role.ANSWER)]
    behind = range(said[-1] + 1, last.end + 1) if said else range(0)
    rest = [n for n in behind if roles[n - 1] is Role.PARA and not lines[n - 1].startswith(("（", "("))]
    if not rest:
        return sections
    return _cut_off(sections, at, rest[0])


def with_farewell(lines: Sequence[str], sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Let the last paragraphs of the last section be a closing of their own where they say what comes next, or goodbye: 次回は…"""
    at = _last_told(sections)
    last = sections[at] if sections else None
    if last is None or last.kind not in (Kind.BODY, Kind.QA) or sum(bool(s.title) for s in sections) < _LEAST_TITLED:
        return list(sections)
    inside = range(last.start + 1, last.end + 1)
    opening = [n for n in inside if roles[n - 1] is Role.PARA and roles[n - 2] is Role.BLANK]
    others = [n for n in inside if roles[n - 1] not in _ENDING]
    rest = next((n for n in opening if n > max(others, default=0) and _FAREWELL.match(lines[n - 1])), 0)
    is_behind = any(roles[n - 1] not in (Role.BLANK, Role.HEADING) for n in range(last.start, rest))
    return _cut_off(sections, at, rest) if is_behind else list(sections)


_LEAST_TITLED = 3
_ENDING = frozenset({Role.PARA, Role.BLANK, Role.META, Role.PROMO, Role.LINK, Role.DIVIDER})
_FAREWELL = re.compile(
    r"次(?:回|号|報|の(?:報告|便り|たより|号|回|配信|更新))?は|次(?:回|号)[もを、]|来(?:週|月|号)[はも]|(?:この)?続きは|また次の|末筆|最後に(?:なり|、)|おわりに、|終わりに、"
    r"|まずは(?:略儀|書[中面]|お礼|ご報告|取り急ぎ)|略儀|取り急ぎ|書[中面]を?(?:にて|もち)|今後とも|これからも|引き続き|(?:では|それでは|じゃあ)、?(?:また|次|みなさ|皆)"
    r"|以上(?:、|です|で|が)|どうぞ(?:よろしく|お(?:体|身体|からだ|元気|健やか|すこやか)|(?:よ|良)い)|(?:皆|みな)(?:様|さま|さん)(?:の(?:ご|お)|と)|[^。]{0,14}(?:ご自愛|お(?:体|身体|からだ)を)"
    r"|長くなりました|長文|ここまで(?:お?読|ご覧)|最後まで(?:お?読|ご覧|お?付き合い)|お付き合い|また(?:お(?:会い|目)|来[週月年])|(?:という|そんな)わけで|おしまい"
)


def _last_told(sections: Sequence[Section]) -> int:
    return next((i for i in reversed(range(len(sections))) if sections[i].kind is not Kind.PROMO), 0)


def _cut_off(sections: Sequence[Section], at: int, rest: int) -> list[Section]:
    """Let what begins at a line within a section be a closing of its own."""
    last = sections[at]
    kept, closing = replace(last, end=rest - 1), Section(last.number + 1, Kind.OUTRO, None, rest, last.end)
    return [*sections[:at], kept, closing, *(replace(s, number=s.number + 1) for s in sections[at + 1 :])]


def with_signed_end(sections: list[Section], lines: Sequence[str]) -> list[Section]:
    """Let the last section but promotion be a closing where its last words alone carry a name: …でしょうか。（森）"""
    told = [i for i, s in enumerate(sections) if s.kind not in (Kind.PROMO, Kind.TOC)]
    signed = [i for i in told if _is_signed(sections[i], lines)]
    if len(told) < _LEAST_ISSUE or signed != told[-1:] or sections[told[-1]].kind is not Kind.BODY:
        return sections
    return [replace(s, kind=Kind.OUTRO) if i == told[-1] else s for i, s in enumerate(sections)]


_LEAST_ISSUE = 4  # sections of an issue by several writers


def _is_signed(section: Section, lines: Sequence[str]) -> bool:
    last = next(
        (t for t in reversed(lines[section.start - 1 : section.end]) if t and not marks.DIVIDER.fullmatch(t)), ""
    )
    return bool(re.search(r"[。！!？?…]\s*[（(][一-龠々ぁ-んァ-ヶー]{1,6}[)）]$", last))
