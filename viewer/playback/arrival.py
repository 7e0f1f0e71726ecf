"""When did a request come? Recorded times count from that moment, so an answer is as late as it is noted late."""

import asyncio
import selectors
import time

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_ARRIVAL = "arrival_s"


def arrival_s(scope: Scope) -> float:
    """Return when a request came, by the clock of the event loop; the time now if `Connection` did not read it."""
    noted: float | None = scope.get("state", {}).get(_ARRIVAL)
    return asyncio.get_running_loop().time() if noted is None else noted


class _Selector(selectors.DefaultSelector):
    """Waits for what comes on sockets, and notes when it was there."""

    returned_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(timeout)
        # The clock of the event loop.
        self.returned_s = time.monotonic()
        return found


class ArrivalLoop(asyncio.SelectorEventLoop):
    """An event loop that knows since when there is what it reads."""

    def __init__(self) -> None:
        self._noting = _Selector()
        super().__init__(self._noting)

    @property
    def ready_s(self) -> float:
        """When there was what is read in this turn."""
        return self._noting.returned_s


class Connection(H11Protocol):
    """A connection that notes when a request came, before it and those that came with it are parsed and looked up.

    Of a hundred that come at once, the last would be noted twenty milliseconds after the first.
    """

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        if isinstance(self.loop, ArrivalLoop):
            # The state, which all connections share, is copied into the scope of each request that begins now.
            self.app_state[_ARRIVAL] = self.loop.ready_s
        super().data_received(data)
        self.app_state.pop(_ARRIVAL, None)
