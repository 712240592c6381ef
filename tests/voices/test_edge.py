"""Edge's voices, by an unmodified edge-tts, against a double of their service: one constant of the module is another address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.voices.edge_server import EdgeStage, edge_service
from tests.voices.speech_server import CHARACTER_S, RATE_HZ

from briefing.errors import Fault, SpeechError
from briefing.model import Mark
from briefing.testing import EngineContract
from briefing.voices import engine_of
from briefing.voices.asking import cut_text

NANAMI = "ja-JP-NanamiNeural"
TEXT = "今日はとてもよい天気です。"


@pytest.fixture(scope="module")
def service() -> Iterator[EdgeStage]:
    pytest.importorskip("edge_tts")
    with edge_service() as stage, pytest.MonkeyPatch.context() as patch:
        patch.setattr("edge_tts.communicate.WSS_URL", stage.url)
        yield stage


@pytest.mark.usefixtures("service")
class TestEdge(EngineContract):
    engine, speaker = engine_of("edge"), NANAMI


FAULTS = {
    "403": Fault.REFUSED, "429": Fault.RATE_LIMITED, "503": Fault.UNAVAILABLE, "no audio": Fault.BAD_AUDIO, "odd type": Fault.PROTOCOL,
    "odd path": Fault.PROTOCOL, "garbage": Fault.PROTOCOL, "half": Fault.BAD_AUDIO, "no end": Fault.BAD_AUDIO,
}  # fmt: skip


@pytest.mark.parametrize(("fault", "meaning"), FAULTS.items())
def test_what_the_library_lets_pass_or_names_oddly_is_told_apart(
    fault: str, meaning: Fault, service: EdgeStage
) -> None:
    service.faults[:] = [fault, fault if fault == "403" else ""]  # the library tries again once after a 403
    voice = engine_of("edge").open(NANAMI)
    with pytest.raises(SpeechError) as told:
        voice.speak(TEXT, 1.0)
    assert told.value.fault is meaning
    service.faults.clear()
    assert len(voice.speak(TEXT, 1.0).samples) > RATE_HZ


def test_words_become_marks_of_the_text(service: EdgeStage) -> None:
    speech = engine_of("edge").open(NANAMI).speak("晴れです。晴れです。", 1.25)
    assert [mark.kana_end for mark in speech.marks] == [0, 0, 3, 5, 8, 10]
    every = 3 * CHARACTER_S / 1.25 * RATE_HZ
    assert speech.marks[2] == Mark(3, round(every))
    assert speech.marks[4].at == pytest.approx((4 + 3) * CHARACTER_S / 1.25 * RATE_HZ, abs=2)


def test_no_request_is_larger_than_the_service_takes_however_much_is_escaped(service: EdgeStage) -> None:
    engine, voice = engine_of("edge"), engine_of("edge").open(NANAMI)
    service.texts.clear()
    text = ("晴" + "&" * 50) * 32
    for piece in cut_text(text, engine.info):
        voice.speak(piece, 1.0)
    assert "".join(service.texts) == text
    assert all(len(each.replace("&", "&amp;").encode()) <= 4096 for each in service.texts)


def test_a_stall_ends(service: EdgeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.voices.edge._LONGEST_S", 0.2)
    service.faults[:] = ["stall"]
    with pytest.raises(SpeechError) as told:
        engine_of("edge").open(NANAMI).speak(TEXT, 1.0)
    assert told.value.fault is Fault.TIMEOUT
    service.faults.clear()  # where it took longer to connect, nobody has met it


def test_without_a_connection_it_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("edge_tts")
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", "ws://127.0.0.1:1/?x=1")
    with pytest.raises(SpeechError, match="no connection") as told:
        engine_of("edge").open(NANAMI).speak(TEXT, 1.0)
    assert told.value.fault is Fault.UNAVAILABLE


def test_without_the_library_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefing.voices.edge.find_spec", lambda _: None)
    assert not any(info.available for info in engine_of("edge").describe())
    with pytest.raises(SpeechError, match=r"briefing-podcast\[edge\]"):
        engine_of("edge").check(NANAMI)
