"""Turns: what takes memory and cores is done for some sessions at once, and the others wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import BoundedSemaphore

from viewer.pages.server.limits import ServerLimits, limits
from viewer.types.problems import CassetteError


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Let so many at once do what stands in `with turns.taken(name)`."""

    allowed: ServerLimits
    _free: BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_free", BoundedSemaphore(self.allowed.concurrent_parses))

    @contextmanager
    def taken(self, name: str) -> Iterator[None]:
        """Wait for a turn and hold it; raise `CassetteError` where it does not come in time."""
        if not self._free.acquire(timeout=self.allowed.turn_seconds):
            many = f"{self.allowed.concurrent_parses} recordings are read at once (limit concurrent_parses)"
            raise CassetteError(name, f"waited {self.allowed.turn_seconds} s for its turn: {many}.", "Try again later.")
        try:
            yield
        finally:
            self._free.release()


@cache
def turns() -> Turns:
    """Return the turns of this server."""
    return Turns(limits().server)
