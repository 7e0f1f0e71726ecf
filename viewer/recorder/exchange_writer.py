"""Write exchanges while others go on, so that neither a client waits for a file nor a stream is timed late.

Python runs one thread at a time. Redacting a large body in a thread of this process would therefore delay the times of other
streams, so a process of its own does it.
"""

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import anyio.abc
import anyio.to_thread

from viewer.recorder.exchange import Exchange
from viewer.recorder.exchange_file import write_exchange

# To redact this much in a thread delays other streams by some ten milliseconds at most. 24 MB would delay them by seconds.
MAX_BYTES_IN_THREAD = 256 << 10


class ExchangeWriter:
    """Writes exchanges to files of one folder. As a context manager, it waits at its end for all that have begun."""

    def __init__(self, folder: Path, log: Callable[[str], None], *, redact: bool) -> None:
        self._write = partial(write_exchange, folder=folder, redact=redact)
        self._log = log
        self._tasks: anyio.abc.TaskGroup | None = None
        # It starts no process before there is work for it.
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=_ignore_interrupts)

    async def __aenter__(self) -> Self:
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tasks is not None:
            await self._tasks.__aexit__(kind, error, trace)
        self._pool.shutdown()

    def begin(self, exchange: Exchange) -> anyio.Event:
        """Return an event for the caller to set when the exchange has ended. It is written then, in the background.

        The caller must set it in any case: the server does not end before.
        """
        if self._tasks is None:
            raise RuntimeError("the writer is not open")
        ended = anyio.Event()
        self._tasks.start_soon(self._write_when_ended, exchange, ended)
        return ended

    async def _write_when_ended(self, exchange: Exchange, ended: anyio.Event) -> None:
        await ended.wait()
        self._log(await anyio.to_thread.run_sync(self._describe, exchange))

    def _describe(self, exchange: Exchange) -> str:
        try:
            is_large = len(exchange.body) + len(exchange.request_body) > MAX_BYTES_IN_THREAD
            return self._write_in_process(exchange) if is_large else self._write(exchange)
        except Exception as error:  # noqa: BLE001 - one recording that fails must not end the others
            return f"{exchange.method}: {exchange.status}; not recorded ({type(error).__name__})"

    def _write_in_process(self, exchange: Exchange) -> str:
        try:
            return self._pool.submit(self._write, exchange).result()
        except RuntimeError:
            # The process died, or can no longer be started because this one is ending.
            return self._write(exchange)


def _ignore_interrupts() -> None:
    """Ignore Ctrl-C, which ends the server: the recordings that it holds are still to be written."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
