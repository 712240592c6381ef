"""Labels of who asks and who answers, alone above what is said or before it, and names of who asks below a heading."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import is_note_form, stands_apart
from briefing.script.questions import SAYS_SO


def without_box(text: str) -> str:
    """Give the label of who asks or answers without its box or mark; any other text as it is.

    >>> without_box("［相談］"), without_box("♪院長より　休みましょう。")
    ('相談', '院長より　休みましょう。')
    """
    alone = _ALONE.fullmatch(text)
    return (alone["boxed"] or alone["label"]) if alone else text.lstrip("♪✿❀★☆ 　")


def only_tells_who(text: str) -> bool:
    """Say whether a line is nothing but the label of who asks or answers.

    >>> only_tells_who("［相談］"), only_tells_who("【回答】"), only_tells_who("相談に来ました。")
    (True, True, False)
    """
    alone = _ALONE.fullmatch(text)
    return bool(alone and _role_of_label(alone["boxed"] or alone["label"], is_boxed=False))


def find_headed(lines: Sequence[str]) -> dict[int, str]:
    """Give the numbered labels of questions that head several marked ones each, and what they say: 【質問1】橋のこと, 問 …, 答 …."""
    headed = {n: match["title"] for n, text in enumerate(lines, 1) if (match := _HEADED.fullmatch(text))}
    asking = [n for n, t in enumerate(lines, 1) if n not in headed and marks.QUESTION.fullmatch(t)]
    answering = [n for n, t in enumerate(lines, 1) if marks.ANSWER.fullmatch(t)]
    bounds = [*headed, len(lines) + 1]
    first = [(_next_in(asking, a, b), _next_in(answering, a, b)) for a, b in pairwise(bounds)]
    is_above = all(asked and asked < (answered or asked + 1) for asked, answered in first)
    return headed if len(headed) >= _LEAST and is_above else {}


def _next_in(numbers: Sequence[int], start: int, end: int) -> int:
    at = bisect(numbers, start)
    return numbers[at] if at < len(numbers) and numbers[at] < end else 0


_HEADED = re.compile(
    r"[■□◆◇●○▼▽]?\s*(?P<open>[【［\[〔〈＜<《])?(?:一般)?(?:質問|相談|問|Q|Ｑ)\s*(?:[0-9０-９]{1,2}|[①-⑳])\s*[】］\]〕〉＞>》]?[.．:：]?[\s　]*(?P<title>[^。]{2,40})"
)


def find_askers(lines: Sequence[str], fixed: Mapping[int, Role]) -> frozenset[int]:
    """Give the names that stand alone between a short line, its heading, and a marked question, where two do at least."""
    told = [n for n, t in enumerate(lines, 1) if t]
    rows = zip(told, told[1:], told[2:], strict=False)
    headed = find_headed(lines)
    apart = ((b, c) for a, b, c in rows if a in headed or (_is_free_above(a, lines, fixed) and _heads(a, lines)))
    named = [b for b, c in apart if b not in fixed and marks.QUESTION.fullmatch(lines[c - 1])]
    asking = [n for n in named if _ASKS.fullmatch(lines[n - 1]) and not is_note_form(lines[n - 1])]
    return frozenset(asking) if len({lines[n - 1] for n in asking}) >= _LEAST else frozenset()


def _is_free_above(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a line stands apart, or below a sentence where it is none itself: texts without blank lines."""
    return stands_apart(number, lines, fixed) or bool(number > 1 and marks.FULL_STOP.search(lines[number - 2]))


def _heads(number: int, lines: Sequence[str]) -> bool:
    text = lines[number - 1]
    return len(text) <= _LONGEST and not marks.STATES.search(text) and not is_note_form(text)


_PART = r"[^\s　、。・／「」（(）)]{1,10}"
_ASKS = re.compile(
    r"(?!.*[をはがにでへ。！？!?「])(?=[^の]*$|.*[\s　・／（(])[■□◆◇●○◎▼▽【［（〈＜(\[]?[\s　]*(?:(?:質問|発言|登壇)[者議員]{1,2}[\s　:：]+)?"
    rf"{_PART}(?:[\s　・／]+{_PART}){{0,3}}(?:[（(][^（()）]{{1,16}}[)）])?[】］）〉＞)\]]?(?:[\s　／]*答弁者?[\s　:：].*)?"
)  # 質問者：森 一郎（川の会）


def find_question_labels(lines: Sequence[str], fixed: Mapping[int, Role]) -> dict[int, Role]:
    """Give the lines with a label of who asks or answers, alone above what is said or before it, where both come twice, by turns."""
    free = [(n, t) for n, t in enumerate(lines, 1) if t and n not in fixed]
    says_so = any(map(SAYS_SO.search, [t for t in lines if t][:2]))  # a column that answers one
    return _labels_in_turn(free, _LABELLED, _LEAST) | _labels_in_turn(free, _ALONE, _LEAST - says_so)


def _labels_in_turn(lines: Sequence[tuple[int, str]], form: re.Pattern[str], least: int) -> dict[int, Role]:
    found: dict[int, Role] = {}
    for number, text in lines:
        match = form.fullmatch(text)
        role = _role_of_label(match["boxed"] or match["label"], bool(match["boxed"])) if match else None
        if role is Role.QUESTION or (role and found):  # nobody answers before it is asked
            found[number] = role
    found = _of_usual_form(found, dict(lines))
    told = list(found.values())
    asked, answered = told.count(Role.QUESTION), told.count(Role.ANSWER)
    by_turns = sum(pair == (Role.QUESTION, Role.ANSWER) for pair in pairwise(told))
    opens = {text[0] for number, text in lines if number in found}
    is_boxed = form is _ALONE and len(opens) == 1 and opens <= _OPEN  # all of them, in one kind of box
    is_kept = min(asked, answered) >= (1 if is_boxed else least) and by_turns * 5 >= max(asked, answered) * 4
    return found if is_kept else {}


def _of_usual_form(found: Mapping[int, Role], lines: Mapping[int, str]) -> dict[int, Role]:
    """Give the labels that begin as most of their kind do: 【相談】, and not ◎今月のひとこと."""
    begins = {n: lines[n][0] if re.match(r"\W", lines[n]) else "" for n in found}
    usual = {role: Counter(begins[n] for n in found if found[n] is role).most_common(1) for role in set(found.values())}
    return {n: role for n, role in found.items() if begins[n] == usual[role][0][0]}


_LEAST = 2  # of each
_LONGEST = 32  # characters of a heading without a mark
_OPEN = frozenset("【［[〈＜<《〔（(")


def _role_of_label(label: str, is_boxed: bool) -> Role | None:
    bare = label.rstrip("0123456789０１２３４５６７８９①②③④⑤⑥⑦⑧⑨⑩")
    if _ASKER.fullmatch(bare):
        return Role.QUESTION
    return Role.ANSWER if _ANSWERER.fullmatch(bare) or (is_boxed and _OFFICER.fullmatch(bare)) else None


_ASKER = re.compile(
    r"[QＱ]|Question|(?:再々?|ご)?質問(?:者)?|指摘|提[案言]|お客(?:さま|様)(?:の声|から)|はがき|ハガキ|葉書|問い?|お?たずね|お尋ね|お?便り|お?たより|おたよりコーナー|お?悩み|お?なやみ|ご?相談(?:内容|者)?|投書|ご?投稿|お?手紙|読者(?:から|より)|ご?意見(?:の(?:概要|要旨|内容))?|ご?要望|いただいた(?:質問|声)|問題|もんだい|出題|クイズ"
)
_ANSWERER = re.compile(
    r"[AＡ]|Answer|ご?回答(?:者)?|答弁|お?答え?|おこたえ|こたえ|正解|解答|お?返事|おへんじ|返信|アドバイス|[^\s]{1,7}(?:より|から)|[^\s]{1,6}の(?:考え方?|見解|対応|お?答え|こたえ|お?返事|回答|アドバイス|ひとこと)"
)
_OFFICER = re.compile(r"(?!(?:議|委員|会|座)長).{0,8}(?:[長監]|参事|管理者|当局|担当課?)")  # who answers for a town
_DECK = r"(?:[■□◆◇●○◎★☆▼▽▶♪✿❀]\s*)?"
_BOX = r"[【［\[〈＜<《〔（(](?P<boxed>[^\W_]{1,10})[】］\]〉＞>》〕）)]"
_NAME = r"(?P<label>[^\W_]{1,10}?)"
_WHO = r"[^\s　。、「」（(]{1,10}(?:[（(][^（()）]*[)）]|さん|氏|先生)"
_OFFICE = r"(?:[（(][^（()）]{1,16}[)）])?"  # of who answers: 答（町長）
_ALONE = re.compile(rf"{_DECK}(?:{_BOX}|{_NAME}){_OFFICE}[.．:：]?[■□◆◇●○◎★☆♪]?(?:[\s　]+{_WHO})?")
_LABELLED = re.compile(rf"{_DECK}(?:{_BOX}\s*|{_NAME}(?:[:：]\s*|[\s　]+|(?=「)))\S.{{3,}}")
