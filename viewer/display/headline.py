"""The title and the figures that head a stream or a response, and the words for usage and problems.

Report, page and terminal take them from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from viewer.display.lanes import choices_of, lanes_of
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import Cost
from viewer.streams.hidden_reasoning import HiddenReasoning
from viewer.streams.stream import Stream
from viewer.text.words import (
    LABELS,
    MARKS,
    USAGE_LABELS,
    dollars,
    explain_grade,
    explanation,
    number,
    range_and_guess,
    repeated,
    seconds,
    size,
)
from viewer.types.chunk_table import AUDIO, CONTENT, REASONING, is_kind
from viewer.types.http import Interaction, RecordedTimes
from viewer.types.measure import Measure
from viewer.types.problems import Problem
from viewer.types.replies import ToolCall
from viewer.types.usage import Check, Usage

MAX_FIGURES = 6
_USAGE_FIELDS = ("input", "cache_read", "cache_write", "output", "reasoning", "total")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, in words."""

    label: str
    value: str
    more: str = ""
    """What belongs to it in small type: the guess within its bounds, or what it consists of."""
    mark: str = ""
    """The mark of its grade; "" if it is not a time."""
    tip: str = ""


class TokenPart(NamedTuple):
    """A part of the input or output tokens."""

    whole: Literal["input", "output"]
    label: str
    tokens: int
    kind: Literal["cached", "quiet", "reasoning", "hidden", "content"]
    """The colour key of this part."""


def stream_title(stream: Stream) -> str:
    """Return the name of a stream: its model, else its protocol."""
    return stream.model or ("Unknown protocol" if stream.protocol == "generic" else stream.protocol)


def answer_title(cassette: Cassette, index: int) -> str:
    """Return the name of a response that was not streamed: its model, else its status."""
    answer = cassette.answers.get(index)
    return (answer.model if answer else None) or cassette.interactions[index].response.status_line or "no status"


def rate_metric(stream: Stream) -> str:
    """Return the name of the metric by which the speed of a stream is stated, in the headline and in its story."""
    rate = stream.metrics["tokens_per_second"]
    is_exact = rate.value is not None and rate.grade in ("measured", "stamped")
    return "tokens_per_second" if is_exact else "chunks_per_second"


def stream_figures(stream: Stream) -> list[Figure]:
    """Return the headline figures of a stream: the first of a fixed order that its recording has."""
    times = [measured_figure(name, stream.metrics[name]) for name in _time_metrics(stream)]
    columns = stream.columns
    # As many as the deck draws, so that its last chunk has this number.
    chunks = sum(len(lane.rows) for choice in choices_of(stream) for lane in lanes_of(stream, choice))
    counted = Figure("Chunks", number(chunks)) if chunks else Figure("Events", number(columns.event_count))
    body_bytes = int((columns.offset + columns.size).max(initial=0))
    figures = [
        *times,
        *_token_figures(stream.usage, stream.hidden),
        *_cost_figures(stream.cost),
        *_tool_figures(stream.tool_calls),
        counted,
        # The time to the first token begins with the time to the headers.
        *(_headers_figures(stream.recorded_times) if not times else []),
        Figure("Body", size(body_bytes)),
    ]
    return figures[:MAX_FIGURES]


def response_figures(interaction: Interaction, answer: Answer | None) -> list[Figure]:
    """Return the headline figures of a response that was not streamed, in the same order."""
    figures: list[Figure] = []
    if answer is not None and answer.error is None:
        figures += [
            *_token_figures(answer.usage, None),
            *_cost_figures(answer.cost),
            *_tool_figures(answer.tool_calls),
        ]
    whole_s = interaction.times.whole_s
    if whole_s is not None:
        figures.append(Figure("Whole response", seconds(whole_s), "", MARKS["measured"], explain_grade("measured")))
    figures += _headers_figures(interaction.times)
    if interaction.response.body:
        figures.append(Figure("Body", size(len(interaction.response.body))))
    return figures[:MAX_FIGURES]


def measured_figure(name: str, measure: Measure) -> Figure:
    """Return a metric as a figure. What is certain is large, a guess is small."""
    value, guess = range_and_guess(measure)
    mark = MARKS[measure.grade] if measure.grade else ""
    return Figure(LABELS.get(name, name), value, guess, mark, explanation(measure))


def tool_names(calls: Sequence[ToolCall]) -> str:
    """Return the names of called tools, each with how often it was called."""
    return repeated(call.name or "a tool" for call in calls)


def usage_counts(usage: Usage) -> dict[str, int | None]:
    """Return the token counts by their labels. A count is None if the provider does not report it."""
    return {USAGE_LABELS[field]: getattr(usage, field) for field in _USAGE_FIELDS}


def token_parts(stream: Stream, usage: Usage) -> list[TokenPart]:
    """Return what the input and output tokens consist of. Empty parts are left out."""
    cached, reasoning = usage.cache_read or 0, usage.reasoning or 0
    hidden = stream.hidden.tokens if stream.hidden else 0
    parts = [
        TokenPart("input", "from cache", cached, "cached"),
        TokenPart("input", "not cached", (usage.input or 0) - cached, "quiet"),
        TokenPart("output", "reasoning, shown" if hidden else "reasoning", reasoning - hidden, "reasoning"),
        TokenPart("output", "reasoning, hidden", hidden, "hidden"),
        TokenPart("output", "content and calls", (usage.output or 0) - reasoning, "content"),
    ]
    return [part for part in parts if part.tokens > 0]


def check_result(check: Check) -> str:
    """Return whether an identity of the reported counts holds, in words."""
    return "holds" if check.passed else "does not hold"


def cost_line(cost: Cost) -> str:
    """Return a cost with its source, or only the reason why it is unknown."""
    return cost.source if cost.usd is None else f"{dollars(cost.usd)}: {cost.source}"


def problem_place(problem: Problem) -> str:
    """Return the severity of a problem and its place: file, interaction and byte, as far as they are known."""
    parts = [problem.severity, problem.file]
    if problem.interaction is not None:
        parts.append(f"interaction {problem.interaction}")
    if problem.offset is not None:
        parts.append(f"byte {problem.offset:,}")
    return " · ".join(part for part in parts if part)


def _time_metrics(stream: Stream) -> list[str]:
    """Return the names of the times and the rate that the recording of a stream supports."""
    metrics = stream.metrics
    has_text = bool(is_kind(stream.columns.kind, (CONTENT, REASONING, AUDIO)).any()) or bool(stream.hidden)
    first = "ttft" if has_text or not stream.tool_calls else "time_to_first_output"
    lead = metrics[first]
    # If the events have no times, a lower bound says only when the headers came.
    is_headers = stream.timing.grade == "paced" and lead.value is None and lead.high is None
    length = "thinking_time" if _is_known(metrics["thinking_time"]) else "stream_time"
    rate = rate_metric(stream)
    shown = {
        first: _is_known(lead) and not is_headers,
        length: _is_known(metrics[length]),
        # A mere bound of a rate tells little.
        rate: metrics[rate].value is not None,
    }
    return [name for name, is_shown in shown.items() if is_shown]


def _is_known(measure: Measure) -> bool:
    """Tell whether a measure has a value or a bound that says something."""
    return measure.value is not None or bool(measure.low) or measure.high is not None


def _token_figures(usage: Usage | None, hidden: HiddenReasoning | None) -> list[Figure]:
    if usage is None:
        return []
    figures = []
    if usage.input is not None:
        cached = f"{number(usage.cache_read)} from cache" if usage.cache_read else ""
        figures.append(Figure("Input", f"{number(usage.input)} tokens", cached))
    if usage.output is not None:
        figures.append(Figure("Output", f"{number(usage.output)} tokens", _reasoning(usage, hidden)))
    if not figures and usage.total is not None:
        figures.append(Figure("Tokens", number(usage.total), "in total, as reported"))
    return figures


def _reasoning(usage: Usage, hidden: HiddenReasoning | None) -> str:
    if not usage.reasoning:
        return ""
    if hidden is None:
        return f"{number(usage.reasoning)} reasoning"
    shown = hidden.reasoning_tokens - hidden.tokens
    return f"{number(hidden.reasoning_tokens)} reasoning, {number(hidden.tokens) if shown else 'all'} hidden"


def _cost_figures(cost: Cost) -> list[Figure]:
    if cost.usd is None:
        return []
    more = f"estimate, {cost.prices}" if cost.is_estimate else "as reported"
    return [Figure("Cost", dollars(cost.usd), more, tip=cost.source)]


def _tool_figures(calls: Sequence[ToolCall]) -> list[Figure]:
    return [Figure("Tool calls", number(len(calls)), tool_names(calls))] if calls else []


def _headers_figures(times: RecordedTimes) -> list[Figure]:
    if times.headers_s is None:
        return []
    tip = f"request to response headers; {explain_grade('measured')}"
    return [Figure("Headers after", seconds(times.headers_s), "", MARKS["measured"], tip)]
