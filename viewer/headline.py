"""What is said first of a stream or an answer beside its story: who it is, and the five or six numbers that matter."""

from dataclasses import dataclass

from viewer.answer import Answer
from viewer.cassette import Cassette
from viewer.hidden import HiddenReasoning
from viewer.measure import Measure
from viewer.phrasing import LABELS, MARKS, NOTHING, bounds, dollars, explanation, headline, number
from viewer.pricing import Cost
from viewer.provider import host_of
from viewer.stream import Stream
from viewer.usage import Usage


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
    return (answer.model if answer else None) or status_of(cassette, index) or "no status"


def status_of(cassette: Cassette, index: int) -> str:
    """Return the status of a response as its first line has it; "" where none is recorded."""
    response = cassette.interactions[index].response
    return f"{response.status} {response.reason}".strip() if response.status else ""


def recorder_of(cassette: Cassette) -> str:
    """Return who wrote the file, and in which version of its format."""
    return f"{cassette.format} {cassette.format_version}".strip()


def stream_facts(cassette: Cassette, stream: Stream) -> str:
    """Return where a stream comes from, by which protocol, and how it ended."""
    host = host_of(cassette.interactions[stream.interaction].request.url)
    known = "" if stream.protocol == "generic" else stream.protocol
    finish = f"finish: {stream.finish_reason}" if stream.finish_reason else ""
    return _joined(host or stream.provider, known, status_of(cassette, stream.interaction), finish)


def answer_facts(cassette: Cassette, index: int) -> str:
    """Return where a response that is no stream comes from."""
    answer = cassette.answers.get(index)
    host = host_of(cassette.interactions[index].request.url)
    return _joined(host, answer.protocol if answer else "", status_of(cassette, index))


def stream_figures(stream: Stream) -> list[Figure]:
    """Return the headline numbers of a stream."""
    metrics = stream.metrics
    if stream.protocol == "generic":
        events = Figure("Events", number(stream.chunks["event"].nunique()), "as recorded, nothing read from them")
        return [events, _measured("Time to headers", metrics["time_to_headers"])]
    thought = bool(stream.hidden) or bool((stream.chunks["kind"] == "reasoning").any())
    length = "thinking_time" if thought else "stream_time"
    return [
        *(_measured(LABELS[name], metrics[name]) for name in ("ttft", length, "chunks_per_second")),
        _tokens(stream.usage),
        *([_hidden(stream.hidden)] if stream.hidden else []),
        _priced(stream.cost),
    ]


def answer_figures(answer: Answer) -> list[Figure]:
    """Return the headline numbers of an answer."""
    return [_tokens(answer.usage), Figure("Finish", answer.finish_reason or NOTHING, "as the provider wrote it")]


def _joined(*facts: str | None) -> str:
    return " · ".join(fact for fact in facts if fact)


def _measured(label: str, measure: Measure) -> Figure:
    mark = MARKS[measure.grade] if measure.grade else ""
    more = measure.source if measure.value is None else bounds(measure) or measure.source
    return Figure(label, headline(measure), more, mark, explanation(measure))


def _tokens(usage: Usage | None) -> Figure:
    if usage is None or usage.input is None or usage.output is None:
        return Figure("Tokens", NOTHING, "no usage is reported")
    total = usage.total if usage.total is not None else usage.input + usage.output
    wrong = [check.figures for check in usage.checks if not check.passed]
    more = f"does not add up: {wrong[0]}" if wrong else f"{number(usage.input)} in, {number(usage.output)} out"
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
