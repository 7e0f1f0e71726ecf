"""Export of a cassette's calls and chunks as a Chrome trace, which Perfetto and chrome://tracing open.

The JSON object format of https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. Each call is a process. Its
tracks are threads: the call, the time to its headers, its stream, and one for each lane. Only recorded times are written: a chunk
whose time is known is an instant, chunks known within bounds are a slice from the lower to the upper bound, and of a stream with
neither only the whole call is written. The session of an agent has a process of its own, before those of the calls.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from viewer.conversation.call_times import DecodedInteraction, decoded_interactions, length_of, starts_of
from viewer.display.drawing import drawing_of
from viewer.display.headline import answer_title, stream_title
from viewer.display.lanes import lanes_of
from viewer.display.sessions.tracks import SessionTracks, session_tracks
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.streams.timing.arrival import BOUNDED
from viewer.text.safe import shortened, visible_line, well_formed
from viewer.text.words import counted, explain_grade, number, seconds
from viewer.types.chunk_table import Floats, Ints
from viewer.types.measure import Measure
from viewer.types.problems import CassetteError

Event = dict[str, Any]
_CALL, _HEADERS, _STREAM, _LANES = 1, 2, 3, 10
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class _Call:
    """A call and where it stands on the time axis."""

    index: int
    title: str
    decoded: DecodedInteraction
    start: Measure
    start_s: float

    @property
    def stream(self) -> Stream | None:
        """Its stream, if its response was streamed."""
        return self.decoded.reply if isinstance(self.decoded.reply, Stream) else None

    @property
    def pid(self) -> int:
        """The number of its process: that of the interaction, counted from 1, because 0 is the idle process."""
        return self.index + 1


def chrome_trace(cassette: Cassette, interaction: int | None = None) -> str:
    """Return all calls of a cassette, or one of them, as a Chrome trace. Times are in microseconds since the first call began.

    Raises:
        CassetteError: the recording holds no times, or does not say when its calls began.
    """
    session = session_tracks(cassette, len(cassette.interactions) + 1) if interaction is None else None
    calls, left_out = _placed(cassette, interaction) if session is None else _placed_in_session(cassette, session)
    by_call = [(call, list(_call_events(call))) for call in calls]
    written = [*session.events] if session else []
    written += [event for call, events in by_call if events for event in [*_names(call, events), *events]]
    if not written:
        raise CassetteError(
            cassette.name,
            "no times are recorded, so there is nothing to put on a time axis.",
            "Export it as svg, asciicast or vtt, which play it at a nominal pace.",
        )
    about = {
        "times": "Only recorded times are written. The args of each slice say how they are known.",
        "tokens": "estimates, unless the provider reports them for each chunk",
        "calls": [_about(call, has_events=bool(events)) for call, events in by_call],
        "calls left out": [f"call {index}: {reason}" for index, reason in left_out],
    }
    parts = ",\n".join(json.dumps(event) for event in written)
    return f'{{"displayTimeUnit": "ms", "otherData": {json.dumps(about)}, "traceEvents": [\n{parts}\n]}}\n'


def has_recorded_times(cassette: Cassette) -> bool:
    """Tell whether a cassette holds any time that a trace could show."""
    if cassette.session and any(place.given for place in cassette.session.calls):
        return True
    times = (interaction.times for interaction in cassette.interactions)
    return any(one.headers_s is not None or one.whole_s is not None for one in times) or any(
        stream.timing.grade != "paced" for stream in cassette.streams
    )


def _placed(cassette: Cassette, interaction: int | None) -> tuple[list[_Call], list[tuple[int, str]]]:
    """Return the calls whose place on one axis is known, and why the others have none."""
    decoded = decoded_interactions(cassette)
    starts = starts_of(decoded) if decoded else []
    calls, left_out = [], []
    alone = interaction is not None or len(decoded) == 1
    for index, (one, start) in enumerate(zip(decoded, starts, strict=True)):
        if interaction not in (None, index):
            continue
        if alone or start.value is not None:
            title = _title(cassette, index, one)
            calls.append(_Call(index, title, one, start, 0.0 if alone else start.value or 0.0))
        else:
            left_out.append((index, start.source))
    if decoded and not calls:
        raise CassetteError(
            cassette.name,
            f"{left_out[0][1]}, so its {counted(len(decoded), 'call')} have no place on one time axis.",
            "Choose one with --interaction.",
        )
    return calls, left_out


def _placed_in_session(cassette: Cassette, session: SessionTracks) -> tuple[list[_Call], list[tuple[int, str]]]:
    """Return the calls of a session on its axis, and why the others have no place."""
    calls, left_out = [], []
    for index, one in enumerate(decoded_interactions(cassette)):
        interval = session.calls.get(index)
        if interval is None:
            left_out.append((index, "the recording does not say when it began"))
        else:
            at_s = interval.start_s - session.zero_s
            about = interval.attributes
            start = Measure(at_s, at_s, None, "s", about["cassette.time.grade"], about["cassette.time.start_source"])
            calls.append(_Call(index, _title(cassette, index, one), one, start, at_s))
    return calls, left_out


def _title(cassette: Cassette, index: int, one: DecodedInteraction) -> str:
    return stream_title(one.reply) if isinstance(one.reply, Stream) else answer_title(cassette, index)


def _about(call: _Call, *, has_events: bool) -> Event:
    stream = call.stream
    about: Event = {"call": call.index, "name": visible_line(call.title), "start": call.start.source}
    if stream:
        about["times of its chunks"] = explain_grade(stream.timing.grade)
    if not has_events:
        about["left out"] = "no times are recorded"
    return about


def _names(call: _Call, events: Sequence[Event]) -> Iterator[Event]:
    """Yield the names of a call and its tracks, in the order in which they are shown."""
    name = visible_line(f"{call.index} {call.title}")
    yield _metadata(call, "process_name", 0, name=name)
    yield _metadata(call, "process_sort_index", 0, sort_index=call.index)
    labels = {_CALL: "call", _HEADERS: "request to headers", _STREAM: "stream"}
    threads: dict[int, str] = {}
    for event in events:
        if event["ph"] != "C":
            threads.setdefault(event["tid"], labels.get(event["tid"]) or event["cat"])
    for tid in sorted(threads):
        yield _metadata(call, "thread_name", tid, name=threads[tid])
        yield _metadata(call, "thread_sort_index", tid, sort_index=tid)


def _call_events(call: _Call) -> Iterator[Event]:
    yield from _whole(call)
    headers_s = call.decoded.interaction.times.headers_s
    if headers_s is not None:
        times = {"times": explain_grade("measured")}
        yield _slice(call, _HEADERS, "request to headers", call.start_s, headers_s, times)
    if call.stream and drawing_of(call.stream.timing.grade).axis == "seconds":
        yield from _stream_events(call, call.stream)


def _whole(call: _Call) -> Iterator[Event]:
    """Yield how long the call took, or only its stream if that is all that is known."""
    length, stream = length_of(call.decoded), call.stream
    if length.value is None:
        return
    is_part = stream is not None and length == stream.metrics["stream_time"]
    if stream and is_part and drawing_of(stream.timing.grade).axis == "seconds":
        # The stream writes its own slice.
        return
    interaction, reply = call.decoded.interaction, call.decoded.reply
    args = {
        "request": visible_line(f"{interaction.request.method} {interaction.request.url}".strip()),
        "status": visible_line(interaction.response.status_line),
        "model": visible_line(reply.model or "") if reply else "",
        "protocol": reply.protocol if reply else "",
        "finish reason": visible_line(reply.finish_reason or "") if reply else "",
        "input tokens": reply.usage.input if reply and reply.usage else None,
        "output tokens": reply.usage.output if reply and reply.usage else None,
        "began": call.start.source,
        **_measured(length),
    }
    shown = {name: value for name, value in args.items() if value not in ("", None)}
    at_s = call.start_s + (_first_chunk_s(stream) if stream and is_part else 0.0)
    yield _slice(call, _STREAM if is_part else _CALL, visible_line(call.title), at_s, length.value, shown)


def _stream_events(call: _Call, stream: Stream) -> Iterator[Event]:
    """Yield the stream as a slice, and the chunks of every lane and choice."""
    arrival = stream.columns.arrival
    begin_s = call.start_s + _first_chunk_s(stream)
    tid = _LANES
    for choice in sorted({*stream.columns.choice.tolist()}):
        for lane in lanes_of(stream, choice):
            if choice and lane.kind in ("error", "keep_alive"):
                # These belong to all choices, and are written with the first.
                continue
            rows = lane.rows
            known = arrival.low[rows] == arrival.high[rows]
            if stream.timing.grade in ("measured", "stamped"):
                known |= arrival.grade[rows] != BOUNDED
            category = visible_line(f"{lane.label}{f', choice {choice}' if choice else ''}")
            yield from _instants(call, stream, rows[known], tid, category, begin_s, counts=bool(known.all()))
            within = list(_within_bounds(call, stream, rows[~known], category, begin_s))
            yield from _on_free_threads(within, tid)
            tid += 10
    times = arrival.t[np.isfinite(arrival.t)]
    length = stream.metrics["stream_time"]
    if stream.timing.grade in ("measured", "stamped") and len(times) and length.value is not None:
        first_s = float(times[0]) if stream.timing.origin == "request" else 0.0
        args = {"first chunk": _lead_words(stream), **_measured(length)}
        yield _slice(call, _STREAM, "first to last chunk", begin_s + first_s, length.value, args)


def _first_chunk_s(stream: Stream) -> float:
    """Return how long after the request the origin of a stream's times is, at least."""
    if stream.timing.origin == "request":
        return 0.0
    lead = stream.timing.lead
    return lead.value if lead.value is not None else lead.low or 0.0


def _lead_words(stream: Stream) -> str:
    lead = stream.timing.lead
    if stream.timing.origin == "request" or lead.value is not None:
        return "at its recorded time after the request"
    least = f"at least {seconds(lead.low)} after it" if lead.low else "any time after it"
    return f"its time after the request is not recorded: {least}. All chunks are drawn as early as they can have come"


def _instants(
    call: _Call, stream: Stream, rows: Ints, tid: int, category: str, begin_s: float, *, counts: bool
) -> Iterator[Event]:
    """Yield chunks whose time is known, and with `counts`, their tokens so far."""
    total = 0.0
    for row in rows.tolist():
        at_us = _us(begin_s + max(0.0, float(stream.columns.arrival.t[row])))
        tokens = float(np.nan_to_num(stream.columns.tokens[row]))
        args = {**_text_args(stream, [row]), "event": int(stream.columns.event[row])}
        name = _short(args.get("text", "")) or category
        yield {
            "ph": "i",
            "s": "t",
            "name": name,
            "cat": category,
            "pid": call.pid,
            "tid": tid,
            "ts": at_us,
            "args": args,
        }
        if tokens and counts:
            total += tokens
            counter = f"tokens so far: {category}"
            yield {"ph": "C", "name": counter, "pid": call.pid, "ts": at_us, "args": {"tokens": round(total, 3)}}


def _within_bounds(call: _Call, stream: Stream, rows: Ints, category: str, begin_s: float) -> Iterator[Event]:
    """Yield a slice for each run of chunks with the same bounds, from the lower to the upper one."""
    low, high = stream.columns.arrival.low[rows], stream.columns.arrival.high[rows]
    borders = [0, *(np.flatnonzero((np.diff(low) != 0) | (np.diff(high) != 0)) + 1).tolist(), len(rows)]
    for first, last in pairwise(borders):
        if first == last or not np.isfinite(high[first]):
            # Without an upper bound, the end of a slice would be invented.
            continue
        at_s, until_s = max(0.0, float(low[first])), float(high[first])
        args = {
            **_text_args(stream, rows[first:last].tolist()),
            "chunks": last - first,
            "low": f"{number(round(at_s, 6))} s",
            "high": f"{number(round(until_s, 6))} s",
            "times": explain_grade("bounded"),
            "first chunk": _lead_words(stream),
        }
        name = f"{counted(last - first, 'chunk')} of {category}, somewhere in here"
        yield {**_slice(call, 0, name, begin_s + at_s, max(0.0, until_s - at_s), args), "cat": category}


def _on_free_threads(slices: Sequence[Event], tid: int) -> Iterator[Event]:
    """Yield slices on as many threads as it takes for none to overlap: a thread can only hold nested ones."""
    free: list[float] = []
    for one in slices:
        place = next((place for place, until in enumerate(free) if until <= one["ts"]), len(free))
        free[place : place + 1] = [one["ts"] + one["dur"]]
        yield {**one, "tid": tid + place}


def _text_args(stream: Stream, rows: Sequence[int]) -> Event:
    text = well_formed("".join(stream.columns.text[row] for row in rows))
    tokens = float(np.nansum(stream.columns.tokens[np.array(rows)]))
    return {**({"text": text} if text else {}), **({"tokens": round(tokens, 3)} if tokens else {})}


def _measured(measure: Measure) -> Event:
    """Return how a length is known."""
    known = {"what": measure.source, "times": explain_grade(measure.grade) if measure.grade else ""}
    bounds: dict[str, Floats | float | None] = {"low": measure.low, "high": measure.high}
    return {**known, **{name: f"{number(value)} s" for name, value in bounds.items() if isinstance(value, float)}}


def _slice(call: _Call, tid: int, name: str, at_s: float, length_s: float, args: Event) -> Event:
    begin_us = _us(at_s)
    length_us = max(0.0, round(_us(at_s + length_s) - begin_us, 3))
    return {
        "ph": "X",
        "name": name,
        "cat": "call",
        "pid": call.pid,
        "tid": tid,
        "ts": begin_us,
        "dur": length_us,
        "args": args,
    }


def _metadata(call: _Call, kind: str, tid: int, **args: str | int) -> Event:
    return {"ph": "M", "name": kind, "pid": call.pid, "tid": tid, "ts": 0, "args": args}


def _us(at_s: float) -> float:
    return round(at_s * 1e6, 3)


def _short(text: str) -> str:
    return shortened(visible_line(text.strip()), _MAX_NAME)
