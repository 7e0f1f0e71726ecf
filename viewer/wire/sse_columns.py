"""A fast reader of server-sent events, for bodies that use one kind of line end.

It finds the lines of all events with numpy and runs no Python for an event that is one line of data, or a type and one line of
data. Nearly all are. To open a go-vcr file of 5 MB (20,000 events) takes 70 ms with it, and 84 ms with `sse_lines` alone; the
payloads are then copied too, which takes 15 MB more for 49 MB.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from viewer.wire.events import Places, Slices
from viewer.wire.sse_irregular import AGAIN
from viewer.wire.sse_lines import read_units
from viewer.wire.sse_units import Oddity, Unit, event_type

# Setting up the columns takes 0.2 ms, in which `sse_lines` reads as much as this.
WORTHWHILE_BYTES = 4 << 10

_DATA, _EVENT = b"data:", b"event:"
_LINE_FEED, _SPACE, _TAB, _OPEN, _CLOSE = b"\n \t{}"
_BLOCK_BYTES = 1 << 20
# By byte, whether it may follow a brace where `AGAIN` matches.
_MAY_FOLLOW = np.isin(np.arange(256), list(b"{ \tde"))


class UnitColumns(NamedTuple):
    """Units as columns, as `viewer.wire.events.tile` takes them."""

    offset: Sequence[int] | Places
    name: Sequence[str]
    data: Sequence[bytes | None]
    oddities: Mapping[int, tuple[Oddity, ...]] = {}
    """By index, how units depart from the standard."""


class _Units(NamedTuple):
    """Runs of lines without a blank line between them."""

    line_begin: Places
    """Where each line that is not blank begins in the body."""
    line_end: Places
    """Where its content ends."""
    first: Places
    """Index of each unit's first line."""
    line_count: Places
    """Number of lines in each unit."""


def only_line_end(body: bytes) -> bytes:
    r"""Return the line end that a body uses throughout, `\n` or `\r\n`, or b"" if they are mixed."""
    if b"\r" not in body:
        return b"\n"
    pairs = body.count(b"\r\n")
    return b"\r\n" if pairs == body.count(b"\r") == body.count(b"\n") else b""


def read_columns(body: bytes, start: int, line_end: bytes) -> UnitColumns:
    """Read the units of a body from `start` on. The columns equal those of `sse_lines.read_units`."""
    raw = np.frombuffer(body, dtype=np.uint8)
    units = _find_units(raw, start, len(line_end))
    begin, end, first = units.line_begin, units.line_end, units.first
    last = first + units.line_count - 1
    has_type = (units.line_count == 2) & _starts_with(raw, begin, end, _EVENT)[first]
    is_plain = _starts_with(raw, begin, end, _DATA)[last] & (has_type | (units.line_count == 1))

    data_begin, data_end = begin[last] + len(_DATA), end[last]
    data_begin += (data_begin < data_end) & (raw[np.minimum(data_begin, len(raw) - 1)] == _SPACE)
    is_plain &= ~_is_suspect(body, raw, data_begin, data_end, begin[first])
    name, has_odd_type = _types(body, np.flatnonzero(has_type & is_plain), begin[first], end[first], len(first))
    is_plain[has_odd_type] = False
    columns = UnitColumns(begin[first], name, Slices(body, data_begin, data_end, {}))
    if is_plain.all():
        return columns
    others = {
        unit: read_units(body[begin[first[unit]] : end[last[unit]]], int(begin[first[unit]]))
        for unit in np.flatnonzero(~is_plain).tolist()
    }
    return _put_in(columns, others, data_begin, data_end)


def _types(body: bytes, units: Places, begin: Places, end: Places, count: int) -> tuple[list[str], list[int]]:
    """Return the type of every unit, and the units whose line with the type may hold another field too."""
    types = _Types()
    slices = map(slice, (begin[units] + len(_EVENT)).tolist(), end[units].tolist())
    found = list(map(types.__getitem__, map(body.__getitem__, slices)))
    odd = {types[value] for value in types if _DATA in value}
    name = ["message"] * count
    for unit, one in zip(units.tolist(), found, strict=True):
        name[unit] = one
    return name, [unit for unit in units.tolist() if name[unit] in odd] if odd else []


class _Types(dict[bytes, str]):
    """The types of events by what their field says. A stream has few, so each is decoded once."""

    def __missing__(self, value: bytes) -> str:
        self[value] = name = event_type(value)
        return name


def _is_suspect(
    body: bytes, raw: npt.NDArray[np.uint8], begin: Places, end: Places, unit_begin: Places
) -> npt.NDArray[np.bool_]:
    """Mark the payloads that `viewer.wire.sse_irregular.is_suspect` names, and perhaps a few more."""
    suspect = _starts_with(raw, begin, end, _DATA)
    closing = raw[np.maximum(end - 1, 0)]
    is_closed = (closing == _CLOSE) | (closing == _SPACE) | (closing == _TAB)
    suspect |= (begin < end) & ~is_closed & (raw[np.minimum(begin, len(raw) - 1)] == _OPEN)
    for place in _find_again(body, raw):
        suspect[np.searchsorted(unit_begin, place, side="right") - 1] = True
    return suspect


def _find_again(body: bytes, raw: npt.NDArray[np.uint8]) -> Iterator[int]:
    """Yield the places at which a payload may continue with another value or field."""
    for at in range(0, len(raw), _BLOCK_BYTES):
        block = raw[at : at + _BLOCK_BYTES + 1]
        closing = np.flatnonzero(block[:-1] == _CLOSE)
        for place in closing[_MAY_FOLLOW[block[closing + 1]]].tolist():
            if AGAIN.match(body, at + place):
                yield at + place


def _put_in(columns: UnitColumns, others: dict[int, list[Unit]], data_begin: Places, data_end: Places) -> UnitColumns:
    """Put the units that were read line by line in their places. Where there are several, one unit becomes several."""
    counts = np.ones(len(columns.name), dtype=np.int64)
    counts[list(others)] = [len(units) for units in others.values()]
    source = np.repeat(np.arange(len(counts)), counts)
    offset = np.asarray(columns.offset)[source]
    name = [columns.name[unit] for unit in source.tolist()]
    data: dict[int, bytes | None] = {}
    oddities: dict[int, tuple[Oddity, ...]] = {}
    places = np.cumsum(counts) - counts
    for unit, read in others.items():
        for place, one in enumerate(read, int(places[unit])):
            offset[place], name[place], data[place], odd = one
            if odd:
                oddities[place] = odd
    body = columns.data.body if isinstance(columns.data, Slices) else b""
    return UnitColumns(offset, name, Slices(body, data_begin[source], data_end[source], data), oddities)


def _find_units(raw: npt.NDArray[np.uint8], start: int, line_end_bytes: int) -> _Units:
    feeds = _find_byte(raw, start, _LINE_FEED)
    begin = np.concatenate((np.full(1, start, feeds.dtype), feeds + 1))
    end = np.concatenate((feeds - (line_end_bytes - 1), np.full(1, len(raw), feeds.dtype)))
    filled = np.flatnonzero(end > begin)
    first = np.flatnonzero(np.diff(filled, prepend=-2) > 1)
    return _Units(begin[filled], end[filled], first, np.diff(first, append=len(filled)))


def _find_byte(raw: npt.NDArray[np.uint8], start: int, byte: int) -> Places:
    """Return the places of a byte. Search block by block, because a mask of everything would be as large as the body."""
    blocks = range(start, len(raw), _BLOCK_BYTES)
    # Half the memory for a body of less than 2 GiB.
    dtype = np.int32 if len(raw) < 1 << 31 else np.int64
    places = [(np.flatnonzero(raw[at : at + _BLOCK_BYTES] == byte) + at).astype(dtype) for at in blocks]
    return np.concatenate([np.zeros(0, dtype=dtype), *places])


def _starts_with(raw: npt.NDArray[np.uint8], begin: Places, end: Places, prefix: bytes) -> npt.NDArray[np.bool_]:
    """Mark the lines that start with a prefix of four bytes or more."""
    marked: npt.NDArray[np.bool_] = end - begin >= len(prefix)
    lines = np.flatnonzero(marked)
    if not len(lines):
        return marked
    # The first four bytes are compared at once.
    words = np.ndarray((len(raw) - 3,), np.uint32, raw, 0, (1,))
    lines = lines[words[begin[lines]] == np.frombuffer(prefix, np.uint32, 1)[0]]
    for place, byte in enumerate(prefix[4:], 4):
        lines = lines[raw[begin[lines] + place] == byte]
    marked[:] = False
    marked[lines] = True
    return marked
