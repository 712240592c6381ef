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


def word(body: str, **parts: str) -> list[str]:
    """Give the lines of a document of this body, blank ones aside."""
    files = {"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"}
    files |= {f"word/{name}.xml": f"<w:{name} {W}>{text}</w:{name}>" for name, text in parts.items()}
    return [line for line in read_bytes(packed(files), "x.docx", "x.docx").lines if line]


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def test_notes_of_word_stand_below_the_paragraph_that_calls_them() -> None:
    body = f'<w:p>{run("渡しは無料だった")}<w:r><w:footnoteReference w:id="2"/></w:r>{run("。")}</w:p>{paragraph("次の話です。")}'
    notes = f'<w:footnote w:id="0"><w:p/></w:footnote><w:footnote w:id="2">{paragraph("雨の日だけ。")}</w:footnote>'
    assert word(body, footnotes=notes) == ["渡しは無料だった[^2]。", "[^2]: 雨の日だけ。", "次の話です。"]


def test_what_word_does_not_print_is_not_read() -> None:
    moved = f"<w:moveFrom><w:r><w:t>動いた。</w:t></w:r></w:moveFrom>{run('残る。')}{run('隠れた。', '<w:vanish/>')}"
    row = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{paragraph('消えた行')}</w:tc></w:tr><w:tr><w:tc>{paragraph('行')}</w:tc></w:tr>"
    landed = "<w:p><w:moveTo><w:r><w:t>動いた。</w:t></w:r></w:moveTo></w:p>"
    assert word(f"<w:p>{moved}</w:p>{landed}<w:tbl>{row}</w:tbl>") == ["残る。", "動いた。", "| 行 |"]


def test_a_text_box_stands_behind_its_paragraph_once() -> None:
    box = f"<w:txbxContent>{paragraph('箱の話。')}</w:txbxContent>"
    both = f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>'
    assert word(f"<w:p>{run('前と')}<w:r>{both}</w:r>{run('後。')}</w:p>") == ["前と後。", "箱の話。"]


STYLES = (
    '<w:style w:styleId="h"><w:name w:val="見出し 1"/></w:style><w:style w:styleId="own"><w:name w:val="章"/><w:basedOn w:val="h"/></w:style>'
    '<w:style w:styleId="out"><w:name w:val="節"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style><w:style w:styleId="t"><w:name w:val="toc 1"/></w:style>'
)


def test_headings_follow_from_styles_their_bases_and_outlines_and_contents_are_left_out() -> None:
    body = paragraph("川\t1", "t") + paragraph("川", "own") + paragraph("海", "out") + paragraph("潮の話です。")
    assert word(body, styles=STYLES) == ["## 川", "### 海", "潮の話です。"]


def test_bold_lines_head_a_document_without_headings() -> None:
    bold = [f"<w:p>{run(text, '<w:b/>')}</w:p>" for text in ("水の話", "川", "太い文です。")]
    assert word("".join(bold) + paragraph("細い。")) == ["# 水の話", "## 川", "太い文です。", "細い。"]
    assert word(paragraph("海", "h") + bold[1], styles=STYLES) == ["## 海", "川"]


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


CHAPTER = (
    '<html><body><nav epub:type="page-list"><a href="#p">9</a></nav><h1>夏の星</h1><p>星は<span epub:type="pagebreak">12</span>光る<a epub:type="noteref" href="#n">[1]</a>。</p>'
    '<div class="profile menu">星を見る人の話です。</div><table><caption>星の数</caption><tr><td>夏</td><td>9</td></tr></table>'
    '<aside epub:type="footnote" id="n" hidden="">1. 冬は別。<a href="#r">↩</a></aside><p style="display: none">消える。</p></body></html>'
)


def test_an_empty_chapter_is_passed_over_and_a_note_keeps_its_ruby() -> None:
    note = '<aside epub:type="footnote"><p>1. <ruby>生憎<rt>あいにく</rt></ruby>の雨。</p></aside>'
    files = {"OPS/cover.xhtml": "", "OPS/one.xhtml": f"<html><body><p>夏の話。</p>{note}</body></html>"}
    lines = read_bytes(packed(EPUB | files), "stars.epub", "stars.epub").lines
    assert "※ {生憎|あいにく}の雨。" in lines


def test_all_of_a_chapter_is_text_and_its_notes_are_notes() -> None:
    source = read_bytes(packed(EPUB | {"OPS/one.xhtml": CHAPTER}), "stars.epub", "stars.epub")
    lines = [line for line in source.lines if line]
    assert lines[1:] == [
        "## 夏の星",
        "星は光る[^1]。",
        "星を見る人の話です。",
        "星の数",
        "| 夏 | 9 |",
        "[^1]: 冬は別。",
        "## 冬の星",
        "冬の夜の話です。",
    ]
    assert [each.reason for each in source.left_out] == ["hidden: 消える。"]


@pytest.mark.parametrize(("link", "is_read"), [("", False), ('<a href="more.xhtml#a">注</a>', True)])
def test_what_a_book_does_not_count_to_its_text_is_read_where_a_chapter_leads_to_it(link: str, is_read: bool) -> None:
    opf = EPUB["OPS/book.opf"].replace("</manifest>", '<item id="m" href="more.xhtml"/></manifest>')
    files = EPUB | {
        "OPS/book.opf": opf.replace("</spine>", '<itemref idref="m" linear="no"/></spine>'),
        "OPS/one.xhtml": f"<html><body><h1>夏の星</h1><p>夏の話{link}。</p></body></html>",
        "OPS/more.xhtml": "<html><body><p>付録の話です。</p></body></html>",
    }
    source = read_bytes(packed(files), "stars.epub", "stars.epub")
    assert ("付録の話です。" in source.text) is is_read
    assert [each.reason for each in source.left_out] == ([] if is_read else ["beside the book: 付録の話です。"])


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
