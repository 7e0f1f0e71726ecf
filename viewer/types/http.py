"""Recorded HTTP: requests, responses and their times, as the recorder kept them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

CONNECTION_HEADERS = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection, which nobody passes on (RFC 9110, 7.6.1), in lower case."""


class Headers(Mapping[str, str]):
    """Headers by case-insensitive name. Values of repeated headers are joined with a comma (RFC 9110, 5.3)."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        gathered: dict[str, tuple[str, list[str]]] = {}
        for name, value in pairs:
            gathered.setdefault(name.lower(), (name, []))[1].append(value)
        self._pairs = {key: (name, ", ".join(values)) for key, (name, values) in gathered.items()}

    def __getitem__(self, name: str) -> str:
        return self._pairs[name.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs.values())

    def __len__(self) -> int:
        return len(self._pairs)

    def __repr__(self) -> str:
        # Without values: a traceback or a notebook must not print an authorization header.
        return f"Headers({', '.join(self)})"


@dataclass(frozen=True, slots=True)
class Request:
    """What the client sent. Fields are empty if not recorded. The repr shows no secrets."""

    method: str = ""
    url: str = field(default="", repr=False)
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What the server sent back, with the body decoded."""

    status: int | None = None
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)

    @property
    def status_line(self) -> str:
        """The status with its reason phrase, such as "200 OK"; "" if neither is recorded."""
        return f"{self.status or ''} {self.reason}".strip()

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters; "" if there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Moment:
    """A recorded wall-clock time. The true time lies in [epoch_s, epoch_s + resolution_s)."""

    epoch_s: float
    resolution_s: float


@dataclass(frozen=True, slots=True)
class Arrivals:
    """When the parts of a response body arrived, by the clock of the client or of a proxy on its side."""

    s: tuple[float, ...]
    """One time per part, in order. They count from the request if `since_request`, else from an unknown moment."""
    ends: tuple[int, ...] | None = None
    """The byte offset in the body at which each part ends. None if each part is one event with data."""
    since_request: bool = False
    resolution_s: float = 0.0
    """The step of the recorded times, such as 0.001 for whole milliseconds; 0 if they are finer than matters."""


@dataclass(frozen=True, slots=True)
class RecordedTimes:
    """The times that the recorder itself wrote. A field is None if it was not written."""

    headers_s: float | None = None
    """From the request to the response headers."""
    first_s: float | None = None
    """From the request to the first event of the body."""
    whole_s: float | None = None
    """From the request to the end of the response body."""
    arrivals: Arrivals | None = None
    started: Moment | None = None
    """When the request was sent."""
    ended: Moment | None = None
    """When the response body had ended."""


class SocketFrame(NamedTuple):
    """One message of a WebSocket, whose content is a line of a body: of the request if the client sent it, else of the response.

    The content is kept only there, so that nothing has to be redacted twice.
    """

    is_sent: bool
    is_binary: bool = False
    is_quoted: bool = False
    """Whether the line is a JSON string of the message: of a text that is not JSON, or of the base64 of bytes that are not."""
    at_s: float | None = None
    """When the client sent or received it, in seconds, on the clock of its connection. None if not recorded."""


@dataclass(frozen=True, slots=True)
class SocketConnection:
    """One WebSocket connection as it was: how messages followed each other, when, and how it was closed."""

    frames: tuple[SocketFrame, ...]
    """The messages in recorded order. Those of one side are in the order of the lines of its body."""
    is_ordered: bool = True
    """Whether the order between sent and received messages is recorded. If not, the sent ones come first."""
    since_open: bool = False
    """Whether times count from the opening of the connection. If not, they count from an unknown moment."""
    close_code: int | None = None
    closed_by_client: bool | None = None
    closed_at_s: float | None = None


@dataclass(frozen=True, slots=True)
class Interaction:
    """One request and its response."""

    request: Request
    response: Response
    times: RecordedTimes = RecordedTimes()
    connections: tuple[SocketConnection, ...] = ()
    """The connections of a WebSocket session, one after another, whose messages are the lines of both bodies. Empty for HTTP."""
    model: str = ""
    """The model that answered, if the file says so elsewhere, as the session of an agent does; "" if it does not."""
    protocol: str = ""
    """The protocol of the response, if the file as a whole tells it; "" if the response has to."""
