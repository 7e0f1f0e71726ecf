"""Alibaba Cloud's DashScope in its own form: https://help.aliyun.com/zh/model-studio/qwen-api-reference (DashScope).

Each event holds a piece of the answer or, without `incremental_output`, all of it so far. Only the request says which, so the
texts themselves decide: they are the whole if each repeats the one before. `finish_reason` is "null" until the end. The oldest
form, and applications (https://help.aliyun.com/zh/model-studio/call-application-through-api), have the text in `output`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from viewer.protocols import Sample
from viewer.protocols.cumulative_text import CumulativeText, is_cumulative
from viewer.protocols.indices import next_index, valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.protocols.usage_counts import first_count, with_inclusive_checks
from viewer.text.json import as_text, items, mapping, only_text
from viewer.types.chunk_table import AUDIO, CONTENT, FINISH, NO_TOOL, OTHER, REASONING, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError, ToolCallStart
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "dashscope"
ABOUT = About(
    PROTOCOL,
    "Alibaba Cloud DashScope",
    "https://help.aliyun.com/zh/model-studio/qwen-api-reference",
    "its own form, incremental and cumulative, and applications",
)


class _Place(NamedTuple):
    """What a piece of text belongs to."""

    choice: int
    kind: int
    call: int = NO_TOOL
    """Which tool call of the choice."""


def recognise(sample: Sample) -> int:
    """Look for an output with choices or a text, then for the path of the service."""
    if any(map(_is_own, sample.objects)):
        return 94
    return 50 if "dashscope" in sample.url and "/services/aigc/" in sample.path else 0


def _is_own(payload: Mapping[str, Any]) -> bool:
    output = mapping(payload.get("output"))
    has_message = any(isinstance(mapping(choice).get("message"), dict) for choice in items(output.get("choices")))
    has_text = isinstance(output.get("text"), str) and "finish_reason" in output
    has_audio = isinstance(output.get("audio"), dict) and bool({"data", "url"} & output["audio"].keys())
    is_workflow = isinstance(output.get("workflow_message"), dict)
    return (has_message or has_text or has_audio or is_workflow) and ("request_id" in payload or "usage" in payload)


def read(events: Events, reading: Reading) -> None:
    """Read every event, after a look at which texts repeat themselves."""
    answer = _Answer(events, reading, _cumulative_places(events))
    for event, value in reading.payloads(events):
        payload = mapping(value)
        rows_before = len(reading.kind)
        if events.name[event] == "error" or ("code" in payload and "output" not in payload):
            message = as_text(payload.get("message") or payload.get("msg") or value)
            reading.add_error(event, StreamError(message, code=as_text(payload.get("code") or "")))
        elif isinstance(payload.get("output"), dict):
            answer.add(event, payload)
        elif not answer.unknown.add(event, "event type", events.name[event], value):
            reading.add(event, OTHER)
        reading.end_event(event, rows_before)


def _cumulative_places(events: Events) -> set[_Place]:
    """Return the places whose texts repeat themselves from event to event.

    All texts of a choice are pieces if its content does not repeat itself, or if its last event has no text: the last of several
    wholes has one.
    """
    texts: dict[_Place, list[str]] = {}
    last: dict[_Place, str] = {}
    in_pieces: set[int] = set()
    for data in events.data:
        try:
            payload = orjson.loads(data or b"")
        except orjson.JSONDecodeError:
            continue
        pieces = list(_pieces(mapping(payload)))
        ends = {number for number, reason in _finishes(mapping(payload)) if reason}
        in_pieces |= ends - {place.choice for place, text in pieces if text}
        for place, text in pieces:
            texts.setdefault(place, []).append(text)
            last[place] = text if ends else ""
    found = {place for place, sent in texts.items() if is_cumulative(sent) or _repeats_at_end(sent, last[place])}
    contents = {place: list(filter(None, sent)) for place, sent in texts.items() if place.kind == CONTENT}
    in_pieces |= {place.choice for place, sent in contents.items() if len(sent) > 1 and place not in found}
    return {place for place in found if place.choice not in in_pieces}


def _repeats_at_end(texts: list[str], last: str) -> bool:
    """Tell whether the last event repeats a text that was sent at once. The last piece of an answer in pieces is empty."""
    present = [text for text in texts if text]
    return bool(last) and len(present) > 1 and set(present) == {last}


def _pieces(payload: Mapping[str, Any]) -> Iterator[tuple[_Place, str]]:
    """Yield the texts of an event, each with its place."""
    output = mapping(payload.get("output"))
    for thought in map(mapping, items(output.get("thoughts"))):
        if thought.get("action_type") == "reasoning":
            yield _Place(0, REASONING), only_text(thought.get("thought"))
    if isinstance(output.get("text"), str):
        yield _Place(0, CONTENT), output["text"]
    else:
        # Workflows that stream in their message format.
        message = mapping(mapping(output.get("workflow_message")).get("message"))
        yield _Place(0, CONTENT), only_text(message.get("content"))
    for number, choice in _choices(payload):
        message = mapping(choice.get("message"))
        yield _Place(number, REASONING), only_text(message.get("reasoning_content"))
        yield _Place(number, CONTENT), _text(message.get("content"))
        for index, call in _calls(message):
            yield _Place(number, TOOL_CALL, index), only_text(mapping(call.get("function")).get("arguments"))


def _choices(payload: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    choices = items(mapping(payload.get("output")).get("choices"))
    for place, choice in enumerate(map(mapping, choices)):
        yield valid_index(choice.get("index"), place), choice


def _calls(message: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, call in enumerate(map(mapping, items(message.get("tool_calls")))):
        yield valid_index(call.get("index"), place), call


def _text(content: Any) -> str:
    """Return the text of a message. Models that see send it in parts."""
    return (
        content
        if isinstance(content, str)
        else "".join(only_text(mapping(part).get("text")) for part in items(content))
    )


def _finishes(payload: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the finish reason of each choice, or "" while it goes on."""
    output = mapping(payload.get("output"))
    for number, choice in [*_choices(payload), (0, output)]:
        reason = only_text(choice.get("finish_reason"))
        yield number, "" if reason == "null" else reason


@dataclass(slots=True)
class _Answer:
    """The texts and calls that the events add to."""

    events: Events
    reading: Reading
    cumulative: set[_Place]
    unknown: UnknownText = field(init=False)
    _texts: dict[_Place, CumulativeText] = field(default_factory=dict)
    _tools: dict[_Place, int] = field(default_factory=dict)
    _choices: set[int] = field(default_factory=set)
    _usage: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The last usage of each choice. An event counts the output of its first choice only."""

    def __post_init__(self) -> None:
        self.unknown = UnknownText(self.events, self.reading)

    def add(self, event: int, payload: Mapping[str, Any]) -> None:
        """Add the rows of one event. Its usage is that of everything so far."""
        for number, choice in _choices(payload):
            for index, call in _calls(mapping(choice.get("message"))):
                self._start_call(event, _Place(number, TOOL_CALL, index), call)
        for place, text in _pieces(payload):
            self._add_text(event, place, text)
        if _has_audio(mapping(payload.get("output"))):
            self.reading.add(event, AUDIO)
        reported = mapping(payload.get("usage"))
        if reported:
            self._usage[next((number for number, _ in _choices(payload)), 0)] = reported
            self.reading.usage = _of_all_choices(list(self._usage.values()))
        models = [mapping(model).get("model_id") for model in items(reported.get("models"))]
        self.reading.note_model(only_text(payload.get("model") or (models or [""])[0]))
        for number, reason in _finishes(payload):
            if reason and number not in self.reading.finish_reasons:
                self.reading.finish_reasons[number] = reason
                self.reading.add(event, FINISH, choice=number)
                if self.reading.usage:
                    self.reading.add_usage(event, self.reading.usage)
        self._choices |= {number for number, _ in _choices(payload)}
        finished = self.reading.finish_reasons.keys()
        self.reading.ended = bool(finished) and self._choices <= finished

    def _start_call(self, event: int, place: _Place, call: Mapping[str, Any]) -> None:
        is_new = place not in self._tools
        tool = self._tools.setdefault(place, next_index(self._tools))
        start = self.reading.tool_calls.setdefault((place.choice, tool), ToolCallStart())
        start.id = start.id or as_text(call.get("id") or "")
        name = only_text(mapping(call.get("function")).get("name"))
        # Clients add up the pieces of a name, as they do those of arguments. Here it may also be sent again.
        start.name = name if name.startswith(start.name) else start.name + name
        if is_new:
            self.reading.add(event, TOOL_CALL, choice=place.choice, tool=tool)

    def _add_text(self, event: int, place: _Place, text: str) -> None:
        if not text:
            return
        if place not in self._texts:
            tool = self._tools.get(place, NO_TOOL)
            self._texts[place] = CumulativeText(self.reading, place.kind, choice=place.choice, tool=tool)
        if place in self.cumulative:
            self._texts[place].update(self.events, event, text)
        else:
            self._texts[place].append(event, text)


def _has_audio(output: Mapping[str, Any]) -> bool:
    """Tell whether an event has audio: that of a speech model, or a part of a message."""
    parts = [part for choice in items(output.get("choices")) for part in _parts(choice)]
    return any(mapping(one.get("audio")).get("data") for one in (output, *parts))


def _parts(choice: Any) -> list[dict[str, Any]]:
    return [mapping(part) for part in items(mapping(mapping(choice).get("message")).get("content"))]


def _of_all_choices(reported: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the usage of all choices together, as the SDK adds it up: they have the same input."""
    if len(reported) == 1:
        return reported[0]
    outputs = sum(count(one, "output_tokens") or 0 for one in reported)
    inputs = count(reported[0], "input_tokens")
    total = {} if inputs is None else {"total_tokens": inputs + outputs}
    return {**reported[-1], "output_tokens": outputs, **total}


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer that was not streamed as one event, which has the same shape."""
    return [("result", payload)] if _is_own(payload) else None


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert a usage object. Input includes cached tokens and output includes reasoning. Applications count each model."""
    models = [mapping(model) for model in items(reported.get("models"))]
    inputs = first_count(count(reported, "input_tokens"), *(count(model, "input_tokens") for model in models[:1]))
    outputs = first_count(count(reported, "output_tokens"), *(count(model, "output_tokens") for model in models[:1]))
    return with_inclusive_checks(
        Usage(
            input=inputs,
            output=outputs,
            reasoning=count(reported, "output_tokens_details", "reasoning_tokens"),
            cache_read=first_count(
                count(reported, "prompt_tokens_details", "cached_tokens"),
                count(reported, "input_tokens_details", "cached_tokens"),
            ),
            cache_write=count(reported, "prompt_tokens_details", "cache_creation_input_tokens"),
            audio_input=count(reported, "input_tokens_details", "audio_tokens"),
            audio_output=count(reported, "output_tokens_details", "audio_tokens"),
            image_input=count(reported, "input_tokens_details", "image_tokens"),
            video_input=count(reported, "input_tokens_details", "video_tokens"),
            total=count(reported, "total_tokens"),
            reported=reported,
        )
    )
