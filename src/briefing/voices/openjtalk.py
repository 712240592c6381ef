"""The HTS voice mei, driven by full-context labels made from our own accented katakana."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np

from briefing.errors import SpeechError
from briefing.model import Mark, Speech, VoiceInfo, VoiceName

_CREDIT = "HTS Voice Mei © 2009–2013 Nagoya Institute of Technology (MMDAgent), CC BY 3.0"
_REMEDY = "install it with `pip install pyopenjtalk-plus`"
_PHRASE = re.compile("(?P<kana>[^/、。？！]+)|(?P<pause>[、。？！])")
# The morae of two letters that the library knows (tried with each pair); any other small letter is a mora of its own.
_MORA = re.compile(
    "[クグツフヴ]ァ|[ウクグシスズツテデフヴ]ィ|[クグトド]ゥ|[イウキギクグシジチツデニヒビピフミリヴ]ェ|[ウクグツフヴ]ォ|"
    "[キギシジチヂテデニヒビピミリヴ][ャョ]|[キギシジチヂテデニヒビピフミリヴ]ュ|[クグ]ヮ|[ァ-ヴー]"
)
# Between voiceless sounds these morae lose their vowel (NHK accent dictionary, appendix on devoicing).
_DEVOICED = frozenset(("キ", "ク", "シ", "ス", "チ", "ツ", "ヒ", "フ", "ピ", "プ", "シュ"))
_VOICELESS = frozenset("カキクケコサシスセソタチツテトハヒフヘホパピプペポ")


class OpenJTalkEngine:
    """Offers the voice that comes inside pyopenjtalk-plus."""

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the one speaker."""
        here = find_spec("pyopenjtalk") is not None
        return (
            VoiceInfo(VoiceName("openjtalk", "mei"), "ja", True, here, "CC BY 3.0", _CREDIT, "" if here else _REMEDY),
        )

    def identity(self, speaker: str) -> str:
        """Name what changes the sound."""
        try:
            return f"openjtalk:4:plus{version('pyopenjtalk-plus')}:{speaker}"
        except PackageNotFoundError:
            raise SpeechError("pyopenjtalk-plus is not installed", "openjtalk", _REMEDY) from None

    def open(self, speaker: str) -> OpenJTalkVoice:
        """Load the library (the voice itself loads at the first sentence)."""
        try:
            import pyopenjtalk
        except ImportError as error:
            raise SpeechError(f"pyopenjtalk does not load: {error}", "openjtalk", _REMEDY) from error
        return OpenJTalkVoice(pyopenjtalk)


class OpenJTalkVoice:
    """Says katakana with its accents at 48 kHz."""

    version = "4"

    def __init__(self, library: Any) -> None:
        self._library = library

    def uncovered(self, kana: str) -> str:
        """Give what is no katakana, accent or pause."""
        return re.sub("[ア-ヴァ-ョヮー、。？！'/]", "", kana)

    def speak(self, kana: str, speed: float) -> Speech:
        """Say katakana. Raises SpeechError when the library gives nothing back."""
        labels = self._library.make_label([_feature(m) for m in _PHRASE.finditer(kana)])
        if len(labels) < 3:
            raise SpeechError("there is nothing to say")
        wave, rate_hz = self._library.synthesize(labels, speed)
        samples = np.clip(wave * _HEADROOM, -32767, 32767).astype(np.int16)
        return Speech(samples, int(rate_hz), (Mark(0, 0), Mark(len(kana), len(samples))))


# The voice peaks over full scale on loud vowels (measured +1.2 dB): 3 dB of room, made up by the mastering gain.
_HEADROOM = 0.7


def _feature(match: re.Match[str]) -> dict[str, Any]:
    """Give a phrase or a pause as the library's node; only pronunciation, accent and length are used by labels."""
    pause = match["pause"]
    if pause:
        return _node(pause if pause in "？！" else "、", "記号", 0, 0)
    accent = len(_MORA.findall(match["kana"].partition("'")[0])) if "'" in match["kana"] else 0
    morae = _MORA.findall(match["kana"].replace("'", ""))
    return _node("".join(_devoice(morae, accent)), "名詞", accent, len(morae))


def _node(text: str, pos: str, accent: int, morae: int) -> dict[str, Any]:
    starred = dict.fromkeys(("pos_group2", "pos_group3", "ctype", "cform", "chain_rule"), "*")
    return starred | {
        "pos_group1": "一般", "string": text, "pos": pos, "orig": text, "read": text, "pron": text, "acc": accent, "mora_size": morae, "chain_flag": 0
    }  # fmt: skip


def _devoice(morae: list[str], accent: int) -> list[str]:
    """Mark the morae that lose their vowel: between voiceless sounds, ス of です and ます at the end, never two in a row."""
    out: list[str] = []
    for index, mora in enumerate(morae):
        following = morae[index + 1][0] if index + 1 < len(morae) else ""
        last = not following and mora == "ス" and index > 0 and morae[index - 1] in ("デ", "マ")
        between = following in _VOICELESS and index + 1 != accent if following else False
        fresh = not (out and out[-1].endswith("’"))
        out.append(mora + "’" if mora in _DEVOICED and fresh and (last or between) else mora)
    return out


ENGINE = OpenJTalkEngine()
