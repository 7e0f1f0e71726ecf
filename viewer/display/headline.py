"""The title and the five or six figures that head a stream or an answer, and the words for usage and problems.

Report, page and terminal take them from here.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import Cost
from viewer.streams.hidden_reasoning import HiddenReasoning
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, MARKS, NOTHING, USAGE_LABELS, bounds, dollars, explanation, headline, number
from viewer.types.measure import Measure
from viewer.types.problems import Problem
from viewer.types.usage import Check, Usage

_USAGE_FIELDS = ("input", "cache_read", "cache_write", "output", "reasoning", "total")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, in words."""

    label: str
    value: str
    more: str
    """Its bounds or its source."""
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


def headline_metrics(stream: Stream) -> list[str]:
    """Return the names of the metrics that are shown even if they are unknown."""
    has_reasoning = bool(stream.hidden) or bool((stream.chunks["kind"] == "reasoning").any())
    has_text = has_reasoning or bool(stream.chunks["kind"].isin(["content", "audio"]).any())
    return [
        "ttft" if has_text or not stream.tool_calls else "time_to_first_output",
        "thinking_time" if has_reasoning else "stream_time",
        rate_metric(stream),
    ]


def rate_metric(stream: Stream) -> str:
    """Return the name of the metric by which the speed of a stream is stated, in the headline and in its story."""
    rate = stream.metrics["tokens_per_second"]
    is_exact = rate.value is not None and rate.grade in ("measured", "stamped")
    return "tokens_per_second" if is_exact else "chunks_per_second"


def stream_figures(stream: Stream) -> list[Figure]:
    """Return the headline figures of a stream."""
    metrics = stream.metrics
    if stream.protocol == "generic":
        events = Figure("Events", number(stream.chunks["event"].nunique()), "shown as raw events")
        return [events, measured_figure("time_to_headers", metrics["time_to_headers"])]
    is_cut = stream.events_left_out > 0
    return [
        *(measured_figure(name, metrics[name]) for name in headline_metrics(stream)),
        *([_not_read("Tokens")] if is_cut and stream.usage is None else [_tokens(stream.usage)]),
        *([_hidden(stream.hidden)] if stream.hidden else []),
        *([_not_read("Cost")] if is_cut and stream.cost.usd is None else [_priced(stream.cost)]),
    ]


def answer_figures(answer: Answer) -> list[Figure]:
    """Return the headline figures of an answer."""
    finish = Figure("Finish", answer.finish_reason or NOTHING, "as the provider reports it")
    return [_tokens(answer.usage), finish, *([_priced(answer.cost)] if answer.usage else [])]


def measured_figure(name: str, measure: Measure) -> Figure:
    """Return a metric as a figure."""
    mark = MARKS[measure.grade] if measure.grade else ""
    more = measure.source if measure.value is None else bounds(measure) or measure.source
    return Figure(LABELS.get(name, name), headline(measure), more, mark, explanation(measure))


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


def _not_read(label: str) -> Figure:
    return Figure(label, NOTHING, "the stream was not read to its end")


def _tokens(usage: Usage | None) -> Figure:
    counts = {"in": usage.input, "out": usage.output} if usage else {}
    known = ", ".join(f"{number(count)} {name}" for name, count in counts.items() if count is not None)
    if usage is None or usage.input is None or usage.output is None:
        return Figure("Tokens", NOTHING, f"only {known} is reported" if known else "no usage is reported")
    total = usage.total if usage.total is not None else usage.input + usage.output
    wrong = [check.figures for check in usage.checks if not check.passed]
    more = f"does not add up: {wrong[0]}" if wrong else known
    return Figure("Tokens", number(total), more)


def _hidden(hidden: HiddenReasoning) -> Figure:
    more = f"of {number(hidden.reasoning_tokens)} reasoning tokens"
    if hidden.check:
        more = f"{hidden.shown_chunks} shown + {hidden.silent_chunks} silent = {hidden.reasoning_tokens}"
    return Figure("Hidden reasoning", f"{number(hidden.tokens)} tokens", more)


def _priced(cost: Cost) -> Figure:
    if cost.usd is None:
        return Figure("Cost", NOTHING, cost.source.removeprefix("unpriced: "))
    more = f"estimated from {cost.prices}" if cost.is_estimate else "as the provider reports it"
    more += ", with a caveat" if cost.caveats else ""
    return Figure("Cost", dollars(cost.usd), more, tip=cost.source)
