"""The library rows of many recordings, read in the background in groups that all sessions share.

A session asks again and again for the groups that it shows, and gets those that are ready. What no session has asked for lately is
not read: a session that ends or leaves the page stops asking.
"""

import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import active_children
from threading import Lock, Thread
from typing import NamedTuple

import streamlit as st

from viewer.library.library import Batch, Library, ReadFile, batch_of, join_batches, read_task
from viewer.library.workers import SharedPool, Task
from viewer.pages.server.cache import server_cache
from viewer.pages.server.limits import limits
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.slots import slots
from viewer.types.problems import CassetteError

# Opening one more recording reads one group again, so a group is small; each costs a cache entry and a slot.
_GROUP_SIZE = 16
# Rows appear group by group, so large recordings are not read together with others.
_GROUP_BYTES = 4 << 20
_SESSION_KEY = "library_rows"
# Pages ask twice a second, and a slow run may take a few seconds.
_FORGOTTEN_AFTER_S = 10.0
# Fewer groups are read before a process has started.
_GROUPS_WORTH_PROCESSES = 4


class Group(NamedTuple):
    """Some recordings that are read one after another."""

    key: Hashable
    recordings: tuple[ListedRecording, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ReadRows:
    """The rows that are ready."""

    library: Library
    done: int
    """How many recordings are read."""
    total: int

    @property
    def is_complete(self) -> bool:
        """Tell whether all recordings are read."""
        return self.done == self.total


def rows_so_far(listed: Sequence[ListedRecording]) -> ReadRows:
    """Return the rows of recordings that are ready, and have the others read in the background until the next call."""
    groups = groups_of(listed)
    earlier: dict[Hashable, Batch] = st.session_state.get(_SESSION_KEY, {})
    ready = {group.key: earlier[group.key] for group in groups if group.key in earlier}
    ready |= row_reader().ask([group for group in groups if group.key not in ready])
    st.session_state[_SESSION_KEY] = ready
    # In the order of the groups, in whichever order they were read.
    done = [(group, ready[group.key]) for group in groups if group.key in ready]
    library = join_batches(batch for _, batch in done)
    return ReadRows(library, sum(len(group.recordings) for group, _ in done), len(listed))


def groups_of(listed: Sequence[ListedRecording]) -> list[Group]:
    """Return recordings in groups. The recordings opened last are in the last group, so that only that one changes."""
    # Opened recordings are listed last first.
    ordered = [one for one in listed if one.origin != "opened"]
    ordered += [one for one in reversed(listed) if one.origin == "opened"]
    parts: list[list[ListedRecording]] = []
    size_bytes = 0
    for one in ordered:
        size_bytes += one.member.size_bytes
        if not parts or len(parts[-1]) == _GROUP_SIZE or size_bytes > _GROUP_BYTES:
            parts.append([])
            size_bytes = one.member.size_bytes
        parts[-1].append(one)
    return [Group(("rows", *((one.key, one.member.size_bytes) for one in part)), tuple(part)) for part in parts]


class RowReader:
    """Reads the groups that sessions ask for, in threads and, if there are many, in processes."""

    def __init__(self, processes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._processes = processes
        # Not of this module, with which a process would import Streamlit.
        self._function = partial(read_task, limits=limits().reading)
        self._clock = clock
        self._lock = Lock()
        # In the order in which they were first asked for, with the time of the last request.
        self._wanted: dict[Hashable, tuple[Group, float]] = {}
        self._reading: set[Hashable] = set()
        self._threads = 0
        self._is_stopped = False
        self._pool: SharedPool | None = None

    def ask(self, groups: Sequence[Group]) -> dict[Hashable, Batch]:
        """Return the batches that are ready. Read the others, unless nobody asks for them again."""
        found = {group.key: server_cache().find(group.key) for group in groups}
        ready: dict[Hashable, Batch] = {key: batch for key, batch in found.items() if batch is not None}
        with self._lock:
            now_s = self._clock()
            self._wanted.update({group.key: (group, now_s) for group in groups if group.key not in ready})
            # Without processes, a second thread would only take turns with the first.
            useful = self._processes if self._pool and self._pool.is_ready else 1
            missing = max(0, min(useful, len(self._wanted)) - self._threads)
            self._threads += missing
        for _ in range(missing):
            Thread(target=self._work, name="library rows", daemon=True).start()
        return ready

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is being read."""
        with self._lock:
            return self._threads == 0

    def stop(self) -> None:
        """Read nothing more, and end the processes, because the server ends."""
        with self._lock:
            self._is_stopped = True
            pool, self._pool = self._pool, None
        if pool:
            pool.close()
            # Only now, or the pool would take their end for a fault. A recording may take minutes.
            for process in active_children():
                process.terminate()

    def _work(self) -> None:
        try:
            while (group := self._take()) is not None:
                try:
                    self._read(group)
                finally:
                    with self._lock:
                        self._reading.discard(group.key)
        finally:
            with self._lock:
                self._threads -= 1
                pool, self._pool = (None, self._pool) if self._threads else (self._pool, None)
            if pool:
                pool.close()

    def _take(self) -> Group | None:
        """Return the next group to read, or None if there is none."""
        with self._lock:
            if self._is_stopped:
                return None
            oldest_s = self._clock() - _FORGOTTEN_AFTER_S
            self._wanted = {key: wanted for key, wanted in self._wanted.items() if wanted[1] >= oldest_s}
            group = next((group for key, (group, _) in self._wanted.items() if key not in self._reading), None)
            if group is not None:
                self._reading.add(group.key)
            return group

    def _read(self, group: Group) -> None:
        task = Task(tuple(replace(one.member, name=one.key) for one in group.recordings))
        try:
            with slots().hold("The library"):
                pool = self._pool
                files: list[ReadFile] = pool.run(task) if pool and pool.is_ready else self._function(task)
        except CassetteError:
            # No slot was free in time, or the server ends. Whoever still wants the group keeps asking.
            return
        batch = batch_of(files, len(files), len(files))
        server_cache().get(group.key, lambda: batch, _size_bytes)
        with self._lock:
            self._wanted.pop(group.key, None)
            # The first rows are read in this process, undisturbed by others that start.
            wants_processes = self._processes > 1 and not self._is_stopped
            if self._pool is None and wants_processes and len(self._wanted) > _GROUPS_WORTH_PROCESSES:
                self._pool = SharedPool(self._function, self._processes)


@cache
def row_reader() -> RowReader:
    """Return the reader of this server."""
    return RowReader(limits().server.concurrent_parses)


def _size_bytes(batch: Batch) -> int:
    return sum(int(table.memory_usage(deep=True).sum()) for table in (batch.streams, batch.texts, batch.unreadable))
