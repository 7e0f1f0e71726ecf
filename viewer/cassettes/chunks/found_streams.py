"""Find the bodies of streams in a tree: lists of chunks, and texts that are event streams as a whole."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from viewer.cassettes import fields
from viewer.cassettes.chunks.bodies import form_of, is_packed, unwrap
from viewer.cassettes.chunks.lists import ChunkList, read_chunk_list
from viewer.cassettes.event_shapes import is_answer, may_be_answer
from viewer.cassettes.loose_events import is_event_text
from viewer.cassettes.nearby_requests import REQUESTS, fold
from viewer.text.json import parse
from viewer.wire.sniff import BOM, is_json_lines

_HEAD = 1024
_HEAD_TEXT = 1 << 16
_HEAD_ITEMS = 40
_MAX_PLACES = 2000
_MAX_UNPACKED = 3


class Found(NamedTuple):
    """A body that was found in a tree."""

    body: ChunkList | bytes
    around: tuple[dict[str, Any], ...]
    """The mappings around it, the nearest first."""
    name: str
    """The key of the list or text; "" if it has none."""
    was_packed: bool = False
    """Whether the text is in the file as base64 or in another form that is not its own."""


class _Place(NamedTuple):
    value: Any
    name: str
    holder: "_Place | None"
    unpacked: int = 0
    """How many texts of JSON it is in."""


def find_streams(tree: Any, *, is_whole: bool = True) -> Iterator[Found]:
    """Yield the streams in a tree, in order. If not `is_whole`, look only at the beginning of everything, which is quick."""
    for place, body in _walk(tree, is_whole=is_whole):
        if body is not None:
            yield _found(place, body)


def find_streams_and_answers(tree: Any) -> list[Found]:
    """Return the streams in a tree and, from the items of a list that hold none, the complete answers, in order.

    An answer beside a stream is what a program put together from the chunks.
    """
    places = [
        (place, body)
        for place, body in _walk(tree)
        if body is not None or is_answer(place.value) or may_be_answer(place.value)
    ]
    with_stream = {id(around) for place, body in places if body is not None for around in _around(place)}
    return [
        _found(place, fields.json_body(place.value) if body is None else body)
        for place, body in places
        if body is not None or _is_alone(place, with_stream)
    ]


def _is_alone(place: _Place, with_stream: set[int]) -> bool:
    """Tell whether a place is in an item of a list that holds no stream, and not within another answer."""
    holder = place.holder
    while holder is not None and id(holder.value) not in with_stream and not is_answer(holder.value):
        if isinstance(holder.value, list):
            inside = holder.holder is not None and is_answer(holder.holder.value)
            return not inside
        holder = holder.holder
    return False


def _found(place: _Place, body: ChunkList | bytes) -> Found:
    return Found(body, tuple(_around(place)), place.name, is_packed(place.value))


def _walk(tree: Any, *, is_whole: bool = True) -> Iterator[tuple[_Place, ChunkList | bytes | None]]:
    """Yield every place in a tree, in order, with the stream that it holds. A stream is not searched."""
    waiting = [_Place(tree, "", None)]
    seen: set[int] = set()
    places = 0
    while waiting and (is_whole or places < _MAX_PLACES):
        places += 1
        place = waiting.pop()
        value = place.value
        if isinstance(value, dict | list) and not place.unpacked:
            # YAML's aliases may repeat a part of the tree.
            if id(value) in seen:
                continue
            seen.add(id(value))
        body = _body(place, is_whole=is_whole)
        yield place, body
        if body is not None:
            continue
        if isinstance(value, str | bytes):
            waiting += _unpacked(place) if is_whole or len(value) <= _HEAD_TEXT else []
        elif is_whole or isinstance(value, dict):
            waiting += reversed(list(_inside(place)))
        else:
            waiting += reversed(list(_inside(place._replace(value=value[:_HEAD_ITEMS]))))


def _inside(place: _Place) -> Iterator[_Place]:
    value = place.value
    if isinstance(value, list):
        yield from (_Place(one, place.name, place, place.unpacked) for one in value if _is_held(one))
        return
    for name, one in value.items():
        # A request may quote a stream.
        if _is_held(one) and not (len(value) > 1 and fold(name) in REQUESTS):
            yield _Place(one, str(name), place, place.unpacked)


def _is_held(value: Any) -> bool:
    return isinstance(value, dict | list | str | bytes)


def _body(place: _Place, *, is_whole: bool) -> ChunkList | bytes | None:
    value = place.value
    if isinstance(value, list):
        return read_chunk_list(value if is_whole else value[:_HEAD_ITEMS], place.name, is_root=place.holder is None)
    if is_packed(value):
        value = unwrap(value)
    if not isinstance(value, str | bytes):
        return None
    # Most texts are something else, which their beginning shows.
    head = _encoded(value[:_HEAD]).removeprefix(BOM).lstrip(b"\r\n")
    if head.startswith((b"data:", b"event:", b"id:", b"retry:", b":")):
        text = _encoded(value if is_whole else value[:_HEAD_TEXT])
        return text if is_event_text(text) else None
    if head.startswith(b"{"):
        text = _encoded(value if is_whole else value[:_HEAD_TEXT])
        return text if is_json_lines(text) and form_of([text]) else None
    return None


def _unpacked(place: _Place) -> list[_Place]:
    """Return what a text of JSON holds."""
    head = place.value[:_HEAD]
    begin = head.lstrip()[:1]
    if begin not in ("{", "[", b"{", b"[") or place.unpacked >= _MAX_UNPACKED:
        return []
    try:
        return [_Place(parse(_encoded(place.value)), place.name, place, place.unpacked + 1)]
    except ValueError:
        return []


def _around(place: _Place) -> Iterator[dict[str, Any]]:
    holder = place.holder
    while holder is not None:
        if isinstance(holder.value, dict):
            yield holder.value
        holder = holder.holder


def _encoded(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
