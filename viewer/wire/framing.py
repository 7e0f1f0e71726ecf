"""Choosing how a body is split into events: the framing that is most certain of it decodes it."""

from types import ModuleType
from typing import NamedTuple

from viewer.wire import aws_eventstream, data_stream, json_array, json_seq, ndjson, sse
from viewer.wire.events import Events

FRAMINGS: tuple[ModuleType, ...] = (sse, ndjson, aws_eventstream, json_array, data_stream, json_seq)
"""Modules with `recognise(content_type, body)`, which returns a certainty from 0 to 100, and `decode(body)`."""

CERTAIN = 70
"""From this certainty on, a body is a stream whatever its events contain."""


class Framed(NamedTuple):
    """The events of a body, how certain it is that they are events, and the framing that decoded them."""

    events: Events
    certainty: int
    framing: ModuleType


def split_events(content_type: str, body: bytes) -> Framed | None:
    """Split a body into events by the surest framing that finds any. Return None if none does."""
    candidates = [(module.recognise(content_type, body), module) for module in FRAMINGS]
    for certainty, framing in sorted(candidates, key=lambda pair: -pair[0]):
        if not certainty:
            break
        # The media type may be wrong: lines of JSON are sent as text/event-stream too.
        events: Events = framing.decode(body)
        if any(data is not None for data in events.data):
            return Framed(events, certainty, framing)
    return None
