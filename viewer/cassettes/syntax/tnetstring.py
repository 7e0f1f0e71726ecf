"""tnetstrings: the length of a value, a colon, its data, and a mark for its type. See https://tnetstrings.info.

mitmproxy adds the mark `;` for text to the one for bytes. The mark comes last, so a value that the end of the file cuts off
has none. Its type is then inferred from its place.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from viewer.text.json import as_text

# Far deeper than any flow that mitmproxy writes.
MAX_DEPTH = 100
LIST, MAP, BYTES = b"]", b"}", b","

_TEXT, _INTEGER, _FLOAT, _BOOLEAN, _NULL = b";", b"#", b"^", b"!", b"~"
_MARKS = frozenset((LIST, MAP, BYTES, _TEXT, _INTEGER, _FLOAT, _BOOLEAN, _NULL))
_LENGTH = re.compile(rb"(\d{1,12}):")
_CUT_OFF = "the file ends before it is complete"


class Value(NamedTuple):
    """One value at the top level of a file."""

    begin: int
    """The byte offset at which the value begins with its length."""
    value: Any
    """The value as far as it could be read. The names in a map are text."""
    trouble: str
    """What is wrong with the value; "" if nothing is."""


@dataclass(slots=True)
class _Open:
    """A list or map that is being read."""

    mark: bytes
    end: int
    """The offset at which its data ends."""
    cut_off: bool
    """Whether its data ends only because the file does."""
    items: list[Any] = field(default_factory=list)

    def value(self) -> Any:
        """Return the container as far as it was read. In a map, names and values alternate."""
        if self.mark == LIST:
            return self.items
        return dict(zip(map(as_text, self.items[::2]), self.items[1::2], strict=False))


def read_values(data: bytes, marks: Mapping[str, bytes]) -> Iterator[Value]:
    """Yield the values of a file in order, including broken ones.

    A value that is cut off is assumed to be a map at the top level, a list within a list of a map, and otherwise of the type
    that `marks` gives for its name in a map, or bytes.
    """
    place = 0
    while place < len(data):
        begin = place
        value, place, trouble = _value(data, begin, marks)
        yield Value(begin, value, trouble)


def _value(data: bytes, place: int, marks: Mapping[str, bytes]) -> tuple[Any, int, str]:
    """Return the value at an offset, the offset of the next one, and what is wrong with the value."""
    opened: list[_Open] = []
    while True:
        element = _element(data, place, opened, marks)
        if element is None:
            return _close_broken(data, place, opened)
        if element.mark in (LIST, MAP):
            opened.append(_Open(element.mark, element.end, element.cut_off))
            place = element.begin
        elif opened:
            opened[-1].items.append(_scalar(element.mark, data[element.begin : element.end]))
            place = element.end + 1
        else:
            return _scalar(element.mark, data[element.begin : element.end]), element.end + 1, ""
        while place >= opened[-1].end:
            done = opened.pop()
            if not opened:
                return done.value(), done.end + 1, _CUT_OFF if done.cut_off else ""
            opened[-1].items.append(done.value())
            place = done.end + 1


class _Element(NamedTuple):
    """Where a value is, of any type."""

    mark: bytes
    begin: int
    end: int
    """`data[begin:end]` is its data."""
    cut_off: bool
    """Whether the file ends within it."""


def _element(data: bytes, place: int, opened: list[_Open], marks: Mapping[str, bytes]) -> _Element | None:
    """Return the value that begins at an offset. Return None if none does."""
    limit = opened[-1].end if opened else len(data)
    length = _LENGTH.match(data, place, limit)
    if length is None or len(opened) > MAX_DEPTH:
        return None
    end = length.end() + int(length[1])
    if end < limit:
        mark = data[end : end + 1]
        return _Element(mark, length.end(), end, cut_off=False) if mark in _MARKS else None
    if opened and not opened[-1].cut_off:
        return None
    return _Element(_expected(opened, marks), length.end(), limit, cut_off=True)


def _expected(opened: list[_Open], marks: Mapping[str, bytes]) -> bytes:
    """Infer the mark of a value that is cut off from its place."""
    if not opened:
        return MAP
    holder = opened[-1]
    if holder.mark == LIST:
        return LIST if opened[-2].mark == MAP else BYTES
    return marks.get(as_text(holder.items[-1]), BYTES) if len(holder.items) % 2 else BYTES


def _close_broken(data: bytes, place: int, opened: list[_Open]) -> tuple[Any, int, str]:
    """Return what was read before an offset without a tnetstring, the offset of the next value, and what is wrong."""
    is_cut_off = opened[-1].cut_off if opened else data[place:].isdigit()
    next_place = len(data) if not opened or opened[0].cut_off else opened[0].end + 1
    while len(opened) > 1:
        done = opened.pop()
        opened[-1].items.append(done.value())
    return (
        opened[0].value() if opened else None,
        next_place,
        _CUT_OFF if is_cut_off else f"there is no tnetstring at byte {place}",
    )


def _scalar(mark: bytes, data: bytes) -> Any:
    """Parse the data of a scalar. Return None for a number that is not one."""
    if mark == BYTES:
        return data
    if mark == _TEXT:
        return data.decode(errors="replace")
    if mark == _BOOLEAN:
        return data == b"true"
    try:
        return int(data) if mark == _INTEGER else float(data) if mark == _FLOAT else None
    except ValueError:
        return None
