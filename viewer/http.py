"""The recorded HTTP: what was asked and what came back, as the recorder kept it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field


class Headers(Mapping[str, str]):
    """Look up header values by name in any case; repeated values are joined with a comma (RFC 9110, 5.3)."""

    __slots__ = ("_pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        joined: dict[str, tuple[str, str]] = {}
        for name, value in pairs:
            key = name.lower()
            joined[key] = (name, value) if key not in joined else (joined[key][0], f"{joined[key][1]}, {value}")
        self._pairs = joined

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
    """Hold what the client sent; empty strings where the recording does not say."""

    method: str = ""
    url: str = ""
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
class RecordedTimes:
    """Hold what the recorder itself wrote about time; None where it wrote nothing."""

    headers_s: float | None = None
    """From the request to the response headers."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """Hold one request and its response."""

    request: Request
    response: Response
    times: RecordedTimes = RecordedTimes()
