"""The id that a provider gave a response."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from viewer.streams.answer import Answer
from viewer.streams.stream import Stream
from viewer.text.json import mapping, only_text, parse
from viewer.types.http import Interaction

# Where each protocol writes it, in an event or in an answer. JSON-RPC's `id` is that of the request, and not among them.
_PATHS: dict[str, tuple[tuple[str, ...], ...]] = {
    "openai-chat": (("id",),),
    "openai-completions": (("id",),),
    "mistral-chat": (("id",),),
    "cohere-v2": (("id",),),
    "cohere-v1": (("generation_id",),),
    "openai-responses": (("response", "id"), ("id",)),
    "anthropic-messages": (("message", "id"), ("id",)),
    "gemini-generate": (("responseId",),),
}
# Azure's first event has an empty id, and comments or pings may come before the first event.
_FIRST_EVENTS = 6


def response_id(interaction: Interaction, reply: Stream | Answer | None) -> str | None:
    """Return the id of a response. Return None if its protocol has none, or if the first events do not hold it."""
    if reply is None or reply.protocol not in _PATHS:
        return None
    body = interaction.response.body
    payloads = _first_payloads(reply, body) if isinstance(reply, Stream) else iter([_object_in(body)])
    found = (_at(payload, path) for payload in payloads for path in _PATHS[reply.protocol])
    return next(filter(None, found), None)


def _first_payloads(stream: Stream, body: bytes) -> Iterator[dict[str, Any]]:
    columns = stream.columns
    starts: dict[int, tuple[int, int]] = {}
    # An event has a row for each thing that it adds.
    rows = islice(zip(columns.event, columns.offset, columns.size, strict=True), _FIRST_EVENTS * 4)
    for event, offset, size in rows:
        starts.setdefault(int(event), (int(offset), int(size)))
    for offset, size in islice(starts.values(), _FIRST_EVENTS):
        yield _object_in(body[offset : offset + size])


def _object_in(data: bytes) -> dict[str, Any]:
    """Return the JSON object in an event, whatever frames it. Return an empty one if the event holds none."""
    try:
        return mapping(parse(data[data.find(b"{") : data.rfind(b"}") + 1]))
    except ValueError:
        return {}


def _at(payload: dict[str, Any], path: tuple[str, ...]) -> str:
    value: Any = payload
    for key in path:
        value = mapping(value).get(key)
    return only_text(value)
