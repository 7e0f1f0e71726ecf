"""One stream: a response that arrived as events, decoded, timed and measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from viewer.streams import notebook_hook
from viewer.streams.columns import Columns
from viewer.streams.cost import Cost, price
from viewer.streams.hidden_reasoning import HiddenReasoning
from viewer.streams.recorded_at import first_stamp_s
from viewer.streams.timing.metrics import measure
from viewer.streams.timing.silences import Silences, find_silences
from viewer.streams.timing.timed_rows import Timed
from viewer.streams.timing.timing import Timing
from viewer.types.chunk_table import KINDS
from viewer.types.http import RecordedTimes
from viewer.types.measure import Measure
from viewer.types.problems import Problem
from viewer.types.replies import StreamError, ToolCall, ToolStep
from viewer.types.usage import Usage

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Stream:
    """One decoded stream."""

    interaction: int
    """Index into `cassette.interactions`."""
    protocol: str
    provider: str | None
    model: str | None
    columns: Columns = field(repr=False)
    tool_calls: list[ToolCall] = field(repr=False)
    finish_reason: str | None
    """Of choice 0, as the provider wrote it; None if the stream has none."""
    error: StreamError | None
    usage: Usage | None = field(repr=False)
    hidden: HiddenReasoning | None
    timing: Timing = field(repr=False)
    timed: Timed = field(repr=False)
    """The columns from which `metrics` and `silences` are computed."""
    recorded_times: RecordedTimes = field(repr=False)
    complete: bool = field(repr=False)
    """Whether the stream reached its protocol's end without an error."""
    events_left_out: int = field(repr=False)
    """How many of the last events were not read because a limit was exceeded."""
    recorded_at_s: float | None = field(repr=False)
    """In epoch seconds, as `viewer.streams.recorded_at` finds it; None if the cassette does not say."""
    problems: list[Problem] = field(repr=False)
    has_think_tags: bool = field(default=False, repr=False)
    """Whether content begins with thinking in tags, even if it is shown as reasoning."""
    tool_steps: Sequence[ToolStep] = field(default=(), repr=False)
    """What tools that the provider or the agent runs were given and returned, in the stream itself."""

    @cached_property
    def chunks(self) -> "pd.DataFrame":
        """The chunk table. `viewer.types.chunk_table` describes its columns."""
        from viewer.streams.chunk_frame import to_dataframe  # noqa: PLC0415 - imports pandas

        return to_dataframe([self.columns])

    @cached_property
    def metrics(self) -> Mapping[str, Measure]:
        """How fast the stream was: each figure by name."""
        return measure(self.timed, self.recorded_times, self.hidden, self.usage)

    @cached_property
    def silences(self) -> Silences:
        """When the stream showed nothing: silent events, comments and gaps."""
        return find_silences(self.timed)

    @property
    def stamp_s(self) -> float | None:
        """The server's first time on an event, in epoch seconds; None if it stamped none."""
        return first_stamp_s(self.columns.stamp)

    @cached_property
    def cost(self) -> Cost:
        """What the stream cost, or why that is not known."""
        return price(self.usage, self.provider, self.model, self.recorded_at_s)

    def _repr_html_(self) -> str | None:
        return notebook_hook.show("stream", self)

    def text(self, kind: str = "content", choice: int = 0) -> str:
        """Return the assembled text of one kind and choice. Raise `ValueError` if there is no such kind."""
        if kind not in KINDS:
            raise ValueError(f"there is no kind {kind!r}; the kinds are {', '.join(KINDS)}")
        rows = (self.columns.kind == KINDS.index(kind)) & (self.columns.choice == choice)
        return "".join(self.columns.text[rows].tolist()) if rows.any() else ""


def join_chunks(streams: Sequence[Stream]) -> "pd.DataFrame":
    """Return the chunk tables of several streams as one table, in order."""
    from viewer.streams.chunk_frame import to_dataframe  # noqa: PLC0415 - imports pandas

    if len(streams) == 1:
        # The columns are shared until one of the two tables is written to.
        return streams[0].chunks.copy(deep=False)
    return to_dataframe([stream.columns for stream in streams])
