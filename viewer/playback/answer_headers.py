"""The headers that the server adds to recorded ones: what is served, how its times are known, and what went wrong on purpose."""

from collections.abc import Iterator
from urllib.parse import quote

from viewer.playback.delivery import INSTANT
from viewer.playback.playable import Playable
from viewer.playback.sockets.session import SocketSession

TIMES_HEADER = "cassette-viewer-times"
PLACE_HEADER = "cassette-viewer-recording"
NOTE_HEADER = "cassette-viewer-note"
FAULT_HEADER = "cassette-viewer-fault"
"""Of a request: the faults that its answer shall have, in place of those of the server. Of an answer: those that it has."""


def answer_headers(
    served: Playable | SocketSession, known: str, speed: float, note: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the headers that say what is served, and how its times are known.

    Args:
        served: what is served.
        known: how its recorded times are known.
        speed: how many times as fast as recorded it is served.
        note: what is not sure about it.
    """
    if speed != 1:
        known += "; sent at once" if speed == INSTANT else f"; at {speed:g} times the speed"
    yield TIMES_HEADER, known
    yield PLACE_HEADER, f"{quote(served.cassette)}#{served.interaction}"
    if note:
        yield NOTE_HEADER, note
