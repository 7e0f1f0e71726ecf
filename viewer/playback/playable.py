"""Recorded interactions, made ready to be served."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from viewer.playback.schedule import Schedule, schedule_stream, schedule_whole
from viewer.playback.sockets.session import SocketSession, sessions_of
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import outgoing, text_redactor
from viewer.streams.cassette import Cassette
from viewer.types.http import CONNECTION_HEADERS, Headers, Interaction, Request
from viewer.types.problems import CassetteError
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
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED})
# The final answers of HTTP. Lower ones announce another.
_MIN_STATUS, _MAX_STATUS = 200, 599
# What this server has said of an answer that was recorded from it is not what it says of it now.
_OWN_HEADERS = "cassette-viewer-"
# RFC 9110, 5.6.2 and 5.5. Recorders of HTTP/2 also keep names such as ":status".
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_NOT_IN_VALUES = re.compile(r"[\0-\x08\n-\x1f\x7f]+")
# Of two cookies that were joined by a comma, which also stands in dates.
_NEXT_COOKIE = re.compile(r", *(?=[!#$%&'*+.^_`|~0-9A-Za-z-]+=)")


@dataclass(frozen=True, slots=True, eq=False)
class Playable:
    """One recorded interaction, ready to be served."""

    cassette: str
    """The name of its recording."""
    interaction: int
    request: Request = field(repr=False)
    """As recorded. It is compared with what a client asks, and never leaves."""
    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    schedule: Schedule = field(repr=False)
    trouble: str = ""
    """Why it cannot be served; "" if it can."""
    sessions: tuple[SocketSession, ...] = field(default=(), repr=False)
    """Its connections if it is a WebSocket, which answers no other request."""

    @property
    def place(self) -> str:
        """What messages call it."""
        return f"{self.cassette}, interaction {self.interaction}"


def playables_of(cassette: Cassette, redaction: Redaction | None, name: str = "") -> Iterator[Playable]:
    """Yield each interaction of a cassette, in recorded order.

    Args:
        cassette: as it was opened.
        redaction: what to remove from responses; None serves them as recorded.
        name: what to call the recording; by default the cassette's own name.

    Raises:
        CassetteError: a secret would be left in what is served.
    """
    served = outgoing(cassette, redaction)
    name = name or cassette.name
    name = text_redactor(redaction)(name) if redaction else name
    streams = {stream.interaction: stream for stream in served.cassette.streams}
    for index, (recorded, interaction) in enumerate(
        zip(cassette.interactions, served.cassette.interactions, strict=True)
    ):
        response = interaction.response
        served.check(response.body)
        headers = tuple(_served_headers(interaction))
        served.check("\n".join(value for _, value in headers))
        # What HTTP has no place for.
        body = b"" if response.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED) else response.body
        size_bytes = len(body)
        stream = streams.get(index) if body else None
        schedule = (
            schedule_whole(interaction.times, size_bytes) if stream is None else schedule_stream(stream, size_bytes)
        )
        sessions = tuple(sessions_of(name, index, recorded, interaction, schedule))
        yield Playable(
            name,
            index,
            recorded.request,
            response.status or HTTPStatus.OK,
            headers,
            body,
            schedule,
            "" if sessions else _trouble(cassette, index),
            sessions,
        )


def refuse_unplayable(playables: Sequence[Playable]) -> None:
    """Raise `CassetteError` if not one of some interactions can be served."""
    if all(playable.trouble for playable in playables):
        named, why = (
            (playables[0].place, playables[0].trouble) if playables else ("Nothing", "There are no interactions.")
        )
        raise CassetteError(named, f"cannot be served: {why}", "Name a recording with responses.")


def _served_headers(interaction: Interaction) -> Iterator[tuple[str, str]]:
    response = interaction.response
    named = {name.lower() for name in response.headers}
    if response.body and "content-type" not in named:
        yield "content-type", _media_type(response.body)
    for name, value in _pairs(response.headers):
        if name not in _NOT_SERVED and not name.startswith(_OWN_HEADERS):
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


def _trouble(cassette: Cassette, index: int) -> str:
    response = cassette.interactions[index].response
    if cassette.interactions[index].connections:
        return "The messages of this WebSocket cannot be told apart."
    if response.status and not _MIN_STATUS <= response.status <= _MAX_STATUS:
        return f"The status {response.status} is not that of an answer."
    if response.body or response.status in _WITHOUT_BODY:
        return ""
    # A body that is in another file which is gone, or that the recorder left out, is not an empty one.
    lost = (
        problem.message
        for problem in cassette.problems
        if problem.interaction == index and problem.severity == "warning"
    )
    why = next(lost, "")
    return why or ("" if response.status is not None else "The recording holds no response.")
