"""How a page falls into pieces, how they are judged and cut, and what is a heading without being one by its element."""

from __future__ import annotations

import numpy as np
import pytest
from lxml import html

from briefing.sources import article, read_bytes
from briefing.sources.article import keep_article
from briefing.sources.elements import Element, text_of
from briefing.sources.judging import page_model, score_clutter, see_context
from briefing.sources.pieces import cut_rulers, find_pieces
from briefing.sources.traits import UNRULED, find_traits

PROSE = "<p>春の終わりに、町の小さな橋が架けかえられました。渡る人の足音が変わったと言います。</p>"


def tree_of(inside: str) -> Element:
    return html.document_fromstring(f"<html><body>{inside}</body></html>").find("body")


@pytest.mark.parametrize(
    ("inside", "texts"),
    [
        ("<p>橋の話。</p><p>道の話。</p>", ["橋の話。", "道の話。"]),
        ("<div>朝に渡る。<br>夜に<b>帰る</b>。</div>", ["朝に渡る。", "夜に帰る。"]),
        ("<div>橋の話<p>道の話。</p>川の話</div>", ["橋の話", "道の話。", "川の話"]),
        ("<a href=/x><h2>橋の話</h2><p>道の話。</p></a>", ["橋の話", "道の話。"]),
        ("<table><tr><td>年</td><td>橋</td></tr></table>", ["年橋"]),
        ("<table><tr><td><div>橋の話。</div></td><td>道の話</td></tr></table>", ["橋の話。", "道の話"]),
        ("<story-body><lead-text>橋の話。</lead-text><p>道の話。</p></story-body>", ["橋の話。", "道の話。"]),
        ("<p> </p><div><img></div>", []),
    ],
)
def test_a_page_falls_into_pieces(inside: str, texts: list[str]) -> None:
    assert [piece.text for piece in find_pieces(tree_of(inside))] == texts


def test_a_piece_knows_what_of_it_is_linked() -> None:
    pieces = find_pieces(tree_of("<p>橋の<a href=/x>話</a></p><a href=/y><div>道の話</div></a><p>川</p>"))
    assert [(piece.linked, None if piece.link is None else piece.link.get("href")) for piece in pieces] == [
        (1, "/x"),
        (3, "/y"),
        (0, None),
    ]


@pytest.mark.parametrize(
    ("cut", "left"),
    [("橋の話", "道の話。川の話夜に帰る"), ("道の話。", "橋の話川の話夜に帰る"), ("川の話", "橋の話道の話。夜に帰る")],
)
def test_a_piece_is_cut_alone(cut: str, left: str) -> None:
    root = tree_of("<div>橋の話<p>道の<b>話</b>。</p>川の<i>話</i><br>夜に帰る</div>")
    next(piece for piece in find_pieces(root) if piece.text == cut).cut()
    assert text_of(root) == left


def test_rules_stay_between_what_is_kept_once() -> None:
    root = tree_of("<hr><p>橋。</p><hr><p>広告</p><hr><p>道。</p><hr><p>目次</p><hr>")
    pieces = {piece.text: piece for piece in find_pieces(root)}
    for text in ("広告", "目次"):
        pieces[text].cut()
    cut_rulers(root, [pieces["橋。"], pieces["道。"]])
    assert [each.tag for each in root if each.tag == "hr" or text_of(each)] == ["p", "hr", "p"]


def test_what_is_taken_out_amid_an_article_or_is_a_sentence_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree_of(
        f"<p>上の欄</p>{PROSE}<p>中の欄</p>{PROSE}<p>下の欄</p><p>編集部からのお知らせは、毎月の末に届きます。</p>"
    )
    monkeypatch.setattr(article, "score_clutter", lambda *_: np.array([9, -9, 9, -9, 9, 9]))
    assert [piece.text for piece in keep_article(root, "")] == [
        "中の欄",
        "編集部からのお知らせは、毎月の末に届きます。",
    ]
    assert text_of(root) == 2 * html.fromstring(PROSE).text


def test_a_page_of_which_nothing_would_be_kept_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article, "score_clutter", lambda traits, _: np.full(len(traits), 9.0))
    text = read_bytes(
        f"<html><body><main>{PROSE}{PROSE}</main><div>欄</div></body></html>".encode(), "x.html", "x"
    ).text
    assert text.count("架けかえられました") == 2
    assert "欄" not in text


def test_where_the_model_leaves_little_of_an_article_the_rules_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(article, "score_clutter", lambda traits, _: np.array([9.0] * (len(traits) - 1) + [-9.0]))
    page = f"<html><body><main>{PROSE * 4}<div class=ads>広告の欄</div></main><div>欄</div></body></html>"
    text = read_bytes(page.encode(), "x.html", "x").text
    assert text.count("架けかえられました") == 4
    assert "欄" not in text


def test_a_page_that_one_form_holds_is_read_and_a_small_form_is_not() -> None:
    page = f"<html><body><form action=/><h1>橋</h1>{PROSE * 4}<form><p>検索する語</p></form></form></body></html>"
    text = read_bytes(page.encode(), "x.html", "x").text
    assert text.count("架けかえられました") == 4


def test_the_second_look_sees_a_row_of_figures_for_each_piece() -> None:
    root = tree_of(f"<h1>橋</h1>{PROSE}<div><p>関連記事</p><p><a href=/x>道の話</a></p></div>")
    pieces = find_pieces(root)
    traits, around = find_traits(root, pieces, "橋")
    scores = page_model().look(traits)
    context = see_context(scores, around)
    assert context.shape == (4, page_model().context.shape[0])
    assert np.isfinite(context).all()
    assert around.heads == (0, 0, 0, 0)
    assert UNRULED in traits[1]
    assert UNRULED not in traits[2]
    prose, label, link = score_clutter(traits, around)[1:]
    assert prose < min(label, link)


@pytest.mark.parametrize(
    ("inside", "headings"),
    [
        (f"<p class=b3>一、寸法</p>{PROSE}<p class=b3>二、穴</p>{PROSE}", ["### 一、寸法", "### 二、穴"]),
        (f"<p>■寸法</p>{PROSE}<p>■穴</p>{PROSE}", ["### ■寸法", "### ■穴"]),
        (f"<div>{PROSE}<b>１．</b><b>寸法</b><br>測ります。<br></div>", ["### １．寸法"]),
        (f"<h2>速く、静かに。新しい橋の話です</h2>{PROSE}<p><strong>寸法</strong></p>{PROSE}", ["### 寸法"]),
        (
            f"{PROSE}<h2>寸法</h2><p class=b3>注</p>{PROSE}<p class=b3>付</p>{PROSE}<h2>穴</h2>",
            ["## 寸法", "## 穴"],
        ),
        (f"<img><p class=c>橋の絵</p>{PROSE}<img><p class=c>道の絵</p>{PROSE}", []),
        (f"<p class=s>聞き手</p>{PROSE}<p class=s>聞き手</p>{PROSE}", []),
        (f"<p class=k>料金</p><p class=v>千円</p><p class=k>定員</p><p class=v>十人</p>{PROSE}", []),
    ],
)
def test_headings_without_an_element(inside: str, headings: list[str]) -> None:
    page = f"<html><head><title>橋を直す</title></head><body><article><h1>橋を直す</h1>{inside}{PROSE}</article></body></html>"
    lines = read_bytes(page.encode(), "x.html", "x").lines
    assert [line for line in lines if line.startswith("##") and "新しい橋" not in line] == headings
