"""The typer application and its global options."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from briefing import __version__


@dataclass
class Options:
    """The global options of this process."""

    config: Path | None = None
    quiet: bool = False
    verbose: bool = False


OPTIONS = Options()

app = typer.Typer(
    help="Turn written Japanese into a podcast. 日本語の記事を、ポッドキャストにします。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Encoding of the sources, such as cp932; default: found."),
]


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"briefing {__version__}")
        raise typer.Exit


@app.callback()
def _globals(
    config: Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Configuration file.")] = None,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Tell more; tracebacks on errors.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    OPTIONS.config, OPTIONS.quiet, OPTIONS.verbose = config, quiet, verbose
    _tell_log(logging.ERROR if quiet else logging.INFO if verbose else logging.WARNING)


def _tell_log(level: int) -> None:
    """Show what the stages note by the way: that a service is waited for; when more is wanted, such as the encoding of each file."""
    log = logging.getLogger("briefing")
    log.handlers = [logging.StreamHandler()]
    log.setLevel(level)


# The verbs register themselves; each loads the stages only when it runs.
from briefing.cli import look, make, share, write  # noqa: E402

__all__ = ["OPTIONS", "Encoding", "app", "look", "make", "share", "write"]
