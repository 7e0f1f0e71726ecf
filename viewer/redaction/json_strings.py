"""Find the texts in JSON as written: their names, their positions, and which of them continue one another.

Only quotes and brackets are read, no grammar. So truncated JSON, several values in a row, and JSON inside lines of server-sent
events all work. The events of a stream repeat a few layouts, and each layout is parsed once.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from viewer.redaction.escapes import decode
from viewer.types.chunk_table import Ints

_STRING = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")', re.DOTALL)
_DIGITS = b"0123456789"
# Their values separate texts with the same path: the number of a choice, block or tool call, and whether a part is a thought.
_LANE_KEYS = frozenset({'"index"', '"output_index"', '"content_index"', '"summary_index"', '"thought"'})
_NAME_KEYS = frozenset({"name", "key", "Name", "Key"})
_VALUE_KEYS = ("value", "Value")
# Hostile input can have a new layout in every unit. Further layouts are parsed each time, so that memory stays bounded.
_MAX_CACHED_LAYOUTS = 20_000
# Brackets nested without end must not take quadratic time.
_MAX_PATH_LENGTH = 1000
_MAX_PARENTS = 50
_DECODER = json.JSONDecoder(strict=False)


class StringSpan(NamedTuple):
    """Where the content of a quoted string is, without its quotes."""

    begin: int
    end: int


@dataclass(slots=True, eq=False)
class Container:
    """One object or list, while a layout is parsed."""

    parent: "Container | None" = None
    name: str = ""
    """The key it is under."""
    path: str = ""
    is_list: bool = False
    lane_pieces: list[int] = field(default_factory=list)
    """As in `Layout`, for the keys of this object alone."""
    name_string: int = -1
    """As in `Place`."""


@dataclass(frozen=True, slots=True)
class Place:
    """The position of one text in a layout."""

    string: int
    """Index among all strings of the unit, keys included."""
    name: str
    """The key it is under. Inside a list, the key of the list."""
    path: str
    """The keys of all containers around it, each after a slash."""
    lane_pieces: tuple[int, ...]
    """As in `Layout`, for the containers around this text."""
    name_string: int
    """The string that names this text if its own key is `value`, as in `{"name": "cookie", "value": …}`; -1 if none."""


@dataclass(slots=True, eq=False)
class Layout:
    """Where the texts of a unit are. Units with the same keys and punctuation share a layout."""

    places: list[Place]
    lane_pieces: tuple[int, ...]
    """Which of the pieces between the strings hold values of `_LANE_KEYS`."""
    lanes: dict[tuple[str, ...], Ints] = field(default_factory=dict)
    """The lane number of each text, by the content of the lane pieces."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaves:
    """The texts of units as columns, in the order in which they were written."""

    unit: Ints
    lane: Ints
    """Texts of one lane continue one another."""
    ordinal: Ints
    """The number of each text within its unit."""
    layouts: list[Layout]
    """One per unit."""
    text: list[str]
    """Decoded."""
    rest: list[str]
    """What the units hold besides these texts: keys, and everything outside of strings."""

    def place(self, leaf: int) -> Place:
        """Return the position of a text in its unit."""
        return self.layouts[int(self.unit[leaf])].places[int(self.ordinal[leaf])]


class _LayoutCache:
    """The layouts parsed so far."""

    def __init__(self) -> None:
        self._layouts: dict[tuple[Any, ...], Layout] = {}
        self._keys: dict[tuple[int, bytes], list[int]] = {}

    def find(self, strings: list[str], between: list[str], joined: str) -> tuple[Layout, tuple[str, ...]]:
        """Return the layout of a unit, and its keys if the layout was not cached.

        `between` are the pieces between the strings, and `joined` the same in one text.
        """
        # A piece may contain what joins the pieces, so the number of strings belongs to the shape.
        shape = len(strings), joined.encode("utf-8", "surrogatepass").translate(None, _DIGITS)
        keys = self._keys.get(shape)
        if keys is None:
            keys = [index for index, piece in enumerate(between[1:]) if piece.lstrip().startswith(":")]
            if len(self._keys) < _MAX_CACHED_LAYOUTS:
                self._keys[shape] = keys
        names = tuple([strings[index] for index in keys])
        layout = self._layouts.get((*shape, *names))
        if layout is not None:
            return layout, ()
        layout = _parse_layout(strings, between, frozenset(keys))
        if len(self._layouts) < _MAX_CACHED_LAYOUTS:
            self._layouts[(*shape, *names)] = layout
        return layout, names


def find_leaves(units: Sequence[str]) -> Leaves:
    """Return the texts in the JSON of units. Each unit is parsed by itself."""
    cache = _LayoutCache()
    numbers: dict[tuple[str, ...], int] = {}
    layouts: list[Layout] = []
    lanes: list[Ints] = []
    quoted: list[str] = []
    rest: list[str] = []
    for unit in units:
        pieces = _STRING.split(unit)
        strings, between = pieces[1::2], pieces[::2]
        rest.append("\0".join(between))
        layout, new_keys = cache.find(strings, between, rest[-1])
        if new_keys:
            rest.append("\0".join(new_keys))
        layouts.append(layout)
        lanes.append(_lanes_of(layout, between, numbers))
        quoted += [strings[place.string] for place in layout.places]
    counts = np.array([len(lane) for lane in lanes], dtype=np.int64)
    return Leaves(
        unit=np.repeat(np.arange(len(units)), counts),
        lane=np.concatenate(lanes) if lanes else np.empty(0, np.int64),
        ordinal=np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts),
        layouts=layouts,
        text=[_unquote(one) if "\\" in one else one[1:-1] for one in quoted],
        rest=rest,
    )


def find_strings(unit: str) -> list[StringSpan]:
    """Return the position of each string in a unit, keys included."""
    return [StringSpan(match.start() + 1, match.end() - 1) for match in _STRING.finditer(unit)]


def _unquote(quoted: str) -> str:
    try:
        return str(_DECODER.raw_decode(quoted)[0])
    except ValueError:
        return decode(quoted[1:-1]).text


def _lanes_of(layout: Layout, between: list[str], numbers: dict[tuple[str, ...], int]) -> Ints:
    """Return the lane number of each text of a unit. New lanes are added to `numbers`."""
    values = tuple([between[index] for index in layout.lane_pieces])
    lanes = layout.lanes.get(values)
    if lanes is None:
        keys = [
            (place.path, place.name, *(between[index].strip(" ,:}]\n") for index in place.lane_pieces))
            for place in layout.places
        ]
        lanes = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
        layout.lanes[values] = lanes
    return lanes


def _parse_layout(strings: list[str], between: list[str], keys: frozenset[int]) -> Layout:
    texts: list[tuple[int, str, Container]] = []
    container = Container()
    name = ""
    for index, piece in enumerate(between):
        for mark in piece:
            if mark in "{[":
                own = name or (container.name if container.is_list else "")
                path = f"{container.path}/{name}" if len(container.path) < _MAX_PATH_LENGTH else container.path
                container = Container(container, own, path, is_list=mark == "[")
                name = ""
            elif mark in "}]":
                container = container.parent or container
                name = ""
            elif mark == ",":
                name = ""
        if index == len(strings):
            break
        if index in keys:
            name = _unquote(strings[index])
            if strings[index] in _LANE_KEYS and between[index + 1].lstrip(": \n\r\t")[:1] not in ("", "{", "["):
                container.lane_pieces.append(index + 1)
        else:
            texts.append((index, name or container.name * container.is_list, container))
            if name in _NAME_KEYS:
                container.name_string = index
            name = ""
    # Only now are the lane pieces and names complete: they may follow the text in its object.
    places = [
        Place(index, own, one.path, _lane_pieces_around(one), one.name_string if own in _VALUE_KEYS else -1)
        for index, own, one in texts
    ]
    return Layout(places, tuple(sorted({index for place in places for index in place.lane_pieces})))


def _lane_pieces_around(container: Container | None) -> tuple[int, ...]:
    pieces: list[int] = []
    for _ in range(_MAX_PARENTS):
        if container is None:
            break
        pieces += container.lane_pieces
        container = container.parent
    return tuple(pieces)
