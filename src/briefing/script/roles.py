"""A role for every line, by a walk in which questions, answers, notes and turns last until something ends them."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median_low

from briefing.model import Role
from briefing.script import marks
from briefing.script.headings import Heading
from briefing.script.lines import BEFORE_OPENING, TURN_SENTENCE, is_addressee, is_label, is_meta, speaker_of
from briefing.script.questions import find_unmarked_questions, only_questions_are_marked


def assign_roles(
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: Sequence[Heading],
    contents: Mapping[int, Role],
    titles: frozenset[int],
    speakers: Sequence[str],
) -> list[Role]:
    """Walk over the lines: what is fixed stays, questions, answers, notes and turns last until something ends them."""
    at = {h.line: h for h in headings}
    roles: list[Role] = []
    state: Role | None = None
    before_text = True
    asks_by_dash = not speakers and sum(bool(_ASKED.match(t)) for t in lines) >= 2
    is_marked = speakers or asks_by_dash
    asked = frozenset() if is_marked else find_unmarked_questions(lines, fixed, {*at, *contents, *titles})
    is_bare = asks_by_dash or bool(asked) or (not speakers and only_questions_are_marked(lines))
    last_turn = _last_turn(lines, sorted(at), speakers)
    first_told = next((n for n, t in enumerate(lines, 1) if "。" in t or TURN_SENTENCE.search(t)), 0)
    for number, text in enumerate(lines, 1):
        if state is Role.TURN and number > last_turn and (roles[-1] is Role.BLANK or _tells_of(text, speakers)):
            state = None  # what follows the last turn after a blank line, or tells of the speakers, is told, not said
        if number in titles:
            role = Role.TITLE
        elif number in at:
            role = Role.HEADING if at[number].is_section else Role.SUBHEADING
        elif number in contents:
            role = contents[number]
        elif number in fixed:
            role = fixed[number]
        elif number < min(titles, default=0) and number < min(at, default=len(lines)) and "。" not in text:
            role = Role.META  # the kind of text, a series, an addressee: above the title
        elif number in asked:
            role = Role.QUESTION
        else:
            is_alone = fixed.get(number + 1, Role.BLANK) is Role.BLANK  # the last line of its paragraph
            role = _role_of(text, state, before_text, speakers, roles[-1] if roles else None, is_alone, is_bare)
            if role is Role.META and number - 1 in at and _ASKS_FOR.search(at[number - 1].title):
                role = Role.PARA  # the date that its heading announces
            is_short = len(text) <= _HEAD_LENGTH and not marks.FULL_STOP.search(text)
            if role in (Role.PARA, Role.TURN) and before_text and number < first_told and is_short:
                role = Role.META  # above the first sentence: a subtitle, who takes part, tags
        before_text = before_text and role in BEFORE_OPENING
        state = _next_state(role, state)
        roles.append(role)
    return _mark_tables(lines, _mark_runs(lines, roles))


_ASKS_FOR = re.compile(r"^(?:日時|日程|期[間日]|とき|会期|開催日|場所|ところ|会場|締め?切り?)")
_HEAD_LENGTH = 40


def _last_turn(lines: Sequence[str], heads: Sequence[int], speakers: Sequence[str]) -> int:
    """Give the last line that a speaker opens under a heading below which they talk: a profile is no talk."""
    turns = [n for n, t in enumerate(lines, 1) if speakers and speaker_of(t, speakers)]
    return max((b for a, b in pairwise(turns) if bisect(heads, a) == bisect(heads, b)), default=0)


_LASTING = frozenset({Role.QUESTION, Role.ANSWER, Role.NOTE_LABEL, Role.TURN})


_ENDING = frozenset({Role.HEADING, Role.SUBHEADING, Role.BLANK, Role.TITLE, Role.DIVIDER, Role.TOC})


def _tells_of(text: str, speakers: Sequence[str]) -> bool:
    return any(f"{name}さん" in text for name in speakers) and not TURN_SENTENCE.search(text)


def _next_state(role: Role, state: Role | None) -> Role | None:
    if role is Role.PARA:
        return None
    if role in _ENDING:
        return state if role is Role.BLANK and state in (Role.QUESTION, Role.ANSWER, Role.TURN) else None
    return role if role in _LASTING else state


_ANSWERER = re.compile(r"[^\s　:：「」、。]{1,10}(?:氏|さん)?[:：]\s*\S.*")


_ASKED = re.compile(r"[―—─]{2}\s*\S.*[^―—─]$")


_NARRATION = re.compile(r"^(?:取材|インタビュー|対談|座談会|別れ際|帰り際)|店を(?:出|後)|話を聞き終え")


_MEMBER = re.compile(r"[（(]?(?:質問者[：:])?\S{1,8}[\s　]\S{1,6}[\s　]?(?:議員|委員|君|氏)[)）]?")


_MARKED_ITEM = re.compile(r"[■□◆◇●○▪▫◎★☆]\s*\S.*")


def _role_of(
    text: str,
    state: Role | None,
    before_text: bool,
    speakers: Sequence[str],
    above: Role | None,
    is_alone: bool,
    is_bare: bool,
) -> Role:
    is_under_heading = above is Role.HEADING
    if marks.NOTE_LABEL.fullmatch(text):
        return Role.NOTE_LABEL
    if (marks.QUESTION.fullmatch(text) and not marks.CONTACT.search(text)) or (is_bare and _ASKED.match(text)):
        return Role.QUESTION
    if marks.ANSWER.fullmatch(text) or (state is Role.QUESTION and _ANSWERER.fullmatch(text)):
        return Role.ANSWER
    if marks.NOTE.fullmatch(text):
        return Role.NOTE
    if before_text and is_label(text):
        return Role.META
    if speakers and speaker_of(text, speakers):
        return Role.TURN
    if before_text and (
        is_meta(text) or is_addressee([text], 1) or re.fullmatch(r"[～〜~ー―－-].*[～〜~ー―－-]", text)
    ):
        return Role.META
    if marks.CONTACT.search(text) or marks.CAPTION.fullmatch(text) or (is_alone and marks.SIGNATURE.fullmatch(text)):
        return Role.META
    if is_under_heading and not marks.LIST.fullmatch(text) and (is_meta(text) or _MEMBER.fullmatch(text)):
        return Role.META
    if state is Role.NOTE_LABEL:
        return Role.NOTE
    if marks.LIST.fullmatch(text) or (_MARKED_ITEM.fullmatch(text) and not marks.FULL_STOP.search(text)):
        return Role.LIST
    if marks.COLOPHON.fullmatch(text):
        return Role.META
    if re.fullmatch(r"[(（].*(?:にて|収録|取材|掲載)[)）]|記|敬具|文責.*", text):
        return Role.META
    if state in (Role.TURN, Role.ANSWER) and _NARRATION.search(text):
        return Role.PARA
    if state is Role.QUESTION and is_bare:
        return Role.ANSWER
    return {Role.QUESTION: Role.QUESTION, Role.ANSWER: Role.ANSWER, Role.TURN: Role.TURN}.get(
        state or Role.PARA, Role.PARA
    )


def _mark_runs(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark neighbouring lines that open with one mark, or with rising numbers, as a list though they end as sentences."""
    out = list(roles)
    for above, (first, second) in enumerate(pairwise(lines)):
        if Role.PARA in (out[above], out[above + 1]) and all(
            r in (Role.PARA, Role.LIST) for r in out[above : above + 2]
        ):
            a, b = _RUN_ITEM.match(first), _RUN_ITEM.match(second)
            if a and b and (a["mark"] or "") == (b["mark"] or "") and (a["mark"] or int(b["n"]) == int(a["n"]) + 1):
                out[above : above + 2] = [Role.LIST, Role.LIST]
    return out


_RUN_ITEM = re.compile(r"(?P<mark>[■□◆◇●○▪▫◎★☆])\s*\S|(?P<n>[0-9０-９]{1,2})位?[　\s]+\S")


_CELL = re.compile(
    r"(?![0-9０-９]+位?　)(?:[^\s。、:：（(]|[（(][^（()）。]*[)）]){1,12}(?:[:：]\s*|　[\s　]*|[…‥]+)\S.*[^。]$|(?:[12][0-9]{3}年)?\s*[0-9]{1,2}月(?:\s*[0-9]{1,2}日)?[^、。]{0,16}[\s　:：]+\S.*[^。]$"
)


_TIMETABLE = re.compile(r"(?:とき|ところ|期間|持ち物|費用|定員|対象|日時|場所|料金|時間|会場|参加費)(?:[:：]|　)")


_GRID = re.compile(r".*\t.*|[┌├└│┃].*|[|+][─━|+\-=\s].*|[（(]単位[:：].*[)）]|.*\S \| \S.*\|.*|:?-{2,}:?\s*\|[\s|:-]*")


_CELLS = frozenset({Role.PARA, Role.ANSWER, Role.META, Role.LIST, Role.TABLE})


def _is_row(text: str) -> bool:
    return "｜" in text and "。" not in text


def _mark_tables(lines: Sequence[str], roles: list[Role]) -> list[Role]:
    """Mark tables: rows with tabs or drawn borders, and three and more neighbouring `label: value` lines without a full stop."""
    out, run = list(roles), list[int]()
    for index, text in enumerate(lines):
        if roles[index] in (Role.PARA, Role.ANSWER, Role.META, Role.DIVIDER) and _GRID.fullmatch(text):
            out[index] = Role.TABLE
    for index in range(1, len(lines)):
        if all(out[i] in _CELLS and _is_row(lines[i]) for i in (index - 1, index)) and (
            lines[index - 1].count("｜") == lines[index].count("｜")
        ):
            out[index - 1 : index + 1] = [Role.TABLE, Role.TABLE]
        if all(out[i] in (Role.PARA, Role.QUOTE) and marks.VOICE.fullmatch(lines[i]) for i in (index - 1, index)):
            out[index - 1 : index + 1] = [Role.QUOTE, Role.QUOTE]  # a list of voices
    for index in range(len(lines) + 1):
        if index < len(lines) and out[index] in (Role.PARA, Role.ANSWER, Role.META) and _CELL.fullmatch(lines[index]):
            run.append(index)
            continue
        labels = sum(bool(_TIMETABLE.match(lines[i])) for i in run)
        are_counted = all(re.search("[0-9０-９]", lines[i]) for i in run)
        are_rows = len(run) >= 3 or (len(run) == 2 and (labels == 2 or are_counted))
        if are_rows and sum(out[i] is not Role.META for i in run) * 2 > len(run):
            for i in run:
                out[i] = Role.TABLE
        run = []
    return out


def mark_indented(raw: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark paragraphs two wide blanks deeper than most, or one and with their source, as quoted, from the first sentence on."""
    told = [i for i, role in enumerate(roles) if role is Role.PARA]
    depths = {i: len(raw[i]) - len(raw[i].lstrip("　")) for i in told}
    first = next((i for i in told if "。" in raw[i]), len(raw))
    margin = median_low(depths.values()) if told else 0
    deep = {i for i in told if i > first and depths[i] > margin}
    quoted = {i for i in deep if depths[i] > margin + 1 or marks.VOICE.fullmatch(raw[i].strip())}
    return [Role.QUOTE if i in quoted else role for i, role in enumerate(roles)]
