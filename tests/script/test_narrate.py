"""Narration rules beyond their golden pairs: what the configuration changes, and polite endings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from briefing.config import PhrasesConfig, ScriptConfig
from briefing.errors import ScriptError
from briefing.model import Script, Source
from briefing.script import Delivery, find_structure, hold_fidelity, narrate, with_length_told
from briefing.script.polite import to_polite
from briefing.sources import read_source

PAIRS = Path(__file__).parent.parent / "golden" / "narration"
FILES = sorted(p for p in PAIRS.iterdir() if p.suffix in (".txt", ".md") and ".script" not in p.name)


def texts(script: Script) -> list[str]:
    return [line.text for chapter in script.chapters for line in chapter.lines]


def script_of(name: str, config: ScriptConfig, delivery: Delivery | None = None) -> Script:
    return narrate(find_structure(read_source(PAIRS / name)), config, delivery)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_verbatim_says_only_what_the_article_says(path: Path) -> None:
    script = script_of(path.name, ScriptConfig(style="verbatim"))
    assert all(line.source for chapter in script.chapters for line in chapter.lines)
    raw = path.read_text(encoding="utf-8").split("\n")
    for line in (line for chapter in script.chapters for line in chapter.lines):
        own = "".join(raw[n - 1] for n in line.source)
        assert set(line.text) <= {*own, "。", "、", "で", "す"}  # a full stop, a comma between cells, 「補足です。」


def test_an_article_as_one_episode_tells_its_themes_and_length() -> None:
    delivery = Delivery(per_section=False, seconds_of=lambda line: 30)
    told = texts(script_of("notes.txt", ScriptConfig(), delivery))
    assert told[:3] == ["落ち葉の集め方。", "3つのテーマでお届けします。", "およそ6分です。"]
    assert told.count("落ち葉の集め方。") == 1


def test_a_digest_tells_its_own_length_and_no_number_of_themes() -> None:
    delivery = Delivery(per_section=False, seconds_of=lambda line: 30, minutes=2)
    told = texts(script_of("notes.txt", ScriptConfig(), delivery))
    assert told[:2] == ["落ち葉の集め方。", "およそ2分です。"]


def test_credits_are_said_at_the_end() -> None:
    told = texts(script_of("notes.txt", ScriptConfig(), Delivery(credits=("声の会:はなこ",))))
    assert told[-1] == "声は、声の会:はなこです。"


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("町の催し.txt", "町の催し"),
        ("spring-walk.txt", "spring-walk"),
        ("000_5bd57748c25d4dc8.txt", "春の町を歩く会に、三十人が集まりました。天気に恵…"),
    ],
)
def test_an_article_without_a_title_is_listed_by_its_name_or_its_first_words(name: str, listed: str) -> None:
    text = "春の町を歩く会に、三十人が集まりました。天気に恵まれて、橋まで歩きました。\n来年もまた開きます。\n"
    script = narrate(find_structure(Source(name, text, "text", name)), ScriptConfig())
    assert script.title == listed
    assert name.rsplit(".", 1)[0] not in "".join(texts(script))
    assert [n.message[:12] for n in script.notices] == ["has no title"]


def test_a_page_from_an_address_names_its_site() -> None:
    source = Source(
        "a.txt", "市場の朝\n\n朝は早い。\n", "utf-8", "https://example.com/a", {"author": "北見（漁師、57歳）"}
    )
    told = texts(narrate(find_structure(source), ScriptConfig()))
    assert "もとの記事は、北見、example.comによるものです。" in told


@pytest.mark.parametrize(
    ("name", "rule", "gone"),
    [
        ("notes.txt", "notes", "注釈です。"),
        ("lists.txt", "lists", "1つ目。"),
        ("tables.md", "tables", "表の項目は、区分と一回と一か月です。"),
        ("quotes.md", "quotes", "引用です。"),
        ("code_and_links.md", "code", "ここに2行のコードがあります。もとの記事をご覧ください。"),
        ("code_and_links.md", "links", "リンク先は、もとの記事にあります。"),
        ("references.txt", "references", "記事の図のように、橋の上流に置きます。"),
        ("polite.txt", "polite", "海が見えました。"),
        ("speakers.txt", "introduce", "山岸さん。"),
        ("speakers.txt", "asides", "十年前です。"),
    ],
)
def test_each_rule_can_be_turned_off(name: str, rule: str, gone: str) -> None:
    assert gone in texts(script_of(name, ScriptConfig()))
    without = ScriptConfig(**{rule: False})  # type: ignore[arg-type]
    assert gone not in texts(script_of(name, without))


def test_phrases_are_the_users() -> None:
    config = ScriptConfig(phrases=PhrasesConfig(theme="その{number}。", closing=""))
    told = texts(script_of("notes.txt", config))
    assert "その1。袋に入れる。" in told
    assert "この番組は、合成音声でお届けしました。" not in told


POLITE = """
問題はない。|問題はありません。
高くなかった。|高くありませんでした。
学生ではない。|学生ではありません。
行かなかった。|行きませんでした。
首都であった。|首都でした。
静かだ。|静かです。
行くのである。|行くのです。
雨が降るだろう。|雨が降るでしょう。
帰りたかった。|帰りたかったです。
書かせた。|書かせました。
住んでいない。|住んでいません。
こない。|きません。
信ずる。|信じます。
くださった。|くださいました。
つまらない。|つまらないです。
払わなければならない。|払わなければなりません。
着いた（図1）。|着きました（図1）。
「もう行く。」|「もう行く。」
行くのか。|行くのか。
急げ。|急げ。
知らぬ。|知らぬ。
開館は十時。|開館は十時。
届きます。|届きます。
"""


@pytest.mark.parametrize("row", POLITE.split(), ids=lambda r: r.split("|")[0])
def test_endings_turn_polite(row: str) -> None:
    plain, polite = row.split("|")
    assert to_polite(plain) == polite
    assert to_polite(polite) == polite


WRAPPED = """\
先週の土曜日、港の広場で朝市が開かれました。今回は38の
店が並び、開店前から長い列ができました。魚を買いに来た
人は、前の年より2割ほど多かったそうです。バスで来た人も
いれば、歩いて来た人もいます。
"""


def test_a_sentence_that_a_margin_cut_is_said_whole_and_knows_its_lines() -> None:
    article = find_structure(Source("a.txt", WRAPPED, "utf-8", "a.txt"))
    script = narrate(article, ScriptConfig(opening=False, closing=False))
    hold_fidelity(script, article, ScriptConfig())
    told = [(line.text, line.source) for chapter in script.chapters for line in chapter.lines]
    assert told == [
        ("先週の土曜日、港の広場で朝市が開かれました。", (1,)),
        ("今回は38の店が並び、開店前から長い列ができました。", (1, 2)),
        ("魚を買いに来た人は、前の年より2割ほど多かったそうです。", (2, 3)),
        ("バスで来た人もいれば、歩いて来た人もいます。", (3, 4)),
    ]
    assert script.dropped == ()


def test_an_error_in_a_sentence_that_a_margin_cut_is_found() -> None:
    article = find_structure(Source("a.txt", WRAPPED, "utf-8", "a.txt"))
    script = narrate(article, ScriptConfig(opening=False, closing=False))
    chapter = script.chapters[0]
    for right, wrong in (("38", "39"), ("2割", "3割"), ("多かった", "多くなかった"), ("魚", "肉")):
        lines = tuple(replace(line, text=line.text.replace(right, wrong)) for line in chapter.lines)
        with pytest.raises(ScriptError):
            hold_fidelity(replace(script, chapters=(replace(chapter, lines=lines),)), article, ScriptConfig())


def test_the_length_told_is_that_of_the_lines_as_somebody_else_wrote_them() -> None:
    delivery = Delivery(per_section=False, seconds_of=lambda line: 30.0)
    rules = script_of("notes.txt", ScriptConfig(), delivery)
    first = replace(rules.chapters[0], lines=rules.chapters[0].lines * 3)
    anew = with_length_told(replace(rules, chapters=(first, *rules.chapters[1:])), ScriptConfig(), delivery)
    minutes = round(sum(len(c.lines) for c in anew.chapters) / 2)
    told = [t for t in texts(anew) if t.startswith("およそ")]
    assert set(told) == {f"およそ{minutes}分です。"}
    assert told[0] not in texts(rules)
