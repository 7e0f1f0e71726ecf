"""When models worked, tools ran and the agent waited for its user, by the times that a session's file has.

A program writes a line once something is complete. So the time of a model is known to within what the program itself needed: it
worked no longer than from the last line that it was given to the last line of its answer, and at least from the first to the last
line of its answer. A tool ran no longer than from its call to its result, and may have waited for permission in that time.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal, NamedTuple

from viewer.conversation.sessions.intervals import Stretch, length_s, minus, union, within
from viewer.text.words import counted
from viewer.types.chunk_table import Grade
from viewer.types.http import Moment
from viewer.types.measure import Measure, unknown
from viewer.types.sessions import Session, ToolRun, Totals, Turn

_NO_TIMES = "the file has no times"


@dataclass(frozen=True, slots=True)
class Span:
    """The time of one call of a model, or of one run of a tool. All times are seconds since `SessionTimes.origin_epoch_s`."""

    kind: Literal["model", "tool"]
    interaction: int
    """The call itself, or the call that the tool was called by."""
    agent: int
    """Index into `Session.agents`."""
    begin_s: float
    """When the model was given its input, or when the call of the tool was written."""
    end_s: float
    """When the last line of the answer, or the result of the tool, was written."""
    certain_s: float | None
    """How long it worked at least: from the first line of the answer to the last, all of a call that was measured, or as the
    tool's result says. None if not known."""
    call_id: str = ""
    """The id of the call of a tool."""
    is_error: bool = False


class Wait(NamedTuple):
    """The time between two turns, in which the agent waited for its user."""

    after_turn: int
    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Shares:
    """How long everything took, and what was done in that time. No moment counts twice: a model comes before a tool."""

    whole: Measure
    model: Measure
    """Any model of any agent worked."""
    tools: Measure
    """A tool ran, or waited for permission, and no model worked."""
    waiting: Measure
    """The agent waited for its user."""
    rest: Measure
    """None of these: the program itself worked, or the file does not say what happened."""


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """The times of a session."""

    origin_epoch_s: float | None
    """The first time in the file, in epoch seconds; None if it has none."""
    spans: tuple[Span, ...]
    """In the order of the calls; the runs of the tools of a call follow it."""
    waits: tuple[Wait, ...]
    shares: Shares
    turns: tuple[Shares, ...]
    """One for each turn, from its prompt to its end."""


def session_times(session: Session) -> SessionTimes:
    """Return when models worked and tools ran in a session. Whatever the file does not time is left out or unknown."""
    origin = _first_moment(session)
    if origin is None:
        turns = tuple(_reported(session.program, turn.reported) for turn in session.turns)
        return SessionTimes(None, (), (), _reported(session.program, session.reported), turns)
    spans = tuple(_spans(session, origin))
    waits = tuple(_waits(session, origin))
    last_s = max([0.0, *(span.end_s for span in spans), *(wait.end_s for wait in waits)])
    sums = _Sums(spans, waits, session.call_grade, session.tool_grade)
    untimed = _untimed_by_turn(session)
    whole = _Untimed(sum(one.calls for one in untimed.values()), sum(one.runs for one in untimed.values()))
    starts: dict[int | None, Moment | None] = {}
    for place in session.calls:
        starts[place.turn] = starts.get(place.turn) or place.given or place.first
    turns = tuple(
        _shares_of_turn(session.program, turn, turn.asked or starts.get(index), sums, origin, untimed[index])
        for index, turn in enumerate(session.turns)
    )
    # Starts alone do not say how long anything took.
    shares = sums.between(0.0, last_s, whole) if spans or waits else _reported(session.program, session.reported)
    return SessionTimes(origin, spans, waits, shares, turns)


class _Untimed(NamedTuple):
    """How many calls and runs of tools have no times, so that the sums over the others are not all."""

    calls: int
    runs: int


def _untimed_by_turn(session: Session) -> Mapping[int | None, _Untimed]:
    """Count what has no times in each turn.

    Where lines are stamped, a call with a start alone is a request without an answer, which no model worked on.
    """
    is_stamped = session.call_grade == "stamped"
    answered = [place for place in session.calls if place.ended or not (place.given and is_stamped)]
    calls = Counter(place.turn for place in answered if not (place.given and place.ended))
    runs = Counter(
        session.calls[run.interaction].turn for run in session.tool_runs if not (run.called and run.returned)
    )
    turns: list[int | None] = [None, *range(len(session.turns))]
    return {turn: _Untimed(calls[turn], runs[turn]) for turn in turns}


class _Sums:
    """The sums of what was done between any two moments."""

    def __init__(self, spans: Sequence[Span], waits: Sequence[Wait], of_calls: Grade, of_tools: Grade) -> None:
        self._runs = sorted((span for span in spans if span.kind == "tool"), key=lambda span: span.begin_s)
        self._of_calls = of_calls
        self._of_tools = of_tools
        models = [span for span in spans if span.kind == "model"]
        self._models = union(Stretch(one.begin_s, one.end_s) for one in models)
        self._sure_models = union(Stretch(one.end_s - (one.certain_s or 0.0), one.end_s) for one in models)
        tools = union(Stretch(one.begin_s, one.end_s) for one in self._runs)
        self._tools = minus(tools, self._models)
        busy = union([*self._models, *self._tools])
        self._waits = minus(union(Stretch(one.begin_s, one.end_s) for one in waits), busy)

    def between(self, begin_s: float, end_s: float, untimed: _Untimed) -> Shares:
        """Return the shares of the time between two moments, in which some calls and runs may have no times."""
        whole_s = end_s - begin_s
        model_s, tools_s, waiting_s = (
            length_s(within(one, begin_s, end_s)) for one in (self._models, self._tools, self._waits)
        )
        sure_s = length_s(within(self._sure_models, begin_s, end_s))
        # A model without times may have worked beside a tool.
        ran_s = 0.0 if untimed.calls else self._least_tools_s(begin_s, end_s)
        rest_s = max(0.0, whole_s - model_s - tools_s - waiting_s)
        model = _measure(model_s, sure_s, self._of_calls, "from each input to the end of its answer")
        tools = _measure(tools_s, ran_s, self._of_tools, "from each call to its result, with the wait for permission")
        is_exact = self._of_calls == self._of_tools == "measured"
        rest = Measure(rest_s, rest_s, rest_s if is_exact else None, "s", self._of_calls, "the time that is left")
        if untimed.calls:
            model = _at_least(model, f"{counted(untimed.calls, 'call')} without times")
        if untimed.runs:
            tools = _at_least(tools, f"{counted(untimed.runs, 'run')} without times")
        if any(untimed):
            rest = unknown("s", "not all calls and tools have times")
        return Shares(
            whole=_measure(whole_s, whole_s, self._of_calls, "from the first time to the last"),
            model=model,
            tools=tools,
            waiting=_measure(waiting_s, waiting_s, self._of_calls, "from the end of each turn to the next prompt"),
            rest=rest,
        )

    def _least_tools_s(self, begin_s: float, end_s: float) -> float:
        """Return how long tools ran at least while no model worked. Of runs at the same time, the longest counts."""
        least_s, group_s, group_end_s = 0.0, 0.0, begin_s
        first, last = (bisect_left(self._runs, moment, key=lambda run: run.begin_s) for moment in (begin_s, end_s))
        for run in islice(self._runs, first, last):
            if run.begin_s >= group_end_s:
                least_s, group_s = least_s + group_s, 0.0
            group_end_s = max(group_end_s, run.end_s)
            beside_models_s = length_s(within(self._models, run.begin_s, min(run.end_s, end_s)))
            after_s = max(0.0, run.end_s - end_s)
            group_s = max(group_s, (run.certain_s or 0.0) - beside_models_s - after_s)
        return least_s + group_s


def _measure(at_most_s: float, at_least_s: float, grade: Grade, source: str) -> Measure:
    low_s = at_most_s if grade == "measured" else at_least_s
    return Measure(at_most_s, low_s, at_most_s, "s", grade, source)


def _at_least(sum_of_known: Measure, source: str) -> Measure:
    """Return a sum to which something without times may add."""
    return replace(sum_of_known, value=None, high=None, source=source) if sum_of_known.low else unknown("s", source)


def _spans(session: Session, origin: float) -> Iterator[Span]:
    runs: dict[int, list[ToolRun]] = {}
    for run in session.tool_runs:
        runs.setdefault(run.interaction, []).append(run)
    for index, place in enumerate(session.calls):
        begin = place.given or place.first
        if begin and place.ended and place.ended.epoch_s >= begin.epoch_s:
            certain_s = _between_s(begin if session.call_grade == "measured" else place.first, place.ended)
            yield Span("model", index, place.agent, *_since(origin, begin, place.ended), certain_s)
        for run in runs.get(index, ()):
            if run.called and run.returned and run.returned.epoch_s >= run.called.epoch_s:
                begin_s, end_s = _since(origin, run.called, run.returned)
                ran_s = None if run.ran_s is None else min(run.ran_s, end_s - begin_s)
                yield Span("tool", index, place.agent, begin_s, end_s, ran_s, run.call_id, run.is_error)


def _waits(session: Session, origin: float) -> Iterator[Wait]:
    for index, (turn, following) in enumerate(zip(session.turns, session.turns[1:], strict=False)):
        if turn.ended and following.asked and following.asked.epoch_s > turn.ended.epoch_s:
            yield Wait(index, *_since(origin, turn.ended, following.asked))


def _shares_of_turn(
    program: str, turn: Turn, begin: Moment | None, sums: _Sums, origin: float, untimed: _Untimed
) -> Shares:
    if begin is None or turn.ended is None or turn.ended.epoch_s < begin.epoch_s:
        return _reported(program, turn.reported)
    return sums.between(*_since(origin, begin, turn.ended), untimed)


def _reported(program: str, totals: Totals | None) -> Shares:
    """Return the shares that a file without times gives as totals."""
    model_s, whole_s = (totals.model_s, totals.whole_s) if totals else (None, None)
    left = unknown("s", _NO_TIMES)
    if model_s is not None and whole_s is not None and model_s <= whole_s:
        left = Measure(None, 0.0, whole_s - model_s, "s", "span", f"within what {program} reports")
    return Shares(_span(whole_s, program), _span(model_s, program), left, unknown("s", _NO_TIMES), left)


def _span(seconds: float | None, program: str) -> Measure:
    if seconds is None:
        return unknown("s", _NO_TIMES)
    return Measure(seconds, seconds, seconds, "s", "span", f"as {program} reports it")


def _first_moment(session: Session) -> float | None:
    moments = [moment for place in session.calls for moment in (place.given, place.first)]
    moments += [turn.asked for turn in session.turns]
    return min((moment.epoch_s for moment in moments if moment), default=None)


def _since(origin: float, begin: Moment, end: Moment) -> tuple[float, float]:
    # A float of an epoch time is no finer than a quarter of a microsecond.
    return round(begin.epoch_s - origin, 6), round(end.epoch_s - origin, 6)


def _between_s(begin: Moment | None, end: Moment | None) -> float | None:
    return end.epoch_s - begin.epoch_s if begin and end and end.epoch_s >= begin.epoch_s else None
