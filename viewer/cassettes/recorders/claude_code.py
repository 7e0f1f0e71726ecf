"""Claude Code: its session files, and what `claude -p --output-format stream-json` and the Agent SDK write.

https://code.claude.com/docs/en/headless and https://code.claude.com/docs/en/agent-sdk/typescript. The format of session files
(`~/.claude/projects/…/….jsonl`) is not documented. They are read as versions 1.0 to 2.1 write them.

The blocks of a message are a line each, with the same message id. A subagent's lines name the agent, in session files, or the
tool call that started it, in the stream.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.claude_totals import SessionTotals
from viewer.cassettes.sessions.file_lines import file_lines, note_unknown
from viewer.cassettes.sessions.lines import AgentFacts, LineRole, SessionFacts, SessionLine, ToolReturn
from viewer.text.json import as_text, items, mapping, only_text, parse
from viewer.text.times import seconds_from_ms
from viewer.types.formats import About
from viewer.types.http import Moment
from viewer.types.problems import Problem

ABOUT = (
    About(
        "claude-code",
        "Claude Code",
        "https://code.claude.com/docs/en/headless",
        "session files, and `--output-format stream-json` with or without partial messages, with subagents",
        "when each line was written, in session files",
    ),
)

_KNOWN_TYPES = frozenset(
    {
        *("system", "keep_alive", "rate_limit_event", "tool_progress", "tool_use_summary", "auth_status"),
        *("prompt_suggestion", "control_request", "control_response", "control_cancel_request"),
        # Only in session files.
        *("summary", "file-history-snapshot", "queue-operation", "progress", "attachment", "last-prompt"),
        *("permission-mode", "custom-title", "ai-title", "agent-name", "pr-link"),
    }
)
# Attachments and snapshots of files can stand before the first answer.
_LINES_TO_LOOK_AT = 400
_SYNTHETIC = "<synthetic>"
"""The model of a message that Claude Code wrote itself, such as one that reports an error of the API."""
_INTERRUPTION = "[Request interrupted by user"
_MILLISECOND = 1e-3


def recognise(document: Document) -> int:
    """Look for a part of an answer that names its session."""
    if not (b'"sessionId"' in document.head or b'"session_id"' in document.head):
        return 0
    for text in document.data.split(b"\n", _LINES_TO_LOOK_AT)[:_LINES_TO_LOOK_AT]:
        if b'"assistant"' not in text and b'"stream_event"' not in text:
            continue
        try:
            line = mapping(parse(text))
        except ValueError:
            continue
        if not ("sessionId" in line or "session_id" in line):
            continue
        if line.get("type") == "stream_event" and isinstance(line.get("event"), dict):
            return 97
        if line.get("type") == "assistant" and isinstance(mapping(line.get("message")).get("content"), list):
            return 96
    return 0


def read(document: Document) -> Recording:
    """Return an interaction for each message of a model."""
    reader = _Reader()
    assembled = assemble(reader.lines(document.data), reader.facts)
    problems = (*reader.problems, *note_unknown(reader.unknown))
    return Recording("claude-code", assembled.interactions, reader.version, problems, session=assembled.session)


@dataclass(slots=True)
class _Reader:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("Claude Code"))
    problems: list[Problem] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    version: str = ""
    _totals: SessionTotals = field(default_factory=SessionTotals)
    _seen: set[str] = field(default_factory=set)
    """The ids of the lines so far. A session that was resumed can repeat its lines."""
    _streamed: dict[str, str] = field(default_factory=dict)
    """The id of the message whose events came last, by agent."""
    _chains: dict[str, str] = field(default_factory=dict)
    """By the id of a line of a subagent without a name, the id of its first line."""
    _started: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the prompt of each call that starts a subagent, the id of the call and the kind of agent."""
    _kinds: dict[str, str] = field(default_factory=dict)
    """By the id of such a call, the kind of agent."""

    def lines(self, data: bytes) -> Iterator[SessionLine]:
        """Yield each line with its role."""
        for line in file_lines(data, self.problems):
            yield self._line(line.data, line.value) if line.value else SessionLine(line.data, "about")
        self.facts.reported = self._totals.of_session()

    def _line(self, data: bytes, value: dict[str, Any]) -> SessionLine:
        self.facts.id = self.facts.id or only_text(value.get("sessionId") or value.get("session_id"))
        self.version = self.version or only_text(value.get("version") or value.get("claude_code_version"))
        agent, kind, at = self._agent(value), value.get("type"), fields.moment(value.get("timestamp"), _MILLISECOND)
        identity = only_text(value.get("uuid"))
        # The events of a message have ids too, of which some versions write the same twice.
        if kind in ("user", "assistant") and "sessionId" in value and identity:
            if identity in self._seen:
                return SessionLine(data, "about", agent)
            self._seen.add(identity)
        match kind:
            case "stream_event":
                return SessionLine(data, "answer", agent, self._message_of(agent, mapping(value.get("event"))), at)
            case "assistant":
                return self._answer(data, agent, value, at)
            case "user":
                return self._given(data, agent, value, at)
            case "result":
                return SessionLine(data, "end", agent, at=at, reported=self._totals.add(value))
        if kind not in _KNOWN_TYPES:
            self.unknown[as_text(kind)] += 1
        return SessionLine(data, "about", agent, at=at, compacts=value.get("subtype") == "compact_boundary")

    def _message_of(self, agent: str, event: Mapping[str, Any]) -> str:
        """Return the id of the message that an event adds to."""
        if event.get("type") == "message_start":
            self._streamed[agent] = as_text(mapping(event.get("message")).get("id"))
        return self._streamed.get(agent, "")

    def _answer(self, data: bytes, agent: str, value: Mapping[str, Any], at: Moment | None) -> SessionLine:
        message = mapping(value.get("message"))
        if message.get("model") == _SYNTHETIC and not (value.get("isApiErrorMessage") or value.get("error")):
            return SessionLine(data, "about", agent, at=at)
        calls = []
        for block in map(mapping, items(message.get("content"))):
            if block.get("type") == "tool_use":
                calls.append(as_text(block.get("id")))
                self._note_start(calls[-1], mapping(block.get("input")))
        call = as_text(message.get("id") or value.get("uuid"))
        return SessionLine(data, "answer", agent, call, at, tool_calls=tuple(calls))

    def _note_start(self, call_id: str, given: Mapping[str, Any]) -> None:
        """Note a call that starts a subagent: its prompt is the first message of the agent."""
        kind, prompt = only_text(given.get("subagent_type")), only_text(given.get("prompt"))
        if kind or "description" in given:
            self._kinds[call_id] = kind
            self._started[prompt] = call_id, kind

    def _given(self, data: bytes, agent: str, value: Mapping[str, Any], at: Moment | None) -> SessionLine:
        content = mapping(value.get("message")).get("content")
        outcome = mapping(value.get("toolUseResult") or value.get("tool_use_result"))
        ran_s = seconds_from_ms(outcome.get("totalDurationMs", outcome.get("durationMs")))
        results = [block for block in map(mapping, items(content)) if block.get("type") == "tool_result"]
        returns = [ToolReturn(as_text(one.get("tool_use_id")), one.get("is_error") is True, ran_s) for one in results]
        if returns and (started := only_text(outcome.get("agentId"))):
            self._note_agent(started, returns[0].call_id)
        role: LineRole = "given" if returns or agent or _is_no_prompt(value, content) else "prompt"
        return SessionLine(
            data, role, agent, at=at, returns=tuple(returns), compacts=value.get("isCompactSummary") is True
        )

    def _agent(self, value: Mapping[str, Any]) -> str:
        """Return what tells the agent of a line apart, and note what the line says of it."""
        if call_id := only_text(value.get("parent_tool_use_id")):
            self._note_agent(call_id, call_id)
            return call_id
        if value.get("isSidechain") is not True:
            return ""
        if agent := only_text(value.get("agentId")):
            self._note_by_prompt(agent, value)
            return agent
        # Before version 2.0.28, only the chain of lines tells subagents apart.
        identity, before = only_text(value.get("uuid")), only_text(value.get("parentUuid"))
        first = self._chains[identity] = self._chains.get(before, identity)
        self._note_by_prompt(first, value)
        return first

    def _note_by_prompt(self, agent: str, value: Mapping[str, Any]) -> None:
        if agent not in self.facts.agents and value.get("type") == "user":
            prompt = mapping(value.get("message")).get("content")
            call_id, kind = self._started.get(prompt if isinstance(prompt, str) else "", ("", ""))
            self.facts.agents[agent] = AgentFacts(kind, call_id)

    def _note_agent(self, agent: str, call_id: str) -> None:
        self.facts.agents[agent] = AgentFacts(self._kinds.get(call_id, ""), call_id)


def _is_no_prompt(value: Mapping[str, Any], content: Any) -> bool:
    """Tell whether the program wrote a message in the name of the user, or the user only stopped the agent."""
    if any(value.get(name) is True for name in ("isMeta", "isCompactSummary", "isSynthetic")):
        return True
    first = (
        content
        if isinstance(content, str)
        else next(
            (only_text(block.get("text")) for block in map(mapping, items(content)) if block.get("type") == "text"), ""
        )
    )
    return first.startswith((_INTERRUPTION, "<local-command-stdout>"))
