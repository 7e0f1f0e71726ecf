"""Which lane each row of a stream is drawn in: its kind, with hidden reasoning and each tool call apart."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viewer.streams.hidden_reasoning import silent_before_output
from viewer.streams.stream import Stream
from viewer.types.chunk_table import AUDIO, CONTENT, ERROR, KEEP_ALIVE, REASONING, REFUSAL, SILENT, TOOL_CALL


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """Hold one lane: what it is called and which rows stand in it."""

    kind: str
    """A key of `viewer.display.colours.BY_LANE`."""
    label: str
    rows: npt.NDArray[np.intp]
    has_text: bool = True


MOST_TOOL_LANES = 12


def choices_of(stream: Stream) -> list[int]:
    """Return the choices that a stream has, lowest first."""
    return sorted(int(choice) for choice in stream.chunks["choice"].unique())


def lanes_of(stream: Stream, choice: int | None = None) -> list[Lane]:
    """Return the lanes that one choice has rows in, top to bottom; of the lowest choice where none is named."""
    kind = stream.chunks["kind"].cat.codes.to_numpy()
    numbers = stream.chunks["choice"].to_numpy()
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
    """Return a lane for each tool call; past a dozen, which no screen shows apart, the rest share one."""
    chunks = stream.chunks
    rows = np.flatnonzero((chunks["kind"].cat.codes == TOOL_CALL) & (chunks["choice"] == choice))
    if not len(rows):
        return []
    tools = chunks["tool"].iloc[rows].to_numpy(dtype=np.int64, na_value=-1)
    called = [call.name or "tool call" for call in stream.tool_calls if call.choice == choice]
    names = [
        f"{name} {called[: place + 1].count(name)}" if called.count(name) > 1 else name
        for place, name in enumerate(called[:MOST_TOOL_LANES])
    ]
    # `tool_calls` keeps the order of appearance, and so does the first row of each tool.
    order = list(dict.fromkeys(tools.tolist()))
    lanes = [
        Lane("tool_call", name, rows[tools == tool]) for tool, name in zip(order[:MOST_TOOL_LANES], names, strict=False)
    ]
    rest = order[MOST_TOOL_LANES:]
    if rest:
        lanes.append(Lane("tool_call", f"{len(rest)} more tool calls", rows[np.isin(tools, rest)]))
    return lanes
