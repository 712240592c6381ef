"""What stands on a page beside its article: told by the names of elements, by the labels above them, by their form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from briefing.sources.elements import HEADINGS, INLINE, TONES, Element, is_body, running_text, text_of, words_of

_MOST_CARD = 300  # letters
# Names are compared as words: `o-noteRecommend__title` is "o note recommend title".
_CLUTTER = re.compile(
    r"\b(?:nav|navigation|g ?navi|menu|breadcrumbs?|pan(?:kuzu)?|topic path|side|sidebar|footer|share|sharing|sharedaddy|sns ?(?:btn|button|box|area)?|social|"
    r"related|relatedposts|kanren|recommends?|recommended|osusume|ranking|comments?|kuchikomi|kakikomi|"
    r"ads?|mid ?ad|adsense|adsbygoogle|google auto placed|advert|advertisement|sponsor|sponsored|koukoku|banner|bnr|cookie|pager|pagination|"
    r"tags|tag (?:list|cloud|links)|meta|subscribe|subscription|button wrapper|ufi|cta|newsletter|toiawase|enquete|inquiry|questionnaire|"
    r"toc|table of contents|mokuji|modal|popup|paywall|login|signup|respond|widget area|screen reader text|breaking|"
    r"(?:blog|link|ogp|embed(?:ded)?) ?card|external article widget|copyright|page ?top|file ?name|code lang|"
    r"kaereba ?link|rinker|pochipp|item ?link|affiliate|affi)\b"
)
_WHO = re.compile(
    r"\b(?:author|writer|hissha|profile|bio|byline)\b"
)  # inside the article, without a link: of whom it tells
_LABEL = re.compile(
    r"(?:(?:この記事(?:の|と|に))?(?:関連|おすすめ|オススメ|人気|新着|最新|注目|前の|次の|同じカテゴリ(?:ー)?の)(?:する)?の?(?:記事|ニュース|エントリー?|リンク|投稿|コンテンツ|情報)(?:一覧)?|"
    r"(?:あわせて|合わせて|こちらも|次に)(?:読みたい|読む|どうぞ|チェック).{0,6}|この記事を(?:読んだ人|書いた人|シェア|共有|保存).{0,16}|この(?:記事|ページ|情報)(?:の内容)?は.{0,16}(?:ました|でした|です)か|"
    r"(?:この)?(?:ページ|記事)に(?:関する|ついての?)お?問い?合わ?せ(?:先)?|(?:より(?:良|よ)い|今後の).{2,20}(?:ご意見|アンケート).{0,16}|"
    r"(?:この記事の|記事の)?(?:筆者|著者|執筆者?|監修者?|ライター|書いた人)(?:紹介|プロフィール|について)?(?:[:：].{1,16})?|"
    r"(?:この(?:記事|コラム|ページ)の)?(?:目次|もくじ)(?:を(?:開く|見る|表示|閉じる))?|口コミ|クチコミ|(?:みなさま|皆さま|皆様|読者)の声|コメント(?:する|を書く|を残す|一覧|[\s(（]?[0-9０-９]+件?[)）]?)|シェア(?:する)?|共有(?:する)?|ツイート|いいね[!！]?|フォローする|"
    r"スポンサー(?:ド)?(?:リンク|サイト)?|メルマガ(?:登録|購読)|(?:この)?ページの(?:先頭|トップ)へ.{0,2})"
)
_LINKED_LABEL = re.compile(
    r"関連|ランキング|カテゴリー?|タグ|キーワード|アーカイブ|プロフィール|広告|ＰＲ|PR"
)  # an article may have a section of this name: what is below tells
_OFFER = re.compile(
    r"[【［\[(（<＜]?(?:PR|ＰＲ|AD|広告|スポンサー(?:ド)?(?:リンク)?)(?:[】］\])）>＞:：]|$)|[▼↓▶＞>]?(?:ここから|この)?続きを読む|[▲↑]?(?:この)?ページの(?:先頭|トップ)へ|(?:Copyright|©|[(（][CcＣｃ][)）])"
)
_WAY = re.compile(
    r"[←→<＜«‹].*|.*(?:[→>＞»›]|(?:戻|もど)る|(?:一覧|もっと|続き|すべて|全て)を?(?:見る|読む)|(?:共有|シェア|保存|フォロー|登録|購読|ツイート|投稿|印刷)する|広める|見る|はこちら.?)|[＼\\\\].*[／/]"
)
_BACK = re.compile(r"[↩↑⏎^#¶§🔗\ufe0e\ufe0f]+")  # a link to a place of the page, by a sign alone
_PLEA = re.compile(
    r"(?:(?:この|本|当)(?:記事|ページ|サイト|ブログ)(?:に|で)?は|^記事内に).{0,16}(?:アフィリエイト|プロモーション|広告).{0,12}(?:含(?:みます|まれ|んで)|[利使]用して|参加して)|ランキングに参加(?:して(?:い)?ます|しています|中)|応援クリック|"
    r"[ぽポ]ち[っッ]と(?:押|お?願|応援|クリック|して)|(?:スキ|いいね|フォロー|シェア|チャンネル登録)[^。]{0,14}励み|"
    r"(?:Adobe|アドビ).{0,24}Reader.{0,16}(?:必要|お持ちでない)|^Press enter or click to|stories in your inbox|^次のページ[:：]"
)
_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,8}/?", re.IGNORECASE)
_MOST_OFFER = 80  # letters
_MOST_PLEA = 140
_LABEL_MARKS = " 　■□◆◇●○▼▽▶▲★☆【】[]［］<>＜＞〈〉《》「」:：?？!！|｜・…"
_HOLDERS = frozenset(("div", "section", "aside", "ul", "ol", "figure", "center"))


def rule_of(element: Element) -> str:
    """Give the rule that takes an element for clutter, or nothing. Coloured code names its comments so, too."""
    if element.tag in ("html", "body", "article", "main") or is_body(element):
        return ""
    if element.tag == "a" and _is_card(element):
        return "card"
    if element.tag in INLINE:
        return ""
    if element.tag == "aside" and not any(is_body(each) for each in element.iterancestors()):
        return "aside"  # inside an article it is a remark (Zenn's :::message)
    words = words_of(element)
    if _CLUTTER.search(words) and not any(each.tag == "pre" for each in element.iterancestors()):
        return "name"
    if _WHO.search(words) and (element.find(".//a") is not None or not any(map(is_body, element.iterancestors()))):
        return "who"
    if element.tag in ("ul", "ol") and _is_contents(element):
        return "contents"
    if _is_labelled(element):
        return "label"
    return "led" if _is_led(element) else ""


def _is_card(link: Element) -> bool:
    """Say whether a link is a card: alone in its place, with several pieces of text (a title, a description, a site)."""
    parent = link.getparent()
    pieces = [text for text in map(str.strip, link.itertext()) if text]
    if len(pieces) < 2 or link.find(".//ruby") is not None:
        return False
    if heads := [each for each in link.iterdescendants(etree.Element) if each.tag in HEADINGS]:
        return sum(len(text_of(head)) for head in heads) < len(text_of(link)) <= _MOST_CARD
    holders = {each.getparent() if each.tag in TONES else each for each in link.iter(etree.Element) if text_of(each)}
    has_blocks = any(each.tag not in INLINE for each in holders)
    is_alone = text_of(parent) == text_of(link) and parent.tag not in HEADINGS
    return len(holders - {link}) > 1 and (has_blocks or is_alone)


def _is_labelled(element: Element) -> bool:
    """Say whether an element opens with the label of something that stands beside an article, or is an offer by its first words."""
    if element.tag in HEADINGS:
        return _leads_links(element)
    if element.tag not in _HOLDERS and element.tag != "p":
        return False
    if (text := _short_text(element)) and _is_offer(element, text):
        return True
    label = next(_pieces(element), "").strip(_LABEL_MARKS)
    if element.tag == "p" or not label:
        return False
    is_linked = _LINKED_LABEL.fullmatch(label) and running_text(element) * 3 <= len(text_of(element))
    return bool(_LABEL.fullmatch(label) or is_linked)


def _is_offer(element: Element, text: str) -> bool:
    if (len(text) <= _MOST_OFFER and _OFFER.match(text)) or is_plea(text) or _DOMAIN.fullmatch(text):
        return True
    return bool(_WAY.fullmatch(text)) and not running_text(element)


def _short_text(element: Element) -> str:
    """Give the text of an element that is short; nothing for a longer one, which is not read to its end: pages nest deep."""
    gathered = ""
    for text in element.itertext():
        gathered += text.strip()
        if len(gathered) > _MOST_PLEA:
            return ""
    return text_of(element)


def is_way_back(link: Element) -> bool:
    """Say whether a link leads back to a place of the page by a sign alone."""
    return link.tag == "a" and bool(_BACK.fullmatch(text_of(link)))


def is_plea(text: str) -> bool:
    """Say whether a line asks its readers for something that sites ask for, or tells of the site's own matters."""
    return len(text) <= _MOST_PLEA and bool(_PLEA.search(text))


def _is_label(text: str) -> bool:
    return bool(_LABEL.fullmatch(text.strip(_LABEL_MARKS)))


def _pieces(element: Element) -> Iterator[str]:
    """Yield the text of an element block by block, as far as inline elements do not part it."""
    return (text for text in map(str.strip, element.itertext()) if text)


def _leads_links(label: Element) -> bool:
    """Say whether an element holds a label alone, and links follow."""
    below = label.getnext()
    return _is_label(text_of(label)) and below is not None and below.tag not in HEADINGS and _is_linked(below)


def _is_led(element: Element) -> bool:
    """Say whether an element stands among links that follow a label."""
    if not _is_linked(element):
        return False
    for each in islice(element.itersiblings(etree.Element, preceding=True), _MOST_LED):
        if _is_label(text_of(each)):
            return True
        if each.tag in HEADINGS or not _is_linked(each):
            return False
    return False


_MOST_LED = 20  # links behind a label


def _is_linked(element: Element) -> bool:
    """Say whether most of an element's text is linked."""
    text = text_of(element)
    return bool(text) and running_text(element) * 3 <= len(text)


def _is_contents(element: Element) -> bool:
    """Say whether a list only leads to places of the same page."""
    links = element.findall(".//a")
    inward = len(links) > 1 and all(a.get("href", "").startswith("#") for a in links)
    return inward and len(text_of(element)) <= 1.2 * sum(len(text_of(a)) for a in links)
