"""Questions that carry no mark, as lists of frequent questions have them: found by what recurs over the whole document."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import is_meta

_ASKING = re.compile(
    r"(?!.*[。「].)(?![※＊・(（])(?:.{2,50}?(?:(?:教え|聞かせ)て(?:ください|下さい|ほしい)|知りたい)[。]?|.{5,60}?(?:[？?]|(?:です|ます|でしょう|ません|すべき|ない|る|た|の|い|(?<![静確豊細温暖僅柔])[一-龠])か[。]?|のですが[。]?|のは|のでは(?:ない)?[。]?)|.{0,60}?(?:ど[うちこれんの]|いつ|何|なに|なぜ|だれ|誰|いくら).*しょう[。]?)"
)
SAYS_SO = re.compile(r"質問|疑問|FAQ|Q\s?[&＆]\s?A|お尋ね|お?問い?合わ?せ|お答え|相談")
_LEAST = 3  # questions that make a list of them
_SHARE = (4, 10)  # one line in so many must ask; the second where the title or the opening speaks of questions
_SHORT = 24  # characters of a question that does not ask: 予約を取り消したい
_LONG = 100  # characters of a question that tells first what happened
_TROUBLE = re.compile(
    r"(?:たい|ない|ません|しまいました|しまった|ました|なくした|忘れた|困る|困って(?:いる|います)|心配(?:です)?|不安(?:です)?|わからない|わかりません|ですが|ますが|場合|とき|ときは|たら|のでは|には|のは|とは|方法|[？?]|か)[。]?$"
)
ASIDE = re.compile(r"[（(][^（()）]*[)）]")  # what explains a question
_MARKED = re.compile(
    r"(?P<mark>[●○◎■□◆◇▼▽▶▷★☆・♪✿❓❔🙋🤔💬])\ufe0f?\s*(?P<title>\S.*)"
    r"|(?P<number>[0-9０-９]{1,2}(?:[.．](?![0-9０-９])|[)）、]))\s*(?P<counted>\S.*)|(?P<open>[【「〈＜《〔])(?P<boxed>[^】」〉＞》〕]+)[】」〉＞》〕]"
)
_ASKING_MARKS = "❓❔🙋🤔💬"


def without_mark(text: str) -> str:
    """Give a question without the mark that all that ask carry.

    >>> without_mark("●だれでも借りられますか"), without_mark("3.5メートルの船でも乗れますか")
    ('だれでも借りられますか', '3.5メートルの船でも乗れますか')
    """
    match = _MARKED.fullmatch(text)
    return (match["title"] or match["counted"] or match["boxed"]) if match else text


def find_marked_questions(lines: Sequence[str], fixed: Mapping[int, Role]) -> frozenset[int]:
    """Give the lines of a mark most of which ask, each above what answers it, where the text says that it answers questions."""
    grouped: dict[str, list[int]] = {}
    for number, text in enumerate(lines, 1):
        match = _MARKED.fullmatch(text) if number not in fixed else None
        if match and not marks.QUESTION.fullmatch(text) and not marks.NOTE.fullmatch(text):
            grouped.setdefault(match["mark"] or match["open"] or match["number"][-1], []).append(number)
    says_so = any(map(SAYS_SO.search, [t for t in lines if t][:_HEAD]))
    families = (_not_beside(n) for mark, n in grouped.items() if says_so or mark in _ASKING_MARKS)
    return frozenset(n for members in families if _most_ask(members, _Page(lines, fixed, ())) for n in members)


def _not_beside(members: Sequence[int]) -> list[int]:
    """Give the lines that do not stand right beside another: those are a list in an answer."""
    taken = set(members)
    return [n for n in members if not {n - 1, n + 1} & taken]


def _most_ask(members: Sequence[int], page: _Page) -> bool:
    """Say whether of several lines three in five ask, or tell of trouble where one asks, and nearly all are answered."""
    asking = [n for n in members if _ASKING.fullmatch(without_mark(page.lines[n - 1]))]
    telling = [n for n in members if _TROUBLE.search(without_mark(page.lines[n - 1]))]
    answered = [n for n in members if page.is_answered(n)]
    return (
        len(members) >= _LEAST
        and bool(asking)
        and len({*asking, *telling}) * 5 >= len(members) * 3
        and len(answered) * 5 >= len(members) * 4
    )


_HEAD = 8  # lines on top in which a text says what it is


def find_unmarked_questions(lines: Sequence[str], fixed: Mapping[int, Role], taken: Collection[int]) -> frozenset[int]:
    """Give the lines that ask, each with a statement right below; none where they are too few to be a list of questions.

    Where blank lines part them, a short line without a full stop in the same place is one, too. `taken` are lines that are
    headings, titles or contents. Where only answers carry a mark, what stands right above one asks.
    """
    answers = [n for n, t in enumerate(lines, 1) if marks.ANSWER.fullmatch(t) and "。" in t]
    marked = {n for n, t in enumerate(lines, 1) if marks.QUESTION.fullmatch(t)}
    page = _Page(lines, fixed, {*taken, *marked, *answers})
    if len(answers) >= _LEAST - 1 and not marked:
        return frozenset(n for n in map(page.above, answers) if page.is_text(n))
    text = [n for n in range(1, len(lines) + 1) if page.is_text(n)]
    asking = {n for n in text if page.asks(n) and page.is_answered(n)}
    opening = [n for n in text[:_HEAD] if n < min(asking, default=0)]
    spaced = sum(fixed.get(n + 1) is Role.BLANK for n in asking)
    is_spaced = spaced * 2 > len(asking)  # a blank line parts questions from their answers
    heads = {n for n in text if page.is_short_head(n) and (not asking or (fixed.get(n + 1) is Role.BLANK) == is_spaced)}
    above = [n for n in taken if n < max(asking | heads, default=0)]  # behind them a heading tells whom to ask
    says_so = any(SAYS_SO.search(lines[n - 1]) for n in [*above, *text[:3], *opening])
    heads -= {n for n in opening if marks.STATES.search(lines[n - 1]) and SAYS_SO.search(lines[n - 1])}
    first = min((n for n in asking | heads if n not in opening[:1]), default=0)
    leading = {n for n in text if n < first and page.is_trouble_behind_answer(n)}  # right below the opening
    leading |= {n for n in text if asking and n > min(asking) and page.asks_at_length(n)}
    if says_so and _are_troubles(asking | heads, page):
        return frozenset(asking | heads | leading)
    opened = [n for n in text if page.opens_paragraph(n) and min(asking, default=0) <= n <= max(asking, default=0)]
    is_most = len(asking & set(opened)) * 2 > len(opened)  # of the paragraphs from the first to the last of them
    if len(asking) < _LEAST or (len(asking) * _SHARE[says_so] < len(text) and not is_most):
        return frozenset()
    if not all(page.opens_paragraph(n) for n in asking):
        return frozenset(asking | {n for n in text if n > min(asking) and page.is_trouble_behind_answer(n)})
    return frozenset(asking | leading | {n for n in heads if n > min(asking) or _TROUBLE.search(lines[n - 1])})


def _are_troubles(heads: Collection[int], page: _Page) -> bool:
    """Say whether several short lines that open paragraphs, with the headings among them, tell of troubles or ask: 鍵をなくした."""
    telling = [n for n in heads if _TROUBLE.search(page.lines[n - 1])]
    among = len(heads) + sum(min(heads, default=0) < n < max(heads, default=0) for n in page.taken)
    return len(heads) >= _LEAST and len(telling) * 3 >= among * 2 and all(map(page.opens_paragraph, heads))


def mark_letters(lines: Sequence[str], roles: Sequence[Role], heads: Mapping[int, str]) -> list[Role]:
    """Give the roles again: under a heading that speaks of letters, what is quoted asks, and the paragraphs below it answer.

    `heads` are the titles of sections by their lines; without any, the first sentence heads the text. Two letters show it, half
    of which ask.
    """
    out = list(roles)
    first = next((n for n, role in enumerate(roles, 1) if role is Role.PARA), 0)
    heads = heads or ({first: lines[first - 1]} if first else {})
    bounds = [*sorted(heads), len(lines) + 1]
    for start, end in pairwise(bounds):
        inside = range(start + 1, end)
        letters = [n for n in inside if roles[n - 1] is Role.QUOTE and roles[n - 2] is not Role.QUOTE]
        asking = [n for n in inside if roles[n - 1] is Role.QUOTE and re.search("[？?]|か[。」]", lines[n - 1])]
        if len(letters) < 2 or len(asking) * 2 < len(letters) or not _LETTERS.search(heads[start]):
            continue
        for n in range(letters[0], end):
            out[n - 1] = _IN_LETTERS.get(roles[n - 1], roles[n - 1])
    return end_last_answer(out)


_LETTERS = re.compile(r"便り|手紙|たより|質問|相談|メール|投稿|投書|コメント返し|お?返事|Q\s?[&＆]\s?A|お答え|こたえ")
_IN_LETTERS = {Role.QUOTE: Role.QUESTION, Role.PARA: Role.ANSWER}


def only_questions_are_marked(lines: Sequence[str], taken: Collection[int]) -> bool:
    """Say whether several questions carry a mark and no answer does: what follows a question is its answer.

    `taken` are the lines of headings, titles and contents, which answer nothing: A. 音のこと.
    """
    told = [t for n, t in enumerate(lines, 1) if n not in taken]
    asked = sum(bool(marks.QUESTION.fullmatch(t)) for t in told)
    return asked > 1 and not any(marks.ANSWER.fullmatch(t) for t in told)


def end_last_answer(roles: Sequence[Role]) -> list[Role]:
    """Give the roles again; where no other answer goes on behind a blank line, what does so behind the last one is told."""
    asked = [n for n, role in enumerate(roles) if role is Role.QUESTION and roles[n - 1 : n] != [Role.QUESTION]]
    going_on = [
        n
        for n in range(2, len(roles))
        if roles[n - 2 : n + 1] == [Role.ANSWER, Role.BLANK, Role.ANSWER] and asked and n > asked[0]
    ]
    out = list(roles)
    is_end = going_on and _only_a_box_follows(roles[going_on[0] :])
    if len(asked) >= _LEAST and is_end and going_on[0] > asked[-1]:
        for n in range(going_on[0], len(roles)):
            out[n] = Role.PARA if roles[n] is Role.ANSWER else roles[n]
    return out


def _only_a_box_follows(roles: Sequence[Role]) -> bool:
    """Say whether behind the first heading there are a few lines that ask nothing: where to turn."""
    at = roles.index(Role.HEADING) if Role.HEADING in roles else len(roles)
    return sum(r is not Role.BLANK for r in roles[at:]) <= _LONGEST_BOX and Role.QUESTION not in roles[at:]


_LONGEST_BOX = 8  # lines


@dataclass(frozen=True, slots=True)
class _Page:
    lines: Sequence[str]
    fixed: Mapping[int, Role]
    taken: Collection[int]

    def is_text(self, number: int) -> bool:
        return 1 <= number <= len(self.lines) and number not in self.fixed and number not in self.taken

    def above(self, number: int) -> int:
        return number - 2 if self.fixed.get(number - 1) is Role.BLANK else number - 1

    def asks(self, number: int) -> bool:
        return _ASKING.fullmatch(self.lines[number - 1]) is not None

    def asks_at_length(self, number: int) -> bool:
        """Say whether a paragraph opens with a line of several sentences, the last of which asks, right above a statement."""
        text = self.lines[number - 1]
        is_asked = len(text) <= _LONG and bool(re.search(r"。[^。「」]*(?:[？?]|か。?)$", text))
        return (
            is_asked
            and self.fixed.get(number + 1) is None
            and self.opens_paragraph(number)
            and self.is_answered(number)
        )

    def is_answered(self, number: int) -> bool:
        below = number + 2 if self.fixed.get(number + 1) is Role.BLANK else number + 1
        if self.is_text(below) and ASIDE.fullmatch(self.lines[below - 1]):
            below += 1
        return self.is_text(below) and not self.asks(below) and bool(marks.FULL_STOP.search(self.lines[below - 1]))

    def opens_paragraph(self, number: int) -> bool:
        above = number - 1
        is_apart = self.fixed.get(above) is Role.BLANK or above in self.taken or self._heads(above)
        below = number + 2 if self.fixed.get(number + 1) is Role.BLANK else number + 1
        return is_apart and self.is_text(below)

    def _heads(self, number: int) -> bool:
        """Say whether a line that opens a paragraph is short and no sentence: a heading right above a question."""
        text = self.lines[number - 1]
        is_free = self.is_text(number) and (number == 1 or self.fixed.get(number - 1) is Role.BLANK)
        return is_free and len(text) <= _SHORT and not self.asks(number) and not marks.FULL_STOP.search(text)

    def is_trouble_behind_answer(self, number: int) -> bool:
        """Say whether a short line without a full stop tells of a trouble, right below a sentence and above one."""
        text, above = self.lines[number - 1], self.lines[number - 2]
        is_trouble = len(text) <= _SHORT and bool(_TROUBLE.search(text)) and not text.endswith("。")
        return is_trouble and bool(marks.FULL_STOP.search(above)) and self.is_answered(number)

    def is_short_head(self, number: int) -> bool:
        text = self.lines[number - 1]
        is_other = (
            re.search("。.|[：:]", text) or is_meta(text) or marks.NOTE.fullmatch(text) or marks.LIST.fullmatch(text)
        )
        is_told = text.endswith("。") and not _TROUBLE.search(text)
        is_short = len(text) <= _SHORT and not is_told
        return self.opens_paragraph(number) and self.is_answered(number) and is_short and not is_other
