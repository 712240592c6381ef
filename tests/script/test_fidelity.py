"""What is said is what was written: planted errors are found, and the rules' own scripts are clean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from briefing.config import ScriptConfig
from briefing.errors import ScriptError
from briefing.model import Article, Line, Role, Script, Source
from briefing.morphology import analyse
from briefing.script import ScriptFile, find_structure, hold_fidelity, narrate, with_edits_told
from briefing.script.changes import find_changes
from briefing.script.coverage import told_texts
from briefing.script.fidelity import find_unfaithful
from briefing.script.terms import terms_of
from briefing.sources import read_source

FOLDER = Path(__file__).parent
CONFIG = ScriptConfig()
TEXT = """# 市の報告

## 催し

会は10時に始まる。三人が話し、約50人が来た。雨は降らなかった。来年も開くかもしれない。

担当は田中さん。会場ではPythonを使う。
"""


def article_of(text: str) -> Article:
    return find_structure(Source("a.md", text, "utf-8", "a.md"))


def lines_of(script: Script) -> list[Line]:
    return [line for chapter in script.chapters for line in chapter.lines]


def with_line(script: Script, old: Line, *new: Line) -> Script:
    """Put other lines in the place of one, which is told by identity."""
    chapters = tuple(
        replace(c, lines=tuple(x for line in c.lines for x in (new if line is old else (line,))))
        for c in script.chapters
    )
    return replace(script, chapters=chapters)


# Planted errors: a spoken text to one that says something else, None where there is nothing to plant.
Mutation = Callable[[str], str | None]
UNITS = {"円": "ドル", "人": "社", "時間": "分", "時": "分", "分": "秒", "%": "割", "％": "割", "年": "か月", "月": "週", "日": "週", "回": "個", "km": "m", "m": "km", "本": "枚", "件": "人", "万": "億", "つ": "組", "度": "回", "冊": "箱", "歳": "か月", "個": "箱", "階": "棟", "種類": "社", "枚": "箱", "キロ": "グラム", "台": "人", "GB": "MB", "kg": "g", "ページ": "冊"}  # fmt: skip
NEGATIONS = (
    (r"ませんでした", "ました"), (r"ません(?=[。か]|$)", "ます"), (r"(?<=[いきしちにびみりえけせてねべめれげじぎ])ました(?=[。が]|$)", "ませんでした"),
    (r"(?<=[いきしちにびみりえけせてねべめれげじぎ])ます(?=[。が]|$)", "ません"), (r"でした(?=[。が]|$)", "ではありませんでした"), (r"です(?=[。が]|$)", "ではありません"),
    (r"なかった(?=[。のと]|$)", "た"), (r"(?<=[らかさたまわばがなれえけせてべめ])ない(?=[。とのこで]|$)", "る"),
)  # fmt: skip
HEDGES = (
    (r"かもしれません", ""), (r"かもしれない", ""), (r"でしょう(?=[。かが]|$)", "です"), (r"だろう(?=[。かが]|$)", "だ"), (r"(?:と|ように)思います", ""),
    (r"と思い?(?:う|った|って)", ""), (r"(?:らしい|のよう|よう)です(?=[。が]|$)", "です"), (r"(?:おそらく|たぶん|きっと|およそ|おおよそ|ほぼ|約(?=[0-9０-９]))", ""),
    (r"(?<=[0-9０-９一-龠])(?:ほど|くらい|ぐらい|程度|ごろ|頃|前後)", ""), (r"はずです", "です"), (r"可能性が(?:あり|高い)", "こと"), (r"見込み", ""), (r"予定", ""),
)  # fmt: skip
NAMES = ("佐久間", "ひより", "ミナト", "凪沙", "緒方", "鵜飼", "エリーゼ")


def first_of(pairs: tuple[tuple[str, str], ...]) -> Mutation:
    def mutate(text: str) -> str | None:
        hit = next(((p, r) for p, r in pairs if re.search(p, text)), None)
        return re.sub(hit[0], hit[1], text, count=1) if hit else None

    return mutate


def next_number(text: str) -> str | None:
    found = re.search(r"[0-9０-９]+(?![.．0-9０-９])", text)
    return f"{text[: found.start()]}{int(found[0]) + 1}{text[found.end() :]}" if found else None


def next_kanji_number(text: str) -> str | None:
    digits = "一二三四五六七八九"
    found = re.search(rf"[{digits}](?=[人日月年回本件個時分枚冊台社度歳円])", text)
    return f"{text[: found.start()]}{digits[(digits.index(found[0]) + 1) % 9]}{text[found.end() :]}" if found else None


def other_unit(text: str) -> str | None:
    names = "|".join(sorted(UNITS, key=len, reverse=True))
    found = re.search(rf"(?<=[0-9０-９])(?:{names})(?![A-Za-z])", text)
    return f"{text[: found.start()]}{UNITS[found[0]]}{text[found.end() :]}" if found else None


def other_latin_name(text: str) -> str | None:
    found = re.search(r"[A-Za-z]{3,}", text)
    return (
        f"{text[: found.start()]}{'Zephyr' if found[0] != 'Zephyr' else 'Miro'}{text[found.end() :]}" if found else None
    )


def other_japanese_name(text: str) -> str | None:
    names = [w for w in analyse(text) if w.pos[1] == "固有名詞" and re.search(r"[ぁ-んァ-ヶ一-龠]", w.surface)]
    called = re.search(r"[一-龠ァ-ヶー]{1,4}(?=さん|氏|先生|議員|委員)", text)
    start, end = (called.start(), called.end()) if called else (names[0].start, names[0].end) if names else (0, 0)
    other = NAMES[len(text) % len(NAMES)]
    return f"{text[:start]}{other}{text[end:]}" if end and text[start:end] != other else None


MUTATIONS: dict[str, Mutation] = {
    "number": next_number,
    "kanji number": next_kanji_number,
    "unit": other_unit,
    "Latin name": other_latin_name,
    "Japanese name": other_japanese_name,
    "negation": first_of(NEGATIONS),
    "hedge": first_of(HEDGES),
}
PER_ARTICLE = 4  # lines of an article that each error is planted in


@pytest.fixture(scope="module")
def scripts() -> list[tuple[Article, Script]]:
    paths = sorted(
        p for p in (FOLDER / "articles").iterdir() if p.with_suffix(".json").exists() and p.suffix != ".json"
    )
    articles = [find_structure(read_source(path)) for path in paths[::4]]  # they hold planted errors enough
    return [(article, narrate(article, CONFIG)) for article in articles]


def planted(script: Script, mutate: Mutation) -> Iterator[Script]:
    """Yield the script with one error each, spread over its lines."""
    places = [
        (line, new) for line in lines_of(script) if line.source and (new := mutate(line.text)) and new != line.text
    ]
    for line, new in places[:: max(1, len(places) // PER_ARTICLE)]:
        yield with_line(script, line, replace(line, text=new))


def share_found(
    scripts: list[tuple[Article, Script]], plant: Callable[[Script], Iterator[Script]]
) -> tuple[float, int]:
    found = [any(find_unfaithful(bad, article, CONFIG)) for article, script in scripts for bad in plant(script)]
    return sum(found) / len(found), len(found)


@pytest.mark.slow
@pytest.mark.parametrize("mutate", MUTATIONS.values(), ids=MUTATIONS.keys())
def test_99_of_100_planted_errors_are_found(scripts: list[tuple[Article, Script]], mutate: Mutation) -> None:
    share, count = share_found(scripts, lambda script: planted(script, mutate))
    assert count > 40
    assert share >= 0.99, (share, count)


@pytest.mark.slow
def test_99_of_100_dropped_sentences_are_found(scripts: list[tuple[Article, Script]]) -> None:
    def drop(article: Article, script: Script) -> Iterator[Script]:
        told = {n: {t.key for t in terms_of(text)} for n, role, text in told_texts(article) if role is not Role.TITLE}
        places = [
            line
            for line in lines_of(script)
            if line.source
            and (keys := {t.key for t in terms_of(line.text)})
            and keys <= told.get(line.source[0], set())
        ]
        yield from (with_line(script, line) for line in places[:: max(1, len(places) // PER_ARTICLE)])

    def found(bad: Script, script: Script, article: Article) -> bool:
        told = with_edits_told(bad, script, article, CONFIG, ScriptFile("a.script.md", ""))
        return told.notices != script.notices

    caught = [found(bad, script, article) for article, script in scripts for bad in drop(article, script)]
    assert sum(caught) / len(caught) >= 0.99, (sum(caught), len(caught))


@pytest.mark.slow
def test_the_rules_scripts_are_clean(scripts: list[tuple[Article, Script]]) -> None:
    alarms = [str(c) for article, script in scripts for _, c in find_unfaithful(script, article, CONFIG)]
    assert alarms == []


CHANGES = {
    "number": ("会は10時に始まる。", "会は11時に始まります。", "「10時」 of the source is missing"),
    "value in kanji": ("三十人が来た。", "31人が来た。", "「30人」 of the source is missing"),
    "unit": ("幅は5kmある。", "幅は5mある。", "「5m」 is not in the source"),
    "name": ("田中さんが話した。", "中田さんが話した。", "「田中」 of the source is missing"),
    "who did what": ("田中が佐藤を呼んだ。", "佐藤が田中を呼んだ。", "「佐藤」 of the source is missing"),
    "negation": ("雨は降らなかった。", "雨が降りました。", "a negation is lost"),
    "hedge": ("雨が降るかもしれない。", "雨が降ります。", "「かもしれない」 of the source is missing"),
    "tense": ("雨が降った。", "雨が降ります。", "「た」 of the source is missing"),
    "sentence": ("雨が降った。傘が要る。", "雨が降りました。", "「傘が要る。」 is not said"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "spoken", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_told(source: str, spoken: str, told: str) -> None:
    assert told in [str(change) for change in find_changes(source, spoken)]


SAME = {
    "polite": ("雨は降らなかった。問題はない。", "雨は、降りませんでした。問題はありません。"),
    "a copula": ("駅は静かであった。村は遠いのである。", "駅は静かでした。村は遠いのです。"),
    "numbers by value": ("二十人が1,000円を出した。", "20人が千円を出しました。"),
    "a guess": ("晴れるだろう。", "晴れるでしょう。"),
}


@pytest.mark.parametrize(("source", "spoken"), SAME.values(), ids=SAME.keys())
def test_another_way_to_say_the_same_is_no_change(source: str, spoken: str) -> None:
    assert find_changes(source, spoken) == ()


def test_a_rules_script_that_says_something_else_is_refused_with_the_place() -> None:
    article = article_of(TEXT)
    script = narrate(article, CONFIG)
    hold_fidelity(script, article, CONFIG)
    line = next(x for x in lines_of(script) if "10時" in x.text)
    with pytest.raises(ScriptError, match=r"a\.md:5: 「10時」 of the source is missing"):
        hold_fidelity(with_line(script, line, replace(line, text="会は始まります。")), article, CONFIG)


def test_a_turn_that_only_calls_a_guest_is_said_and_no_introduction() -> None:
    text = "座談会\n\n司会：始めます。森さん。\n森：長い話です。\n司会：では、西田さんからお願いします。\n西田：短い話です。\n森：そうです。\n"
    article = article_of(text)
    script = narrate(article, ScriptConfig())
    hold_fidelity(script, article, ScriptConfig())
    said = [line.text for line in lines_of(script) if line.source]
    assert (said.count("森さん。"), said.count("西田さん。")) == (1, 0)
    cut = (replace(c, lines=tuple(x for x in c.lines if x.text != "森さん。")) for c in script.chapters)
    left_out = replace(script, chapters=tuple(cut))
    assert [change.lost for _, change in find_unfaithful(left_out, article, ScriptConfig())] != []


def test_edits_are_told_once_a_line_and_what_they_cut_is_listed() -> None:
    article = article_of(TEXT)
    base = narrate(article, CONFIG)
    file = ScriptFile("a.script.md", "## 催し\n語り: 会は11時に始まります。\n")
    started, rain, name = (next(x for x in lines_of(base) if w in x.text) for w in ("10時", "雨", "田中"))
    edited = with_line(base, started, replace(started, text="会は11時に始まります。"))
    edited = with_line(with_line(edited, rain), name)
    edited = with_line(edited, next(x for x in lines_of(edited) if "Python" in x.text))
    script = with_edits_told(edited, base, article, CONFIG, file)
    assert [(n.line, n.message) for n in script.notices] == [
        (1, "leaves out 1 of the lines of a.md: 7"),
        (2, "differs from a.md:5: 「雨は降らなかった。」 is not said; 「10時」 of the source is missing; 「11時」 is not in the source"),
    ]  # fmt: skip
    assert [(d.line, d.reason) for d in script.dropped if d.line == 7] == [(7, "script")]
    assert [o.text for o in script.omitted if o.rule == "script"] == ["雨は降らなかった。"]


def test_a_sentence_that_an_edit_cuts_out_of_wrapped_lines_is_told() -> None:
    path = FOLDER / "articles" / "faq_suiri_u.txt"
    article = find_structure(read_source(path))
    base = narrate(article, CONFIG)
    cut = next(line for line in lines_of(base) if line.text == "昨年度は19件ありました。")
    script = with_edits_told(with_line(base, cut), base, article, CONFIG, ScriptFile("a.script.md", ""))
    assert ["昨年度は19件ありました。" in n.message for n in script.notices] == [True]
    assert "昨年度は19件ありました。" in "".join(o.text for o in script.omitted if o.rule == "script")


def test_a_row_that_a_margin_cut_is_said_whole_with_its_stretched_label() -> None:
    article = find_structure(read_source(FOLDER / "articles" / "volunteer_recruit_bf.txt"))
    script = narrate(article, ScriptConfig())
    hold_fidelity(script, article, ScriptConfig())
    told = [line.text for line in lines_of(script) if line.source == (41, 42)]
    assert told == ["謝礼は、なし。交通費として1回500円をお支払いします。"]
