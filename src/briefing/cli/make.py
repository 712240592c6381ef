"""The verbs that make audio: plan, say, render."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefing.cli.app import OPTIONS, Encoding, app
from briefing.cli.show import current_config, follow, print_json, tell
from briefing.errors import UsageError

if TYPE_CHECKING:
    from briefing.pipeline.planning import PlanReport
    from briefing.pipeline.render import RenderReport

Sources = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SOURCE]...", help="Files, folders, http(s) addresses, feeds; default: content/."),
]
Voice = Annotated[
    str | None, typer.Option("--voice", metavar="ENGINE[:SPEAKER]", help="Voice for every part; see `briefing voices`.")
]
EpisodePer = Annotated[
    str | None, typer.Option("--episode-per", metavar="section|article", help="What becomes an episode.")
]
Minutes = Annotated[
    int | None, typer.Option("--minutes", metavar="N", help="A digest of about N minutes; 0: everything.")
]
AllowPrivate = Annotated[bool, typer.Option("--allow-private", help="Fetch from addresses of the local network too.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


@app.command()
def render(
    source: Sources = None,
    output: Annotated[
        str | None, typer.Option("-o", "--output", metavar="DIR", help="Output folder; default: output.")
    ] = None,
    voice: Voice = None,
    episode_per: EpisodePer = None,
    minutes: Minutes = None,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Address where the folder will lie.")
    ] = None,
    jobs: Annotated[int | None, typer.Option("--jobs", metavar="N", help="Worker processes; 0: one a core.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Speak and encode everything anew.")] = False,
    allow_private: AllowPrivate = False,
    encoding: Encoding = None,
    json: Json = False,
) -> None:
    """Turn articles into episodes and a podcast feed."""
    from briefing.pipeline.crew import open_crew
    from briefing.pipeline.finding import find_sources

    flags = {
        "render.output": output, "voice": voice, "render.episode_per": episode_per, "show.base_url": base_url,
        "render.minutes": None if minutes is None else str(minutes),
        "render.jobs": None if jobs is None else str(jobs), "render.allow_private": "true" if allow_private else None,
        "render.encoding": encoding,
    }  # fmt: skip
    config = current_config(flags)
    sources = find_sources(source or [], config, tell)
    with open_crew(config, sources, force) as crew:
        from briefing.pipeline.render import render, utc_today  # most of the program: a voice loads meanwhile

        today = utc_today(os.environ.get("SOURCE_DATE_EPOCH", ""))
        report = follow(render(config, sources, today, crew, force))
    if json:
        print_json({name: getattr(report, name) for name in _FIELDS})
    _summarise(report)


_FIELDS = ("output", "feed", "episodes", "clips", "audio_s", "wall_s", "dropped", "warnings", "omitted", "coverage")


def _summarise(report: RenderReport) -> None:
    changed = sum(e.changed for e in report.episodes)
    minutes, clips = report.audio_s / 60, report.clips
    tell(
        f"{len(report.episodes)} episodes, {minutes:.1f} minutes; {changed} changed. Clips: {clips['synthesised']} spoken, {clips['cached']} from the store. {report.wall_s:.1f} s."
    )
    tell(_coverage_told(report))
    if OPTIONS.verbose:
        for each in report.dropped:
            tell(f"  {each.file}:{each.line}: {each.reason}")
        for piece in report.omitted:
            tell(f"  {piece.file}:{piece.line}: {piece.text} ({piece.rule})")
    for notice in report.warnings:
        tell(f"{notice.file}:{notice.line}: {notice.message}")
    tell(
        f"Feed: {Path(report.output) / report.feed}\nNext: `briefing serve {report.output}` and open the address it prints, in a browser or a podcast app."
    )


def _coverage_told(report: RenderReport | PlanReport) -> str:
    """Say how much of the articles is spoken, and what becomes of the rest."""
    every = report.coverage
    told = f"{every.spoken} of {every.characters} characters are read"
    reasons = ", ".join(sorted({d.reason.split(": ")[0] for d in report.dropped}))
    rules = ", ".join(sorted({o.rule for o in report.omitted}))
    if report.dropped:
        told += f"; {len(report.dropped)} lines are not ({reasons})"
    if report.omitted:
        told += f"; {len(report.omitted)} pieces are left out of lines ({rules})"
    return f"{told}. --json lists each."


@app.command()
def plan(
    source: Sources = None,
    voice: Voice = None,
    episode_per: EpisodePer = None,
    minutes: Minutes = None,
    encoding: Encoding = None,
    json: Json = False,
) -> None:
    """Tell what a render would make; nothing is written."""
    from briefing.pipeline.finding import find_sources
    from briefing.pipeline.planning import plan
    from briefing.pipeline.sending import told_of

    flags = {
        "voice": voice,
        "render.episode_per": episode_per,
        "render.minutes": None if minutes is None else str(minutes),
        "render.encoding": encoding,
    }
    config = current_config(flags)
    report = plan(config, find_sources(source or [], config, tell))
    if json:
        print_json(report)
        return
    clips = report.clips
    typer.echo(f"{report.episodes} episodes, about {report.audio_s / 60:.1f} minutes, {report.bytes / 1e6:.1f} MB")
    typer.echo(
        f"{report.characters} characters, {report.morae} morae; {clips['total']} clips: {clips['new']} new, {clips['cached']} cached"
    )
    typer.echo(f"About {report.synthesis_s:.0f} s of speech synthesis on one core; cost {report.cost:g}")
    if report.writing:
        w = report.writing
        typer.echo(
            f"{w.calls} sections to be written by {w.model}: about {w.tokens_in} tokens would be sent to {w.endpoint}, {w.tokens_out} come back"
        )
    for sending in report.sending:
        typer.echo(told_of(sending))
    typer.echo(_coverage_told(report))
    for notice in report.warnings:
        typer.echo(f"{notice.file}:{notice.line}: {notice.message}")


@app.command()
def say(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="One line of Japanese.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="WAV or MP3 file; without it the line is played."),
    ] = None,
    voice: Voice = None,
) -> None:
    """Speak one line: aloud, or into a WAV or MP3 file."""
    from briefing.audio.encode import write_audio
    from briefing.pipeline.speaking import say

    speech = say(current_config({"voice": voice}), text)
    if output:
        write_audio(speech, output)
        tell(str(output))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "line.wav"
        write_audio(speech, file)
        _play(file)


# Players that come with systems or are common, with what makes them quiet.
_PLAYERS = (
    ("afplay",),
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
    ("play", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-v", "0"),
)


def _play(file: Path) -> None:
    player = next((each for each in _PLAYERS if shutil.which(each[0])), None)
    if player is None:
        names = ", ".join(each[0] for each in _PLAYERS)
        raise UsageError(f"no player was found (looked for {names})", "say", "write a file with -o FILE and open it")
    if subprocess.run([*player, str(file)], check=False).returncode:
        raise UsageError(f"{player[0]} could not play the line", "say", "write a file with -o FILE and open it")
