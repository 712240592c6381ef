"""Coverage: what of an article is spoken, and for everything that is not, the reason and the rule that decided it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from briefing.config import ScriptConfig
from briefing.model import NOT_READ_ALOUD, Article, Chapter, Dropped, Kind, Omission, Role, Script
from briefing.script.items import split_label
from briefing.script.labels import only_tells_who
from briefing.script.tables import split_cells
from briefing.script.wording import omitted_pieces

SILENT_KINDS = frozenset({Kind.TOC, Kind.PROMO})
"""Kinds of sections that are not narrated."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many characters an article has (blanks aside), and how many of them are in spoken lines or left out."""

    characters: int
    spoken: int
    dropped: int
    omitted: int


def with_coverage(script: Script, article: Article, config: ScriptConfig, whole: Script | None = None) -> Script:
    """Give the script with everything listed that it does not say. What `whole` says and this script does not, its editor cut."""
    omitted = find_omitted(article, script.chapters, config)
    cut = _spoken(whole.chapters) - _spoken(script.chapters) if whole else set()
    return replace(
        script, dropped=find_dropped(article, script.chapters, dict.fromkeys(cut, "script")), omitted=omitted
    )


def find_dropped(article: Article, chapters: Sequence[Chapter], cut: Mapping[int, str] = {}) -> tuple[Dropped, ...]:
    """List every non-blank line of the source that no line of the script comes from, with the reason why not.

    `cut` are lines that the rules tell and this script does not, with what left them out.
    """
    unspoken = find_unspoken(article, chapters)
    lines = ((n, cut[n], cut[n]) if n in cut else (n, reason, rule) for n, reason, rule in unspoken)
    source = article.source
    return tuple(Dropped(source.origin, source.place(n), reason, rule) for n, reason, rule in lines)


def find_unspoken(article: Article, chapters: Sequence[Chapter]) -> Iterator[tuple[int, str, str]]:
    """Yield each non-blank line that no line of the chapters comes from, with the reason and the rule that decided it."""
    spoken = _spoken(chapters)
    silent = {n: s.kind for s in article.sections if s.kind in SILENT_KINDS for n in range(s.start, s.end + 1)}
    for n, (role, text) in enumerate(zip(article.roles, article.source.lines, strict=True), 1):
        if n not in spoken and text.strip():
            is_label = role in (Role.QUESTION, Role.ANSWER) and only_tells_who(text.strip())
            yield n, *(_LABEL if is_label else _reason(role, silent.get(n)))


_LABEL = ("label", "questions")
_UNTOLD = {Role.TABLE: ("table", "tables"), Role.HEADING: ("heading", "announce"), Role.TITLE: ("title", "opening")}
"""What a narration rule tells in other words or not at all, by the rule."""


def _reason(role: Role, section: Kind | None) -> tuple[str, str]:
    """Give the reason and the rule: the line's role, the section's kind, or the narration rule that tells of it."""
    if role in NOT_READ_ALOUD:
        return role.value, "told" if role in (Role.CODE, Role.LINK) else "role"
    if section:
        return f"section {section.value}", "section"
    return _UNTOLD.get(role, ("nothing to say", "empty"))


def find_omitted(article: Article, chapters: Sequence[Chapter], config: ScriptConfig) -> tuple[Omission, ...]:
    """List what spoken lines leave out of their source: marks, signs between cells, and what wording rules take away."""
    spoken, raw = _spoken(chapters), [line.strip() for line in article.source.lines]
    return tuple(
        Omission(article.source.origin, article.source.place(n), piece, rule)
        for n, role, text in told_texts(article)
        if n in spoken
        for rule, piece in _omitted_of(role, raw[n - 1], text, config)
    )


def told_texts(article: Article) -> list[tuple[int, Role, str]]:
    """Give the lines of the title and of the sections in their order, each with its role and its text without marks."""
    titles = ((n, Role.TITLE, article.title or "") for n, role in enumerate(article.roles, 1) if role is Role.TITLE)
    blocks = (
        (n, block.role, section.title if n == section.start and section.title else text)
        for section in article.sections
        for block in section.blocks
        for n, text in zip(block.lines, block.texts, strict=True)
    )
    return sorted((*titles, *blocks))


def _omitted_of(role: Role, raw: str, bare: str, config: ScriptConfig) -> Iterator[tuple[str, str]]:
    words: Sequence[str] = [bare]
    if role is Role.TABLE:
        words = split_cells(raw)
    elif role is Role.LIST and config.allows("lists"):
        words = split_label(bare)
    at = 0
    for word in words:
        start = raw.find(word, at)
        if start >= 0:
            yield from (("mark", piece) for piece in [raw[at:start].strip()] if piece)
            at = start + len(word)
        yield from omitted_pieces(word, config)
    yield from (("mark", piece) for piece in [raw[at:].strip()] if piece)


def with_digest_coverage(short: Script, whole: Script, article: Article, config: ScriptConfig) -> Script:
    """Give a digest with what it leaves out of the whole script listed: whole lines, and sentences of lines that it keeps."""
    spoken, origin = _spoken(short.chapters), article.source.origin
    told = Counter((x.text, x.source) for chapter in short.chapters for x in chapter.lines)
    all_lines = Counter((x.text, x.source) for chapter in whole.chapters for x in chapter.lines)
    cut = (
        Omission(origin, article.source.place(source[0]), text, "digest")
        for text, source in (all_lines - told).elements()
        if source and source[0] in spoken
    )
    dropped = find_dropped(article, short.chapters, dict.fromkeys(_spoken(whole.chapters) - spoken, "digest"))
    return replace(short, dropped=dropped, omitted=(*find_omitted(article, short.chapters, config), *cut))


def _spoken(chapters: Sequence[Chapter]) -> set[int]:
    return {n for chapter in chapters for line in chapter.lines for n in line.source}


def measure_coverage(script: Script, article: Article, silent: Collection[int] = ()) -> Coverage:
    """Count the characters of an article by what becomes of them; the three parts add up to the whole.

    `silent` are lines of the script of which nothing can be said.
    """
    spoken = _spoken(script.chapters) - set(silent)
    sizes = {n: len("".join(line.split())) for n, line in enumerate(article.source.lines, 1)}
    unspoken = sum(size for n, size in sizes.items() if n not in spoken)
    places = {article.source.place(n) for n in spoken}
    left_out = sum(len("".join(each.text.split())) for each in script.omitted if each.line in places)
    total = sum(sizes.values())
    return Coverage(total, total - unspoken - left_out, unspoken, left_out)
