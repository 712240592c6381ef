"""Encodings of whole documents are found right."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefing.errors import SourceError
from briefing.sources import read_bytes, read_source
from briefing.sources.decode import decode

GOLDEN = sorted((Path(__file__).parents[1] / "golden" / "structure").glob("*.*t*"))
DOCUMENTS = [p for p in GOLDEN if p.suffix in (".txt", ".md")]
ENCODINGS = {
    "utf-8": lambda t: t.encode(), "utf-8 with mark": lambda t: t.encode("utf-8-sig"), "cp932": lambda t: t.encode("cp932"),
    "euc-jp": lambda t: t.encode("euc_jp"), "iso-2022-jp": lambda t: t.encode("iso2022_jp"), "utf-16 with mark": lambda t: t.encode("utf-16"),
    "utf-16le": lambda t: t.encode("utf-16-le"), "utf-16be": lambda t: t.encode("utf-16-be"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENCODINGS)
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.stem)
def test_a_document_in_any_encoding_reads_the_same(path: Path, name: str) -> None:
    text = path.read_text(encoding="utf-8").replace("–", "-")
    content = ENCODINGS[name](text)
    assert decode(content, path.name)[0] == text


def test_line_ends_and_invisible_characters_are_made_plain() -> None:
    assert decode("一\r\n二\r三\u2028四\u200b五".encode(), "x")[0] == "一\n二\n三\n四五"


MISTAKES = {"empty": (b"  \n", "no text"), "binary": (b"\xff\xfe\xfd\x81\x00\x01\xff" * 9, "x.txt")}


@pytest.mark.parametrize(("content", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_what_is_no_article_is_told_with_its_place(content: bytes, told: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_bytes(content, "x.txt", "x.txt")
    assert told in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_source(tmp_path / "none.txt")
