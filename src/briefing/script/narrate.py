"""From an article to its script: a chapter a section, opened, announced, told block by block, closed. Deterministic."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from briefing.config import ScriptConfig
from briefing.model import Article, Chapter, Kind, Line, Notice, Part, Pause, Role, Script, Section
from briefing.script.blocks import Group, Teller
from briefing.script.coverage import SILENT_KINDS, with_coverage
from briefing.script.sentences import as_sentence
from briefing.script.wording import spoken_text

_INTERVIEWER = re.compile(r"編集部|聞き手|司会|記者|インタビュア|ホスト|進行|議長|--|―|—|─")
_NUMBERED = frozenset({Kind.BODY, Kind.QA})
_TOLD = frozenset({Role.HEADING, Role.LINK, Role.CODE})
"""Roles that carry nothing to narrate by themselves."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the script will be heard.

    With `per_section` every chapter opens by itself, since each becomes an episode of its own. `seconds_of` predicts how
    long a line takes; without it no length is told. `minutes` is what a digest will be cut to (0: nothing is cut).
    `credits` are what the voices demand.
    """

    per_section: bool = True
    seconds_of: Callable[[Line], float] | None = None
    minutes: int = 0
    credits: tuple[str, ...] = ()


def narrate(article: Article, config: ScriptConfig, delivery: Delivery | None = None) -> Script:
    """Give the script of an article: a chapter for each section that carries content."""
    delivery = delivery or Delivery()
    told, numbers = narrated_sections(article), theme_numbers(article)
    given = article.title or article.source.meta.get("title") or ""
    title = given or _makeshift_title(article, told)
    teller = Teller(config, cast_speakers(article.speakers), article.source.lines)
    bodies = [_body(section, numbers.get(section.number), teller) for section in told]
    if bodies:
        bodies[-1] += _closing(article, teller, delivery.credits)
    lengths = [_length_s(groups, delivery) for groups in bodies]
    chapters = []
    for index, (section, name, groups) in enumerate(zip(told, _chapter_names(told, title), bodies, strict=True)):
        if delivery.per_section:
            groups = [*_opening(article, given, teller, 0, _told_minutes(lengths[index], delivery)), *groups]
        elif index == 0:
            themes = 0 if delivery.minutes else len(numbers)  # a digest may leave some out
            groups = [*_opening(article, given, teller, themes, _told_minutes(sum(lengths), delivery)), *groups]
        plain = spoken_text(name, config)
        chapters.append(Chapter(f"section-{section.number}", plain, with_pauses(groups), section.number, section.kind))
    filled = tuple(c for c in chapters if c.lines)
    script = Script(spoken_text(title, config), article.source.origin, filled, meta=article.source.meta)
    if not given:
        remedy = "begin the text with one, or give it in the front matter (title: …)"
        untitled = Notice(article.source.origin, 1, f"has no title and is listed as 「{script.title}」: {remedy}")
        script = replace(script, notices=(*script.notices, untitled))
    return with_coverage(script, article, config)


def _chapter_names(told: Sequence[Section], title: str) -> list[str]:
    """Give each section's title; one without is an opening or a closing, or has the article's title, counted where that comes again."""
    names: list[str] = []
    scenes = 0
    for section in told:
        scenes += not section.title and section.kind not in _FRAMES
        again = f"（{scenes}）" if scenes > 1 else ""
        names.append(section.title or _FRAMES.get(section.kind) or title + again)
    return names


_FRAMES = {Kind.INTRO: "はじめに", Kind.OUTRO: "おわりに"}
_NAME = re.compile(r"(?=.*[^\W\d_]{3})(?!.*(?:\d[a-z]|[a-z]\d))[\w .\-]+|.*[ぁ-ヿ一-龠].*", re.IGNORECASE)
_LEAD_CHARACTERS = 24


def _makeshift_title(article: Article, told: Sequence[Section]) -> str:
    """Give what an article without a title is listed as: its file's name where that is made of words, else how its text begins."""
    name = article.source.name.rsplit(".", 1)[0]
    first = next(
        (text for s in told for b in s.blocks if b.role not in _TOLD for text in b.texts if text.strip()), name
    )
    lead = first.strip()
    return name if _NAME.fullmatch(name) else lead[:_LEAD_CHARACTERS] + "…" * (len(lead) > _LEAD_CHARACTERS)


def narrated_sections(article: Article) -> list[Section]:
    """Give the sections that are told: those of a kind that is spoken, with something to say."""
    return [s for s in article.sections if s.kind not in SILENT_KINDS and _carries_content(s)]


def theme_numbers(article: Article) -> Mapping[int, int]:
    """Give the number that a section is announced with, by the section's own number: those with a title, if there are several."""
    themes = [s for s in narrated_sections(article) if s.kind in _NUMBERED and s.title]
    return {s.number: n for n, s in enumerate(themes, 1)} if len(themes) > 1 else {}


def cast_speakers(speakers: Sequence[str]) -> Mapping[str, Part]:
    """Give each speaker a part: who asks is the questioner, the others answer."""
    return {name: Part.QUESTIONER if _INTERVIEWER.search(name) else Part.ANSWERER for name in speakers}


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
    return any(block.role not in _TOLD and any(t.strip() for t in block.texts) for block in section.blocks)


def _body(section: Section, number: int | None, teller: Teller) -> list[Group]:
    return [*_announcement(section, number, teller), *teller.tell(section.blocks)]


def _announcement(section: Section, number: int | None, teller: Teller) -> Iterator[Group]:
    if not section.title or not teller.config.announce:
        return
    is_counted = number is not None and teller.config.style == "narrated"
    theme = teller.config.phrases.theme.format(number=number) if is_counted else ""
    title = as_sentence(spoken_text(section.title, teller.config))
    yield (Line(Part.NARRATOR, theme + title, source=(section.start,)),)  # one line, which a chapter begins with


def _length_s(groups: Sequence[Group], delivery: Delivery) -> float:
    return sum(delivery.seconds_of(line) for group in groups for line in group) if delivery.seconds_of else 0.0


def _told_minutes(length_s: float, delivery: Delivery) -> int:
    minutes = round(length_s / 60)
    return min(minutes, delivery.minutes) if delivery.minutes else minutes


def with_length_told(script: Script, config: ScriptConfig, delivery: Delivery) -> Script:
    """Give the script with the length in its openings that its lines have now: somebody else has written them."""
    if not delivery.seconds_of or not config.allows("opening") or not config.phrases.length:
        return script
    phrase = re.compile(re.escape(config.phrases.length).replace(r"\{minutes\}", r"\d+"))
    lengths = [sum(map(delivery.seconds_of, chapter.lines)) for chapter in script.chapters]
    whole_s = sum(lengths)
    chapters = []
    for chapter, length_s in zip(script.chapters, lengths, strict=True):
        minutes = max(1, _told_minutes(length_s if delivery.per_section else whole_s, delivery))
        told = config.phrases.length.format(minutes=minutes)
        lines = (
            replace(line, text=told) if not line.source and phrase.fullmatch(line.text) else line
            for line in chapter.lines
        )
        chapters.append(replace(chapter, lines=tuple(lines)))
    return replace(script, chapters=tuple(chapters))


def _opening(article: Article, title: str, teller: Teller, themes: int, minutes: int) -> Iterator[Group]:
    """Say what the article is about, how many themes it has and how long it takes."""
    if not teller.config.allows("opening"):
        return
    source = tuple(n for n, role in enumerate(article.roles, 1) if role is Role.TITLE)
    if title:
        yield (Line(Part.NARRATOR, as_sentence(spoken_text(title, teller.config)), source=source),)
    phrases = teller.config.phrases
    told = teller.ours(phrases.themes, count=themes) if themes > 1 else ()
    yield (*told, *(teller.ours(phrases.length, minutes=minutes) if minutes else ()))


def _closing(article: Article, teller: Teller, credits: Sequence[str]) -> Iterator[Group]:
    """Name the source, say that the voice is synthetic, give the credits that voices demand."""
    if not teller.config.allows("closing"):
        return
    phrases, source = teller.config.phrases, _source_of(article)
    told = teller.ours(phrases.source, source=source) if source else ()
    credit = teller.ours(phrases.credit, credit="、".join(credits)) if credits else ()
    yield (*told, *teller.ours(phrases.closing), *credit)


def _source_of(article: Article) -> str:
    """Give who wrote the article and where it appeared, as far as it says so itself."""
    meta = article.source.meta
    host = urlsplit(article.source.origin).hostname if article.source.origin.startswith("http") else ""
    place = meta.get("site") or meta.get("publisher") or host or ""
    author = _WHO_THEY_ARE.sub("", meta.get("author", "")).strip()
    return "、".join(filter(None, (author, place)))


_WHO_THEY_ARE = re.compile(r"[（(][^（()）]*[)）]")
