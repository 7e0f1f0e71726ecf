"""Cline and Roo Code: the messages in `api_conversation_history.json`, and those in `ui_messages.json`, one a line.

https://github.com/cline/cline: src/shared/ExtensionMessage.ts and src/shared/messages/

The first are messages of the Anthropic API with a time. In the second, a request has its tokens and cost as a text of JSON, and
what follows it was shown of its answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects.anthropic_messages import MessageEvents
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, is_whole_number, items, json_in, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import CONTENT, OTHER, REASONING, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "cline"
ABOUT = About(
    PROTOCOL,
    "Cline, Roo Code",
    "https://github.com/cline/cline",
    "messages of a task: `api_conversation_history.json` and `ui_messages.json`",
)

_SHOWN = ("say", "ask")
_TEXTS = {
    "text": CONTENT,
    "completion_result": CONTENT,
    "followup": CONTENT,
    "plan_mode_respond": CONTENT,
    "reasoning": REASONING,
}
_TOOLS = {
    "tool": "",
    "command": "execute_command",
    "use_mcp_server": "use_mcp_tool",
    "browser_action": "browser_action",
    "browser_action_launch": "browser_action",
    "use_subagents": "use_subagents",
}
"""The name of the tool that each shown call is of; "" if its text has the name."""
_WORDS = ("question", "response")
"""Fields of a shown answer that hold its text."""


def recognise(sample: Sample) -> int:
    """Look for a message with a time in milliseconds."""
    for line in sample.objects:
        if not is_whole_number(line.get("ts")):
            continue
        if line.get("type") in _SHOWN and line["type"] in line:
            return 93
        if line.get("role") in ("user", "assistant") and isinstance(line.get("content"), str | list):
            return 93
    return 93 if any("modelInfo" in line and "content" in line for line in sample.objects) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    task = _Task(reading, MessageEvents(events, reading), UnknownText(events, reading))
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        stamp = task.add(event, line)
        reading.end_event(event, rows_before, stamp)


@dataclass(slots=True)
class _Task:
    """The messages of a task."""

    reading: Reading
    messages: MessageEvents
    unknown: UnknownText

    def add(self, event: int, line: Mapping[str, Any]) -> float | None:
        """Add the rows of one line. Return its time if it is when an answer was complete."""
        self.reading.note_model(mapping(line.get("modelInfo")).get("modelId"))
        if line.get("type") in _SHOWN:
            self._add_shown(event, as_text(line.get(line["type"]) or ""), line)
            return None
        if line.get("role") == "assistant":
            self._add_message(event, line)
            self.reading.has_stamps_of_program = True
            return parse_epoch(line.get("ts"))
        if line.get("type") == "reasoning":
            self.reading.add(event, REASONING, "\n".join(texts_in([line.get("summary"), line.get("text")])))
        elif line.get("role") == "user":
            self.reading.add(event, OTHER, "\n".join(texts_in(line.get("content"))))
        elif not self.unknown.add(event, "message", as_text(line.get("type")), dict(line)):
            self.reading.add(event, OTHER)
        return None

    def _add_message(self, event: int, line: Mapping[str, Any]) -> None:
        """Add the blocks of a message, which the program writes once the model has stopped."""
        content = line.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else [*map(mapping, items(content))]
        for index, block in enumerate(blocks):
            started = {"type": "content_block_start", "index": f"{event} {index}", "content_block": block}
            self.messages.add(event, started)
        metrics = mapping(line.get("metrics"))
        if isinstance(metrics.get("tokens"), dict):
            self.reading.add_usage(event, metrics)
        self.reading.ended = True

    def _add_shown(self, event: int, kind: str, line: Mapping[str, Any]) -> None:
        text = only_text(line.get("text"))
        if kind == "api_req_started":
            self._add_request(event, mapping(json_in(text)))
        elif kind in _TEXTS:
            said = mapping(json_in(text)) if kind in ("followup", "plan_mode_respond") else {}
            words = next((said[name] for name in _WORDS if isinstance(said.get(name), str)), text)
            self.reading.add_text(event, _TEXTS[kind], words)
        elif kind in _TOOLS and text:
            self._add_call(event, kind, text, as_text(line.get("ts") or ""))
        elif kind == "api_req_failed":
            self.reading.add_error(event, StreamError(text))
        else:
            self.reading.add(event, OTHER, text)

    def _add_request(self, event: int, info: dict[str, Any]) -> None:
        """Add the start of a request. Its counts were added once the answer was complete, or stopped."""
        self.reading.add(event, START)
        if "tokensOut" in info:
            self.reading.add_usage(event, {name: value for name, value in info.items() if name != "request"})
            self.reading.ended = not info.get("cancelReason")
        if failure := only_text(info.get("streamingFailedMessage")):
            self.reading.add_error(event, StreamError(failure, as_text(info.get("cancelReason") or "")))
        elif reason := only_text(info.get("cancelReason")):
            self.reading.finish_reasons[0] = reason

    def _add_call(self, event: int, kind: str, text: str, identity: str) -> None:
        given = mapping(json_in(text))
        name = _TOOLS[kind] or only_text(given.pop("tool", "")) or kind
        tool = next_index(self.reading.tool_calls)
        self.reading.identify_call(tool, identity, name)
        self.reading.add(event, TOOL_CALL, write(given) if given else write({kind: text}), tool=tool)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts of a request or a message. Those of a request leave the cache out of the input.

    Roo Code writes which rule its counts follow: OpenAI's includes the cache.
    """
    if "tokens" in reported:
        return Usage(
            input=count(reported, "tokens", "prompt"),
            output=count(reported, "tokens", "completion"),
            cache_read=count(reported, "tokens", "cached"),
            reported=reported,
        )
    fresh, output, read_, written = (
        count(reported, name) for name in ("tokensIn", "tokensOut", "cacheReads", "cacheWrites")
    )
    beside = 0 if reported.get("apiProtocol") == "openai" else (read_ or 0) + (written or 0)
    return Usage(
        input=None if fresh is None else fresh + beside,
        output=output,
        cache_read=read_,
        cache_write=written,
        reported=reported,
    )
