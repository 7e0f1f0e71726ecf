"""Coze, version 3 of its chats, and its workflows: https://www.coze.com/docs/developer_guides/chat_v3.

Answers come as deltas, and each is repeated when it is complete. Other messages, such as calls and their results, come whole.
A workflow sends the messages of its nodes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.protocols.usage_counts import with_inclusive_checks
from viewer.text.json import as_text, items, json_in, mapping, only_text
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import AUDIO, CONTENT, FINISH, KEEP_ALIVE, OTHER, REASONING, SILENT, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "coze"
ABOUT = About(PROTOCOL, "Coze", "https://www.coze.com/docs/developer_guides/chat_v3", "chats, version 3, and workflows")

_CHAT = "conversation.chat."
_FAMILIES = (_CHAT, "conversation.message.", "conversation.audio.")


def recognise(sample: Sample) -> int:
    """Look for the names of a chat's events, in the framing or in the JSON, then for the message of a workflow's node."""
    names = [*sample.names, *(only_text(payload.get("event")) for payload in sample.objects)]
    if any(name.startswith(_FAMILIES) for name in names):
        return 95
    is_node = any("node_title" in payload and "content" in payload for payload in sample.objects)
    return 92 if is_node and "Message" in names else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. An event recorded as one object has its name and data in it."""
    chat = _Chat(events, reading)
    for event, value in reading.payloads(events):
        name, payload = events.name[event], value
        if only_text(mapping(value).get("event")).startswith(_FAMILIES):
            name, payload = value["event"], _parsed(value.get("data"))
        rows_before = len(reading.kind)
        chat.add(event, name, payload)
        reading.end_event(event, rows_before)


def _parsed(data: Any) -> Any:
    """Return the data of an event, which may be JSON as text."""
    return json_in(data) if isinstance(data, str) else data


@dataclass(slots=True)
class _Chat:
    """The messages that the events add to."""

    events: Events
    reading: Reading
    unknown: UnknownText = field(init=False)
    _answers: dict[str, CumulativeText] = field(default_factory=dict)
    _reasoning: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.unknown = UnknownText(self.events, self.reading)

    def add(self, event: int, name: str, value: Any) -> None:
        """Add the rows of one event."""
        payload = mapping(value)
        match name:
            case "conversation.message.delta" | "conversation.message.completed":
                self._add_message(event, payload, is_delta=name.endswith("delta"))
            case "conversation.audio.delta":
                self.reading.add(event, AUDIO)
            case "Message":
                text = only_text(payload.get("content"))
                self.reading.add(event, CONTENT if text else SILENT, text)
                self._note_usage(event, payload.get("usage"))
            case "done" | "Done":
                self._finish(event, "")
            case "error" | "Error" | "conversation.chat.failed":
                self._fail(event, value)
            case "PING":
                self.reading.add(event, KEEP_ALIVE)
            case "Interrupt":
                self.reading.add(event, OTHER, as_text(value))
                self._finish(event, "")
            case _ if name.startswith(_CHAT):
                self._add_chat(event, name.removeprefix(_CHAT), payload)
            case _:
                if not self.unknown.add(event, "event type", as_text(name), value):
                    self.reading.add(event, OTHER)

    def _add_message(self, event: int, message: Mapping[str, Any], *, is_delta: bool) -> None:
        key, text = as_text(message.get("id")), only_text(message.get("content"))
        stamp = None if is_delta else parse_epoch(message.get("updated_at"))
        if message.get("content_type") == "audio":
            # The content is the sound itself.
            self.reading.add(event, AUDIO, stamp=stamp)
            return
        match message.get("type"):
            case "answer":
                reasoning = only_text(message.get("reasoning_content"))
                if reasoning and (is_delta or key not in self._reasoning):
                    self._reasoning.add(key)
                    self.reading.add(event, REASONING, reasoning)
                answer = self._answers.setdefault(key, CumulativeText(self.reading))
                if is_delta:
                    answer.append(event, text)
                elif text:
                    answer.update(self.events, event, text, stamp=stamp)
            case "function_call" if not is_delta:
                call = mapping(_parsed(message.get("content")))
                self._add_call(event, key, call if "name" in call else {"name": "", "arguments": text})
            case "tool_response" | "tool_output":
                self.reading.note_tool_result(event, text)
                self.reading.add(event, OTHER, text, stamp=stamp)
            case _:
                self.reading.add(event, OTHER, text, stamp=stamp)

    def _add_call(self, event: int, call_id: str, function: Mapping[str, Any]) -> None:
        tool = next_index(self.reading.tool_calls)
        self.reading.tool_calls[0, tool] = ToolCallStart(call_id, as_text(function.get("name") or ""))
        self.reading.add(event, TOOL_CALL, as_text(function.get("arguments")), tool=tool)

    def _add_chat(self, event: int, state: str, chat: Mapping[str, Any]) -> None:
        """Add a state of the chat. It is over once it is completed or waits for the results of calls."""
        if state in ("created", "in_progress"):
            self.reading.add(event, START if state == "created" else SILENT)
            return
        action = mapping(mapping(chat.get("required_action")).get("submit_tool_outputs"))
        for call in map(mapping, items(action.get("tool_calls"))):
            self._add_call(event, as_text(call.get("id") or ""), mapping(call.get("function")))
        self._finish(event, only_text(chat.get("status")) or state)
        self._note_usage(event, chat.get("usage"))

    def _finish(self, event: int, reason: str) -> None:
        if reason:
            self.reading.finish_reasons[0] = reason
        if not self.reading.ended:
            self.reading.add(event, FINISH)
        self.reading.ended = True

    def _fail(self, event: int, value: Any) -> None:
        payload = mapping(value)
        self._note_usage(event, payload.get("usage"))
        error = mapping(payload.get("last_error")) or payload
        message = error.get("msg") or error.get("error_message") or error.get("message") or value
        code = as_text(error.get("code") or error.get("error_code") or "")
        self.reading.add_error(event, StreamError(as_text(message) or "The chat failed.", code=code))

    def _note_usage(self, event: int, reported: Any) -> None:
        if isinstance(reported, dict) and any(isinstance(value, int) for value in reported.values()):
            self.reading.add_usage(event, reported)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts."""
    return with_inclusive_checks(
        Usage(
            input=count(reported, "input_count"),
            output=count(reported, "output_count"),
            total=count(reported, "token_count"),
            reported=reported,
        )
    )
