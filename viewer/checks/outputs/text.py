"""Violations as text for a terminal, grouped by file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from viewer.checks.violation import Level, Violation
from viewer.text.ansi import BOLD, DIM, RED, YELLOW, painter
from viewer.text.words import counted

_STYLES: dict[Level, str] = {"fail": RED, "warn": YELLOW}


def lines_of_file(violations: Sequence[Violation], told: set[str], *, coloured: bool) -> Iterator[str]:
    """Yield the file of some violations, and below it a line for each: place, level, rule and message.

    Advice follows where it is given first. `told` holds what was given before, and gets what is given here.
    """
    paint = painter(coloured=coloured)
    yield paint(violations[0].file, BOLD)
    places = [_place(one) for one in violations]
    place_width = max(map(len, places))
    rule_width = max(len(one.rule) for one in violations)
    for place, one in zip(places, violations, strict=True):
        level = paint(one.level, _STYLES[one.level])
        head = f"  {paint(place.ljust(place_width), DIM)}{'  ' * bool(place_width)}{level}  {paint(one.rule.ljust(rule_width), '')}"
        advice = "" if one.advice in told else one.advice
        told.add(one.advice)
        yield f"{head}  {paint(one.message, '')} {paint(advice, DIM)}".rstrip()


def counts_line(violations: Iterable[Violation], recordings: int, *, known: int = 0, coloured: bool = False) -> str:
    """Return how much was found, as the last line. `known` counts what a baseline holds."""
    levels = Counter(one.level for one in violations)
    paint = painter(coloured=coloured)
    in_baseline = f", {known:,} more in the baseline" if known else ""
    checked = f"{counted(recordings, 'recording')} checked{in_baseline}."
    if not levels and not recordings:
        return "No recordings were checked."
    if not levels:
        return f"Nothing found: {checked}"
    parts = [paint(_said(levels[level], level), style) for level, style in _STYLES.items() if levels[level]]
    return f"{counted(levels.total(), 'violation')} ({', '.join(parts)}): {checked}"


def _said(count: int, level: Level) -> str:
    return f"{count:,} {level}{'s' * (count == 1)}"


def _place(violation: Violation) -> str:
    """Return the line in the file, or the interaction if the line is not known."""
    if violation.line is not None:
        return f"line {violation.line}"
    return "" if violation.interaction is None else f"interaction {violation.interaction}"
