"""The texts in JSON as written: under what name each stands, where, and which of them continue one another.

It reads quotes and brackets and no grammar, so that what is cut off, several values in a row, and lines of server-sent events
around them are read alike. The events of a stream repeat a few layouts, so that each is looked at once.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from viewer.redaction.escapes import decoded
from viewer.types.chunk_table import Ints

_STRING = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")', re.DOTALL)
_DIGITS = b"0123456789"
# What tells apart the texts of one path: the number of a choice, a block or a tool call, and whether a part is a thought.
_TELLING = frozenset({'"index"', '"output_index"', '"content_index"', '"summary_index"', '"thought"'})
_NAMING = frozenset({"name", "key", "Name", "Key"})
_MOST_LAYOUTS = 20_000
_LONGEST_PATH = 1000
_MOST_HOLDERS = 50
_DECODER = json.JSONDecoder(strict=False)


@dataclass(slots=True, eq=False)
class Holder:
    """Hold what is known of one object or list while a layout is read."""

    parent: "Holder | None" = None
    name: str = ""
    """The key that it stands under."""
    path: str = ""
    is_list: bool = False
    tells: list[int] = field(default_factory=list)
    naming: int = -1


@dataclass(frozen=True, slots=True)
class Place:
    """Say where in a layout a text stands."""

    string: int
    """Which of the strings it is, keys counted."""
    name: str
    """The key that it stands under; one in a list has the name of the list."""
    path: str
    """The keys of all that holds it, each after a slash."""
    tells: tuple[int, ...]
    naming: int
    """Which string says how this text is named, where its own key is `value`; -1 where none does."""


@dataclass(slots=True, eq=False)
class Layout:
    """Hold where the texts of a unit stand."""

    places: list[Place]
    tells: tuple[int, ...]
    lanes: dict[tuple[str, ...], Ints] = field(default_factory=dict)
    """The number of each text's lane, by what tells this unit apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaves:
    """Hold the texts of units as columns, in the order in which they were written."""

    unit: Ints
    lane: Ints
    """Texts of one lane continue one another."""
    ordinal: Ints
    """Which text of its unit each is."""
    layouts: list[Layout]
    """Of each unit."""
    text: list[str]
    """Decoded."""
    rest: list[str]
    """What of the units is none of these texts."""

    def place(self, leaf: int) -> Place:
        """Return where in its unit a text stands."""
        return self.layouts[int(self.unit[leaf])].places[int(self.ordinal[leaf])]


def leaves_of(units: Sequence[str]) -> Leaves:
    """Return the texts of units, of which each begins anew."""
    known: dict[tuple[Any, ...], Layout] = {}
    keys_of: dict[bytes, list[int]] = {}
    lanes: dict[tuple[str, ...], int] = {}
    layouts: list[Layout] = []
    lane: list[Ints] = []
    text: list[str] = []
    rest: list[str] = []
    for unit in units:
        pieces = _STRING.split(unit)
        strings = pieces[1::2]
        between = pieces[::2]
        rest.append("\0".join(between))
        shape = rest[-1].encode("utf-8", "surrogateescape").translate(None, _DIGITS)
        keys = keys_of.get(shape)
        if keys is None:
            keys = [index for index, piece in enumerate(between[1:]) if piece.lstrip().startswith(":")]
            if len(keys_of) < _MOST_LAYOUTS:
                keys_of[shape] = keys
        written: tuple[Any, ...] = (shape, *[strings[index] for index in keys])
        layout = known.get(written)
        if layout is None:
            rest.append("\0".join(written[1:]))
            layout = _layout(strings, between, frozenset(keys))
            if len(known) < _MOST_LAYOUTS:
                known[written] = layout
        layouts.append(layout)
        told = tuple([between[index] for index in layout.tells])
        numbers = layout.lanes.get(told)
        if numbers is None:
            numbers = layout.lanes[told] = _lane_numbers(layout, between, lanes)
        lane.append(numbers)
        text += [strings[place.string] for place in layout.places]
    counts = np.array([len(numbers) for numbers in lane], dtype=np.int64)
    return Leaves(
        unit=np.repeat(np.arange(len(units)), counts),
        lane=np.concatenate(lane) if lane else np.empty(0, np.int64),
        ordinal=np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts),
        layouts=layouts,
        text=[_unquoted(one) if "\\" in one else one[1:-1] for one in text],
        rest=rest,
    )


def written_strings(unit: str) -> list[tuple[int, int]]:
    """Return where each string of a unit stands, keys counted, quotes left out."""
    return [(match.start() + 1, match.end() - 1) for match in _STRING.finditer(unit)]


def _unquoted(quoted: str) -> str:
    try:
        return str(_DECODER.raw_decode(quoted)[0])
    except ValueError:
        return decoded(quoted[1:-1]).text


def _lane_numbers(layout: Layout, between: list[str], lanes: dict[tuple[str, ...], int]) -> Ints:
    numbers = [
        lanes.setdefault(
            (place.path, place.name, *(between[index].strip(" ,:}]\n") for index in place.tells)), len(lanes)
        )
        for place in layout.places
    ]
    return np.array(numbers, dtype=np.int64)


def _layout(strings: list[str], between: list[str], keys: frozenset[int]) -> Layout:
    found: list[tuple[int, str, Holder]] = []
    holder = Holder()
    name = ""
    for index, piece in enumerate(between):
        for mark in piece:
            if mark in "{[":
                own = name or (holder.name if holder.is_list else "")
                # A text of brackets alone must not cost its square.
                path = f"{holder.path}/{name}" if len(holder.path) < _LONGEST_PATH else holder.path
                holder = Holder(holder, own, path, is_list=mark == "[")
                name = ""
            elif mark in "}]":
                holder = holder.parent or holder
                name = ""
            elif mark == ",":
                name = ""
        if index == len(strings):
            break
        if index in keys:
            name = _unquoted(strings[index])
            if strings[index] in _TELLING and between[index + 1].lstrip(": \n\r\t")[:1] not in ("", "{", "["):
                holder.tells.append(index + 1)
        else:
            found.append((index, name or holder.name * holder.is_list, holder))
            if name in _NAMING:
                holder.naming = index
            name = ""
    places = [
        Place(index, own, one.path, _tells(one), one.naming if own in ("value", "Value") else -1)
        for index, own, one in found
    ]
    return Layout(places, tuple(sorted({index for place in places for index in place.tells})))


def _tells(holder: Holder | None) -> tuple[int, ...]:
    tells: list[int] = []
    for _ in range(_MOST_HOLDERS):
        if holder is None:
            break
        tells += holder.tells
        holder = holder.parent
    return tuple(tells)
