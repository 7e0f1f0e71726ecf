"""MiniMax in the form of its first models: https://platform.minimaxi.com/document/ChatCompletion%20Pro.

A piece of text is in the messages of a choice, each from a `BOT`. The last event repeats the answer in `reply`. Later models
follow OpenAI.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.chat_completions import usage as chat_usage
from viewer.protocols.cumulative_text import CumulativeText
from viewer.protocols.indices import valid_index
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import as_text, items, mapping, only_text
from viewer.text.times import parse_epoch
from viewer.types.chunk_table import FINISH, OTHER, SILENT, TOOL_CALL
from viewer.types.formats import About
from viewer.types.replies import StreamError
from viewer.wire import Events

PROTOCOL = "minimax"
ABOUT = About(
    PROTOCOL,
    "MiniMax",
    "https://platform.minimaxi.com/document/ChatCompletion%20Pro",
    "ChatCompletion Pro, the form of its first models",
)


def recognise(sample: Sample) -> int:
    """Look for messages that name the sort of their sender."""
    messages = (message for payload in sample.objects for choice in _choices(payload) for message in _messages(choice))
    return 95 if any("sender_type" in message for message in messages) else 0


def _choices(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [mapping(choice) for choice in items(payload.get("choices"))]


def _messages(choice: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [mapping(message) for message in items(choice.get("messages"))]


def read(events: Events, reading: Reading) -> None:
    """Read every event. A text that repeats everything so far adds nothing."""
    texts: dict[int, CumulativeText] = {}
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        rows_before = len(reading.kind)
        status = mapping(payload.get("base_resp"))
        if status.get("status_code"):
            message, code = as_text(status.get("status_msg") or status), as_text(status["status_code"])
            reading.add_error(event, StreamError(message, code=code))
            continue
        if not isinstance(payload.get("choices"), list):
            if not unknown.add(event, "event type", events.name[event], value):
                reading.add(event, OTHER)
            continue
        reading.note_model(only_text(payload.get("model")))
        for place, choice in enumerate(_choices(payload)):
            number = valid_index(choice.get("index"), place)
            text = texts.setdefault(number, CumulativeText(reading, choice=number))
            _add_choice(event, number, choice, text, payload, reading)
        if (reported := mapping(payload.get("usage"))) and reading.ended:
            reading.add_usage(event, reported)
        if len(reading.kind) == rows_before:
            reading.add(event, SILENT, stamp=parse_epoch(payload.get("created")))


def _add_choice(
    event: int,
    number: int,
    choice: Mapping[str, Any],
    text: CumulativeText,
    payload: Mapping[str, Any],
    reading: Reading,
) -> None:
    stamp = parse_epoch(payload.get("created"))
    for message in _messages(choice):
        piece = only_text(message.get("text"))
        # Only the last event has a reply. Its text is that of the whole answer, or the last piece.
        is_whole = bool(payload.get("reply")) and piece.startswith(text.shown)
        text.append(event, piece[len(text.shown) :] if is_whole else piece, stamp=stamp)
        call = mapping(message.get("function_call"))
        if call and number == 0:
            reading.identify_call(0, None, call.get("name"))
            reading.add(event, TOOL_CALL, as_text(call.get("arguments")), tool=0, stamp=stamp)
    if reason := only_text(choice.get("finish_reason")):
        reading.ended = True
        reading.finish_reasons[number] = reason
        reading.add(event, FINISH, choice=number, stamp=stamp)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return an answer that was not streamed as one event, which has the same shape."""
    return [("message", payload)] if recognise(Sample("", (), (payload,))) else None


usage = chat_usage.usage
