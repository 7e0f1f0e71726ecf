"""Claude Code: the lines of `claude -p --output-format stream-json`, of the Agent SDK, and of session files.

https://code.claude.com/docs/en/headless and https://code.claude.com/docs/en/agent-sdk/typescript

With `--include-partial-messages`, the events of the Messages API come under `event`, and each finished message repeats them. A
message of several blocks comes as several lines with the same id. Lines of one agent alone are read as its own. Among the lines
of the main agent, those of subagents are of kind other.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import anthropic_messages
from viewer.protocols.dialects.anthropic_messages import MessageEvents
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.protocols.usage_counts import sum_counts
from viewer.text.json import as_text, is_number, items, mapping, only_text, parse
from viewer.text.times import parse_time
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, START, USAGE
from viewer.types.claude_code import OTHER_TYPES, SYNTHETIC, MessageUsage, unwrapped
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import count
from viewer.wire import Events

PROTOCOL = "claude-code"
ABOUT = About(
    PROTOCOL,
    "Claude Code",
    "https://code.claude.com/docs/en/headless",
    "`--output-format stream-json`, with or without partial messages; messages of the Agent SDK and of session files",
)

_PAUSES = ("tool_use", "pause_turn")
"""Stop reasons after which the session goes on."""
_ANSWERS = ("assistant", "stream_event")
_INPUT = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
_INPUT_OF_MODEL = ("inputTokens", "cacheReadInputTokens", "cacheCreationInputTokens")
_SESSION_KEYS = ("session_id", "sessionId")
_LINE_KEYS = ("uuid", "parentUuid", "parent_tool_use_id")


def recognise(sample: Sample) -> int:
    """Look for messages, events or the start of a session of Claude Code."""
    for line in map(unwrapped, sample.objects):
        if not any(name in line for name in _SESSION_KEYS):
            continue
        kind, message = line.get("type"), mapping(line.get("message"))
        if kind == "stream_event" and isinstance(line.get("event"), dict):
            return 97
        has_blocks = isinstance(message.get("content"), list)
        if kind in ("assistant", "user") and "content" in message and (has_blocks or any(map(line.get, _LINE_KEYS))):
            return 95
        if kind == "system" and line.get("subtype") == "init":
            return 95
        if kind == "result" and "subtype" in line and "num_turns" in line:
            return 95
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every line."""
    agent = _only_agent(events)
    session = _Session(reading, MessageEvents(events, reading), UnknownText(events, reading), agent)
    reading.has_stamps_of_program = True
    for event, value in reading.payloads(events):
        line = unwrapped(mapping(value)) or {"text": value}
        rows_before = len(reading.kind)
        session.add(event, line)
        # Other lines may be written long before or after the answer.
        stamp = parse_time(line.get("timestamp")) if line.get("type") in _ANSWERS else None
        reading.end_event(event, rows_before, stamp)
    session.close()


def _only_agent(events: Events) -> str:
    """Return the subagent that wrote all answers; "" if the main agent wrote any, or if several subagents did."""
    agents = set()
    for data in events.data:
        if data and (b'"assistant"' in data or b'"stream_event"' in data):
            with suppress(ValueError):
                line = unwrapped(mapping(parse(data)))
                if line.get("type") in _ANSWERS:
                    agents.add(_agent_of(line))
        if len(agents) > 1 or "" in agents:
            return ""
    return agents.pop() if agents else ""


def _agent_of(line: Mapping[str, Any]) -> str:
    """Return what tells the subagent of a line apart; "" for the main agent."""
    if line.get("parent_tool_use_id"):
        return as_text(line["parent_tool_use_id"])
    return as_text(line.get("agentId") or "sidechain") if line.get("isSidechain") else ""


@dataclass(slots=True)
class _Session:
    """The messages of a session."""

    reading: Reading
    messages: MessageEvents
    unknown: UnknownText
    agent: str
    """The subagent whose lines are read as answers; "" for the main agent."""
    _is_one_call: bool = True
    """Whether all lines so far are of one message."""
    _ids: set[str] = field(default_factory=set)
    _last_block: str = ""
    _streamed: str | None = None
    """The id of the message whose events came last."""
    _usage: dict[str, MessageUsage] = field(default_factory=dict)
    """The usage of each message."""
    _turns: list[dict[str, Any]] = field(default_factory=list)
    """The usage that each result reports. It is that of one turn, without subagents."""
    _has_result: bool = False

    def add(self, event: int, line: Mapping[str, Any]) -> None:
        """Add the rows of one line."""
        is_other_agent = _agent_of(line) != self.agent
        self._is_one_call &= line.get("type") not in ("user", "system")
        match line.get("type"):
            case "stream_event" if not is_other_agent:
                self._add_event(event, mapping(line.get("event")))
            case "assistant" if not is_other_agent:
                self._add_message(event, line, mapping(line.get("message")))
            case "user" | "assistant" | "stream_event":
                if not is_other_agent:
                    self._note_results(event, mapping(line.get("message")))
                self.reading.add(event, OTHER, "\n".join(texts_in(line.get("message") or line.get("event"))))
            case "result":
                self._add_result(event, line)
            case "system" if line.get("subtype") == "init":
                self._note_model(line)
                self.reading.add(event, START)
            case kind if isinstance(kind, str) and kind in OTHER_TYPES:
                self.reading.add(event, OTHER, "\n".join(texts_in({**line, "type": None, "cwd": None})))
            case kind:
                if not self.unknown.add(event, "line type", as_text(kind), dict(line)):
                    self.reading.add(event, OTHER)

    def close(self) -> None:
        """Note the usage of a session without a result: what its messages used together."""
        if self._is_one_call and len(self._ids) == 1:
            # The program writes a block as a line once it is complete. Only a session goes on after a call of a tool.
            stops = bool(self.reading.finish_reasons.get(0)) or self._last_block in ("text", "tool_use")
            self.reading.ended |= stops
        if self._has_result:
            return
        used = self._sum_of_messages()
        if not all(one.is_final for one in self._usage.values()):
            used.pop("output_tokens", None)
        self.reading.usage = used or None

    def _add_event(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add an event of the Messages API. Each message has its own usage."""
        if payload.get("type") == "message_start":
            self._streamed = as_text(mapping(payload.get("message")).get("id"))
            self._ids.add(self._streamed)
            self.reading.usage = None
        self.messages.add(event, payload)
        if self._streamed is None or not self.reading.usage:
            return
        usage = self._usage.setdefault(self._streamed, MessageUsage())
        usage.reported = self.reading.usage
        usage.is_final |= payload.get("type") == "message_delta"
        self.reading.ended &= self.reading.finish_reasons.get(0) not in _PAUSES

    def _add_message(self, event: int, line: Mapping[str, Any], message: Mapping[str, Any]) -> None:
        """Add the blocks of a message, unless they repeat its events."""
        identity = as_text(message.get("id"))
        if identity == self._streamed:
            self.reading.add(event, OTHER)
            return
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else [*map(mapping, items(content))]
        if line.get("isApiErrorMessage") or (line.get("error") and message.get("model") == SYNTHETIC):
            text = "\n".join(texts_in(blocks))
            self.reading.add_error(event, StreamError(text, as_text(line.get("error") or "")))
            return
        self._ids.add(identity)
        self._last_block = only_text(blocks[-1].get("type")) if blocks else ""
        self._note_model(message)
        for index, block in enumerate(blocks):
            started = {"type": "content_block_start", "index": f"{identity} {event} {index}", "content_block": block}
            self.messages.add(event, started)
        reason = message.get("stop_reason")
        if isinstance(message.get("usage"), dict):
            self._usage.setdefault(identity, MessageUsage()).add(message["usage"], has_stop_reason=bool(reason))
        if reason:
            self.reading.finish_reasons[0] = as_text(reason)
            self.reading.add(event, FINISH)
        if "sessionId" in line:
            # A session file has no result. Older ones have no stop reason either.
            is_answer = bool(blocks) and blocks[-1].get("type") == "text"
            self.reading.ended = reason not in _PAUSES if reason else is_answer

    def _note_results(self, event: int, message: Mapping[str, Any]) -> None:
        """Note what tools returned, which the program sends as a message of the user."""
        for block in map(mapping, items(message.get("content"))):
            if block.get("type") == "tool_result":
                returned = result_text(block.get("content"))
                is_error = block.get("is_error") is True
                self.reading.note_tool_result(event, returned, block.get("tool_use_id"), is_error=is_error)

    def _add_result(self, event: int, line: Mapping[str, Any]) -> None:
        """Add a result. It repeats the last text, and holds the usage of its turn and the cost of the session so far."""
        self._has_result = self.reading.ended = True
        kind, text = as_text(line.get("subtype") or ""), only_text(line.get("result"))
        if reason := line.get("stop_reason"):
            self.reading.finish_reasons[0] = as_text(reason)
        if line.get("is_error") or kind.startswith("error"):
            message = text or "\n".join(map(only_text, items(line.get("errors")))) or kind
            self.reading.add_error(event, StreamError(message, kind))
        elif text and CONTENT not in self.reading.kind:
            self.reading.add(event, CONTENT, text)
        if not self._is_of_these(line):
            self._has_result = False
            self.reading.add(event, OTHER)
            return
        if isinstance(line.get("usage"), dict):
            self._turns.append(line["usage"])
        used = sum_counts(self._turns) if self._turns else self._sum_of_messages()
        if is_number(line.get("total_cost_usd")):
            used["total_cost_usd"] = line["total_cost_usd"]
        if used:
            self.reading.usage = used
            self.reading.add(event, USAGE)

    def _is_of_these(self, result: Mapping[str, Any]) -> bool:
        """Tell whether the counts of a result are those of the lines here. Other calls of a session are not among them."""
        if not self._is_one_call or len(self._ids) != 1 or not self._usage:
            return True
        (own,) = (one.reported for one in self._usage.values())
        reported = mapping(result.get("usage")) or own
        models = [mapping(one) for one in mapping(result.get("modelUsage")).values()]
        in_models = [sum(count(one, name) or 0 for name in _INPUT_OF_MODEL) for one in models] or [_input_of(own)]
        turns = result.get("num_turns")
        return _input_of(reported) == _input_of(own) == sum(in_models) and turns in (None, 1)

    def _sum_of_messages(self) -> dict[str, Any]:
        return sum_counts(one.reported for one in self._usage.values())

    def _note_model(self, holder: Mapping[str, Any]) -> None:
        if holder.get("model") != SYNTHETIC:
            self.reading.note_model(holder.get("model"))


def _input_of(used: Mapping[str, Any]) -> int:
    return sum(count(used, name) or 0 for name in _INPUT)


usage = anthropic_messages.usage
