"""The rail of a session: its turns, the calls in them, and the subagents that each call started."""

from typing import Any

from viewer.display.sessions.view import SessionRow, SessionView
from viewer.display.sessions.words import cost_of_row
from viewer.pages.recording.call_rows import rail_row
from viewer.streams.cassette import Cassette
from viewer.text.safe import well_formed
from viewer.text.words import counted, headline, number


def session_rail_rows(cassette: Cassette, view: SessionView) -> list[dict[str, Any]]:
    """Return a row for each turn, call and subagent, in the order in which one reads them."""
    return [
        {"type": "call", "depth": row.depth, "compacted": row.is_compacted, **rail_row(cassette, row.index, row.call)}
        if row.kind == "call"
        else _group(row, view.session.program)
        for row in view.rows
    ]


def _group(row: SessionRow, program: str) -> dict[str, Any]:
    length = headline(row.times.whole) if row.times.whole.grade else ""
    return {
        "type": row.kind,
        "depth": row.depth,
        "index": row.index,
        "number": str(row.index + 1) if row.kind == "turn" else "",
        "status": "tool" if row.failed else "ok",
        "note": f"{number(row.failed)} failed" if row.failed else "",
        "words": well_formed(row.title),
        "detail": well_formed(row.detail),
        "figures": " · ".join(filter(None, (counted(row.sums.calls, "call"), cost_of_row(row, program).text, length))),
    }
