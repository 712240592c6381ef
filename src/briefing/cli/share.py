"""The verbs that bring episodes to listeners: check, listen, serve, publish."""

from __future__ import annotations

import re
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from briefing.cli.app import app
from briefing.cli.show import current_config, follow, print_json, tell
from briefing.errors import PublishError, UsageError

Folder = Annotated[str | None, typer.Argument(metavar="[DIR]", help="Output folder; default: output.")]


def _folder_of(name: str | None) -> Path:
    return Path(name or current_config({}).render.output)


@app.command()
def check(
    folder: Annotated[str | None, typer.Argument(metavar="[DIR|URL]", help="Output folder or feed address.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
    episodes: Annotated[int, typer.Option("--episodes", min=0, help="Hear the newest so many; 0: all.")] = 50,
) -> None:
    """Check what was published: feed, files, audio; at an address also the server. A fault a line, with the app that it breaks."""
    from briefing.pipeline.review import check
    from briefing.publish.checks.rules import format_finding

    report = check(folder or str(_folder_of(None)), episodes)
    if json:
        print_json(report)
    else:
        for each in report.findings:
            typer.echo(format_finding(each))
        typer.echo(f"{report.passed} rules hold, {report.failed} do not, {report.skipped} skipped")
    if any(each.level == "must" for each in report.findings):
        raise PublishError(
            "what was published is not right", hint="the lines above say what to mend; then render again"
        )


@app.command()
def listen(
    folder: Folder = None,
    episodes: Annotated[int, typer.Option("--episodes", min=0, help="Hear the newest so many; 0: all.")] = 10,
    astray: Annotated[
        float, typer.Option("--astray", min=0, metavar="MORAE", help="How many morae in a row may be off.")
    ] = 3.0,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="DIR", help="Another Whisper model, as CTranslate2 wants it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")] = False,
) -> None:
    """Listen to finished episodes with a speech recogniser and list the sentences that sound otherwise than they should."""
    from briefing.pipeline.hearing import hear

    report = follow(hear(current_config({}), _folder_of(folder), episodes, astray, model))
    if json:
        print_json(report)
        return
    for each in report.suspicious:
        minutes, seconds = divmod(int(each.start_s), 60)
        typer.echo(f"{each.file} {minutes:02}:{seconds:02} {each.text}\n  said  {each.said}\n  heard {each.heard}")
    tell(
        f"{report.lines} sentences of {report.episodes} episodes heard, {report.right} of {report.morae} morae as they should be; {len(report.suspicious)} sentences to listen to."
    )


@app.command()
def serve(
    folder: Folder = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 for phones at home.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port; 0 takes a free one.")] = 8000,
    token: Annotated[
        str,
        typer.Option(
            "--token", help='A secret first part of every address; "new" makes one up. All else is not found.'
        ),
    ] = "",
) -> None:
    """Serve the folder so that a browser or a podcast app can subscribe."""
    from briefing import serve as server
    from briefing.publish.feed import base_of_feed

    root = _folder_of(folder)
    feed = root / "feed.xml"
    if not feed.is_file():
        raise PublishError("there is no feed", str(feed), "run `briefing render` first")
    secret = secrets.token_urlsafe(24) if token == "new" else token
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{16,}", secret):
        raise UsageError("this is no good secret", "--token", 'take 16 or more of A-Z a-z 0-9 _ -, or "new"')
    sock = server.open_socket(host, port)
    reached = server.reachable_host(host)
    name = f"[{reached}]" if ":" in reached else reached
    address = f"http://{name}:{sock.getsockname()[1]}/{f'{secret}/' if secret else ''}feed.xml"
    print(address, flush=True)
    if server.is_wider(reached):
        tell(
            server.qr_code(address)
            + "Whoever is in this network can listen."
            + ("" if secret else " --token new keeps it to those you tell.")
        )
    tell("Subscribe with this address in a podcast app, or open it without feed.xml in a browser. Ctrl-C ends.")
    server.run(server.make_app(root, base_of_feed(feed.read_bytes()), secret), sock)
    sys.stdout.flush()


@app.command()
def publish(
    folder: Annotated[
        str, typer.Argument(metavar="[DIR] TARGET", help="Output folder (default: output) and where to.")
    ],
    target: Annotated[str | None, typer.Argument(metavar="", help="")] = None,
    allow_local: Annotated[
        bool, typer.Option("--allow-local", help="Publish although the feed's address is local.")
    ] = False,
) -> None:
    """Put the output folder elsewhere: another folder, or an object store (s3://…, gs://…, az://…)."""
    from briefing.pipeline.publishing import put

    root, goal = (Path(folder), target) if target else (_folder_of(None), folder)
    for done, total, name in put(root, goal, allow_local):
        tell(f"{done}/{total} {name}")
