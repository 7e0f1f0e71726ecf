"""Who is told of exchanges while they run, such as a page that shows a recording as it is made."""

from collections.abc import Callable, Sequence
from typing import Protocol

from viewer.recorder.exchange import Exchange


class Watcher(Protocol):
    """Is told of every exchange, in the thread of the server. What takes long must be done elsewhere: it would delay all clients.

    An exchange is the same object from its beginning to its end, and `exchange.number` counts them from 0. It holds what was sent as
    it was sent, secrets included.
    """

    def began(self, exchange: Exchange) -> None:
        """Note that a response began: its request, its status and its headers are known."""

    def grew(self, exchange: Exchange) -> None:
        """Note that one more block arrived: `exchange.blocks[-1]` tells where it ends in `exchange.body`, and when it arrived."""

    def ended(self, exchange: Exchange) -> None:
        """Note that the exchange has ended. `exchange.trouble` tells why, if it did not end normally."""


class Watchers:
    """Several watchers as one. Of those that follow the first, one that fails is told of nothing more: it disturbs nobody."""

    def __init__(self, first: Watcher, others: Sequence[Watcher], log: Callable[[str], None]) -> None:
        self._first = first
        self._others = list(others)
        self._log = log

    def began(self, exchange: Exchange) -> None:
        """Tell every watcher."""
        self._first.began(exchange)
        self._tell(exchange, lambda watcher: watcher.began)

    def grew(self, exchange: Exchange) -> None:
        """Tell every watcher."""
        self._first.grew(exchange)
        self._tell(exchange, lambda watcher: watcher.grew)

    def ended(self, exchange: Exchange) -> None:
        """Tell every watcher."""
        self._first.ended(exchange)
        self._tell(exchange, lambda watcher: watcher.ended)

    def _tell(self, exchange: Exchange, what: Callable[[Watcher], Callable[[Exchange], None]]) -> None:
        for watcher in tuple(self._others):
            try:
                what(watcher)(exchange)
            # Whatever a watcher does, the client must have its response. The message may quote the exchange, and so a secret.
            except Exception as error:  # noqa: BLE001
                self._others.remove(watcher)
                self._log(f"{type(watcher).__name__} failed and is told of nothing more ({type(error).__name__})")
