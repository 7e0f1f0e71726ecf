"""What is said of server-sent events that depart from the standard, and how text outside of events is put together."""

from collections.abc import Iterator, Sequence

from viewer.types.problems import Problem
from viewer.wire.sse_columns import UnitColumns
from viewer.wire.sse_units import Departure, Oddity, Unit

_MAX_QUOTED = 200
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
    """Yield a note for each departure from the standard, and a warning for each text outside of events."""
    first: dict[Departure, int] = {}
    counts: dict[Departure, int] = {}
    fields: set[bytes] = set()
    for index, oddities in columns.oddities.items():
        offset = int(columns.offset[index])
        for departure, text in oddities:
            if departure is Departure.STRAY_TEXT:
                message = f"Text stands outside of every event: {_quote(text)}."
                yield Problem("warning", message, f"{_IGNORED} It is shown as a row of its own.", offset=offset)
            elif departure is Departure.UNKNOWN_FIELD:
                name = text.partition(b":")[0]
                if name not in fields:
                    fields.add(name)
                    message = f"The standard does not know the field {_quote(name)}: {_quote(text)}."
                    yield Problem("note", message, _IGNORED, offset=offset)
            else:
                first.setdefault(departure, offset)
                counts[departure] = counts.get(departure, 0) + 1
    for departure, count in counts.items():
        message, advice = _MESSAGES[departure]
        times = "1 event" if count == 1 else f"{count:,} events"
        yield Problem("note", message.format(count=times), advice, offset=first[departure])


def _quote(text: bytes) -> str:
    quoted = " ".join(text.decode(errors="replace").split())
    return f"“{quoted[: _MAX_QUOTED - 1]}…”" if len(quoted) > _MAX_QUOTED else f"“{quoted}”"
