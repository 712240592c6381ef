"""The HTS voice mei, driven by full-context labels made from our own accented katakana."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from briefing.errors import Fault, SpeechError
from briefing.model import EngineInfo, Mark, Speech, VoiceInfo, VoiceName
from briefing.voices.hts_durations import load_durations
from briefing.voices.morae import MORA, devoiced

_CREDIT = "HTS Voice Mei © 2009–2013 Nagoya Institute of Technology (MMDAgent), CC BY 3.0"
_REMEDY = "install it with `pip install pyopenjtalk-plus`"
_PHRASE = re.compile("(?P<kana>[^/、。？！]+)|(?P<pause>[、。？！])")


class OpenJTalkEngine:
    """Offers the voice that comes inside pyopenjtalk-plus."""

    info = EngineInfo("openjtalk", cast=("mei",), timing="mora")

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the one speaker."""
        here = find_spec("pyopenjtalk") is not None
        return (
            VoiceInfo(VoiceName("openjtalk", "mei"), "ja", True, here, "CC BY 3.0", _CREDIT, "" if here else _REMEDY),
        )

    def identity(self, speaker: str) -> str:
        """Name what changes the sound."""
        try:
            return f"openjtalk:5:plus{version('pyopenjtalk-plus')}:{speaker}"
        except PackageNotFoundError:
            raise SpeechError("pyopenjtalk-plus is not installed", "openjtalk", _REMEDY) from None

    def check(self, speaker: str) -> None:
        """Nothing but the package can be missing."""

    def open(self, speaker: str) -> OpenJTalkVoice:
        """Load the library and the voice, so that whoever gets ready ahead is ready. Raises SpeechError."""
        if speaker != "mei":
            raise SpeechError(f"openjtalk has no speaker {speaker!r}", "openjtalk", "choose mei", Fault.BAD_INPUT)
        try:
            import pyopenjtalk
        except ImportError as error:
            raise SpeechError(f"pyopenjtalk does not load: {error}", "openjtalk", _REMEDY) from error
        voice = OpenJTalkVoice(pyopenjtalk)
        voice.speak("ア", 1.0)  # the library loads what it needs at the first sentence
        return voice


class OpenJTalkVoice:
    """Says katakana with its accents at 48 kHz."""

    def __init__(self, library: Any) -> None:
        self._library = library

    def uncovered(self, kana: str) -> str:
        """Give what is no katakana, accent or pause."""
        return re.sub("[ア-ヴァ-ョヮー、。？！'/]", "", kana)

    def speak(self, kana: str, speed: float) -> Speech:
        """Say katakana; each mora and each pause sign is marked. Raises SpeechError when the library gives nothing back."""
        labels = self._library.make_label([_feature(m) for m in _PHRASE.finditer(kana)])
        if len(labels) < 3:
            raise SpeechError("there is nothing to say")
        wave, rate_hz = self._library.synthesize(labels, speed)
        samples = np.clip(wave * _HEADROOM, -32767, 32767).astype(np.int16)
        return Speech(samples, int(rate_hz), self._marks(kana, labels, speed, len(samples)))

    def _marks(self, kana: str, labels: Sequence[str], speed: float, length: int) -> tuple[Mark, ...]:
        """Give when each mora and sign begins; the two ends where that cannot be told: another voice file, another library."""
        try:
            begins = load_durations(Path(os.fsdecode(self._library.DEFAULT_HTS_VOICE))).begins(labels, speed)
            marks = _labels_to_marks(kana, labels, begins) if begins[-1] == length else ()
        except (AttributeError, OSError, ValueError, LookupError):
            marks = ()
        return marks or (Mark(0, 0), Mark(len(kana), length))


# The voice peaks over full scale on loud vowels (measured +1.2 dB): 3 dB of room, made up by the mastering gain.
_HEADROOM = 0.7


def _feature(match: re.Match[str]) -> dict[str, Any]:
    """Give a phrase or a pause as the library's node; only pronunciation, accent and length are used by labels."""
    pause = match["pause"]
    if pause:
        return _node(pause if pause in "？！" else "、", "記号", 0, 0)
    accent = len(MORA.findall(match["kana"].partition("'")[0])) if "'" in match["kana"] else 0
    morae = MORA.findall(match["kana"].replace("'", ""))
    return _node("".join(_devoice(morae, accent)), "名詞", accent, len(morae))


def _node(text: str, pos: str, accent: int, morae: int) -> dict[str, Any]:
    starred = dict.fromkeys(("pos_group2", "pos_group3", "ctype", "cform", "chain_rule"), "*")
    return starred | {
        "pos_group1": "一般", "string": text, "pos": pos, "orig": text, "read": text, "pron": text, "acc": accent, "mora_size": morae, "chain_flag": 0
    }  # fmt: skip


def _labels_to_marks(kana: str, labels: Sequence[str], begins: Sequence[int]) -> tuple[Mark, ...]:
    """Give the sample at which each mora and pause sign begins; nothing when phrases and pauses are not those of the kana.

    `begins` has a sample for each label, and the end. Signs at the two ends lie in the voice's silence there; neighbouring
    signs are one pause and begin together.
    """
    units, marks, here = _units(labels, begins), [], 0
    for match in _PHRASE.finditer(kana):
        is_pause = match["pause"] is not None
        here += not (is_pause and units[here].is_pause)
        if here == len(units) or units[here].is_pause != is_pause:
            return ()
        marks += _unit_to_marks(units[here], match)
    return (*marks, Mark(len(kana), begins[-1])) if here >= len(units) - 2 else ()


@dataclass(frozen=True, slots=True)
class _Unit:
    """A phrase or a pause of the labels: the samples at which its morae begin."""

    is_pause: bool
    begins: tuple[int, ...]


def _units(labels: Sequence[str], begins: Sequence[int]) -> tuple[_Unit, ...]:
    """Put labels together that name the same accent phrase: field F tells its place in its breath group, xx in a pause."""
    timed = zip(labels, begins, strict=False)
    groups = [list(group) for _, group in groupby(timed, key=lambda pair: pair[0].split("/")[_FIELD_F])]
    return tuple(_unit([(_SOUND.split(label)[1], at) for label, at in group]) for group in groups)


def _unit(sounds: Sequence[tuple[str, int]]) -> _Unit:
    is_mora_start = [True, *(sound in _MORA_ENDS for sound, _ in sounds)]
    begins = (at for (_, at), is_start in zip(sounds, is_mora_start, strict=False) if is_start)
    return _Unit(sounds[0][0] in _SILENCES, tuple(begins))


_SOUND = re.compile("[-+]")  # before-last^last-SOUND+next=after-next/A:…
_FIELD_F = 6  # the sounds, then A to K
_MORA_ENDS = frozenset(("a", "i", "u", "e", "o", "A", "I", "U", "E", "O", "N", "cl"))  # AIUEO: voiceless vowels
_SILENCES = frozenset(("sil", "pau"))


def _unit_to_marks(unit: _Unit, match: re.Match[str]) -> list[Mark]:
    """Give a mark for each mora; only that of the phrase when the library makes other morae of it than we (ー at its head)."""
    places = [match.start() + mora.start() for mora in MORA.finditer(match[0])] or [match.start()]
    if len(places) != len(unit.begins):
        return [Mark(match.start(), unit.begins[0])]
    return [Mark(place, at) for place, at in zip(places, unit.begins, strict=True)]


def _devoice(morae: list[str], accent: int) -> list[str]:
    """Mark the morae that lose their vowel."""
    return [mora + "’" if lost else mora for mora, lost in zip(morae, devoiced(morae, accent), strict=True)]


ENGINE = OpenJTalkEngine()
