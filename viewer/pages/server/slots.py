"""Slots for work that takes memory and CPU: a few sessions work at once, and the others wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import BoundedSemaphore

from viewer.pages.server.limits import ServerLimits, limits
from viewer.types.problems import CassetteError


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """As many slots as the limit `concurrent_parses` allows."""

    allowed: ServerLimits
    _free: BoundedSemaphore = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_free", BoundedSemaphore(self.allowed.concurrent_parses))

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        """Wait for a slot and hold it. Raise `CassetteError` with `name` as its file if none is free in time."""
        if not self._free.acquire(timeout=self.allowed.turn_seconds):
            reason = (
                f"waited {self.allowed.turn_seconds} s while other recordings were read"
                f" {self.allowed.exceeded('concurrent_parses')}."
            )
            raise CassetteError(name, reason, "Try again later.")
        try:
            yield
        finally:
            self._free.release()


@cache
def slots() -> Slots:
    """Return the slots of this server."""
    return Slots(limits().server)
