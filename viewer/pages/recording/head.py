"""The head of the page: who answered, what was asked, what happened, the headline figures, and what went wrong."""

import streamlit as st

from viewer.display.head import head_of
from viewer.display.head_blocks import PROBLEMS_ANCHOR, head_blocks
from viewer.display.nodes import Node, node
from viewer.pages.parts.sheet import sheet
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream

_PROBLEMS_TAB = "Problems"


def show_overview(cassette: Cassette, stream: Stream) -> None:
    """Show the head of a stream."""
    sheet(head_blocks(head_of(cassette, stream.interaction, stream)), key="overview", on_link=_open_problems)


def show_plain_response(cassette: Cassette, index: int) -> None:
    """Show the head of a response that was not streamed, and the answer itself."""
    answer = cassette.answers.get(index)
    nodes = head_blocks(head_of(cassette, index, answer))
    sheet([*nodes, *_answer(answer)], key="response", on_link=_open_problems)


def _open_problems(anchor: str) -> None:
    """Open the tab to which a link of the head leads, in the next run."""
    if anchor == PROBLEMS_ANCHOR:
        st.session_state["tab"] = _PROBLEMS_TAB


def _answer(answer: Answer | None) -> list[Node]:
    """Return the text and the tool calls of an answer."""
    if answer is None or answer.error is not None:
        return []
    calls = [node("p", "call", node("code", "", f"{call.name}({call.arguments})")) for call in answer.tool_calls]
    return [
        *([node("p", "answer reasoning", answer.reasoning)] if answer.reasoning else []),
        *([node("p", "answer", answer.text)] if answer.text else []),
        *calls,
    ]
