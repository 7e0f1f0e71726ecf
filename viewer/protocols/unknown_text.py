"""Text in fields that a protocol does not have. No SDK reads it, but it must not vanish either."""

from typing import Any

from viewer.protocols.reading import Reading
from viewer.text.json import as_text
from viewer.types.chunk_table import OTHER, Ints
from viewer.types.problems import Problem

_MAX_NAMED = 4


class UnknownText:
    """The rows of such fields, and the one problem that names them."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._first_event: dict[str, int] = {}
        """By the name of the field."""

    def add(self, event: int, name: str, value: Any, *, choice: int = 0, stamp: float | None = None) -> bool:
        """Add a row of kind other if a field holds text, at any depth. Return whether it does."""
        if not holds_text(value):
            return False
        self._first_event.setdefault(name, event)
        self._reading.add(event, OTHER, as_text(value), choice=choice, stamp=stamp)
        return True

    def report(self, offsets: Ints) -> None:
        """Report the fields, given the offset of each event."""
        if not self._first_event:
            return
        names = ", ".join(f"`{name}`" for name in list(self._first_event)[:_MAX_NAMED])
        more = f" and {len(self._first_event) - _MAX_NAMED} more" if len(self._first_event) > _MAX_NAMED else ""
        fields = "a field" if len(self._first_event) == 1 else "fields"
        message = f"Text is in {fields} that the protocol does not have: {names}{more}."
        advice = "It is shown as rows of kind other, and is part of neither content nor reasoning."
        offset = int(offsets[min(self._first_event.values())])
        self._reading.problems.append(Problem("warning", message, advice, offset=offset))


def holds_text(value: Any) -> bool:
    """Tell whether a JSON value is a text that is not blank, or holds one."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            if one.strip():
                return True
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return False
