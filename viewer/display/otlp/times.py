"""From when to when a call is known to have lasted.

OTLP demands a start and an end of every span. A span begins when the recording says that the request was sent, and ends at the last
moment that the recording knows of the call. Its attributes say how both are known, and whether the call lasted longer.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from viewer.conversation.call_times import DecodedInteraction, Start, length_of
from viewer.streams.stream import Stream
from viewer.types.chunk_table import GRADES, Grade
from viewer.types.http import Moment
from viewer.types.measure import Measure
from viewer.types.sessions import CallPlace

Known = Literal["whole", "at least", "no"]


class Sources(NamedTuple):
    """How the two moments of an interval are known."""

    grade: Grade
    start: str
    length: str


_CALL = Sources(
    "stamped",
    "when the program wrote what the call answers: a prompt or the result of a tool",
    "until the program wrote the last part of the answer",
)


@dataclass(frozen=True, slots=True)
class Interval:
    """From when to when something lasted, in epoch seconds."""

    start_s: float
    end_s: float
    known: Known
    """Whether that is all of it, the least that it can be, or not known, so that it ends where it begins."""
    attributes: dict[str, Any] = field(default_factory=dict)
    """How it is known."""


def call_interval(decoded: DecodedInteraction, start: Start | None, source: str) -> Interval | None:
    """Return the interval of a call by the times of its recorder. Return None if its start is not recorded.

    `source` says what gives the start.
    """
    if start is None:
        return None
    length = length_of(decoded)
    stream = decoded.reply if isinstance(decoded.reply, Stream) else None
    is_part = stream is not None and length == stream.metrics["stream_time"]
    least_s = length.low if length.value is None else length.value
    known: Known = "no" if least_s is None else "at least" if is_part or length.value is None else "whole"
    about = {
        "cassette.time.grade": _weaker(start.grade, length.grade),
        "cassette.time.start_source": source,
        "cassette.time.start_resolution_s": start.resolution_s,
        "cassette.time.length_known": known,
        "cassette.time.length_source": length.source,
        "cassette.time.length_grade": length.grade,
        **_bounds(length, is_part=is_part),
    }
    return Interval(start.epoch_s, start.epoch_s + (least_s or 0.0), known, about)


def session_interval(place: CallPlace) -> Interval | None:
    """Return the interval of a call by the times of the program that ran it. Return None if it did not write its start."""
    if place.given is None:
        return None
    return between(place.given, place.ended or place.first, _CALL, ends=place.ended is not None)


def between(begin: Moment, end: Moment | None, sources: Sources, *, ends: bool = True) -> Interval:
    """Return the interval between two recorded moments. `ends` tells whether the second one is the end."""
    known: Known = "no" if end is None else "whole" if ends else "at least"
    until_s = begin.epoch_s if end is None else max(begin.epoch_s, end.epoch_s)
    about = {
        "cassette.time.grade": sources.grade,
        "cassette.time.start_source": sources.start,
        "cassette.time.start_resolution_s": begin.resolution_s,
        "cassette.time.length_known": known,
        "cassette.time.length_source": sources.length if end else "the end is not recorded",
    }
    if end is not None:
        about["cassette.time.length_low_s"] = max(0.0, until_s - begin.epoch_s - begin.resolution_s)
        if ends:
            about["cassette.time.length_high_s"] = until_s - begin.epoch_s + end.resolution_s
    return Interval(begin.epoch_s, until_s, known, about)


def _bounds(length: Measure, *, is_part: bool) -> dict[str, float | None]:
    # What bounds a part from above does not bound the whole call.
    return {"cassette.time.length_low_s": length.low, "cassette.time.length_high_s": None if is_part else length.high}


def _weaker(start: Grade, length: Grade | None) -> Grade:
    return start if length is None else max(start, length, key=GRADES.index)
