"""LangServe, and the events and logs of LangChain's runnables: https://github.com/langchain-ai/langserve.

`/stream` sends the pieces of the output: texts, messages, or objects. `/stream_events` sends what happens inside
(https://reference.langchain.com/python/langchain_core/runnables, `astream_events`), and `/stream_log` patches of a log. Both
repeat the text of a model at every step around it, so only that of the model is content. The text of an outer step counts if
no model sent one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.langchain_messages import Messages, is_chunk, message_of, usage
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import texts_in
from viewer.text.json import as_text, items, mapping, only_text, write
from viewer.types.chunk_table import CONTENT, OTHER, START
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

__all__ = ["ABOUT", "PROTOCOL", "Runs", "fail", "has_end", "is_run_event", "read", "recognise", "usage"]

PROTOCOL = "langserve"
ABOUT = About(
    PROTOCOL,
    "LangServe",
    "https://github.com/langchain-ai/langserve",
    "/stream, /stream_events (also without LangServe) and /stream_log",
)

_NAMES = frozenset({"metadata", "data", "end", "error"})
_OUTPUTS = ("output", "answer", "text")
_LOGGED_TEXT = "/streamed_output_str/-"


def recognise(sample: Sample) -> int:
    """Look for events and logs of runs, for messages in chunks, then for the names of LangServe's events."""
    if any(is_run_event(payload) or _is_log(payload) for payload in sample.objects):
        return 94
    if any(is_chunk(message) for message in map(message_of, sample.objects) if message):
        return 93
    if not sample.names or not _NAMES.issuperset(sample.names) or "data" not in sample.names:
        return 0
    is_run = any("run_id" in payload for payload in sample.objects[:1])
    return 75 if is_run or sample.path.endswith("/stream") else 0


def is_run_event(payload: Any) -> bool:
    """Tell whether a payload is an event of `astream_events`."""
    event = mapping(payload)
    named = only_text(event.get("event")).startswith("on_") and isinstance(event.get("name"), str)
    return named and isinstance(event.get("data"), dict)


def _is_log(payload: Any) -> bool:
    operations = items(mapping(payload).get("ops"))
    return bool(operations) and all(isinstance(mapping(one).get("path"), str) for one in operations)


def read(events: Events, reading: Reading) -> None:
    """Read every event. `end` has no data."""
    runs = Runs(Messages(events, reading), reading)
    for event, payload in reading.payloads(events):
        rows_before = len(reading.kind)
        match events.name[event]:
            case "error":
                fail(event, payload, reading)
            case "metadata":
                reading.add(event, START)
            case "end":
                reading.ended = True
            case _:
                runs.add(event, payload)
        reading.end_event(event, rows_before)
    reading.ended = reading.ended or has_end(events)
    runs.close()


def has_end(events: Events) -> bool:
    """Tell whether an `end` event closes the stream. It has no data, so its name may be lost, as that of a comment is."""
    return "end" in events.name or (len(events) > 0 and events.data[-1] is None and not events.unterminated)


def fail(event: int, payload: Any, reading: Reading) -> None:
    """Add an error: its class and message, or an HTTP status and message."""
    error = mapping(payload)
    message = error.get("message") or error.get("detail") or error.get("error") or payload
    kind, code = as_text(error.get("error") or ""), as_text(error.get("status_code") or "")
    reading.add_error(event, StreamError(as_text(message) or "The run failed.", kind, code))


@dataclass(slots=True)
class Runs:
    """The output of runs, and the text of the steps around them."""

    messages: Messages
    reading: Reading
    _outer: list[int] = field(default_factory=list)
    """Rows of kind other with the text of an outer step, or of a logged model."""
    _streamed: set[str] = field(default_factory=set)
    """The models without messages that have sent a piece, by their runs."""
    _asked: tuple[int, str] | None = None
    """The first input with a text, and its event."""
    _first: str | None = None
    """The run that the first event starts, or "" if the recording does not begin with its start."""

    def close(self) -> None:
        """Take the text of the outer steps as content if there is no other. Show what was asked if nothing was answered."""
        if CONTENT not in self.reading.kind:
            for row in self._outer:
                self.reading.kind[row] = CONTENT
        if self._asked and not any(self.reading.text):
            event, text = self._asked
            row = self.reading.event.index(event)
            self.reading.kind[row], self.reading.text[row] = OTHER, text

    def add(self, event: int, payload: Any) -> None:
        """Add a piece of output, an event or a patch."""
        if is_run_event(payload):
            self.add_run_event(event, payload)
        elif _is_log(payload):
            for operation in items(payload["ops"]):
                self._add_operation(event, mapping(operation))
        else:
            self._add_output(event, payload)

    def _add_output(self, event: int, payload: Any) -> None:
        """Add a piece of output. Objects are shown as they are, except for the text under a usual name."""
        if message := message_of(payload):
            self.messages.add(event, message)
        elif isinstance(payload, str):
            self.reading.add_text(event, CONTENT, payload)
        else:
            output = mapping(payload)
            if message := next(filter(None, (message_of(output.get(name)) for name in _OUTPUTS)), None):
                self.messages.add(event, message)
                return
            texts = [output[name] for name in _OUTPUTS if output.get(name) and isinstance(output[name], str)]
            kind = CONTENT if texts else OTHER
            self.reading.add(event, kind, texts[0] if texts else write(payload) if payload else "")

    def add_run_event(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add an event of a run. Only those of models and tools say something that others do not repeat."""
        data, key = mapping(payload.get("data")), as_text(payload.get("run_id"))
        self._note_asked(event, data.get("input"))
        if self._first is None:
            self._first = key if only_text(payload.get("event")).endswith("_start") else ""
        match payload.get("event"):
            case "on_chat_model_stream":
                if message := message_of(data.get("chunk")):
                    self.messages.add(event, message, key)
            case "on_llm_stream" | "on_llm_end" as name:
                self._add_text(event, name, data, key)
            case "on_chat_model_end":
                for message in _generated(data.get("output")):
                    self.messages.add(event, message, key, is_whole=True)
            case "on_tool_end" | "on_tool_error" | "on_custom_event" | "on_retriever_end":
                self._add_of_others(event, payload, key)
            case "on_chain_stream" if self._is_outermost(payload):
                self._add_outer(event, data.get("chunk"))
            case "on_chain_end" if self._is_outermost(payload):
                self.reading.ended = True
        self.messages.note_model(mapping(payload.get("metadata")))

    def _add_text(self, event: int, name: str, data: Mapping[str, Any], key: str) -> None:
        """Add a piece of what a model without messages says, or all of it if it was not streamed."""
        chunk = data.get("chunk")
        if name == "on_llm_stream":
            self._streamed.add(key)
            self.reading.add_text(event, CONTENT, chunk if isinstance(chunk, str) else mapping(chunk).get("text"))
        elif key not in self._streamed:
            generations = items(mapping(data.get("output")).get("generations"))
            first = [mapping(one) for listed in generations for one in items(listed)[:1]]
            self.reading.add_text(event, CONTENT, "".join(only_text(one.get("text")) for one in first))

    def _add_of_others(self, event: int, payload: Mapping[str, Any], key: str) -> None:
        """Add what a tool returned, the documents that a retriever found, or an event of the application's own."""
        data = mapping(payload.get("data"))
        output = data.get("output", data.get("error", payload.get("data")))
        documents = [only_text(mapping(one).get("page_content")) for one in items(output)]
        if payload.get("event") == "on_tool_error":
            self.reading.note_tool_result(
                event, as_text(output), data.get("tool_call_id"), payload.get("name"), is_error=True
            )
        if message := message_of(output):
            self.messages.add(event, message, key)
        else:
            self.reading.add(event, OTHER, "\n\n".join(filter(None, documents)) or as_text(output))

    def _note_asked(self, event: int, given: Any) -> None:
        if self._asked is None and given and (text := "\n".join(texts_in(given))):
            self._asked = event, text

    def _is_outermost(self, payload: Mapping[str, Any]) -> bool:
        """Tell whether an event is that of the run around all others. Version 1 gives no run a parent, but starts it first."""
        is_first = self._first in ("", as_text(payload.get("run_id")))
        return is_first and payload.get("parent_ids") in ([], None)

    def _add_outer(self, event: int, text: Any) -> None:
        if text and isinstance(text, str):
            self._outer.append(len(self.reading.kind))
            self.reading.add(event, OTHER, text)

    def _add_operation(self, event: int, operation: Mapping[str, Any]) -> None:
        """Add a patch of the log. Pieces of output are content, and so is the text of a model if there are none."""
        path, value = only_text(operation.get("path")), operation.get("value")
        if path == "/streamed_output/-":
            self._add_output(event, value)
        elif path.startswith("/logs/") and path.endswith(_LOGGED_TEXT):
            self._add_outer(event, value)
        else:
            # The rest of the log repeats what was streamed, as inputs and outputs of its steps.
            self.reading.repeating.add(event)
            self._note_asked(event, value)
            self.reading.ended = self.reading.ended or (path == "/final_output" and value is not None)


def _generated(output: Any) -> list[dict[str, Any]]:
    """Return the messages that a model generated: one, or those of an older result."""
    generations = items(mapping(output).get("generations"))
    found = [mapping(one).get("message") for listed in generations for one in items(listed)]
    return [message for message in map(message_of, found or [output]) if message]
