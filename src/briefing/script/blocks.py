"""Narration rules by role: a block of an article to groups of lines. What the article says keeps its words; ours are lines of their own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from briefing.config import ScriptConfig
from briefing.model import Block, Line, Part, Role
from briefing.script import marks
from briefing.script.flow import find_runs, join_texts
from briefing.script.items import GAP, is_bare_name, split_label, with_label_told, with_pause_at_gap
from briefing.script.labels import only_tells_who
from briefing.script.polite import to_polite
from briefing.script.sentences import as_sentence, split_sentences, with_stop
from briefing.script.tables import LABELLED, SAYS_NOTHING, Row, has_column_names, is_named, table_rows, without_gaps
from briefing.script.wording import spoken_text, with_honorific

Group = tuple[Line, ...]
"""Lines that follow one another with a sentence's pause."""
Run = tuple[tuple[int, ...], tuple[str, ...]]
"""The numbers and texts of a line and of those that go on from it."""


@dataclass(frozen=True, slots=True)
class Teller:
    """Turns the blocks of a section into groups. `cast` gives each speaker's part, `raw` the article's lines."""

    config: ScriptConfig
    cast: Mapping[str, Part]
    raw: Sequence[str]

    def tell(self, blocks: Sequence[Block]) -> Iterator[Group]:
        """Yield the groups of a section in order, its heading aside."""
        before: Role | None = None
        voice = _NARRATOR
        met: set[str] = set()
        links_told = False
        words = ""
        for block in blocks:
            if block.role is Role.LINK:
                yield from () if links_told else self._tell_links()
                links_told = True
            elif block.role is not Role.HEADING:
                yield from self._introduce(block, met, words)
                told = _RULES.get(block.role, Teller._tell_paragraphs)(self, block, before)
                yield from (in_voice(group, voice) for group in told) if block.role is Role.LIST else told
            voice = self._voice_behind(block, voice)
            before, words = block.role, block.texts[-1] if block.role is Role.TURN else ""

    def _voice_behind(self, block: Block, voice: Voice) -> Voice:
        """Give who goes on behind a block with a list: who asks, answers or speaks in it; a list leaves that as it is."""
        if block.role is Role.LIST:
            return voice
        if block.role is Role.TURN:
            return self.cast.get(block.speaker, Part.ANSWERER), block.speaker
        return (_PARTS[block.role], "") if block.role in (Role.QUESTION, Role.ANSWER) else _NARRATOR

    def ours(self, phrase: str, part: Part = Part.NARRATOR, **words: object) -> Group:
        """Give a line of our own; no line for an empty phrase."""
        text = phrase.format(**words)
        return (Line(part, text),) if text else ()

    def sentences(self, run: Run, part: Part, role: Role) -> Group:
        """Cut a text into lines, each a sentence that the ear understands."""
        numbers, texts = run
        polite = self.config.allows("polite") and role in _NARRATED
        cut = split_sentences(spoken_text(join_texts(texts), self.config))
        sources = _sources(cut, numbers, texts)
        said = (to_polite(s) if polite and _IS_ENDED.search(s) else s for s in cut)
        return tuple(Line(part, with_stop(s), source=n) for s, n in zip(said, sources, strict=True))

    def _introduce(self, block: Block, met: set[str], words: str) -> Iterator[Group]:
        """Name a guest who speaks for the first time in a chapter, unless whoever spoke before has called them."""
        name = block.speaker
        is_guest = self.cast.get(name) is Part.ANSWERER and re.search(r"\w", name)
        if not self.config.allows("introduce") or not is_guest or name in met:
            return
        met.add(name)
        if re.search(
            rf"{re.escape(name)}(?:さん|さま|様|氏|君|くん|ちゃん|先生)[^。？！?!]{{0,{_CALL_END}}}[。？！?!]?$", words
        ):
            return
        phrase = self.config.phrases.speaker.format(name=with_honorific(name))
        yield (Line(Part.NARRATOR, phrase, source=block.lines[:1]),) if phrase else ()

    def _tell_paragraphs(self, block: Block, before: Role | None) -> Iterator[Group]:
        part = _PARTS.get(block.role, Part.NARRATOR)
        if block.role is Role.TURN:
            part = self.cast.get(block.speaker, part)
        if block.role in (Role.QUESTION, Role.ANSWER) and only_tells_who(self.raw[block.lines[0] - 1].strip()):
            block = replace(block, lines=block.lines[1:], texts=block.texts[1:])  # the voice tells it
        for run in find_runs(block):
            lines = self.sentences(run, part, Role.TURN if self._is_speech(block) else block.role)
            yield tuple(replace(line, speaker=block.speaker) for line in lines)

    def _is_speech(self, block: Block) -> bool:
        """Say whether an answer is what somebody said: its question stands behind a dash, as in an interview, and not behind Q."""
        above = self.raw[: block.lines[0] - 1] if block.role is Role.ANSWER else ()
        for line in map(str.strip, reversed(above)):
            if line.startswith(_DASHES) or marks.QUESTION.fullmatch(line):
                return line.startswith(_DASHES)
        return False

    def _tell_headline(self, block: Block, before: Role | None) -> Iterator[Group]:
        for number, text in zip(block.lines, block.texts, strict=True):
            yield (Line(Part.NARRATOR, as_sentence(spoken_text(text, self.config)), source=(number,)),)

    def _tell_list(self, block: Block, before: Role | None) -> Iterator[Group]:
        """Count the items of a list aloud, save names, things and labels with their values; of a long one, say how many there are."""
        items = find_runs(block)
        wholes = [join_texts(texts) for _, texts in items]
        lists = self.config.allows("lists")
        counts = lists and len(items) > 1
        lines: list[Line] = []
        if counts and len(items) > self.config.list_items:
            lines += self.ours(self.config.phrases.items, count=len(items))
            counts = False
        are_labels = lists and sum(len(split_label(t)) > 1 for t in wholes) * 2 > len(wholes)
        are_rows = lists and sum(bool(GAP.search(t)) for t in wholes) > max(len(wholes) // 2, 1)
        counts = counts and not are_labels and not are_rows and not all(map(is_bare_name, wholes))
        for index, (numbers, texts) in enumerate(items, 1):
            if counts:
                lines += self.ours(self.config.phrases.item, number=index)
            if lists:
                texts = (with_pause_at_gap(texts[0]) if are_rows else with_label_told(texts[0]), *texts[1:])
            said = self.sentences((numbers, texts), Part.NARRATOR, Role.PARA if "。" in "".join(texts) else Role.LIST)
            lines += (replace(line, text=as_sentence(line.text)) for line in said)
        yield tuple(lines)

    def _tell_note_label(self, block: Block, before: Role | None) -> Iterator[Group]:
        word = self._named_note(spoken_text(block.texts[0], self.config))
        yield (Line(Part.NOTE, f"{word}です。", source=block.lines),)

    def _named_note(self, word: str) -> str:
        """Give the word for a note as the ear knows it."""
        return NOTES_BY_EAR.get(word, word) if self.config.allows("notes") else word

    def _tell_notes(self, block: Block, before: Role | None) -> Iterator[Group]:
        """Announce a note, by the word that the article gives it, unless a label did so already."""
        if self.config.allows("notes") and before not in (Role.NOTE, Role.NOTE_LABEL):
            found = _NOTE_NAME.match(self.raw[block.lines[0] - 1].strip())
            word = f"{self._named_note(found['name'])}です。" if found else ""
            yield (
                (Line(Part.NOTE, word, source=block.lines[:1]),)
                if word
                else self.ours(self.config.phrases.note, Part.NOTE)
            )
        yield from self._tell_paragraphs(block, before)

    def _tell_quote(self, block: Block, before: Role | None) -> Iterator[Group]:
        """Announce a quotation, unless the line above does or it is in quotation marks as a whole, or nothing of it is said."""
        above = next((line.strip() for line in reversed(self.raw[: block.lines[0] - 1]) if line.strip()), "")
        is_plain = _QUOTED.match(block.texts[0]) or _ANNOUNCES.search(above)
        is_told = any(spoken_text(text, self.config) for text in block.texts)
        if self.config.allows("quotes") and before is not Role.QUOTE and is_told and not is_plain:
            yield self.ours(self.config.phrases.quote, Part.NARRATOR)
        yield from self._tell_paragraphs(block, before)

    def _tell_table(self, block: Block, before: Role | None) -> Iterator[Group]:
        """Read a small table row by row, each cell with its column; tell of a large one what it holds."""
        rows = table_rows(block)
        if not rows:
            return
        width = max(len(cells) for _, cells in rows)
        has_header = has_column_names(block, rows)
        most = self.config.table_rows * (LABELLED if width <= LABELLED else 1)
        if not self.config.allows("tables"):
            yield tuple(self._row(n, "、".join(filter(None, cells))) for n, cells in rows)
        elif width <= self.config.table_columns and len(rows) - has_header <= most:
            yield tuple(self._read_rows(rows, has_header, width))
        else:
            names = rows[0][1] if has_header else [cells[0] for _, cells in rows]
            told = [spoken_text(without_gaps(c), self.config) for c in names if c]
            count = len(rows) - 1 if has_header else len(told)  # a row without a name goes on from the one above
            headers = "、".join(told[:_MOST_NAMES]) + ("など" if len(told) > _MOST_NAMES else "")
            yield self.ours(self.config.phrases.table, columns=width, rows=count, headers=headers)

    def _read_rows(self, rows: Sequence[Row], has_header: bool, width: int) -> Iterator[Line]:
        headers = [without_gaps(c) for c in rows[0][1]] if has_header else []
        if has_header and not all(map(SAYS_NOTHING.fullmatch, headers)):
            names = "と".join(spoken_text(c, self.config) for c in headers if c)
            yield from (replace(x, source=rows[0][0]) for x in self.ours(self.config.phrases.header, headers=names))
        for numbers, cells in rows[has_header:]:
            first, *rest = map(without_gaps, cells)
            if width == LABELLED or not headers:
                told = "、".join(filter(None, rest))
            else:
                told = "、".join(f"{h}が{c}" if h else c for h, c in zip(headers[1:], rest, strict=False) if c)
            joint = "は、" if is_named(first) else "、"
            yield self._row(numbers, f"{first}{joint}{told}" if first and told else first or told)

    def _row(self, numbers: tuple[int, ...], text: str) -> Line:
        return Line(Part.NARRATOR, as_sentence(spoken_text(text, self.config)), source=numbers)

    def _tell_code(self, block: Block, before: Role | None) -> Iterator[Group]:
        count = sum(bool(t.strip()) and not t.lstrip().startswith(("```", "~~~")) for t in block.texts)
        if self.config.allows("code") and count:
            yield self.ours(self.config.phrases.code, lines=count)

    def _tell_links(self) -> Iterator[Group]:
        if self.config.allows("links"):
            yield self.ours(self.config.phrases.links)


def _sources(sentences: Sequence[str], numbers: Sequence[int], texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Give the lines that each sentence of a run comes from, by where its first letters stand; together they are all lines."""
    if len(numbers) == 1:
        return [tuple(numbers)] * len(sentences)
    whole, ends = "".join(texts), list(accumulate(map(len, texts)))
    starts = [0]
    for sentence in sentences[1:]:
        found = (whole.find(sentence[:letters], starts[-1]) for letters in _FIRST_LETTERS)
        starts.append(next((at for at in found if at >= 0), starts[-1]))
    lasts = [*(max(start - 1, 0) for start in starts[1:]), len(whole) - 1]
    return [
        tuple(numbers[bisect_right(ends, a) : bisect_right(ends, max(a, b)) + 1])
        for a, b in zip(starts, lasts, strict=True)
    ]


_IS_ENDED = re.compile(r"[。．.！？!?…](?:[)）」』]|[（(][^（()）]*[)）])?$")  # a headline is not turned polite
_DASHES = ("―", "—", "─", "－－", "--", "ーー")
_QUOTED = re.compile("[「『“].*[」』”](?:[\\s　]*[（(—―－][^」』]*)?$", re.DOTALL)
_ANNOUNCES = re.compile(
    r"(?:次の(?:よう|とおり|通り)|こう|以下の(?:よう|とおり|通り))[^。]{0,6}(?:話|語|述べ|書|言|い[いっ]|あ[りるっ]|記|答|伝え|コメント|説明)[^。]{0,10}[。:：]$"
    r"|(?:話|語|述べ|書かれ|書いて|言|記され|コメントし|寄せ)[^。、]{0,8}[:：]$"
)
NOTES_BY_EAR: Mapping[str, str] = {"注": "注釈", "註": "注釈", "注意": "注意点", "ご注意": "ご注意点"}
"""Words for a note that are not understood when heard alone, and what is said."""

Voice = tuple[Part, str]
"""A part, and the speaker where there is a name."""
_NARRATOR: Voice = (Part.NARRATOR, "")


def in_voice(group: Group, voice: Voice) -> Group:
    """Give a group of the narrator's in another voice."""
    part, speaker = voice
    return tuple(replace(line, part=part, speaker=speaker) for line in group) if part is not Part.NARRATOR else group


_FIRST_LETTERS = (8, 5, 3)  # fewer where a mark among them is left out
_CALL_END = 14  # characters behind the name of whoever is to speak next: 〜さん、いかがですか

_PARTS: Mapping[Role, Part] = {
    Role.QUESTION: Part.QUESTIONER,
    Role.ANSWER: Part.ANSWERER,
    Role.NOTE: Part.NOTE,
    Role.QUOTE: Part.NOTE,
    Role.TURN: Part.ANSWERER,
}
_NARRATED = frozenset({Role.PARA, Role.NOTE, Role.ANSWER})  # the author's own words; others are quoted as they spoke
_NOTE_NAME = re.compile(
    rf"[【\[［（(<＜〈≪《]?(?P<name>{marks.NOTE_WORD})[0-9０-９]*\s*[】\]］）)>＞〉≫》]?\s*[:：】\]）)]"
)
Rule = Callable[[Teller, Block, Role | None], Iterator[Group]]
_RULES: Mapping[Role, Rule] = {
    Role.LIST: Teller._tell_list,
    Role.SUBHEADING: Teller._tell_headline,
    Role.NOTE_LABEL: Teller._tell_note_label,
    Role.NOTE: Teller._tell_notes,
    Role.QUOTE: Teller._tell_quote,
    Role.TABLE: Teller._tell_table,
    Role.CODE: Teller._tell_code,
}

_MOST_NAMES = 8  # of the columns or rows of a large table: more is a list that nobody keeps in mind
