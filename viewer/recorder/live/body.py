"""The part of a body that still comes whose events have come whole. A piece of an event would be read as damage."""

from viewer.wire import sse
from viewer.wire.framing import split_events
from viewer.wire.sniff import is_json

# What closes an event of a stream whose lines end in one way.
_BLANK_LINES = (b"\n\n", b"\r\n\r\n", b"\r\r")


def whole_events(content_type: str, body: bytes | bytearray) -> bytes:
    """Return the beginning of a body up to the end of its last whole event. A body without events is returned empty."""
    if content_type == "text/event-stream":
        end = max((place + len(line) for line in _BLANK_LINES if (place := body.rfind(line)) >= 0), default=0)
        if end:
            return bytes(body[:end])
    data = bytes(body)
    framed = split_events(content_type, data)
    if framed is None:
        return b""
    events = framed.events
    # The element of an array has come whole before what follows it. Nothing but a blank line says so of an event.
    is_whole = not events.unterminated or (framed.framing is not sse and is_json(events.data[-1] or b""))
    return data if is_whole else data[: int(events.offset[-1])]
