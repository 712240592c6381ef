"""Pages from addresses: only public ones, each connection to an address that was checked, sizes and times capped."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from briefing import __version__
from briefing.errors import SourceError

AGENT = f"briefing/{__version__} (article reader)"
MAX_BYTES = 20_000_000
_TOTAL_S = 20.0
_REDIRECTS = 5
_ENDINGS = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/markdown": ".md", "application/pdf": ".pdf",
    "application/epub+zip": ".epub", "text/vtt": ".vtt", "application/rss+xml": ".rss", "application/atom+xml": ".atom", "application/feed+json": ".json",
    "application/rdf+xml": ".rss", "application/xml": ".xml", "text/xml": ".xml", "application/json": ".json",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes


def fetch_page(url: str, folder: Path, allow_private: bool = False) -> Path:
    """Fetch a page into a folder and give its file; beside it `.origin` tells address and charset, and an ETag saves the next fetch.

    Raises SourceError for an address that is not public, refused by robots.txt, too large, too slow, or no text.
    """
    stem = folder / f"{_slug(url)}-{hashlib.sha256(url.encode()).hexdigest()[:8]}"
    memory = stem.with_suffix(".fetched.json")
    known = json.loads(memory.read_text(encoding="utf-8")) if memory.is_file() else {}
    file = Path(known["file"]) if known.get("file") else None
    conditions = {"If-None-Match": known["etag"]} if known.get("etag") and file and file.is_file() else {}
    _ask_robots(url, allow_private)
    answer = _get(url, conditions, allow_private)
    if answer.status == 304 and file:
        return file
    ending = _ENDINGS.get(answer.headers.get("content-type", "").split(";")[0].strip().lower())
    if ending is None:
        raise SourceError(
            f"is {answer.headers.get('content-type') or 'of no stated type'}, not a text",
            url,
            "give the address of an article",
        )
    file = stem.with_name(stem.name + ending)
    folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(answer.content)
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", answer.headers.get("content-type", ""), re.I)
    remember_origin(file, url, charset[1] if charset else "")
    memory.write_text(json.dumps({"file": str(file), "etag": answer.headers.get("etag", "")}), encoding="utf-8")
    return file


def remember_origin(file: Path, address: str, charset: str = "", meta: Mapping[str, str] | None = None) -> None:
    """Keep beside a file where it comes from, the encoding that the server named and what else is known of it."""
    known = {"address": address, "charset": charset, "meta": dict(meta or {})}
    file.with_name(file.name + ".origin").write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")


def recall_origin(file: Path) -> tuple[str, str, dict[str, str]]:
    """Give what is kept beside a file; of a file of the user's, its path and nothing else."""
    memory = file.with_name(file.name + ".origin")
    if not memory.is_file():
        return str(file), "", {}
    text = memory.read_text(encoding="utf-8")
    if not text.startswith("{"):
        return text.strip(), "", {}  # kept before 2026-11-25: the address alone
    known = json.loads(text)
    return known["address"], known["charset"], known["meta"]


def _slug(url: str) -> str:
    parts = urlsplit(url)
    return re.sub(r"[^a-z0-9]+", "-", f"{parts.hostname or ''}{parts.path}".lower()).strip("-")[:60] or "page"


def _ask_robots(url: str, allow_private: bool) -> None:
    """Respect robots.txt (RFC 9309); one that is not there or does not answer permits."""
    try:
        answer = _get(urljoin(url, "/robots.txt"), {}, allow_private)
    except SourceError as error:
        if "not public" in error.message:
            raise
        return
    rules = RobotFileParser()
    rules.parse(answer.content.decode("utf-8", "replace").splitlines() if answer.status == 200 else [])
    if answer.status == 200 and not rules.can_fetch(AGENT, url):
        raise SourceError(
            "its robots.txt asks programs to stay away", url, "save the page in a browser and give the file"
        )


def _get(url: str, headers: Mapping[str, str], allow_private: bool) -> _Answer:
    deadline = time.monotonic() + _TOTAL_S
    for _ in range(_REDIRECTS + 1):
        answer = _get_once(url, headers, allow_private, deadline)
        if answer.status in (301, 302, 303, 307, 308) and answer.headers.get("location"):
            url = urljoin(url, answer.headers["location"])
            continue
        if answer.status >= 400 and not url.endswith("/robots.txt"):
            raise SourceError(f"the server answers {answer.status}", url, "check the address in a browser")
        return answer
    raise SourceError(f"redirects more than {_REDIRECTS} times", url, "give the address where it ends")


def _get_once(url: str, headers: Mapping[str, str], allow_private: bool, deadline: float) -> _Answer:
    import httpx  # loaded at the first request: a run that asks nobody must not pay for it

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise SourceError("is no http or https address", url, "give one that begins with https://")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = _checked_address(parts.hostname, port, url, allow_private)
    host = f"[{address}]" if ":" in address else address
    pinned = parts._replace(netloc=f"{host}:{port}").geturl()
    sent = {"Host": parts.netloc, "User-Agent": AGENT, "Accept": "text/html, text/*;q=0.9, */*;q=0.1", **headers}
    extensions = {"sni_hostname": parts.hostname} if parts.scheme == "https" else {}
    try:
        with (
            httpx.Client(timeout=_TOTAL_S, trust_env=False) as client,
            client.stream("GET", pinned, headers=sent, extensions=extensions) as answer,
        ):
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    raise SourceError("is larger than 20 MB", url, "save the article alone and give the file")
                if time.monotonic() > deadline:
                    raise SourceError(
                        f"takes longer than {_TOTAL_S:.0f} seconds", url, "save the page in a browser and give the file"
                    )
            return _Answer(url, answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, bytes(content))
    except httpx.HTTPError as error:
        raise SourceError(f"cannot be fetched: {error}", url, "check the address and the network") from error


def _checked_address(host: str, port: int, url: str, allow_private: bool) -> str:
    """Resolve a name and give an address to connect to. Every address it has must be public, or none is used."""
    try:
        found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise SourceError(f"its host is not found: {error}", url, "check the address and the network") from error
    private = [each for each in found if not is_public(each)]
    if private and not allow_private:
        raise SourceError(f"leads to {private[0]}, which is not public", url, "pass --allow-private if you mean it")
    return found[0]


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the public network: not loopback, private, link-local, shared, multicast or reserved.

    >>> is_public("93.184.216.34"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
    (True, False, False)
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if mapped is not None:
        return is_public(str(mapped))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
