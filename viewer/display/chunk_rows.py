"""Rows of the chunk table in the short form that `table_cells.js` shows."""

from typing import Any

import numpy as np
import pandas as pd

from viewer.display.packing import packed
from viewer.text.safe import well_formed
from viewer.types.chunk_table import Floats

_MICRO = 1e6
_MILLI = 1e3


def packed_table(chunks: pd.DataFrame) -> dict[str, Any]:
    """Return rows of the chunk table: times and stamps in microseconds, tokens in thousandths, unknown values as None."""
    columns = {
        **{name: chunks[name].tolist() for name in ("event", "choice", "offset", "size")},
        **{name: chunks[name].cat.codes.tolist() for name in ("kind", "grade")},
        **{name: _whole(chunks[name].to_numpy(), _MICRO) for name in ("t", "t_low", "t_high", "stamp")},
        "tokens": _whole(chunks["tokens"].to_numpy(), _MILLI),
        "tool": [None if tool < 0 else tool for tool in chunks["tool"].fillna(-1).tolist()],
    }
    texts = [well_formed(text) for text in chunks["text"].tolist()]
    return {
        "count": len(chunks),
        "columns": {"text": texts, **{name: packed(values) for name, values in columns.items()}},
    }


def _whole(values: Floats, scale: float) -> list[int | None]:
    known = np.isfinite(values)
    whole = np.rint(np.where(known, values, 0.0) * scale).astype(np.int64)
    return [value if is_known else None for value, is_known in zip(whole.tolist(), known.tolist(), strict=True)]
