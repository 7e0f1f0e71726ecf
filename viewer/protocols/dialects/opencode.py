"""opencode: the events of its server, the lines of `opencode run --format json`, and messages: https://opencode.ai/docs/server/.

A part of a message is sent again as a whole whenever it grows. `delta` is what it grew by. The user's parts are of kind other.
A line with a message has it as `opencode export` writes it, with all parts of a step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, is_number, mapping, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "opencode"
ABOUT = About(
    PROTOCOL,
    "opencode",
    "https://opencode.ai/docs/server/",
    "events of the server, `opencode run --format json`, and messages of `opencode export`",
)

_TEXTS = {"text": CONTENT, "reasoning": REASONING}
_LINES = frozenset({"text", "reasoning", "tool_use", "step_start", "step_finish"})
_OTHER_PARTS = frozenset({"agent", "compaction", "file", "patch", "retry", "snapshot", "subtask"})
_PAUSES = ("tool-calls", "unknown")
"""Reasons after which opencode calls the model again."""


def recognise(sample: Sample) -> int:
    """Look for events of opencode's server, or for lines with a part of a session."""
    for payload in sample.objects:
        event = _inner(payload)
        kind, properties = as_text(event.get("type")), event.get("properties")
        if isinstance(properties, dict):
            is_of_session = kind.startswith("session.") and ("sessionID" in properties or "info" in properties)
            if is_of_session or kind.startswith(("message.part.", "server.connected")) or _is_message(kind, properties):
                return 95
        if kind in _LINES and isinstance(payload.get("part"), dict) and "sessionID" in payload:
            return 95
        if _is_exported(payload) and "sessionID" in payload["info"]:
            return 95
    return 0


def _is_exported(payload: Mapping[str, Any]) -> bool:
    return isinstance(payload.get("info"), dict) and isinstance(payload.get("parts"), list)


def _is_message(kind: str, properties: Mapping[str, Any]) -> bool:
    return kind == "message.updated" and "sessionID" in mapping(properties.get("info"))


def _inner(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the event that the stream of all folders wraps."""
    return mapping(payload["payload"]) if isinstance(payload.get("payload"), dict) else payload


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    session = _Session(events, reading, UnknownText(events, reading), LatestArguments(reading))
    for event, value in reading.payloads(events):
        payload = _inner(mapping(value) or {"text": value})
        rows_before = len(reading.kind)
        session.add(event, payload)
        has_own_times = _is_exported(payload) or payload.get("type") == "tool_use"
        reading.end_event(event, rows_before, None if has_own_times else parse_epoch(payload.get("timestamp")))
    session.close()


@dataclass(slots=True)
class _Session:
    """The parts that the events add to."""

    events: Events
    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    _users: set[str] = field(default_factory=set)
    """The ids of the user's messages."""
    _parts: dict[str, CumulativeText] = field(default_factory=dict)
    _tools: dict[str, int] = field(default_factory=dict)
    _outputs: dict[str, str] = field(default_factory=dict)
    _steps: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """The ends of the steps, by id."""
    _completed: set[str] = field(default_factory=set)
    """The ids of the answers that are complete."""
    _answers: set[str] = field(default_factory=set)
    _is_by_steps: bool = False
    """Whether the lines are those of which a session is split into its steps."""

    def close(self) -> None:
        """Note whether one step of a session is complete. Only the session goes on after a call of a tool."""
        is_message_over = len(self._answers) == 1 and self._answers <= self._completed
        self.reading.ended |= len(self._steps) == 1 if self._is_by_steps else is_message_over

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event."""
        properties = mapping(payload.get("properties"))
        match payload.get("type"):
            case None if _is_exported(payload):
                self._add_message(event, payload["info"], payload["parts"])
            case "message.part.updated":
                self._add_part(event, mapping(properties.get("part")), only_text(properties.get("delta")))
            case "message.part.delta":
                self._add_delta(event, properties)
            case "message.updated":
                self._note_message(event, mapping(properties.get("info")))
            case "session.error" | "error":
                self._fail(event, mapping(properties.get("error") or payload.get("error")))
            case "session.idle" | "done":
                self.reading.ended = True
                self.reading.add(event, OTHER)
            case kind if isinstance(kind, str) and kind in _LINES:
                self._is_by_steps = self.reading.has_stamps_of_program = True
                self._add_part(event, mapping(payload.get("part")), "")
            case kind if isinstance(kind, str) and "." in kind and not kind.startswith("message."):
                kind = START if kind == "server.connected" else OTHER
                self.reading.add(event, kind, "\n".join(texts_in(properties)))
            case kind:
                if not self.unknown.add(event, "event type", as_text(kind), dict(payload)):
                    self.reading.add(event, OTHER)

    def _add_message(self, event: int, info: Mapping[str, Any], parts: Sequence[Any]) -> None:
        """Add a message with the parts of one step. Each part has its own times."""
        self._is_by_steps = self.reading.has_stamps_of_program = True
        self._note_message(event, info)
        for part in map(mapping, parts):
            rows_before = len(self.reading.kind)
            self._add_part(event, part, "")
            if as_text(part.get("type")) in _TEXTS:
                self.reading.end_event(event, rows_before, parse_epoch(mapping(part.get("time")).get("end")))
        if isinstance(info.get("tokens"), dict) and not self._steps and info.get("role") == "assistant":
            # The model was stopped, or the version of the program has no ends of steps.
            self.reading.add_usage(event, {"tokens": info["tokens"], "cost": info.get("cost")})
            self.reading.ended |= "completed" in mapping(info.get("time"))

    def _add_part(self, event: int, part: Mapping[str, Any], delta: str) -> None:
        kind = as_text(part.get("type"))
        if kind in _TEXTS:
            self._add_text(event, part, delta)
        elif kind == "tool":
            self._add_call(event, part)
        elif kind in ("step-start", "step-finish"):
            self._add_step(event, part)
        elif kind in _OTHER_PARTS:
            self.reading.add(event, OTHER, "\n".join(texts_in(dict(part))))
        elif not self.unknown.add(event, "part type", kind, dict(part)):
            self.reading.add(event, OTHER)

    def _add_text(self, event: int, part: Mapping[str, Any], delta: str) -> None:
        kind = _TEXTS[as_text(part.get("type"))]
        kind = OTHER if as_text(part.get("messageID")) in self._users else kind
        shown = self._parts.setdefault(as_text(part.get("id")), CumulativeText(self.reading, kind))
        whole = only_text(part.get("text"))
        if delta and not whole:
            shown.append(event, delta)
        elif whole != shown.shown.rstrip():
            # A finished text comes again without white space at its end.
            shown.update(self.events, event, whole)

    def _add_delta(self, event: int, properties: Mapping[str, Any]) -> None:
        """Add what a field of a part grew by. The part itself was sent before."""
        shown = self._parts.get(as_text(properties.get("partID")))
        if shown is not None and properties.get("field") in ("text", None):
            shown.append(event, only_text(properties.get("delta")))
        elif not self.unknown.add(event, "field", as_text(properties.get("field")), {"delta": properties.get("delta")}):
            self.reading.add(event, OTHER)

    def _add_call(self, event: int, part: Mapping[str, Any]) -> None:
        state, identity = mapping(part.get("state")), as_text(part.get("callID") or part.get("id") or "")
        tool = self._tools.setdefault(identity, next_index(self._tools))
        self.reading.identify_call(tool, identity, part.get("tool"))
        started = parse_epoch(mapping(state.get("time")).get("start"))
        self.arguments.update(event, tool, write(state["input"]) if state.get("input") else "", stamp=started)
        output = only_text(state.get("output") or state.get("error"))
        if output and output != self._outputs.get(identity):
            self._outputs[identity] = output
            self.reading.note_tool_result(event, output, identity, is_error=not state.get("output"))
            self.reading.add(event, OTHER, output)

    def _add_step(self, event: int, part: Mapping[str, Any]) -> None:
        """Add the start or end of a step. Each step is one call of the model, with its own usage."""
        if part.get("type") == "step-start":
            self.reading.add(event, START)
            return
        if reason := part.get("reason"):
            self.reading.ended = reason not in _PAUSES
            self.reading.finish_reasons[0] = as_text(reason)
            self.reading.add(event, FINISH)
        if isinstance(part.get("tokens"), dict):
            self._steps[as_text(part.get("id"))] = part
            self.reading.add_usage(event, _sum([*self._steps.values()]))

    def _note_message(self, event: int, info: Mapping[str, Any]) -> None:
        if info.get("role") == "user":
            self._users.add(as_text(info.get("id")))
        else:
            identity = as_text(info.get("id"))
            self._answers.add(identity)
            if "completed" in mapping(info.get("time")):
                self._completed.add(identity)
            self.reading.note_model(info.get("modelID"))
        if error := mapping(info.get("error")):
            self._fail(event, error)
        else:
            self.reading.add(event, OTHER)

    def _fail(self, event: int, error: Mapping[str, Any]) -> None:
        message = mapping(error.get("data")).get("message") or error.get("message") or "\n".join(texts_in(dict(error)))
        self.reading.add_error(event, StreamError(as_text(message), as_text(error.get("name") or "")))


def _sum(steps: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the tokens and the cost of all steps together, in the form of one."""
    paths = (("input",), ("output",), ("reasoning",), ("cache", "read"), ("cache", "write"))
    counts = {path: [count(step, "tokens", *path) for step in steps] for path in paths}
    sums = {path: sum(filter(None, each)) for path, each in counts.items() if any(one is not None for one in each)}
    tokens: dict[str, Any] = {path[0]: total for path, total in sums.items() if len(path) == 1}
    cache = {path[1]: total for path, total in sums.items() if len(path) > 1}
    costs = [step["cost"] for step in steps if is_number(step.get("cost"))]
    return {"tokens": {**tokens, "cache": cache} if cache else tokens, **({"cost": sum(costs)} if costs else {})}


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the tokens of the steps. Their categories do not overlap."""
    fresh, output, reasoning = (count(reported, "tokens", name) for name in ("input", "output", "reasoning"))
    read_, written = (count(reported, "tokens", "cache", name) for name in ("read", "write"))
    return Usage(
        input=None if fresh is None else fresh + (read_ or 0) + (written or 0),
        output=None if output is None else output + (reasoning or 0),
        reasoning=reasoning,
        cache_read=read_,
        cache_write=written,
        reported=reported,
    )
