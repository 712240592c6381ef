"""Questions without a mark, in the forms that people ask them; where to turn stands behind the last."""

from __future__ import annotations

import pytest

from briefing.model import Article, Kind, Role, Source
from briefing.script import find_structure

ASKED = (
    "自由に渡ってよいのでは。", "欄干が、となりと重なってしまったら。", "冬は閉まると聞いたのですが", "届け出の書類は必要か", "橋の写真はどう撮ればよいか", "子どもの分がわからない場合", "間違いに気づいたら", "渡り賃はいくらですか", "古い橋を売りたい。", "雨の日も渡れるのでしょうか。", "鍵をなくした",
)  # fmt: skip
ANSWER = "はい、そうです。窓口でうけたまわります。"
BOX = ("川の町　管理係（内線 2418）", "受付　平日9:30～11:30")


def structure_of(*lines: str) -> Article:
    return find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt"))


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("asked", ASKED)
def test_every_form_asks_among_others(asked: str, is_first: bool) -> None:
    others = ["何月から渡れますか。", "橋はどこですか。", "橋は何本ありますか。"]
    questions = [asked, *others] if is_first else [*others, asked]
    found = structure_of("橋を渡る方へ", "", "よくいただく質問をまとめました。", "", *(line for q in questions for line in (q, ANSWER, "")))  # fmt: skip
    assert [p.q[0] for p in found.qa_pairs] == [5, 8, 11, 14]


def test_the_first_trouble_may_stand_right_below_the_opening() -> None:
    troubles = ("画面が出てこない", "鍵をなくした", "はがきが届かない", "写真はどう撮ればよいか")
    found = structure_of("橋の予約　困ったときは", "よくいただく質問をまとめました。", *(line for t in troubles for line in (t, ANSWER, "")))  # fmt: skip
    assert [p.q[0] for p in found.qa_pairs] == [3, 6, 9, 12]


@pytest.mark.parametrize("head", ["それでも解決しないときは", "［窓口］", "困った場合は", "相談するなら", "■お問い合わせ", "本件に関する皆さまからのお問い合わせ先", "このページに関するお問い合わせ", "（連絡先）", "（お申し込み・お問い合わせ）"])  # fmt: skip
def test_what_stands_above_where_to_turn_heads_it(head: str) -> None:
    questions = ("画面が出てこないのですか。", "鍵をなくしましたか。", "はがきが届きませんか。")
    found = structure_of("橋の予約　よくある質問", "", "よくいただく質問をまとめました。", "", *(line for q in questions for line in (q, ANSWER, "")), head, *BOX)  # fmt: skip
    assert [s.kind for s in found.sections] == [Kind.INTRO, Kind.QA, Kind.PROMO]
    assert found.sections[-1].title == head.strip("［］■（）")


@pytest.mark.parametrize("name", ["川の町役場", "管理係　森", "橋の会　事務局"])
def test_who_signs_above_a_telephone_heads_nothing(name: str) -> None:
    found = structure_of("橋の予約", "", ANSWER, "", "■春", ANSWER, "", "■夏", ANSWER, "", name, "電話　000-000-0000")
    assert [s.title for s in found.sections] == [None, "春", "夏"]
    assert found.roles[10] is Role.META


def test_a_paragraph_behind_the_last_answer_closes_though_a_box_follows() -> None:
    questions = ("画面が出てこないのですか。", "鍵をなくしましたか。", "はがきが届きませんか。")
    found = structure_of("橋の予約　よくある質問", "", "よくいただく質問をまとめました。", "", *(line for q in questions for line in (q, ANSWER, "")), "橋は古い。一度お越しください。", "", "［窓口］", *BOX)  # fmt: skip
    assert [s.kind for s in found.sections] == [Kind.INTRO, Kind.QA, Kind.OUTRO, Kind.PROMO]


def test_a_short_question_in_a_wrapped_text_does_not_go_on() -> None:
    wrapped = ("10月20日から翌年の4月10日までは水を止めます。その間に点", "検をお願いします。なお、火災に備えて少しだけ流す区間が", "あります。", "")  # fmt: skip
    questions = ("使用料はいくらですか", "冬は水が止まると聞いたのですが", "どんな書類を出すのですか。")
    found = structure_of("橋の予約　よくある質問", "", "よくいただく質問をまとめました。", "", *(line for q in questions for line in (q, *wrapped)))  # fmt: skip
    assert [p.q for p in found.qa_pairs] == [(5, 5), (10, 10), (15, 15)]


def test_letters_that_list_an_answer_head_nothing() -> None:
    questions = ("使用料はいくらですか。", "どんな書類を出すのですか。", "水は止まりますか。")
    found = structure_of("橋の予約　よくある質問", "", "よくいただく質問をまとめました。", "", *(line for q in questions for line in (q, "次の三つです。", "　ア　申請書（窓口に）", "　イ　図面。手書きで結構です", "　ウ　同意書", "")))  # fmt: skip
    assert [s.title for s in found.sections] == [None, None]
