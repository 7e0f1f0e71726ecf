"""Columns of JSON data in a short form, which `deck/packing.js` unpacks."""

from typing import Any


def packed(values: list[Any]) -> Any:
    """Return a column as one value, as runs of values, or as differences of whole numbers, whichever is short."""
    if len(values) < 2:
        return values
    runs = [values[0], 0]
    for value in values:
        if value == runs[-2]:
            runs[-1] += 1
        else:
            runs += (value, 1)
    if len(runs) == 2:
        return {"all": values[0]}
    if len(runs) * 2 < len(values):
        return {"runs": runs}
    steps: list[int | None] = []
    before = 0
    for value in values:
        steps.append(None if value is None else value - before)
        before = before if value is None else value
    return {"steps": steps}
