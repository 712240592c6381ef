"""Asking a server for a published show, as an app would. The owner of httpx in this stage.

What a feed names is not trusted: connections go only to the feed's own host or to public addresses, each checked at
every redirect; sizes, times and redirects are capped; proxies of the environment are not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from briefing import __version__
from briefing.errors import PublishError
from briefing.publish.checks.rules import Answer, ending_of

if TYPE_CHECKING:
    import httpx

_TIMEOUT_S, _TOTAL_S = 20.0, 120.0
_MOST_BYTES, _GLANCE_BYTES = 200_000_000, 100_000
_MOST_FEED_BYTES = 20_000_000
_MOST_BYTES_IN_ALL = 2_000_000_000
_REDIRECTS = 5
_AGENT = f"briefing/{__version__} (feed check)"


class UntrustedError(PublishError):
    """The server's certificate is not one that apps accept."""


@dataclass
class Visitor:
    """Asks the server of a feed. `moves` maps what the feed calls its base to where it lies now."""

    feed: str
    scratch: Path
    moves: tuple[str, str] = ("", "")
    _known: dict[tuple[str, ...], Answer] = field(default_factory=dict)
    _fetched: dict[str, Path | None] = field(default_factory=dict)
    _bytes: int = 0
    _client: httpx.Client = field(default_factory=lambda: _open_client())

    def __enter__(self) -> Visitor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, url: str, method: str = "GET", again: bool = False, **headers: str) -> Answer:
        """Give an answer with the beginning of its content. Raises PublishError when there is none."""
        key = (method, url, *(f"{name}:{value}" for name, value in headers.items()))
        if again or key not in self._known:
            most = _MOST_FEED_BYTES if url == self.feed else _GLANCE_BYTES
            self._known[key] = self._follow(self._moved(url), method, headers, most)[0]
        return self._known[key]

    def fetch_feed(self, url: str) -> Answer:
        """Give a page of the feed. Raises PublishError when the server does not have it."""
        answer, is_whole = self._follow(self._moved(url), "GET", {}, _MOST_FEED_BYTES)
        if answer.status != 200 or not is_whole:
            raise PublishError(
                f"the server answers {answer.status}" if is_whole else "is larger than 20 MB",
                url,
                "check the address; a feed's ends in feed.xml",
            )
        return answer

    def find(self, url: str) -> Path | None:
        """Fetch a file once and give its copy; nothing when the server does not have it or it is larger than 200 MB."""
        if url not in self._fetched:
            if self._bytes > _MOST_BYTES_IN_ALL:
                raise PublishError("holds more than 2 GB", self.feed, "check fewer with --episodes 10")
            self._fetched[url] = None
            with contextlib.suppress(PublishError):
                answer, is_whole = self._follow(self._moved(url), "GET", {}, _MOST_BYTES)
                self._bytes += len(answer.content)
                if answer.status == 200 and is_whole:
                    path = self.scratch / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}{ending_of(url)[:8]}"
                    path.write_bytes(answer.content)
                    self._fetched[url] = path
        return self._fetched[url]

    def _moved(self, url: str) -> str:
        base, here = self.moves
        return here + url.removeprefix(base) if base and url.startswith(base) else url

    def _follow(self, url: str, method: str, headers: dict[str, str], most: int) -> tuple[Answer, bool]:
        """Give the answer at the end of the redirects, and whether all of its content is there."""
        deadline, hops = time.monotonic() + _TOTAL_S, [url]
        while len(hops) <= _REDIRECTS + 1:
            answer, is_whole = self._ask_once(hops[-1], method, headers, most, deadline)
            onward = answer.headers.get("location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not onward:
                return Answer(hops[-1], answer.status, answer.headers, answer.content, tuple(hops[:-1])), is_whole
            hops.append(urljoin(hops[-1], onward))
        raise PublishError(f"redirects more than {_REDIRECTS} times", url, "let it answer at once")

    def _ask_once(
        self, url: str, method: str, headers: dict[str, str], most: int, deadline: float
    ) -> tuple[Answer, bool]:
        import httpx

        parts = _split(url)
        pinned = parts._replace(netloc=self._address_of(parts), fragment="").geturl()
        sent = {"Host": parts.netloc, "User-Agent": _AGENT, "Accept-Encoding": "identity"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        extensions = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
        try:
            with self._client.stream(method, pinned, headers=sent, extensions=extensions) as answer:
                content = bytearray()
                for chunk in _chunks(answer, deadline, url):
                    content += chunk[: most - len(content)]
                    if len(content) == most:
                        break
                found = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(url, answer.status_code, found, bytes(content)), len(content) < most
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            kind = UntrustedError if "CERTIFICATE_VERIFY_FAILED" in str(error) else PublishError
            raise kind(f"cannot be fetched: {error}", url, "check the address and the network") from error

    def _address_of(self, parts: SplitResult) -> str:
        """Resolve a host and give an address to connect to: a public one, or one of the host that the user named."""
        host, port = str(parts.hostname), _port_of(parts)
        try:
            found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            raise PublishError(
                f"its host is not found: {error}", parts.geturl(), "check the address and the network"
            ) from error
        own = _split(self.feed)
        if (host, port) != (own.hostname, _port_of(own)) and not all(map(_is_public, found)):
            raise PublishError(f"leads to {found[0]}, which is not public", parts.geturl(), "name a public address")
        return f"[{found[0]}]:{port}" if ":" in found[0] else f"{found[0]}:{port}"


def _open_client() -> httpx.Client:
    import httpx  # loaded at the first request: a run that asks nobody must not pay for it

    return httpx.Client(timeout=_TIMEOUT_S, trust_env=False, verify=ssl.create_default_context())


def _chunks(answer: httpx.Response, deadline: float, url: str) -> Iterator[bytes]:
    for chunk in answer.iter_raw():
        if time.monotonic() > deadline:
            raise PublishError(f"takes longer than {_TOTAL_S:.0f} seconds", url, "check the server")
        yield chunk


def _split(url: str) -> SplitResult:
    """Take an address apart. Raises PublishError for one that is none of the web's, or holds a name and password."""
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        is_right = False
    if not is_right:
        raise PublishError("is no http or https address", url, "give one that begins with https://")
    return parts


def _port_of(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.split("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    return inner.is_global and not inner.is_multicast and not inner.is_reserved
