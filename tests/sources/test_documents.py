"""Word documents, books and hostile archives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from briefing.errors import SourceError
from briefing.script import find_structure
from briefing.sources import read_bytes

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def packed(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


RUBY = "<w:ruby><w:rt><w:r><w:t>しずく</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>雫</w:t></w:r></w:rubyBase></w:ruby>"
BODY = (
    paragraph("水の話", "Title") + paragraph("はじめの段落です。") + paragraph("川", "a1") + f"<w:p><w:r><w:t>一滴の</w:t></w:r><w:r>{RUBY}</w:r><w:r><w:t>から。</w:t></w:r></w:p>"
    "<w:p><w:r><w:t>残る。</w:t></w:r><w:del><w:r><w:t>消えた。</w:t></w:r></w:del></w:p>"
    f"<w:tbl><w:tr><w:tc>{paragraph('年')}</w:tc><w:tc>{paragraph('量')}</w:tc></w:tr></w:tbl>"
    + paragraph("海", "2") + paragraph("潮の話です。")
)  # fmt: skip
DOCX = {
    "word/document.xml": f'<?xml version="1.0"?><w:document {W}><w:body>{BODY}</w:body></w:document>',
    "word/styles.xml": f'<w:styles {W}><w:style w:styleId="a1"><w:name w:val="heading 1"/></w:style></w:styles>',
}


def test_a_word_document_keeps_headings_ruby_and_tables() -> None:
    source = read_bytes(packed(DOCX), "water.docx", "water.docx")
    for kept in ("# 水の話", "## 川", "一滴の{雫|しずく}から。", "残る。", "| 年 | 量 |", "### 海", "潮の話です。"):
        assert kept in source.text.split("\n")
    assert "消えた" not in source.text
    assert find_structure(source).title == "水の話"


EPUB = {
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf": (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>星の本</dc:title></metadata>'
        '<manifest><item id="b" href="two.xhtml"/><item id="a" href="one.xhtml"/><item id="n" href="nav.xhtml" properties="nav"/><item id="c" href="cover.xhtml"/></manifest>'
        '<spine><itemref idref="c"/><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>'
    ),
    "OPS/one.xhtml": "<html><body><h1>夏の星</h1><p>夏の夜の話です。</p></body></html>",
    "OPS/two.xhtml": "<html><body><h1>冬の星</h1><p>冬の夜の話です。</p></body></html>",
    "OPS/nav.xhtml": "<html><body><nav><a href='one.xhtml'>夏の星</a></nav></body></html>",
    "OPS/cover.xhtml": "<html><body><img src='cover.jpg'/></body></html>",
}  # fmt: skip


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    article = find_structure(read_bytes(packed(EPUB), "stars.epub", "stars.epub"))
    assert article.title == "星の本"
    assert [s.title for s in article.sections] == ["夏の星", "冬の星"]


def test_what_a_chapter_leaves_out_is_told_with_its_place() -> None:
    two = "<html><body><h1>冬の星</h1><p>冬の夜の話です。</p><div hidden=''>共有する</div></body></html>"
    source = read_bytes(packed(EPUB | {"OPS/two.xhtml": two}), "stars.epub", "stars.epub")
    assert [(d.file, d.reason) for d in source.left_out] == [("stars.epub/OPS/two.xhtml", "hidden: 共有する")]


ENTITY = '<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
HOSTILE = {
    "a bomb": ("x.docx", packed({"word/document.xml": b"\0" * 60_000_000})),
    "too many entries": ("x.epub", packed({f"a{n}": "" for n in range(10_001)})),
    "a path outside": ("x.docx", packed({"../evil": "x", "word/document.xml": "<a/>"})),
    "an absolute path": ("x.docx", packed({"/etc/passwd": "x"})),
    "no archive": ("x.docx", b"PK not really"),
    "half an archive": ("x.docx", packed(DOCX)[:300]),
    "no document inside": ("x.docx", packed({"a.txt": "x"})),
    "no package": ("x.epub", packed({"META-INF/container.xml": "<container/>"})),
    "broken XML": ("x.docx", packed({"word/document.xml": "<w:document"})),
}


@pytest.mark.parametrize(("name", "content"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_or_broken_archive_is_refused_with_its_remedy(name: str, content: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        read_bytes(content, name, name)
    assert caught.value.hint


def test_entities_are_not_followed() -> None:
    document = f"{ENTITY}<w:document {W}><w:body>{paragraph('前&a;後')}</w:body></w:document>"
    text = read_bytes(packed({"word/document.xml": document}), "x.docx", "x.docx").text
    assert text.replace("前", "").replace("後", "").strip() == ""
