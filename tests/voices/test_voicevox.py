"""Servers of the VOICEVOX family: against a simulator, and against a live one when BRIEFING_VOICEVOX_URL names it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.conftest import Run
from tests.voices.test_contract import OfflineContract
from tests.voices.voicevox_server import CLICK, SPEAKERS, Simulator, serving

from briefing.config import cache_folder
from briefing.errors import ConfigError, Fault, SpeechError, UsageError
from briefing.model import Part, Utterance, VoiceName
from briefing.pipeline import cast, pronouncing, voicing
from briefing.pipeline.sending import sendings
from briefing.ports import Voice
from briefing.testing import EngineContract
from briefing.voices import asking, check_voice, engine_of, resolve
from briefing.voices.asking import Speaker
from briefing.voices.turns import Turns
from briefing.voices.voicevox_catalogue import known_catalogue
from briefing.voices.voicevox_kana import find_phrases, to_notation

LIVE = os.environ.get("BRIEFING_VOICEVOX_URL", "")
ENGINE = engine_of("voicevox")
ZUNDA = "ずんだもん/ノーマル"
KANA = "キョ'ーワ/トテモ/ヨ'イ/テ'ンキデスカ？ハ'イ、ソーデ'ス。"
FRAME = 256


@pytest.fixture
def server() -> Simulator:
    return Simulator()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A cache of its own; nothing is known of servers of other tests."""
    monkeypatch.setenv("BRIEFING_CACHE_DIR", str(tmp_path / "cache"))
    remembered = (known_catalogue, cast.credit_of, pronouncing._identity, voicing.open_speaker)
    for memory in remembered:
        memory.cache_clear()
    yield
    for memory in remembered:
        memory.cache_clear()


@pytest.fixture
def up(server: Simulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    with serving(server):
        monkeypatch.setenv("BRIEFING_VOICEVOX_URL", server.url)
        yield server


@pytest.fixture
def voice(up: Simulator) -> Voice:
    return ENGINE.open(ZUNDA)


class SimulatedContract(OfflineContract):
    engine, speaker = ENGINE, ZUNDA

    @pytest.fixture(autouse=True)
    def _up(self, up: Simulator) -> None:
        """The simulator is there."""


class TestContract(SimulatedContract):
    pass


class TestContractWithoutKana(SimulatedContract):
    @pytest.fixture
    def server(self) -> Simulator:
        return Simulator(has_kana=False)


class TestContractWithoutLengths(SimulatedContract):
    @pytest.fixture
    def server(self) -> Simulator:
        return Simulator(brand="AivisSpeech", has_lengths=False, rate_hz=44_100)

    def test_marks_ascend_and_lie_inside_the_audio(self) -> None:
        """All lengths zero are no times."""
        assert self.engine.open(self.speaker).speak(KANA, 1.0).marks == ()


@pytest.mark.slow
@pytest.mark.skipif(not LIVE, reason="BRIEFING_VOICEVOX_URL names no live server")
class TestLiveContract(EngineContract):
    engine = ENGINE

    @property
    def speaker(self) -> str:  # type: ignore[override]
        return self.engine.describe()[0].name.speaker

    def test_its_lengths_add_up_to_its_audio(self) -> None:
        speech = self.engine.open(self.speaker).speak(KANA, 1.0)
        assert len(speech.marks) > 10 or not speech.marks


TIMED = {
    "plain": "キョ'ーワ/トテモ/ヨ'イ/テ'ンキデ'ス。", "question": "テ'ンキデスカ？", "question inside": KANA,
    "pauses": "ア、イ。ウ！エ、", "long vowels": "エーット、データベ'ース、ンー。", "one mora": "オ", "two letters": "ヴァイオリンオ/シャベッテ、ティーオ/ノ'ム。",
}  # fmt: skip


@pytest.mark.parametrize("kana", TIMED.values(), ids=TIMED.keys())
@pytest.mark.parametrize("server", [Simulator(), Simulator(has_kana=False), Simulator(rate_hz=48_000)], ids=["kana", "text", "48 kHz"])  # fmt: skip
def test_marks_lie_where_morae_begin(voice: Voice, server: Simulator, kana: str) -> None:
    for speed in (0.8, 1.0, 1.37):
        speech = voice.speak(kana, speed)
        onsets = np.flatnonzero(np.abs(speech.samples.astype(int)) > CLICK - 1000)
        marked = [mark.at for mark in speech.marks if re.match("[ァ-ヴー]", kana[mark.kana_end :])]
        assert len(marked) == len(onsets) == sum(len(phrase.morae) for phrase in find_phrases(kana))
        assert np.abs(np.array(marked) - onsets).max() <= FRAME * server.rate_hz / 24_000
        signs = {index for index, letter in enumerate(kana) if letter in "、。？！"}
        assert signs <= {mark.kana_end for mark in speech.marks}
        assert speech.marks[-1].at == len(speech.samples)


def test_lengths_that_do_not_add_up_give_no_marks(voice: Voice, up: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = up.speak
    monkeypatch.setattr(up, "speak", lambda query: whole({**query, "speedScale": query["speedScale"] * 0.97}))
    assert voice.speak(KANA, 1.0).marks == ()


@pytest.mark.parametrize("server", [Simulator(), Simulator(has_kana=False)], ids=["kana", "text"])
def test_readings_and_accents_arrive_as_sent(voice: Voice, up: Simulator) -> None:
    voice.speak(KANA, 1.25)
    query = up.last_query()
    said = [("".join(m["text"] for m in p["moras"]), p["accent"], p["pause_mora"] is not None, p["is_interrogative"]) for p in query["accent_phrases"]]  # fmt: skip
    assert said == [
        ("キョオワ", 1, False, False), ("トテモ", 3, False, False), ("ヨイ", 1, False, False), ("テンキデスカ", 1, True, True),
        ("ハイ", 1, True, False), ("ソオデス", 3, False, False),
    ]  # fmt: skip
    assert (query["speedScale"], query["outputSamplingRate"], query["outputStereo"]) == (1.25, 24_000, False)
    assert "kana" not in query
    assert {asked["speaker"] for path, asked, _ in up.asked if path == "/synthesis"} == {"3"}


def test_vowels_between_voiceless_sounds_are_voiceless(voice: Voice, up: Simulator) -> None:
    voice.speak("クサデ'ス", 1.0)
    assert [m["vowel"] for m in up.last_query()["accent_phrases"][0]["moras"]] == ["U", "a", "e", "U"]


@pytest.mark.parametrize("server", [Simulator(has_kana=False, misreads=True)])
def test_a_server_that_would_say_something_else_is_not_let(voice: Voice, up: Simulator) -> None:
    with pytest.raises(SpeechError, match="would say ワナ instead of ハナ") as told:
        voice.speak("ハ'ナ", 1.0)
    assert told.value.fault is Fault.BAD_INPUT
    assert up.count("/synthesis") == 0


NOTATION = {
    "flat": ("サクラガ", "サクラガ'"), "long on top": ("ア/ー", "ア'/ア'"), "lone long": ("ー", "ア'"), "long nasal": ("ンー", "ンン'"),
    "signs only": ("、。", ""), "many signs": ("ア！？。イ", "ア'？、イ'"), "lone accent": ("'/ア", "ア'"), "end": ("ア。。", "ア'"),
    "accent on the last": ("オトコ'", "オトコ'"), "small": ("ウァ", "ウァ'"),
}  # fmt: skip


@pytest.mark.parametrize(("kana", "notation"), NOTATION.values(), ids=NOTATION.keys())
def test_our_kana_in_their_notation(kana: str, notation: str) -> None:
    assert to_notation(find_phrases(kana)) == notation


FAULTS = {
    "bad kana": ("/accent_phrases", "400", Fault.BAD_INPUT), "field missing": ("/accent_phrases", "422", Fault.BAD_INPUT), "no style": ("/synthesis", "404", Fault.PROTOCOL),
    "broken": ("/synthesis", "500", Fault.UNAVAILABLE), "half": ("/synthesis", "half", Fault.BAD_AUDIO), "other rate": ("/synthesis", "rate", Fault.BAD_AUDIO),
    "page": ("/synthesis", "page", Fault.PROTOCOL), "no such phrases": ("/accent_phrases", "junk", Fault.PROTOCOL), "no phrases": ("/accent_phrases", "empty", Fault.BAD_INPUT),
    "slow": ("/synthesis", "slow", Fault.TIMEOUT), "gone": ("/synthesis", "die", Fault.UNAVAILABLE), "gone before": ("/accent_phrases", "die", Fault.UNAVAILABLE),
}  # fmt: skip


@pytest.mark.parametrize(("path", "act", "fault"), FAULTS.values(), ids=FAULTS.keys())
def test_what_goes_wrong_is_told_apart_and_does_not_last(
    up: Simulator, monkeypatch: pytest.MonkeyPatch, path: str, act: str, fault: Fault
) -> None:
    monkeypatch.setenv("BRIEFING_VOICEVOX_DEADLINE_S", "0.3" if act == "slow" else "5")
    voice = ENGINE.open(ZUNDA)
    clean = voice.speak(KANA, 1.0)
    up.faults[path] = [act]
    with pytest.raises(SpeechError) as told:
        voice.speak(KANA, 1.0)
    assert told.value.fault is fault
    up.released.set()
    if act == "die":
        up.start()
    assert voice.speak(KANA, 1.0).samples.tobytes() == clean.samples.tobytes()


def test_what_the_server_says_of_it_is_passed_on(voice: Voice, up: Simulator) -> None:
    voice.speak(KANA, 1.0)
    up.faults["/accent_phrases"] = ["400", "422"]
    for words in ("判別できない読み仮名", "field required"):
        with pytest.raises(SpeechError, match=words):
            voice.speak(KANA, 1.0)


def speaker(voice: Voice, folder: Path) -> Speaker:
    name = VoiceName("voicevox", ZUNDA)
    return Speaker(name, ENGINE.info, voice, Turns(folder, ENGINE.info), sleep=lambda _: None)


def sentence(kana: str) -> Utterance:
    return Utterance(kana, kana, VoiceName("voicevox", ZUNDA), 1.0, "0" * 40, "a.md:1")


def test_a_local_server_is_asked_patiently(voice: Voice, up: Simulator, tmp_path: Path) -> None:
    patient = speaker(voice, tmp_path)
    clean = patient.say(sentence(KANA))
    up.faults["/synthesis"] = ["500", "half", "silence", "page", "rate"]
    assert patient.say(sentence(KANA)).samples.tobytes() == clean.samples.tobytes()
    assert up.faults["/synthesis"] == []


def test_nothing_leaves_the_machine_for_a_local_server_and_that_is_told_of_another(
    up: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    from briefing.config import Config

    name = resolve(VoiceName("voicevox", "ずんだもん"))
    assert ENGINE.info.is_offline
    assert ENGINE.info.is_service
    assert sendings(Config(), [sentence(KANA)]) == ()
    monkeypatch.setenv("BRIEFING_VOICEVOX_URL", "http://voices.example:50021/")
    assert ENGINE.info.host == "voices.example"
    assert "not encrypted" in ENGINE.info.warning
    (sending,) = sendings(Config(), [sentence(KANA)])
    assert (sending.host, sending.sentences, sending.cost_usd) == ("voices.example", 1, 0.0)
    assert name.speaker == ZUNDA


def test_an_address_that_is_none_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFING_VOICEVOX_URL", "127.0.0.1:50021")
    with pytest.raises(ConfigError, match="BRIEFING_VOICEVOX_URL"):
        resolve(VoiceName("voicevox", ZUNDA))


def test_styles_that_talk_are_listed_everybodys_first_ones_first(up: Simulator) -> None:
    found = ENGINE.describe()
    assert [each.name.speaker for each in found] == [
        "四国めたん/ノーマル",
        ZUNDA,
        "四国めたん/あまあま",
        "ずんだもん/ささやき",
    ]
    assert [resolve(VoiceName("voicevox", ""), index).speaker for index in range(len(Part))][:2] == [
        "四国めたん/ノーマル",
        ZUNDA,
    ]
    assert ENGINE.identity(ZUNDA) == "voicevox:1:VOICEVOX Engine:0.25.1:u-zunda:3:0.15.9"
    with pytest.raises(UsageError):
        resolve(VoiceName("voicevox", "歌う人"))


BRANDS = {"VOICEVOX": "VOICEVOX:ずんだもん", "VOICEVOX Nemo": "VOICEVOX Nemo", "AivisSpeech": "AivisSpeech:ずんだもん"}


@pytest.mark.parametrize("server", [Simulator(brand=brand) for brand in BRANDS], ids=list(BRANDS))
def test_the_credit_bears_the_brand(up: Simulator) -> None:
    assert cast.credit_of(VoiceName("voicevox", ZUNDA)) == BRANDS[up.brand]


def test_a_style_that_is_gone_is_told_before_anything_is_asked_of_it(up: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    assert ENGINE.describe()
    monkeypatch.setattr("tests.voices.voicevox_server.SPEAKERS", SPEAKERS[:1])
    with pytest.raises(SpeechError, match="any more"):
        check_voice(VoiceName("voicevox", ZUNDA))
    assert up.count("/audio_query") == 0


def test_whom_a_server_had_is_known_while_it_is_off(up: Simulator) -> None:
    there = [each.name for each in ENGINE.describe()]
    identity = ENGINE.identity(ZUNDA)
    known_catalogue.cache_clear()
    up.die()
    found = ENGINE.describe()
    assert [each.name for each in found] == there
    assert not any(each.available for each in found)
    assert ENGINE.identity(ZUNDA) == identity
    with pytest.raises(SpeechError, match="no connection") as told:
        check_voice(VoiceName("voicevox", ZUNDA))
    assert "start the engine" in told.value.hint
    for file in (cache_folder() / "voicevox").iterdir():
        file.write_text('{"manifest": 3}', encoding="utf-8")
    known_catalogue.cache_clear()
    with pytest.raises(SpeechError, match="no connection"):
        ENGINE.describe()


@pytest.mark.parametrize("path", ["/engine_manifest", "/speakers", "/version"])
@pytest.mark.parametrize("act", ["404", "junk", "page", "empty"])
def test_another_kind_of_server_is_told(up: Simulator, path: str, act: str) -> None:
    up.faults[path] = [act]
    if (path, act) in {("/version", "junk"), ("/version", "empty")}:
        assert ENGINE.describe()  # any text names a version
        return
    with pytest.raises(SpeechError) as told:
        ENGINE.describe()
    assert told.value.fault is Fault.PROTOCOL


def test_a_query_without_phrases_is_never_posted(voice: Voice, up: Simulator) -> None:
    for kana in ("", "。", "'/、"):
        with pytest.raises(SpeechError):
            voice.speak(kana, 1.0)
    assert up.asked[-1][0] == "/speakers"
    with pytest.raises(SpeechError):  # what would happen
        voice._post("/synthesis", {"accent_phrases": []})  # type: ignore[attr-defined]
    assert up.server is None


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits before trying again."""
    monkeypatch.setattr(asking, "pause_before_retry_s", lambda error, tries, jitter: 0.0 if tries < 3 else None)


@pytest.mark.slow
@pytest.mark.usefixtures("hasty")
def test_a_server_that_dies_midway_loses_nothing_and_is_needed_no_more_in_the_end(
    show: Path, run_here: Run, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(server):
        monkeypatch.setenv("BRIEFING_VOICEVOX_URL", server.url)
        server.faults["/synthesis"] = ["", "", "", "die"]
        died = run_here("render", "--voice", "voicevox:ずんだもん", "-q")
        assert died.code == 4
        assert "3 new clips are kept" in died.err
        assert "start the engine" in died.err

        off = run_here("render", "--voice", "voicevox:ずんだもん", "-q")
        assert off.code == 4

        server.start()
        made = run_here("render", "--voice", "voicevox:ずんだもん", "-q", "--json")
        assert made.code == 0, made.err
        clips = made.json["clips"]
        assert clips["cached"] == 3
        assert server.count("/synthesis") == clips["total"] + 1
        server.die()

    asked = len(server.asked)
    known_catalogue.cache_clear()
    elsewhere = run_here("render", "--voice", "voicevox:ずんだもん", "-o", "elsewhere", "-q", "--json")
    assert elsewhere.code == 0, elsewhere.err
    assert elsewhere.json["clips"]["synthesised"] == 0
    assert len(server.asked) == asked
    files = [sorted(p.name for p in (show / folder).rglob("*.mp3")) for folder in ("output", "elsewhere")]
    assert files[0] == files[1]


@pytest.mark.slow
def test_credits_are_in_feed_pages_and_closing_and_only_the_local_server_is_asked(
    show: Path, run: Run, server: Simulator, spy: tuple[dict[str, str], Path]
) -> None:
    with serving(server):
        done = run("render", "--voice", "voicevox", "--json", env=spy[0] | {"BRIEFING_VOICEVOX_URL": server.url})
    assert done.code == 0, done.err
    asked = set(spy[1].read_text(encoding="utf-8").splitlines())
    assert {place for place in asked if f"'127.0.0.1', {server.port}" not in place} == set()
    feed = (show / "output" / "feed.xml").read_text(encoding="utf-8")
    last = done.json["episodes"][-1]
    page = (show / "output" / last["audio"]).parent / "index.html"
    assert "VOICEVOX:四国めたん" in feed
    assert "VOICEVOX:ずんだもん" in feed
    assert "VOICEVOX:四国めたん" in page.read_text(encoding="utf-8")
    spoken = "".join(
        line["body"]
        for line in json.loads(next(page.parent.glob("transcript.*.json")).read_text(encoding="utf-8"))["segments"]
    )
    assert "声は、VOICEVOX:四国めたん" in spoken
