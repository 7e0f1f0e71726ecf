"""MessagePack, read as far as it goes: https://github.com/msgpack/msgpack/blob/master/spec.md.

The `msgpack` package refuses a value that the end of the file cuts off. Here everything before the end is returned. Extension
types are returned as their bytes, and text that is not UTF-8 with U+FFFD in place of the wrong bytes.
"""

import struct
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from viewer.text.json import as_text

_CUT_OFF = "the MessagePack data is cut off"
_STR, _BIN, _LIST, _MAP = range(4)


class Unpacked(NamedTuple):
    """One value, and what is wrong with the data."""

    value: Any
    """The value as far as it could be read; None if nothing could. The names in a map are text."""
    trouble: str
    """Why the value is not whole; "" if it is."""


@dataclass(slots=True)
class _Open:
    """A list or map that is being read. In a map, names and values alternate."""

    kind: int
    missing: int
    """How many values have not been read."""
    values: list[Any] = field(default_factory=list)

    def close(self) -> Any:
        """Return the container as far as it was read."""
        if self.kind == _LIST:
            return self.values
        return dict(zip(map(as_text, self.values[::2]), self.values[1::2], strict=False))


# The format codes of numbers, for `struct`, and of values that begin with their length.
_NUMBERS = {code: struct.Struct(">" + kind) for code, kind in zip(range(0xCA, 0xD4), "fdBHIQbhiq", strict=True)}
_LENGTHS = {
    **{code: (_BIN, 1 << step) for step, code in enumerate((0xC4, 0xC5, 0xC6))},
    **{code: (_STR, 1 << step) for step, code in enumerate((0xD9, 0xDA, 0xDB))},
    0xDC: (_LIST, 2),
    0xDD: (_LIST, 4),
    0xDE: (_MAP, 2),
    0xDF: (_MAP, 4),
}
_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
_FIRST_FIXED_EXTENSION, _LAST_FIXED_EXTENSION = 0xD4, 0xD8


def unpack(data: bytes, max_depth: int) -> Unpacked:
    """Read the value with which the data begins. A list or map that is nested too deeply ends the reading."""
    opened: list[_Open] = []
    reader = _Reader(data)
    while True:
        try:
            value = reader.next_value()
        except ValueError as error:
            return _close_broken(opened, str(error))
        if isinstance(value, _Open) and value.missing:
            if len(opened) == max_depth:
                return _close_broken(opened, f"the MessagePack data is nested more than {max_depth} levels deep")
            opened.append(value)
            continue
        if isinstance(value, _Open):
            value = value.close()
        while opened:
            holder = opened[-1]
            holder.values.append(value)
            holder.missing -= 1
            if holder.missing:
                break
            value = opened.pop().close()
        else:
            return Unpacked(value, _trouble_at_end(reader.place, len(data)))


class _Reader:
    """Reads one value after another. Does not go into lists and maps."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0
        """The offset of the next value."""

    def next_value(self) -> Any:
        """Return the next scalar, or a list or map before its values. Raise `ValueError` if there is none."""
        code = self._take(1)[0]
        if code < 0x80 or code >= 0xE0:
            return code if code < 0x80 else code - 0x100
        if code < 0xA0:
            return self._sized(_MAP if code < 0x90 else _LIST, code & 0x0F)
        if code < 0xC0:
            return self._sized(_STR, code & 0x1F)
        if code in _CONSTANTS:
            return _CONSTANTS[code]
        if code in _NUMBERS:
            number = _NUMBERS[code]
            return number.unpack(self._take(number.size))[0]
        if code in _LENGTHS:
            kind, size_bytes = _LENGTHS[code]
            return self._sized(kind, self._length(size_bytes))
        if _FIRST_FIXED_EXTENSION <= code <= _LAST_FIXED_EXTENSION:
            return self._take(1 + (1 << code - _FIRST_FIXED_EXTENSION))[1:]
        if code in _EXTENSIONS:
            return self._take(1 + self._length(_EXTENSIONS[code]))[1:]
        raise ValueError(f"the MessagePack data has an invalid byte at {self.place - 1:,}")

    def _sized(self, kind: int, size: int) -> Any:
        if kind in (_LIST, _MAP):
            return _Open(kind, size if kind == _LIST else 2 * size)
        content = self._take(size, partial=True)
        return content if kind == _BIN else content.decode(errors="replace")

    def _length(self, size_bytes: int) -> int:
        return int.from_bytes(self._take(size_bytes), "big")

    def _take(self, size_bytes: int, *, partial: bool = False) -> bytes:
        """Return the next bytes. If there are fewer, return them if a part is useful, and nothing after that."""
        content = self._data[self.place : self.place + size_bytes]
        if len(content) < size_bytes and not (partial and content):
            raise ValueError(_CUT_OFF)
        self.place += size_bytes
        return content


def _trouble_at_end(place: int, size_bytes: int) -> str:
    if place > size_bytes:
        return _CUT_OFF
    return f"more data follows the MessagePack value at {place:,}" if place < size_bytes else ""


def _close_broken(opened: list[_Open], trouble: str) -> Unpacked:
    """Close every list and map that was being read, with the values that it has."""
    value: Any = None
    while opened:
        holder = opened.pop()
        if value is not None:
            holder.values.append(value)
        value = holder.close()
    return Unpacked(value, trouble)
