"""Numbers written for people: three significant digits, a unit, and the mark of their grade."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from viewer.types.chunk_table import Grade
from viewer.types.measure import Measure

MARKS: dict[Grade, str] = {"measured": "●", "stamped": "◐", "bounded": "↔", "span": "▭", "paced": "○"}

MEANINGS: dict[Grade, str] = {
    "measured": "recorded by the client or a proxy",
    "stamped": "the time that the server or the program wrote on each event",
    "bounded": "known only within bounds",
    "span": "only totals are recorded; chunk times are estimated from tokens",
    "paced": "speed not recorded; replay uses a nominal pace",
}

NOTHING = "—"
_MIN_SHORTENED = 10_000

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
"""The name of each figure of `viewer.streams.timing.metrics` on a page."""

USAGE_LABELS = {
    "input": "input, including cached",
    "cache_read": "read from cache",
    "cache_write": "written to cache",
    "audio_input": "audio input",
    "output": "output, including reasoning",
    "reasoning": "reasoning",
    "audio_output": "audio output",
    "total": "total, as reported",
}
"""The name of each count of `viewer.types.usage.Usage`."""


def number(value: float) -> str:
    """Write a number with three significant digits, and whole numbers in full."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    digits = f"{value:.3g}"
    return f"{float(digits):,.0f}" if "e" in digits and abs(value) >= 1 else digits


def short_count(count: int) -> str:
    """Write a count in at most five characters up to 999 million, for narrow columns."""
    if count < _MIN_SHORTENED:
        return number(count)
    return f"{number(count / 1000)}k" if count < 999_500 else f"{number(count / 1_000_000)}M"


def counted(count: int, what: str) -> str:
    """Write a number of things. `what` is the singular."""
    return f"{number(count)} {what}{'s' * (count != 1)}"


def listed(words: Sequence[str]) -> str:
    """Write words as a list: "a, b and c". There must be one at least."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def ranges(numbers: Sequence[int], max_words: int) -> str:
    """Write rising numbers with runs of three and more in short, such as "1, 3 to 7 and 9". There must be one at least."""
    words: list[str] = []
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        words += [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
    return listed([*words[:max_words], *(["more"] if len(words) > max_words else [])])


def repeated(words: Iterable[str]) -> str:
    """Write each distinct word once with how often it occurs, such as "search, weather twice"."""
    return ", ".join(
        word + ("", "", " twice")[count] if count < 3 else f"{word} {count} times"
        for word, count in Counter(words).items()
    )


def seconds(value: float) -> str:
    """Write a duration in the unit that reads most easily, from milliseconds to hours."""
    if value >= 3600:
        hours, rest = divmod(round(value / 60), 60)
        return f"{hours:,} h {rest} min"
    if value >= 60:
        minutes, rest = divmod(round(value), 60)
        return f"{minutes} min {rest} s"
    if 0 < value < 0.1:
        return f"{number(value * 1000)} ms"
    digits = f"{value:.3g}"
    # 1.6 becomes 1.60: the last digit shows the precision.
    whole, _, fraction = digits.partition(".")
    return f"{whole}.{fraction:0<{max(0, 3 - len(whole.lstrip('0')))}} s" if len(whole) < 3 and value else f"{digits} s"


def dollars(value: float) -> str:
    """Write an amount in US dollars, small amounts with two significant digits."""
    return f"${value:,.2f}" if value >= 0.1 or not value else f"${value:.{max(2, 1 - math.floor(math.log10(value)))}f}"


def quantity(value: float, unit: str) -> str:
    """Write a number with its unit."""
    if unit == "USD":
        return dollars(value)
    return seconds(value) if unit == "s" else f"{number(value)} {unit}"


def headline(measure: Measure) -> str:
    """Write a measure in one short phrase: a bare bound as "≥ 0.193 s", an unknown one as a dash."""
    if measure.value is not None and not is_least(measure):
        return quantity(measure.value, measure.unit)
    if measure.low and measure.high is not None:
        return _range(measure.low, measure.high, measure.unit)
    if measure.low is not None and measure.high is None:
        return f"≥ {quantity(measure.low, measure.unit)}"
    if measure.high is not None:
        return f"≤ {quantity(measure.high, measure.unit)}"
    return NOTHING


def _range(low: float, high: float, unit: str) -> str:
    """Write two bounds with their unit once, such as "1.00 to 3.00 s". Bounds that read the same are one number."""
    begin, end = quantity(low, unit), quantity(high, unit)
    if begin == end:
        return end
    unit_of_end = end.rpartition(" ")[2]
    # A length of several units, such as "1 min 5 s", keeps them all.
    is_simple = begin.count(" ") == end.count(" ") == 1 and begin.endswith(f" {unit_of_end}")
    return f"{begin.removesuffix(f' {unit_of_end}')} to {end}" if is_simple else f"{begin} to {end}"


def marked(measure: Measure) -> str:
    """Write a measure in one short phrase, followed by the mark of its grade."""
    return f"{headline(measure)} {MARKS[measure.grade]}" if measure.grade else headline(measure)


def explain_grade(grade: Grade) -> str:
    """Write a grade and what it means."""
    return f"{grade}: {MEANINGS[grade]}"


def is_least(measure: Measure) -> bool:
    """Tell whether a value is only a lower bound, such as a server's own time, which the client waits longer than."""
    return measure.value is not None and measure.value == measure.low and measure.high is None


def bounds(measure: Measure) -> str:
    """Write the bounds of a measure. Return "" if it has no value, is exact, or the bounds add nothing."""
    if measure.value is None or measure.low == measure.high or is_least(measure):
        return ""
    if measure.low is not None and measure.high is not None:
        written = _range(measure.low, measure.high, measure.unit)
        return written if " to " in written else ""
    if measure.low is not None:
        return f"at least {quantity(measure.low, measure.unit)}"
    return f"at most {quantity(measure.high, measure.unit)}" if measure.high is not None else ""


def range_and_guess(measure: Measure) -> tuple[str, str]:
    """Write a measure for a headline: what is certain, then the guess within it, such as "1.00 to 3.00 s" and "about 1.62 s".

    The guess is "" if the value is certain or there is none.
    """
    is_guess = measure.value is not None and not is_least(measure) and measure.grade in ("bounded", "span")
    if not is_guess or measure.low == measure.high or (measure.low is None and measure.high is None):
        return headline(measure), ""
    guess = quantity(measure.value or 0.0, measure.unit)
    if not measure.low and measure.high is None:
        return f"about {guess}", ""
    certain = headline(replace(measure, value=None))
    return (guess, "") if guess in certain.split(" to ") else (certain, f"about {guess}")


def explanation(measure: Measure) -> str:
    """Write in words what a measure is based on, for its tooltip."""
    parts = [measure.source]
    if measure.grade:
        parts.append(explain_grade(measure.grade))
    if limits := bounds(measure):
        parts.append(limits)
    elif measure.value is None and measure.low is not None and measure.high is None:
        parts.append("no upper bound is known")
    return "; ".join(parts)


def size(size_bytes: int) -> str:
    """Write a size in bytes, kB or MB."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    return f"{number(size_bytes / 1000)} kB" if size_bytes < 1_000_000 else f"{number(size_bytes / 1_000_000)} MB"
