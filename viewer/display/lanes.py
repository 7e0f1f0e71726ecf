"""The lanes of a stream: one for each kind of chunk, with separate lanes for hidden reasoning and for each tool call."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viewer.streams.hidden_reasoning import silent_before_output
from viewer.streams.stream import Stream
from viewer.types.chunk_table import AUDIO, CONTENT, ERROR, KEEP_ALIVE, REASONING, REFUSAL, SILENT, TOOL_CALL, distinct


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One lane, with the indexes of its rows in the chunk table."""

    kind: str
    """A key of `viewer.display.colours.BY_LANE`."""
    label: str
    rows: npt.NDArray[np.intp]
    has_text: bool = True


# No screen has room for more lanes.
MAX_TOOL_LANES = 12


def choices_of(stream: Stream) -> list[int]:
    """Return the choices of a stream in ascending order."""
    return distinct(stream.columns.choice)


def lanes_of(stream: Stream, choice: int | None = None) -> list[Lane]:
    """Return the lanes of one choice that have rows, from top to bottom. By default it is the lowest choice."""
    kind, numbers = stream.columns.kind, stream.columns.choice
    if choice is None:
        choice = int(numbers.min(initial=np.iinfo(np.int16).max))
    of_choice = numbers == choice
    silent = (kind == SILENT) & of_choice
    hidden = silent & silent_before_output(kind) if stream.hidden else np.zeros(len(kind), dtype=np.bool_)
    lanes = [
        Lane("reasoning", "reasoning", np.flatnonzero((kind == REASONING) & of_choice)),
        Lane("hidden", "hidden reasoning", np.flatnonzero(hidden), has_text=False),
        Lane("content", "content", np.flatnonzero((kind == CONTENT) & of_choice)),
        Lane("audio", "audio", np.flatnonzero((kind == AUDIO) & of_choice)),
        Lane("refusal", "refusal", np.flatnonzero((kind == REFUSAL) & of_choice)),
        *_tool_lanes(stream, choice),
        Lane("error", "error", np.flatnonzero(kind == ERROR)),
        Lane("silent", "silent", np.flatnonzero(silent & ~hidden), has_text=False),
        Lane("keep_alive", "keep-alive", np.flatnonzero(kind == KEEP_ALIVE), has_text=False),
    ]
    return [lane for lane in lanes if len(lane.rows)]


def _tool_lanes(stream: Stream, choice: int) -> list[Lane]:
    """Return a lane for each tool call. Beyond `MAX_TOOL_LANES`, the rest share one."""
    columns = stream.columns
    rows = np.flatnonzero((columns.kind == TOOL_CALL) & (columns.choice == choice))
    if not len(rows):
        return []
    tools = columns.tool[rows]
    called = [call.name or "tool call" for call in stream.tool_calls if call.choice == choice]
    names = [
        f"{name} {called[: place + 1].count(name)}" if called.count(name) > 1 else name
        for place, name in enumerate(called[:MAX_TOOL_LANES])
    ]
    # `tool_calls` is in order of appearance, and so are the first rows of the tools.
    order = list(dict.fromkeys(tools.tolist()))
    lanes = [
        Lane("tool_call", name, rows[tools == tool]) for tool, name in zip(order[:MAX_TOOL_LANES], names, strict=False)
    ]
    rest = order[MAX_TOOL_LANES:]
    if rest:
        lanes.append(Lane("tool_call", f"{len(rest)} more tool calls", rows[np.isin(tools, rest)]))
    return lanes
