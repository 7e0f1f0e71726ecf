"""The table of a response's events as they were framed, in the form that `virtual_table.js` shows."""

import re
from typing import Any

import numpy as np

from viewer.display.drawing import drawing_of
from viewer.display.packing import packed
from viewer.streams.stream import Stream
from viewer.types.chunk_table import Ints, begins_event
from viewer.wire import Events, sse
from viewer.wire.framing import Framed

_MICRO = 1e6
_ID_LINE = re.compile(rb"^id: ?([^\r\n]{0,200})", re.MULTILINE)
# The previews of a stream share this many characters.
_PREVIEW_CHARACTERS = 2_000_000
_MIN_PREVIEW, _MAX_PREVIEW = 24, 300
# Of two events in a row. What follows is hardly ever the same.
_MAX_COMPARED = 2000


def event_rows(framed: Framed, body: bytes, stream: Stream) -> dict[str, Any]:
    """Return the number, id, type, beginning of the data, size and time of each event, and which columns to show.

    Times are in microseconds. They are shown only if they were recorded.
    """
    events = framed.events
    types = list(dict.fromkeys(events.name))
    codes = {name: code for code, name in enumerate(types)}
    ids = _ids(body, events.offset) if framed.framing is sse else {}
    times = _times(stream, len(events))
    shown = ["event", *(["id"] if ids else []), "type", "data", "size", *(["t"] if times else [])]
    columns: dict[str, Any] = {
        "event": packed(list(range(len(events)))),
        "type": packed([codes[name] for name in events.name]),
        "data": _previews(events, body),
        "size": packed(events.size.tolist()),
    }
    if ids:
        columns["id"] = [ids.get(number, "") for number in range(len(events))]
    if times:
        columns["t"] = packed(times)
    return {"count": len(events), "columns": columns, "types": [name or "no event" for name in types], "shown": shown}


def _previews(events: Events, body: bytes) -> list[str]:
    """Return the beginning of each event's data, or of its raw bytes if it has none.

    What an event repeats of the one before is left out: the events of a stream differ behind a long beginning.
    """
    room = max(_MIN_PREVIEW, min(_MAX_PREVIEW, _PREVIEW_CHARACTERS // max(1, len(events))))
    previews: list[str] = []
    before = b""
    for offset, size, payload in zip(events.offset.tolist(), events.size.tolist(), events.data, strict=True):
        data = body[offset : offset + min(size, room)].strip() if payload is None else payload
        begin = _repeated(before, data)
        preview = data[begin : begin + room].decode(errors="replace")
        previews.append(f"…{preview}" if begin else preview)
        before = data
    return previews


def _repeated(before: bytes, data: bytes) -> int:
    """Return how many bytes of an event's data to leave out: whole members that the event before begins with too."""
    low, high = 0, min(len(before), len(data), _MAX_COMPARED)
    if before[:high] == data[:high]:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if before[:middle] == data[:middle] else (low, middle)
    return data.rfind(b",", 0, low) + 1


def _ids(body: bytes, offsets: Ints) -> dict[int, str]:
    """Return the id of each server-sent event that has one, by the number of the event."""
    found = [(match.start(), match[1].decode(errors="replace")) for match in _ID_LINE.finditer(body)]
    numbers = np.searchsorted(offsets, [place for place, _ in found], side="right") - 1
    return dict(zip(numbers.tolist(), (text for _, text in found), strict=True))


def _times(stream: Stream, count: int) -> list[int | None]:
    """Return when each event arrived, in microseconds. Return an empty list if times were not recorded."""
    if drawing_of(stream.timing.grade).axis == "chunks":
        return []
    columns = stream.columns
    first = begins_event(columns.event)
    numbers = columns.event[first]
    times = np.full(count, np.nan)
    times[numbers[numbers < count]] = columns.arrival.t[first][numbers < count]
    known = np.isfinite(times)
    micros = np.rint(np.where(known, times, 0.0) * _MICRO).astype(np.int64)
    return [micro if is_known else None for micro, is_known in zip(micros.tolist(), known.tolist(), strict=True)]
