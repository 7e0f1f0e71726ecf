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
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

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

KIND_DTYPE = pd.CategoricalDtype(list(KINDS))
PYTHON_TEXT = pd.StringDtype("python")
GRADE_DTYPE = pd.CategoricalDtype(list(GRADES))

COLUMNS: dict[str, Any] = {
    "interaction": "int32",
    "event": "int32",
    "choice": "int16",
    "kind": KIND_DTYPE,
    "text": "string",
    "tool": "Int16",
    "tokens": "float64",
    "t": "float64",
    "t_low": "float64",
    "t_high": "float64",
    "grade": GRADE_DTYPE,
    "stamp": "float64",
    "offset": "int64",
    "size": "int32",
}

NO_TOOL = -1
MAX_INDEX = 2**15 - 1
"""The largest choice and tool index: their columns are int16."""

Ints = npt.NDArray[np.integer[Any]]
Floats = npt.NDArray[np.float64]


def is_kind(kind: Ints, wanted: Collection[int]) -> npt.NDArray[np.bool_]:
    """Mark the rows whose kind is one of `wanted`."""
    # A lookup table: `numpy.isin` takes 50 µs even for a few rows.
    table = np.zeros(len(KINDS), dtype=np.bool_)
    table[list(wanted)] = True
    marked: npt.NDArray[np.bool_] = table[kind]
    return marked


def begins_event(event: Ints) -> npt.NDArray[np.bool_]:
    """Mark the first row of each event. Rows must be in wire order."""
    first = np.ones(len(event), dtype=np.bool_)
    np.not_equal(event[1:], event[:-1], out=first[1:])
    return first


def text_column(texts: Sequence[str]) -> pd.api.extensions.ExtensionArray:
    """Return texts as a `string` array. Falls back to Python storage for half a surrogate pair, which Arrow cannot hold."""
    try:
        return pd.array(texts, dtype="string")
    except UnicodeEncodeError:
        return pd.array(texts, dtype=PYTHON_TEXT)


def join_texts(columns: Sequence[pd.api.extensions.ExtensionArray]) -> pd.api.extensions.ExtensionArray:
    """Concatenate text columns. If one uses Python storage, all are converted to it: the two storages cannot be joined."""
    if len(columns) == 1:
        return columns[0]
    if any(column.dtype == PYTHON_TEXT for column in columns):
        columns = [column.astype(PYTHON_TEXT) for column in columns]
    storage: Any = type(columns[0])
    # Documented as the interface for extension arrays. `pd.concat` calls it too, but takes 0.2 ms even for a few rows.
    joined: pd.api.extensions.ExtensionArray = storage._concat_same_type(columns)  # noqa: SLF001
    return joined


def tool_column(tools: Ints) -> pd.api.extensions.ExtensionArray:
    """Return tool indices as a nullable `Int16` array in which `NO_TOOL` is missing."""
    return pd.arrays.IntegerArray(tools.astype(np.int16), tools == NO_TOOL)


@cache
def _no_chunks() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)


def empty_chunks() -> pd.DataFrame:
    """Return a chunk table with all columns and no rows."""
    return _no_chunks().copy(deep=False)
