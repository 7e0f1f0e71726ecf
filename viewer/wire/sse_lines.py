"""Server-sent events read line by line, whatever their line ends."""

from viewer.wire.sse_irregular import is_suspect, read_irregular
from viewer.wire.sse_units import Line, Unit, event_type

_FIELDS = frozenset((b"data", b"event", b"id", b"retry"))


def read_units(text: bytes, offset: int) -> list[Unit]:
    """Read the units in a part of a body that begins at `offset`. The end of the text ends the last event."""
    units: list[Unit] = []
    lines: list[Line] = []
    # For bytes, `splitlines` knows only the three line ends of the specification.
    for line in text.splitlines(keepends=True):
        content = line.rstrip(b"\r\n")
        if content:
            lines.append(Line(offset, content))
        elif lines:
            units += _read_event(lines)
            lines = []
        offset += len(line)
    units += _read_event(lines)
    return units


def _read_event(lines: list[Line]) -> list[Unit]:
    """Return each comment before the event, then the event. An event without data dispatches nothing."""
    units: list[Unit] = []
    begin: int | None = None
    name = b""
    data: list[bytes] = []
    is_regular = True
    for offset, line in lines:
        field, _, value = line.partition(b":")
        if not field:
            is_regular = is_regular and b"data:" not in value
            if begin is None:
                units.append(Unit(offset, "", None))
            continue
        begin = offset if begin is None else begin
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value
        is_regular = is_regular and field in _FIELDS and (field == b"data" or b"data:" not in value)
    if not is_regular or is_suspect(data):
        return read_irregular(lines)
    if begin is not None:
        units.append(Unit(begin, event_type(name), b"\n".join(data)) if data else Unit(begin, "", None))
    return units
