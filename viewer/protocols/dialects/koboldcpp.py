"""KoboldCpp in its own form: https://lite.koboldai.net/koboldcpp_api#/api%2Fextra/post_api_extra_generate_stream.

Each event has a token. The finish reason is null until the last one; the first versions sent none.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.text.json import items, mapping
from viewer.types.chunk_table import CONTENT, FINISH, OTHER
from viewer.types.formats import About
from viewer.types.usage import Usage
from viewer.wire import Events

PROTOCOL = "koboldcpp"
ABOUT = About(
    PROTOCOL,
    "KoboldCpp",
    "https://lite.koboldai.net/koboldcpp_api#/api%2Fextra/post_api_extra_generate_stream",
    "generation in its own form",
)

_FIELDS = frozenset({"token", "finish_reason", "logprobs"})
_PATH = "/extra/generate/stream"


def recognise(sample: Sample) -> int:
    """Look for tokens that are texts, with a finish reason and no other fields, then for the path."""
    tokens = [payload for payload in sample.objects if "token" in payload]
    on_path = sample.path.endswith(_PATH)
    if not tokens or not all(isinstance(payload["token"], str) for payload in tokens):
        return 50 if on_path else 0
    has_reasons = any("finish_reason" in payload for payload in tokens)
    return 93 if on_path or (has_reasons and all(payload.keys() <= _FIELDS for payload in sample.objects)) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. A stream of the first versions is complete with its last token."""
    unknown = UnknownText(events, reading)
    has_reasons = False
    for event, value in reading.payloads(events):
        payload = mapping(value)
        if payload.get("error"):
            reading.add_error(event, error_of(value))
        elif "token" in payload:
            reading.add_text(event, CONTENT, payload["token"])
            has_reasons = has_reasons or "finish_reason" in payload
            if isinstance(payload.get("finish_reason"), str):
                reading.ended = True
                reading.finish_reasons[0] = payload["finish_reason"]
                reading.add(event, FINISH)
        elif not unknown.add(event, "event type", events.name[event], value):
            reading.add(event, OTHER)
    reading.ended = reading.ended or (not has_reasons and CONTENT in reading.kind)


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return the result of a generation that was not streamed as one token."""
    result = mapping((items(payload.get("results")) or [None])[0])
    if not isinstance(result.get("text"), str) or "finish_reason" not in result:
        return None
    return [("message", {"token": result["text"], "finish_reason": result["finish_reason"]})]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Keep the object unchanged. KoboldCpp reports no usage."""
    return Usage(reported=reported)
