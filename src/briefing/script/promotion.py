"""Promotion: by its words, its place, its frame."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from briefing.model import Kind, Role, Section
from briefing.script import marks
from briefing.script.lines import (
    BEFORE_OPENING,
    NAMED,
    OFFICE,
    ORGANISATION,
    TURN_SENTENCE,
    is_label,
    is_meta,
    is_profile,
)
from briefing.script.sections import UNSPOKEN_END, settle_kinds

_INVITES = re.compile(r"募集|お寄せ|どうぞ|ください|お待ちして|こちら|ご覧|ダウンロード|プレゼント")
_CHANNEL = re.compile(
    r"アプリ|アカウント|ブログ|インスタ|ユーチューブ|YouTube|動画|サイト|ページ|メール|コード|フォーム|サポート|チャンネル|ショップ|ストア|次[回号]|来[月号]|寄付|支援|会員|登録|"
    r"スキ[」』]|コメント|ハート|レビュー|感想|DM|ポッドキャスト|マガジン|Kindle|電子書籍|クラウドファンディング|ランキング|ブログ村|求人"
)
_OFFERS = re.compile(
    r"どうぞ|ご覧|お願いします|無料|掲載|更新|配信|発行|お届け|公開(?:中|し)|受け付け|押して|お待ちして|お寄せ|募集|載せて|探して|綴って|参加して|販売し|いただけ|してみませんか|見て(?:ね|く)|書いて|こちら|挑戦"
)
_BOXED_LABEL = re.compile(
    r"[【〔［\[<＜](?:開[館店場園]時間|休[館業場園]日|定休日|営業時間|電話|住所|所在地|アクセス|交通|発行|編集|(?:ご?連絡|お?問い?合わ?せ|お?申し?込み?)先?|会場|場所|料金|メール|URL|FAX|TEL)[】〕］\]>＞]\s*\S"
)
_HOURS = re.compile(
    r"(?:(?:受付|営業|開館|開店|診療)時間|定休日?|休[館診業]日?|住所|所在地|最寄り?駅?)(?:[\s　:：]|は)"
)
_SUBSCRIBES = re.compile(r"登録|配信|停止|解除|退会|バックナンバー|購読")
_CALL = re.compile(rf"{_INVITES.pattern}|@|https?://|発売中|販売中|予約|申し?込み")


_PROMOTABLE = frozenset({Role.PARA, Role.ANSWER, Role.NOTE, Role.LIST})
_BULLETS = tuple("☆★●○■□◆◇▶▷▼▽♪・※→")
_LONGEST = 160  # characters of a line that only promotes


def mark_promotion(lines: Sequence[str], roles: list[Role], sections: Sequence[Section]) -> list[Role]:
    """Mark follow-me lines: by strong words anywhere, by weak ones at an end of the text or when repeated, whole closing boxes."""
    page = _Page(lines, roles)
    out = _mark_boxes(lines, roles)
    for number, text in enumerate(lines, 1):
        if roles[number - 1] not in _PROMOTABLE:
            continue
        if page.is_colophon(number):
            out[number - 1] = Role.META
        elif len(text) <= _LONGEST and page.promotes(number):
            out[number - 1] = Role.PROMO
    for number in range(2, len(lines) + 1):
        first, second = lines[number - 2][:1], lines[number - 1][:1]
        pair = out[number - 2 : number]
        if first == second in _BULLETS and set(pair) == {Role.PROMO, Role.LIST} and page.is_near_end(number):
            out[number - 2 : number] = [Role.PROMO, Role.PROMO]
    for section in settle_kinds(with_closing_promotion(lines, sections, out), out):
        if section.kind is Kind.PROMO:
            for number in range(section.start, section.end + 1):
                if out[number - 1] is Role.LIST and _SUBSCRIBES.search(lines[number - 1]):
                    out[number - 1] = Role.PROMO
                elif out[number - 1] is Role.LIST and _OTHERS.search(section.title or ""):
                    out[number - 1] = Role.LINK
                elif out[number - 1] in (Role.PARA, Role.TABLE, Role.ANSWER, Role.TURN, Role.QUOTE):
                    out[number - 1] = _role_in_box(lines[number - 1], section.title or "")
    return out


def _mark_boxes(lines: Sequence[str], roles: Sequence[Role]) -> list[Role]:
    """Mark a few lines with an address between the only two dividers of a form, where no heading is: an own advertisement."""
    out = list(roles)
    dividers = [n for n, role in enumerate(roles, 1) if role is Role.DIVIDER]
    forms = Counter(lines[n - 1][1:-1] for n in dividers)
    for first, last in pairwise(dividers):
        inside = roles[first : last - 1]
        is_frame = (
            forms[lines[first - 1][1:-1]] == 2
            and lines[first - 1][1:-1] == lines[last - 1][1:-1]
            and len(inside) <= _LONGEST_BOX
        )
        if is_frame and Role.LINK in inside and Role.HEADING not in inside and Role.TITLE not in inside:
            for n in range(first + 1, last):
                out[n - 1] = Role.PROMO if roles[n - 1] in (Role.PARA, Role.LIST, Role.ANSWER) else roles[n - 1]
    return out


_COLUMNS = re.compile(r"[^。、！？!?をがに　]+(?:　+[^。、！？!?をがに　]+)+")
_LONGEST_BOX = 6
_LONGEST_CALL = 8
_LONGEST_SIGNATURE = 4
_WRITER = re.compile(
    r"[■●◆※]?\s*(?![^\s　（(:：／]*[はがをに][\s　:：（(])(?:[一-龠々ぁ-んァ-ヶー]{1,6}[・\s　]?[一-龠々ぁ-んァ-ヶー]{1,6})(?:さん)?(?:[（(][^（()）]{2,20}[)）]|[\s　:：／/―—─]+|[。])[\s　:：／]*[^をはがに。、]{2,24}(?:、[^。]{1,24})?(?<![うくぐすつぬぶむるたいだねよか])。"
)


def _role_in_box(text: str, title: str) -> Role:
    if "文献" in title:
        return Role.LIST
    if _OTHERS.search(title) and "。" not in text and len(text) > _TAG:
        return Role.LINK  # the title of another article
    is_told = TURN_SENTENCE.search(text) or "。" in text or _INVITES.search(text)
    return (
        Role.META
        if re.search("プロフィール|略歴|(?:[筆著作]者|書き手|講師)の?紹介", title)
        or marks.META_LABEL.match(text)
        or not is_told
        else Role.PROMO
    )


_OTHERS = re.compile(r"記事|エントリー|投稿|読みたい|読まれて|リンク")
_TAG = 4


class _Page:
    """What promotion is judged by: where the text ends, where its last divider is, which lines come twice."""

    def __init__(self, lines: Sequence[str], roles: Sequence[Role]) -> None:
        self._lines, self._roles = lines, roles
        self._last = max((n for n, r in enumerate(roles, 1) if r not in BEFORE_OPENING), default=0)
        self._last_stated = max((n for n, t in enumerate(lines, 1) if marks.FULL_STOP.search(t)), default=0)
        self._divider = max(
            (
                n
                for n, r in enumerate(roles[: self._last], 1)
                if r is Role.DIVIDER and roles[max(n - 2, 0)] is not Role.HEADING
            ),
            default=0,
        )
        self._counts = Counter(t for t in lines if len(t) > 15)
        self._ends_apart = self._calls_behind_divider()
        self._is_signed = self._ends_signed()
        behind = [t for t in lines[self._last_stated :] if t]
        self._ends_with_contact = len(behind) <= _LONGEST_CALL and any(map(marks.CONTACT.search, behind))

    def is_colophon(self, number: int) -> bool:
        """Say whether a line is a label behind the last sentence, or the last line and in brackets."""
        text = self._lines[number - 1]
        in_brackets = number == self._last and re.fullmatch(r"[(（\[［〔【].*[)）\]］〕】]", text)
        signs = self._roles[number - 1] in (Role.PARA, Role.ANSWER) and any(
            (
                is_meta(text),
                _BOXED_LABEL.match(text),
                _HOURS.match(text),
                NAMED.match(text.lstrip("―—─－- 　")),
                text.endswith(("㊞", "印")),
                re.fullmatch(r"[^\s。]{2,10}　[^\s。]{1,6}", text),
                ORGANISATION.search(text),
                OFFICE.search(text),
            )
        )
        return (
            (number > self._divider and self._is_signed)
            or (number > self._last_stated and (is_label(text) or signs))
            or (signs and number * 4 > len(self._lines) * 3 and self._is_unsaid(number))
            or bool(in_brackets)
            or self._tells_where(number)
        )

    def _tells_where(self, number: int) -> bool:
        """Say whether a line at the end calls nobody, but stands with a telephone or an address, in columns, or tells who wrote."""
        text = self._lines[number - 1]
        if self._roles[number - 1] not in (Role.PARA, Role.ANSWER, Role.TURN):
            return False
        calls = (
            re.search("です|ます|。", text)
            or marks.PROMO.search(text)
            or marks.HANDLE.search(text)
            or _INVITES.search(text)
            or _OFFERS.search(text)
        )
        is_row = number > self._divider and self._ends_apart and bool(_COLUMNS.fullmatch(text))
        is_behind = number > self._last_stated and self._ends_with_contact
        is_writer = self._last - number <= _LONGEST_SIGNATURE and (is_profile(text) or self._tells_who_wrote(number))
        return is_writer or (not calls and (is_row or is_behind))

    def _tells_who_wrote(self, number: int) -> bool:
        """Say whether a few lines behind the last divider begin with a name and what they are: 森 一郎　橋守り。…"""
        first = next((n for n in range(self._divider + 1, number + 1) if self._lines[n - 1]), 0)
        is_behind = 0 < self._divider < first and self._last - first < _LONGEST_SIGNATURE
        is_named = is_profile("".join(self._lines[first : first + 1])) and "。" not in self._lines[first - 1]
        return is_behind and (is_named or bool(_WRITER.match(self._lines[first - 1])))

    def _is_unsaid(self, number: int) -> bool:
        """Say whether a line stands with a few others between blank lines, no sentence among them: who signs above a postscript."""
        first = last = number
        while first > 1 and self._lines[first - 2]:
            first -= 1
        while last < len(self._lines) and self._lines[last]:
            last += 1
        told = self._lines[first - 1 : last]
        return len(told) <= _LONGEST_SIGNATURE and not any(map(marks.FULL_STOP.search, told))

    def is_near_end(self, number: int) -> bool:
        """Say whether a line is one of the last of the text."""
        return self._last - number <= 2

    def promotes(self, number: int) -> bool:
        text = self._lines[number - 1]
        near_end = self._last - number <= 2
        is_weak = marks.PROMO.search(text) or marks.HANDLE.search(text)
        points_out = marks.URL.search(text) or any(_CHANNEL.search(t) and _OFFERS.search(t) for t in text.split("。"))
        points_on = near_end and re.match(r"[→⇒➡▶►]\s*(?:次[回号]|続きは|続編)", text)
        leads = self._roles[number : number + 1] == [Role.LINK] and re.search(r"こちら(?:[(（].*[)）])?[。！!]?$", text)
        return bool(
            marks.STRONG_PROMO.search(text)
            or (is_weak and (near_end or self._counts[text] > 1))
            or (points_out and near_end)
            or (number > self._divider and self._ends_apart and not is_label(text))
            or leads
            or points_on
        )

    def _ends_signed(self) -> bool:
        """Say whether what is behind the last divider is no sentence, and holds an address: who wrote, as below a mail."""
        behind = range(self._divider + 1, self._last + 1)
        return (
            len(self._lines) // 2 < self._divider
            and self._divider > self._last_stated
            and len(behind) <= _LONGEST_BOX
            and any(self._roles[n - 1] is Role.LINK or marks.CONTACT.search(self._lines[n - 1]) for n in behind)
            and not any(self._roles[n - 1] in (Role.HEADING, Role.SUBHEADING, Role.LIST) for n in behind)
            and not any(
                self._lines[n - 1].startswith(_BULLETS) or marks.PROMO.search(self._lines[n - 1]) for n in behind
            )
        )

    def _calls_behind_divider(self) -> bool:
        """Say whether a few lines without a heading behind the last divider call the reader, in a sentence or by two addresses at least."""
        behind = range(self._divider + 1, len(self._lines) + 1)
        texts = [text for n in behind if (text := self._lines[n - 1])]
        return (
            len(self._lines) // 2 < self._divider
            and len(texts) <= _LONGEST_CALL
            and any(_CALL.search(t) or marks.CONTACT.search(t) for t in texts)
            and (any(map(marks.FULL_STOP.search, texts)) or sum(map(bool, map(marks.URL.search, texts))) > 1)
            and not any(self._roles[n - 1] is Role.HEADING for n in behind)
        )


def with_closing_promotion(lines: Sequence[str], sections: Sequence[Section], roles: Sequence[Role]) -> list[Section]:
    """Cut off what follows the last divider when it only promotes, in a sentence or by two addresses at least: a section of its own."""
    if not sections or sections[-1].kind is Kind.PROMO:
        return list(sections)
    last = sections[-1]
    inside = roles[last.start - 1 : last.end]
    if last.title is None and len(sections) > 2 and Role.PROMO in inside and UNSPOKEN_END.issuperset(inside):
        closing = sections[-2] if sections[-2].title else replace(sections[-2], kind=Kind.OUTRO)
        return [*sections[:-2], closing, replace(last, kind=Kind.PROMO)]  # the last of several scenes
    dividers = [n for n in range(last.start, last.end + 1) if roles[n - 1] is Role.DIVIDER]
    for divider in dividers:
        rest = [n for n in range(divider + 1, last.end + 1) if roles[n - 1] not in (Role.BLANK, Role.DIVIDER)]
        calls = [lines[n - 1] for n in rest if roles[n - 1] is Role.PROMO]
        is_signed = all(roles[n - 1] in (Role.META, Role.LINK) for n in rest) and any(
            roles[n - 1] is Role.LINK
            or marks.CONTACT.search(lines[n - 1])
            or is_profile(lines[n - 1])
            or _WRITER.match(lines[n - 1])
            for n in rest
        )
        is_said = any(re.search("[。！]|(?:です|ます)(?![かねよ])", t) for t in calls)
        told = is_said or sum(map(bool, map(marks.URL.search, calls))) > 1
        promotes = is_signed or told
        if promotes and all(roles[n - 1] in UNSPOKEN_END for n in rest):
            kept = Section(last.number, last.kind, last.title, last.start, rest[0] - 1)
            return [*sections[:-1], kept, Section(last.number + 1, Kind.PROMO, None, rest[0], last.end)]
    return list(sections)
