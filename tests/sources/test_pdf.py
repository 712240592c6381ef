"""PDFs: sentences that the margin breaks are whole, heads and page numbers are told, hostile files are refused.

`data/browser.pdf` was printed by Chromium from a page of ours; the drawings of its letters were taken out to keep it small.
"""

from __future__ import annotations

import io
import logging
import zlib
from pathlib import Path

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.drawn import pdf, row, stream

from briefing.errors import SourceError
from briefing.model import Source
from briefing.script import find_structure
from briefing.sources import read_bytes

PRINTED = (Path(__file__).parent / "data" / "browser.pdf").read_bytes()


def read(content: bytes) -> Source:
    return read_bytes(content, "x.pdf", "x.pdf")


def test_a_page_that_a_browser_printed_reads_as_its_text() -> None:
    source = read(PRINTED)
    article = find_structure(source)
    assert article.title == "見慣れた食堂の話"
    assert [s.title for s in article.sections][1:3] == ["仕入れの工夫", "これから"]
    assert (
        "港の食堂「青い鳥」は、長年にわたり漁師の朝を支えてきました。竜田揚げと麦飯の定食は、一日に百食以上も出ます。"
        in source.text
    )
    assert not any("⺀" <= char <= "⿕" for char in source.text)
    assert source.place(source.lines.index("## 第12の覚え書き") + 1) == 2


def test_page_numbers_are_left_out_and_told() -> None:
    source = read(PRINTED)
    assert "1 / 2" not in source.text
    assert [(d.line, d.reason) for d in source.left_out if "edge" in d.reason] == [
        (1, "repeated at the edge of pages: 1 / 2"),
        (2, "repeated at the edge of pages: 2 / 2"),
    ]


WIDE = "港の灯台は百年のあいだ船を導いてきたが、この春から灯りを"
PAGES = [
    row("灯台だより", 30, 8) + row("白い塔の話", 60, 18) + row(WIDE, 100) + row("落とすことになった。", 115) + row("・灯台守の家は", 130) + row("・残る", 145)
    + row("氏名", 175) + row("住所", 190) + row("次の頁へ" + WIDE[:24], 205) + row("3", 580),
    row("灯台だより", 30, 8) + row("続く文です。", 60) + row("第1章", 75) + row("4", 580),
    row("灯台だより", 30, 8) + row("第2章", 60) + row("ⓐ①㈱のまま。", 75) + row("5", 580),
]  # fmt: skip


def test_rows_are_joined_only_where_the_margin_breaks_a_sentence() -> None:
    source = read(pdf(PAGES))
    rows = [line for line in source.lines if line]
    assert rows == [
        "# 白い塔の話", f"{WIDE}落とすことになった。", "・灯台守の家は", "・残る", "氏名", "住所", f"次の頁へ{WIDE[:24]}続く文です。", "第1章", "第2章", "ⓐ①㈱のまま。",
    ]  # fmt: skip
    assert [source.place(n) for n, line in enumerate(source.lines, 1) if line][-4:] == [1, 2, 3, 3]


def test_heads_and_numbers_of_every_page_are_told() -> None:
    told = [(d.line, d.reason.split(": ")[1]) for d in read(pdf(PAGES)).left_out]
    assert sorted(told) == [(1, "3"), (1, "灯台だより"), (2, "4"), (2, "灯台だより"), (3, "5"), (3, "灯台だより")]


def test_a_page_without_text_among_others_is_told() -> None:
    source = read(pdf([row("本文です。", 50), b"", row("終わりです。", 50)]))
    assert [(d.line, d.reason) for d in source.left_out] == [(2, "a page without text")]


def test_lookalikes_become_the_characters_that_japanese_uses() -> None:
    source = read(pdf([row("全⼾に⿊い⿆と⻩と⻘、⿓と⿒、一‧五∕二。", 50) + row("黑田さんと①", 80)]))
    assert [line for line in source.lines if line] == ["全戸に黒い麦と黄と青、龍と歯、一・五／二。", "黑田さんと①"]


def locked(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(PAGES)))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_pdf_that_opens_without_a_password_is_read() -> None:
    assert "白い塔の話" in read(locked("")).text


FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]"
# Each form draws the next ten times: ten to the eighth in all.
NEST = [stream(b"/X Do " * 10, FORM + b"/Resources<</XObject<</X %d 0 R>>>>" % (n + 1)) for n in range(4, 12)]
NEST.append(stream(row("底", 50), FORM + b"/Resources<</Font<</F 3 0 R>>>>"))
BOMB = zlib.compress(b" " * 100_000_000)
REFUSED = {
    "a password": (locked("secret"), "encrypted"),
    "no text": (pdf([b"0 0 10 10 re f"]), "no text"),
    "nothing": (b"", "damaged"),
    "no PDF": (b"%PDF-1.7 but no more", "damaged"),
    "cut in half": (PRINTED[: len(PRINTED) // 2], ""),
    "too many pages": (pdf([b""] * 2001), "2001 pages"),
    "a bomb": (pdf([b""], [stream(BOMB, b"/Filter/FlateDecode")]).replace(b"/Contents 6 0 R", b"/Contents 4 0 R"), ""),
    "brackets without end": (pdf([b"[" * 200_000 + b"] TJ"]), ""),
    "a page tree that holds itself": (pdf([row("あ", 50)]).replace(b"/Kids[4 0 R]", b"/Kids[2 0 R]"), ""),
}  # fmt: skip


@pytest.mark.parametrize(("content", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_read_is_refused_with_its_remedy(
    content: bytes, told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SourceError) as caught:
        read(content)
    assert told in caught.value.message
    assert caught.value.hint
    assert capfd.readouterr() == ("", "")


def test_a_document_that_draws_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.sources.pdf.MAX_OPERATIONS", 1000)
    monkeypatch.setattr("briefing.sources.pdf.OPERATIONS_A_PAGE", 1000)
    with pytest.raises(SourceError, match="more drawing steps than pages of text need"):
        read(pdf([row("あ", 50) + b"q Q " * 1000] * 4))
    assert read(pdf([row(text, 50) + b"q Q " * 400 for text in "あいうえ"])).text


@pytest.mark.slow
def test_what_forms_within_forms_would_draw_without_end_is_told() -> None:
    source = read(pdf([row("本文です。", 50) + b"/X Do " * 10], NEST, b"/XObject<</X 4 0 R>>"))
    assert source.text.startswith("本文です。")
    assert [d.reason for d in source.left_out] == ["a part of the page that cannot be read"]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(PRINTED) - 1), st.binary(min_size=1, max_size=12)), min_size=1, max_size=8)
)
@pytest.mark.slow
def test_a_damaged_pdf_is_read_or_refused(changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(PRINTED)
    for place, new in changes:
        content[place : place + len(new)] = new
    try:
        outcome = read(bytes(content)).text
    except SourceError as error:
        outcome = error.hint
    assert outcome
    assert not [h for h in logging.getLogger("pypdf").handlers if not isinstance(h, logging.NullHandler)]
