"""What a line is by itself, and the words that several steps share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from briefing.model import Role
from briefing.script import marks
from briefing.script.links import is_link, leads_to_address
from briefing.script.marks import heading_candidates

ORNAMENTS = "■□◆◇●○◎★☆▼▽▲△▶▷►◀◁【】<>＜＞≪≫〈〉#＃*＊~〜=＝-―　 :：✿❀✽❖♪♫☆♦◉"


def fixed_roles(lines: Sequence[str]) -> dict[int, Role]:
    """Give the roles that need no neighbours: front matter, code, dividers, links, tables, quotes, blanks; by line number."""
    fixed: dict[int, Role] = {}
    inside: Role | None = None
    for number, text in enumerate(lines, 1):
        if number == 1 and text == "---" and "---" in lines[1:]:
            inside = Role.FRONTMATTER
        elif inside is Role.FRONTMATTER and text in ("---", "..."):
            fixed[number], inside = Role.FRONTMATTER, None
            continue
        elif text.startswith(("```", "~~~")):
            fixed[number] = Role.CODE
            inside = None if inside is Role.CODE else Role.CODE
            continue
        elif inside is None and (text.startswith(":::") or _NOTE_QUOTE.match(text)):
            inside = Role.NOTE
        elif inside is Role.NOTE and text == ":::":
            fixed[number], inside = Role.NOTE, None
            continue
        if inside is Role.NOTE and not text and lines[number - 2].startswith((">", "＞")):
            inside = None  # a note written as a quotation ends with it
        if inside:
            is_label = (
                inside is Role.NOTE
                and _NOTE_LABEL.fullmatch(text)
                and "".join(lines[number : number + 1]).startswith((">", "＞"))
            )
            fixed[number] = Role.NOTE_LABEL if is_label else inside
        elif text[:1] in tuple("┌└┏┗") and any(
            t[:1] in tuple("│┃├┣") for t in (*lines[number : number + 1], *lines[number - 2 : number - 1])
        ):
            fixed[number] = Role.TABLE  # the frame of a drawn table; without rows, that of a box
        elif role := _fixed_role(text):
            fixed[number] = role
        elif leads_to_address(text) and _leads_beside(number, lines):
            fixed[number] = Role.LINK
        elif (
            _is_tabbed(text) and any(map(_is_tabbed, (*lines[number : number + 1], *lines[number - 2 : number - 1])))
        ) or _is_row(number, lines):
            fixed[number] = Role.TABLE
        elif _is_caption(number, lines):
            fixed[number] = Role.META
    return fixed


def _leads_beside(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line that leads to an address has a neighbour that does, behind the same mark: rows of where to read on."""
    text = lines[number - 1]
    around = (*lines[max(number - 2, 0) : number - 1], *lines[number : number + 1])
    form = _opening(text)
    return any(leads_to_address(t) and _opening(t) == form for t in around)


def _opening(text: str) -> str:
    """Give the mark that opens a line, a number as 0; nothing before a word."""
    return re.sub(r"[0-9０-９]+", "0", text[:2]) if re.match(r"[0-9０-９]", text) else re.sub(r"\w", "", text[:1])


def _is_row(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line is one of three neighbours or more with as many columns, three at least, parted by wide gaps."""
    counts = [len(_GAP.findall(t)) if "。" not in t else 0 for t in lines[max(number - 3, 0) : number + 2]]
    at = min(number - 1, 2)
    windows = (counts[i : i + 3] for i in range(max(at - 2, 0), at + 1))
    return counts[at] >= 2 and any(w == [counts[at]] * 3 for w in windows)


_GAP = re.compile(r"(?<=\S)(?:　{2,}| {2,}|　 )\s*(?=\S)")


def _is_tabbed(text: str) -> bool:
    """Say whether a line has columns parted by tabs, as its neighbour must have, too."""
    return "\t" in text and not marks.FULL_STOP.search(text)


_NOTE_QUOTE = re.compile(
    r"[>＞]\s*(?:\*\*(?:Note|NOTE|注|補足|ご?注意|メモ|警告|ヒント|参考|重要)|\[!|(?:注意?|補足|メモ|Note|NOTE|注記)[:：]|[⚠💡📝ℹ❗❕‼📌🚨])"
)


_NOTE_LABEL = re.compile(r"[>＞]\s*\*\*[^*。]{1,16}\*\*")


def _fixed_role(text: str) -> Role | None:
    if not text:
        return Role.BLANK
    if marks.DIVIDER.fullmatch(text):
        return Role.DIVIDER
    if re.search(
        r"\]\(#[^)]*\)\s*$|^(?:\[\[?_?(?:TOC|toc)_?\]\]?|\[:contents\]|\{\{ *toc *\}\}|<!-- *toc *-->|\{:toc\})$", text
    ):
        return Role.TOC  # a link to a heading of the same page
    if is_link(text) or _EMBEDDED.fullmatch(text):
        return Role.LINK
    if text.startswith("|") and text.endswith("|"):
        return Role.TABLE
    if text.startswith((">", "＞")) and not text.endswith("＞"):
        return Role.QUOTE
    if re.match(r"\$\s[a-z./~]", text):
        return Role.CODE  # a command behind its prompt
    return None


_EMBEDDED = re.compile(
    r"[!@]\[[^\]]*\]\([^)]*\)|\[f:id:[^\]]+\]|[\[［](?:画像|写真|図|動画)[0-9０-９]*[:：][^\]］]*[\]］]|<img\s[^>]*>"
)


def _is_caption(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line without a full stop is right below a picture."""
    text = lines[number - 1]
    is_heading = heading_candidates(number, text) and text[0] not in "▲△"
    is_below = number > 1 and bool(_EMBEDDED.fullmatch(lines[number - 2]))
    return is_below and bool(text) and not is_heading and not marks.FULL_STOP.search(text)


def stands_apart(number: int, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a blank line, a divider or the top of the page is right above."""
    before = fixed.get(number - 1, Role.BLANK if number == 1 else None)
    return before in (Role.BLANK, Role.DIVIDER)


def is_note_form(text: str) -> bool:
    """Say whether a line has the form of a note, a caption, a question or an answer."""
    return bool(
        marks.NOTE_LABEL.fullmatch(text)
        or marks.NOTE.fullmatch(text)
        or marks.CAPTION.fullmatch(text)
        or marks.QUESTION.fullmatch(text)
        or marks.ANSWER.fullmatch(text)
    )


def is_short_item(text: str) -> bool:
    """Say whether a line is short, without a mark and without a sentence's end: what a list without marks is made of."""
    return bool(_SHORT_ITEM.fullmatch(text)) and not heading_candidates(0, text) and not marks.LIST.fullmatch(text)


_SHORT_ITEM = re.compile(r"(?![『（(])(?!「[^」]*」$)(?!.*　)(?!.*(?:[。、！？!?…:：]|です|ます|した)$).{1,24}")


def announces_list(text: str) -> bool:
    """Say whether a line is a sentence that announces several things: 次の三つをやめました。"""
    return bool(
        marks.FULL_STOP.search(text) and re.search(r"次の|以下|[とお]おり|[0-9０-９一二三四五六七八九十]つ", text)
    )


PERSON = re.compile(r"(?!.*[をはがのにでと])[一-龠々]{1,4}[\s　]?[一-龠々ぁ-んァ-ヶ]{1,5}")


NAMED = re.compile(
    rf"^(?:{PERSON.pattern}|(?!.*(?:[をはがのにで「]|質問|お知らせ|報告|案内))[^（(]{{2,14}}[（(][^（()）]{{2,20}}[）)])$"
)  # with what they are


_BYLINE = re.compile(
    rf"(?:文|絵|写真|撮影|取材|構成|編集|聞き手)・{PERSON.pattern}|この記事は約?[0-9０-９]+分で読めます。?"
)


ORGANISATION = re.compile(
    r"(?:大学|学校|小学校|中学校|高校|会社|センター|協会|委員会|編集部|編集室|一同|新聞社?|研究[所室科会]|学部|学科|チーム|クラブ|グループ|プール|公民館|会館|ホール|サークル|法人|組合|事務局|(?:協議|連合|振興|自治|町内|商店|友の|後援|同窓|実行委員|を守る)会|連盟|PTA|ＰＴＡ|病院|図書館|市役所|役場|[省庁課部局係])$|各位|御中|関係者|^(?:(?:一般|公益|特定非営利活動)?(?:社団|財団|学校|社会福祉|医療|NPO)?法人|(?:株式|合同|有限)会社)[\s　]?\S{1,16}$"
)


OFFICE = re.compile(r"[部課局室所園校院館会役]長(?:[\s　]+[^\s　をはがに]{1,5}){0,2}$")


TURN_SENTENCE = re.compile(r"(?:です|ます|ました|でした|ません)[。！!]?$")


def is_meta(text: str) -> bool:
    """Say whether a line tells of the text (who, when, where) instead of being part of it."""
    if marks.META_LABEL.match(text) or _BYLINE.fullmatch(text):
        return True
    date = marks.DATE.search(text)
    if date is None or re.search(r"。|(?:ます|です|した)$|では、", text):
        return False
    return len(text) <= 32 or (date.start() == 0 and bool(marks.META_LABEL.search(text[date.end() :])))


def is_label(text: str) -> bool:
    """Say whether a line is a label of the text with its value, not a speaker with a sentence: 司会：本誌・弓削."""
    return bool(marks.META_LABEL.match(text)) and not marks.FULL_STOP.search(text) and not TURN_SENTENCE.search(text)


def plain_label(text: str) -> str:
    """Give a line without its number.

    >>> plain_label("１．日時　　四月一日")
    '日時　　四月一日'
    """
    return re.sub(r"^[0-9０-９]{1,2}(?:[.．、)）][\s　]*|[\s　]+)", "", text)


def is_profile(text: str) -> bool:
    """Say whether a line tells who somebody is by the year of their birth or founding: 森一郎　1969年、長崎県生まれ。"""
    return bool(_PROFILE.match(text))


_YEAR = r"(?:[12１２][0-9０-９]{3}|[一二三四五六七八九〇]{4}|(?:昭和|平成|大正)[0-9０-９元一二三四五六七八九十]{1,3})年"
_PROFILE = re.compile(
    rf"(?:(?:[ぁ-ん]{{1,8}}[・\s　][ぁ-ん]{{1,8}}|[^。、はがをも（(]{{1,12}}[（(][ぁ-んァ-ヶ・\s　]{{2,20}}(?=[）)])|[^。、はがをも]{{1,24}}?)[\s　:：、（()）]+[^。はがをも]{{0,8}})?{_YEAR}[^。はがをも]{{0,16}}生(?:まれ|。)"
    rf"|[^。、はがをも]{{1,24}}?[\s　:：（(]+[^。はがをも]{{0,4}}{_YEAR}[^。はがをも]{{0,12}}(?:[設創]立|創業|卒業?)(?:[。、）)]|$)"
)


def is_told(text: str) -> bool:
    """Say whether a line is running text: a sentence to its end, or a long line that holds one; who somebody is, is none."""
    is_long = "。" in text and len(text) > _LONG
    return bool(_ENDS.search(text) or is_long or _GREETING.fullmatch(text)) and not is_profile(text)


_GREETING = re.compile(
    r"(?:(?:皆|みな)(?:様|さま|さん)[、，！!　]?)?(?:こんにち[はわ]|こんばん[はわ]|おはよう|ど(?:う|ー|〜)も|はじめまして|初めまして|ごきげんよう|お久しぶり|ご無沙汰|ご(?:ぶさ|無沙)た|ハロー|やあ|前略|拝啓|謹啓)(?:(?!.*[」』]$).{0,40}(?:です|ます|でした|ました|ございます|ください))?[。！!♪〜～~☆★ー…]*(?:[（(][^（()）ぁ-んァ-ヶ一-龠]{1,8}[)）])?"
)
_ENDS = re.compile(r"。[)）」』]?$")
_LONG = 60  # characters of a label or a title that holds a full stop


def is_addressee(lines: Sequence[str], number: int) -> bool:
    """Say whether a line names whom a letter or a press release goes to, or who sends it."""
    text = lines[number - 1]
    return bool(
        re.search(
            r"各位$|御中$|関係者様?$|(?:皆|みな)(?:様|さま|さん)$|[\s　](?:様|殿|先生)$|^(?:株式|有限|合同)会社\S{1,16}$|^\S{1,16}(?:株式|有限|合同)会社$|プレスリリース|^NEWS",
            text,
        )
    )


BEFORE_OPENING = frozenset({Role.TITLE, Role.META, Role.BLANK, Role.DIVIDER, Role.FRONTMATTER, Role.TOC})
