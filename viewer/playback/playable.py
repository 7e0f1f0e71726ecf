"""Recorded interactions, made ready to be served."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from viewer.cassettes.wire_form import JSON_LINES
from viewer.playback.schedule import Schedule, schedule_stream, schedule_whole
from viewer.playback.served_headers import served_headers
from viewer.playback.sockets.session import SocketSession, sessions_of
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import outgoing, text_redactor
from viewer.streams.cassette import Cassette
from viewer.types.http import Request
from viewer.types.problems import CassetteError

_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED})
# The final answers of HTTP. Lower ones announce another.
_MIN_STATUS, _MAX_STATUS = 200, 599


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
    protocol: str = ""
    """Of its stream; "" if it is none."""

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
        headers = tuple(served_headers(interaction))
        served.check("\n".join(value for _, value in headers))
        # What HTTP has no place for.
        body = b"" if response.status in _WITHOUT_BODY else response.body
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
            stream.protocol if stream else "",
        )


def refuse_unplayable(playables: Sequence[Playable]) -> None:
    """Raise `CassetteError` if not one of some interactions can be served."""
    if all(playable.trouble for playable in playables):
        named, why = (
            (playables[0].place, playables[0].trouble)
            if playables
            else ("What was given", "There are no interactions.")
        )
        raise CassetteError(named, f"cannot be served: {why}", "Name a recording with responses.")


def _trouble(cassette: Cassette, index: int) -> str:
    response = cassette.interactions[index].response
    request = cassette.interactions[index].request
    if cassette.session and response.content_type == JSON_LINES and not request.url:
        return f"The file of a session holds the lines of {cassette.session.program}, not what the provider sent."
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
