"""The events of a body, split once for all tabs that show them."""

from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.wire.framing import Framed, split_events

# Of the places and names of an event. Its payload is a slice of the body.
_BYTES_PER_EVENT = 100


def framed_body(cassette: Cassette, index: int, identity: str) -> Framed | None:
    """Return the events of an interaction's response, or None if it holds none."""
    response = cassette.interactions[index].response
    return server_cache().get(
        ("framed", identity),
        lambda: split_events(response.content_type, response.body),
        lambda framed: _BYTES_PER_EVENT * len(framed.events) if framed else 0,
    )
