"""Totals over many streams: tokens, cost, how many there are of each kind, and their times, each grade by itself."""

from dataclasses import dataclass, field

import pandas as pd

from viewer.types.chunk_table import GRADES

TOKENS = (
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "hidden_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
)
QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Sums over a selection of rows."""

    tokens: "pd.Series[int]" = field(repr=False)
    """By column. Reasoning and hidden tokens are part of the output, cached ones part of the input: do not add them again."""
    counted: int
    """How many rows report tokens; the others add nothing to the sums."""
    cost_usd: float
    unpriced: int
    """How many rows have no cost."""
    by_kind: "pd.Series[int]" = field(repr=False)
    by_grade: "pd.Series[int]" = field(repr=False)
    """Numbers of rows, in the order of the categories. Rows of answers and errors have no grade."""


def add_up(streams: pd.DataFrame) -> Totals:
    """Return the totals of `Library.streams`, or of a selection of its rows."""
    tokens = streams[list(TOKENS)]
    cost = streams["cost_usd"]
    return Totals(
        tokens=tokens.sum().astype("int64"),
        counted=int(tokens.notna().any(axis="columns").sum()),
        cost_usd=float(cost.sum()),
        unpriced=int(cost.isna().sum()),
        by_kind=streams["kind"].value_counts(sort=False),
        by_grade=streams["grade"].value_counts(sort=False),
    )


def quantiles(streams: pd.DataFrame, what: str = "ttft") -> pd.DataFrame:
    """Return the distribution of a time, one row for each grade that has values. Grades are never mixed.

    Columns are `streams` (int64), and `low`, `p50`, `p90`, `p99` and `high` (float64, s; numpy's linear rule). Rows with only
    bounds have no value and do not count. Paced streams have none.

    Args:
        streams: rows of `Library.streams`.
        what: "ttft", or "length" for the time from first to last chunk.
    """
    known = streams.loc[streams[f"{what}_s"].notna(), [f"{what}_s", f"{what}_grade"]]
    by_grade = known.groupby(f"{what}_grade", observed=True)[f"{what}_s"]
    table = pd.DataFrame({"streams": by_grade.count().astype("int64"), "low": by_grade.min()})
    for name, share in QUANTILES.items():
        table[name] = by_grade.quantile(share)
    table["high"] = by_grade.max()
    table.index = pd.Index(table.index.astype("string"), name="grade")
    return table.reindex([grade for grade in GRADES if grade in table.index])
