"""What is said first of a stream: where it comes from, its story in a sentence, and the headline numbers."""

from viewer.cassette import Cassette
from viewer.hidden import HiddenReasoning
from viewer.measure import Measure
from viewer.pages.sheet import Node, node, sheet
from viewer.phrasing import MARKS, NOTHING, bounds, explanation, headline, number
from viewer.provider import host_of
from viewer.story import tell
from viewer.stream import Stream


def show_overview(cassette: Cassette, stream: Stream) -> None:
    """Show title, story and headline numbers."""
    title = stream.model or ("Unknown protocol" if stream.protocol == "generic" else stream.protocol)
    sheet(
        [
            node("div", "title", node("h1", "", title), node("span", "facts", _facts(cassette, stream))),
            node("p", "story", tell(stream)),
            node("dl", "figures", *_figures(stream)),
        ],
        key="overview",
    )


def show_plain_response(cassette: Cassette, index: int) -> None:
    """Show what is said first of a response that is no stream."""
    problems = [problem for problem in cassette.problems if problem.interaction == index]
    response = cassette.interactions[index].response
    title = f"{response.status or ''} {response.reason}".strip() or cassette.name
    recorder = f"{cassette.format} {cassette.format_version}".strip()
    facts = " · ".join(fact for fact in (host_of(cassette.interactions[index].request.url), recorder) if fact)
    stories = [node("p", "story", problem.message) for problem in problems]
    sheet([node("div", "title", node("h1", "", title), node("span", "facts", facts)), *stories], key="response")


def _facts(cassette: Cassette, stream: Stream) -> str:
    interaction = cassette.interactions[stream.interaction]
    response = interaction.response
    status = f"{response.status} {response.reason}".strip() if response.status else ""
    host = host_of(interaction.request.url)
    recorder = f"{cassette.format} {cassette.format_version}".strip()
    protocol = "" if stream.protocol == "generic" else stream.protocol
    return " · ".join(fact for fact in (host or stream.provider, protocol, recorder, status) if fact)


def _figures(stream: Stream) -> list[Node]:
    metrics = stream.metrics
    if stream.protocol == "generic":
        events = _counted("Events", number(stream.chunks["event"].nunique()), "as recorded, nothing read from them")
        return [events, _measured("Time to headers", metrics["time_to_headers"])]
    figures = [
        _measured("Time to first token", metrics["ttft"]),
        _measured("Thinking", metrics["thinking_time"]),
        _measured("First to last chunk", metrics["stream_time"]),
        _measured("Rate", metrics["chunks_per_second"]),
    ]
    usage = stream.usage
    if usage is not None and usage.input is not None and usage.output is not None:
        total = usage.total if usage.total is not None else usage.input + usage.output
        wrong = [check.figures for check in usage.checks if not check.passed]
        more = f"does not add up: {wrong[0]}" if wrong else f"{number(usage.input)} in, {number(usage.output)} out"
        figures.append(_counted("Tokens", number(total), more))
    else:
        figures.append(_counted("Tokens", NOTHING, "the stream reports no usage"))
    if stream.hidden:
        figures.append(_counted("Hidden reasoning", *_hidden(stream.hidden)))
    else:
        figures.append(_counted("Chunks", number(len(stream.chunks)), f"finish: {stream.finish_reason or NOTHING}"))
    return figures


def _hidden(hidden: HiddenReasoning) -> tuple[str, str]:
    more = f"of {number(hidden.reasoning_tokens)} reasoning tokens"
    if hidden.check:
        more = f"{hidden.shown_chunks} shown + {hidden.silent_chunks} silent = {hidden.reasoning_tokens}"
    return f"{number(hidden.tokens)} tokens", more


def _measured(label: str, measure: Measure) -> Node:
    tip = explanation(measure)
    mark = [node("span", "mark", MARKS[measure.grade], tip=tip)] if measure.grade else []
    more = measure.source if measure.value is None else bounds(measure) or measure.source
    return node(
        "div",
        "figure",
        node("dt", "", label, tip=tip),
        node("dd", "", headline(measure), *mark, tip=tip),
        node("dd", "more", more),
    )


def _counted(label: str, value: str, more: str) -> Node:
    return node("div", "figure", node("dt", "", label), node("dd", "", value), node("dd", "more", more))
