"""The answer to a comparison in one line: which is faster, and by how much, as far as both recordings support it."""

from typing import NamedTuple

from viewer.comparison.comparison import Comparison
from viewer.comparison.figures import Difference, MetricRow
from viewer.comparison.side import Side
from viewer.text.words import MEANINGS, dollars, headline, is_least, number, quantity
from viewer.types.measure import Measure

# The time that a reader waits, then what is known without the request.
_TIMES = {"end_to_end": "answers in", "stream_time": "writes from its first to its last chunk in"}
_SHOWN_AS_TIMES = 3
_CANNOT_BE_TOLD = "Which is faster cannot be told."


class Summary(NamedTuple):
    """A comparison of B with A in words. It holds no recorded text."""

    lead: str
    """Which of the two is faster, or that this cannot be told."""
    line: str
    """The numbers, then what is the same and what differs."""


class _Speed(NamedTuple):
    """Who is faster: the reason if that cannot be told, otherwise the numbers."""

    lead: str
    reason: str
    numbers: tuple[str, ...] = ()


def summarise(one: Comparison) -> Summary:
    """Return the answer to a comparison."""
    lead, reason, times = _speed(one)
    numbers = [*times, *_rate(one), *_tokens(one), *_cost(one)]
    sentences = (reason, f"B {', '.join(numbers)}." if numbers else "", _sentence("; ".join(_rest(one))))
    return Summary(_failure(one) or lead, " ".join(filter(None, sentences)))


def unlike_times(one: Comparison) -> str:
    """Return why the times of two sides cannot be compared, or "" if they can."""
    for letter, side in (("A", one.left), ("B", one.right)):
        if side.stream is None:
            return f"{letter} was not streamed, so it has no times to compare."
    grades = [side.stream.timing.grade for side in (one.left, one.right) if side.stream]
    lacking = [letter for letter, grade in zip("AB", grades, strict=True) if grade == "paced"]
    if lacking:
        return f"{' and '.join(lacking)} {'hold' if len(lacking) > 1 else 'holds'} no times: the recorder did not write them."
    if grades[0] == grades[1]:
        return ""
    return f"The times of A are {grades[0]} ({MEANINGS[grades[0]]}), those of B {grades[1]} ({MEANINGS[grades[1]]})."


def is_told_apart(first: Measure, other: Measure, difference: Difference) -> bool:
    """Return whether two figures are known to differ: of the same grade, and with bounds that do not overlap."""
    return difference.relation in ("lower", "higher") and first.grade == other.grade


def percent(ratio: float | None) -> str:
    """Write a ratio as a change, such as "−38 %", or "12×" from three times. Return "" if it is not known, or too small to show."""
    if ratio is None:
        return ""
    if ratio >= _SHOWN_AS_TIMES:
        return f"{number(ratio)}×"
    change = round((ratio - 1) * 100)
    return f"{'−' if change < 0 else '+'}{abs(change):,} %" if change else ""


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _speed(one: Comparison) -> _Speed:
    """Return who is faster, and the numbers that show it or the reason why it cannot be told."""
    rows = [row for name in _TIMES if (row := _row(one, name)) and not {None, "paced"} & {*_grades(row)}]
    if not rows:
        return _Speed(_CANNOT_BE_TOLD, unlike_times(one) or "Not both recordings say how long they took.")
    # The time from the request may be known only at least, while that between chunks is known.
    row = next((row for row in rows if _is_told(row)), rows[-1])
    (first, other), [difference] = row.measures, row.differences
    if not _is_told(row):
        takes = f"{row.label}: A {_range(first)}, B {_range(other)}."
        why = "The bounds overlap." if first.grade == other.grade else unlike_times(one) or _unlike(row)
        return _Speed(_CANNOT_BE_TOLD, f"{takes} {why}")
    if difference.relation == "same":
        return _Speed("Both are equally fast.", "", (f"{_TIMES[row.name]} {headline(other)}, as A",))
    change = percent(difference.ratio)
    numbers = f"{_TIMES[row.name]} {headline(other)} instead of {headline(first)}{f' ({change})' if change else ''}"
    sooner, later = ("B", "A") if difference.relation == "lower" else ("A", "B")
    # Who writes less may be done sooner at a lower rate.
    lead = (
        f"{sooner} is done sooner, {later} writes faster." if _writes_faster(one) == later else f"{sooner} is faster."
    )
    return _Speed(lead, "", (numbers,))


def _writes_faster(one: Comparison) -> str:
    """Return who writes more tokens per second, or "" if that cannot be told."""
    row = _row(one, "tokens_per_second")
    if row is None or not is_told_apart(row.measures[0], row.measures[1], row.differences[0]):
        return ""
    return "B" if row.differences[0].relation == "higher" else "A"


def _is_told(row: MetricRow) -> bool:
    (first, other), [difference] = row.measures, row.differences
    is_same = difference.relation == "same" and first.grade == other.grade
    return is_same or is_told_apart(first, other, difference)


def _unlike(row: MetricRow) -> str:
    return f"It is {row.measures[0].grade} in A and {row.measures[1].grade} in B."


def _rate(one: Comparison) -> list[str]:
    row = _row(one, "tokens_per_second")
    if row is None or not _writes_faster(one):
        return []
    first, other = row.measures
    if first.value is None or other.value is None:
        return []
    return [f"at {number(other.value)} instead of {headline(first)}"]


def _tokens(one: Comparison) -> list[str]:
    row = next((row for row in one.usage if row.name == "output"), None)
    if row is None or None in row.counts:
        return []
    first, other = (count or 0 for count in row.counts)
    if first == other:
        return [f"writes {number(first)} tokens, as A"]
    return [f"writes {number(abs(other - first))} tokens {'more' if other > first else 'fewer'}"]


def _cost(one: Comparison) -> list[str]:
    [difference] = one.cost.differences
    if difference.delta is None:
        return []
    if not difference.delta:
        return ["costs the same"]
    note = "" if not any(cost.is_estimate for cost in one.cost.costs) else " (estimate)"
    return [f"costs {dollars(abs(difference.delta))} {'more' if difference.delta > 0 else 'less'}{note}"]


def _rest(one: Comparison) -> list[str]:
    parts = []
    if all(side.interaction.request.url or side.interaction.request.body for side in (one.left, one.right)):
        parts.append("different requests" if one.request.differs else "same request")
    if one.left.tool_calls or one.right.tool_calls:
        parts.append("tool calls differ" if one.tool_calls else "same tools")
    if one.texts:
        places = sum(segment.op != "equal" for text in one.texts for segment in text.diff.segments)
        parts.append(f"text differs in {number(places)} place{'s' * (places != 1)}")
    elif one.left.texts:
        parts.append("same text")
    if one.left.finish_reason != one.right.finish_reason:
        parts.append("they end for different reasons")
    return parts


def _failure(one: Comparison) -> str:
    failed = [letter for letter, side in (("A", one.left), ("B", one.right)) if _has_failed(side)]
    return f"{' and '.join(failed)} ended with an error." if failed else ""


def _has_failed(side: Side) -> bool:
    return side.error is not None


def _row(one: Comparison, name: str) -> MetricRow | None:
    return next((row for row in one.metrics if row.name == name), None)


def _grades(row: MetricRow) -> tuple[str | None, ...]:
    return tuple(measure.grade for measure in row.measures)


def _range(measure: Measure) -> str:
    low, high = measure.low, measure.high
    if low is None or high is None or is_least(measure):
        return f"at least {quantity(low, measure.unit)}" if low is not None and high is None else headline(measure)
    low_written, high_written = quantity(low, measure.unit), quantity(high, measure.unit)
    return headline(measure) if low_written == high_written else f"{low_written} to {high_written}"
