"""Which headers of a recorded response are served: those that HTTP can carry, and that are still true of what is sent."""

import re
from collections.abc import Iterator

from viewer.types.http import CONNECTION_HEADERS, Headers, Interaction
from viewer.wire import aws_eventstream, json_array, ndjson, sse
from viewer.wire.framing import split_events
from viewer.wire.sniff import is_json

# What describes a body as it was sent (a recorded body is decoded), what would send the client to the provider, and what would let a page of
# any site read the recordings.
_NOT_SERVED = CONNECTION_HEADERS | {
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "access-control-expose-headers",
    "access-control-max-age",
    "alt-svc",
    "content-encoding",
    "content-length",
    "strict-transport-security",
}
_MEDIA_TYPES = {
    sse: "text/event-stream",
    ndjson: "application/x-ndjson",
    aws_eventstream: "application/vnd.amazon.eventstream",
    json_array: "application/json",
}
# What this server has said of an answer that was recorded from it is not what it says of it now.
_OWN_PREFIX = "cassette-viewer-"
# RFC 9110, 5.6.2 and 5.5. Recorders of HTTP/2 also keep names such as ":status".
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_NOT_IN_VALUES = re.compile(r"[\0-\x08\n-\x1f\x7f]+")
# Of two cookies that were joined by a comma, which also stands in dates.
_NEXT_COOKIE = re.compile(r", *(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+=)")


def served_headers(interaction: Interaction) -> Iterator[tuple[str, str]]:
    """Yield the headers that are served of a response, in lower case, with the media type of its body if none are recorded."""
    response = interaction.response
    named = {name.lower() for name in response.headers}
    if response.body and "content-type" not in named:
        yield "content-type", _media_type(response.body)
    for name, value in _pairs(response.headers):
        if name not in _NOT_SERVED and not name.startswith(_OWN_PREFIX):
            yield name, value


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    """Yield the headers that HTTP can carry. A recording can hold others."""
    for written, value in headers.items():
        name = written.lower().strip()
        if _HEADER_NAME.fullmatch(name):
            # Only cookies do not stay the same when they are joined (RFC 6265, 3).
            values = _NEXT_COOKIE.split(value) if name == "set-cookie" else [value]
            yield from ((name, _NOT_IN_VALUES.sub(" ", one).strip()) for one in values)


def _media_type(body: bytes) -> str:
    """Return the media type of a body whose headers are not recorded. SDKs look at it before they decode a stream."""
    framed = split_events("", body)
    if framed is not None and framed.framing in _MEDIA_TYPES:
        return _MEDIA_TYPES[framed.framing]
    return "application/json" if is_json(body) else "application/octet-stream"
