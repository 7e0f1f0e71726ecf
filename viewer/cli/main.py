"""The command line: finds the commands of `viewer/commands/`, and runs the one that was asked for.

A command is one file with `HELP`, `add_arguments(parser)` and `run(chosen)`, which returns the exit status: 0 where it did what
was asked, 1 where it found what it was to look for, 2 where the call or the file is off. What it needs it imports when it runs.
"""

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from viewer.cli import commands
from viewer.text.safe import visible
from viewer.types.formats import modules_of
from viewer.types.problems import CassetteError
from viewer.types.version import VERSION

INTERRUPTED = 130
"""As a shell gives for a program that Ctrl-C ended."""
BROKEN_PIPE = 141
"""As a shell gives for a program whose reader has left, such as `head`."""


class Command(Protocol):
    """Name what each module of `viewer/commands/` has."""

    HELP: str
    """One line."""
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None, prog: str = "cassette-viewer") -> int:
    """Run one command and return the exit status."""
    chosen = make_parser(prog).parse_args(arguments)
    _write_utf_8()
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except CassetteError as error:
        sys.stderr.write(f"cassette-viewer: {visible(str(error))}\n")
        return 2
    except BrokenPipeError:
        # Python flushes once more at its end, which would be told as an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def make_parser(prog: str) -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(prog=prog, description="View recorded streams of language models.")
    parser.add_argument("--version", action="version", version=f"cassette-viewer {VERSION}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in modules_of(commands):
        command = cast("Command", module)
        name = module.__name__.rpartition(".")[2]
        described = command.HELP[:1].upper() + command.HELP[1:] + "."
        subparser = subparsers.add_parser(name, help=command.HELP, description=described)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _write_utf_8() -> None:
    """Write recorded text as UTF-8 where a program or a file reads it, and never fail over a character that a terminal lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
