"""How a number is written for a person: with its unit, three significant digits and the mark of its grade."""

import math

from viewer.types.chunk_table import Grade
from viewer.types.measure import Measure

MARKS: dict[Grade, str] = {"measured": "●", "stamped": "◐", "bounded": "↔", "span": "▭", "paced": "○"}

MEANINGS: dict[Grade, str] = {
    "measured": "the client recorded it",
    "stamped": "the server put its own time on each event",
    "bounded": "known to lie between bounds that the recording gives",
    "span": "only a total is recorded; spread over it by tokens",
    "paced": "speed not recorded; a nominal pace, good for the eye and for no figure",
}

NOTHING = "—"

LABELS = {
    "time_to_headers": "Time to headers",
    "ttft": "Time to first token",
    "time_to_first_output": "Time to first output",
    "thinking_time": "Thinking",
    "stream_time": "First to last chunk",
    "end_to_end": "End to end",
    "inter_chunk_mean": "Between chunks, mean",
    "inter_chunk_p50": "Between chunks, p50",
    "inter_chunk_p90": "Between chunks, p90",
    "inter_chunk_p99": "Between chunks, p99",
    "longest_stall": "Longest stall",
    "time_per_output_token": "Time per output token",
    "tokens_per_second": "Output rate",
    "reasoning_tokens_per_second": "Reasoning rate",
    "content_tokens_per_second": "Content rate",
    "chunks_per_second": "Chunk rate",
}
"""What each figure of `viewer.streams.timing.metrics` is called on a page."""


def number(value: float) -> str:
    """Write a number with three significant digits, whole numbers whole."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    digits = f"{value:.3g}"
    return f"{float(digits):,.0f}" if "e" in digits and abs(value) >= 1 else digits


def counted(count: int, what: str) -> str:
    """Write a number of things, `what` being the word for one of them."""
    return f"{number(count)} {what}{'s' * (count != 1)}"


def seconds(value: float) -> str:
    """Write a time in the unit in which it is read most easily."""
    if value >= 3600:
        hours, rest = divmod(round(value / 60), 60)
        return f"{hours:,} h {rest} min"
    if value >= 60:
        minutes, rest = divmod(round(value), 60)
        return f"{minutes} min {rest} s"
    if 0 < value < 0.1:
        return f"{number(value * 1000)} ms"
    digits = f"{value:.3g}"
    # 1.6 read to three digits is 1.60: the digit says how fine the number is.
    whole, _, fraction = digits.partition(".")
    return f"{whole}.{fraction:0<{max(0, 3 - len(whole.lstrip('0')))}} s" if len(whole) < 3 and value else f"{digits} s"


def dollars(value: float) -> str:
    """Write an amount of US dollars, small ones with two significant digits."""
    return f"${value:,.2f}" if value >= 0.1 or not value else f"${value:.{max(2, 1 - math.floor(math.log10(value)))}f}"


def quantity(value: float, unit: str) -> str:
    """Write a number with its unit."""
    return seconds(value) if unit == "s" else f"{number(value)} {unit}"


def headline(measure: Measure) -> str:
    """Write a measure in one short phrase; a bare bound as "≥ 0.193 s", what is not known as a dash."""
    if measure.value is not None and not is_least(measure):
        return quantity(measure.value, measure.unit)
    if measure.low and measure.high is not None:
        return f"{quantity(measure.low, measure.unit)} to {quantity(measure.high, measure.unit)}"
    if measure.low is not None and measure.high is None:
        return f"≥ {quantity(measure.low, measure.unit)}"
    if measure.high is not None:
        return f"≤ {quantity(measure.high, measure.unit)}"
    return NOTHING


def is_least(measure: Measure) -> bool:
    """Tell whether a measure's value is no more than its lower bound, as of a server's own time that the client waits beyond."""
    return measure.value is not None and measure.value == measure.low and measure.high is None


def bounds(measure: Measure) -> str:
    """Write what bounds a measure that has a value and is not exact; "" where there is nothing to add."""
    if measure.value is None or measure.low == measure.high or is_least(measure):
        return ""
    if measure.low is not None and measure.high is not None:
        low, high = quantity(measure.low, measure.unit), quantity(measure.high, measure.unit)
        return "" if low == high else f"{low} to {high}"
    if measure.low is not None:
        return f"at least {quantity(measure.low, measure.unit)}"
    return f"at most {quantity(measure.high, measure.unit)}" if measure.high is not None else ""


def explanation(measure: Measure) -> str:
    """Write in words what a measure rests on, for its tooltip."""
    parts = [measure.source]
    if measure.grade:
        parts.append(f"{measure.grade}: {MEANINGS[measure.grade]}")
    if limits := bounds(measure):
        parts.append(limits)
    elif measure.value is None and measure.low is not None and measure.high is None:
        parts.append("nothing bounds it from above")
    return "; ".join(parts)


def displayable(text: str) -> str:
    """Return text that can leave as UTF-8: half a surrogate pair, which a stream can hold, becomes U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def size(size_bytes: int) -> str:
    """Write a number of bytes."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    return f"{number(size_bytes / 1000)} kB" if size_bytes < 1_000_000 else f"{number(size_bytes / 1_000_000)} MB"
