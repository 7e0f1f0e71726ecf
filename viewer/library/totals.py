"""What many streams amount to: tokens, cost, how many of each sort, and their times, each grade by itself."""

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
    """Hold the sums over a selection of rows."""

    tokens: "pd.Series[int]" = field(repr=False)
    """By column. Reasoning and hidden are part of the output, cache of the input: they are not to be added to these."""
    counted: int
    """How many rows report tokens; the rest add nothing to the sums."""
    cost_usd: float
    estimated_usd: float
    """How much of it is by the price list, and not the provider's own."""
    unpriced: int
    """How many rows have no cost."""
    by_kind: "pd.Series[int]" = field(repr=False)
    by_provider: "pd.Series[int]" = field(repr=False)
    by_protocol: "pd.Series[int]" = field(repr=False)
    by_grade: "pd.Series[int]" = field(repr=False)
    """Numbers of rows, largest first; grades in their order, and rows of answers and errors have none."""


def totals(streams: pd.DataFrame) -> Totals:
    """Return what rows of a library add up to; a selection of them is a frame too."""
    tokens = streams[list(TOKENS)]
    cost = streams["cost_usd"]
    return Totals(
        tokens=tokens.sum().astype("int64"),
        counted=int(tokens.notna().any(axis="columns").sum()),
        cost_usd=float(cost.sum()),
        estimated_usd=float(cost[streams["cost_is_estimate"].fillna(value=False)].sum()),
        unpriced=int(cost.isna().sum()),
        by_kind=streams["kind"].value_counts(sort=False),
        by_provider=streams["provider"].value_counts(dropna=False).astype("int64"),
        by_protocol=streams["protocol"].value_counts(dropna=False).astype("int64"),
        by_grade=streams["grade"].value_counts(sort=False),
    )


def quantiles(streams: pd.DataFrame, what: str = "ttft") -> pd.DataFrame:
    """Return how a time is distributed, a row for each grade in which it has a value: never over two grades together.

    Columns are `streams` (int64), and `low`, `p50`, `p90`, `p99` and `high` (float64, s; numpy's linear rule). A mere bound
    is no value and does not count; a paced stream has none.

    Args:
        streams: rows of a library.
        what: "ttft", or "length", first to last chunk.
    """
    known = streams.loc[streams[f"{what}_s"].notna(), [f"{what}_s", f"{what}_grade"]]
    by_grade = known.groupby(f"{what}_grade", observed=True)[f"{what}_s"]
    table = pd.DataFrame({"streams": by_grade.count().astype("int64"), "low": by_grade.min()})
    for name, share in QUANTILES.items():
        table[name] = by_grade.quantile(share)
    table["high"] = by_grade.max()
    table.index = pd.Index(table.index.astype("string"), name="grade")
    return table.reindex([grade for grade in GRADES if grade in table.index])
