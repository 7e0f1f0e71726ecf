"""What is said first of a stream or an answer beside its story: who it is, and the five or six numbers that matter."""

from dataclasses import dataclass

from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import Cost
from viewer.streams.hidden_reasoning import HiddenReasoning
from viewer.streams.stream import Stream
from viewer.text.words import LABELS, MARKS, NOTHING, bounds, dollars, explanation, headline, number
from viewer.types.measure import Measure
from viewer.types.usage import Usage


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold one headline number as words."""

    label: str
    value: str
    more: str
    """Its bounds, or what it rests on."""
    mark: str = ""
    """Of its grade; "" where it is no time."""
    tip: str = ""


def stream_title(stream: Stream) -> str:
    """Return what a stream is called."""
    return stream.model or ("Unknown protocol" if stream.protocol == "generic" else stream.protocol)


def answer_title(cassette: Cassette, index: int) -> str:
    """Return what a response that is no stream is called."""
    answer = cassette.answers.get(index)
    return (answer.model if answer else None) or cassette.interactions[index].response.status_line or "no status"


def stream_figures(stream: Stream) -> list[Figure]:
    """Return the headline numbers of a stream."""
    metrics = stream.metrics
    if stream.protocol == "generic":
        events = Figure("Events", number(stream.chunks["event"].nunique()), "as recorded, nothing read from them")
        return [events, _measured("Time to headers", metrics["time_to_headers"])]
    thought = bool(stream.hidden) or bool((stream.chunks["kind"] == "reasoning").any())
    length = "thinking_time" if thought else "stream_time"
    is_cut = stream.events_left_out > 0
    return [
        *(_measured(LABELS[name], metrics[name]) for name in ("ttft", length, "chunks_per_second")),
        *([_not_read("Tokens")] if is_cut and stream.usage is None else [_tokens(stream.usage)]),
        *([_hidden(stream.hidden)] if stream.hidden else []),
        *([_not_read("Cost")] if is_cut and stream.cost.usd is None else [_priced(stream.cost)]),
    ]


def answer_figures(answer: Answer) -> list[Figure]:
    """Return the headline numbers of an answer."""
    finish = Figure("Finish", answer.finish_reason or NOTHING, "as the provider wrote it")
    return [_tokens(answer.usage), finish, *([_priced(answer.cost)] if answer.usage else [])]


def _measured(label: str, measure: Measure) -> Figure:
    mark = MARKS[measure.grade] if measure.grade else ""
    more = measure.source if measure.value is None else bounds(measure) or measure.source
    return Figure(label, headline(measure), more, mark, explanation(measure))


def _not_read(label: str) -> Figure:
    return Figure(label, NOTHING, "not all of the stream was read")


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
    more = "estimate by list price" if cost.is_estimate else "as the provider says"
    return Figure("Cost", dollars(cost.usd), more, tip=cost.source)
