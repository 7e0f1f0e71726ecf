"""When did a request come? Recorded times count from that moment, so an answer is as late as it is noted late."""

import asyncio

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_ARRIVAL = "arrival_s"


def arrival_s(scope: Scope) -> float:
    """Return when a request came, by the clock of the event loop; the time now if `Connection` did not read it."""
    noted: float | None = scope.get("state", {}).get(_ARRIVAL)
    return asyncio.get_running_loop().time() if noted is None else noted


class Connection(H11Protocol):
    """A connection that notes when a request came, before the request is parsed.

    Of a hundred that come at once, the last is parsed ten milliseconds after the first. All of them get the time of the first.
    """

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        # The state is copied into the scope of each request.
        if _ARRIVAL not in self.app_state:
            self.app_state[_ARRIVAL] = self.loop.time()
            # What comes from the next turn of the loop on came later.
            self.loop.call_soon(self.app_state.pop, _ARRIVAL)
        super().data_received(data)
