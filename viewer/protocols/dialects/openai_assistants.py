"""OpenAI Assistants, also as sent by Azure: https://platform.openai.com/docs/api-reference/assistants-streaming.

The data of an event is a thread, a run, a step of a run, a message, or a delta of the last two. Its field `object` names
which. A stream ends when its run ends or waits for the output of tools, which starts another stream. The times in the objects
say when these were created, in whole seconds, so no event has a timestamp.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viewer.protocols import Sample, server_times
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.errors import error_of
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import (
    CITATION,
    CONTENT,
    FINISH,
    OTHER,
    REFUSAL,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "openai-assistants"
ABOUT = About(
    PROTOCOL,
    "OpenAI Assistants",
    "https://platform.openai.com/docs/api-reference/assistants-streaming",
    "runs, messages, function calls, code interpreter and file search; also from Azure",
)

_OBJECTS = frozenset({"thread", "thread.run", "thread.run.step", "thread.message"})
"""Objects that repeat what was there, or what the user sent."""
_PARTS = ("text", "refusal", "image_file", "image_url")
_SERVER_TOOLS = ("code_interpreter", "file_search", "retrieval")
_FINAL_STATUSES = ("completed", "requires_action", "incomplete", "failed", "cancelled", "expired")


def recognise(sample: Sample) -> int:
    """Look for the objects of a thread, then for the path of its runs."""
    objects = (as_text(_object(payload).get("object")) for payload in sample.payloads)
    if any(name == "thread" or name.startswith("thread.") for name in objects):
        return 90
    path = sample.path
    return 50 if "/threads/" in path and path.endswith(("/runs", "/submit_tool_outputs")) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. A whole message or call is added only if none of its deltas was."""
    unknown = UnknownText(events, reading)
    run = _Run(reading, unknown)
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        value = _object(payload)
        match value.get("object"):
            case "thread.message.delta":
                run.add_message_delta(event, value)
            case "thread.run.step.delta":
                run.add_step_delta(event, value)
            case "thread.message":
                run.complete_message(event, value)
            case "thread.run":
                run.add_run(event, value)
                reading.server_times = server_times.of_creation(value) or reading.server_times
            case _ if events.name[event] == "error" or value.get("error"):
                reading.add_error(event, error_of(value or payload))
        if reported := mapping(value.get("usage")):
            reading.add_usage(event, reported)
        if len(reading.kind) == rows_before:
            name = as_text(value.get("object") or events.name[event])
            if name in _OBJECTS or not unknown.add(event, "event", name, value):
                reading.add(event, OTHER)


def _object(payload: Any) -> dict[str, Any]:
    """Return the data of an event. Some clients record it as an object with the event's name and data."""
    value = mapping(payload)
    return mapping(value["data"]) if isinstance(value.get("event"), str) and "data" in value else value


class _Run:
    """The messages and tool calls of a run that were already added."""

    def __init__(self, reading: Reading, unknown: UnknownText) -> None:
        self._reading = reading
        self._unknown = unknown
        self._messages: set[str] = set()
        """The ids of messages that deltas were added for."""
        self._tools: dict[tuple[str, str], int] = {}
        """Tool indices by step and index within the step."""
        self._call_ids: set[str] = set()
        """The ids of calls that were added."""
        self._is_started = False

    def add_run(self, event: int, value: Mapping[str, Any]) -> None:
        """Add the start of a run, or its finish with the status as the reason, and the error of a failed run."""
        if value.get("model"):
            self._reading.model = as_text(value["model"])
        status = value.get("status")
        if status == "queued" and not self._is_started:
            self._is_started = True
            self._reading.add(event, START)
        if status not in _FINAL_STATUSES:
            return
        self._complete_calls(event, mapping(mapping(value.get("required_action")).get("submit_tool_outputs")))
        if error := value.get("last_error"):
            self._reading.add_error(event, error_of({"error": error}))
        self._reading.finish_reasons[0] = as_text(status)
        self._reading.ended = True
        self._reading.add(event, FINISH)

    def add_message_delta(self, event: int, value: Mapping[str, Any]) -> None:
        """Add what a delta adds to a message."""
        for part in map(mapping, items(mapping(value.get("delta")).get("content"))):
            self._add_part(event, part)
        self._messages.add(as_text(value.get("id")))

    def complete_message(self, event: int, value: Mapping[str, Any]) -> None:
        """Add a whole message if none of its deltas was. Messages of the user are ignored."""
        parts = value.get("content")
        whole = value.get("status") in ("completed", "incomplete") and value.get("role") != "user"
        if not whole or not parts or as_text(value.get("id")) in self._messages:
            return
        self.add_message_delta(event, {"id": value.get("id"), "delta": {"content": parts}})

    def _add_part(self, event: int, part: Mapping[str, Any]) -> None:
        text = part.get("text")
        value = mapping(text).get("value", text)
        for kind, one in ((CONTENT, value), (REFUSAL, part.get("refusal"))):
            if one and isinstance(one, str):
                self._reading.add(event, kind, one)
            elif one == "":
                self._reading.add(event, SILENT)
        if part.get("type") not in _PARTS:
            self._unknown.add(event, "part", as_text(part.get("type")), {**part, "refusal": None})
        for annotation in items(mapping(text).get("annotations")):
            self._reading.add(event, CITATION, write(annotation))

    def add_step_delta(self, event: int, value: Mapping[str, Any]) -> None:
        """Add what a delta adds to the calls of a step. Tools that OpenAI runs are of kind other, not tool calls."""
        calls = items(mapping(mapping(value.get("delta")).get("step_details")).get("tool_calls"))
        for position, call in enumerate(map(mapping, calls)):
            if call.get("type") == "function" or "function" in call:
                self._add_call(event, (as_text(value.get("id")), as_text(call.get("index", position))), call)
            elif call.get("type") in _SERVER_TOOLS or "code_interpreter" in call:
                self._add_server_call(event, call)
            elif not self._unknown.add(event, "tool type", as_text(call.get("type")), {"delta": call}):
                self._reading.add(event, OTHER)

    def _add_server_call(self, event: int, call: Mapping[str, Any]) -> None:
        """Add the code that the model writes for the interpreter, what it logged, and the results of a search."""
        code = mapping(call.get("code_interpreter"))
        if written := only_text(code.get("input")):
            self._reading.written_rows.append(len(self._reading.kind))
            self._reading.note_tool_input(event, written, call.get("id"), "code_interpreter")
            self._reading.add(event, OTHER, written)
        logged = "".join(only_text(output.get("logs")) for output in map(mapping, items(code.get("outputs"))))
        found = "\n".join(texts_in(call.get("file_search")))
        if logged or found:
            name = "file_search" if found else "code_interpreter"
            self._reading.note_tool_result(event, logged + found, call.get("id"), name)
        if logged or found or not written:
            self._reading.add(event, OTHER, logged + found)

    def _complete_calls(self, event: int, action: Mapping[str, Any]) -> None:
        """Add the calls that a run waits for if none of their deltas was."""
        for call in map(mapping, items(action.get("tool_calls"))):
            if as_text(call.get("id") or "") not in self._call_ids:
                self._add_call(event, ("", as_text(call.get("id"))), call)

    def _add_call(self, event: int, place: tuple[str, str], call: Mapping[str, Any]) -> None:
        tool = self._tools.setdefault(place, next_index(self._tools))
        function = mapping(call.get("function"))
        start = self._reading.identify_call(tool, call.get("id"), function.get("name"))
        self._call_ids.add(start.id)
        self._reading.add(event, TOOL_CALL, only_text(function.get("arguments")), tool=tool)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a finished run, or a message, as a single event, which has the same shape."""
    run = payload.get("object") == "thread.run" and payload.get("status") in _FINAL_STATUSES
    message = payload.get("object") == "thread.message" and payload.get("role") == "assistant"
    return [("message", payload)] if run or message else None


def usage(reported: Mapping[str, Any], provider: str | None) -> Usage:
    """Convert the counts of a run. They are those of a chat completion, except for one name."""
    details = reported.get("prompt_tokens_details", reported.get("prompt_token_details"))
    return replace(chat_usage.usage({**reported, "prompt_tokens_details": details}, provider), reported=reported)
