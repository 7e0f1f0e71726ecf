"""Amazon Bedrock's ConverseStream: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html.

The type of an event is its name. Amazon Nova sends the same events inside InvokeModelWithResponseStream, where the type is
the only key of the payload. SDKs return events in that form too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols import Sample, server_times
from viewer.protocols.images import describe_data
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.protocols.usage_counts import first_count
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, OTHER, REASONING, SILENT, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.types.usage import Check, Usage, count, sum_check
from viewer.wire import Events

PROTOCOL = "bedrock-converse-stream"
ABOUT = About(
    PROTOCOL,
    "Amazon Bedrock Converse",
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html",
    "binary frames",
)

_TYPES = frozenset(
    {"messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"}
)
_DELTAS = frozenset({"text", "toolUse", "reasoningContent", "citation"})
# Other protocols may also have events called "metadata".
_OWN_TYPES = _TYPES - {"metadata"}


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, as names or as keys, then for the path."""
    keys = {key for payload in sample.objects for key in payload}
    if _OWN_TYPES & set(sample.names):
        return 90
    if _OWN_TYPES & keys:
        return 85
    return 50 if sample.path.endswith("/converse-stream") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    unknown = UnknownText(events, reading)
    blocks = _Blocks(reading, unknown)
    for event, payload in reading.payloads(events):
        kind, content = _type_and_content(events.name[event], payload)
        match kind:
            case "messageStart":
                reading.add(event, START)
            case "contentBlockStart":
                blocks.start(event, content)
            case "contentBlockDelta":
                blocks.delta(event, content)
            case "messageStop":
                reading.ended = True
                if content.get("stopReason"):
                    reading.finish_reasons[0] = as_text(content["stopReason"])
                reading.add(event, FINISH)
            case "metadata" if isinstance(content.get("usage"), dict):
                reading.add_usage(event, content["usage"])
                reading.server_times = server_times.of_bedrock(mapping(content.get("metrics")))
                reading.service_tier = only_text(mapping(content.get("serviceTier")).get("type")) or None
            case _:
                read_error(event, kind, payload, reading, unknown)


def read_error(event: int, name: str, payload: Any, reading: Reading, unknown: UnknownText) -> None:
    """Add an error if the frame of an event, or its only key, names an exception. Add any other event as kind other."""
    message_type, _, code = name.rpartition(":")
    if message_type not in ("exception", "error") and not code.endswith("Exception"):
        if name in _TYPES or not unknown.add(event, "event type", name, payload):
            reading.add(event, OTHER)
        return
    content = mapping(payload)
    content = mapping(content.get(code)) or content
    message = content.get("message") or content.get("Message") or code or write(payload)
    reading.add_error(event, StreamError(as_text(message), code))


def _type_and_content(name: str, payload: Any) -> tuple[str, dict[str, Any]]:
    """Return the type and content of an event. The type is its name or the key of its content."""
    content = mapping(payload)
    if name in ("message", "chunk"):
        for key, value in content.items():
            if (key in _TYPES or key.endswith("Exception")) and isinstance(value, dict):
                return key, value
    return name, content


class _Blocks:
    """The content blocks of a message, and which tool call each of them is."""

    def __init__(self, reading: Reading, unknown: UnknownText) -> None:
        self._reading = reading
        self._unknown = unknown
        self._tools: dict[str, int] = {}
        self._results: dict[str, tuple[str, str, bool]] = {}
        """By block with a tool result: the id of the call, the type of the result, and whether it is an error."""

    def start(self, event: int, content: Mapping[str, Any]) -> None:
        """Add the start of a block. Only tool calls and their results have content there."""
        tool_use = mapping(content.get("start")).get("toolUse")
        if isinstance(tool_use, dict):
            self._reading.add(event, TOOL_CALL, tool=self._start_call(content, tool_use))
        else:
            result = mapping(mapping(content.get("start")).get("toolResult"))
            self._results[as_text(content.get("contentBlockIndex"))] = (
                as_text(result.get("toolUseId") or ""),
                as_text(result.get("type") or "").removesuffix("_result"),
                result.get("status") == "error",
            )
            self._reading.add(event, OTHER)

    def delta(self, event: int, content: Mapping[str, Any]) -> None:
        """Add what a delta adds. A signature or encrypted reasoning is silent."""
        delta = mapping(content.get("delta"))
        fragment = delta.get("toolUse")
        text = delta.get("text")
        thought = mapping(delta.get("reasoningContent")).get("text")
        if isinstance(fragment, dict):
            tool = self._tools.get(as_text(content.get("contentBlockIndex")))
            if tool is None:
                tool = self._start_call(content, fragment)
            self._reading.add(event, TOOL_CALL, as_text(fragment.get("input") or ""), tool=tool)
        elif text and isinstance(text, str):
            self._reading.add(event, CONTENT, text)
        elif thought and isinstance(thought, str):
            self._reading.add(event, REASONING, thought)
        elif delta.get("citation"):
            self._reading.add(event, CITATION, write(delta["citation"]))
        else:
            self._add_other(event, content, delta)

    def _add_other(self, event: int, content: Mapping[str, Any], delta: Mapping[str, Any]) -> None:
        """Add what is not output of the model, such as the result of a tool that the server ran."""
        if "toolResult" in delta:
            call_id, name, is_error = self._results.get(as_text(content.get("contentBlockIndex")), ("", "", False))
            returned = result_text(delta["toolResult"])
            self._reading.note_tool_result(event, returned, call_id, name, is_error=is_error)
            self._reading.add(event, OTHER, "\n".join(texts_in(delta["toolResult"])))
        elif isinstance(delta.get("image"), dict):
            image = delta["image"]
            media_type = f"image/{as_text(image['format'])}" if image.get("format") else "image"
            self._reading.add(event, OTHER, describe_data(media_type, mapping(image.get("source")).get("bytes")))
        else:
            names = sorted(delta.keys() - _DELTAS)
            added = [self._unknown.add(event, "delta", name, {"delta": {name: delta[name]}}) for name in names]
            if not any(added):
                self._reading.add(event, SILENT)

    def _start_call(self, content: Mapping[str, Any], tool_use: Mapping[str, Any]) -> int:
        tool = next_index(self._reading.tool_calls)
        self._tools[as_text(content.get("contentBlockIndex"))] = tool
        start = ToolCallStart(as_text(tool_use.get("toolUseId") or ""), as_text(tool_use.get("name") or ""))
        self._reading.tool_calls[0, tool] = start
        return tool


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as the events of a stream. Each content block becomes one delta."""
    message = mapping(mapping(payload.get("output")).get("message"))
    blocks = message.get("content")
    if not isinstance(blocks, list) or "stopReason" not in payload:
        return None
    deltas = [
        {"contentBlockIndex": index, "delta": delta}
        for index, block in enumerate(blocks)
        for delta in _as_deltas(mapping(block))
    ]
    metadata = {name: payload[name] for name in ("usage", "serviceTier") if name in payload}
    ended = [("messageStop", {"stopReason": payload["stopReason"]}), ("metadata", metadata)]
    return [*(("contentBlockDelta", delta) for delta in deltas), *ended]


def _as_deltas(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the deltas that a whole block amounts to."""
    if isinstance(cited := block.get("citationsContent"), dict):
        texts = [mapping(part) for part in items(cited.get("content"))]
        return [*texts, *({"citation": citation} for citation in items(cited.get("citations")))]
    reasoning = mapping(mapping(block.get("reasoningContent")).get("reasoningText"))
    return [{**block, "reasoningContent": reasoning} if reasoning else block]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts of Converse, or the invocation metrics, which have other names.

    Input does not include the tokens read from and written to the cache, unless the total shows that it does.
    """
    uncached = first_count(count(reported, "inputTokens"), count(reported, "inputTokenCount"))
    output = first_count(count(reported, "outputTokens"), count(reported, "outputTokenCount"))
    total = count(reported, "totalTokens")
    read_from_cache = first_count(count(reported, "cacheReadInputTokens"), count(reported, "cacheReadInputTokenCount"))
    written_to_cache = first_count(
        count(reported, "cacheWriteInputTokens"), count(reported, "cacheWriteInputTokenCount")
    )
    cached = [part for part in (read_from_cache, written_to_cache) if part]
    if None not in (uncached, output, total) and total == (uncached or 0) + (output or 0):
        cached = []
    return Usage(
        input=None if uncached is None else uncached + sum(cached),
        output=output,
        cache_read=read_from_cache,
        cache_write=written_to_cache,
        total=total,
        reported=reported,
        checks=tuple(_checks(uncached, output, total, cached)),
        cache_write_1h=_written_for_1h(reported.get("cacheDetails")),
    )


def _written_for_1h(details: Any) -> int | None:
    """Return the tokens written to the cache for an hour, from the list that splits them. Return None if there is no such list."""
    split = [mapping(detail) for detail in items(details)]
    return sum(count(detail, "inputTokens") or 0 for detail in split if detail.get("ttl") == "1h") if split else None


def _checks(uncached: int | None, output: int | None, total: int | None, cached: list[int]) -> Iterator[Check]:
    if uncached is not None and output is not None and total is not None:
        name = "total = input + output + cache" if cached else "total = input + output"
        yield sum_check(name, total, uncached, output, *cached)
