"""Percentiles of figures over many answers of models, in groups, with bounds that hold the truth.

    answers = viewer.open_many("cassettes/")
    for group in statistics_of(answers, by="model"):
        print(group.name, group.figures["ttft"].percentiles["p90"])

Few recordings hold times, and many of those hold only bounds. So each percentile has bounds, and a best value only where enough is
measured. A figure that most answers of a group do not support has no percentiles, but the number of those that support it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from viewer.text.words import LABELS
from viewer.types.chunk_table import GRADES, Floats, Grade
from viewer.types.measure import Measure, unknown

Grouping = Literal["model", "prompt", "day", "provider"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
COUNTS = {
    "input_tokens": "tokens",
    "output_tokens": "tokens",
    "reasoning_tokens": "tokens",
    "cache_read_tokens": "tokens",
    "cost_usd": "USD",
}
"""The figures that do not depend on time, with their units. They are columns of `viewer.open_many` under the same names."""

TIMES = tuple(name for name in LABELS if name != "chunks_per_second")
"""The figures that depend on time. The chunk rate is not one of them: whole-second stamps give that of the full seconds, not of the
whole stream, so that one percentile would mix two figures."""

# Those of single events. A value of another grade is a guess within its bounds.
_SURE_GRADES: tuple[Grade, ...] = ("measured", "stamped")
# How far a best value may be from the percentile that the answers without one would give, relative to it: two digits are certain.
_MAX_SHIFT = 0.05


@dataclass(frozen=True, slots=True)
class FigureStatistics:
    """The percentiles of one figure over the answers of a group."""

    unit: str
    known: int
    """How many answers have a value or a bound of it. The percentiles are of these."""
    of: int
    """How many answers could have it: the streams for a figure of time, all answers for tokens and cost."""
    grades: Mapping[Grade, int] = field(default_factory=dict)
    """How many of the known ones have each grade. Empty for tokens and cost."""
    percentiles: Mapping[str, Measure] = field(default_factory=dict)
    """By name, as in `PERCENTILES`. Empty if fewer than half of the answers support the figure. Their grade is the least sure of the
    known ones; None for tokens and cost."""


@dataclass(frozen=True, slots=True)
class GroupStatistics:
    """The figures of the answers that share a model, a prompt, a day or a provider."""

    name: str | None
    """What they share; None if the recordings do not say, or if all answers are one group."""
    recordings: int
    answers: int
    """Streams and answers that arrived at once. Those left out do not count."""
    streams: int
    left_out: int
    """Answers that ended in an error or were cut off: their tokens and times are not those of a whole answer."""
    estimated_costs: int
    """How many of the costs are calculated from prices, not reported by the provider."""
    figures: Mapping[str, FigureStatistics] = field(repr=False)
    """By name: those of `TIMES` that the table has, then `COUNTS`."""


def statistics_of(answers: pd.DataFrame, by: Grouping | None = None) -> list[GroupStatistics]:
    """Return the percentiles of all figures in each group: days in order, other groups with the most answers first.

    Args:
        answers: rows of `viewer.open_many`, or a selection of them.
        by: what the answers of a group share; None for one group of all. "day" is the day in UTC on which they were recorded.
            "prompt" needs a column of that name, which `viewer.library.prompts` has the texts for.
    """
    if answers.empty:
        return []
    if by is None:
        return [_group(None, answers)]
    names = answers["recorded_at"].dt.strftime("%Y-%m-%d").astype("string") if by == "day" else answers[by]
    groups = [
        _group(None if pd.isna(name) else str(name), rows)
        for name, rows in answers.groupby(names, sort=True, dropna=False)
    ]
    if by != "day":
        # Sorting is stable, so groups of the same size stay in the order of their names.
        groups.sort(key=lambda group: -group.answers)
    return sorted(groups, key=lambda group: group.name is None)


def answers_in(streams: pd.DataFrame) -> pd.DataFrame:
    """Return rows of `Library.streams`, whose only times are `ttft` and `stream_time`, as `statistics_of` takes them."""
    columns = {"name": "file"}
    for figure, column in (("ttft", "ttft"), ("stream_time", "length")):
        columns |= {f"{column}{part}_s": f"{figure}{part}" for part in ("", "_low", "_high")}
        columns[f"{column}_grade"] = f"{figure}_grade"
    return streams.rename(columns=columns).assign(streamed=streams["kind"] == "stream")


def _group(name: str | None, rows: pd.DataFrame) -> GroupStatistics:
    is_whole = rows["error"].isna() & rows["complete"].fillna(value=True).astype(bool)
    whole = rows[is_whole]
    streams = whole[whole["streamed"]]
    figures = {figure: _of_times(streams, figure) for figure in TIMES if figure in streams}
    figures |= {figure: _of_counts(whole[figure], unit) for figure, unit in COUNTS.items()}
    return GroupStatistics(
        name=name,
        recordings=int(rows["file"].nunique()),
        answers=len(whole),
        streams=len(streams),
        left_out=len(rows) - len(whole),
        estimated_costs=int(whole["cost_is_estimate"].fillna(value=False).sum()),
        figures=figures,
    )


class _Known(NamedTuple):
    """What is known of a figure in each answer that says something of it."""

    low: Floats
    """0 if the recording has no lower bound: no figure is negative."""
    high: Floats
    """Infinite if there is no upper bound."""
    value: Floats
    """Not a number unless it is measured."""


def _of_times(streams: pd.DataFrame, figure: str) -> FigureStatistics:
    value, low, high = (_floats(streams[f"{figure}{part}"]) for part in ("", "_low", "_high"))
    grade = streams[f"{figure}_grade"]
    is_known = (np.isfinite(value) | (low > 0) | np.isfinite(high)) & (grade != "paced").fillna(value=False).to_numpy()
    low, high = np.where(np.isfinite(low), low, 0.0), np.where(np.isfinite(high), high, np.inf)
    # A value without an upper bound is the least it can be, such as a server's own time.
    is_sure = (grade.isin(_SURE_GRADES).to_numpy() & np.isfinite(high)) | (low == high)
    value = np.where(is_sure, value, np.nan)
    counted = grade[is_known].value_counts()
    grades = {grade: int(counted[grade]) for grade in GRADES if counted.get(grade, 0)}
    return _statistics(_Known(low[is_known], high[is_known], value[is_known]), len(streams), _unit(figure), grades)


def _of_counts(column: "pd.Series[Any]", unit: str) -> FigureStatistics:
    values = _floats(column)
    exact = values[np.isfinite(values)]
    return _statistics(_Known(exact, exact, exact), len(values), unit, {})


def _floats(column: "pd.Series[Any]") -> Floats:
    return column.to_numpy(dtype="float64", na_value=np.nan)


def _unit(figure: str) -> str:
    return "tokens/s" if figure.endswith("per_second") else "s"


def _statistics(known: _Known, of: int, unit: str, grades: Mapping[Grade, int]) -> FigureStatistics:
    count = len(known.low)
    if not count or 2 * count < of:
        return FigureStatistics(unit, count, of, grades)
    source = f"of the {count:,} of {of:,} answers that support the figure; percentiles by linear interpolation"
    percentiles = dict(
        zip(PERCENTILES, _measures(known, unit, max(grades, key=GRADES.index, default=None), source), strict=True)
    )
    return FigureStatistics(unit, count, of, grades, percentiles)


def _measures(known: _Known, unit: str, grade: Grade | None, source: str) -> Iterator[Measure]:
    """Yield each percentile with its bounds, and with a best value where enough is measured.

    The percentiles of the lower bounds and of the upper bounds hold that of the true values. For any k, the k-th smallest lower
    bound is not above the k-th smallest true value: k answers have a true value up to that one, and the lower bound of each is no
    higher. The same holds, the other way round, for upper bounds. A percentile is a mean of two neighbours in this order with
    weights that depend only on their number, so it keeps the order too. The bounds are also the tightest: each is the percentile
    if every true value lies at that end.

    For the best value, the answers without a measured one are put first at their lower, then at their upper bounds. If this moves
    the percentile by little, it is the middle of the two. So it lies within the bounds, and is exact if all are measured.
    """
    is_measured = np.isfinite(known.value)
    lows, highs, least, most = (
        percentiles(column)
        for column in (
            known.low,
            known.high,
            np.where(is_measured, known.value, known.low),
            np.where(is_measured, known.value, known.high),
        )
    )
    for low, high, from_least, from_most in zip(lows, highs, least, most, strict=True):
        is_enough = from_most - from_least <= _MAX_SHIFT * from_least
        value = (float(from_least) + float(from_most)) / 2 if is_enough else None
        if value is None and not low and np.isinf(high):
            yield unknown(unit, f"{source}; too few of them have bounds for this percentile")
            continue
        is_bounded = np.isfinite(high)
        # 0 as a lower bound says nothing, unless there is a value.
        yield Measure(
            value,
            float(low) if low or value is not None else None,
            float(high) if is_bounded else None,
            unit,
            grade,
            source,
        )


def percentiles(values: Floats) -> Floats:
    """Return `PERCENTILES` of values by linear interpolation, numpy's default. Unlike numpy, it takes infinite values."""
    ordered: npt.NDArray[np.float64] = np.sort(values)
    places = np.array(list(PERCENTILES.values())) * (len(ordered) - 1)
    below = ordered[np.floor(places).astype(int)]
    above = ordered[np.ceil(places).astype(int)]
    with np.errstate(invalid="ignore"):
        between: Floats = below + (above - below) * (places % 1)
    # Of two that are equal, also if both are infinite, the difference may be no number.
    return np.where(below == above, below, between)
