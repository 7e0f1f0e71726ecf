"""Whether what a recorder module read is what the file holds. A module may recognise a file that is not its own."""

from collections.abc import Sequence

from viewer.cassettes.document import Document
from viewer.cassettes.loose_events import holds_events, streams_in
from viewer.text.json import write
from viewer.types.http import Interaction
from viewer.wire.sniff import is_event_stream

_COMPARED_CHARACTERS = 200


def keeps_bodies(interactions: Sequence[Interaction], document: Document, *, is_first_tree: bool) -> bool:
    """Tell whether a reading has response bodies, and an event stream among them if the file holds one.

    Args:
        interactions: what was read.
        document: the file.
        is_first_tree: whether only the first of the file's trees was read, since every other is read by itself.
    """
    # A file that was read well is not searched.
    if any(is_event_stream(one.response.body) for one in interactions):
        return True
    has_bodies = any(one.response.body for one in interactions)
    return has_bodies and not unread_streams(interactions, document, is_first_tree=is_first_tree)


def unread_streams(interactions: Sequence[Interaction], document: Document, *, is_first_tree: bool) -> list[bytes]:
    """Return the texts in a file that are event streams, except those that a request quotes."""
    if b"data:" not in document.data:
        return []
    trees = [document.tree] if is_first_tree else document.trees
    streams = [stream for stream in streams_in(trees) if holds_events(stream)]
    requests = [one.request.body for one in interactions if one.request.body] if streams else []
    return [stream for stream in streams if not _is_quoted(stream, requests)]


def quotes_any(interactions: Sequence[Interaction], streams: Sequence[bytes]) -> bool:
    """Tell whether a response body quotes a stream, as it does if a mapping that holds the body was taken for the body."""
    bodies = [one.response.body for one in interactions]
    return any(_is_quoted(stream, bodies) for stream in streams)


def _is_quoted(stream: bytes, bodies: Sequence[bytes]) -> bool:
    """Tell whether one of the bodies is a JSON text that contains the beginning of a stream."""
    begin = stream.decode(errors="replace")[:_COMPARED_CHARACTERS].partition("\n")[0]
    quoted = write(begin)[1:-1].encode()
    return any(quoted in body for body in bodies)
