"""The document's title: front matter, a single Markdown heading on top, the likeliest of the leading lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from briefing.model import Role, Source
from briefing.script import marks
from briefing.script.headings import Heading
from briefing.script.lines import (
    NAMED,
    OFFICE,
    ORGANISATION,
    ORNAMENTS,
    TURN_SENTENCE,
    is_addressee,
    is_label,
    is_meta,
    is_note_form,
    is_profile,
    is_told,
    plain_label,
)
from briefing.script.marks import flatten


def find_title(
    source: Source,
    lines: Sequence[str],
    fixed: Mapping[int, Role],
    headings: tuple[Heading, ...],
    contents: Mapping[int, Role],
) -> tuple[str | None, int | None, tuple[Heading, ...]]:
    """Find the document's title: front matter, a single Markdown heading on top, the first line that is no sentence."""
    labelled = next((n for n, t in enumerate(lines[:_LAST_LEADING], 1) if _TITLED.fullmatch(t)), None)
    if labelled and (match := _TITLED.fullmatch(lines[labelled - 1])):
        return match["title"], labelled, tuple(h for h in headings if h.line != labelled)
    if source.meta.get("title"):
        line = next((n for n, t in enumerate(lines, 1) if t.lower().startswith("title")), None)
        return source.meta["title"], line, tuple(h for h in headings if not _repeats(h, source.meta["title"]))
    sections = [h for h in headings if h.is_section]
    first = headings[0] if headings else None
    if (
        first
        and lines[first.line - 1].startswith("# ")
        and sum(lines[h.line - 1].startswith("# ") for h in headings) == 1
        and len(headings) > 1
    ):
        return first.title, first.line, tuple(h for h in headings if h is not first)
    if first and _stands_above_all(first, lines, fixed):
        return first.title.strip(ORNAMENTS), first.line, headings[1:]
    if first and _is_alone(first, sections, lines) and not _better_above(first, lines, fixed):
        return _unboxed(lines[first.line - 1]), first.line, _without_alike(headings, first, lines)
    limit = sections[0].line if sections else len(lines) + 1
    taken = {h.line for h in headings} | set(contents) | set(fixed)
    leading = _leading_lines(lines, min(limit, _LAST_LEADING + 1), taken)
    if leading and sum(map(bool, lines)) > 1:  # a single line is the text itself
        rest = "\n".join(lines[leading[-1] :])
        scores = {n: _title_score(lines[n - 1], rest, lines[n : n + 1]) for n in leading}
        scores |= {n: 0.1 for n in leading if _is_further_label(n, lines)}
        front = next((n for n in leading if scores[n] >= 0.5), leading[0])
        leads = {n: _FRONT for n in leading if n == front or (scores[n] >= 1 and is_meta(lines[n - 2]))}
        best = max(leading, key=lambda n: (scores[n] + leads.get(n, 0), -n))
        if scores[best] > 0:
            return _unboxed(lines[best - 1]), best, headings
    return _late_title(lines, taken, sections, headings)


def _unboxed(text: str) -> str:
    """Give a title without the box or the ornaments that hold the whole of it.

    >>> _unboxed("★☆ 川の便り ☆★"), _unboxed("【川の便り　秋の号】")
    ('川の便り', '川の便り　秋の号')
    """
    match = _DECKED.fullmatch(text) or _BOX.fullmatch(text)
    return match["title"] if match else text


_DECK = "[★☆■□◆◇●○◎♪♫＊*✿❀✽❖]"
_DECKED = re.compile(rf"{_DECK}+[\s　]*(?P<title>.+?)[\s　]*{_DECK}+")


_TAG_LENGTH = 8  # characters of a box that tells the kind of text: 【寄稿】
_BOX = re.compile(r"[【《〈≪＜<〔［](?P<title>[^【】《》〈〉≪≫＜＞<>〔〕［］]{6,})[】》〉≫＞>〕］]")


def _is_alone(first: Heading, sections: Sequence[Heading], lines: Sequence[str]) -> bool:
    """Say whether the first heading has a form that hardly another has, where the others share theirs: the title in a box."""
    forms = [{c.family for c in marks.heading_candidates(h.line, lines[h.line - 1])} for h in sections]
    own = {c.family for c in marks.heading_candidates(first.line, lines[first.line - 1])}
    alike = sum(bool(own & form) for form in forms) - 1
    rest = Counter(name for form in forms if not own & form for name in form)
    return bool(own) and first.is_section and alike < _LEAST_ALIKE and max(rest.values(), default=0) > alike + 1


def _without_alike(headings: Sequence[Heading], first: Heading, lines: Sequence[str]) -> tuple[Heading, ...]:
    """Give the headings without the title, and without what shares its form but is no known title."""
    own = {c.family for c in marks.heading_candidates(first.line, lines[first.line - 1])}
    known = (marks.OPENING, marks.CLOSING, marks.PROMO_TITLE, marks.OFFER)
    alike = {
        h.line
        for h in headings
        if own & {c.family for c in marks.heading_candidates(h.line, lines[h.line - 1])}
        and not any(p.fullmatch(h.title) for p in known)
    }
    return tuple(h for h in headings if h is not first and h.line not in alike)


_LEAST_ALIKE = 2


def _better_above(first: Heading, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether a line above a heading may be the title, or is running text; a masthead is none."""
    title = first.title
    if (
        any(p.fullmatch(title) for p in (marks.OPENING, marks.CLOSING, marks.CONTENTS, marks.NOTE_LABEL))
        or len(title) < 6
    ):
        return True
    above = [n for n in range(1, first.line) if n not in fixed]
    rest = "\n".join(lines[first.line :])
    return any(is_told(lines[n - 1]) or _title_score(lines[n - 1], rest, lines[n : n + 1]) > _MAST for n in above)


_MAST = 0.5  # what a masthead scores
_TITLED = re.compile(
    r"(?:Subject|件名|題名|演題|タイトル)[:：]\s*(?:\[[^\]]*\]\s*)?(?P<title>\S.*)"
)  # a mail's, a form's
_FRONT = 0.3  # what the first line that may be a title is ahead by, or one right below a date
_LAST_LEADING = 14  # lines that a letter's number, date, addressees and senders fill at most


def _stands_above_all(heading: Heading, lines: Sequence[str], fixed: Mapping[int, Role]) -> bool:
    """Say whether nothing but dates and labels is above a heading; above a bare one, who writes to whom may be, too."""
    text = lines[heading.line - 1]
    above = [n for n in range(1, heading.line) if n not in fixed and not is_meta(lines[n - 1])]
    is_letter = text == heading.title and all(
        is_addressee(lines, n) or ORGANISATION.search(lines[n - 1]) or marks.SIGNATURE.fullmatch(lines[n - 1])
        for n in above
    )
    return (not above or is_letter) and not text.startswith("#") and not marks.OPENING.fullmatch(heading.title)


def _leading_lines(lines: Sequence[str], limit: int, taken: set[int]) -> list[int]:
    """Give the lines that stand before any running text: one of them may be the title."""
    out: list[int] = []
    has_stops = _ends_with_stops(lines)
    for number in range(1, min(limit, len(lines) + 1)):
        text = lines[number - 1]
        if out and not text and sum(map(is_label, lines[: number - 1])) >= 2:
            break  # what stands below a block of labels is a heading
        if number in taken:
            continue
        below = lines[number] if number < len(lines) else ""
        goes_on = (
            not has_stops and out and TURN_SENTENCE.search(text) and ("。" in below or TURN_SENTENCE.search(below))
        )
        is_text = is_told(text) or (
            "。" in text
            and (bool(_ENDS_TEXT.search(text)) or bool(out and not has_stops and marks.FULL_STOP.search(below)))
        )
        if (is_text and not is_profile(text)) or goes_on or len(text) > 100:
            break
        out.append(number)
    return out


def _ends_with_stops(lines: Sequence[str]) -> bool:
    """Say whether nearly all sentences of a text end with a full stop: then a polite ending without one is a title's."""
    ends = [bool(marks.FULL_STOP.search(t)) for t in lines if marks.FULL_STOP.search(t) or TURN_SENTENCE.search(t)]
    return sum(ends) * 5 >= len(ends) * 4


_ENDS_TEXT = re.compile(rf"{marks.FULL_STOP.pattern}|[:：、）)]$|。.*。")


def _is_further_label(number: int, lines: Sequence[str]) -> bool:
    """Say whether a line below a label has the form of one, too: 出た人　森、谷."""
    return number > 1 and is_label(lines[number - 2]) and bool(re.match(r"\S{1,5}[　:：]", lines[number - 1]))


def _title_score(text: str, rest: str, below: Sequence[str]) -> float:
    """Say how much a leading line looks like a title: long, of words that the text takes up, no label, date, name or masthead."""
    if marks.META_LABEL.match(plain_label(text)) or is_profile(text):
        return -1
    if is_meta(text) and (beside := _beside_date(text)):
        return 0.4 + min(len(beside), 24) / 48  # a title that carries its date: 畑だより　2025年5月号
    if is_meta(text) and (_MASTHEAD.search(text) or _ISSUE.search(text)) and not marks.META_LABEL.match(text):
        return 0.3  # an issue by its number: better than nothing
    if is_meta(text) or any(p.search(text) for p in _NO_TITLE) or is_addressee([text], 1) or is_note_form(text):
        return -1
    if (box := _BOX.fullmatch(text)) and len(box["title"]) > _TAG_LENGTH:
        return _title_score(box["title"], rest, below) - 0.1
    if re.fullmatch(
        r"[【\[［〈《＜<〔][^【】\[\]［］〈〉《》＜＞<>〔〕]*[】\]］〉》＞>〕](?:第?[0-9０-９]+回)?|第[0-9０-９]+回|[～〜~ー―－-].*",
        text,
    ):
        return -0.5
    if _ISSUE_ALONE.fullmatch(text):
        return 0.05  # better than nothing
    if any(p.search(text) or p.search(_BRACKETS_BEHIND.sub("", text)) for p in _BESIDE_TITLE):
        return 0.1  # where nothing better stands beside it: 定例会議事録
    issue = _NUMBERED.search(text)
    behind = text[issue.end() :] if issue else ""
    if issue and len(behind) > _MOTTO and not _NO_MOTTO.match(behind):
        return 0.8  # an issue and what it holds
    if (
        _MASTHEAD.search(_BRACKETS_BEHIND.sub("", text))
        or (issue and not _GOES_ON.match(behind))
        or any(map(_ISSUE.search, below))
    ):
        return _MAST  # the title of a whole issue, or what stands above the title of one text
    if "。" in text:
        return 0.9  # a title may hold a full stop, running text does
    words = _WORDS.findall(text)
    taken_up = sum(w in rest for w in words) / (len(words) or 1)
    above_subtitle = 0.6 if any(map(_SUBTITLE.fullmatch, below)) else 0
    return (
        1
        + above_subtitle
        + (min(len(text), 24) + 8 * taken_up) / 24
        - (0.9 if len(text) <= 4 and any(below) and not _PHRASE.search(text) else 0)
    )


_SUBTITLE = re.compile(r"[～〜~ー―－─—-]+[\s　]*[^～〜~―－─—].*[～〜~ー―－─—-]+")
_PHRASE = re.compile("[をのはがにでと]")
_WORDS = re.compile(r"[一-龠々]{2,}|[ァ-ヴー]{3,}|[A-Za-z]{3,}")
_FIGURES = re.compile(
    r"^(?:[^\s　0-9]{1,6}[\s　:：]*[0-9０-９,，.．]+[^\s　0-9（(]{0,3}(?:[（(][^（()）]*[)）])?[\s　]*){2,}$"
)  # 人口 41人　世帯 12
_CLOCK = re.compile(
    rf"{marks.DATE.pattern}.*[0-9０-９](?:時|[:：][0-9０-９])|^[0-9０-９]{{1,2}}[:：][0-9０-９]{{2}}[\s　]"
)
_DOCUMENT_NUMBER = re.compile(r"^\S{0,8}[部課局室係発会][\s　]*第[0-9０-９\-－―]+号$")
_TAGS = re.compile(r"^(?:[#＃][^\s#＃]+[\s　]*)+$")
_NAME = r"[^\s、，・／/（()）をはがにで「」『』]{1,8}(?:[\s　・][^\s、，／/（()）をはがにで「」『』]{1,8}){0,3}"
_PEOPLE = re.compile(
    rf"^(?:{_NAME}[\s　]*[（(](?![^（()）]*[0-9０-９]回)[^（()）]{{1,24}}[)）](?:さん|氏)?[、，／/\s　]*){{2,}}$|^[^\s＝=「『]{{1,10}}[＝=]\s*\S"
)  # names with what they are; 文＝森 一郎
_NO_TITLE = (_FIGURES, _CLOCK, _DOCUMENT_NUMBER, _TAGS, _PEOPLE, re.compile(f"^(?:{marks.SIGNATURE.pattern})$"))
_BYLINE = re.compile(
    r"^(?!\S{0,6}(?:[録談会集説演究]|報告|レポート|コラム|インタビュー)[:：／])[^\s「『（(]{1,6}[:：／]|^\S{2,10}[\s　]+[編著文]$|^(?!.*[をはがにで「])(?!.*[録報会]$)(?:\S+[\s　／/｜|]+)+[一-龠々]{1,3}[\s　][一-龠々ぁ-んァ-ヶ]{1,4}$"
)
_STAFF = re.compile(
    r"(?:担任|担当|係|主任|顧問)[\s　]+\S+$|^(?!.*[をはがにで「])\S{2,10}[\s　]+[^\s・]{1,6}(?:・[^\s・]{1,6})+$"
)
_OFFICER = re.compile(
    r"^(?=.*[\s　])(?:\S+[\s　]+)?\S{0,10}(?:代表|[部課局室所園校院館会役]長|理事|委員|住職|講師|教授|記者|主任|主幹|代表者|顧問|博士)[\s　]+[^\s　をはがにで]{1,5}(?:[\s　]+[^\s　をはがにで]{1,5})?$"
)  # 川の会　代表　森　一郎
_CLUB = re.compile(r"^[^をはがにで、。\s　]{1,10}の会$")
_BESIDE_TITLE = (_CLUB, _OFFICER, _STAFF, NAMED, ORGANISATION, OFFICE, _BYLINE)
_ISSUE_ALONE = re.compile(r"(?:第|通巻|[Vv][Oo][Ll]|[Nn][Oo]|№|[#＃])[.．]?[\s　]*[0-9０-９]+[\s　]*[号巻]?")
_ISSUE = re.compile(r"月号|第[0-9０-９]+号|^(?:[Vv]ol|No)[.．]")
_NUMBER = r"[\s　]*[0-9０-９一二三四五六七八九十百〇]+[\s　]*"
_MASTHEAD = re.compile(
    r"^【?(?:連載|シリーズ|特集|コラム|寄稿)|"
    r"(?:ブログ|[たダ]より|便り|通信|つうしん|ニュース|新聞|マガジン|ジャーナル|会報|[館所社]報|月報|広報|文書|連絡|文字起こし|書き起こし|台本|採録|抄録|要旨|講演録|連載|"
    r"コラム|シリーズ|随筆|特集|相談室|の[窓部]|抜粋|説明書|(?:講座|講演会?|研究会|シンポジウム|セミナー|集い|座談会|討論)[\s　]*(?:の?記録|報告|概要)?)(?:[（(][^（()）]*[)）])?$|"
    rf"(?:(?:第|通巻){_NUMBER}[号回話夜便巻集冊期]|(?:[0-9０-９]{{1,2}}月|[春夏秋冬])号|(?:[Vv]ol|VOL|[Nn]o|NO|№|#|＃)[.．]?{_NUMBER}|[\s　][0-9０-９]{{1,3}}|[①-⑳])$"
)


_BRACKETS_BEHIND = re.compile(r"[\s　]*[（(《〈【［][^（()）《》〈〉【】［］]*[)）》〉】］]$")
_MOTTO = 5
_NO_MOTTO = re.compile(r"[\s　]*(?:[（(《〈【［／/|｜]|特集|連載|シリーズ|[一-龠]{1,6}[部課室係版]$|[をのはがにで])")
_GOES_ON = re.compile(r"[\s　]*[をのはがにで]")
_NUMBERED = re.compile(
    r"(?:[0-9０-９一二三四五六七八九十]|[春夏秋冬]|臨時|増刊|創刊|特別|合併|新年)号|(?:[Vv]ol|VOL|[Nn]o|NO|Ｎｏ|№)[.．]?[\s　]*[0-9０-９]+"
)
_DATED = re.compile(
    r"発行|更新|公開|現在|改定|改訂|発表|配信|投稿|開催|収録|取材|午[前後]|[0-9０-９]時|[（(][月火水木金土日][)）]"
)


def _beside_date(text: str) -> str:
    """Give what a line says beside its date, when that is enough for a title and tells nothing of the date itself."""
    if marks.META_LABEL.match(text) or _DATED.search(text) or not marks.DATE.search(text):
        return ""
    rest = re.sub(r"[0-9０-９年月日元./\-号第回令和平成\s　()（）]", "", text)
    return rest if len(rest) >= 5 and not _WRITTEN_BY.match(rest) else ""


_WRITTEN_BY = re.compile(r"(?:文|絵|写真|撮影|取材|構成|編集|聞き手|[Bb]y)[・／/:：＝=]")


def _repeats(heading: Heading, title: str) -> bool:
    return flatten(heading.title) == flatten(title)


def _late_title(
    lines: Sequence[str], taken: set[int], sections: Sequence[Heading], headings: tuple[Heading, ...]
) -> tuple[str | None, int | None, tuple[Heading, ...]]:
    """Find a title that comes late: a short line without a full stop above the first section of the body, after an opening."""
    body = [h for h in sections if not marks.OPENING.fullmatch(h.title)]
    if not body or not sections or body[0] is sections[0]:
        return None, None, headings
    for number in range(body[0].line - 1, sections[0].line, -1):
        text = lines[number - 1]
        if number in taken or marks.NOTE.fullmatch(text):
            continue
        plain = not re.search(r"[。:：、]", text) and not TURN_SENTENCE.search(text) and 6 <= len(text) <= 60
        return (text, number, headings) if plain else (None, None, headings)
    return None, None, headings


def title_lines(lines: Sequence[str], title: str | None, title_line: int | None) -> frozenset[int]:
    """Give the title's line, and a Markdown heading of the first rank that says the same again."""
    again = (n for n, t in enumerate(lines, 1) if title and t.startswith("# ") and flatten(t[2:]) == flatten(title))
    return frozenset({title_line, next(again, None)} - {None})  # type: ignore[arg-type]
