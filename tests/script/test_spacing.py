"""Labels that are spaced out to fill a column are the words that they spell."""

from __future__ import annotations

import pytest

from briefing.model import Role, Source
from briefing.script import find_structure
from briefing.script.spacing import without_spacing

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
