"""Gemini CLI: the lines of `gemini --output-format stream-json`: https://geminicli.com/docs/cli/headless.

The lines are those of a whole session, which begin with `init`, or of one of its calls.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "gemini-cli"
ABOUT = About(PROTOCOL, "Gemini CLI", "https://geminicli.com/docs/cli/headless", "`--output-format stream-json`")


def recognise(sample: Sample) -> int:
    """Look for the first line, a part of an answer, or the last line with its statistics."""
    for payload in sample.objects:
        match payload.get("type"):
            case "init" if "session_id" in payload and "timestamp" in payload:
                return 95
            case "tool_use" if "tool_id" in payload and "tool_name" in payload:
                return 95
            case "result" if "stats" in payload and "status" in payload:
                return 95
            case "error" if {"severity", "message", "timestamp"} <= payload.keys():
                return 93
            case "message" if payload.get("delta") is True and "role" in payload and "timestamp" in payload:
                return 93
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every line. A message without `delta` is a whole message."""
    unknown = UnknownText(events, reading)
    is_session, last = False, None
    for event, value in reading.payloads(events):
        line = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        _add(event, line, reading, unknown)
        reading.end_event(event, rows_before, parse_time(line.get("timestamp")))
        last = line.get("type")
        is_session |= last == "init"
    if not is_session:
        # Only a session goes on after a call of a tool.
        reading.ended |= last == "tool_use"
        if (count(reading.usage or {}, "tool_calls") or 0) > len(reading.tool_calls):
            # The statistics are those of the whole session, of which these lines are the last call.
            reading.usage = None


def _add(event: int, line: Mapping[str, Any], reading: Reading, unknown: UnknownText) -> None:
    match line.get("type"):
        case "init":
            reading.note_model(line.get("model"))
            reading.add(event, START)
        case "message":
            is_answer = line.get("role") == "assistant"
            reading.add_text(event, CONTENT if is_answer else OTHER, line.get("content"))
        case "tool_use":
            tool = next_index(reading.tool_calls)
            reading.identify_call(tool, line.get("tool_id"), line.get("tool_name"))
            given = line.get("parameters")
            reading.add(event, TOOL_CALL, write(given) if given else "", tool=tool)
        case "tool_result":
            text = "\n".join(texts_in([line.get("output"), mapping(line.get("error")).get("message")]))
            reading.note_tool_result(event, text, line.get("tool_id"), is_error=line.get("status") == "error")
            reading.add(event, OTHER, text)
        case "error" if line.get("severity") == "warning":
            reading.add(event, OTHER, only_text(line.get("message")))
        case "error":
            reading.add_error(event, StreamError(as_text(line.get("message") or "")))
        case "result":
            _finish(event, line, reading)
        case kind:
            if not unknown.add(event, "event type", as_text(kind), dict(line)):
                reading.add(event, OTHER)


def _finish(event: int, line: Mapping[str, Any], reading: Reading) -> None:
    reading.ended = True
    status = as_text(line.get("status") or "")
    if status == "error":
        error = mapping(line.get("error"))
        message = as_text(error.get("message") or "The session ended with an error.")
        reading.add_error(event, StreamError(message, as_text(error.get("type") or "")))
    else:
        reading.finish_reasons[0] = status
        reading.add(event, FINISH)
    if isinstance(line.get("stats"), dict):
        reading.add_usage(event, line["stats"])


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the statistics of a session."""
    return Usage(
        input=count(reported, "input_tokens"),
        output=count(reported, "output_tokens"),
        cache_read=count(reported, "cached"),
        total=count(reported, "total_tokens"),
        reported=reported,
    )
