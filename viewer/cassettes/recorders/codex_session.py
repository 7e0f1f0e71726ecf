"""Codex: its session files, `~/.codex/sessions/YYYY/MM/DD/rollout-….jsonl`.

https://github.com/openai/codex: codex-rs/rollout and codex-rs/protocol/src/protocol.rs. They are read as versions 0.20 to 0.171
write them. `sessions/codex/calls.py` tells how a file keeps the calls of a model apart.

A file holds one thread. A subagent has a file of its own. The counts of a fork go on from those of the thread that it was made
from, whose lines some versions copy.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.codex.calls import CodexCalls
from viewer.cassettes.sessions.codex.prompts import is_users_own
from viewer.cassettes.sessions.codex.results import returned_by_event, returned_by_item
from viewer.cassettes.sessions.codex.totals import codex_usage, note_before
from viewer.cassettes.sessions.file_lines import file_lines, first_objects, note_unknown
from viewer.cassettes.sessions.lines import AgentFacts, SessionFacts, SessionLine
from viewer.cassettes.sessions.usage_sums import more_than
from viewer.text.json import as_text, mapping, only_text
from viewer.text.times import seconds_from_ms
from viewer.types import codex
from viewer.types.formats import About
from viewer.types.http import Moment
from viewer.types.problems import Problem
from viewer.types.sessions import Totals
from viewer.types.usage import Usage

ABOUT = (
    About(
        "codex-session",
        "Codex sessions",
        "https://github.com/openai/codex",
        "session files (`rollout-….jsonl`) of all versions since 0.20",
        "when each line was written, and how long tools ran",
    ),
)
BY_LINES = True

_LINES_TO_LOOK_AT = 20
_SPOKEN = ("response_item", "event_msg")
# A fork writes its copies within a few milliseconds of each other. The next prompt of a user takes longer.
_COPIED_WITHIN_S = 0.02
_TURN_ITEMS = frozenset({"AgentMessage", "Reasoning", "Plan"})
"""Items of a turn with a text of the model."""
_TOOL_ITEMS = frozenset({"CommandExecution", "McpToolCall", "FileChange", "DynamicToolCall", "CollabAgentToolCall"})


def recognise(document: Document) -> int:
    """Look for a line with an item or an event, or for the first line and the items of a file before September 2025."""
    if not (b'"payload"' in document.head or b'"record_type"' in document.head or b'"instructions"' in document.head):
        return 0
    begins_old = False
    for place, line in enumerate(first_objects(document.data, _LINES_TO_LOOK_AT)):
        payload, kind = mapping(line.get("payload")), line.get("type")
        if kind in _SPOKEN and isinstance(payload.get("type"), str) and "timestamp" in line:
            return 96
        if kind == "session_meta" and "timestamp" in line and "cwd" in payload:
            return 96
        begins_old |= place == 0 and {"id", "timestamp", "instructions"} <= line.keys()
        is_message = kind == "message" and isinstance(line.get("content"), list) and "role" in line
        if begins_old and (line.get("record_type") == "state" or is_message):
            return 96
    return 0


def read(document: Document) -> Recording:
    """Return an interaction for each call of a model."""
    reader = _Reader()
    assembled = assemble(reader.lines(document.data), reader.facts)
    problems = (*reader.problems, *note_unknown(reader.unknown))
    return Recording("codex-session", assembled.interactions, reader.version, problems, session=assembled.session)


@dataclass(slots=True)
class _Reader:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("Codex", protocol="codex-session"))
    problems: list[Problem] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    version: str = ""
    _calls: CodexCalls = field(default_factory=CodexCalls)
    _model: str = ""
    _has_prompt_events: bool = False
    _was_compacted: bool = False
    """Whether the line before replaced the conversation by a summary."""
    _total: Usage | None = None
    _before: Usage | None = None
    """What the thread had counted before its first call in the file."""
    _copied_at_s: float | None = None
    """When the last line was copied from another thread; None once all are."""
    _of_turn: Usage | None = None

    def lines(self, data: bytes) -> Iterator[SessionLine]:
        """Yield each line with its role."""
        for line in file_lines(data, self.problems):
            yield self._line(line.data, line.value) if line.value else SessionLine(line.data, "about")
        if self._total is not None:
            self.facts.reported = Totals(more_than(self._total, self._before), with_subagents=False)
        self.problems += note_before(self._before)

    def _line(self, data: bytes, value: dict[str, Any]) -> SessionLine:
        payload, kind = mapping(value.get("payload")), value.get("type")
        at = self._written(fields.moment(value.get("timestamp"), fields.MILLISECOND_S))
        was_compacted, self._was_compacted = self._was_compacted, kind == "compacted"
        if was_compacted and payload.get("type") == "agent_message":
            # The first versions report a summary in the name of the model.
            return SessionLine(data, "about", at=at)
        match kind:
            case "response_item":
                return self._item(data, payload, at)
            case "event_msg":
                return self._event(data, payload, at)
            case "token_usage_record":
                self._of_turn = codex_usage(mapping(payload.get("turn_token_usage")))
                return self._usage(data, mapping(payload.get("thread_token_usage")), mapping(payload.get("usage")), at)
            case "turn_context":
                self._model = only_text(payload.get("model")) or self._model
            case "session_meta":
                self._note_session(payload)
                if at and self.facts.id != payload.get("id"):
                    self._copied_at_s = at.epoch_s
            case "compacted":
                self._calls.give()
                return SessionLine(data, "about", at=at, compacts=True)
            case _:
                return self._older_line(data, value, at)
        return SessionLine(data, "about", at=at)

    def _older_line(self, data: bytes, value: Mapping[str, Any], at: Moment | None) -> SessionLine:
        """Read a line of a file before September 2025, which holds an item alone, or a line of an unknown type."""
        kind = value.get("type")
        if isinstance(kind, str) and kind in codex.KNOWN_ITEMS and "payload" not in value:
            return self._item(data, value, None)
        if value.get("record_type") == "state":
            # It follows the items of a call, and the results of the tools that the call ran.
            self._calls.end()
            self._calls.results_end_calls = False
        elif "instructions" in value and kind is None:
            self._note_session(value)
        elif not (isinstance(kind, str) and kind in codex.LINE_TYPES):
            self.unknown[as_text(kind or "")] += 1
        return SessionLine(data, "about", at=at)

    def _note_session(self, meta: Mapping[str, Any]) -> None:
        """Note what the first line says. In a fork, that of the other thread follows."""
        if self.facts.id:
            return
        self.facts.id = only_text(meta.get("id"))
        self.version = only_text(meta.get("cli_version"))
        source = mapping(meta.get("source")).get("subagent")
        spawned = mapping(mapping(source).get("thread_spawn"))
        if name := only_text(meta.get("agent_role") or spawned.get("agent_role") or source):
            self.facts.agents[""] = AgentFacts(name)

    def _item(self, data: bytes, item: Mapping[str, Any], at: Moment | None) -> SessionLine:
        kind = as_text(item.get("type"))
        if kind in codex.RESULT_ITEMS or kind.endswith("_output"):
            self._calls.give()
            return SessionLine(data, "given", at=at, returns=(returned_by_item(item),))
        if kind == "message" and item.get("role") != "assistant":
            self._calls.give()
            if not is_users_own(item):
                return SessionLine(data, "about", at=at)
            return SessionLine(data, "given" if self._has_prompt_events else "prompt", at=at)
        if kind not in codex.ANSWER_ITEMS:
            if kind not in codex.OTHER_ITEMS:
                self.unknown[f"response_item {kind}"] += 1
            return SessionLine(data, "about", at=at)
        call = self._calls.of_item()
        # Provider-run tools have no call id: their runs are part of the answer.
        call_id = only_text(item.get("call_id")) if kind in codex.CALL_ITEMS else ""
        # A late item was written after its tools had run, so its stamp does not tell when the model answered.
        when = None if self._calls.items_are_late else at
        return SessionLine(
            data, "answer", call=call, at=when, model=self._model, tool_calls=(call_id,) if call_id else ()
        )

    def _event(self, data: bytes, event: Mapping[str, Any], at: Moment | None) -> SessionLine:
        kind, item = as_text(event.get("type")), mapping(event.get("item"))
        # Since version 0.17x, the items of a turn take the place of most events.
        item_type = as_text(item.get("type")) if kind == "item_completed" else ""
        if kind in codex.ANSWER_EVENTS or kind == "error" or item_type in _TURN_ITEMS:
            return SessionLine(data, "answer", call=self._calls.of_event(), at=at, model=self._model)
        if kind == "token_count":
            info = mapping(event.get("info"))
            return self._usage(
                data, mapping(info.get("total_token_usage")), mapping(info.get("last_token_usage")), None
            )
        if (kind == "user_message" and event.get("kind") in (None, "plain")) or item_type == "UserMessage":
            self._has_prompt_events = True
            self._calls.give()
            return SessionLine(data, "prompt", at=at)
        if kind in codex.RESULT_EVENTS or item_type in _TOOL_ITEMS:
            return SessionLine(data, "about", at=at, returns=(returned_by_event(item if item_type else event),))
        if kind in codex.TURN_ENDS or kind == "turn_aborted":
            self._calls.end()
            whole_s = seconds_from_ms(event.get("duration_ms"))
            is_told = self._of_turn is not None or whole_s is not None
            reported = Totals(self._of_turn, whole_s=whole_s, with_subagents=False) if is_told else None
            return SessionLine(data, "end", at=at, reported=reported)
        if kind in codex.TURN_STARTS:
            self._of_turn = None
        if kind not in codex.KNOWN_EVENTS:
            self.unknown[f"event_msg {kind}"] += 1
        return SessionLine(data, "about", at=at)

    def _usage(self, data: bytes, total: Mapping[str, Any], last: Mapping[str, Any], at: Moment | None) -> SessionLine:
        """Read counts. An event with them can come long after the answer, so it has no time."""
        usage, of_call = codex_usage(total), codex_usage(last)
        call = self._calls.of_usage(usage.input, usage.output) if usage else ""
        if not usage or not call:
            return SessionLine(data, "about", at=at)
        if self._total is None and of_call:
            self._before = more_than(usage, of_call)
        self._total = usage
        return SessionLine(data, "answer", call=call, at=at, model=self._model)

    def _written(self, at: Moment | None) -> Moment | None:
        """Return the time of a line, unless it was copied from another thread. Copies follow each other at once."""
        if self._copied_at_s is None or at is None:
            return at
        is_copy = 0 <= at.epoch_s - self._copied_at_s <= _COPIED_WITHIN_S
        self._copied_at_s = at.epoch_s if is_copy else None
        return None if is_copy else at
