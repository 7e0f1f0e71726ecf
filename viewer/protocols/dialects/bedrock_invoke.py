"""Amazon Bedrock's InvokeModelWithResponseStream: the model's own events, each in an envelope as base64.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html

The protocol that recognises the contents reads them: Anthropic Messages, Converse for Amazon Nova, chat completions for AI21
and others. The completions of older models exist only here, so this module reads them:
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.protocols import SAMPLE_EVENTS, Sample, protocol_of, server_times
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.dialects import anthropic_messages, bedrock_converse
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, parse
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, SILENT
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "bedrock-invoke-stream"
ABOUT = About(
    PROTOCOL,
    "Amazon Bedrock Invoke",
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html",
    "binary frames with events of Anthropic, Nova, Titan, Llama, Cohere, Mistral, AI21 and DeepSeek",
)

_METRICS = "amazon-bedrock-invocationMetrics"
_NOT_EMBEDDED = frozenset({PROTOCOL, "bedrock-agent", "generic"})
# In order: Anthropic's text completions, Amazon Titan, Meta Llama, Cohere Command.
_TEXTS = ("completion", "outputText", "generation", "text")
_REASONS = ("stop_reason", "completionReason", "finish_reason", "finishReason")
# In order: Mistral's text completions; its chat and DeepSeek; Cohere Command; Amazon Titan; AI21's older models.
_LISTS = ("outputs", "choices", "generations", "results", "completions")


def recognise(sample: Sample) -> int:
    """Look for envelopes that hold JSON, then for the path."""
    if any(isinstance(_parse(_contents(payload)), dict) for payload in sample.payloads):
        return 85
    return 50 if sample.path.endswith("/invoke-with-response-stream") else 0


def read(events: Events, reading: Reading) -> None:
    """Open every envelope and let its protocol read the contents. An exception ends the stream, as in every SDK."""
    end = next((index for index, name in enumerate(events.name) if _is_exception(name)), len(events))
    contents, metrics = _open_envelopes(_slice(events, 0, end), reading)
    protocol = protocol_of("", contents)
    if protocol.PROTOCOL in _NOT_EMBEDDED or any(map(_is_completion, map(_parse, contents.data[:SAMPLE_EVENTS]))):
        _read_completions(contents, reading)
    else:
        protocol.read(contents, reading)
    if metrics:
        # Bedrock adds them to the last event of a complete stream.
        reading.ended = True
        reading.server_times = server_times.of_bedrock(metrics)
        if reading.usage is None:
            reading.add_usage(end - 1, metrics)
    unknown = UnknownText(events, reading)
    for index in range(end, len(events)):
        _read_rest(index, events, reading, unknown)


def _is_exception(name: str) -> bool:
    return name.partition(":")[0] in ("exception", "error")


def _slice(events: Events, begin: int, end: int) -> Events:
    return replace(
        events,
        offset=events.offset[begin:end],
        size=events.size[begin:end],
        name=events.name[begin:end],
        data=events.data[begin:end],
        unterminated=events.unterminated and end == len(events),
    )


def _open_envelopes(events: Events, reading: Reading) -> tuple[Events, dict[str, Any]]:
    """Return the events inside the envelopes, and the invocation metrics of the last one."""
    data: list[bytes | None] = []
    metrics: dict[str, Any] = {}
    for index, envelope in enumerate(events.data):
        payload = _parse(envelope)
        contents = _contents(payload)
        if contents is None and "bytes" in mapping(payload):
            message = f"The bytes of event {index} are not base64."
            advice = "The event is read without decoding them."
            reading.problems.append(Problem("warning", message, advice, offset=int(events.offset[index])))
        data.append(envelope if contents is None else contents)
        if contents and index == len(events) - 1 and _METRICS.encode() in contents:
            metrics = mapping(mapping(_parse(contents)).get(_METRICS))
    return replace(events, data=data), metrics


def _contents(payload: Any) -> bytes | None:
    """Return the contents of an envelope. Return None if the payload is not an envelope."""
    text = mapping(payload).get("bytes")
    try:
        return base64.b64decode(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _parse(data: bytes | None) -> Any:
    try:
        return parse(data) if data else None
    except ValueError:
        return None


def _read_rest(index: int, events: Events, reading: Reading, unknown: UnknownText) -> None:
    """Add an exception, or an event that follows one."""
    if _is_exception(events.name[index]):
        bedrock_converse.read_error(index, events.name[index], _parse(events.data[index]), reading, unknown)
    else:
        reading.add(index, OTHER)


def _read_completions(events: Events, reading: Reading) -> None:
    unknown = UnknownText(events, reading)
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        known = False
        for choice, text, reason in _completions(mapping(payload)):
            known = True
            if text and isinstance(text, str):
                reading.add(event, CONTENT, text, choice=choice)
            if reason:
                reading.finish_reasons[choice] = as_text(reason)
                reading.ended = True
                reading.add(event, FINISH, choice=choice)
        if known and len(reading.kind) == rows_before:
            reading.add(event, SILENT)
        elif not known and not unknown.add(event, "event with the fields", ", ".join(mapping(payload)), payload):
            reading.add(event, OTHER)


def _completions(payload: Mapping[str, Any]) -> Iterator[tuple[int, Any, Any]]:
    """Yield the choice, text and finish reason of each completion that an event continues."""
    for listed in _LISTS:
        for position, item in enumerate(items(payload.get(listed))):
            if isinstance(item, dict):
                nested = mapping(item.get("message")).get("content") or mapping(item.get("data")).get("text")
                text = item.get("text") or item.get("outputText") or nested
                yield valid_index(item.get("index"), position), text, _reason(item)
    if _reason(payload) or any(field in payload for field in _TEXTS):
        # Only Cohere has this field. Its index numbers choices, while that of others numbers chunks.
        choice = valid_index(payload.get("index")) if "is_finished" in payload else 0
        yield choice, next((payload[field] for field in _TEXTS if field in payload), ""), _reason(payload)


def _is_completion(payload: Any) -> bool:
    """Tell whether an event holds a piece of a completion. Cohere's chat also has `text`, but names the event type."""
    return "event_type" not in mapping(payload) and any(field in mapping(payload) for field in _TEXTS)


def _reason(completion: Mapping[str, Any]) -> Any:
    reason = next((completion[field] for field in _REASONS if completion.get(field)), None)
    return reason.get("reason") if isinstance(reason, dict) else reason


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer of InvokeModel in a form that exists only there as a single event, which has the same shape."""
    titan = "outputText" in _first(payload, "results")
    mistral = {"text", "stop_reason"} <= _first(payload, "outputs").keys()
    ai21 = "text" in mapping(_first(payload, "completions").get("data"))
    llama = isinstance(payload.get("generation"), str) and "generation_token_count" in payload
    return [("message", payload)] if titan or mistral or ai21 or llama else None


def _first(payload: Mapping[str, Any], name: str) -> dict[str, Any]:
    return mapping(next(iter(items(payload.get(name))), None))


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert the model's own usage object or, without one, the invocation metrics."""
    if "input_tokens" in reported or "output_tokens" in reported:
        return anthropic_messages.usage(reported, provider)
    if "prompt_tokens" in reported or "completion_tokens" in reported:
        return chat_usage.usage(reported, provider)
    return bedrock_converse.usage(reported, provider)
