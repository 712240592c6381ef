"""Listening back with a recogniser that says what it is told to: whatever sounds otherwise is listed with its time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from briefing.audio.recognise import Heard
from briefing.errors import PublishError
from briefing.model import Said
from briefing.pipeline import hearing
from briefing.pipeline.hearing import compare
from briefing.publish.state import read_said, read_state, state_path
from tests.conftest import Run

SAID = (
    Said(0.5, 3.0, "今日は会議があります。", "キョ'ーワ/カイギガ/アリマ'ス。"),
    Said(3.5, 6.0, "場所は三階です。", "バショワ/サンカイデ'ス。"),
    Said(6.5, 9.0, "資料を忘れないでください。", "シ'リョーオ/ワスレナ'イデ/クダサ'イ。"),
)
RIGHT = "今日は会議があります場所は三階です資料を忘れないでください"


@pytest.mark.parametrize(
    ("heard", "worst"),
    [
        pytest.param([RIGHT], None, id="all is right"),
        pytest.param([RIGHT[:13], RIGHT[13:]], None, id="windows cut anywhere"),
        pytest.param(
            ["きょうはかいぎがあります", "ばしょはさんかいです", "資料を忘れないで下さい"], None, id="another spelling"
        ),
        pytest.param([RIGHT.replace("三階", "八十八回")], 1, id="a word misread"),
        pytest.param([RIGHT.replace("場所は三階です", "")], 1, id="a sentence cut out"),
        pytest.param([RIGHT.removesuffix("資料を忘れないでください")], 2, id="the end cut off"),
        pytest.param(
            [RIGHT.replace("場所", "ご視聴ありがとうございました場所")], 0, id="something said that is not written"
        ),
        pytest.param([], 2, id="silence"),
    ],
)
def test_the_sentence_that_sounds_otherwise_stands_out(heard: list[str], worst: int | None) -> None:
    lines, right = compare("a.mp3", SAID, heard)
    assert [line.text for line in lines] == [each.text for each in SAID]
    astray = [line.astray for line in lines]
    if worst is None:
        assert max(astray) == 0
        assert right == 34
    else:
        assert astray.index(max(astray)) == worst
        assert max(astray) >= 4


@pytest.mark.slow
def test_listen_tells_the_place_in_the_file(
    show: Path, run_here: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run_here("listen").code == 6  # nothing is rendered yet
    assert run_here("render", "--voice", "tone").code == 0
    texts: list[str] = []

    def transcribed(path: Path, recognise: object) -> Iterator[Heard]:
        known = [entry.episode for entry in read_state(state_path(Path("output"))).entries.values()]
        episode = next(e for e in known if path.as_posix().endswith(e.files["audio"].path))
        said = [each.text for each in read_said(Path("output"), episode.guid)]
        texts.append(said[-1])
        yield Heard(0, 9, "".join(said[:-1]))

    monkeypatch.setattr(hearing, "open_recogniser", lambda *_: None)
    monkeypatch.setattr(hearing, "transcribe", transcribed)
    report = run_here("listen", "--json", "--episodes", "1").json
    assert report["episodes"] == len(texts) == 1
    assert texts[0] in [line["text"] for line in report["suspicious"]]
    assert all(line["file"].endswith(".mp3") and line["start_s"] >= 0 for line in report["suspicious"])
    assert texts[0] in run_here("listen", "--episodes", "1").out


def test_a_folder_without_a_show_is_told(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="nothing was rendered"):
        hearing._episodes(tmp_path, 0)
