"""One stream: a response that came in events, decoded, timed and measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from viewer.arrival import Arrival
from viewer.findings import findings
from viewer.hidden import HiddenReasoning, hidden_reasoning
from viewer.http import Interaction
from viewer.measure import Measure
from viewer.metrics import Timed, measure
from viewer.pricing import Cost, price
from viewer.problems import Problem
from viewer.protocols import ProtocolModule, protocol_of
from viewer.provider import model_of, provider_of
from viewer.reading import Reading, StreamError, ToolCall
from viewer.recorded_http import moment
from viewer.schema import (
    FINISH,
    GRADE_DTYPE,
    KIND_DTYPE,
    KINDS,
    PYTHON_TEXT,
    Floats,
    Ints,
    empty_chunks,
    text_column,
    tool_column,
)
from viewer.silences import Silences, silences_of
from viewer.timing import DEFAULT_PACE_TOKENS_PER_S, Rows, Timing, time_rows
from viewer.tokens import attribute_tokens
from viewer.usage import Usage
from viewer.wire import Events
from viewer.wire.events import payload_ends
from viewer.wire.framing import CERTAIN, frame

_TIME_ADVICE = "Each is shown as recorded; one of the two is wrong."


@dataclass(frozen=True, slots=True, eq=False)
class Stream:
    """Hold one decoded stream; `chunks` has the columns that `viewer.schema` lists."""

    interaction: int
    """Index into `cassette.interactions`."""
    protocol: str
    provider: str | None
    model: str | None
    chunks: pd.DataFrame = field(repr=False)
    tool_calls: list[ToolCall] = field(repr=False)
    finish_reason: str | None
    """Of choice 0, as the provider wrote it."""
    error: StreamError | None
    usage: Usage | None = field(repr=False)
    hidden: HiddenReasoning | None
    timing: Timing = field(repr=False)
    metrics: Mapping[str, Measure] = field(repr=False)
    silences: Silences = field(repr=False)
    complete: bool = field(repr=False)
    """Whether the stream came to the end that its protocol has."""
    recorded_at_s: float | None = field(repr=False)
    """Seconds of the epoch, by the first of the server's stamps, the recorder and the Date header that says; else None."""
    problems: list[Problem] = field(repr=False)

    @property
    def cost(self) -> Cost:
        """What the stream cost, or why that cannot be told."""
        return price(self.usage, self.provider, self.model, self.recorded_at_s)

    def _repr_html_(self) -> str:
        # As of a cassette.
        from viewer.notebook import stream_html  # noqa: PLC0415

        return stream_html(self)

    def text(self, kind: str = "content", choice: int = 0) -> str:
        """Return the assembled text of one kind and choice; raise `ValueError` for a kind that there is not."""
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind!r}; the kinds are {', '.join(KINDS)}")
        rows = (self.chunks["kind"] == kind) & (self.chunks["choice"] == choice)
        return "".join(self.chunks.loc[rows, "text"])


@dataclass(frozen=True, slots=True, eq=False)
class DecodedStream:
    """Hold what the events of a stream say, before they are timed and measured."""

    events: Events
    protocol: ProtocolModule
    reading: Reading


def decode_stream(interaction: Interaction) -> DecodedStream | None:
    """Read the events in an interaction's response; None where the body holds no stream."""
    response = interaction.response
    framed = frame(response.content_type, response.body)
    if framed is None:
        return None
    events, sureness = framed
    protocol = protocol_of(interaction.request.url, events)
    if sureness < CERTAIN and protocol.PROTOCOL == "generic":
        return None
    reading = Reading()
    protocol.read(events, reading)
    return DecodedStream(events, protocol, reading)


def read_stream(
    interaction: Interaction, index: int, pace_tokens_per_s: float = DEFAULT_PACE_TOKENS_PER_S
) -> Stream | None:
    """Decode the stream in an interaction's response; None where the body holds none."""
    response = interaction.response
    decoded = decode_stream(interaction)
    if decoded is None:
        return None
    events, protocol, reading = decoded.events, decoded.protocol, decoded.reading
    model = reading.model or model_of(interaction.request.url)
    provider = provider_of(interaction.request.url, model)
    usage = protocol.usage(reading.usage, provider) if reading.usage else None
    event = np.array(reading.event, dtype=np.int32)
    kind = np.array(reading.kind, dtype=np.int8)
    stamp = np.array(reading.stamp, dtype=np.float64)
    hidden = hidden_reasoning(kind, usage)
    if usage and hidden and hidden.check:
        usage = replace(usage, checks=(*usage.checks, hidden.check))
    characters = np.fromiter(map(len, reading.text), dtype=np.int64, count=len(reading.text))
    tokens = attribute_tokens(kind, characters, usage, hidden)
    hidden_tokens = hidden.tokens if hidden and not hidden.silent_chunks else 0
    by_bytes = interaction.times.arrivals is not None and interaction.times.arrivals.ends is not None
    ends = payload_ends(events, response.body) if by_bytes else None
    rows = Rows(events, ends, event, kind, stamp, tokens, hidden_tokens)
    timing, arrival = time_rows(rows, interaction.times, response.headers, reading.server_times, pace_tokens_per_s)
    timed = Timed(event, kind, tokens, hidden_tokens, arrival, timing, _responses(reading))
    tool_calls = reading.assembled_tool_calls()
    problems = [*reading.problems, *findings(events, reading, usage, tool_calls)]
    problems += [Problem("warning", item.statement, _TIME_ADVICE) for item in timing.evidence if item.contradicts]
    return Stream(
        interaction=index,
        protocol=protocol.PROTOCOL,
        provider=provider,
        model=model,
        chunks=_frame(index, reading, events, event, kind, stamp, tokens, arrival),
        tool_calls=tool_calls,
        finish_reason=reading.finish_reasons.get(0),
        error=reading.error,
        usage=usage,
        hidden=hidden,
        timing=timing,
        metrics=measure(timed, interaction.times, hidden, usage),
        silences=silences_of(timed),
        complete=reading.ended and reading.error is None,
        recorded_at_s=_recorded_at_s(stamp, interaction, reading),
        problems=[problem.at(interaction=index) for problem in problems],
    )


def _responses(reading: Reading) -> int:
    """Return how many responses a stream holds: a connection that stays open may bring several, one after another."""
    return sum(kind == FINISH and choice == 0 for kind, choice in zip(reading.kind, reading.choice, strict=True))


def _recorded_at_s(stamp: Floats, interaction: Interaction, reading: Reading) -> float | None:
    stamped = stamp[np.isfinite(stamp)]
    if len(stamped):
        return float(stamped[0])
    if reading.server_times and reading.server_times.created_s:
        return float(reading.server_times.created_s)
    known = (
        interaction.times.started,
        interaction.times.ended,
        moment(interaction.response.headers.get("date"), 1.0),
    )
    return next((one.epoch_s for one in known if one is not None), None)


def _frame(
    interaction: int,
    reading: Reading,
    events: Events,
    event: Ints,
    kind: Ints,
    stamp: Floats,
    tokens: Floats,
    arrival: Arrival,
) -> pd.DataFrame:
    rows = len(event)
    return pd.DataFrame(
        {
            "interaction": np.full(rows, interaction, dtype=np.int32),
            "event": event,
            "choice": np.array(reading.choice, dtype=np.int16),
            "kind": pd.Categorical.from_codes(kind, dtype=KIND_DTYPE),
            "text": text_column(reading.text),
            "tool": tool_column(reading.tool),
            "tokens": tokens,
            "t": arrival.t,
            "t_low": arrival.low,
            "t_high": arrival.high,
            "grade": pd.Categorical.from_codes(arrival.grade, dtype=GRADE_DTYPE),
            "stamp": stamp,
            "offset": events.offset[event],
            "size": events.size[event],
        },
        copy=False,
    )


def join_chunks(streams: Sequence[Stream]) -> pd.DataFrame:
    """Return the rows of several streams as one table, in order."""
    frames = [stream.chunks for stream in streams]
    if not frames:
        return empty_chunks()
    # One text that Arrow cannot hold decides for all: columns of both storages cannot be joined.
    if any(frame["text"].dtype == PYTHON_TEXT for frame in frames):
        frames = [frame.assign(text=frame["text"].astype(PYTHON_TEXT)) for frame in frames]
    return pd.concat(frames, ignore_index=True)
