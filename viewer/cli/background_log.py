"""A log that never holds up a server: lines are written by a thread of its own.

Who reads standard error may be slow or not read at all, such as a terminal after Ctrl-S or a test that started the server with a pipe. The
events of all streams would wait for it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread

from viewer.cli.output import log
from viewer.text.words import counted

# A hundred lines are some 10 KB.
_MAX_WAITING = 10_000
# Whoever does not read the last lines by then does not want them.
_END_TIMEOUT_S = 2.0


@contextmanager
def background_log(write: Callable[[str], None] = log) -> Iterator[Callable[[str], None]]:
    """Yield a function that logs a line and returns at once. At the end of the block, wait a moment until all is written."""
    lines = _Lines()
    thread = Thread(target=_write_all, args=(lines, write), name="log", daemon=True)
    thread.start()
    try:
        yield lines.add
    finally:
        lines.close()
        thread.join(_END_TIMEOUT_S)


class _Lines:
    """Lines that wait to be written. If there are too many, the oldest are dropped and counted."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._dropped = 0
        self._is_closed = False
        self._changed = Condition()

    def add(self, line: str) -> None:
        """Add a line."""
        with self._changed:
            if len(self._waiting) == _MAX_WAITING:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append(line)
            self._changed.notify()

    def close(self) -> None:
        """Say that no more lines come."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def take(self) -> str | None:
        """Wait for the next line and return it; None if no more come."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            if self._dropped:
                dropped, self._dropped = self._dropped, 0
                return f"{counted(dropped, 'line')} of the log were not written, because nobody read it."
            return self._waiting.popleft() if self._waiting else None


def _write_all(lines: _Lines, write: Callable[[str], None]) -> None:
    while (line := lines.take()) is not None:
        write(line)
