"""Vercel's AI SDK, from a server to its own client: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol.

Since version 5 this is the UI message stream, as server-sent events. Before, it was the data stream, as lines that start with
a code (https://v4.ai-sdk.dev/docs/ai-sdk-ui/stream-protocol). Neither names the model, and only the data stream reports
usage. Applications may send both in the metadata of the message.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.images import describe_address, describe_data
from viewer.protocols.reading import Reading
from viewer.protocols.streamed_calls import StreamedCalls
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.protocols.usage_counts import first_count
from viewer.text.json import as_text, mapping, only_text, write
from viewer.types.chunk_table import (
    CITATION,
    CONTENT,
    FINISH,
    NO_TOOL,
    OTHER,
    REASONING,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count, sum_check
from viewer.wire import Events

PROTOCOL = "ai-sdk"
ABOUT = About(
    PROTOCOL,
    "Vercel AI SDK",
    "https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol",
    "UI message streams (version 5 and later) and data streams (version 4)",
)

# The codes of a data stream, and the types of chunk that replace them in a UI message stream.
_CODES = {
    "0": "text-delta",
    "2": "data",
    "3": "error",
    "4": "assistant-message",
    "5": "assistant-control-data",
    "6": "data-message",
    "8": "message-annotations",
    "9": "tool-input-available",
    "a": "tool-output-available",
    "b": "tool-input-start",
    "c": "tool-input-delta",
    "d": "finish",
    "e": "finish-step",
    "f": "start",
    "g": "reasoning-delta",
    "h": "source-url",
    "i": "redacted-reasoning",
    "j": "reasoning-signature",
    "k": "file",
}
_TOOL_TYPES = frozenset({"tool-input-start", "tool-input-delta", "tool-input-available", "tool-output-available"})
# What the application adds to a message, and messages of the user that reach a run.
_WITH_DATA = frozenset({"message-annotations", "assistant-message", "steering-message"})
_WITHOUT_TEXT = frozenset(
    {
        *("text-start", "text-end", "reasoning-start", "reasoning-end", "finish-step", "message-metadata", "custom"),
        *("tool-approval-request", "tool-approval-response", "tool-output-denied", "assistant-control-data"),
    }
)
_REMOVED_KINDS = (CONTENT, REASONING, TOOL_CALL, CITATION)
_COUNTS = ("inputTokens", "outputTokens", "promptTokens", "completionTokens", "totalTokens")


def recognise(sample: Sample) -> int:
    """Look for the codes of a data stream, then for the types of a UI message stream.

    A stream of the SDK's model layer, which starts with `stream-start`, is not a UI message stream. Nor are the events of
    Mastra, which have the same types but everything else in a `payload`.
    """
    if sample.names and _CODES.keys() >= set(sample.names):
        return 90
    chunks = sample.objects
    types = [chunk.get("type") for chunk in chunks]
    if "stream-start" in types or any(isinstance(chunk.get("payload"), dict) for chunk in chunks):
        return 0
    if any(map(_is_own_chunk, chunks)):
        return 85
    return 60 if types[:1] == ["start"] and ("finish" in types or "messageId" in chunks[0]) else 0


def _is_own_chunk(chunk: Mapping[str, Any]) -> bool:
    match chunk.get("type"):
        case "text-delta" | "reasoning-delta":
            return isinstance(chunk.get("delta"), str) and "id" in chunk
        case "error":
            return isinstance(chunk.get("errorText"), str)
        case "source-url" | "source-document":
            return "sourceId" in chunk
        case "start-step" | "finish-step":
            return True
        case kind:
            return isinstance(kind, str) and kind in _TOOL_TYPES and "toolCallId" in chunk


def read(events: Events, reading: Reading) -> None:
    """Read every event of either form."""
    message = _Message(events, reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        code = events.name[event]
        message.add(event, _chunk(_CODES[code], value) if code in _CODES else mapping(value))
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)


def _chunk(kind: str, value: Any) -> dict[str, Any]:
    """Return a part of a data stream as a chunk of a UI message stream."""
    part = mapping(value)
    match kind:
        case "text-delta" | "reasoning-delta":
            return {"type": kind, "delta": value}
        case "error":
            return {"type": kind, "errorText": value}
        case "data" | "message-annotations":
            return {"type": kind, "data": value}
        case "tool-input-available":
            return {**part, "type": kind, "input": part.get("args")}
        case "tool-input-delta":
            return {**part, "type": kind, "inputTextDelta": part.get("argsTextDelta")}
    return {**part, "type": kind}


class _Message:
    """The message of the assistant that the events add to."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._reading = reading
        self._unknown = UnknownText(events, reading)
        self._calls = StreamedCalls(reading)
        self._step = 0
        """The first row of the current step."""

    def add(self, event: int, chunk: Mapping[str, Any]) -> None:
        """Add the rows of one chunk."""
        match chunk.get("type"):
            case "text-delta":
                self._reading.add_text(event, CONTENT, chunk.get("delta"))
            case "reasoning-delta":
                self._reading.add_text(event, REASONING, chunk.get("delta"))
            case "redacted-reasoning" | "reasoning-signature":
                self._reading.add(event, SILENT)
            case "tool-input-start" | "tool-input-delta" | "tool-input-available" | "tool-input-error" as kind:
                self._add_input(event, kind, chunk)
            case "source-url" | "source-document":
                self._reading.add(event, CITATION, write({name: chunk[name] for name in chunk if name != "type"}))
            case "text-end" if chunk.get("citations"):
                self._reading.add(event, CITATION, write(chunk["citations"]))
            case kind:
                self._add_other(event, kind, chunk)

    def _add_other(self, event: int, kind: Any, chunk: Mapping[str, Any]) -> None:
        """Add the start or end of a message or step. An application may send model and usage with it."""
        match kind:
            case "start":
                self._reading.add(event, START)
            case "start-step":
                self._step = len(self._reading.kind)
                self._calls.begin_step()
            case "reset-step":
                self._take_back_step()
            case "finish":
                self._finish(event, chunk.get("finishReason"))
            case "tool-output-available" | "tool-output-error":
                self._note_output(event, chunk)
            case "error":
                self._fail(event, chunk.get("errorText"), "")
            case "abort":
                self._fail(event, chunk.get("reason") or "The stream was aborted.", "abort")
            case _:
                self._add_data(event, only_text(kind), chunk)
        metadata = mapping(chunk.get("messageMetadata"))
        self._reading.note_model(only_text(metadata.get("model")))
        reported = mapping(chunk.get("usage") or metadata.get("totalUsage") or metadata.get("usage"))
        if has_counts(reported):
            self._reading.add_usage(event, reported)

    def _add_input(self, event: int, step: str, chunk: Mapping[str, Any]) -> None:
        """Add the input of a tool call: its deltas or, if there were none, the whole input."""
        call_id, name = chunk.get("toolCallId"), chunk.get("toolName")
        if step == "tool-input-start":
            self._calls.start(event, call_id, name)
        elif step == "tool-input-delta":
            self._calls.add_piece(event, call_id, chunk.get("inputTextDelta"))
        else:
            self._calls.complete(event, call_id, name, as_text(chunk.get("input")))

    def _note_output(self, event: int, chunk: Mapping[str, Any]) -> None:
        """Note what a tool returned. A data stream calls it a result. A preliminary output is replaced by the next one."""
        returned = result_text(chunk.get("output", chunk.get("result", chunk.get("errorText"))))
        is_error = chunk.get("type") == "tool-output-error"
        if chunk.get("preliminary") is not True:
            self._reading.note_tool_result(event, returned, chunk.get("toolCallId"), is_error=is_error)
        self._reading.add(event, OTHER, returned)

    def _add_data(self, event: int, kind: str, chunk: Mapping[str, Any]) -> None:
        """Add a file, the text in data of the application, or that in a chunk of an unknown type."""
        if kind in ("file", "reasoning-file"):
            self._reading.add(event, OTHER, _file_line(chunk))
        elif kind.startswith("data") or kind in _WITH_DATA:
            self._reading.add(event, OTHER, "\n".join(texts_in({**chunk, "type": None})))
        elif kind not in _WITHOUT_TEXT:
            self._unknown.add(event, "chunk type", kind, {**chunk, "type": None})

    def _take_back_step(self) -> None:
        """Change the rows of the step to kind other, since the client removes them from the message."""
        reading = self._reading
        for row in range(self._step, len(reading.kind)):
            if reading.kind[row] in _REMOVED_KINDS:
                reading.tool_calls.pop((0, reading.tool[row]), None)
                reading.kind[row], reading.tool[row] = OTHER, NO_TOOL
        self._step = len(reading.kind)
        self._calls.begin_step()

    def _finish(self, event: int, reason: Any) -> None:
        """Add the finish. Version 5 sends no reason."""
        self._reading.ended = True
        if reason:
            self._reading.finish_reasons[0] = as_text(reason)
        self._reading.add(event, FINISH)

    def _fail(self, event: int, message: Any, kind: str) -> None:
        self._reading.add_error(event, StreamError(as_text(message), kind))


def _file_line(chunk: Mapping[str, Any]) -> str:
    """Return a line that says which file came. Its address may hold the file itself."""
    media_type = only_text(chunk.get("mediaType") or chunk.get("mimeType"))
    if url := only_text(chunk.get("url")):
        return describe_address(url, media_type)
    return describe_data(media_type, chunk.get("data"))


def has_counts(reported: Mapping[str, Any]) -> bool:
    """Tell whether a usage object counts anything. Streams may hold empty ones."""
    return any(count(reported, name) is not None for name in _COUNTS)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object of any version. Its counts include cached and reasoning tokens.

    The model layer has objects in place of the two counts since version 3, and no total.
    """
    inputs = _first_count(reported, ("inputTokens",), ("inputTokens", "total"), ("promptTokens",))
    outputs = _first_count(reported, ("outputTokens",), ("outputTokens", "total"), ("completionTokens",))
    total = count(reported, "totalTokens")
    known = inputs is not None and outputs is not None and total is not None
    return Usage(
        input=inputs,
        output=outputs,
        reasoning=_first_count(
            reported, ("outputTokenDetails", "reasoningTokens"), ("outputTokens", "reasoning"), ("reasoningTokens",)
        ),
        cache_read=_first_count(
            reported, ("inputTokenDetails", "cacheReadTokens"), ("inputTokens", "cacheRead"), ("cachedInputTokens",)
        ),
        cache_write=_first_count(reported, ("inputTokenDetails", "cacheWriteTokens"), ("inputTokens", "cacheWrite")),
        total=total,
        reported=reported,
        checks=(sum_check("total = input + output", total or 0, inputs or 0, outputs or 0),) if known else (),
    )


def _first_count(reported: Mapping[str, Any], *paths: tuple[str, ...]) -> int | None:
    """Return the first count that is reported at one of these paths."""
    return first_count(*(count(reported, *path) for path in paths))
