"""Find lists of chunks in a tree of JSON or YAML, whatever their keys are, and read each as the one body that it is.

A chunk may stand alone in the list, or with its time, its type and other things beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from viewer.cassettes.chunks.bodies import Body, Form, are_whole_streams, form_of, is_buffer, join
from viewer.cassettes.chunks.times import names_time
from viewer.cassettes.event_shapes import are_events, is_event, is_session_line, may_be_event
from viewer.cassettes.nearby_requests import REQUESTS, fold
from viewer.text.json import mapping, only_text

SAMPLE = 32
"""How many chunks show what a list is."""
# The usual names of the field that holds a chunk. They are tried before the others.
_USUAL = ("chunk", "data", "event", "raw", "payload", "body", "text", "value", "content", "log", "message", "line")
_WRAPPERS = frozenset(("chunk", "data", "event", "raw", "payload", "body", "json", "value"))
_NAMES = ("event", "event_type", "eventType", "event_name", "type", "name")
_STREAMS = frozenset(
    [
        "chunk",
        "chunks",
        "event",
        "events",
        "stream",
        "streams",
        "sse",
        "delta",
        "deltas",
        "frames",
        "sse_events",
        "stream_chunks",
        "raw_chunks",
    ]
)
_DIRECTIONS = ("direction", "dir", "from", "sender", "source", "origin", "kind")
_SENT = frozenset(["sent", "send", "out", "outgoing", "outbound", "client", "request", "tx", "up"])
_RECEIVED = frozenset(["received", "receive", "recv", "in", "incoming", "inbound", "server", "response", "rx", "down"])
_MAX_HEADS = 3
_MIN_SHARE = 0.8
_MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class ChunkList:
    """A list of chunks, taken apart into columns."""

    form: Form
    payloads: list[Any]
    names: list[Any]
    beside: list[dict[str, Any]]
    """What stands beside each chunk."""
    heads: list[dict[str, Any]]
    """What comes before the first chunk, such as the request on a line of its own."""
    is_certain: bool = True
    """Whether the chunks are known to be events, and not only objects of some kind."""
    in_events: bool = False
    """Whether `beside` are the provider's events themselves."""


def read_chunk_list(values: Sequence[Any], name: str = "", *, is_root: bool = False) -> ChunkList | None:
    """Take a list of chunks apart. Return None if it holds something else."""
    rows = [_as_row(value) for value in values] if all(map(_may_be_row, values[:SAMPLE])) else list(values)
    if rows and all(isinstance(row, dict) for row in rows[:SAMPLE]) and not is_buffer(values[0]):
        found = _read_rows([mapping(row) for row in rows], 0)
        if found:
            return found
    # One text in a list is a text, unless the list is called a list of chunks.
    is_list = len(values) > 1 or name.lower() in _STREAMS
    form = form_of(values) if is_list else None
    if form:
        payloads = list(values)
        return ChunkList(form, payloads, [""] * len(payloads), [mapping(one) for one in payloads], [], in_events=True)
    sample = values[:SAMPLE]
    if (is_root or name.lower() in _STREAMS) and len(sample) > 1 and all(map(may_be_event, sample)):
        names = [""] * len(values)
        return ChunkList("objects", list(values), names, [mapping(one) for one in values], [], is_certain=False)
    return None


def without_sent(chunks: ChunkList) -> tuple[ChunkList, list[Any]]:
    """Return the chunks that the client received, and what it sent, where something beside each tells them apart."""
    for name in _DIRECTIONS:
        if not any(name in row for row in chunks.beside[:SAMPLE]):
            continue
        sides = [only_text(row.get(name)).lower() for row in chunks.beside]
        is_sent = [side in _SENT for side in sides]
        if any(is_sent) and all(side in _SENT or side in _RECEIVED for side in sides) and not all(is_sent):
            kept = [index for index, sent in enumerate(is_sent) if not sent]
            received = replace(
                chunks,
                payloads=[chunks.payloads[index] for index in kept],
                names=[chunks.names[index] for index in kept],
                beside=[chunks.beside[index] for index in kept],
            )
            return received, [payload for payload, sent in zip(chunks.payloads, is_sent, strict=True) if sent]
    return chunks, []


def body_of(chunks: ChunkList, *, as_events: bool = False) -> Body:
    """Return the body that a list of chunks is."""
    return join(chunks.payloads, chunks.names, chunks.form, as_events=as_events)


def _may_be_row(value: Any) -> bool:
    """Tell whether an item is not a list of several chunks, which is a stream of its own."""
    if not isinstance(value, list):
        return True
    return sum(isinstance(one, dict) or (isinstance(one, str) and form_of([one]) is not None) for one in value[:6]) < 2


def _as_row(value: Any) -> Any:
    """Return a row of a table, such as [0.12, "data: …"], as a mapping."""
    if isinstance(value, list) and 1 < len(value) < 6:
        return {f"column {index}": one for index, one in enumerate(value, 1)}
    return value


def _read_rows(rows: list[dict[str, Any]], depth: int) -> ChunkList | None:
    """Read a list of mappings, in each of which one field holds the chunk."""
    key = _payload_key(rows, depth)
    if key is None:
        return None
    first = next(index for index, row in enumerate(rows) if row.get(key) is not None)
    heads, rows = rows[:first], rows[first:]
    rows = [row for row in rows if row.get(key) is not None]
    payloads = [row[key] for row in rows]
    beside = [_beside(row, key) for row in rows]
    if all(isinstance(payload, list) for payload in payloads):
        return ChunkList("parts", [_joined(payload) for payload in payloads], [""] * len(rows), beside, heads)
    form = form_of(payloads)
    if form is None:
        inner = _read_rows([mapping(payload) for payload in payloads], depth + 1)
        if inner is None or len(inner.payloads) < len(rows):
            return None
        both = [{**inside, **outside} for inside, outside in zip(inner.beside, beside, strict=True)]
        return ChunkList(inner.form, inner.payloads, inner.names, both, heads)
    return ChunkList(form, payloads, _event_names(rows, key, payloads), beside, heads)


def _payload_key(rows: list[dict[str, Any]], depth: int) -> str | None:
    """Return the field that holds the chunks. Return None if the mappings are events themselves, or something else."""
    sample = rows[:SAMPLE]
    if any("role" in row and "content" in row for row in sample):
        # A message of a chat may quote a stream.
        return None
    if any(map(is_session_line, sample)):
        return None
    if 2 * sum(any(fold(key) in REQUESTS and isinstance(row[key], dict) for key in row) for row in sample) > len(
        sample
    ):
        # Each mapping is a call of its own.
        return None
    are_chunks = are_events(sample)
    keys = list(dict.fromkeys(key for row in sample for key in row))
    keys.sort(key=lambda key: _USUAL.index(key) if key in _USUAL else len(_USUAL))
    for key in keys:
        if not isinstance(key, str) or (are_chunks and key not in _WRAPPERS):
            continue
        values = [row[key] for row in sample if row.get(key) is not None]
        heads = next((index for index, row in enumerate(sample) if row.get(key) is not None), len(sample))
        if heads > _MAX_HEADS or len(values) < _MIN_SHARE * (len(sample) - heads):
            continue
        if are_chunks:
            if all(isinstance(value, dict) for value in values) and all(map(is_event, values)):
                return key
        elif _holds_chunks(values, depth) or _are_batches(sample, key, values):
            return key
    return None


def _holds_chunks(values: list[Any], depth: int) -> bool:
    if form_of(values):
        return len(values) > 1 or not isinstance(values[0], str)
    rows = [value for value in values if isinstance(value, dict)]
    return (
        depth < _MAX_DEPTH and len(rows) == len(values) and len(rows) > 0 and _payload_key(rows, depth + 1) is not None
    )


def _are_batches(rows: list[dict[str, Any]], key: str, values: list[Any]) -> bool:
    """Tell whether each mapping holds the events that arrived at one time, and not a stream of its own."""
    if len(values) < 2 or not all(isinstance(value, list) and are_events(value[:SAMPLE]) for value in values):
        return False
    has_times = any(names_time(str(name)) and isinstance(one, int | float | str) for name, one in rows[-1].items())
    is_call = any(fold(name) in REQUESTS or fold(name) in ("url", "uri") for name in rows[-1] if name != key)
    return has_times and not is_call and not are_whole_streams([_events(value) for value in values])


def _joined(values: list[Any]) -> bytes:
    return join(values, [""] * len(values), "objects").data


def _events(values: list[Any]) -> bytes:
    return join(values, [""] * len(values), "objects", as_events=True).data


def _event_names(rows: list[dict[str, Any]], key: str, payloads: list[Any]) -> list[Any]:
    """Return the type of each event. A field with one value for all is not a type, unless it is called `event`."""
    for name in _NAMES:
        names = [row.get(name) for row in rows]
        if name == key or not all(one is None or isinstance(one, str) for one in names):
            continue
        differ = len(set(names)) > 1
        if name.startswith("event") and (differ or key == "data") and any(names):
            return names
        if differ and all(names) and all(isinstance(one, dict) and "type" not in one for one in payloads):
            return names
    return [""] * len(rows)


def _beside(row: dict[str, Any], key: str) -> dict[str, Any]:
    """Return what stands beside a chunk, also one level deeper, as in `"timing": {"elapsed_ms": 120}`."""
    beside: dict[str, Any] = {}
    for name, value in row.items():
        if name == key:
            continue
        if isinstance(value, dict):
            beside.update({f"{name}.{inner}": one for inner, one in list(value.items())[:8]})
        else:
            beside[str(name)] = value
    return beside
