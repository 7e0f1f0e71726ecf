"""Gemini Interactions: https://ai.google.dev/gemini-api/docs/interactions/streaming.

The first revision had other names: `content.delta` for `step.delta`, `interaction.complete` for `interaction.completed`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.images import describe_data
from viewer.protocols.indices import next_index
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, items, mapping, write
from viewer.text.times import parse_time
from viewer.types.chunk_table import (
    AUDIO,
    CITATION,
    CONTENT,
    FINISH,
    NO_TOOL,
    OTHER,
    REASONING,
    SILENT,
    START,
    TOOL_CALL,
)
from viewer.types.formats import About
from viewer.types.replies import ServerTimes, StreamError
from viewer.types.usage import Check, Usage, count, part_check, sum_check
from viewer.wire import Events

PROTOCOL = "gemini-interactions"
ABOUT = About(
    PROTOCOL, "Gemini Interactions", "https://ai.google.dev/api/interactions-api", "both revisions of its events"
)

_MEDIA = frozenset({"image", "video", "document"})
_STEPS = frozenset({*_MEDIA, "text", "audio", "thought", "model_output", "user_input"})
_FAMILIES = ("interaction.", "step.", "content.")


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, then for the path."""
    types = [as_text(payload.get("event_type")) for payload in sample.objects]
    if any(name.startswith(_FAMILIES) for name in types):
        return 90
    return 50 if sample.path.endswith("/interactions") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. The last usage object counts, which comes at the end of the interaction."""
    unknown = UnknownText(events, reading)
    steps = _Steps(reading, unknown)
    for event, payload in reading.payloads(events):
        entry = mapping(payload)
        interaction = mapping(entry.get("interaction"))
        if interaction:
            _read_interaction(interaction, reading)
        match entry.get("event_type"):
            case "interaction.created" | "interaction.start":
                reading.add(event, START)
            case "step.start" | "content.start":
                steps.start(event, entry)
            case "step.delta" | "content.delta":
                steps.delta(event, entry)
            case "interaction.completed" | "interaction.complete":
                _finish(event, interaction, reading)
            case name:
                if "error" in (name, events.name[event]):
                    _fail(event, entry.get("error", payload), reading)
                elif interaction or not unknown.add(event, "event type", as_text(name), entry):
                    reading.add(event, OTHER)
        reported = interaction.get("usage") or mapping(entry.get("metadata")).get("usage")
        if reported and isinstance(reported, dict):
            reading.add_usage(event, reported)


def _read_interaction(interaction: Mapping[str, Any], reading: Reading) -> None:
    """Note the model of an interaction, when it was created, and the tier that served it."""
    reading.note_model(interaction.get("model") or interaction.get("agent"))
    if created_s := parse_time(interaction.get("created")):
        reading.server_times = ServerTimes("created", created_s=int(created_s))
    if interaction.get("service_tier"):
        reading.service_tier = as_text(interaction["service_tier"])


def _fail(event: int, error: Any, reading: Reading) -> None:
    details = mapping(error)
    message = details.get("message") or (error if isinstance(error, str) else write(error))
    reading.add_error(
        event, StreamError(as_text(message), as_text(details.get("status") or ""), as_text(details.get("code") or ""))
    )


def _finish(event: int, interaction: Mapping[str, Any], reading: Reading) -> None:
    """Add the finish. Its reason is the status, and a failed interaction may list errors."""
    if status := interaction.get("status"):
        reading.finish_reasons[0] = as_text(status)
    reading.ended = True
    errors = interaction.get("errors")
    if status == "failed" and errors and isinstance(errors, list):
        _fail(event, errors[0], reading)
    reading.add(event, FINISH)


class _Steps:
    """The steps of an interaction. Only function calls are tool calls: the provider runs other tools itself."""

    def __init__(self, reading: Reading, unknown: UnknownText) -> None:
        self._reading = reading
        self._unknown = unknown
        self._tools: dict[str, int] = {}
        self._start_arguments: dict[str, int] = {}
        """By step, the row with the arguments that a call started with, until deltas replace it."""

    def start(self, event: int, entry: Mapping[str, Any]) -> None:
        """Add what a step starts with."""
        step = mapping(entry.get("step", entry.get("content")))
        if step.get("type") == "function_call":
            self._add_call(event, as_text(entry.get("index")), step)
        elif step.get("type") == "text" and step.get("text"):
            self._reading.add_text(event, CONTENT, step["text"])
        else:
            self._add_other(event, "step type", step)

    def delta(self, event: int, entry: Mapping[str, Any]) -> None:
        """Add what a delta adds."""
        delta = mapping(entry.get("delta"))
        index = as_text(entry.get("index"))
        match delta.get("type"):
            case "text":
                self._reading.add_text(event, CONTENT, delta.get("text"))
            case "thought_summary":
                self._reading.add_text(event, REASONING, mapping(delta.get("content")).get("text"))
            case "thought_signature":
                self._reading.add(event, SILENT)
            case "function_call":
                self._add_call(event, index, delta)
            case "arguments_delta":
                self._add_arguments(event, index, delta.get("arguments"))
            case "text_annotation_delta":
                self._reading.add(event, CITATION, write(delta.get("annotations")))
            case "audio":
                self._reading.add(event, AUDIO)
            case _:
                self._add_other(event, "delta", delta)

    def _add_other(self, event: int, what: str, value: dict[str, Any]) -> None:
        """Add what is neither text nor a function call, such as the call of a tool that Google runs, or its result."""
        kind = as_text(value.get("type"))
        if kind in _MEDIA and value.get("data"):
            self._reading.add(event, OTHER, describe_data(as_text(value.get("mime_type") or kind), value["data"]))
        elif kind in _STEPS or kind.endswith(("_call", "_result")):
            self._note_step(event, kind, value)
            self._reading.add(event, OTHER, "\n".join(texts_in({"delta": value})))
        elif not self._unknown.add(event, what, kind, {"delta": value}):
            self._reading.add(event, OTHER)

    def _note_step(self, event: int, kind: str, step: Mapping[str, Any]) -> None:
        """Note the call of a tool that Google runs, or its result. A step that has just started may hold neither."""
        if kind.endswith("_call") and step.get("arguments"):
            given = result_text(step["arguments"])
            self._reading.note_tool_input(event, given, step.get("id"), kind.removesuffix("_call"))
        elif kind.endswith("_result") and step.get("result"):
            name = step.get("name") or kind.removesuffix("_result")
            is_error = step.get("is_error") is True
            returned = result_text(step["result"])
            self._reading.note_tool_result(event, returned, step.get("call_id"), name, is_error=is_error)

    def _add_call(self, event: int, index: str, call: Mapping[str, Any]) -> None:
        """Add a call with the arguments it starts with. A second delta of the same call continues it."""
        tool = self._tools.setdefault(index, next_index(self._tools))
        self._reading.identify_call(tool, call.get("id"), call.get("name"))
        arguments = call.get("arguments")
        if arguments:
            self._start_arguments[index] = len(self._reading.kind)
        self._reading.add(event, TOOL_CALL, as_text(arguments or ""), tool=tool)

    def _add_arguments(self, event: int, index: str, fragment: Any) -> None:
        tool = self._tools.get(index, NO_TOOL)
        if tool == NO_TOOL or not isinstance(fragment, str):
            self._reading.add(event, OTHER)
            return
        if fragment and index in self._start_arguments:
            self._reading.text[self._start_arguments.pop(index)] = ""
        self._reading.add(event, TOOL_CALL, fragment, tool=tool)


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the usage of an interaction. Output does not include thoughts, and input does not include tool results."""
    inputs = count(reported, "total_input_tokens")
    outputs = count(reported, "total_output_tokens")
    thoughts = count(reported, "total_thought_tokens")
    tool_results = count(reported, "total_tool_use_tokens")
    return Usage(
        input=None if inputs is None else inputs + (tool_results or 0),
        output=None if outputs is None else outputs + (thoughts or 0),
        reasoning=thoughts,
        cache_read=count(reported, "total_cached_tokens"),
        audio_input=_tokens_of("audio", reported.get("input_tokens_by_modality")),
        audio_output=_tokens_of("audio", reported.get("output_tokens_by_modality")),
        total=count(reported, "total_tokens"),
        reported=reported,
        checks=tuple(_checks(reported, inputs, outputs, thoughts or 0, tool_results or 0)),
        audio_cache_read=_tokens_of("audio", reported.get("cached_tokens_by_modality")),
        image_cache_read=_tokens_of("image", reported.get("cached_tokens_by_modality")),
        image_input=_tokens_of("image", reported.get("input_tokens_by_modality")),
        image_output=_tokens_of("image", reported.get("output_tokens_by_modality")),
        video_input=_tokens_of("video", reported.get("input_tokens_by_modality")),
    )


def _tokens_of(modality: str, counts: Any) -> int | None:
    """Return the tokens of a modality in a list of counts."""
    listed = map(mapping, items(counts))
    return next((count(item, "tokens") for item in listed if item.get("modality") == modality), None)


def _checks(
    reported: Mapping[str, Any], inputs: int | None, outputs: int | None, thoughts: int, tool_results: int
) -> Iterator[Check]:
    total = count(reported, "total_tokens")
    cached = count(reported, "total_cached_tokens")
    if total is not None and inputs is not None and outputs is not None:
        yield sum_check("total = input + output + thought + tool use", total, inputs, outputs, thoughts, tool_results)
    if cached and inputs is not None:
        yield part_check("cached ≤ input", cached, inputs)
