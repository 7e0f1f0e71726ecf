"""goose: the messages of a session, and the lines of `goose run --output-format stream-json`.

https://github.com/block/goose: crates/goose/src/conversation/message.rs and crates/goose-cli/src/session/mod.rs

In `stream-json`, a message comes in pieces with the same id, each with what it adds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import CONTENT, OTHER, REASONING
from viewer.types.formats import About
from viewer.types.goose import tool_result
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "goose"
ABOUT = About(
    PROTOCOL,
    "goose",
    "https://block.github.io/goose/",
    "messages of sessions, and `goose run --output-format stream-json`",
)

_CALLS = ("toolRequest", "frontendToolRequest")
_TEXTS = {"text": (CONTENT, "text"), "thinking": (REASONING, "thinking"), "reasoning": (REASONING, "text")}
_OTHER_PARTS = frozenset(
    {
        *("image", "redactedThinking", "toolConfirmationRequest", "actionRequired", "systemNotification"),
        *("contextLengthExceeded", "summarizationRequested", "conversationCompacted"),
    }
)
_KNOWN_PARTS = frozenset({*_CALLS, *_TEXTS, *_OTHER_PARTS, "toolResponse"})


def recognise(sample: Sample) -> int:
    """Look for a message with a role, a time in seconds and typed parts."""
    for line in sample.objects:
        message = mapping(line.get("message")) if line.get("type") == "message" else line
        parts = [mapping(part) for part in items(message.get("content"))]
        is_typed = any(only_text(part.get("type")) in _KNOWN_PARTS for part in parts)
        if is_typed and isinstance(message.get("created"), int) and message.get("role") in ("user", "assistant"):
            return 94
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    session = _Session(reading, UnknownText(events, reading), LatestArguments(reading))
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        stamp = session.add(event, line)
        reading.end_event(event, rows_before, stamp)


@dataclass(slots=True)
class _Session:
    """The calls of tools so far."""

    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    _tools: dict[str, int] = field(default_factory=dict)
    _is_stream: bool = False
    """Whether messages come in pieces, so that more may follow."""

    def add(self, event: int, line: Mapping[str, Any]) -> float | None:
        """Add the rows of one line. Return the stamp of an answer."""
        self._is_stream |= line.get("type") == "message"
        message = mapping(line.get("message")) if line.get("type") == "message" else line
        if "role" in message and "content" in message:
            for part in items(message["content"]):
                self._add_part(event, mapping(part), is_answer=message["role"] == "assistant")
            return parse_epoch(message.get("created")) if message["role"] == "assistant" else None
        match line.get("type"):
            case "error":
                self.reading.ended = True
                self.reading.add_error(event, StreamError(as_text(line.get("error") or "")))
            case "complete":
                self.reading.ended = True
                self.reading.add(event, OTHER)
            case "notification" | "model_change":
                self.reading.add(event, OTHER, "\n".join(texts_in(dict(line))))
            case kind:
                if not self.unknown.add(event, "line type", as_text(kind), dict(line)):
                    self.reading.add(event, OTHER)
        return None

    def _add_part(self, event: int, part: Mapping[str, Any], *, is_answer: bool) -> None:
        kind = as_text(part.get("type"))
        if kind in _TEXTS:
            row_kind, name = _TEXTS[kind]
            self.reading.add_text(event, row_kind if is_answer else OTHER, part.get(name))
            # Only `stream-json` goes on after a piece of a text.
            self.reading.ended |= is_answer and not self._is_stream
        elif kind in _CALLS:
            self._add_call(event, part)
        elif kind == "toolResponse":
            self._add_result(event, part)
        elif kind in _OTHER_PARTS:
            self.reading.add(event, OTHER, "\n".join(texts_in(dict(part))))
        elif not self.unknown.add(event, "part type", kind, dict(part)):
            self.reading.add(event, OTHER)

    def _add_call(self, event: int, part: Mapping[str, Any]) -> None:
        """Add a call. The model has stopped then. A call that goose could not read is an error of the answer."""
        called, identity = mapping(part.get("toolCall")), as_text(part.get("id") or "")
        call = mapping(called.get("value"))
        self.reading.ended = True
        if called.get("status") == "error":
            self.reading.add(event, OTHER, only_text(called.get("error")))
            return
        tool = self._tools.setdefault(identity, next_index(self._tools))
        self.reading.identify_call(tool, identity, call.get("name"))
        self.arguments.update(event, tool, write(call["arguments"]) if call.get("arguments") else "")

    def _add_result(self, event: int, part: Mapping[str, Any]) -> None:
        content, is_error = tool_result(part)
        text = result_text(content)
        self.reading.note_tool_result(event, text, part.get("id"), is_error=is_error)
        self.reading.add(event, OTHER, text)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the tokens of a session. Messages have none."""
    return Usage(
        input=count(reported, "input_tokens"),
        output=count(reported, "output_tokens"),
        total=count(reported, "total_tokens"),
        reported=reported,
    )
