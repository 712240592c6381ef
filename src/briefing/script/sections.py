"""Sections and their kinds, promotion at their ends, question–answer pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from briefing.model import Kind, QaPair, Role, Section
from briefing.script import marks
from briefing.script.headings import Heading, without_mark
from briefing.script.lines import (
    BEFORE_OPENING,
    OFFICE,
    ORGANISATION,
    ORNAMENTS,
    PERSON,
    TURN_SENTENCE,
    is_label,
    is_meta,
)


def cut_sections(
    lines: Sequence[str],
    roles: Sequence[Role],
    headings: Sequence[Heading],
    contents: Mapping[int, Role],
    title_line: int | None,
) -> list[Section]:
    """Cut the lines at the headings of sections; what stands before the first is the opening."""
    starts: list[tuple[int, str | None]] = [(h.line, h.title) for h in headings if h.is_section]
    starts += [(n, lines[n - 1].strip("# ")) for n, role in contents.items() if role is Role.HEADING]
    starts.sort()
    starts += _contents_sections(lines, roles, contents, starts)
    starts.sort()
    is_minutes = any(r is Role.TITLE and _MINUTES.search(lines[n - 1]) for n, r in enumerate(roles, 1))
    first_text = next((n for n, r in enumerate(roles, 1) if r not in BEFORE_OPENING | {Role.LINK}), None)
    if first_text and (not starts or first_text < starts[0][0]):
        starts.insert(0, (first_text, None))
    if not starts:
        return []
    bounds = [s for s, _ in starts[1:]] + [len(lines) + 1]
    sections = [
        Section(i, _kind_of(i, title, start, end, len(starts), roles, is_minutes), title, start, end - 1)
        for i, ((start, title), end) in enumerate(zip(starts, bounds, strict=True), 1)
    ]
    return _with_framing(_with_untitled_questions(sections, roles), roles)


_MINUTES = re.compile(r"議事|会議録|理事会|委員会|総会|例会|打ち?合わ?せ|定例")


def _contents_sections(
    lines: Sequence[str], roles: Sequence[Role], contents: Mapping[int, Role], starts: Sequence[tuple[int, str | None]]
) -> list[tuple[int, str | None]]:
    """Give the labelled list of contents as a section where it stands apart and no opening goes on behind it."""

    def is_gap(number: int) -> bool:
        return not 1 <= number <= len(roles) or roles[number - 1] in (Role.BLANK, Role.DIVIDER)

    known = {line for line, _ in starts}
    titles = {marks.flatten(title) for _, title in starts if title}
    out: list[tuple[int, str | None]] = []
    for number in sorted(contents):
        bare = lines[number - 1].strip(ORNAMENTS)
        is_item = marks.LIST.fullmatch(lines[number - 1]) or marks.flatten(without_mark(0, bare)) in titles
        if contents[number] is not Role.TOC or number - 1 in contents or is_item:
            continue
        end = number
        while end + 1 in contents:
            end += 1
        after = next((n for n in range(end + 1, len(roles) + 1) if not is_gap(n)), 0)
        has_text = any(r not in BEFORE_OPENING for r in roles[: number - 1])
        if has_text and is_gap(number - 1) and is_gap(end + 1) and after in known:
            out.append((number, bare))
    return out


def _with_untitled_questions(sections: list[Section], roles: Sequence[Role]) -> list[Section]:
    """Let questions that follow an opening without a heading be a section of their own."""
    first = sections[0] if sections else None
    if first is None or first.title is not None:
        return sections
    asked = next((n for n in range(first.start, first.end + 1) if roles[n - 1] in (Role.QUESTION, Role.TURN)), 0)
    if not asked or asked == first.start:
        return sections
    opening = Section(1, Kind.INTRO, None, first.start, asked - 1)
    rest = [Section(s.number + 1, s.kind, s.title, s.start, s.end) for s in sections[1:]]
    return [opening, Section(2, Kind.QA, None, asked, first.end), *rest]


def _kind_of(
    index: int, title: str | None, start: int, end: int, total: int, roles: Sequence[Role], is_minutes: bool
) -> Kind:
    inside = roles[start - 1 : end - 1]
    if title is None and index == 1 and total > 1:
        return Kind.INTRO
    title = title or ""
    if marks.CONTENTS.fullmatch(title) or (title and set(inside) <= {Role.TOC, Role.BLANK, Role.DIVIDER}):
        return Kind.TOC
    if marks.OPENING.fullmatch(title) and index <= 2:
        return Kind.INTRO
    if marks.PROMO_TITLE.fullmatch(title):
        return Kind.PROMO
    turns = sum(r is Role.TURN for r in inside)
    is_talk = turns >= 2 and turns > sum(r is Role.PARA for r in inside)  # more is said than told
    if marks.CLOSING.fullmatch(title) and index > total // 2 and not (is_talk and _SOUNDS_LAST.match(title)):
        return Kind.OUTRO
    if Role.QUESTION in inside or marks.QA_TITLE.search(title) or (is_talk and not is_minutes):
        return Kind.QA
    return Kind.BODY


_SOUNDS_LAST = re.compile("これから")  # may as well name what is talked about


def _with_framing(sections: list[Section], roles: Sequence[Role]) -> list[Section]:
    """End an interview with its last words: paragraphs behind them are a closing of their own."""
    at = next((i for i in reversed(range(len(sections))) if sections[i].kind is not Kind.PROMO), None)
    if at is None or sections[at].kind is not Kind.QA:
        return sections
    last = sections[at]
    said = [n for n in range(last.start, last.end + 1) if roles[n - 1] in (Role.TURN, Role.ANSWER)]
    rest = [n for n in range(said[-1] + 1, last.end + 1) if roles[n - 1] is Role.PARA] if said else []
    if not rest:
        return sections
    kept = Section(last.number, last.kind, last.title, last.start, rest[0] - 1)
    closing = Section(last.number + 1, Kind.OUTRO, None, rest[0], last.end)
    later = [replace(each, number=each.number + 1) for each in sections[at + 1 :]]
    return [*sections[:at], kept, closing, *later]


_INVITES = re.compile(r"募集|お寄せ|どうぞ|ください|お待ちして|こちら|ご覧|ダウンロード|プレゼント")
_CHANNEL = re.compile(
    r"アプリ|アカウント|サイト|ページ|メール|コード|フォーム|サポート|チャンネル|ショップ|ストア|次[回号]|来[月号]|寄付|支援|会員|登録|"
    r"スキ[」』]|コメント|ハート|レビュー|感想|DM|ポッドキャスト|マガジン|Kindle|電子書籍|クラウドファンディング|ランキング|ブログ村|求人"
)
_OFFERS = re.compile(
    r"どうぞ|ご覧|お願いします|無料|掲載|更新|配信|発行|お届け|公開(?:中|し)|受け付け|押して|お待ちして|お寄せ|募集|参加して|販売し|いただけ|してみませんか|見て(?:ね|く)|書いて|こちら|挑戦"
)
_CALL = re.compile(rf"{_INVITES.pattern}|@|https?://|発売中|販売中|予約|お申し込み")


_PROMOTABLE = frozenset({Role.PARA, Role.ANSWER, Role.NOTE, Role.LIST})
_LONGEST = 160  # characters of a line that only promotes


def mark_promotion(lines: Sequence[str], roles: list[Role], sections: Sequence[Section]) -> list[Role]:
    """Mark follow-me lines: by strong words anywhere, by weak ones at an end of the text or when repeated, whole closing boxes."""
    page = _Page(lines, roles)
    out = _mark_boxes(lines, roles)
    for number, text in enumerate(lines, 1):
        if roles[number - 1] not in _PROMOTABLE:
            continue
        if page.is_colophon(number):
            out[number - 1] = Role.META
        elif len(text) <= _LONGEST and page.promotes(number):
            out[number - 1] = Role.PROMO
    for section in settle_kinds(sections, out):
        if section.kind is Kind.PROMO:
            for number in range(section.start, section.end + 1):
                if out[number - 1] in (Role.PARA, Role.TABLE, Role.ANSWER, Role.TURN):
                    out[number - 1] = _role_in_box(lines[number - 1], section.title or "")
    return out


def _mark_boxes(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark a few lines with an address between the only two dividers of a form, where no heading is: an own advertisement."""
    out = list(roles)
    dividers = [n for n, role in enumerate(roles, 1) if role is Role.DIVIDER]
    forms = Counter(lines[n - 1][1:-1] for n in dividers)
    for first, last in pairwise(dividers):
        inside = roles[first : last - 1]
        is_frame = (
            forms[lines[first - 1][1:-1]] == 2
            and lines[first - 1][1:-1] == lines[last - 1][1:-1]
            and len(inside) <= _LONGEST_BOX
        )
        if is_frame and Role.LINK in inside and Role.HEADING not in inside and Role.TITLE not in inside:
            for n in range(first + 1, last):
                out[n - 1] = Role.PROMO if roles[n - 1] in (Role.PARA, Role.LIST, Role.ANSWER) else roles[n - 1]
    return out


_LONGEST_BOX = 6


def _role_in_box(text: str, title: str) -> Role:
    if "文献" in title:
        return Role.LIST
    is_told = TURN_SENTENCE.search(text) or "。" in text or _INVITES.search(text)
    return Role.META if "プロフィール" in title or marks.META_LABEL.match(text) or not is_told else Role.PROMO


class _Page:
    """What promotion is judged by: where the text ends, where its last divider is, which lines come twice."""

    def __init__(self, lines: Sequence[str], roles: Sequence[Role]) -> None:
        self._lines, self._roles = lines, roles
        self._last = max((n for n, r in enumerate(roles, 1) if r not in BEFORE_OPENING), default=0)
        self._last_stated = max((n for n, t in enumerate(lines, 1) if marks.FULL_STOP.search(t)), default=0)
        self._divider = max(
            (
                n
                for n, r in enumerate(roles[: self._last], 1)
                if r is Role.DIVIDER and roles[max(n - 2, 0)] is not Role.HEADING
            ),
            default=0,
        )
        self._counts = Counter(t for t in lines if len(t) > 15)

    def is_colophon(self, number: int) -> bool:
        """Say whether a line is a label behind the last sentence, or the last line and in brackets."""
        text = self._lines[number - 1]
        in_brackets = number == self._last and re.fullmatch(r"[(（].*[)）]", text)
        signs = self._roles[number - 1] in (Role.PARA, Role.ANSWER) and any(
            (
                is_meta(text),
                PERSON.fullmatch(text),
                re.fullmatch(r"[^\s。]{2,10}　[^\s。]{1,6}", text),
                ORGANISATION.search(text),
                OFFICE.search(text),
            )
        )
        return (number > self._last_stated and (is_label(text) or signs)) or bool(in_brackets)

    def promotes(self, number: int) -> bool:
        text = self._lines[number - 1]
        near_end = self._last - number <= 2
        is_weak = marks.PROMO.search(text) or marks.HANDLE.search(text)
        points_out = marks.URL.search(text) or (_CHANNEL.search(text) and _OFFERS.search(text))
        leads = self._roles[number : number + 1] == [Role.LINK] and re.search(r"こちら(?:[(（].*[)）])?[。！!]?$", text)
        return bool(
            marks.STRONG_PROMO.search(text)
            or (is_weak and (near_end or self._counts[text] > 1))
            or (points_out and near_end)
            or (number > self._divider and self._ends_apart() and not is_label(text))
            or leads
        )

    def _ends_apart(self) -> bool:
        """Say whether a few lines without a heading behind the last divider call the reader, in a sentence at least."""
        behind = range(self._divider + 1, self._last + 1)
        texts = [self._lines[n - 1] for n in behind]
        return (
            len(self._lines) // 2 < self._divider
            and len(behind) <= 6
            and any(map(_CALL.search, texts))
            and any(map(marks.FULL_STOP.search, texts))
            and not any(self._roles[n - 1] is Role.HEADING for n in behind)
        )


def settle_kinds(sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Settle by place and content what titles leave open: behind the closing, or of links alone, the end promotes; a closing comes last."""
    out: list[Section] = []
    for section in reversed(sections):
        is_end = all(s.kind is Kind.PROMO for s in out)
        inside = set(roles[section.start : section.end])
        is_behind = any(s.kind is Kind.OUTRO for s in sections[: section.number - 1])
        kind = section.kind
        offers = bool(marks.OFFER.search(section.title or "")) and section.number * 2 > len(sections)
        leaves = (inside & _PROMOTING and (is_behind or inside <= _UNSPOKEN_END)) or (offers and inside & _UNSPOKEN)
        if (
            section.title
            and section.number > 1
            and is_end
            and Role.TURN not in inside
            and (leaves or (is_behind and offers))
        ):
            kind = Kind.PROMO
        elif kind is Kind.OUTRO and not is_end and not marks.CLOSING_WORD.fullmatch(section.title or ""):
            kind = Kind.BODY
        out.append(replace(section, kind=kind))
    return out[::-1]


_PROMOTING = frozenset({Role.PROMO, Role.LINK})


_UNSPOKEN = _PROMOTING | {Role.META}
_UNSPOKEN_END = _UNSPOKEN | {Role.DIVIDER, Role.BLANK}


def with_closing(sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Let paragraphs behind the only divider within the last section with a heading be a closing of their own."""
    at = next((i for i in reversed(range(len(sections))) if sections[i].kind is not Kind.PROMO), 0)
    last = sections[at] if sections else None
    if last is None or at < 2 or not last.title or last.kind is Kind.OUTRO:
        return list(sections)
    inner = [
        n
        for n in range(last.start + 1, last.end)
        if roles[n - 1] is Role.DIVIDER and Role.PARA in roles[last.start : n]
    ]
    rest = next((n for n in range(inner[0], last.end + 1) if roles[n - 1] not in _GAP), 0) if inner else 0
    if not rest or roles[rest - 1] is not Role.PARA:
        return list(sections)
    kept, closing = replace(last, end=rest - 1), Section(last.number + 1, Kind.OUTRO, None, rest, last.end)
    return [*sections[:at], kept, closing, *(replace(s, number=s.number + 1) for s in sections[at + 1 :])]


_GAP = frozenset({Role.BLANK, Role.DIVIDER})


def with_closing_promotion(lines: Sequence[str], sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Cut off what follows the last divider when it only promotes, in a sentence at least: a section of its own."""
    if not sections or sections[-1].kind is Kind.PROMO:
        return list(sections)
    last = sections[-1]
    dividers = [n for n in range(last.start, last.end + 1) if roles[n - 1] is Role.DIVIDER]
    for divider in dividers:
        rest = [n for n in range(divider + 1, last.end + 1) if roles[n - 1] not in (Role.BLANK, Role.DIVIDER)]
        promotes = any(roles[n - 1] is Role.PROMO and re.search("[。！]", lines[n - 1]) for n in rest)
        if promotes and all(roles[n - 1] in _UNSPOKEN_END for n in rest):
            kept = Section(last.number, last.kind, last.title, last.start, rest[0] - 1)
            return [*sections[:-1], kept, Section(last.number + 1, Kind.PROMO, None, rest[0], last.end)]
    return list(sections)


def trim_sections(sections: Sequence[Section], roles: Sequence[Role]) -> tuple[Section, ...]:
    """Take trailing blank lines away from every section."""
    out = []
    for number, each in enumerate(sections, 1):
        end = each.end
        while end > each.start and roles[end - 1] is Role.BLANK:
            end -= 1
        out.append(Section(number, each.kind, each.title, each.start, end))
    return tuple(out)


def find_pairs(roles: Sequence[Role], sections: Sequence[Section]) -> tuple[QaPair, ...]:
    """Pair each run of question lines with the run of answer lines (lists inside it included) that follows it."""
    pairs: list[QaPair] = []
    for section in sections:
        q: tuple[int, int] | None = None
        number = section.start
        while number <= section.end:
            role = roles[number - 1]
            if role is Role.QUESTION:
                last = _run_end(roles, number, section.end, (Role.QUESTION, Role.LIST))
                q = (number, last)
                number = last
            elif role is Role.ANSWER and q:
                last = _run_end(roles, number, section.end, (Role.ANSWER, Role.LIST, Role.TABLE, Role.QUOTE))
                pairs.append(QaPair(q, (number, last)))
                q, number = None, last
            number += 1
    return tuple(pairs)


def _run_end(roles: Sequence[Role], start: int, limit: int, kinds: tuple[Role, ...]) -> int:
    last = start
    for number in range(start + 1, limit + 1):
        role = roles[number - 1]
        if role in kinds:
            last = number
        elif role not in (Role.BLANK, Role.DIVIDER):
            break
    return last
