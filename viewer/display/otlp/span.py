"""One span, and how OTLP writes it: https://github.com/open-telemetry/opentelemetry-proto, trace/v1/trace.proto."""

from dataclasses import dataclass, field
from typing import Any

from viewer.display.otlp.calls import ModelCall, call_attributes
from viewer.display.otlp.times import Interval
from viewer.display.otlp.values import key_values, span_id, trace_id, unix_nano

INTERNAL, CLIENT = 1, 3
_STATUS_ERROR = 2


@dataclass(frozen=True, slots=True)
class SpanPlace:
    """Where a span stands in its trace."""

    trace_id: str
    span_id: str
    parent_id: str = ""
    """"" for the first span of a trace."""


@dataclass(frozen=True, slots=True)
class Span:
    """One span."""

    place: SpanPlace
    name: str
    kind: int
    interval: Interval
    attributes: dict[str, Any] = field(repr=False)
    error: str | None = field(default=None, repr=False)
    """What went wrong, which may be ""; None if nothing did."""
    agent: int = 0
    """The index of the agent in its session."""

    def as_json(self) -> dict[str, Any]:
        """Return the span as an object of OTLP."""
        parent = {"parentSpanId": self.place.parent_id} if self.place.parent_id else {}
        message = {"message": self.error} if self.error else {}
        status = {} if self.error is None else {"status": {"code": _STATUS_ERROR, **message}}
        return {
            "traceId": self.place.trace_id,
            "spanId": self.place.span_id,
            **parent,
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": unix_nano(self.interval.start_s),
            "endTimeUnixNano": unix_nano(self.interval.end_s),
            "attributes": key_values(self.attributes | self.interval.attributes),
            **status,
        }


def lone_place(recording: str, one: ModelCall) -> SpanPlace:
    """Return the place of a call in a trace of its own. `recording` is the fingerprint of its cassette."""
    return SpanPlace(trace_id(recording, "call", str(one.index)), call_span_id(recording, one.index))


def call_span_id(recording: str, index: int) -> str:
    """Return the id of the span of a call."""
    return span_id(recording, "call", str(index))


def call_span(one: ModelCall, interval: Interval, place: SpanPlace, texts: dict[str, Any], *, content: bool) -> Span:
    """Return the span of a call. `texts` are its texts as attributes; `content` tells whether they may be shown."""
    error = (one.call.error if content else "") if one.call.error else None
    return Span(place, one.name, CLIENT, interval, call_attributes(one) | texts, error)
