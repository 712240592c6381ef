"""How much a line above the text looks like its title, and not like a masthead, a label, a date or a name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from briefing.script import marks
from briefing.script.lines import (
    NAMED,
    OFFICE,
    ORGANISATION,
    is_addressee,
    is_meta,
    is_profile,
    plain_label,
)

MASTHEAD_SCORE = 0.5
"""What the title of a whole issue scores at most, or what stands above the title of one text."""


def title_score(text: str, rest: str, below: Sequence[str]) -> float:
    """Say how much a leading line looks like a title: long, of words that the text takes up, no label, date, name or masthead.

    From -1, what can be none, to 2.9. `rest` is the text, `below` the next line. The first kind that the line is of decides.
    """
    for score_of in (_score_of_date, _score_of_other, _score_of_box, _score_of_kind, _score_of_issue):
        if (score := score_of(text, rest, below)) is not None:
            return score
    return _score_of_words(text, rest, below)


def _score_of_date(text: str, rest: str, below: Sequence[str]) -> float | None:
    """Score labels, dates and issues: none is a title, save what carries its date or its number."""
    if marks.META_LABEL.match(plain_label(text)) or is_profile(text):
        return -1
    beside = _beside_date(text) if is_meta(text) else ""
    tells = bool(_TELLS.search(beside))
    if beside and not tells:
        return 0.4 + min(len(beside), 24) / 48  # a title that carries its date: 畑だより　2025年5月号
    is_issue = bool(_MASTHEAD.search(text) or _ISSUE.search(text)) and not marks.META_LABEL.match(text)
    if is_meta(text) and not tells and is_issue:
        return 0.3  # an issue by its number: better than nothing
    if _TO_READERS.match(text):
        return 0.4  # whom the text is for: better than nothing
    return -1 if is_meta(text) and not tells else None


def _score_of_other(text: str, rest: str, below: Sequence[str]) -> float | None:
    """Score what can be no title: notes, captions, names, sources, what a review tells of its book."""
    of_form = any(p.search(text) for p in _NO_TITLE) or is_addressee([text], 1)
    is_note = any(p.fullmatch(text) for p in (marks.NOTE, marks.NOTE_LABEL, marks.CAPTION))
    return -1 if of_form or is_note or len(_BOOK.findall(text)) >= _LEAST_DATA else None


def _score_of_box(text: str, rest: str, below: Sequence[str]) -> float | None:
    """Score what stands in brackets as what it says; a short tag, a number and a subtitle are no title."""
    if (box := _BOX.fullmatch(text)) and len(box["title"]) > _TAG_LENGTH:
        return title_score(box["title"], rest, below) - 0.1
    return -0.5 if _ASIDE.fullmatch(text) else None


def _score_of_kind(text: str, rest: str, below: Sequence[str]) -> float | None:
    """Score lines that only tell what the text is, or in which series it stands."""
    is_foreign = _LATIN.fullmatch(text) and text.casefold() not in rest.casefold()
    if is_foreign or _ISSUE_ALONE.fullmatch(text) or _GENRE.fullmatch(text):
        return 0.05  # better than nothing
    if _REPORT.search(text):
        return 1  # what it is, and of what: 出張報告書（橋の視察）
    bare = _BRACKETS_BEHIND.sub("", text)
    if any(p.search(text) or p.search(bare) for p in _BESIDE_TITLE):
        return 0.1  # where nothing better stands beside it: 定例会議事録
    return None


def _score_of_issue(text: str, rest: str, below: Sequence[str]) -> float | None:
    """Score the titles of whole issues, and running text."""
    issue = _NUMBERED.search(text)
    behind = text[issue.end() :] if issue else ""
    if len(behind) > _MOTTO and not _NO_MOTTO.match(behind):
        return 0.8  # an issue and what it holds
    if (
        _MASTHEAD.search(_BRACKETS_BEHIND.sub("", text))
        or _REPORT_OF.search(text)
        or _YEAR_AND_KIND.fullmatch(text)
        or _ASKS.search(text)
        or (issue and not _GOES_ON.match(behind))
        or any(map(_ISSUE.search, below))
    ):
        return MASTHEAD_SCORE
    return 0.9 if "。" in text else None  # a title may hold a full stop, running text does


def _score_of_words(text: str, rest: str, below: Sequence[str]) -> float:
    """Score any other line by its length and by its words that come again in the text."""
    words = WORDS.findall(text)
    taken_up = sum(w in rest for w in words) / (len(words) or 1)
    above_subtitle = 0.6 if any(map(SUBTITLE.fullmatch, below)) else 0
    is_tag = len(text) <= _SHORT and any(below) and not _PHRASE.search(text)
    return 1 + above_subtitle + (min(len(text), 24) + 8 * taken_up) / 24 - (0.9 if is_tag else 0)


_SHORT = 4
_ASIDE = re.compile(
    r"[【\[［〈《＜<〔][^【】\[\]［］〈〉《》＜＞<>〔〕]*[】\]］〉》＞>〕](?:第?[0-9０-９]+回)?|第[0-9０-９]+回|[～〜~ー―－-].*"
)
SUBTITLE = re.compile(r"[～〜~ー―－─—-]+[\s　]*[^～〜~―－─—].*[～〜~ー―－─—-]+")
_ASKS = re.compile("(?:ください|下さい|お願いします)[！!]?$")  # 回覧してください
_TELLS = re.compile("[をがは]")  # a date in what happens: 図書室を6月7日に開設
_TO_READERS = re.compile(r"(?!.*[をがに].*[たるくういな](?:方|人)へ$).*(?:さま|様|さん|方|各位|みんな)へ$")
_PHRASE = re.compile("[をのはがにでと]")
WORDS = re.compile(r"[一-龠々]{2,}|[ァ-ヴー]{3,}|[A-Za-z]{3,}")
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
_BY = re.compile(r"^(?:[Tt]ext\s|[Ww]ritten\s)?[Bb]y[\s　]\S|\S[\s　]by[\s　][^\s　。a-z][^。]{0,15}$")
_BOOK = re.compile(
    r"(?:\S[\s　]?(?:著|訳|編|編著|作|画|監修|監訳)(?=[\s　／/、|｜,，]|$)|(?:書[房店院]|出版|新書|文庫|選書|刊)(?=[\s　／/、|｜,，（(]|$)|(?:四六|[AB][4-6]|菊|文庫|新書)判|[0-9０-９]+[\s　]?(?:ページ|頁|[pPｐ](?![a-z]))|[0-9０-９,，]+円|ISBN)"
)  # what a review tells of its book: 森一郎 著／川書房／四六判 312ページ
_SOURCE = re.compile(
    r"^(?:初出|出典|転載|再録|原題|底本)[\s　]*[:：／　]|^[『「][^』」]+[』」][^をがは]{0,24}(?:所収|収録|掲載|より(?:転載|抜粋|再録)?|から転載|再録|抄)$|[0-9０-９月号巻輯集][\s　]*(?:号|巻|輯|集)?[\s　]*(?:所収|より(?:転載|抜粋|再録)?|から転載|再録)$"
)
_NO_TITLE = (
    re.compile(r"^[（(].*[)）]$"),
    _SOURCE,
    _BY,
    _FIGURES,
    _CLOCK,
    _DOCUMENT_NUMBER,
    _TAGS,
    _PEOPLE,
    re.compile(f"^(?:{marks.SIGNATURE.pattern})$"),
    re.compile(
        r"^(?:(?:皆|みな)(?:さま|さん|様)[、，]?)?(?:こんにち[はわ]|こんばん[はわ]|おはよう|はじめまして|ご無沙汰)"
    ),
    re.compile(r"^(?:書[くい]た?人|書き手|語り手|話し?手|筆者|文責)[\s　:：／]"),
    re.compile(r"(?:文字|書き)起こし[をは]|敬称略|順不同"),
)
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
_HOUSE = re.compile(
    r"^(?!.*[をのはがにで、。])(?:\S+[\s　]+)?\S{1,12}(?:寺|神社|大社|八幡宮|天満宮|教会|病院|医院|学院|クリニック|薬局|農園|牧場|酒造|工房|商店|書店|書房|旅館|食堂|美術館|博物館|資料館|文学館|図書館|児童館|保育園|幼稚園|動物園|植物園|水族館|学園)$"
)  # 川山寺, 青空　川村医院
_TOPIC = re.compile(r"^(?:\S{0,6}の)?(?:テーマ|お題|題目|話題|キーワード|対象|主な内容)[:：　「『]")
_BESIDE_TITLE = (_TOPIC, _HOUSE, _CLUB, _OFFICER, _STAFF, NAMED, ORGANISATION, OFFICE, _BYLINE)
_REPORT = re.compile(r"(?:報告|企画|計画|依頼|提案)書[\s　]*[（(][^（()）]+[)）]$")
_GENRE = re.compile(
    r"(?:巻頭|特別|新春|ロング|活動)?(?:インタビュー|対談|鼎談|座談会|寄稿|随筆|エッセイ|書評|評論|ルポ(?:ルタージュ)?|レポート|コラム|特集|連載|講演録?|巻頭言|社説|お知らせ|重要なお知らせ)"
)
_LATIN = re.compile(r"[A-Za-zＡ-Ｚａ-ｚ .&-]+")  # PRESS RELEASE
_ISSUE_ALONE = re.compile(r"(?:第|通巻|[Vv][Oo][Ll]|[Nn][Oo]|№|[#＃])[.．]?[\s　]*[0-9０-９]+[\s　]*[号巻]?")
_ISSUE = re.compile(r"月号|第[0-9０-９]+号|^(?:[Vv]ol|No)[.．]")
_NUMBER = r"[\s　]*[0-9０-９一二三四五六七八九十百〇]+[\s　]*"
_MASTHEAD = re.compile(
    r"(?:雑誌|新聞|会報|通信|便り|マガジン|機関[紙誌]|冊子)[「『][^」』]+[」』]$|(?:報|便り|[ただダ]より|通信|つうしん|新聞|ニュース|マガジン)[^\s　]{0,12}号$|^【?(?:連載|シリーズ|特集|コラム|寄稿)|"
    r"(?:ブログ|[ただダ]より|便り|通信|つうしん|ニュース(?:レター)?|\S{0,6}編|新聞|雑誌|機関[紙誌]|冊子|フリーペーパー|マガジン|ジャーナル|会報|[館所社]報|月報|広報|文書|連絡|文字起こし|書き起こし|台本|採録|抄録|要旨|講演録|連載|"
    r"コラム|シリーズ|随筆|特集|相談室|の[窓部]|抜粋|説明書|(?:講座|講演会?|研究会|シンポジウム|セミナー|集い|座談会|討論)[\s　]*(?:の?記録|報告|概要)?)(?:[（(][^（()）]*[)）])?$|"
    rf"[\s　／/](?:(?:好評|リレー|新)?連載|シリーズ|コラム|随筆|エッセイ|リレー\S{{0,4}})[\s　]*[「『〈《]|[\s　](?:その|其の){_NUMBER}$|[》〉】』」][\s　]*{_NUMBER}$|\S[\s　／/・]+\S{{1,8}}(?:面|欄|版|のページ)$|[（(](?:第|その|[Nn]o[.．]?|[Vv]ol[.．]?|[#＃])?{_NUMBER}[回号話]?[)）]$|"
    rf"(?:(?:第|通巻){_NUMBER}[号回話夜便巻集冊期]|(?:[0-9０-９一二三四五六七八九十]{{1,2}}月|[春夏秋冬])号|(?:[Vv]ol|VOL|[Nn]o|NO|№|#|＃)[.．]?{_NUMBER}|[\s　][0-9０-９]{{1,3}}|[①-⑳])$"
)


_YEAR_AND_KIND = re.compile(
    r"(?:令和|平成)?[0-9０-９元一二三四五六七八九十]+年度?[\s　]*[^\s　をはがにで]{0,8}(?:報告書|研究報告|論文|紀要|要旨集?|作品集|資料集?)"
)  # 令和6年度　課題研究報告書
_REPORT_OF = re.compile(
    r"^\S{2,16}[\s　]+(?!.*[をがはに])\S{0,8}(?:レポート|リポート|ルポ|日[誌記]|手帳|ノート|通信|便り|[だダ]より|報告|記録|ダイアリー|ジャーナル|トピックス|速報|情報)$"
)  # who tells, and in what series: 川クラブ　マッチレポート
_BRACKETS_BEHIND = re.compile(r"[\s　]*[（(《〈【［][^（()）《》〈〉【】［］]*[)）》〉】］]$")
_MOTTO = 5
_NO_MOTTO = re.compile(
    r"[\s　]*(?:[（(《〈【［／/|｜]|特集|連載|シリーズ|[一-龠]{1,6}[部課室係版]$|[をのはがにで]|令和|平成|[12][0-9]{3}年|発行)"
)
_GOES_ON = re.compile(r"[\s　]*[をのはがにで]")
_NUMBERED = re.compile(
    r"(?:[0-9０-９一二三四五六七八九十月]|[春夏秋冬]|臨時|増刊|創刊|特別|合併|新年)号|(?:[Vv]ol|VOL|[Nn]o|NO|Ｎｏ|№)[.．]?[\s　]*[0-9０-９]+"
)
_DATED = re.compile(
    r"発行|更新|公開|現在|改定|改訂|発表|配信|投稿|開催|収録|取材|午[前後]|[0-9０-９]時|[（(][月火水木金土日][)）]"
)


def _beside_date(text: str) -> str:
    """Give what a line says beside its date, when that is enough for a title and tells nothing of the date itself."""
    if marks.META_LABEL.match(text) or _DATED.search(text) or not marks.DATE.search(text) or _DATE_LABEL.match(text):
        return ""
    rest = re.sub(r"[0-9０-９年月日元./\-号第回令和平成\s　()（）]", "", _IN_KANJI.sub("", text))
    return rest if len(rest) >= 5 and not _WRITTEN_BY.match(rest) else ""


_DATE_LABEL = re.compile(rf"[^\s:：。、]{{1,8}}[:：]\s*{marks.DATE.pattern}")  # 掲載：2025/10/06
_IN_KANJI = re.compile(r"[一二三四五六七八九十〇元]+[年月日]")
_WRITTEN_BY = re.compile(r"(?:文|絵|写真|撮影|取材|構成|編集|聞き手|[Bb]y)[・／/:：＝=]")


def unboxed(text: str) -> str:
    """Give a title without the box or the ornaments that hold the whole of it.

    >>> unboxed("★☆ 川の便り ☆★"), unboxed("【川の便り　秋の号】")
    ('川の便り', '川の便り　秋の号')
    """
    match = _DECKED.fullmatch(text) or _BOX.fullmatch(text)
    return match["title"] if match else text


_DECK = "[★☆■□◆◇●○◎♪♫＊*✿❀✽❖]"
_DECKED = re.compile(rf"{_DECK}+[\s　]*(?P<title>.+?)[\s　]*{_DECK}+")


_LEAST_DATA = 2  # of a book
_TAG_LENGTH = 6  # characters of a box that tells the kind of text: 【寄稿】
_BOX = re.compile(r"[【《〈≪＜<〔［](?P<title>[^【】《》〈〉≪≫＜＞<>〔〕［］]{6,})[】》〉≫＞>〕］]")
