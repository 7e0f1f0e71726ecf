"""Model Context Protocol, JSON-RPC messages as server-sent events: https://modelcontextprotocol.io/specification.

A stream is a server's answer to one request, with what it says on the way there, or, over the older transport, all that
it sends in a session. What a tool answers is the content. Nothing names a reason to finish: a stream has ended when a
response came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import AUDIO, CONTENT, ERROR, KEEP_ALIVE, OTHER, SILENT, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "mcp-jsonrpc"
ABOUT = About(
    PROTOCOL,
    "Model Context Protocol",
    "https://modelcontextprotocol.io/specification",
    "streamable HTTP and the older HTTP with SSE",
)

_METHODS = ("notifications/", "sampling/", "elicitation/", "roots/")
_RESULTS = frozenset(
    {
        "content",
        "structuredContent",
        "protocolVersion",
        "tools",
        "prompts",
        "resources",
        "resourceTemplates",
        "contents",
        "messages",
        "completion",
    }
)
_TOOL_FAILED = "The tool says that it failed."


def recognise(sample: Sample) -> int:
    """Look for JSON-RPC with a method or a result of this protocol; Agent2Agent gives its results a kind."""
    messages = [message for payload in sample.payloads for message in _messages(payload)]
    calls = [message for message in messages if message.get("jsonrpc") == "2.0"]
    results = [mapping(message.get("result")) for message in calls]
    methods = [only_text(message.get("method")) for message in calls]
    if any(_RESULTS & result.keys() for result in results) or any(name.startswith(_METHODS) for name in methods):
        return 90
    if any("kind" in result for result in results):
        return 0
    return 60 if calls or sample.names[:1] == ("endpoint",) else 0


def _messages(payload: Any) -> list[dict[str, Any]]:
    """Return the messages of an event: one, or, in version 2025-03-26, several."""
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
    """Return events of which all hold JSON: the URL that the older transport begins with stands there as it is."""
    pairs = zip(events.name, events.data, strict=True)
    return replace(events, data=[b"null" if data and name == "endpoint" else data for name, data in pairs])


def _add_call(event: int, message: Mapping[str, Any], reading: Reading) -> None:
    """Add what the server says or asks on the way to its answer; what it logs and how far it is are texts."""
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
    reading.error = StreamError(as_text(details.get("message") or error), code=as_text(details.get("code", "")))
    reading.add(event, ERROR, reading.error.message)


def _add_result(event: int, result: Mapping[str, Any], reading: Reading) -> None:
    """Add the rows of a result; only that of a tool has content, and what is listed or read is no text of an answer."""
    rows_before = len(reading.kind)
    for kind, text in _content(result):
        reading.add(event, kind, text)
    if result.get("isError") is True:
        reading.error = StreamError(_TOOL_FAILED, "isError")
        reading.add(event, ERROR, _TOOL_FAILED)
    if len(reading.kind) == rows_before:
        reading.add(event, START if "protocolVersion" in result else OTHER)


def _content(result: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield kind and text of each part of what a tool answers.

    The structured form repeats the text for machines; where it stands alone it is kept, but is no content.
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
    """Keep the object as it is; none is known."""
    return Usage(reported=reported)
