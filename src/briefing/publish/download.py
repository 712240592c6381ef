"""Bringing a published feed and its files into a folder, to be checked there. The owner of httpx in this stage."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urljoin

import httpx

from briefing.errors import PublishError
from briefing.publish.feed import base_of_feed
from briefing.publish.folder import Folder

_TIMEOUT_S = 20.0
_MAX_BYTES = 200_000_000
_LINKS = re.compile(rb'(?:url|href)="([^"]+)"')


def download_feed(address: str, folder: Path) -> None:
    """Fetch a feed and everything that it names below its own address. Raises PublishError."""
    with httpx.Client(timeout=_TIMEOUT_S, follow_redirects=True, max_redirects=5) as client:
        content = _fetch(client, address)
        target = Folder(folder)
        target.write("feed.xml", content)
        base = base_of_feed(content) or urljoin(address, ".")
        for link in dict.fromkeys(_LINKS.findall(content)):
            url = link.decode(errors="replace").replace("&amp;", "&")
            if url.startswith(base) and not url.endswith(("feed.xml", "/", ".html")):
                name = url.removeprefix(base)
                target.write(unquote(name), _fetch(client, urljoin(address, name)))


def _fetch(client: httpx.Client, url: str) -> bytes:
    try:
        with client.stream("GET", url) as answer:
            answer.raise_for_status()
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > _MAX_BYTES:
                    raise PublishError("is larger than 200 MB", url, "check it on the machine where it lies")
            return bytes(content)
    except httpx.HTTPError as error:
        raise PublishError(
            f"cannot be fetched: {error}", url, "check the address; a feed's ends in feed.xml"
        ) from error
