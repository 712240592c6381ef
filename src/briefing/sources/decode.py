"""Bytes to text: Japanese encodings told apart by what only Japanese text holds."""

from __future__ import annotations

import codecs
import re
import unicodedata

from briefing.errors import SourceError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\$\([A-Z]|\([BJI])")
_INVISIBLE = re.compile("[\u200b\u00ad\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029\x85]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def decode(content: bytes, origin: str, encoding: str | None = None) -> tuple[str, str]:
    """Give text and the encoding that it was in. Raises SourceError when the bytes are no text."""
    name = encoding or detect_encoding(content)
    try:
        body = next((content[len(bom) :] for bom, known in _BOMS if known == name and content.startswith(bom)), content)
        return clean(body.decode(name)), name
    except LookupError as error:
        raise SourceError(f"unknown encoding {name!r}", origin, "use utf-8, cp932, euc_jp or iso2022_jp") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"is not {name} text", f"{origin}:{line}", "save it as UTF-8, or name its encoding"
        ) from error


def clean(text: str) -> str:
    r"""Give text in NFC with `\n` line ends, without invisible and control characters."""
    return _CONTROLS.sub("", _INVISIBLE.sub("", _BREAKS.sub("\n", unicodedata.normalize("NFC", text))))


def detect_encoding(content: bytes) -> str:
    """Name the encoding: mark, escape sequences, zero bytes, strict UTF-8, then CP932 against EUC-JP by what reads as Japanese.

    >>> detect_encoding("これは文章です。".encode("euc_jp"))
    'euc_jis_2004'
    """
    for bom, name in _BOMS:
        if content.startswith(bom):
            return name
    if _ESCAPES.search(content) and all(b < 0x80 for b in content):
        return "iso2022_jp_2004"
    if _is_utf16(content):
        return (
            "utf-16-le" if _share_of_text(content, "utf-16-le") >= _share_of_text(content, "utf-16-be") else "utf-16-be"
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return max(("cp932", "euc_jis_2004"), key=lambda name: _share_of_text(content, name))
    return "utf-8"


def _is_utf16(content: bytes) -> bool:
    if len(content) < 2 or len(content) % 2:
        return False
    odd, even = content[1::2], content[::2]
    rows = (0x00, 0x30)  # the upper bytes of ASCII and of kana
    share = max(sum(half.count(row) for row in rows) / len(half) for half in (odd, even))
    return share > 0.25 and (b"\x00" in content or share > 0.5)


def _share_of_text(content: bytes, name: str) -> float:
    """Score a decoding: kana and kanji count for it, half-width kana, private and broken characters against it."""
    text = content.decode(name, "replace")
    score = 0.0
    for char in text:
        if "ぁ" <= char <= "ヿ" or char in "、。「」":
            score += 2
        elif "一" <= char <= "鿿" or " " <= char <= "~" or char == "\n":
            score += 1
        elif "｡" <= char <= "ﾟ":
            score -= 1
        elif unicodedata.category(char) in ("Co", "Cn", "Cc") or char == "\ufffd":
            score -= 5
    return score / max(len(text), 1)
