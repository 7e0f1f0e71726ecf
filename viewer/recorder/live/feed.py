"""What the recorder tells the process that shows its recording: what has come of each exchange since it last told.

The server's thread only notes that an exchange has changed. A thread of this module sends the news. If the other process is busy it
waits, and then sends all that has come meanwhile: nothing queues up, since each exchange keeps its own body.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from viewer.recorder.exchange import Exchange

# What comes within this time is sent together. Each sending takes some 30 µs from the thread that times the blocks.
_BATCH_S = 0.01


@dataclass(frozen=True, slots=True)
class News:
    """What has come of one exchange."""

    number: int
    begun: Exchange | None
    """The exchange without its body if it is told of for the first time, else None."""
    body: bytes
    """The bytes that have come since."""
    blocks: tuple[tuple[int, float], ...]
    """The blocks that have come since, as in `Exchange.blocks`."""
    ended: str | None
    """None while it runs, then its trouble."""


class _Sent(NamedTuple):
    body_bytes: int
    blocks: int


class LiveFeed:
    """Watches a recorder, and sends the news of its exchanges in a thread of its own."""

    def __init__(self, send: Callable[[list[News]], None], batch_s: float = _BATCH_S) -> None:
        """Take how to send. It may block; an `OSError` means that nobody listens any more."""
        self._send = send
        self._batch_s = batch_s
        self._lock = threading.Lock()
        self._has_news = threading.Event()
        self._changed: dict[int, Exchange] = {}
        self._ended: set[int] = set()
        self._sent: dict[int, _Sent] = {}
        self._closing = False
        self._has_listener = True
        self._thread = threading.Thread(target=self._run, name="live-feed", daemon=True)
        self._thread.start()

    def began(self, exchange: Exchange) -> None:
        """Note that an exchange began."""
        self._note(exchange)

    def grew(self, exchange: Exchange) -> None:
        """Note that a block of an exchange has come."""
        self._note(exchange)

    def ended(self, exchange: Exchange) -> None:
        """Note that an exchange has ended."""
        self._note(exchange, has_ended=True)

    def _note(self, exchange: Exchange, *, has_ended: bool = False) -> None:
        if not self._has_listener:
            # It must not be kept for anyone.
            return
        with self._lock:
            self._changed[exchange.number] = exchange
            if has_ended:
                self._ended.add(exchange.number)
        self._has_news.set()

    def close(self, timeout_s: float) -> None:
        """Send what is left, for as long at most, and send nothing more."""
        self._closing = True
        self._has_news.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        is_last = False
        while not is_last:
            self._has_news.wait()
            time.sleep(0 if self._closing else self._batch_s)
            self._has_news.clear()
            # What is noted before the end is sent, even if it comes while this sends.
            is_last = self._closing
            try:
                self._send_news()
            except OSError:
                break
        self._has_listener = False
        with self._lock:
            self._changed.clear()

    def _send_news(self) -> None:
        with self._lock:
            changed, ended = self._changed, self._ended
            self._changed, self._ended = {}, set()
        news = [self._news_of(exchange, has_ended=number in ended) for number, exchange in changed.items()]
        if news:
            self._send(news)

    def _news_of(self, exchange: Exchange, *, has_ended: bool) -> News:
        before = self._sent.get(exchange.number)
        begin, first = before or _Sent(0, 0)
        blocks = tuple(exchange.blocks[first:])
        # More of the body may have come than of the blocks, which are added after it.
        end = blocks[-1][0] if blocks else begin
        if has_ended:
            self._sent.pop(exchange.number, None)
        else:
            self._sent[exchange.number] = _Sent(end, first + len(blocks))
        return News(
            exchange.number,
            replace(exchange, body=bytearray(), blocks=[]) if before is None else None,
            bytes(exchange.body[begin:end]),
            blocks,
            exchange.trouble if has_ended else None,
        )
