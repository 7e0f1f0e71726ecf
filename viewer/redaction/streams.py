"""A stream without its secrets: read again from the struck body, so that both say the same, with the times that it had."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from viewer.redaction.bodies import BodyUnits, moved, units_of
from viewer.redaction.texts import Rules, blank_unit, marks, struck_pieces, struck_row, struck_text
from viewer.streams.reader import DecodedStream, decode_stream
from viewer.streams.stream import Stream
from viewer.types.chunk_table import Ints, text_column
from viewer.types.http import Interaction
from viewer.types.replies import ToolCall

_ROUNDS = 4


def struck_stream(
    stream: Stream, before: Interaction, after: Interaction, rules: Rules, where: str
) -> tuple[Interaction, Stream]:
    """Return an interaction and its stream without secrets, given the interaction before and after its body was struck.

    What the texts of one kind say together decides last: it may join what the body keeps apart.
    """
    unchanged = after.response.body == before.response.body
    if unchanged and _struck_lanes(stream, stream.chunks["text"].tolist(), rules, where) is None:
        return after, _with_model(stream, rules)
    sizes = list(map(len, stream.chunks["text"].tolist()))
    for attempt in range(_ROUNDS):
        read = decode_stream(after)
        if read is None or list(map(len, read.reading.text)) != sizes:
            break
        struck = _struck_lanes(stream, read.reading.text, rules, where)
        if struck is None:
            return _with_places(after, before), _with_texts(stream, read, rules)
        body = _body(after, stream, read.reading.text, struck, blank=attempt == _ROUNDS - 2)
        after = replace(after, response=replace(after.response, body=body))
    return _without_events(stream, before, after, rules, where)


def _struck_lanes(stream: Stream, texts: list[str], rules: Rules, where: str) -> list[str] | None:
    """Return the texts of a stream's chunks, struck where those of one choice, kind and tool hold a secret together."""
    chunks = stream.chunks
    lane = np.stack(
        [chunks["choice"].to_numpy(), chunks["kind"].cat.codes.to_numpy(), chunks["tool"].fillna(-1).to_numpy(np.int64)]
    )
    order: Ints = np.lexsort(lane)
    _, numbers = np.unique(lane[:, order], axis=1, return_inverse=True)
    struck = struck_pieces([texts[row] for row in order.tolist()], numbers.reshape(-1), rules, where)
    if struck is None:
        return None
    rows = list(texts)
    for row, text in zip(order.tolist(), struck, strict=True):
        rows[row] = text
    return rows


def _body(after: Interaction, stream: Stream, old: list[str], new: list[str], *, blank: bool) -> bytes:
    """Return the body with the events struck whose chunks are."""
    units = units_of(after.response.content_type, after.response.body)
    texts = list(units.texts)
    for event, before, struck in zip(stream.chunks["event"].tolist(), old, new, strict=True):
        if before != struck:
            texts[event] = blank_unit(texts[event]) if blank else struck_row(texts[event], before, struck)
    return b"".join(units.rebuilt(texts))


def _with_texts(stream: Stream, read: DecodedStream, rules: Rules) -> Stream:
    reading = read.reading
    usage = stream.usage
    if usage is not None and reading.usage is not None:
        usage = replace(usage, reported=reading.usage)
    struck = replace(
        stream,
        columns=replace(stream.columns, text=text_column(reading.text)),
        tool_calls=reading.assembled_tool_calls(),
        finish_reason=reading.finish_reasons.get(0),
        error=reading.error,
        usage=usage,
        model=reading.model or stream.model,
    )
    return _with_model(struck, rules)


def _with_model(stream: Stream, rules: Rules) -> Stream:
    """Return a stream whose model, which the URL may have told, is struck too."""
    if stream.model is None:
        return stream
    return replace(stream, model=struck_text(stream.model, rules.told(), "model", again=True))


def _with_places(after: Interaction, before: Interaction) -> Interaction:
    """Return an interaction whose recorded arrivals stand where their bytes are now."""
    arrivals = after.times.arrivals
    if arrivals is None or arrivals.ends is None or after.response.body == before.response.body:
        return after
    old = units_of(before.response.content_type, before.response.body)
    new = units_of(after.response.content_type, after.response.body)
    if len(old.ends) != len(new.ends):
        return after
    ends = moved(np.array(arrivals.ends, dtype=np.int64), old.ends, new.ends)
    return replace(after, times=replace(after.times, arrivals=replace(arrivals, ends=tuple(ends.tolist()))))


def _without_events(
    stream: Stream, before: Interaction, after: Interaction, rules: Rules, where: str
) -> tuple[Interaction, Stream]:
    """Return a stream whose struck body cannot be read as it was: its chunks struck by themselves, its body blank."""

    def said(text: str) -> str:
        for value in rules.ledger.struck_values():
            text = text.replace(value, marks(value))
        return struck_text(text, rules, where, again=True)

    texts = stream.chunks["text"].tolist()
    units: BodyUnits = units_of(before.response.content_type, before.response.body)
    blank = b"".join(units.rebuilt([blank_unit(text) for text in units.texts]))
    is_call = (stream.chunks["kind"] == "tool_call").tolist()
    lanes = _struck_lanes(stream, texts, rules, where) or texts
    rows = [marks(text) if call else said(text) for text, call in zip(lanes, is_call, strict=True)]
    error = stream.error and replace(stream.error, message=said(stream.error.message))
    struck = replace(
        stream,
        columns=replace(stream.columns, text=text_column(rows)),
        tool_calls=[_call(call, said) for call in stream.tool_calls],
        error=error,
        usage=stream.usage and replace(stream.usage, reported=None),
    )
    return replace(after, response=replace(after.response, body=blank)), _with_model(struck, rules)


def _call(call: ToolCall, said: Callable[[str], str]) -> ToolCall:
    """Return a tool call without what its id and its name hold; its arguments go whole, in which names may tell secrets."""
    return replace(call, id=said(call.id), name=said(call.name), arguments=marks(call.arguments))
