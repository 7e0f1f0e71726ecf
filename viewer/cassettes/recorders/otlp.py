"""Traces of OpenTelemetry in JSON: https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/.

OTLP's own form, one export request or one a line, and what the console exporters of the SDKs print. Messages stand in the
attributes of a span, in its events, or in log records of the same span.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import Values, all_values
from viewer.cassettes.fields import MICROSECOND_S
from viewer.cassettes.traces import langfuse_observations, own_export
from viewer.cassettes.traces.attributes import Attributes, any_value, attributes_of, first_number, first_of, json_value
from viewer.cassettes.traces.calls import Source, recording_of
from viewer.cassettes.traces.gen_ai import kind_of, request_of, response_of
from viewer.cassettes.traces.logfire import join_streamed
from viewer.cassettes.traces.spans import Span, times_of
from viewer.text.json import as_text, items, mapping, only_text
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Interaction, Moment, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "otlp",
        "OpenTelemetry",
        "https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/",
        "OTLP in JSON and what console exporters print: spans with `gen_ai.*` attributes old and new, of OpenLLMetry,"
        " OpenInference, Logfire and the AI SDK; see traces.md",
        "start and end of each call, and the first chunk if the span says",
    ),
)

_SIGNS = (b'"resourceSpans"', b'"resourceLogs"', b'"scopeSpans"', b'"resource_spans"', b'"span_id"', b'"spanId"')
_NANOSECOND_S = 1e-9
_DETAILS = "gen_ai.client.inference.operation.details"
_FIRST_CHUNKS = frozenset(
    {
        "First Token Stream Event",
        "ai.stream.firstChunk",
        "gen_ai.content.completion.chunk",
        "llm.content.completion.chunk",
    }
)
_MESSAGE_EVENTS = frozenset({f"gen_ai.{role}.message" for role in ("system", "user", "assistant", "tool")})
_ANSWER_EVENTS = frozenset({"gen_ai.choice", "gen_ai.content.completion"})


class _Event(NamedTuple):
    """One event of a span, or a log record that belongs to it."""

    name: str
    attributes: Attributes
    at: Moment | None
    body: Any = None


def recognise(document: Document) -> int:
    """Look for the fields of an export request, or for a span of a console exporter."""
    if not any(sign in document.head for sign in _SIGNS):
        return 0
    values = all_values(document)
    first = next(iter(_objects(values.tree)), {}) if values else {}
    if first.keys() & {"resourceSpans", "resource_spans", "scopeSpans", "resourceLogs"}:
        return 97
    return 96 if "attributes" in first and _id(first, "span") and _id(first, "trace") else 0


def read(document: Document) -> Recording:
    """Return an interaction for each span that is a call of a model."""
    values = all_values(document) or Values([])
    spans = [span for one in _objects(values.tree) for span in _spans_in(one)]
    if b"logfire.span_type" in document.data:
        spans = join_streamed(spans)
    logs: defaultdict[str, list[_Event]] = defaultdict(list)
    for one in _objects(values.tree):
        for record in _logs_in(one):
            logs[_id(record, "span")].append(_log_event(record))
    read_spans = [_span(span, logs.pop(_id(span, "span"), [])) for span in spans]
    problems = [*values.problems]
    without = logs.pop("", [])
    read_spans += [_of_logs(span_id, events) for span_id, events in logs.items() if any(map(_is_of_model, events))]
    if without:
        message = f"{counted(len(without), 'log record')} without a span."
        problems.append(Problem("note", message, "They are left out, because nothing says which call they belong to."))
    source = Source("otlp", "OpenTelemetry", from_tree=values.from_tree)
    return recording_of(read_spans, source, problems, document.name)


def _objects(tree: Any) -> list[dict[str, Any]]:
    return [one for one in (tree if isinstance(tree, list) else [tree]) if isinstance(one, dict)]


def _spans_in(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the spans of an export request, or the span that an object is."""
    resources = one.get("resourceSpans", one.get("resource_spans"))
    holders = items(resources) if resources is not None else [one] if "scopeSpans" in one else None
    if holders is None:
        if "resourceLogs" not in one:
            yield one
        return
    for resource in map(mapping, holders):
        for scope in items(resource.get("scopeSpans", resource.get("scope_spans"))):
            yield from (span for span in items(mapping(scope).get("spans")) if isinstance(span, dict))


def _logs_in(one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for resource in map(mapping, items(one.get("resourceLogs"))):
        for scope in map(mapping, items(resource.get("scopeLogs"))):
            yield from (record for record in items(scope.get("logRecords")) if isinstance(record, dict))


def _id(span: dict[str, Any], what: str) -> str:
    """Return the id of a span or of its trace. Console exporters write it as `context.span_id` or as `spanId`."""
    context = mapping(span.get("context"))
    return only_text(
        next((one for one in (span.get(f"{what}Id"), span.get(f"{what}_id"), context.get(f"{what}_id")) if one), "")
    )


def _span(span: dict[str, Any], logs: list[_Event]) -> Span:
    attributes = attributes_of(span.get("attributes"))
    events = [*(_span_event(mapping(one)) for one in items(span.get("events"))), *logs]
    failure = _failure(mapping(span.get("status")))
    for event in events:
        if event.name in ("exception", _DETAILS) or "gen_ai.output.messages" in event.attributes:
            attributes.update(event.attributes)
    kind = kind_of(attributes)
    started = own_export.start_of(attributes, _moment(span, "startTimeUnixNano", "start_time_unix_nano", "start_time"))
    ended = own_export.end_of(attributes, _moment(span, "endTimeUnixNano", "end_time_unix_nano", "end_time"))
    parent = span.get("parentSpanId", span.get("parent_span_id", span.get("parent_id")))
    return Span(
        kind,
        _id(span, "span"),
        only_text(parent),
        _id(span, "trace"),
        as_text(_name(kind, attributes) or span.get("name")),
        started,
        ended,
        _call({**attributes, **failure}, events, started, ended) if kind == "model" else None,
        as_text(first_of(attributes, "gen_ai.tool.call.id", "ai.toolCall.id", "tool_call.id", "tool.call.id")),
        as_text(
            first_of(attributes, "gen_ai.tool.call.arguments", "ai.toolCall.args", "tool_arguments", "input.value")
        ),
        own_export.ran_s_of(attributes),
        is_error=bool(failure),
        session_id=as_text(first_of(attributes, "gen_ai.conversation.id", "session.id", "langfuse.session.id")),
        grade=own_export.grade_of(attributes),
    )


def _failure(status: dict[str, Any]) -> Attributes:
    """Return the status of a span that failed as an attribute; nothing if it did not."""
    code = status.get("code", status.get("status_code"))
    if code not in (2, "STATUS_CODE_ERROR", "ERROR"):
        return {}
    return {"status": {"code": 2, "message": status.get("message", status.get("description", ""))}}


def _call(attributes: Attributes, events: list[_Event], started: Moment | None, ended: Moment | None) -> Interaction:
    attributes.pop("exception.stacktrace", None)
    times = times_of(started, ended, _first(attributes, events))
    if "langfuse.observation.type" in attributes:
        return Interaction(*_bodies_of_langfuse(attributes), times)
    messages = [*_messages(events), *_messages_in_attribute(attributes)]
    return Interaction(request_of(attributes, messages), response_of(attributes, messages), times)


def _bodies_of_langfuse(attributes: Attributes) -> tuple[Request, Response]:
    one = langfuse_observations.observation_of(attributes)
    request = langfuse_observations.request_of(one, json_value(one["input"]))
    return request, langfuse_observations.response_of(one, json_value(one["output"]))


def _of_logs(span_id: str, events: list[_Event]) -> Span:
    """Return the call that log records tell of, whose span is not in the file."""
    span = _span({"spanId": span_id}, events)
    if span.interaction is not None:
        return span
    return _span({"spanId": span_id, "attributes": {"gen_ai.operation.name": "chat"}}, events)


def _name(kind: str, attributes: Attributes) -> Any:
    names = {
        "tool": ("gen_ai.tool.name", "ai.toolCall.name", "tool.name", "traceloop.entity.name"),
        "agent": ("gen_ai.agent.name", "agent_name", "agent.name", "traceloop.entity.name"),
    }
    return first_of(attributes, *names.get(kind, ()))


def _moment(span: dict[str, Any], *names: str) -> Moment | None:
    """Return a time in nanoseconds, which protocol buffers write as a text, or in ISO 8601."""
    value = next((span[name] for name in names if span.get(name) not in (None, "", "0", 0)), None)
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 63:
        # A float of today's epoch seconds is no finer.
        return Moment(value * _NANOSECOND_S, MICROSECOND_S)
    return fields.moment(value, MICROSECOND_S)


def _first(attributes: Attributes, events: list[_Event]) -> Moment | float | None:
    """Return when the first chunk came, if an attribute or an event says."""
    first_s = first_number(attributes, "gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token")
    if first_s is not None:
        return first_s
    if (first_ms := first_number(attributes, "ai.response.msToFirstChunk")) is not None:
        return first_ms / 1e3
    told = only_text(attributes.get("langfuse.observation.completion_start_time")).strip('"')
    return fields.moment(told, MICROSECOND_S) or next((one.at for one in events if one.name in _FIRST_CHUNKS), None)


def _span_event(event: dict[str, Any]) -> _Event:
    at = _moment(event, "timeUnixNano", "time_unix_nano", "timestamp")
    return _Event(as_text(event.get("name")), attributes_of(event.get("attributes")), at)


def _log_event(record: dict[str, Any]) -> _Event:
    attributes = attributes_of(record.get("attributes"))
    name = as_text(record.get("eventName") or attributes.get("event.name"))
    return _Event(name, attributes, _moment(record, "timeUnixNano"), any_value(record.get("body")))


def _is_of_model(event: _Event) -> bool:
    return event.name.startswith("gen_ai.")


def _messages(events: list[_Event]) -> Iterator[Attributes]:
    """Yield the messages that events hold: in the body of a log record, or in the attributes of an event of a span."""
    for event in events:
        if event.name in _MESSAGE_EVENTS or event.name in _ANSWER_EVENTS or event.name == "gen_ai.content.prompt":
            yield _message(event.name, event.body if isinstance(event.body, dict) else event.attributes)


def _messages_in_attribute(attributes: Attributes) -> Iterator[Attributes]:
    """Yield the messages that Logfire and Pydantic AI write as a list of events in one attribute."""
    for one in map(mapping, items(json_value(attributes.get("events")))):
        yield _message(as_text(one.get("event.name")), one)


def _message(name: str, held: dict[str, Any]) -> Attributes:
    is_answer = name in _ANSWER_EVENTS
    inner = json_value(held.get("message", held.get("gen_ai.completion", held.get("gen_ai.prompt"))))
    message = {key: json_value(value) for key, value in (inner if isinstance(inner, dict) else held).items()}
    message = {key: value for key, value in message.items() if not key.startswith(("gen_ai.", "event."))}
    if "role" not in message and name in _MESSAGE_EVENTS:
        message["role"] = name.split(".")[1]
    if isinstance(inner, str) and "content" not in message:
        message["content"] = inner
    if is_answer and held.get("finish_reason"):
        message["finish_reason"] = held["finish_reason"]
    if isinstance(inner, list):
        return {"message": inner[0] if len(inner) == 1 else {"content": inner}, "is_answer": is_answer}
    return {"message": message or None, "is_answer": is_answer}
