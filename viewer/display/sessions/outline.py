"""The calls of a session as an outline: turns, the calls in them, and beneath a call the subagents that it started."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from viewer.types.sessions import Session


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One row of an outline."""

    kind: Literal["turn", "call", "agent"]
    index: int
    """Index into the session's turns, calls or agents."""
    depth: int
    """0 for turns and the calls of the main agent; one more for each agent on the way."""


def outline(session: Session) -> list[OutlineRow]:
    """Return every turn, call and subagent once, in the order in which one reads them.

    A subagent stands beneath the call that started it, or, if the file does not say which, where its first call stands.
    """
    calls_of: dict[int, list[int]] = {}
    for index, place in enumerate(session.calls):
        calls_of.setdefault(place.agent, []).append(index)
    started_by = _started_by(session, calls_of)
    rows: list[OutlineRow] = []
    last_turn = -1
    for row in _nested(calls_of, started_by):
        is_nested = row.depth > 0 and (row.kind == "call" or session.agents[row.index].started_in is not None)
        turn = session.calls[calls_of[row.index][0] if row.kind == "agent" else row.index].turn
        if not is_nested and turn is not None and turn > last_turn:
            rows += [OutlineRow("turn", one, 0) for one in range(last_turn + 1, turn + 1)]
            last_turn = turn
        rows.append(row)
    rows += [OutlineRow("turn", one, 0) for one in range(last_turn + 1, len(session.turns))]
    return rows


def _started_by(session: Session, calls_of: dict[int, list[int]]) -> dict[int | None, list[int]]:
    """Return the subagents by the call that started each. Without one, None."""
    found: dict[int | None, list[int]] = {}
    for agent in sorted(calls_of, key=lambda one: calls_of[one][0]):
        if agent:
            found.setdefault(session.agents[agent].started_in, []).append(agent)
    return found


def _nested(calls_of: dict[int, list[int]], started_by: dict[int | None, list[int]]) -> Iterator[OutlineRow]:
    """Yield calls and subagents, each subagent after the call that started it, without recursion: a file may nest thousands."""
    without_start = [OutlineRow("agent", agent, 1) for agent in started_by.get(None, ())]
    main = [OutlineRow("call", index, 0) for index in calls_of.get(0, ())]
    first = {row: row.index if row.kind == "call" else calls_of[row.index][0] for row in (*main, *without_start)}
    shown: set[int] = set()

    def from_here(start: list[OutlineRow]) -> Iterator[OutlineRow]:
        open_rows = start[::-1]
        while open_rows:
            row = open_rows.pop()
            if row.kind == "agent":
                if row.index in shown:
                    continue
                shown.add(row.index)
                yield row
                open_rows += [OutlineRow("call", index, row.depth) for index in reversed(calls_of[row.index])]
            else:
                yield row
                started = started_by.get(row.index, ())
                open_rows += [OutlineRow("agent", agent, row.depth + 1) for agent in reversed(started)]

    yield from from_here(sorted(first, key=lambda row: first[row]))
    # A damaged file may say that two agents started each other.
    yield from from_here([OutlineRow("agent", agent, 1) for agent in calls_of if agent and agent not in shown])
