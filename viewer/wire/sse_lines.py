"""Server-sent events read line by line, whatever their line ends."""

from collections.abc import Iterator
from typing import NamedTuple


class Unit(NamedTuple):
    """An event, or a comment line before one."""

    offset: int
    name: str
    data: bytes | None


_Line = tuple[int, bytes]


def read_units(text: bytes, offset: int) -> list[Unit]:
    """Read the units in a part of a body that begins at `offset`. The end of the text ends the last event."""
    units: list[Unit] = []
    lines: list[_Line] = []
    # For bytes, `splitlines` knows only the three line ends of the specification.
    for line in text.splitlines(keepends=True):
        content = line.rstrip(b"\r\n")
        if content:
            lines.append((offset, content))
        elif lines:
            units += _read_event(lines)
            lines = []
        offset += len(line)
    units += _read_event(lines)
    return units


def _read_event(lines: list[_Line]) -> Iterator[Unit]:
    """Yield each comment before the event, then the event. An event without data dispatches nothing."""
    begin: int | None = None
    name = b""
    data: list[bytes] = []
    for offset, line in lines:
        field, _, value = line.partition(b":")
        if not field:
            if begin is None:
                yield Unit(offset, "", None)
            continue
        begin = offset if begin is None else begin
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value
    if begin is not None:
        yield Unit(begin, event_type(name), b"\n".join(data)) if data else Unit(begin, "", None)


def event_type(value: bytes) -> str:
    """Return the type that an `event` field sets."""
    return value.removeprefix(b" ").decode(errors="replace") or "message"
