"""OpenAI image generation and editing, streamed: https://platform.openai.com/docs/api-reference/images-streaming.

Partial images come before the whole one. An image is described and not shown.
"""

from collections.abc import Mapping
from typing import Any

from viewer.protocols import Sample
from viewer.protocols.errors import error_of
from viewer.protocols.images import describe_image
from viewer.protocols.reading import Reading
from viewer.protocols.unknown_text import UnknownText
from viewer.protocols.usage_counts import with_inclusive_checks
from viewer.text.json import as_text, items, mapping
from viewer.types.chunk_table import FINISH, OTHER
from viewer.types.formats import About
from viewer.types.usage import Usage, count
from viewer.wire import Events

PROTOCOL = "openai-images"
ABOUT = About(
    PROTOCOL,
    "OpenAI images",
    "https://platform.openai.com/docs/api-reference/images-streaming",
    "generation and editing; images are described by their type and size",
)

_FAMILIES = ("image_generation.", "image_edit.")
_PATHS = ("/images/generations", "/images/edits")


def recognise(sample: Sample) -> int:
    """Look for the protocol's own event types, then for an error on its paths."""
    payloads = sample.objects
    if any(as_text(payload.get("type")).startswith(_FAMILIES) for payload in payloads):
        return 90
    return 50 if sample.path.endswith(_PATHS) and any(map(_is_error, payloads)) else 0


def read(events: Events, reading: Reading) -> None:
    """Read every event. Each completed image reports usage, and the last one ends the stream."""
    unknown = UnknownText(events, reading)
    for event, value in reading.payloads(events):
        payload = mapping(value)
        kind = as_text(payload.get("type"))
        reading.note_model(payload.get("model"))
        if kind.startswith(_FAMILIES) and kind.endswith(".partial_image"):
            which = f"partial image {as_text(payload.get('partial_image_index'))}".rstrip()
            reading.add(event, OTHER, describe_image(which, payload, payload.get("b64_json")))
        elif kind.startswith(_FAMILIES) and kind.endswith(".completed"):
            _complete(event, payload, reading)
        elif _is_error(payload) or events.name[event] == "error":
            reading.add_error(event, error_of(value))
        elif not unknown.add(event, "event type", kind or events.name[event], value):
            reading.add(event, OTHER)


def _complete(event: int, payload: Mapping[str, Any], reading: Reading) -> None:
    """Add a whole image, or several in an answer that was not streamed, and the usage. A prompt may have been revised."""
    for image in map(mapping, items(payload.get("data")) or [payload]):
        where = image.get("b64_json") or image.get("url")
        reading.add(event, OTHER, describe_image("image", {**payload, **image}, where))
        if prompt := image.get("revised_prompt"):
            reading.add(event, OTHER, as_text(prompt))
    reading.ended = True
    reading.add(event, FINISH)
    if reported := mapping(payload.get("usage")):
        reading.add_usage(event, reported)


def _is_error(payload: Mapping[str, Any]) -> bool:
    return bool(payload.get("error")) or payload.get("type") == "error"


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return images that were not streamed as the last event of a stream."""
    images = [mapping(image) for image in items(payload.get("data"))]
    if "created" not in payload or not images or not all({"b64_json", "url"} & image.keys() for image in images):
        return None
    return [("image_generation.completed", {**payload, "type": "image_generation.completed"})]


def usage(reported: Mapping[str, Any], _provider: str | None) -> Usage:
    """Convert the counts of text and image tokens together."""
    return with_inclusive_checks(
        Usage(
            input=count(reported, "input_tokens"),
            output=count(reported, "output_tokens"),
            cache_read=count(reported, "input_tokens_details", "cached_tokens"),
            total=count(reported, "total_tokens"),
            image_input=count(reported, "input_tokens_details", "image_tokens"),
            image_output=count(reported, "output_tokens_details", "image_tokens"),
            reported=reported,
        )
    )
