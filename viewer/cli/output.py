"""What commands write to the terminal, and the exit statuses that they return.

All messages go through this module, which makes them safe: a file name can hold an escape sequence as well as recorded text can.
"""

import os
import sys
from enum import IntEnum
from typing import TextIO

from viewer.text.safe import visible, visible_line


class Status(IntEnum):
    """The exit statuses of all commands. docs/cli.md has the same table."""

    DONE = 0
    FOUND = 1
    """`diff` found differences, `redact --list` found secrets, or a rule of `check` fails."""
    FAILED = 2
    """The call is wrong, or something cannot be read or written. Everything else was done."""
    INTERRUPTED = 130
    """What a shell returns for a program that Ctrl-C ended."""
    BROKEN_PIPE = 141
    """What a shell returns for a program whose reader has left, such as `head`."""


def log(line: str) -> None:
    """Write a line to standard error. If that cannot be written, nobody can be told, and the command goes on."""
    try:
        sys.stderr.write(f"{visible_line(line)}\n")
        sys.stderr.flush()
    except OSError:
        discard_output(sys.stderr)


def warn(message: str) -> None:
    """Write a message of the program to standard error."""
    log(f"cassette-viewer: {message}")


def fail(message: str) -> Status:
    """Write why a command cannot do its work, and return its exit status."""
    warn(message)
    return Status.FAILED


def write_lines(lines: list[str]) -> None:
    """Write lines to standard output."""
    sys.stdout.write("".join(f"{visible_line(line)}\n" for line in lines))


def write_data(data: bytes) -> None:
    """Write data to standard output: unchanged to a file or pipe, as safe text to a terminal."""
    if sys.stdout.isatty():
        data = visible(data.decode(errors="replace")).encode()
    # What was written as text before comes first.
    sys.stdout.flush()
    remaining = memoryview(data)
    # If Python runs unbuffered, one call may write only a part.
    while remaining:
        remaining = remaining[sys.stdout.buffer.write(remaining) :]
    sys.stdout.buffer.flush()


def discard_output(*streams: TextIO) -> None:
    """Drop what streams cannot write. Python flushes once more when it exits, and would report the error again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in streams:
        try:
            stream.flush()
        except OSError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def replace_closed_streams() -> None:
    """Let a standard stream that was closed, as by `>&-`, fail when it is used. Python has None instead, which has no methods.

    Standard error is not missed. Without this, a file that is opened could also take the descriptor of a closed stream.
    """
    for name, flags in (("stdin", os.O_WRONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, flags)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8", closefd=False))


class Headings:
    """Writes the name of each recording above what a command writes of it, as `head` and `tail` do for several files."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._has_written = False

    def write(self, name: str) -> None:
        """Write a heading to standard output, unless there is only one recording."""
        if self._wanted:
            heading = f"==> {visible_line(name)} <=="
            heading = f"\x1b[1m{heading}\x1b[0m" if is_coloured() else heading
            sys.stdout.write("\n" * self._has_written + f"{heading}\n")
            self._has_written = True


def is_coloured() -> bool:
    """Tell whether standard output gets colours.

    NO_COLOR (https://no-color.org) turns them off. FORCE_COLOR (https://force-color.org) and CLICOLOR_FORCE
    (https://bixense.com/clicolors) turn them on where standard output is not a terminal. All count only if they are not empty, and
    CLICOLOR_FORCE also if it is not 0.
    """
    environ = os.environ
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR") or environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
        return True
    return sys.stdout.isatty() and environ.get("TERM") != "dumb"
