"""Have exchanges written while others go on, so that neither a client waits for a file nor a stream is timed late.

The keeper writes them, a process of its own that knows as much of each as its client does (`viewer.recorder.keeping.keeper`). If it cannot be
started, or dies, they are written in threads of this process, which delays the times of other streams while a large one is redacted.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.abc
import anyio.to_thread

from viewer.recorder.exchange import Exchange
from viewer.recorder.exchange_file import Written, write_exchange
from viewer.recorder.keeping.messages import began_message, ended_message, grew_message
from viewer.recorder.keeping.process import KeeperProcess, start_keeper

_ITSELF = "the recorder writes recordings itself from now on, and what is in progress is lost if it is killed"


class ExchangeWriter:
    """Writes exchanges to files of one folder. As a context manager, it waits at its end for all that have begun."""

    def __init__(
        self, folder: Path, written: Callable[[Written], None], log: Callable[[str], None], *, redact: bool, keep: bool
    ) -> None:
        self._start = partial(start_keeper, folder, redact=redact) if keep else None
        self._write = partial(write_exchange, folder=folder, redact=redact)
        self._written = written
        self._log = log
        self._keeper: KeeperProcess | None = None
        self._open_tasks: anyio.abc.TaskGroup | None = None
        self._in_progress = 0
        self._has_ended: anyio.Event | None = None
        self._unanswered: dict[int, Exchange] = {}
        """What has ended, and of which the keeper has not told yet that it is written."""

    async def __aenter__(self) -> Self:
        self._open_tasks = await anyio.create_task_group().__aenter__()
        if self._start is not None:
            try:
                self._keeper = await self._start()
            except (OSError, NotImplementedError) as error:
                self._log(f"no process that writes recordings can be started ({error}): {_ITSELF}.")
            else:
                self._tasks.start_soon(self._follow, self._keeper)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._in_progress:
            self._has_ended = anyio.Event()
            await self._has_ended.wait()
        if self._keeper is not None:
            keeper, self._keeper = self._keeper, None
            keeper.close()
        await self._tasks.__aexit__(kind, error, trace)

    @property
    def _tasks(self) -> anyio.abc.TaskGroup:
        if self._open_tasks is None:
            raise RuntimeError("the writer is not open")
        return self._open_tasks

    def began(self, exchange: Exchange) -> None:
        """Begin to hold an exchange. Whoever calls this must call `ended` in any case: the server does not end before."""
        self._in_progress += 1
        if self._keeper is not None:
            self._keeper.tell(exchange.number, began_message(exchange))

    def grew(self, exchange: Exchange) -> None:
        """Add the last block of an exchange to what is held of it."""
        if self._keeper is not None:
            self._keeper.tell(exchange.number, grew_message(exchange))

    def ended(self, exchange: Exchange) -> None:
        """Write an exchange, in the background."""
        if self._keeper is not None:
            self._unanswered[exchange.number] = exchange
            self._keeper.tell(exchange.number, ended_message(exchange))
        else:
            self._tasks.start_soon(self._write_here, exchange)
        self._in_progress -= 1
        if self._has_ended is not None:
            self._has_ended.set()

    async def _follow(self, keeper: KeeperProcess) -> None:
        """Note how the keeper has written exchanges. Write those that it leaves."""
        async for answer in keeper.answers():
            del self._unanswered[answer.number]
            self._written(Written(answer.line, is_recorded=answer.is_recorded))
        if self._keeper is keeper or self._unanswered:
            self._keeper = None
            self._log(f"the process that writes recordings has ended: {_ITSELF}.")
        left, self._unanswered = self._unanswered, {}
        for exchange in left.values():
            await self._write_here(exchange)

    async def _write_here(self, exchange: Exchange) -> None:
        self._written(await anyio.to_thread.run_sync(self._write, exchange))
