"""One contract that each voice passes."""

from __future__ import annotations

import numpy as np
import pytest

from briefing.audio.edit import speech_to_clip
from briefing.errors import UsageError
from briefing.model import VoiceName
from briefing.testing import EngineContract
from briefing.voices import describe_voices, engine_of, resolve
from briefing.voices.checks import check_speech
from briefing.voices.kokoro import _cut
from briefing.voices.kokoro_phonemes import kana_to_phonemes, uncovered

KANA = "キョ'ーワ/ハレ'マス。"
EVERY_KANA = "".join(chr(c) for c in range(ord("ァ"), ord("ヴ") + 1) if chr(c) not in "ヰヱヲヂヅヮ") + "ー、。？！'/"


class OfflineContract(EngineContract):
    """What the program itself relies on, beyond what any engine must do."""

    def test_covers_every_kana_a_reading_may_hold(self) -> None:
        voice = self.engine.open(self.speaker)
        assert voice.uncovered(EVERY_KANA) == ""
        assert voice.uncovered("漢A1") == "漢A1"

    def test_its_clip_is_trimmed_and_measured(self) -> None:
        clip = speech_to_clip(self.engine.open(self.speaker).speak(KANA, 1.0), "k", KANA)
        heard = np.flatnonzero(np.abs(clip.samples.astype(int)) > 400)
        assert heard[0] < 0.06 * clip.rate_hz
        assert len(clip.samples) - heard[-1] < 0.06 * clip.rate_hz
        assert len(clip.peak) == len(clip.energy) == -(-len(clip.samples) * 1000 // clip.rate_hz)


class TestTone(OfflineContract):
    engine, speaker = engine_of("tone"), "low"


@pytest.mark.slow
class TestOpenJTalk(OfflineContract):
    engine, speaker = engine_of("openjtalk"), "mei"


@pytest.mark.slow
class TestKokoro(OfflineContract):
    engine, speaker = engine_of("kokoro"), "jf_alpha"


@pytest.mark.slow
def test_another_speaker_of_kokoro_speaks_with_another_voice() -> None:
    one, other = (engine_of("kokoro").open(name).speak(KANA, 1.0) for name in ("jf_alpha", "jm_kumo"))
    check_speech(other, 8)
    assert one.samples.tobytes() != other.samples.tobytes()


@pytest.mark.slow
def test_kokoro_speaks_what_is_longer_than_its_limit_to_the_last_phrase() -> None:
    voice = engine_of("kokoro").open("jf_alpha")
    sentence = "キョ'ーワ/ハレ'マス、" * 32
    short = len(voice.speak("キョ'ーワ/ハレ'マス、", 4.0).samples)
    assert len(kana_to_phonemes(sentence)) > 510
    assert len(voice.speak(sentence, 4.0).samples) > 15 * short


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
