"""Lines that are only a way elsewhere: an address, a link, a noun with its address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from briefing.model import Role
from briefing.script import marks

_LABELLED_LINK = re.compile(
    rf"[・●○◎■□◆◇★☆▶▷►▼▽※→⇒➡>»\s　]*[^\s　。、をがにではへ！!？?:：→]{{1,14}}?(?:はこちら)?(?:[\s　]*[:：][\s　]*|[\s　]+){marks.URL.pattern}"
)


_NAMED_LINK = re.compile(r"[・●○◎■□◆◇★☆▶▷►▼▽※→⇒➡>»\s　]*[^\s　。、:：]{1,24}(?:[:：→]|[\s　]+[:：→])")
_LED_TO = re.compile(
    rf"(?![^。]*(?:こちら(?:から|へ)|です|ます|ました|ません|ください|下さい|でした|しよう|よう|たい|[だいるた])[。！!]?[\s　]*[:：→⇒➡（(<＜]*[\s　]*https?:)(?P<words>[^。！!？?]{{2,40}}?)"
    rf"(?P<parting>[\s　]*[:：→⇒➡][\s　]*|[\s　]+|(?=[(（])|(?<=[)）」』】]))[<＜(（]?{marks.URL.pattern}[>＞)）]?"
)


def leads_to_address(text: str) -> str:
    """Give how a line that is no sentence parts its words from the address it ends with: a blank, a colon, an arrow; empty if it has none.

    >>> leads_to_address("・道路標識の書体が変わるまで　https://example.jp/a"), leads_to_address("公開しています → https://example.jp/")
    (' ', '')
    """
    match = _LED_TO.fullmatch(text) if "https:" in text or "http:" in text else None
    return (match["parting"].strip() or " ") if match else ""


def is_link(text: str) -> bool:
    """Say whether a line holds nothing but an address or a link, or a noun with its address: 申込フォーム　https://example.jp/."""
    if "/" not in text and "www." not in text and "](" not in text:
        return False
    if marks.MD_LINK.search(text) and not re.search(r"\w", marks.MD_LINK.sub("", text)):
        return True
    if _LABELLED_LINK.fullmatch(text) or (leads_to_address(text) and _NAMED_LINK.match(text)):
        return True
    return (
        bool(marks.URL.search(text)) and len(re.sub(r"[\s:：\-・→()（）▼▶⇒>、URL]+", "", marks.URL.sub("", text))) <= 6
    )


def find_link_titles(lines: Sequence[str], fixed: Mapping[int, Role]) -> list[int]:
    """Give the lines without a mark that each stand right above an address of their own, three at least: titles of what to read on."""
    found = [
        n
        for n, text in enumerate(lines[:-1], 1)
        if n not in fixed
        and fixed.get(n + 1) is Role.LINK
        and fixed.get(n + 2) is not Role.LINK
        and marks.URL.match(lines[n])
        and _TITLE.fullmatch(text)
        and not marks.FULL_STOP.search(text)
    ]
    return found if len(found) >= _LEAST_TITLES else []


_LEAST_TITLES = 3
_TITLE = re.compile(
    r"(?!.*(?:こちら|はここ|[:：↓▼⇓])(?:から|へ|まで)?[】」）)▼↓]*$)(?!.*(?:です|ます|ました|ません|登録|解除|停止|フォーム|ホームページ|公式.*)$)[\w「『【“].{5,59}"
)
