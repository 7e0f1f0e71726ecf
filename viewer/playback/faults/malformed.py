"""Breaking one event in the way its framing allows. The events around it stay whole."""

import re
from random import Random

from viewer.wire import aws_eventstream, sse

# Before the payload of a frame: two lengths and their checksum. After it: the checksum of the whole frame.
_PRELUDE_BYTES, _CHECKSUM_BYTES = 12, 4
# From the first to the last bracket or quotation mark.
_JSON = re.compile(rb'[{\["].*[}\]"]', re.DOTALL)


def with_malformed_event(content_type: str, event: bytes, rng: Random) -> bytes:
    """Return the bytes of an event so that a client cannot read it.

    A frame of an AWS event stream gets a wrong checksum. The JSON of any other event ends too early, and what closes the event follows.
    An event without JSON, such as a comment, becomes one with half a JSON value.
    """
    if aws_eventstream.recognise("", event):
        return _with_flipped_bit(event, rng)
    is_sse = bool(sse.recognise(content_type, event))
    found = _JSON.search(event, max(0, event.find(b"data:")) if is_sse else 0)
    if found is None or len(found[0]) < 2:
        return b'data: {"\n\n' if is_sse else b'{"'
    kept_bytes = rng.randrange(1, len(found[0]))
    return event[: found.start() + kept_bytes] + event[found.end() :]


def _with_flipped_bit(frame: bytes, rng: Random) -> bytes:
    """Change one bit behind the prelude, whose own checksum stays right: a client finds the end of the frame, and that it is damaged."""
    broken = bytearray(frame)
    broken[rng.randrange(_PRELUDE_BYTES, len(frame) - _CHECKSUM_BYTES)] ^= 1 << rng.randrange(8)
    return bytes(broken)
