"""A sentence is read once: remembered as long as all that its reading depends on stands, and never longer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from briefing.config import Config, load_config
from briefing.errors import LexiconError
from briefing.model import Line, Part, Utterance
from briefing.pipeline import pronouncing
from briefing.pipeline.cast import cast_of
from briefing.pipeline.pronouncing import Pronouncer, forget_readings
from briefing.reading import read_sentence
from briefing.sources import read_source

TEXT = "# 港\n\n東雲で降りた。10分で着く。\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "show").mkdir()
    (tmp_path / "show" / "briefing.toml").write_text('[voices]\nnarrator = "tone"\n', encoding="utf-8")
    return replace(load_config(tmp_path / "show" / "briefing.toml", {}), cache_dir=tmp_path / "cache")


def pronounced(config: Config, text: str = TEXT) -> list[Utterance]:
    """Give the utterances of an article, and have them remembered."""
    path = Path(str(config.file)).parent / "a.md"
    path.write_text(text, encoding="utf-8")
    pronouncer = Pronouncer(config, read_source(path))
    lines = [Line(Part.NARRATOR, part) for part in ("東雲で降りた。", "10分で着く。")]
    found = [pronouncer.utterance(line, cast_of(config, {})) for line in lines]
    pronouncer.remember()
    return found


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the sentences that were read, in order."""
    read: list[str] = []

    def reading(text: str, *others: object) -> object:
        read.append(text)
        return read_sentence(text, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(pronouncing, "read_sentence", reading)
    return read


def test_what_was_read_is_remembered_as_it_was(config: Config, count: list[str]) -> None:
    first = pronounced(config)
    assert len(count) == 2
    assert pronounced(config) == first
    assert len(count) == 2
    assert first[1].kana == "ジュ'ップンデ/ツ'ク。"
    assert first[0].breaks


def test_other_readings_of_the_user_are_heard(config: Config, count: list[str]) -> None:
    pronounced(config)
    (Path(str(config.file)).parent / "readings.csv").write_text("東雲,トウウン\n", encoding="utf-8")
    assert pronounced(config)[0].kana.startswith("トウウン")
    assert len(count) == 4


def test_ruby_anywhere_in_the_article_counts(config: Config, count: list[str]) -> None:
    pronounced(config)
    assert pronounced(config, TEXT + "\n｜東雲《ひがしぐも》とは駅の名だ。\n")[0].kana.startswith("ヒガシ'グモ")


def test_other_rules_read_anew(config: Config, count: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pronounced(config)
    monkeypatch.setattr(pronouncing, "reading_identity", lambda: "of the next version")
    pronounced(config)
    assert len(count) == 4


@pytest.mark.parametrize(
    ("what", "instead"), [(b".", b""), (b"\xe3\x82\xb7", b"\xe3\x82\xb6"), (b"(?s)\n.*", b"\n[]"), (b"^.", b"x")]
)
def test_a_damaged_memory_is_none(config: Config, count: list[str], what: bytes, instead: bytes) -> None:
    first = pronounced(config)
    (kept,) = (config.cache_dir / "readings").iterdir()
    kept.write_bytes(re.sub(what, instead, kept.read_bytes()))
    assert pronounced(config) == first
    assert len(count) == 4


def test_a_list_that_cannot_be_read_any_more_is_told(config: Config) -> None:
    pronounced(config)
    (Path(str(config.file)).parent / "readings.csv").mkdir()
    assert pronounced(config)  # a folder is no list
    (Path(str(config.file)).parent / "readings.csv").rmdir()
    (Path(str(config.file)).parent / "readings.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(LexiconError, match="UTF-8"):
        pronounced(config)


def test_articles_of_one_name_in_two_folders_are_told_apart(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        folder = Path(str(config.file)).parent / name
        folder.mkdir()
        (folder / "a.md").write_text(TEXT, encoding="utf-8")
        monkeypatch.chdir(folder)
        pronouncer = Pronouncer(config, read_source(Path("a.md")))
        pronouncer.utterance(Line(Part.NARRATOR, "東雲で降りた。"), cast_of(config, {}))
        pronouncer.remember()
    assert len(list((config.cache_dir / "readings").iterdir())) == 2
    forget_readings(config)
    assert not (config.cache_dir / "readings").exists()
