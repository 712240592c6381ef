"""Pieces of a page put together to rows: readings go to their words; marks of notes and the spaces of spread type come out."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from briefing.sources.decode import clean

_READING = 0.7  # times the size of a line, up to which a piece is a reading above it …
_MARK = 0.87  # … or, raised, a mark in it: browsers draw one at .83
_CANDIDATES = (
    60  # lines below, and words in a line, that are looked at for the word of a reading: a file may hold any number
)
_KANA = re.compile(r"[ぁ-ゖァ-ヺーゝゞヽヾ・\s]+")
_KANJI = re.compile(r"[㐀-䶿一-鿿々〆ヶ𠀀-𳍈]")
_NOTE_MARK = re.compile(
    r"[（(［\[〔]?(?:脚?注|[*＊※†‡])?(?:[0-9０-９]{1,3}(?:[,，、–-][0-9０-９]{1,3})*|[①-⑳]|(?<=[*＊※†‡]))[)）］\]〕]?"
)
_UNIT = re.compile(r"[0-9０-９]$|(?<![A-Za-z])[A-Za-zａ-ｚＡ-Ｚ]{1,3}$|[)\]]$")  # what powers follow: 10², m², f(x)²
_SPREAD = re.compile(r"(?<=[、-〕ぁ-ヿ一-鿿（）]) (?=[、-〕ぁ-ヿ一-鿿（）])")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a page, or a piece of one: points from the left and from the bottom, its size in points."""

    text: str
    size: float
    left: float
    right: float
    bottom: float
    page: int


@dataclass(frozen=True, slots=True)
class PageRows:
    """The rows of a page in the order they are drawn, the marks of notes in them, and reasons for what is left out."""

    rows: tuple[Row, ...]
    marks: tuple[str, ...]
    told: tuple[str, ...]


_Line = list[Row]
_Letter = tuple[str, float, float]  # a character, its left and its right


def ems(text: str) -> float:
    """Give the width of text in sizes of its letters.

    >>> ems("漢字 ab")
    3.5
    """
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def rows_of_lines(lines: Sequence[_Line]) -> PageRows:
    """Give the rows of a page's lines of pieces; a line that a reading or a mark cut in two is whole again."""
    above = dict(_small_lines(lines))
    small = {number: base for number, base in above.items() if base not in above}
    whole, place = _mended(lines, small)
    readings: dict[int, _Line] = {}
    marks = [_plain(lines[n]) for n in small if not _KANA.fullmatch(_plain(lines[n]))]
    for number, base in small.items():
        if _KANA.fullmatch(_plain(lines[number])):
            readings.setdefault(place[base], []).extend(lines[number])
    rows, told = [], []
    for number, line in enumerate(whole):
        kept, taken = _without_marks(line)
        text, unplaced = _with_readings(kept, readings.get(number, []))
        marks += taken
        told += [f"a reading whose word is not plain: {each[:40]}" for each in unplaced]
        if text:
            rows.append(_row(kept, text))
        elif kept:
            told.append("letters whose font does not say their characters")
    told += [f"marks of notes: {' '.join(marks)[:40]}"] if marks else []
    return PageRows(tuple(rows), tuple(marks), tuple(told))


def _row(line: _Line, text: str) -> Row:
    indent = len(line[0].text) - len(line[0].text.lstrip("　"))
    left = min([line[0].left + indent * line[0].size, *(piece.left for piece in line[1:])])
    right = max(piece.right for piece in line)
    return Row(text, _size(line), left, right, line[0].bottom, line[0].page)


def _plain(line: _Line) -> str:
    return re.sub(r"\s", "", "".join(piece.text for piece in line))


def _main_piece(line: _Line) -> Row:
    """Give the longest piece of the size that most of a line has."""
    sizes: Counter[float] = Counter()
    for piece in line:
        sizes[piece.size] += len(piece.text.strip())
    size = sizes.most_common(1)[0][0]
    return max((piece for piece in line if piece.size == size), key=lambda piece: len(piece.text.strip()))


def _size(line: _Line) -> float:
    return _main_piece(line).size


def _small_lines(lines: Sequence[_Line]) -> Iterator[tuple[int, int]]:
    """Yield lines of readings or of marks with the line that each stands above."""
    rows = [_row(line, _plain(line)) for line in lines]
    order = sorted(range(len(rows)), key=lambda n: rows[n].bottom)
    bottoms = [rows[n].bottom for n in order]
    for number, row in enumerate(rows):
        is_reading = _KANA.fullmatch(row.text) is not None
        if not is_reading and not _NOTE_MARK.fullmatch(row.text):
            continue
        stop = bisect_left(bottoms, row.bottom)
        near = order[max(stop - _CANDIDATES, 0) : stop]
        found = next((n for n in reversed(near) if _stands_above(row, rows[n], is_reading)), None)
        if found is not None:
            yield number, found


def _stands_above(row: Row, base: Row, is_reading: bool) -> bool:
    size, height = base.size, row.bottom - base.bottom
    if row.size > (_READING if is_reading else _MARK) * size:
        return False
    if is_reading:
        middle = (row.left + row.right) / 2
        return 0.75 * size <= height <= 1.3 * size and base.left - size / 2 <= middle <= base.right + size / 2
    return 0.2 * size <= height <= 0.75 * size and base.left + size / 2 <= row.left <= base.right + size / 2


def _mended(lines: Sequence[_Line], small: dict[int, int]) -> tuple[list[_Line], dict[int, int]]:
    """Give the lines without the small ones, put together where a small one cut them, and where each went."""
    whole: list[_Line] = []
    place: dict[int, int] = {}
    for number, line in enumerate(lines):
        if number in small:
            continue
        if number - 1 in small and whole and _continues(whole[-1], line):
            whole[-1].extend(line)
        else:
            whole.append(list(line))
        place[number] = len(whole) - 1
    return whole, place


def _continues(line: _Line, after: _Line) -> bool:
    size = line[-1].size
    level = abs(line[0].bottom - after[0].bottom) < 0.1 * size and abs(size - after[0].size) < 0.1 * size
    return level and -size < after[0].left - line[-1].right < 2 * size


def _without_marks(line: _Line) -> tuple[_Line, list[str]]:
    """Take raised marks of smaller type out of a line; at its start one is the name of a note, after a unit a power, before a stroke a count."""
    kept: _Line = []
    marks: list[str] = []
    base = _main_piece(line)
    for number, piece in enumerate(line):
        text = piece.text.strip()
        is_small = piece.size <= _MARK * base.size and piece.bottom > base.bottom + 0.1 * base.size
        before = kept[-1].text.rstrip() if kept else ""
        is_count = _UNIT.search(before) or (number + 1 < len(line) and line[number + 1].text.startswith(("/", "⁄")))
        if before and is_small and _NOTE_MARK.fullmatch(text) and not is_count:
            marks.append(text)
        else:
            kept.append(piece)
    return kept, marks


def _with_readings(line: _Line, readings: _Line) -> tuple[str, list[str]]:
    """Give a line's text with readings as {漢字|かんじ}, and those whose word is not plain."""
    letters = [letter for piece in line for letter in _letters(piece)]
    letters = _without_gaps(letters, _size(line)) if readings else letters
    placed, unplaced = _places(letters, readings, _size(line)) if readings else ({}, [])
    out: list[str] = []
    end = 0
    for (start, stop), reading in sorted(placed.items()):
        word = "".join(char for char, _, _ in letters[start:stop])
        out += [*(char for char, _, _ in letters[end:start]), f"{{{word}|{reading}}}"]
        end = stop
    text = clean("".join([*out, *(char for char, _, _ in letters[end:])])).replace("\n", " ").strip()
    return _closed_up(text), unplaced


def _without_gaps(letters: Sequence[_Letter], size: float) -> list[_Letter]:
    """Take out the spaces that pypdf sets where a long reading keeps the words below it apart."""
    last = len(letters) - 1
    return [
        letter
        for n, letter in enumerate(letters)
        if letter[0] != " "
        or n in (0, last)
        or letters[n + 1][1] - letters[n - 1][2] >= size
        or not _SPREAD.search(letters[n - 1][0] + " " + letters[n + 1][0])
    ]


def _letters(piece: Row) -> Iterator[_Letter]:
    left = piece.left
    is_first = True
    for char in piece.text:
        is_first = is_first and char == " "  # pypdf's own space: the piece begins after it
        right = left if is_first else left + ems(char) * piece.size
        yield char, left, right
        left = right


def _places(letters: Sequence[_Letter], readings: _Line, size: float) -> tuple[dict[tuple[int, int], str], list[str]]:
    """Give what each reading is the reading of: from and to among the letters."""
    runs = list(islice(_kanji_runs(letters), _CANDIDATES))
    parts: dict[tuple[int, int] | None, _Line] = {}
    parts[None] = readings[_CANDIDATES:]
    for piece in sorted(readings[:_CANDIDATES], key=lambda piece: piece.left):
        middle = (piece.left + piece.right) / 2
        near = (r for r in runs if letters[r[0]][1] - size / 2 <= middle <= letters[r[1] - 1][2] + size / 2)
        run = min(near, key=lambda r: abs(letters[r[0]][1] + letters[r[1] - 1][2] - 2 * middle), default=None)
        parts.setdefault(run, []).append(piece)
    placed: dict[tuple[int, int], str] = {}
    unplaced = [_plain([piece]) for piece in parts.pop(None)]
    for run, pieces in parts.items():
        for part in _of_one_word(letters, run, pieces, size) if run else ():
            word = _word_below(letters, run, part, size) if run else None
            if word and not any(word[0] < stop and start < word[1] for start, stop in placed):
                placed[word] = _plain(part)
            else:
                unplaced.append(_plain(part))
    return placed, unplaced


def _of_one_word(letters: Sequence[_Letter], run: tuple[int, int], pieces: _Line, size: float) -> list[_Line]:
    """Take pieces together that leave no kanji of the run out; else each is the reading of a word of its own."""
    covered = {n for piece in pieces for n in _covered(letters, run, piece, size)}
    return [pieces] if len(covered) == run[1] - run[0] else [[piece] for piece in pieces]


def _covered(letters: Sequence[_Letter], run: tuple[int, int], piece: Row, size: float) -> list[int]:
    return [n for n in range(*run) if min(piece.right, letters[n][2]) - max(piece.left, letters[n][1]) >= 0.4 * size]


def _kanji_runs(letters: Sequence[_Letter]) -> Iterator[tuple[int, int]]:
    start = None
    for number, (char, _, _) in enumerate([*letters, ("", 0.0, 0.0)]):
        if _KANJI.fullmatch(char):
            start = number if start is None else start
        elif start is not None:
            yield start, number
            start = None


def _word_below(letters: Sequence[_Letter], run: tuple[int, int], pieces: _Line, size: float) -> tuple[int, int] | None:
    """Give the kanji of a run that a reading covers, or None where it may be of others: inside the run, or not in the middle."""
    left, right = pieces[0].left, pieces[-1].right
    is_spread = len(pieces) > 1 or " " in pieces[0].text.strip()
    covered = [n for piece in pieces for n in _covered(letters, run, piece, size)]
    first, last = (run[0], run[1] - 1) if is_spread or not covered else (covered[0], covered[-1])
    at_an_end = first == run[0] or last == run[1] - 1
    middle = (letters[first][1] + letters[last][2]) / 2
    near = abs(middle - (left + right) / 2) <= (0.6 if last - first == run[1] - run[0] - 1 else 0.3) * size
    length = last - first + 1
    return (first, last + 1) if at_an_end and near and length <= len(_plain(pieces)) <= 6 * length else None


def _closed_up(text: str) -> str:
    """Take out the spaces between the letters of a row that is spread to the width of its column, and before a comma.

    >>> _closed_up("こ の 行 は 幅 に 広 げ た"), _closed_up("月 火 水 木 金 土 日 祝 休")
    ('この行は幅に広げた', '月 火 水 木 金 土 日 祝 休')
    """
    text = re.sub(" (?=[、。])", "", text)
    gaps = len(_SPREAD.findall(text))
    is_spread = gaps >= 6 and gaps >= 0.8 * (len(text) - gaps - 1) and re.search("[ぁ-ん]", text)
    return _SPREAD.sub("", text) if is_spread else text
