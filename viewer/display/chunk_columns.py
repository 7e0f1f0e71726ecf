"""Which columns of the chunk table are shown: those in which the rows of a stream differ."""

import numpy as np

from viewer.display.drawing import drawing_of
from viewer.streams.stream import Stream

_ORDER = (
    "event",
    "kind",
    "text",
    "t",
    "t_low",
    "t_high",
    "tokens",
    "choice",
    "tool",
    "grade",
    "stamp",
    "offset",
    "size",
)
_LEFT_OUT_IF_CONSTANT = ("choice", "tool", "grade", "stamp")


def columns_to_show(stream: Stream) -> list[str]:
    """Return the columns in reading order, without constant ones, bounds that add nothing to the times, and times that are invented."""
    chunks = stream.chunks
    left_out = {name for name in _LEFT_OUT_IF_CONSTANT if len(chunks[name].unique()) <= 1}
    t, low, high = (chunks[name].to_numpy() for name in ("t", "t_low", "t_high"))
    if drawing_of(stream.timing.grade).axis == "chunks":
        left_out |= {"t", "t_low", "t_high"}
    elif not (np.isfinite(low) & (low < t)).any() and not (np.isfinite(high) & (high > t)).any():
        left_out |= {"t_low", "t_high"}
    return [name for name in _ORDER if name not in left_out]
