"""The exchanges of the recording that is being made, as far as they have come, in the process that shows them."""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from viewer.recorder.exchange import Exchange
from viewer.recorder.live_feed import News
from viewer.recorder.live_reading import Reading, read_exchange

MAX_EXCHANGES = 500
MAX_BYTES = 256 << 20
"""Beyond either, the oldest exchanges that have ended are no longer shown. Their files are not touched."""


@dataclass(slots=True)
class LiveExchange:
    """One exchange, and what was last read of it."""

    exchange: Exchange
    is_running: bool = True
    _read_bytes: int = -1
    _was_running: bool = True
    _reading: Reading | None = field(default=None, repr=False)

    @property
    def last_reading(self) -> Reading | None:
        """What was read of it last, which may be less than has come; None if nothing was."""
        return self._reading

    @property
    def is_read(self) -> bool:
        """Whether everything that has come was read."""
        return (self._read_bytes, self._was_running) == (len(self.exchange.body), self.is_running)

    @property
    def size_bytes(self) -> int:
        """How much of it is kept."""
        return len(self.exchange.body) + len(self.exchange.request_body)

    def reading(self) -> Reading:
        """Return what has come so far, read at most once however many pages show it."""
        if self._reading is None or not self.is_read:
            self._read_bytes, self._was_running = len(self.exchange.body), self.is_running
            self._reading = read_exchange(self.exchange, self._reading, is_running=self.is_running)
        return self._reading


class LiveSession:
    """All exchanges that are shown, by their numbers, and whether the recorder still runs."""

    def __init__(self, max_exchanges: int = MAX_EXCHANGES, max_bytes: int = MAX_BYTES) -> None:
        self.exchanges: dict[int, LiveExchange] = {}
        self.is_over = False
        self.version = 0
        """Grows with every change."""
        self._max_exchanges = max_exchanges
        self._max_bytes = max_bytes
        self._changed = asyncio.Event()

    def add(self, news: Iterable[News]) -> None:
        """Add what has come."""
        for one in news:
            if one.begun is not None:
                self.exchanges[one.number] = LiveExchange(one.begun)
            live = self.exchanges.get(one.number)
            if live is None:
                continue
            live.exchange.body += one.body
            live.exchange.blocks += one.blocks
            if one.ended is not None:
                live.exchange.trouble = one.ended
                live.is_running = False
        self._forget_oldest()
        self._tell()

    def end(self) -> None:
        """Note that the recorder has ended, and with it every exchange."""
        self.is_over = True
        for live in self.exchanges.values():
            if live.is_running:
                live.exchange.trouble = "the recorder ended first"
                live.is_running = False
        self._tell()

    def newest_running(self) -> int | None:
        """Return the number of the newest exchange that runs; None if none does."""
        return max((number for number, live in self.exchanges.items() if live.is_running), default=None)

    async def wait_for_change(self, version: int, timeout_s: float) -> bool:
        """Wait until the session is no longer at this version, for as long at most. Return whether it is not."""
        if self.version == version:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), timeout_s)
        return self.version != version

    def _tell(self) -> None:
        self.version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def _forget_oldest(self) -> None:
        size_bytes = sum(live.size_bytes for live in self.exchanges.values())
        ended = [number for number in sorted(self.exchanges) if not self.exchanges[number].is_running]
        # The newest stays, however large it is.
        for number in ended[:-1]:
            if len(self.exchanges) <= self._max_exchanges and size_bytes <= self._max_bytes:
                break
            size_bytes -= self.exchanges.pop(number).size_bytes
