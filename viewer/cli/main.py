"""The command line: finds the commands in `viewer/cli/commands/` and runs the chosen one.

A command is one module with `HELP`, `add_arguments(parser)` and `run(chosen)`, which returns a
`viewer.cli.output.Status`. It imports what it needs when it runs.
"""

import argparse
import atexit
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, Protocol, cast

from viewer.cli import commands
from viewer.cli.arguments import HelpFormatter, add_examples
from viewer.cli.output import Status, discard_output, fail, replace_closed_streams
from viewer.text.safe import visible_line
from viewer.types.formats import modules_of
from viewer.types.problems import CassetteError
from viewer.types.version import VERSION

# In Python 3.11 it is 700 by default.
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
    _start_no_threads_for_algebra()
    replace_closed_streams()
    _write_utf_8()
    try:
        return _run(arguments, prog)
    except CassetteError as error:
        return fail(str(error))
    except BrokenPipeError:
        discard_output(sys.stdout, sys.stderr)
        return Status.BROKEN_PIPE
    except KeyboardInterrupt:
        return Status.INTERRUPTED
    except OSError as error:
        # What cannot open or write a file of its own says so itself.
        if error.filename is not None:
            raise
        status = fail(f"the output cannot be written: {error.strerror or error}.")
        discard_output(sys.stdout, sys.stderr)
        return status


def _run(arguments: Sequence[str] | None, prog: str) -> int:
    parser = make_parser(prog)
    try:
        chosen = parser.parse_args(arguments)
        if chosen.command is None:
            parser.print_help(sys.stderr)
            return Status.FAILED
        status: int = chosen.run(chosen)
    finally:
        # Also when argparse has printed the help and exits.
        sys.stdout.flush()
    return status


class Parser(argparse.ArgumentParser):
    """An argument parser whose messages do not repeat escape sequences, such as those of file names that a shell expanded."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse arguments. A command whose default of `after_dashes` is not None gets what follows `--` there, as a list.

        Otherwise it could not tell `A -- B` from `A B`.
        """
        given = list(sys.argv[1:] if args is None else args)
        namespace = argparse.Namespace() if namespace is None else namespace
        if self.get_default("after_dashes") is not None and "--" in given:
            place = given.index("--")
            namespace.after_dashes = given[place + 1 :]
            given = given[:place]
        return super().parse_known_args(given, namespace)

    def error(self, message: str) -> NoReturn:
        """Write what is wrong with the call and where the help is, and exit with status 2."""
        self.print_usage(sys.stderr)
        self.exit(Status.FAILED, f"{self.prog}: {visible_line(message)}\nSee {self.prog} --help.\n")


def make_parser(prog: str) -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog=prog,
        description="View recorded streams of language models.",
        epilog="%(prog)s COMMAND --help shows the options of a command, with examples.",
        formatter_class=HelpFormatter,
    )
    add_examples(
        parser, "open recording.yaml", "show recording.yaml", "show recordings/ --json", "report recording.yaml"
    )
    parser.add_argument("--version", action="version", version=f"cassette-viewer {VERSION}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for module in modules_of(commands):
        command = cast("Command", module)
        name = module.__name__.rpartition(".")[2]
        description = command.HELP[:1].upper() + command.HELP[1:] + "."
        subparser = subparsers.add_parser(
            name, help=command.HELP, description=description, formatter_class=HelpFormatter
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _collect_garbage_seldom() -> None:
    """Keep the garbage collector from looking again and again at the hundred thousand objects that imports make, and that stay.

    By default that is a quarter of the CPU time of `show`: half of it while it runs, half when Python exits.
    """
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)


def _start_no_threads_for_algebra() -> None:
    """Keep NumPy, when it is imported, from starting a thread for each core: they take a tenth of a second, and no command multiplies matrices."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _write_utf_8() -> None:
    """Write UTF-8 to files and pipes, and never fail because a terminal lacks a character."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="replace", newline="\n")
