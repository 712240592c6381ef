"""Labels that are spaced out to fill a column are the words that they spell."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefing.model import Role, Source
from briefing.script import find_structure
from briefing.script.spacing import with_wide_blanks, without_spacing

CLOSED = (
    ("会　　場　橋の上", "会場　橋の上"), ("日 時：4月1日", "日時：4月1日"), ("１．日　時　　4月1日", "１．日時　　4月1日"), ("　電　話　000-000-0000", "　電話　000-000-0000"),
    ("要　旨", "要旨"), ("お　わ　り　に", "おわりに"), ("■目　次", "■目次"), ("【概　要】", "【概要】"), ("・主　催　川の会", "・主催　川の会"), ("(1) 場　所　橋の上", "(1) 場所　橋の上"), ("出 席 者：森、谷", "出席者：森、谷"),
)  # fmt: skip
KEPT = (
    "森　谷　林の人",
    "日　　曜　　行事",
    "以　上",
    "ア　イ　ウ",
    "一　春",
    "川　の　話",
    "月　火　水　木",
    "川　広い。",
    "橋 を 渡 る。",
)


@pytest.mark.parametrize(("line", "closed"), CLOSED)
def test_known_labels_are_closed_up(line: str, closed: str) -> None:
    assert without_spacing([line]) == [closed]


@pytest.mark.parametrize("line", KEPT)
def test_other_single_characters_stay_apart(line: str) -> None:
    assert without_spacing(["川の話", line, "橋は古い。"])[1] == line


@pytest.mark.parametrize("beside", ["開館時間　9時から", "入場無料　どなたでも"])
def test_what_fills_the_column_of_its_neighbour_is_a_label(beside: str) -> None:
    assert without_spacing([beside, "休 橋 日　月曜日"])[1] == "休橋日　月曜日"
    assert without_spacing(["休 橋 日　月曜日", beside])[0] == "休橋日　月曜日"


TABLES = (
    ("会　　期　九月一日から", "開館時間　九時から", "休 館 日　月曜日", "観 覧 料　四百円"),
    ("走る        8 〜 11 ノット", "網を引く    2.5 〜 3.5 ノット", "揚げる      1 ノット以下"),
    ("商品名 ： 石橋", "容　量 ： 300ml", "価　格 ： 980円", "生産国 ： 日本"),
    ("　本　館　4日、10日", "　東分館　木曜", "　西分館　金曜"),
)


@pytest.mark.parametrize("rows", TABLES)
def test_rows_of_spaced_labels_are_a_table(rows: tuple[str, ...]) -> None:
    lines = ("川の館の案内", "", "川は広い。橋は古い。", "", "■春", *rows, "", "■夏", "川は広い。橋は古い。")
    found = find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt"))
    assert set(found.roles[5 : 5 + len(rows)]) == {Role.TABLE}


def test_a_spaced_heading_is_announced_as_it_is_said() -> None:
    lines = ("川の研究", "", "要　旨", "川は広い。橋は古い。", "", "結　論", "川は広い。橋は古い。")
    found = find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt"))
    assert [s.title for s in found.sections] == ["要旨", "結論"]


NARROW = (
    ("座談会  橋の話", "座談会　橋の話"), ("    森  一郎", "　　森　一郎"), ("走る      8ノット", "走る　　　8ノット"), ("当日  100％", "当日　100％"), ("7月26日  森", "7月26日　森"), ("川の話  ", "川の話"),
    ("    git log  -a", "    git log  -a"), ("river  bridge", "river  bridge"), ("川 と 橋", "川 と 橋"),
)  # fmt: skip


@pytest.mark.parametrize(("narrow", "wide"), NARROW)
def test_two_narrow_blanks_stand_for_a_wide_one(narrow: str, wide: str) -> None:
    assert with_wide_blanks(["川の話", narrow]) == ["川の話", wide]


def test_narrow_blanks_stay_where_wide_ones_are_used() -> None:
    assert with_wide_blanks(["川　話", "森  一郎"]) == ["川　話", "森  一郎"]


def test_what_hangs_below_an_item_stays_set_in() -> None:
    assert with_wide_blanks(["- 橋", "  古い。", "森  一郎"]) == ["- 橋", "  古い。", "森　一郎"]


CHANGES = {"narrow blanks": ("　", "  "), "narrow colons": ("：", ":"), "trailing blanks": ("\n", "  \n")}


@pytest.mark.parametrize("name", ["council_kuroda", "faq_hall", "roundtable_sento", "minutes_assoc", "n03_npo"])
@pytest.mark.parametrize("change", CHANGES)
def test_how_blanks_are_typed_changes_nothing(change: str, name: str) -> None:
    text = (Path(__file__).parent / "articles" / f"{name}.txt").read_text(encoding="utf-8")
    plain, typed = (
        find_structure(Source("a.txt", t, "utf-8", "a.txt")) for t in (text, text.replace(*CHANGES[change]))
    )
    assert typed.roles == plain.roles
    assert [(s.start, s.kind) for s in typed.sections] == [(s.start, s.kind) for s in plain.sections]
    assert typed.title_line == plain.title_line
