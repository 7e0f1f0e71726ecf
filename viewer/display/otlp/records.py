"""The calls of a cassette as log records: the JSON of an `ExportLogsServiceRequest`.

Each is the event `gen_ai.client.inference.operation.details` of the conventions. Unlike a span, a log record needs no time: 0 means
unknown (opentelemetry-proto, logs/v1/logs.proto).
"""

from collections.abc import Sequence
from typing import Any

from viewer.display.otlp.agents import SessionSpans
from viewer.display.otlp.calls import ModelCall, call_attributes, model_calls
from viewer.display.otlp.content import content_attributes
from viewer.display.otlp.document import Written, fingerprint, write_request
from viewer.display.otlp.span import SpanPlace, lone_place
from viewer.display.otlp.values import key_values, unix_nano
from viewer.streams.cassette import Cassette
from viewer.text.words import counted
from viewer.types.problems import CassetteError

_EVENT = "gen_ai.client.inference.operation.details"
_INFO, _ERROR = 9, 17


def otlp_records(
    cassette: Cassette, interaction: int | None = None, *, content: bool = True, observed_s: float | None = None
) -> Written:
    """Return all calls of a cassette, or one of them, as log records.

    Args:
        cassette: what to export. Give a redacted one, unless its secrets may leave.
        interaction: the only interaction to write.
        content: whether to write what was said.
        observed_s: when the records are made, in epoch seconds, by which programs sort records without a time.

    Raises:
        CassetteError: the cassette has no call of a model.
    """
    calls = model_calls(cassette)
    wanted = [one for one in calls if interaction in (None, one.index)]
    if not wanted:
        raise CassetteError(cassette.name, "it holds no call of a model, so there is no record to write.")
    recording = fingerprint(cassette)
    session = SessionSpans(cassette.session, calls, recording, content=content) if cassette.session else None
    records = []
    for one in wanted:
        place = session.place_of(one) if session else lone_place(recording, one)
        attributes = call_attributes(one) | (
            content_attributes(one.conversation, one.call.finish_reason) if content else {}
        )
        if cassette.session and cassette.session.id:
            attributes["gen_ai.conversation.id"] = cassette.session.id
        records.append(_record(one, place if one.interval else None, attributes, observed_s))
    counts = {"cassette.calls": len(wanted)}
    return write_request(cassette, "resourceLogs", "scopeLogs", records, counts, _notes(wanted))


def _record(
    one: ModelCall, place: SpanPlace | None, attributes: dict[str, Any], observed_s: float | None
) -> dict[str, Any]:
    """Return a log record. `place` is that of its span, if it has one."""
    observed = {} if observed_s is None else {"observedTimeUnixNano": unix_nano(observed_s)}
    return {
        "timeUnixNano": unix_nano(one.interval.start_s) if one.interval else "0",
        **observed,
        "severityNumber": _ERROR if one.call.error else _INFO,
        "eventName": _EVENT,
        "attributes": key_values(attributes | (one.interval.attributes if one.interval else {})),
        **({"traceId": place.trace_id, "spanId": place.span_id} if place else {}),
    }


def _notes(wanted: Sequence[ModelCall]) -> list[str]:
    untimed = [one.no_start for one in wanted if one.interval is None]
    if not untimed:
        return []
    return [f"{len(untimed):,} of {counted(len(wanted), 'record')} without a time, because {untimed[0]}."]
