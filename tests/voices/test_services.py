"""The services that are asked by HTTP: one contract, every fault of the wire, and keys that stay where they belong."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.voices.speech_server import (
    GEORGE,
    KEY,
    RATE_HZ,
    Act,
    Answer,
    Stage,
    as_mp3,
    as_wave,
    fails,
    in_json,
    play,
    sound,
)  # fmt: skip

from briefing.errors import Fault, SpeechError
from briefing.model import Join, Utterance, VoiceName
from briefing.testing import EngineContract
from briefing.voices import check_voice, describe_voices, engine_of, open_speaker, resolve
from briefing.voices.decode import decode_audio
from briefing.voices.prices import price_of
from briefing.voices.service import Service
from briefing.voices.sigv4 import Credentials, sign

SPEAKERS = {
    "openai": "jf_alpha", "google": "ja-JP-Neural2-B", "azure": "ja-JP-NanamiNeural", "elevenlabs": GEORGE, "polly": "Kazuha",
}  # fmt: skip
TEXT = "今日はとてもよい天気です。"


def settings(url: str) -> dict[str, str]:
    keys = {f"BRIEFING_{name}_API_KEY": KEY for name in ("OPENAI", "GOOGLE", "AZURE", "ELEVENLABS")}
    urls = {f"BRIEFING_{name}_URL": url for name in ("GOOGLE", "AZURE", "ELEVENLABS", "POLLY")}
    aws = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": KEY, "AWS_REGION": "ap-northeast-1"}
    return keys | urls | aws | {"BRIEFING_OPENAI_BASE_URL": f"{url}/v1", "BRIEFING_AZURE_REGION": "japaneast"}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with play() as stage:
        for name, value in settings(stage.url).items():
            monkeypatch.setenv(name, value)
        yield stage


@pytest.mark.usefixtures("stage")
class ServiceContract(EngineContract):
    """What any engine must do, against the double of its service."""


class TestOpenAI(ServiceContract):
    engine, speaker = engine_of("openai"), SPEAKERS["openai"]


class TestGoogle(ServiceContract):
    engine, speaker = engine_of("google"), SPEAKERS["google"]


class TestAzure(ServiceContract):
    engine, speaker = engine_of("azure"), SPEAKERS["azure"]


class TestElevenLabs(ServiceContract):
    engine, speaker = engine_of("elevenlabs"), SPEAKERS["elevenlabs"]


class TestPolly(ServiceContract):
    engine, speaker = engine_of("polly"), SPEAKERS["polly"]


@dataclass(frozen=True)
class Case:
    act: Act
    fault: Fault | Mapping[str, Fault]  # for all engines, or for each
    retry_after_s: float = 0.0

    def fault_for(self, engine: str) -> Fault:
        return self.fault if isinstance(self.fault, Fault) else self.fault[engine]


def wrapped(audio: bytes) -> Act:
    """The same audio in the envelope of whichever service is asked."""

    def act(asked: Any) -> Answer:
        name = {"/v1/text:": "audioContent", "/v1/text-": "audio_base64"}.get(asked.path[:9], "")
        return Answer(in_json(name, audio) if name else audio)

    return act


PAGE = b"<!DOCTYPE html><html><body>Please log in to the network</body></html>"
NO_JSON = {"openai": Fault.BAD_AUDIO, "azure": Fault.BAD_AUDIO, "polly": Fault.BAD_AUDIO} | {"google": Fault.PROTOCOL, "elevenlabs": Fault.PROTOCOL}  # fmt: skip
FAULTS: Mapping[str, Case] = {
    "401": Case(fails(401, f"wrong key {KEY}"), Fault.AUTH),
    "403": Case(fails(403, f"{KEY} may not"), Fault.AUTH),
    "404": Case(fails(404, "no such thing"), Fault.PROTOCOL),
    "429": Case(fails(429, "slow down", Retry_After="7"), Fault.RATE_LIMITED, 7.0),
    "quota spent": Case(fails(429, f"insufficient_quota: see billing of {KEY}"), Fault.QUOTA),
    "quota spent, as ElevenLabs says it": Case(fails(401, "quota_exceeded"), Fault.QUOTA),
    "500": Case(fails(500, f"oops at {KEY}"), Fault.UNAVAILABLE),
    "503": Case(fails(503, "later", Retry_After="2"), Fault.UNAVAILABLE, 2.0),
    "an error that tells the key": Case(fails(400, f"cannot read the text of {KEY}"), Fault.BAD_INPUT),
    "a web page with status 200": Case(lambda _: Answer(PAGE), Fault.PROTOCOL),
    "empty": Case(lambda _: Answer(b""), NO_JSON),
    "words for audio": Case(lambda _: Answer(b"Internal error, sorry", headers={"Content-Type": "audio/wav"}), NO_JSON),
    "half a WAV": Case(wrapped(as_wave(sound(TEXT))[:20_000]), Fault.BAD_AUDIO),
    "half a frame of MP3": Case(wrapped(as_mp3(sound(TEXT))[:5_000] + b"no frame"), Fault.BAD_AUDIO),
    "a page within": Case(wrapped(PAGE), Fault.PROTOCOL),
    "cut off on the way": Case(lambda _: Answer(as_wave(sound(TEXT)), cut=9_000), Fault.UNAVAILABLE),
    "closed at once": Case(lambda _: Answer(b"x" * 50, cut=0), Fault.UNAVAILABLE),
}  # fmt: skip


@pytest.mark.parametrize("name", SPEAKERS)
def test_every_fault_is_told_apart_and_none_tells_the_key(
    name: str, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "briefing")
    engine = engine_of(name)
    voice = engine.open(SPEAKERS[name])
    found = {}
    for case_name, case in FAULTS.items():
        stage.acts[:] = [case.act]
        with pytest.raises(SpeechError) as told:
            voice.speak(TEXT, 1.0)
        found[case_name] = (told.value.fault, told.value.retry_after_s)
        assert (
            KEY
            not in f"{told.value}{told.value!r}{vars(pickle.loads(pickle.dumps(told.value)))}{told.value.__cause__!r}"
        ), case_name
    assert found == {each: (case.fault_for(name), case.retry_after_s) for each, case in FAULTS.items()}
    assert KEY not in f"{caplog.text}{engine.identity(SPEAKERS[name])}{engine.info}{engine.describe()}"
    assert len(voice.speak(TEXT, 1.0).samples) > RATE_HZ  # and it speaks on


@pytest.mark.parametrize("name", SPEAKERS)
def test_a_redirect_is_not_followed_and_the_key_stays(name: str, stage: Stage) -> None:
    with play() as elsewhere:
        stage.acts[:] = [lambda _: Answer(b"", 307, {"Location": f"{elsewhere.url}/v1/speech"})]
        with pytest.raises(SpeechError, match="307"):
            engine_of(name).open(SPEAKERS[name]).speak(TEXT, 1.0)
        assert elsewhere.asked == []
    assert len(stage.asked) == 1
    in_places = [header for header, value in stage.asked[0].headers.items() if KEY in value]
    assert len(in_places) == 1  # and it is in one header alone, never in address or body
    assert KEY not in stage.asked[0].path + stage.asked[0].body.decode()


def test_a_stall_ends(stage: Stage) -> None:
    stage.acts[:] = [lambda _: Answer(b"late", wait_s=0.5)]
    with pytest.raises(SpeechError) as told:
        Service("slow", stage.url, "", timeout_s=0.1).ask("GET", "/")
    assert told.value.fault is Fault.TIMEOUT


@pytest.mark.parametrize("name", SPEAKERS)
def test_without_its_key_a_service_is_not_there_and_says_what_to_set(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in (*settings(""), "OPENAI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    engine = engine_of(name)
    infos = engine.describe()
    assert not any(info.available for info in infos)
    needed = "AWS_ACCESS_KEY_ID" if name == "polly" else f"BRIEFING_{name.upper()}_API_KEY"
    assert all(needed in info.remedy for info in infos)
    with pytest.raises(SpeechError, match=needed):
        check_voice(infos[0].name)


def test_a_service_that_was_never_tried_says_so(stage: Stage) -> None:
    for name in SPEAKERS:
        assert name == "openai" or "untested live" in engine_of(name).info.warning
    assert engine_of("openai").info.is_offline  # a server on this machine: nothing leaves it


def test_check_asks_the_service_for_the_voice_where_it_may(stage: Stage) -> None:
    for name, wrong in {"openai": "jf_nobody", "google": "ja-JP-Wavenet-Z", "azure": "en-US-AvaNeural", "elevenlabs": "../x", "polly": "Mizuki"}.items():  # fmt: skip
        check_voice(VoiceName(name, SPEAKERS[name]))
        with pytest.raises(Exception, match=r"no (voice|speaker)|is no id"):
            check_voice(VoiceName(name, wrong))
    for act, fault in {fails(401): Fault.AUTH, fails(503): Fault.UNAVAILABLE}.items():
        for name in ("openai", "google", "azure"):
            stage.acts[:] = [act]
            with pytest.raises(SpeechError) as told:
                engine_of(name).check(SPEAKERS[name])
            assert told.value.fault is fault


def test_a_server_of_ones_own_lists_its_voices_or_takes_any(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [v.name.speaker for v in engine_of("openai").describe()] == ["jf_alpha", "jm_kumo"]  # af_heart is English
    assert resolve(VoiceName("openai", "")) == VoiceName("openai", "jf_alpha")
    stage.acts[:] = [fails(404)]
    check_voice(VoiceName("openai", "whoever"))
    identity = engine_of("openai").identity("jf_alpha")
    monkeypatch.setenv("BRIEFING_OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert engine_of("openai").identity("jf_alpha") != identity
    (gone,) = [v for v in describe_voices() if v.name.engine == "openai"]
    assert not gone.available
    assert "BRIEFING_OPENAI_BASE_URL" in gone.remedy


def test_openais_key_goes_to_openai_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("BRIEFING_OPENAI_BASE_URL", raising=False)
    engine = engine_of("openai")
    assert engine.info.host == "api.openai.com"
    engine.check("marin")
    assert price_of(VoiceName("openai", "marin"), engine.info.model) is not None


WIRE: Mapping[str, tuple[bytes, int]] = {
    "at another rate": (as_wave(sound(TEXT, rate_hz=44_100), 44_100), 44_100),
    "bare PCM": (sound(TEXT), RATE_HZ),
    "bare PCM that begins like MP3": (b"\xff\xff\xff\xfb\xff\xe2" + sound(TEXT), RATE_HZ),
    "bare PCM that begins like JSON": (b"{\x00[\x00" + sound(TEXT), RATE_HZ),
    "MP3 after all": (as_mp3(sound(TEXT)), RATE_HZ),
    "WAV of a stream, its length unknown": (as_wave(sound(TEXT)).replace(len(sound(TEXT)).to_bytes(4, "little"), b"\xff" * 4), RATE_HZ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "rate_hz"), WIRE.values(), ids=WIRE.keys())
def test_audio_is_told_by_its_bytes(body: bytes, rate_hz: int, stage: Stage) -> None:
    stage.acts[:] = [lambda _: Answer(body, headers={"Content-Type": "application/octet-stream"})]
    speech = engine_of("openai").open("jf_alpha").speak(TEXT, 1.0)
    assert speech.rate_hz == rate_hz
    assert len(speech.samples) / rate_hz == pytest.approx(len(sound(TEXT)) / 2 / RATE_HZ, abs=0.1)


def test_what_a_service_sends_otherwise_than_asked_is_asked_for_again(stage: Stage, tmp_path: Path) -> None:
    name = VoiceName("azure", SPEAKERS["azure"])
    kana = "キョーワトテモヨイテンキデス。"
    line = Utterance(TEXT, kana, name, 1.0, "0" * 40, "a.md:1", said=TEXT, joins=(Join(len(TEXT), len(kana)),))
    speaker = replace(open_speaker(name, tmp_path), sleep=lambda _: None)
    stage.acts[:] = [
        wrapped(as_wave(sound(TEXT, rate_hz=44_100), 44_100)),
        wrapped(as_wave(sound("今日"))),
        fails(500),
        None,
    ]
    assert speaker.say(line).rate_hz == RATE_HZ
    assert len(stage.asked) == 4


def test_bare_pcm_is_taken_only_where_it_is_expected() -> None:
    samples, _ = decode_audio(sound(TEXT), 24_000)
    assert samples.tobytes() == sound(TEXT)
    with pytest.raises(SpeechError, match="no audio"):
        decode_audio(sound(TEXT))


def test_a_way_to_speak_is_asked_for_and_makes_another_voice(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = engine_of("openai")
    plain = engine.identity("jf_alpha")
    monkeypatch.setenv("BRIEFING_OPENAI_INSTRUCTIONS", "ニュースのように、落ち着いて")
    engine.open("jf_alpha").speak(TEXT, 1.0)
    assert stage.asked[-1].json["instructions"] == "ニュースのように、落ち着いて"
    assert engine.identity("jf_alpha") != plain


def test_what_is_asked_is_what_the_service_knows(stage: Stage) -> None:
    text = "A&B<C>は「晴れ」。"
    for name, speaker in SPEAKERS.items():
        engine_of(name).open(speaker).speak(text, 1.1)
    openai, google, azure, eleven, polly = stage.asked
    assert openai.json == {"model": "gpt-4o-mini-tts", "input": text, "voice": "jf_alpha", "response_format": "wav", "speed": 1.1}  # fmt: skip
    assert google.json["input"] == {"text": text}
    assert "A&amp;B&lt;C&gt;は「晴れ」。</prosody>" in azure.body.decode()
    assert azure.headers["x-microsoft-outputformat"] == "riff-24khz-16bit-mono-pcm"
    assert (eleven.path.split("?")[1], eleven.json["text"]) == ("output_format=pcm_24000", text)
    assert (polly.json["TextType"], polly.json["Engine"], "A&amp;B" in polly.json["Text"]) == ("ssml", "neural", True)


def test_throttling_of_polly_is_no_bad_input(stage: Stage) -> None:
    voice = engine_of("polly").open("Kazuha")
    stage.acts[:] = [
        fails(400, "Rate exceeded", x_amzn_ErrorType="ThrottlingException:http://x"),
        fails(400, "bad SSML"),
    ]
    faults = []
    for _ in range(2):
        with pytest.raises(SpeechError) as told:
            voice.speak(TEXT, 1.0)
        faults.append(told.value.fault)
    assert faults == [Fault.RATE_LIMITED, Fault.BAD_INPUT]


ALIGNMENTS: Mapping[str, tuple[Any, int]] = {
    "none": (None, 0), "of another text": ({"characters": ["x"], "character_start_times_seconds": [0]}, 0),
    "uneven": ({"characters": list("晴れ"), "character_start_times_seconds": [0]}, 0),
    "backwards and beyond": ({"characters": list("晴れ"), "character_start_times_seconds": [5, 0.1]}, 3),
}  # fmt: skip


@pytest.mark.parametrize(("alignment", "count"), ALIGNMENTS.values(), ids=ALIGNMENTS.keys())
def test_times_of_elevenlabs_are_believed_only_for_this_text(alignment: Any, count: int, stage: Stage) -> None:
    stage.acts[:] = [lambda _: Answer(in_json("audio_base64", sound("晴れ晴れ"), alignment=alignment))]
    speech = engine_of("elevenlabs").open(GEORGE).speak("晴れ", 1.0)
    assert len(speech.marks) == count
    assert all(0 <= mark.at <= len(speech.samples) for mark in speech.marks)
    assert [mark.at for mark in speech.marks] == sorted(mark.at for mark in speech.marks)
    with pytest.raises(SpeechError, match=r"0\.7 to 1\.2"):
        engine_of("elevenlabs").open(GEORGE).speak("晴れ", 1.5)


def test_settings_that_would_lead_elsewhere_are_refused(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, variable in {"azure": "BRIEFING_AZURE_REGION", "polly": "AWS_REGION"}.items():
        monkeypatch.setenv(variable, "evil.example/")
        with pytest.raises(SpeechError, match=variable):
            engine_of(name).open(SPEAKERS[name])
    for url in ("ftp://x", "http://user:word@x/v1", "http://[x", "http://x/?key=1"):
        monkeypatch.setenv("BRIEFING_OPENAI_BASE_URL", url)
        engine_of("openai").info  # noqa: B018 - it can be asked for all the same
        with pytest.raises(SpeechError, match="plain") as told:
            engine_of("openai").open("a")
        assert "word" not in str(told.value)
    monkeypatch.setenv("BRIEFING_GOOGLE_API_KEY", "two words")
    with pytest.raises(SpeechError, match="blanks") as told:
        engine_of("google").open("ja-JP-Neural2-B")
    assert "two words" not in str(told.value)


SIGNED = {  # as botocore 1.44 signs the same
    "": "b9fc59772156759d0ea2c16741df88d30c5918206784ef5645c3d1d6d5b2ff7d",
    "FwoGZXIvYXdzEXAMPLE//token==": "c141469ce4a62ac32ff37e5d54869b6194256443df7b15e5604a02ea2b1ff28d",
}


@pytest.mark.parametrize(("token", "signature"), SIGNED.items())
def test_requests_to_aws_are_signed_as_its_own_library_does(token: str, signature: str) -> None:
    keys = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    url, body = "https://polly.ap-northeast-1.amazonaws.com/v1/speech", '{"Text": "今日は"}'.encode()
    now, scope = datetime(2026, 11, 28, 12, 30), ("ap-northeast-1", "polly")  # noqa: DTZ001 - UTC, as the signer wants it
    headers = sign(url, body, {"Content-Type": "application/json"}, keys, scope, now)
    assert headers["Authorization"].endswith(f"Signature={signature}")
    assert "EXAMPLEKEY" not in f"{headers}{keys!r}{replace(keys, token='t')!r}"


@pytest.mark.slow
def test_a_render_leaves_the_key_nowhere(run: Any, show: Path, stage: Stage) -> None:
    for name, speaker in SPEAKERS.items():
        stage.acts[:] = [None] * 6 + [fails(400, f"no: {KEY}"), fails(401, KEY)]
        ran = run("-v", "render", "content", "--voice", f"{name}:{speaker}", "--json", env=settings(stage.url))
        assert ran.code == 4, ran.err
        assert KEY not in ran.out + ran.err
    again = run("-v", "render", "content", "--voice", f"{name}:{speaker}", "--json", env=settings(stage.url))
    assert again.json["clips"]["cached"] > 0
    assert KEY not in again.out + again.err
    assert list((show / "output" / "e").rglob("*.mp3"))
    assert [path for path in show.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()] == []
