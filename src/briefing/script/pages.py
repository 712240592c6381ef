"""What a page leaves in a text that was copied from it: its numbers and running heads, ways to other pages, times of a recording."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from briefing.model import Role


def page_roles(lines: Sequence[str]) -> dict[int, Role]:
    """Give the roles of the lines that a page leaves in a text, by their numbers."""
    top = next((n for n, text in enumerate(lines, 1) if text), 0)
    links = {n: Role.LINK for n, text in enumerate(lines, 1) if _leads_elsewhere(text)}
    links |= {n: Role.LINK for n, text in enumerate(lines, 1) if n != top and _opens_elsewhere(text)}
    numbers = _page_numbers(lines)
    left = [*_crumbs(lines), *numbers, *_running_heads(numbers, lines), *_times(lines), *_cues(lines)]
    return links | dict.fromkeys(left, Role.META)


_LAST_CRUMB = 6  # lines on top in which a page says where it is
_CRUMBS = re.compile(
    r"[^\s>＞›»。/／→]{1,16}(?P<steps>(?:\s*[>＞›»]\s*[^>＞›»。]{1,40}){1,6}|(?:\s*[/／→]\s*[^/／→。]{1,40}){1,6})"
)
_HOME = re.compile(
    r"(?:ホーム|HOME|Home|トップ|TOP|Top|現在(?:地|位置|のページ|の位置)|サイトトップ|表紙)(?:ページ)?\s*[:：>＞›»/／→]"
)


def _crumbs(lines: Sequence[str]) -> list[int]:
    """Give the lines on top that tell the way to the page: from its home, or in three steps at least above another such line."""
    found = ((n, text, _CRUMBS.fullmatch(text)) for n, text in enumerate(lines[:_LAST_CRUMB], 1))
    return [n for n, text, match in found if match and (_HOME.match(text) or _is_way(n, match["steps"], lines))]


def _is_way(number: int, steps: str, lines: Sequence[str]) -> bool:
    below = next((text for text in lines[number:] if text), "。")
    return len(_STEPS.findall(steps)) >= _LEAST_STEPS and "。" not in below


_STEPS = re.compile("[>＞›»]")
_LEAST_STEPS = 2
_ARROWS = r"[▲△↑←→<>＜＞«»≪≫‹›\s]"
_WAY = re.compile(
    rf"{_ARROWS}*(?:(?:この|本)?(?:ページ|記事|頁)の?)?(?:先頭|トップ|上部?|TOP|目次|もくじ|一覧|メニュー|ホーム|HOME|最初)(?:ページ)?(?:[へに](?:戻る|もどる)?|戻る){_ARROWS}*"
    rf"|{_ARROWS}*(?:(?:前|次)の?(?:ページ|記事|投稿|頁)?[へに](?:戻る|進む)?|続き(?:を読む|はこちら)|もっと見る|印刷(?:する|用ページ)|HOME){_ARROWS}*"
    r"|[▲△↑]\s*(?:(?:ページ|PAGE)\s?)?(?:トップ|TOP|先頭)|(?:この(?:記事|ページ)を)?(?:シェア|共有|ツイート|ポスト|ブックマーク|Tweet|Share)(?:する)?|コメント(?:を(?:書く|する|見る|投稿)|する|一覧)"
)
_STEP = re.compile(
    r"(?:<<|>>|[«»≪≫←→＜＞<>‹›])\s*(?:前|次|以前|新しい|古い|過去)の?(?:記事|ページ|投稿|回|号|話)(?:[\s:：「『].*)?|(?:前|次|新しい|古い)の?(?:記事|ページ|投稿|回|号|話)\s*(?:<<|>>|[«»≪≫←→＜＞<>‹›])"
)
_FOOTER = re.compile(
    r"サイトマップ|次へ|プライバシー|個人情報|(?:ご?利用|会員)規約|運営会社|会社(?:案内|概要)|特定商取引|免責"
)
_BAR = re.compile(r"[\s　]*[|｜/／・][\s　]*")


def _leads_elsewhere(text: str) -> bool:
    """Say whether a line is a page's way to other pages: back to its top, on to the next, what stands at its foot."""
    if not text or len(text) > _LONGEST:
        return False
    if _ASKS_BACK.fullmatch(text) or _CHOICES.fullmatch(text) or _SHOWN_BADLY.match(text):
        return True
    if "。" in text:
        return False
    cells = _BAR.split(text)
    is_foot = (
        len(cells) >= _LEAST_CELLS - ("次へ" in cells) and max(map(len, cells)) <= _CELL and bool(_FOOTER.search(text))
    )
    return is_foot or (len(text) > 1 and bool(_WAY.fullmatch(text))) or bool(_STEP.fullmatch(text))


def _opens_elsewhere(text: str) -> bool:
    """Say whether a line ends with what a page sets behind a link: that it is a file, of another site, opens a window."""
    return len(text) <= _LONGEST and bool(_OPENS.search(text)) and "。" not in text


_ASKS_BACK = re.compile(
    r"(?:こちらの|この|本)(?:記事|ページ|回答|情報)(?:の(?:情報|内容|回答|説明))?は[、　]?(?:お?役に立|参考にな|(?:見つけ|[分わ]かり|読み)やす).{0,24}"
)
_CHOICE = r"[○◯●◎□☐✓・]?\s?(?:とても|大変|やや|少し|あまり|どちら|普通|ふつう|役に|参考に|[分わ]かり|見つけ|読み|はい|いいえ|満足|不満)[^。、○◯●◎□☐]{0,12}"
_CHOICES = re.compile(
    rf"(?=.*(?:役に立|参考に|[分わ]かり[やに]|見つけ|満足|普通|ふつう|どちらと|いいえ)){_CHOICE}(?:[\s　/／|｜]+{_CHOICE})+"
)
_SHOWN_BADLY = re.compile(
    r"※?(?:この|本)?(?:[HTML]{4}|ＨＴＭＬ)?(?:メール|画像|本文|ニュースレター)[がを](?:正しく|うまく|正常に)?(?:表示|ご覧|お?読み|見られ|見え)[^。]{0,24}(?:こちら|ブラウザ|[Ww][Ee][Bb]|ウェブ)[^。]{0,12}。?$"
    r"|(?:[Ww][Ee][Bb](?:ブラウザ)?|ウェブ|ブラウザ)ー?(?:版[をはで]|で)(?:見る|読む|表示(?:する)?|開く|ご覧になる|こちら)|[Vv]iew\b.{0,24}\bbrowser"
)
_FILE = r"(?:PDF|ＰＤＦ|Excel|EXCEL|エクセル|Word|WORD|ワード|CSV|ZIP|一太郎|PowerPoint|パワーポイント)(?:ファイル|形式|版)?"
_SIZE = r"[0-9０-９][0-9０-９.,．，]*\s?(?:[KMkmＫＭ][BbＢ]|キロバイト|メガバイト|ページ)"
_OPENS = re.compile(
    rf"\S\s?[(（\[［〔【<＜](?:{_FILE}(?:[\s　:：、,，・／/]*{_SIZE}){{0,2}}|外部(?:サイト|リンク|ページ)(?:へ(?:移動|リンク)(?:します)?)?|(?:別|新しい|新規)の?(?:ウ[イィ]ンドウ|タブ|ページ)[でがを]開(?:く|きます))[)）\]］〕】>＞]$"
)
_LONGEST = 100
_LEAST_CELLS = 3
_CELL = 16  # characters of what a footer leads to

_N = r"(?P<n>[0-9０-９]{1,3})"
_PAGE_FORMS = (
    re.compile(rf"[-－‐‑]\s*{_N}\s*[-－‐‑]"),
    re.compile(rf"[―–—─~～〜]\s*{_N}\s*[―–—─~～〜]"),
    re.compile(rf"[・･<＜〈\[［(（]\s*{_N}\s*[・･>＞〉\]］)）]"),
    re.compile(rf"[(（\[［]?(?:[Pp]|[Pp]age|PAGE|ページ)[.．]?\s*{_N}[)）\]］]?"),
    re.compile(rf"[(（\[［]?{_N}\s*(?:ページ|頁)[)）\]］]?"),
    re.compile(rf"[(（\[［]?(?:[Pp]age\s*)?{_N}\s*(?:[/／]|of)\s*[0-9０-９]{{1,3}}(?:\s*(?:ページ|頁))?[)）\]］]?"),
)
_BARE_NUMBER = re.compile(_N)


def _page_numbers(lines: Sequence[str]) -> list[int]:
    """Give the lines of nothing but a number in the form of pages, where it counts on from the one before; a heading has text below."""
    out: list[int] = []
    told = [n for n, text in enumerate(lines, 1) if text]
    for form in (*_PAGE_FORMS, _BARE_NUMBER):
        found = [(n, int(match["n"])) for n, text in enumerate(lines, 1) if text and (match := form.fullmatch(text))]
        counts_on = len(found) >= _LEAST and all(0 < b - a <= _MISSED for (_, a), (_, b) in pairwise(found))
        is_foot = counts_on and told[-1] - found[-1][0] <= _FOOT and found[0][0] > told[0] + _FOOT
        if is_foot and (form is not _BARE_NUMBER or all(lines[n - 2] for n, _ in found)):
            out += [n for n, _ in found]
    return out


_LEAST = 2
_MISSED = 2  # a page without its number is passed over
_FOOT = 2  # lines that stand below the last page's number, or above the first where it heads sections


def _running_heads(numbers: Sequence[int], lines: Sequence[str]) -> list[int]:
    """Give the lines right beside the pages' numbers that come again there: a title on every page."""
    around = [n for page in numbers for n in (page - 1, page + 1) if 1 <= n <= len(lines)]
    beside = [n for n in around if lines[n - 1] and "。" not in lines[n - 1]]
    often = {text for text, count in Counter(lines[n - 1] for n in beside).items() if count >= _LEAST}
    return [n for n in beside if lines[n - 1] in often]


_CLOCK = r"(?:[0-9]{1,2}:)?[0-9]{1,3}:[0-9]{2}(?:[.,][0-9]{1,3})?"
_SPAN = rf"{_CLOCK}(?:\s*(?:-+>?|→|[~～〜–―])\s*{_CLOCK})?"
_TIME = re.compile(
    rf"[\[［(（【〔<＜](?:録音|音声)?\s*{_SPAN}[\]］)）】〕>＞]|{_CLOCK}\s*(?:-+>|→|[~～〜–―-])\s*{_CLOCK}"
    r"|[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,3})?|[\[［(（【〔]?[0-9０-９]{1,2}分[0-9０-９]{1,2}秒[\]］)）】〕]?"
)
_START = re.compile(r"[▶►●■⏱♪]?\s*0{1,2}:[0-9]{2}")
_PLAIN_TIME = re.compile(r"[▶►●■⏱♪]?\s*[0-9]{1,3}:[0-9]{2}")


def _times(lines: Sequence[str]) -> list[int]:
    """Give the lines of nothing but a time, as recordings that are written down have them, where two come at least.

    A plain one, as timetables have them too, is of a recording where the first lies within a minute of its start.
    """
    found = [n for n, text in enumerate(lines, 1) if text and _TIME.fullmatch(text)]
    plain = [n for n, text in enumerate(lines, 1) if text and _PLAIN_TIME.fullmatch(text)]
    if plain and _START.fullmatch(lines[plain[0] - 1]):
        found += plain
    return found if len(found) >= _LEAST else []


def _cues(lines: Sequence[str]) -> list[int]:
    """Give the lines that say what is played in a programme: behind a note, in brackets or before a colon; what else plays comes again."""
    often = {text for text, count in Counter(lines).items() if count >= _LEAST}
    found = ((n, text) for n, text in enumerate(lines, 1) if text and (_CUE.fullmatch(text) or _SONG.fullmatch(text)))
    return [n for n, text in found if not _MAY_HEAD.fullmatch(text) or text in often]


_PLAYED = r"(?:(?:オープニング|エンディング|テーマ|挿入|劇中|OP|ED)[\s　]?(?:曲|音楽|ソング|テーマ|BGM)|BGM|ＢＧＭ|SE|ＳＥ|CM|ＣＭ|ジングル|音楽|効果音|曲|挿入歌)"
_WHAT = r"(?:[\s　:：、・／]+[^。]{1,30}|[「『][^。]{1,30}|(?:が|は)?(?:流れる|入る|止まる)|明け|入り)?"
_CUE = re.compile(
    rf"[♪♫][♪♫～〜\s]*{_PLAYED}{_WHAT}[♪♫～〜\s]*|[～〜]+[♪♫\s]*{_PLAYED}{_WHAT}[♪♫～〜\s]*"
    rf"|[（(［\[【〈＜<〔][\s♪♫]*{_PLAYED}{_WHAT}[\s♪♫]*[)）］\]】〉＞>〕]|(?:BGM|ＢＧＭ|SE|ＳＥ|ジングル|効果音)\s*[:：][^。]{{1,30}}"
)
_SONG = re.compile(r"[♪♫]\s*[「『][^」』]{1,24}[」』][\s　／/]*[^。「」]{0,20}")
_MAY_HEAD = re.compile(r"[【〈＜<〔［\[](?:音楽|CM|ＣＭ)[】〉＞>〕］\]]")
