"""What neighbouring lines of one form are together: lists, tables, voices, quotations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from briefing.model import Role
from briefing.script import marks
from briefing.script.indents import indent, mark_deeper, mark_flush, mark_hung
from briefing.script.lines import announces_list, is_meta, is_short_item, plain_label
from briefing.script.voices import find_voices


def mark_runs(raw: Sequence[str], roles: Sequence[Role], speakers: Sequence[str]) -> list[Role]:
    """Give the roles again, with lists, tables and quotations that lines show only beside each other; `raw` is not stripped."""
    lines = [line.strip(" \t　") for line in raw]
    out = _mark_hanging(raw, _mark_lists(lines, _mark_bylines(lines, mark_flush(raw, mark_hung(raw, roles), speakers))))
    out = _mark_rows(lines, _mark_pairs(lines, out))
    return _mark_starred(lines, mark_deeper(raw, _mark_short(lines, _mark_columns(raw, out))))


def _mark_columns(raw: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark what stands far in right above a table as the names of its columns."""
    out = list(roles)
    for index, (role, below) in enumerate(pairwise(roles)):
        is_far_in = indent(raw[index]) >= indent(raw[index + 1]) + _FAR
        if below is Role.TABLE and role in _CELLS and is_far_in and not marks.FULL_STOP.search(raw[index]):
            out[index] = Role.TABLE
    return out


_FAR = 4  # blanks


def _mark_starred(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark the only item that a star opens, where it is a sentence, as a note: it lists nothing."""
    starred = [i for i, role in enumerate(roles) if role is Role.LIST and re.match(r"[*＊†]\s", lines[i])]
    is_alone = len(starred) == 1 and marks.FULL_STOP.search(lines[starred[0]])
    return [Role.NOTE if is_alone and i in starred else role for i, role in enumerate(roles)]


def _mark_bylines(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark the names that stand right below most headings, or end most sections, as telling who wrote them."""
    told = [i for i, role in enumerate(roles) if role is not Role.BLANK]
    out = list(roles)
    for rank in (Role.HEADING, Role.SUBHEADING):
        heads = [i for i in told if roles[i] is rank]
        first = [told[k + 1] for k, i in enumerate(told[:-1]) if roles[i] is rank]
        last = [told[k - 1] for k, i in enumerate(told) if k and roles[i] is rank] + told[-1:]
        for places in (first, last):
            named = [i for i in places if roles[i] in (Role.PARA, Role.ANSWER, Role.META) and _is_name(lines[i])]
            if len({lines[i] for i in named}) >= 2 and len(named) * 2 > len(heads):
                out = [Role.META if i in named else role for i, role in enumerate(out)]
    return out


def _is_name(text: str) -> bool:
    return bool(_NAMED.fullmatch(text)) and not (marks.CONTACT.search(text) or is_meta(text))


_NAMED = re.compile(
    r"[^\s。、「]{1,6}[\s　][^\s。、「]{1,6}[（(][^（()）]{1,12}[)）]|(?!.*[をはがにでへ、。！？!?「：:]).{2,20}"
)


def _mark_lists(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark neighbouring lines that open with one mark, or with rising numbers, as a list though they end as sentences."""
    out = list(roles)
    for above, (first, second) in enumerate(pairwise(lines)):
        both = out[above : above + 2]
        if {Role.PARA, Role.ANSWER} & set(both) and all(r in (Role.PARA, Role.ANSWER, Role.LIST) for r in both):
            a, b = _RUN_ITEM.match(first), _RUN_ITEM.match(second)
            if a and b and (a["mark"] or "") == (b["mark"] or "") and (a["mark"] or _counts_on(a, b)):
                out[above : above + 2] = [Role.LIST, Role.LIST]
    return out


_RUN_ITEM = re.compile(
    r"(?P<mark>[■□◆◇●○▪▫◎★☆→⇒➡])\s*\S|(?P<n>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})位?[　\s]+\S|(?:第\s*)?(?P<rank>[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})位[　\s:：]*\S|(?P<kana>[ア-ンa-zａ-ｚA-HＡ-Ｈ甲乙丙丁ⅰ-ⅻ])[　\s]+\S"
)
_KANA = (
    "アイウエオカキクケコサシスセソ",
    "イロハニホヘトチリヌル",
    "abcdefghij",
    "ａｂｃｄｅｆｇｈｉｊ",
    "ABCDEFGH",
    "ＡＢＣＤＥＦＧＨ",
    "甲乙丙丁",
    "ⅰⅱⅲⅳⅴⅵⅶⅷ",
)


def _counts_on(a: re.Match[str], b: re.Match[str]) -> bool:
    """Say whether an item counts on from the one above, in numbers or letters: ア, イ."""
    if a["kana"] and b["kana"]:
        return any(a["kana"] + b["kana"] in row for row in _KANA)
    first, second = (marks.parse_number(match["n"] or match["rank"]) for match in (a, b))
    return first is not None and second == first + 1


def _mark_short(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark three or more short lines without a sentence's end as a list, where they fill a paragraph or a sentence announces them."""
    out, run = list(roles), list[int]()
    for index in range(len(lines) + 1):
        role = out[index] if index < len(lines) else None
        is_told = role in (Role.PARA, Role.ANSWER) and (not run or role is out[run[0]])
        if is_told and is_short_item(lines[index]):
            run.append(index)
            continue
        fills = run and role is not Role.PARA is out[run[0]]
        announced = run and run[0] and announces_list(lines[run[0] - 1])
        opens = run and run[0] and out[run[0] - 1] in (Role.BLANK, Role.HEADING, Role.SUBHEADING)
        if len(run) >= 3 and (announced or (fills and opens)):
            out[run[0] : run[-1] + 1] = [Role.LIST] * len(run)
        run = []
    return out


def _mark_hanging(raw: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark what hangs two blanks deeper below a list's item as part of it; numbered lines that go on with its count, too."""
    out = list(roles)
    count = 0
    for index, line in enumerate(raw):
        number = _COUNTED.match(line.strip(" \t　"))
        above = out[index - 1] if index else None
        if out[index] is Role.LIST:
            count = marks.parse_number(number["n"]) or 0 if number else count
        elif out[index] in _HANGING and number and count and marks.parse_number(number["n"]) == count + 1:
            out[index], count = Role.LIST, count + 1
        elif out[index] in _HANGING and above is Role.LIST and indent(line) > indent(raw[index - 1]) + 1:
            out[index] = Role.LIST
        elif out[index] in (Role.HEADING, Role.SUBHEADING):
            count = 0
    return out


_COUNTED = re.compile(r"(?P<n>[0-9０-９]{1,2})[.．、)）]?[　\s]+\S")
_HANGING = frozenset({Role.PARA, Role.META, Role.QUOTE})


_CELL = re.compile(
    r"(?![0-9０-９]+位?　)(?:[^\s。、:：（(]|[（(][^（()）。]*[)）]){1,12}(?:[\s　]?[:：]\s*|(?:　| {2,})[\s　]*|\s?[…‥]+\s?|\s?[＝=]\s?|\s[/／]\s)\S.*[^。]$|(?:[12１２][0-9０-９]{3}年)?\s*[0-9０-９]{1,2}月(?:\s*[0-9０-９]{1,2}日)?[^、。]{0,16}[\s　:：]+\S.*[^。]$"
    r"|(?!.*[。、])\S.{1,28}?　[\s　]*[0-9０-９〇一二三四五六七八九十,，.．]+\S{0,5}$"  # a long name with its figure
)


_TIMETABLE = re.compile(r"(?:とき|ところ|期間|持ち物|費用|定員|対象|日時|場所|料金|時間|会場|参加費)(?:[:：]|　)")


_COMPANY = re.compile(
    r"(?:社名|商号|会社名|店名|屋号|団体名|法人名|名称|代表(?:者|取締役|理事)?|本社|所在地|設立|創業|資本金|従業員数?|事業内容|業種)[\s　]*[:：　]"
)
_WHEN = re.compile(r"(?:日時|日程|会期|期日|開催日)(?:[:：]|　)")
_WHERE = re.compile(r"(?:場所|会場|集合(?:場所)?)(?:[:：]|　)")


_GRID = re.compile(r".*\t.*|[├│┃].*|[|+][─━|+\-=\s].*|[（(]単位[:：].*[)）]|.*\S \| \S.*\|.*|:?-{2,}:?\s*\|[\s|:-]*")


_GAP = re.compile(r"(?<=\S)(?:　{2,}| {2,}|　 )\s*(?=\S)")  # between columns: two of them make a row without bars
_RANK = re.compile(r"[0-9０-９]{1,2}位[\s　]")
_CELLS = frozenset({Role.PARA, Role.ANSWER, Role.META, Role.LIST, Role.TABLE})


def _mark_pairs(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark drawn rows, two neighbouring rows with as many bars, and voices with who they are."""
    drawn = (Role.PARA, Role.ANSWER, Role.META, Role.DIVIDER)
    out = [Role.TABLE if r in drawn and _GRID.fullmatch(t) else r for t, r in zip(lines, roles, strict=True)]
    for above, (first, second) in enumerate(pairwise(lines)):
        both = out[above : above + 2]
        bars = [t.count("｜") or len(_GAP.findall(t)) - 1 + bool(_RANK.match(t)) for t in (first, second)]
        is_row = bars[0] == bars[1] > 0 and not any("。" in t for t in (first, second))
        if is_row and _CELLS.issuperset(both):
            out[above : above + 2] = [Role.TABLE, Role.TABLE]
    voices = find_voices(lines, out)
    return [Role.QUOTE if i in voices else role for i, role in enumerate(out)]


def _mark_rows(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark runs of `label: value` lines without a full stop as tables: three, or two that tell times or figures."""
    out, run = list(roles), list[int]()
    for index in range(len(lines) + 1):
        if (
            index < len(lines)
            and out[index] in _CELLS - {Role.LIST}
            and (out[index] is Role.TABLE or _CELL.fullmatch(lines[index]))
        ):
            run.append(index)
            continue
        texts = [lines[i] for i in run]
        if len(run) == 2 and _WHEN.match(texts[0]) and _WHERE.match(texts[1]):
            out[run[0] : run[1] + 1] = [Role.META] * 2
        is_table = len(run) >= 3 or (
            len(run) == 2 and (all(map(_TIMETABLE.match, texts)) or all(re.search("[0-9０-９]", t) for t in texts))
        )
        if is_table and sum(out[i] is not Role.META for i in run) * 2 > len(run):
            is_company = sum(map(bool, map(_COMPANY.match, map(plain_label, texts)))) >= 2 or _is_address(run, lines)
            for i in run:
                out[i] = Role.META if is_company else Role.LIST if _are_ingredients(texts) else Role.TABLE
        run = []
    return out


def _are_ingredients(rows: Sequence[str]) -> bool:
    """Say whether most rows tell how much of something a dish takes: だし　300ml."""
    measured = [match for row in rows if (match := _MEASURED.search(row))]
    return len(measured) * 2 > len(rows) and any(match["of"] for match in measured)


_MEASURED = re.compile(
    r"[\s　…‥:：]+(?:約|お?好みで)?(?:(?P<of>[大小]さじ[\s　]?[0-9０-９/／半]+|適[量宜]|少々|ひとつまみ|お好みで|[0-9０-９.,/／]+[\s　]?(?:カップ|[gｇ]|グラム|[mｍ][lｌ]|[ccｃ]{2}|かけ|片))|[0-9０-９/／半]+[\s　]?(?:本|個|枚|束|株|玉|丁|袋|缶|切れ|匹|尾|杯|合))(?:[\s　]?[（(][^（()）]*[)）])?$"
)


def _is_address(run: Sequence[int], lines: Sequence[str]) -> bool:
    """Say whether rows hold a telephone or an address, and nothing is told behind them: where to turn, at the end."""
    holds = any(marks.CONTACT.search(lines[i]) for i in run)
    return holds and not any(map(marks.FULL_STOP.search, lines[run[-1] + 1 :]))
