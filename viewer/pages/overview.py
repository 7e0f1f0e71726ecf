"""What is said first of a stream: where it comes from, its story in a sentence, and the headline numbers."""

from viewer.answer import Answer
from viewer.cassette import Cassette
from viewer.hidden import HiddenReasoning
from viewer.measure import Measure
from viewer.pages.sheet import Node, node, sheet
from viewer.phrasing import LABELS, MARKS, NOTHING, bounds, dollars, explanation, headline, number
from viewer.pricing import Cost
from viewer.story import facts_of, status_of, tell, tell_answer
from viewer.stream import Stream
from viewer.usage import Usage


def show_overview(cassette: Cassette, stream: Stream) -> None:
    """Show title, story and headline numbers."""
    title = stream.model or ("Unknown protocol" if stream.protocol == "generic" else stream.protocol)
    sheet(
        [
            node(
                "div",
                "title",
                node("h1", "", title),
                _facts(cassette, stream.interaction, stream),
            ),
            node("p", "story", tell(stream)),
            node("dl", "figures", *_figures(stream)),
        ],
        key="overview",
    )


def show_plain_response(cassette: Cassette, index: int) -> None:
    """Show what is said first of a response that is no stream."""
    answer = cassette.answers.get(index)
    status = status_of(cassette.interactions[index])
    title = (answer.model if answer else None) or status or cassette.name
    if answer is None or answer.error is not None:
        stories = [problem.message for problem in cassette.problems if problem.interaction == index]
    else:
        stories = [tell_answer(answer)]
    head = node("div", "title", node("h1", "", title), _facts(cassette, index, None))
    sheet([head, *(node("p", "story", story) for story in stories), *_answer(answer)], key="response")


def _answer(answer: Answer | None) -> list[Node]:
    """Return the figures, the text and the tool calls of an answer."""
    if answer is None or answer.error is not None:
        return []
    finish = _counted("Finish", answer.finish_reason or NOTHING, "as the provider wrote it")
    calls = [node("p", "call", node("code", "", f"{call.name}({call.arguments})")) for call in answer.tool_calls]
    return [
        node("dl", "figures", _tokens(answer.usage), finish),
        *([node("p", "answer reasoning", answer.reasoning)] if answer.reasoning else []),
        *([node("p", "answer", answer.text)] if answer.text else []),
        *calls,
    ]


def _facts(cassette: Cassette, index: int, stream: Stream | None) -> Node:
    count = sum(problem.interaction in (index, None) for problem in cassette.problems)
    problems = f" · {count} problem{'s' * (count != 1)}" if count else ""
    return node("span", "facts", facts_of(cassette, index, stream) + problems)


def _figures(stream: Stream) -> list[Node]:
    metrics = stream.metrics
    if stream.protocol == "generic":
        events = _counted("Events", number(stream.chunks["event"].nunique()), "as recorded, nothing read from them")
        return [events, _measured("Time to headers", metrics["time_to_headers"])]
    thought = bool(stream.hidden) or bool((stream.chunks["kind"] == "reasoning").any())
    length = "thinking_time" if thought else "stream_time"
    return [
        *(_measured(LABELS[name], metrics[name]) for name in ("ttft", length, "chunks_per_second")),
        _tokens(stream.usage),
        *([_counted("Hidden reasoning", *_hidden(stream.hidden))] if stream.hidden else []),
        _priced(stream.cost),
    ]


def _tokens(usage: Usage | None) -> Node:
    if usage is None or usage.input is None or usage.output is None:
        return _counted("Tokens", NOTHING, "no usage is reported")
    total = usage.total if usage.total is not None else usage.input + usage.output
    wrong = [check.figures for check in usage.checks if not check.passed]
    more = f"does not add up: {wrong[0]}" if wrong else f"{number(usage.input)} in, {number(usage.output)} out"
    return _counted("Tokens", number(total), more)


def _priced(cost: Cost) -> Node:
    if cost.usd is None:
        return _counted("Cost", NOTHING, cost.source.removeprefix("unpriced: "))
    more = "estimate by list price" if cost.is_estimate else "as the provider says"
    tip = cost.source
    return node(
        "div",
        "figure",
        node("dt", "", "Cost", tip=tip),
        node("dd", "", dollars(cost.usd), tip=tip),
        node("dd", "more", more, tip=tip),
    )


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
        node("dd", "", *_with_small_unit(headline(measure)), *mark, tip=tip),
        node("dd", "more", more),
    )


def _with_small_unit(text: str) -> list[Node]:
    """Return a figure whose unit, where it is a word, is written smaller: the number is what one looks for."""
    value, space, unit = text.rpartition(" ")
    return [value, node("span", "unit", space + unit)] if value and len(unit) > 2 else [text]


def _counted(label: str, value: str, more: str) -> Node:
    return node(
        "div",
        "figure",
        node("dt", "", label),
        node("dd", "", *_with_small_unit(value)),
        node("dd", "more", more),
    )
