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
    r"""Read `key: value` lines between `---` lines at the very top; lists and quotation marks are flattened.

    >>> front_matter("---\ntitle: 朝の会\n---\n本文")
    {'title': '朝の会'}
    """
    lines = text.split("\n")
    if lines[0].strip() != "---":
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() in ("---", "...")), 0)
    found = (_KEY.fullmatch(line.strip()) for line in lines[1:end])
    return {m["key"].lower(): m["value"].strip().strip("\"'") for m in found if m}
