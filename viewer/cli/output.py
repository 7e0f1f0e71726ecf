"""What commands write to the terminal.

All messages go through this module, which makes them safe: a file name can hold an escape sequence as well as recorded text can.
"""

import os
import sys

from viewer.text.safe import visible, visible_line

FAILED = 2
"""The exit status if the call is wrong or a file cannot be read or written."""


def log(line: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{visible_line(line)}\n")
    sys.stderr.flush()


def warn(message: str) -> None:
    """Write a message of the program to standard error."""
    log(f"cassette-viewer: {message}")


def fail(message: str) -> int:
    """Write why a command cannot do its work, and return its exit status."""
    warn(message)
    return FAILED


def write_lines(lines: list[str]) -> None:
    """Write lines to standard output."""
    sys.stdout.write("".join(f"{visible_line(line)}\n" for line in lines))


def write_data(data: bytes) -> None:
    """Write data to standard output: unchanged to a file or pipe, as safe text to a terminal."""
    if sys.stdout.isatty():
        data = visible(data.decode(errors="replace")).encode()
    remaining = memoryview(data)
    # If Python runs unbuffered, one call may write only a part.
    while remaining:
        remaining = remaining[sys.stdout.buffer.write(remaining) :]
    sys.stdout.buffer.flush()


def is_coloured() -> bool:
    """Tell whether standard output is a terminal that wants colours (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
