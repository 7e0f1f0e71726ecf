"""Which recorded interactions answer a request."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from viewer.comparison.normalise import normalised_body
from viewer.types.http import Request


class Found(NamedTuple):
    """The recorded interactions that answer a request."""

    places: tuple[int, ...]
    """Their indices in recorded order."""
    key: Hashable
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RequestIndex:
    """Recorded requests by what identifies them."""

    requests: Sequence[Request]
    bodies: dict[str, list[int]] = field(default_factory=dict)

    def find(self, request: Request) -> Found | None:
        """Return what answers a request, or None."""
        path = urlsplit(request.url).path
        places = [
            place
            for place in self.bodies.get(normalised_body(request.body), [])
            if (recorded := urlsplit(self.requests[place].url).path).endswith(path) or path.endswith(recorded)
        ]
        return Found(tuple(places), tuple(places)) if places else None


def index_requests(requests: Sequence[Request]) -> RequestIndex:
    """Return recorded requests, ready to be found."""
    index = RequestIndex(requests)
    for place, request in enumerate(requests):
        index.bodies.setdefault(normalised_body(request.body), []).append(place)
    return index
