"""Texts that every event repeats from the start, as older protocols send them."""

from viewer.protocols.reading import Reading
from viewer.types.chunk_table import CONTENT, OTHER
from viewer.types.problems import Problem
from viewer.wire import Events


class CumulativeText:
    """A text that grows from event to event. Each event adds only what is new.

    If a text does not continue the one before, clients show the new one. So what it leaves out is taken back.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shown = ""
        self._rows: list[int] = []
        """The rows that hold parts of the shown text."""
        self._has_problem = False

    def update(self, events: Events, event: int, text: str) -> None:
        """Add what is new in the text: one row, or none."""
        if not text.startswith(self._shown):
            self._take_back(_common_length(self._shown, text))
            self._report(events, event)
        added = text[len(self._shown) :]
        self._shown = text
        if added:
            self._rows.append(len(self._reading.kind))
            self._reading.add(event, CONTENT, added)

    def _take_back(self, length: int) -> None:
        """Keep only the first characters of the shown text. A row of which nothing is kept becomes kind other, with its text."""
        excess = len(self._shown) - length
        self._shown = self._shown[:length]
        while excess:
            row = self._rows[-1]
            text = self._reading.text[row]
            if len(text) > excess:
                self._reading.text[row] = text[:-excess]
                return
            self._reading.kind[row] = OTHER
            self._rows.pop()
            excess -= len(text)

    def _report(self, events: Events, event: int) -> None:
        """Report the first text that replaces another."""
        if self._has_problem:
            return
        self._has_problem = True
        message = f"Event {event} replaces the text before it instead of continuing it."
        advice = "The new text is shown, as in a client. What it leaves out is kept as rows of kind other."
        self._reading.problems.append(Problem("note", message, advice, offset=int(events.offset[event])))


def _common_length(first: str, second: str) -> int:
    """Return how many characters two texts share from the start."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))
