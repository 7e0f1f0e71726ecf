"""A cache in bounded memory for what has been read and computed, shared by all sessions."""

import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from viewer.pages.server.limits import limits

Value = TypeVar("Value")
_IDLE_S = 1800.0


@dataclass(slots=True)
class _Entry:
    value: Any
    size_bytes: int
    used_s: float


@dataclass(slots=True)
class _Turn:
    """The turn to compute the value of one key, kept while someone computes it or waits for that."""

    lock: Lock = field(default_factory=Lock)
    callers: int = 0


class BoundedCache:
    """A least-recently-used cache bounded by the total size of its values, which also drops idle entries.

    Concurrent callers for the same key wait for one computation, which may ask for other keys.
    """

    def __init__(self, max_bytes: int, idle_s: float = _IDLE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._max_bytes = max_bytes
        self._idle_s = idle_s
        self._clock = clock
        self._lock = Lock()
        # Least recently used first.
        self._entries: dict[Hashable, _Entry] = {}
        self._turns: dict[Hashable, _Turn] = {}

    def get(self, key: Hashable, compute: Callable[[], Value], size_bytes: Callable[[Value], int]) -> Value:
        """Return the value of a key, computing it if it is missing. If `compute` raises, nothing is stored."""
        with self._turn(key):
            with self._lock:
                entry = self._use(key)
            if entry is None:
                computed = compute()
                entry = _Entry(computed, size_bytes(computed), self._clock())
                with self._lock:
                    self._entries[key] = entry
                    self._evict()
        value: Value = entry.value
        return value

    def find(self, key: Hashable) -> Any:
        """Return the value of a key, or None if it is missing."""
        with self._lock:
            entry = self._use(key)
        return entry.value if entry else None

    def size_bytes(self) -> int:
        """Return the total size of all values."""
        with self._lock:
            return sum(entry.size_bytes for entry in self._entries.values())

    @contextmanager
    def _turn(self, key: Hashable) -> Iterator[None]:
        # One lock for each key: of keys that share one, a computation that asks for the other would wait for itself.
        with self._lock:
            turn = self._turns.setdefault(key, _Turn())
            turn.callers += 1
        try:
            with turn.lock:
                yield
        finally:
            with self._lock:
                turn.callers -= 1
                if not turn.callers:
                    del self._turns[key]

    def _use(self, key: Hashable) -> _Entry | None:
        """Drop idle entries, then return the entry of a key as the most recently used."""
        now_s = self._clock()
        for idle in [one for one, entry in self._entries.items() if now_s - entry.used_s > self._idle_s]:
            del self._entries[idle]
        entry = self._entries.pop(key, None)
        if entry is not None:
            entry.used_s = now_s
            self._entries[key] = entry
        return entry

    def _evict(self) -> None:
        """Drop the least recently used entries until the rest fit. The newest stays, whatever its size."""
        size_bytes = sum(entry.size_bytes for entry in self._entries.values())
        for key in list(self._entries)[:-1]:
            if size_bytes <= self._max_bytes:
                return
            size_bytes -= self._entries.pop(key).size_bytes


@cache
def server_cache() -> BoundedCache:
    """Return the cache of this server."""
    return BoundedCache(limits().server.kept_bytes)
