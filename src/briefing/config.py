"""One frozen `Config`, parsed once: flags > environment > briefing.toml > defaults."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from string import Formatter
from typing import Any

from briefing.errors import ConfigError
from briefing.model import Part, Pause, VoiceName


@dataclass(frozen=True, slots=True)
class ShowConfig:
    """What listeners see of the show. `license` is an SPDX identifier, or a name and its address; `hub` is pinged by whoever hosts the show."""

    title: str = "briefing"
    author: str = "briefing"
    email: str = ""
    description: str = ""
    language: str = "ja"
    category: str = "News"
    subcategory: str = ""
    explicit: bool = False
    base_url: str = ""
    link: str = ""
    image: str = ""
    copyright: str = ""
    license: str = ""
    updates: str = ""
    hub: str = ""


@dataclass(frozen=True, slots=True)
class VoicesConfig:
    """The cast: a voice for each part, `ENGINE:SPEAKER`.

    `speakers` are voices of people who speak in an article, by the name that opens their turns; `speeds` are those of parts and
    people who do not speak at `speed`. `fallback` may speak an article when its own engine fails; empty: the run ends then.
    """

    narrator: str = "kokoro:jf_alpha"
    questioner: str = "kokoro:jm_kumo"
    answerer: str = "kokoro:jf_alpha"
    note: str = "kokoro:jf_nezumi"
    speed: float = 1.0
    fallback: str = ""
    speakers: Mapping[str, str] = field(default_factory=dict)
    speeds: Mapping[str, float] = field(default_factory=dict)

    def speed_of(self, part: Part, speaker: str = "") -> float:
        """Give how fast somebody speaks: by their own name, else as their part, else as all do."""
        return self.speeds.get(speaker) or self.speeds.get(part.value) or self.speed


@dataclass(frozen=True, slots=True)
class PhrasesConfig:
    """What the narrator says of its own. Words in braces are filled in; an empty phrase is not said."""

    themes: str = "{count}つのテーマでお届けします。"
    length: str = "およそ{minutes}分です。"
    theme: str = "テーマ{number}。"
    speaker: str = "{name}。"
    item: str = "{number}つ目。"
    items: str = "{count}項目です。"
    note: str = "補足です。"
    quote: str = "引用です。"
    header: str = "表の項目は、{headers}です。"
    table: str = (
        "ここに{columns}列{rows}行の表があります。項目は、{headers}です。くわしくは、もとの記事をご覧ください。"
    )
    code: str = "ここに{lines}行のコードがあります。もとの記事をご覧ください。"
    links: str = "リンク先は、もとの記事にあります。"
    link: str = "リンク先"
    source: str = "もとの記事は、{source}によるものです。"
    closing: str = "この番組は、合成音声でお届けしました。"
    credit: str = "声は、{credit}です。"


@dataclass(frozen=True, slots=True)
class ScriptConfig:
    """How an article becomes a script: each key a narration rule, on or off; `style` "verbatim" turns all of them off.

    `writer`: our rules, or a language model under their eyes.
    """

    style: str = "narrated"
    writer: str = "rules"
    opening: bool = True
    closing: bool = True
    announce: bool = True
    introduce: bool = True
    notes: bool = True
    lists: bool = True
    tables: bool = True
    quotes: bool = True
    code: bool = True
    links: bool = True
    asides: bool = True
    references: bool = True
    polite: bool = True
    table_columns: int = 3
    table_rows: int = 6
    list_items: int = 7
    phrases: PhrasesConfig = field(default_factory=PhrasesConfig)

    def allows(self, rule: str) -> bool:
        """Say whether a narration rule is on."""
        return self.style == "narrated" and bool(getattr(self, rule))


@dataclass(frozen=True, slots=True)
class LlmConfig:
    """The language model of `script.writer = "llm"`; prices are for a million tokens. Its key is never part of a configuration."""

    base_url: str = ""
    model: str = ""
    timeout_s: float = 120.0
    price_in: float = 0.0
    price_out: float = 0.0


@dataclass(frozen=True, slots=True)
class PausesConfig:
    """Silence after a line, and inside one at 、 and brackets (`comma`), in milliseconds."""

    comma: int = 300
    sentence: int = 450
    paragraph: int = 750
    heading: int = 1000
    turn: int = 700
    long: int = 1500

    def after(self, pause: Pause) -> int:
        """Give the silence of a kind of pause, in milliseconds."""
        return int(getattr(self, pause.value))


@dataclass(frozen=True, slots=True)
class AudioConfig:
    """The finished file. `opus_kbps` adds a smaller one for apps that can choose (0: none)."""

    bitrate_kbps: int = 96
    opus_kbps: int = 0
    loudness_lufs: float = -16.0
    peak_dbtp: float = -1.0
    lead_ms: int = 500
    tail_ms: int = 1000


@dataclass(frozen=True, slots=True)
class MusicConfig:
    """Music at the beginning, between sections, at the end and under the speech: "built-in", a file beside the articles, or empty for none.

    `under_lu` is how far the bed lies below the voices while they speak.
    """

    ident: str = ""
    sting: str = ""
    outro: str = ""
    bed: str = ""
    under_lu: float = 20.0


@dataclass(frozen=True, slots=True)
class RenderConfig:
    """What `render` makes, with how many workers (0: one a core), and how sources are read.

    `minutes` is the length of a digest (0: everything); `encoding` overrides what is found (empty: found); `allow_private` fetches from addresses that are not public;
    `feed_items` is how many new items of a feed a run takes; `store_mb` is how large the store of clips may grow (0: as it likes);
    `keep_days` is how long files stay that the feed names no more.
    """

    output: str = "output"
    episode_per: str = "section"
    minutes: int = 0
    jobs: int = 0
    allow_private: bool = False
    encoding: str = ""
    feed_items: int = 10
    store_mb: int = 4000
    keep_days: int = 30

    @property
    def per_article(self) -> bool:
        """Say whether an article becomes one episode, as a digest always does."""
        return self.episode_per == "article" or self.minutes > 0


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be set. `file` is where it came from; `folder` is the show's `content/`."""

    show: ShowConfig = field(default_factory=ShowConfig)
    voices: VoicesConfig = field(default_factory=VoicesConfig)
    script: ScriptConfig = field(default_factory=ScriptConfig)
    llm: LlmConfig = field(default_factory=LlmConfig)
    pauses: PausesConfig = field(default_factory=PausesConfig)
    audio: AudioConfig = field(default_factory=AudioConfig)
    music: MusicConfig = field(default_factory=MusicConfig)
    render: RenderConfig = field(default_factory=RenderConfig)
    file: Path | None = None
    cache_dir: Path = Path()

    def voice_of(self, part: Part) -> VoiceName:
        """Give the voice that speaks a part."""
        return parse_voice(str(getattr(self.voices, part.value)))


CHOICES: Mapping[str, tuple[str, ...]] = {
    "render.episode_per": ("section", "article"),
    "show.updates": ("", "daily", "weekly", "monthly", "yearly"),
    "script.style": ("narrated", "verbatim"),
    "script.writer": ("rules", "llm"),
}
RANGES: Mapping[str, tuple[float, float]] = {
    "voices.speed": (0.5, 2.0),
    "audio.bitrate_kbps": (48, 320),
    "audio.opus_kbps": (0, 256),
    "audio.loudness_lufs": (-30, -10),
    "audio.peak_dbtp": (-9, 0),
    "audio.lead_ms": (0, 10_000),
    "audio.tail_ms": (0, 10_000),
    "music.under_lu": (6, 40),
    "render.jobs": (0, 256),
    "llm.timeout_s": (1, 3600),
    "llm.price_in": (0, 1_000_000),
    "llm.price_out": (0, 1_000_000),
    "render.minutes": (0, 600),
    "script.table_columns": (1, 10),
    "script.table_rows": (1, 100),
    "script.list_items": (1, 9),
    "render.feed_items": (1, 1000),
    "render.store_mb": (0, 10_000_000),
    "render.keep_days": (1, 36_500),
}
SECTIONS = ("show", "voices", "script", "llm", "pauses", "audio", "music", "render")
ENVIRONMENT: Mapping[str, str] = {
    "BRIEFING_BASE_URL": "show.base_url",
    "BRIEFING_OUTPUT": "render.output",
    "BRIEFING_EPISODE_PER": "render.episode_per",
    "BRIEFING_MINUTES": "render.minutes",
    "BRIEFING_JOBS": "render.jobs",
    "BRIEFING_SPEED": "voices.speed",
    "BRIEFING_VOICE": "voice",
    "BRIEFING_FALLBACK": "voices.fallback",
    "BRIEFING_WRITER": "script.writer",
    "BRIEFING_LLM_BASE_URL": "llm.base_url",
    "BRIEFING_LLM_MODEL": "llm.model",
}


def load_config(
    path: Path | None = None,
    flags: Mapping[str, str] | None = None,
    environ: Mapping[str, str] = os.environ,
    cwd: Path | None = None,
) -> Config:
    """Give the configuration in force.

    `flags` maps `section.key` (and `voice`, which moves the whole cast) to text, as the environment does.
    Raises ConfigError with the place of everything that is wrong, all told together.
    """
    file = find_config(path, environ, cwd or Path.cwd())
    config = _parse_file(file) if file else Config()
    for name, key in ENVIRONMENT.items():
        if environ.get(name):
            config = override(config, key, environ[name], where=name)
    for key, value in (flags or {}).items():
        config = override(config, key, value, where=f"--{key.split('.')[-1].replace('_', '-')}")
    return replace(config, file=file, cache_dir=cache_folder(environ))


def find_config(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """Give the first of: the flag, $BRIEFING_CONFIG, ./briefing.toml, ./content/briefing.toml, the user's folder."""
    named = path or (Path(environ["BRIEFING_CONFIG"]) if environ.get("BRIEFING_CONFIG") else None)
    if named:
        if not named.is_file():
            raise ConfigError("no such configuration file", str(named), "name an existing file, or leave it out")
        return named
    candidates = (cwd / "briefing.toml", cwd / "content" / "briefing.toml", user_folder(environ) / "briefing.toml")
    return next((each for each in candidates if each.is_file()), None)


def show_folder(config: Config) -> Path:
    """Give the folder of the show's articles: where its configuration lies."""
    return config.file.parent if config.file and config.file.parent.name else Path("content")


def user_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the user's configuration folder (XDG Base Directory Specification)."""
    base = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".config")
    return Path(base) / "briefing"


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the user's cache folder: $BRIEFING_CACHE_DIR, else by the XDG Base Directory Specification."""
    if environ.get("BRIEFING_CACHE_DIR"):
        return Path(environ["BRIEFING_CACHE_DIR"]).expanduser().absolute()
    base = environ.get("XDG_CACHE_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".cache")
    return Path(base) / "briefing"


def parse_voice(text: str) -> VoiceName:
    """Split `ENGINE[:SPEAKER]`.

    >>> parse_voice("kokoro:jf_alpha")
    VoiceName(engine='kokoro', speaker='jf_alpha')
    """
    engine, _, speaker = text.strip().partition(":")
    return VoiceName(engine, speaker)


def override(config: Config, key: str, text: str, where: str) -> Config:
    """Give the configuration with one value replaced. Raises ConfigError when the value does not fit."""
    if key == "voice":
        moved = replace(config.voices, narrator=text, questioner=text, answerer=text, note=text, speakers={})
        return replace(config, voices=moved)
    section, _, name = key.partition(".")
    part = getattr(config, section)
    kind = type(getattr(part, name))
    try:
        value: Any = text.lower() in ("1", "true", "yes", "on") if kind is bool else kind(text)
    except ValueError:
        raise ConfigError(f"{text!r} is not a number", where, "give a number") from None
    problem = _problem(key, value)
    if problem:
        raise ConfigError(problem, where, "see the comments in briefing.toml (`briefing init` writes one)")
    return replace(config, **{section: replace(part, **{name: value})})


def _problem(key: str, value: Any) -> str:
    if key in CHOICES and value not in CHOICES[key]:
        return f"{value!r} is none of {', '.join(CHOICES[key])}"
    if key == "show.title" and not value.strip():
        return "the show needs a title"
    if key == "render.encoding" and value and not _is_encoding(value):
        return f"{value!r} is no encoding; known are utf-8, utf-16, cp932, euc_jp, iso2022_jp and Python's others"
    low, high = RANGES.get(key, (0, 60_000) if key.startswith("pauses.") else (None, None))
    if low is not None and high is not None and not low <= value <= high:
        return f"{value} lies outside {low:g} to {high:g}"
    return ""


def _is_encoding(name: str) -> bool:
    try:
        b"a".decode(name)
    except LookupError:
        return False
    except UnicodeDecodeError:
        return True  # of two bytes a character
    return True


def _parse_file(file: Path) -> Config:
    try:
        text = file.read_text(encoding="utf-8-sig")
        tables = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(file), "check the file's permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", str(file), "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"{file}:{line[1]}" if line else str(file)
        raise ConfigError(f"is not TOML: {error}", where, 'text values need quotation marks: key = "…"') from error
    problems: list[str] = []
    parts = {name: _parse_section(name, table, text, file, problems) for name, table in tables.items()}
    if problems:
        raise ConfigError(
            "\n".join(problems), "", "mend these lines; `briefing init` writes a file with every key explained"
        )
    return Config(**{k: v for k, v in parts.items() if v is not None})


def _parse_section(section: str, table: Any, text: str, file: Path, problems: list[str]) -> Any:
    default = getattr(Config(), section) if section in SECTIONS else None
    if default is None or not isinstance(table, dict):
        problems.append(f"{file}:{_line_of(text, section)}: unknown table [{section}]; known are {', '.join(SECTIONS)}")
        return None
    known = {f.name: type(getattr(default, f.name)) for f in fields(default)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        problem = _value_problem(section, key, value, known)
        if problem:
            problems.append(f"{file}:{_line_of(text, key, section)}: {problem}")
        elif isinstance(value, dict):
            values[key] = _parse_table(f"{section}.{key}", value, getattr(default, key), text, file, problems)
        else:
            values[key] = known[key](value)
    return replace(default, **values)


def _parse_table(name: str, table: Mapping[str, Any], default: Any, text: str, file: Path, problems: list[str]) -> Any:
    """Read a table inside a section: names to text or numbers, or the keys of a part of the configuration, all of them text."""
    known = [f.name for f in fields(default)] if is_dataclass(default) else None
    for key, value in table.items():
        problem = _number_problem(name, key, value) if name in _OF_NUMBERS else _text_problem(name, key, value)
        if known is not None and not problem:
            problem = (
                _phrase_problem(name, key, value, default)
                if key in known
                else f"unknown key {key!r} in [{name}]; known are {', '.join(known)}"
            )
        if problem:
            problems.append(f"{file}:{_line_of(text, key, name)}: {problem}")
    if problems:
        return default
    return replace(default, **table) if known is not None else dict(table)


_OF_NUMBERS: Mapping[str, str] = {
    "voices.speeds": "voices.speed"
}  # tables of numbers, each within the range of that key


def _number_problem(name: str, key: str, value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{name}.{key} must be a number"
    return _problem(_OF_NUMBERS[name], value)


def _text_problem(name: str, key: str, value: Any) -> str:
    return "" if isinstance(value, str) else f"{name}.{key} must be text in quotation marks"


def _phrase_problem(name: str, key: str, value: str, default: Any) -> str:
    """Say what is wrong with a phrase: braces that are not closed, words that the rule does not fill in."""
    allowed = {word for _, word, _, _ in Formatter().parse(getattr(default, key)) if word is not None}
    try:
        used = {word for _, word, _, _ in Formatter().parse(value) if word is not None}
    except ValueError as error:
        return f"{name}.{key} is no phrase: {error}"
    wrong = used - allowed
    fits = "、".join(f"{{{word}}}" for word in sorted(allowed)) or "none"
    return f"{name}.{key} cannot fill in {', '.join(sorted(wrong))}; there is {fits}" if wrong else ""


def _value_problem(section: str, key: str, value: Any, known: Mapping[str, type]) -> str:
    if key not in known:
        return f"unknown key {key!r} in [{section}]; known are {', '.join(known)}"
    kind = known[key]
    is_table = kind not in (str, bool, int, float)
    if is_table != isinstance(value, dict):
        return f"{section}.{key} must be {'a' if is_table else 'no'} table"
    if is_table:
        return ""
    fits = isinstance(value, kind) and not (kind is int and isinstance(value, bool))
    if not fits and not (kind is float and isinstance(value, int) and not isinstance(value, bool)):
        names = {str: "text in quotation marks", bool: "true or false", int: "a whole number", float: "a number"}
        return f"{section}.{key} must be {names[kind]}"
    return _problem(f"{section}.{key}", value)


def _line_of(text: str, key: str, section: str = "") -> int:
    lines = text.split("\n")
    start = next((i for i, each in enumerate(lines) if section and each.strip().startswith(f"[{section}]")), 0)
    pattern = re.compile(rf"\s*\[?\s*{re.escape(key)}\b")
    return next((i + 1 for i, each in enumerate(lines[start:], start) if pattern.match(each)), 1)
