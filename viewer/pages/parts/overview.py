"""What is said first of a stream: where it comes from, its story in a sentence, and the headline numbers."""

from viewer.display.headline import Figure, answer_figures, stream_figures, stream_title
from viewer.display.story import facts_of, tell, tell_answer
from viewer.pages.parts.sheet import Node, node, sheet
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream


def show_overview(cassette: Cassette, stream: Stream) -> None:
    """Show title, story and headline numbers."""
    title = node("h1", "", stream_title(stream))
    sheet(
        [
            node("div", "title", title, _facts(cassette, stream.interaction, stream)),
            node("p", "story", tell(stream)),
            node("dl", "figures", *map(_figure, stream_figures(stream))),
        ],
        key="overview",
    )


def show_plain_response(cassette: Cassette, index: int) -> None:
    """Show what is said first of a response that is no stream."""
    answer = cassette.answers.get(index)
    status = cassette.interactions[index].response.status_line
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
    calls = [node("p", "call", node("code", "", f"{call.name}({call.arguments})")) for call in answer.tool_calls]
    return [
        node("dl", "figures", *map(_figure, answer_figures(answer))),
        *([node("p", "answer reasoning", answer.reasoning)] if answer.reasoning else []),
        *([node("p", "answer", answer.text)] if answer.text else []),
        *calls,
    ]


def _facts(cassette: Cassette, index: int, stream: Stream | None) -> Node:
    count = sum(problem.interaction in (index, None) for problem in cassette.problems)
    problems = f" · {count} problem{'s' * (count != 1)}" if count else ""
    return node("span", "facts", facts_of(cassette, index, stream) + problems)


def _figure(figure: Figure) -> Node:
    tip = figure.tip
    mark = [node("span", "mark", figure.mark, tip=tip)] if figure.mark else []
    return node(
        "div",
        "figure",
        node("dt", "", figure.label, tip=tip),
        node("dd", "", *_with_small_unit(figure.value), *mark, tip=tip),
        node("dd", "more", figure.more),
    )


def _with_small_unit(text: str) -> list[Node]:
    """Return a figure whose unit, where it is a word, is written smaller: the number is what one looks for."""
    value, space, unit = text.rpartition(" ")
    return [value, node("span", "unit", space + unit)] if value and len(unit) > 2 else [text]
