"""Asks any engine for a sentence: cut to its limits, at its pace, patiently, within its deadline; audio is believed once checked."""

from __future__ import annotations

import logging
import queue
import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TypeVar

import numpy as np

from briefing.errors import BriefingError, Fault, PluginError, SpeechError
from briefing.model import EngineInfo, Form, Join, Mark, Speech, Utterance, VoiceName
from briefing.ports import Voice
from briefing.voices.checks import Usual, check_speech, count_morae
from briefing.voices.turns import Turns

T = TypeVar("T")
_LOG = logging.getLogger(__name__)  # a worker's only way to the user while it waits

# Seconds before each further try. Jitter shortens them, so that many clients do not come back together.
_WAITS_S: dict[Fault, tuple[float, ...]] = {
    Fault.RATE_LIMITED: (30, 60, 120, 300),
    Fault.UNAVAILABLE: (1, 4, 12, 30),
    Fault.TIMEOUT: (1, 4, 12),
    Fault.BAD_AUDIO: (1, 4, 12),
    Fault.PROTOCOL: (2,),
    Fault.REFUSED: (2,),
}
_LONGEST_WAIT_S = 300.0  # a service that asks to be left alone for longer is left alone: the run ends and says so
_WORTH_TELLING_S = 5.0
_FIRST_TRIES = 2  # a service that has never answered is hardly worth waiting for: the network is off, the address wrong
_REMEMBERED = 50
_ENOUGH = 5
_BREACHES = (ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError, OSError, RuntimeError, TypeError, ValueError)  # fmt: skip


@dataclass
class Speaker:
    """A voice with all that is done alike for every engine. It remembers how fast this voice speaks."""

    name: VoiceName
    info: EngineInfo
    voice: Voice
    turns: Turns
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    _paces: deque[float] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def say(self, utterance: Utterance) -> Speech:
        """Say a sentence; its marks are marks of the kana. Raises SpeechError, PluginError when the engine breaks its contract."""
        text = text_for(self.info, utterance)
        lost = self.voice.uncovered(text)
        if lost:
            raise SpeechError(
                f"this voice cannot say {lost!r}", hint="give a reading in readings.csv", fault=Fault.BAD_INPUT
            )
        pieces = cut_text(text, self.info)
        if not pieces:
            raise SpeechError("there is nothing to say", fault=Fault.BAD_INPUT)
        morae_each = count_morae(utterance.kana) / sum(map(len, pieces))
        speech = _joined([self._ask(piece, morae_each * len(piece), utterance.speed) for piece in pieces], pieces)
        return replace(speech, marks=_on_kana(speech.marks, utterance.joins)) if self._takes_text else speech

    @property
    def _takes_text(self) -> bool:
        return self.info.form is Form.TEXT

    def _ask(self, piece: str, morae: float, speed: float) -> Speech:
        """Ask for one piece until what comes can be believed, or waiting is of no use."""
        tries: dict[Fault, int] = {}
        while True:
            self.turns.wait(self.sleep)
            try:
                speech = within(self.info.deadline_s, lambda: self.voice.speak(piece, speed), self.name)
                check_speech(speech, morae / speed, self._usual())
            except SpeechError as error:
                tries[error.fault] = tries.get(error.fault, 0) + 1
                wait_s = pause_before_retry_s(error, tries[error.fault], self.jitter())
                if (
                    wait_s is None
                    or not self.info.is_service
                    or (self._is_out_of_reach(error) and tries[error.fault] > _FIRST_TRIES)
                ):
                    raise
                if wait_s > _WORTH_TELLING_S:
                    _LOG.warning("%s: %s; next try in %.0f s", self.name.engine, error.message, wait_s)
                self.sleep(wait_s)
            else:
                self._paces.append(len(speech.samples) / speech.rate_hz * speed / max(morae, 1))
                return speech

    def _is_out_of_reach(self, error: SpeechError) -> bool:
        return not self._paces and error.fault in (Fault.UNAVAILABLE, Fault.TIMEOUT)

    def _usual(self) -> Usual:
        """Give what is to be expected: of a service what is known of it, of an engine of this machine little."""
        if not self.info.is_service:
            return Usual()
        pace_s = median(self._paces) if len(self._paces) >= _ENOUGH else 0.0
        return Usual(pace_s, self.info.rate_hz, may_break_off=True)


def text_for(info: EngineInfo, utterance: Utterance) -> str:
    """Give what an engine is sent of a sentence."""
    return utterance.said if info.form is Form.TEXT else utterance.kana


def pause_before_retry_s(error: SpeechError, tries: int, jitter: float) -> float | None:
    """Give how long to wait before the next try; None when there shall be none. `jitter` lies between 0 and 1.

    A service that says when to come back is taken at its word, and is not asked a moment sooner.

    >>> pause_before_retry_s(SpeechError("busy", fault=Fault.RATE_LIMITED, retry_after_s=7), 1, 0.0)
    7.0
    >>> pause_before_retry_s(SpeechError("no such key", fault=Fault.AUTH), 1, 0.0) is None
    True
    """
    waits = _WAITS_S.get(error.fault, ())
    if tries > len(waits) or error.retry_after_s > _LONGEST_WAIT_S:
        return None
    if error.retry_after_s:
        return error.retry_after_s + jitter
    return waits[tries - 1] * (0.5 + jitter / 2)


def within(deadline_s: float, call: Callable[[], T], name: VoiceName) -> T:
    """Give what a call gives. Raises SpeechError when that takes longer than the deadline, PluginError for what engines may not raise.

    A call that comes too late is left to itself: no read timeout helps against a server that sends a byte now and then.
    """
    if not deadline_s:
        outcome = _outcome(call, name)
    else:
        box: queue.SimpleQueue[T | BriefingError] = queue.SimpleQueue()
        threading.Thread(target=lambda: box.put(_outcome(call, name)), daemon=True).start()
        try:
            outcome = box.get(timeout=deadline_s)
        except queue.Empty:
            raise SpeechError(f"{name.engine} did not finish within {deadline_s:g} s", fault=Fault.TIMEOUT) from None
    if isinstance(outcome, BriefingError):
        raise outcome
    return outcome


def _outcome(call: Callable[[], T], name: VoiceName) -> T | BriefingError:
    try:
        return call()
    except BriefingError as error:
        return error
    except _BREACHES as error:
        told = f"the voice engine {name.engine} failed with {type(error).__name__}: {error}"
        return PluginError(told, str(name), "report this to whoever made the engine; another voice works meanwhile")


_CUTS = ("。！？", "、", "/ 　")  # the best places to cut, the strongest first


def cut_text(text: str, info: EngineInfo) -> list[str]:
    """Cut what is longer than one request may be, at the last strong sign that fits. The pieces join to the whole.

    >>> cut_text("アアア、イイイ", EngineInfo("e", max_characters=5))
    ['アアア、', 'イイイ']
    >>> cut_text("ああい", EngineInfo("e", max_bytes=6))
    ['ああ', 'い']
    """
    pieces = []
    while text:
        fits = _fitting(text, info)
        cut = len(text) if fits == len(text) else _best_cut(text[:fits])
        pieces.append(text[:cut])
        text = text[cut:]
    return [piece for piece in pieces if re.search(r"\w", piece)]


def _fitting(text: str, info: EngineInfo) -> int:
    """Give how many characters one request takes, one at least."""
    fits = min(len(text), info.max_characters or len(text))
    if info.max_bytes:
        while fits > 1 and len(text[:fits].encode()) > info.max_bytes:
            fits -= 1
    return fits


def _best_cut(window: str) -> int:
    for signs in _CUTS:
        cut = max(window.rfind(sign) for sign in signs) + 1
        if cut > len(window) // 3:
            return cut
    return len(window)


def _joined(speeches: Sequence[Speech], pieces: Sequence[str]) -> Speech:
    """Join pieces. Marks count on; where one piece has none its ends are marked."""
    if len({speech.rate_hz for speech in speeches}) > 1:
        raise SpeechError("the pieces of a sentence came at different sample rates", fault=Fault.BAD_AUDIO)
    marks: list[Mark] = []
    text_at = at = 0
    for speech, piece in zip(speeches, pieces, strict=True):
        own = speech.marks or (Mark(0, 0), Mark(len(piece), len(speech.samples)))
        marks += (Mark(text_at + m.kana_end, at + m.at) for m in own)
        text_at, at = text_at + len(piece), at + len(speech.samples)
    return Speech(np.concatenate([s.samples for s in speeches]), speeches[0].rate_hz, tuple(marks))


def _on_kana(marks: Sequence[Mark], joins: Sequence[Join]) -> tuple[Mark, ...]:
    """Turn marks of a text into marks of its kana: exact where phrases end, in proportion between."""
    if not joins:
        return ()
    said, kana = [0, *(j.said_end for j in joins)], [0, *(j.kana_end for j in joins)]
    moved = (Mark(round(float(np.interp(m.kana_end, said, kana))), m.at) for m in marks)
    return tuple({m.kana_end: m for m in moved}.values())
