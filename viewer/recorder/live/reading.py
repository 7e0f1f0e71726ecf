"""What has come of an exchange so far, read and presented as everywhere else: the tape of its stream, and its head as nodes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from viewer.cassettes.fields import MICROSECOND_S
from viewer.conversation.conversation import Message, conversation_of
from viewer.conversation.requests import model_asked_for
from viewer.display.alarms import Alarm, alarms_of
from viewer.display.asked import asked_in
from viewer.display.deck import make_tape
from viewer.display.head import Head, head_of
from viewer.display.head_blocks import head_blocks
from viewer.display.headline import Figure, stream_figures, stream_title
from viewer.display.lanes import lanes_of
from viewer.display.nodes import Node, node
from viewer.display.report.conversation import RepeatedNodes, conversation
from viewer.display.story import source_line
from viewer.recorder.exchange import Exchange, decoded
from viewer.recorder.live.body import whole_events
from viewer.streams.answer import FIRST_ERROR_STATUS, Answer
from viewer.streams.cassette import Cassette
from viewer.streams.reader import read_stream
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, counted, number, size
from viewer.types.http import Arrivals, Headers, Interaction, RecordedTimes, Request, Response
from viewer.types.usage import Usage

_MAX_BODY_CHARACTERS = 20_000
_LASTING_FIGURES = frozenset({LABELS["ttft"], LABELS["time_to_first_output"], "Input", "Output", "Tokens", "Cost"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What is shown of an exchange."""

    model: str
    """"" if neither request nor response names one."""
    counts: str
    """Chunks and tokens in words."""
    has_failed: bool
    tape: dict[str, Any] | None
    """None if there is no stream, or if nothing of it can be drawn yet."""
    head: list[Node]
    below: list[Node]
    """What stands in place of a deck once an exchange without a stream has ended."""
    messages: tuple[Message, ...]
    """Those of the request."""
    asked_model: str
    """The model that the request names."""
    figures: tuple[Figure, ...]
    """Those of an exchange that runs: what more events do not change."""


def read_exchange(exchange: Exchange, before: Reading | None, *, is_running: bool) -> Reading:
    """Read what has come of an exchange. `before` is what was read of it earlier: the request need not be read again."""
    try:
        interaction = interaction_so_far(exchange) if is_running else _whole(exchange)
        stream = read_stream(interaction, 0)
        cassette = Cassette("", "", "", [interaction], [] if stream is None else [stream], [])
        before = before or _of_request(interaction)
        return _read(exchange, cassette, before, is_running=is_running)
    # Whatever a fault is, it must not end the page, which shows other exchanges too.
    except Exception as error:  # noqa: BLE001
        what = f"This exchange cannot be shown ({type(error).__name__}). Its file is written all the same."
        head = [node("p", "story", what)]
        return Reading("", "", has_failed=True, tape=None, head=head, below=[], messages=(), asked_model="", figures=())


def _of_request(interaction: Interaction) -> Reading:
    """Return what is known before anything has come."""
    messages = conversation_of(interaction, None).messages
    model = model_asked_for(interaction.request)
    return Reading(
        model,
        "",
        has_failed=False,
        tape=None,
        head=[],
        below=[],
        messages=messages,
        asked_model=model,
        figures=(),
    )


def _read(exchange: Exchange, cassette: Cassette, before: Reading, *, is_running: bool) -> Reading:
    stream = cassette.stream_of(0)
    reply = stream if is_running else stream or cassette.answers.get(0)
    figures = _lasting_figures(stream, before.figures) if is_running else ()
    if is_running:
        head = _running_head(cassette, stream, before, figures)
    else:
        head = head_of(cassette, 0, reply, before.messages)
        if exchange.trouble:
            trouble = Alarm("error", exchange.trouble[:1].upper() + exchange.trouble[1:])
            head = replace(head, alarms=(trouble, *head.alarms))
    return replace(
        before,
        model=(reply.model if reply else None) or before.asked_model,
        counts=_counts(stream, reply.usage if reply else None),
        has_failed=any(alarm.tone == "error" for alarm in head.alarms),
        tape=_tape(stream, is_running=is_running),
        head=head_blocks(head),
        below=[] if is_running or stream else _without_stream(cassette, reply),
        figures=figures,
    )


def interaction_so_far(exchange: Exchange) -> Interaction:
    """Return an exchange that runs as far as its events have come whole. A body that is compressed is left out."""
    headers = Headers(exchange.response_headers)
    response = Response(exchange.status, "", headers)
    if "content-encoding" not in headers:
        response = replace(response, body=whole_events(response.content_type, exchange.body))
    return Interaction(
        Request(exchange.method, exchange.url, Headers(exchange.request_headers), exchange.request_body),
        response,
        RecordedTimes(headers_s=exchange.headers_s, arrivals=_arrivals(exchange.blocks), started=exchange.started),
    )


def _arrivals(blocks: Sequence[tuple[int, float]]) -> Arrivals | None:
    """Return when each block arrived. An event arrives with the block that has its last byte."""
    if not blocks:
        return None
    ends, seconds = zip(*blocks, strict=True)
    return Arrivals(seconds, ends, since_request=True, resolution_s=MICROSECOND_S)


def _whole(exchange: Exchange) -> Interaction:
    interaction = exchange.to_interaction()
    try:
        return decoded(interaction)
    except ValueError:
        return interaction


def _lasting_figures(stream: Stream | None, before: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """Return the figures of a stream that runs. Once known, they are computed again only if there is usage, which may grow."""
    if stream is None or (before and stream.usage is None):
        return before
    return tuple(figure for figure in stream_figures(stream) if figure.label in _LASTING_FIGURES)


def _running_head(cassette: Cassette, stream: Stream | None, before: Reading, figures: tuple[Figure, ...]) -> Head:
    """Return what can be said before the end: nothing about how it ends, unless it has an error already."""
    is_refused = (cassette.interactions[0].response.status or 0) >= FIRST_ERROR_STATUS
    has_error = is_refused or (stream is not None and stream.error is not None)
    return Head(
        title=(stream_title(stream) if stream else "") or before.asked_model or "No model named yet",
        source=source_line(cassette, 0, stream),
        problems=(),
        asked=asked_in(before.messages),
        story="",
        figures=figures,
        notes=(),
        times=None,
        alarms=tuple(alarms_of(cassette, 0, stream)) if has_error else (),
    )


def _counts(stream: Stream | None, usage: Usage | None) -> str:
    chunks = sum(len(lane.rows) for lane in lanes_of(stream)) if stream else 0
    tokens = [(usage.input, "in"), (usage.output, "out")] if usage else []
    parts = [counted(chunks, "chunk")] if chunks else []
    return " · ".join([*parts, *(f"{number(count)} {way}" for count, way in tokens if count is not None)])


def _tape(stream: Stream | None, *, is_running: bool) -> dict[str, Any] | None:
    if stream is None or not lanes_of(stream):
        return None
    tape = make_tape([stream])
    if is_running:
        # It has not been cut off: it goes on.
        track = tape["streams"][0]
        track["markers"] = [marker for marker in track["markers"] if marker["kind"] != "cut_off"]
    return tape


def _without_stream(cassette: Cassette, reply: Stream | Answer | None) -> list[Node]:
    """Return the conversation of an answer, or the text of a body that is not one."""
    interaction = cassette.interactions[0]
    if isinstance(reply, Answer) and reply.error is None:
        return conversation(conversation_of(interaction, reply), RepeatedNodes())
    response = interaction.response
    if not response.body:
        return [node("p", "note", "The response has no body.")]
    what = " · ".join(part for part in (response.content_type, size(len(response.body))) if part)
    text = response.body[:_MAX_BODY_CHARACTERS].decode(errors="replace")
    shown = {"class": "code", "tabindex": "0", "role": "group", "aria-label": "Response body"}
    return [node("p", "label", f"Response body · {what}"), node("pre", shown, text)]
