"""The totals of the library: streams, tokens, cost and time to first token."""

import pandas as pd

from viewer.display.nodes import Node, node
from viewer.library.totals import Totals, add_up, quantiles
from viewer.pages.parts.sheet import sheet
from viewer.text.words import MARKS, counted, dollars, number, seconds

# With fewer, p90 lies between the two highest values or is the only one.
_FEWEST_FOR_P90 = 10


def show_totals(streams: pd.DataFrame, total_rows: int) -> None:
    """Show the totals of some rows, out of `total_rows`, once there are any."""
    title = node("div", "title", node("h1", "", "Library"))
    if not total_rows:
        sheet([title], key="totals")
        return
    found = add_up(streams)
    by_kind = ", ".join(counted(int(count), str(kind)) for kind, count in found.by_kind.items() if count)
    kinds = f"of {number(total_rows)}" if len(streams) < total_rows else by_kind or "none"
    unpriced = f"{number(found.unpriced)} without a price" if found.unpriced else ""
    figures = [
        _figure("Streams and answers", number(len(streams)), kinds),
        _tokens("Input tokens", found, "input_tokens", "cache_read_tokens", "from cache"),
        _tokens("Output tokens", found, "output_tokens", "reasoning_tokens", "reasoning"),
        *([_figure("Cost", dollars(found.cost_usd), unpriced)] if found.unpriced < len(streams) else []),
        *_first_token(streams),
    ]
    sheet([title, node("dl", "figures", *figures)], key="totals")


def _figure(label: str, value: str, more: str) -> Node:
    return node("div", "figure", node("dt", "", label), node("dd", "", value), node("dd", "more", more))


def _tokens(label: str, found: Totals, column: str, part_column: str, part: str) -> Node:
    return _figure(label, number(int(found.tokens[column])), f"{number(int(found.tokens[part_column]))} {part}")


def _first_token(streams: pd.DataFrame) -> list[Node]:
    """Return the median of the best-known grade, or nothing without times. Times of different grades are never mixed."""
    if streams.empty:
        return []
    table = quantiles(streams)
    if table.empty:
        bounded = int(((streams["ttft_low_s"] > 0) | streams["ttft_high_s"].notna()).sum())
        return [_figure("Time to first token", "only bounds", f"of {counted(bounded, 'stream')}")] if bounded else []
    grade = str(table.index[0])
    best = table.iloc[0]
    count = int(best["streams"])
    more = f"median of {counted(count, 'stream')}"
    if count >= _FEWEST_FOR_P90:
        more += f", p90 {seconds(float(best['p90']))}"
    mark = MARKS.get(grade, "")  # type: ignore[call-overload]
    return [_figure("Time to first token", f"{seconds(float(best['p50']))} {mark}", more)]
