"""When each call of an agent began and how long it took.

Recorders seldom write when a request was sent. All starts of one recording come from one source, so that two clocks are never
mixed: the source that most calls have, and among equals the most exact. A start that it does not give is unknown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from viewer.cassettes.fields import moment
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.chunk_table import Grade
from viewer.types.http import Interaction
from viewer.types.measure import Measure, unknown
from viewer.types.sessions import CallPlace

# Calls further apart than a day are from several sessions: an offset from the first would mean nothing.
_MAX_LOOP_S = 86_400.0
# The resolution of a Date header, and of clocks too coarse to order calls by.
_WHOLE_SECOND = 1.0
_IN_SESSION = "the program's time of what each call was given"
LACKS_SOURCE = "this call lacks what times the others"


class DecodedInteraction(NamedTuple):
    """An interaction with its decoded response."""

    interaction: Interaction
    reply: Stream | Answer | None
    place: CallPlace | None = None
    """Where it stands in the session of an agent, if the cassette is one."""


def decoded_interactions(cassette: Cassette) -> list[DecodedInteraction]:
    """Return every interaction with its decoded response, without its place in a session."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    return [
        DecodedInteraction(one, streams.get(index) or cassette.answers.get(index))
        for index, one in enumerate(cassette.interactions)
    ]


@dataclass(frozen=True, slots=True)
class Start:
    """About when a request was sent, and how far off that may be; None if there is no bound."""

    epoch_s: float
    resolution_s: float | None

    @property
    def grade(self) -> Grade:
        """How well it is known by itself."""
        if self.resolution_s is None:
            return "stamped"
        return "measured" if self.resolution_s < _WHOLE_SECOND else "bounded"


class RecordedStarts(NamedTuple):
    """When the requests of one recording were sent, by one clock."""

    source: str
    """What gives the times, or why there are none."""
    starts: list[Start | None]
    """One for each interaction; None where the source gives none."""


def recorded_starts(interactions: Sequence[DecodedInteraction]) -> RecordedStarts:
    """Return when each request was sent, from the source that most of them have.

    In a session, a call began once its agent was given the last prompt or result.
    """
    if any(one.place for one in interactions):
        return RecordedStarts(_IN_SESSION, list(map(_by_session, interactions)))
    by_source = {source: [read(one) for one in interactions] for source, read in _SOURCES.items()}
    # Of equals, `max` returns the first.
    source = max(by_source, key=lambda name: sum(one is not None for one in by_source[name]))
    if not any(by_source[source]):
        return RecordedStarts("the recording does not say when its requests were sent", [None for _ in interactions])
    return RecordedStarts(source, by_source[source])


def starts_of(interactions: Sequence[DecodedInteraction]) -> list[Measure]:
    """Return when each call began, in seconds since the first one."""
    source, starts = recorded_starts(interactions)
    known = [one for one in starts if one is not None]
    if not known:
        return [unknown("s", source) for _ in interactions]
    first = min(known, key=lambda one: one.epoch_s)
    # A session may be taken up again after days, so no offset in it is too long.
    if source != _IN_SESSION and max(one.epoch_s for one in known) - first.epoch_s > _MAX_LOOP_S:
        return [unknown("s", "the calls were recorded more than a day apart") for _ in interactions]
    return [_since(start, first, source) for start in starts]


def length_of(decoded: DecodedInteraction) -> Measure:
    """Return the seconds from the request to the end of the response. If only a part is known, `source` names it."""
    if decoded.place and (length := _length_in_session(decoded.place)):
        return length
    times, stream = decoded.interaction.times, decoded.reply if isinstance(decoded.reply, Stream) else None
    whole = stream.metrics["end_to_end"] if stream else None
    if whole and whole.value is not None:
        return whole
    if times.whole_s is not None:
        return Measure(times.whole_s, times.whole_s, times.whole_s, "s", "measured", "request to end of the response")
    if stream and stream.timing.is_window:
        # Only how long all of it took is known, and about that long or less.
        whole_s = float(stream.columns.arrival.t.max())
        return Measure(whole_s, None, None, "s", "span", "about how long all of it took")
    if stream and whole:
        part = stream.metrics["stream_time"]
        return whole if part.value is None and whole.grade else part
    if times.headers_s is not None:
        return Measure(None, times.headers_s, None, "s", "bounded", "request to response headers")
    return unknown("s", "the recording does not say how long it took")


def _length_in_session(place: CallPlace) -> Measure | None:
    """Return the time of a call by the lines around it; None if they have none."""
    if place.ended is None or place.given is None or place.ended.epoch_s < place.given.epoch_s:
        return None
    at_most_s = place.ended.epoch_s - place.given.epoch_s
    at_least_s = place.ended.epoch_s - place.first.epoch_s if place.first else 0.0
    source = "from what it was given to the end of its answer"
    return Measure(at_most_s, max(0.0, at_least_s), at_most_s, "s", "stamped", source)


def _by_session(decoded: DecodedInteraction) -> Start | None:
    given = decoded.place and (decoded.place.given or decoded.place.first)
    return Start(given.epoch_s, None) if given else None


def _since(start: Start | None, first: Start, source: str) -> Measure:
    if start is None:
        return unknown("s", f"{LACKS_SOURCE}: {source}")
    value = start.epoch_s - first.epoch_s
    if start.resolution_s is None or first.resolution_s is None:
        return Measure(value, None, None, "s", "stamped", source)
    low = 0.0 if start is first else max(0.0, value - first.resolution_s)
    high = 0.0 if start is first else value + start.resolution_s
    fine = max(start.resolution_s, first.resolution_s) < _WHOLE_SECOND
    return Measure(value, low, high, "s", "measured" if fine else "bounded", source)


def _by_request(decoded: DecodedInteraction) -> Start | None:
    started = decoded.interaction.times.started
    return Start(started.epoch_s, started.resolution_s) if started else None


def _by_end(decoded: DecodedInteraction) -> Start | None:
    times = decoded.interaction.times
    if times.ended is None or times.whole_s is None:
        return None
    return Start(times.ended.epoch_s - times.whole_s, times.ended.resolution_s)


def _by_date(decoded: DecodedInteraction) -> Start | None:
    date = moment(decoded.interaction.response.headers.get("date"), _WHOLE_SECOND)
    if date is None:
        return None
    headers_s = decoded.interaction.times.headers_s
    return Start(date.epoch_s - (headers_s or 0.0), _WHOLE_SECOND if headers_s is not None else None)


def _by_stamp(decoded: DecodedInteraction) -> Start | None:
    stamp_s = decoded.reply.stamp_s if decoded.reply else None
    return None if stamp_s is None else Start(stamp_s, None)


# The most exact first.
_SOURCES: dict[str, Callable[[DecodedInteraction], Start | None]] = {
    "the recorder's time of each request": _by_request,
    "the recorder's time of each response, minus its duration": _by_end,
    "the Date header of each response, in whole seconds, minus the time to headers if it was recorded": _by_date,
    "the server's timestamp in each response": _by_stamp,
}
