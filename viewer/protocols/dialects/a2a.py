"""Agent2Agent: JSON-RPC results with a task, its updates or a message: https://a2a-protocol.org/latest/specification/.

Until version 0.3 a result names its sort in `kind`. Version 1.0 puts it under its name instead, and its REST binding sends
that object without JSON-RPC. The first drafts had neither.

The content is the text of artifacts and of messages, and of the message with which a task ends or pauses. A message with
which a task goes on tells of progress, so it is of kind other, unless the completed task has no other text. The state in which
the task ends is the finish reason. Google's ADK marks thoughts, calls and usage in the metadata:
https://github.com/google/adk-python (a2a/converters).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.dialects import gemini_generate
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import CONTENT, FINISH, OTHER, REASONING, SILENT, START, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "a2a"
ABOUT = About(
    PROTOCOL,
    "Agent2Agent",
    "https://a2a-protocol.org/latest/specification/",
    "JSON-RPC and REST streams, versions 0.1 to 1.0; the thoughts, calls and usage of Google's ADK",
)

_KINDS = {"status-update": "statusUpdate", "artifact-update": "artifactUpdate", "message": "message", "task": "task"}
_NAMES = frozenset(_KINDS.values())
_FAILED = frozenset({"failed", "rejected"})
_WORKING = frozenset({"submitted", "working", "unknown", "unspecified", ""})


def recognise(sample: Sample) -> int:
    """Look for a task, one of its updates or a message in the shape of any version."""
    return 95 if any(map(_is_own, sample.objects)) else 0


def _is_own(payload: Mapping[str, Any]) -> bool:
    name, value = _open(payload)
    match name:
        case "statusUpdate" | "task":
            return isinstance(mapping(value.get("status")).get("state"), str)
        case "artifactUpdate":
            return isinstance(mapping(value.get("artifact")).get("parts"), list)
        case "message":
            has_id, role = "messageId" in value, only_text(value.get("role"))
            is_said = isinstance(value.get("parts"), list) and (has_id or bool(role))
            return is_said or (has_id and role.startswith("ROLE_"))
        case _:
            return False


def _open(payload: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the sort of a result in the words of version 1.0, and what it holds. The sort is "" if it is something else."""
    is_rpc = payload.get("jsonrpc") == "2.0"
    result = mapping(payload.get("result")) if is_rpc else payload
    kind = result.get("kind")
    if isinstance(kind, str) and kind in _KINDS:
        return _KINDS[kind], dict(result)
    for name in _NAMES & result.keys():
        if isinstance(result[name], dict):
            return name, result[name]
    if is_rpc and isinstance(result.get("artifact"), dict):
        return "artifactUpdate", dict(result)
    if is_rpc and isinstance(result.get("status"), dict):
        return "task" if "artifacts" in result or "history" in result else "statusUpdate", dict(result)
    return "", {}


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    stream = _Stream(events, reading, UnknownText(events, reading))
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        stream.add(event, payload)
        reading.end_event(event, rows_before)
    stream.close()


@dataclass(slots=True)
class _Stream:
    """The artifacts and calls of the task that the events update."""

    events: Events
    reading: Reading
    unknown: UnknownText
    _artifacts: dict[tuple[str, int], CumulativeText] = field(default_factory=dict)
    """The texts of each artifact, by its id and the kind of text."""
    _calls: set[str] = field(default_factory=set)
    _progress: list[int] = field(default_factory=list)
    """The rows with texts of messages with which the task goes on."""
    _has_finish: bool = False

    def close(self) -> None:
        """Take the messages of a task that completed without any other text as its content."""
        kind = self.reading.kind
        if self.reading.ended and self.reading.error is None and CONTENT not in kind:
            for row in self._progress:
                kind[row] = CONTENT

    def add(self, event: int, payload: Any) -> None:
        """Add the rows of one event."""
        name, value = _open(mapping(payload))
        metadata = mapping(value.get("metadata"))
        match name:
            case "task":
                self._add_task(event, value)
            case "statusUpdate":
                self._add_status(event, mapping(value.get("status")), is_final=value.get("final") is True)
            case "artifactUpdate":
                artifact = mapping(value.get("artifact"))
                is_more = value.get("append") is True or artifact.get("append") is True
                self._add_artifact(event, artifact, is_more=is_more)
            case "message":
                self.reading.ended = True
                self._add_parts(event, _parts(value), CONTENT)
            case _ if isinstance(payload, dict) and payload.get("error"):
                self.reading.add_error(event, error_of(payload))
            case _ if isinstance(payload, dict) and "method" in payload:
                # A recording may hold the requests too.
                self.reading.add(event, OTHER, write(payload["params"]) if payload.get("params") else "")
            case _:
                if not self.unknown.add(event, "event type", "JSON-RPC result", payload):
                    self.reading.add(event, OTHER)
        if isinstance(counts := metadata.get("adk_usage_metadata"), dict):
            self.reading.add_usage(event, counts)

    def _add_task(self, event: int, task: Mapping[str, Any]) -> None:
        """Add what the state of the whole task has and the stream has not shown yet."""
        for artifact in items(task.get("artifacts")):
            self._add_artifact(event, mapping(artifact), is_more=False)
        status = mapping(task.get("status"))
        if _state(status) == "submitted":
            self.reading.add(event, START, stamp=parse_time(status.get("timestamp")))
        else:
            self._add_status(event, status, is_final=False)

    def _add_artifact(self, event: int, artifact: Mapping[str, Any], *, is_more: bool) -> None:
        """Add an artifact or a piece of one. One that is sent again as a whole replaces what was shown of it."""
        key = as_text(artifact.get("artifactId") or artifact.get("index"))
        parts = _parts(artifact)
        for kind in (REASONING, CONTENT):
            text = "".join(_text(part) for part in parts if _kind(part, CONTENT) == kind)
            shown = self._artifacts.setdefault((key, kind), CumulativeText(self.reading, kind))
            if is_more:
                shown.append(event, text)
            else:
                shown.update(self.events, event, text)
        self._add_parts(event, [part for part in parts if _kind(part, CONTENT) not in (REASONING, CONTENT)], CONTENT)

    def _add_parts(self, event: int, parts: list[Any], kind: int, *, stamp: float | None = None) -> None:
        """Add parts of a message or an artifact. Those without a text are of kind other."""
        for part in parts:
            data = mapping(mapping(part).get("data"))
            if _adk_type(part) == "function_response":
                output = as_text(data.get("response") or "")
                self.reading.note_tool_result(event, output, data.get("id"), data.get("name"))
            part_kind = _kind(part, kind)
            if part_kind == TOOL_CALL:
                self._add_call(event, data, stamp)
            else:
                text = _text(part) or _data(part)
                self.reading.add(event, part_kind if text else OTHER, text, stamp=stamp)

    def _add_call(self, event: int, call: Mapping[str, Any], stamp: float | None) -> None:
        """Add a call of the agent, unless it was shown before: status and artifact may both hold it."""
        call_id = as_text(call.get("id") or "")
        if call_id and call_id in self._calls:
            return
        self._calls.add(call_id)
        tool = next_index(self.reading.tool_calls)
        self.reading.identify_call(tool, call_id, call.get("name"))
        self.reading.add(event, TOOL_CALL, write(call.get("args") or {}), tool=tool, stamp=stamp)

    def _add_status(self, event: int, status: Mapping[str, Any], *, is_final: bool) -> None:
        """Add the message of a state, and the finish if the state ends the stream."""
        state, stamp = _state(status), parse_time(status.get("timestamp"))
        message = mapping(status.get("message"))
        parts = _parts(message)
        rows_before = len(self.reading.kind)
        if state in _FAILED:
            text = "".join(map(_text, parts)) or f"The task is {state}."
            self.reading.add_error(event, StreamError(text, state), stamp=stamp)
        elif is_final or state not in _WORKING:
            self._add_parts(event, parts, CONTENT, stamp=stamp)
        else:
            is_own = only_text(message.get("role")).lower().removeprefix("role_") != "user"
            self._add_parts(event, parts, OTHER, stamp=stamp)
            texts = set(map(_text, parts if is_own else [])) - {""}
            added = range(rows_before, len(self.reading.kind))
            self._progress += [
                row for row in added if self.reading.kind[row] == OTHER and self.reading.text[row] in texts
            ]
        if (is_final or state not in _WORKING) and not self._has_finish:
            self._has_finish = self.reading.ended = True
            self.reading.finish_reasons[0] = only_text(status.get("state"))
            self.reading.add(event, FINISH, stamp=stamp)
        elif len(self.reading.kind) == rows_before:
            self.reading.add(event, SILENT, stamp=stamp)


def _state(status: Mapping[str, Any]) -> str:
    """Return the state of a task in the words of version 0.3."""
    return only_text(status.get("state")).lower().removeprefix("task_state_").replace("_", "-")


def _parts(message: Mapping[str, Any]) -> list[Any]:
    """Return the parts of a message or an artifact. The REST binding of version 0.3 calls those of a message its content."""
    return items(message.get("parts")) or items(message.get("content"))


def _kind(part: Any, kind: int) -> int:
    """Return the kind of a part of a message whose texts are of the given kind."""
    content = mapping(part)
    if _adk_type(part) == "function_call":
        return TOOL_CALL
    if not isinstance(content.get("text"), str):
        return OTHER
    return REASONING if mapping(content.get("metadata")).get("adk_thought") is True else kind


def _adk_type(part: Any) -> str:
    """Return what the data of a part is to Google's ADK, or "" if the part has no data."""
    content = mapping(part)
    return only_text(mapping(content.get("metadata")).get("adk_type")) if isinstance(content.get("data"), dict) else ""


def _text(part: Any) -> str:
    return only_text(mapping(part).get("text"))


def _data(part: Any) -> str:
    """Return the data of a part as JSON, or "" if it is a file. Since version 1.0 it may be any JSON value."""
    data = mapping(part).get("data")
    return "" if data is None else as_text(data)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return the response of a call that was not streamed as one event, which has the same shape."""
    return [("message", payload)] if payload.get("jsonrpc") == "2.0" and _is_own(payload) else None


usage = gemini_generate.usage
