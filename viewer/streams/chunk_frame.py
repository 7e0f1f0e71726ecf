"""The chunk table as a data frame. Only a caller of `.chunks` needs it, and importing pandas takes longer than opening a recording."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from viewer.streams.columns import Columns
from viewer.types.chunk_table import GRADES, KINDS, NO_TOOL, Ints, Texts

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


def to_dataframe(parts: Sequence[Columns]) -> pd.DataFrame:
    """Return the columns of several streams as one chunk table, in order. Columns of one stream are not copied, except texts."""
    if not parts:
        return _no_chunks().copy(deep=False)

    def joined(column: Callable[[Columns], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return column(parts[0]) if len(parts) == 1 else np.concatenate(list(map(column, parts)))

    interactions = np.array([part.interaction for part in parts], dtype=np.int32)
    return pd.DataFrame(
        {
            "interaction": np.repeat(interactions, [len(part.event) for part in parts]),
            "event": joined(lambda part: part.event),
            "choice": joined(lambda part: part.choice),
            "kind": pd.Categorical.from_codes(joined(lambda part: part.kind), dtype=KIND_DTYPE),
            "text": _string_column(joined(lambda part: part.text)),
            "tool": _tool_column(joined(lambda part: part.tool)),
            "tokens": joined(lambda part: part.tokens),
            "t": joined(lambda part: part.arrival.t),
            "t_low": joined(lambda part: part.arrival.low),
            "t_high": joined(lambda part: part.arrival.high),
            "grade": pd.Categorical.from_codes(joined(lambda part: part.arrival.grade), dtype=GRADE_DTYPE),
            "stamp": joined(lambda part: part.stamp),
            "offset": joined(lambda part: part.offset),
            "size": joined(lambda part: part.size),
        },
        copy=False,
    )


def _string_column(texts: Texts) -> pd.api.extensions.ExtensionArray:
    """Return texts as a `string` array. Falls back to Python storage for half a surrogate pair, which Arrow cannot hold."""
    try:
        return pd.array(texts, dtype="string")
    except UnicodeEncodeError:
        return pd.array(texts, dtype=PYTHON_TEXT)


def _tool_column(tools: Ints) -> pd.api.extensions.ExtensionArray:
    """Return tool indices as a nullable `Int16` array in which `NO_TOOL` is missing."""
    return pd.arrays.IntegerArray(tools.astype(np.int16), tools == NO_TOOL)


@cache
def _no_chunks() -> pd.DataFrame:
    return pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
