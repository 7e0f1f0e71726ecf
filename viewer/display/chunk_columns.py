"""Which columns of the chunk table are shown: those that tell one row of a stream from another."""

import numpy as np

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


def telling_columns(stream: Stream) -> list[str]:
    """Return the columns in reading order, without those that say the same of every row and bounds that bound nothing."""
    chunks = stream.chunks
    left_out = {name for name in _LEFT_OUT_IF_CONSTANT if len(chunks[name].unique()) <= 1}
    t, low, high = (chunks[name].to_numpy() for name in ("t", "t_low", "t_high"))
    if stream.timing.grade == "paced" or (
        not (np.isfinite(low) & (low < t)).any() and not (np.isfinite(high) & (high > t)).any()
    ):
        left_out |= {"t_low", "t_high"}
    return [name for name in _ORDER if name not in left_out]
