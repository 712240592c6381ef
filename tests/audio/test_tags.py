"""Tags as players read them: one after the other, and often only the first."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from mutagen.id3 import ID3

from briefing.audio.encode import encode_mp3
from briefing.audio.tags import Tags, read_facts, write_tags


def test_chapters_are_written_in_the_order_of_their_times(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    encode_mp3([np.zeros(44_100, np.int16)], path, 96)
    sound = path.read_bytes()
    titles = ["とても長い題の話", "短い", "中くらいの題", *"あいうえおかきくけ"]
    marks = [(n * 50, n * 50 + 50, title) for n, title in enumerate(titles)]
    write_tags(path, Tags("題", "人", "番組", 1, "2025-06-15", "", marks, b"cover"))
    found = ID3(path, translate=False)
    assert [(c.start_time, str(c.sub_frames["TIT2"])) for c in found.getall("CHAP")] == [(s, t) for s, _, t in marks]
    assert (found.version, found["APIC:"].data, found["TALB"].text) == ((2, 3, 0), b"cover", ["番組"])
    assert path.read_bytes().endswith(sound)


def test_more_chapters_than_one_table_holds_are_named_in_tables_below_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    encode_mp3([np.zeros(44_100, np.int16)], path, 96)
    marks = [(n, n + 1, f"{n}") for n in range(600)]
    write_tags(path, Tags("題", "人", "番組", 1, "2025-06-15", "", marks, b"cover"))
    tables = {t.element_id: t.child_element_ids for t in ID3(path, translate=False).getall("CTOC")}
    assert tables["toc"] == ["toc0", "toc1", "toc2"]
    assert [name for table in tables["toc"] for name in tables[table]] == [f"chp{n}" for n in range(600)]
    assert len(read_facts(path).chapters) == 600
