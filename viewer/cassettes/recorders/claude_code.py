"""Claude Code: its session files, and what `claude -p --output-format stream-json` and the Agent SDK write.

https://code.claude.com/docs/en/headless and https://code.claude.com/docs/en/agent-sdk/typescript. The format of session files
(`~/.claude/projects/…/….jsonl`) is not documented. They are read as versions 1.0 to 2.1 write them.

The blocks of a message are a line each, with the same message id. A subagent's lines name the agent, in session files, or the
tool call that started it, in the stream.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.claude_code.agents import ClaudeAgents
from viewer.cassettes.sessions.claude_code.files import session_files
from viewer.cassettes.sessions.claude_code.totals import SessionTotals
from viewer.cassettes.sessions.file_lines import FileLine, first_objects, note_unknown
from viewer.cassettes.sessions.lines import LineRole, SessionFacts, SessionLine, ToolReturn
from viewer.text.json import as_text, items, mapping, only_text
from viewer.text.times import seconds_from_ms
from viewer.text.words import counted
from viewer.types.claude_code import OTHER_TYPES, SYNTHETIC, MessageUsage, unwrapped
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
BY_LINES = True

# Attachments and snapshots of files can stand before the first answer.
_LINES_TO_LOOK_AT = 400
_INTERRUPTION = "[Request interrupted by user"


def recognise(document: Document) -> int:
    """Look for a part of an answer that names its session."""
    if not (b'"sessionId"' in document.head or b'"session_id"' in document.head):
        return 0
    for line in first_objects(document.data, _LINES_TO_LOOK_AT):
        if not ("sessionId" in line or "session_id" in line):
            continue
        if line.get("type") == "stream_event" and isinstance(line.get("event"), dict):
            return 97
        if line.get("type") == "assistant" and isinstance(mapping(line.get("message")).get("content"), list):
            return 96
    return 0


def read(document: Document) -> Recording:
    """Return an interaction for each message of a model."""
    problems: list[Problem] = []
    files = session_files(document, problems)
    facts = SessionFacts("Claude Code", protocol="claude-code")
    reader = _Reader(facts, ClaudeAgents(facts.agents, files.main), files.with_file)
    for agent, kind in files.kinds.items():
        reader.agents.note_kind(agent, kind)
    assembled = assemble(reader.lines(files.lines), facts)
    problems += (*note_unknown(reader.unknown), *reader.notes())
    return Recording("claude-code", assembled.interactions, reader.version, tuple(problems), session=assembled.session)


@dataclass(slots=True)
class _Reader:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts
    agents: ClaudeAgents
    with_file: frozenset[str]
    """The ids of the subagents that have a file of their own. What the session's file says of their progress repeats it."""
    unknown: Counter[str] = field(default_factory=Counter)
    version: str = ""
    _sessions: set[str] = field(default_factory=set)
    """The ids of the sessions that the lines name."""
    _totals: SessionTotals = field(default_factory=SessionTotals)
    _usage: dict[str, MessageUsage] = field(default_factory=dict)
    """The usage of each message."""
    _seen: set[str] = field(default_factory=set)
    """The ids of the lines so far. A session that was resumed can repeat its lines."""
    _streamed: dict[str, str] = field(default_factory=dict)
    """The id of the message whose events came last, by agent."""

    def lines(self, lines: Iterable[FileLine]) -> Iterator[SessionLine]:
        """Yield each line with its role."""
        for line in lines:
            yield self._line(line.data, line.value) if line.value else SessionLine(line.data, "about")
        self.facts.reported = self._totals.of_session()

    def notes(self) -> Iterator[Problem]:
        """Yield what users would wonder about."""
        if len(self._sessions) > 1:
            what = f"The lines are those of {len(self._sessions):,} sessions."
            yield Problem("note", what, "They are shown as one, in the order of the file.")
        unknown = sum(not one.is_final for one in self._usage.values())
        if unknown:
            what = f"The output tokens of {unknown:,} of {counted(len(self._usage), 'answer')} are not known: Claude Code wrote the"
            yield Problem("note", f"{what} answers down before it knew their usage.", "Their cost is not known either.")

    def _line(self, data: bytes, value: dict[str, Any]) -> SessionLine:
        self._note_session(value)
        inner = unwrapped(value)
        agent, kind = self.agents.agent_of(inner), inner.get("type")
        at = fields.moment(inner.get("timestamp"), fields.MILLISECOND_S)
        if inner is not value and (call_id := only_text(value.get("parentToolUseID"))):
            self.agents.note_agent(agent, call_id)
        if self._is_repeat(inner, is_progress=inner is not value):
            return SessionLine(data, "repeat")
        match kind:
            case "stream_event":
                return SessionLine(data, "answer", agent, self._message_of(agent, mapping(inner.get("event"))), at)
            case "assistant":
                return self._answer(data, agent, inner, at)
            case "user":
                return self._given(data, agent, inner, at)
            case "result":
                return SessionLine(data, "end", agent, at=at, reported=self._totals.add(inner))
            case "cost-state":
                self._totals.add_state(inner)
        if (name := as_text(kind)) not in OTHER_TYPES:
            self.unknown[name] += 1
        return SessionLine(data, "about", agent, at=at, compacts=inner.get("subtype") == "compact_boundary")

    def _note_session(self, value: Mapping[str, Any]) -> None:
        if session := only_text(value.get("sessionId") or value.get("session_id")):
            self.facts.id = self.facts.id or session
            self._sessions.add(session)
        self.version = self.version or only_text(value.get("version") or value.get("claude_code_version"))

    def _is_repeat(self, line: Mapping[str, Any], *, is_progress: bool) -> bool:
        """Tell whether the same line was there before, or is in the file of a subagent."""
        if is_progress and line["agentId"] in self.with_file:
            return True
        identity = only_text(line.get("uuid"))
        # The events of a message have ids too, of which some versions write the same twice.
        if not identity or line.get("type") not in ("user", "assistant") or "sessionId" not in line:
            return False
        is_repeat = identity in self._seen
        self._seen.add(identity)
        return is_repeat

    def _message_of(self, agent: str, event: Mapping[str, Any]) -> str:
        """Return the id of the message that an event adds to."""
        message = mapping(event.get("message"))
        if event.get("type") == "message_start":
            self._streamed[agent] = as_text(message.get("id"))
        identity = self._streamed.get(agent, "")
        usage = mapping(event.get("usage") or message.get("usage"))
        if usage:
            is_end = event.get("type") == "message_delta"
            self._usage.setdefault(identity, MessageUsage()).add(usage, has_stop_reason=is_end)
        return identity

    def _answer(self, data: bytes, agent: str, value: Mapping[str, Any], at: Moment | None) -> SessionLine:
        message = mapping(value.get("message"))
        is_error = bool(value.get("isApiErrorMessage") or value.get("error"))
        if message.get("model") == SYNTHETIC and not is_error:
            return SessionLine(data, "about", agent, at=at)
        calls = []
        for block in map(mapping, items(message.get("content"))):
            if block.get("type") == "tool_use":
                calls.append(as_text(block.get("id")))
                self.agents.note_call(calls[-1], mapping(block.get("input")))
        call = as_text(message.get("id") or value.get("uuid"))
        if message.get("usage") and not is_error:
            usage = self._usage.setdefault(call, MessageUsage())
            usage.add(mapping(message["usage"]), has_stop_reason=bool(message.get("stop_reason")))
        return SessionLine(data, "answer", agent, call, at, tool_calls=tuple(calls))

    def _given(self, data: bytes, agent: str, value: Mapping[str, Any], at: Moment | None) -> SessionLine:
        content = mapping(value.get("message")).get("content")
        outcome = mapping(value.get("toolUseResult") or value.get("tool_use_result"))
        ran_s = seconds_from_ms(outcome.get("totalDurationMs", outcome.get("durationMs")))
        results = [block for block in map(mapping, items(content)) if block.get("type") == "tool_result"]
        returns = [ToolReturn(as_text(one.get("tool_use_id")), one.get("is_error") is True, ran_s) for one in results]
        if returns and (started := only_text(outcome.get("agentId"))):
            self.agents.note_agent(started, returns[0].call_id)
        role: LineRole = "given" if returns or agent or _is_of_program(value, content) else "prompt"
        return SessionLine(
            data, role, agent, at=at, returns=tuple(returns), compacts=value.get("isCompactSummary") is True
        )


def _is_of_program(value: Mapping[str, Any], content: Any) -> bool:
    """Tell whether the program wrote a message in the name of the user, or the user only stopped the agent."""
    if any(value.get(name) is True for name in ("isMeta", "isCompactSummary", "isSynthetic")):
        return True
    blocks = map(mapping, items(content))
    texts = (only_text(block.get("text")) for block in blocks if block.get("type") == "text")
    first = content if isinstance(content, str) else next(texts, "")
    return first.startswith((_INTERRUPTION, "<local-command-stdout>"))
