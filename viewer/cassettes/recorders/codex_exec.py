"""Codex: what `codex exec --json` and the SDK write, and the events of `codex proto` and of `codex exec` before October 2025.

https://developers.openai.com/codex/noninteractive and https://github.com/openai/codex: codex-rs/exec/src/exec_events.rs

The lines of today tell turns, but not the calls of a model in them, so each turn is one interaction. Their usage is that of the
thread so far. The older lines have the usage of each call at its end, and hold no time and no prompt after the first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.codex.events import CodexEvents
from viewer.cassettes.sessions.codex.results import returned_by_event
from viewer.cassettes.sessions.codex.totals import ThreadTotals
from viewer.cassettes.sessions.file_lines import file_lines, first_objects, note_unknown
from viewer.cassettes.sessions.lines import SessionFacts, SessionLine, ToolReturn
from viewer.text.json import as_text, mapping, only_text
from viewer.types import codex
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.sessions import Totals

ABOUT = (
    About(
        "codex-exec",
        "Codex",
        "https://developers.openai.com/codex/noninteractive",
        "`codex exec --json` and its SDK, one turn after another; before October 2025 one call after another",
    ),
)
BY_LINES = True

_LINES_TO_LOOK_AT = 20
_ITEM_EVENTS = frozenset({"item.started", "item.updated", "item.completed"})
_TEXT_ITEMS = frozenset({"agent_message", "assistant_message", "reasoning", "plan", "todo_list", "error"})
_TOOL_ITEMS = frozenset({"command_execution", "file_change", "mcp_tool_call", "web_search", "collab_tool_call"})
_STARTS = frozenset({"thread.started", "session.created"})
_OTHER_TYPES = frozenset({"turn.started", "item.plan.delta", "request_user_input", "error"})
_SAYS_NO_CALLS = "The file does not tell the calls of a model apart, so each turn is shown as one stream."
_SEE_SESSION = "The session file of Codex, ~/.codex/sessions/…/rollout-….jsonl, has every call with its time and usage."


def recognise(document: Document) -> int:
    """Look for the start of a thread, an item, or an event of the older output."""
    if not (b'"item.' in document.head or b'"thread.started"' in document.head or b'"msg"' in document.head):
        return 0
    for line in first_objects(document.data, _LINES_TO_LOOK_AT):
        kind, event_type = as_text(line.get("type") or ""), as_text(mapping(line.get("msg")).get("type") or "")
        if kind == "thread.started" and "thread_id" in line:
            return 96
        if kind in _ITEM_EVENTS and _type_of(mapping(line.get("item"))) in _TEXT_ITEMS | _TOOL_ITEMS:
            return 96
        if "id" in line and event_type in codex.TURN_STARTS | codex.ANSWER_EVENTS | codex.BEGIN_EVENTS:
            return 96
    return 0


def read(document: Document) -> Recording:
    """Return an interaction for each turn, or for each call in the older output."""
    reader = _Reader()
    assembled = assemble(reader.lines(document.data), reader.facts)
    problems = [*reader.problems, *note_unknown(reader.unknown)]
    if reader.ran_tools:
        problems.append(Problem("note", _SAYS_NO_CALLS, _SEE_SESSION))
    return Recording("codex-exec", assembled.interactions, "", tuple(problems), session=assembled.session)


def _type_of(item: Mapping[str, Any]) -> str:
    return as_text(item.get("type") or item.get("item_type") or "")


@dataclass(slots=True)
class _Reader:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("Codex"))
    problems: list[Problem] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    ran_tools: bool = False
    """Whether a turn has more than one call, since a model is called again with what its tools returned."""
    _older: CodexEvents | None = None
    _turns: int = 0
    _thread: str = ""
    _totals: ThreadTotals = field(default_factory=ThreadTotals)

    def lines(self, data: bytes) -> Iterator[SessionLine]:
        """Yield each line with its role."""
        for line in file_lines(data, self.problems):
            if not line.value:
                yield SessionLine(line.data, "about")
            elif "type" in line.value:
                yield self._line(line.data, line.value)
            else:
                self._older = self._older or CodexEvents(self.facts, self.unknown)
                yield self._older.line(line.data, line.value)
        self.facts.reported = self._older.reported() if self._older else self._totals.of_session()

    def _line(self, data: bytes, value: dict[str, Any]) -> SessionLine:
        kind, item = as_text(value["type"]), mapping(value.get("item"))
        if kind in _STARTS:
            return self._start(data, only_text(value.get("thread_id") or value.get("session_id")))
        if kind in ("turn.completed", "turn.failed"):
            self._turns += 1
            used = self._totals.add(self._thread, mapping(value.get("usage")))
            at = fields.moment(value.get("timestamp"), fields.MILLISECOND_S)
            return SessionLine(data, "end", at=at, reported=Totals(used, with_subagents=False) if used else None)
        if kind in _ITEM_EVENTS:
            return self._item(data, kind, item)
        if kind not in _OTHER_TYPES:
            self.unknown[kind] += 1
            return SessionLine(data, "about")
        return self._part(data)

    def _part(self, data: bytes, calls: tuple[str, ...] = (), returns: tuple[ToolReturn, ...] = ()) -> SessionLine:
        """Return a line of a turn. It has no time, even if a program stamped it: in a turn, models and tools take turns."""
        return SessionLine(data, "answer", call=str(self._turns), tool_calls=calls, returns=returns)

    def _start(self, data: bytes, thread: str) -> SessionLine:
        """Read the start of a thread, which a program that resumes it writes again."""
        is_resumed = thread == self._thread and self._turns > 0
        self._thread = thread
        self.facts.id = self.facts.id or thread
        return SessionLine(data, "about") if is_resumed else self._part(data)

    def _item(self, data: bytes, kind: str, item: Mapping[str, Any]) -> SessionLine:
        item_type = _type_of(item)
        if item_type not in _TEXT_ITEMS | _TOOL_ITEMS:
            self.unknown[f"item {item_type}"] += 1
        if item_type not in _TOOL_ITEMS:
            return self._part(data)
        self.ran_tools = True
        identity = as_text(item.get("id") or "")
        # What a tool returned stands with its call, in the same turn.
        returns = (returned_by_event(item),) if kind == "item.completed" else ()
        return self._part(data, (identity,) if identity else (), returns)
