"""The command line: finds the commands in `viewer/cli/commands/` and runs the chosen one.

A command is one module with `HELP`, `add_arguments(parser)` and `run(chosen)`, which returns the exit status: 0 if it did its
work, 1 if `diff` found differences or `redact --list` found secrets, 2 if the arguments or a file are wrong. It imports what it
needs when it runs.
"""

import argparse
import atexit
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol, cast

from viewer.cli import commands
from viewer.cli.output import fail
from viewer.text.safe import visible_line
from viewer.types.formats import modules_of
from viewer.types.problems import CassetteError
from viewer.types.version import VERSION

INTERRUPTED = 130
"""What a shell returns for a program that Ctrl-C ended."""
BROKEN_PIPE = 141
"""What a shell returns for a program whose reader has left, such as `head`."""
# By default it is 700.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


class Command(Protocol):
    """What each module in `viewer/cli/commands/` has."""

    HELP: str
    """One line, without a capital and a full stop."""
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None, prog: str = "cassette-viewer") -> int:
    """Run one command and return the exit status."""
    _collect_garbage_seldom()
    chosen = make_parser(prog).parse_args(arguments)
    _write_utf_8()
    try:
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except CassetteError as error:
        return fail(str(error))
    except BrokenPipeError:
        # Python flushes once more when it exits, and would report the broken pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


class Parser(argparse.ArgumentParser):
    """An argument parser whose messages do not repeat escape sequences, such as those of file names that a shell expanded."""

    def error(self, message: str) -> NoReturn:
        """Write what is wrong with the call, and exit with status 2."""
        super().error(visible_line(message))


def make_parser(prog: str) -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(prog=prog, description="View recorded streams of language models.")
    parser.add_argument("--version", action="version", version=f"cassette-viewer {VERSION}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in modules_of(commands):
        command = cast("Command", module)
        name = module.__name__.rpartition(".")[2]
        description = command.HELP[:1].upper() + command.HELP[1:] + "."
        subparser = subparsers.add_parser(name, help=command.HELP, description=description)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _collect_garbage_seldom() -> None:
    """Keep the garbage collector from looking again and again at the hundred thousand objects that imports make, and that stay.

    By default that is a quarter of the CPU time of `show`: half of it while it runs, half when Python exits.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)


def _write_utf_8() -> None:
    """Write UTF-8 to files and pipes, and never fail because a terminal lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
