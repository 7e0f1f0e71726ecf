"""Codex: the lines of its session files ("rollouts"), and those of `codex exec --json` before October 2025.

https://github.com/openai/codex: codex-rs/protocol/src/protocol.rs and codex-rs/rollout/src/policy.rs

A line of a session file holds an item of the Responses API, or an event. Before September 2025, it was the item itself. The events
repeat the items, except for usage and the end of a turn. The older output of `codex exec` has the same events, under `msg`, and no
items.

`last_token_usage` is the usage of one call, and `total_token_usage` that of the thread so far, which can be longer than what was
recorded. So the usage of several calls is the sum of their own. Codex may repeat both.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.dialects import codex_exec
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.protocols.usage_counts import sum_counts
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types import codex
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, SILENT, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "codex-session"
ABOUT = About(
    PROTOCOL,
    "Codex sessions",
    "https://github.com/openai/codex",
    "session files (`rollout-….jsonl`), and `codex exec --json` before October 2025",
)

# The texts of the model in events, each as a whole and in pieces, and the field with the text.
_EVENT_TEXTS = {
    "agent_message": (CONTENT, "message"),
    "agent_message_delta": (CONTENT, "delta"),
    "agent_reasoning": (REASONING, "text"),
    "agent_reasoning_delta": (REASONING, "delta"),
}
_EVENT_CALLS = {
    "exec_command_begin": ("exec_command", ("command",)),
    "mcp_tool_call_begin": ("mcp_tool_call", ("invocation",)),
    "patch_apply_begin": ("apply_patch", ("changes",)),
    "web_search_end": ("web_search", ("query",)),
}
# Texts that the items of a session file hold too.
_REPEATED_TEXTS = codex.ANSWER_EVENTS | {"user_message"}
_REPEATED_ITEMS = frozenset(
    {"UserMessage", "AgentMessage", "Reasoning", "CommandExecution", "McpToolCall", "FileChange"}
)
"""Items of a turn that are items of the Responses API too."""
_AT_ONCE_S = 0.005
"""No model writes several items in this time."""
_TELLING_EVENTS = frozenset({*_EVENT_TEXTS, *_EVENT_CALLS, *codex.TURN_STARTS, "token_count"})
"""Events by which the older output of `codex exec` is recognised."""


def recognise(sample: Sample) -> int:
    """Look for lines of a session file, or for events with the types of Codex."""
    for line in sample.objects:
        kind, payload, message = line.get("type"), line.get("payload"), mapping(line.get("msg"))
        is_line = (
            isinstance(kind, str) and kind in codex.LINE_TYPES and isinstance(payload, dict) and "timestamp" in line
        )
        event_type = message.get("type")
        is_event = "id" in line and isinstance(event_type, str) and event_type in _TELLING_EVENTS
        if is_line or is_event:
            return 95
    return 90 if sample.objects and all(map(_is_item, sample.objects)) else 0


def _is_item(line: Mapping[str, Any]) -> bool:
    """Tell whether a line is an item alone, as the first versions wrote the answers of a model."""
    match line.get("type"):
        case "message":
            parts = [mapping(part).get("type") for part in items(line.get("content"))]
            return line.get("role") == "assistant" and "output_text" in parts
        case "function_call":
            return isinstance(line.get("call_id"), str) and isinstance(line.get("arguments"), str)
        case "local_shell_call":
            return isinstance(line.get("action"), dict)
        case "reasoning":
            return isinstance(line.get("summary"), list)
    return False


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    session = _Session(events, reading, UnknownText(events, reading), LatestArguments(reading))
    reading.has_stamps_of_program = True
    items_s: list[float] = []
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        is_answer = session.add(event, line)
        # Other lines, such as those with usage, may be written long after the answer.
        stamp = parse_time(line.get("timestamp")) if is_answer else None
        reading.end_event(event, rows_before, stamp)
        if stamp is not None and line.get("type") == "response_item":
            items_s.append(stamp)
    session.close()
    if len(items_s) > 1 and max(items_s) - min(items_s) < _AT_ONCE_S:
        # They were written at once, as by a fork, which copies the lines of another thread.
        reading.stamp = array("d", [nan]) * len(reading.stamp)


@dataclass(slots=True)
class _Session:
    """The texts and calls that the lines add to."""

    events: Events
    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    _texts: dict[int, CumulativeText] = field(default_factory=dict)
    """By kind, the text that pieces are added to."""
    _tools: dict[str, int] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)
    """The texts of the items."""
    _repeated: dict[str, int] = field(default_factory=dict)
    """The rows of texts of events that no item has repeated yet."""
    _total: tuple[Any, Any] | None = None
    """The last counts of the thread."""
    _used: dict[str, Any] = field(default_factory=dict)
    """The counts of the calls so far."""
    _is_one_call: bool = True
    """Whether no line holds what a model is given."""
    _has_answer: bool = False
    """Whether an item holds a text or a call of the model."""
    _has_items: bool = False
    _is_counted: bool = False
    _are_items_late: bool = False
    """Whether items follow the usage of their call. Older versions write them once all tools have run."""

    def add(self, event: int, line: Mapping[str, Any]) -> bool:
        """Add the rows of one line. Return whether its stamp tells when a model answered."""
        payload, kind = mapping(line.get("payload")), as_text(line.get("type"))
        if isinstance(line.get("msg"), dict):
            self._add_event(event, line["msg"])
            return True
        if kind == "response_item" or (kind in codex.KNOWN_ITEMS and "payload" not in line):
            return self._add_item(event, payload or line) and not self._are_items_late
        if kind == "event_msg":
            return self._add_repetition(event, payload)
        if kind in ("session_meta", "turn_context") or "model" in line:
            # The first line of the older output is its settings.
            self.reading.note_model((payload or line).get("model"))
            self.reading.add(event, START)
        elif kind == "token_usage_record":
            self._add_usage(event, mapping(payload.get("thread_token_usage")), mapping(payload.get("usage")))
        elif kind == "compacted":
            self.reading.add(event, OTHER, only_text(payload.get("message")))
        elif "prompt" in line and "type" not in line:
            self.reading.add(event, OTHER, only_text(line["prompt"]))
        elif (
            kind in codex.LINE_TYPES
            or line.get("record_type") == "state"
            or not self.unknown.add(event, "line type", kind, dict(line))
        ):
            self.reading.add(event, OTHER)
        return False

    def close(self) -> None:
        """Tell whether the answer of one call is complete: Codex writes an item once it is, and the usage at the end."""
        if self._is_one_call and (self._has_answer or self._is_counted):
            self.reading.ended = True

    def _add_event(self, event: int, payload: Mapping[str, Any]) -> None:
        kind = as_text(payload.get("type"))
        self._is_one_call &= kind not in codex.RESULT_EVENTS | codex.TURN_STARTS
        if kind in _EVENT_TEXTS:
            self._has_answer = True
            self._add_text(event, kind, payload)
        elif kind in _EVENT_CALLS:
            self._add_event_call(event, kind, payload)
        elif kind == "token_count":
            info = mapping(payload.get("info"))
            # The first versions wrote the usage of the call alone.
            self._add_usage(
                event, mapping(info.get("total_token_usage")), mapping(info.get("last_token_usage")) or dict(payload)
            )
        elif kind in codex.TURN_STARTS:
            self.reading.ended = False
            self.reading.add(event, START)
        elif kind in codex.TURN_ENDS:
            self._finish(event, "completed")
        elif kind == "turn_aborted":
            self._finish(event, as_text(payload.get("reason") or "aborted"))
        elif kind == "error":
            self.reading.add_error(event, StreamError(as_text(payload.get("message") or "")))
        elif kind in codex.KNOWN_EVENTS:
            self.reading.add(event, OTHER, "\n".join(texts_in({**payload, "type": None})))
        elif not self.unknown.add(event, "event type", kind, dict(payload)):
            self.reading.add(event, OTHER)

    def _add_repetition(self, event: int, payload: Mapping[str, Any]) -> bool:
        """Add an event of a session file. A text that an item holds too is shown only there, whichever comes first.

        Return whether it is a text of the model.
        """
        kind, item = as_text(payload.get("type")), mapping(payload.get("item"))
        if kind == "item_completed" and as_text(item.get("type")) in _REPEATED_ITEMS:
            texts = [
                *items(item.get("summary_text")),
                *(mapping(part).get("text") for part in items(item.get("content"))),
            ]
            self._repeat(event, [only_text(text) for text in texts])
            return item.get("type") in ("AgentMessage", "Reasoning")
        if kind in _REPEATED_TEXTS:
            self._repeat(event, [only_text(payload.get("text" if "text" in payload else "message"))])
            return kind in codex.ANSWER_EVENTS
        if kind in codex.RESULT_EVENTS:
            self.reading.add(event, OTHER)
        else:
            self._add_event(event, payload)
        return False

    def _repeat(self, event: int, texts: list[str]) -> None:
        """Add a row for each text that no item holds so far."""
        new = [text for text in texts if text and text not in self._said]
        for text in new or [""]:
            if text:
                self._repeated[text] = len(self.reading.kind)
            self.reading.add(event, OTHER, text)

    def _texts_in(self, parts: list[Any]) -> list[str]:
        """Return the texts of the parts of an item, and drop them from the events that hold them too."""
        texts = [text for part in parts if (text := only_text(mapping(part).get("text")))]
        self._said.update(texts)
        for text in texts:
            if (row := self._repeated.pop(text, None)) is not None:
                self.reading.text[row] = ""
        return texts

    def _finish(self, event: int, reason: str) -> None:
        self.reading.ended = True
        self.reading.finish_reasons[0] = reason
        self.reading.add(event, FINISH)

    def _add_text(self, event: int, name: str, payload: Mapping[str, Any]) -> None:
        """Add a piece of a text, or what the whole text has after its pieces."""
        kind, place = _EVENT_TEXTS[name]
        shown = self._texts.setdefault(kind, CumulativeText(self.reading, kind))
        if place == "delta":
            shown.append(event, only_text(payload.get(place)))
        else:
            shown.update(self.events, event, only_text(payload.get(place)))
            del self._texts[kind]

    def _add_event_call(self, event: int, kind: str, payload: Mapping[str, Any]) -> None:
        name, inputs = _EVENT_CALLS[kind]
        invocation = mapping(payload.get("invocation"))
        given = invocation.get("arguments") if invocation else {one: payload.get(one) for one in inputs}
        self._add_call(event, payload, only_text(invocation.get("tool")) or name, write(given) if given else "")

    def _add_call(self, event: int, payload: Mapping[str, Any], name: str, arguments: str) -> None:
        identity = as_text(payload.get("call_id") or payload.get("id") or "") or f"{len(self._tools)} {name}"
        tool = self._tools.setdefault(identity, next_index(self._tools))
        self.reading.identify_call(tool, payload.get("call_id") or payload.get("id"), name)
        self.arguments.update(event, tool, arguments)
        self.reading.ended = False

    def _add_usage(self, event: int, total: dict[str, Any], last: dict[str, Any]) -> None:
        """Add the usage of a call, unless it was counted before. Events about the limits of an account have none."""
        so_far = (total.get("input_tokens"), total.get("output_tokens")) if total else None
        if "input_tokens" not in last or (so_far and so_far == self._total):
            self.reading.add(event, OTHER)
            return
        self._total, self._is_counted = so_far, True
        self._are_items_late |= not self._has_items
        self._used = sum_counts(filter(None, (self._used, last)))
        self.reading.add_usage(event, self._used)

    def _add_item(self, event: int, item: Mapping[str, Any]) -> bool:
        """Add an item of the Responses API. What tools returned, and what others wrote, is of kind other.

        Return whether it is a part of an answer.
        """
        kind = as_text(item.get("type"))
        self._has_items |= kind in codex.ANSWER_ITEMS and item.get("role") in (None, "assistant")
        if kind == "message":
            is_answer = item.get("role") == "assistant"
            self._note(is_answer=is_answer)
            text = "".join(self._texts_in(items(item.get("content"))))
            self.reading.add_text(event, CONTENT if is_answer else OTHER, text)
            return is_answer
        if kind == "reasoning":
            text = "\n\n".join(self._texts_in([*items(item.get("summary")), *items(item.get("content"))]))
            self.reading.add(event, REASONING if text else SILENT, text)
            return True
        if kind in codex.CALL_ITEMS:
            self._note(is_answer=True)
            given = item.get(codex.CALL_ITEMS[kind])
            self._add_call(event, item, only_text(item.get("name")) or kind, as_text(given) if given else "")
            return True
        if kind.endswith("_output"):
            self._note(is_answer=False)
            self.reading.note_tool_result(event, result_text(item.get("output")), item.get("call_id"))
            self.reading.add(event, OTHER, "\n".join(texts_in(item.get("output"))))
        elif kind in codex.KNOWN_ITEMS:
            self.reading.add(event, OTHER, "\n".join(texts_in({**item, "type": None})))
        elif not self.unknown.add(event, "item type", kind, dict(item)):
            self.reading.add(event, OTHER)
        return False

    def _note(self, *, is_answer: bool) -> None:
        """Note an item. A message of the model ends an answer, unless a call follows."""
        self._has_answer |= is_answer
        self._is_one_call &= is_answer
        self.reading.ended |= is_answer


usage = codex_exec.usage
