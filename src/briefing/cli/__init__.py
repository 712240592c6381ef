"""The `briefing` command: arguments to a Config, events to progress, errors to exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn, TextIO

from briefing.cli.app import OPTIONS, app
from briefing.errors import BriefingError

_INTERRUPTED = 130
_REFUSED = 2
_VALUED = frozenset({"--config"})
_FLAGS = frozenset({"-q", "--quiet", "-v", "--verbose"})


def run() -> NoReturn:
    """Run the command line and leave at once: to take the program apart, object by object, would take 0.15 s more."""
    code = 0
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    trouble = _flush(sys.stdout) or _flush(sys.stderr)
    if trouble and not code:
        code = _tell(trouble)
    os._exit(code)


def _flush(stream: TextIO | None) -> OSError | None:
    """Write out what is still held; gives what stood in the way."""
    try:
        if stream:  # closed by whoever started us, it is none
            stream.flush()
    except (BrokenPipeError, ValueError):
        return None  # nobody reads any more
    except OSError as error:
        return error
    return None


def _tell(error: OSError) -> int:
    """Tell what the system refused; gives the exit code."""
    place = f"{error.filename}: " if error.filename else ""
    print(f"briefing: {place}{error.strerror}", file=sys.stderr)
    return _REFUSED


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; always ends in SystemExit with the exit code of the contract."""
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(
            f"{library}_NUM_THREADS", "1"
        )  # work is shared out by processes; threads that wait cost as much
    try:
        app(_globals_first(list(sys.argv[1:] if arguments is None else arguments)), prog_name="briefing")
    except BriefingError as error:
        if OPTIONS.verbose:
            traceback.print_exc()
        print(f"briefing: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("\nbriefing: interrupted; what is done is kept, the same command goes on from there", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        if OPTIONS.verbose:
            traceback.print_exc()
        sys.exit(_tell(error))


def _globals_first(arguments: list[str]) -> list[str]:
    """Move the global options to the front, so that they may stand anywhere.

    >>> _globals_first(["render", "a.md", "-q", "--config", "b.toml"])
    ['-q', '--config', 'b.toml', 'render', 'a.md']
    """
    front: list[str] = []
    rest: list[str] = []
    queue = iter(arguments)
    for each in queue:
        if each == "--":
            rest += [each, *queue]
        elif each in _FLAGS or each.split("=")[0] in _VALUED:
            front.append(each)
            if each in _VALUED:
                front += [value for value in [next(queue, None)] if value is not None]
        else:
            rest.append(each)
    return front + rest
