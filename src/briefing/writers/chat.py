"""One question to an OpenAI-compatible server: patient with passing trouble, plain about lasting trouble, careful with the key."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from briefing.errors import WriterError
from briefing.web import Reply, Trouble, asked_pause_s, exchange, is_address, is_plain, words_of
from briefing.writers.prompt import SCHEMA, Message

MAX_BYTES = 2_000_000
_TRIES = 4
_PATIENCE = 3  # the tries of one question may take so many time-outs together
_HOPELESS = 2  # after so many questions in a row without an answer no more are asked
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
        reply = Reply(0)
        for index, form in enumerate(self._forms):
            reply = self._post_patiently({"model": self.model, "messages": list(messages), **form})
            if reply.status == 200:
                self._forms = self._forms[index : index + 1]
                return reply.content
            if reply.status not in _UNFIT:
                break
        raise self._failure(reply)

    def _failure(self, reply: Reply) -> NoAnswer | WriterError:
        host = urlsplit(self.base_url).netloc
        problem = _problem_of(reply, self.key)
        if not _is_about_text(reply):
            self._misses += 1
        if self._has_answered or not (reply.trouble is Trouble.UNREACHABLE or _is_lasting(reply)):
            return NoAnswer(problem)
        return WriterError(f"the language model at {host} cannot be used: {problem}", self.base_url, _remedy(reply))

    def _post_patiently(self, body: Mapping[str, Any]) -> Reply:
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

    def _post(self, body: Mapping[str, Any]) -> Reply:
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})
        reply = exchange(
            "POST",
            _address(self.base_url),
            timeout_s=self.timeout_s,
            most_bytes=MAX_BYTES,
            headers=headers,
            body=body,
            clock=self.clock,
        )
        if reply.trouble is Trouble.TOO_LARGE:
            raise NoAnswer(reply.detail)
        return reply


def check_base_url(url: str) -> None:
    """Raise WriterError unless an address is plain http or https, without anything secret in it."""
    if not is_address(url):
        raise WriterError("llm.base_url is no http or https address", "llm.base_url", "give one like https://…/v1")
    if not is_plain(url):
        raise WriterError(
            "llm.base_url holds a name, a password or a question mark",
            "llm.base_url",
            "give the plain address; the key goes into BRIEFING_LLM_API_KEY",
        )


def _address(base_url: str) -> str:
    return base_url.rstrip("/") + "/chat/completions"


def _is_passing(reply: Reply) -> bool:
    return (reply.status in _PASSING or reply.status == 0 or reply.status >= 500) and not _lacks_credit(reply)


def _is_lasting(reply: Reply) -> bool:
    """Say whether no question will ever be answered: key, model, address or account are wrong."""
    is_ours = 300 <= reply.status < 500 and reply.status not in (*_PASSING, 409)
    return _lacks_credit(reply) or (is_ours and not _is_about_text(reply))


def _is_about_text(reply: Reply) -> bool:
    """Say whether the server refuses this very text (too long, or filtered); another may pass."""
    told = reply.status in (400, 403, 422) and any(sign in reply.content for sign in _ABOUT_TEXT)
    return told or reply.status == 413


def _lacks_credit(reply: Reply) -> bool:
    return reply.status == 429 and _CREDIT in reply.content


def _remedy(reply: Reply) -> str:
    if reply.trouble is Trouble.UNREACHABLE:
        return 'check llm.base_url and the network, and that the server runs; or use script.writer = "rules"'
    return _REMEDIES[402] if _lacks_credit(reply) else _REMEDIES.get(reply.status, _ANY_REMEDY)


def _problem_of(reply: Reply, key: str) -> str:
    """Say what is wrong in one line. A server's own words are cut, cleaned and, where the key is at issue, left out."""
    if reply.status == 0:
        return reply.detail
    words = "" if reply.status in (401, 403) else words_of(reply.content, key)
    return f"the server answers {reply.status}" + (f": {words}" if words else "")


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
