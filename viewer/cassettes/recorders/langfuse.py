"""Exports of Langfuse: https://api.reference.langfuse.com and https://langfuse.com/docs/api-and-data-platform/features/export-from-ui.

A trace with its observations, a list of observations or traces, or one a line, from the API, the interface or the blob storage,
whose field names differ only in their style. Inputs and outputs are whatever the program gave to its SDK.
"""

from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import Values, all_values, list_within
from viewer.cassettes.nearby_requests import fold
from viewer.cassettes.traces.attributes import json_value
from viewer.cassettes.traces.calls import Source, recording_of
from viewer.cassettes.traces.langfuse_observations import request_of, response_of
from viewer.cassettes.traces.spans import Span, SpanKind, times_of
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.formats import About
from viewer.types.http import Interaction, Moment

ABOUT = (
    About(
        "langfuse",
        "Langfuse",
        "https://api.reference.langfuse.com",
        "traces with observations, and lists of observations, in JSON or JSON lines; see traces.md",
        "start and end of each generation, and its first token if the SDK was told",
    ),
)

_LISTS = ("data", "items", "traces", "observations")
_KINDS: dict[str, SpanKind] = {"generation": "model", "embedding": "model", "tool": "tool", "agent": "agent"}
_TYPES = frozenset({"span", "event", "chain", "retriever", "evaluator", "guardrail", *_KINDS})


def recognise(document: Document) -> int:
    """Look for an observation, which has a type of Langfuse's and belongs to a trace, or for a trace that holds some."""
    if b'"observations"' not in document.head and not (b'"type"' in document.head and b"race" in document.head):
        return 0
    values = all_values(document)
    first = next(iter(_list(values.tree)), None) if values else None
    one = _folded(first)
    return 97 if _is_observation(one, in_trace="observations" in mapping(first)) or _has_observations(one) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each generation."""
    values = all_values(document) or Values([])
    spans = [_span(*found) for one in _list(values.tree) for found in _observations(_folded(one))]
    source = Source("langfuse", "Langfuse", from_tree=values.from_tree)
    return recording_of(spans, source, values.problems, document.name)


def _list(tree: Any) -> list[Any]:
    """Return the traces or observations of a file. A trace stands by itself, or beside its observations as `trace`."""
    whole = mapping(tree)
    if "observations" in whole and (whole.keys() & {"id", "trace", "htmlPath"}):
        return [tree]
    found = list_within(tree, _LISTS)
    return found if found is not None else items(tree) or [tree]


def _folded(value: Any) -> dict[str, Any]:
    """Return an object with its field names in one style."""
    return {fold(name): one for name, one in mapping(value).items()}


def _is_observation(one: dict[str, Any], *, in_trace: bool = False) -> bool:
    is_typed = only_text(one.get("type")).lower() in _TYPES
    return is_typed and "starttime" in one and (in_trace or "traceid" in one)


def _has_observations(one: dict[str, Any]) -> bool:
    held = [_folded(inner) for inner in items(one.get("observations"))[:1]]
    return any(_is_observation(inner, in_trace=True) for inner in held)


def _observations(one: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each observation with its trace."""
    if "observations" not in one:
        yield one, {}
        return
    trace = _folded(one.get("trace")) or one
    yield from ((_folded(inner), trace) for inner in items(one["observations"]) if isinstance(inner, dict))


def _span(one: dict[str, Any], trace: dict[str, Any]) -> Span:
    kind = _KINDS.get(only_text(one.get("type")).lower(), "other")
    started, ended = _moment(one.get("starttime")), _moment(one.get("endtime"))
    given = json_value(one.get("input"))
    metadata = mapping(json_value(one.get("metadata")))
    attributes = mapping(json_value(metadata.get("attributes")))
    call_ids = [attributes.get("gen_ai.tool.call.id"), metadata.get("tool_call_id"), mapping(given).get("tool_call_id")]
    return Span(
        kind,
        as_text(one.get("id") or ""),
        as_text(one.get("parentobservationid") or ""),
        as_text(one.get("traceid") or trace.get("id") or ""),
        as_text(one.get("name") or ""),
        started,
        ended,
        _interaction(one, given, started, ended) if kind == "model" else None,
        next((only_text(call_id) for call_id in call_ids if only_text(call_id)), ""),
        as_text(given) if kind == "tool" else "",
        is_error=one.get("level") == "ERROR",
        session_id=as_text(one.get("sessionid") or trace.get("sessionid") or ""),
    )


def _interaction(one: dict[str, Any], given: Any, started: Moment | None, ended: Moment | None) -> Interaction:
    output = json_value(one.get("output"))
    times = times_of(started, ended, _moment(one.get("completionstarttime")))
    return Interaction(request_of(one, given), response_of(one, output), times)


def _moment(value: Any) -> Moment | None:
    """Return a time in ISO 8601. ClickHouse writes it with a space and without a zone, which is UTC."""
    return fields.moment(value, fields.MILLISECOND_S)
