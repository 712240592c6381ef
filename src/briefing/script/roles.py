"""A role for every line, by a walk in which questions, answers, notes and turns last until something ends them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from briefing.model import Role
from briefing.script import marks
from briefing.script.headings import Heading
from briefing.script.lines import (
    BEFORE_OPENING,
    TURN_SENTENCE,
    is_addressee,
    is_label,
    is_meta,
    is_profile,
    is_told,
    plain_label,
)
from briefing.script.questions import ASIDE, end_last_answer, find_unmarked_questions, only_questions_are_marked
from briefing.script.speakers import speaker_of
from briefing.script.styles import is_polite, last_turn, may_go_on, talks_politely
from briefing.script.voices import is_stage_direction


def assign_roles(
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: Sequence[Heading],
    contents: Mapping[int, Role],
    titles: frozenset[int],
    speakers: Sequence[str],
) -> list[Role]:
    """Walk over the lines: what is fixed stays, questions, answers, notes and turns last until something ends them."""
    document = _look_over(lines, fixed, headings, contents, titles, speakers)
    roles: list[Role] = []
    state: Role | None = None
    before_text = True
    for number, text in enumerate(lines, 1):
        if state is Role.TURN and document.ends_talk(number, text, roles[-1]):
            state = None
        if (
            state is Role.ANSWER
            and number > document.last_asked
            and roles[-1] is Role.BLANK
            and document.is_narrated(text)
        ):
            state = None
        role = document.known_role(number, text)
        if role is None:
            leads = bool(marks.FULL_STOP.search("".join(lines[number : number + 1])))  # into a sentence
            above = roles[-1] if roles else None
            found = _role_of(text, state, before_text, speakers, above, leads, document.is_bare)
            role = document.in_its_place(found, number, text, before_text)
        before_text = before_text and (role in BEFORE_OPENING or number < min(titles, default=0))
        state = _next_state(role, state)
        roles.append(role)
    return end_last_answer(roles)


@dataclass(frozen=True)
class _Document:
    """What is known of all lines before the walk. `asked` are questions without a mark; with `is_bare` answers have none either."""

    lines: Sequence[str]
    fixed: Mapping[int, Role]
    headings: Mapping[int, Heading]
    contents: Mapping[int, Role]
    titles: frozenset[int]
    speakers: Sequence[str]
    asked: frozenset[int]
    is_bare: bool
    last_turn: int
    last_asked: int
    first_told: int
    may_go_on: bool
    talks_politely: bool

    def ends_talk(self, number: int, text: str, above: Role) -> bool:
        """Say whether a line behind the last turn is told, not said: it follows a blank line, tells of the speakers or promotes."""
        is_apart = above is Role.BLANK and not (self.may_go_on and _SPOKEN.search(text))
        return number > self.last_turn and bool(
            is_apart or _tells_of(text, self.speakers) or marks.PROMO.search(text) or self.is_narrated(text)
        )

    def is_narrated(self, text: str) -> bool:
        """Say whether a line is in the plain style of the opening, where most that is said is polite."""
        return self.talks_politely and bool(marks.STATES.search(text)) and not is_polite(text)

    def known_role(self, number: int, text: str) -> Role | None:
        """Give the role of a line that needs no look at its neighbours."""
        if number in self.titles:
            return Role.TITLE
        if number in self.headings:
            return Role.HEADING if self.headings[number].is_section else Role.SUBHEADING
        if number in self.contents:
            return self.contents[number]
        if number in self.fixed:
            return self.fixed[number]
        is_on_top = number < min(self.titles, default=0) and number < min(self.headings, default=len(self.lines))
        if is_on_top and "。" not in text:
            return Role.META  # the kind of text, a series, an addressee: above the title
        return Role.QUESTION if number in self.asked else None

    def in_its_place(self, role: Role, number: int, text: str, before_text: bool) -> Role:
        """Give the role that a line's place makes of the one that its form has."""
        above = self.headings.get(number - 1)
        if role is Role.META and above and _ASKS_FOR.search(above.title):
            role = Role.PARA  # the date that its heading announces
        is_between = bool(self.speakers) and number < self.last_turn
        if role is Role.META and is_stage_direction(text, is_between):
            role = Role.PARA
        is_no_sentence = not marks.FULL_STOP.search(text)
        is_short = is_no_sentence and (len(text) <= _HEAD_LENGTH or bool(_DAY.match(text)))
        goes_on = number + 1 == self.first_told and bool(_UNFINISHED.search(text))
        is_in_head = before_text and number < self.first_told and (is_short or is_profile(text)) and not goes_on
        is_in_head |= before_text and number > 1 and is_profile(self.lines[number - 2])  # who somebody is goes on
        if is_in_head and role in (Role.PARA, Role.TURN, Role.LIST):
            return Role.META  # above the first sentence: a subtitle, who takes part, tags
        return role


def _look_over(
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: Sequence[Heading],
    contents: Mapping[int, Role],
    titles: frozenset[int],
    speakers: Sequence[str],
) -> _Document:
    at = {h.line: h for h in headings}
    asks_by_dash = not speakers and sum(bool(_ASKED.match(t)) for t in lines) >= 2
    is_marked = bool(speakers) or asks_by_dash
    asked = frozenset() if is_marked else find_unmarked_questions(lines, fixed, {*at, *contents, *titles})
    only_asks = Role.QUESTION in fixed.values() and Role.ANSWER not in fixed.values()
    is_marked |= Role.ANSWER in fixed.values()
    is_bare = (
        asks_by_dash
        or bool(asked)
        or only_asks
        or (not is_marked and only_questions_are_marked(lines, {*at, *contents, *titles}))
    )
    last_said, first_told = last_turn(lines, sorted(at), speakers), _first_told(lines, titles)
    goes_on = may_go_on(lines, fixed, speakers)
    last_asked = max(
        (n for n, t in enumerate(lines, 1) if n in asked or _ASKED.match(t) or marks.QUESTION.fullmatch(t)), default=0
    )
    return _Document(
        lines,
        fixed,
        at,
        contents,
        titles,
        speakers,
        frozenset(asked),
        is_bare,
        last_said,
        last_asked,
        first_told,
        goes_on,
        talks_politely(lines, fixed, at, first_told),
    )


def _first_told(lines: Sequence[str], titles: frozenset[int]) -> int:
    """Give the line in which the first sentence begins, 0 where there is none; titles do not count."""
    return next((n for n, t in enumerate(lines, 1) if n not in titles and (is_told(t) or TURN_SENTENCE.search(t))), 0)


_ASKS_FOR = re.compile(r"日時$|^(?:日時|日程|期[間日]|とき|会期|開催日|場所|ところ|会場|締め?切り?|次回)")
_HEAD_LENGTH = 40
_UNFINISHED = re.compile("^[^　]{12,}、[^　]*[ぁ-ん]$")  # right above the line that ends the sentence
_DAY = re.compile(rf"[^\s　。]{{0,6}}{marks.DATE.pattern}")


_SPOKEN = re.compile(r"(?:です|ます|ました|でした|ません|ましょう)(?:よ|ね|か|から|が|けど)*[。！？!?]?$")


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


_NARRATION = re.compile(
    r"^(?:取材|インタビュー|対談|座談会|別れ(?:際|ぎわ)|帰り(?:際|ぎわ|がけ|道|しな))|^[^。]{0,8}店を(?:出|後)|話を聞き終え|^[こそ]の(?:ほか|他)[、，].*(?:質問が?(?:あり|し|出)(?:まし)?た(?!ら)|議員が)"
)


_LONE_LABEL = re.compile(
    r"(?:[▼▽◆◇■□●○★☆▶▷♪]\s*(?!.*[。、：:！!？?　])[^■□◆◇●○★☆]{2,12}|【[^【】。]+】|［[^［］。]+］|〔[^〔〕。]+〕|《[^《》。]+》|≪[^≪≫。]+≫|＜[^＜＞。]+＞)"
)
_ASIDE_NOTE = re.compile(r"[（(].*。[）)]")
_OFFICER = re.compile(r"[（(][^（）()\s]{1,16}[長監][）)]")  # who answered


_MEMBER = re.compile(r"[（(]?(?:質問者[：:])?\S{1,12}(?:[\s　]\S{1,6})?[\s　]?(?:議員|委員|君|氏)[)）]?")


_MARKED_ITEM = re.compile(r"[■□◆◇●○▪▫◎★☆▼▽▶▷►♪◉◦]\s*[^\s★☆].*")


def _role_of(
    text: str,
    state: Role | None,
    before_text: bool,
    speakers: Sequence[str],
    above: Role | None,
    leads: bool,
    is_bare: bool,
) -> Role:
    """Give the role of a line by its form: who speaks or asks, then notes, what stands in the head, the rest; else what lasts goes on."""
    is_label_of_note = _LONE_LABEL.fullmatch(text) and leads and not before_text and above is not Role.LIST
    if marks.NOTE_LABEL.fullmatch(text) or (is_label_of_note and not speaker_of(text, speakers)):
        return Role.NOTE_LABEL
    return (
        _exchange_role(text, state, speakers, is_bare)
        or _note_role(text, before_text, above)
        or _head_role(text, before_text)
        or _further_role(text, state, above)
        or (Role.ANSWER if state is Role.QUESTION and is_bare else None)
        or (state if state in (Role.QUESTION, Role.ANSWER, Role.TURN) else None)
        or Role.PARA
    )


def _exchange_role(text: str, state: Role | None, speakers: Sequence[str], is_bare: bool) -> Role | None:
    """Know turns, questions and answers by their marks."""
    if speakers and speaker_of(text, speakers):
        return Role.TURN
    if (marks.QUESTION.fullmatch(text) and not marks.CONTACT.search(text)) or (is_bare and _ASKED.match(text)):
        return Role.QUESTION
    is_marked = marks.ANSWER.fullmatch(text) and (state or "。" in text)
    return Role.ANSWER if is_marked or (state is Role.QUESTION and _ANSWERER.fullmatch(text)) else None


def _note_role(text: str, before_text: bool, above: Role | None) -> Role | None:
    if marks.CAPTION.fullmatch(text) and not marks.CREDIT.fullmatch(text):
        return Role.META if before_text else Role.NOTE  # above the text its picture opens nothing
    is_aside = not before_text and _ASIDE_NOTE.fullmatch(text) and above is not Role.QUESTION
    return Role.NOTE if marks.NOTE.fullmatch(text) or is_aside else None


def _head_role(text: str, before_text: bool) -> Role | None:
    """Know labels, dates, addressees and subtitles above the text."""
    is_named = is_label(text) or is_label(plain_label(text)) or is_meta(text) or is_addressee([text], 1)
    return Role.META if before_text and (is_named or _SUBTITLE.fullmatch(text)) else None


_SUBTITLE = re.compile(r"[～〜~ー―－-].*[～〜~ー―－-]")


def _further_role(text: str, state: Role | None, above: Role | None) -> Role | None:
    """Know what hangs on the line above, and by its form what stands anywhere: contacts, lists, closing formulas, narration."""
    if state is Role.QUESTION and above is Role.QUESTION and ASIDE.fullmatch(text):
        return Role.QUESTION
    if state is Role.ANSWER and above is Role.ANSWER and _OFFICER.fullmatch(text):
        return Role.ANSWER
    if marks.CONTACT.search(text) or marks.CREDIT.fullmatch(text) or marks.SIGNATURE.fullmatch(text):
        return Role.META
    is_item = marks.LIST.fullmatch(text) or re.match(r"[0-9０-９]{1,2}[\s　]", text)
    if above is Role.HEADING and not is_item and (is_meta(text) or _MEMBER.fullmatch(text)):
        return Role.META
    if state is Role.NOTE_LABEL:
        return Role.NOTE
    if marks.LIST.fullmatch(text) or (_MARKED_ITEM.fullmatch(text) and not marks.FULL_STOP.search(text)):
        return Role.LIST
    if marks.COLOPHON.fullmatch(text) or _FORMULA.fullmatch(text):
        return Role.META
    return Role.PARA if state in (Role.TURN, Role.ANSWER) and _NARRATION.search(text) else None


_FORMULA = re.compile(
    r"キーワード[:：].*|[(（].*(?:にて|収録|取材|掲載|(?:構成|まとめ|取材|文|文責|聞き手|記録|編集)[:：・=＝／].{1,16})[)）]|記|敬具|合掌|かしこ|草々|敬白|不一|頓首|文責.*"
)
