"""One event of a stream as it was recorded: its bytes, its payload, and what frames the payload."""

from typing import NamedTuple

import numpy as np

from viewer.streams.stream import Stream
from viewer.types.chunk_table import KEEP_ALIVE, OTHER, SILENT, START, Ints
from viewer.wire import sse
from viewer.wire.framing import Framed

# Events of these kinds frame what the others add, or only keep the connection open.
_ADD_NOTHING = (SILENT, START, KEEP_ALIVE, OTHER)
_DUMP_BYTES = 16
_MAX_DUMPED_BYTES = 4096


class RecordedEvent(NamedTuple):
    """One event of a stream."""

    number: int
    offset: int
    raw: bytes
    payload: str
    """The payload, or the raw bytes if the event has none, as text."""
    framing: tuple[str, ...]
    """The lines around the payload of a server-sent event: its type, its id, its retry time and its comments."""


def recorded_event(framed: Framed | None, body: bytes, stream: Stream, number: int) -> RecordedEvent | None:
    """Return an event of a stream by its number, or None if there is none.

    Args:
        framed: the events of `body`, from `split_events`.
        body: the decoded body of the response.
        stream: the stream that the body holds.
        number: the number of the event, as in the chunk table.
    """
    row = first_row(stream, number)
    if row is None:
        return None
    offset, size = int(stream.columns.offset[row]), int(stream.columns.size[row])
    raw = body[offset : offset + size]
    is_framed = framed is not None and number < len(framed.events)
    payload = framed.events.data[number] if framed and is_framed else None
    framing = framing_lines(raw) if framed and framed.framing is sse else ()
    return RecordedEvent(number, offset, raw, _as_text(raw if payload is None else payload), framing)


def framing_lines(raw: bytes) -> tuple[str, ...]:
    """Return the lines of a server-sent event that are not its data."""
    lines = (line.strip() for line in raw.splitlines())
    return tuple(line.decode(errors="replace") for line in lines if line and not line.startswith(b"data"))


def first_row(stream: Stream, number: int) -> int | None:
    """Return the first row of an event in the chunk table, or None if there is no such event."""
    events = stream.columns.event
    row = int(np.searchsorted(events, number))
    return row if row < len(events) and events[row] == number else None


def event_at(stream: Stream, offset: int) -> int | None:
    """Return the number of the event that holds a byte of the body, or None if the stream has no events there."""
    row = int(np.searchsorted(stream.columns.offset, offset, side="right")) - 1
    return int(stream.columns.event[row]) if row >= 0 else None


def first_event_of_interest(stream: Stream) -> int:
    """Return the number of the first event that adds something, or of the first event if none does."""
    kind: Ints = stream.columns.kind
    adds = np.flatnonzero(~np.isin(kind, _ADD_NOTHING))
    return int(stream.columns.event[adds[0] if len(adds) else 0])


def neighbours(stream: Stream, number: int) -> tuple[int | None, int | None]:
    """Return the numbers of the events before and after an event."""
    events = stream.columns.event
    before = int(np.searchsorted(events, number)) - 1
    after = int(np.searchsorted(events, number, side="right"))
    return (
        int(events[before]) if before >= 0 else None,
        int(events[after]) if after < len(events) else None,
    )


def raw_text(raw: bytes) -> str:
    """Return recorded bytes as text, or as a hexadecimal dump if they are not UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return hex_dump(raw[:_MAX_DUMPED_BYTES])


def hex_dump(raw: bytes) -> str:
    """Return bytes in lines of 16, each with its offset and its printable characters."""
    lines = []
    for place in range(0, len(raw), _DUMP_BYTES):
        part = raw[place : place + _DUMP_BYTES]
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "·" for byte in part)
        lines.append(f"{place:06x}  {part.hex(' '):<{3 * _DUMP_BYTES}} {shown}")
    return "\n".join(lines)


def _as_text(data: bytes) -> str:
    return data.decode(errors="replace")
