"""Words of others in a text: voices in 「」, letters to a programme, what somebody is said to have said."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefing.model import Role
from briefing.script import marks


def find_voices(lines: Sequence[str], roles: Sequence[Role]) -> set[int]:
    """Give the lines (from 0) that are words of somebody in 「」 alone, or with who they are.

    Those with a name behind, or of who writes to a programme, stand for themselves; others are three beside each other
    without short replies, are announced above, or said below to have been said.
    """
    told = [i for i, role in enumerate(roles) if role in (Role.PARA, Role.QUOTE)]
    said = {i for i in told if _SAID.fullmatch(lines[i])}
    rows = _rows_of_speech(told, lines)
    announced = {i for i in said if i and _is_announced(i, lines, roles)}
    heard = [row for row in rows if said.issuperset(row) and (len(row) >= _LEAST_VOICES or announced & set(row))]
    signed = {i for i in told if _SIGNED.fullmatch(lines[i])}
    beside = {i for i in signed if {i - 1, i + 1} & signed}
    named = {i for i in told if marks.VOICE.fullmatch(lines[i])} | _letters(lines, roles)
    return named | beside | announced | {i for row in heard for i in row}


def is_stage_direction(text: str, is_between: bool) -> bool:
    """Say whether a line in brackets tells what is heard or done in a talk: laughter, or anything between turns that names nobody.

    >>> is_stage_direction("（会場、笑い）", False), is_stage_direction("（文・森）", True)
    (True, False)
    """
    bare = text.strip("（()）［[]］〔〕 　")
    is_heard = bool(_HEARD.search(bare)) and not marks.DATE.search(bare)
    return bool(_STAGE.fullmatch(text)) and (is_heard or (is_between and not _CREDITS.search(bare)))


_STAGE = re.compile(r"[（(［\[〔][^（()）［］\[\]〔〕]{1,24}[)）］\]〕]")
_HEARD = re.compile(r"(?:笑い?|拍手|どよめき|歓声|沈黙|ざわめき|うなず[きく]|苦笑|爆笑|間)$|^(?:笑|拍手|沈黙)")
_CREDITS = re.compile(
    r"[:：・＝=／/0-9０-９]|(?:文|絵|写真|図|撮影|聞き手|構成|編集|取材|まとめ|記録|司会|収録|提供|協力|敬称略|つづく|続く|終わり|おわり|[完了]|[部課局室会]|より|にて)$|^(?:写真|文責|於|注|※|参考|出典)"
)


def _rows_of_speech(told: Sequence[int], lines: Sequence[str]) -> list[list[int]]:
    """Give the neighbouring ones of the told lines that are in 「」 alone, blank lines aside."""
    rows: list[list[int]] = [[]]
    for i in told:
        if _REPLY.fullmatch(lines[i]):
            rows[-1].append(i)
        elif rows[-1]:
            rows.append([])
    return rows


def _letters(lines: Sequence[str], roles: Sequence[Role]) -> set[int]:
    """Give what listeners or readers write: their names before it; among turns by a pen name alone."""
    free = ((i, role) for i, role in enumerate(roles) if role in (Role.PARA, Role.QUOTE, Role.TURN))
    letters = ((i, role) for i, role in free if _LETTER.fullmatch(lines[i]))
    return {i for i, role in letters if role is not Role.TURN or _PEN_NAME.match(lines[i])}


def _is_announced(index: int, lines: Sequence[str], roles: Sequence[Role]) -> bool:
    """Say whether the line above, or a heading, says that words of somebody follow, or the line below that these were it."""
    above = index - 1 if roles[index - 1] is not Role.BLANK else max(index - 2, 0)
    is_headed = roles[above] in (Role.HEADING, Role.SUBHEADING) and _COMMENTS.search(lines[above])
    below = lines[index + 1] if index + 1 < len(lines) else ""
    return bool(_ANNOUNCES_VOICE.search(lines[index - 1]) or is_headed or _WAS_SAID.match(below))


_COMMENTS = re.compile(
    r"(?:コメント|談話?|メッセージ|ひとこと|ことば|言葉|声|感想|お便り|アンケート)(?:から|より)?[】〉》］〕＞>」■◆●◇○☆★\s]*$"
)
_WAS_SAID = re.compile(
    r"と(?:の(?:こと|声|お?答え|お?返事|言葉|感想|コメント)|いう(?:声|感想|お?返事|お便り|コメント))"
)


_LEAST_VOICES = 3
_WHO = r"(?![^「]*[をはがにとでも])[^「」。、\s　]{1,12}"
_SIGNED = re.compile(rf"「[^「」]{{6,}}」[\s　]*{_WHO}|(?:[0-9０-９]+代|小|中|高|匿名){_WHO}[\s　]*「[^「」]{{6,}}」")
_PEN_NAME = re.compile("ラジオネーム|ペンネーム|[RP]N[\\s　・:：]|匿名希望")
_LETTER = re.compile(
    r"(?:(?:ラジオネーム|ペンネーム|[RP]N|お名前|匿名希望|投稿者?)[\s　・:：]?[^「」。]{0,24}|(?![^「]*[をはがにと])[^「」。、]{1,16}(?:さん|様)(?:[（(][^()（）]*[)）])?[\s　]*(?:より|から)?)[\s　:：]+「.{8,}」"
)  # who writes to a programme, and what
_SAID = re.compile(r"「[^「」]{8,}」")
_REPLY = re.compile(r"「[^「」]+」")
_ANNOUNCES_VOICE = re.compile(
    r"(?:いわく|曰く|言うには|話では|によれば|によると)[、:：]?$|(?:述べ|語|話し|コメントし|寄せ)[^。、]{0,8}。$|こう(?:ある|あります|書[^。]*)。$"
    r"|(?:声|感想|言葉|ことば|講評|コメント|メッセージ|意見|一言|ひとこと)(?:です。|でした。|が(?:届|寄せ|聞|出|あ)[^。]{0,8}。|[:：])$"
    r"|(?:こんな|次の|寄せられた|ある)[^。]{0,12}(?:声|意見|感想|言葉)(?:も|から|より)?[。:：]$|次の[^。、]{0,8}(?:講評|言葉|ことば|声|コメント|感想|あいさつ|メッセージ|お?話)[^。]{0,16}。$|(?:声|感想|言葉|ことば|講評|コメント|メッセージ)を(?:紹介|いただ|頂|もらい|掲載|お届け|抜粋|お?聞き)[^。]{0,10}。$"
)
