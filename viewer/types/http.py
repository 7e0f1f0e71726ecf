"""The recorded HTTP: what was asked and what came back, as the recorder kept it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


class Headers(Mapping[str, str]):
    """Look up header values by name in any case; repeated values are joined with a comma (RFC 9110, 5.3)."""

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
        # Values stay out: a traceback or a notebook must not print an authorization header.
        return f"Headers({', '.join(self)})"


@dataclass(frozen=True, slots=True)
class Request:
    """Hold what the client sent; empty strings where the recording does not say. Printing it shows no secret."""

    method: str = ""
    url: str = field(default="", repr=False)
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Response:
    """Hold what the server sent back, the body decoded."""

    status: int | None = None
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)

    @property
    def content_type(self) -> str:
        """The media type in lower case without its parameters; "" where there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold a time of day as recorded; the true one lies in [epoch_s, epoch_s + resolution_s)."""

    epoch_s: float
    resolution_s: float


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Hold when the parts of a response body came, by the clock of the client or of a proxy beside it."""

    s: tuple[float, ...]
    """Seconds for each part, in order: since the request where `since_request`, else since any moment at all."""
    ends: tuple[int, ...] | None = None
    """Byte offset into the body where each part ends; None where each part is one event that holds data."""
    since_request: bool = False
    resolution_s: float = 0.0
    """How coarse the recorder writes them, such as 0.001 for whole milliseconds; 0 where that does not matter."""


@dataclass(frozen=True, slots=True)
class RecordedTimes:
    """Hold what the recorder itself wrote about time; None where it wrote nothing."""

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


@dataclass(frozen=True, slots=True)
class Interaction:
    """Hold one request and its response."""

    request: Request
    response: Response
    times: RecordedTimes = RecordedTimes()
