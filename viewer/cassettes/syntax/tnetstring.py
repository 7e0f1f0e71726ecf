"""tnetstrings, https://tnetstrings.info: the length of a value, a colon, its data, and a mark for its type.

mitmproxy adds a mark for text, `;`, beside that for bytes. The mark stands last, so that a value which the end of the file
cuts off does not say what it is: its place tells, as far as it is read at all.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from viewer.text.json import as_text

MAX_DEPTH = 100
LIST, MAP, BYTES = b"]", b"}", b","

_TEXT, _INTEGER, _FLOAT, _BOOLEAN, _NULL = b";", b"#", b"^", b"!", b"~"
_MARKS = frozenset((LIST, MAP, BYTES, _TEXT, _INTEGER, _FLOAT, _BOOLEAN, _NULL))
_LENGTH = re.compile(rb"(\d{1,12}):")
_CUT_OFF = "the file ends in the middle of it"


class Value(NamedTuple):
    """Hold one value of a file."""

    begin: int
    """Byte offset of its length."""
    value: Any
    """What could be read of it; names in a map are text."""
    trouble: str
    """What is wrong with it; "" where nothing is."""


@dataclass(slots=True)
class _Open:
    """Hold a list or a map that is being read."""

    mark: bytes
    end: int
    """Where its data ends."""
    cut_off: bool
    """Whether that is because the file ends there."""
    items: list[Any] = field(default_factory=list)

    def value(self) -> Any:
        """Return it as far as it was read; in a map, names and values take turns."""
        if self.mark == LIST:
            return self.items
        return dict(zip(map(as_text, self.items[::2]), self.items[1::2], strict=False))


def read_values(data: bytes, marks: Mapping[str, bytes]) -> Iterator[Value]:
    """Yield the values of a file in turn, whatever is wrong with them.

    Each is taken for a map where it is cut off; `marks` gives the types of what maps hold under other names than those of
    bytes, and a list is taken for one of lists.
    """
    place = 0
    while place < len(data):
        begin = place
        value, place, trouble = _value(data, begin, marks)
        yield Value(begin, value, trouble)


def _value(data: bytes, place: int, marks: Mapping[str, bytes]) -> tuple[Any, int, str]:
    """Return the value at a place, where the next one begins, and what is wrong with it."""
    opened: list[_Open] = []
    while True:
        element = _element(data, place, opened, marks)
        if element is None:
            return _given_up(data, place, opened)
        mark, begin, end, cut_off = element
        if mark in (LIST, MAP):
            opened.append(_Open(mark, end, cut_off))
            place = begin
        elif opened:
            opened[-1].items.append(_scalar(mark, data[begin:end]))
            place = end + 1
        else:
            return _scalar(mark, data[begin:end]), end + 1, ""
        while place >= opened[-1].end:
            done = opened.pop()
            if not opened:
                return done.value(), done.end + 1, _CUT_OFF if done.cut_off else ""
            opened[-1].items.append(done.value())
            place = done.end + 1


def _element(
    data: bytes, place: int, opened: list[_Open], marks: Mapping[str, bytes]
) -> tuple[bytes, int, int, bool] | None:
    """Return a value's mark, where its data begins and ends, and whether the file ends in it; None where none stands."""
    limit = opened[-1].end if opened else len(data)
    length = _LENGTH.match(data, place, limit)
    if length is None or len(opened) > MAX_DEPTH:
        return None
    end = length.end() + int(length[1])
    if end < limit:
        mark = data[end : end + 1]
        return (mark, length.end(), end, False) if mark in _MARKS else None
    if opened and not opened[-1].cut_off:
        return None
    return _expected(opened, marks), length.end(), limit, True


def _expected(opened: list[_Open], marks: Mapping[str, bytes]) -> bytes:
    """Return the mark of a value that is cut off, told by where it stands."""
    if not opened:
        return MAP
    holder = opened[-1]
    if holder.mark == LIST:
        return LIST if opened[-2].mark == MAP else BYTES
    return marks.get(as_text(holder.items[-1]), BYTES) if len(holder.items) % 2 else BYTES


def _given_up(data: bytes, place: int, opened: list[_Open]) -> tuple[Any, int, str]:
    """Return what was read before a place where no tnetstring stands, and where the next value begins."""
    is_cut_off = opened[-1].cut_off if opened else data[place:].isdigit()
    next_place = len(data) if not opened or opened[0].cut_off else opened[0].end + 1
    while len(opened) > 1:
        done = opened.pop()
        opened[-1].items.append(done.value())
    return (
        opened[0].value() if opened else None,
        next_place,
        _CUT_OFF if is_cut_off else f"no tnetstring at byte {place}",
    )


def _scalar(mark: bytes, data: bytes) -> Any:
    """Return the value of a mark and its data; None for a number that is none."""
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
