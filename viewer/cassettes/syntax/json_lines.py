"""JSON lines with the place of each line, so that a broken line can be reported and the others read."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from viewer.text.json import parse
from viewer.types.problems import Problem


class JSONLine(NamedTuple):
    """One line that is not blank."""

    offset: int
    """Byte offset of the line in the file."""
    data: bytes
    value: Any
    """The parsed line; None if it is not JSON."""
    error: str
    """Why the line is not JSON; "" if it is."""


def read_json_lines(data: bytes) -> Iterator[JSONLine]:
    """Yield each line of a text that is not blank."""
    offset = 0
    for line in data.split(b"\n"):
        if line.strip():
            try:
                yield JSONLine(offset, line, parse(line), "")
            except ValueError as error:
                yield JSONLine(offset, line, None, str(error))
        offset += len(line) + 1


def skipped_line(line: JSONLine, foreign: str = "", again: str = "Record the call again.") -> Problem:
    """Return the problem of a line that is not JSON, or of one that is `foreign` to the file. `again` says what to do."""
    what = f"This line is not JSON ({line.error})." if line.error else foreign
    return Problem("warning", what, f"It is skipped. {again}".rstrip(), offset=line.offset)
