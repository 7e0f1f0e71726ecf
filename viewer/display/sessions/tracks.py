"""The tracks of a session in a Chrome trace: for each agent its turns, and in them its calls of models and its runs of tools.

All times are by one clock: that of the program that ran the session, or of the trace. A thread can only hold slices that nest, so tools
that ran at the same time take further threads of the agent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from viewer.display.otlp.agents import SessionSpans
from viewer.display.otlp.calls import ModelCall, model_calls
from viewer.display.otlp.names import EXECUTE_TOOL, INVOKE_AGENT
from viewer.display.otlp.times import Interval
from viewer.streams.cassette import Cassette
from viewer.text.safe import shortened, visible_line
from viewer.text.words import explain_grade, number
from viewer.types.sessions import Session

Event = dict[str, Any]
_THREADS_OF_AGENT = 1000
"""How far apart the thread numbers of two agents are. No agent runs as many tools at the same time."""
_MAX_NAME = 60
_LENGTHS = {
    "whole": "its end is recorded",
    "at least": "it ended then or later",
    "no": "its end is not recorded",
}


@dataclass(frozen=True, slots=True)
class SessionTracks:
    """The events of a session's own process, and when they began."""

    zero_s: float
    """The first recorded moment, in epoch seconds. It is 0 on the time axis."""
    events: list[Event]
    calls: dict[int, Interval]
    """When each call of a model was, by its index into `cassette.interactions`."""


@dataclass(frozen=True, slots=True)
class _Slice:
    """A stretch of time on the track of an agent."""

    agent: int
    name: str
    category: str
    interval: Interval
    args: Event


def session_tracks(cassette: Cassette, pid: int) -> SessionTracks | None:
    """Return the tracks of a session as the process `pid`. Return None if the cassette holds no session, or no times of it."""
    session = cassette.session
    if session is None:
        return None
    calls = model_calls(cassette)
    slices = [*_slices(session, calls)]
    if not slices:
        return None
    zero_s = min(one.interval.start_s for one in slices)
    events = [_metadata(pid, "process_name", 0, name=visible_line(f"session {session.program}"))]
    # The session stands above the calls.
    events.append(_metadata(pid, "process_sort_index", 0, sort_index=-1))
    for agent in sorted({one.agent for one in slices}):
        own = [one for one in slices if one.agent == agent]
        events += _agent_events(own, pid, agent * _THREADS_OF_AGENT + 1, _agent_name(session, agent), zero_s)
    return SessionTracks(zero_s, events, {one.index: one.interval for one in calls if one.interval})


def _slices(session: Session, calls: Sequence[ModelCall]) -> Iterator[_Slice]:
    for span in SessionSpans(session, calls, "", content=False).spans():
        turn = span.attributes.get("cassette.turn")
        is_agent = span.attributes["gen_ai.operation.name"] == INVOKE_AGENT
        name = f"turn {turn}" if is_agent and turn is not None else span.name.removeprefix(f"{EXECUTE_TOOL} ")
        args = {"error": "the tool returned an error"} if span.error is not None else {}
        if ran_s := span.attributes.get("cassette.tool.ran_s"):
            args["ran"] = f"{number(ran_s)} s"
        yield _Slice(span.agent, name, "agent" if is_agent else "tool", span.interval, args)
    for one in calls:
        if one.interval is None or one.index >= len(session.calls):
            continue
        call = one.call
        about: Event = {
            "call": call.interaction,
            "asked": call.label,
            "came": call.deed.words,
            "input tokens": call.input_tokens,
            "output tokens": call.output_tokens,
            "finish reason": call.finish_reason,
            "error": call.error,
        }
        args = {name: value for name, value in about.items() if value not in ("", None)}
        yield _Slice(session.calls[one.index].agent, one.name, "model", one.interval, args)


def _agent_name(session: Session, index: int) -> str:
    agent = session.agents[index] if index < len(session.agents) else None
    name = (agent.name or agent.id) if agent else ""
    return name or ("main agent" if index == 0 else f"agent {index}")


def _agent_events(slices: Sequence[_Slice], pid: int, tid: int, name: str, zero_s: float) -> Iterator[Event]:
    """Yield slices on as many threads as it takes for all to nest, and the names of the threads."""
    open_ends: list[list[int]] = []
    # Of two that begin together, the longer one holds the other, and a turn holds a call.
    order = sorted(slices, key=lambda one: (one.interval.start_s, -one.interval.end_s, one.category != "agent"))
    for one in order:
        begin_us, end_us = (round((at_s - zero_s) * 1e6) for at_s in (one.interval.start_s, one.interval.end_s))
        thread = next((place for place, ends in enumerate(open_ends) if _fits(ends, begin_us, end_us)), len(open_ends))
        if thread == len(open_ends):
            open_ends.append([])
            label = visible_line(f"{name}, at the same time" if thread else name)
            yield _metadata(pid, "thread_name", tid + thread, name=label)
            yield _metadata(pid, "thread_sort_index", tid + thread, sort_index=tid + thread)
        open_ends[thread].append(end_us)
        yield {
            "ph": "X",
            "name": shortened(visible_line(one.name), _MAX_NAME),
            "cat": one.category,
            "pid": pid,
            "tid": tid + thread,
            "ts": begin_us,
            "dur": end_us - begin_us,
            "args": _readable(one.args) | _about(one.interval),
        }


def _fits(open_ends: list[int], begin_us: int, end_us: int) -> bool:
    """Tell whether a slice nests in those of a thread. Forget those that ended before it."""
    while open_ends and open_ends[-1] <= begin_us:
        open_ends.pop()
    return not open_ends or end_us <= open_ends[-1]


def _about(interval: Interval) -> Event:
    """Return how the times of a slice are known."""
    about = {
        "began": interval.attributes.get("cassette.time.start_source"),
        "ended": interval.attributes.get("cassette.time.length_source"),
        "length": _LENGTHS[interval.known],
        "times": explain_grade(interval.attributes["cassette.time.grade"]),
    }
    return {name: value for name, value in about.items() if value}


def _readable(args: Event) -> Event:
    return {name: visible_line(value) if isinstance(value, str) else value for name, value in args.items()}


def _metadata(pid: int, kind: str, tid: int, **args: str | int) -> Event:
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "ts": 0, "args": args}
