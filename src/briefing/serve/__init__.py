"""The output folder over HTTP, right for podcast apps. The owner of Starlette, uvicorn and segno."""

from __future__ import annotations

import contextlib
import hmac
import io
import re
import socket
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import segno
import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from briefing.errors import UsageError

MIMES = {
    ".xml": "application/rss+xml; charset=utf-8", ".html": "text/html; charset=utf-8", ".mp3": "audio/mpeg", ".m4a": "audio/mp4",
    ".opus": "audio/ogg", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".vtt": "text/vtt; charset=utf-8",
    ".srt": "application/x-subrip; charset=utf-8", ".json": "application/json; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".js": "text/javascript; charset=utf-8", ".txt": "text/plain; charset=utf-8",
}  # fmt: skip
_ADDRESSED = frozenset({".xml", ".html"})
_HASHED = re.compile(r"\.[0-9a-f]{8}\.\w+$")
_RANGE = re.compile(r"bytes=\s*(?:\d+-\d*|-\d+)\s*(?:,\s*(?:\d+-\d*|-\d+)\s*)*")
_MAX_RANGES = 16
_KEPT = ("etag", "last-modified", "cache-control", "access-control-allow-origin", "vary")  # of a 304
_LOCK = "briefing.lock.json"  # lies beside the articles, which may be in the folder that is served


def make_app(root: Path, base: str = "", token: str = "") -> Starlette:
    """Give the application that serves a folder. `base` is the address written in the feed, replaced by the one asked for.

    With a `token` everything lies below it, and every other address is one that does not exist.
    """

    async def answer(request: Request) -> Response:
        path = find_file(root, _below(token, request.path_params["path"]))
        if path.suffix in _ADDRESSED and base:
            return _answer_text(request, path, base, token)
        return _answer_file(request, path)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD"])])


def _below(token: str, name: str) -> str:
    """Take the token off a path. Raises 404 for a path without it."""
    if not token:
        return name
    given, _, rest = name.partition("/")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise HTTPException(404)
    return rest


def find_file(root: Path, name: str) -> Path:
    """Give the file that a path names. Raises 404 for a missing, hidden or outside one."""
    parts = name.split("/")
    if "\x00" in name or "\\" in name or _LOCK in parts or any(part.startswith(".") for part in parts):
        raise HTTPException(404)
    path = (root / name).resolve()
    if path.is_dir():
        path = path / "index.html"
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise HTTPException(404)
    return path


def _headers(path: Path, size: int, etag: str) -> dict[str, str]:
    mime = (
        "application/json+chapters; charset=utf-8"
        if path.name.startswith("chapters.")
        else MIMES.get(path.suffix, "application/octet-stream")
    )
    age = "public, max-age=31536000, immutable" if _HASHED.search(path.name) else "no-cache"
    return {
        "content-type": mime, "accept-ranges": "bytes", "etag": etag, "last-modified": formatdate(path.stat().st_mtime, usegmt=True),
        "cache-control": age, "access-control-allow-origin": "*", "content-length": str(size), "x-content-type-options": "nosniff",
    }  # fmt: skip


def _answer_text(request: Request, path: Path, base: str, token: str) -> Response:
    """Give a feed or page with the address that it is asked for under."""
    here = f"{request.url.scheme}://{request.url.netloc}/" + (f"{token}/" if token else "")
    content = _readdressed(path.read_bytes(), base, here)
    headers = _headers(path, len(content), f'"{sha256(content).hexdigest()[:24]}"')
    if path.suffix == ".xml":
        headers["vary"] = "accept"
        if "text/html" in request.headers.get("accept", ""):  # a browser: it shows the style sheet for this type only
            headers["content-type"] = "text/xml; charset=utf-8"
    if (early := _precondition(request.headers, headers)) is not None:
        return early
    return Response(content if request.method == "GET" else b"", headers=headers)


def _readdressed(content: bytes, base: str, here: str) -> bytes:
    """Give a text with another address: whole, escaped inside a further address, and behind an app's own scheme."""
    forms = (lambda url: url, lambda url: quote(url, safe=""), lambda url: url[url.index("//") + 1 :])
    for form in forms:
        content = content.replace(form(base).encode(), form(here).encode())
    return content


def _answer_file(request: Request, path: Path) -> Response:
    stat = path.stat()
    headers = _headers(path, stat.st_size, f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"')
    if (early := _precondition(request.headers, headers)) is not None:
        return early
    asked = request.headers.get("range", "")
    if (
        request.method == "HEAD"
        or not _RANGE.fullmatch(asked)
        or _is_reversed(asked)
        or asked.count(",") >= _MAX_RANGES
    ):
        request.scope["headers"] = [(k, v) for k, v in request.scope["headers"] if k != b"range"]
    return FileResponse(path, headers=headers, stat_result=stat)


def _is_reversed(asked: str) -> bool:
    return any(int(a) > int(b) for a, b in re.findall(r"(\d+)-(\d+)", asked))


def _precondition(asked: Headers, given: dict[str, str]) -> Response | None:
    """Answer 304 or 412 where the client's copy decides (RFC 9110, 13.2.2)."""
    match, none_match, since = asked.get("if-match"), asked.get("if-none-match"), asked.get("if-modified-since")
    if match and match != "*" and given["etag"] not in _tags(match):
        return Response(status_code=412)
    kept = {k: given[k] for k in _KEPT if k in given}
    if none_match:
        fresh = none_match.strip() == "*" or given["etag"] in {t.removeprefix("W/") for t in _tags(none_match)}
        return Response(status_code=304, headers=kept) if fresh else None
    if since and _is_unmodified(since, given["last-modified"]):
        return Response(status_code=304, headers=kept)
    return None


def _tags(header: str) -> set[str]:
    return {tag.strip() for tag in header.split(",")}


def _is_unmodified(since: str, modified: str) -> bool:
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def open_socket(host: str, port: int) -> socket.socket:
    """Take the address; port 0 takes a free one. Raises UsageError when it is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio leaves Nagle's delay on
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(
            128
        )  # from here on clients wait instead of being refused: the address is told before the server runs
    except OSError as error:
        sock.close()
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}",
            "--port",
            "take another port, or --port 0 for a free one",
        ) from error
    return sock


def reachable_host(host: str) -> str:
    """Give the address that others reach this machine by when it listens on every one of its own; no packet is sent."""
    if host not in ("0.0.0.0", "::", ""):
        return host
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # a documentation address (RFC 5737): it only makes the kernel choose a way out
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def is_wider(host: str) -> bool:
    """Say whether other machines can reach an address."""
    return not (host in ("localhost", "::1") or host.startswith("127."))


def qr_code(text: str) -> str:
    """Give a QR code to print on a terminal."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, compact=True)
    return out.getvalue()


def run(app: Starlette, sock: socket.socket) -> None:
    """Serve until interrupted."""
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    uvicorn.Server(config).run(sockets=[sock])
