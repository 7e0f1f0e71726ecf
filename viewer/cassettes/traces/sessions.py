"""How the calls in a trace follow each other: its agents, its runs of tools, and a turn for each of several traces."""

from collections.abc import Sequence

from viewer.cassettes.fields import elapsed_s
from viewer.cassettes.traces.spans import Span
from viewer.cassettes.traces.tool_runs import runs_of
from viewer.types.chunk_table import GRADES, Grade
from viewer.types.sessions import Agent, CallPlace, Session, Turn


class _Agents:
    """The agents of a trace. The first one is the main agent."""

    def __init__(self, spans: Sequence[Span], calls: Sequence[Span]) -> None:
        self._by_id = {span.id: span for span in spans if span.id}
        self._known: dict[str, Span | None] = {}
        """By the id of a span, the agent that it is or stands in."""
        tops = [span.name for span in spans if span.kind == "agent" and self._agent_around(span) is None]
        are_all_in_one = len(set(tops)) == 1 and all(self._agent_around(call) for call in calls)
        self.agents = [Agent(name=tops[0])] if are_all_in_one else [Agent()]
        self._tops = {tops[0]: 0} if are_all_in_one else dict[str, int]()
        self._places: dict[str, int] = {}

    def of(self, span: Span) -> int:
        """Return the index of the agent that a span belongs to."""
        agent = self._agent_around(span)
        chain: dict[str, Span] = {}
        while agent is not None and agent.id not in self._places and agent.id not in chain:
            chain[agent.id] = agent
            agent = self._agent_around(agent)
        place = self._places.get(agent.id) if agent else None
        for inner in reversed(chain.values()):
            place = self._add(inner, place)
        return place or 0

    def _add(self, span: Span, parent: int | None) -> int:
        """Add an agent. One that no other agent started is the same in all traces if it has the same name."""
        place = self._tops.get(span.name) if parent is None else None
        if place is None:
            place = len(self.agents)
            self.agents.append(Agent(span.id, span.name, parent))
            if parent is None:
                self._tops[span.name] = place
        self._places[span.id] = place
        return place

    def _agent_around(self, span: Span) -> Span | None:
        """Return the innermost agent that a span stands in. Each span is walked over once, however deep it is."""
        walked: list[str] = []
        place = span.parent
        while place and place not in self._known:
            found = self._by_id.get(place)
            if found is None or found.kind == "agent":
                self._known[place] = found
                break
            # Until the way out is known, which it never is in a circle.
            self._known[place] = None
            walked.append(place)
            place = found.parent
        agent = self._known.get(place)
        self._known.update(dict.fromkeys(walked, agent))
        return agent


def session_of(
    spans: Sequence[Span], calls: Sequence[Span], program: str, session_id: str, *, turns_by_trace: bool
) -> Session:
    """Return the session of the calls, which are in the order of the interactions."""
    agents = _Agents(spans, calls)
    of_traces = list(dict.fromkeys(call.trace for call in calls)) if turns_by_trace else []
    turn_of = {trace: place for place, trace in enumerate(of_traces)} if len(of_traces) > 1 else {}
    places = tuple(
        CallPlace(agents.of(call), turn_of.get(call.trace), given=call.started, ended=call.ended) for call in calls
    )
    return Session(
        program,
        session_id or (of_traces[0] if len(of_traces) == 1 else ""),
        tuple(agents.agents),
        tuple(_turns(spans, turn_of)),
        places,
        tuple(runs_of(spans, calls)),
        call_grade=_weakest(calls),
        tool_grade=_weakest([span for span in spans if span.kind == "tool"]),
    )


def _weakest(spans: Sequence[Span]) -> Grade:
    """Return the grade that the times of all spans have at least."""
    return max((span.grade for span in spans), key=GRADES.index, default="measured")


def _turns(spans: Sequence[Span], turn_of: dict[str, int]) -> list[Turn]:
    roots: dict[str, Span] = {}
    known = {span.id for span in spans}
    for span in spans:
        if span.trace in turn_of and (not span.parent or span.parent not in known):
            # The root of a trace that is not whole is the longest of those that have no span around them.
            roots[span.trace] = max(roots.get(span.trace, span), span, key=_length_s)
    return [Turn(root.started, root.ended) if (root := roots.get(trace)) else Turn() for trace in turn_of]


def _length_s(span: Span) -> float:
    return elapsed_s(span.started, span.ended) or 0.0
