"""LM Studio in its own form: https://lmstudio.ai/docs/developer/rest/streaming-events.

Reasoning, content and calls come as named events. The last one repeats everything and has the counts and times.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, number, only_text
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import ServerTimes, ToolCallStart
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "lm-studio"
ABOUT = About(
    PROTOCOL,
    "LM Studio",
    "https://lmstudio.ai/docs/developer/rest/streaming-events",
    "its own form, /api/v1/chat",
)

_FAMILIES = ("model_load.", "prompt_processing.")
_TYPES = frozenset({"chat.start", "chat.end", "message.delta", "reasoning.delta", "tool_call.arguments"})
_HOUR_S = 3600.0


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, in the JSON."""
    types = [as_text(payload.get("type")) for payload in sample.objects]
    is_own = any(name in ("chat.start", "chat.end") or name.startswith(_FAMILIES) for name in types)
    return 92 if is_own else 80 if _TYPES & set(types) and sample.path.endswith("/api/v1/chat") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    chat = _Chat(reading, UnknownText(events, reading))
    for event, value in reading.payloads(events):
        # A payload that is not an object may be a text.
        payload = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        chat.add(event, as_text(payload.get("type") or events.name[event]), payload)
        reading.end_event(event, rows_before)


@dataclass(slots=True)
class _Chat:
    """The message and the calls that the events add to."""

    reading: Reading
    unknown: UnknownText
    _has_arguments: bool = field(default=False)
    """Whether the arguments of the current call were added."""

    def add(self, event: int, kind: str, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        match kind:
            case "message.delta":
                self.reading.add_text(event, CONTENT, payload.get("content"))
            case "reasoning.delta":
                self.reading.add_text(event, REASONING, payload.get("content"))
            case "chat.start":
                self._note_model(payload)
                self.reading.add(event, START)
            case "chat.end":
                self._finish(event, mapping(payload.get("result")))
            case "error":
                self.reading.add_error(event, error_of(dict(payload)))
            case _ if kind.startswith("tool_call."):
                self._add_call(event, kind, payload)
            case "message.start" | "message.end" | "reasoning.start" | "reasoning.end":
                pass
            case _ if kind.startswith(_FAMILIES):
                self._note_model(payload)
            case _:
                if not self.unknown.add(event, "event type", kind, dict(payload)):
                    self.reading.add(event, OTHER)

    def _note_model(self, payload: Mapping[str, Any]) -> None:
        self.reading.note_model(only_text(payload.get("model_instance_id")))

    def _add_call(self, event: int, kind: str, payload: Mapping[str, Any]) -> None:
        """Add a call or its arguments. Calls follow one another and have no ids."""
        if kind == "tool_call.start" or not self.reading.tool_calls:
            self._has_arguments = False
            self.reading.tool_calls[0, next_index(self.reading.tool_calls)] = ToolCallStart()
        tool = next_index(self.reading.tool_calls) - 1
        start = self.reading.identify_call(tool, None, payload.get("tool"))
        start.name = only_text(payload.get("tool")) or start.name
        arguments = as_text(payload.get("arguments")) if "arguments" in payload and not self._has_arguments else ""
        if arguments or kind == "tool_call.start":
            self._has_arguments = bool(arguments)
            self.reading.add(event, TOOL_CALL, arguments, tool=tool)
        output = payload.get("output") or payload.get("reason")
        if output:
            is_error = kind == "tool_call.failure"
            self.reading.note_tool_result(event, as_text(output), name=start.name, is_error=is_error)
            self.reading.add(event, OTHER, as_text(output))

    def _finish(self, event: int, result: Mapping[str, Any]) -> None:
        """Add the finish, and the answer if none of it was streamed."""
        self._note_model(result)
        if not {CONTENT, REASONING} & set(self.reading.kind):
            for part in map(mapping, items(result.get("output"))):
                if part.get("type") in ("message", "reasoning") and isinstance(part.get("content"), str):
                    self.reading.add(event, CONTENT if part["type"] == "message" else REASONING, part["content"])
        self.reading.ended = True
        self.reading.add(event, FINISH)
        if stats := mapping(result.get("stats")):
            self.reading.add_usage(event, stats)
            self._note_times(stats)

    def _note_times(self, stats: Mapping[str, Any]) -> None:
        first_s = number(stats.get("time_to_first_token_seconds"), 0, _HOUR_S)
        rate, tokens = number(stats.get("tokens_per_second"), 1e-3, 1e6), count(stats, "total_output_tokens")
        if rate and tokens:
            self.reading.server_times = ServerTimes("tokens_per_second", first_s, tokens / rate)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer that was not streamed as the event that repeats it."""
    is_answer = "model_instance_id" in payload and isinstance(payload.get("output"), list) and "stats" in payload
    return [("chat.end", {"type": "chat.end", "result": payload})] if is_answer else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts. Output includes reasoning."""
    return Usage(
        input=count(reported, "input_tokens"),
        output=count(reported, "total_output_tokens"),
        reasoning=count(reported, "reasoning_output_tokens"),
        reported=reported,
    )
