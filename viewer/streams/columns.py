"""The columns of one stream's chunk table as arrays. Making a data frame of them is left to `viewer.streams.chunk_frame`."""

from dataclasses import dataclass

from viewer.streams.timing.arrival import Arrival
from viewer.types.chunk_table import Floats, Ints, Texts, count_events


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The columns of one stream's chunk table. `viewer.types.chunk_table` describes them."""

    interaction: int
    event: Ints
    choice: Ints
    kind: Ints
    text: Texts
    tool: Ints
    tokens: Floats
    arrival: Arrival
    stamp: Floats
    offset: Ints
    size: Ints

    @property
    def event_count(self) -> int:
        """How many events have rows."""
        return count_events(self.event)
