"""Codex: the lines of `codex exec --json`, and those of its SDK: https://developers.openai.com/codex/noninteractive.

A turn consists of items. An item that is updated repeats its text from the start. Items that run something are tool calls, and
what they returned is of kind other. The usage of a turn is that of the whole thread so far, so it is that of the stream only if the
thread begins in it. The first versions, of September 2025, have other names. `codex_session` reads the lines before them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_epoch, parse_time
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, START
from viewer.types.formats import About
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "codex-exec"
ABOUT = About(
    PROTOCOL, "Codex", "https://developers.openai.com/codex/noninteractive", "`codex exec --json` and its SDK"
)

_TEXTS = {"agent_message": CONTENT, "assistant_message": CONTENT, "plan": CONTENT, "reasoning": REASONING}
# The fields of each item that are its arguments, and those that it returns.
_CALLS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "command_execution": (("command",), ("aggregated_output",)),
    "file_change": (("changes",), ()),
    "mcp_tool_call": (("arguments",), ("result", "error")),
    "web_search": (("query", "action"), ()),
    "collab_tool_call": (("prompt",), ("agents_states",)),
}
_FAILED_KEYS = 2
"""How many fields the end of a turn that failed has."""
_ITEM_EVENTS = frozenset({"item.started", "item.updated", "item.completed"})


def recognise(sample: Sample) -> int:
    """Look for the events of a thread, or for an item of one of Codex' types."""
    for payload in sample.objects:
        kind = payload.get("type")
        if kind == "thread.started" and "thread_id" in payload:
            return 95
        if isinstance(kind, str) and kind in _ITEM_EVENTS:
            item = mapping(payload.get("item"))
            if "id" in item and (_type_of(item) in _TEXTS or _type_of(item) in _CALLS):
                return 95
        # A turn can fail before its first item.
        if kind == "turn.failed" and "message" in mapping(payload.get("error")) and len(payload) == _FAILED_KEYS:
            return 80
    return 0


def _type_of(item: Mapping[str, Any]) -> str:
    return as_text(item.get("type") or item.get("item_type"))


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    thread = _Thread(events, reading, UnknownText(events, reading), LatestArguments(reading))
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        thread.add(event, line)
        reading.end_event(event, rows_before, parse_time(line.get("timestamp")) or parse_epoch(line.get("timestamp")))


@dataclass(slots=True)
class _Thread:
    """The items that the lines add to."""

    events: Events
    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    _texts: dict[str, CumulativeText] = field(default_factory=dict)
    _tools: dict[str, int] = field(default_factory=dict)
    _outputs: dict[str, str] = field(default_factory=dict)
    _has_start: bool = False
    """Whether the thread begins in these lines."""

    def add(self, event: int, line: Mapping[str, Any]) -> None:
        """Add the rows of one line."""
        match line.get("type"):
            case "thread.started" | "session.created":
                self._has_start = True
                self.reading.add(event, START)
            case "turn.started":
                self.reading.add(event, START)
            case "item.started" | "item.updated" | "item.completed":
                self._add_item(event, mapping(line.get("item")))
            case "item.plan.delta":
                self._text(as_text(line.get("item_id")), CONTENT).append(event, only_text(line.get("delta")))
            case "request_user_input":
                self._add_question(event, line)
            case "turn.completed":
                # An error before it was one that Codex got over, such as a connection that it made again.
                self.reading.ended, self.reading.error = True, None
                self.reading.finish_reasons[0] = "completed"
                self.reading.add(event, FINISH)
                if isinstance(line.get("usage"), dict) and self._has_start:
                    self.reading.add_usage(event, line["usage"])
            case "turn.failed" | "error":
                self.reading.ended = True
                self.reading.add_error(event, error_of(dict(line)))
            case kind:
                if not self.unknown.add(event, "event type", as_text(kind), dict(line)):
                    self.reading.add(event, OTHER)

    def _text(self, identity: str, kind: int) -> CumulativeText:
        return self._texts.setdefault(identity, CumulativeText(self.reading, kind))

    def _add_question(self, event: int, line: Mapping[str, Any]) -> None:
        """Add a call that asks the user."""
        identity = as_text(line.get("call_id") or "")
        tool = self._tools.setdefault(identity, next_index(self._tools))
        self.reading.identify_call(tool, identity, "request_user_input")
        self.arguments.update(event, tool, write({"questions": line.get("questions")}))

    def _add_item(self, event: int, item: Mapping[str, Any]) -> None:
        kind, identity = _type_of(item), as_text(item.get("id"))
        if kind in _TEXTS:
            self._text(identity, _TEXTS[kind]).update(self.events, event, only_text(item.get("text")))
        elif kind in _CALLS:
            self._add_call(event, kind, identity, item)
        elif kind == "todo_list":
            self._add_output(event, identity, "\n".join(texts_in(items(item.get("items")))))
        elif kind == "error":
            self._add_output(event, identity, only_text(item.get("message")))
        elif not self.unknown.add(event, "item type", kind, dict(item)):
            self.reading.add(event, OTHER)

    def _add_call(self, event: int, kind: str, identity: str, item: Mapping[str, Any]) -> None:
        inputs, outputs = _CALLS[kind]
        tool = self._tools.setdefault(identity, next_index(self._tools))
        self.reading.identify_call(tool, identity, only_text(item.get("tool")) or kind)
        given = {name: item[name] for name in inputs if item.get(name) is not None}
        if kind == "mcp_tool_call":
            given = mapping(item.get("arguments"))
        self.arguments.update(event, tool, write(given) if given else "")
        returned = [item[name] for name in outputs if item.get(name)]
        text = "\n".join(text for one in returned for text in texts_in(one))
        if text and text != self._outputs.get(identity):
            self.reading.note_tool_result(event, text, identity)
        self._add_output(event, identity, text)

    def _add_output(self, event: int, identity: str, text: str) -> None:
        if text and text != self._outputs.get(identity):
            self._outputs[identity] = text
            self.reading.add(event, OTHER, text)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object of Codex. Its input includes cached tokens, and its output those of reasoning."""
    return Usage(
        input=count(reported, "input_tokens"),
        output=count(reported, "output_tokens"),
        reasoning=count(reported, "reasoning_output_tokens"),
        cache_read=count(reported, "cached_input_tokens"),
        cache_write=count(reported, "cache_write_input_tokens"),
        total=count(reported, "total_tokens"),
        reported=reported,
    )
