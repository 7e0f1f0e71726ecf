"""The rows of the chunk table that events add, column by column."""

from array import array
from dataclasses import dataclass, field
from math import nan
from typing import Any

from viewer.text.json import only_text
from viewer.types.chunk_table import NO_TOOL, SILENT


@dataclass(slots=True)
class EventRows:
    """The columns that a dialect fills. `viewer.types.chunk_table` says what they mean."""

    event: "array[int]" = field(default_factory=lambda: array("i"))
    choice: "array[int]" = field(default_factory=lambda: array("h"))
    kind: "array[int]" = field(default_factory=lambda: array("b"))
    text: list[str] = field(default_factory=list)
    tool: "array[int]" = field(default_factory=lambda: array("h"))
    stamp: "array[float]" = field(default_factory=lambda: array("d"))
    """NaN if the event has no timestamp."""

    def add(
        self,
        event: int,
        kind: int,
        text: str = "",
        *,
        choice: int = 0,
        tool: int = NO_TOOL,
        stamp: float | None = None,
    ) -> None:
        """Append one row."""
        self.event.append(event)
        self.choice.append(choice)
        self.kind.append(kind)
        self.text.append(text)
        self.tool.append(tool)
        self.stamp.append(nan if stamp is None else stamp)

    def add_text(self, event: int, kind: int, value: Any, *, choice: int = 0) -> None:
        """Append a row with a text, or a silent one if the value is empty or not a text."""
        text = only_text(value)
        self.add(event, kind if text else SILENT, text, choice=choice)

    def end_event(self, event: int, rows_before: int, stamp: float | None = None) -> None:
        """Add a silent row if an event has added none since `rows_before`, and give its rows their time."""
        if len(self.kind) == rows_before:
            self.add(event, SILENT)
        if stamp is not None:
            for row in range(rows_before, len(self.kind)):
                self.stamp[row] = stamp
