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
from viewer.redaction.json_keys.pairs import Naming, is_loose_value_key, is_value_key, naming_of
from viewer.types.chunk_table import Ints

# The last string of a truncated text has no closing quote, or ends within an escape.
_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"|\\?\Z)', re.DOTALL)
_STRING_OR_NUMBER = re.compile(_STRING.pattern + "|(-?[0-9][0-9.eE+-]*+)", re.DOTALL)
_DIGITS = b"0123456789"
# Their values separate texts with the same path: the number of a choice, block or tool call, and whether a part is a thought.
_LANE_KEYS = frozenset({"index", "output_index", "content_index", "contentBlockIndex", "summary_index", "thought"})
# Hostile input can have a new layout in every unit. Further layouts are parsed each time, so that memory stays bounded.
_MAX_CACHED_LAYOUTS = 20_000
# Brackets nested without end must not take quadratic time.
_MAX_PATH_LENGTH = 1000
_MAX_PARENTS = 50
# JSON without its strings, also in the lines of server-sent events.
_OUTSIDE = re.compile(
    r"(?:(?:^|(?<=\n))(?:(?:event|id|retry)?:[^\n]*+|data:(?: ?\[DONE\])?)"
    r"|[\s{}\[\],:]|-?[0-9][0-9.eE+-]*+|true|false|null|NaN|Infinity)*+"
)
_DECODER = json.JSONDecoder(strict=False)


class StringSpan(NamedTuple):
    """Where the content of a quoted string is, without its quotes, or where a number is."""

    begin: int
    end: int


class NameString(NamedTuple):
    """A string that may name another."""

    string: int
    """Index among all strings of the unit."""
    how: Naming


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
    names: list[NameString] = field(default_factory=list)
    """The strings that may name a value of this object."""
    elements: dict[int, int] = field(default_factory=dict)
    """The strings of this list, by their position in it."""
    last: int = 0
    """The position of the last element of this list."""


@dataclass(frozen=True, slots=True)
class Place:
    """The position of one text in a layout."""

    string: int
    """Index among all strings of the unit, keys included."""
    name: str
    """The key it is under. Inside a list, the key of the list."""
    path: str
    """The keys of all containers around it, each after a slash. A slash in a key is written as in a JSON pointer."""
    lane_pieces: tuple[int, ...]
    """As in `Layout`, for the containers around this text."""
    names: tuple[NameString, ...]
    """The strings next to it that may name it, as in `{"name": "cookie", "value": …}`."""


@dataclass(slots=True, eq=False)
class Layout:
    """Where the texts of a unit are. Units with the same keys and punctuation share a layout."""

    places: list[Place]
    lane_pieces: tuple[int, ...]
    """Which of the pieces between the strings hold values of `_LANE_KEYS`."""
    lanes: dict[tuple[str, ...], Ints] = field(default_factory=dict)
    """The lane number of each text, by the content of the lane pieces."""
    open_names: frozenset[str] = frozenset()
    """The keys whose values are not texts."""
    is_json: bool = True
    """Whether there is nothing but JSON, and the fields of server-sent events, outside of the strings."""


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
    numbers: frozenset[int] = frozenset()
    """The indices of those texts that are numbers, if numbers were asked for."""

    def place(self, leaf: int) -> Place:
        """Return the position of a text in its unit."""
        return self.layouts[int(self.unit[leaf])].places[int(self.ordinal[leaf])]


class _Text(NamedTuple):
    """One text, while a layout is parsed."""

    string: int
    name: str
    container: Container
    position: int
    """Its position in a list."""


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


def find_leaves(units: Sequence[str], *, numbers: bool = False) -> Leaves:
    """Return the texts in the JSON of units, and on request its numbers as texts. Each unit is parsed by itself."""
    cache = _LayoutCache()
    lane_numbers: dict[tuple[str, ...], int] = {}
    layouts: list[Layout] = []
    lanes: list[Ints] = []
    quoted: list[str] = []
    rest: list[str] = []
    found_numbers: list[int] = []
    for unit in units:
        strings, between, bare = _split(unit, numbers=numbers)
        rest.append("\0".join(between))
        layout, new_keys = cache.find(strings, between, rest[-1])
        if new_keys:
            rest.append("\0".join(new_keys))
        layouts.append(layout)
        lanes.append(_lanes_of(layout, between, lane_numbers))
        if bare:
            found_numbers += [len(quoted) + at for at, place in enumerate(layout.places) if place.string in bare]
        quoted += [strings[place.string] for place in layout.places]
    counts = np.array([len(lane) for lane in lanes], dtype=np.int64)
    return Leaves(
        unit=np.repeat(np.arange(len(units)), counts),
        lane=np.concatenate(lanes) if lanes else np.empty(0, np.int64),
        ordinal=np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts),
        layouts=layouts,
        text=[unquote(one) if "\\" in one else one for one in quoted],
        rest=rest,
        numbers=frozenset(found_numbers),
    )


def find_strings(unit: str, *, numbers: bool = False) -> list[StringSpan]:
    """Return the position of each string in a unit, keys included, and on request of each number."""
    if numbers:
        return [StringSpan(*match.span(match.lastindex or 0)) for match in _STRING_OR_NUMBER.finditer(unit)]
    return [StringSpan(*match.span(1)) for match in _STRING.finditer(unit)]


def unquote(content: str) -> str:
    """Decode the content of a quoted string."""
    if "\\" not in content:
        return content
    try:
        return str(_DECODER.raw_decode(f'"{content}"')[0])
    except ValueError:
        return decode(content).text


def _split(unit: str, *, numbers: bool) -> tuple[list[str], list[str], frozenset[int]]:
    """Return the strings of a unit without their quotes, the pieces between them, and which strings are numbers."""
    if not numbers:
        pieces = _STRING.split(unit)
        return pieces[1::2], pieces[::2], frozenset()
    pieces = _STRING_OR_NUMBER.split(unit)
    strings = [number if string is None else string for string, number in zip(pieces[1::3], pieces[2::3], strict=True)]
    return strings, pieces[::3], frozenset([index for index, string in enumerate(pieces[1::3]) if string is None])


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
    texts: list[_Text] = []
    container = Container()
    name = ""
    for index, piece in enumerate(between):
        container, name = _read_marks(piece, container, name)
        if index == len(strings):
            break
        if index in keys:
            name = unquote(strings[index])
            if strings[index] in _LANE_KEYS and between[index + 1].lstrip(": \n\r\t")[:1] not in ("", "{", "["):
                container.lane_pieces.append(index + 1)
        else:
            texts.append(_Text(index, name or container.name * container.is_list, container, container.last))
            if container.is_list:
                container.elements[container.last] = index
            elif (how := naming_of(name)) is not None:
                container.names.append(NameString(index, how))
            name = ""
    # Only now are the lane pieces and names complete: they may follow the text in its object.
    places = [
        Place(text.string, text.name, text.container.path, _lane_pieces_around(text.container), _names_of(text))
        for text in texts
    ]
    return Layout(
        places,
        tuple(sorted({index for place in places for index in place.lane_pieces})),
        open_names=frozenset([unquote(strings[index]) for index in keys if between[index + 1].strip() != ":"]),
        is_json=_OUTSIDE.fullmatch("".join(between)) is not None,
    )


def _read_marks(piece: str, container: Container, name: str) -> tuple[Container, str]:
    """Return the container and the key that are open after the marks between two strings."""
    for mark in piece:
        if mark in "{[":
            container = _open(container, name, is_list=mark == "[")
            name = ""
        elif mark in "}]":
            container = container.parent or container
            name = ""
        elif mark == ",":
            container.last += 1
            name = ""
    return container, name


def _open(container: Container, name: str, *, is_list: bool) -> Container:
    own = name or (container.name if container.is_list else "")
    path = container.path
    if len(path) < _MAX_PATH_LENGTH:
        path = f"{path}/{name.replace('/', '~1') if '/' in name else name}"
    return Container(container, own, path, is_list)


def _names_of(text: _Text) -> tuple[NameString, ...]:
    """Return the strings that may name a text: those of its object, or the one before it in a list of pairs."""
    holder = text.container
    if holder.is_list:
        before = holder.elements.get(text.position - 1)
        if before is None:
            return ()
        # A list of pairs has an even number of elements, and all of them are texts.
        if text.position % 2 and holder.last % 2 and len(holder.elements) == holder.last + 1:
            is_pair = holder.last == 1 and holder.parent is not None and holder.parent.is_list
            return (NameString(before, Naming.PAIR if is_pair else Naming.LIST),)
        return (NameString(before, Naming.ARGUMENT),)
    name = text.name
    # The value may be a list, or an object such as `{"stringValue": …}`.
    if not holder.names and holder.parent is not None:
        holder, name = holder.parent, holder.name
    if not is_value_key(name):
        return ()
    loose = is_loose_value_key(name)
    return tuple(
        NameString(one.string, Naming.LOOSE if loose else one.how) for one in holder.names if one.string != text.string
    )


def _lane_pieces_around(container: Container | None) -> tuple[int, ...]:
    pieces: list[int] = []
    for _ in range(_MAX_PARENTS):
        if container is None:
            break
        pieces += container.lane_pieces
        container = container.parent
    return tuple(pieces)
