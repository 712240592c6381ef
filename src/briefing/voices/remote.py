"""What the services have in common: keys from the environment alone, lists of voices, text as XML, sound as base64."""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from briefing.errors import Fault, SpeechError
from briefing.model import EngineInfo, VoiceInfo, VoiceName

UNTRIED = "untested live"  # told until somebody with a key has run tests/voices/test_live.py


@dataclass(frozen=True, slots=True)
class Setting:
    """What a service must be told, such as a key: the first of these environment variables that is set."""

    service: str
    what: str
    variables: tuple[str, ...]
    form: str = ".*"

    @property
    def value(self) -> str:
        """The value; empty when none is set."""
        return next(filter(None, (os.environ.get(name, "").strip() for name in self.variables)), "")

    @property
    def remedy(self) -> str:
        """Say what to do when it is missing; empty when it is there."""
        return "" if self.value else f"set {' or '.join(self.variables)}"

    def hold(self) -> str:
        """Give the value. Raises SpeechError with the variable to set when it is missing, or has not the form of one."""
        if not self.value:
            raise SpeechError(f"{self.service} needs {self.what}", self.service, self.remedy, Fault.AUTH)
        if not re.fullmatch(self.form, self.value):
            raise SpeechError(f"this is not {self.what}", self.service, f"set {self.variables[0]} anew", Fault.AUTH)
        return self.value


def list_voices(info: EngineInfo, speakers: Iterable[str], terms: str, *needed: Setting) -> tuple[VoiceInfo, ...]:
    """Describe Japanese voices, which are there when everything needed is set."""
    remedy = next(filter(None, (setting.remedy for setting in needed)), "")
    return tuple(
        VoiceInfo(VoiceName(info.name, speaker), "ja", info.is_offline, not remedy, terms, "", remedy)
        for speaker in speakers
    )


def hold_known(info: EngineInfo, speaker: str, known: Iterable[str]) -> None:
    """Raise SpeechError unless a service knows the voice."""
    names = sorted(known)
    if speaker not in names:
        told = f"{info.name} has no voice {speaker!r} that reads Japanese"
        hint = f"choose one of {', '.join(names[:40])}" if names else "look at the service's own list"
        raise SpeechError(told, f"{info.name}:{speaker}", hint, Fault.BAD_INPUT)


def to_xml(text: str) -> str:
    r"""Give text as the content of an XML element, without the control characters that XML cannot hold.

    >>> to_xml("A&B <\x0b>")
    'A&amp;B &lt;&gt;'
    """
    return escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text))


def from_base64(answer: object, name: str) -> bytes:
    """Give the bytes that stand under a name in a JSON answer. Raises SpeechError when there are none, or broken ones."""
    text = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(text, str):
        raise SpeechError(f"the answer has no {name}", fault=Fault.PROTOCOL)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SpeechError("the audio in the answer is damaged", fault=Fault.BAD_AUDIO) from None
