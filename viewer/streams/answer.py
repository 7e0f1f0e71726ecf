"""Answers that were not streamed.

A protocol whose provider also answers without a stream has a function `whole(payload)`. It returns the events, each with its
name, that such an answer amounts to, or None if the payload is not an answer of this protocol. They are read like a stream.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from viewer.protocols import ProtocolModule, known_protocols
from viewer.protocols.provider import model_of, provider_of
from viewer.protocols.reading import Reading
from viewer.protocols.think_tags import read_think_tags
from viewer.streams.cost import Cost, price
from viewer.streams.recorded_at import created_s, first_stamp_s, recorded_at_s
from viewer.streams.reported_usage import usage_of
from viewer.text.json import as_text, mapping, parse, write
from viewer.types.chunk_table import CONTENT, REASONING
from viewer.types.http import Interaction
from viewer.types.plugins import PluginError
from viewer.types.replies import StreamError, ToolCall
from viewer.types.usage import Usage
from viewer.wire import Events
from viewer.wire.sniff import BOM

FIRST_ERROR_STATUS = 400

Whole = Callable[[dict[str, Any]], list[tuple[str, Any]] | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was not streamed."""

    protocol: str
    """"" if the response is an error in a form that several providers use."""
    model: str | None
    text: str = field(repr=False)
    reasoning: str = field(repr=False)
    tool_calls: list[ToolCall] = field(repr=False)
    finish_reason: str | None
    error: StreamError | None
    usage: Usage | None = field(repr=False)
    provider: str | None = None
    stamp_s: float | None = field(default=None, repr=False)
    """The server's own time on the answer, in epoch seconds."""
    recorded_at_s: float | None = field(default=None, repr=False)
    """In epoch seconds, as `viewer.streams.recorded_at` finds it; None if the cassette does not say."""
    has_think_tags: bool = field(default=False, repr=False)
    """Whether the text begins with thinking in tags, even if it is shown as reasoning."""

    @property
    def cost(self) -> Cost:
        """What the answer cost, or why that is not known."""
        return price(self.usage, self.provider, self.model, self.recorded_at_s)


def read_answer(interaction: Interaction, *, think_tags: bool = False) -> Answer | None:
    """Read a response that is one JSON object. Return None if it is not, or if it is neither an answer nor an error."""
    body = interaction.response.body
    if not body.removeprefix(BOM).lstrip().startswith(b"{"):
        return None
    try:
        payload = mapping(parse(body))
    except ValueError:
        return None
    for protocol in known_protocols():
        whole: Whole | None = getattr(protocol, "as_events", None)
        events = whole(payload) if whole else None
        if events:
            # A plug-in that fails gives way to the next protocol.
            with suppress(PluginError):
                return _read(protocol, payload, events, interaction, think_tags=think_tags)
    error = _error(payload, interaction.response.status)
    if error is None:
        return None
    stamp_s = created_s(payload)
    provider = provider_of(interaction.request.url, None)
    return Answer("", None, "", "", [], None, error, None, provider, stamp_s, recorded_at_s(interaction, stamp_s))


def _read(
    protocol: ProtocolModule,
    payload: dict[str, Any],
    events: list[tuple[str, Any]],
    interaction: Interaction,
    *,
    think_tags: bool,
) -> Answer:
    data: list[bytes | None] = [write(payload).encode("utf-8", "surrogatepass") for _, payload in events]
    sizes = np.array([len(one or b"") for one in data], dtype=np.int32)
    offsets = (np.cumsum(sizes) - sizes).astype(np.int64)
    reading = Reading()
    protocol.read(Events(offsets, sizes, [name for name, _ in events], data), reading)
    has_think_tags = read_think_tags(reading, offsets, split=think_tags)
    model = reading.model or model_of(interaction.request.url)
    provider = provider_of(interaction.request.url, model, reading.provider)
    stamp_s = first_stamp_s(np.frombuffer(reading.stamp, dtype=np.float64))
    stamp_s = created_s(payload) if stamp_s is None else stamp_s
    return Answer(
        protocol=protocol.PROTOCOL,
        model=model,
        text=_text(reading, CONTENT),
        reasoning=_text(reading, REASONING),
        tool_calls=reading.assembled_tool_calls(),
        finish_reason=reading.finish_reasons.get(0),
        error=reading.error,
        usage=usage_of(protocol, reading, provider).usage,
        provider=provider,
        stamp_s=stamp_s,
        recorded_at_s=recorded_at_s(interaction, stamp_s, reading.server_times),
        has_think_tags=has_think_tags,
    )


def _text(reading: Reading, wanted: int) -> str:
    rows = zip(reading.kind, reading.choice, reading.text, strict=True)
    return "".join(text for kind, choice, text in rows if kind == wanted and choice == 0)


def _error(payload: dict[str, Any], status: int | None) -> StreamError | None:
    """Return the error in a response, in the forms that providers and gateways share."""
    is_error = status is not None and status >= FIRST_ERROR_STATUS
    error = payload.get("error") or (payload.get("detail") if is_error else None)
    # A gateway's error has a message and little else. A larger object is something else that has a message.
    if not error and is_error and len(payload) <= 3:
        error = payload.get("message") or payload.get("Message")
    if not error:
        return None
    details = mapping(error)
    message = details.get("message") or (error if isinstance(error, str) else write(error))
    kind = details.get("type") or details.get("status") or payload.get("__type")
    return StreamError(as_text(message), as_text(kind or ""), as_text(details.get("code") or ""))
