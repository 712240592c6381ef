"""Narration rules by role: a block of an article to groups of lines. What the article says keeps its words; ours are lines of their own."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from briefing.config import ScriptConfig
from briefing.model import Block, Line, Part, Role
from briefing.morphology import Morpheme, analyse
from briefing.script import marks
from briefing.script.flow import find_runs, join_texts
from briefing.script.labels import only_tells_who
from briefing.script.polite import to_polite
from briefing.script.sentences import split_sentences
from briefing.script.wording import spoken_text

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
        are_rows = lists and sum(bool(_GAP.search(t)) for t in wholes) > max(len(wholes) // 2, 1)
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
        most = self.config.table_rows * (_LABELLED if width <= _LABELLED else 1)
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
        if has_header and not all(map(_SAYS_NOTHING.fullmatch, headers)):
            names = "と".join(spoken_text(c, self.config) for c in headers if c)
            yield from (replace(x, source=(rows[0][0],)) for x in self.ours(self.config.phrases.header, headers=names))
        for number, cells in rows[has_header:]:
            first, *rest = map(without_gaps, cells)
            if width == _LABELLED or not headers:
                told = "、".join(filter(None, rest))
            else:
                told = "、".join(f"{h}が{c}" if h else c for h, c in zip(headers[1:], rest, strict=False) if c)
            joint = "は、" if _is_named(first) else "、"
            yield self._row(number, f"{first}{joint}{told}" if first and told else first or told)

    def _row(self, number: int, text: str) -> Line:
        return Line(Part.NARRATOR, as_sentence(spoken_text(text, self.config)), source=(number,))

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

Row = tuple[int, tuple[str, ...]]
"""A line number and the cells of that row."""
_TABLE_RULE = re.compile(r"[|\s:\-+─━┌┐└┘├┤┬┴┼│┃=]+")


def table_rows(block: Block) -> list[Row]:
    """Give the rows of a table that hold words: cells between bars, tabs, wide gaps, or a label and its value."""
    rows = []
    for number, text in zip(block.lines, block.texts, strict=True):
        cells = split_cells(text)
        if not _TABLE_RULE.fullmatch(text) and any(cells):
            rows.append((number, cells))
    return rows


def split_cells(text: str) -> tuple[str, ...]:
    """Give the cells of a row. A label that blanks stretch to a width is one cell; the colon before a value is none of it.

    >>> split_cells("| 一般 | 500円 |"), split_cells("日時：6月3日")
    (('一般', '500円'), ('日時', '6月3日'))
    >>> split_cells("品　番　HK-08"), split_cells("価格　：80円"), split_cells("月　火　水")
    (('品　番', 'HK-08'), ('価格', '80円'), ('月', '火', '水'))
    """
    bare = text.strip().strip("|｜│┃")
    if not re.search(r"[|｜│┃\t]", bare) and (label := _STRETCHED.match(bare)):
        return label["label"], bare[label.end() :].strip()
    for pattern in (r"[|｜│┃]", r"\t+", r"　+[:：]?|\s{2,}[:：]?", r"[:：]"):
        if re.search(pattern, bare):
            return tuple(c.strip() for c in re.split(pattern, bare, maxsplit=1 if pattern == r"[:：]" else 0))
    return (bare.strip(),)


_ONE = r"[一-龠々]"
_SINGLE = "[月火水木金土日東西南北大中小男女春夏秋冬]"  # in a row of these each stands for itself
_STRETCHED = re.compile(
    rf"(?!{_SINGLE}[ 　]+{_SINGLE}[ 　:：])(?P<label>{_ONE}(?:[ 　]+{_ONE}){{1,3}})(?:[ 　]*[:：][ 　]*|[ 　]+(?=\S{{2}}))"
)


def without_gaps(cell: str) -> str:
    """Give a cell with a label that is stretched to a width closed up.

    >>> without_gaps("品　番"), without_gaps("本館　二階")
    ('品番', '本館　二階')
    """
    return re.sub(r"[ 　]+", "", cell) if _GAPPED.fullmatch(cell) else cell


_GAPPED = re.compile(rf"{_ONE}(?:[ 　]+{_ONE}){{1,3}}")
_LABELLED = 2  # columns of a label and its value: such a table says when and where, and may be as many times as long
_SAYS_NOTHING = re.compile(
    r"(?:項\s*目|内\s*容|詳\s*細|区\s*分|事\s*項|説\s*明|値)?"
)  # names of columns that are no news


def _is_named(cell: str) -> bool:
    """Say whether a cell names what the others tell of, so that は may follow: no verb, nothing that a particle ends."""
    words = analyse(cell)
    return not words or words[-1].pos[0] not in ("動詞", "形容詞", "助動詞", "助詞")


def has_column_names(block: Block, rows: Sequence[Row]) -> bool:
    """Say whether the first row names the columns: a rule below it, or no figure in it and some in most rows below."""
    first, cells = rows[0]
    below = next((t for n, t in zip(block.lines, block.texts, strict=True) if n > first), "")
    if _TABLE_RULE.fullmatch(below) and len(rows) > 1:
        return True
    width, is_even = len(cells), all(len(other) == len(cells) for _, other in rows)
    if len(rows) < _LEAST_ROWS or width < _LABELLED or not is_even or any(map(_FIGURE.search, cells)):
        return False
    with_figures = [any(map(_FIGURE.search, other[1:])) for _, other in rows[1:]]
    is_told = all(with_figures) if width == _LABELLED else sum(with_figures) * 2 > len(with_figures)
    return is_told and not re.search("[:：]", block.texts[0])


_LEAST_ROWS = 3  # from which a table shows without a rule that its first row names the columns
_FIGURE = re.compile(r"[0-9０-９]|^約?(?:[〇二三四五六七八九十百千]|一[〇一二三四五六七八九十百千・])")


def split_label(text: str) -> tuple[str, ...]:
    """Give the label of a list's item and its value; the whole where there is none.

    >>> split_label("場所：港の広場"), split_label("12:30 開場")
    (('場所', '港の広場'), ('12:30 開場',))
    """
    match = _LABEL.fullmatch(text)
    return (match["label"], match["value"]) if match and match["label"].count("**") != 1 else (text,)


_LABEL = re.compile(
    r"(?P<label>(?![0-9０-９]+\s*[:：])[^\s:：。、「」！？!?`/]{1,14})[ 　]*[:：](?!//)[ 　]*(?P<value>[^\s:：*].*)"
)


def with_label_told(item: str) -> str:
    """Give an item with は in place of the colon behind its label; a pause where a verb or a sentence takes no は.

    >>> with_label_told("場所：港の広場"), with_label_told("水を足す：底が見えたとき")
    ('場所は、港の広場', '水を足す、底が見えたとき')
    """
    label, *value = split_label(item)
    is_told = value and not _SENTENCE.search(value[0]) and _is_named(_ASIDE.sub("", label))
    return "".join([label, "は、" if is_told else "、", *value]) if value else item


_SENTENCE = re.compile(r"。.|(?:です|ます|ません|ました|でした|ください)。?$")
_ASIDE = re.compile(r"[（(][^（()）]*[)）]")
_GAP = re.compile(r"(?<=[^\s。、！？!?])　+(?=\S)")


def with_pause_at_gap(item: str) -> str:
    """Give an item with a comma where a wide gap parts a name from what is told of it.

    >>> with_pause_at_gap("しょうゆ　　大さじ3")
    'しょうゆ、大さじ3'
    """
    return _GAP.sub("、", item)


def is_bare_name(item: str) -> bool:
    """Say whether an item of a list is a short name of somebody or something and tells nothing: no need to count it.

    >>> is_bare_name("古いタオル（2枚）"), is_bare_name("水を足す"), is_bare_name("音を立てないこと")
    (True, False, False)
    """
    bare = _ASIDE.sub("", item).strip()
    words = analyse(bare) if len(bare) <= _BARE_LENGTH else ()
    return bool(words) and words[-1].pos[0] in _NAMING and not _TELLS.search(bare) and not any(map(_is_subject, words))


_BARE_LENGTH = 16  # characters of a name at most
_NAMING = ("名詞", "接尾辞", "代名詞", "記号", "固有名詞")
_TELLS = re.compile(r"[。！？!?…→]|(?:こと|とき|時|場合|ため|もの)$")


def _is_subject(word: Morpheme) -> bool:
    return word.pos[0] == "助詞" and word.surface in ("は", "が", "を", "も", "に", "へ", "から", "まで")


_MOST_NAMES = 8  # of the columns or rows of a large table: more is a list that nobody keeps in mind


def as_sentence(text: str) -> str:
    """Give a text with a full stop, unless it ends as a sentence does."""
    return text if not text or re.search(r"[。！？!?.…]$", text) else f"{text}。"


def with_stop(text: str) -> str:
    """Give a text that ends in a word with a full stop: a voice falls there."""
    return f"{text}。" if re.search(r"[\w％%）)]$", text) else text


_TITLED = re.compile(
    r"(?:さん|さま|様|氏|君|くん|ちゃん|先生|教授|博士|[長員者部会課室局署]|者[A-ZＡ-Ｚ0-9０-９]|司会|議長|進行|聞き手|編集|記者|社|係|担当|[理監幹]事|スタッフ|代表|主任|書記|顧問|一同|会場|客席|聴衆|フロア)$"
)


def with_honorific(name: str) -> str:
    """Give a speaker's name as one says it: with さん, unless it carries a title or names a role.

    >>> with_honorific("河野"), with_honorific("編集部")
    ('河野さん', '編集部')
    >>> [with_honorific(name) for name in ("担当", "参加者A", "副理事長", "スタッフ", "代田")]
    ['担当', '参加者A', '副理事長', 'スタッフ', '代田さん']
    """
    return name if _TITLED.search(name) else f"{name}さん"
