"""Fidelity: whether a script says what its article says, line by line, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import astuple, replace

from briefing.config import ScriptConfig
from briefing.errors import ScriptError
from briefing.model import Article, Notice, Omission, Role, Script
from briefing.script.blocks import NOTES_BY_EAR
from briefing.script.changes import Change, find_changes
from briefing.script.coverage import find_unspoken, told_texts, with_coverage
from briefing.script.flow import find_runs, join_texts
from briefing.script.narrate import theme_numbers
from briefing.script.script_file import ScriptFile
from briefing.script.sentences import as_sentence
from briefing.script.tables import split_cells, without_gaps
from briefing.script.terms import Matter, terms_of
from briefing.script.wording import spoken_text, with_honorific

Plain = Callable[[str], str]


def hold_fidelity(script: Script, article: Article, config: ScriptConfig) -> None:
    """Raise ScriptError when a script that rules wrote says something else than its article, with every place."""
    source = article.source
    found = [f"{source.origin}:{source.place(n)}: {change}" for n, change in find_unfaithful(script, article, config)]
    if found:
        raise ScriptError(
            "\n".join(["the script would not say what is written:", *found]),
            "",
            "write it with `briefing script`, mend these lines there and render again; or set script.style to verbatim",
        )


def with_edits_told(
    edited: Script, base: Script, article: Article, config: ScriptConfig, file: ScriptFile, plain: Plain = str
) -> Script:
    """Give an edited script with what its edits change of the article: a notice a line; sentences that were cut are listed.

    `base` is the script before the edits, `plain` takes readings that the editor gave out of a text.
    """
    script = with_coverage(edited, article, config, base)
    before, now = _texts_by_line(base), _texts_by_line(script)
    changes: dict[int, list[Change]] = {}
    for group, change in _find_by_group(script, article, config, plain):
        spoken = sorted(group & now.keys())
        edited_lines = [n for n in group if now.get(n) != before.get(n)]
        if spoken and edited_lines:
            at = next((n for n in spoken if n in edited_lines), spoken[0])
            changes.setdefault(at, []).append(change)
    origin, place = article.source.origin, article.source.place
    notices = [
        Notice(file.name, file.row_of(now[n][0]), f"differs from {origin}:{place(n)}: {'; '.join(map(str, found))}")
        for n, found in changes.items()
    ]
    left_out = sorted({place(n) for n in before.keys() - now.keys()})
    if left_out:
        told = f"leaves out {len(left_out)} of the lines of {origin}: {', '.join(map(str, left_out))}"
        notices.insert(0, Notice(file.name, 1, told))
    cut = (
        Omission(origin, place(n), change.lost, "script")
        for n, found in changes.items()
        for change in found
        if change.matter is Matter.SENTENCE
    )
    return replace(script, notices=(*script.notices, *notices), omitted=(*script.omitted, *cut))


def _texts_by_line(script: Script) -> dict[int, list[str]]:
    texts: dict[int, list[str]] = {}
    for line in (line for chapter in script.chapters for line in chapter.lines):
        for n in line.source:
            texts.setdefault(n, []).append(line.text)
    return texts


def find_unfaithful(
    script: Script, article: Article, config: ScriptConfig, plain: Plain = str
) -> Iterator[tuple[int, Change]]:
    """Yield what a script changes of its article, each with the source line: in what is said, and what should be said and is not.

    What the rules leave out by name (marks, addresses, laughs) and what the narrator says of its own are no changes.
    """
    return ((min(group), change) for group, change in _find_by_group(script, article, config, plain))


def _find_by_group(
    script: Script, article: Article, config: ScriptConfig, plain: Plain
) -> Iterator[tuple[set[int], Change]]:
    """Yield each change with all the lines that are said together with the one it is in."""
    runs = _find_runs(article)
    told = _told(article, config, plain, runs)
    ours, guests, themes = _our_terms(config), _guests(article, config), _themes(article, config)
    for chapter in script.chapters:
        sources = [line.source for line in chapter.lines]
        spoken = {n for source in sources for n in source}
        groups = _linked([*sources, *(numbers for numbers in runs if spoken & set(numbers))])
        group_of = {n: index for index, group in enumerate(groups) for n in group}
        said: dict[int, list[str]] = {}
        for line in chapter.lines:
            introduces = line.text in guests and line.text.rstrip("。") not in "".join(told.get(line.source[0], ()))
            if line.source and not introduces:
                said.setdefault(group_of[line.source[0]], []).append(plain(line.text))
        for index, group in enumerate(groups):
            wanted = list(dict.fromkeys(text for n in sorted(group) for text in told.get(n, ())))
            bare = (text.removeprefix(themes.get(min(group), "")) for text in said.get(index, ()))
            changes = find_changes("\n".join(map(as_sentence, wanted)), "\n".join(_cut(bare, wanted)))
            allowed = ours | _keys(_around(article, group)) if changes else ours
            for change in changes:
                is_ours = _keys([change.added]) <= allowed or (len(wanted) > 1 and change.matter is Matter.WORD)
                if change.lost or not is_ours:
                    yield group, change
    for number, _, rule in find_unspoken(article, script.chapters):
        text = "".join(told.get(number, ()))
        if rule == "empty" and terms_of(text):
            yield {number}, Change(Matter.SENTENCE, lost=text)


def _find_runs(article: Article) -> dict[tuple[int, ...], tuple[str, ...]]:
    """Give the text of the lines that a margin cut, by the numbers of their pieces; of a row its cells."""
    blocks = (block for section in article.sections for block in section.blocks if block.goes_on)
    runs = ((b.role, numbers, join_texts(texts)) for b in blocks for numbers, texts in find_runs(b) if len(numbers) > 1)
    return {numbers: split_cells(text) if role is Role.TABLE else (text,) for role, numbers, text in runs}


def _told(
    article: Article, config: ScriptConfig, plain: Plain, runs: Mapping[tuple[int, ...], Sequence[str]]
) -> dict[int, list[str]]:
    """Give what is to be said of each line, the cells of a table one by one, what a margin cut at its first line."""
    told = {numbers[0]: [_plain_cell(cell, config, plain) for cell in cells] for numbers, cells in runs.items()}
    in_runs = {n for numbers in runs for n in numbers}
    for number, role, text in told_texts(article):
        if number in in_runs:
            continue
        if role is Role.NOTE_LABEL and config.allows("notes"):
            text = NOTES_BY_EAR.get(text, text)
        cells = split_cells(article.source.lines[number - 1]) if role is Role.TABLE else (text,)
        told.setdefault(number, []).extend(_plain_cell(cell, config, plain) for cell in cells)
    return told


def _plain_cell(cell: str, config: ScriptConfig, plain: Plain) -> str:
    return plain(spoken_text(without_gaps(cell), config))


def _cut(said: Iterable[str], wanted: Sequence[str]) -> Iterator[str]:
    """Cut what is said around the cells of a table, so that the words between them do not run into theirs."""
    for text in said:
        at = 0
        for cell in wanted if len(wanted) > 1 else ():
            start = text.find(cell, at)
            if start >= 0:
                text = f"{text[:start]}。{cell}。{text[start + len(cell) :]}"
                at = start + len(cell) + 2
        yield as_sentence(text)


def _linked(sources: Iterable[tuple[int, ...]]) -> list[set[int]]:
    """Join source lines that a spoken line comes from together."""
    groups: dict[int, set[int]] = {}
    for source in sources:
        joined = set(source).union(*(groups.get(n, ()) for n in source))
        groups |= dict.fromkeys(joined, joined)
    return [group for n, group in sorted(groups.items()) if n == min(group)]


def _around(article: Article, group: AbstractSet[int]) -> Iterator[str]:
    """Yield what lines may be told with: their own marks and labels, and the names of the columns of their table."""
    for section in article.sections:
        for block in section.blocks:
            if block.role is Role.TABLE and group & set(block.lines):
                yield from block.texts
    yield from (article.source.lines[n - 1] for n in group)


_HONORIFIC = "さん"  # what a guest is introduced with
_FILLED = re.compile(r"{\w+}")


def _our_terms(config: ScriptConfig) -> frozenset[str]:
    """Give the terms of all that the narrator says of its own."""
    return _keys(
        [*(_FILLED.sub("、", phrase) for phrase in astuple(config.phrases)), *NOTES_BY_EAR.values(), _HONORIFIC]
    )


def _keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(term.key for text in texts for term in terms_of(text))


def _guests(article: Article, config: ScriptConfig) -> set[str]:
    """Give the lines that introduce guests."""
    return {config.phrases.speaker.format(name=with_honorific(name)) for name in article.speakers}


def _themes(article: Article, config: ScriptConfig) -> dict[int, str]:
    """Give what stands in front of a section's title, by the section's first line."""
    numbers = theme_numbers(article)
    return {
        s.start: config.phrases.theme.format(number=numbers[s.number]) for s in article.sections if s.number in numbers
    }
