"""Transcripts: WebVTT and SubRip to lines that each say something whole, with who says it where the file tells.

A cue is what fits on a screen: it ends in the middle of a sentence, or of a word. Cues are joined up to a full stop; in a
file without full stops, up to the form in which a sentence ends or to a pause, and their borders become commas.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from briefing.model import Dropped, Source
from briefing.sources.decode import decode

_TIMES = re.compile(r"(?P<start>(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3})\s*-->\s*(?P<end>(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}).*")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+(?P<name>[^>]+)>")
_RUBY = re.compile(r"<ruby>(?P<base>[^<]+)<rt>(?P<reading>[^<]+)(?:</rt>)?</ruby>")
_TAG = re.compile(r"<[^>]{0,80}>|\{\\[^}]{0,80}\}")
_NAMED = re.compile(
    r"(?!\d+[:：]|https?:)(?P<name>[^\s：:。、！？「」][^：:。、！？「」]{0,19}?)\s?[：:]\s*(?P<said>\S.*)"
)
_OTHER = re.compile(r"(?:[-–—]|>>|＞＞)\s*(?=\S)")  # somebody else speaks
_SOUND = re.compile(
    r"[\[［【][^\]］】]{1,16}[\]］】]|[♪♫～〜\s]+|♪.*♪?"
    r"|[(（][^)）]{0,8}(?:音楽|拍手|笑い?声?|歓声|チャイム|ＢＧＭ|BGM|ジングル|ため息|咳払い?|音)[)）]"
)
_FULL_STOP = re.compile(r"[。．！？!?…」』）)]$")
_SENTENCE_END = re.compile(
    r"(?:です|ます|ました|でした|ません|でしょう|ましょう|ください|こんにちは|ございます)[かねよな]*$"
)
_BETWEEN_WORDS = re.compile(r"(?<=[^\x00-\x7f、])[ 　]+(?=[^\x00-\x7f])")
_LATIN = re.compile(r"[A-Za-z0-9]$|[.,;]$")
_PAUSE_S = 2.0
_LONGEST = 300  # characters of a line: more is no sentence


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a cue: its line in the file, when its cue is shown, who says it, what."""

    number: int
    start_s: float
    end_s: float
    name: str
    text: str
    is_other: bool = False


def read_subtitles(content: bytes, name: str, origin: str, encoding: str | None = None) -> Source:
    """Read a transcript. Each line tells where it begins in the file; what is heard but not said (［拍手］) is left out and told."""
    text, used = decode(content, origin, encoding)
    rows = list(_rows(text))
    sounds = tuple(Dropped(origin, row.number, "sound", "sound") for row in rows if _SOUND.fullmatch(row.text))
    said = _with_names([row for row in rows if not _SOUND.fullmatch(row.text)])
    speakers = tuple(dict.fromkeys(row.name for row in said if row.name))
    if len(speakers) < 2:  # one who speaks alone need not be named before every sentence
        said, speakers = [replace(row, name="") for row in said], ()
    lines, places = _laid_out(_passages(said))
    return Source(f"{name.rsplit('.', 1)[0]}.txt", "\n".join(lines), used, origin, {}, places, sounds, speakers)


def _rows(text: str) -> Iterator[_Row]:
    """Yield what the cues show, without marks; captions that roll show a row again, which is taken once."""
    times: re.Match[str] | None = None
    shown: list[str] = []  # by the cue before, and by this one
    name = ""
    for number, line in enumerate(text.split("\n"), 1):
        if match := _TIMES.fullmatch(line.strip()):
            times, shown, name = match, shown[-2:], ""
        elif not line.strip():
            times = None
        elif times:
            voice = _VOICE.search(line)
            name = _bare_name(voice["name"]) if voice else name
            marked = _RUBY.sub(r"{\g<base>|\g<reading>}", line)
            bare = html.unescape(_TAG.sub("", marked)).strip()
            words = _OTHER.sub("", bare, count=1) if _OTHER.match(bare) else bare
            if words and bare not in shown:
                yield _Row(number, _seconds(times["start"]), _seconds(times["end"]), name, words, words != bare)
            shown.append(bare)


def _seconds(clock: str) -> float:
    """Give a time in seconds.

    >>> _seconds("01:02:03,500")
    3723.5
    """
    return sum(float(part) * 60.0**i for i, part in enumerate(reversed(clock.replace(",", ".").split(":"))))


def _bare_name(name: str) -> str:
    """Give a name without office, and without the blank inside a Japanese one.

    >>> _bare_name("山田 太郎 (営業部)"), _bare_name("Ann Lee")
    ('山田太郎', 'Ann Lee')
    """
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", re.sub(r"\s*[(（].*", "", html.unescape(name))).strip()


def _with_names(rows: Sequence[_Row]) -> list[_Row]:
    """Take names from before a colon, as meeting rooms write them, where they come again and again."""
    if any(row.name for row in rows):
        return list(rows)
    found = {row.number: match for row in rows if (match := _NAMED.fullmatch(row.text))}
    counts = Counter(_bare_name(match["name"]) for match in found.values())
    again = {name for name, count in counts.items() if count > 1}
    is_talk = (len(again) > 1 and len(found) >= 4) or (again and len(found) * 2 >= len(rows))
    if not is_talk:
        return list(rows)
    names = set(counts) if len(found) * 2 >= len(rows) else again
    out, name = [], ""
    for row in rows:
        match = found.get(row.number)
        if match and _bare_name(match["name"]) in names:
            name = _bare_name(match["name"])
            out.append(replace(row, name=name, text=match["said"]))
        else:
            out.append(replace(row, name=name))
    return out


def _passages(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Yield the rows that make something whole, punctuated."""
    has_stops = sum(bool(re.search("[。！？!?]", row.text)) for row in rows) * 5 >= len(rows)
    comma = "" if has_stops or _is_cut_by_width(rows) else "、"
    passage: list[_Row] = []
    for row in rows if has_stops else map(_punctuated, rows):
        if passage and _is_over(passage, row, has_stops):
            yield passage if has_stops else _stopped(passage)
            passage = []
        joint = _joint(passage[-1].text, row.text, comma) if passage else ""
        passage.append(replace(row, text=joint + row.text))
    if passage:
        yield passage if has_stops else _stopped(passage)


def _punctuated(row: _Row) -> _Row:
    return replace(row, text=_BETWEEN_WORDS.sub("、", row.text))


def _stopped(passage: Sequence[_Row]) -> list[_Row]:
    last = passage[-1]
    end = "" if _FULL_STOP.search(last.text) else "。"
    return [*passage[:-1], replace(last, text=last.text.rstrip("、") + end)]


def _is_over(passage: Sequence[_Row], row: _Row, has_stops: bool) -> bool:
    """Tell whether a row begins something new."""
    last = passage[-1]
    if row.is_other or row.name != last.name or sum(len(each.text) for each in passage) > _LONGEST:
        return True
    if has_stops or _FULL_STOP.search(last.text):
        return bool(_FULL_STOP.search(last.text))
    return bool(_SENTENCE_END.search(last.text)) or row.start_s - last.end_s >= _PAUSE_S


def _is_cut_by_width(rows: Sequence[_Row]) -> bool:
    """Tell whether most rows are of one length: then they end anywhere, in words too."""
    lengths = Counter(len(row.text) for row in rows)
    return len(rows) >= _FEW and max(lengths.values(), default=0) * 2 > len(rows)


_FEW = 6


def _joint(before: str, after: str, comma: str) -> str:
    """Give what stands between two rows of one sentence."""
    if _LATIN.search(before) and re.match("[A-Za-z0-9]", after):
        return " "
    return "" if before.endswith("、") else comma


def _laid_out(passages: Iterator[list[_Row]]) -> tuple[list[str], tuple[int, ...]]:
    """Give lines and where each begins in the file; a blank one where nobody speaks for a while."""
    lines: list[str] = []
    places: list[int] = []
    ended_s = None
    for passage in passages:
        first = passage[0]
        if ended_s is not None and first.start_s - ended_s >= _PAUSE_S:
            lines.append("")
            places.append(first.number)
        text = "".join(row.text for row in passage)
        lines.append(f"{first.name}：{text}" if first.name else text)
        places.append(first.number)
        ended_s = passage[-1].end_s
    return lines, tuple(places)
