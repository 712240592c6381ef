"""File pairs: what goes in, and beside it what must come out. `pytest --golden` writes the outcome anew, to be read in the diff."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from briefing.cli.write import structure_json
from briefing.config import ScriptConfig
from briefing.model import to_jsonable
from briefing.reading import built_in_lexicon, plain_kana, read_sentence
from briefing.script import Delivery, find_structure, format_script, narrate
from briefing.sources import read_source

GOLDEN = Path(__file__).parent / "golden"


def inputs(folder: str) -> list[Path]:
    return sorted(p for p in (GOLDEN / folder).iterdir() if p.suffix in (".txt", ".md") and ".script" not in p.name)


@pytest.fixture
def hold(request: pytest.FixtureRequest) -> object:
    """Compare with the file, or write it with --golden."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--golden"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.mark.parametrize("path", inputs("structure"), ids=lambda p: p.stem)
def test_structure(path: Path, hold: object) -> None:
    found = to_jsonable(structure_json(path.name, find_structure(read_source(path))))
    assert callable(hold)
    hold(path.with_suffix(".json"), json.dumps(found, ensure_ascii=False, indent=1) + "\n")


@pytest.mark.parametrize("path", [*inputs("script"), *inputs("narration")], ids=lambda p: p.stem)
def test_script(path: Path, hold: object) -> None:
    source = read_source(path)
    script = narrate(find_structure(source), ScriptConfig(), Delivery(seconds_of=lambda line: len(line.text) / 5))
    assert callable(hold)
    hold(path.with_name(f"{path.stem}.script.md"), format_script(script, source.text))


@pytest.mark.parametrize("path", inputs("readings"), ids=lambda p: p.stem)
def test_readings(path: Path, hold: object) -> None:
    lexicon = built_in_lexicon()
    sentences = path.read_text(encoding="utf-8").splitlines()
    assert callable(hold)
    hold(path.with_suffix(".kana"), "".join(plain_kana(read_sentence(s, lexicon).kana) + "\n" for s in sentences))
