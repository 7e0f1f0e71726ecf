"""What has been read and made is kept for all sessions, in bounded memory."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from viewer.pages.server.limits import limits

Value = TypeVar("Value")
_IDLE_S = 1800.0
_LOCKS = 64


@dataclass(slots=True)
class _Entry:
    value: Any
    size_bytes: int
    asked_s: float


class Kept:
    """Keep values by their keys, those that were asked for last, as far as all of them together are not too large.

    Who asks for what another is about to make waits for it. What has not been asked for in a while goes when anything is.
    """

    def __init__(self, most_bytes: int, idle_s: float = _IDLE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_bytes = most_bytes
        self._idle_s = idle_s
        self._clock = clock
        self._lock = Lock()
        # In the order in which they were asked for last.
        self._entries: dict[Hashable, _Entry] = {}
        # Few, so that keys that are gone leave none behind; two that share one wait for each other at worst.
        self._making = [Lock() for _ in range(_LOCKS)]

    def get(self, key: Hashable, make: Callable[[], Value], size_bytes: Callable[[Value], int]) -> Value:
        """Return the value of a key; one that is not there is made. What `make` raises is raised, and nothing is kept."""
        with self._making[hash(key) % _LOCKS]:
            with self._lock:
                entry = self._asked(key)
            if entry is None:
                value = make()
                entry = _Entry(value, size_bytes(value), self._clock())
                with self._lock:
                    self._entries[key] = entry
                    self._drop()
        found: Value = entry.value
        return found

    def size_bytes(self) -> int:
        """Return how large all of it is together."""
        with self._lock:
            return sum(entry.size_bytes for entry in self._entries.values())

    def _asked(self, key: Hashable) -> _Entry | None:
        now_s = self._clock()
        for old in [one for one, entry in self._entries.items() if now_s - entry.asked_s > self._idle_s]:
            del self._entries[old]
        entry = self._entries.pop(key, None)
        if entry is not None:
            entry.asked_s = now_s
            self._entries[key] = entry
        return entry

    def _drop(self) -> None:
        """Drop what was asked for longest ago, but not the last."""
        size_bytes = sum(entry.size_bytes for entry in self._entries.values())
        for key in list(self._entries)[:-1]:
            if size_bytes <= self._most_bytes:
                return
            size_bytes -= self._entries.pop(key).size_bytes


@cache
def kept() -> Kept:
    """Return what this server keeps."""
    return Kept(limits().server.kept_bytes)
