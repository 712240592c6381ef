"""Lines that are only a way elsewhere: an address, a link, a noun with its address."""

from __future__ import annotations

import re

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
