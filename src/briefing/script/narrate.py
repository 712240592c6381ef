"""Narration rules: blocks of an article to lines by role. Deterministic; what the article says stays in its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from briefing.config import ScriptConfig
from briefing.model import Article, Block, Chapter, Dropped, Kind, Line, Part, Pause, Role, Script, Section
from briefing.script.marks import MD_LINK, URL
from briefing.script.sentences import split_sentences

Group = tuple[Line, ...]
_SILENT_KINDS = frozenset({Kind.TOC, Kind.PROMO})
_INTERVIEWER = re.compile(r"編集部|聞き手|司会|記者|インタビュア|ホスト|進行|議長|--|―")
_EMPHASIS = re.compile(r"(\*\*|__|~~|==)(?=\S)(.+?)(?<=\S)\1|(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])|`([^`]+)`")
_FOOTNOTE = re.compile(r"\[\^\w+\]")
_TABLE_RULE = re.compile(r"[|\s:\-]+")


def narrate(article: Article, config: ScriptConfig, per_section: bool = True) -> Script:
    """Give the script of an article: a chapter for each section that carries content.

    With `per_section` every chapter opens by itself, since each becomes an episode of its own.
    """
    told = [s for s in article.sections if s.kind not in _SILENT_KINDS and _carries_content(s)]
    numbers = {s.number: n for n, s in enumerate((s for s in told if s.kind in (Kind.BODY, Kind.QA)), 1)}
    parts = _cast_speakers(article.speakers)
    title = article.title or article.source.meta.get("title") or article.source.name.rsplit(".", 1)[0]
    chapters = []
    for index, section in enumerate(told):
        groups = [*_opening(article, title, config, index == 0 or per_section)]
        groups += _announcement(section, numbers.get(section.number), config)
        groups += [g for block in section.blocks for g in _block_groups(block, section, config, parts)]
        if index == len(told) - 1 and config.closing and config.style == "narrated":
            groups.append((Line(Part.NARRATOR, "この番組は、合成音声でお届けしました。"),))
        name = section.title or ("はじめに" if section.kind is Kind.INTRO else title)
        chapters.append(
            Chapter(f"section-{section.number}", _plain(name), with_pauses(groups), section.number, section.kind)
        )
    dropped = find_dropped(article, chapters)
    return Script(
        _plain(title), article.source.origin, tuple(c for c in chapters if c.lines), dropped, (), article.source.meta
    )


def find_dropped(article: Article, chapters: Sequence[Chapter]) -> tuple[Dropped, ...]:
    """List every non-blank line of the source that no line of the script comes from, with the reason why not."""
    spoken = {n for chapter in chapters for line in chapter.lines for n in line.source}
    silent = {
        n: f"section {s.kind.value}"
        for s in article.sections
        if s.kind in _SILENT_KINDS
        for n in range(s.start, s.end + 1)
    }
    return tuple(
        Dropped(article.source.origin, article.source.place(n), _reason(role, silent.get(n)))
        for n, (role, text) in enumerate(zip(article.roles, article.source.lines, strict=True), 1)
        if n not in spoken and text.strip()
    )


_READABLE = frozenset(
    {
        Role.PARA,
        Role.LIST,
        Role.TABLE,
        Role.HEADING,
        Role.NOTE,
        Role.ANSWER,
        Role.QUESTION,
        Role.TURN,
        Role.QUOTE,
        Role.SUBHEADING,
    }
)


def _reason(role: Role, section: str | None) -> str:
    if role in _READABLE:
        return section or "nothing to say"
    return role.value


def with_pauses(groups: Sequence[Group]) -> tuple[Line, ...]:
    """Join groups of lines: a sentence's pause inside a group, at its end a turn's or a paragraph's, a heading's after the first."""
    lines: list[Line] = []
    filled = [g for g in groups if g]
    for index, group in enumerate(filled):
        following = filled[index + 1][0] if index + 1 < len(filled) else None
        last = Pause.HEADING if index == 0 and following else _pause_between(group[-1], following)
        lines += [replace(line, pause=Pause.SENTENCE) for line in group[:-1]]
        lines.append(replace(group[-1], pause=last))
    return tuple(lines)


def _pause_between(line: Line, following: Line | None) -> Pause:
    return (
        Pause.TURN
        if following and (following.part, following.speaker) != (line.part, line.speaker)
        else Pause.PARAGRAPH
    )


def _carries_content(section: Section) -> bool:
    return any(block.role is not Role.HEADING and any(t.strip() for t in block.texts) for block in section.blocks)


def _cast_speakers(speakers: Sequence[str]) -> Mapping[str, Part]:
    """Give each speaker a part: who asks is the questioner, the others take the remaining voices in turn."""
    voices = (Part.ANSWERER, Part.NOTE, Part.NARRATOR)
    guests = [s for s in speakers if not _INTERVIEWER.search(s)]
    cast = {name: voices[i % len(voices)] for i, name in enumerate(guests)}
    return cast | {s: Part.QUESTIONER for s in speakers if s not in cast}


def _opening(article: Article, title: str, config: ScriptConfig, wanted: bool) -> Iterator[Group]:
    if wanted and config.opening and config.style == "narrated":
        source = tuple(n for n, role in enumerate(article.roles, 1) if role is Role.TITLE)
        yield (Line(Part.NARRATOR, _sentence(_plain(title)), source=source),)


def _announcement(section: Section, number: int | None, config: ScriptConfig) -> Iterator[Group]:
    if not section.title or not config.announce:
        return
    prefix = f"テーマ{number}。" if number and config.style == "narrated" else ""
    yield (Line(Part.NARRATOR, prefix + _sentence(_plain(section.title)), source=(section.start,)),)


def _block_groups(block: Block, section: Section, config: ScriptConfig, parts: Mapping[str, Part]) -> Iterator[Group]:
    if block.role is Role.HEADING:
        return
    rule = _RULES.get(block.role, _say_paragraphs)
    for group in rule(block):
        part = parts.get(block.speaker) if block.role is Role.TURN else None
        yield tuple(replace(line, part=part or line.part, speaker=block.speaker) for line in group)


def _say_paragraphs(block: Block) -> Iterator[Group]:
    part = _PARTS.get(block.role, Part.NARRATOR)
    for number, text in zip(block.lines, block.texts, strict=True):
        yield tuple(Line(part, s, source=(number,)) for s in split_sentences(_plain(text)))


def _say_headline(block: Block) -> Iterator[Group]:
    for number, text in zip(block.lines, block.texts, strict=True):
        yield (Line(Part.NARRATOR, _sentence(_plain(text)), source=(number,)),)


def _say_items(block: Block) -> Iterator[Group]:
    """Items of a list follow one another with a sentence's pause."""
    yield tuple(
        Line(Part.NARRATOR, _sentence(s), source=(n,))
        for n, text in zip(block.lines, block.texts, strict=True)
        for s in split_sentences(_plain(text))
    )


def _say_note_label(block: Block) -> Iterator[Group]:
    yield (Line(Part.NOTE, f"{_plain(block.texts[0])}です。", source=block.lines),)


def _say_table(block: Block) -> Iterator[Group]:
    """Each row is a sentence, its cells apart by a comma."""
    rows = [(n, [c.strip() for c in t.strip("|").split("|")]) for n, t in zip(block.lines, block.texts, strict=True)]
    yield tuple(
        Line(Part.NARRATOR, _sentence(_plain("、".join(filter(None, cells)))), source=(n,))
        for n, cells in rows
        if not _TABLE_RULE.fullmatch("|".join(cells)) and any(cells)
    )


_PARTS: Mapping[Role, Part] = {
    Role.QUESTION: Part.QUESTIONER,
    Role.ANSWER: Part.ANSWERER,
    Role.NOTE: Part.NOTE,
    Role.TURN: Part.ANSWERER,
}
_RULES: Mapping[Role, Callable[[Block], Iterator[Group]]] = {
    Role.LIST: _say_items,
    Role.SUBHEADING: _say_headline,
    Role.NOTE_LABEL: _say_note_label,
    Role.TABLE: _say_table,
}


def _plain(text: str) -> str:
    """Take Markdown's inline marks away; the words stay.

    >>> _plain("**太字**と[リンク](https://example.org)")
    '太字とリンク'
    """
    text = MD_LINK.sub(lambda m: m["title"], _FOOTNOTE.sub("", text))
    text = _EMPHASIS.sub(lambda m: m[2] or m[3] or m[4], text)
    return URL.sub("", text).strip()


def _sentence(text: str) -> str:
    return text if re.search(r"[。！？!?.…]$", text) else f"{text}。"
