"""What is said of server-sent events that depart from the standard, and how text outside of events is put together."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from viewer.text.words import counted
from viewer.types.problems import Problem
from viewer.wire.sse_columns import UnitColumns
from viewer.wire.sse_units import Departure, Oddity, Unit

_MAX_QUOTED = 200
# A body may hold such a text before every event. The first ones tell what they are.
_MAX_STRAY = 5
_IGNORED = "Clients that follow the standard ignore it."

_MESSAGES = {
    Departure.ONE_LINE_END: (
        "Events follow each other without a blank line ({count}), which the standard reads as one event that is not JSON.",
        "Each line of data is read as an event, as by clients that read line by line.",
    ),
    Departure.ON_ONE_LINE: (
        "Several fields of events stand on one line ({count}).",
        "They are read as if each had its own line. The recorder may have folded the lines.",
    ),
    Departure.SEVERAL_VALUES: (
        "A payload holds several JSON values, one after another ({count}).",
        "Each value is read as an event. Most SDKs cannot read such a payload.",
    ),
    Departure.PREFIX_TWICE: (
        "The prefix `data:` is written twice ({count}).",
        "The second one is left out. Clients that follow the standard cannot read the payload.",
    ),
    Departure.INDENTED: (
        "Fields of events are indented ({count}).",
        "The spaces before them are left out. Clients that follow the standard ignore such fields.",
    ),
    Departure.ERROR_FIELD: (
        "An error was sent in a field `error`, which the standard does not know ({count}).",
        "It is shown as an error. Clients that follow the standard ignore it.",
    ),
}
"""The message and advice of each departure that does not hide any text."""


def as_columns(units: Sequence[Unit]) -> UnitColumns:
    """Return units as columns."""
    return UnitColumns(
        [unit.offset for unit in units],
        [unit.name for unit in units],
        [unit.data for unit in units],
        {index: unit.oddities for index, unit in enumerate(units) if unit.oddities},
    )


def as_units(columns: UnitColumns) -> list[Unit]:
    """Return columns as units."""
    rows = zip(map(int, columns.offset), columns.name, columns.data, strict=True)
    return [Unit(*row, columns.oddities.get(index, ())) for index, row in enumerate(rows)]


def join_stray_text(columns: UnitColumns) -> UnitColumns:
    """Join text outside of events over blank lines to one unit. Without any event it is not a unit with data."""
    if not any(_is_stray(oddities) for oddities in columns.oddities.values()):
        return columns
    units = as_units(columns)
    if not any(unit.name and unit.data is not None for unit in units):
        return as_columns([Unit(unit.offset, "", None) for unit in units])
    joined: list[Unit] = []
    parts: list[bytes] = []
    for unit in units:
        # A line such as `color: red` has the form of a field, but it continues the text before it.
        texts = [oddity.text for oddity in unit.oddities if oddity.text]
        if parts and not unit.name and texts:
            parts += texts
            continue
        _end_text(joined, parts)
        parts = texts if _is_stray(unit.oddities) else []
        joined.append(unit)
    _end_text(joined, parts)
    return as_columns(joined)


def _end_text(units: list[Unit], parts: list[bytes]) -> None:
    """Give the last unit the text of its parts."""
    if len(parts) > 1:
        text = b"\n\n".join(parts)
        units[-1] = units[-1]._replace(data=text, oddities=(Oddity(Departure.STRAY_TEXT, text),))


def _is_stray(oddities: Sequence[Oddity]) -> bool:
    return any(oddity.departure is Departure.STRAY_TEXT for oddity in oddities)


def oddity_problems(columns: UnitColumns) -> Iterator[Problem]:
    """Yield a warning for each text outside of events, and a note for each other departure and each unknown field."""
    found: dict[tuple[Departure, bytes], list[_Place]] = {}
    for index, oddities in columns.oddities.items():
        for departure, text in oddities:
            field = text.partition(b":")[0] if departure is Departure.UNKNOWN_FIELD else b""
            found.setdefault((departure, field), []).append(_Place(int(columns.offset[index]), text))
    for (departure, field), places in found.items():
        if departure is Departure.STRAY_TEXT:
            yield from _stray_problems(places)
        elif departure is Departure.UNKNOWN_FIELD:
            message = f"The standard does not know the field {_quote(field)} ({counted(len(places), 'line')})"
            yield Problem("note", f"{message}: {_quote(places[0].text)}.", _IGNORED, offset=places[0].offset)
        else:
            message, advice = _MESSAGES[departure]
            count = counted(len(places), "event")
            yield Problem("note", message.format(count=count), advice, offset=places[0].offset)


class _Place(NamedTuple):
    offset: int
    text: bytes


def _stray_problems(places: list[_Place]) -> Iterator[Problem]:
    advice = f"{_IGNORED} It is shown as a row of its own."
    for offset, text in places[:_MAX_STRAY]:
        yield Problem("warning", f"Text stands outside of every event: {_quote(text)}.", advice, offset=offset)
    if len(places) > _MAX_STRAY:
        rest = places[_MAX_STRAY:]
        message = f"{counted(len(rest), 'more text')} stand outside of every event."
        yield Problem("warning", message, "Each is shown as a row of its own.", offset=rest[0].offset)


def _quote(text: bytes) -> str:
    quoted = " ".join(text.decode(errors="replace").split())
    return f"“{quoted[: _MAX_QUOTED - 1]}…”" if len(quoted) > _MAX_QUOTED else f"“{quoted}”"
