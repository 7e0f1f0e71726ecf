"""AG-UI, from an agent to the user's application: https://docs.ag-ui.com/concepts/events.

Its first versions called reasoning thinking. TanStack AI (https://tanstack.com/ai/latest/docs/protocol/chunk-definitions) adds
the model, the finish reason and usage, and once sent reasoning as finished steps. Since version 1.0 an event may belong to a
subagent, whose messages and calls are read like those of the agent.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import vercel_ai_sdk
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.protocols.usage_counts import first_count, sum_counts
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "ag-ui"
ABOUT = About(
    PROTOCOL,
    "AG-UI",
    "https://docs.ag-ui.com/concepts/events",
    "versions 0.x and 1.0, and the additions of TanStack AI",
)

_OPENS_OR_CLOSES = frozenset(
    {
        "TEXT_MESSAGE_START",
        "TEXT_MESSAGE_END",
        "THINKING_START",
        "THINKING_END",
        "THINKING_TEXT_MESSAGE_START",
        "THINKING_TEXT_MESSAGE_END",
        "REASONING_START",
        "REASONING_END",
        "REASONING_MESSAGE_START",
        "REASONING_MESSAGE_END",
        "REASONING_ENCRYPTED_VALUE",
        "TOOL_CALL_END",
        "STEP_STARTED",
        "STEP_FINISHED",
    }
)
_SUBAGENTS = ("SUBAGENT_STARTED", "SUBAGENT_FINISHED", "SUBAGENT_ERROR")
_SHOWN_FIELDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("STATE_SNAPSHOT", "STATE_DELTA", "RAW"), ()),
    **dict.fromkeys(("ACTIVITY_SNAPSHOT", "ACTIVITY_DELTA"), ("content", "patch")),
    # The agent may go on without a subagent that failed.
    **dict.fromkeys(_SUBAGENTS, ("name", "description", "result", "message")),
    "CUSTOM": ("value",),
}
"""Events that belong to no message, and the fields of each that are shown."""
_TYPES = (
    _OPENS_OR_CLOSES
    | set(_SUBAGENTS)
    | {
        "RUN_STARTED",
        "RUN_FINISHED",
        "RUN_ERROR",
        "TEXT_MESSAGE_CONTENT",
        "TEXT_MESSAGE_CHUNK",
        "THINKING_TEXT_MESSAGE_CONTENT",
        "REASONING_MESSAGE_CONTENT",
        "REASONING_MESSAGE_CHUNK",
        "TOOL_CALL_START",
        "TOOL_CALL_ARGS",
        "TOOL_CALL_CHUNK",
        "TOOL_CALL_RESULT",
        "MESSAGES_SNAPSHOT",
    }
)


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, which are in capitals."""
    types = (as_text(payload.get("type")) for payload in sample.objects)
    return 95 if any(name in _TYPES for name in types) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    run = _Run(reading, UnknownText(events, reading))
    for event, value in reading.payloads(events):
        # A payload that is not an object may be a text.
        payload = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        run.add(event, payload)
        reading.end_event(event, rows_before, parse_epoch(payload.get("timestamp")))


@dataclass(slots=True)
class _Run:
    """The messages and calls that the events add to."""

    reading: Reading
    unknown: UnknownText
    _tools: dict[str, int] = field(default_factory=dict)
    _with_arguments: set[int] = field(default_factory=set)
    _texts: dict[str, list[str]] = field(default_factory=dict)
    """The pieces of each message of the assistant, by id."""
    _of_others: set[str] = field(default_factory=set)
    """The ids of messages that the assistant did not write."""
    _messages: dict[str, str] = field(default_factory=dict)
    """By subagent, the id of the message that chunks without an id continue."""
    _calls: dict[str, str] = field(default_factory=dict)
    """By subagent, the id of the call that chunks without an id continue."""
    _reasoning: list[str] = field(default_factory=list)
    """The pieces of all reasoning."""
    _answered: set[str] = field(default_factory=set)
    """The ids of calls whose results were shown."""
    _has_reasoning: bool = False

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        match payload.get("type"):
            case "TEXT_MESSAGE_CONTENT" | "TEXT_MESSAGE_CHUNK" | "TEXT_MESSAGE_START":
                self._add_content(event, payload)
            case "REASONING_MESSAGE_CONTENT" | "REASONING_MESSAGE_CHUNK" | "THINKING_TEXT_MESSAGE_CONTENT":
                self._has_reasoning = True
                self._reasoning.append(only_text(payload.get("delta")))
                self._add_text(event, REASONING, payload.get("delta"))
            case "STEP_FINISHED" if not self._has_reasoning:
                self._add_text(event, REASONING, payload.get("delta"))
            case "TOOL_CALL_START" | "TOOL_CALL_ARGS" | "TOOL_CALL_CHUNK" | "TOOL_CALL_END":
                self._add_call(event, payload)
            case kind:
                self._add_other(event, kind, payload)
        self._note_model_and_usage(event, payload)

    def _add_other(self, event: int, kind: Any, payload: Mapping[str, Any]) -> None:
        """Add the start or end of a run, or an event that belongs to none of its messages."""
        match kind:
            case "TOOL_CALL_RESULT":
                self._add_tool_result(event, payload)
            case "MESSAGES_SNAPSHOT":
                self._add_snapshot(event, items(payload.get("messages")))
            case "RUN_STARTED":
                self.reading.add(event, START)
            case "RUN_FINISHED":
                self._finish(event, payload)
            case "RUN_ERROR":
                self._fail(event, payload)
            case name if isinstance(name, str) and name in _SHOWN_FIELDS:
                self.reading.add(event, OTHER, "\n".join(_shown(name, payload)))
            case name if not isinstance(name, str) or name not in _OPENS_OR_CLOSES:
                if not self.unknown.add(event, "event type", as_text(name), payload):
                    self.reading.add(event, OTHER)

    def _fail(self, event: int, payload: Mapping[str, Any]) -> None:
        error = {**mapping(payload.get("error")), **payload}
        message = as_text(error.get("message") or "The run failed.")
        self.reading.add_error(event, StreamError(message, code=as_text(error.get("code"))))

    def _add_text(self, event: int, kind: int, text: Any) -> None:
        if text and isinstance(text, str):
            self.reading.add(event, kind, text)

    def _add_content(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add a text to the message with the id of the event or, without one, to the last message of its agent."""
        agent = only_text(payload.get("subagentRunId"))
        message = only_text(payload.get("messageId")) or self._messages.get(agent, "")
        if payload.get("type") != "TEXT_MESSAGE_CONTENT":
            self._messages[agent] = message
        if (payload.get("role") or "assistant") != "assistant":
            self._of_others.add(message)
        text = only_text(payload.get("delta"))
        if message in self._of_others:
            self._add_text(event, OTHER, text)
        else:
            self._texts.setdefault(message, []).append(text)
            self._add_text(event, CONTENT, text)

    def _add_call(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add a piece of a call. Some servers send the whole input with its end instead."""
        agent = only_text(payload.get("subagentRunId"))
        call = only_text(payload.get("toolCallId")) or self._calls.get(agent, "")
        if payload.get("type") in ("TOOL_CALL_START", "TOOL_CALL_CHUNK"):
            self._calls[agent] = call
        tool = self._tools.setdefault(call, next_index(self._tools))
        name = payload.get("toolCallName") or payload.get("toolName")
        self.reading.identify_call(tool, call, name)
        arguments = only_text(payload.get("delta"))
        if payload.get("type") == "TOOL_CALL_END":
            has_input = "input" in payload and tool not in self._with_arguments
            arguments = as_text(payload["input"]) if has_input else ""
        if arguments:
            self._with_arguments.add(tool)
        if arguments or payload.get("type") != "TOOL_CALL_END":
            self.reading.add(event, TOOL_CALL, arguments, tool=tool)

    def _add_snapshot(self, event: int, messages: list[Any]) -> None:
        """Add what the assistant wrote since the user's last message, unless the stream has shown it."""
        roles = [mapping(message).get("role") for message in messages]
        begin = len(roles) - roles[::-1].index("user") if "user" in roles else 0
        rows_before = len(self.reading.kind)
        for message in map(mapping, messages[begin:]):
            match message.get("role"):
                case "assistant":
                    self._add_whole_message(event, message)
                case "reasoning" if (text := only_text(message.get("content"))) not in "".join(self._reasoning):
                    self._reasoning.append(text)
                    self._add_text(event, REASONING, text)
                case "tool" if only_text(message.get("toolCallId")) not in self._answered:
                    self._add_tool_result(event, message)
        if len(self.reading.kind) == rows_before:
            self.reading.add(event, OTHER)

    def _add_whole_message(self, event: int, message: Mapping[str, Any]) -> None:
        key, text = only_text(message.get("id")), only_text(message.get("content"))
        if text and key not in self._texts and not self._is_shown(text):
            self._texts[key] = [text]
            self.reading.add(event, CONTENT, text)
        for call in map(mapping, items(message.get("toolCalls"))):
            self._add_whole_call(event, call)

    def _add_tool_result(self, event: int, result: Mapping[str, Any]) -> None:
        """Add what a tool returned: a text, or parts."""
        text, call_id = result_text(result.get("content")), only_text(result.get("toolCallId"))
        self._answered.add(call_id)
        self.reading.note_tool_result(event, text, call_id, is_error=bool(result.get("error")))
        self.reading.add(event, OTHER, text)

    def _is_shown(self, text: str) -> bool:
        """Tell whether a message repeats one with another id."""
        return any("".join(pieces) == text for pieces in self._texts.values())

    def _add_whole_call(self, event: int, call: Mapping[str, Any]) -> None:
        key, function = only_text(call.get("id")), mapping(call.get("function"))
        if key in self._tools:
            return
        tool = self._tools[key] = next_index(self._tools)
        self.reading.identify_call(tool, key, function.get("name"))
        self.reading.add(event, TOOL_CALL, as_text(function.get("arguments")), tool=tool)

    def _finish(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the finish. The outcome of a run is its reason, unless TanStack AI gives the model's."""
        self.reading.ended = True
        outcome = payload.get("outcome")
        reason = _of_tanstack(payload, "finishReason") or mapping(outcome).get("type") or only_text(outcome)
        if reason:
            self.reading.finish_reasons[0] = as_text(reason)
        if outcome and isinstance(outcome, dict) and outcome.get("interrupts"):
            self.reading.add(event, OTHER, write(outcome["interrupts"]))
        if result := payload.get("result"):
            is_answer = isinstance(result, str) and not self._texts
            self.reading.add(event, CONTENT if is_answer else OTHER, as_text(result))
        self.reading.add(event, FINISH)

    def _note_model_and_usage(self, event: int, payload: Mapping[str, Any]) -> None:
        reported = payload.get("usage")
        parts = [mapping(part) for part in (reported if isinstance(reported, list) else [reported])]
        model = _of_tanstack(payload, "model") or next((part["model"] for part in parts if part.get("model")), None)
        self.reading.note_model(only_text(model))
        if any(map(vercel_ai_sdk.has_counts, parts)):
            # A run may use several models.
            self.reading.add_usage(event, sum_counts(parts))


def _shown(name: str, payload: Mapping[str, Any]) -> Iterator[str]:
    """Yield what to show of an event that belongs to no message. Only the texts of an activity are shown."""
    for field_name in _SHOWN_FIELDS[name]:
        value = payload.get(field_name)
        yield from texts_in(value) if name.startswith("ACTIVITY_") else filter(None, [as_text(value)])


def _of_tanstack(payload: Mapping[str, Any], name: str) -> Any:
    """Return a field of TanStack AI, which later versions put into the metadata."""
    return payload.get(name) or mapping(mapping(payload.get("metadata")).get("tanstack")).get(name)


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert a usage object of AG-UI or of TanStack AI, which has the names of the AI SDK."""
    converted = vercel_ai_sdk.usage(reported, provider)
    return replace(converted, cache_write=first_count(count(reported, "cacheWriteInputTokens"), converted.cache_write))
