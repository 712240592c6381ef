"""Who speaks: speeds by part, another engine for whole articles, samples; and that nothing leaves the machine unasked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from tests.conftest import Run
from tests.voices.translate_server import Double, serving

from briefing.config import Config, VoicesConfig
from briefing.errors import SpeechError
from briefing.model import Part, VoiceInfo
from briefing.pipeline.cast import cast_of
from briefing.voices.openai import OpenAIEngine


@pytest.fixture
def service() -> Iterator[Double]:
    with serving() as double:
        yield double


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("render", "--voice", "tone", "-q", "--jobs", "2"),
        ("render", "--voice", "openjtalk", "-q", "--jobs", "2"),
        ("say", "朝です。", "--voice", "kokoro", "-o", "a.wav"),
    ],
    ids=lambda command: command[-1] if command[0] == "say" else command[2],
)
def test_nothing_leaves_the_machine_with_an_offline_voice(
    command: tuple[str, ...], show: Path, run: Run, spy: tuple[dict[str, str], Path]
) -> None:
    env, log = spy
    assert run(*command, env=env).code == 0
    assert not log.exists()


@pytest.mark.slow
def test_the_watch_on_sockets_sees_a_service(show: Path, run: Run, spy: tuple[dict[str, str], Path]) -> None:
    env, log = spy
    assert run("render", "--voice", "gtts", "-q", env=env | {"https_proxy": "http://127.0.0.1:9"}).code == 4
    assert "127.0.0.1" in log.read_text()


@pytest.mark.slow
def test_parts_and_people_have_speeds_of_their_own(show: Path, run_here: Run) -> None:
    before = run_here("plan", "--voice", "tone", "--json").json
    config = show / "content" / "briefing.toml"
    config.write_text(config.read_text() + "\n[voices.speeds]\nquestioner = 2.0\n", encoding="utf-8")
    assert run_here("render", "--voice", "tone", "-q").code == 0
    after = run_here("plan", "--voice", "tone", "--json").json
    assert after["clips"]["new"] == 0
    assert after["audio_s"] < before["audio_s"] - 1


def test_a_speed_out_of_range_is_told_with_its_line(show: Path, run_here: Run) -> None:
    config = show / "content" / "briefing.toml"
    config.write_text(config.read_text() + '\n[voices.speeds]\nnote = 9\nanswerer = "fast"\n', encoding="utf-8")
    told = run_here("plan", "--voice", "tone")
    assert told.code == 2
    assert "briefing.toml:6: 9 lies outside 0.5 to 2" in told.err
    assert "briefing.toml:7: voices.speeds.answerer must be a number" in told.err


@pytest.mark.slow
class TestFallback:
    """The service ends in the middle of the second of two articles."""

    @pytest.fixture(autouse=True)
    def second_article(self, show: Path, service: Double) -> None:
        (show / "content" / "a.txt").write_text("朝の便り\n\n橋が開きました。\n誰でも渡れます。\n", encoding="utf-8")
        service.at, service.faults = 6, ["429 for an hour"] * 3

    def test_without_leave_the_run_ends_and_keeps_what_is_done(self, run: Run, service: Double) -> None:
        failing = run("render", "--voice", "gtts", "-q", env=service.environ)
        assert failing.code == 4
        assert "6 new clips are kept" in failing.err

    def test_with_leave_the_whole_article_is_spoken_by_the_other_engine(
        self, show: Path, run: Run, service: Double
    ) -> None:
        env = service.environ | {"BRIEFING_FALLBACK": "tone"}
        done = run("render", "--voice", "gtts", "--json", env=env)
        assert done.code == 0
        told = [(Path(w["file"]).name, w["message"]) for w in done.json["warnings"]]
        assert [name for name, message in told if "by tone as a whole" in message] == ["library.txt"]
        again = run("plan", "--voice", "gtts", "--json", env=env).json
        assert again["clips"]["cached"] == 6
        tone = run("plan", str(show / "content" / "library.txt"), "--voice", "tone", "--json").json
        assert tone["clips"]["new"] == 0


def test_a_voice_that_cannot_speak_now_is_told_before_the_first_clip(show: Path, run_here: Run) -> None:
    told = run_here("render", "--voice", "parrot")
    assert told.code == 2
    assert "no voice engine 'parrot'" in told.err


def test_a_server_is_asked_for_its_voices_only_when_there_is_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_off(_: OpenAIEngine) -> tuple[VoiceInfo, ...]:
        raise SpeechError("the server is off")

    monkeypatch.setenv("BRIEFING_OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr(OpenAIEngine, "describe", is_off)
    voices = VoicesConfig("openai:a", "openai:b", "openai:c", "openai:d", speakers={"長谷": "openai:e"})
    cast = cast_of(Config(voices=voices), {"山岸": Part.ANSWERER, "長谷": Part.ANSWERER, "司会": Part.QUESTIONER})
    assert [str(cast.speakers[name]) for name in ("山岸", "長谷", "司会")] == ["openai:c", "openai:e", "openai:b"]
    with pytest.raises(SpeechError, match="off"):
        cast_of(Config(voices=voices), {"山岸": Part.ANSWERER, "小川": Part.ANSWERER})


def test_a_service_without_its_key_takes_one_line_that_names_the_variable(
    run_here: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("BRIEFING_OPENAI_API_KEY", "OPENAI_API_KEY", "BRIEFING_OPENAI_BASE_URL", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    rows = run_here("voices").out.splitlines()
    (told,) = [row for row in rows if row.startswith("openai")]
    listed = json.loads(run_here("voices", "--json").out)
    count = sum(each["engine"] == "openai" for each in listed)
    assert (count > 5, f"{count} voices; set BRIEFING_OPENAI_API_KEY" in told) == (True, True)
    assert {each["name"] for each in listed if each["available"]} == {
        row.split()[0] for row in rows if ":" in row.split(" ")[0]
    }
    assert len(run_here("voices", "--engine", "openai").out.splitlines()) == count


def test_a_sample_of_each_voice_is_written(run_here: Run, show: Path) -> None:
    listed = run_here("voices", "--engine", "tone", "--json")
    assert [each["speaker"] for each in json.loads(listed.out)] == ["low", "mid", "high"]
    made = run_here("voices", "--engine", "tone", "--try", "-o", "samples")
    assert made.code == 0
    files = [Path(row) for row in made.out.split()]
    assert [file.name for file in files] == ["tone-low.wav", "tone-mid.wav", "tone-high.wav"]
    assert all(soundfile.info(show / file).duration > 2 for file in files)
