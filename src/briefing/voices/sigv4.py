"""AWS Signature Version 4 (docs.aws.amazon.com, "Signature Version 4 signing process") for one request."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote, urlsplit


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key, its secret, and the token of a temporary one."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)


def sign(
    url: str, body: bytes, headers: dict[str, str], keys: Credentials, scope: tuple[str, str], now: datetime
) -> dict[str, str]:
    """Give the headers of a POST with those that sign it. `scope` is region and service; `url` has no query; `now` is UTC."""
    parts, moment = urlsplit(url), now.strftime("%Y%m%dT%H%M%SZ")
    token = {"X-Amz-Security-Token": keys.token} if keys.token else {}
    sent = {**headers, "Host": parts.netloc, "X-Amz-Date": moment, **token}
    signed = sorted((name.lower(), value.strip()) for name, value in sent.items())
    names = ";".join(name for name, _ in signed)
    lines = "".join(f"{name}:{value}\n" for name, value in signed)
    request = f"POST\n{quote(parts.path or '/')}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    place = "/".join((moment[:8], *scope, "aws4_request"))
    text = f"AWS4-HMAC-SHA256\n{moment}\n{place}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{keys.secret_key}".encode()
    for step in (*place.split("/"), text):
        key = hmac.digest(key, step.encode(), "sha256")
    told = f"Credential={keys.access_key}/{place}, SignedHeaders={names}, Signature={key.hex()}"
    return {**sent, "Authorization": f"AWS4-HMAC-SHA256 {told}"}
