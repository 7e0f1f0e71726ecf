"""The exchanges of the recording that is being made, as far as they have come, in the process that shows them."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable

from viewer.recorder.exchange import Exchange
from viewer.recorder.live.feed import News
from viewer.recorder.live.reading import Reading, read_exchange

Clock = Callable[[], float]

MIN_INTERVAL_S = 0.03
"""What comes within this time is shown together."""
MAX_CORE_SHARE = 0.05
"""How much of one core reading a stream may take. The longer it is, the less often it is read."""
MAX_INTERVAL_S = 0.5
"""How late a stream may be shown, however long it is."""
MAX_EXCHANGES = 500
MAX_BYTES = 256 << 20
"""Beyond either, the oldest exchanges that have ended are no longer shown. Their files are not touched."""


class LiveExchange:
    """One exchange, and what was last read of it.

    However many pages show it, it is read when something has come, and then not again for so long that reading takes no more
    than a share of one core: a stream is read from its beginning each time.
    """

    def __init__(self, exchange: Exchange, clock: Clock = time.perf_counter) -> None:
        self.exchange = exchange
        self.is_running = True
        self._clock = clock
        self._read_bytes = -1
        self._was_running = True
        self._reading: Reading | None = None
        # What the last readings took. The least of them counts: one may have loaded a table, or been interrupted.
        self._costs_s = deque([0.0, 0.0], maxlen=3)
        self._next_s = 0.0

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

    @property
    def wait_s(self) -> float:
        """How long it is not to be read again."""
        return max(0.0, self._next_s - self._clock())

    def reading(self) -> Reading:
        """Return what has come so far, or what had come when it was last read if that was just now."""
        if self._reading is None or not (self.is_read or (self.is_running and self.wait_s)):
            began_s, began_cpu_s = self._clock(), time.thread_time()
            self._read_bytes, self._was_running = len(self.exchange.body), self.is_running
            self._reading = read_exchange(self.exchange, self._reading, is_running=self.is_running)
            self._costs_s.append(time.thread_time() - began_cpu_s)
            interval_s = max(MIN_INTERVAL_S, min(self._costs_s) / MAX_CORE_SHARE)
            self._next_s = began_s + min(interval_s, MAX_INTERVAL_S)
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
