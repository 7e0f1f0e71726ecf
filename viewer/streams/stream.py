"""One stream: a response that came in events, decoded, timed and measured."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from viewer.protocols import ProtocolModule, protocol_of
from viewer.protocols.provider import model_of, provider_of
from viewer.protocols.reading import Reading
from viewer.streams import notebook_hook
from viewer.streams.checks import findings
from viewer.streams.cost import Cost, price
from viewer.streams.hidden_reasoning import HiddenReasoning, hidden_reasoning
from viewer.streams.recorded_at import first_stamp_s, recorded_at_s
from viewer.streams.timing.arrival import Arrival
from viewer.streams.timing.metrics import measure
from viewer.streams.timing.silences import Silences, silences_of
from viewer.streams.timing.timed_rows import Timed
from viewer.streams.timing.timing import DEFAULT_PACE_TOKENS_PER_S, Rows, Timing, time_rows
from viewer.streams.token_estimates import attribute_tokens
from viewer.types.chunk_table import (
    FINISH,
    GRADE_DTYPE,
    KIND_DTYPE,
    KINDS,
    Floats,
    Ints,
    empty_chunks,
    join_texts,
    text_column,
    tool_column,
)
from viewer.types.http import Interaction, RecordedTimes
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.measure import Measure
from viewer.types.problems import Problem
from viewer.types.replies import StreamError, ToolCall
from viewer.types.usage import Usage
from viewer.wire.events import Events, payload_ends
from viewer.wire.framing import CERTAIN, frame

_TIME_ADVICE = "Each is shown as recorded; one of the two is wrong."


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Hold the columns of one stream's chunks, which `viewer.types.chunk_table` lists."""

    interaction: int
    event: Ints
    choice: Ints
    kind: Ints
    text: pd.api.extensions.ExtensionArray
    tool: Ints
    tokens: Floats
    arrival: Arrival
    stamp: Floats
    offset: Ints
    size: Ints


@dataclass(frozen=True, eq=False)
class Stream:
    """Hold one decoded stream."""

    interaction: int
    """Index into `cassette.interactions`."""
    protocol: str
    provider: str | None
    model: str | None
    columns: Columns = field(repr=False)
    tool_calls: list[ToolCall] = field(repr=False)
    finish_reason: str | None
    """Of choice 0, as the provider wrote it."""
    error: StreamError | None
    usage: Usage | None = field(repr=False)
    hidden: HiddenReasoning | None
    timing: Timing = field(repr=False)
    timed: Timed = field(repr=False)
    """What its figures are made of, when they are asked for."""
    recorded_times: RecordedTimes = field(repr=False)
    complete: bool = field(repr=False)
    """Whether the stream came to the end that its protocol has."""
    events_left_out: int = field(repr=False)
    """How many of its last events were not read, since they were over a limit."""
    recorded_at_s: float | None = field(repr=False)
    """In epoch seconds, as `viewer.streams.recorded_at` finds it; None if the cassette does not say."""
    problems: list[Problem] = field(repr=False)

    @cached_property
    def chunks(self) -> pd.DataFrame:
        """Its rows; columns in `viewer.types.chunk_table`."""
        return _frame([self.columns])

    @cached_property
    def metrics(self) -> Mapping[str, Measure]:
        """How fast it was: each figure by name."""
        return measure(self.timed, self.recorded_times, self.hidden, self.usage)

    @cached_property
    def silences(self) -> Silences:
        """Where it stood still."""
        return silences_of(self.timed)

    @property
    def stamp_s(self) -> float | None:
        """The server's first time on an event, in epoch seconds; None if it stamped none."""
        return first_stamp_s(self.columns.stamp)

    @property
    def cost(self) -> Cost:
        """What the stream cost, or why that is not known."""
        return price(self.usage, self.provider, self.model, self.recorded_at_s)

    def _repr_html_(self) -> str | None:
        return notebook_hook.show("stream", self)

    def text(self, kind: str = "content", choice: int = 0) -> str:
        """Return the assembled text of one kind and choice; raise `ValueError` for a kind that there is not."""
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind!r}; the kinds are {', '.join(KINDS)}")
        rows = (self.columns.kind == KINDS.index(kind)) & (self.columns.choice == choice)
        return "".join(self.columns.text[rows].tolist()) if rows.any() else ""


@dataclass(frozen=True, slots=True, eq=False)
class DecodedStream:
    """Hold what the events of a stream say, before they are timed and measured."""

    events: Events
    protocol: ProtocolModule
    reading: Reading
    problems: list[Problem]
    """What was over a limit."""
    events_left_out: int
    data_left_out: int
    """How many of those hold data."""


def decode_stream(interaction: Interaction, limits: Limits = DEFAULT_LIMITS) -> DecodedStream | None:
    """Read the events in an interaction's response; None where the body holds no stream."""
    framed = frame(interaction.response.content_type, interaction.response.body)
    if framed is None:
        return None
    events, sureness = framed
    within, problems = _within(events, limits)
    protocol = protocol_of(interaction.request.url, within)
    if sureness < CERTAIN and protocol.PROTOCOL == "generic":
        return None
    reading = Reading()
    protocol.read(within, reading)
    beyond = events.data[len(within) :] if len(within) < len(events) else []
    return DecodedStream(
        within, protocol, reading, problems, len(beyond), sum(payload is not None for payload in beyond)
    )


def read_stream(
    interaction: Interaction,
    index: int,
    pace_tokens_per_s: float = DEFAULT_PACE_TOKENS_PER_S,
    limits: Limits = DEFAULT_LIMITS,
) -> Stream | None:
    """Decode the stream in an interaction's response; None where the body holds none."""
    response = interaction.response
    decoded = decode_stream(interaction, limits)
    if decoded is None:
        return None
    events, protocol, reading = decoded.events, decoded.protocol, decoded.reading
    model = reading.model or model_of(interaction.request.url)
    provider = provider_of(interaction.request.url, model)
    usage = protocol.usage(reading.usage, provider) if reading.usage else None
    event = np.frombuffer(reading.event, dtype=np.int32)
    kind = np.frombuffer(reading.kind, dtype=np.int8)
    stamp = np.frombuffer(reading.stamp, dtype=np.float64)
    hidden = hidden_reasoning(kind, usage)
    if usage and hidden and hidden.check:
        usage = replace(usage, checks=(*usage.checks, hidden.check))
    characters = np.fromiter(map(len, reading.text), dtype=np.int64, count=len(reading.text))
    tokens = attribute_tokens(kind, characters, usage, hidden)
    hidden_tokens = hidden.tokens if hidden and not hidden.silent_chunks else 0
    times = (
        interaction.times
        if not decoded.events_left_out
        else _of_the_first(events, interaction.times, decoded.data_left_out)
    )
    by_bytes = times.arrivals is not None and times.arrivals.ends is not None
    ends = payload_ends(events, response.body) if by_bytes else None
    rows = Rows(events, ends, event, kind, stamp, tokens, hidden_tokens)
    timing, arrival = time_rows(rows, times, response.headers, reading.server_times, pace_tokens_per_s)
    choice = np.frombuffer(reading.choice, dtype=np.int16)
    # A connection that stays open may bring several, one after another.
    responses = int(np.count_nonzero((kind == FINISH) & (choice == 0)))
    timed = Timed(event, kind, tokens, hidden_tokens, arrival, timing, responses)
    tool_calls = reading.assembled_tool_calls()
    problems = [*decoded.problems, *reading.problems]
    problems += findings(events, reading, usage, tool_calls, all_read=not decoded.events_left_out)
    problems += [Problem("warning", item.statement, _TIME_ADVICE) for item in timing.evidence if item.contradicts]
    return Stream(
        interaction=index,
        protocol=protocol.PROTOCOL,
        provider=provider,
        model=model,
        columns=Columns(
            index,
            event,
            choice,
            kind,
            text_column(reading.text),
            np.frombuffer(reading.tool, dtype=np.int16),
            tokens,
            arrival,
            stamp,
            events.offset[event],
            events.size[event],
        ),
        tool_calls=tool_calls,
        finish_reason=reading.finish_reasons.get(0),
        error=reading.error,
        usage=usage,
        hidden=hidden,
        timing=timing,
        timed=timed,
        recorded_times=times,
        complete=reading.ended and reading.error is None,
        events_left_out=decoded.events_left_out,
        recorded_at_s=recorded_at_s(interaction, first_stamp_s(stamp), reading.server_times),
        problems=[problem.at(interaction=index) for problem in problems],
    )


def _within(events: Events, limits: Limits) -> tuple[Events, list[Problem]]:
    """Return as many events as may be read, those that are too long without what they hold, and what was left out."""
    problems = []
    if len(events) > limits.events:
        what = f"The stream holds {len(events):,} events {limits.exceeded('events')}."
        left_out = Problem("warning", what, "The first of them are shown.", offset=int(events.offset[limits.events]))
        problems.append(left_out)
        events = events.first(limits.events)
    too_long = np.flatnonzero(events.size > limits.event_bytes).tolist()
    if too_long:
        what = f"it is longer than may be read {limits.exceeded('event_bytes')}"
        events = events.damaged(dict.fromkeys(too_long, what))
    return events, problems


def _of_the_first(events: Events, times: RecordedTimes, data_left_out: int) -> RecordedTimes:
    """Return what a recorder wrote about time as far as it is of the first events, and not of the whole stream."""
    arrivals = times.arrivals
    if arrivals is not None and arrivals.ends is None:
        carriers = sum(data is not None for data in events.data)
        # Many do not count `[DONE]`; where the numbers differ otherwise, which is whose is not known of any.
        if len(arrivals.s) - carriers in (data_left_out, data_left_out - 1):
            arrivals = replace(arrivals, s=arrivals.s[:carriers])
    return replace(times, whole_s=None, ended=None, arrivals=arrivals)


def join_chunks(streams: Sequence[Stream]) -> pd.DataFrame:
    """Return the rows of several streams as one table, in order."""
    if len(streams) == 1:
        # Columns are shared until one of the two tables is written to.
        return streams[0].chunks.copy(deep=False)
    return _frame([stream.columns for stream in streams])


def _frame(parts: Sequence[Columns]) -> pd.DataFrame:
    """Return the rows of some streams as a table, made once for all of them."""
    if not parts:
        return empty_chunks()

    def joined(column: Callable[[Columns], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return column(parts[0]) if len(parts) == 1 else np.concatenate(list(map(column, parts)))

    interactions = np.array([part.interaction for part in parts], dtype=np.int32)
    return pd.DataFrame(
        {
            "interaction": np.repeat(interactions, [len(part.event) for part in parts]),
            "event": joined(lambda part: part.event),
            "choice": joined(lambda part: part.choice),
            "kind": pd.Categorical.from_codes(joined(lambda part: part.kind), dtype=KIND_DTYPE),
            "text": join_texts([part.text for part in parts]),
            "tool": tool_column(joined(lambda part: part.tool)),
            "tokens": joined(lambda part: part.tokens),
            "t": joined(lambda part: part.arrival.t),
            "t_low": joined(lambda part: part.arrival.low),
            "t_high": joined(lambda part: part.arrival.high),
            "grade": pd.Categorical.from_codes(joined(lambda part: part.arrival.grade), dtype=GRADE_DTYPE),
            "stamp": joined(lambda part: part.stamp),
            "offset": joined(lambda part: part.offset),
            "size": joined(lambda part: part.size),
        },
        copy=False,
    )
