"""Codex: the lines of its session files ("rollouts"), and those of `codex exec --json` before October 2025.

https://github.com/openai/codex: codex-rs/protocol/src/protocol.rs and codex-rs/rollout/src/policy.rs

A line of a session file holds an item of the Responses API, or an event. The events repeat the items, except for usage and the
end of a turn. The older output of `codex exec` has the same events, under `msg`, and no items.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.dialects import codex_exec
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
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

_LINE_TYPES = frozenset({"session_meta", "response_item", "event_msg", "turn_context", "compacted"})
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
_TURN_STARTS, _TURN_ENDS = ("task_started", "turn_started"), ("task_complete", "turn_complete")
# Texts that the items of a session file hold too, and results, which they hold in another form.
_REPEATED_TEXTS = frozenset({"user_message", "agent_message", "agent_reasoning", "agent_reasoning_raw_content"})
_REPEATED_RESULTS = frozenset(
    {"exec_command_end", "mcp_tool_call_end", "patch_apply_end", "web_search_end", "image_generation_end"}
)
_OTHER_EVENTS = frozenset(
    {
        *("exec_command_end", "mcp_tool_call_end", "patch_apply_end", "turn_diff", "plan_update", "background_event"),
        *(
            "user_message",
            "agent_reasoning_section_break",
            "session_configured",
            "stream_error",
            "warning",
            "web_search_begin",
        ),
        *(
            "thread_goal_updated",
            "context_compacted",
            "entered_review_mode",
            "exited_review_mode",
            "thread_rolled_back",
        ),
        *("item_completed", "error"),
    }
)
# The arguments of each item that is a call.
_ITEM_CALLS = {
    "function_call": "arguments",
    "custom_tool_call": "input",
    "local_shell_call": "action",
    "web_search_call": "action",
    "tool_search_call": "arguments",
}


def recognise(sample: Sample) -> int:
    """Look for lines of a session file, or for events with the types of Codex."""
    for line in sample.objects:
        kind, payload, message = line.get("type"), line.get("payload"), mapping(line.get("msg"))
        is_line = isinstance(kind, str) and kind in _LINE_TYPES and isinstance(payload, dict) and "timestamp" in line
        event_type = message.get("type")
        is_event = (
            "id" in line and isinstance(event_type, str) and (event_type in _EVENT_TEXTS or event_type in _TURN_STARTS)
        )
        if is_line or is_event:
            return 95
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    session = _Session(events, reading, UnknownText(events, reading), LatestArguments(reading))
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        session.add(event, line)
        reading.end_event(event, rows_before, parse_time(line.get("timestamp")))


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

    def add(self, event: int, line: Mapping[str, Any]) -> None:
        """Add the rows of one line."""
        payload, kind = mapping(line.get("payload")), as_text(line.get("type"))
        if isinstance(line.get("msg"), dict):
            self._add_event(event, line["msg"])
        elif kind == "response_item":
            self._add_item(event, payload)
        elif kind == "event_msg":
            self._add_repetition(event, payload)
        elif kind in ("session_meta", "turn_context") or "model" in line:
            # The first line of the older output is its settings.
            self._note_model(payload or line)
            self.reading.add(event, START)
        elif kind == "compacted":
            self.reading.add(event, OTHER, only_text(payload.get("message")))
        elif "prompt" in line and "type" not in line:
            self.reading.add(event, OTHER, only_text(line["prompt"]))
        elif not self.unknown.add(event, "line type", kind, dict(line)):
            self.reading.add(event, OTHER)

    def _note_model(self, settings: Mapping[str, Any]) -> None:
        model = settings.get("model")
        self.reading.model = self.reading.model or (as_text(model) if model else None)

    def _add_event(self, event: int, payload: Mapping[str, Any]) -> None:
        kind = as_text(payload.get("type"))
        if kind in _EVENT_TEXTS:
            self._add_text(event, kind, payload)
        elif kind in _EVENT_CALLS:
            self._add_event_call(event, kind, payload)
        elif kind == "token_count":
            self._add_usage(event, payload)
        elif kind in _TURN_STARTS:
            self.reading.ended = False
            self.reading.add(event, START)
        elif kind in _TURN_ENDS:
            self._finish(event, "completed")
        elif kind == "turn_aborted":
            self._finish(event, as_text(payload.get("reason") or "aborted"))
        elif kind == "error":
            self.reading.add_error(event, StreamError(as_text(payload.get("message") or "")))
        elif kind in _OTHER_EVENTS:
            self.reading.add(event, OTHER, "\n".join(texts_in({**payload, "type": None})))
        elif not self.unknown.add(event, "event type", kind, dict(payload)):
            self.reading.add(event, OTHER)

    def _add_repetition(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add an event of a session file. A text that an item holds too is shown only there, whichever comes first."""
        kind = as_text(payload.get("type"))
        if kind in _REPEATED_TEXTS:
            text = only_text(payload.get("text" if "text" in payload else "message"))
            if text and text not in self._said:
                self._repeated[text] = len(self.reading.kind)
            self.reading.add(event, OTHER, "" if text in self._said else text)
        elif kind in _REPEATED_RESULTS:
            self.reading.add(event, OTHER)
        else:
            self._add_event(event, payload)

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

    def _add_usage(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the usage of the session so far. Events about the limits of an account have none."""
        reported = mapping(payload.get("info")).get("total_token_usage") or payload
        if isinstance(reported, dict) and "input_tokens" in reported:
            self.reading.add_usage(event, {name: one for name, one in reported.items() if name != "type"})
        else:
            self.reading.add(event, OTHER)

    def _add_item(self, event: int, item: Mapping[str, Any]) -> None:
        """Add an item of the Responses API. What tools returned, and what others wrote, is of kind other."""
        kind = as_text(item.get("type"))
        if kind == "message":
            is_answer = item.get("role") == "assistant"
            self.reading.ended |= is_answer
            text = "".join(self._texts_in(items(item.get("content"))))
            self.reading.add_text(event, CONTENT if is_answer else OTHER, text)
        elif kind == "reasoning":
            text = "\n\n".join(self._texts_in([*items(item.get("summary")), *items(item.get("content"))]))
            self.reading.add(event, REASONING if text else SILENT, text)
        elif kind in _ITEM_CALLS:
            given = item.get(_ITEM_CALLS[kind])
            self._add_call(event, item, only_text(item.get("name")) or kind, as_text(given) if given else "")
        elif kind.endswith("_output"):
            self.reading.note_tool_result(event, result_text(item.get("output")), item.get("call_id"))
            self.reading.add(event, OTHER, "\n".join(texts_in(item.get("output"))))
        elif not self.unknown.add(event, "item type", kind, dict(item)):
            self.reading.add(event, OTHER)


usage = codex_exec.usage
