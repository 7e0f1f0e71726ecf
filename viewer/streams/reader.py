"""Reading a stream: split the body into events, decode them, attribute tokens, and time the rows."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from viewer.protocols import ProtocolModule, read_events
from viewer.protocols.provider import model_of, provider_of
from viewer.protocols.reading import Reading
from viewer.protocols.think_tags import read_think_tags
from viewer.streams.checks import find_problems
from viewer.streams.columns import Columns
from viewer.streams.hidden_reasoning import HiddenReasoning, hidden_reasoning
from viewer.streams.recorded_at import first_stamp_s, recorded_at_s
from viewer.streams.reported_usage import usage_of
from viewer.streams.stream import Stream
from viewer.streams.timing.timed_rows import Timed
from viewer.streams.timing.timing import DEFAULT_PACE_TOKENS_PER_S, Rows, Timing, time_rows
from viewer.streams.token_estimates import attribute_tokens
from viewer.types.chunk_table import FINISH, Floats, Ints, text_column
from viewer.types.http import Interaction, RecordedTimes
from viewer.types.limits import DEFAULT_LIMITS, Limits
from viewer.types.problems import Problem
from viewer.types.usage import Usage
from viewer.wire.events import Events, payload_ends
from viewer.wire.framing import CERTAIN, split_events

_TIME_ADVICE = "Each is shown as recorded; one of the two is wrong."


@dataclass(frozen=True, slots=True, eq=False)
class DecodedStream:
    """The events of a stream and what a protocol read in them, before they are timed and measured."""

    events: Events
    protocol: ProtocolModule
    reading: Reading
    problems: list[Problem]
    """What is unusual in the framing, and the limits that were exceeded."""
    events_left_out: int
    data_left_out: int
    """How many of the events left out have data."""
    has_think_tags: bool
    """Whether content begins with thinking in tags, even if it is shown as reasoning."""


class _Tokens(NamedTuple):
    usage: Usage | None
    hidden: HiddenReasoning | None
    of_rows: Floats
    before_first_row: int
    problems: list[Problem]
    """What is wrong with how the usage is written."""


def decode_stream(
    interaction: Interaction, limits: Limits = DEFAULT_LIMITS, *, think_tags: bool = False
) -> DecodedStream | None:
    """Read the events of a response, if wanted with thinking in tags as reasoning. Return None if its body is not a stream."""
    framed = split_events(interaction.response.content_type, interaction.response.body)
    if framed is None:
        return None
    events, problems = _limit_events(framed.events, limits)
    protocol, reading = read_events(interaction.request.url, events, interaction.protocol)
    if framed.certainty < CERTAIN and protocol.PROTOCOL == "generic":
        return None
    has_think_tags = read_think_tags(reading, events.offset, split=think_tags)
    left_out = framed.events.data[len(events) :] if len(events) < len(framed.events) else []
    return DecodedStream(
        events,
        protocol,
        reading,
        [*events.problems, *problems],
        len(left_out),
        sum(payload is not None for payload in left_out),
        has_think_tags,
    )


def read_stream(
    interaction: Interaction,
    index: int,
    pace_tokens_per_s: float = DEFAULT_PACE_TOKENS_PER_S,
    limits: Limits = DEFAULT_LIMITS,
    *,
    think_tags: bool = False,
) -> Stream | None:
    """Decode, time and check the stream in a response. Return None if its body is not a stream."""
    decoded = decode_stream(interaction, limits, think_tags=think_tags)
    if decoded is None:
        return None
    reading = decoded.reading
    model = reading.model or interaction.model or model_of(interaction.request.url)
    provider = provider_of(interaction.request.url, model, reading.provider)
    tokens = _count_tokens(decoded, provider)
    times = _times_of_read_events(decoded, interaction.times)
    timed = _time(decoded, interaction, times, tokens, pace_tokens_per_s)
    columns = _columns(decoded, index, timed)
    tool_calls = reading.assembled_tool_calls()
    problems = [*decoded.problems, *reading.problems, *tokens.problems]
    problems += find_problems(decoded.events, reading, tokens.usage, tool_calls, all_read=not decoded.events_left_out)
    problems += _time_problems(timed.timing)
    return Stream(
        interaction=index,
        protocol=decoded.protocol.PROTOCOL,
        provider=provider,
        model=model,
        columns=columns,
        tool_calls=tool_calls,
        finish_reason=reading.finish_reasons.get(0),
        error=reading.error,
        usage=tokens.usage,
        hidden=tokens.hidden,
        timing=timed.timing,
        timed=timed,
        recorded_times=times,
        complete=reading.ended and reading.error is None,
        events_left_out=decoded.events_left_out,
        recorded_at_s=recorded_at_s(interaction, first_stamp_s(columns.stamp), reading.server_times),
        problems=[problem.at(interaction=index) for problem in problems],
        has_think_tags=decoded.has_think_tags,
        tool_steps=reading.tool_steps,
    )


def _limit_events(events: Events, limits: Limits) -> tuple[Events, list[Problem]]:
    """Cut the events at the limit, and mark those that are too long as damaged."""
    problems = []
    if len(events) > limits.events:
        message = f"The stream has {len(events):,} events {limits.exceeded('events')}."
        offset = int(events.offset[limits.events])
        problems.append(Problem("warning", message, "Only the first ones are shown.", offset=offset))
        events = events.first(limits.events)
    too_long = np.flatnonzero(events.size > limits.event_bytes).tolist()
    if too_long:
        reason = f"it is too long {limits.exceeded('event_bytes')}"
        events = events.damaged(dict.fromkeys(too_long, reason))
    return events, problems


def _count_tokens(decoded: DecodedStream, provider: str | None) -> _Tokens:
    reading = decoded.reading
    kind = np.frombuffer(reading.kind, dtype=np.int8)
    usage, problems = usage_of(decoded.protocol, reading, provider)
    hidden = hidden_reasoning(kind, usage)
    if usage and hidden and hidden.check:
        usage = replace(usage, checks=(*usage.checks, hidden.check))
    characters = np.fromiter(map(len, reading.text), dtype=np.int64, count=len(reading.text))
    of_rows = attribute_tokens(kind, characters, usage, hidden, reading.written_rows)
    before_first_row = hidden.tokens if hidden and not hidden.silent_chunks else 0
    return _Tokens(usage, hidden, of_rows, before_first_row, problems)


def _times_of_read_events(decoded: DecodedStream, times: RecordedTimes) -> RecordedTimes:
    """Return the recorded times that still hold when the last events were left out."""
    if not decoded.events_left_out:
        return times
    arrivals = times.arrivals
    if arrivals is not None and arrivals.ends is None:
        with_data = sum(data is not None for data in decoded.events.data)
        # Many recorders do not count `[DONE]`. With any other difference it is not known which time belongs to which event.
        if len(arrivals.s) - with_data in (decoded.data_left_out, decoded.data_left_out - 1):
            arrivals = replace(arrivals, s=arrivals.s[:with_data])
    return replace(times, whole_s=None, ended=None, arrivals=arrivals)


def _time(
    decoded: DecodedStream,
    interaction: Interaction,
    times: RecordedTimes,
    tokens: _Tokens,
    pace_tokens_per_s: float,
) -> Timed:
    events, reading = decoded.events, decoded.reading
    event = np.frombuffer(reading.event, dtype=np.int32)
    kind = np.frombuffer(reading.kind, dtype=np.int8)
    stamp = np.frombuffer(reading.stamp, dtype=np.float64)
    has_byte_arrivals = times.arrivals is not None and times.arrivals.ends is not None
    ends = payload_ends(events, interaction.response.body) if has_byte_arrivals else None
    rows = Rows(
        *(events, ends, event, kind, stamp, tokens.of_rows, tokens.before_first_row),
        has_stamps_of_program=reading.has_stamps_of_program,
        has_stamps_of_pieces=reading.has_stamps_of_pieces,
    )
    timing, arrival = time_rows(rows, times, interaction.response.headers, reading.server_times, pace_tokens_per_s)
    choice = np.frombuffer(reading.choice, dtype=np.int16)
    # A connection that stays open may carry several responses, one after another.
    responses = int(np.count_nonzero((kind == FINISH) & (choice == 0)))
    return Timed(event, kind, tokens.of_rows, tokens.before_first_row, arrival, timing, responses)


def _columns(decoded: DecodedStream, index: int, timed: Timed) -> Columns:
    events, reading = decoded.events, decoded.reading
    event: Ints = timed.event
    return Columns(
        interaction=index,
        event=event,
        choice=np.frombuffer(reading.choice, dtype=np.int16),
        kind=timed.kind,
        text=text_column(reading.text),
        tool=np.frombuffer(reading.tool, dtype=np.int16),
        tokens=timed.tokens,
        arrival=timed.arrival,
        stamp=np.frombuffer(reading.stamp, dtype=np.float64),
        offset=events.offset[event],
        size=events.size[event],
    )


def _time_problems(timing: Timing) -> list[Problem]:
    return [
        Problem("warning", evidence.statement, _TIME_ADVICE) for evidence in timing.evidence if evidence.contradicts
    ]
