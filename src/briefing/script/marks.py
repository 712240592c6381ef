"""What a single line shows of itself: marks, numbers, endings. Whether it means anything is decided over the document."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_NUMBER = r"(?:[0-9０-９]{1,2}|[①-⑳]|[一二三四五六七八九十]{1,3})"
# Family name, pattern: group `title` is the heading without its mark, group `n` its number.
FAMILIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("md1", r"#\s+(?P<title>.+)"),
        ("md2", r"##\s+(?P<title>.+)"),
        ("md3", r"###+\s+(?P<title>.+)"),
        ("bar", rf"(?P<n>{_NUMBER})\s*[|｜]\s*(?P<title>.+)"),
        (
            "chapter",
            rf"(?:第\s*(?P<n>{_NUMBER})\s*[章部回話節](?!目)|議題\s*(?P<m>{_NUMBER})|(?:テーマ|トピック|その|ポイント|STEP|Step|Part)\s*(?P<k>{_NUMBER}))\s*[:：.．、|｜]?\s*(?P<title>.+)",
        ),
        ("square", rf"[\[［]\s*(?P<n>{_NUMBER})\s*[\]］]\s*(?P<title>.+)"),
        ("round", rf"[(（]\s*(?P<n>{_NUMBER})\s*[)）]\s*(?P<title>.+)"),
        ("dot", rf"(?P<n>{_NUMBER})\s*[.．、)）]\s*(?P<title>\S.*)"),
        ("circled", r"(?P<n>[①-⑳])\s*(?P<title>.+)"),
        ("space", r"(?P<n>[0-9０-９]{1,2})[\s　]+(?P<title>\S.*)"),
        ("lens", r"【(?P<title>[^【】]+)】"),
        ("framed", r"(?P<mark>[◇◆□■○●☆★])(?P<title>[^◇◆□■○●☆★]+)(?P=mark)"),
        ("mark", r"(?P<mark>[■□◆◇●○◎★☆▼▽▲△▶►❏❖✦◉])\s*(?P<title>.+)"),
        ("corner", r"[<＜〈《](?P<title>[^<>＜＞〈〉《》]+)[>＞〉》]"),
    )
)
OPENING = re.compile(
    r"(?:はじめに|初めに|まえがき|前書き|序文|序|導入|リード|概要|あらまし|イントロダクション|Introduction)"
)
CLOSING = re.compile(
    r"(?:おわりに|終わりに|終りに|さいごに|最後に|まとめ|あとがき|後書き|結び|むすび|おしまい|編集後記|次回(?:予告|開催)?|結論|総括|所感|以上)"
)
CONTENTS = re.compile(
    r"(?:本?(?:編|記事|文|日|号)の(?:構成|内容|流れ|目次|もくじ|トピック)|目次|もくじ|次第|議事次第|INDEX|Index|Contents|CONTENTS|今(?:週|号|月|回)の(?:内容|目次|もくじ|ラインナップ|トピック)|この記事(?:で|の)(?:わかること|内容|目次)|アジェンダ)"
)
PROMO_TITLE = re.compile(
    r"(?:(?:会社|企業|団体|法人|主催者)(?:概要|情報|案内)|(?:本件に関する)?(?:お)?問い?合わ?せ(?:先)?|本件に関するお?問い?合わ?せ先?|参考(?:文献|資料|リンク|URL|サイト)?|関連(?:記事|リンク|情報)|リンク集?|出典|(?:お知らせ|宣伝|広告|PR)|著者(?:紹介|プロフィール)|プロフィール|SNS|フォロー.*|運営会社|掲載元|配信停止.*)"
)
QUESTION = re.compile(r"(?:[QＱ]|問|質問|問い)\s*(?P<n>[0-9]*)\s*[.．:：、)）|｜\s　]+\s*(?P<title>.+)")
ANSWER = re.compile(r"(?:[AＡ]|答|回答|答え)\s*(?P<n>[0-9]*)\s*[.．:：、)）|｜\s　]+\s*(?P<title>.+)")
NOTE = re.compile(
    r"(?:※|[＊*](?![*\s])|注\s*[0-9]*\s*[)）:：]|\[\^\w+\]:|【(?:編集部?注|注|訳注|補足)】|[(（]注[)）])\s*(?P<title>.+)"
)
NOTE_LABEL = re.compile(
    r"[▼▽◆◇■□●○【\[<＜*・\s]*(?P<title>補足(?:説明|情報)?|解釈|解説|注(?:釈|記|意)?|用語(?:解説)?|豆知識|コラム|メモ|参考|決定(?:事項)?|宿題|補記|余談|ポイント|筆者(?:メモ|注|コメント))[】\]>＞*]*\s*[:：]?\s*$"
)
LIST = re.compile(
    r"(?:[・‣•◦‐\-–*+](?![-*+])\s*|[0-9０-９]{1,2}[.)）．]\s*(?![0-9])|[①-⑳]\s*|[(（][0-9]{1,2}[)）]\s*)(?P<title>\S.*)"
)
DIVIDER = re.compile(r"(?:[-ー－―─━═=＝_＿*＊~〜・…◆◇■□●○☆★♪＋+\s　]){3,}")
URL = re.compile(r"(?:https?://|www\.)[^\s）)」]+")
MD_LINK = re.compile(r"\[(?P<title>[^\]]*)\]\([^)]*\)")
DATE = re.compile(
    r"(?:[12][0-9]{3}\s*[年/.-]\s*[0-9]{1,2}|(?:令和|平成|昭和)\s*[0-9元]{1,2}\s*年|[0-9]{1,2}月\s*[0-9]{1,2}日)"
)
META_LABEL = re.compile(
    r"[\s・●■]*(?:日時|日付|日程|開催日時?|場所|会場|開催場所|出席(?:者|委員)?|欠席(?:者|委員)?|参加者?|書記|司会|進行|文責?|聞き手|取材|構成|写真|撮影|発行(?:日|元|者|人)?|編集(?:人|長|部)?|著者?|筆者|執筆|作成(?:日|者)?|更新(?:日|者)?|公開日?|投稿日?|登壇者?|主催|協力|記録|所在地|住所|電話(?:番号)?|TEL|Tel|FAX|E-?mail|メール|URL|担当|広報担当|設立|会社名|商号|代表(?:者|取締役)?|資本金|事業内容|ホームページ|公式サイト|Web|By|by)\s*[:：=＝／]\s*\S"
)
PROMO = re.compile(
    r"(?:フォロー|チャンネル登録|高評価|いいね|スキ(?:を|と|して|ボタン)|シェア(?:して|を)|拡散|メルマガ|メールマガジン|購読|バックナンバー|登録[・/／]解除|配信停止|解除は|公式(?:LINE|X|Twitter|アカウント)|ご登録|お申し込みは|申込はこちら|詳細はこちら|詳しくはこちら|こちらから(?:お|ご)|コメントで教えて|読んでいただき(?:、)?(?:ありがとう|誠に)|お読みいただき|最後までご?(?:覧|読|拝)|サポート(?:いただ|して)|(?:X|Twitter|Instagram|Facebook|note|YouTube)(?:アカウント|では|で(?:も)?発信|も(?:やって|更新)))"
)
STRONG_PROMO = re.compile(
    r"(?:フォロー(?:お願い|して|いただ|を(?:お願い|よろしく)|[・と])|チャンネル登録|高評価|メルマガ|メールマガジンの|バックナンバー|登録[・/／]解除|配信停止|(?:スキ|いいね)(?:を|と|や|して))"
)
HANDLE = re.compile(r"(?:^|[\s→:：(（])@[A-Za-z0-9_]{3,}")
SENTENCE_END = re.compile(
    r"[。.！!？?」』）)…]$|(?:です|ます|でした|ました|ません|である|だった|した|する|いる|ある|ない)[。]?$"
)
FULL_STOP = re.compile(r"[。！!？?…]\s*[)）」』]?(?:[(（]笑[)）])?$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line that could be a heading of a family."""

    line: int
    family: str
    title: str
    number: int | None


def heading_candidates(line: int, text: str) -> tuple[Candidate, ...]:
    """Give every family that the line's form fits; Markdown excludes the others."""
    out = []
    for name, pattern in FAMILIES:
        match = pattern.fullmatch(text)
        if not match:
            continue
        groups = match.groupdict()
        number = parse_number(groups.get("n") or groups.get("m") or groups.get("k"))
        family = name + groups["mark"] if groups.get("mark") else name
        out.append(Candidate(line, family, groups["title"].strip(" #　"), number))
        if name.startswith("md"):
            break
    return tuple(out)


def parse_number(text: str | None) -> int | None:
    """Give a heading's number: digits, circled, kanji up to 99.

    >>> parse_number("十二"), parse_number("③")
    (12, 3)
    """
    if not text:
        return None
    folded = unicodedata.normalize("NFKC", text)
    if folded.isdigit():
        return int(folded)
    digits = "〇一二三四五六七八九"
    tens, ten, ones = folded.partition("十")
    if not ten:
        return digits.index(folded) if folded in digits else None
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)


def flatten(text: str) -> str:
    """Give text in the form in which titles are compared: NFKC without blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def without_links(text: str) -> str:
    """Give text with Markdown links as their words and addresses taken out."""
    return URL.sub("", MD_LINK.sub(lambda m: m["title"], text))


def is_link(text: str) -> bool:
    """Say whether a line holds nothing but an address or a link."""
    if MD_LINK.fullmatch(text.lstrip("-*・ ").strip()):
        return True
    return bool(URL.search(text)) and len(re.sub(r"[\s:：\-・→()（）▼▶⇒>、URL]+", "", URL.sub("", text))) <= 6
