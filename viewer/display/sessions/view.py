"""A session as rows for people: its turns, calls and subagents, each with its tokens, its cost and its times."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from viewer.conversation.agent import Call
from viewer.conversation.sessions.derived import session_of
from viewer.conversation.sessions.intervals import Stretch, length_s, minus, union, within
from viewer.conversation.sessions.times import SessionTimes, Shares, Span, session_times
from viewer.conversation.sessions.totals import CallSums, SessionTotals, session_totals, sums_of
from viewer.display.sessions.outline import OutlineRow, outline
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.chunk_table import Grade
from viewer.types.measure import Measure, unknown
from viewer.types.sessions import Session

_NO_TIMES = "the file does not say when"


@dataclass(frozen=True, slots=True)
class Times:
    """How long a turn, a call or a subagent took."""

    whole: Measure
    """Of a call: from its input to the end of its answer, or to the last result of the tools that it called."""
    model: Measure
    tools: Measure
    """The time in which tools ran, or waited for permission, and no model worked."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One turn, call or subagent."""

    kind: Literal["turn", "call", "agent"]
    index: int
    """Index into the session's turns, calls or agents."""
    depth: int
    """How many subagents it is nested in."""
    title: str
    """The first line of a turn's prompt, the name of a subagent, what a call did."""
    detail: str
    """The prompt of a subagent, or what the request of a call brings, unless the turn or subagent just above says it."""
    sums: CallSums
    times: Times
    spans: tuple[Span, ...]
    """Of a call: its own time and that of the tools that it called. Of a turn or subagent: those of its calls."""
    call: Call | None = None
    failed: int = 0
    """The number of calls with an error or a failed tool."""
    reported_usd: float | None = None
    """What the program says that a turn cost, with its subagents."""
    is_compacted: bool = False
    """Whether the program replaced the conversation before the call by a summary."""


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as rows."""

    session: Session
    rows: tuple[SessionRow, ...]
    """In the order in which one reads them: a turn, its calls, and beneath a call the subagents that it started."""
    times: SessionTimes
    totals: SessionTotals
    tool_names: Mapping[str, str]
    """By the ids of tool calls."""


def shown_session(cassette: Cassette) -> Session | None:
    """Return the session that is shown of a cassette; None if its calls are best shown as a plain list.

    That is the session of its file, or one that its requests tell, if that has turns or subagents to show.
    """
    session = session_of(cassette)
    if session is None or cassette.session is not None:
        return session if session and session.calls else None
    has_subagents = any(agent.started_in is not None for agent in session.agents)
    return session if len(session.turns) > 1 or has_subagents else None


def session_view(cassette: Cassette, session: Session, calls: Sequence[Call]) -> SessionView:
    """Return the rows of a cassette's session. `calls` are those of `calls_of`."""
    times, totals = session_times(session), session_totals(cassette, session)
    by_interaction = {call.interaction: call for call in calls}
    rows = _Rows(cassette, session, by_interaction, times, totals)
    tool_names = {made.id: made.name for call in calls for made in call.tool_calls}
    return SessionView(session, tuple(map(rows.row, outline(session))), times, totals, tool_names)


class _Rows:
    """Makes the rows of one session."""

    def __init__(
        self,
        cassette: Cassette,
        session: Session,
        calls: Mapping[int, Call],
        times: SessionTimes,
        totals: SessionTotals,
    ) -> None:
        self._replies: dict[int, Stream | Answer] = dict(cassette.answers)
        self._replies |= {stream.interaction: stream for stream in cassette.streams}
        self._session = session
        self._calls = calls
        self._times = times
        self._totals = totals
        self._compacted = frozenset(session.compacted_before)
        self._of_call: dict[int, list[Span]] = {}
        for span in times.spans:
            self._of_call.setdefault(span.interaction, []).append(span)
        self._of_agent: dict[int, list[int]] = {}
        self._of_turn: dict[int | None, list[int]] = {}
        for index, place in enumerate(session.calls):
            self._of_agent.setdefault(place.agent, []).append(index)
            self._of_turn.setdefault(place.turn, []).append(index)

        of_main = ((turn, self._first_of_main(made)) for turn, made in self._of_turn.items() if turn is not None)
        self._first_in_turn = {turn: first for turn, first in of_main if first is not None}
        self._first = {*self._first_in_turn.values(), *(made[0] for agent, made in self._of_agent.items() if agent)}

    def row(self, one: OutlineRow) -> SessionRow:
        """Return the row of a turn, a call or a subagent."""
        if one.kind == "call":
            return self._call_row(one)
        if one.kind == "turn":
            made, sums = self._of_turn.get(one.index, []), self._totals.turns[one.index]
            unnamed = "prompt not recorded" if made else "without a call"
            title, detail = self._label(self._first_in_turn.get(one.index)) or unnamed, ""
        else:
            made, sums = self._of_agent[one.index], self._totals.agents[one.index]
            title, detail = self._session.agents[one.index].name or "subagent", self._label(made[0])
        spans = tuple(span for index in made for span in self._of_call.get(index, ()))
        times = _of_shares(self._times.turns[one.index]) if one.kind == "turn" else self._times_of(spans)
        failed = sum(self._is_failed(index) for index in made)
        reported = self._session.turns[one.index].reported if one.kind == "turn" else None
        reported_usd = reported.cost_usd if reported else None
        return SessionRow(
            one.kind, one.index, one.depth, title, detail, sums, times, spans, failed=failed, reported_usd=reported_usd
        )

    def _call_row(self, one: OutlineRow) -> SessionRow:
        call = self._calls.get(one.index)
        spans = tuple(self._of_call.get(one.index, ()))
        title = (call.deed.words or call.label) if call else ""
        sums = sums_of([self._replies.get(one.index)])
        return SessionRow(
            "call",
            one.index,
            one.depth,
            title,
            "" if one.index in self._first else self._label(one.index),
            sums,
            self._times_of(spans),
            spans,
            call,
            int(self._is_failed(one.index)),
            is_compacted=one.index in self._compacted,
        )

    def _first_of_main(self, made: Sequence[int]) -> int | None:
        return next((index for index in made if self._session.calls[index].agent == 0), None)

    def _label(self, index: int | None) -> str:
        call = self._calls.get(-1 if index is None else index)
        return call.label if call else ""

    def _times_of(self, spans: Sequence[Span]) -> Times:
        """Return the times of some calls. At the same time, a model comes before a tool."""
        if not spans:
            nothing = unknown("s", _NO_TIMES)
            return Times(nothing, nothing, nothing)
        of_calls = self._session.call_grade
        whole_s = max(span.end_s for span in spans) - min(span.begin_s for span in spans)
        models = [span for span in spans if span.kind == "model"]
        tools = [span for span in spans if span.kind == "tool"]
        of_models = union(map(_stretch, models))
        sure_s = length_s(union(Stretch(one.end_s - (one.certain_s or 0.0), one.end_s) for one in models))
        beside_s = (length_s(within(of_models, one.begin_s, one.end_s)) for one in tools)
        ran_s = max([0.0, *((one.certain_s or 0.0) - beside for one, beside in zip(tools, beside_s, strict=True))])
        return Times(
            _measure(whole_s, whole_s, of_calls, "from the first input to the last answer or result"),
            _measure(length_s(of_models), sure_s, of_calls, "from each input to the end of its answer"),
            _measure(
                length_s(minus(union(map(_stretch, tools)), of_models)),
                ran_s,
                self._session.tool_grade,
                "from each call to its result, with the wait for permission",
            ),
        )

    def _is_failed(self, index: int) -> bool:
        call = self._calls.get(index)
        return call is not None and call.outcome in ("error", "tool failed")


def _of_shares(shares: Shares) -> Times:
    return Times(shares.whole, shares.model, shares.tools)


def _stretch(span: Span) -> Stretch:
    return Stretch(span.begin_s, span.end_s)


def _measure(value_s: float, at_least_s: float, grade: Grade, source: str) -> Measure:
    return Measure(value_s, min(at_least_s, value_s), value_s, "s", grade, source)


def failed_calls(rows: Iterable[SessionRow]) -> int:
    """Return how many calls ended with an error or a failed tool."""
    return sum(row.failed for row in rows if row.kind == "call")
