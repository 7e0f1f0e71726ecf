"""Runs of LangSmith: https://docs.langchain.com/langsmith/run-data-format.

A run, a list of runs, or one a line, with their children in `child_runs` or by `parent_run_id`. A run that its client's wrapper
wrote holds the request and the response of the provider. Older SDKs keep each token of a stream with its time.
"""

import re
from collections.abc import Iterator
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.document_values import Values, all_values, list_within
from viewer.cassettes.event_shapes import is_event
from viewer.cassettes.fields import MICROSECOND_S, MILLISECOND_S, elapsed_s
from viewer.cassettes.traces.attributes import json_value
from viewer.cassettes.traces.calls import Source, recording_of
from viewer.cassettes.traces.gen_ai import OUTPUT
from viewer.cassettes.traces.langsmith_runs import attributes_of, failure_of, messages_of, request_of, response_of
from viewer.cassettes.traces.spans import Span, SpanKind, times_of
from viewer.cassettes.wire_form import event_stream
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.formats import About
from viewer.types.http import Arrivals, Interaction, Moment, RecordedTimes, Response

ABOUT = (
    About(
        "langsmith",
        "LangSmith",
        "https://docs.langchain.com/langsmith/run-data-format",
        "runs in JSON or JSON lines, with `child_runs` or `parent_run_id`; see traces.md",
        "start and end of each run; the first token, or each token if the events hold them",
    ),
)

_LISTS = ("runs", "items", "data", "results")
_KINDS: dict[str, SpanKind] = {"llm": "model", "embedding": "model", "tool": "tool", "agent": "agent"}
# A run is nested as deep as its program's calls. The limit keeps a hostile file from exhausting the stack.
_MAX_DEPTH = 200
_FRACTION = re.compile(r"\.\d{7,}")
# https://docs.langchain.com/langsmith/threads
_THREADS = ("session_id", "thread_id", "conversation_id")


def recognise(document: Document) -> int:
    """Look for the type of a run with its inputs, or with its place among other runs."""
    if b'"run_type"' not in document.data:
        return 0
    values = all_values(document)
    return 97 if values and any(map(_is_run, _list(values.tree)[:1])) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each run of a model."""
    values = all_values(document) or Values([])
    runs = [run for one in _list(values.tree) for run in _with_children(mapping(one), "", 0)]
    spans = [_span(run, parent) for run, parent in runs if _is_run(run)]
    source = Source("langsmith", "LangSmith", from_tree=values.from_tree)
    return recording_of(spans, source, values.problems, document.name)


def _is_run(value: Any) -> bool:
    run = mapping(value)
    return isinstance(run.get("run_type"), str) and bool(
        run.keys() & {"inputs", "outputs", "dotted_order", "start_time"}
    )


def _list(tree: Any) -> list[Any]:
    found = list_within(tree, _LISTS)
    return found if found is not None and not _is_run(tree) else items(tree) or [tree]


def _with_children(run: dict[str, Any], parent: str, depth: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield a run and those below it, each with the id of the run around it."""
    yield run, parent
    for child in items(run.get("child_runs")) if depth < _MAX_DEPTH else []:
        yield from _with_children(mapping(child), only_text(run.get("id")), depth + 1)


def _span(run: dict[str, Any], parent: str) -> Span:
    kind = _kind(run)
    started, ended = _moment(run.get("start_time")), _moment(run.get("end_time"))
    inputs, outputs = json_value(run.get("inputs")), json_value(run.get("outputs"))
    call_id = mapping(inputs).get("tool_call_id") or mapping(mapping(run.get("extra")).get("metadata")).get(
        "tool_call_id"
    )
    if kind == "tool":
        message = mapping(mapping(outputs).get("output", outputs))
        call_id = call_id or mapping(message.get("kwargs", message)).get("tool_call_id")
    return Span(
        kind,
        only_text(run.get("id")),
        only_text(run.get("parent_run_id")) or parent,
        only_text(run.get("trace_id")),
        as_text(run.get("name") or ""),
        started,
        ended,
        _interaction(run, inputs, outputs, started, ended) if kind == "model" else None,
        only_text(call_id),
        as_text(mapping(inputs).get("input", inputs)) if kind == "tool" else "",
        is_error=bool(run.get("error")),
        session_id=_thread(run),
    )


def _kind(run: dict[str, Any]) -> SpanKind:
    """Tell what a run is. An agent is a chain that LangChain names as one, since a run has no type for it."""
    kind = _KINDS.get(run["run_type"], "other")
    metadata = mapping(mapping(run.get("extra")).get("metadata"))
    name = run.get("name")
    is_agent = name == "AgentExecutor" or (bool(name) and name == metadata.get("lc_agent_name"))
    return "agent" if kind == "other" and is_agent else kind


def _interaction(
    run: dict[str, Any], inputs: Any, outputs: Any, started: Moment | None, ended: Moment | None
) -> Interaction:
    tokens = [one for one in map(mapping, items(run.get("events"))) if one.get("name") == "new_token"]
    first = _moment(run.get("first_token_time")) or (_moment(tokens[0].get("time")) if tokens else None)
    times = times_of(started, ended, first)
    response = response_of(run, outputs)
    if streamed := _stream(run, outputs, tokens, times):
        return Interaction(request_of(run, inputs), streamed[0], streamed[1])
    return Interaction(request_of(run, inputs), response, times)


def _stream(
    run: dict[str, Any], outputs: Any, tokens: list[dict[str, Any]], times: RecordedTimes
) -> tuple[Response, RecordedTimes] | None:
    """Return the stream of a run whose events hold each token with its time. Return None if they do not."""
    held = [mapping(one.get("kwargs")) for one in tokens]
    at = [elapsed_s(times.started, _moment(one.get("time"))) for one in tokens]
    if not held or not all("token" in one or "chunk" in one for one in held) or any(one is None for one in at):
        return None
    chunks = [next((one[name] for name in ("chunk", "token") if isinstance(one.get(name), dict)), None) for one in held]
    seconds = [one for one in at if one is not None]
    if all(map(is_event, chunks)):
        body = event_stream(("", "", fields.json_body(chunk)) for chunk in chunks)
    else:
        payloads = _pieces([as_text(one.get("token")) for one in held], run, outputs)
        if payloads is None:
            return None
        body = event_stream(("", "", fields.json_body(payload)) for payload in payloads)
    arrivals = Arrivals(tuple(seconds), since_request=True, resolution_s=MICROSECOND_S)
    headers = fields.content_type("text/event-stream")
    whole = RecordedTimes(whole_s=times.whole_s, arrivals=arrivals, started=times.started, ended=times.ended)
    return Response(headers=headers, body=body), whole


def _pieces(texts: list[str], run: dict[str, Any], outputs: Any) -> list[dict[str, Any]] | None:
    """Return an answer for each token. The last one also has what the run says at its end.

    Return None if the tokens are not the text of the answer, some of which would be lost.
    """
    parts = [part for message in messages_of(outputs) for part in message["parts"]]
    whole = "".join(as_text(part.get("content")) for part in parts if part.get("type") == "text")
    if (whole and whole != "".join(texts)) or any(part.get("type") not in ("text", "tool_call") for part in parts):
        return None
    pieces = [[{"type": "text", "content": text}] for text in texts]
    pieces[-1] += [part for part in parts if part.get("type") == "tool_call"]
    reason = next((one["finish_reason"] for one in messages_of(outputs) if "finish_reason" in one), None)
    messages = [{"role": "assistant", "parts": piece} for piece in pieces]
    payloads: list[dict[str, Any]] = [{OUTPUT: [message]} for message in messages]
    end = {name: value for name, value in attributes_of(run, mapping(outputs)).items() if value not in (None, "")}
    failure = {"exception.message": failure_of(run)} if run.get("error") else {}
    finish = {"gen_ai.response.finish_reasons": [reason]} if reason else {}
    payloads[-1] |= {**end, **finish, "end_time": run.get("end_time"), **failure}
    return payloads


def _thread(run: dict[str, Any]) -> str:
    """Return the thread that a run belongs to, by the fields from which LangSmith tells it."""
    metadata = mapping(mapping(run.get("extra")).get("metadata"))
    return as_text(next((metadata[name] for name in _THREADS if metadata.get(name)), ""))


def _moment(value: Any) -> Moment | None:
    """Return a time in ISO 8601 or in epoch milliseconds. Python reads at most six decimals."""
    if isinstance(value, str):
        return fields.moment(_FRACTION.sub(lambda found: found[0][:7], value), MICROSECOND_S)
    return fields.epoch_moment(value, MILLISECOND_S)
