"""The preview of what leaves: each mark with the text around it, and the page itself in a sandboxed frame."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

import streamlit as st

from viewer.display.assets import asset
from viewer.display.nodes import Node, node
from viewer.pages.parts.sheet import sheet
from viewer.streams.cassette import Cassette

_MAX_MARKS = 30
# A longer page takes too long to send to the browser twice.
_MAX_PAGE_BYTES = 8_000_000
_CONTEXT_CHARACTERS = 40
_MARKS = re.compile("•+(?:[\r\n]+•+)*")
_FRAME_STYLE = (
    "iframe { width: 100%; height: min(70vh, 900px); border: 1px solid var(--st-border-color); border-radius: 6px }"
)


class Mark(NamedTuple):
    """Marks in place of something that was removed, with the text around them."""

    where: str
    before: str
    marks: str
    after: str


def show_preview(redacted: Cassette, page: str) -> None:
    """Show what is about to leave.

    Args:
        redacted: the cassette without its secrets.
        page: the finished page.
    """
    marks = list(islice(find_marks(redacted), _MAX_MARKS + 1))
    heading = "Each • stands for one removed character." if marks else "No text was removed from messages and answers."
    more = [node("li", "note", f"Only the first {_MAX_MARKS} are listed.")] if len(marks) > _MAX_MARKS else []
    sheet(
        [
            node("p", "note", heading),
            node("ul", "evidence marks", *map(_mark, marks[:_MAX_MARKS]), *more),
        ],
        key="share_marks",
    )
    if len(page) > _MAX_PAGE_BYTES:
        size = f"The page has {len(page) / 1e6:,.0f} MB, too many to show here. Download it and look at it."
        sheet([node("p", "note", size)], key="share_too_large")
        return
    _frame()(key="share_page", data={"page": page, "title": "The page that leaves"}, width="stretch", height="content")


def find_marks(redacted: Cassette) -> Iterator[Mark]:
    """Yield the marks in requests and in the assembled texts of streams, and otherwise in the bodies of responses."""
    streams = {stream.interaction: stream for stream in redacted.streams}
    for index, interaction in enumerate(redacted.interactions):
        yield from _marks_in(f"request {index} URL", interaction.request.url)
        yield from _marks_in(f"request {index} body", interaction.request.body.decode(errors="replace"))
        if index not in streams:
            yield from _marks_in(f"response {index} body", interaction.response.body.decode(errors="replace"))
            continue
        chunks = streams[index].chunks
        marked = chunks[chunks["kind"] != "tool_call"]
        for (choice, kind), texts in marked.groupby(["choice", "kind"], observed=True)["text"]:
            of_choice = f", choice {choice}" if choice else ""
            yield from _marks_in(f"response {index} {kind}{of_choice}", "".join(texts))
        for call in streams[index].tool_calls:
            yield from _marks_in(f"response {index} tool call {call.name}", call.arguments)


def _marks_in(where: str, text: str) -> Iterator[Mark]:
    for match in _MARKS.finditer(text):
        begin, end = match.span()
        before, after = text[max(0, begin - _CONTEXT_CHARACTERS) : begin], text[end : end + _CONTEXT_CHARACTERS]
        yield Mark(where, " ".join(before.split("\n")), match[0], " ".join(after.split("\n")))


def _mark(mark: Mark) -> Node:
    shown = mark.marks if len(mark.marks) <= _CONTEXT_CHARACTERS else f"{mark.marks[:_CONTEXT_CHARACTERS]}…"
    return node(
        "li", "", node("span", "name", mark.where), node("code", "", mark.before, node("b", "", shown), mark.after)
    )


@cache
def _frame() -> Any:
    return st.components.v2.component(
        "cassette_viewer_page_frame",
        js=asset("viewer.pages.sharing", "page_frame.js"),
        css=_FRAME_STYLE,
        isolate_styles=True,
    )
