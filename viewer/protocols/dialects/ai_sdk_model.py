"""The model layer of Vercel's AI SDK: what AI Gateway sends, and what `doStream` and `fullStream` give.

AI Gateway (https://vercel.com/docs/ai-gateway) sends the parts of a language model as server-sent events, in version 2, 3 or 4 of
https://github.com/vercel/ai/tree/main/packages/provider/src/language-model. The package `@ai-sdk/gateway` passes them on
unchanged. `streamText` makes the parts of its `fullStream` of them, in which a text is called `text` and each step has usage.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import vercel_ai_sdk
from viewer.protocols.errors import error_of
from viewer.protocols.images import describe_data
from viewer.protocols.reading import Reading
from viewer.protocols.streamed_calls import StreamedCalls
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_epoch, parse_time
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, KEEP_ALIVE, OTHER, REASONING, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "ai-sdk-model"
ABOUT = About(
    PROTOCOL,
    "Vercel AI SDK, model layer",
    "https://github.com/vercel/ai/tree/main/packages/provider/src/language-model",
    "AI Gateway, parts of `doStream` (versions 1 to 4) and of `fullStream`",
)

_TEXTS = {"text-delta": CONTENT, "reasoning-delta": REASONING, "reasoning": REASONING}
_TEXT_FIELDS = ("delta", "text", "textDelta")
"""In parts of a model, in those of `fullStream`, and in version 1 of both."""
_CALL_STARTS = frozenset({"tool-input-start", "tool-call-streaming-start"})
_CALL_PIECES = frozenset({"tool-input-delta", "tool-call-delta"})
_RESULTS = frozenset({"tool-result", "tool-error"})
_STARTS = frozenset({"stream-start", "start", "start-step", "step-start"})
_FILES = frozenset({"file", "reasoning-file"})
_WITHOUT_TEXT = frozenset(
    {
        *("text-start", "text-end", "reasoning-start", "reasoning-end", "tool-input-end", "response-metadata", "raw"),
        *("tool-approval-request", "tool-output-denied", "custom", "reasoning-signature", "redacted-reasoning"),
        "reasoning-part-finish",
    }
)
_PATH = "/language-model"


def recognise(sample: Sample) -> int:
    """Look for parts that are never sent to a user interface, then for AI Gateway's path."""
    if any(map(_is_own_part, sample.objects)):
        return 93
    return 50 if sample.path.endswith(_PATH) else 0


def _is_own_part(part: Mapping[str, Any]) -> bool:
    match part.get("type"):
        case "stream-start":
            return isinstance(part.get("warnings"), list)
        case "text-delta" | "reasoning-delta":
            has_text = isinstance(part.get("text"), str) and "id" in part
            return has_text or isinstance(part.get("textDelta"), str)
        case "tool-input-start" | "tool-input-delta":
            return isinstance(part.get("id"), str) and "toolCallId" not in part
        case "finish" | "finish-step":
            return "finishReason" in part and isinstance(part.get("usage", part.get("totalUsage")), dict)
        case "start-step":
            return isinstance(part.get("warnings"), list) or "request" in part
        case "tool-call":
            return isinstance(part.get("toolCallId"), str) and ("input" in part or "args" in part)
        case "response-metadata":
            return "modelId" in part
    return False


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    answer = _Answer(events, reading)
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        # A payload that is not an object may be a text.
        answer.add(event, mapping(value) or {"text": value})
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)


class _Answer:
    """The answer that the parts add to."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._reading = reading
        self._unknown = UnknownText(events, reading)
        self._calls = StreamedCalls(reading)

    def add(self, event: int, part: dict[str, Any]) -> None:
        """Add the rows of one part."""
        kind = only_text(part.get("type"))
        call_id = part.get("toolCallId", part.get("id"))
        if kind in _TEXTS:
            self._reading.add_text(event, _TEXTS[kind], next((part[name] for name in _TEXT_FIELDS if name in part), ""))
        elif kind in _CALL_STARTS:
            self._calls.start(event, call_id, part.get("toolName"))
        elif kind in _CALL_PIECES:
            self._add_piece(event, call_id, part)
        elif kind == "tool-call":
            whole = as_text(part.get("input", part.get("args")))
            self._calls.complete(event, call_id, part.get("toolName"), whole)
        elif kind in _RESULTS:
            self._add_result(event, part, is_error=kind == "tool-error" or part.get("isError") is True)
        elif kind in ("source", "source-url", "source-document"):
            self._reading.add(event, CITATION, write({name: part[name] for name in part if name != "type"}))
        elif kind in _FILES:
            self._add_file(event, part)
        else:
            self._add_other(event, kind, part)

    def _add_piece(self, event: int, call_id: Any, part: Mapping[str, Any]) -> None:
        """Add a piece of a call's input. Version 1 does not announce the call."""
        piece = part.get("delta", part.get("argsTextDelta"))
        if not self._calls.add_piece(event, call_id, piece) and "toolName" in part:
            self._calls.start(event, call_id, part["toolName"])
            self._calls.add_piece(event, call_id, piece)

    def _add_result(self, event: int, part: Mapping[str, Any], *, is_error: bool) -> None:
        returned = result_text(part.get("result", part.get("output", part.get("error"))))
        # A preliminary result is replaced by the next one.
        if part.get("preliminary") is not True:
            call_id, name = part.get("toolCallId"), part.get("toolName")
            self._reading.note_tool_result(event, returned, call_id, name, is_error=is_error)
        self._reading.add(event, OTHER, returned)

    def _add_file(self, event: int, part: Mapping[str, Any]) -> None:
        file = mapping(part.get("file")) or part
        data = mapping(file.get("data"))
        held = data.get("data", data.get("url")) if data else file.get("data", file.get("base64"))
        self._reading.add(event, OTHER, describe_data(only_text(file.get("mediaType")), held))

    def _add_other(self, event: int, kind: str, part: dict[str, Any]) -> None:
        """Add the start or end of a stream or step, or a part that adds nothing to the answer."""
        if kind in _STARTS:
            if kind in ("start-step", "step-start"):
                self._calls.begin_step()
            self._reading.add(event, START)
            if warnings := "\n".join(texts_in(part.get("warnings"))):
                self._reading.add(event, OTHER, warnings)
        elif kind in ("finish", "finish-step", "step-finish"):
            self._finish(event, part, is_last=kind == "finish")
        elif kind == "error":
            error = mapping(part.get("error"))
            # JSON leaves out the message of an error of JavaScript. What the provider sent is in `data`.
            has_data = "message" not in error and "message" in mapping(error.get("data"))
            self._reading.add_error(event, error_of({"error": error["data"] if has_data else part.get("error")}))
        elif kind == "abort":
            message = as_text(part.get("reason") or "The stream was aborted.")
            self._reading.add_error(event, StreamError(message, kind))
        elif kind == "ping":
            self._reading.add(event, KEEP_ALIVE)
        elif kind in _WITHOUT_TEXT or not self._unknown.add(event, "part type", kind, part):
            stamp = _stamp(part) if kind == "response-metadata" else None
            self._reading.add(event, OTHER, stamp=stamp)
        self._reading.note_model(only_text(part.get("modelId") or mapping(part.get("response")).get("modelId")))

    def _finish(self, event: int, part: Mapping[str, Any], *, is_last: bool) -> None:
        """Add the finish of the stream or a step. Since version 3 the reason is an object, with the provider's own beside it."""
        if is_last:
            reason = part.get("finishReason")
            if reason := mapping(reason).get("unified") or mapping(reason).get("raw") or only_text(reason):
                self._reading.finish_reasons[0] = as_text(reason)
            self._reading.ended = True
            self._reading.add(event, FINISH)
        if reported := mapping(part.get("totalUsage") or part.get("usage")):
            self._reading.add_usage(event, reported)


def _stamp(part: Mapping[str, Any]) -> float | None:
    return parse_time(part.get("timestamp")) or parse_epoch(part.get("timestamp"))


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return the answer of a call that was not streamed as the parts of a stream."""
    content = [mapping(part) for part in items(payload.get("content"))]
    has_fields = isinstance(payload.get("content"), list) and isinstance(payload.get("usage"), dict)
    if not has_fields or "finishReason" not in payload:
        return None
    if not all(isinstance(part.get("type"), str) for part in content):
        return None
    parts = [_as_delta(part) for part in content]
    start = {"type": "stream-start", "warnings": items(payload.get("warnings"))}
    response = {"type": "response-metadata", **mapping(payload.get("response"))}
    end = {"type": "finish", "finishReason": payload["finishReason"], "usage": payload["usage"]}
    return [("message", part) for part in (start, response, *parts, end)]


def _as_delta(part: dict[str, Any]) -> dict[str, Any]:
    if part["type"] not in ("text", "reasoning"):
        return part
    return {**part, "type": f"{part['type']}-delta", "delta": part.get("text")}


usage = vercel_ai_sdk.usage
