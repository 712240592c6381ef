"""The verbs about text: init, inspect, script, readings."""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefing.cli.app import Encoding, app
from briefing.cli.show import current_config, follow, print_json, tell
from briefing.errors import UsageError

if TYPE_CHECKING:
    from briefing.model import Article

_READINGS = "surface,pronunciation,accent_type,word_type,priority\n# 読みを直すには、一行に「言葉,ヨミ」と書きます。例: 生憎,アイニク\n"
_IGNORED = "output/\n"


@app.command()
def init(folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where the show will live.")] = Path()) -> None:
    """Start a new show: configuration, a first article, a list of readings."""
    starter = resources.files("briefing.cli.starter")
    files = {
        "content/briefing.toml": starter.joinpath("briefing.toml").read_text(encoding="utf-8"),
        "content/hello.md": starter.joinpath("article.md").read_text(encoding="utf-8"),
        "content/readings.csv": _READINGS,
        ".gitignore": _IGNORED,
    }
    there = [name for name in files if (folder / name).exists() and name != ".gitignore"]
    if there:
        raise UsageError(
            f"{', '.join(there)} is there already", str(folder), "choose another folder, or edit what is there"
        )
    for name, text in files.items():
        path = folder / name
        if path.exists():
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"cannot be written: {error.strerror}", str(path), "choose another folder") from error
        tell(str(path))
    tell(f"Next: `cd {folder}` and `briefing render`." if folder != Path() else "Next: `briefing render`.")


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An article.")],
    encoding: Encoding = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Show the structure found: sections, roles, questions and answers."""
    from briefing.script import find_structure
    from briefing.sources import read_source

    article = find_structure(read_source(file, current_config({"render.encoding": encoding}).render.encoding))
    if json:
        print_json(structure_json(str(file), article))
        return
    typer.echo(f"{article.title or '(no title)'}  [{article.source.encoding}]")
    for section in article.sections:
        typer.echo(
            f"{section.number:>3}  {section.kind.value:<6} {section.start:>4}–{section.end:<4} {section.title or '(no heading)'}"
        )
    typer.echo("")
    for number, (role, text) in enumerate(zip(article.roles, article.source.lines, strict=True), 1):
        if text.strip():
            typer.echo(f"{number:>4}  {role.value:<10}  {text.strip()[:60]}")
    for each in article.source.left_out:
        tell(f"{each.file}:{each.line}: not in the text: {each.reason}")


def structure_json(file: str, article: Article) -> dict[str, Any]:
    """Give the document of `inspect --json`."""
    sections = [
        {"number": s.number, "kind": s.kind, "title": s.title, "start": s.start, "end": s.end} for s in article.sections
    ]
    return {
        "file": file, "title": article.title, "sections": sections, "subheadings": article.subheadings,
        "qa_pairs": article.qa_pairs, "speakers": article.speakers, "roles": article.roles,
    }  # fmt: skip


@app.command()
def script(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An article.")],
    output: Annotated[str | None, typer.Option("-o", "--output", metavar="PATH", help="Where to; - prints it.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a script that is there.")] = False,
    encoding: Encoding = None,
) -> None:
    """Write the narrated script as a Markdown file to edit; render then speaks what it says."""
    from briefing.pipeline.draft import script_text
    from briefing.pipeline.writing import open_desk
    from briefing.script import script_path

    config = current_config({"render.encoding": encoding})
    text, notices = follow(script_text(config, file, open_desk(config)))
    for notice in notices:
        tell(f"{notice.file}:{notice.line}: {notice.message}")
    if output == "-":
        sys.stdout.write(text)
        return
    path = Path(output) if output else script_path(file)
    if path.exists() and not force and path.read_text(encoding="utf-8") != text:
        raise UsageError(
            "is there already and may hold your edits",
            str(path),
            "render uses it; --force overwrites it, -o - prints a new one",
        )
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", str(path), "choose another place with -o") from error
    tell(str(path))


@app.command()
def readings(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="An article; default: every article of the show.")
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="Read sentences from standard input, print their katakana.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
    take: Annotated[
        Path | None, typer.Option("--import", metavar="JSON", help="Take over a VOICEVOX user dictionary.")
    ] = None,
    give: Annotated[
        Path | None, typer.Option("--export", metavar="JSON", help="Write readings.csv as a VOICEVOX user dictionary.")
    ] = None,
    encoding: Encoding = None,
) -> None:
    """Show what will be said, line by line in katakana, and the doubtful readings."""
    from briefing.pipeline.finding import find_sources
    from briefing.pipeline.review import export_voicevox, import_voicevox, read_lines, readings_of

    config = current_config({"render.encoding": encoding})
    if take:
        target, count = import_voicevox(config, take)
        tell(f"{count} new words in {target}")
        return
    if give:
        tell(f"{export_voicevox(config, give)} words in {give}")
        return
    if lines:
        for kana in read_lines(config, (row.rstrip("\n") for row in sys.stdin)):
            sys.stdout.write(kana + "\n")
        return
    found = [each for path in find_sources([str(file)] if file else [], config) for each in readings_of(config, path)]
    if json:
        print_json({"lines": found})
        return
    for each in found:
        typer.echo(f"{each.file}:{each.line}\n  {each.text}\n  {each.kana}")
        for doubt in each.doubts:
            typer.echo(f"  ? {doubt.surface} → {doubt.kana}: {doubt.reason}\n    readings.csv: {doubt.entry}")
    marked = sum(bool(each.doubts) for each in found)
    tell(
        f"{marked} of {len(found)} lines hold a doubtful reading. Right ones need nothing; for a wrong one add its line, mended."
    )
