"""Agent Client Protocol, JSON-RPC messages between an editor and a coding agent: https://agentclientprotocol.com.

A recording holds the agent's messages, or those of both sides. Messages and thoughts come in chunks. A later update of a tool
call replaces what it names again, so the last arguments count. The stop reason is in the result of `session/prompt` or, since
version 2, in an update of the state.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import AUDIO, CONTENT, FINISH, OTHER, REASONING
from viewer.types.formats import About
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "acp"
ABOUT = About(
    PROTOCOL,
    "Agent Client Protocol",
    "https://agentclientprotocol.com",
    "JSON-RPC between editors and coding agents, versions 1 and 2",
)

_KINDS = {"agent_message": CONTENT, "agent_thought": REASONING, "user_message": OTHER}
_SETTINGS = frozenset(
    {
        "available_commands_update",
        "current_mode_update",
        "config_option_update",
        "session_info_update",
        "usage_update",
        "plan_removed",
    }
)
_NOT_OF_TURNS = ("fs/", "terminal/", "elicitation/", "mcp/", "session/request_permission", "session/set_")
"""Beginnings of methods whose failure does not end a turn: requests of the agent, and changes of settings."""


def recognise(sample: Sample) -> int:
    """Look for updates of a session, then for a prompt or its result."""
    messages = [payload for payload in sample.objects if payload.get("jsonrpc") == "2.0"]
    if any(_update(message).get("sessionUpdate") for message in messages):
        return 97
    if any(message.get("method") in ("session/prompt", "session/new", "session/update") for message in messages):
        return 95
    return 92 if any(isinstance(mapping(one.get("result")).get("stopReason"), str) for one in messages) else 0


def _update(message: Mapping[str, Any]) -> dict[str, Any]:
    if message.get("method") != "session/update":
        return {}
    return mapping(mapping(message.get("params")).get("update"))


def read(events: Events, reading: Reading) -> None:
    """Read every message."""
    session = _Session(reading, UnknownText(events, reading), LatestArguments(reading))
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        session.add(event, mapping(payload) or {"text": payload})
        reading.end_event(event, rows_before)


@dataclass(slots=True)
class _Session:
    """The messages and calls that the updates add to. Requests and other results are shown as they are."""

    reading: Reading
    unknown: UnknownText
    arguments: LatestArguments
    _tools: dict[str, int] = field(default_factory=dict)
    _outputs: dict[int, str] = field(default_factory=dict)
    """What each call has returned so far."""
    _messages: set[str] = field(default_factory=set)
    """The ids of messages of which a chunk was added."""
    _requests: dict[str, list[str]] = field(default_factory=dict)
    """The methods of the requests that wait for an answer, by id. Both sides may use the same ids."""

    def add(self, event: int, message: Mapping[str, Any]) -> None:
        """Add the rows of one message of either side."""
        if update := _update(message):
            self._add_update(event, update)
        elif isinstance(message.get("method"), str):
            if message.get("id") is not None:
                self._requests.setdefault(as_text(message["id"]), []).append(message["method"])
            self.reading.add(event, OTHER, write(message["params"]) if message.get("params") else "")
        elif message.get("error"):
            self._fail(event, message)
        elif "result" in message:
            self._take_request(message)
            self._add_result(event, mapping(message["result"]))
        elif not self.unknown.add(event, "field", ", ".join(message), dict(message)):
            self.reading.add(event, OTHER)

    def _add_update(self, event: int, update: dict[str, Any]) -> None:
        match update.get("sessionUpdate"):
            case "agent_message_chunk" | "agent_thought_chunk" | "user_message_chunk" as name:
                self._messages.add(as_text(update.get("messageId")))
                self._add_content(event, _KINDS[name.removesuffix("_chunk")], update.get("content"))
            case "agent_message" | "agent_thought" | "user_message" as name:
                is_known = as_text(update.get("messageId")) in self._messages
                for block in [] if is_known else items(update.get("content")):
                    self._add_content(event, _KINDS[name], block)
            case "tool_call" | "tool_call_update" | "tool_call_content_chunk":
                self._add_call(event, update)
            case "plan" | "plan_update":
                self.reading.add(event, OTHER, _plan({**update, **mapping(update.get("plan"))}))
            case "state_update":
                if isinstance(update.get("stopReason"), str):
                    self._finish(event, update["stopReason"])
            case name if isinstance(name, str) and name in _SETTINGS:
                self.reading.add(event, OTHER)
            case name:
                if not self.unknown.add(event, "event type", as_text(name), update):
                    self.reading.add(event, OTHER)

    def _add_content(self, event: int, kind: int, block: Any) -> None:
        """Add a content block. Only its text is part of the message."""
        match mapping(block).get("type"):
            case "text":
                self.reading.add_text(event, kind, mapping(block).get("text"))
            case "audio":
                self.reading.add(event, AUDIO)
            case _:
                self.reading.add(event, OTHER, _text_of(block))

    def _add_call(self, event: int, update: Mapping[str, Any]) -> None:
        """Add a call, its arguments if they are new, and what it returned."""
        call_id = as_text(update.get("toolCallId") or "")
        is_new = call_id not in self._tools
        tool = self._tools.setdefault(call_id, next_index(self._tools))
        start = self.reading.identify_call(tool, call_id, update.get("title"))
        # Agents begin with the name of the tool, and tell what it does once they know the arguments.
        start.name = only_text(update.get("title")) or start.name
        raw = update.get("rawInput")
        if raw is not None or is_new:
            self.arguments.update(event, tool, as_text(raw))
        output = "\n".join(_outputs(update))
        if output and output != self._outputs.get(tool):
            self._outputs[tool] = output
            is_error = update.get("status") == "failed"
            self.reading.note_tool_result(event, output, call_id, is_error=is_error)
            self.reading.add(event, OTHER, output)

    def _take_request(self, message: Mapping[str, Any]) -> str:
        """Return the method of the request that a message answers, the last one with its id, which then waits no longer."""
        waiting = self._requests.get(as_text(message.get("id")))
        return waiting.pop() if waiting else "session/prompt"

    def _fail(self, event: int, message: Mapping[str, Any]) -> None:
        """Add an error. One that answers a request of the agent, such as a file that is missing, does not end the turn."""
        error = error_of(dict(message))
        if self._take_request(message).startswith(_NOT_OF_TURNS):
            self.reading.add(event, OTHER, error.message)
        else:
            self.reading.add_error(event, error)

    def _add_result(self, event: int, result: Mapping[str, Any]) -> None:
        if isinstance(result.get("stopReason"), str):
            self._finish(event, result["stopReason"])
        else:
            self.reading.add(event, OTHER, write(result) if result else "")
        if isinstance(reported := result.get("usage"), dict):
            self.reading.add_usage(event, reported)

    def _finish(self, event: int, reason: str) -> None:
        self.reading.ended = True
        self.reading.finish_reasons[0] = reason
        self.reading.add(event, FINISH)


def _plan(plan: Mapping[str, Any]) -> str:
    """Return the text of a plan: a list, Markdown, or the address of a file."""
    entries = [as_text(mapping(entry).get("content")) for entry in items(plan.get("entries"))]
    return "\n".join(entries) or only_text(plan.get("content") or plan.get("uri"))


def _text_of(block: Any) -> str:
    """Return the text of a content block, or of the resource in it."""
    content = mapping(block)
    return only_text(content.get("text") or mapping(content.get("resource")).get("text") or content.get("uri"))


def _outputs(update: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts that a call returned, and its raw output if it has no other."""
    content = update.get("content")
    blocks = map(mapping, content if isinstance(content, list) else [content])
    texts = [
        only_text(one.get("newText")) if one.get("type") == "diff" else _text_of(one.get("content")) for one in blocks
    ]
    yield from filter(None, texts)
    if not any(texts) and update.get("rawOutput"):
        raw = update["rawOutput"]
        yield raw if isinstance(raw, str) else write(raw)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the usage of a turn, which agents add to its result. Its categories do not overlap.

    See https://agentclientprotocol.com/rfds/end-turn-token-usage, a draft.
    """
    inputs, outputs = count(reported, "inputTokens"), count(reported, "outputTokens")
    read_, written = count(reported, "cachedReadTokens"), count(reported, "cachedWriteTokens")
    thoughts = count(reported, "thoughtTokens")
    return Usage(
        input=None if inputs is None else inputs + (read_ or 0) + (written or 0),
        output=None if outputs is None else outputs + (thoughts or 0),
        reasoning=thoughts,
        cache_read=read_,
        cache_write=written,
        total=count(reported, "totalTokens"),
        reported=reported,
    )
