"""A span of a trace, in whichever format the trace is."""

from dataclasses import dataclass
from typing import Literal

from viewer.cassettes.fields import elapsed_s
from viewer.types.chunk_table import Grade
from viewer.types.http import Interaction, Moment, RecordedTimes

SpanKind = Literal["model", "tool", "agent", "other"]


@dataclass(frozen=True, slots=True)
class Span:
    """One span of a trace."""

    kind: SpanKind
    id: str = ""
    parent: str = ""
    """The id of the span around it; "" if there is none."""
    trace: str = ""
    name: str = ""
    """Of the tool, the agent or, for another span, of the span."""
    started: Moment | None = None
    ended: Moment | None = None
    interaction: Interaction | None = None
    """For a call of a model, the call."""
    call_id: str = ""
    """For a tool, the id of the tool call that it answers."""
    arguments: str = ""
    """For a tool, what it was given, if the trace says."""
    ran_s: float | None = None
    """For a tool, how long it ran, if the trace says so apart from the span's own times."""
    is_error: bool = False
    session_id: str = ""
    """The session, thread or conversation that it belongs to, if the trace names one."""
    grade: Grade = "measured"
    """How its times are known. Tracing libraries time the calls themselves."""


def times_of(started: Moment | None, ended: Moment | None, first: Moment | float | None = None) -> RecordedTimes:
    """Return the times of a call. `first` is when its first chunk came: a moment, or the seconds since it started."""
    first_s = elapsed_s(started, first) if isinstance(first, Moment) else first
    return RecordedTimes(first_s=first_s, whole_s=elapsed_s(started, ended), started=started, ended=ended)
