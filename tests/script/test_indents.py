"""Code in plain text, and what only looks like it."""

from __future__ import annotations

import pytest

from briefing.model import Role, Source
from briefing.script import find_structure

TEXT = "川は広い。橋は古い。"


def roles_of(*lines: str) -> tuple[Role, ...]:
    return find_structure(Source("a.txt", "\n".join(lines), "utf-8", "a.txt")).roles


CODE = (
    (
        "Private Sub Bridge_Open(Cancel As Boolean)",
        "    With ActiveSheet",
        "        .Zoom = False",
        "    End With",
        "End Sub",
    ),
    ("    $GPRMC,203512,A,3512.40,N,13301.22,E,003.1",),
    ("    $ gawk -F, '{", "        print $8", "      }' a.log > speed.txt"),
    ("def bridge(n):", "    # 橋の数を数える", "    return n + 1"),
    ("SELECT name FROM bridges", "WHERE length > 3;"),
    ("<ul>", "  <li>bridge</li>", "</ul>"),
    ("server {", "    listen 80;", "}"),
    ("sudo apt install bridge", "bridge --all"),
    ('{"name": "bridge",', ' "length": 3}'),
    ("for i in *.txt; do", "  echo $i", "done"),
)
NO_CODE = (
    ("The bridge is old.", "The river is wide."),
    ("Kawa no kai <a@example.jp>", "Tel 000-000-0000"),
    ("London Bridge", "Tower Bridge", "Millennium Bridge"),
    ("#bridge #river", "#2025"),
    ("4 - 1", "3 - 0"),
    ("    12:30",),
    ("A", "B"),
)


@pytest.mark.parametrize("gap", [(), ("",)], ids=["close", "apart"])
@pytest.mark.parametrize("code", CODE)
def test_lines_of_code_in_plain_text_are_not_read(code: tuple[str, ...], gap: tuple[str, ...]) -> None:
    found = roles_of("川の数え方", "", TEXT, *gap, *code, *gap, TEXT)
    assert set(found[3 + len(gap) : 3 + len(gap) + len(code)]) == {Role.CODE}
    assert found[-1] is Role.PARA


@pytest.mark.parametrize("lines", NO_CODE)
def test_latin_words_are_no_code(lines: tuple[str, ...]) -> None:
    assert Role.CODE not in roles_of("川の数え方", "", TEXT, "", *lines, "", TEXT)


def test_the_head_of_a_mail_is_no_code() -> None:
    assert Role.CODE not in roles_of("From: kawa <a@example.jp>", "To: b=c@example.jp", "Date: Fri, 6 Jun 2025", "", TEXT, TEXT)  # fmt: skip
