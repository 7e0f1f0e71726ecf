"""The chunk table: its columns, and the kinds and grades in them.

| column | dtype | meaning |
|---|---|---|
| interaction, event, choice | int32, int32, int16 | where it came from; `event` counts every framed unit, including comments |
| kind | category | what sort of thing the event adds, one of `KINDS` |
| text | string | the delta, verbatim; "" if there is none |
| tool | Int16 | which tool call of the choice; missing if none |
| tokens | float64 | tokens attributed to this chunk; an estimate unless the provider reports them |
| t, t_low, t_high | float64, s | arrival since `stream.timing.origin`: best value and hard bounds |
| grade | category | how `t` is known, one of `GRADES` |
| stamp | float64, s | the provider's own timestamp on the event, in epoch seconds; missing if none |
| offset, size | int64, int32, bytes | where the event's raw bytes are in the decoded body |
"""

from collections.abc import Collection, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

KINDS = (
    "reasoning",
    "content",
    "tool_call",
    "refusal",
    "citation",
    "audio",
    "silent",
    "keep_alive",
    "usage",
    "start",
    "finish",
    "error",
    "other",
)
(REASONING, CONTENT, TOOL_CALL, REFUSAL, CITATION, AUDIO, SILENT) = range(7)
(KEEP_ALIVE, USAGE, START, FINISH, ERROR, OTHER) = range(7, 13)

Grade = Literal["measured", "stamped", "bounded", "span", "paced"]
GRADES: tuple[Grade, ...] = ("measured", "stamped", "bounded", "span", "paced")

NO_TOOL = -1
MAX_INDEX = 2**15 - 1
"""The largest choice and tool index: their columns are int16."""

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
"""An array of `str`. Unlike pandas' string arrays it can hold half a surrogate pair, and needs no pandas."""


def is_kind(kind: Ints, wanted: Collection[int]) -> npt.NDArray[np.bool_]:
    """Mark the rows whose kind is one of `wanted`."""
    # A lookup table: `numpy.isin` takes 50 µs even for a few rows.
    table = np.zeros(len(KINDS), dtype=np.bool_)
    table[list(wanted)] = True
    marked: npt.NDArray[np.bool_] = table[kind]
    return marked


def distinct(values: Ints) -> list[int]:
    """Return the different values in ascending order. The first `numpy.unique` imports `numpy.ma`, which takes 14 ms."""
    return sorted({*values.tolist()})


def begins_event(event: Ints) -> npt.NDArray[np.bool_]:
    """Mark the first row of each event. Rows must be in wire order."""
    first = np.ones(len(event), dtype=np.bool_)
    np.not_equal(event[1:], event[:-1], out=first[1:])
    return first


def count_events(event: Ints) -> int:
    """Return how many events rows belong to. Rows must be in wire order."""
    return int(np.count_nonzero(begins_event(event)))


def text_column(texts: Sequence[str]) -> Texts:
    """Return texts as an array, which can be indexed by masks and row numbers. Equal texts are kept once: most tokens recur."""
    kept: dict[str, str] = {}
    return np.array(list(map(kept.setdefault, texts, texts)), dtype=np.object_)
