"""One request to a server that the user named: bounded in time and size, failures as values. Redirects are never followed."""

from __future__ import annotations

import ipaddress
import json
import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from briefing import __version__

AGENT = f"briefing/{__version__}"
_CONNECT_S = 10.0


class Trouble(StrEnum):
    """Why no answer came."""

    NONE = ""
    UNREACHABLE = "no connection"
    TIMEOUT = "no answer in time"
    BROKEN = "the connection broke"
    TOO_LARGE = "the answer is too large"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: header names are in small letters. Status 0: nothing did, because of `trouble`, told in `detail`."""

    status: int
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    trouble: Trouble = Trouble.NONE
    detail: str = ""


class _TooLarge(Exception):
    pass


class _TooSlow(Exception):
    pass


def exchange(
    method: str,
    url: str,
    *,
    timeout_s: float,
    most_bytes: int,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    content: bytes | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Reply:
    """Send one request, with a JSON `body` or bytes, and give what comes back. Redirects are not followed: they would take a key along.

    A server that sends for ever, in small pieces or large, is left. A machine's own servers are asked without a proxy.
    """
    import httpx  # loaded at the first request: a run that asks nobody must not pay for it

    timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S))
    sent = {"User-Agent": AGENT, "Accept-Encoding": "identity", **(headers or {})}
    try:
        with (
            httpx.Client(timeout=timeout, trust_env=not is_local(url), verify=_certificates()) as client,
            client.stream(method, url, json=body, content=content, headers=sent) as answer,
        ):
            found = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status_code, _read(answer.iter_raw(), clock() + timeout_s, most_bytes, clock), found)
    except _TooLarge:
        return Reply(0, trouble=Trouble.TOO_LARGE, detail=f"the answer is larger than {most_bytes // 1_000_000} MB")
    except (_TooSlow, httpx.TimeoutException):
        return Reply(0, trouble=Trouble.TIMEOUT, detail=f"no answer within {timeout_s:g} seconds")
    except httpx.ConnectError as error:
        return Reply(0, trouble=Trouble.UNREACHABLE, detail=f"no connection ({error})")
    except httpx.HTTPError as error:
        return Reply(0, trouble=Trouble.BROKEN, detail=f"the connection broke ({type(error).__name__})")


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Give what a certificate is verified by; reading the authorities takes longer than many a request."""
    import httpx

    return httpx.create_ssl_context()


def _read(chunks: Iterator[bytes], deadline: float, most_bytes: int, clock: Callable[[], float]) -> bytes:
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > most_bytes:
            raise _TooLarge
        if clock() > deadline:
            raise _TooSlow
    return bytes(content)


def is_address(url: str) -> bool:
    """Say whether this is an address of the web."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def is_plain(url: str) -> bool:
    """Say whether an address of the web carries nothing that may be secret: no name, no password, no question.

    >>> is_plain("http://127.0.0.1:50021"), is_plain("https://me@example.org/v1")
    (True, False)
    """
    parts = urlsplit(url)
    return not (parts.username or parts.password or parts.query or parts.fragment)


def is_local(url: str) -> bool:
    """Say whether an address is on this very machine.

    >>> is_local("http://127.0.0.1:11434/v1"), is_local("https://127.0.0.1.example.org/v1")
    (True, False)
    """
    host = host_of(url)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(url: str) -> str:
    """Name the host of an address, without port, name and password; "no address" for what is none."""
    try:
        return urlsplit(url).hostname or "no address"
    except ValueError:
        return "no address"


def place_of(url: str) -> str:
    """Name a server as it stands in the keys of caches and in reports: host, port and path.

    >>> place_of("https://api.example.org/v1/")
    'api.example.org/v1'
    """
    parts = urlsplit(url)
    return parts.netloc + parts.path.rstrip("/")


def key_for(service: str, base_url: str, environ: Mapping[str, str]) -> str:
    """Give the key for a server that speaks OpenAI's protocol: BRIEFING_`service`_API_KEY, else OPENAI_API_KEY.

    The latter goes only to OpenAI, to this machine, or where the user's own environment points (BRIEFING_`service`_BASE_URL):
    a configuration that came with somebody's articles must not be able to send it elsewhere.
    """
    own = environ.get(f"BRIEFING_{service}_API_KEY", "").strip()
    if own:
        return own
    parts = urlsplit(base_url)
    is_openai = parts.scheme == "https" and parts.hostname == "api.openai.com"
    is_users = environ.get(f"BRIEFING_{service}_BASE_URL") == base_url
    return environ.get("OPENAI_API_KEY", "").strip() if is_openai or is_users or is_local(base_url) else ""


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


def words_of(content: bytes, *secrets: str) -> str:
    """Give what a server says of its own failure in one clean, short line, without the secrets it was given."""
    text = content[:4000].decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return ""
    error = found.get("error", found.get("detail", found)) if isinstance(found, dict) else found
    first = error[0] if isinstance(error, list) and error else error
    message = first.get("message", first.get("text", first.get("msg", ""))) if isinstance(first, dict) else first
    words = message if isinstance(message, str) else ""
    for secret in filter(None, secrets):
        words = words.replace(secret, "…")
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", words)[:200].strip()
