"""What a notebook shows of a recording, without its secrets: the file of a notebook contains its outputs, and is sent and pushed."""

from dataclasses import replace
from typing import NamedTuple
from weakref import WeakKeyDictionary

from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import Outgoing, outgoing
from viewer.streams import notebook_hook
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.http import Interaction, Request, Response

# A cell is often run again, and each stream of a cassette is shown by itself.
_by_cassette: WeakKeyDictionary[Cassette, Outgoing] = WeakKeyDictionary()


class OutgoingStream(NamedTuple):
    """A stream to show, with its cassette."""

    recording: Outgoing
    stream: Stream


def outgoing_cassette(cassette: Cassette, *, redact: bool | Redaction) -> Outgoing:
    """Return a cassette to show.

    Args:
        cassette: the cassette.
        redact: True removes secrets, False keeps everything, and a `viewer.Redaction` says what else to remove.

    Raises:
        CassetteError: its chunks still hold a value that was removed.
    """
    if redact is not True:
        return outgoing(cassette, redact or None)
    shown = _by_cassette.get(cassette) or outgoing(cassette, Redaction())
    _by_cassette[cassette] = shown
    return shown


def outgoing_stream(stream: Stream, *, redact: bool | Redaction) -> OutgoingStream:
    """Return a stream to show. `redact` and errors are as above."""
    cassette = notebook_hook.cassette_of(stream)
    place = 0
    if cassette is None:
        # Only what the stream itself holds can tell what is secret.
        alone = replace(stream, interaction=0)
        cassette = Cassette(stream.protocol, "", "", [Interaction(Request(), Response())], [alone], [])
    else:
        place = next(place for place, one in enumerate(cassette.streams) if one is stream)
    shown = outgoing_cassette(cassette, redact=redact)
    return OutgoingStream(shown, shown.cassette.streams[place])
