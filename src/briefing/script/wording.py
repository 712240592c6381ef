"""Wording rules: what a text loses or changes so that it makes sense to the ear. Ordered and named; the sense stays."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from briefing.config import ScriptConfig
from briefing.script.marks import MD_LINK, URL


@dataclass(frozen=True, slots=True)
class Wording:
    """A rule from text to text. `key` is the configuration that turns it off; without one it always holds."""

    name: str
    key: str
    apply: Callable[[str, ScriptConfig], str]


_EMPHASIS = re.compile(r"(\*\*|__|~~|==)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])|`([^`]+)`")
_CONTAINER = re.compile(
    r"^:{3,}\s*(?:(?:message|note|details)\b)?\s*(?:(?:alert|info|warn)\b)?\s*|^\[!\w+\][-+]?\s*"
)  # Zenn, Qiita, GitHub
_SPACED_LINK = re.compile(
    rf"(?<=[ぁ-ヿ一-龠])\s(?={MD_LINK.pattern.replace('?P<title>', '')})|{MD_LINK.pattern}(?:\s(?=[ぁ-ヿ一-龠]))?"
)
_HTML_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def _drop_markup(text: str, config: ScriptConfig) -> str:
    text = _SPACED_LINK.sub(lambda m: m["title"] or "", _HTML_BREAK.sub("、", _CONTAINER.sub("", text)))
    return _EMPHASIS.sub(lambda m: m[2] or m[3] or m[4], text)


_FOOTNOTE = re.compile(
    r"\[\^[\w-]+\]|[（(\[［](?:※|注|脚注|\*|＊)\s*[0-9０-９]{1,3}[）)\]］]|(?<=\S)※[0-9０-９]{1,2}|(?<=[。、」）ぁ-んァ-ヶ一-龠])(?:\[[0-9]{1,3}\]|[*＊][0-9]{1,2}(?![0-9]))"
)


def _drop_footnote_marks(text: str, config: ScriptConfig) -> str:
    return _FOOTNOTE.sub("", text)


_ADDRESS = rf"(?:{URL.pattern})"
_SPACED_ADDRESS = re.compile(rf"(?:(?<=[ぁ-ヿ一-龠])\s)?{_ADDRESS}(?:\s(?=[ぁ-ヿ一-龠]))?")
_BRACKETED_ADDRESS = re.compile(rf"\s*[（(<＜]\s*{_ADDRESS}\s*[）)>＞]")
_LABELLED_ADDRESS = re.compile(rf"(?:[:：→]\s*|\s+){_ADDRESS}\s*(?=$|[。、])|^{_ADDRESS}\s*$")


def _tell_links(text: str, config: ScriptConfig) -> str:
    """Leave out an address in brackets or behind a label; inside a sentence a word stands for it."""
    text = _LABELLED_ADDRESS.sub("", _BRACKETED_ADDRESS.sub("", text))
    return _SPACED_ADDRESS.sub(config.phrases.link if config.allows("links") else "", text)


_LAUGH = re.compile(
    r"[（(](?:(?:会場|一同|場内|客席|全員|聴衆|みな|皆)(?:から|が|に|、|・|[\s　])?)?"
    r"(?:大?笑い?|爆笑|苦笑い?|失笑|涙|泣|汗|大?拍手|どよめき|どよめく|歓声|ざわめき|うなずく|うなずき|沈黙|怒|照)[)）]"
    r"|(?<=[。！？!?ぁ-ん])w{1,5}(?=$|[。\s])"
)
_SIGNED = re.compile(
    r"(?:(?<=[。！？!?])[\s　]*|^)[（(](?:[ぁ-ん]|(?:担当|文責|文|記)[・：:／/][^（）()。]{1,8})[)）]$"
)
"""Who wrote a paragraph, at its end: one kana, or behind a label."""


def _drop_asides(text: str, config: ScriptConfig) -> str:
    return _SIGNED.sub("", _LAUGH.sub("", text))


_ARROW = re.compile(r"(?<=[0-9０-９])(?P<unit>[^\s、。→⇒0-9０-９]{0,3})[ 　]?[→⇒➡][ 　]?(?=約?[0-9０-９])")


def _tell_arrows(text: str, config: ScriptConfig) -> str:
    """Say から for an arrow between two figures: 187→121."""
    return _ARROW.sub(r"\g<unit>から", text)


_THING = r"(?P<thing>図版?|表|写真|画像|グラフ|イラスト|動画|地図|スクリーンショット|スクショ)(?P<number>[0-9０-９]*)(?![一-龠々])"
# What points at a place on the page, and what stands for it where there is no page.
_REFERENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (
            r"(?P<lead>(?:詳し|くわし)くは|詳細は)、?(?:こちら|下記|以下)(?:の(?:リンク|URL|ページ|サイト|記事))?(?:から|より|へ|を(?:ご覧|ごらん|ご参照|参照して|見て|ご確認)(?:ください|下さい))?(?=[。！!]|$)",
            r"\g<lead>もとの記事をご覧ください",
        ),
        (
            rf"(?:(?:以下|下記|上記|こちら|この|左記|右記|前掲|別掲)の?|(?<![の一-龠々])(?:上|下|右|左|次|前)の){_THING}",
            r"記事の\g<thing>\g<number>",
        ),
        (r"(?<![一-龠々ァ-ヶの])(?P<thing>図|表|写真)(?P<number>[0-9０-９]{1,2})(?![0-9０-９一-龠々])", r"記事の\g<thing>\g<number>"),
        (
            r"(?:以下|下記|上記|こちら|下|上)の(?:リンク|URL|アドレス)(?P<place>先?)",
            r"記事にあるリンク\g<place>",
        ),
        (r"(?:以下|下記|上記)の(?P<thing>フォーム|サイト|ページ|ボタン)", r"記事にある\g<thing>"),
        (r"(?:下記|左記|右記)の(?P<way>とおり|通り|よう)", r"次の\g<way>"),
        (r"上記の(?P<way>とおり|通り|よう)", r"先に述べた\g<way>"),
        (r"下記の", "次の"),
        (r"上記の", "先ほどの"),
    )
)  # fmt: skip


def _reword_references(text: str, config: ScriptConfig) -> str:
    for pattern, said in _REFERENCES:
        text = pattern.sub(said, text)
    return text


WORDINGS = (
    Wording("markup", "", _drop_markup),
    Wording("footnotes", "", _drop_footnote_marks),
    Wording("links", "", _tell_links),
    Wording("arrows", "references", _tell_arrows),
    Wording("asides", "asides", _drop_asides),
    Wording("references", "references", _reword_references),
)


def spoken_text(text: str, config: ScriptConfig) -> str:
    """Give a text as it is spoken, before it is cut into sentences.

    >>> spoken_text("**大事**な話（笑）は、下の図のとおり。", ScriptConfig())
    '大事な話は、記事の図のとおり。'
    """
    for rule in WORDINGS:
        if not rule.key or config.allows(rule.key):
            text = rule.apply(text, config)
    return text.strip()


def omitted_pieces(text: str, config: ScriptConfig) -> Iterator[tuple[str, str]]:
    """Yield what `spoken_text` leaves out, each piece with the name of the rule.

    >>> list(omitted_pieces("**大事**な話（笑）。", ScriptConfig()))
    [('markup', '**'), ('markup', '**'), ('asides', '（笑）')]
    """
    for rule in WORDINGS:
        if not rule.key or config.allows(rule.key):
            after = rule.apply(text, config)
            if after != text:
                yield from ((rule.name, piece) for piece in _lost(text, after))
            text = after


def _lost(before: str, after: str) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a1, a2, _, _ in matcher.get_opcodes():
        if tag in ("delete", "replace") and before[a1:a2].strip():
            yield before[a1:a2].strip()


_TITLED = re.compile(
    r"(?:さん|さま|様|氏|君|くん|ちゃん|先生|教授|博士|[長員者部会課室局署]|者[A-ZＡ-Ｚ0-9０-９]|司会|議長|進行|聞き手|編集|記者|社|係|担当|[理監幹]事|スタッフ|代表|主任|書記|顧問|一同|会場|客席|聴衆|フロア)$"
)


def with_honorific(name: str) -> str:
    """Give a speaker's name as one says it: with さん, unless it carries a title or names a role.

    >>> with_honorific("河野"), with_honorific("編集部")
    ('河野さん', '編集部')
    >>> [with_honorific(name) for name in ("担当", "参加者A", "副理事長", "スタッフ", "代田")]
    ['担当', '参加者A', '副理事長', 'スタッフ', '代田さん']
    """
    return name if _TITLED.search(name) else f"{name}さん"
