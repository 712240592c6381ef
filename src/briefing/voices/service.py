"""A speech service over HTTP: its answers, or SpeechErrors whose fault tells what may help. Keys never leave but in a header."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from briefing.errors import ConfigError, Fault, SpeechError
from briefing.voices.decode import MAX_BYTES
from briefing.web import Reply, Trouble, asked_pause_s, exchange, is_address, is_plain, words_of

_FAULTS: Mapping[Trouble, Fault] = {
    Trouble.UNREACHABLE: Fault.UNAVAILABLE,
    Trouble.TIMEOUT: Fault.TIMEOUT,
    Trouble.BROKEN: Fault.UNAVAILABLE,
    Trouble.TOO_LARGE: Fault.BAD_AUDIO,
}
_SPENT = re.compile("insufficient_quota|quota_exceeded|billing", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Service:
    """A server with the headers that it wants. `name` and `remedy` are for people; `secrets` are struck out of what it says.

    `signs` are words in a refusal that tell more than its status: `{"ThrottlingException": Fault.RATE_LIMITED}`.
    """

    name: str
    base_url: str
    remedy: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    signs: Mapping[str, Fault] = field(default_factory=dict)
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        hold_address_plain(self.base_url, self.name)
        if not all(re.fullmatch(r"[\x21-\x7e]*", secret) for secret in self.secrets):
            raise SpeechError(
                f"the key of {self.name} holds blanks or characters that no key has",
                self.name,
                "copy it again, without spaces and line ends",
                Fault.AUTH,
            )

    def ask(self, method: str, path: str, body: Any = None, content: bytes | None = None, **headers: str) -> Reply:
        """Give a good answer. Raises SpeechError for every other."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url = self.base_url.rstrip("/") + path
        reply = exchange(
            method,
            url,
            timeout_s=self.timeout_s,
            most_bytes=MAX_BYTES,
            headers=sent,
            body=body,
            content=content,
        )
        if 200 <= reply.status < 300:
            return reply
        raise self.failure(reply)

    def ask_json(self, method: str, path: str, body: Any = None) -> Any:
        """Give what an answer's JSON holds. Raises SpeechError."""
        content = self.ask(method, path, body).content
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            told = f"{self.name} answered something else than JSON"
            raise SpeechError(told, self.base_url, self.remedy, Fault.PROTOCOL) from None

    def failure(self, reply: Reply) -> SpeechError:
        """Give the error that an answer means. A server's own words are passed on, but for those about a key."""
        if reply.status == 0:
            told = f"{self.name}: {reply.detail}"
            return SpeechError(told, self.base_url, self.remedy, _FAULTS[reply.trouble])
        fault = self._fault(reply)
        words = "" if fault is Fault.AUTH else words_of(reply.content, *self.secrets)
        told = f"{self.name} answered with status {reply.status}" + (f": {words}" if words else "")
        return SpeechError(told, self.base_url, self.remedy, fault, asked_pause_s(reply.headers))

    def _fault(self, reply: Reply) -> Fault:
        said = reply.headers.get("x-amzn-errortype", "") + reply.content[:4000].decode("utf-8", "replace")
        if 400 <= reply.status < 500 and _SPENT.search(said):
            return Fault.QUOTA
        return next((fault for sign, fault in self.signs.items() if sign in said), fault_of_status(reply.status))


def fault_of_status(status: int) -> Fault:
    """Give what a status means to whoever wants to try again.

    >>> fault_of_status(503).value, fault_of_status(429).value
    ('unavailable', 'rate limited')
    """
    known = {
        401: Fault.AUTH,
        402: Fault.QUOTA,
        403: Fault.AUTH,
        408: Fault.TIMEOUT,
        425: Fault.UNAVAILABLE,
        429: Fault.RATE_LIMITED,
        501: Fault.PROTOCOL,
    }
    if status in known:
        return known[status]
    if status >= 500:
        return Fault.UNAVAILABLE
    return Fault.BAD_INPUT if status in (400, 413, 415, 422) else Fault.PROTOCOL


def hold_address_plain(url: str, name: str) -> None:
    """Raise SpeechError unless an address is plain http or https, without a name, a password or a question in it."""
    if not is_address(url) or not is_plain(url):
        told = f"the address of {name} is no plain http or https address"
        raise SpeechError(told, name, "give one like http://127.0.0.1:50021", Fault.PROTOCOL)


def setting(name: str, default: str = "") -> str:
    """Give an engine's setting from the environment: the variable BRIEFING_`name`."""
    return os.environ.get(f"BRIEFING_{name}", "").strip() or default


def number_setting(name: str, default: float) -> float:
    """Give an engine's setting as a number. Raises ConfigError when it is none, or not above zero."""
    text = setting(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise ConfigError(f"{text!r} is no number above 0", f"BRIEFING_{name}", f"set it to a number like {default:g}")
    return value
