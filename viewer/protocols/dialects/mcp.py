"""Model Context Protocol, JSON-RPC messages as server-sent events: https://modelcontextprotocol.io/specification.

A stream is a server's response to one request, preceded by its notifications, or everything that it sends in a session of
the older transport. The result of a tool is the content. There is no finish reason: a stream is complete once a response
came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import AUDIO, CONTENT, KEEP_ALIVE, OTHER, SILENT, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "mcp-jsonrpc"
ABOUT = About(
    PROTOCOL,
    "Model Context Protocol",
    "https://modelcontextprotocol.io/specification",
    "streamable HTTP, and the older HTTP with SSE",
)

_METHODS = (
    *("notifications/", "sampling/", "elicitation/", "roots/"),
    *("tools/", "resources/", "prompts/", "completion/", "logging/"),
)
# Other protocols of JSON-RPC messages have these methods too.
_SHARED_METHODS = frozenset({"", "initialize", "ping"})
_RESULTS = frozenset(
    {
        "content",
        "structuredContent",
        "tools",
        "prompts",
        "resources",
        "resourceTemplates",
        "contents",
        "messages",
        "completion",
    }
)
_TOOL_FAILED = "The tool reports that it failed."


def recognise(sample: Sample) -> int:
    """Look for JSON-RPC with a method or result of this protocol, and with no other.

    The Agent Client Protocol (`session/update`) and Agent2Agent (results with a `kind`) are JSON-RPC too.
    """
    messages = [message for payload in sample.payloads for message in _messages(payload)]
    calls = [message for message in messages if message.get("jsonrpc") == "2.0"]
    methods = [name for message in calls if (name := only_text(message.get("method"))) not in _SHARED_METHODS]
    results = [result for message in calls if (result := mapping(message.get("result")))]
    own = [name for name in methods if name.startswith(_METHODS)]
    foreign = len(methods) - len(own)
    # Methods name the protocol. A result may have the fields of a result here by chance.
    if foreign > len(own):
        return 0
    if own or any(map(_is_own_result, results)):
        return 90
    return 60 if not results and (calls or sample.names[:1] == ("endpoint",)) else 0


def _is_own_result(result: Mapping[str, Any]) -> bool:
    # The version is a date here, and a number in the Agent Client Protocol.
    return not _RESULTS.isdisjoint(result) or isinstance(result.get("protocolVersion"), str)


def _messages(payload: Any) -> list[dict[str, Any]]:
    """Return the messages of an event. Only version 2025-03-26 allows several."""
    return [mapping(message) for message in (payload if isinstance(payload, list) else [payload])]


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    for event, payload in reading.payloads(_with_endpoint_as_json(events)):
        if events.name[event] == "endpoint":
            reading.add(event, START)
            continue
        for message in _messages(payload) or [{}]:
            if "method" in message:
                _add_call(event, message, reading)
            elif "error" in message:
                _fail(event, message["error"], reading)
            elif "result" in message:
                reading.ended = True
                _add_result(event, mapping(message["result"]), reading)
            else:
                reading.add(event, OTHER)


def _with_endpoint_as_json(events: Events) -> Events:
    """Replace the URL that the older transport starts with, which is not JSON, by null."""
    pairs = zip(events.name, events.data, strict=True)
    return replace(events, data=[b"null" if data and name == "endpoint" else data for name, data in pairs])


def _add_call(event: int, message: Mapping[str, Any], reading: Reading) -> None:
    """Add a request or notification of the server. Log and progress messages have a text."""
    parameters = mapping(message.get("params"))
    match message.get("method"):
        case "ping":
            reading.add(event, KEEP_ALIVE)
        case "notifications/message":
            reading.add(event, OTHER, as_text(parameters.get("data")))
        case "notifications/progress":
            reading.add(event, OTHER, only_text(parameters.get("message")))
        case _:
            reading.add(event, OTHER)


def _fail(event: int, error: Any, reading: Reading) -> None:
    details = mapping(error)
    reading.add_error(
        event, StreamError(as_text(details.get("message") or error), code=as_text(details.get("code", "")))
    )


def _add_result(event: int, result: Mapping[str, Any], reading: Reading) -> None:
    """Add the rows of a result. Only the result of a tool has content; lists and resources are of kind other."""
    rows_before = len(reading.kind)
    for kind, text in _content(result):
        reading.add(event, kind, text)
    if result.get("isError") is True:
        reading.add_error(event, StreamError(_TOOL_FAILED, "isError"))
    if len(reading.kind) == rows_before:
        reading.add(event, START if "protocolVersion" in result else OTHER)


def _content(result: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the kind and text of each part of a tool's result.

    The structured form repeats the text for machines. Without a text it is shown as kind other.
    """
    parts = result.get("content")
    for part in map(mapping, items(parts)):
        match part.get("type"):
            case "text":
                text = only_text(part.get("text"))
                yield CONTENT if text else SILENT, text
            case "audio":
                yield AUDIO, ""
            case "resource":
                yield OTHER, only_text(mapping(part.get("resource")).get("text"))
            case _:
                yield OTHER, ""
    if not parts and "structuredContent" in result:
        yield OTHER, write(result["structuredContent"])


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. The protocol reports no usage."""
    return Usage(reported=reported)
