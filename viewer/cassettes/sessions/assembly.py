"""Put the lines of a session together to interactions, one for each call of a model, and to the structure above them.

The request of a call holds the lines that its agent was given since its last call, unchanged, and the response the lines of the
answer. So every line stands in one place. What the program really sent, with the conversation so far, is not in such a file.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from viewer.cassettes import fields
from viewer.cassettes.sessions.lines import AgentFacts, SessionFacts, SessionLine
from viewer.cassettes.wire_form import JSON_LINES
from viewer.types.http import Headers, Interaction, Moment, Request, Response
from viewer.types.sessions import Agent, CallPlace, Session, ToolRun, Totals, Turn

_LINES: Headers = fields.content_type(JSON_LINES)


class AssembledSession(NamedTuple):
    """The calls of a session and how they follow each other."""

    interactions: list[Interaction]
    session: Session


def assemble(lines: Iterable[SessionLine], facts: SessionFacts) -> AssembledSession:
    """Return an interaction for each call, in the order in which they began, and one for each request without an answer.

    `facts` is read after the last line, so the generator of the lines can fill it.
    """
    assembly = _Assembly()
    for line in lines:
        assembly.add(line)
    assembly.close()
    calls = assembly.calls
    place_of = {key: index for index, key in enumerate(assembly.agents)}
    session = Session(
        program=facts.program,
        id=facts.id,
        agents=_agents(assembly, facts.agents, place_of),
        turns=tuple(Turn(turn.asked, turn.ended, turn.reported) for turn in assembly.turns),
        calls=tuple(_place(one, place_of) for one in calls),
        tool_runs=tuple(sorted([*assembly.past_runs, *assembly.tool_runs.values()], key=lambda run: run.interaction)),
        reported=facts.reported,
        compacted_before=tuple(index for index, one in enumerate(calls) if one.is_compacted),
    )
    return AssembledSession([_interaction(one, facts.protocol) for one in calls], session)


@dataclass(slots=True)
class _Call:
    """One call whose lines are being gathered."""

    agent: str
    turn: int | None
    request: list[bytes]
    given: Moment | None
    is_compacted: bool
    response: list[bytes] = field(default_factory=list)
    first: Moment | None = None
    ended: Moment | None = None
    model: str = ""


@dataclass(slots=True)
class _Waiting:
    """What an agent was given since its last call."""

    lines: list[bytes] = field(default_factory=list)
    given: Moment | None = None
    is_question: bool = False
    """Whether a model is to answer it. Lines about the session alone ask for nothing."""
    is_compacted: bool = False
    has_repeats: bool = False
    """Whether lines are repeated, which must not be read as answers again."""


@dataclass(slots=True)
class _Turn:
    asked: Moment | None = None
    ended: Moment | None = None
    reported: Totals | None = None


@dataclass(slots=True)
class _Assembly:
    """The calls, turns and runs of tools of the lines so far."""

    calls: list[_Call] = field(default_factory=list)
    turns: list[_Turn] = field(default_factory=list)
    tool_runs: dict[str, ToolRun] = field(default_factory=dict)
    past_runs: list[ToolRun] = field(default_factory=list)
    """Runs whose ids were used again."""
    _returned: set[str] = field(default_factory=set)
    """The ids in `tool_runs` that have a result."""
    agents: dict[str, _Waiting] = field(default_factory=lambda: {"": _Waiting()})
    _by_key: dict[tuple[str, str], int] = field(default_factory=dict)
    _last: dict[str, int] = field(default_factory=dict)
    """The last call of each agent."""
    _turn_is_over: bool = True
    """Whether the next answer of the main agent begins a turn."""
    _asked: Moment | None = None

    def add(self, line: SessionLine) -> None:
        """Add one line."""
        if line.role == "repeat":
            self.agents[""].lines.append(line.data)
            self.agents[""].has_repeats = True
            return
        waiting = self.agents.setdefault(line.agent, _Waiting())
        if line.role == "answer":
            self._add_answer(line, waiting)
        elif line.role == "end":
            self._add_end(line, waiting)
        else:
            self._add_given(line, waiting)
        for returned in line.returns:
            run = self.tool_runs.get(returned.call_id)
            if run is not None and returned.call_id not in self._returned:
                self._returned.add(returned.call_id)
                at = returned.at or line.at
                self.tool_runs[returned.call_id] = replace(
                    run, returned=at, ran_s=returned.ran_s, is_error=returned.is_error
                )
                if line.role == "answer":
                    # The next call is given it too, though the line stands with this one.
                    self.agents[line.agent].given = _later(self.agents[line.agent].given, at)

    def close(self) -> None:
        """Make a call without an answer of what an agent was given last. Lines that ask for nothing join its last call."""
        for agent, waiting in self.agents.items():
            if waiting.is_question or (waiting.lines and not self.calls):
                self._begin(agent, waiting)
            elif waiting.lines:
                last = self.calls[self._last.get(agent, len(self.calls) - 1)]
                (last.request if waiting.has_repeats else last.response).extend(waiting.lines)

    def _add_given(self, line: SessionLine, waiting: _Waiting) -> None:
        waiting.lines.append(line.data)
        waiting.is_compacted |= line.compacts
        if line.role == "about":
            return
        waiting.is_question = True
        waiting.given = _later(waiting.given, line.at)
        if line.role == "prompt" and not line.agent:
            self._turn_is_over, self._asked = True, line.at

    def _add_answer(self, line: SessionLine, waiting: _Waiting) -> None:
        index = self._call_of(line, waiting)
        call = self.calls[index]
        call.response.append(line.data)
        call.first = call.first or line.at
        call.ended = _later(call.ended, line.at)
        call.model = call.model or line.model
        if call.turn is not None:
            self.turns[call.turn].ended = _later(self.turns[call.turn].ended, line.at)
        for call_id in line.tool_calls:
            if call_id in self.tool_runs and self.tool_runs[call_id].interaction != index:
                # Some programs count the ids of calls anew in each turn. A run that was stopped has no result.
                self._returned.discard(call_id)
                self.past_runs.append(self.tool_runs.pop(call_id))
            self.tool_runs.setdefault(call_id, ToolRun(index, call_id, line.at))

    def _call_of(self, line: SessionLine, waiting: _Waiting) -> int:
        """Return the call that an answer belongs to. Begin one if it is the first line of it."""
        if line.call and (line.agent, line.call) in self._by_key:
            return self._by_key[line.agent, line.call]
        if not line.call and line.agent in self._last and not waiting.is_question:
            return self._last[line.agent]
        index = self._begin(line.agent, waiting)
        if line.call:
            self._by_key[line.agent, line.call] = index
        return index

    def _begin(self, agent: str, waiting: _Waiting) -> int:
        if self._turn_is_over and not agent:
            self.turns.append(_Turn(self._asked))
            self._turn_is_over, self._asked = False, None
        turn = len(self.turns) - 1 if self.turns else None
        self._last[agent] = len(self.calls)
        self.calls.append(_Call(agent, turn, waiting.lines, waiting.given, waiting.is_compacted))
        self.agents[agent] = _Waiting()
        return self._last[agent]

    def _add_end(self, line: SessionLine, waiting: _Waiting) -> None:
        has_call = line.agent in self._last and not (self._turn_is_over and waiting.is_question)
        index = self._last[line.agent] if has_call else self._begin(line.agent, waiting)
        call = self.calls[index]
        call.response.append(line.data)
        if not line.agent and call.turn is not None:
            turn = self.turns[call.turn]
            turn.ended, turn.reported = _later(turn.ended, line.at), line.reported or turn.reported
            self._turn_is_over = True


def _later(one: Moment | None, other: Moment | None) -> Moment | None:
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda moment: moment.epoch_s)


def _agents(assembly: _Assembly, facts: Mapping[str, AgentFacts], place_of: Mapping[str, int]) -> tuple[Agent, ...]:
    """Return the agents in the order in which they appear. The agent whose tool call started another is its parent.

    A parent appears before its agents. A damaged file may say that agents started each other in a circle.
    """
    agents = []
    for key, place in place_of.items():
        known = facts.get(key, AgentFacts())
        run = assembly.tool_runs.get(known.started_by)
        parent = place_of[assembly.calls[run.interaction].agent] if run else place
        if run is None or parent >= place:
            agents.append(Agent(known.id or key, known.name, started_by=known.started_by))
        else:
            agents.append(Agent(known.id or key, known.name, parent, run.interaction, known.started_by))
    return tuple(agents)


def _place(call: _Call, place_of: Mapping[str, int]) -> CallPlace:
    """Return where a call stands.

    A clock may have been set back. If an answer began before what it was given, one of the two times is wrong, and nothing
    says when the call began.
    """
    is_reversed = call.given and call.first and call.first.epoch_s < call.given.epoch_s
    return CallPlace(place_of[call.agent], call.turn, None if is_reversed else call.given, call.first, call.ended)


def _interaction(call: _Call, protocol: str) -> Interaction:
    request = Request(headers=_LINES, body=_body(call.request)) if call.request else Request()
    response = Response(headers=_LINES, body=_body(call.response)) if call.response else Response()
    return Interaction(request, response, model=call.model, protocol=protocol)


def _body(lines: list[bytes]) -> bytes:
    return b"\n".join([*lines, b""])
