"""Where a call stands in a session, as a value for JSON. docs/json.md describes each field."""

from bisect import bisect_left, bisect_right
from typing import Any

from viewer.types.http import Moment
from viewer.types.sessions import Session, ToolRun


def place_json(session: Session | None, interaction: int) -> dict[str, Any] | None:
    """Return where an interaction stands in the session of its file; None without a session."""
    if session is None or interaction >= len(session.calls):
        return None
    place = session.calls[interaction]
    agent = session.agents[place.agent]
    return {
        "program": session.program or None,
        "id": session.id or None,
        "turn": place.turn,
        "agent": place.agent,
        "agent_name": agent.name or None,
        "started_in": agent.started_in,
        "given_at_s": _epoch_s(place.given),
        "first_at_s": _epoch_s(place.first),
        "ended_at_s": _epoch_s(place.ended),
        "tool_runs": [_run(run) for run in _runs_of(session, interaction)],
    }


def _runs_of(session: Session, interaction: int) -> tuple[ToolRun, ...]:
    """Return the runs of tools that an interaction called. They are in the order of the calls."""
    runs = session.tool_runs
    first = bisect_left(runs, interaction, key=lambda run: run.interaction)
    return runs[first : bisect_right(runs, interaction, lo=first, key=lambda run: run.interaction)]


def _run(run: ToolRun) -> dict[str, Any]:
    return {
        "id": run.call_id or None,
        "called_at_s": _epoch_s(run.called),
        "returned_at_s": _epoch_s(run.returned),
        "ran_s": run.ran_s,
        "is_error": run.is_error,
    }


def _epoch_s(moment: Moment | None) -> float | None:
    return moment.epoch_s if moment else None
