"""Messages in place of deltas: each may be a piece like a delta, or repeat the whole text so far.

MiniMax ends a stream with the whole message after all of its deltas. Perplexity repeats the text so far in every event. Proxies
that ignore `stream` send one whole completion. Others rename `delta` to `message`. Only all messages together show which it is.
"""

from collections.abc import Sequence

from viewer.protocols.reading import Reading
from viewer.types.chunk_table import OTHER, SILENT, Ints
from viewer.types.problems import Problem

_Lane = tuple[int, int, int]
"""Choice, kind and tool."""


_ADVICE = "It is read like one. The official SDK reads deltas only."


def remove_repeats(reading: Reading, from_messages: Sequence[int], offsets: Ints) -> None:
    """Let each row from a message add only what is new, if all of them continue the text before them.

    If they do not, they are pieces, unless deltas came before: then they are shown as kind other, so that no text is doubled.
    The first row that still adds something is noted.
    """
    marked = set(from_messages)
    by_lane: dict[_Lane, list[int]] = {_lane(reading, row): [] for row in from_messages}
    for row in range(len(reading.kind) if by_lane else 0):
        if (lane := _lane(reading, row)) in by_lane:
            by_lane[lane].append(row)
    for lane_rows in by_lane.values():
        _remove_from_lane(reading, lane_rows, marked)
    first = next((row for row in from_messages if reading.kind[row] not in (SILENT, OTHER)), None)
    if first is not None:
        event = reading.event[first]
        message = f"Event {event} has a message in place of a delta."
        reading.problems.append(Problem("note", message, _ADVICE, offset=int(offsets[event])))


def _lane(reading: Reading, row: int) -> _Lane:
    return reading.choice[row], reading.kind[row], reading.tool[row]


def _remove_from_lane(reading: Reading, lane_rows: Sequence[int], marked: set[int]) -> None:
    shown = ""
    new_texts: dict[int, str] = {}
    for row in lane_rows:
        text = reading.text[row]
        if row not in marked:
            shown += text
        elif text.startswith(shown):
            new_texts[row] = text[len(shown) :]
            shown = text
        else:
            _without_order(reading, lane_rows, marked)
            return
    for row, text in new_texts.items():
        reading.text[row] = text
        if not text:
            reading.kind[row] = SILENT


def _without_order(reading: Reading, lane_rows: Sequence[int], marked: set[int]) -> None:
    """Show the rows from messages as kind other if a delta came before them."""
    if lane_rows[0] in marked:
        return
    for row in lane_rows:
        if row in marked:
            reading.kind[row] = OTHER
