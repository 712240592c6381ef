"""Pages by writers who had not seen the reader, in the ways of many sites (CC0): the reader's goals hold over
every fifth, those aside that were made as hard as can be. The model of pages has learned from them all, so that this is a floor; what new pages bring is in `docs/decisions.md`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.sources.sites import f1_of, plain

from briefing.model import Source
from briefing.script import find_structure
from briefing.sources import read_bytes

HARD = ("_ae", "_af")  # guest books without names in one cell with the article
PAGES = sorted(p for p in (Path(__file__).parent / "pages").glob("*.html") if not p.stem.endswith(HARD))[::5]
GOLD: dict[str, dict[str, Any]] = {
    page.stem: json.loads(page.with_suffix(".json").read_text(encoding="utf-8")) for page in PAGES
}


@pytest.fixture(scope="module")
def read() -> dict[str, Source]:
    return {page.stem: read_bytes(page.read_bytes(), page.name, page.name) for page in PAGES}


def bare(text: str) -> str:
    return re.sub(r"[\s■◆●○・]+", "", plain(text))


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.slow
def test_the_text_is_the_article(read: dict[str, Source]) -> None:
    scores = {}
    for name, gold in GOLD.items():
        meant = "\n".join([gold["title"], *gold["text"]])
        text = read[name].text
        scores[name] = max(
            f1_of(text, meant), f1_of(without_code(text), meant)
        )  # the golds of most authors leave code out
    assert sum(scores.values()) / len(scores) >= 0.985, scores
    assert min(scores.values()) >= 0.88, min(scores, key=lambda name: scores[name])


@pytest.mark.slow
def test_headings_stay_headings(read: dict[str, Source]) -> None:
    lost = []
    for name, gold in GOLD.items():
        found = {bare(line.lstrip("# ")) for line in read[name].lines if line.startswith("#")}
        lost += [(name, heading) for heading in gold["headings"] if bare(heading) not in found]
    assert len(lost) <= 0.01 * sum(len(gold["headings"]) for gold in GOLD.values()), lost


@pytest.mark.slow
def test_clutter_stays_out(read: dict[str, Source]) -> None:
    texts = {name: bare(source.text) for name, source in read.items()}
    leaks = [(name, each) for name, gold in GOLD.items() for each in gold["clutter"] if bare(each) in texts[name]]
    assert sum(len(each) for _, each in leaks) <= 0.005 * sum(
        len("".join(gold["clutter"])) for gold in GOLD.values()
    ), leaks


# Neither the page's name nor a heading that comes first tells the title.
NAMELESS = {
    "qiita_dbnews_p",
    "school",
    "soup_ishidomyou_q",
    "soup_jitensha_n",
    "soup_kominkan_n",
    "soup_nikki_n",
    "soup_tsuri_n",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(GOLD.keys() - NAMELESS))
def test_the_title_is_found(name: str, read: dict[str, Source]) -> None:
    assert bare(find_structure(read[name]).title or "") == bare(GOLD[name]["title"])


BODY = f"<p>{'これは本文の段落です。' * 12}</p>"


def text_of(inside: str) -> str:
    return read_bytes(f"<html><body>{BODY}{inside}{BODY}</body></html>".encode(), "x.html", "x.html").text


@pytest.mark.parametrize(
    ("inside", "kept"),
    [
        ('<a href="#a"><h2>土の話</h2></a>', "## 土の話"),
        ('<h3><a href="#a">土の話</a></h3>', "### 土の話"),
        ('<p>くわしくは<a href="/x"><b>土</b>の<span>資料</span></a>を。</p>', "くわしくは土の資料を。"),
        ("<table><tr><td>土</td><td>水<br>砂</td></tr></table>", "| 土 | 水 砂 |"),
        ("<table><tr><td><div>土を混ぜます。</div></td></tr></table>", "土を混ぜます。"),
        ("<table><tr><td>土の話</td></tr><tr><td>混ぜます。</td></tr></table>", "混ぜます。"),
        ("<div class=midashi>土の話</div>", "## 土の話"),
        (
            "<div class=x-head>土の話</div><h4>種</h4><p>まきます。</p><div class=x-head>水の話</div><h4>川</h4><p>流れます。</p>",
            "## 土の話",
        ),
        (
            "<p class=q>土はなぜ黒い？</p><p>炭です。</p><p class=q>水はなぜ青い？</p><p>空です。</p>",
            "### 水はなぜ青い？",
        ),
        ("<p class=komidashi>土の話</p>", "### 土の話"),
        ("<div><b>土の話</b><br>混ぜます。</div>", "### 土の話"),
        ("<div><b>土</b>を混ぜます。</div>", "土を混ぜます。"),
        ("<h2>関連する記事の書き方</h2><p>混ぜます。</p>", "## 関連する記事の書き方"),
        ("<h2>関連記事</h2><p>昔の記事の話です。</p>", "## 関連記事"),
        ("<p>広告を出した話をします。</p>", "広告を出した話をします。"),
        ("<section><h2>キーワード</h2><p>土の話です。</p></section>", "## キーワード"),
        ("<div><b>プロフィール</b><p>土を見る人です。</p></div>", "土を見る人です。"),
        ("<p>アフィリエイト広告も規制されます。</p>", "アフィリエイト広告も規制されます。"),
        ("<p>この記事には広告リンクを含みません。</p>", "この記事には広告リンクを含みません。"),
        ("<p>大食いランキングに参加しました。</p>", "大食いランキングに参加しました。"),
        ("<p>新人のフォローをお願いします。</p>", "新人のフォローをお願いします。"),
    ],
)
def test_what_belongs_to_the_article_stays(inside: str, kept: str) -> None:
    assert kept in text_of(inside).split("\n")


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="/x"><div>消える題</div><div>消える説明</div><span>example.jp</span></a>',
        '<div><div>あわせて読みたい</div><div><a href="/x">消える題</a></div></div>',
        '<h2>関連記事</h2><ul><li><a href="/x">消える題</a></li></ul>',
        '<div class="k_t">おすすめの記事</div><div><a href="/x">消える題</a></div>',
        "<div>この記事は役に立ちましたか？<div>消える数：3</div></div>",
        "<p>【PR】消える靴、半額</p>",
        '<div class="koukoku">消える靴</div>',
        "<section><p>この記事を書いた人</p><p>消える名前。町に住む。</p></section>",
    ],
)
def test_what_stands_beside_it_goes(inside: str) -> None:
    assert "消える" not in text_of(inside)


@pytest.mark.parametrize(
    "shown", ["<h1>土の話　その一</h1>", "<h2>土の話　その一</h2>", "<div><font size=5>土の話　その一</font></div>"]
)
def test_a_title_that_the_page_names_with_other_blanks_is_told_once(shown: str) -> None:
    page = f"<html><head><title>土の話 その一 | 畑</title></head><body>{shown}{BODY}{BODY}</body></html>"
    lines = [line for line in read_bytes(page.encode(), "x.html", "x.html").text.split("\n") if "その一" in line]
    assert lines == ["# 土の話　その一"]
