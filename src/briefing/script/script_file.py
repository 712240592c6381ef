"""The script as a Markdown file that a person likes to edit: a heading a chapter, `話者: 台詞` lines, `---` for a long pause."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from briefing.errors import ScriptError
from briefing.model import Chapter, Kind, Line, Part, Pause, Script
from briefing.script.blocks import Group
from briefing.script.narrate import with_pauses

NAMES = {Part.NARRATOR: "語り", Part.QUESTIONER: "聞き手", Part.ANSWERER: "話し手", Part.NOTE: "補足"}
_PARTS = {name: part for part, name in NAMES.items()}
_LINE = re.compile(r"(?P<name>[^\s:：|#<>\-][^:：|]{0,20}?)\s*[:：]\s*(?P<text>\S.*)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_DIGEST = re.compile(r"^source_hash: ([0-9a-f]{16})$", re.MULTILINE)
_HEAD = re.compile(r"##\s+(?P<title>.+?)\s*(?:\{#(?P<key>[\w-]+)\})?\s*")


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """The text of a script file, and the name that the user knows it by."""

    name: str
    text: str

    @property
    def source_digest(self) -> str:
        """The mark of the source that the file was written from; empty when it carries none."""
        found = _DIGEST.search(self.text)
        return found[1] if found else ""

    def row_of(self, line: str) -> int:
        """Give the row in which a line is spoken, 1 when it stands nowhere."""
        return next((n for n, row in enumerate(self.text.split("\n"), 1) if row.endswith(line)), 1)


def script_path(source: Path) -> Path:
    """Give the script file's name beside its source.

    >>> script_path(Path("content/a.md")).name
    'a.script.md'
    """
    return source.with_name(f"{source.stem}.script.md")


def source_digest(text: str) -> str:
    """Give the mark by which a script file knows its source."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def format_script(script: Script, source_text: str) -> str:
    """Write a script as an editable file."""
    head = [
        "---",
        f"title: {script.title}",
        f"source: {Path(script.source).name}",
        f"source_hash: {source_digest(source_text)}",
        "---",
    ]
    body = [_format_chapter(chapter) for chapter in script.chapters]
    note = "<!-- 一行が一文です。「話者: 台詞」、空行で段落の間、--- で長い間、{漢字|かんじ} で読み。直して render すると、その通りに話します。 -->"
    return "\n".join([*head, "", note, "", "\n".join(body)])


def _format_chapter(chapter: Chapter) -> str:
    out = [f"## {chapter.title} {{#{chapter.key}}}", ""]
    for line in chapter.lines:
        out.append(f"{_name_of(line)}: {line.text}")
        if line.pause is Pause.LONG:
            out += ["", "---", ""]
        elif line.pause is not Pause.SENTENCE:
            out.append("")
    return "\n".join(out)


def _name_of(line: Line) -> str:
    return f"{line.speaker}|{NAMES[line.part]}" if line.speaker else NAMES[line.part]


def parse_script(file: ScriptFile, base: Script) -> Script:
    """Read a script file. `base` is the script that its source gives now; unchanged lines take their source from it.

    Raises ScriptError that tells every bad line, with `file:line`.
    """
    problems: list[str] = []
    chapters: list[tuple[str, str, list[list[Line]]]] = []
    for number, raw in _body_lines(file.text):
        row = raw.strip()
        head = _HEAD.fullmatch(row)
        if head:
            chapters.append((head["title"], head["key"] or f"chapter-{len(chapters) + 1}", [[]]))
        elif not row or row == "---":
            _end_group(chapters, is_long=row == "---")
        elif (line := _parse_line(row)) is None or not chapters:
            problems.append(
                f"{file.name}:{number}: "
                + ("a line is 「話者: 台詞」" if chapters else "a chapter begins with ## 見出し")
            )
        else:
            chapters[-1][2][-1].append(line)
    if problems:
        raise ScriptError(
            "\n".join(problems), "", f"the speakers are {'、'.join(_PARTS)} and 名前|{NAMES[Part.ANSWERER]}"
        )
    built = [_build(title, key, groups, base) for title, key, groups in chapters]
    filled = tuple(c for c in _with_sources(built, base) if c.lines)
    if not filled:
        raise ScriptError(
            "holds no line to speak", file.name, "write 「話者: 台詞」 lines below a ## heading, or delete the file"
        )
    return replace(base, chapters=filled)


def _body_lines(text: str) -> list[tuple[int, str]]:
    lines = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text).split("\n")
    start = 0
    if lines and lines[0].strip() == "---":
        start = next((i + 1 for i, row in enumerate(lines[1:], 1) if row.strip() == "---"), 0)
    return list(enumerate(lines, 1))[start:]


def _parse_line(row: str) -> Line | None:
    speaker, bar, rest = row.partition("|")
    name, text = (rest, speaker) if bar and re.match(r"[^:：]{1,20}$", speaker) else (row, "")
    match = _LINE.fullmatch(name)
    if not match or match["name"] not in _PARTS:
        return None
    return Line(_PARTS[match["name"]], match["text"].rstrip(), speaker=text.strip())


def _end_group(chapters: list[tuple[str, str, list[list[Line]]]], is_long: bool) -> None:
    if not chapters:
        return
    groups = chapters[-1][2]
    if is_long and any(groups):
        last = next(g for g in reversed(groups) if g)
        last[-1] = replace(last[-1], pause=Pause.LONG)
    if groups[-1]:
        groups.append([])


def _build(title: str, key: str, groups: Sequence[Sequence[Line]], base: Script) -> Chapter:
    known = next((c for c in base.chapters if c.key == key), None)
    filled: list[Group] = [tuple(g) for g in groups if g]
    long = [line.pause is Pause.LONG for g in filled for line in g]
    lines = tuple(
        replace(line, pause=Pause.LONG) if is_long else line
        for line, is_long in zip(with_pauses(filled), long, strict=True)
    )
    return Chapter(key, title, lines, known.section if known else 0, known.kind if known else Kind.BODY)


def _with_sources(chapters: Sequence[Chapter], base: Script) -> list[Chapter]:
    """Give each line the source lines of the base's line that it equals or stands for."""
    old = [line for chapter in base.chapters for line in chapter.lines]
    new = [line for chapter in chapters for line in chapter.lines]
    sources: dict[int, tuple[int, ...]] = {}
    matcher = difflib.SequenceMatcher(None, [x.text for x in old], [x.text for x in new], autojunk=False)
    for _, a1, a2, b1, b2 in matcher.get_opcodes():
        for offset in range(b2 - b1):
            if a1 + offset < a2:
                sources[b1 + offset] = old[a1 + offset].source
    at = 0
    out = []
    for chapter in chapters:
        lines = tuple(replace(line, source=sources.get(at + i, ())) for i, line in enumerate(chapter.lines))
        at += len(lines)
        out.append(replace(chapter, lines=lines))
    return out
