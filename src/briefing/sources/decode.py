"""Bytes to text: Japanese encodings told apart by what only Japanese text holds."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from functools import lru_cache

from briefing.errors import SourceError
from briefing.sources.jis import from_euc, from_iso2022

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\$\([A-Z]|\([BJI])")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_CHARSET = re.compile(
    rb"""<\?xml[^>]+encoding\s*=\s*["']([A-Za-z0-9_\-]{3,20})|<meta[^>]+charset\s*=\s*["']?\s*([A-Za-z0-9_\-]{3,20})""",
    re.I,
)
_WITHOUT_JAPANESE = ("ascii", "iso8859-1", "cp1252")  # what servers say when nobody told them
_HALF_WIDTH_EUC = re.compile(rb"(?:[\x00-\x7f]*+\x8e[\xa1-\xdf]){4,}+[\x00-\x7f]*")  # as CP932: every kanji of one row
_SAMPLE = 200_000
_OWN = {"euc_jp": from_euc, "iso2022_jp": from_iso2022}
_INVISIBLE = re.compile("[\u200b\u00ad\u202a-\u202e\u2066-\u2069\ufeff]")
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\u2028\u2029\x85]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


def decode(content: bytes, origin: str, encoding: str | None = None) -> tuple[str, str]:
    """Give text and the encoding that it was in. Raises SourceError when the bytes are no text."""
    name = encoding or detect_encoding(content)
    try:
        name = plain_name(name)
        body = next((content[len(bom) :] for bom, known in _BOMS if known == name and content.startswith(bom)), content)
        return clean(_OWN[name](body) if name in _OWN else body.decode(name)), name
    except LookupError as error:
        raise SourceError(
            f"unknown encoding {name!r}", origin, "use utf-8, utf-16, cp932, euc_jp or iso2022_jp"
        ) from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"is not {name} text", f"{origin}:{line}", "save it as UTF-8, or name its encoding"
        ) from error


def decode_page(content: bytes, origin: str, encoding: str | None = None) -> tuple[str, str]:
    """Decode HTML or XML by what the caller says, then by its byte order mark, by what it says of itself, by its bytes. Raises SourceError."""
    declared = None if encoding or has_mark(content) else _CHARSET.search(content[:4096])
    if declared and (told := declared_encoding(content, (declared[1] or declared[2]).decode("ascii"))):
        return decode(content, origin, told)
    return decode(content, origin, encoding)


def plain_name(encoding: str) -> str:
    """Give the name by which an encoding is known here; Shift_JIS as people say it is CP932. Raises LookupError.

    >>> plain_name("Shift_JIS"), plain_name("x-euc-jp"), plain_name("UTF8")
    ('cp932', 'euc_jp', 'utf-8')
    """
    asked = encoding.strip().lower().replace("-", "_").removeprefix("x_")
    found = codecs.lookup({"sjis": "cp932", "windows_31j": "cp932", "iso_2022_jp": "iso2022_jp"}.get(asked, asked)).name
    return {"shift_jis": "cp932", "utf-8-sig": "utf-8", "euc_jis_2004": "euc_jp"}.get(found, found)


def has_mark(content: bytes) -> bool:
    """Say whether a byte order mark opens the bytes: it is surer than anything that is said of them."""
    return any(content.startswith(bom) for bom, _ in _BOMS)


def declared_encoding(content: bytes, declared: str) -> str | None:
    """Give the encoding that a page or a server names, or None where it cannot be: unknown, without Japanese, or not that of the bytes."""
    try:
        name = plain_name(declared)
        if name in _WITHOUT_JAPANESE:
            return None
        decode(content, "", name)
    except (LookupError, SourceError):
        return None
    return name


def clean(text: str) -> str:
    r"""Give text in NFC with `\n` line ends, without invisible and control characters."""
    return _CONTROLS.sub("", _INVISIBLE.sub("", _BREAKS.sub("\n", unicodedata.normalize("NFC", text))))


def detect_encoding(content: bytes) -> str:
    """Name the encoding: by its mark, its escape sequences, strict UTF-8, then by which reading holds what Japanese text holds.

    >>> detect_encoding("これは文章です。".encode("euc_jp"))
    'euc_jp'
    """
    for bom, name in _BOMS:
        if content.startswith(bom):
            return name
    if content.isascii() and _ESCAPES.search(content):
        return "iso2022_jp"
    if _HALF_WIDTH_EUC.fullmatch(content):
        return "euc_jp"
    sample = _telling_part(content)
    names = ["utf-8"] if _fits(content, "utf-8") else ["cp932", "euc_jp"]
    if len(content) % 2 == 0 and (b"\0" in sample or names != ["utf-8"] or content.isascii()):
        names += ["utf-16-le", "utf-16-be"]
    fitting = [name for name in names if _fits(content, name)] or names
    return max(fitting, key=lambda name: _score(_python_decode(sample, name)))


def _fits(content: bytes, name: str) -> bool:
    try:
        _OWN[name](content) if name in _OWN else content.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _telling_part(content: bytes) -> bytes:
    """Give a piece that is enough to judge by: from the first byte beyond ASCII, at an even place as UTF-16 needs."""
    first = _BEYOND_ASCII.search(content)
    start = first.start() // 2 * 2 if first and first.start() > _SAMPLE // 2 else 0
    return content[start : start + _SAMPLE]


def _python_decode(content: bytes, name: str) -> str:
    return content.decode({"euc_jp": "euc_jis_2004"}.get(name, name), "replace")


def _score(text: str) -> float:
    """Score a reading by its characters: what Japanese is written in counts for it, what it never holds against it."""
    return sum(_weight(char) * count for char, count in Counter(text).items()) / max(len(text), 1)


def _weight(char: str) -> float:
    if "ぁ" <= char <= "ヿ" or char in "、。「」":
        return 2
    if " " <= char <= "~" or char in "\n\r\t":
        return 1
    if "一" <= char <= "鿿":
        return _levels().get(char, -0.5)
    if "｡" <= char <= "ﾟ":
        return -1
    return -5 if unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs") or char == "\ufffd" else -0.5


@lru_cache(maxsize=1)
def _levels() -> dict[str, float]:
    """Weigh the kanji of JIS X 0208: the 2965 of its first level (rows 16 to 47), and the rarer of its second."""
    pairs = [bytes((row, cell)) for row in range(0xB0, 0xF5) for cell in range(0xA1, 0xFF)]
    return {pair.decode("euc_jp", "ignore"): 1.0 if pair[0] < 0xD0 else 0.3 for pair in pairs}
