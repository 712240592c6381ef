"""When each mora begins, worked out from the lengths that a server of the VOICEVOX family states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from briefing.model import Mark
from briefing.voices.voicevox_kana import Phrase, places_of

Query: TypeAlias = Mapping[str, Any]
_UPSPEAK_S = 0.15  # a question's last vowel is repeated so long (VOICEVOX ENGINE, synthesis with upspeak)


@dataclass(frozen=True, slots=True)
class _Times:
    """Seconds: where the morae of each phrase begin, where each phrase ends, where all of it ends, the silence behind it included."""

    begins: tuple[tuple[float, ...], ...]
    ends: tuple[float, ...]
    total: float


def find_marks(
    kana: str, phrases: Sequence[Phrase], query: Query, frame_rate: float, length: int, rate_hz: int
) -> tuple[Mark, ...]:
    """Give a mark for each mora and each sign; none when the lengths are all zero or don't add up to the audio, within a frame.

    `length` is in samples. The engine rounds every sound to whole frames (`frame_rate` a second; 0: not told); a question's
    end may be drawn out. What of that holds is seen by what adds up.
    """
    if not any(mora["vowel_length"] for phrase in query["accent_phrases"] for mora in phrase["moras"]):
        return ()
    slack_s = 1 / (frame_rate or 93.75)
    for rate in dict.fromkeys((frame_rate, 0.0)):
        for has_upspeak in (True, False):
            times = _time(query, rate, has_upspeak)
            if abs(times.total - length / rate_hz) <= slack_s:
                return _to_marks(kana, phrases, query, times, length, rate_hz)
    return ()


def _time(query: Query, frame_rate: float, has_upspeak: bool) -> _Times:
    """Lay the sounds one after another. The length of a pause may be set or scaled by the query."""

    def lasting(seconds: float | None) -> float:
        scaled = float(seconds or 0.0) / float(query["speedScale"])
        return round(scaled * frame_rate) / frame_rate if frame_rate else scaled

    at = lasting(query["prePhonemeLength"])
    begins, ends = [], []
    for phrase in query["accent_phrases"]:
        starts = []
        for mora in phrase["moras"]:
            starts.append(at)
            at += lasting(mora.get("consonant_length")) + lasting(mora["vowel_length"])
        if has_upspeak and phrase.get("is_interrogative") and phrase["moras"][-1]["pitch"] > 0:
            at += lasting(_UPSPEAK_S)
        begins.append(tuple(starts))
        ends.append(at)
        if phrase.get("pause_mora"):
            pause_s = query.get("pauseLength")
            stated_s = phrase["pause_mora"]["vowel_length"] if pause_s is None else pause_s
            at += lasting(stated_s * query.get("pauseLengthScale", 1))
    return _Times(tuple(begins), tuple(ends), at + lasting(query["postPhonemeLength"]))


def _to_marks(
    kana: str, phrases: Sequence[Phrase], query: Query, times: _Times, length: int, rate_hz: int
) -> tuple[Mark, ...]:
    marks = []
    spoken = query["accent_phrases"]
    for phrase, said, begins, end in zip(phrases, spoken, times.begins, times.ends, strict=True):
        places = places_of(phrase, [mora["text"] for mora in said["moras"]])
        marks += [Mark(place, round(at * rate_hz)) for place, at in zip(places, begins, strict=True)]
        marks += [Mark(sign, round(end * rate_hz)) for sign in phrase.signs]
    return (*marks, Mark(len(kana), length))
