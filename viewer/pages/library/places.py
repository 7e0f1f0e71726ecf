"""Where a place in the text of a library row is on the page of its recording."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.chunk_table import KINDS, NO_TOOL


class TextPlace(NamedTuple):
    """A place in a text of `viewer.library.stream_rows.TEXT_COLUMNS`."""

    column: str
    offset: int

    def written(self) -> str:
        """Return the place as it stands in an address."""
        return f"{self.column}:{self.offset}"


def place_in(text: str) -> TextPlace | None:
    """Return the place that an address names, or None if it names none."""
    column, _, offset = text.partition(":")
    is_number = offset.isascii() and offset.isdigit() and len(offset) < 10
    return (
        TextPlace(column, int(offset)) if is_number and column in ("content", "reasoning", "tools", "request") else None
    )


def address_of(cassette: Cassette, interaction: int, place: TextPlace) -> dict[str, str]:
    """Return the parameters of the address that show a place: its tab, or its choice and event."""
    if place.column == "request":
        return {"tab": "Request"}
    stream = cassette.stream_of(interaction)
    if stream is None:
        return {}
    found = _in_calls(stream, place.offset) if place.column == "tools" else _in_text(stream, place)
    if found is None:
        return {}
    row, choice = found
    return {"event": str(stream.columns.event[row]), **({"choice": str(choice)} if choice else {})}


def _in_text(stream: Stream, place: TextPlace) -> tuple[int, int] | None:
    """Return the row and the choice of a place in the texts of all choices, which stand in lines below each other."""
    offset = place.offset
    of_kind = stream.columns.kind == KINDS.index(place.column)
    for choice in np.unique(stream.columns.choice[of_kind]).tolist():
        rows = np.flatnonzero(of_kind & (stream.columns.choice == choice))
        ends = _ends(stream, rows)
        if offset < ends[-1]:
            return int(rows[np.searchsorted(ends, offset, side="right")]), choice
        offset -= int(ends[-1]) + 1
    return None


def _in_calls(stream: Stream, offset: int) -> tuple[int, int] | None:
    """Return the row and the choice of a place in the tool calls, each of which is a line: its name, and its arguments."""
    tools = {choice: _tools_of(stream, choice) for choice in {call.choice for call in stream.tool_calls}}
    for call in stream.tool_calls:
        tool = next(tools[call.choice], None)
        length = len(call.name) + 1 + len(call.arguments)
        if offset > length:
            offset -= length + 1
            continue
        if tool is None:
            return None
        rows = np.flatnonzero((stream.columns.tool == tool) & (stream.columns.choice == call.choice))
        # A place in the name is in the first row.
        in_arguments = max(0, offset - len(call.name) - 1)
        ends = _ends(stream, rows)
        row = min(int(np.searchsorted(ends, in_arguments, side="right")), len(rows) - 1)
        return int(rows[row]), call.choice
    return None


def _tools_of(stream: Stream, choice: int) -> Iterator[int]:
    """Yield the tool indices of a choice in the order in which its calls began."""
    tools = stream.columns.tool[(stream.columns.choice == choice) & (stream.columns.tool != NO_TOOL)]
    return iter(dict.fromkeys(tools.tolist()))


def _ends(
    stream: Stream, rows: "np.ndarray[tuple[int], np.dtype[np.intp]]"
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.cumsum([len(text) for text in stream.columns.text[rows]])
