"""EUC-JP and ISO-2022-JP as they are written: with ①, ㈱ and 髙, which are in no JIS table and so in no codec of Python's."""

from __future__ import annotations

import re

# Runs that Python knows; pairs of NEC's row 13 and of IBM's kanji (rows 89 to 92, as in CP51932); JIS X 0212; anything else.
_EUC = re.compile(
    rb"((?:[\x00-\x7f]|\x8e[\xa1-\xdf]|[\xa1-\xac\xae-\xf8][\xa1-\xfe])+)|([\xad\xf9-\xfc][\xa1-\xfe])|(\x8f[\xa1-\xfe]{2})|[\x00-\xff]"
)
_ESCAPE = re.compile(rb"(\x1b(?:\$[@B]|\$\([A-Z]|\([A-Z]))")
_PAIR = re.compile(rb"[\x21-\x7e]{2}")


def from_euc(content: bytes) -> str:
    """Decode EUC-JP. Raises UnicodeDecodeError.

    >>> from_euc(bytes.fromhex("ada1adebfce2b6b6"))
    '①㈲髙橋'
    """
    out = []
    for match in _EUC.finditer(content):
        run, pair, other = match.groups()
        if pair:
            out.append(_to_shift_jis(pair).decode("cp932"))
        elif run or other:
            out.append(match[0].decode("euc_jis_2004" if run else "euc_jp"))
        else:
            raise UnicodeDecodeError("euc_jp", content, match.start(), match.end(), "no character")
    return "".join(out)


def _to_shift_jis(pair: bytes) -> bytes:
    """Give a pair of EUC-JP as one of Shift_JIS: two rows of 94 lie in one of 188."""
    row, cell = pair[0] - 0xA1, pair[1] - 0xA1
    lead = row // 2 + 0x81
    trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell >= 63)
    return bytes((lead + 0x40 * (lead > 0x9F), trail))


def from_iso2022(content: bytes) -> str:
    """Decode ISO-2022-JP with everything that mail programs put into it (RFC 1468, JIS X 0212, 0213, half-width kana). Raises UnicodeDecodeError.

    >>> from_iso2022(bytes.fromhex("1b2442 2d21 1b2842") + b".")
    '①.'
    """
    parts = _ESCAPE.split(content)
    pairs = zip([b"\x1b(B", *parts[1::2]], parts[::2], strict=True)
    return "".join(_segment(escape, segment, content) for escape, segment in pairs)


def _segment(escape: bytes, segment: bytes, content: bytes) -> str:
    if escape == b"\x1b(I":
        return re.sub(rb"[\x21-\x5f]", lambda m: b"\x8e" + _raised(m[0]), segment).decode("euc_jp")
    if escape.startswith(b"\x1b("):
        return segment.decode("ascii")
    if escape in (b"\x1b$(D", b"\x1b$(P"):
        codec = "euc_jp" if escape.endswith(b"D") else "euc_jis_2004"
        return _PAIR.sub(lambda m: b"\x8f" + _raised(m[0]), segment).decode(codec)
    raised = _PAIR.sub(lambda m: _raised(m[0]), segment)
    if escape in (b"\x1b$(O", b"\x1b$(Q"):
        return raised.decode("euc_jis_2004")
    if escape in (b"\x1b$B", b"\x1b$@", b"\x1b$(B"):
        return from_euc(raised)
    place = content.find(escape)
    raise UnicodeDecodeError("iso2022_jp", content, place, place + len(escape), "unknown character set")


def _raised(pair: bytes) -> bytes:
    return bytes(byte | 0x80 for byte in pair)
