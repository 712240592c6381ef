"""Pages to measure the HTML reader by: articles of ours in the shapes of eight kinds of sites, with everything that stands around an article there."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

Block = tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """An article: its title and its blocks, each a kind and its texts (p, br, ul, ol, table, code, quote, figure, message, h2 to h4)."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def headings(self) -> list[str]:
        return [texts[0] for kind, *texts in self.blocks if kind in ("h2", "h3", "h4")]

    @property
    def text(self) -> str:
        return "\n".join([self.title, *(plain(text) for kind, *texts in self.blocks for text in texts)])


@dataclass(frozen=True)
class Page:
    """A page as a site would send it, and what must not be read of it."""

    html: str
    article: Written
    clutter: tuple[str, ...]


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<rt>.*?</rt>|<[^>]+>", "", text))


ARTICLES = (
    Written("駅裏の銭湯が薪に戻った理由", (
        ("p", "重油の値上がりに悩んだ銭湯「松の湯」が、五十年ぶりに薪で湯を沸かしている。店主の<b>松田さん</b>に話を聞いた。"),
        ("h2", "きっかけは台風だった"),
        ("p", "三年前の台風で倒れた並木を、市は処分できずに困っていた。", "松田さんは軽トラックを借り、一人で運び始めた。"),
        ("br", "朝は四時に起きる。", "釜に火を入れる。", "湯が沸くまで三時間かかる。"),
        ("h3", "釜の直し方"),
        ("p", "古い釜は<ruby>鋳物<rt>いもの</rt></ruby>でできている。<a href='/kama'>鋳物の町</a>の職人が、ひびを埋めてくれた。"),
        ("ul", "灰は毎朝かき出す", "煙突は月に一度掃除する", "水は井戸からくむ"),
        ("figure", "薪を割る松田さん。手袋は二重にする"),
        ("h2", "客は戻ったのか"),
        ("p", "一日に六十人だった客は、今では百四十人になった。若い客が増えたのは意外だったという。"),
        ("table", "年,客数", "2022,60", "2025,140"),
        ("quote", "湯がやわらかいと言われる。違いは私にも分からないのですが。"),
        ("h3", "これからの薪"),
        ("p", "並木の木はあと二年で尽きる。", "松田さんは山の持ち主と、間伐材を分けてもらう相談を始めている。"),
    )),
    Written("Pythonの小さなバッチを止めずに入れ替える", (
        ("p", "夜中に動くバッチを、止めずに新しい版へ入れ替える手順をまとめる。対象は<code>systemd</code>で動く小さな処理である。"),
        ("h2", "前提"),
        ("ul", "処理は五分ごとに起動する", "一回の処理は一分で終わる", "同時に二つ動いてはいけない"),
        ("message", "本番で試す前に、必ず手元で確かめてください。"),
        ("h2", "ロックを取る"),
        ("p", "ファイルに対するロックを使う。取れなかったときは、何もせずに終わる。"),
        ("code", "batch.py", "import fcntl\nwith open('lock') as f:\n    fcntl.flock(f, fcntl.LOCK_EX)"),
        ("h3", "ロックの置き場所"),
        ("p", "再起動で消える場所に置く。<code>/run</code>の下がよい。", "版ごとに名前を変えてはいけない。"),
        ("h4", "権限について"),
        ("p", "所有者は実行するユーザーにする。"),
        ("h2", "入れ替える"),
        ("ol", "新しい版を別の場所に置く", "リンクを張り替える", "古い版の終了を待つ"),
        ("p", "リンクの張り替えは一瞬で終わるので、途中の状態は誰からも見えない。"),
        ("table", "手順,時間", "配置,十秒", "切替,一瞬"),
        ("h2", "まとめ"),
        ("p", "短い処理なら、凝った仕組みはいらない。ロックとリンクだけで足りる。"),
    )),
    Written("市立植物園、夜間開園を六月から毎週末に拡大", (
        ("p", "市立植物園は十二日、夜間開園を六月から毎週末に広げると発表した。これまでは夏の三日間だけだった。"),
        ("br", "開園は午後六時から九時まで。", "入園料は昼と同じ四百円で、小学生以下は無料になる。", "雨の日も温室は開く。"),
        ("p", "園によると、昨年の夜間の来園者は三日で五千二百人に上り、近隣の商店街からも拡大を望む声が出ていた。"),
        ("h2", "夜に咲く花を集める"),
        ("p", "拡大に合わせ、夜に咲く<ruby>月下美人<rt>げっかびじん</rt></ruby>や夜香木など十五種を温室に集める。"),
        ("figure", "昨年の夜間開園の様子（八月、市立植物園）"),
        ("p", "担当の職員は「香りは夜のほうが強い。目をつぶって歩いてほしい」と話す。"),
        ("h2", "近隣への配慮"),
        ("p", "照明は足元だけを照らし、午後九時半にはすべて消す。", "駐車場は設けず、駅からの臨時バスを十五分おきに走らせる。"),
        ("ul", "臨時バスは無料", "車いすの貸し出しあり"),
    )),
    Written("株式会社みなと製菓、米粉だけの焼き菓子「こめの音」を発売", (
        ("p", "株式会社みなと製菓（本社：港町、代表取締役：浜口直）は、米粉だけで作る焼き菓子「こめの音」を五月二十日に発売します。"),
        ("h2", "■開発の背景"),
        ("p", "小麦を控える人が増える一方で、米粉の菓子は<b>固くなりやすい</b>という声がありました。当社は水分の保ち方を二年かけて研究しました。"),
        ("h2", "■商品の特長"),
        ("h3", "三日たってもやわらかい"),
        ("p", "米を三度ひいてから蒸すことで、焼いた後も水分が逃げにくくなりました。"),
        ("h3", "地元の米を使用"),
        ("p", "原料の米は、すべて県内の農家十二軒から仕入れています。"),
        ("h2", "■商品概要"),
        ("table", "商品名,こめの音", "内容量,八個入り", "価格,1080円（税込）", "販売場所,直営店と自社の通販"),
        ("br", "発売日：五月二十日", "予約開始：五月十日午前十時", "数量：初回三千箱"),
        ("h2", "■今後の展開"),
        ("p", "秋には抹茶とほうじ茶の二種を加え、駅の売店でも取り扱う予定です。", "代表の浜口は「米どころの町から、新しいおやつを届けたい」と述べています。"),
    )),
)  # fmt: skip

OTHERS = (
    "朝市で食べる三つの丼",
    "古い地図を読むときの注意",
    "雨の日に行きたい喫茶店",
    "自転車の空気はいつ入れる",
    "はじめての味噌づくり日記",
)


def written(blocks: Sequence[Block], head: Callable[[str, str], str], **forms: Callable[..., str]) -> str:
    """Write blocks as HTML; a site gives its own form of a kind where it has one."""
    return "\n".join(
        head(kind, texts[0]) if kind in ("h2", "h3", "h4") else forms.get(kind, FORMS[kind])(*texts)
        for kind, *texts in blocks
    )


def items(tag: str, *texts: str) -> str:
    return f"<{tag}>" + "".join(f"<li>{text}</li>" for text in texts) + f"</{tag}>"


def table(*rows: str) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row.split(",")) for row in rows)
    return "<table><tbody>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</tbody></table>"


FORMS: Mapping[str, Callable[..., str]] = {
    "p": lambda *texts: "\n".join(f"<p>{text}</p>" for text in texts),
    "br": lambda *texts: f"<p>{'<br>'.join(texts)}</p>",
    "ul": partial(items, "ul"),
    "ol": partial(items, "ol"),
    "table": table,
    "code": lambda name, text: f"<p>{name}</p><pre><code>{text}</code></pre>",
    "quote": lambda text: f"<blockquote><p>{text}</p></blockquote>",
    "figure": lambda text: f'<figure><img src="a.jpg" alt=""><figcaption>{text}</figcaption></figure>',
    "message": lambda text: f"<p>{text}</p>",
}


def cards(tag: str = "li", heading: str = "") -> str:
    """Write links to other articles, as cards below or beside an article."""
    inner = (f"<{heading}>{t}</{heading}>" if heading else t for t in OTHERS)
    return "".join(f'<{tag}><a href="/other/{n}">{text}</a></{tag}>' for n, text in enumerate(inner))


def head_of(title: str, og: str, extra: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>{og}</title><meta property="og:title" content="{og}">'
        f"<meta name='description' content='{title}の説明'>{extra}<script>window.dataLayer=[];var t='計測用の文字列';</script><style>.a{{color:red}}</style></head>"
    )


def page(article: Written, source: str, *clutter: str) -> Page:
    return Page(source, article, (*clutter, "計測用の文字列"))


def note(a: Written) -> Page:
    body = written(
        a.blocks, lambda k, t: f'<{k if k == "h2" else "h3"} name="x{len(t)}" id="x{len(t)}">{t}</{k if k == "h2" else "h3"}>',
        code=lambda name, text: f"<p>{name}</p><pre class='codeBlock'><code>{text}</code></pre>",
        figure=lambda t: f'<figure name="f1" id="f1"><a href="/i.png"><img src="i.png" alt="画像1" width="620"></a><figcaption>{t}</figcaption></figure>',
        quote=lambda t: f'<figure name="q"><blockquote><p>{t}</p></blockquote><figcaption></figcaption></figure>',
    )  # fmt: skip
    toc = "".join(f'<li class="o-tableOfContents__item"><a href="#x{len(h)}">{h}</a></li>' for h in a.headings)
    source = (
        head_of(a.title, f"{a.title}｜灯台守")
        + f"""<body><div id="__nuxt"><div id="__layout"><div class="app">
<header class="o-navbarPrimary"><a href="/" class="o-navbarPrimary__logo">note</a><div class="o-navbarPrimary__menu"><a href="/login">ログイン</a><a href="/signup">会員登録</a></div></header>
<main class="p-article"><article class="p-article__articleWrapper"><div class="p-article__eyecatch"><img src="e.png" alt="見出し画像"></div>
<div class="p-article__content"><h1 class="o-noteContentHeader__title">{a.title}</h1>
<div class="o-noteContentHeader__status"><button class="o-noteLikeV3__iconButton" aria-label="スキ"></button><span class="o-noteLikeV3__count">248</span></div>
<div class="o-noteContentHeader__info"><a class="o-noteContentHeader__avatar" href="/u"></a><div class="o-noteContentHeader__name"><a href="/u">灯台守の日記帳</a></div><div class="o-noteContentHeader__date"><time datetime="2025-05-01">2025年5月1日 07:30</time></div></div>
<div class="o-tableOfContents"><div class="o-tableOfContents__title">もくじの見出し</div><ol>{toc}</ol></div>
<div class="p-article__body"><div data-v-3c8a data-name="body" class="note-common-styles__textnote-body">{body}</div></div></div>
<div class="o-noteSupport"><p>よろしければ応援をお願いします。いただいた応援は取材の費用にします。</p><button>チップで応援する</button></div>
<ul class="m-tagList"><li class="m-tagList__item"><a href="/hashtag/1"><div class="a-tag__label">#暮らしの記録</div></a></li></ul>
<div class="o-noteAction"><div class="o-noteAction__share">この記事を共有する</div></div>
<div class="o-creatorProfile"><div class="o-creatorProfile__name">灯台守の日記帳</div><p class="o-creatorProfile__description">海辺の町で暮らしています。週に一度、町のことを書きます。</p><button>フォロー中</button></div>
</article><section class="p-article__recommend"><h2 class="o-recommend__title">こちらもおすすめ</h2><div class="m-largeNoteWrapper">{cards("div", "h3")}</div></section>
<section class="o-commentList"><h2>コメント欄</h2><div class="o-commentItem"><p>読んで温かい気持ちになりました。続きを待っています。</p></div></section></main>
<footer class="o-footer"><a href="/about">noteについて</a></footer></div></div></div></body></html>"""
    )
    return page(
        a,
        source,
        "ログイン",
        "会員登録",
        "灯台守の日記帳",
        "2025年5月1日",
        "もくじの見出し",
        "応援をお願い",
        "#暮らしの記録",
        "共有する",
        "海辺の町で",
        "こちらもおすすめ",
        *OTHERS,
        "コメント欄",
        "温かい気持ち",
        "noteについて",
    )


def zenn(a: Written) -> Page:
    body = written(
        a.blocks, lambda k, t: f'<{k} id="{t}"><a class="header-anchor-link" href="#{t}" aria-hidden="true"></a> {t}</{k}>',
        code=lambda name, text: f'<div class="code-block-container"><div class="code-block-filename-container"><span class="code-block-filename">{name}</span></div><pre class="language-python"><code class="language-python code-line"><span class="token keyword">{text}</span></code></pre></div>',
        message=lambda t: f'<aside class="msg message"><span class="msg-symbol">!</span><div class="msg-content"><p data-line="9" class="code-line">{t}</p></div></aside>',
        figure=lambda t: f'<p><img src="x.png" alt="図" class="md-img"><br><em>{t}</em></p>',
        quote=lambda t: f"<blockquote><p>{t}</p></blockquote>",
    )  # fmt: skip
    toc = "".join(f'<li><a href="#{h}">{h}</a></li>' for h in a.headings)
    source = (
        head_of(a.title, a.title)
        + f"""<body><div id="__next"><header class="Header_container__Ue2Jc"><a href="/">Zenn</a><a class="Header_login__x" href="/enter">ログインする</a></header>
<article class="ArticleContainer_root__a1"><header class="ArticleHeader_container__x9"><div class="ArticleHeader_emoji__b">🔧</div><h1 class="ArticleHeader_title__zQ"><span>{a.title}</span></h1><div class="ArticleHeader_meta__k"><span>2025/05/01に公開</span><span>読了の目安 4分</span></div></header>
<div class="Container_default__q View_columnsContainer__z"><div class="View_main__v"><section class="View_content__n"><div class="View_topics__Ov"><a href="/topics/python">Python一覧</a><a href="/topics/tech">技術の話題</a></div>
<div class="BodyCommon_bodyCommon__d"><div class="znc BodyContent_anchorToHeadings__uGxNv">{body}</div></div>
<div class="View_likeBar__k"><button>12</button><span>いいねで著者を励まそう</span></div></section>
<section class="ArticleUserCard_container__m"><div class="UserBio_name__p">渡し舟の人</div><div class="UserBio_bio__p">小さな道具を作るのが好きです。川のそばに住んでいます。</div></section>
<section class="ThreadList_container__c" id="comments"><h3 class="ThreadList_title__x">Discussion</h3><div class="ThreadItem_body__z"><div class="znc"><p>手元でも同じ手順でうまくいきました。参考になります。</p></div></div></section></div>
<aside class="View_sidebar__s"><div class="SidebarUserBio_container__t"><p>小さな道具を作るのが好きです。川のそばに住んでいます。</p></div><div class="View_tocCard__t"><div class="Toc_title__q">目次の札</div><ol>{toc}</ol></div></aside></div></article>
<div class="ArticleRecommends_root__r"><h2>次に読まれている記事</h2>{cards("div", "h3")}</div><footer class="Footer_root__f"><p>エンジニアのための情報共有</p></footer></div></body></html>"""
    )
    return page(
        a,
        source,
        "ログインする",
        "に公開",
        "読了の目安",
        "Python一覧",
        "技術の話題",
        "励まそう",
        "渡し舟の人",
        "川のそばに",
        "Discussion",
        "うまくいきました",
        "目次の札",
        "次に読まれて",
        *OTHERS,
        "情報共有",
    )


def qiita(a: Written) -> Page:
    """On this site the body's own headings begin at h1."""
    lower = {"h2": "h1", "h3": "h2", "h4": "h3"}
    body = written(
        a.blocks, lambda k, t: f'<{lower[k]} data-sourcepos="1"><span id="{t}" class="fragment"></span><a href="#{t}"><i class="fa fa-link"></i></a>{t}</{lower[k]}>',
        code=lambda name, text: f'<div class="code-frame" data-lang="python" data-sourcepos="2"><div class="code-lang"><span class="bold">{name}</span></div><div class="highlight"><pre><code><span class="kn">{text}</span></code></pre></div></div>',
        message=lambda t: f'<div data-sourcepos="3" class="note warn"><span class="fa fa-fw fa-exclamation-circle"></span><div><p>{t}</p></div></div>',
    )  # fmt: skip
    source = (
        head_of(a.title, f"{a.title} - Qiita")
        + f"""<body><div class="allWrapper"><div class="st-HeaderContainer"><header class="style-1kq2m"><a href="/">Qiita</a><input placeholder="キーワードを入力"><a href="/login">ログインの入口</a></header></div>
<div id="PersonalArticlePage-react-component"><div class="style-10xk1"><div class="p-items_wrapper style-2bv"><div class="p-items_main style-9u1"><div class="p-items_article style-77a"><article class="style-it1">
<div class="style-1yb"><a href="/u">@watashibune_dev</a><span>投稿日 2025年05月01日</span></div><h1 class="style-1qg">{a.title}</h1><div class="style-tg9"><a class="style-t1" href="/tags/python">Python,</a><a class="style-t1" href="/tags/batch">バッチ一覧</a></div>
<section class="it-MdContent"><div id="personal-public-article-body"><div class="style-wsx mdContent-inner">{body}</div></div></section>
<div class="style-1ff"><div class="style-like"><p>12</p><a href="/likers">いいねしたユーザー一覧へ移動</a></div></div>
<div class="style-rr1"><div class="style-rr2"><p>新規登録して、もっと便利にサイトを使ってみよう</p><ol><li>あなたに合った記事をお届けします</li><li>便利な情報をあとで効率的に読み返せます</li></ol></div></div></article></div>
<div class="p-items_comments"><div id="comments" class="style-cm1"><h2 class="style-cm2">みんなのコメント</h2><div class="style-cm3"><div class="mdContent-inner"><p>この方法は知りませんでした。今度試してみます。</p></div></div></div></div>
<div class="style-rel"><h2>関連する記事の案内</h2><ul>{cards()}</ul></div></div>
<aside class="p-items_toc style-sd1"><nav aria-label="目次"><p>この記事の目次</p><ol>{"".join(f'<li><a href="#{h}">{h}</a></li>' for h in a.headings)}</ol></nav></aside></div></div></div>
<footer class="st-Footer"><p>How developers code is here.</p></footer></div></body></html>"""
    )
    return page(
        a,
        source,
        "ログインの入口",
        "@watashibune_dev",
        "投稿日",
        "バッチ一覧",
        "いいねした",
        "新規登録して",
        "あなたに合った",
        "便利な情報",
        "みんなのコメント",
        "知りませんでした",
        "関連する記事の案内",
        *OTHERS,
        "この記事の目次",
        "How developers",
    )


def hatena(a: Written) -> Page:
    """Here the blog's name is the first h1, and an article's own headings begin at h3."""
    deeper = {"h2": "h3", "h3": "h4", "h4": "h5"}
    body = written(
        a.blocks, lambda k, t: f'<{deeper[k]} id="{t}">{t}</{deeper[k]}>',
        code=lambda name, text: f'<p>{name}</p><pre class="code lang-python" data-lang="python" data-unlink><span class="synPreProc">{text}</span></pre>',
        figure=lambda t: f'<figure class="figure-image figure-image-fotolife mceNonEditable" title="{t}"><p><img src="x.jpg" class="hatena-fotolife"></p><figcaption class="mceEditable">{t}</figcaption></figure>',
        br=lambda *texts: "<p>" + "<br />\n".join(texts) + "</p>",
    )  # fmt: skip
    toc = '<ul class="table-of-contents">' + "".join(f'<li><a href="#{h}">{h}</a></li>' for h in a.headings) + "</ul>"
    source = (
        head_of(a.title, f"{a.title} - 坂の途中の机")
        + f"""<body class="page-entry header-image-disable category-暮らし globalheader-on"><div id="globalheader-container"><iframe src="about:blank"></iframe></div>
<div id="container"><div id="container-inner"><header id="blog-title" data-brand="hatenablog"><div id="blog-title-inner"><div id="blog-title-content"><h1 id="title"><a href="/">坂の途中の机</a></h1><h2 id="blog-description">坂の町の記録</h2></div></div></header>
<div id="top-editarea"><div class="menu"><ul><li><a href="/about">この場所について</a></li></ul></div></div>
<div id="content" class="hfeed"><div id="content-inner"><div id="wrapper"><div id="main"><div id="main-inner"><article class="entry hentry test-hentry js-entry-article date-first autopagerize_page_element chars-1600 mode-html entry-odd" id="entry-1" data-keyword-campaign="">
<div class="entry-inner"><header class="entry-header"><div class="date entry-date first"><a href="/archive/2025/05/01"><time datetime="2025-04-30T22:30:00Z" class="updated"><span class="date-year">2025</span><span class="hyphen">-</span><span class="date-month">05</span></time></a></div><h1 class="entry-title"><a href="/entry/1" class="entry-title-link bookmark">{a.title}</a></h1><div class="entry-categories categories"><a href="/archive/category/x" class="entry-category-link category-暮らし">暮らしの分類</a></div></header>
<div class="entry-content hatenablog-entry">{toc}{body}</div>
<footer class="entry-footer"><div class="entry-tags-wrapper"><div class="entry-tags"></div></div><p class="entry-footer-section track-inview-by-gtm"><span class="author vcard"><span class="fn">sakanotsukue</span></span><span class="entry-footer-time">17日前</span></p><div class="social-buttons"><a href="https://b.example/">ブックマークする</a></div>
<div class="customized-footer"><div class="hatena-module hatena-module-related-entries"><div class="hatena-module-title">関連記事の欄</div><ul class="related-entries">{cards()}</ul></div></div>
<div class="comment-box js-comment-box"><ul class="comment js-comment"><li class="entry-comment"><p class="comment-user-name"><a>通りすがりの猫</a></p><div class="comment-content"><p>私の町にも似た店がありました。懐かしく読みました。</p></div></li></ul><a class="leave-comment-title">コメントを書く</a></div></footer></div></article>
<div class="pager pager-permalink permalink"><span class="pager-prev"><a href="/2" rel="prev">« 前の日の献立</a></span></div></div></div><aside id="box1"><div id="box1-inner"></div></aside></div>
<aside id="box2"><div id="box2-inner"><div class="hatena-module hatena-module-profile"><div class="hatena-module-title">書き手の紹介</div><div class="hatena-module-body"><p>坂の途中に机を置いて書いています。</p></div></div><div class="hatena-module hatena-module-recent-entries"><ul>{cards()}</ul></div></div></aside></div></div></div></div>
<footer id="footer"><div id="footer-inner"><address class="footer-address"><a href="/">坂の途中の机の住所</a></address><p class="services">Powered by Hatena Blog</p></div></footer></body></html>"""
    )
    return page(
        a,
        source,
        "坂の町の記録",
        "この場所について",
        "2025-05",
        "暮らしの分類",
        "sakanotsukue",
        "17日前",
        "ブックマークする",
        "関連記事の欄",
        *OTHERS,
        "通りすがりの猫",
        "懐かしく",
        "コメントを書く",
        "前の日の献立",
        "書き手の紹介",
        "机を置いて",
        "Powered by",
    )


def news(a: Written) -> Page:
    middle = len(a.blocks) // 2
    write = partial(
        written,
        head=lambda k, t: f'<{k} class="article_headline">{t}</{k}>',
        figure=lambda t: (
            f'<div class="article_photo"><img src="n.jpg" alt=""><p class="article_photo_caption">{t}</p></div>'
        ),
    )
    inline = f'<div class="article_inline_related"><p>あわせて読みたい記事</p><ul><li><a href="/x">{OTHERS[0]}</a></li></ul></div><div class="ad_rectangle" id="div-gpt-ad-1"><span>広告の枠</span></div>'
    source = (
        head_of(a.title, f"{a.title}｜港日報デジタル")
        + f"""<body><div class="site_header"><div class="logo"><a href="/">港日報デジタル</a></div><ul class="global_nav"><li><a href="/s">社会面へ</a></li><li><a href="/e">経済面へ</a></li></ul><div class="login_box"><a href="/login">有料会員の方はこちら</a></div></div>
<div class="breaking_bar"><span>速報</span><a href="/b">沖で波の高さに注意する呼びかけ</a></div>
<main><div class="l_wrap"><div class="l_main"><ol class="breadcrumb_list"><li><a href="/">最初の頁</a></li><li>社会の頁</li></ol>
<div class="article_header"><h1 class="article_title">{a.title}</h1><div class="article_meta"><span class="article_date">2025年5月12日 18時30分</span><span class="article_author">文化部・磯村</span></div><div class="share_buttons"><ul><li>ポストする</li><li>印刷する</li></ul></div></div>
<div class="article_body_wrap"><div class="article_body">{write(a.blocks[:middle])}{inline}{write(a.blocks[middle:])}</div>
<div class="paywall_box"><p>この記事は有料会員記事です。残りは登録すると読めます。</p><a href="/join">登録の手続きへ</a></div></div>
<div class="article_tags"><span>キーワード：</span><a href="/t/1">町の話題一覧</a></div><div class="article_related"><h2>関連ニュースの欄</h2><ul>{cards()}</ul></div>
<div class="comment_area"><h2>読者の声の欄</h2><p>毎週通える値段なのがうれしいです。交通の案内も分かりやすいです。</p></div></div>
<div class="l_side"><div class="ranking_box"><h2>よく読まれる順</h2><ol>{cards()}</ol></div><div class="side_banner"><a href="/pr">購読のお申し込みはこちら</a></div><div class="newsletter_box"><p>毎朝のメールで主な記事を届けます。登録は無料です。</p></div></div></div></main>
<div class="site_footer"><ul><li><a href="/c">会社の案内</a></li></ul><p>掲載の記事・写真の無断転載を禁じます。</p></div><div id="cookie_banner"><p>当サイトはクッキーを利用しています。続けると同意したことになります。</p><button>同意する</button></div></body></html>"""
    )
    return page(
        a,
        source,
        "社会面へ",
        "有料会員の方",
        "波の高さ",
        "最初の頁",
        "社会の頁",
        "18時30分",
        "文化部・磯村",
        "ポストする",
        "印刷する",
        "あわせて読みたい",
        *OTHERS,
        "広告の枠",
        "残りは登録",
        "登録の手続き",
        "キーワード：",
        "町の話題一覧",
        "関連ニュースの欄",
        "読者の声の欄",
        "毎週通える",
        "よく読まれる順",
        "購読のお申し込み",
        "毎朝のメール",
        "会社の案内",
        "無断転載",
        "クッキー",
    )


def press(a: Written) -> Page:
    body = written(
        a.blocks,
        lambda k, t: f"<{k}><span style='font-size:18px'>{t}</span></{k}>",
        p=lambda *ts: "".join(f"<p><span>{t}</span></p><p><br></p>" for t in ts),
    )
    source = (
        head_of(a.title, f"{a.title} | みなと製菓のプレスリリース")
        + f"""<body><div id="__next"><div class="GlobalHeader_container__z1"><a href="/">PRの港</a><nav class="GlobalHeader_nav__z2"><a href="/new">新着の一覧</a><a href="/cat">カテゴリの一覧</a></nav></div>
<div class="Breadcrumb_list__z3"><a href="/">配信の最初</a><span>みなと製菓の一覧</span></div>
<main class="PressRelease_main__y1"><div class="PressRelease_header__y2"><p class="PressRelease_label__y3">プレスリリースの種別</p><h1 class="PressReleaseTitle_title__y4">{a.title}</h1><div class="PressRelease_company__y5"><a href="/co">みなと製菓の会社頁</a><time>2025年5月10日 11時00分</time></div><ul class="SnsShare_list__y6"><li><a href="#">シェアの数</a></li></ul></div>
<div class="PressReleaseBody_container__x1"><div class="rich-text" id="press-release-body">{body}</div></div>
<div class="PressRelease_media__w1"><p>このプレスリリースには、報道関係者向けの情報があります。</p><a href="/login">報道の方の入口</a></div>
<dl class="PressRelease_information__w2"><dt>種類の欄</dt><dd>商品サービスの欄</dd><dt>業種の欄</dt><dd>食品の製造の欄</dd></dl>
<div class="KeywordList_container__w3"><a href="/k">米粉の検索</a><a href="/k">菓子の検索</a></div>
<section class="CompanyInformation_container__w4"><h2>会社概要の欄</h2><dl><dt>URL</dt><dd>https://example.co.jp</dd><dt>上場</dt><dd>未上場の会社</dd></dl></section>
<section class="RelatedReleases_container__w5"><h2>この会社の他の発表</h2><ul>{cards("li", "h3")}</ul></section></main>
<aside class="Ranking_container__v1"><h2>総合の順位</h2><ol>{cards()}</ol></aside><footer class="GlobalFooter_container__v2"><p>利用の規約</p></footer></div></body></html>"""
    )
    return page(
        a,
        source,
        "新着の一覧",
        "カテゴリの一覧",
        "配信の最初",
        "みなと製菓の一覧",
        "プレスリリースの種別",
        "みなと製菓の会社頁",
        "11時00分",
        "シェアの数",
        "報道関係者向け",
        "報道の方の入口",
        "種類の欄",
        "商品サービスの欄",
        "業種の欄",
        "食品の製造の欄",
        "米粉の検索",
        "会社概要の欄",
        "未上場の会社",
        "他の発表",
        *OTHERS,
        "総合の順位",
        "利用の規約",
    )


def wordpress(a: Written) -> Page:
    body = written(
        a.blocks, lambda k, t: f'<{k} class="wp-block-heading"><span id="toc{len(t)}">{t}</span></{k}>',
        table=lambda *rows: f'<figure class="wp-block-table">{table(*rows)}</figure>', code=lambda name, text: f'<p>{name}</p><pre class="wp-block-code"><code>{text}</code></pre>',
        figure=lambda t: f'<figure class="wp-block-image size-large"><img src="w.jpg" alt=""><figcaption class="wp-element-caption">{t}</figcaption></figure>',
        ul=lambda *texts: items("ul", *texts).replace("<ul>", '<ul class="wp-block-list">'), quote=lambda t: f'<blockquote class="wp-block-quote"><p>{t}</p></blockquote>',
    )  # fmt: skip
    toc = "".join(
        f'<li><a href="#toc{len(h)}"><span class="toc_number toc_depth_1">{n}</span> {h}</a></li>'
        for n, h in enumerate(a.headings, 1)
    )
    comments = "".join(
        f'<li id="comment-{n}" class="comment even thread-even depth-1"><article class="comment-body"><footer class="comment-meta"><b class="fn">読む人{n}</b></footer><div class="comment-content"><p>{text}</p></div></article></li>'
        for n, text in enumerate(
            (
                "とても分かりやすい記事でした。次の記事も楽しみにしています。",
                "写真がすてきです。どのカメラで撮ったのか教えてください。",
            )
        )
    )
    source = (
        head_of(a.title, f"{a.title} | 川べりの台所")
        + f"""<body class="post-template-default single single-post postid-12 single-format-standard wp-embed-responsive has-sidebar tag-kitchen"><div id="page" class="site"><a class="skip-link screen-reader-text" href="#content">コンテンツへ移る</a>
<header id="masthead" class="site-header"><p class="site-title"><a href="/">川べりの台所</a></p><p class="site-description">毎日のことを書く場所</p><nav id="site-navigation" class="main-navigation"><ul id="primary-menu"><li><a href="/profile">書く人のこと</a></li></ul></nav></header>
<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main"><article id="post-12" class="post-12 post type-post status-publish hentry category-life tag-kitchen tag-social">
<header class="entry-header"><h1 class="entry-title">{a.title}</h1><div class="entry-meta"><span class="posted-on"><time class="entry-date published">2025年5月1日の投稿</time></span><span class="byline">投稿者の名前</span></div></header>
<div class="entry-content"><div id="toc_container" class="no_bullets"><p class="toc_title">目次の箱</p><ul class="toc_list">{toc}</ul></div>{body}
<div class="sharedaddy sd-sharing-enabled"><div class="robots-nocontent sd-block sd-social sd-social-icon-text sd-sharing"><h3 class="sd-title">共有する欄:</h3><div class="sd-content"><ul><li class="share-x"><a href="?share=x"><span>クリックして共有</span></a></li></ul></div></div></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3 class="jp-relatedposts-headline"><em>関連の欄</em></h3><div class="jp-relatedposts-items">{cards("p")}</div></div></div>
<footer class="entry-footer"><span class="cat-links">分類の一覧</span></footer></article><div class="author-box"><h4>この記事を書いた人の欄</h4><p>川のそばの台所で、毎日なにかを煮ています。</p></div>
<nav class="navigation post-navigation"><h2 class="screen-reader-text">前後の投稿</h2><div class="nav-links"><a href="/11" rel="prev">ひとつ前の投稿へ</a></div></nav>
<div id="comments" class="comments-area"><h2 class="comments-title">二件の返事の欄</h2><ol class="comment-list">{comments}</ol><div id="respond" class="comment-respond"><h3 id="reply-title" class="comment-reply-title">返事を残す欄</h3><form><p>メールアドレスが公開されることはありません。</p></form></div></div></main></div>
<aside id="secondary" class="widget-area"><section id="recent-posts-2" class="widget widget_recent_entries"><h2 class="widget-title">最近の投稿の欄</h2><ul>{cards()}</ul></section><section class="widget widget_text"><p>ご感想は手紙でお寄せください。</p></section></aside></div>
<footer id="colophon" class="site-footer"><div class="site-info">Proudly powered by WordPress</div></footer></div><div id="cookie-notice" role="dialog"><span id="cn-notice-text">体験をよくするためにクッキーを使います。</span></div></body></html>"""
    )
    return page(
        a,
        source,
        "コンテンツへ移る",
        "毎日のことを書く場所",
        "書く人のこと",
        "日の投稿",
        "投稿者の名前",
        "目次の箱",
        "共有する欄",
        "クリックして共有",
        "関連の欄",
        *OTHERS,
        "分類の一覧",
        "書いた人の欄",
        "なにかを煮て",
        "前後の投稿",
        "ひとつ前",
        "二件の返事",
        "分かりやすい記事でした",
        "写真がすてき",
        "返事を残す欄",
        "メールアドレス",
        "最近の投稿の欄",
        "ご感想は",
        "Proudly",
        "クッキー",
    )


def soup(a: Written) -> Page:
    """No element and no class tells what it is; text stands in bare div elements, rows are parted by <br>."""
    body = written(
        a.blocks, lambda k, t: f'<div class="b4"><{k}>{t}</{k}></div>', p=lambda *ts: f'<div class="b5">{"<br><br>".join(ts)}</div>', br=lambda *ts: f'<div class="b5">{"<br>".join(ts)}</div>',
        figure=lambda t: f'<div class="b6"><img src="s.jpg"><br>{t}</div>', quote=lambda t: f'<div class="b7">{t}</div>', message=lambda t: f'<div class="b8">{t}</div>',
        ul=lambda *ts: f'<div class="b9">{items("ul", *ts)}</div>', code=lambda name, text: f'<div class="b5">{name}</div><div class="b5"><pre>{text}</pre></div>',
    )  # fmt: skip
    links = "".join(
        f'<div class="d2"><a href="/m/{n}">{t}</a></div>'
        for n, t in enumerate(("入口の頁へ", "商いの案内", "地図と道順"))
    )
    others = "".join(f'<div class="d4"><a href="/other/{n}">{t}</a></div>' for n, t in enumerate(OTHERS))
    source = (
        head_of(a.title, a.title)
        + f"""<body><div id="w"><div class="d1"><div class="d0"><a href="/"><img src="logo.gif"></a></div>{links}</div>
<div class="d3"><div class="c1"><div class="c2"><div class="b3"><h1>{a.title}</h1></div>{body}</div></div><div class="c3"><div class="c4">ほかの読み物</div>{others}</div></div>
<div class="d5"><a href="/p">個人情報の扱い</a> <a href="/q">問い合わせの窓</a><div>Copyright 2025 港の会</div></div></div></body></html>"""
    )
    return page(
        a,
        source,
        "入口の頁へ",
        "商いの案内",
        "地図と道順",
        "ほかの読み物",
        *OTHERS,
        "個人情報の扱い",
        "問い合わせの窓",
        "港の会",
    )


SITES: Mapping[str, Callable[[Written], Page]] = {
    "note": note, "zenn": zenn, "qiita": qiita, "hatena": hatena, "news": news, "press": press, "wordpress": wordpress, "soup": soup,
}  # fmt: skip


def pages() -> Iterator[tuple[str, Page]]:
    """Give every article on every site, with its name."""
    for site, make in SITES.items():
        for number, article in enumerate(ARTICLES, 1):
            yield f"{site}-{number}", make(article)


def f1_of(read: str, meant: str, size: int = 5) -> float:
    """Give the harmonic mean of precision and recall over character 5-grams, after NFKC, without white space and Markdown's marks."""
    mine, right = (grams(text, size) for text in (read, meant))
    both = sum((mine & right).values())
    return 2 * both / max(sum(mine.values()) + sum(right.values()), 1)


def grams(text: str, size: int) -> Counter[str]:
    bare = re.sub(r"\{([^|{}]*)\|[^{}]*\}", r"\1", text)
    bare = re.sub(r"^(?:#{1,6} |- |> |\d+\. |```.*)|(?<![^|\s])\|+|\|", "", bare, flags=re.MULTILINE)
    bare = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", bare))
    return Counter(bare[i : i + size] for i in range(len(bare) - size + 1))


def leaked(read: str, page: Page) -> list[str]:
    return [text for text in page.clutter if text in read]


def kept(read: str, page: Page) -> list[str]:
    """Give the headings that are headings of the text as well."""
    found = {plain(line.lstrip("#").strip()) for line in read.split("\n") if line.startswith("#")}
    return [heading for heading in page.article.headings if heading in found]
