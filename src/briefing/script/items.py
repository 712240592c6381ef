"""The items of lists: labels with their values, names that need no count."""

from __future__ import annotations

import re

from briefing.morphology import Morpheme, analyse
from briefing.script.tables import is_named


def split_label(text: str) -> tuple[str, ...]:
    """Give the label of a list's item and its value; the whole where there is none.

    >>> split_label("場所：港の広場"), split_label("12:30 開場")
    (('場所', '港の広場'), ('12:30 開場',))
    """
    match = _LABEL.fullmatch(text)
    return (match["label"], match["value"]) if match and match["label"].count("**") != 1 else (text,)


_LABEL = re.compile(
    r"(?P<label>(?![0-9０-９]+\s*[:：])[^\s:：。、「」！？!?`/]{1,14})[ 　]*[:：](?!//)[ 　]*(?P<value>[^\s:：*].*)"
)


def with_label_told(item: str) -> str:
    """Give an item with は in place of the colon behind its label; a pause where a verb or a sentence takes no は.

    >>> with_label_told("場所：港の広場"), with_label_told("水を足す：底が見えたとき")
    ('場所は、港の広場', '水を足す、底が見えたとき')
    """
    label, *value = split_label(item)
    is_told = value and not _SENTENCE.search(value[0]) and is_named(_ASIDE.sub("", label))
    return "".join([label, "は、" if is_told else "、", *value]) if value else item


_SENTENCE = re.compile(r"。.|(?:です|ます|ません|ました|でした|ください)。?$")
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
GAP = re.compile(r"(?<=[^\s。、！？!?])　+(?=\S)")


def with_pause_at_gap(item: str) -> str:
    """Give an item with a comma where a wide gap parts a name from what is told of it.

    >>> with_pause_at_gap("しょうゆ　　大さじ3")
    'しょうゆ、大さじ3'
    """
    return GAP.sub("、", item)


def is_bare_name(item: str) -> bool:
    """Say whether an item of a list is a short name of somebody or something and tells nothing: no need to count it.

    >>> is_bare_name("古いタオル（2枚）"), is_bare_name("水を足す"), is_bare_name("音を立てないこと")
    (True, False, False)
    """
    bare = _ASIDE.sub("", item).strip()
    words = analyse(bare) if len(bare) <= _BARE_LENGTH else ()
    return bool(words) and words[-1].pos[0] in _NAMING and not _TELLS.search(bare) and not any(map(_is_subject, words))


_BARE_LENGTH = 16  # characters of a name at most
_NAMING = ("名詞", "接尾辞", "代名詞", "記号", "固有名詞")
_TELLS = re.compile(r"[。！？!?…→]|(?:こと|とき|時|場合|ため|もの)$")


def _is_subject(word: Morpheme) -> bool:
    return word.pos[0] == "助詞" and word.surface in ("は", "が", "を", "も", "に", "へ", "から", "まで")
