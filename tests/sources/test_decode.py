"""Encodings of whole documents are found right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from briefing.errors import SourceError
from briefing.sources import read_bytes, read_source
from briefing.sources.decode import decode

MARKDOWN = """---
title: "雨の日の台所"
tags: [暮らし, 台所]
---
# 雨の日の台所

鍋の湯気で窓がくもる。`print("湯")` と書いた紙が貼ってある。

| 品 | 量 |
|---|---|
| 大根 | 1/2本 |

```python
for n in range(3):
    煮る(n)
```
"""
NOVEL = "".join(
    f"その{n}日目の朝、漁師の娘は{'防波堤' if n % 2 else '灯台'}のそばで古い手紙を読み返した。「潮が{n}時に変わる」と父は書いている。\n"
    for n in range(1, 90)
)
DOCUMENTS = {
    "a short title": "町の図書館だより",
    "a word in kana": "おしらせ",
    "nothing but ASCII": "Release notes, version 2.\n- faster start (120 ms)\n- 0 known bugs\n",
    "nothing but half-width kana": "ｻﾄｳ ﾀﾛｳ\nｽｽﾞｷ ﾊﾅｺ\nﾀｶﾊｼ ｼﾞﾛｳ\n",
    "half-width kana among others": "ﾌﾘｶﾞﾅ：ｲﾉｳｴ ｹﾝｼﾞ\n氏名：井上健二\n住所：港町３－１ ｺｰﾎﾟ海\n",
    "nothing but kanji": "東京都渋谷区議会議員補欠選挙公報",
    "rare kanji": "薔薇と檸檬、憂鬱な躊躇。\n蒟蒻、髑髏、鰊、鮭、麒麟。\n",
    "Markdown": MARKDOWN,
    "a table with commas": "日付,品名,単価,数量\n2025/04/01,鉛筆,80,12\n2025/04/02,消しゴム,110,3\n2025/04/03,ノート,150,20\n",
    "a dialect's characters": "㈱山髙商店　TEL℡ 03-0000-0000\n①申込 ②支払 ③発送　Ⅳ章 №5　昭和㍼\n営業 9:00～18:00（℡は～17:00）\n",
    "words of English": "The API returns JSON. 認証には token を使う。See RFC 9110 for details, please.\r\nEnd.\r\n",
    "katakana": "スマートフォンアプリ「ラジオ・ノート」アップデート\nクラウドサービスプロバイダー\n",
    "a long story": NOVEL,
}  # fmt: skip


def to_iso2022(text: str) -> bytes:
    """Write ISO-2022-JP as mail programs do: half-width kana by their own escape, everything else in JIS X 0208's."""
    out = b""
    for kind, part in re.findall(r"(?=([｡-ﾟ])?)([｡-ﾟ]+|[\x00-\x7f]+|[^\x00-\x7f｡-ﾟ]+)", text):
        if part.isascii():
            out += part.encode()
        elif kind:
            out += b"\x1b(I" + bytes(b & 0x7F for b in part.encode("cp932")) + b"\x1b(B"
        else:
            out += b"\x1b$B" + bytes(b & 0x7F for b in to_euc(part)) + b"\x1b(B"
    return out


def to_euc(text: str) -> bytes:
    """Write EUC-JP as Windows does: every pair of CP932 in the place that it has in JIS."""
    return b"".join(c.encode() if c.isascii() else moved(c.encode("cp932")) for c in text)


def moved(pair: bytes) -> bytes:
    if len(pair) == 1:
        return b"\x8e" + pair
    pair = {b"\xfa\xf0": b"\xee\xe0", b"\xfb\xfc": b"\xee\xe0"}.get(pair, pair)
    lead = pair[0] - (0x81 if pair[0] < 0xA0 else 0xC1)
    trail = pair[1] - 0x40 - (pair[1] > 0x7F)
    return bytes((0xA1 + 2 * lead + trail // 94, 0xA1 + trail % 94))


SIGNS = str.maketrans("〜−", "～－")  # JIS and Windows name one sign by two code points
ENCODINGS = {
    "utf-8": lambda t: t.encode(), "utf-8 with mark": lambda t: t.encode("utf-8-sig"), "cp932": lambda t: t.encode("cp932"),
    "euc-jp": to_euc, "iso-2022-jp": to_iso2022, "utf-16 with mark": lambda t: t.encode("utf-16"),
    "utf-16le": lambda t: t.encode("utf-16-le"), "utf-16be": lambda t: t.encode("utf-16-be"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_a_document_in_any_encoding_reads_the_same(text: str, name: str) -> None:
    read = decode(ENCODINGS[name](text), "x.txt")[0]
    assert read.translate(SIGNS) == text.replace("\r\n", "\n")


def test_an_encoding_that_is_named_wins_and_is_told_by_its_plain_name() -> None:
    assert decode("漢字".encode("cp932"), "x", "Shift_JIS") == ("漢字", "cp932")
    assert decode("表".encode("euc_jp"), "x", "cp932")[0] != "表"
    with pytest.raises(SourceError, match="unknown encoding 'klingon'"):
        decode(b"x", "x", "klingon")


DECLARED = {
    "a meta element": '<meta charset="euc-jp"><p>{}</p>', "an XML declaration": '<?xml version="1.0" encoding="EUC-JP"?><html><p>{}</p></html>',
    "a wrong one": '<meta charset="utf-8"><p>{}</p>', "one without Japanese": '<meta charset="iso-8859-1"><p>{}</p>',
}  # fmt: skip


@pytest.mark.parametrize("page", DECLARED.values(), ids=DECLARED.keys())
def test_what_a_page_says_of_itself_is_used_where_it_can_be_true(page: str) -> None:
    """These bytes read as CP932 too, as other kanji: only what is said, or what makes sense, tells them apart."""
    assert "ご案内です。" in read_bytes(page.format("ご案内です。").encode("euc_jp"), "x.html", "x").text


def test_a_mark_is_surer_than_what_the_page_says() -> None:
    page = '<meta charset="shift_jis"><p>ご案内です。</p>'.encode("utf-8-sig")
    assert read_bytes(page, "x.html", "x").encoding == "utf-8"


def test_line_ends_and_invisible_characters_are_made_plain() -> None:
    assert decode("一\r\n二\r三\u2028四\u200b五".encode(), "x")[0] == "一\n二\n三\n四五"


MISTAKES = {"empty": (b"  \n", "no text"), "binary": (b"\xff\xfe\xfd\x81\x00\x01\xff" * 9, "x.txt")}


@pytest.mark.parametrize(("content", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_what_is_no_article_is_told_with_its_place(content: bytes, told: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_bytes(content, "x.txt", "x.txt")
    assert told in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_source(tmp_path / "none.txt")
