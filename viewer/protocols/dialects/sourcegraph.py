"""Sourcegraph's completions, which Cody reads: https://sourcegraph.com/docs/cody.

Version 2 of the API and later ones send deltas. In earlier ones every event repeats the whole completion, and Cody shows the
last one, even if it does not continue the one before (`CompletionsResponseBuilder` in
https://github.com/sourcegraph/cody-public-snapshot).
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.wire import Events

PROTOCOL = "sourcegraph-completions"
ABOUT = About(
    PROTOCOL,
    "Sourcegraph completions",
    "https://sourcegraph.com/docs/cody",
    "all versions of the API, as Cody reads them",
)

_DELTAS = ("deltaText", "delta_thinking", "delta_tool_calls")
_PATH = "/.api/completions/"


def recognise(sample: Sample) -> int:
    """Look for the names of deltas, or for a whole completion, then for the path."""
    payloads = sample.objects
    if any(name in payload for payload in payloads for name in _DELTAS):
        return 90
    if any(isinstance(payload.get("completion"), str) and "stopReason" in payload for payload in payloads):
        return 90
    return 80 if _PATH in sample.url else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Only `done` marks a complete stream."""
    completion = _Completion(events, reading)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        name = events.name[event]
        if name == "error" or payload.get("error"):
            error = payload.get("error", value)
            reading.add_error(event, StreamError(error if isinstance(error, str) else write(error)))
        elif name == "done":
            reading.ended = True
            reading.add(event, OTHER)
        elif isinstance(value, dict) and name in ("completion", "message"):
            completion.add(event, payload)
        else:
            reading.add(event, OTHER)


class _Completion:
    """The completion that the events add to."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._events = events
        self._reading = reading
        self._text = CumulativeText(reading)
        self._is_cumulative = False
        self._tools: dict[str, int] = {}
        self._last_tool: int | None = None

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the thinking, text, tool calls and finish of one event, in Cody's order."""
        reading = self._reading
        rows_before = len(reading.kind)
        if thinking := only_text(payload.get("delta_thinking")):
            reading.add(event, REASONING, thinking)
        if delta := only_text(payload.get("deltaText")):
            reading.add(event, CONTENT, delta)
        elif "deltaText" not in payload:
            self._add_whole(event, payload.get("completion"))
        for call in map(mapping, items(payload.get("delta_tool_calls"))):
            self._add_call(event, call)
        if reason := payload.get("stopReason"):
            reading.finish_reasons[0] = as_text(reason)
            reading.add(event, FINISH)
        if reported := mapping(payload.get("usage")):
            reading.add_usage(event, reported)
        reading.end_event(event, rows_before)

    def _add_whole(self, event: int, completion: Any) -> None:
        """Update the whole completion. In a stream that repeats it, a missing one is empty."""
        self._is_cumulative |= isinstance(completion, str)
        if self._is_cumulative and (completion is None or isinstance(completion, str)):
            self._text.update(self._events, event, completion or "")

    def _add_call(self, event: int, call: Mapping[str, Any]) -> None:
        """Add a call, or continue the one with the same id. Arguments without an id belong to the last call."""
        function = mapping(call.get("function"))
        call_id, name = only_text(call.get("id")), only_text(function.get("name"))
        arguments = only_text(function.get("arguments"))
        if call_id and name:
            tool = self._tools.setdefault(call_id, next_index(self._tools))
            self._reading.tool_calls.setdefault((0, tool), ToolCallStart(call_id, name))
            self._last_tool = tool
        elif self._last_tool is None or not arguments:
            self._reading.add(event, OTHER, arguments)
            return
        self._reading.add(event, TOOL_CALL, arguments, tool=self._last_tool)


usage = chat_usage.usage
