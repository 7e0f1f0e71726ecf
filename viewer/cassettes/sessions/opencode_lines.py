"""The lines of opencode: those of `opencode run --format json`, events of its server, and messages of an export.

The types are those of the npm package `@opencode-ai/sdk`. A part of a message is sent again as a whole whenever it changes.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.sessions.file_lines import FileLine
from viewer.cassettes.sessions.lines import AgentFacts, LineRole, SessionFacts, SessionLine, ToolReturn
from viewer.text.json import as_text, items, mapping, number, only_text
from viewer.types.http import Moment
from viewer.types.problems import Problem
from viewer.types.sessions import Totals
from viewer.types.usage import Usage, count

RUN_LINES = frozenset({"text", "reasoning", "tool_use", "step_start", "step_finish"})
_KNOWN_LINES = frozenset({*RUN_LINES, "error", "done"})
_PARTS = frozenset(
    {
        *("text", "reasoning", "tool", "step-start", "step-finish", "file", "agent", "subtask"),
        *("snapshot", "patch", "retry", "compaction"),
    }
)
STEP_PARTS = ("step-start", "text", "reasoning", "tool")
"""Parts that begin a step if the one before has ended."""
_MAX_USD = 1e6
_SUBAGENT_TOOL = "task"


def inner_event(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the event that the stream of all folders wraps."""
    return mapping(payload["payload"]) if isinstance(payload.get("payload"), dict) else payload


@dataclass(slots=True)
class OpencodeLines:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("opencode", protocol="opencode"))
    problems: list[Problem] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    version: str = ""
    _children: dict[str, str] = field(default_factory=dict)
    """By the id of a session that another started, the id of the other."""
    _users: set[str] = field(default_factory=set)
    """The ids of the user's messages."""
    _steps: Counter[str] = field(default_factory=Counter)
    """How many steps of each message came before the current one."""
    _step_of: dict[str, int] = field(default_factory=dict)
    """The step of each part, by the id of the part."""
    _over: set[str] = field(default_factory=set)
    """The ids of the messages whose current step has ended."""

    def line(self, line: FileLine) -> SessionLine:
        """Return a line with its role."""
        value = inner_event(line.value)
        properties = mapping(value.get("properties"))
        if "parts" in value and "info" in value:
            return self._message(line.data, mapping(value["info"]), items(value["parts"]))
        if isinstance(value.get("info"), dict):
            self._note_session(mapping(value["info"]))
            return SessionLine(line.data, "about")
        kind = only_text(value.get("type"))
        if properties or "properties" in value:
            return self._event(line.data, kind, properties)
        at = _moment(value.get("timestamp"))
        agent = self._agent(value.get("sessionID"))
        if kind in RUN_LINES:
            return self._part(line.data, mapping(value.get("part")), at)
        if kind not in _KNOWN_LINES and value:
            self.unknown[kind] += 1
        role: LineRole = "answer" if kind == "error" else "end" if kind == "done" else "about"
        return SessionLine(line.data, role, agent, at=at)

    def _event(self, data: bytes, kind: str, properties: Mapping[str, Any]) -> SessionLine:
        info = mapping(properties.get("info"))
        session = properties.get("sessionID") or info.get("sessionID")
        status = mapping(properties.get("status"))
        match kind:
            case "message.part.updated":
                return self._part(data, mapping(properties.get("part")), _moment(properties.get("time")))
            case "message.part.delta":
                message, part = (as_text(properties.get(name)) for name in ("messageID", "partID"))
                return self._piece(data, self._agent(session), message, self._step_of.get(part))
            case "message.updated":
                return self._note_message(data, self._agent(session), info)
            case "session.created" | "session.updated":
                self._note_session(info)
                return SessionLine(data, "about")
            case "session.error":
                return SessionLine(data, "answer", self._agent(session))
            case "session.idle":
                return SessionLine(data, "end", self._agent(session))
            case "session.status" if status.get("type") == "idle":
                return SessionLine(data, "end", self._agent(session))
            case "session.compacted":
                return SessionLine(data, "about", self._agent(session), compacts=True)
        if "." not in kind or (kind.startswith("message.") and not kind.endswith("removed")):
            self.unknown[kind] += 1
        return SessionLine(data, "about", self._agent(session) if session else "")

    def _message(self, data: bytes, info: Mapping[str, Any], parts: list[Any]) -> SessionLine:
        """Classify a message of an export, of which `parts` are those of one step."""
        kinds = [as_text(mapping(part).get("type")) for part in parts]
        self.unknown.update(f"part {kind}" for kind in kinds if kind not in _PARTS)
        agent, identity = self._agent(info.get("sessionID")), as_text(info.get("id"))
        if info.get("role") != "assistant":
            at = _moment(mapping(info.get("time")).get("created"))
            return SessionLine(data, "prompt", agent, at=at, compacts="compaction" in kinds)
        tools = [mapping(part) for part in parts if mapping(part).get("type") == "tool"]
        for tool in tools:
            self._note_subagent(tool)
        call = f"{identity} {self._steps[identity]}"
        self._steps[identity] += "step-finish" in kinds
        at = max(filter(None, map(_time_of, parts)), key=lambda one: one.epoch_s, default=None)
        at = at or _moment(mapping(info.get("time")).get("completed"))
        called = tuple(as_text(tool.get("callID")) for tool in tools)
        returns = tuple(filter(None, map(_returned, tools)))
        return SessionLine(data, "answer", agent, call, at, called, returns)

    def _note_message(self, data: bytes, agent: str, info: Mapping[str, Any]) -> SessionLine:
        identity = as_text(info.get("id"))
        if info.get("role") != "user":
            return self._piece(data, agent, identity)
        is_new = identity not in self._users
        self._users.add(identity)
        at = _moment(mapping(info.get("time")).get("created"))
        return SessionLine(data, "prompt" if is_new else "about", agent, at=at)

    def _part(self, data: bytes, part: Mapping[str, Any], at: Moment | None) -> SessionLine:
        agent = self._agent(part.get("sessionID"))
        message, kind, identity = (as_text(part.get(name)) for name in ("messageID", "type", "id"))
        is_new = identity not in self._step_of
        if message in self._users:
            self._step_of[identity] = 0
            return SessionLine(data, "given" if is_new else "about", agent, compacts=kind == "compaction")
        if kind not in _PARTS:
            self.unknown[f"part {kind}"] += 1
        if is_new and message in self._over and kind in STEP_PARTS:
            self._steps[message] += 1
            self._over.discard(message)
        step = self._step_of.setdefault(identity, self._steps[message])
        line = self._piece(data, agent, message, step, _time_of(part) or at)
        if kind == "step-finish":
            self._over.add(message)
        if kind != "tool" or mapping(part.get("state")).get("status") == "pending":
            return line
        self._note_subagent(part)
        returned = _returned(part)
        called, returns = (as_text(part.get("callID")),), (returned,) if returned else ()
        return SessionLine(data, "answer", agent, line.call, line.at, called, returns)

    def _piece(
        self, data: bytes, agent: str, message: str, step: int | None = None, at: Moment | None = None
    ) -> SessionLine:
        """Return a line of an answer: of its current step, if it does not belong to another."""
        if message in self._users:
            return SessionLine(data, "about", agent)
        step = self._steps[message] if step is None else step
        return SessionLine(data, "answer", agent, f"{message} {step}", at)

    def _agent(self, session: Any) -> str:
        """Return "" for the session that the file is about: the first one that no other session started."""
        identity = only_text(session)
        if not self.facts.id and identity not in self._children:
            self.facts.id = identity
        if not identity or identity == self.facts.id:
            return ""
        self.facts.agents.setdefault(identity, AgentFacts())
        return identity

    def _note_session(self, info: Mapping[str, Any]) -> None:
        identity, parent = only_text(info.get("id")), only_text(info.get("parentID"))
        if parent and self.facts.id != identity:
            self._children[identity] = parent
        self.facts.id = self.facts.id or identity
        self.version = self.version or only_text(info.get("version"))
        if identity == self.facts.id and (isinstance(info.get("tokens"), dict) or "cost" in info):
            cost = number(info.get("cost"), 0, _MAX_USD)
            self.facts.reported = Totals(_usage(info), cost, with_subagents=False)

    def _note_subagent(self, tool: Mapping[str, Any]) -> None:
        state = mapping(tool.get("state"))
        started = only_text(mapping(state.get("metadata")).get("sessionId"))
        if tool.get("tool") == _SUBAGENT_TOOL and started:
            name = only_text(mapping(state.get("input")).get("subagent_type"))
            self._children[started] = as_text(tool.get("sessionID"))
            self.facts.agents[started] = AgentFacts(name, as_text(tool.get("callID")))


def _moment(value: Any) -> Moment | None:
    return fields.epoch_moment(value, fields.MILLISECOND_S)


def _time_of(part: Any) -> Moment | None:
    """Return when a part of an answer was complete: a text at its end, a call when the tool began to run."""
    value = mapping(part)
    if value.get("type") == "tool":
        return _moment(mapping(mapping(value.get("state")).get("time")).get("start"))
    return _moment(mapping(value.get("time")).get("end"))


def _returned(tool: Mapping[str, Any]) -> ToolReturn | None:
    """Return the result of a tool part; None if the tool still runs."""
    state = mapping(tool.get("state"))
    if state.get("status") not in ("completed", "error"):
        return None
    begin, end = (_moment(mapping(state.get("time")).get(name)) for name in ("start", "end"))
    ran_s = end.epoch_s - begin.epoch_s if begin and end and end.epoch_s >= begin.epoch_s else None
    return ToolReturn(as_text(tool.get("callID")), state.get("status") == "error", ran_s, end)


def _usage(info: Mapping[str, Any]) -> Usage | None:
    """Return the tokens that a session says it used. Their categories do not overlap."""
    fresh, output, reasoning = (count(info, "tokens", name) for name in ("input", "output", "reasoning"))
    read, written = (count(info, "tokens", "cache", name) for name in ("read", "write"))
    if fresh is None or output is None:
        return None
    return Usage(
        input=fresh + (read or 0) + (written or 0),
        output=output + (reasoning or 0),
        reasoning=reasoning,
        cache_read=read,
        cache_write=written,
    )
