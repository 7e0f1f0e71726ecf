"""Dify's chats, agents, completions and workflows: https://docs.dify.ai/api-reference.

The type of an event is in its JSON, under `event`. A workflow repeats the text of its nodes in its outputs, which are content
only if no text was streamed. An agent's thought is sent again with each thing that becomes known of it, and repeats what the
agent said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from viewer.protocols import Sample
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.images import describe_data
from viewer.protocols.indices import next_index
from viewer.protocols.latest_arguments import LatestArguments
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, json_in, mapping, number, only_text, write
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import AUDIO, CITATION, CONTENT, FINISH, KEEP_ALIVE, OTHER, REASONING, START
from viewer.types.formats import About
from viewer.types.replies import ServerTimes, StreamError
from viewer.types.usage import count
from viewer.wire import Events

PROTOCOL = "dify"
ABOUT = About(PROTOCOL, "Dify", "https://docs.dify.ai/api-reference", "chats, agents, completions and workflows")

_TEXTS = frozenset({"message", "agent_message", "text_chunk"})
_REPLACEMENTS = frozenset({"message_replace", "text_replace"})
_OWN = frozenset(
    {
        *("agent_message", "agent_thought", "message_end", "message_file", "message_replace", "tts_message"),
        *("text_chunk", "text_replace", "workflow_started", "workflow_finished", "workflow_paused"),
        *("node_started", "node_finished", "node_retry", "tts_message_end", "agent_log"),
    }
)
_STEPS = ("node_", "iteration_", "loop_", "parallel_branch_", "human_input_", "datasource_")
_HOUR_S = 3600.0


def recognise(sample: Sample) -> int:
    """Look for the protocol's own events with a task, then for a message with an answer and a task."""
    for payload in sample.objects:
        name = only_text(payload.get("event"))
        if name in _OWN and ("task_id" in payload or "conversation_id" in payload or "message_id" in payload):
            return 95
        if name == "message" and isinstance(payload.get("answer"), str) and "task_id" in payload:
            return 95
    return 0


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    answer = _Answer(events, reading)
    for event, value in reading.payloads(events):
        # A payload that is not an object may be a text.
        payload = mapping(value) or {"text": value}
        rows_before = len(reading.kind)
        answer.add(event, payload)
        reading.end_event(event, rows_before, _stamp(payload))


def _stamp(payload: Mapping[str, Any]) -> float | None:
    """Return when the message or the step of the workflow was created or finished, in whole seconds."""
    data = mapping(payload.get("data"))
    return parse_epoch(payload.get("created_at") or data.get("finished_at") or data.get("created_at"))


@dataclass(slots=True)
class _Answer:
    """The answer and the thoughts that the events add to."""

    events: Events
    reading: Reading
    unknown: UnknownText = field(init=False)
    _text: CumulativeText = field(init=False)
    _arguments: LatestArguments = field(init=False)
    _tools: dict[tuple[str, int], int] = field(default_factory=dict)
    """By thought and place in it."""
    _observations: dict[tuple[str, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.unknown = UnknownText(self.events, self.reading)
        self._text = CumulativeText(self.reading)
        self._arguments = LatestArguments(self.reading)

    def add(self, event: int, payload: dict[str, Any]) -> None:
        """Add the rows of one event."""
        name, data = only_text(payload.get("event")), mapping(payload.get("data"))
        if name in _TEXTS:
            self._text.append(event, only_text(payload.get("answer") or data.get("text")))
            self._note_usage(event, payload)
        elif name in _REPLACEMENTS:
            self._text.update(self.events, event, only_text(payload.get("answer") or data.get("text")))
        elif name == "agent_thought":
            self._add_thought(event, payload)
        elif name in ("message_end", "workflow_finished"):
            self._finish(event, name, payload)
        elif name == "error":
            message, code = as_text(payload.get("message") or payload), as_text(payload.get("code") or "")
            self.reading.add_error(event, StreamError(message, as_text(payload.get("status") or ""), code))
        elif name == "workflow_paused":
            self.reading.ended = True
            self.reading.add(event, OTHER, write(data))
        elif name in ("tts_message", "tts_message_end"):
            self.reading.add(event, AUDIO)
        elif name in ("workflow_started", "ping"):
            self.reading.add(event, START if name != "ping" else KEEP_ALIVE)
        else:
            self._add_aside(event, name, payload)

    def _add_aside(self, event: int, name: str, payload: dict[str, Any]) -> None:
        """Add a file, what an agent logs, or a step of a workflow, whose error the client shows."""
        data = mapping(payload.get("data"))
        if name == "message_file":
            line = describe_data(only_text(payload.get("type")), payload.get("url"))
            self.reading.add(event, OTHER, line)
        elif name == "agent_log":
            logged = [data.get("label"), data.get("error"), data.get("data")]
            self.reading.add(event, OTHER, "\n".join(texts_in(logged)))
        elif name == "datasource_error":
            message = as_text(payload.get("error") or data.get("error") or payload)
            self.reading.add_error(event, StreamError(message, name))
        elif name.startswith(_STEPS) or not self.unknown.add(event, "event type", name, payload):
            self.reading.add(event, OTHER, only_text(data.get("error") or data.get("form_content")))

    def _add_thought(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add a thought that was not said, the call of a tool, and what the tool returned."""
        key = as_text(payload.get("id"))
        thought = only_text(payload.get("thought"))
        if thought and thought not in self._text.shown and thought not in self.reading.text:
            self.reading.add(event, REASONING, thought)
        for index, (name, arguments, returned) in enumerate(_calls(payload)):
            place = key, index
            if name:
                tool = self._tools.setdefault(place, next_index(self._tools))
                self.reading.identify_call(tool, key, name)
                self._arguments.update(event, tool, arguments)
            if returned and self._observations.get(place) != returned:
                self._observations[place] = returned
                self.reading.note_tool_result(event, returned, key, name)
                self.reading.add(event, OTHER, returned)

    def _finish(self, event: int, name: str, payload: Mapping[str, Any]) -> None:
        """Add the finish. A chat with a workflow has both, and the end of the message is the last."""
        data = mapping(payload.get("data"))
        if CONTENT not in self.reading.kind and (outputs := mapping(data.get("outputs"))):
            texts = [value for value in outputs.values() if value and isinstance(value, str)]
            is_text = len(texts) == 1
            self.reading.add(event, CONTENT if is_text else OTHER, texts[0] if is_text else write(outputs))
        status = data.get("status")
        if status and isinstance(status, str):
            self.reading.finish_reasons[0] = status
        if data.get("error"):
            self.reading.add_error(event, StreamError(as_text(data["error"]), as_text(status)))
        if resources := mapping(payload.get("metadata")).get("retriever_resources"):
            self.reading.add(event, CITATION, write(resources))
        if not self.reading.ended:
            self.reading.add(event, FINISH)
        self.reading.ended = True
        self._note_usage(event, payload)
        if name == "workflow_finished" and self.reading.usage is None and count(data, "total_tokens") is not None:
            self.reading.add_usage(event, {"total_tokens": data["total_tokens"]})
            self._note_times("elapsed_time", None, None, data.get("elapsed_time"))

    def _note_usage(self, event: int, payload: Mapping[str, Any]) -> None:
        """Note the usage of a message. An answer that was not streamed has it beside its text."""
        reported = mapping(mapping(payload.get("metadata")).get("usage"))
        if not reported:
            return
        self.reading.ended = True
        self.reading.add_usage(event, reported)
        times = (reported.get(name) for name in ("time_to_first_token", "time_to_generate", "latency"))
        self._note_times("latency", *times)

    def _note_times(self, source: str, first: Any, generation: Any, whole: Any) -> None:
        first_s, generation_s, whole_s = (number(value, 0, _HOUR_S) for value in (first, generation, whole))
        if generation_s is not None or whole_s is not None:
            self.reading.server_times = ServerTimes(source, first_s, generation_s, whole_s)


class _Call(NamedTuple):
    """The call of a tool, and what it returned."""

    name: str
    arguments: str
    result: str


def _calls(payload: Mapping[str, Any]) -> list[_Call]:
    """Return the calls of a thought. Parallel calls share its three fields.

    Their names stand in one text, separated by semicolons, and the other two fields are objects with those names. Dify's page reads
    arrays too: https://github.com/langgenius/dify/blob/main/web/app/components/base/chat/chat/thought/index.tsx.
    """
    tool, sent, returned = (as_text(payload.get(name)) for name in ("tool", "tool_input", "observation"))
    named = json_in(tool)
    names = list(map(as_text, named)) if isinstance(named, list) else tool.split(";")
    arguments = _one_each(sent, names) if len(names) > 1 else None
    if arguments is None:
        return [_Call(tool, sent, returned)]
    results = _one_each(returned, names) or [returned, *[""] * (len(names) - 1)]
    return list(map(_Call, names, arguments, results))


def _one_each(text: str, names: list[str]) -> list[str] | None:
    """Return the part of an object or array that belongs to each name. Return None if there is not one for each."""
    value = json_in(text)
    if isinstance(value, list) and len(value) == len(names):
        return list(map(as_text, value))
    if isinstance(value, dict) and value.keys() >= set(names):
        return [as_text(value[name]) for name in names]
    return None


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer that was not streamed as the event that it repeats."""
    if "workflow_run_id" in payload and isinstance(mapping(payload.get("data")).get("status"), str):
        return [("message", {"event": "workflow_finished", **payload})]
    is_message = isinstance(payload.get("answer"), str) and "task_id" in payload and "metadata" in payload
    return [("message", {"event": "message", **payload})] if is_message else None


usage = chat_usage.usage
