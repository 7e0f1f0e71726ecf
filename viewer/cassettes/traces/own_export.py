"""What our own export to OpenTelemetry says of the times of a span, in attributes under `cassette.`: docs/otlp.md.

OTLP demands an end of every span. Ours say whether it is the end of the call, and how both times are known.
"""

from viewer.cassettes.traces.attributes import Attributes, first_number
from viewer.types.chunk_table import GRADES, Grade
from viewer.types.http import Moment


def start_of(attributes: Attributes, started: Moment | None) -> Moment | None:
    """Return the start of a span, as coarse as the recording had it."""
    resolution_s = first_number(attributes, "cassette.time.start_resolution_s")
    if started is None or resolution_s is None:
        return started
    return Moment(started.epoch_s, max(started.resolution_s, resolution_s))


def end_of(attributes: Attributes, ended: Moment | None) -> Moment | None:
    """Return the end of a span. Return None if the call lasted longer than the span, or for an unknown time."""
    return ended if attributes.get("cassette.time.length_known", "whole") == "whole" else None


def grade_of(attributes: Attributes) -> Grade:
    """Return how the times of a span are known. Other libraries time the calls themselves."""
    told = attributes.get("cassette.time.grade", "measured")
    return next((grade for grade in GRADES if grade == told), "measured")


def ran_s_of(attributes: Attributes) -> float | None:
    """Return how long a tool itself ran, without the wait for permission, if the span says so."""
    return first_number(attributes, "cassette.tool.ran_s")
