"""The spans of a session: what agents were asked to do in each turn, with the calls of models and the runs of tools in it.

Each turn is a trace. In it, the invocation of an agent holds its calls and its tools, and the run of a tool that started a subagent
holds the subagent. The calls are placed here. `viewer.display.otlp.span` makes their spans.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from viewer.display.otlp.calls import ModelCall
from viewer.display.otlp.names import EXECUTE_TOOL, INVOKE_AGENT, UNKNOWN
from viewer.display.otlp.span import INTERNAL, Span, SpanPlace, call_span_id
from viewer.display.otlp.times import Interval, Sources, between
from viewer.display.otlp.values import span_id, trace_id
from viewer.text.json import json_in, write
from viewer.types.chunk_table import Grade
from viewer.types.replies import ToolCall
from viewer.types.sessions import Agent, Session, ToolRun

_RUN = Sources(
    "stamped",
    "when the call of the tool was written; it may have waited for permission",
    "until the result of the tool was written",
)
_TIMED_RUN = Sources("measured", "when the tool began", "until the tool ended")
_TURN = Sources("stamped", "when the prompt of the turn was written", "until the turn ended")
_TIMED_TURN = Sources("measured", "when the turn began", "until the turn ended")
_ENVELOPE = "from the first to the last recorded moment of what the agent did"


class _Invocation(NamedTuple):
    """What one agent did in one turn."""

    agent: int
    turn: int | None


class SessionSpans:
    """The spans of a session without those of its calls, of which it only knows the places."""

    def __init__(self, session: Session, calls: Sequence[ModelCall], recording: str, *, content: bool) -> None:
        """Place the spans.

        Args:
            session: the session of the cassette.
            calls: the calls of models in it.
            recording: the fingerprint of the cassette.
            content: whether texts may be shown.
        """
        self._session = session
        self._calls = {one.index: one for one in calls}
        self._recording = recording
        self._content = content
        sources = _TIMED_RUN if session.tool_grade == "measured" else _RUN
        self._tools = [(run, between(run.called, run.returned, sources)) for run in session.tool_runs if run.called]
        self._within: dict[_Invocation, list[Interval]] = {}
        self._providers: dict[_Invocation, str] = {}
        self._results = _results_by_id(calls) if content else {}
        self._add_times()

    def place_of(self, one: ModelCall) -> SpanPlace:
        """Return where the span of a call stands."""
        parent = self._invocation_of(one.index)
        return SpanPlace(self._trace(parent), call_span_id(self._recording, one.index), self._id(parent))

    def spans(self) -> list[Span]:
        """Return the invocations of agents, then the runs of tools."""
        invocations = [self._agent_span(one, known) for one, known in self._within.items()]
        return [*invocations, *(self._tool_span(run, interval) for run, interval in self._tools)]

    def _add_times(self) -> None:
        """Gather the times of everything that an agent did, and of what its subagents did."""
        for one in self._calls.values():
            for invocation in self._with_parents(self._invocation_of(one.index)):
                self._providers.setdefault(invocation, one.provider)
            if one.interval is not None:
                self._add(self._invocation_of(one.index), one.interval)
        for run, interval in self._tools:
            self._add(self._invocation_of(run.interaction), interval)
        for number, turn in enumerate(self._session.turns):
            main = _Invocation(0, number)
            if main in self._within:
                known = [one for one in (turn.asked, turn.ended) if one is not None]
                self._within[main] += [Interval(one.epoch_s, one.epoch_s, "no") for one in known]

    def _add(self, invocation: _Invocation, interval: Interval) -> None:
        for one in self._with_parents(invocation):
            self._within.setdefault(one, []).append(interval)

    def _with_parents(self, invocation: _Invocation) -> list[_Invocation]:
        """Return an invocation and those that hold it, the innermost first."""
        chain: list[_Invocation] = []
        agent: int | None = invocation.agent
        while agent is not None and agent < len(self._session.agents):
            one = _Invocation(agent, invocation.turn)
            if one in chain:
                # A damaged file may name an agent its own parent.
                break
            chain.append(one)
            agent = self._session.agents[agent].parent
        return chain or [invocation]

    def _invocation_of(self, interaction: int) -> _Invocation:
        calls = self._session.calls
        if interaction >= len(calls):
            return _Invocation(0, None)
        return _Invocation(calls[interaction].agent, calls[interaction].turn)

    def _trace(self, invocation: _Invocation) -> str:
        outermost = self._with_parents(invocation)[-1]
        return trace_id(self._recording, "turn", str(outermost.turn), str(outermost.agent))

    def _id(self, invocation: _Invocation) -> str:
        return span_id(self._recording, "agent", str(invocation.agent), str(invocation.turn))

    def _run_id(self, run: ToolRun) -> str:
        return span_id(self._recording, "tool", str(run.interaction), run.call_id)

    def _agent(self, invocation: _Invocation) -> Agent:
        agents = self._session.agents
        return agents[invocation.agent] if invocation.agent < len(agents) else Agent()

    def _parent_id(self, invocation: _Invocation) -> str:
        """Return the run of the tool that started an agent, else the agent that did, else ""."""
        chain = self._with_parents(invocation)
        if len(chain) == 1:
            return ""
        agent = self._agent(invocation)
        for run, _ in self._tools:
            started = run.interaction == agent.started_in and run.call_id == agent.started_by
            if started and self._invocation_of(run.interaction) == chain[1]:
                return self._run_id(run)
        return self._id(chain[1])

    def _agent_span(self, invocation: _Invocation, known: Iterable[Interval]) -> Span:
        agent, session, parts = self._agent(invocation), self._session, [*known]
        name = agent.name or (session.program if invocation.agent == 0 else "")
        place = SpanPlace(self._trace(invocation), self._id(invocation), self._parent_id(invocation))
        attributes = {
            "gen_ai.operation.name": INVOKE_AGENT,
            "gen_ai.provider.name": self._providers.get(invocation, UNKNOWN),
            "gen_ai.agent.name": name or None,
            "gen_ai.agent.id": agent.id or None,
            "gen_ai.conversation.id": session.id or None,
            "cassette.turn": invocation.turn,
        }
        interval = self._whole_turn(invocation) or _envelope(parts, session.call_grade)
        return Span(place, f"{INVOKE_AGENT} {name}".strip(), INTERNAL, interval, attributes, agent=invocation.agent)

    def _whole_turn(self, invocation: _Invocation) -> Interval | None:
        """Return the interval of a turn of the main agent. Return None if its beginning or its end was not written."""
        turns, number = self._session.turns, invocation.turn
        turn = turns[number] if invocation.agent == 0 and number is not None and number < len(turns) else None
        if turn is None or turn.asked is None or turn.ended is None:
            return None
        return between(turn.asked, turn.ended, _TIMED_TURN if self._session.call_grade == "measured" else _TURN)

    def _tool_span(self, run: ToolRun, interval: Interval) -> Span:
        parent = self._invocation_of(run.interaction)
        one = self._calls.get(run.interaction)
        reply = one.decoded.reply if one else None
        call = next((call for call in reply.tool_calls if call.id == run.call_id), None) if reply else None
        name = call.name if call else ""
        attributes = {
            "gen_ai.operation.name": EXECUTE_TOOL,
            "gen_ai.tool.name": name or None,
            "gen_ai.tool.call.id": run.call_id or None,
            "gen_ai.tool.type": "function",
            "gen_ai.conversation.id": self._session.id or None,
            "error.type": "tool_error" if run.is_error else None,
            "cassette.tool.ran_s": run.ran_s,
            **(self._texts(run, call) if self._content else {}),
        }
        place = SpanPlace(self._trace(parent), self._run_id(run), self._id(parent))
        error = "" if run.is_error else None
        return Span(place, f"{EXECUTE_TOOL} {name}".strip(), INTERNAL, interval, attributes, error, parent.agent)

    def _texts(self, run: ToolRun, call: ToolCall | None) -> dict[str, Any]:
        return {
            # As JSON texts, like the messages of a call.
            "gen_ai.tool.call.arguments": write(json_in(call.arguments)) if call and call.arguments else None,
            "gen_ai.tool.call.result": self._results.get(run.call_id),
        }


def _results_by_id(calls: Iterable[ModelCall]) -> dict[str, str]:
    """Return the results of tools by the ids of their calls, from the first request that brings each."""
    results: dict[str, str] = {}
    for one in calls:
        for message in one.conversation.messages:
            for part in message.parts:
                if part.kind == "tool_result" and part.id:
                    results.setdefault(part.id, part.text)
    return results


def _envelope(parts: Sequence[Interval], grade: Grade) -> Interval:
    """Return the least interval that holds all of its parts, whose times are known by the grade."""
    whole = Interval(min(one.start_s for one in parts), max(one.end_s for one in parts), "at least")
    about = {
        "cassette.time.grade": grade,
        "cassette.time.length_known": whole.known,
        "cassette.time.length_source": _ENVELOPE,
    }
    return replace(whole, attributes=about)
