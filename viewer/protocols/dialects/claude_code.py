"""Claude Code: the lines of `claude -p --output-format stream-json`, of the Agent SDK, and of session files.

https://docs.claude.com/en/docs/claude-code/headless

With `--include-partial-messages`, the events of the Messages API come under `event`, and each finished message repeats them. A
message of several blocks comes as several lines with the same id. Messages of subagents are of kind other.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import anthropic_messages
from viewer.protocols.dialects.anthropic_messages import MessageEvents
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, is_number, is_whole_number, items, mapping, only_text
from viewer.text.times import parse_time
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, START, USAGE
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "claude-code"
ABOUT = About(
    PROTOCOL,
    "Claude Code",
    "https://docs.claude.com/en/docs/claude-code/headless",
    "`--output-format stream-json`, with or without partial messages; messages of the Agent SDK and of session files",
)

_KNOWN_TYPES = frozenset(
    {"system", "summary", "file-history-snapshot", "queue-operation", "keep_alive", "rate_limit_event"}
)


def recognise(sample: Sample) -> int:
    """Look for messages that belong to a session of Claude Code."""
    of_session = [one for one in sample.objects if "session_id" in one or "sessionId" in one]
    if any(isinstance(one.get("event"), dict) and one.get("type") == "stream_event" for one in sample.objects):
        return 97
    is_message = (
        one.get("type") in ("assistant", "user") and isinstance(one.get("message"), dict) for one in of_session
    )
    is_start = (one.get("type") == "system" and one.get("subtype") == "init" for one in of_session)
    return 95 if any(is_message) or any(is_start) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    session = _Session(reading, MessageEvents(events, reading), UnknownText(events, reading))
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        session.add(event, line)
        reading.end_event(event, rows_before, parse_time(line.get("timestamp")))
    session.close()


@dataclass(slots=True)
class _Session:
    """The messages of a session."""

    reading: Reading
    messages: MessageEvents
    unknown: UnknownText
    _streamed: set[str] = field(default_factory=set)
    """The ids of messages whose events came before them."""
    _usage: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The last usage of each message that came whole."""
    _has_result: bool = False

    def add(self, event: int, line: Mapping[str, Any]) -> None:
        """Add the rows of one line."""
        is_of_subagent = bool(line.get("parent_tool_use_id") or line.get("isSidechain"))
        match line.get("type"):
            case "stream_event" if not is_of_subagent:
                self._add_event(event, mapping(line.get("event")))
            case "assistant" if not is_of_subagent:
                self._add_message(event, mapping(line.get("message")))
            case "user" | "assistant" | "stream_event":
                self.reading.add(event, OTHER, "\n".join(texts_in(line.get("message") or line.get("event"))))
            case "result":
                self._add_result(event, line)
            case "system" if line.get("subtype") == "init":
                self._note_model(line)
                self.reading.add(event, START)
            case kind if isinstance(kind, str) and kind in _KNOWN_TYPES:
                self.reading.add(event, OTHER, "\n".join(texts_in({**line, "type": None})))
            case kind:
                if not self.unknown.add(event, "line type", as_text(kind), dict(line)):
                    self.reading.add(event, OTHER)

    def close(self) -> None:
        """Note the usage of a session without a result: what its messages used together."""
        if self._has_result or not self._usage:
            if not self._has_result:
                self.messages.close()
            return
        total: Counter[str] = Counter()
        for reported in self._usage.values():
            total.update({name: value for name, value in reported.items() if is_whole_number(value) and value >= 0})
        self.reading.usage = dict(total) or None

    def _add_event(self, event: int, payload: Mapping[str, Any]) -> None:
        if payload.get("type") == "message_start":
            self._streamed.add(as_text(mapping(payload.get("message")).get("id")))
        self.messages.add(event, payload)

    def _add_message(self, event: int, message: Mapping[str, Any]) -> None:
        """Add the blocks of a message, unless they repeat its events."""
        identity = as_text(message.get("id"))
        if identity in self._streamed:
            self.reading.add(event, OTHER)
            return
        self._note_model(message)
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else map(mapping, items(content))
        for index, block in enumerate(blocks):
            started = {"type": "content_block_start", "index": f"{identity} {event} {index}", "content_block": block}
            self.messages.add(event, started)
        if isinstance(message.get("usage"), dict):
            self._usage[identity] = message["usage"]
        if reason := message.get("stop_reason"):
            self.reading.finish_reasons[0] = as_text(reason)
            self.reading.add(event, FINISH)

    def _add_result(self, event: int, line: Mapping[str, Any]) -> None:
        """Add the result, which repeats the last text and holds usage and cost of the whole session."""
        self._has_result = True
        self.reading.ended = True
        text = only_text(line.get("result"))
        if line.get("is_error"):
            self.reading.add_error(
                event, StreamError(text or as_text(line.get("subtype") or ""), as_text(line.get("subtype") or ""))
            )
        elif text and CONTENT not in self.reading.kind:
            self.reading.add(event, CONTENT, text)
        if isinstance(line.get("usage"), dict) or is_number(line.get("total_cost_usd")):
            used = mapping(line.get("usage")) or self.reading.usage or {}
            self.reading.usage = {**used, "total_cost_usd": line.get("total_cost_usd")}
            self.reading.add(event, USAGE)

    def _note_model(self, holder: Mapping[str, Any]) -> None:
        if holder.get("model") and holder["model"] != "<synthetic>":
            self.reading.model = self.reading.model or as_text(holder["model"])


usage = anthropic_messages.usage
