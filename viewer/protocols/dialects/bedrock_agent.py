"""Amazon Bedrock's agents, flows and knowledge bases: answers in pieces, and traces of how they came about.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html (and InvokeInlineAgent,
InvokeFlow, RetrieveAndGenerateStream of the same service)

No event marks the end. Traces report the tokens of each model call that the agent makes. Nothing reports their total.
"""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from viewer.protocols import Sample
from viewer.protocols.dialects.bedrock_converse import read_error
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import CITATION, CONTENT, FINISH, OTHER, SILENT, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import ToolCallStart
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "bedrock-agent"
ABOUT = About(
    PROTOCOL,
    "Amazon Bedrock agents",
    "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_InvokeAgent.html",
    "binary frames, with traces",
)

_NAMES = frozenset({"returnControl", "flowOutputEvent", "flowCompletionEvent", "flowTraceEvent"})
_TRACES = frozenset({"trace", "flowTraceEvent"})
_PATHS = ("/agents/", "/flows/", "/retrieveAndGenerateStream")


def recognise(sample: Sample) -> int:
    """Look for the service's own events, then for its host and paths, then for envelopes.

    Only the envelopes of this service have an attribution. Others may belong to InvokeModelWithResponseStream.
    """
    if _NAMES & set(sample.names) or any(map(_is_trace, sample.payloads)):
        return 95
    if "bedrock-agent-runtime" in sample.url or _path(sample.url).startswith(_PATHS):
        return 90 if {"chunk", "trace", "output", "citation", "files"} & set(sample.names) else 50
    envelopes = [payload for payload in sample.objects if "bytes" in payload]
    return 88 if any("attribution" in payload for payload in envelopes) else 40 if envelopes else 0


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _is_trace(payload: Any) -> bool:
    return isinstance(payload, dict) and isinstance(payload.get("trace"), dict) and "sessionId" in payload


def read(events: Events, reading: Reading) -> None:
    """Read every event. An answer counts as the end, since no event marks it."""
    unknown = UnknownText(events, reading)
    for event, payload in reading.payloads(events):
        name = events.name[event]
        content = mapping(payload)
        answer = _answer(name, content)
        if answer is not None:
            reading.ended = True
            reading.add(event, CONTENT if answer else SILENT, answer)
            for citation in items(mapping(content.get("attribution")).get("citations")):
                reading.add(event, CITATION, write(citation))
        elif name in _TRACES:
            reading.add(event, SILENT, stamp=parse_time(content.get("eventTime")))
        elif name == "returnControl":
            _add_calls(event, content, reading)
        elif name == "citation":
            reading.add(event, CITATION, write(content))
        elif name == "flowCompletionEvent":
            reading.ended = True
            reading.finish_reasons[0] = as_text(content.get("completionReason") or "")
            reading.add(event, FINISH)
        else:
            read_error(event, name, payload, reading, unknown)


def _answer(name: str, content: Mapping[str, Any]) -> str | None:
    """Return the text of an event that holds an answer. Return None for other events."""
    match name:
        case "chunk":
            return _decode(content.get("bytes"))
        case "output" | "responseEvent":
            return only_text(content.get("text"))
        case "flowOutputEvent":
            document = mapping(content.get("content")).get("document")
            return document if isinstance(document, str) else write(document)
        case _:
            return None


def _add_calls(event: int, content: Mapping[str, Any], reading: Reading) -> None:
    """Add the calls that the client must make for the agent."""
    reading.ended = True
    rows_before = len(reading.kind)
    for item in items(content.get("invocationInputs")):
        for call in mapping(item).values():
            tool = next_index(reading.tool_calls)
            name = mapping(call).get("function") or mapping(call).get("apiPath") or ""
            reading.tool_calls[0, tool] = ToolCallStart(only_text(content.get("invocationId")), as_text(name))
            arguments = mapping(call).get("parameters") or mapping(call).get("requestBody")
            reading.add(event, TOOL_CALL, write(arguments) if arguments else "", tool=tool)
    if len(reading.kind) == rows_before:
        reading.add(event, OTHER)


def _decode(encoded: Any) -> str:
    """Decode the text of a piece. Return it unchanged if it is not base64."""
    text = only_text(encoded)
    try:
        return base64.b64decode(text).decode(errors="replace")
    except ValueError:
        return text


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. The service reports no usage."""
    return Usage(reported=reported)
