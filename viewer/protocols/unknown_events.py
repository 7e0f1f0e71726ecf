"""Events of a known protocol whose type is unknown. Those with a text are shown, and reported once."""

from typing import Any

from viewer.protocols.reading import Reading
from viewer.text.json import as_text, items
from viewer.types.chunk_table import OTHER
from viewer.types.problems import Problem
from viewer.wire import Events

_TEXT_FIELDS = frozenset(
    {"answer", "content", "delta", "message", "output", "reasoning", "text", "thinking", "thought"}
)
_MAX_DEPTH = 6
_MAX_NAMES = 4


class UnknownEvents:
    """Collect the types that a protocol does not know, so that one problem names them all."""

    def __init__(self, events: Events, reading: Reading) -> None:
        self._events = events
        self._reading = reading
        self._first: dict[str, int] = {}
        """The first event of each type that has a text."""

    def add(self, event: int, kind: Any, payload: Any, *, stamp: float | None = None) -> None:
        """Add a row of kind other. If the payload has a text, the row holds the payload as JSON."""
        has_text = bool(payload) if isinstance(payload, str) else _has_text(payload)
        if has_text:
            self._first.setdefault(as_text(kind) or "unnamed", event)
        self._reading.add(event, OTHER, as_text(payload) if has_text else "", stamp=stamp)

    def report(self) -> None:
        """Report the types, if any."""
        if not self._first:
            return
        names = ", ".join(list(self._first)[:_MAX_NAMES])
        message = f"The stream has events of a type that is not known ({names}), so no text was read from them."
        advice = "They are shown as rows of kind other, with their payload as text."
        offset = int(self._events.offset[min(self._first.values())])
        self._reading.problems.append(Problem("warning", message, advice, offset=offset))


def _has_text(value: Any, depth: int = _MAX_DEPTH) -> bool:
    """Tell whether a field that usually holds a text holds one, at any place that is not nested too deeply."""
    if isinstance(value, dict):
        if any(value[name] and isinstance(value[name], str) for name in _TEXT_FIELDS & value.keys()):
            return True
        value = list(value.values())
    return depth > 0 and any(_has_text(item, depth - 1) for item in items(value))
