"""The structure found in articles of many shapes, against gold: the six development articles (CC0) and our own."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.config import ScriptConfig
from briefing.model import NOT_READ_ALOUD, Article, Kind, Role, Source
from briefing.script import find_structure, narrate
from briefing.sources import read_source
from briefing.sources.decode import clean

FOLDER = Path(__file__).parent / "articles"


def articles_in(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in (".txt", ".md") and p.with_suffix(".json").exists())


DROPPED = {role.value for role in NOT_READ_ALOUD} - {"blank"}


def gold_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def same(title: str | None) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", title or ""))


def f1(gold: set[int], found: set[int]) -> float:
    return 2 * len(gold & found) / (len(gold) + len(found)) if gold or found else 1.0


def kinds(sections: Sequence[dict[str, Any]], count: int) -> list[str]:
    out = [""] * (count + 1)
    for section in sections:
        for line in range(section["start"], min(section["end"], count) + 1):
            out[line] = section["kind"]
    return out


def scores(article: Article, gold: dict[str, Any]) -> dict[str, float]:
    """Give the figures of one article, each from 0 to 1."""
    roles = gold["roles"]
    told = [n for n, role in enumerate(roles, 1) if role != "blank"]
    mine = [{"start": s.start, "end": s.end, "kind": s.kind.value} for s in article.sections]
    titles = {s.start: same(s.title) for s in article.sections}
    titled = [s for s in gold["sections"] if s["title"]]
    gold_kinds, my_kinds = kinds(gold["sections"], len(roles)), kinds(mine, len(roles))
    weighed = [n for n in told if roles[n - 1] != "divider"]
    return {
        "boundaries": f1({s["start"] for s in gold["sections"]}, {s.start for s in article.sections}),
        "titles": sum(titles.get(s["start"]) == same(s["title"]) for s in titled) / len(titled) if titled else 1.0,
        "title": float(same(gold["title"]) == same(article.title)),
        "kinds": sum(gold_kinds[n] == my_kinds[n] for n in weighed) / len(weighed),
        "pairs": f1({p["q"][0] for p in gold["qa_pairs"]}, {p.q[0] for p in article.qa_pairs}),
        "roles": sum(roles[n - 1] == article.roles[n - 1] for n in told) / len(told),
        "dropped": f1(
            {n for n in told if roles[n - 1] in DROPPED}, {n for n in told if article.roles[n - 1].value in DROPPED}
        ),
    }


# The means that must hold: over the articles that rules were made with, and over those that nobody has looked at.
FIGURES = ("boundaries", "titles", "title", "kinds", "pairs", "roles", "dropped")
LEAST = {
    # For the last 240 articles no rule was mended.
    "articles": (0.975, 0.975, 0.985, 0.98, 0.985, 0.97, 0.98),
    "unread": (0.975, 0.97, 0.98, 0.97, 0.99, 0.97, 0.975),
}


@pytest.mark.slow
@pytest.mark.parametrize("folder", LEAST)
def test_the_means_hold(folder: str) -> None:
    paths = articles_in(FOLDER.parent / folder)
    paths = paths[:: 2 if len(paths) > 100 else 1]  # every second one of many shows as much
    found = [scores(find_structure(read_source(path)), gold_of(path)) for path in paths]
    means = {name: sum(each[name] for each in found) / len(found) for name in FIGURES}
    assert all(means[name] >= least for name, least in zip(FIGURES, LEAST[folder], strict=True)), means


def structure_of(*lines: str) -> Article:
    text = "\n".join(lines)
    return find_structure(Source("a.txt", text, "utf-8", "a.txt"))


@pytest.mark.parametrize("line", ["---", "＊", "川", "「", "**"])
def test_a_single_line_has_a_structure(line: str) -> None:
    hold_every_line(structure_of(line))


def test_scenes_are_chapters_with_names_of_their_own() -> None:
    scene = ("川は広い。橋は古い。", "", "＊", "")
    chapters = narrate(structure_of("川の返事", "", *scene * 3, "朝になった。"), ScriptConfig()).chapters
    assert [c.title for c in chapters] == ["はじめに", "川の返事", "川の返事（2）", "おわりに"]


HEADING_FORMS = (
    "{}", "┏┓\n┗■　{}", "「{}」", "（{}）", "■{}", "■ {} ■", "＊＊ {} ＊＊", "― {} ―", "～{}～", "★{}★", "〇 {}", "◯{}", "▍{}", "🍙 {}", "📌{}", "【{}】", "≪{}≫", "〔{}〕", "［{}］", "[{}]", "＜{}＞", "『{}』",
    "{n}. {}", "{n}.{}", "{n}) {}", "({n}) {}", "{n}｜{}", "{n}：{}", "{n}・{}", "{n}／{}", "【{n}】{}", "<{n}> {}", "{n}-1 {}", "{n}️⃣ {}", "#{n} {}", "No.{n} {}", "STEP.{n} {}", "Chapter {n}: {}",
    "{c} {}", "その{c} {}", "ポイント{c}　{}", "習慣{n}：{}", "作業{n}　{}", "■{n}．{}", "■第{n}部　{}", "【その{n}】{}", "第{n}位：{}", "{n}冊目：{}", "Point{n}：{}", "{n}．【{}】", "{k}、{}", "その{k}、{}", "（{k}）{}", "第{k}章　{}", "{k}日目　{}", "{r} {}",
    "＃{}", "＊{}", "｜{}", "◆{n}◆ {}", "{n}◆{}", "●第{n}回●{}", "■■ {}", "{n}／3　{}", "『{n}』{}", "巻の{k} {}", "{}：", "┏━━━━\n┃{n}┃{}\n┗━━━━", "┌────┐\n│ {} │\n└────┘", "====\n{}\n====",
)  # fmt: skip


@pytest.mark.parametrize("gap", [(), ("",)], ids=["close", "apart"])
@pytest.mark.parametrize("form", HEADING_FORMS)
def test_a_form_that_recurs_heads_sections_and_is_not_read(form: str, gap: tuple[str, ...]) -> None:
    names = ("駅前の店", "坂の上の店", "川沿いの古本屋")
    texts = (
        "雨の日は本屋がすいている。だから行く。",
        "傘は三本だった。店主は本を読んでいる。",
        "雨が上がった。虹が見えた。",
    )
    heads = [form.format(t, n=i + 1, k="一二三"[i], c="①②③"[i], r="ⅠⅡⅢ"[i]) for i, t in enumerate(names)]
    body = [line for head, text in zip(heads, texts, strict=True) for line in (*gap, *head.split("\n"), *gap, text)]
    article = structure_of("雨の日の本屋めぐり", "2025年4月1日", "", "町の本屋を三軒まわった。その記録である。", *body)
    assert article.title == "雨の日の本屋めぐり"
    assert [s.title for s in article.sections] == [None, *names]


@pytest.mark.parametrize("name", ["event_announce", "faq_swimming", "moss_release", "newsletter_alley"])
def test_double_spacing_changes_nothing(name: str) -> None:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    plain, spaced = structure_of(*lines), structure_of(*(text for line in lines for text in (line, "")))
    assert spaced.title == plain.title
    assert [(s.title, s.kind, s.start) for s in spaced.sections] == [
        (s.title, s.kind, 2 * s.start - 1) for s in plain.sections
    ]


@pytest.mark.parametrize("width", [34, 40])
@pytest.mark.parametrize("name", ["council_kuroda", "essay_ferry", "faq_pottery", "interview_bakery", "lecture_sound"])
def test_wrapping_changes_no_section_and_hardly_a_role(name: str, width: int) -> None:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    plain = structure_of(*lines)
    cut = [[t[i : i + width] for i in range(0, len(t) or 1, width)] for t in lines]
    first = [1 + sum(map(len, cut[:n])) for n in range(len(cut))]
    wrapped = structure_of(*(piece for pieces in cut for piece in pieces))
    assert wrapped.title == plain.title
    assert [(s.title, s.kind, s.start) for s in wrapped.sections] == [
        (s.title, s.kind, first[s.start - 1]) for s in plain.sections
    ]
    roles = zip((wrapped.roles[n - 1] for n in first), plain.roles, strict=True)
    assert sum(there is not here for there, here in roles) <= 1  # a line may be as likely this as that


QUESTION_FORMS = (
    ("Q. {}", "A. {}"), ("Q{n} {}", "{}"), ("【Q】{}", "【A】{}"), ("（問）{}", "（答）{}"), ("〈問〉{}", "〈答〉{}"), ("■Q. {}", "A. {}"), ("**Q. {}**", "A. {}"), ("{n}. {}", "A. {}"),
    ("●{}", "{}"), ("{n}) {}", "{}"), ("【{}】", "{}"), ("「{}」", "{}"), ("❓{}", "💡{}"), ("――{}", "{}"), ("疑問{n}：{}", "{}"), ("相談　{}", "お答え　{}"), ("▼質問{n} {}", "{}"), ("Q {}", "→ {}"),
    ("♪おたより「{}」", "♪院長より　{}"), ("たずね　{}", "こたえ　{}"), ("【ご意見】{}", "【市の考え】{}"), ("◇投書：{}", "◇担当課より：{}"),
)  # fmt: skip


@pytest.mark.parametrize("gap", [(), ("",)], ids=["close", "apart"])
@pytest.mark.parametrize(("question", "answer"), QUESTION_FORMS)
def test_questions_are_paired_with_what_answers_them(question: str, answer: str, gap: tuple[str, ...]) -> None:
    asked = ("雨の日は開いていますか？", "本は予約できますか？", "駐車場はありますか？")
    said = ("はい、毎日開いています。", "できます。電話でお受けします。", "三台分あります。裏手へお回りください。")
    pairs = [
        line
        for n, (q, a) in enumerate(zip(asked, said, strict=True), 1)
        for line in (question.format(q, n=n), *gap, answer.format(a), "")
    ]
    article = structure_of("本屋へのよくある質問", "", "お客さまからの質問をまとめました。", "", *pairs)
    assert [(p.q[0], p.a[0]) for p in article.qa_pairs] == [
        (n, n + 1 + len(gap)) for n in range(5, 5 + len(pairs), 3 + len(gap))
    ]


LABELS = (
    ("［相談］", "［回答］"),
    ("Q", "A"),
    ("◆お便り", "◆お返事"),
    ("〔悩み〕", "〔答え〕"),
    ("読者から", "編集部から"),
    ("質問者", "回答者"),
)


@pytest.mark.parametrize(("asks", "answers"), LABELS)
def test_labels_alone_tell_who_asks_and_who_answers(asks: str, answers: str) -> None:
    pair = (asks, "川で泳げますか。子どもがいます。", answers, "泳げます。", "浅い所だけです。", "")
    article = structure_of("川の相談室", "", "声にお答えします。", "", *pair, *pair)
    assert [(p.q, p.a) for p in article.qa_pairs] == [((5, 6), (7, 9)), ((11, 12), (13, 15))]


PAGE_FORMS = ("- {} -", "－{}－", "― {} ―", "p.{}", "Page {}", "{}ページ", "{}頁", "{} / 3", "({}/3)", "[{}]", "・{}・", "{}", "[00:0{}:20]", "（0{}:30）", "00:0{}", "{}分20秒")  # fmt: skip


@pytest.mark.parametrize("form", PAGE_FORMS)
def test_numbers_of_pages_and_times_are_not_read(form: str) -> None:
    text = ("森：川は広いですね。", "谷：橋も古いです。")
    lines = [line for n in (0, 1, 2) for line in (*text, form.format(n))]
    article = structure_of("川と橋を歩いた一日の記録", "", "二人に聞いた。", "", *lines)
    assert [article.roles[n - 1] for n in (7, 10, 13)] == [Role.META] * 3
    assert article.speakers == ("森", "谷")


TURN_FORMS = ("{}：{s}", "{}　{s}", "{}「{s}」", "【{}】{s}", "（{}）{s}", "〈{}〉{s}", "{}さん：{s}", "{}（店主）：{s}", "○{}　{s}", "**{}**：{s}", "{}＝{s}", "{}――{s}", "《{}》{s}", "00:12 {}：{s}", "{}（43）　{s}", "■{}\n{s}", "{}：\n{s}")  # fmt: skip


@pytest.mark.parametrize("form", TURN_FORMS)
def test_speakers_are_heard_in_many_forms(form: str) -> None:
    talk = (("山田", "父の代から四十年になります。"), ("鈴木", "私は客として通っていました。")) * 3
    lines = [line for p, said in talk for line in form.format(p, s=said).split("\n")]
    article = structure_of("対談　町の本屋", "", "二人に話を聞いた。", "", *lines)
    assert set(article.roles[4:]) == {Role.TURN}
    assert [s.kind for s in article.sections] == [Kind.INTRO, Kind.QA]


ITEM_FORMS = ("・{h}（{w}）", "{n}. {h}", "◇{h}／{w}", "{w}「{h}」", "{w}議員　{h}", "▼{h}……{w}", "■{h}　{w}議員", "{w}　……　{h}", "→{h}", "◎{h} ― {w}", "『{h}』{w}", "・{h}｜{w}", "0{n}:10 {h}")  # fmt: skip


@pytest.mark.parametrize("form", ITEM_FORMS)
def test_items_that_name_the_headings_and_more_are_contents(form: str) -> None:
    heads, who = ("雪の道は安全か", "空き家の登録を増やすには", "町営バスの土曜運行を"), ("森 一郎", "谷花子", "林 透")
    items = [form.format(h=h, w=w, n=n) for n, (h, w) in enumerate(zip(heads, who, strict=True), 1)]
    article = structure_of("川の町議会だより", "", TEXT, *items, *(t for h in heads for t in ("", f"● {h}", TEXT)))
    assert article.roles[3:6] == (Role.TOC,) * 3
    assert [s.title for s in article.sections] == [None, *heads]


ROW_FORMS = ("・{t}　{u}", "▽{t} {u}", "◇{t}：{u}", "・{t} → {u}", "■{t}（{u}）", "1{n}) {t}　{u}", "{t}　{u}", "・『{t}』{u}", "▶ {t}　<{u}>")  # fmt: skip


@pytest.mark.parametrize("form", ROW_FORMS)
def test_rows_that_end_with_an_address_are_links(form: str) -> None:
    titles = ("数字の歴史をたどる（英語）", "道路標識の書体が変わるまで", "活字を彫る人に聞く")
    rows = [form.format(t=t, u=f"https://example.com/{n}", n=n) for n, t in enumerate(titles)]
    article = structure_of("川の便り", "", TEXT, "", "【春】", TEXT, "", "【今週の三つ】", *rows, "", "【夏】", TEXT)
    assert article.roles[8:11] == (Role.LINK,) * 3


PEOPLE_FORMS = ("{n}さん（{a}）　{p}", "・{n}さん　{p}", "{n}　{p}", "{n}太郎（{a}歳）\n　{p}", "{n}……{p}", "●{n}さん\n{p}", "{n} 太郎さん（{a}）／{p}")  # fmt: skip


@pytest.mark.parametrize("label", ["参加してくれた人", "【出席者】", "集まった三人", "今日お話をうかがった方", ""])
@pytest.mark.parametrize("form", PEOPLE_FORMS)
def test_rows_of_who_takes_part_are_no_talk(form: str, label: str) -> None:
    people = (("森", 34, "橋守り。三代目。"), ("谷", 38, "元教諭。渡し船の会。"), ("林", 31, "石工。"))
    rows = [t for n, a, p in people for t in form.format(n=n, a=a, p=p).split("\n")]
    rows = [label, *rows] if label else rows
    talk = [f"{n}：橋は毎日渡ります。川も見ます。" for n, _, _ in people] * 2
    article = structure_of("川の座談会", "", TEXT, "", *rows, "", "橋のこと", "", *talk, "", "これからの川", "", *talk)
    assert set(article.roles[4 : 4 + len(rows)]) == {Role.META}
    assert [s.title for s in article.sections] == [None, "橋のこと", "これからの川"]


ASKER_FORMS = ("{w}（{k}）", "{w} 議員", "{k}　{w}", "質問者：{w}（{k}）", "（{w}議員）", "{w}／{k}", "●{w}（{k}）", "［{w}］", "{w}（{k}・2期）")  # fmt: skip


@pytest.mark.parametrize("heading", ["〈{}〉", "■{}", "{}\n"])
@pytest.mark.parametrize("form", ASKER_FORMS)
def test_names_between_a_heading_and_its_questions_tell_who_asks(form: str, heading: str) -> None:
    asked = (("体育館に空調を", "大河内 亮介", "清風会"), ("水道管の更新が進まない", "白浜みどり", "市民の声"))
    lines = ["川の市議会だより", "", TEXT]
    places = []
    for title, who, group in asked:
        lines += ["", *heading.format(title).split("\n"), form.format(w=who, k=group)]
        places.append(len(lines) - 1)
        lines += ["問　いつ終わるのか。", "答　令和8年度に行う。", "問　順番は。", "答　多い順とする。"]
    article = structure_of(*lines)
    assert [article.roles[n] for n in places] == [Role.META] * 2
    assert [s.title for s in article.sections] == [None, *(title for title, _, _ in asked)]
    assert len(article.qa_pairs) == 4


NOTES = ("ただし書き　水は沸かして出します。", "追記（11/18）：平日は二分です。", "（※平日は二分です）", "備考　平日は二分です。", "⚠ 注意：電源を切ると消えます。", "**注意:** 電源を切ると消えます。", "**警告**: 電源を切ると消えます。")  # fmt: skip


@pytest.mark.parametrize("note", NOTES)
def test_notes_are_known_by_their_label(note: str) -> None:
    article = structure_of("川の便り", "", TEXT, "", "■春", TEXT, note, TEXT, "", "■夏", TEXT)
    assert article.roles[6] is Role.NOTE


def test_what_is_set_in_is_code_in_markdown_alone() -> None:
    lines = ("# 川の測り方", "", TEXT, "", "## 春", "- 橋", "", TEXT, "", "    日付  気温", "    一日  12", "", TEXT)  # fmt: skip
    article = find_structure(Source("a.md", "\n".join(lines), "utf-8", "a.md"))
    assert article.roles[9:11] == (Role.CODE,) * 2
    assert Role.CODE not in structure_of(*lines).roles


TROUBLES = ("本をなくしてしまいました。", "傘を忘れた", "電話がつながらない", "何時から開きますか")


@pytest.mark.parametrize("gap", [(), ("",)], ids=["close", "apart"])
def test_troubles_are_questions_where_the_text_answers_some(gap: tuple[str, ...]) -> None:
    pairs = [
        line for trouble in TROUBLES for line in (trouble, *gap, "お電話をください。窓口でもうけたまわります。", "")
    ]
    article = structure_of("本屋へのよくある質問", "", "お客さまからの質問をまとめました。", "", *pairs)
    assert len(article.qa_pairs) == len(TROUBLES)


TEXT = "川は広い。橋は古い。"
# Lines below a title, and the roles they must have.
ROLES: dict[str, tuple[tuple[str, ...], str]] = {
    "a family inside one section is a part of it": (
        (TEXT, "■春", TEXT, "①花", TEXT, "②鳥", TEXT, "■夏", TEXT),
        "para heading para subheading para subheading para heading para",
    ),
    "a mark behind the last heading is level with it": (
        (TEXT, "1. 春", TEXT, "2. 夏", TEXT, "【資料】", TEXT, "【地図】", TEXT),
        "para heading para heading para heading para heading para",
    ),
    "lines that later ones repeat are the contents": (
        (TEXT, "道すじ", "川の名", "橋の名", "", "川の名", TEXT, "橋の名", TEXT),
        "para toc toc toc blank heading para heading para",
    ),
    "a form with repeated titles lies below bare headings": (
        (TEXT, "", "川の名", "", TEXT, "", "○ 長所", TEXT, "", "橋の名", "", TEXT, "", "○ 長所", TEXT),
        "para blank heading blank para blank subheading para blank heading blank para blank subheading para",
    ),
    "a short line that stands alone as the headings do is one": (
        (TEXT, "", "■春", "", TEXT, "", "■夏", "", TEXT, "", "橋の名", "", TEXT),
        "para blank heading blank para blank heading blank para blank heading blank para",
    ),
    "bare lines between sentences hold the numbered ones": (
        (TEXT, "春の会", TEXT, "①花", TEXT, "②鳥", TEXT, "夏の会", TEXT),
        "para heading para subheading para subheading para heading para",
    ),
    "bare lines that stand alone hold the numbered ones": (
        (TEXT, "", "春の会", "", TEXT, "", "1. 花", TEXT, "", "2. 鳥", TEXT, "", "3. 虫", TEXT, "", "夏の会", "", TEXT),
        "para blank heading blank para blank subheading para blank subheading para blank subheading para blank heading blank para",
    ),
    "labels above the text are no turns": (
        ("司会：本誌・森", "", "森：橋は古いですか。", "谷：古いです。", "森：川は。", "谷：広いです。"),
        "meta blank turn turn turn turn",
    ),
    "a paragraph of labels tells of the text": (
        ("", "市民講座 第14回", "日時　1月26日", "", TEXT),
        "blank meta meta blank para",
    ),
    "rows with as many bars are a table": ((TEXT, "川｜長さ", "谷川｜3km", TEXT), "para table table para"),
    "a command behind its prompt is code": ((TEXT, "$ ls -l", TEXT), "para code para"),
    "what stands two blanks deeper is quoted": ((TEXT, "　　三月九日　みぞれ", TEXT), "para quote para"),
    "a note with its text ends with its line": ((TEXT, "（注）川は二本。", TEXT), "para note para"),
    "a line right below a picture is its words": ((TEXT, "[画像：橋]", "朝の橋。右が川", TEXT), "para link meta para"),
    "sentences behind one mark are a list": ((TEXT, "○ 川は広い。", "○ 橋は古い。", TEXT), "para list list para"),
    "a lone ornament divides": ((TEXT, "◇", TEXT), "para divider para"),
    "words below a picture that is not there are a note": ((TEXT, "▲朝の橋。右が川", TEXT, "写真1　夜の橋", TEXT), "para note para note para"),
    "words below a picture above the text open nothing": (("", "▲朝の橋。右が川", "", TEXT), "blank meta blank para"),
    "a box between the only two dividers of a form promotes": (
        (TEXT, "■春", TEXT, "------", "☆新米の予約を始めました。", "https://example.jp/", "------", TEXT, "■夏", TEXT),
        "para heading para divider promo link divider para heading para",
    ),
    "short lines that a sentence announces are a list": (
        (TEXT, "", "春の会", "", TEXT, "", "次の三つをやめました。", "", "鍵の当番", "花の水やり", "紙の日誌", "", TEXT, "", "夏の会", "", TEXT),
        "para blank heading blank para blank para blank list list list blank para blank heading blank para",
    ),
    "a heading stays above a list that nothing announces": (
        (TEXT, "", "春の会", TEXT, "", "持ちもの", "水とう", "上ばき", "ぼうし", "", "夏の会", TEXT),
        "para blank heading para blank heading list list list blank heading para",
    ),
    "a letter's numbered lines are a list to their end": (
        (TEXT, "記", "１　日時　　４月１日", "２　場所　　橋の上", "３　内容　　次のとおりです。", "　(1) 川の話", "４　費用　　百円とします。当日", "　　　　　　集めます。", "以上"),
        "para heading list list list list list list meta",
    ),
    "steps right below a heading are its parts": (
        (TEXT, "●道具", TEXT, "●手順", "手順1　測る", TEXT, "手順2　切る", TEXT, "●片づけ", TEXT),
        "para heading para heading subheading para subheading para heading para",
    ),
    "names below most headings are bylines": (
        (TEXT, "■春", "会計　森", TEXT, "■夏", "防犯部　谷", TEXT, "■秋", TEXT),
        "para heading meta para heading meta para heading para",
    ),
    "what comes again below each heading heads a part": (
        (TEXT, "■春", "長所", TEXT, "短所", TEXT, "■夏", "長所", TEXT, "短所", TEXT),
        "para heading subheading para subheading para heading subheading para subheading para",
    ),
    "a longer line in the place of bare headings is one": (
        (TEXT, "", "春の会", TEXT, "", "困ったこと、よかったこと", TEXT, "", "夏の会", TEXT, "", "橋は渡れるか？", TEXT),
        "para blank heading para blank heading para blank heading para blank heading para",
    ),
    "names that stand alone above what is said are speakers": (
        (TEXT, "", "森", "橋は古いですか。", "", "谷", "古いです。", "", "森", "川は。", "", "谷", "広いです。"),
        "para blank turn turn blank turn turn blank turn turn blank turn turn",
    ),
    "A speaks where B does": (
        (TEXT, "Ａ：橋は古いな。", "Ｂ：古いです。", "Ａ：川は。", "Ｂ：広いです。"),
        "para turn turn turn turn",
    ),
    "a sender's last lines tell of the text": ((TEXT, TEXT, "", "2025年4月1日", "川の会 編集部"), "para para blank meta meta"),
    "contents with pages repeat headings": (
        (TEXT, "もくじ", "1-1　春 …… 2", "1-2　夏 …… 4", "1-1　春", TEXT, "1-2　夏", TEXT),
        "para toc toc toc heading para heading para",
    ),
    "wrapped text begins with its first line": (
        ("", *(["朝早く家を出て川沿いの道を歩きはじめると橋の向こうに山が見えて", "きた。"] * 4)),
        "blank para para para para para para para para",
    ),
    "numbers count apart from lists in their form": (
        (TEXT, "1. 春", TEXT, "2. 夏", "1. 川の長さ", "2. 橋の数", TEXT, "3. 秋", TEXT),
        "para heading para heading list list para heading para",
    ),
    "columns are a table, whatever they begin with": (
        (TEXT, "■春", "日　　曜　　行事", "4　　 火　　川の会", "7　　 金　　橋の会", "■夏", TEXT),
        "para heading table table table heading para",
    ),
    "a row of tabs below a heading is a table": (("■春", "川\t長さ", "谷川\t3", TEXT, "■夏", TEXT), "heading table table para heading para"),
    "commands set in are code": ((TEXT, "", "    git commit -a", "", TEXT), "para blank code blank para"),
    "a line set deep between paragraphs is quoted": ((TEXT, "", "　　川ハ広ク", "", TEXT), "para blank quote blank para"),
    "numerals alone head sections": ((TEXT, "", "　　一", "", TEXT, "", "　　二", "", TEXT), "para blank heading blank para blank heading blank para"),
    "a voice that is announced is quoted": (
        ("森は次のように述べています。", "「川は広い。橋は古い。渡れ」", "「これは本の題と同じ」と聞いた。"),
        "para quote para",
    ),
    "when and where tell of an event": ((TEXT, "日時：6月9日", "集合：橋の上", TEXT), "para meta meta para"),
    "who answered belongs to the answer": (("問　橋は古いか。", "答　古い。", "（土木課長）", "問　川は。", "答　広い。"), "question answer answer question answer"),
    "what the contents do not name is a part": (
        (TEXT, "目次", "・春", "・夏", "・秋の川", "", "春", TEXT, "", "STEP1 花", TEXT, "", "STEP2 鳥", TEXT, "", "夏", TEXT, "", "秋の川", TEXT),
        "para toc toc toc toc blank heading para blank subheading para blank subheading para blank heading para blank heading para",
    ),
    "last lines that point out a channel promote": (
        (TEXT, TEXT, TEXT, "続きは会員ページをご覧ください。"),
        "para para para promo",
    ),
    "speakers are named in one form, each but once": (
        (TEXT, "（会長）橋は古いか。", "（森理事）古いです。", "（会長）川は。", "（谷理事）広いです。", "（林監事）深いです。", "（会長）分かった。"),
        "para turn turn turn turn turn turn",
    ),
    "what does not hang below a name is told": (
        (TEXT, "森：橋は古いですか。", "谷：古いです。", "　　　川も古い。", "森：川は。", "谷：広いです。", "一同は橋を渡った。"),
        "para turn turn turn turn turn para",
    ),
    "a box that leads into a sentence labels a note": (
        (TEXT, "1. 春", TEXT, "【川の声】", TEXT, "2. 夏", TEXT),
        "para heading para note_label note heading para",
    ),
    "a remark in brackets is a note": ((TEXT, "（お名前はお許しを得て載せました。）", TEXT), "para note para"),
    "a noun with its address is a link": ((TEXT, "申込フォーム　https://example.jp/a", TEXT), "para link para"),
    "who takes part is told above the text": (
        ("◆出席者（敬称略）", "森　一郎（大工）", "谷　花子（元教諭）", "", TEXT),
        "meta meta meta blank para",
    ),
    "who somebody is stands above the text": (("森　一郎　1969年、長崎県生まれ。橋の検査を三十年。", "", TEXT), "meta blank para"),
    "when something was founded may open a text": (("", "川の会は、1958年に設立された。", TEXT), "blank para para"),
    "letters that count are a list": ((TEXT, "ア　市民病院", "イ　駅の東口", "ウ　図書館", TEXT), "para list list list para"),
    "three lines of a mark beside each other are a list": (
        (TEXT, "○春の会", TEXT, "○夏の会", TEXT, "○花の水やり", "○鍵の当番", "○紙の日誌", TEXT),
        "para heading para heading para list list list para",
    ),
    "a company's rows tell of it": (
        (TEXT, "■春", TEXT, "■夏", TEXT, "■工房の概要", "商号：川の工房", "創業：1958年", "事業内容：橋の修理"),
        "para heading para heading para heading meta meta meta",
    ),
    "what hangs below a question is asked": (
        (TEXT, "――橋は古いですか。", "　　　たとえば石の橋は。", "古いです。", "――川は。", "広いです。"),
        "para question question answer question answer",
    ),
    "a lone starred sentence is a note": ((TEXT, "* 川の名は『川の友』に詳しい。", TEXT), "para note para"),
    "a letter's 記 above headings heads nothing": (
        (TEXT, "記", "", "１　期間", TEXT, "２　場所", TEXT),
        "para meta blank heading para heading para",
    ),
    "what is quoted below a heading of letters asks": (
        (TEXT, "■春", TEXT, "■お便り", "＞橋はいつ渡れますか。", "", "朝です。", "", "＞川は？", "", "広いです。", "■夏", TEXT),
        "para heading para heading question blank answer blank question blank answer heading para",
    ),
    "verses between blank lines are quoted": (
        ("　" + TEXT, "", "　　川に火を入れず", "　　よくながれたり", "", "　" + TEXT),
        "para blank quote quote blank para",
    ),
    "a paragraph set in among such as are not is quoted": (
        (*(TEXT, "") * 4, "　" + TEXT, "", TEXT),
        " ".join(["para blank"] * 4) + " quote blank para",
    ),
    "a short line at the right signs": ((TEXT, "", "　　　　　　　　　代表　森　一郎", "", TEXT), "para blank meta blank para"),
    "short lines that an answer announces are a list": (
        ("Q. 何で払えますか。", "A. 次の方法があります。", "現金", "川の券", "はがき", "Q. 橋は。", "A. あります。"),
        "question answer list list list question answer",
    ),
    "ways to other pages are links": (
        ("ホーム > 川 > 橋", "", TEXT, "ページの先頭へ", TEXT, "<< 前の記事「川」", "会社案内 | 個人情報 | サイトマップ"),
        "meta blank para link para link link",
    ),
    "names of columns stand above their table": (
        (TEXT, "　　　　　　　　白　　青", "橋の数　　　　　8　　　6", "川の数　　　　　7　　　11", "石の数　　　　　12　　10"),
        "para table table table table",
    ),
    "an editor's note in any bracket is one": (
        ("森：橋は古いですか。", "谷：古いです。", "［編者注：百年前の橋である。］", "森：川は。", "谷：広いです。"),
        "turn turn note turn turn",
    ),
    "letters that count are no speakers": (
        (TEXT, "ア　橋を直した。", "イ　川を掘った。", TEXT, "ア　石を積んだ。", "イ　土を盛った。"),
        "para list list para list list",
    ),
    "voices in a row are turns": (
        (TEXT, "森主将「橋は古い。だから直す」", "谷「川は広いです。泳げます」", "監督「石は重い。だが運ぶ」"),
        "para turn turn turn",
    ),
    "dialogue in a tale is told": (
        (TEXT, "「鳴きます。うん、と言うんです」", "「いま、鳴いてませんね」", "「お客さんがいると黙るんです」", "「そう」", TEXT),
        "para para para para para para",
    ),
    "a line that begins with a particle goes on": (
        ("橋を渡る人が川を見て、朝の町", "は明るい。", TEXT),
        "para para para",
    ),
    "a column answers a single question": (
        ("人生相談", "", "●相談", "川で泳げますか。", "", "●回答　森（教諭）", "泳げます。"),
        "meta blank question question blank answer answer",
    ),
    "an end mark between dashes heads nothing": ((TEXT, "", "――おしまい――", "※名前は変えています。"), "para blank meta note"),
    "names in Markdown's bold are speakers where one comes again": (
        (TEXT, "**森（川の会）**: 橋は古いです。", TEXT, "", "**谷**: 直せますか。", "", "**森（川の会）**: 直せます。"),
        "para turn turn blank turn blank turn",
    ),
    "a letter to a programme is quoted": (
        ("森「橋は古いですね。」", "谷「古いです。」", "ラジオネーム・渡し守さん　「川は広いですか。泳げますか。」", "森「広いですよ。」", "谷「泳げます。」"),
        "turn turn quote turn turn",
    ),
    "what somebody is said to say is quoted": (
        (TEXT, "店主いわく、", "「橋が古いから、毎朝見とるだけ」", "とのこと。", TEXT),
        "para para quote para para",
    ),
    "titles of a mark above addresses are a list": (
        (TEXT, "【春】", TEXT, "▽橋の数え方（県）", "https://example.jp/a", "三分で読めます。", "▽川の地図", "https://example.jp/b", "大きな図です。", "【夏】", TEXT),
        "para heading para list link para list link para heading para",
    ),
    "a polite aside in an answer is answered": (
        ("Q. 橋は。", "A. 渡れます。", "（雪の日は、朝だけ閉めています）", "Q. 川は。", "A. 広いです。"),
        "question answer answer question answer",
    ),
    "questions may have two numbers": (("Q1-1　橋は古い。直せますか。", "直せます。", "Q1-2　川は。", "広いです。"), "question answer question answer"),
    "a row that leads to an address is a link": ((TEXT, "→ 川の記録の見方：https://example.jp/a", TEXT), "para link para"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "roles"), ROLES.values(), ids=ROLES)
def test_roles_follow_from_the_whole_text(lines: tuple[str, ...], roles: str) -> None:
    assert " ".join(structure_of("川と橋を歩いた一日の記録", *lines).roles) == f"title {roles}"


TITLES: dict[str, tuple[tuple[str, ...], str]] = {
    "framed": (("━━━━", "川の便り 第3号", "━━━━", "", TEXT, "■春", TEXT, "■夏", TEXT), "川の便り 第3号"),
    "marked as the headings": (("■川の便り", "2025年4月1日発行", "", "■春", TEXT, "■夏", TEXT), "川の便り"),
    "a known title": (("よくあるご質問", "", "Q. 広いですか。", "A. 広いです。"), "よくあるご質問"),
    "a sentence without a stop": (("2025年4月1日", "", "川の会を開きました", "", TEXT), "川の会を開きました"),
    "one word": (("会議録", "日時：4月1日", "", TEXT), "会議録"),
    "a letter's": (("4月1日", "保護者の皆様", "みどり小学校", "校長　佐藤 一郎", "", "遠足のお知らせ", "", TEXT, "", "持ち物", "", TEXT), "遠足のお知らせ"),
    "below the name of a blog": (("スタッフブログ", "発注を紙のカードに戻しました", "2025年4月1日　森", "", TEXT), "発注を紙のカードに戻しました"),
    "below a name that only is shorter": (("のんびり台所帖", "梅仕事の前に知りたい五つのこと", "2025年4月1日", "", "梅仕事は楽しい。"), "梅仕事の前に知りたい五つのこと"),
    "below a series and its number": (("月刊 川の友　第12号", "川の科学箱　第三話", "橋はなぜ落ちないのか", "文　森 一郎", "", TEXT), "橋はなぜ落ちないのか"),
    "below a document's number and sender": (("７土第１８４号", "令和７年４月１日", "川沿いの皆様", "土木部道路課長", "橋の工事について（お知らせ）", TEXT), "橋の工事について（お知らせ）"),
    "a sentence between a series and a byline": (("連載「町の仕事」　第3回", "本屋の会に行ってきました", "つむぎ｜書店員7年目", "2025年4月1日 21:14", "", TEXT), "本屋の会に行ってきました"),
    "below a date": (("木曜の橋の上", "2025-04-01 10:15", "石の橋と、落とした手帳", "", TEXT), "石の橋と、落とした手帳"),
    "with a full stop inside, below an organisation": (("川の会", "2025年4月1日", "橋をなおして半年。わかったことを書きます", "", TEXT), "橋をなおして半年。わかったことを書きます"),
    "above tags, below a document's number": (("土木課　第12-034号", "橋の工事", "#川 #橋", "", TEXT), "橋の工事"),
    "below a word in brackets that looks like a heading": (("【寄稿】", "町の橋を歩く", "", "【春】", TEXT, "【夏】", TEXT), "町の橋を歩く"),
    "with the kind of text before it": (("対談：祭りを小さくするという選択", "まちの記録部　編", "", TEXT), "対談：祭りを小さくするという選択"),
    "above a numbered date": (("川の会　運営会議　要旨", "", "１　日　時　　４月１日（金）　午後６時３０分から８時まで", "", TEXT), "川の会　運営会議　要旨"),
    "a mail's subject": (("From: 川の会 <a@example.jp>", "Subject: [kawa:12] 橋の工事", "", TEXT), "橋の工事"),
    "with a date of its issue": (("川の便り", "人口 41人　世帯 12", "2025年4月1日", "", TEXT), "川の便り"),
    "a fiscal year": (("令和7年度 川の会 会議録", "", "日時　4月1日", "事務局　館長、係長", "", TEXT), "令和7年度 川の会 会議録"),
    "below an issue in midst of its line": (("川の館　館報 No.31　《座談会》", "", "捨てられなかった橋", "―― 川の町に残すもの ――", "", TEXT), "捨てられなかった橋"),
    "in a box that no heading shares": (("川の会　活動報告（臨時号）", "【橋と川のあらまし】", TEXT, "１　春", TEXT, "２　夏", TEXT), "橋と川のあらまし"),
    "on two lines": (("件名：「広い」の一語を訳さずに済ませるために、", "　　　わたしが川でしていること", "", TEXT), "「広い」の一語を訳さずに済ませるために、わたしが川でしていること"),
    "above a polite subtitle": (("2025年4月1日", "記者発表資料", "橋の工事を東部で開始します", "～工事は四月から。通行止めは夜だけ～", TEXT), "橋の工事を東部で開始します"),
    "above numbered labels": (("川の町協議会", "令和７年度 第３回役員会 議事録（案）", "１．日　時　　令和７年９月18日（木）", "２．場　所　　公民館", "", TEXT), "令和７年度 第３回役員会 議事録（案）"),
    "above the officer who wrote it": (("消えた橋をさがして", "２０２５年３月", "郷土を歩く会　代表　　森　一郎（元教諭）", "", TEXT), "消えた橋をさがして"),
    "with ornaments": (("━━━━", "　★☆ 川の湯ニュース ☆★", "第34号　2025/9/1発行", "━━━━", "", TEXT), "川の湯ニュース"),
    "below whom it is for": (("医療法人川の会　川の病院", "患者さま・ご家族の皆さまへ", "", "検査の前にお読みください", "2025年10月　改訂第3版", "", TEXT), "検査の前にお読みください"),
    "a request's, between two offices": (("令和7年10月3日", "", "川の市長　森　一郎　様", "", "橋を守る会", "代表　谷　花子", "", "橋の存続を求める要望書", "", TEXT), "橋の存続を求める要望書"),
    "the only line of Markdown's rank": (("カテゴリ：日記", "公開：2025/10/03", "# 橋に行ったら猫しかいなかった", "", TEXT, "", "■春", TEXT, "", "■夏", TEXT), "橋に行ったら猫しかいなかった"),
    "with a date in what happens": (("川の館", "", "夜だけ開く図書室「灯の間」を6月7日に開設", "", TEXT), "夜だけ開く図書室「灯の間」を6月7日に開設"),
    "above rows of people": (("特集２　川の町", "橋の下で", "出席者（五十音順）", "森 一郎　　橋守り。三代目", "谷 花子　　元教諭。渡し船の会", "", TEXT), "橋の下で"),
    "that begins as a question's mark does": (("川の町議会だより　第152号　（6～7ページ）", "一般質問　４人の議員が町政をただす（９月定例会）", "", TEXT), "一般質問　４人の議員が町政をただす（９月定例会）"),
    "below the book that holds it": (("『川の聞き書き集』第3輯　所収", "", "塩田から製紙へ――森さんの語り", "", TEXT), "塩田から製紙へ――森さんの語り"),
    "above a book's data": (("川の余白を読む", "評・森 透（教諭）", "", "『川の石』", "谷ひさ子 著／川書房／四六判 312ページ／2,640円", "", TEXT), "川の余白を読む"),
    "below who reports": (("川のクラブ　マッチレポート", "逆転のラスト4分！　準決勝を突破", "", TEXT), "逆転のラスト4分！　準決勝を突破"),
    "above a greeting": (("【1泊2日】川の町。なにもしなかった話", "2025.06.29", "", "こんにちは、もりです！", "", TEXT), "【1泊2日】川の町。なにもしなかった話"),
    "above a date in kanji": (("川の寺だより　第五十二号", "令和七年七月一日　盂蘭盆号", "", "■春", TEXT, "■夏", TEXT), "川の寺だより　第五十二号"),
    "above a diary's first day": (("山の小屋日記（七月）", "", "七月三日　晴れ", TEXT, "", "七月五日　雨", TEXT), "山の小屋日記（七月）"),
    "below where a page is": (("ホーム > 川の町 > よくあるご質問", "", "よくあるご質問", "", "Q. 広いですか。", "A. 広いです。"), "よくあるご質問"),
    "below a series and its number in brackets": (("川の町だより　連載「橋のこちら側」(34)", "渡る橋、どこまで様子を見ますか", "川の医院　院長　谷 花子", "", TEXT), "渡る橋、どこまで様子を見ますか"),
    "below a newspaper's page": (("川の町新聞　くらし面", "渡る橋、どこまで様子を見ますか", "谷 花子", "", TEXT), "渡る橋、どこまで様子を見ますか"),
    "above the theme of a programme": (("FM川「夕方の橋」9月26日放送分　書き起こし", "テーマ　わが家の橋", "", "森「橋の日です」", "谷「いい日です」", "森「古い橋だ」", "谷「直そう」"), "FM川「夕方の橋」9月26日放送分　書き起こし"),
    "whom it is for, in a phrase": (("川の土地改良区　お知らせ第38号", "令和6年8月", "", "水路に小さな水車を付けたい方へ", "", TEXT), "水路に小さな水車を付けたい方へ"),
    "an issue's, above who sends it": (("週末に渡りたい「橋」のリンク集 #31", "川の研究室 by 森リク", "Sep 19, 2025", "", TEXT), "週末に渡りたい「橋」のリンク集 #31"),
    "above a text that asks its reader at once": (("川の病院　広報誌　vol.52", "健康コラム", "知っておきたい「夜中の橋」", "橋守り　森　一郎", "夜中に橋から落ちかけたことはありませんか？", TEXT, "●春", TEXT, "●夏", TEXT), "知っておきたい「夜中の橋」"),
    "that asks, above its date": (("川の会", "橋を渡ったことはありますか？", "2025年4月1日", "", TEXT), "橋を渡ったことはありますか？"),
    "below a date with its label": (("掲載：2025/10/06　保全課　森", "公開範囲：全社員", "「古い橋の歩き方」見学会　実施報告", TEXT), "「古い橋の歩き方」見学会　実施報告"),
    "below a masthead between rules": (("━━━━", "川の町通信　第88号（2024年10月4日）", "━━━━", "夜の橋に灯りをひとつ", "", TEXT, "■春", TEXT, "■夏", TEXT), "夜の橋に灯りをひとつ"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "title"), TITLES.values(), ids=TITLES)
def test_the_title_is_found(lines: tuple[str, ...], title: str) -> None:
    assert structure_of(*lines).title == title


ENDS: dict[str, tuple[tuple[str, ...], list[Kind]]] = {
    "what has its own heading behind the closing promotes": (
        ("■春", TEXT, "■おわりに", TEXT, "■次の会のこと", TEXT, "https://example.jp/"),
        [Kind.BODY, Kind.OUTRO, Kind.PROMO],
    ),
    "a section of links at the end promotes": (("■春", TEXT, "■夏", TEXT, "■ページ", "https://example.jp/"), [Kind.BODY, Kind.BODY, Kind.PROMO]),
    "a title that only sounds like a closing does not close before others": (
        ("■道のおわり", TEXT, "■夏", TEXT),
        [Kind.BODY, Kind.BODY],
    ),
    "what calls behind the last divider promotes": (
        ("■春", TEXT, "■夏", TEXT, "----", "♡を押していただけると、力になります。", "https://example.jp/"),
        [Kind.BODY, Kind.BODY, Kind.PROMO],
    ),
    "what stands behind the last of several breaks does not close": (
        ("■春", TEXT, "◇◇◇", TEXT, "■夏", TEXT, "◇◇◇", TEXT),
        [Kind.BODY, Kind.BODY],
    ),
    "what stands behind the last divider closes": (
        ("■春", TEXT, "■夏", TEXT, "◇◇◇", TEXT),
        [Kind.BODY, Kind.BODY, Kind.OUTRO],
    ),
    "an offer of one's own promotes where it points out how": (
        ("■春", TEXT, "■夏", TEXT, "■見学のご案内", "毎月見学を行っています。", "電話 000-000-0000"),
        [Kind.BODY, Kind.BODY, Kind.PROMO],
    ),
    "links behind a divider promote without a sentence": (
        ("■春", TEXT, "■夏", TEXT, "====", "★川の便りをご紹介ください★", "登録はこちらから　https://example.jp/a", "停止はこちらから　https://example.jp/b"),
        [Kind.BODY, Kind.BODY, Kind.PROMO],
    ),
    "what is talked about to the end is no closing": (
        ("■最後の一本", "森：橋は古いですか。", "谷：古いです。", "森：川は。", "谷：広いです。"),
        [Kind.QA],
    ),
    "a few words within a section make no talk": (
        ("■春", TEXT, TEXT, TEXT, TEXT, TEXT, "森：橋は古いな。", "谷：古いです。", "森：川は。", "谷：広いです。", "■夏", TEXT),
        [Kind.BODY, Kind.BODY],
    ),
    "a paragraph behind the last answer closes, where no other goes on": (
        ("Q. 橋は。", "", "A. 古いです。", "", "Q. 川は。", "", "A. 広いです。", "", "Q. 魚は。", "", "A. います。", "", TEXT),
        [Kind.QA, Kind.OUTRO],
    ),
    "a paragraph behind the last turn closes an interview": (
        ("■春", "森：橋は古いですか。", "谷：古いです。", "森：川は。", "谷：広いです。", "", TEXT, "■プロフィール", "谷　1973年生まれ。"),
        [Kind.QA, Kind.OUTRO, Kind.PROMO],
    ),
    "what is told behind talk closes it": (
        ("■春", "森：橋は古いですか。", "谷：古いです。", "■夏", "森：川は。", "谷：広いです。", "■石のこと", TEXT),
        [Kind.QA, Kind.QA, Kind.OUTRO],
    ),
    "a mail's signature promotes": (
        ("■春", TEXT, "■夏", TEXT, "■秋", TEXT, "-- ", "森　一郎（もり・いちろう）　翻訳業", "mori@example.org", "https://example.org/mori/"),
        [Kind.BODY, Kind.BODY, Kind.BODY, Kind.PROMO],
    ),
    "the only signed part at the end closes": (
        ("■春", TEXT, "■夏", TEXT, "■秋", TEXT, "■窓のそと", "燕の巣が残っています。来年も来るでしょうか。（森）"),
        [Kind.BODY, Kind.BODY, Kind.BODY, Kind.OUTRO],
    ),
    "a farewell behind a blank line closes": (
        ("■春", TEXT, "", "■夏", TEXT, "", "■秋", TEXT, "", "次号は四月です。", "森　一郎"),
        [Kind.BODY, Kind.BODY, Kind.BODY, Kind.OUTRO],
    ),
    "scenes without headings are sections": (("", "＊", "", TEXT, "", "＊", "", TEXT), [Kind.BODY, Kind.OUTRO]),
    "an offer with talk alone before it promotes": (
        ("■春", "森：橋は古いですか。", "谷：古いです。", "■夏", "森：川は。", "谷：広いです。", "■見学のご案内", TEXT),
        [Kind.QA, Kind.QA, Kind.PROMO],
    ),
    "a house with its hours and telephone promotes": (
        ("■春", TEXT, "■夏", TEXT, "", "【川村医院】", "川町2丁目　橋のとなり", "診療　月・火 9時〜18時", "電話　000-000-0000"),
        [Kind.BODY, Kind.BODY, Kind.PROMO],
    ),
    "who wrote it, behind a divider, promotes": (
        ("■春", TEXT, "■夏", TEXT, "----", "森一郎（もり・いちろう）　1974年、川町生まれ。橋守り。"),
        [Kind.BODY, Kind.BODY, Kind.PROMO],
    ),
    "what looks to the next year closes": (("■春", TEXT, "■夏", TEXT, "■秋", TEXT, "■来年のこと", TEXT), [Kind.BODY, Kind.BODY, Kind.BODY, Kind.OUTRO]),
    "what is told of an event does not promote for what calls behind a divider": (
        ("■春", TEXT, "■夏", TEXT, "■決勝のお知らせ", TEXT, "", "-----", "", "部員を募集しています。", "申し込み　https://example.jp/"),
        [Kind.BODY, Kind.BODY, Kind.BODY, Kind.PROMO],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "kinds"), ENDS.values(), ids=ENDS)
def test_the_end_is_known_by_its_place(lines: tuple[str, ...], kinds: list[Kind]) -> None:
    sections = structure_of("川と橋を歩いた一日の記録", "", TEXT, *lines).sections
    assert [s.kind for s in sections] == [Kind.INTRO, *kinds]


PIECES = (
    "", "", "---", "```", "# 題", "## 節", "1. 一つ", "2. 二つ", "■見出し", "Q. 何か？", "A. そうです。", "※注", "▼補足", "- 項目", "| a | b |", "> 引用", "https://example.jp/",
    "山田：はい。", "鈴木：いいえ。", "――なぜですか。", "2025年4月1日", "本文です。", "フォローお願いします", "目次", "おわりに", "（写真：駅前）", ":::", "　", "①まる", "Ⅰ　章",
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(PIECES), st.text(max_size=20).map(lambda t: clean(t).replace("\n", " "))), max_size=30
    )
)
def test_any_lines_in_any_order_are_all_accounted_for(lines: list[str]) -> None:
    for name in ("a.txt", "a.md"):
        article = find_structure(Source(name, "\n".join(lines), "utf-8", name))
        hold_every_line(article)
        script = narrate(article, ScriptConfig())
        spoken = {n for chapter in script.chapters for line in chapter.lines for n in line.source}
        dropped = {d.line for d in script.dropped}
        assert {n for n, text in enumerate(article.source.lines, 1) if text.strip()} <= spoken | dropped
        assert all(chapter.lines for chapter in script.chapters)


def hold_every_line(article: Article) -> None:
    told = [n for section in article.sections for block in section.blocks for n in block.lines]
    dropped = {d.line: d.reason for d in article.dropped}
    assert len(told) == len(set(told))
    assert not set(told) & set(dropped)
    every = {n for n, text in enumerate(article.source.lines, 1) if text.strip()}
    assert every == {n for n in {*told, *dropped} if article.source.lines[n - 1].strip()}
    assert all(dropped.values())
    assert all(s.end < t.start for s, t in zip(article.sections, article.sections[1:], strict=False))


@pytest.mark.parametrize(
    "turns",
    [("[00:00:15] 森", "[00:01:02] 谷さん"), ("(1:15) 森：", "(2:02) 谷さん："), ("森 00:15", "谷 01:02"), ("０：１５　森", "１：０２　谷さん")],
)  # fmt: skip
def test_a_recorder_names_who_speaks_beside_the_time(turns: tuple[str, str]) -> None:
    told = [line for _ in range(2) for turn in turns for line in (turn, "橋は古いですが、まだ丈夫です。")]
    found = structure_of("川のラジオ　書き起こし", "", TEXT, "", "■橋のこと", *told)
    assert found.speakers == tuple(turn.strip("[]()0123456789０-９：:１２５　 ") for turn in turns)
    assert set(found.roles[5:]) == {Role.TURN}


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("【ご相談】", "【お答え】"),
        ("【もんだい】", "【こたえ】"),
        ("〈クイズ〉", "〈正解〉"),
        ("［質問］", "［回答］"),
    ],
)
def test_a_single_boxed_pair_asks_and_answers_and_a_column_of_another_mark_does_not(asks: str, answers: str) -> None:
    found = structure_of("川の便り", "", TEXT, "", "◎橋", asks, TEXT, answers, TEXT, "", "◎今月のひとこと", TEXT)
    assert [(p.q, p.a) for p in found.qa_pairs] == [((6, 7), (8, 9))]
    assert found.roles[10] is Role.HEADING


def test_who_asks_stands_below_a_heading_without_blank_lines() -> None:
    rows = [
        line
        for name in ("森 一郎", "谷 花", "川村 次郎")
        for line in (f"{name[0]}の橋をどう守るか", f"{name} 議員（川の会）", "問　橋は。", "答　守ります。", "再問　川は。", "答　広げます。")
    ]  # fmt: skip
    found = structure_of("市議会だより", TEXT, *rows, "このほか、魚について質問がありました。")
    assert [s.title for s in found.sections if s.title] == [
        "森の橋をどう守るか",
        "谷の橋をどう守るか",
        "川の橋をどう守るか",
    ]
    assert len(found.qa_pairs) == 6
    assert found.roles[3] is Role.META
    assert found.roles[-1] is Role.PARA


def test_an_answer_that_invites_further_questions_goes_on() -> None:
    found = structure_of(
        "よくある質問",
        "",
        TEXT,
        "",
        "Q. 橋は。",
        "A. 古いです。",
        "そのほか、ご質問がありましたらお電話ください。",
        "",
        "Q. 川は。",
        "A. 広いです。",
    )
    assert found.roles[6] is Role.ANSWER


def test_a_single_pair_of_which_only_one_is_boxed_is_none() -> None:
    found = structure_of("川と橋を歩いた一日の記録", "", TEXT, "", "【質問】", TEXT, "", "友人より", TEXT)
    assert Role.QUESTION not in found.roles
