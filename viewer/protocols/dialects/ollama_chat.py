"""Ollama chat, one JSON object per line: https://docs.ollama.com/api/chat."""

from collections.abc import Callable, Mapping
from typing import Any

from viewer.protocols import Sample, server_times
from viewer.protocols.images import describe_data
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text
from viewer.text.times import parse_time
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, SILENT, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "ollama-chat"
ABOUT = About(PROTOCOL, "Ollama chat", "https://docs.ollama.com/api/chat", "JSON lines")

_COUNTS = ("prompt_eval_count", "eval_count")
_DURATIONS = ("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")

_METADATA = frozenset(
    {
        *("model", "created_at", "done", "done_reason", "context", "error", "logprobs", "remote_model", "remote_host"),
        *("message", "role", "name", "tool_name"),
    }
)
"""Fields of a line and of its message that are no text of the model."""

Line = Mapping[str, Any]


def recognise(sample: Sample) -> int:
    """Look for lines with `message` and `done`, then for the path."""
    lines = sample.objects
    if any(isinstance(line.get("message"), dict) and isinstance(line.get("done"), bool) for line in lines):
        return 90
    return 50 if sample.path.endswith("/api/chat") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every line. Its message holds what it adds."""
    read_lines(events, reading, _message, "content")


def _message(line: Line) -> Line:
    return mapping(line.get("message"))


def read_lines(events: Events, reading: Reading, delta_of: Callable[[Line], Line], content_field: str) -> None:
    """Read every line. `delta_of` returns the part of a line with its content, thinking and tool calls."""
    unknown = UnknownText(events, reading)
    for event, line in reading.payloads(events):
        if not isinstance(line, dict):
            reading.add(event, OTHER, as_text(line))
            continue
        rows_before = len(reading.kind)
        stamp = parse_time(line.get("created_at"))
        reading.note_model(line.get("model"))
        delta = delta_of(line)
        _read_delta(event, delta, content_field, stamp, reading)
        for name, value in {**line, **delta}.items():
            if value and name not in _METADATA and not _is_read(name, value, delta, content_field):
                unknown.add(event, "field", name, {"delta": value}, stamp=stamp)
        if error := line.get("error"):
            reading.add_error(event, StreamError(as_text(error)), stamp=stamp)
        if line.get("done") is True:
            _finish(event, line, stamp, reading)
        if len(reading.kind) == rows_before:
            reading.add(event, SILENT if "done" in line else OTHER, stamp=stamp)


def _read_delta(event: int, delta: Line, content_field: str, stamp: float | None, reading: Reading) -> None:
    for kind, name in ((REASONING, "thinking"), (CONTENT, content_field)):
        if text := only_text(delta.get(name)):
            reading.add(event, kind, text, stamp=stamp)
    for call in items(delta.get("tool_calls")):
        if not isinstance(call, dict):
            continue
        # Every call is sent whole and its index is often missing, so calls are numbered in order.
        tool = next_index(reading.tool_calls)
        function = mapping(call.get("function"))
        start = reading.tool_calls.setdefault((0, tool), ToolCallStart())
        start.id, start.name = as_text(call.get("id") or ""), as_text(function.get("name") or "")
        reading.add(event, TOOL_CALL, as_text(function.get("arguments")), tool=tool, stamp=stamp)
    for image in items(delta.get("images")):
        reading.add(event, OTHER, describe_data("image", image), stamp=stamp)


def _is_read(name: str, value: Any, delta: Line, content_field: str) -> bool:
    """Tell whether a field that is not empty has added a row."""
    if name in (content_field, "thinking"):
        return name in delta and isinstance(value, str)
    return name in ("tool_calls", "images") and name in delta and isinstance(value, list)


def _finish(event: int, line: Line, stamp: float | None, reading: Reading) -> None:
    reading.ended = True
    if reason := line.get("done_reason"):
        reading.finish_reasons[0] = as_text(reason)
    reading.add(event, FINISH, stamp=stamp)
    reading.server_times = server_times.of_ollama(line)
    reported = {name: line[name] for name in (*_COUNTS, *_DURATIONS) if line.get(name) is not None}
    if reported:
        reading.add_usage(event, reported, stamp=stamp)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as a single line, which has the same shape."""
    return [("message", payload)] if recognise(Sample("", (), (payload,))) else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts of the last line. Output includes thinking, which is not counted separately."""
    return Usage(
        input=count(reported, "prompt_eval_count"),
        output=count(reported, "eval_count"),
        reported=reported,
    )
