"""Who speaks: names that open several lines in one form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from briefing.model import Role
from briefing.script import marks
from briefing.script.lines import is_label, is_meta, is_note_form, stands_apart
from briefing.script.marks import heading_candidates

_NAME = r"(?P<person>[^\s　:：「」『』【】［］〈〉<>＜＞。、()（）―—*■□◆◇●○◎]{1,12}?)(?:さん|氏)?"
TURN = re.compile(
    r"(?P<name>[―—─－-]{2})\s*(?P<title>\S.*)"
    rf"|[■□◆◇●○◎]?\s*[【［（(〈<＜]?(?:\*\*)?{_NAME}(?:\*\*)?"
    r"(?:(?:[(（][^()（）]{1,12}[)）])?[:：／]\s*|[(（][^()（）]{1,12}[)）]\*\*\s*[:：]\s*|(?:[(（][^()（）]{1,12}[)）])?[:：]\*\*\s*|[(（][^()（）]{1,12}[)）]　+(?=.*[。！？!?])|　+|\s+|[】］）)〉>＞]\s*|(?=「))(?P<words>\S.*)"
)
_LOOSE = re.compile(
    rf"(?:[\[［（(]?[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?[\]］)）]?\s*)?[■□◆◇●○◎・―—>]?\s*[《〔\[]?{_NAME}"
    r"(?P<parting>(?:[(（][^()（）]{1,12}[)）])?(?:[:：＝=｜|；;]\s*|[―─—…]{1,2}\s*|　+|\s+|(?=[「『]))|[》〕\]]\s*)(?P<words>\S.*)"
)  # marks that part a name from what is said in fewer texts: heeded where the common ones show no speakers


def find_speakers(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[str]:
    """Give the names that open several lines as speakers do, in the order of their first turn."""
    if names := _names_timed(lines, fixed) or _names_above(lines, fixed):
        return names
    return (
        _names_before(lines, fixed, TURN)
        or _names_before(lines, fixed, _LOOSE)
        or _names_in_row(lines, fixed)
        or _names_in_bold(lines, fixed)
    )


def _names_before(lines: Sequence[str], fixed: Mapping[int, Role], pattern: re.Pattern[str]) -> list[str]:
    """Give the names that a pattern finds at the beginning of what is said, where they come again and fill most of the lines."""
    found: dict[int, str] = {}
    has_b = (
        sum(bool(re.match("[BＢ](?:さん|氏)?[:：　「]", t)) for t in lines) >= 2
    )  # then A is one who speaks, no answer
    for number, text in enumerate(lines, 1):
        is_heading = heading_candidates(number, text) and not marks.STATES.search(text)
        is_other = (
            number in fixed
            or is_label(text)
            or _is_dated(text)
            or is_heading
            or (is_note_form(text) and not (has_b and text[0] in "AＡ"))
        )
        match = None if is_other else pattern.fullmatch(text)
        if match and len(_said_in(match)) >= _LEAST_SAID:
            found[number] = match.groupdict().get("name") or match["person"]
    if any(letters <= set(found.values()) for letters in _LETTERS):
        found = {n: name for n, name in found.items() if not _LETTER.fullmatch(name)}
    counts = Counter(found.values())
    twice = {
        name
        for name in counts
        if counts[name] >= 2 and (has_b or not re.fullmatch(r"[AＡ]", name)) and not _NO_NAME.fullmatch(name)
    }
    boxed = _boxed_speakers(found, twice, lines)
    heard = [name for name in dict.fromkeys(found.values()) if name in twice | boxed or _speaks_once(name, lines)]
    if len(boxed) >= _LEAST_BOXED:
        heard = [name for name in heard if name in boxed]
    own = [number for number, name in found.items() if name in twice]
    turns = [n for n, name in found.items() if name in heard and own and own[0] <= n <= own[-1]]
    voices = {found[n] for n in turns}
    share = 5 if len(twice) > 1 else 2  # one line in so many opens a turn; more where only the chair speaks twice
    if len(voices) < 2 or len(turns) < 4 or len(turns) * share < sum(map(bool, lines[own[0] - 1 : own[-1]])):
        return []
    return heard


def _is_dated(text: str) -> bool:
    return bool(marks.DATE.search(text)) and is_meta(text) and not marks.FULL_STOP.search(text)


_NO_NAME = re.compile(
    r"[QＱ問答]\d*[.．]?|[AＡ]\d+[.．]?|[A-ZＡ-Ｚ][.．]|\d+|[・\-*※▼#|].*|ご?質問|回答|お?答え|お尋ね|ご?相談"
)
_LETTERS = ({"ア", "イ"}, {"イ", "ロ"}, {"ｱ", "ｲ"})  # with which rows of a list begin
_LETTER = re.compile("[ア-ンｱ-ﾝ]")


def _names_timed(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[str]:
    """Give the names that stand with a time alone above what is said, as recorders write them down: [00:02:10] 森."""
    timed = (_TIMED.fullmatch(t) for n, t in enumerate(lines, 1) if n not in fixed)
    names = [match["before"] or match["behind"] for match in timed if match]
    return list(dict.fromkeys(names)) if len(names) >= _LEAST_CALLED and len(set(names)) < len(names) else []


_TIME = r"[\[［（(]?[0-9０-９]{1,2}[:：][0-9０-９]{2}(?:[:：][0-9０-９]{2})?(?:[.,][0-9]{1,3})?[\]］)）]?"
_CALLED = r"(?!.*[をはがにで、。])[^\s　:：0-9０-９][^\s　:：、。]{0,11}(?:[\s　][^\s　:：、。0-9０-９]{1,6})?"
_TIMED = re.compile(rf"{_TIME}[\s　]*(?P<behind>{_CALLED})[:：]?|(?P<before>{_CALLED})[\s　]+{_TIME}")


def _names_in_row(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[str]:
    """Give the names before what is said in 「」 in three neighbouring lines or more, sentences most of them: voices behind a match."""
    rows: list[list[str]] = [[]]
    for number, text in enumerate(lines, 1):
        match = _SAYS.fullmatch(text) if number not in fixed and not heading_candidates(number, text) else None
        if match and not is_label(text) and not is_note_form(text):
            rows[-1].append(match["person"] if _SENTENCE.search(match["words"]) else "")
        elif rows[-1] and fixed.get(number) is not Role.BLANK:
            rows.append([])
    told = [row for row in rows if len(row) >= _LEAST_ROW and sum(map(bool, row)) * 2 > len(row)]
    return list(dict.fromkeys(name for row in told for name in row if name))


_LEAST_ROW = 3


def _names_in_bold(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[str]:
    """Give the names in Markdown's bold before what is said, mostly politely, where one comes again: few words within a report."""
    said: list[tuple[str, str]] = []
    for number, text in enumerate(lines, 1):
        match = TURN.fullmatch(text) if number not in fixed and text.startswith("**") else None
        if (
            match
            and not _NO_NAME.fullmatch(match["person"] or "")
            and not is_note_form(text)
            and not is_label(text.strip("*"))
        ):
            said.append((match["person"], match["words"]))
    polite = sum(bool(POLITE.search(words)) for _, words in said)
    names = list(dict.fromkeys(name for name, _ in said))
    is_talk = len(said) >= _LEAST_CALLED and 2 <= len(names) < len(said) and polite * 5 >= len(said) * 3
    return names if is_talk else []


POLITE = re.compile(r"(?:です|ます|ません|でした|ました|でしょう|ましょう|ください)(?:[かねよが])*[。！？!?]?$")
_SAYS = re.compile(
    r"(?P<person>(?![^「]*[をはがにでと])[^\s　、。「」『』:：（）()]{1,12})(?:[(（][^()（）]{1,12}[)）])?「(?P<words>.{6,})」"
)
_SENTENCE = re.compile(r"[。、！？!?]|(?:です|ます|した|だ|ね|よ|い|る|た)$")
_BOXES = tuple("（(【［〈<＜○◯●◎◆◇■□")
_LEAST_BOXED = 4


def _boxed_speakers(found: Mapping[int, str], twice: Collection[str], lines: Sequence[str]) -> set[str]:
    """Give the names in brackets, or behind a mark, of the kind in which a speaker is named again and again, each before a sentence."""
    boxes = {n: lines[n - 1][0] for n in found if lines[n - 1][0] in _BOXES}
    kinds = {box for n, box in boxes.items() if found[n] in twice}
    said = [n for n, box in boxes.items() if box in kinds and marks.FULL_STOP.search(lines[n - 1])]
    return {found[n] for n in said}


def _names_above(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[str]:
    """Give the names that stand alone above what is said: two or more short lines that come again, each above a sentence."""
    alone = [
        t
        for n, t in enumerate(lines[:-1], 1)
        if n not in fixed and _ALONE.fullmatch(t) and stands_apart(n, lines, fixed) and marks.FULL_STOP.search(lines[n])
    ]
    twice = [name for name, count in Counter(alone).items() if count >= 2]
    if len(twice) >= 2 and len(twice) * 2 > len(set(alone)):
        return list(dict.fromkeys(alone))
    return _marked_names_above(lines, fixed)


def _marked_names_above(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[str]:
    """Give the names behind one mark, alone above what is said, that come three times or more, with no other short line among them: headings do not repeat."""
    rows: dict[str, list[int]] = {}
    for number, text in enumerate(lines[:-1], 1):
        match = _MARKED_NAME.fullmatch(text) if number not in fixed else None
        if match and (match["mark"] or match["colon"]):
            rows.setdefault(match["mark"] + match["colon"], []).append(number)
    for members in rows.values():
        names = Counter(name_alone(lines[n - 1]) for n in members)
        often = [name for name, count in names.items() if count >= _LEAST_CALLED]
        others = (n for n in range(members[0], members[-1]) if n not in fixed and n not in members)
        if (
            len(often) >= 2
            and len(often) * 2 > len(names)
            and all(marks.FULL_STOP.search(lines[n - 1]) for n in others)
        ):
            return list(names)
    return []


_LEAST_CALLED = 3
_MARKED_NAME = re.compile(
    r"(?P<mark>[■□◆◇●○◎▼▽・【＜<《〈（(\[]?)[\s　]*(?P<name>[一-龠々ぁ-んァ-ヶーA-Za-zＡ-Ｚ・]{1,8})[】＞>》〉）)\]]?(?P<colon>[:：]?)"
)


def name_alone(text: str) -> str:
    """Give the name that a line of a mark, or before a colon, holds alone; empty where there is no such."""
    match = _MARKED_NAME.fullmatch(text)
    return match["name"] if match else ""


_ALONE = re.compile(r"[一-龠々ぁ-んァ-ヶーA-Za-zＡ-Ｚ・　 ]{1,10}")


def find_quoted_turns(lines: Sequence[str], fixed: Mapping[int, Role], speakers: Sequence[str]) -> list[int]:
    """Give the lines of a speaker's name with what they say in 「」: they are talk wherever they stand."""
    free = (n for n in range(1, len(lines) + 1) if n not in fixed and lines[n - 1].endswith(("」", "」。")))
    return [n for n in free if (name := speaker_of(lines[n - 1], speakers)) and _quotes(name, lines[n - 1])]


def _quotes(name: str, text: str) -> bool:
    return text.startswith(name) and bool(_QUOTES.match(text, len(name)))


_QUOTES = re.compile(r"(?:さん|氏)?(?:[(（][^()（）]*[)）])?[\s　]*「")


def _is_introduced(name: str, lines: Sequence[str]) -> bool:
    """Say whether a line that is no sentence tells that somebody of this name takes part."""
    return any(name in t and _TAKES_PART.search(t) and not marks.FULL_STOP.search(t) for t in lines)


_TAKES_PART = re.compile(
    r"^\S{0,8}(?:出席|参加|出演|登壇|パネリスト|コーディネーター|話し手|語り手|ゲスト|聞き手|司会|進行)"
)


def _speaks_once(name: str, lines: Sequence[str]) -> bool:
    """Say whether a name opens a single turn as the others do: a colon (or a blank behind an office) and a sentence, nothing of a label."""
    opens = _OPENS if _is_introduced(name, lines) or name.endswith(("員", "長")) else _OPENS_BY_COLON
    said = (t for t in lines if t.startswith(name) and opens.match(t, len(name)))
    return any(not marks.META_LABEL.match(t) and not is_note_form(t) for t in said)


_OPENS_BY_COLON = re.compile(rf"[:：].*{marks.FULL_STOP.pattern}")
_OPENS = re.compile(rf"[:：　].*{marks.FULL_STOP.pattern}")


def _said_in(match: re.Match[str]) -> str:
    said: str = match.groupdict().get("title") or match["words"]
    return said


_LEAST_SAID = 3  # characters


def split_turn(text: str, speakers: Sequence[str]) -> tuple[str, str]:
    """Give the speaker that a line opens with, or whom it names alone, and what they say; no name where there is none."""
    head, colon, words = text.partition("：")
    if colon and head in speakers and words:
        return head, words
    timed = _TIMED.fullmatch(text) if speakers else None
    alone = (timed["before"] or timed["behind"]) if timed else text if text in speakers else name_alone(text)
    if alone and alone in speakers:
        return alone, ""
    for pattern in (TURN, _LOOSE):
        match = pattern.fullmatch(text)
        name = (match.groupdict().get("name") or match["person"]) if match else ""
        if match and name in speakers:
            return name, _said_in(match)
    return "", text


def speaker_of(text: str, speakers: Sequence[str]) -> str:
    """Give the speaker that a line opens with, or whom it names alone; empty when there is none."""
    return split_turn(text, speakers)[0]


def names_only(text: str, speakers: Sequence[str]) -> bool:
    """Say whether a line names a speaker and says nothing."""
    name, said = split_turn(text, speakers)
    return bool(name) and not said
