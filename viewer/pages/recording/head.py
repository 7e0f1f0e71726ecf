"""The head of the page: where a stream comes from, its story in a sentence, and the headline figures."""

from viewer.display.blocks import figure_list, stream_head, title
from viewer.display.headline import answer_figures
from viewer.display.nodes import Node, node
from viewer.display.story import answer_story, source_line
from viewer.pages.parts.sheet import sheet
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted


def show_overview(cassette: Cassette, stream: Stream) -> None:
    """Show the title, the story and the headline figures of a stream."""
    sheet(stream_head(stream, _source(cassette, stream.interaction, stream)), key="overview")


def show_plain_response(cassette: Cassette, index: int) -> None:
    """Show the same for a response that was not streamed, and the answer itself."""
    answer = cassette.answers.get(index)
    status = cassette.interactions[index].response.status_line
    name = (answer.model if answer else None) or status or cassette.name
    if answer is None or answer.error is not None:
        stories = [problem.message for problem in cassette.problems if problem.interaction == index]
    else:
        stories = [answer_story(answer)]
    head = title(name, _source(cassette, index, None))
    sheet([head, *(node("p", "story", story) for story in stories), *_answer(answer)], key="response")


def _answer(answer: Answer | None) -> list[Node]:
    """Return the figures, the text and the tool calls of an answer."""
    if answer is None or answer.error is not None:
        return []
    calls = [node("p", "call", node("code", "", f"{call.name}({call.arguments})")) for call in answer.tool_calls]
    return [
        figure_list(answer_figures(answer)),
        *([node("p", "answer reasoning", answer.reasoning)] if answer.reasoning else []),
        *([node("p", "answer", answer.text)] if answer.text else []),
        *calls,
    ]


def _source(cassette: Cassette, index: int, stream: Stream | None) -> str:
    count = sum(problem.interaction in (index, None) for problem in cassette.problems)
    problems = f" · {counted(count, 'problem')}" if count else ""
    return source_line(cassette, index, stream) + problems
