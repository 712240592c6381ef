"""Labels of who asks and answers, and labels of questions that head others."""

from __future__ import annotations

import pytest

from briefing.model import Article, Kind, Role, Source
from briefing.script import find_structure

TEXT = "川は広い。橋は古い。"


def structure_of(*lines: str) -> Article:
    return find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt"))


HEADED = ("【質問{n}】{t}", "質問{n}　{t}", "■質問{n}　{t}", "［質問{n}］{t}", "〈相談{n}〉{t}", "質問{k}　{t}", "◆質問{n}：{t}", "【一般質問{n}】{t}", "Q{n}. {t}", "【問{n}】{t}")  # fmt: skip


@pytest.mark.parametrize(
    "asker", [(), ("　　　　　　　　　　　　森 一郎 議員",), ("（森 一郎議員）",)], ids=["", "right", "boxed"]
)
@pytest.mark.parametrize("form", HEADED)
def test_a_numbered_label_above_marked_questions_heads_them(form: str, asker: tuple[str, ...]) -> None:
    titles = ("古い橋の直し方を", "川の水は足りるか")
    asked = ("問　橋は何本か。", "", "答（町長）　三本である。", "", "問　直すのか。", "", "答　直す。", "")
    heads = [(form.format(n=n, k="①②"[n - 1], t=t), *(a.replace("一郎", "一二三"[n] + "郎") for a in asker), "") for n, t in enumerate(titles, 1)]  # fmt: skip
    found = structure_of("川の町議会だより", "", TEXT, "", *(line for head in heads for line in (*head, *asked)))
    assert [s.title for s in found.sections] == [None, *titles]
    assert [s.kind for s in found.sections] == [Kind.INTRO, Kind.QA, Kind.QA]
    assert len(found.qa_pairs) == 4


def test_a_numbered_question_that_is_answered_heads_nothing() -> None:
    found = structure_of("よくある質問", "", TEXT, "", "質問1　橋は古いですか", "答　古いです。", "", "質問2　川は広いですか", "答　広いです。")  # fmt: skip
    assert [s.title for s in found.sections] == [None, None]
    assert len(found.qa_pairs) == 2


BOXES = ("［{}］", "【{}】", "〔{}〕", "〈{}〉")


@pytest.mark.parametrize("who", ["村長", "総務課長", "教育長", "建設部長", "教育委員会参事", "企業管理者"])
@pytest.mark.parametrize("box", BOXES)
def test_officers_in_a_box_answer_what_is_asked_in_one(box: str, who: str) -> None:
    lines = (box.format("質問") + "橋は何本か。", "直すのか。", box.format(who) + "三本である。", box.format("再質問") + "直すのか。", box.format("村長") + "来年に直す。")  # fmt: skip
    found = structure_of("川の村議会の要旨", "", TEXT, "", "◆橋", *lines, "", "◆川", *lines)
    assert found.roles[5:10] == (Role.QUESTION, Role.QUESTION, Role.ANSWER, Role.QUESTION, Role.ANSWER)


def test_officers_in_a_talk_without_questions_speak() -> None:
    found = structure_of("川の会議", "", TEXT, "", "【会長】橋は古い。", "【森係長】直します。", "【会長】川は。", "【谷課長】広いです。", "【森係長】そうです。")  # fmt: skip
    assert set(found.roles[4:]) == {Role.TURN}


ROWS = ("・{n} …… {t}", "{n}　……　{t}", "・{n}：{t}", "○{n}議員　{t}", "・{n}（{t}）", "◇{t}／{n}", "・{n}｜{t}", "1. {n}　　{t}", "▽{n} ― {t}")  # fmt: skip


@pytest.mark.parametrize("head", ["◆{} 議員", "■{}議員", "【{} 議員】", "{} 議員（川の会）"])
@pytest.mark.parametrize("form", ROWS)
def test_rows_of_who_asks_are_contents_where_their_names_head_sections(form: str, head: str) -> None:
    people = (("森 一郎", "定期船"), ("谷 ひとみ", "診療所"), ("林 健", "漂着物、灯油"))
    rows = [form.format(n=n, t=t).replace("1.", f"{i}.") for i, (n, t) in enumerate(people, 1)]
    asked = [line for n, _ in people for line in ("", head.format(n), "問　橋は。", "答　古い。")]
    found = structure_of("川の町議会だより", "", TEXT, "", "質問者と項目", *rows, *asked)
    assert found.roles[5:8] == (Role.TOC,) * 3


def test_rows_of_people_who_talk_are_no_contents() -> None:
    talk = ("森さん：古いです。", "谷さん：広いです。") * 2
    found = structure_of(
        "川の座談会", "", TEXT, "", "・森……橋守り", "・谷……教諭", "・林……石工", "", *talk, "林さん：重いです。"
    )
    assert Role.TOC not in found.roles


ALONE = (("問", "答（町長）"), ("【問】", "【答】（教育長）"), ("質問", "答弁（水道課長）"), ("Q", "A"), ("［質問］", "［回答］"), ("◆問", "◇答（市長）"))  # fmt: skip


@pytest.mark.parametrize(("asks", "answers"), ALONE)
def test_a_label_alone_may_name_the_office_that_answers(asks: str, answers: str) -> None:
    part = (asks, "　橋は何本か。直すのか。", "", answers, "　三本である。順に直す。", "")
    heads = ("■古い橋の直し方を", "■川の水は足りるか")
    found = structure_of("町政を問う", "", TEXT, "", *(line for head in heads for line in (head, "", *part, *part)))
    assert [s.title for s in found.sections] == [None, "古い橋の直し方を", "川の水は足りるか"]
    assert [(p.q[0], p.a[0]) for p in found.qa_pairs] == [(7, 10), (13, 16), (21, 24), (27, 30)]


BOXED = ("【{0}】{1}", "［{0}］{1}", "〔{0}〕{1}")


@pytest.mark.parametrize("form", BOXED)
def test_what_a_box_says_before_a_heading_belongs_to_it(form: str) -> None:
    heads = [
        form.format(*each) for each in (("1日目 11:20", "船の上"), ("1日目 午後", "灯台まで"), ("帰る朝", "港の食堂"))
    ]
    found = structure_of("島の旅", "", TEXT, "", *(line for head in heads for line in (head, "", TEXT, "")))
    assert [s.title for s in found.sections] == [None, *heads]
    rows = [form.format(*each) for each in (("日時", "4月1日"), ("会場", "公民館"), ("定員", "20名"))]
    assert len(structure_of("島の旅", "", TEXT, "", *rows, "", TEXT).sections) == 1
