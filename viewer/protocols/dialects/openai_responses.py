"""OpenAI Responses, also as sent by Azure and xAI.

https://platform.openai.com/docs/api-reference/responses-streaming

A client that resumes a stream gets events again that it already has. They have the same sequence numbers, and add nothing.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample, server_times
from viewer.protocols.reading import Reading
from viewer.protocols.responses_api import usage as responses_usage
from viewer.protocols.responses_api.output import Output
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, mapping, write
from viewer.types.chunk_table import ERROR, FINISH, KEEP_ALIVE, OTHER, START
from viewer.types.formats import About
from viewer.types.problems import Problem
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "openai-responses"
ABOUT = About(
    PROTOCOL,
    "OpenAI Responses",
    "https://platform.openai.com/docs/api-reference/responses-streaming",
    "also from Azure, xAI and llama.cpp",
)

_FINAL_EVENTS = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})


def recognise(sample: Sample) -> int:
    """Look for the protocol's event types, then for the path. Events with an id belong to Realtime, which shares types."""
    payloads = [payload for payload in sample.objects if "event_id" not in payload]
    if any(as_text(payload.get("type")).startswith("response.") for payload in payloads):
        return 90
    return 50 if sample.path.endswith("/responses") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. `created_at` is when the response was created, so no event has a timestamp."""
    unknown = UnknownText(events, reading)
    output = Output(reading, unknown)
    numbers = _SequenceNumbers()
    repeated: list[int] = []
    for event, value in reading.payloads(events):
        rows_before = len(reading.kind)
        payload = mapping(value)
        name = as_text(payload.get("type") or ("error" if payload.get("error") else events.name[event]))
        response = mapping(payload.get("response"))
        _note(response, reading)
        if numbers.is_repeated(name, payload):
            repeated.append(event)
            reading.add(event, OTHER)
            continue
        match name:
            case "response.created":
                output.close(event)
                output, numbers = Output(reading, unknown), _SequenceNumbers(response.get("id"))
                numbers.is_repeated(name, payload)
                reading.add(event, START)
            case _ if name in _FINAL_EVENTS:
                output.complete(event, response)
                _end(event, name, response, reading)
            case "error":
                _fail(event, payload.get("error") or value, reading)
            case "keepalive" | "ping":
                reading.add(event, KEEP_ALIVE)
            case _:
                output.add_event(event, name, payload)
        if reported := mapping(response.get("usage")):
            reading.add_usage(event, reported)
        if len(reading.kind) == rows_before:
            reading.add(event, OTHER)
    if reading.event:
        output.close(reading.event[-1])
    _report_repeats(repeated, events, reading)


def _note(response: Mapping[str, Any], reading: Reading) -> None:
    """Note what events say about the response as a whole."""
    reading.note_model(response.get("model"))
    if response.get("service_tier"):
        reading.service_tier = as_text(response["service_tier"])
    if response.get("created_at"):
        reading.server_times = server_times.of_response(response) or reading.server_times


def _report_repeats(repeated: list[int], events: Events, reading: Reading) -> None:
    if repeated:
        what = "1 event repeats" if len(repeated) == 1 else f"{len(repeated)} events repeat"
        message = f"{what} an earlier sequence number, as when a stream is resumed."
        offset = int(events.offset[repeated[0]])
        reading.problems.append(Problem("warning", message, "What they repeat is shown once.", offset=offset))


def _end(event: int, name: str, response: Mapping[str, Any], reading: Reading) -> None:
    """Add the finish with the status of the response as its reason, and its error."""
    reading.ended = True
    reading.finish_reasons[0] = as_text(response.get("status") or name.removeprefix("response."))
    if name == "response.failed" or response.get("error"):
        _fail(event, response.get("error") or "The response failed.", reading)
    reading.add(event, FINISH)


def _fail(event: int, value: Any, reading: Reading) -> None:
    """Add an error. The first one counts, since `response.failed` repeats it in other words."""
    details = mapping(value)
    message = details.get("message") or (value if isinstance(value, str) else write(value))
    error = StreamError(as_text(message), as_text(details.get("type") or ""), as_text(details.get("code") or ""))
    reading.error = reading.error or error
    reading.add(event, ERROR, error.message)


class _SequenceNumbers:
    """The sequence numbers of one response, which tell repeated events from new ones.

    Some servers number every event alike, or start again with every item. Their numbers say nothing.
    """

    def __init__(self, response_id: Any = None) -> None:
        self._response_id = response_id
        self._said: dict[int, tuple[str, Any]] = {}
        self._last = -1
        self._is_reliable = True

    def is_repeated(self, name: str, payload: Mapping[str, Any]) -> bool:
        """Tell whether an event has the number of an earlier one and says the same."""
        number = payload.get("sequence_number")
        if not self._is_reliable or not isinstance(number, int):
            return False
        said = (name, payload.get("delta"))
        if number > self._last:
            self._last = number
            self._said[number] = said
            return False
        same_response = name != "response.created" or mapping(payload.get("response")).get("id") == self._response_id
        self._is_reliable = same_response and self._said.get(number) == said
        return self._is_reliable


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as the last event of a stream, which repeats everything."""
    if payload.get("object") != "response" or not isinstance(payload.get("output"), list):
        return None
    name = f"response.{payload.get('status')}"
    return [("message", {"type": name if name in _FINAL_EVENTS else "response.completed", "response": payload})]


usage = responses_usage.usage
