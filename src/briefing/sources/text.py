"""Plain text and Markdown: lines stay as they are; front matter is read besides."""

from __future__ import annotations

import re

from briefing.model import Source
from briefing.sources.decode import decode

_KEY = re.compile(r"(?P<key>[A-Za-z_][\w-]*)\s*:\s*(?P<value>.*)")


def read_text(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read plain text."""
    text, used = decode(content, origin, encoding)
    return Source(name, text, used, origin)


def read_markdown(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read Markdown; its front matter becomes `meta`."""
    text, used = decode(content, origin, encoding)
    return Source(name, text, used, origin, front_matter(text))


def front_matter(text: str) -> dict[str, str]:
    r"""Read `key: value` lines between `---` lines at the very top; quotation marks go.

    Indented lines below a key belong to it and stay `key: value` lines, one a line.

    >>> front_matter("---\ntitle: 朝の会\nreadings:\n  山下: やまもと\n---\n本文")
    {'title': '朝の会', 'readings': '山下: やまもと'}
    """
    lines = text.split("\n")
    if lines[0].strip() != "---":
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() in ("---", "...")), 0)
    found: dict[str, str] = {}
    key = ""
    for line in lines[1:end]:
        match = _KEY.fullmatch(line.rstrip())
        if match:
            key = match["key"].lower()
            found[key] = match["value"].strip().strip("\"'")
        elif key and line.startswith((" ", "\t", "-")) and line.strip():
            found[key] = f"{found[key]}\n{line.strip()}".lstrip("\n")
    return found
