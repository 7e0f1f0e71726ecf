"""Columns as `viewer.display.packing` packs them."""

from typing import Any


def unpacked(packed: Any, count: int) -> list[Any]:
    """Return the values of a column, as `deck/packing.js` does."""
    if isinstance(packed, list):
        return packed
    if "all" in packed:
        return [packed["all"]] * count
    if "runs" in packed:
        runs = packed["runs"]
        return [value for value, times in zip(runs[::2], runs[1::2], strict=True) for _ in range(times)]
    values, before = [], 0
    for step in packed["steps"]:
        before += step or 0
        values.append(None if step is None else before)
    return values
