"""The verbs that look around: voices, doctor, cache."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefing.cli.app import app
from briefing.cli.show import current_config, print_json, tell
from briefing.errors import SpeechError, UsageError

if TYPE_CHECKING:
    from briefing.model import VoiceInfo, VoiceName

cache_app = typer.Typer(help="The store of spoken clips.", no_args_is_help=True)
app.add_typer(cache_app, name="cache")


@app.command()
def voices(
    engine: Annotated[str, typer.Option("--engine", metavar="NAME", help="Only this engine's.")] = "",
    try_: Annotated[
        bool, typer.Option("--try", help="Write a sample line of each; services are asked only with --engine.")
    ] = False,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Where samples go; default: voices.")
    ] = Path("voices"),
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """List the voices."""
    from briefing.voices import describe_voices, engine_of

    if engine:
        engine_of(engine)  # an unknown one is told with what there is
    found = [each for each in describe_voices() if engine in ("", each.name.engine)]
    if try_:
        asked = [
            each.name
            for each in found
            if each.available and (engine or not engine_of(each.name.engine).info.is_service)
        ]
        _write_samples(asked, output)
        return
    if json:
        fields = ("language", "offline", "available", "licence", "credit")
        print_json(
            [
                {"name": str(v.name), "engine": v.name.engine, "speaker": v.name.speaker}
                | {f: getattr(v, f) for f in fields}
                for v in found
            ]
        )
        return
    _tell_voices([each for each in found if each.available or engine])
    if not engine:
        _tell_engines([each for each in found if not each.available])


def _tell_voices(found: Sequence[VoiceInfo]) -> None:
    """Print a line a voice."""
    width = max((len(str(each.name)) for each in found), default=0)
    for voice in found:
        state = ("offline" if voice.offline else "network") if voice.available else f"missing: {voice.remedy}"
        credit = f"  credit: {voice.credit}" if voice.credit else ""
        typer.echo(f"{voice.name!s:<{width}}  {state}  {voice.licence}{credit}".rstrip())


def _tell_engines(missing: Sequence[VoiceInfo]) -> None:
    """Print a line an engine whose voices cannot speak now: how many they are, and what to do."""
    if missing:
        typer.echo("\nNot ready; `briefing voices --engine NAME` lists the voices:")
    width = max((len(each.name.engine) for each in missing), default=0)
    for (name, remedy, licence), group in groupby(missing, lambda each: (each.name.engine, each.remedy, each.licence)):
        count = sum(bool(each.name.speaker) for each in group)
        told = f"{count} voice{'s' * (count > 1)}; " if count else ""
        typer.echo(f"{name:<{width}}  {told}{remedy}" + (f" ({licence})" if licence else ""))


def _write_samples(names: Sequence[VoiceName], folder: Path) -> None:
    """Write what each voice makes of one line; what cannot be spoken is told and left out."""
    from briefing.audio.encode import write_audio
    from briefing.pipeline.speaking import say

    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        try:
            speech = say(current_config({"voice": str(name)}), _SAMPLE)
        except SpeechError as error:
            tell(f"{name}: {error}")
            continue
        path = folder / f"{re.sub(r'[^0-9A-Za-z_ぁ-んァ-ヶー一-龠々-]+', '-', str(name))}.wav"
        write_audio(speech, path)
        typer.echo(str(path))


_SAMPLE = "おはようございます。11月28日、朝7時の気温は10度です。"


@app.command()
def doctor() -> None:
    """Check that everything needed is here: voices, readings, folders."""
    from briefing.pipeline.review import examine

    config = current_config({})
    problems = 0
    for name, problem, remedy in examine(config):
        problems += bool(problem)
        typer.echo(f"{'✗' if problem else '✓'} {name}" + (f": {problem}\n  → {remedy}" if problem else ""))
    typer.echo("Everything is here." if not problems else f"{problems} to mend.")
    if problems:
        sys.exit(2)


@cache_app.command("info")
def cache_info(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Tell where the store lies and how large it is."""
    from briefing.store import ClipStore

    store = ClipStore(current_config({}).cache_dir / "clips")
    clips, size = sum(1 for _ in store.entries()), store.size()
    if json:
        print_json({"folder": str(store.folder), "clips": clips, "bytes": size})
        return
    typer.echo(f"{store.folder}\n{clips} clips, {size / 1e6:.1f} MB")


@cache_app.command("clear")
def cache_clear() -> None:
    """Remove every clip, and what is remembered of readings; the next render speaks everything anew."""
    from briefing.pipeline.pronouncing import forget_readings
    from briefing.store import ClipStore

    config = current_config({})
    forget_readings(config)
    tell(f"{ClipStore(config.cache_dir / 'clips').clear()} clips removed")


@cache_app.command("prune")
def cache_prune(
    max_size: Annotated[str, typer.Option("--max-size", help="What may stay, as 500MB or 2GB.")] = "",
) -> None:
    """Remove the clips that were unused for longest, until the rest fits."""
    from briefing.store import ClipStore

    config = current_config({})
    most = parse_size(max_size) if max_size else config.render.store_mb * 1_000_000 or sys.maxsize
    gone, left = ClipStore(config.cache_dir / "clips").prune(most)
    tell(f"{gone} clips removed, {left / 1e6:.1f} MB left")


_UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}


def parse_size(text: str) -> int:
    """Give a size in bytes. Raises UsageError.

    >>> parse_size("1.5GB"), parse_size("500 mb")
    (1500000000, 500000000)
    """
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([KMG]?)i?B?", text.strip().upper())
    if not found:
        raise UsageError(f"「{text}」 is no size", "--max-size", "write it as 500MB or 2GB")
    return round(float(found[1]) * _UNITS[found[2]])
