"""One contract that each voice passes."""

from __future__ import annotations

import numpy as np
import pytest

from briefing.audio.edit import speech_to_clip
from briefing.errors import SpeechError, UsageError
from briefing.model import VoiceName
from briefing.ports import Voice
from briefing.voices import describe_voices, engine_of, open_voice, resolve
from briefing.voices.kokoro import _cut
from briefing.voices.kokoro_phonemes import kana_to_phonemes, uncovered

KANA = "キョ'ーワ/ハレ'マス。"
OFFLINE = [
    VoiceName("tone", "low"),
    pytest.param(VoiceName("openjtalk", "mei"), marks=pytest.mark.slow),
    pytest.param(VoiceName("kokoro", "jf_alpha"), marks=pytest.mark.slow),
    pytest.param(VoiceName("kokoro", "jm_kumo"), marks=pytest.mark.slow),
]


@pytest.mark.parametrize("name", OFFLINE, ids=str)
class TestEveryVoice:
    @pytest.fixture
    def voice(self, name: VoiceName) -> Voice:
        return open_voice(name)

    def test_says_katakana_at_a_common_rate(self, voice: Voice, name: VoiceName) -> None:
        speech = voice.speak(KANA, 1.0)
        assert speech.samples.dtype == np.int16
        assert speech.rate_hz in (24_000, 48_000)
        assert 0.5 < len(speech.samples) / speech.rate_hz < 4

    def test_gives_the_same_bytes_again(self, voice: Voice, name: VoiceName) -> None:
        assert voice.speak(KANA, 1.0).samples.tobytes() == open_voice(name).speak(KANA, 1.0).samples.tobytes()

    def test_marks_ascend_and_end_with_the_kana(self, voice: Voice, name: VoiceName) -> None:
        speech = voice.speak(KANA, 1.0)
        assert [m.at for m in speech.marks] == sorted(m.at for m in speech.marks)
        assert speech.marks[-1].kana_end == len(KANA)
        assert speech.marks[-1].at <= len(speech.samples)

    def test_speaks_faster_when_asked(self, voice: Voice, name: VoiceName) -> None:
        assert len(voice.speak(KANA, 1.5).samples) < len(voice.speak(KANA, 1.0).samples)

    def test_covers_every_kana_a_reading_may_hold(self, voice: Voice, name: VoiceName) -> None:
        every = (
            "".join(chr(c) for c in range(ord("ァ"), ord("ヴ") + 1) if chr(c) not in "ヰヱヲヂヅヮ") + "ー、。？！'/"
        )
        assert voice.uncovered(every) == ""
        assert voice.uncovered("漢A1") == "漢A1"

    def test_refuses_nothing(self, voice: Voice, name: VoiceName) -> None:
        with pytest.raises(SpeechError):
            voice.speak("。", 1.0)

    def test_identity_tells_speakers_apart_without_loading(self, voice: Voice, name: VoiceName) -> None:
        engine = engine_of(name.engine)
        assert len({engine.identity(i.name.speaker) for i in engine.describe()}) == len(engine.describe())

    def test_its_clip_is_trimmed_and_measured(self, voice: Voice, name: VoiceName) -> None:
        clip = speech_to_clip(voice.speak(KANA, 1.0), "k", KANA)
        heard = np.flatnonzero(np.abs(clip.samples.astype(int)) > 400)
        assert heard[0] < 0.06 * clip.rate_hz
        assert len(clip.samples) - heard[-1] < 0.06 * clip.rate_hz
        assert len(clip.peak) == len(clip.energy) == -(-len(clip.samples) * 1000 // clip.rate_hz)


@pytest.mark.slow
def test_kokoro_speaks_what_is_longer_than_its_limit_to_the_last_phrase() -> None:
    voice = open_voice(VoiceName("kokoro", "jf_alpha"))
    sentence = "キョ'ーワ/ハレ'マス、" * 32
    short = len(voice.speak("キョ'ーワ/ハレ'マス、", 1.0).samples)
    assert len(kana_to_phonemes(sentence)) > 510
    assert len(voice.speak(sentence, 1.0).samples) > 15 * short


def test_long_kana_is_cut_at_phrases_and_joins_to_the_whole() -> None:
    kana = "ナガ'イ/ブ'ンショーオ、" * 60 + "オワリマ'ス。"
    pieces = _cut(kana)
    assert "".join(piece for _, piece in pieces) == kana
    assert all(len(kana_to_phonemes(piece)) <= 510 for _, piece in pieces)
    assert all(piece[-1] in "、。" for _, piece in pieces)


PHONEMES = {
    "nasal before p": ("シンパイ", "ɕimpai"), "nasal before k": ("ゲンキ", "ɡeŋkʲi"), "nasal at the end": ("ホン", "hoɴ"),
    "nasal over an accent": ("ホ'ント", "honto"), "double consonant": ("ガッコー", "ɡaʔkoː"), "foreign": ("ヴァイオリン", "vaioɾʲiɴ"),
    "ti": ("パーティー", "paːtʲiː"), "small vowel": ("ファイル", "ɸaiɾɯ"), "pause": ("ア、イ。", "a,i."), "lone length": ("ー", "ː"),
}  # fmt: skip


@pytest.mark.parametrize(("kana", "phonemes"), PHONEMES.values(), ids=PHONEMES.keys())
def test_kana_becomes_the_phonemes_that_kokoro_knows(kana: str, phonemes: str) -> None:
    assert kana_to_phonemes(kana) == phonemes
    assert uncovered(kana) == ""


def test_unknown_names_are_refused_with_what_there_is() -> None:
    with pytest.raises(UsageError, match="no voice engine"):
        engine_of("parrot")
    with pytest.raises(UsageError, match="no speaker"):
        resolve(VoiceName("tone", "loud"))


def test_every_voice_is_described_and_credited_where_its_licence_asks() -> None:
    credits = {str(v.name): v.credit for v in describe_voices()}
    assert "CC BY 3.0" in credits["openjtalk:mei"]
    assert {"kokoro:jf_alpha", "gtts:ja", "tone:low"} <= set(credits)
