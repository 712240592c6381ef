"""The HTML reader, measured on the pages of `sites`: its goals hold over all of them."""

from __future__ import annotations

import pytest
from tests.sources.sites import ARTICLES, SITES, Page, f1_of, kept, leaked, pages

from briefing.model import Source
from briefing.script import find_structure
from briefing.sources import read_bytes

PAGES = dict(pages())


@pytest.fixture(scope="module")
def read() -> dict[str, Source]:
    return {name: read_bytes(page.html.encode(), "x.html", name) for name, page in PAGES.items()}


@pytest.mark.slow
def test_the_text_is_the_article(read: dict[str, Source]) -> None:
    scores = {name: f1_of(read[name].text, page.article.text) for name, page in PAGES.items()}
    assert len(scores) == 32
    assert sum(scores.values()) / len(scores) >= 0.985
    assert min(scores.values()) >= 0.91, min(scores, key=lambda name: scores[name])


@pytest.mark.slow
def test_headings_stay_headings(read: dict[str, Source]) -> None:
    found = sum(len(kept(read[name].text, page)) for name, page in PAGES.items())
    assert found >= 0.99 * sum(len(page.article.headings) for page in PAGES.values())


@pytest.mark.slow
def test_clutter_stays_out(read: dict[str, Source]) -> None:
    leaks = {name: leaked(read[name].text, page) for name, page in PAGES.items()}
    assert sum(map(len, leaks.values())) <= 0.005 * sum(len(page.clutter) for page in PAGES.values()), leaks


@pytest.mark.slow
@pytest.mark.parametrize(("name", "page"), PAGES.items(), ids=PAGES.keys())
def test_the_title_is_found_and_sections_follow_the_headings(name: str, page: Page, read: dict[str, Source]) -> None:
    article = find_structure(read[name])
    assert article.title == page.article.title
    titles = [texts[0].lstrip("■") for kind, *texts in page.article.blocks if kind == "h2"]
    found = [(section.title or "").lstrip("■") for section in article.sections]
    assert [title for title in found if title in titles] == titles


def test_what_is_cut_out_of_an_article_is_told() -> None:
    page = SITES["wordpress"](ARTICLES[0])
    told = read_bytes(page.html.encode(), "x.html", "x").left_out
    reasons = [d.reason for d in told]
    assert "beside the article: 目次の箱" in reasons, "amid it"
    assert "beside the article: 川のそばの台所で、毎日なにかを煮ています。" in reasons, "a sentence behind it"
    *inside, around = told
    assert all(d.reason.startswith("beside the article: ") and d.line > 1 for d in inside)
    assert around.reason.startswith("around the article: ")


def test_coloured_code_keeps_its_comments_and_lines() -> None:
    code = "<pre><code><span class='token comment'># 数える</span>\nfor n in <span class='token function'>range</span>(3):\n    pass</code></pre>"
    page = f"<article><h1>題</h1><p>{'本文の段落です。' * 9}</p><div class='highlight'>{code}</div></article>"
    text = read_bytes(page.encode(), "x.html", "x").text
    assert "```\n# 数える\nfor n in range(3):\n    pass\n```" in text


MARKDOWN = """# 道具の話

## 使い方

:::message
注意の文です。
:::

:::details 詳しく
中の文です。
:::

:::note warn
警告の文です。
:::

脚注つき[^1]の文です。

| 年 | 数 |
|---|---|
| 2025 | 1 |

```python:app.py
print("# 見出しではない")
```

https://example.jp/card

@[youtube](abc)

[^1]: 脚注の文です。
"""


def test_markdown_of_zenn_and_qiita_keeps_every_line_in_its_place() -> None:
    source = read_bytes(MARKDOWN.encode(), "x.md", "x.md")
    assert source.text == MARKDOWN
    article = find_structure(source)
    assert article.title == "道具の話"
    assert len(article.roles) == len(source.lines)
    assert not [s for s in article.sections if s.title and "見出しではない" in s.title]
