"""LangGraph's server, in all stream modes: https://docs.langchain.com/langsmith/streaming.

`messages` (asked for as `messages-tuple`) sends chunks, each with metadata. `messages/partial` repeats whole messages as they
grow, `values` the whole state, and `updates` what each node changed. Modes can be combined and then repeat each other; messages
are told apart by their ids. In a subgraph the name of a mode is followed by `|` and the place. The events of LangChain's agent
protocol (https://github.com/langchain-ai/agent-protocol), which threads stream, name their mode as a method.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.content_blocks import ContentBlocks, tool_event_text
from viewer.protocols.dialects.langserve import Runs, fail, has_end
from viewer.protocols.langchain_messages import Messages, is_chunk, is_of_user, message_of, usage
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import OTHER, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

__all__ = ["ABOUT", "PROTOCOL", "read", "recognise", "usage"]

PROTOCOL = "langgraph"
ABOUT = About(
    PROTOCOL,
    "LangGraph",
    "https://docs.langchain.com/langsmith/streaming",
    "messages, values, updates, events, tools and custom, alone or combined; events of the agent protocol",
)

_MESSAGES = frozenset({"messages", "messages-tuple", "messages/partial", "messages/complete"})
_MODES = _MESSAGES | {
    "values",
    "updates",
    "events",
    "custom",
    "debug",
    "tasks",
    "checkpoints",
    "messages/metadata",
    "tools",
}
_INTERRUPT = "__interrupt__"


def recognise(sample: Sample) -> int:
    """Look for messages with metadata or in lists, then for the names of modes with messages or after the metadata of a run."""
    names = {_mode(name) for name in sample.names}
    if any(_is_part(payload) or _is_protocol_event(payload) for payload in sample.objects):
        return 95
    if any(_listed(payload) for payload in sample.payloads):
        return 95
    if names & {"messages/partial", "messages/complete", "messages/metadata"}:
        return 95
    if not names & _MODES:
        return 0
    has_message = any(next(_messages_in(payload), None) for payload in sample.objects)
    is_run = "metadata" in names and any("run_id" in payload for payload in sample.objects[:1])
    return 90 if has_message or is_run else 0


def _mode(name: str) -> str:
    return name.partition("|")[0]


def _is_part(payload: Mapping[str, Any]) -> bool:
    """Tell whether a payload names its mode itself, as `astream(version="v2")` does."""
    mode = payload.get("type")
    return isinstance(mode, str) and mode in _MODES and isinstance(payload.get("ns"), list) and "data" in payload


def _is_protocol_event(payload: Mapping[str, Any]) -> bool:
    """Tell whether a payload is an event of the agent protocol."""
    is_event = payload.get("type") == "event" and isinstance(payload.get("method"), str)
    return is_event and "data" in mapping(payload.get("params"))


def _listed(payload: Any) -> list[dict[str, Any]]:
    """Return the messages at the start of a list: several, or one that its metadata follows."""
    found = [message_of(item) for item in items(payload)]
    return [message for message in found if message]


def _messages_in(state: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the messages of a state or of what one or more nodes changed, each with its place."""
    for name, value in mapping(state).items():
        for place, item in enumerate(value if isinstance(value, list) else [value]):
            if message := message_of(item):
                yield f"{name}#{place}", message
            elif name != "messages" and isinstance(item, dict):
                yield from _messages_in({"messages": item.get("messages")})


def read(events: Events, reading: Reading) -> None:
    """Read every event. `end` has no data."""
    messages = Messages(events, reading)
    graph = _Graph(
        reading, messages, Runs(messages, reading), UnknownText(events, reading), ContentBlocks(messages, reading)
    )
    for event, payload in reading.payloads(events):
        rows_before, stamp = len(reading.kind), None
        if isinstance(payload, dict) and _is_protocol_event(payload):
            stamp = parse_epoch(payload["params"].get("timestamp"))
            graph.add_protocol_event(event, payload["method"], payload["params"])
        elif isinstance(payload, dict) and _is_part(payload):
            graph.add(event, payload["type"], payload["data"])
        else:
            graph.add(event, _mode(events.name[event]), payload)
        reading.end_event(event, rows_before, stamp)
    reading.ended = reading.ended or has_end(events)
    graph.runs.close()


@dataclass(slots=True)
class _Graph:
    """The messages of a run of a graph."""

    reading: Reading
    messages: Messages
    runs: Runs
    unknown: UnknownText
    blocks: ContentBlocks

    def add_protocol_event(self, event: int, method: str, params: Mapping[str, Any]) -> None:
        """Add the rows of an event of the agent protocol. The namespace is the place of a subgraph."""
        data, namespace = params["data"], items(params.get("namespace"))
        match method:
            case "messages":
                self.blocks.add(event, write(namespace), mapping(data))
            case "lifecycle":
                self._add_lifecycle(event, mapping(data), is_root=not namespace)
            case "input.requested":
                self.reading.ended = True
                self.reading.add(event, OTHER, as_text(mapping(data).get("payload")))
            case "updates" if isinstance(mapping(data).get("values"), dict):
                self._add_updates(event, {as_text(data.get("node")): data["values"]})
            case _:
                self.add(event, method, data)

    def _add_lifecycle(self, event: int, data: Mapping[str, Any], *, is_root: bool) -> None:
        """Add the start, end or failure of the graph, or of a subgraph, which does not end the run."""
        match data.get("event"):
            case "started" | "running" if is_root:
                self.reading.add(event, START)
            case "failed" if is_root:
                self.reading.add_error(event, StreamError(as_text(data.get("error")) or "The run failed."))
            case "completed" | "interrupted" if is_root:
                self.reading.ended = True
            case _:
                self.reading.add(event, OTHER, as_text(data.get("error")))

    def _add_tool(self, event: int, data: Mapping[str, Any]) -> None:
        """Add what happens to a tool. Its call is that of a message, and its result often a message too."""
        text = tool_event_text(data)
        if data.get("event") in ("tool-finished", "tool-error"):
            is_error = data["event"] == "tool-error"
            self.reading.note_tool_result(event, text, data.get("tool_call_id"), is_error=is_error)
        self.reading.add(event, OTHER, text)

    def add(self, event: int, mode: str, payload: Any) -> None:
        """Add the rows of one event."""
        match mode:
            case "metadata":
                self.reading.add(event, START)
            case "error":
                fail(event, payload, self.reading)
            case "end":
                self.reading.ended = True
            case "values":
                self._add_state(event, payload)
            case "updates":
                self._add_updates(event, payload)
            case "events":
                self.runs.add(event, payload)
            case "tools" | "custom" | "debug" | "tasks" | "checkpoints" | "feedback" | "messages/metadata":
                self._add_others(event, mode, payload)
            case _:
                self._add_messages(event, mode, payload)

    def _add_others(self, event: int, mode: str, payload: Any) -> None:
        """Add what is not a message: the run of a tool, the graph's own events, or what repeats the state."""
        if mode == "tools":
            self._add_tool(event, mapping(payload))
            return
        if mode != "custom":
            for value in mapping(payload).values():
                self.messages.note_model(mapping(mapping(value).get("metadata")))
        self.reading.add(event, OTHER, as_text(payload) if mode == "custom" else "")

    def _add_messages(self, event: int, mode: str, payload: Any) -> None:
        """Add messages, of which chunks have metadata behind them."""
        message = message_of(payload)
        found = [message] if message else _listed(payload)
        if not found and not self.unknown.add(event, "event type", mode, payload):
            self.reading.add(event, OTHER)
        for place, one in enumerate(found):
            is_whole = mode in ("messages/partial", "messages/complete")
            self.messages.add(event, one, "" if is_chunk(one) else f"#{place}", is_whole=is_whole)
        for item in items(payload):
            self.messages.note_model(mapping(item) if not message_of(item) else {})

    def _add_state(self, event: int, payload: Any) -> None:
        """Add the messages of a state that follow the user's last one. Those before it belong to earlier turns."""
        found = list(_messages_in(payload))
        if not found:
            self.reading.add(event, OTHER, write(payload) if payload else "")
        last = max((place for place, (_, message) in enumerate(found) if is_of_user(message)), default=-1)
        for place, (key, message) in enumerate(found):
            if place < last:
                self.messages.skip(message, key)
            else:
                self.messages.add(event, message, key, is_whole=True)
        self._note_interrupt(payload)

    def _add_updates(self, event: int, payload: Any) -> None:
        """Add the messages that nodes added to the state, or what else they changed."""
        found = list(_messages_in(payload))
        for key, message in found:
            self.messages.add(event, message, f"{event} {key}", is_whole=True)
        if not found:
            self.reading.add(event, OTHER, write(payload) if payload else "")
        self._note_interrupt(payload)

    def _note_interrupt(self, payload: Any) -> None:
        """Take a question to the user as the end of the run."""
        if _INTERRUPT in mapping(payload):
            self.reading.ended = True
