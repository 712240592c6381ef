"""One question to an OpenAI-compatible server: patient with passing trouble, plain about lasting trouble, careful with the key."""

from __future__ import annotations

import ipaddress
import json
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from briefing import __version__
from briefing.errors import WriterError
from briefing.writers.prompt import SCHEMA, Message

MAX_BYTES = 2_000_000
_TRIES = 4
_PATIENCE = 3  # the tries of one question may take so many time-outs together
_HOPELESS = 2  # after so many questions in a row without an answer no more are asked
_AGENT = f"briefing/{__version__}"
_NAMED = {"name": "narration", "strict": True, "schema": SCHEMA}
# From the strictest to what every server takes: servers refuse fields that they do not know with 400 or 422.
_FORMS: tuple[Mapping[str, Any], ...] = (
    {"temperature": 0, "response_format": {"type": "json_schema", "json_schema": _NAMED}},
    {"temperature": 0, "response_format": {"type": "json_object"}},
    {"temperature": 0},
    {"response_format": {"type": "json_schema", "json_schema": _NAMED}},
    {},
)
_UNFIT = (400, 422)
_PASSING = (408, 425, 429)
_REMEDIES: Mapping[int, str] = {
    401: "put a valid key into BRIEFING_LLM_API_KEY",
    402: 'see to the account\'s credit, or use script.writer = "rules"',
    403: "put a key that may use this model into BRIEFING_LLM_API_KEY",
    404: "check llm.model, and llm.base_url, which ends where /chat/completions begins, mostly in /v1",
}
_ANY_REMEDY = 'check llm.base_url and llm.model, or use script.writer = "rules"'
_CREDIT = b"insufficient_quota"
_ABOUT_TEXT = (b"context_length", b"context length", b"content_filter", b"content management policy", b"moderation")


class NoAnswer(Exception):
    """The model gave no answer to one question, or refused; the text is told by the rules instead."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came back. Status 0: nothing did; then `content` says why."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    is_unreachable: bool = False


@dataclass
class Endpoint:
    """A server and its model. It remembers which optional fields the server takes, and whether it answers at all."""

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    timeout_s: float = 120.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    _forms: tuple[Mapping[str, Any], ...] = _FORMS
    _has_answered: bool = False
    _misses: int = 0

    def __post_init__(self) -> None:
        check_base_url(self.base_url)
        if not re.fullmatch(r"[\x21-\x7e]*", self.key):  # httpx would show the key in its complaint
            raise WriterError(
                "the key of the language model holds blanks or characters that no key has",
                "BRIEFING_LLM_API_KEY or OPENAI_API_KEY",
                "copy it again, without spaces and line ends",
            )

    def complete(self, messages: Sequence[Message]) -> str:
        """Give the text of the model's answer.

        Raises NoAnswer when there is none for this question, WriterError when the very first shows that there will never be one.
        """
        if self._misses >= _HOPELESS:
            raise NoAnswer(f"not asked, since {_HOPELESS} questions in a row got no answer")
        content = self._ask(messages)
        self._misses, self._has_answered = 0, True
        if self.key and self.key.encode() in content:
            raise NoAnswer("the answer holds the key")
        return _text_of(content)

    def _ask(self, messages: Sequence[Message]) -> bytes:
        reply = _Reply(0, b"")
        for index, form in enumerate(self._forms):
            reply = self._post_patiently({"model": self.model, "messages": list(messages), **form})
            if reply.status == 200:
                self._forms = self._forms[index : index + 1]
                return reply.content
            if reply.status not in _UNFIT:
                break
        raise self._failure(reply)

    def _failure(self, reply: _Reply) -> NoAnswer | WriterError:
        host = urlsplit(self.base_url).netloc
        problem = _problem_of(reply, self.key)
        if not _is_about_text(reply):
            self._misses += 1
        if self._has_answered or not (reply.is_unreachable or _is_lasting(reply)):
            return NoAnswer(problem)
        return WriterError(f"the language model at {host} cannot be used: {problem}", self.base_url, _remedy(reply))

    def _post_patiently(self, body: Mapping[str, Any]) -> _Reply:
        """Post, again while trouble is passing: with growing pauses, as long as the server asks, within a limit of time."""
        deadline = self.clock() + _PATIENCE * self.timeout_s
        reply = self._post(body)
        for attempt in range(1, _TRIES):
            pause_s = max(asked_pause_s(reply.headers), 2 ** (attempt - 1) * (0.5 + self.jitter()))
            if not _is_passing(reply) or self.clock() + pause_s >= deadline:
                break
            self.sleep(pause_s)
            reply = self._post(body)
        return reply

    def _post(self, body: Mapping[str, Any]) -> _Reply:
        headers = {"User-Agent": _AGENT, "Accept": "application/json", "Accept-Encoding": "identity"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        timeout = httpx.Timeout(self.timeout_s, connect=min(self.timeout_s, 10.0))
        try:
            with (
                httpx.Client(timeout=timeout, trust_env=not is_local(self.base_url)) as client,
                client.stream("POST", _address(self.base_url), json=body, headers=headers) as answer,
            ):
                found = {name.lower(): value for name, value in answer.headers.items()}
                return _Reply(answer.status_code, self._read(answer.iter_raw()), found)
        except httpx.TimeoutException:
            return _Reply(0, f"no answer within {self.timeout_s:g} seconds".encode())
        except httpx.ConnectError as error:
            return _Reply(0, f"no connection ({error})".encode(), is_unreachable=True)
        except httpx.HTTPError as error:
            return _Reply(0, f"the connection broke ({type(error).__name__})".encode())

    def _read(self, chunks: Iterator[bytes]) -> bytes:
        """Join an answer. A server that sends for ever, in small pieces or large, is left."""
        deadline = self.clock() + self.timeout_s
        content = bytearray()
        for chunk in chunks:
            content += chunk
            if len(content) > MAX_BYTES:
                raise NoAnswer(f"the answer is larger than {MAX_BYTES // 1_000_000} MB")
            if self.clock() > deadline:
                raise httpx.ReadTimeout("too slow")
        return bytes(content)


def check_base_url(url: str) -> None:
    """Raise WriterError unless an address is plain http or https, without anything secret in it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not host:
        raise WriterError("llm.base_url is no http or https address", "llm.base_url", "give one like https://…/v1")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise WriterError(
            "llm.base_url holds a name, a password or a question mark",
            "llm.base_url",
            "give the plain address; the key goes into BRIEFING_LLM_API_KEY",
        )


def is_local(url: str) -> bool:
    """Say whether an address is on this very machine.

    >>> is_local("http://127.0.0.1:11434/v1"), is_local("https://127.0.0.1.example.org/v1")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def key_for(base_url: str, environ: Mapping[str, str]) -> str:
    """Give the key for a server. OPENAI_API_KEY goes only to OpenAI, to this machine, or where the user's own environment points.

    A configuration that came with somebody's articles must not be able to send it elsewhere.
    """
    if environ.get("BRIEFING_LLM_API_KEY"):
        return environ["BRIEFING_LLM_API_KEY"].strip()
    parts = urlsplit(base_url)
    is_openai = parts.scheme == "https" and parts.hostname == "api.openai.com"
    is_own = environ.get("BRIEFING_LLM_BASE_URL") == base_url
    return environ.get("OPENAI_API_KEY", "").strip() if is_openai or is_own or is_local(base_url) else ""


def place_of(url: str) -> str:
    """Name the server as it stands in the keys of the cache and in reports: host, port and path.

    >>> place_of("https://api.example.org/v1/")
    'api.example.org/v1'
    """
    parts = urlsplit(url)
    return parts.netloc + parts.path.rstrip("/")


def asked_pause_s(headers: Mapping[str, str]) -> float:
    """Give how long the server asks to wait (Retry-After, RFC 9110 10.2.3: seconds or a date), in seconds; 0 when it does not.

    >>> asked_pause_s({"retry-after": "3"})
    3.0
    """
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _address(base_url: str) -> str:
    return base_url.rstrip("/") + "/chat/completions"


def _is_passing(reply: _Reply) -> bool:
    return (reply.status in _PASSING or reply.status == 0 or reply.status >= 500) and not _lacks_credit(reply)


def _is_lasting(reply: _Reply) -> bool:
    """Say whether no question will ever be answered: key, model, address or account are wrong."""
    is_ours = 300 <= reply.status < 500 and reply.status not in (*_PASSING, 409)
    return _lacks_credit(reply) or (is_ours and not _is_about_text(reply))


def _is_about_text(reply: _Reply) -> bool:
    """Say whether the server refuses this very text (too long, or filtered); another may pass."""
    told = reply.status in (400, 403, 422) and any(sign in reply.content for sign in _ABOUT_TEXT)
    return told or reply.status == 413


def _lacks_credit(reply: _Reply) -> bool:
    return reply.status == 429 and _CREDIT in reply.content


def _remedy(reply: _Reply) -> str:
    if reply.is_unreachable:
        return 'check llm.base_url and the network, and that the server runs; or use script.writer = "rules"'
    return _REMEDIES[402] if _lacks_credit(reply) else _REMEDIES.get(reply.status, _ANY_REMEDY)


def _problem_of(reply: _Reply, key: str) -> str:
    """Say what is wrong in one line. A server's own words are cut, cleaned and, where the key is at issue, left out."""
    text = reply.content[:4000].decode("utf-8", "replace")
    if reply.status == 0:
        return text
    words = "" if reply.status in (401, 403) else _words_of(text)
    words = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", words.replace(key, "…") if key else words)[:200].strip()
    return f"the server answers {reply.status}" + (f": {words}" if words else "")


def _words_of(text: str) -> str:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    error = found.get("error", found) if isinstance(found, dict) else ""
    message = error.get("message", "") if isinstance(error, dict) else error
    return message if isinstance(message, str) else ""


def _text_of(content: bytes) -> str:
    """Give the words of a chat completion. Raises NoAnswer for a refusal, an answer that was cut off, or anything else."""
    try:
        choice = json.loads(content)["choices"][0]
        message, reason = choice["message"], choice.get("finish_reason")
        text, refusal = message.get("content"), message.get("refusal")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        raise NoAnswer("the answer is no chat completion") from None
    if refusal or reason == "content_filter":
        raise NoAnswer("the model refuses")
    if reason == "length":
        raise NoAnswer("the answer was cut off: the model's limit is too small for this section")
    if not isinstance(text, str) or not text.strip():
        raise NoAnswer("the answer is empty")
    return text
