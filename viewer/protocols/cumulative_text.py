"""Texts that every event repeats from the start, as older protocols send them."""

from collections.abc import Sequence
from itertools import pairwise

from viewer.protocols.reading import Reading
from viewer.types.chunk_table import CONTENT, NO_TOOL, OTHER
from viewer.types.problems import Problem
from viewer.wire import Events


class CumulativeText:
    """A text that grows from event to event. Each event adds only what is new.

    If a text does not continue the one before, clients show the new one. So what it leaves out is taken back.
    """

    def __init__(self, reading: Reading, kind: int = CONTENT, *, choice: int = 0, tool: int = NO_TOOL) -> None:
        self._reading = reading
        self._kind = kind
        self._choice = choice
        self._tool = tool
        self._parts: list[str] = []
        """The shown text, in pieces that are joined only when the whole is needed."""
        self._rows: list[int] = []
        """The rows that hold parts of the shown text."""
        self._has_problem = False

    @property
    def shown(self) -> str:
        """The text so far."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0] if self._parts else ""

    def append(self, event: int, added: str, *, stamp: float | None = None) -> None:
        """Add a text that continues the one before: one row, or none if it is empty."""
        if not added:
            return
        self._parts.append(added)
        self._rows.append(len(self._reading.kind))
        self._reading.add(event, self._kind, added, choice=self._choice, tool=self._tool, stamp=stamp)

    def update(self, events: Events, event: int, text: str, *, stamp: float | None = None) -> None:
        """Add what is new in the whole text: one row, or none."""
        shown = self.shown
        if text and text == shown:
            self._reading.repeating.add(event)
        if not text.startswith(shown):
            kept = 0 if self._is_interleaved() else _common_length(shown, text)
            self._take_back(len(shown) - kept)
            self._parts = [text[:kept]]
            self._report(events, event)
        self.append(event, text[len(self.shown) :], stamp=stamp)

    def _is_interleaved(self) -> bool:
        """Tell whether another text came in between, so that what both texts share can no longer stand before the new end."""
        rows = set(self._rows)
        between = range(min(rows, default=0), len(self._reading.kind))
        return any(self._reading.kind[row] == self._kind and row not in rows for row in between)

    def _take_back(self, excess: int) -> None:
        """Remove the last characters from the rows. A row of which nothing is kept becomes kind other, with its text."""
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


def is_cumulative(texts: Sequence[str]) -> bool:
    """Tell whether each text repeats the one before from the start and at least one goes on. Empty texts do not count."""
    present = [text for text in texts if text]
    grows = len(present) > 1 and len(present[-1]) > len(present[0])
    return grows and all(later.startswith(earlier) for earlier, later in pairwise(present))


def _common_length(first: str, second: str) -> int:
    """Return how many characters two texts share from the start."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(first), len(second)))
