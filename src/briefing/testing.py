"""The contract of voice engines as tests: what ours pass, and anybody's should. Needs pytest.

Make a test class of your own, and give it your engine::

    class TestParrot(EngineContract):
        engine = ParrotEngine()
        speaker = "polly"
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest

from briefing.errors import BriefingError, SpeechError
from briefing.model import Form, Join, Speech, Utterance, VoiceName
from briefing.ports import Engine
from briefing.voices.asking import Speaker, cut_text, within
from briefing.voices.checks import check_speech, count_morae
from briefing.voices.turns import Turns

_KANA = "キョ'ーワ/トテモ/ヨイ/テ'ンキデス。"
_TEXT = "今日はとてもよい天気です。"
_LONG_KANA, _LONG_TEXT = (
    "ナガ'イ/ブ'ンショーオ、ヨミマ'ス、" * 8 + "オワリマ'ス。",
    "長い文章を、読みます、" * 8 + "終わります。",
)
_EMPTY = ("", "。", "、、、", "……", "　", "🎉")
_RATES_HZ = range(8_000, 48_001)


class EngineContract:
    """What a voice engine must do. Subclass it; `engine` and `speaker` say whose voice is tried, `folder` where turns are kept."""

    engine: Engine
    speaker: str

    @pytest.fixture
    def speaks(self, tmp_path: Path) -> Speaker:
        """Give the voice as the program asks it, without the pauses that it leaves between calls."""
        info, name = self.engine.info, VoiceName(self.engine.info.name, self.speaker)
        return Speaker(name, info, self.engine.open(self.speaker), Turns(tmp_path, info), sleep=lambda _: None)

    def _utterance(self, kana: str, text: str, speed: float = 1.0) -> Utterance:
        joins = (Join(len(text), len(kana)),)
        name = VoiceName(self.engine.info.name, self.speaker)
        return Utterance(text, kana, name, speed, "0" * 40, "test", said=text, joins=joins)

    def _text(self) -> str:
        return _TEXT if self.engine.info.form is Form.TEXT else _KANA

    def test_its_voices_are_described(self) -> None:
        """Each voice bears the engine's name, a language, and a remedy where it is not available; offline is what sends nothing."""
        info, found = self.engine.info, self.engine.describe()
        assert self.speaker in [each.name.speaker for each in found]
        assert {each.name.engine for each in found} == {info.name}
        assert {each.offline for each in found} == {info.is_offline}
        assert all(each.language for each in found)
        assert all(each.available or each.remedy for each in found)
        assert set(info.cast) <= {each.name.speaker for each in found}

    def test_whoever_sends_text_away_says_how_and_to_whom(self) -> None:
        """A service has a bound of time, a bound of calls at once, and a place."""
        info = self.engine.info
        if info.is_service:
            assert info.deadline_s > 0
            assert info.concurrency > 0

    def test_identity_tells_speakers_apart_and_stays(self) -> None:
        """Two voices never share a clip; one voice is the same tomorrow."""
        names = [each.name.speaker for each in self.engine.describe()]
        assert len({self.engine.identity(name) for name in names}) == len(names)
        assert self.engine.identity(self.speaker) == self.engine.identity(self.speaker)

    def test_it_can_be_checked_before_it_speaks(self) -> None:
        """A check of a voice that is there passes."""
        self.engine.check(self.speaker)

    def test_an_unknown_speaker_is_an_error_of_ours(self) -> None:
        """What goes wrong is told by a BriefingError, at the latest when something shall be said."""
        name = VoiceName(self.engine.info.name, "nobody of this name")
        with pytest.raises(BriefingError):
            within(0, lambda: self.engine.open(name.speaker).speak(self._text(), 1.0), name)

    def test_it_says_a_sentence(self, speaks: Speaker) -> None:
        """Audio is mono, 16 bit, at a common rate, as long as the sentence warrants, and audible."""
        speech = speaks.say(self._utterance(_KANA, _TEXT))
        assert speech.samples.dtype == np.int16
        assert speech.samples.ndim == 1
        assert speech.rate_hz in _RATES_HZ
        check_speech(speech, count_morae(_KANA))

    def test_the_same_again_is_the_same_if_it_says_so(self) -> None:
        """An engine that claims to be deterministic gives the same bytes to a voice opened anew."""
        if self.engine.info.is_deterministic:
            first, again = (self.engine.open(self.speaker).speak(self._text(), 1.0) for _ in range(2))
            assert first.samples.tobytes() == again.samples.tobytes()

    def test_long_text_is_said_whole_within_its_limits(self, speaks: Speaker) -> None:
        """No piece is larger than the engine takes; all pieces together last as long as their text."""
        info = self.engine.info
        text = _LONG_TEXT if info.form is Form.TEXT else _LONG_KANA
        pieces = cut_text(text, info)
        assert "".join(pieces) == text
        assert all(len(piece) <= (info.max_characters or len(text)) for piece in pieces)
        assert all(len(piece.encode()) <= (info.max_bytes or len(text.encode())) for piece in pieces)
        short = speaks.say(self._utterance(_KANA, _TEXT))
        long = speaks.say(self._utterance(_LONG_KANA, _LONG_TEXT))
        assert _seconds(long) > 0.5 * _seconds(short) * count_morae(_LONG_KANA) / count_morae(_KANA)

    @pytest.mark.parametrize("text", _EMPTY)
    def test_nothing_to_say_is_refused(self, speaks: Speaker, text: str) -> None:
        """Text without words never becomes audio, and never reaches a service."""
        with pytest.raises(SpeechError):
            speaks.say(self._utterance(text, text))

    def test_marks_ascend_and_lie_inside_the_audio(self) -> None:
        """Marks go forwards in text and time; an engine that claims times marks more than the two ends."""
        text = self._text()
        speech = self.engine.open(self.speaker).speak(text, 1.0)
        at, ends = [m.at for m in speech.marks], [m.kana_end for m in speech.marks]
        assert at == sorted(at)
        assert ends == sorted(ends)
        assert all(0 <= m.at <= len(speech.samples) and 0 <= m.kana_end <= len(text) for m in speech.marks)
        if self.engine.info.timing != "none":
            assert len(speech.marks) > 2
            assert at[-1] >= 0.7 * len(speech.samples)

    def test_speed_shortens_what_is_said_if_it_knows_speed(self) -> None:
        """A fifth faster is clearly shorter."""
        if self.engine.info.knows_speed:
            voice = self.engine.open(self.speaker)
            assert _seconds(voice.speak(self._text(), 1.2)) < 0.93 * _seconds(voice.speak(self._text(), 1.0))

    def test_it_speaks_on_after_a_call_was_given_up(self, speaks: Speaker) -> None:
        """Whoever gives up waiting finds the voice in order afterwards."""
        with contextlib.suppress(SpeechError):  # a quick voice is in time all the same
            within(0.0001, lambda: speaks.voice.speak(self._text(), 1.0), speaks.name)
        assert _seconds(self.engine.open(self.speaker).speak(self._text(), 1.0)) > 0


def _seconds(speech: Speech) -> float:
    return len(speech.samples) / speech.rate_hz
