"""The rows of a session, computed once: rail, waterfall and search show the same ones."""

from viewer.display.sessions.view import SessionView, session_view, shown_session
from viewer.pages.recording.call_rows import cached_calls
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette

_BYTES_PER_ROW = 1000


def cached_session(cassette: Cassette, identity: str) -> SessionView | None:
    """Return the session of a cassette as rows; None if it is not one."""

    def compute() -> SessionView | None:
        session = shown_session(cassette)
        return session_view(cassette, session, cached_calls(cassette, identity)) if session else None

    return server_cache().get(
        ("session", identity), compute, lambda view: _BYTES_PER_ROW * len(view.rows) if view else 1
    )
