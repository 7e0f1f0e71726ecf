"""Logs of Inspect, in JSON or as `.eval`: https://inspect.aisi.org.uk/eval-logs.html.

Each sample is a list of events. The event of a call of a model has the provider's request and response if they were logged
(`--log-model-api`), and else only Inspect's own. Newer versions keep repeated messages in a pool, and long texts as attachments.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.fields import MICROSECOND_S
from viewer.cassettes.traces.bodies import json_response, request_of_messages, response_of_messages
from viewer.cassettes.traces.calls import Source, recording_of
from viewer.cassettes.traces.messages import output_messages
from viewer.cassettes.traces.spans import Span, times_of
from viewer.text.json import as_text, is_number, is_whole_number, items, mapping, only_text
from viewer.text.words import counted
from viewer.types.formats import About
from viewer.types.http import Interaction, Moment, RecordedTimes, Request, Response
from viewer.types.problems import Problem

ABOUT = (
    About(
        "inspect",
        "Inspect",
        "https://inspect.aisi.org.uk/eval-logs.html",
        "logs of evaluations, `.json` and `.eval`, with the provider's requests and responses if they were logged; see traces.md",
        "start and end of each call of a model or tool",
    ),
)

_ATTACHMENT = "attachment://"
_MAX_DEPTH = 40


def recognise(document: Document) -> int:
    """Look for the fields of a log."""
    if b'"eval"' not in document.head:
        return 0
    tree = mapping(document.tree)
    return 97 if {"eval", "version"} <= tree.keys() and "task" in mapping(tree["eval"]) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each call of a model. Each sample is a turn."""
    tree = mapping(document.tree)
    run_id = as_text(mapping(tree["eval"]).get("run_id") or "")
    spans = [span for one in items(tree.get("samples")) for span in _Sample(mapping(one), run_id).spans()]
    version = fields.version(tree.get("version"))
    source = Source("inspect", "Inspect", version, from_tree=True)
    return recording_of(spans, source, _from_cache(tree), document.name)


def _choices(event: dict[str, Any]) -> list[Any]:
    return items(mapping(event.get("output")).get("choices"))


def _from_cache(tree: dict[str, Any]) -> list[Problem]:
    events = (mapping(event) for one in items(tree.get("samples")) for event in items(mapping(one).get("events")))
    cached = sum(event.get("event") == "model" and event.get("cache") == "read" for event in events)
    if not cached:
        return []
    message = f"{counted(cached, 'answer')} came from Inspect's cache, without a call of the provider."
    return [Problem("note", message, "Their times are those of the cache.")]


@dataclass(frozen=True, slots=True)
class _Sample:
    """One sample of a log."""

    value: dict[str, Any]
    run_id: str

    @property
    def trace(self) -> str:
        """What identifies the sample: it is run once in each epoch."""
        return f"{as_text(self.value.get('id'))} {as_text(self.value.get('epoch') or '')}".strip()

    def spans(self) -> Iterator[Span]:
        """Yield the spans, tools and calls of models in the sample."""
        events = [*_with_inner(self.value.get("events"), 0)]
        answered = any(event.get("event") == "model" and _choices(event) for event in events)
        if not answered and (own := self._as_event()):
            events = [event for event in events if event.get("event") != "model"] + [own]
        ends = {as_text(event.get("id")): event for event in events if event.get("event") == "span_end"}
        for event in events:
            kind = event.get("event")
            if kind == "model":
                yield self._call(event)
            elif kind == "tool":
                yield self._tool(event)
            elif kind == "span_begin":
                end = mapping(ends.get(as_text(event.get("id"))))
                is_agent = event.get("type") in ("agent", "handoff")
                yield Span(
                    "agent" if is_agent else "other",
                    as_text(event.get("id")),
                    only_text(event.get("parent_id")),
                    self.trace,
                    as_text(event.get("name") or event.get("type") or ""),
                    _moment(event.get("timestamp")),
                    _moment(end.get("timestamp")),
                )

    def _as_event(self) -> dict[str, Any] | None:
        """Return the whole sample as one call without times, for a log that keeps no events; None if it holds no answer."""
        messages = [*map(mapping, items(self.value.get("messages")))]
        output = mapping(self.value.get("output"))
        if messages and messages[-1].get("role") == "assistant":
            *messages, answer = messages
            output = output if items(output.get("choices")) else {**output, "choices": [{"message": answer}]}
        if not items(output.get("choices")):
            return None
        return {"event": "model", "model": output.get("model"), "input": messages, "output": output}

    def _call(self, event: dict[str, Any]) -> Span:
        times = _times(event)
        interaction = Interaction(self._request(event), self._response(event), times)
        return Span(
            "model",
            as_text(event.get("uuid") or ""),
            only_text(event.get("span_id")),
            self.trace,
            started=times.started,
            ended=times.ended,
            interaction=interaction,
            session_id=self.run_id,
        )

    def _tool(self, event: dict[str, Any]) -> Span:
        return Span(
            "tool",
            as_text(event.get("uuid") or ""),
            only_text(event.get("span_id")),
            self.trace,
            as_text(event.get("function") or ""),
            _moment(event.get("timestamp")),
            _moment(event.get("completed")),
            call_id=only_text(event.get("id")),
            arguments=as_text(event.get("arguments")),
            ran_s=fields.seconds(event.get("working_time")),
            is_error=bool(event.get("error")),
        )

    def _request(self, event: dict[str, Any]) -> Request:
        call = mapping(event.get("call"))
        if request := mapping(call.get("request")):
            if refs := items(call.get("call_refs")):
                request = {**request, only_text(call.get("call_key")) or "messages": self._pooled("calls", refs)}
            return Request(body=fields.json_body(self._attached(request)))
        messages = [*items(event.get("input")), *self._pooled("messages", items(event.get("input_refs")))]
        settings = {name: value for name, value in mapping(event.get("config")).items() if value is not None}
        named = {
            "gen_ai.request.model": event.get("model"),
            "gen_ai.request.parameters": settings,
            "gen_ai.tool.definitions": event.get("tools"),
        }
        return request_of_messages([_message(mapping(self._attached(one))) for one in messages], named)

    def _response(self, event: dict[str, Any]) -> Response:
        response = mapping(event.get("call")).get("response")
        error = event.get("error")
        if isinstance(response, dict) and response and not error:
            return json_response(self._attached(response))
        output = mapping(self._attached(event.get("output")))
        choices = [mapping(one) for one in items(output.get("choices"))]
        messages = [
            {**_message(mapping(one.get("message"))), "finish_reason": one.get("stop_reason")} for one in choices
        ]
        failure = error or output.get("error")
        attributes = {
            "gen_ai.response.model": output.get("model") or event.get("model"),
            "gen_ai.response.id": output.get("response_id"),
            **_counts(mapping(output.get("usage"))),
            "exception.message": as_text(failure) if failure else None,
        }
        return response_of_messages([] if failure else output_messages(messages), attributes)

    def _pooled(self, pool: str, refs: list[Any]) -> list[Any]:
        """Return the values of a pool at ranges from a place to the one before another."""
        values = items(mapping(self.value.get("events_data")).get(pool))
        ranges = [one for one in refs if isinstance(one, list) and len(one) == 2 and all(map(is_whole_number, one))]
        return [value for begin, end in ranges for value in values[max(0, begin) : max(0, end)]]

    def _attached(self, value: Any, depth: int = 0) -> Any:
        """Return a value with the texts that the sample keeps as attachments."""
        attachments = mapping(self.value.get("attachments"))
        if not attachments or depth > _MAX_DEPTH:
            return value
        if isinstance(value, dict):
            return {name: self._attached(one, depth + 1) for name, one in value.items()}
        if isinstance(value, list):
            return [self._attached(one, depth + 1) for one in value]
        if isinstance(value, str) and value.startswith(_ATTACHMENT):
            return attachments.get(value.removeprefix(_ATTACHMENT), value)
        return value


def _with_inner(events: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Yield the events in order, also those that older versions keep within the event of a tool or subtask."""
    for event in items(events):
        if isinstance(event, dict):
            yield event
            if depth < _MAX_DEPTH and isinstance(event.get("events"), list):
                yield from _with_inner(event["events"], depth + 1)


def _message(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message with its tool calls as OpenAI writes them. Inspect writes the name of a tool as `function`."""
    calls = [mapping(one) for one in items(message.get("tool_calls"))]
    renamed = [{"id": one.get("id"), "name": one.get("function"), "arguments": one.get("arguments")} for one in calls]
    return {**message, "tool_calls": renamed} if renamed else message


def _times(event: dict[str, Any]) -> RecordedTimes:
    """Return the times of a call. The provider's own part of it leaves out waiting for a free connection and earlier tries."""
    times = times_of(_moment(event.get("timestamp")), _moment(event.get("completed")))
    of_call = (mapping(event.get("call")).get("time"), event.get("working_time"))
    whole_s = next((float(one) for one in of_call if is_number(one) and 0 < one < 1e7), times.whole_s)
    return replace(times, whole_s=whole_s)


def _counts(usage: dict[str, Any]) -> dict[str, Any]:
    """Return the token counts. Inspect leaves cached tokens out of the input."""
    names = {
        "cache_read.input_tokens": "input_tokens_cache_read",
        "cache_creation.input_tokens": "input_tokens_cache_write",
        "reasoning.output_tokens": "reasoning_tokens",
        "output_tokens": "output_tokens",
        "total_tokens": "total_tokens",
    }
    counts = {f"gen_ai.usage.{name}": usage.get(own) for name, own in names.items() if is_whole_number(usage.get(own))}
    parts = [usage.get(name) for name in ("input_tokens", "input_tokens_cache_read", "input_tokens_cache_write")]
    known = [part for part in parts if is_whole_number(part)]
    if not known:
        return counts
    cost = usage.get("total_cost")
    return {"gen_ai.usage.input_tokens": sum(known), **counts, "inspect.total_cost": cost if is_number(cost) else None}


def _moment(value: Any) -> Moment | None:
    return fields.moment(value, MICROSECOND_S)
