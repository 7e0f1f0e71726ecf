"""The ruler of the picture: the same steps and labels as that of the deck (`deck/axis.js`)."""

import math
from typing import NamedTuple

from viewer.display.drawing import Axis
from viewer.text.words import number


class Tick(NamedTuple):
    """One mark of a ruler."""

    place: float
    label: str


def ticks(end: float, most: int, axis: Axis) -> list[Tick]:
    """Return at most about so many ticks from 0 to the end of an axis."""
    step = _nice_step(end, most, axis)
    return [Tick(index * step, _label(index * step, step, axis)) for index in range(math.floor(end / step + 1e-9) + 1)]


def _nice_step(span: float, most: int, axis: Axis) -> float:
    least = span / most
    power = 10.0 ** math.floor(math.log10(least))
    step = next(one * power for one in (1, 2, 5, 10) if one * power >= least * (1 - 1e-9))
    return max(1.0, step) if axis == "chunks" else step


def _label(place: float, step: float, axis: Axis) -> str:
    if axis == "chunks":
        return number(place)
    if not place:
        return "0 s"
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    if place < 60:
        return f"{place:.{digits}f} s"
    minutes = int(place / 60 + 1e-9)
    return f"{minutes}:{place - 60 * minutes:0{digits + 3 if digits else 2}.{digits}f}"
