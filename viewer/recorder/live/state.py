"""What the page shows at one moment, as JSON data: the list of exchanges, and the tape and head of the one that is chosen."""

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from viewer.protocols.provider import host_of
from viewer.recorder.live.session import LiveExchange, LiveSession
from viewer.streams.answer import FIRST_ERROR_STATUS
from viewer.text.safe import well_formed
from viewer.types.http import Response


class View(NamedTuple):
    """What a page has chosen and shows, and how far it knows the exchanges."""

    chosen: int | None = None
    """None follows what comes."""
    shown: int | None = None
    newest: int = -1

    def after(self, session: LiveSession) -> "View":
        """Return the view of the session as it is now.

        It shows the chosen exchange. If none is chosen it shows the newest that runs, else one that came since, else what it has
        shown before.
        """
        newest = max(session.exchanges, default=-1)
        shown = self.chosen
        if shown not in session.exchanges:
            shown = session.newest_running()
        if shown is None:
            shown = self.shown if self.shown in session.exchanges and newest <= self.newest else newest
        return View(self.chosen, None if shown == -1 else shown, max(newest, self.newest))


def read_unread(session: LiveSession) -> bool:
    """Read one exchange that the list needs to know about: a new one, or one that has ended. Return whether others are left."""
    unread = [live for live in session.exchanges.values() if _needs_reading(live)]
    if unread:
        unread[0].reading()
    return len(unread) > 1


def state_of(session: LiveSession, number: int | None) -> dict[str, Any]:
    """Return what the page shows if this exchange is chosen."""
    live = None if number is None else session.exchanges[number]
    reading = live.reading() if live else None
    return {
        "isOver": session.is_over,
        "exchanges": {str(one): _row(session.exchanges[one]) for one in session.exchanges},
        "shown": number,
        "isRunning": live is not None and live.is_running,
        "tape": reading.tape if reading else None,
        "head": reading.head if reading else [],
        "below": reading.below if reading else [],
    }


def _needs_reading(live: LiveExchange) -> bool:
    return live.last_reading is None or not (live.is_running or live.is_read)


def _row(live: LiveExchange) -> dict[str, Any]:
    exchange, reading = live.exchange, live.last_reading
    is_refused = exchange.status >= FIRST_ERROR_STATUS
    last_s = exchange.blocks[-1][1] if exchange.blocks else exchange.headers_s
    return {
        "method": well_formed(exchange.method),
        "path": well_formed(_path(exchange.url)),
        "host": well_formed(host_of(exchange.url)),
        "status": Response(exchange.status).status_line,
        "model": well_formed(reading.model) if reading else "",
        "counts": reading.counts if reading else "",
        "bytes": len(exchange.body),
        "started": exchange.started_epoch_s,
        "isRunning": live.is_running,
        # Of one that runs, the page shows how long ago it started.
        "seconds": None if live.is_running else last_s,
        "trouble": "" if live.is_running else exchange.trouble,
        "hasFailed": is_refused or bool(reading and reading.has_failed),
    }


def _path(url: str) -> str:
    return urlsplit(url).path or "/"
