"""What is nearest to a request that was not recorded."""

from typing import Any, NamedTuple

from viewer.playback.matching import RequestIndex
from viewer.types.http import Request


class Miss(NamedTuple):
    """Why no recorded interaction answers a request."""

    place: int | None
    differs: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {"error": {"message": "This request was not recorded.", "differs": list(self.differs)}}


def nearest(index: RequestIndex, request: Request) -> Miss:
    """Return the recorded request that is nearest, and what differs."""
    del index, request
    return Miss(None)
