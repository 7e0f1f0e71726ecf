"""Which framing a body has: the framing that is surest of it cuts it into events."""

from types import ModuleType

from viewer.wire import data_stream, eventstream, json_array, ndjson, sse
from viewer.wire.events import Events

FRAMINGS: tuple[ModuleType, ...] = (sse, ndjson, eventstream, json_array, data_stream)
"""Modules with `recognise(content_type, body)`, how sure 0 to 100, and `decode(body)`."""

CERTAIN = 70
"""From here on a body is a stream whatever stands in its events."""


def frame(content_type: str, body: bytes) -> tuple[Events, int] | None:
    """Return the events of a body and how sure its framing is; None where no framing knows it or it holds no event."""
    sureness, framing = max(
        ((module.recognise(content_type, body), module) for module in FRAMINGS), key=lambda pair: pair[0]
    )
    if not sureness:
        return None
    events: Events = framing.decode(body)
    return (events, sureness) if any(data is not None for data in events.data) else None
