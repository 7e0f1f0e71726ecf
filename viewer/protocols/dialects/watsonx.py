"""IBM watsonx.ai, text generation: https://cloud.ibm.com/apidocs/watsonx-ai#text-generation-stream.

The count of generated tokens grows from event to event. Only the first event counts the input. `created_at` is when an event
was created, to the millisecond. The chat of the same service (`text/chat_stream`) follows OpenAI.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items, mapping
from viewer.text.times import parse_time
from viewer.types.chunk_table import CONTENT, FINISH, MAX_INDEX, OTHER, SILENT, START, USAGE
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "watsonx"
ABOUT = About(
    PROTOCOL,
    "IBM watsonx.ai",
    "https://cloud.ibm.com/apidocs/watsonx-ai#text-generation-stream",
    "text generation; its chat is `openai-chat`",
)

_COUNTS = ("input_token_count", "generated_token_count")
_PATHS = ("/text/generation_stream", "/generation/text_stream")
_UNFINISHED = "not_finished"


def recognise(sample: Sample) -> int:
    """Look for results with generated text, then for the path."""
    results = [result for payload in sample.payloads for result in _results(mapping(payload))]
    if any("generated_text" in result for result in results):
        return 90
    return 50 if sample.path.endswith(_PATHS) else 0


def _results(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [mapping(result) for result in items(payload.get("results"))]


def read(events: Events, reading: Reading) -> None:
    """Read every event."""
    counts: dict[str, Any] = {}
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        stamp = parse_time(payload.get("created_at"))
        reading.note_model(payload.get("model_id"))
        results = _results(payload)
        for choice, result in enumerate(results[:MAX_INDEX]):
            _read_result(event, choice, result, stamp, reading)
        _update_counts(counts, mapping(results[0] if results else None))
        if payload.get("errors") or events.name[event] == "error":
            _fail(event, value, stamp, reading)
        reading.usage = counts or None
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER, stamp=stamp)


def _read_result(event: int, choice: int, result: Mapping[str, Any], stamp: float | None, reading: Reading) -> None:
    """Add the rows of one result. All events have counts, but only the one that finishes adds a row for them."""
    text = result.get("generated_text")
    reason = as_text(result.get("stop_reason") or "")
    if text and isinstance(text, str):
        reading.add(event, CONTENT, text, choice=choice, stamp=stamp)
    if reason and reason.lower() != _UNFINISHED:
        reading.ended = True
        reading.finish_reasons[choice] = reason
        reading.add(event, FINISH, choice=choice, stamp=stamp)
        if any(name in result for name in _COUNTS):
            reading.add(event, USAGE, choice=choice, stamp=stamp)
    elif not text:
        # The first event has no text yet, only the count of the input.
        reading.add(event, SILENT if reading.kind else START, choice=choice, stamp=stamp)


def _update_counts(counts: dict[str, Any], result: Mapping[str, Any]) -> None:
    """Keep the highest of each count. That of the input is 0 after the first event."""
    for name in _COUNTS:
        if (number := count(result, name)) is not None:
            counts[name] = max(number, counts.get(name, 0))


def _fail(event: int, value: Any, stamp: float | None, reading: Reading) -> None:
    """Add the first of the errors."""
    errors = items(mapping(value).get("errors"))
    error = mapping(errors[0] if errors else value)
    reading.add_error(
        event, StreamError(as_text(error.get("message") or value), code=as_text(error.get("code") or "")), stamp=stamp
    )


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the highest counts."""
    return Usage(
        input=count(reported, "input_token_count"),
        output=count(reported, "generated_token_count"),
        reported=reported,
    )
