"""The values that travel between the stages. All frozen; times are in samples unless the name says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:  # text stages and `--help` must not pay for numpy
    import numpy as np
    from numpy.typing import NDArray

Samples: TypeAlias = "NDArray[np.int16]"
Envelope: TypeAlias = "NDArray[np.float32]"
JAPAN = timezone(timedelta(hours=9))


class Role(StrEnum):
    """What a line of an article is."""

    TITLE = "title"
    META = "meta"
    HEADING = "heading"
    SUBHEADING = "subheading"
    PARA = "para"
    LIST = "list"
    QUESTION = "question"
    ANSWER = "answer"
    NOTE_LABEL = "note_label"
    NOTE = "note"
    TOC = "toc"
    PROMO = "promo"
    LINK = "link"
    CODE = "code"
    TABLE = "table"
    QUOTE = "quote"
    TURN = "turn"
    DIVIDER = "divider"
    FRONTMATTER = "frontmatter"
    BLANK = "blank"


NOT_READ_ALOUD = frozenset(
    {Role.PROMO, Role.TOC, Role.META, Role.LINK, Role.CODE, Role.DIVIDER, Role.FRONTMATTER, Role.BLANK}
)


class Kind(StrEnum):
    """What a section of an article is."""

    INTRO = "intro"
    TOC = "toc"
    BODY = "body"
    QA = "qa"
    OUTRO = "outro"
    PROMO = "promo"


@dataclass(frozen=True, slots=True)
class Source:
    r"""An article as read. `text` is NFC with `\n` line ends.

    Its line numbers are those of the user's file, unless `places` gives for each line the one that it comes from
    (of a PDF: its page). `left_out` tells what the reader saw and did not take into the text. `speakers` is None but for a
    transcript: who speaks, each line of theirs opening with `name：`; nobody where one speaks alone.
    """

    name: str
    text: str
    encoding: str
    origin: str
    meta: Mapping[str, str] = field(default_factory=dict)
    places: tuple[int, ...] = ()
    left_out: tuple[Dropped, ...] = ()
    speakers: tuple[str, ...] | None = None

    def place(self, line: int) -> int:
        """Give the line of the user's file from which a line of the text comes, both 1-based."""
        return self.places[line - 1] if 0 < line <= len(self.places) else line

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines; line n of the user's file is `lines[n - 1]`."""
        return tuple(self.text.split("\n"))


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines of one role. `lines` are 1-based line numbers, `texts` the same lines without their marks.

    `goes_on`: those lines that the file's margin cut off from the line before.
    """

    role: Role
    lines: tuple[int, ...]
    texts: tuple[str, ...]
    speaker: str = ""
    goes_on: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an article: lines `start` to `end`, both included, 1-based."""

    number: int
    kind: Kind
    title: str | None
    start: int
    end: int
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading inside a section."""

    title: str
    line: int


@dataclass(frozen=True, slots=True)
class QaPair:
    """A question and its answer, each as first and last line."""

    q: tuple[int, int]
    a: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A source line that is not spoken, with the reason why not and the rule that decided it."""

    file: str
    line: int
    reason: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Omission:
    """A piece of a spoken line that is not spoken: a mark, an address, a laugh; with the rule that left it out."""

    file: str
    line: int
    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the user should look at: a place in their file and what is to be seen there."""

    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Article:
    """The structure of a source. Every non-blank line is in exactly one block or in `dropped`."""

    source: Source
    title: str | None
    title_line: int | None
    roles: tuple[Role, ...]
    sections: tuple[Section, ...]
    subheadings: tuple[Subheading, ...]
    qa_pairs: tuple[QaPair, ...]
    speakers: tuple[str, ...]
    dropped: tuple[Dropped, ...]


class Part(StrEnum):
    """Who of the cast says a line."""

    NARRATOR = "narrator"
    QUESTIONER = "questioner"
    ANSWERER = "answerer"
    NOTE = "note"


class Pause(StrEnum):
    """The kind of silence that follows a line; its length is in the configuration."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    TURN = "turn"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the script. `source` are the lines it comes from; a line of ours has none."""

    part: Part
    text: str
    pause: Pause = Pause.SENTENCE
    source: tuple[int, ...] = ()
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    """The script of a section. `key` names the section in a way that survives edits of its text."""

    key: str
    title: str
    lines: tuple[Line, ...]
    section: int
    kind: Kind = Kind.BODY


@dataclass(frozen=True, slots=True)
class Script:
    """What will be narrated, chapter by chapter. No chapter is empty."""

    title: str
    source: str
    chapters: tuple[Chapter, ...]
    dropped: tuple[Dropped, ...] = ()
    notices: tuple[Notice, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)
    omitted: tuple[Omission, ...] = ()


class Origin(StrEnum):
    """Where a reading came from."""

    RUBY = "ruby"
    LEXICON = "lexicon"
    RULE = "rule"
    FRONT_END = "front end"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a sentence: what is shown, what is handed on to be read, and who decided that."""

    shown: str
    said: str
    origin: Origin
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the front end reads it: katakana, and whether it had to guess."""

    surface: str
    kana: str
    is_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reading that is a guess: the word, its reading, why it is doubtful; `entry` settles it as a line of readings.csv."""

    surface: str
    kana: str
    reason: str
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """The end of a phrase: `text_end` characters of the text shown are said by `kana_end` characters of the kana."""

    text_end: int
    kana_end: int


@dataclass(frozen=True, slots=True)
class Join:
    """The end of a phrase, for voices that take text: `said_end` characters of what is said are `kana_end` of the kana."""

    said_end: int
    kana_end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence with its reading: `kana` is katakana with accents, 、。？ for pauses; `breaks` are where its phrases end, in order.

    `said` is the sentence for voices that read text themselves: what our rules and lists have settled stands there in katakana;
    `joins` are where its phrases end.
    """

    text: str
    spans: tuple[Span, ...]
    kana: str
    doubts: tuple[Doubt, ...] = ()
    breaks: tuple[Break, ...] = ()
    said: str = ""
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class VoiceName:
    """`ENGINE:SPEAKER`."""

    engine: str
    speaker: str

    def __str__(self) -> str:
        return f"{self.engine}:{self.speaker}" if self.speaker else self.engine


class Form(StrEnum):
    """What an engine is given to say: katakana with accents, or text in which only what we have settled is katakana."""

    KANA = "kana"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What is known of an engine before it is asked for anything.

    `host` is where text is sent ("": nowhere), `warning` what users must know before it is. `is_server`: another program of this
    machine speaks, which may be off, busy or gone as a service may. `max_characters` and `max_bytes`
    (UTF-8) bound one request, `concurrency` how many are under way (0: one a core), `interval_s` how close they follow,
    `deadline_s` how long one may take (0: no bound but the machine's). `unit` is what is billed: "character", "kanji twice", "byte" or nothing; `model` is the one that speaks, where prices depend on it.
    `cast` names who plays narrator, questioner, answerer and note when only the engine is chosen. `timing` tells how fine
    the marks are that it gives: "none", "mora", "word" or "character". `rate_hz` is the one rate at which it sends (0: any).
    `takes_any` engines have voices that they do not list.
    """

    name: str
    form: Form = Form.KANA
    host: str = ""
    is_server: bool = False
    warning: str = ""
    max_characters: int = 0
    max_bytes: int = 0
    concurrency: int = 0
    interval_s: float = 0.0
    deadline_s: float = 0.0
    unit: str = ""
    model: str = ""
    cast: tuple[str, ...] = ()
    timing: str = "none"
    rate_hz: int = 0
    takes_any: bool = False
    knows_speed: bool = True
    is_deterministic: bool = True

    @property
    def is_offline(self) -> bool:
        """Say whether nothing leaves this machine."""
        return not self.host

    @property
    def is_service(self) -> bool:
        """Say whether it is asked as services are: in turns, patiently, against a deadline."""
        return bool(self.host) or self.is_server


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """What is known of a voice without loading it."""

    name: VoiceName
    language: str
    offline: bool
    available: bool
    licence: str
    credit: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence to be spoken. `text` is shown; `kana` is what the voice says; `key` is the clip's identity.

    `said` and `joins` are for voices that take text, as in a Reading.
    """

    text: str
    kana: str
    voice: VoiceName
    speed: float
    key: str
    where: str
    pause_ms: int = 0
    speaker: str = ""
    comma_ms: int = 0
    breaks: tuple[Break, ...] = ()
    said: str = ""
    joins: tuple[Join, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """When a piece of what is said begins: `kana_end` characters of the kana are spoken by sample `at`.

    A voice that takes text marks that text instead; whoever asked it turns its marks into marks of the kana.
    """

    kana_end: int
    at: int


@dataclass(frozen=True, slots=True)
class Speech:
    """What a voice gives back. `samples`: int16, shape (n,), mono, at `rate_hz`."""

    samples: Samples
    rate_hz: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Clip:
    """A spoken sentence, trimmed and measured.

    `peak` and `energy` are per millisecond: true peak (linear, full scale 1) and K-weighted mean square (BS.1770).
    `digest` tells apart what a store has given under one key.
    """

    key: str
    samples: Samples
    rate_hz: int
    marks: tuple[Mark, ...]
    peak: Envelope
    energy: Envelope
    credit: str = ""
    digest: str = ""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a clip lies: samples at the episode's rate."""

    key: str
    start: int
    length: int
    voice: VoiceName


@dataclass(frozen=True, slots=True)
class Cue:
    """A piece of the transcript: samples at the episode's rate, the article's own text. `breaks`: before which characters a line may end."""

    start: int
    end: int
    text: str
    speaker: str = ""
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ChapterMark:
    """Where a chapter lies: samples at the episode's rate."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where everything of an episode lies. Placements are ordered and never overlap; `bed` is the clip that is repeated under them."""

    rate_hz: int
    length: int
    placements: tuple[Placement, ...]
    cues: tuple[Cue, ...]
    chapters: tuple[ChapterMark, ...]
    bed: str = ""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.length / self.rate_hz


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What the tags of a finished MP3 say: ids of its frames, ID3 version, title; chapters as id, start and end in milliseconds, title, as written.

    `contents`: for each table of contents whether it is top-level, whether ordered, and the chapters it names.
    """

    frames: frozenset[str]
    version: tuple[int, ...]
    title: str
    chapters: tuple[tuple[str, int, int, str], ...]
    contents: tuple[tuple[bool, bool, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """What a finished MP3 sounds like, and what its frames say: seconds, LUFS, dBTP, kbit/s; `stray`: bytes in no frame."""

    duration_s: float
    decoded_s: float
    stray: int
    bitrate_kbps: int
    rate_hz: int
    lufs: float
    peak_dbtp: float
    lead_s: float
    trail_s: float
    longest_silence_s: float


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file below the output folder: path with `/`, size, type, and its digest as browsers check it."""

    path: str
    size: int
    mime: str
    integrity: str = ""


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode as published. `published` is fixed at first publication; `files` by kind: audio, opus, vtt, srt, json, chapters, page.

    `season` is the article's number in the show, 0 where an article is one episode; `number` counts in the season, or in the show.
    `persons` are names with their roles by the podcast taxonomy (author, guest).
    """

    guid: str
    id: str
    title: str
    article: str
    article_title: str
    section: int
    published: datetime
    duration_s: float
    chapters: tuple[tuple[float, float, str], ...]
    summary: str
    credits: tuple[str, ...]
    files: Mapping[str, PublishedFile]
    season: int = 0
    number: int = 0
    persons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a finished episode: `start_s` and `end_s` in its audio, what is shown, accented katakana."""

    start_s: float
    end_s: float
    text: str
    kana: str


@dataclass(frozen=True, slots=True)
class Event:
    """Progress as a value: `done` of `total` steps of `stage`; `note` is what is worked on."""

    stage: str
    done: int
    total: int
    note: str = ""


def to_jsonable(value: Any) -> Any:
    """Give the JSON form of any value of this module: dataclasses as objects, arrays as lists, dates as ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_jsonable(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Mapping):
        return {str(k): to_jsonable(v) for k, v in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [to_jsonable(v) for v in value]
    return value
