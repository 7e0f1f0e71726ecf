"""Find the times of the chunks of a list: beside each chunk, or in a list of their own in a mapping around them."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from viewer.cassettes.chunks.lists import SAMPLE, ChunkList
from viewer.cassettes.chunks.times import ChunkTimes, TimeColumn, names_delay, names_time, read_times
from viewer.cassettes.event_shapes import is_session_line
from viewer.text.json import is_number, is_whole_number


class Timed(NamedTuple):
    """When the chunks of a list arrived, if it says so."""

    times: ChunkTimes | None
    name: str = ""
    """Under which name the times are."""
    trouble: str = ""
    """Why recorded times are not used; "" if they are, or if there are none."""


def times_of(
    chunks: ChunkList,
    around: Sequence[dict[str, Any]],
    sent: Sequence[dict[str, Any]],
    answered: Sequence[dict[str, Any]],
) -> Timed:
    """Return when the chunks arrived, by what stands beside them or in a list of its own in a mapping around them.

    `sent` and `answered` are the mappings that may hold the time of the request and of the response's headers.
    """
    unusable = Timed(None)
    for column in [*_columns(chunks), *_parallel_lists(chunks, around)]:
        known = _known(column.values, len(chunks.payloads))
        if isinstance(known, list):
            marks = [
                next((one[column.name] for one in holders if column.name in one), None) for holders in (sent, answered)
            ]
            result = read_times(TimeColumn(column.name, known), *marks) if known else ""
            if isinstance(result, ChunkTimes):
                return Timed(result, column.name)
        else:
            result = known
        unusable = unusable if unusable.trouble else Timed(None, column.name, result)
    return unusable


def _columns(chunks: ChunkList) -> Iterator[TimeColumn]:
    if chunks.in_events and any(map(is_session_line, chunks.payloads[:SAMPLE])):
        # A coding agent writes these times when it has finished a message.
        return
    names = list(dict.fromkeys(name for row in chunks.beside[:SAMPLE] for name in row))
    for name in names:
        values = [row.get(name) for row in chunks.beside]
        if not isinstance(name, str) or not all(
            one is None or isinstance(one, str) or is_number(one) for one in values
        ):
            continue
        is_unnamed = name.startswith("column ") and not _is_count(values) and all(map(is_number, values))
        if is_unnamed or names_time(name, in_event=chunks.in_events):
            yield TimeColumn("t" if is_unnamed else name, values)


def _is_count(values: Sequence[Any]) -> bool:
    """Tell whether values only number the chunks."""
    first = values[0]
    return is_whole_number(first) and list(values) == list(range(first, first + len(values)))


def _parallel_lists(chunks: ChunkList, around: Sequence[dict[str, Any]]) -> Iterator[TimeColumn]:
    """Yield the lists of times in the mappings around a list of chunks."""
    for place in around:
        inner = [one for name, one in place.items() if isinstance(one, dict) and names_time(str(name))]
        for name, values in (pair for holder in (place, *inner) for pair in holder.items()):
            if not isinstance(values, list) or not values or not names_time(str(name)):
                continue
            if len(values) == len(chunks.payloads) - 1:
                # There is no delay before the first chunk, or no time of the `[DONE]` after the last.
                values = [0, *values] if names_delay(name) else [*values, None]  # noqa: PLW2901 - the same list, completed
            if all(one is None or is_number(one) or isinstance(one, str) for one in values):
                yield TimeColumn(str(name), values)


def _known(values: Sequence[Any], count: int) -> list[Any] | str:
    """Return the times up to the last known one, or why they cannot be matched with the chunks."""
    if len(values) != count:
        return f"there are {len(values):,} for {count:,} chunks"
    known = list(values)
    while known and known[-1] is None:
        known.pop()
    if known and (None in known or len(known) < count - 1):
        return "some chunks have none"
    return known
