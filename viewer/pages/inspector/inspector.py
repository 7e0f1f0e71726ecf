"""The inspector: tabs about one stream or one plain response, of which only the open one is drawn."""

from collections.abc import Callable

import streamlit as st

from viewer.pages.inspector import chunks, event, figures, http, problems, request, tokens
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream


@st.fragment
def show_inspector(cassette: Cassette, index: int, stream: Stream | None, choice: int | None, identity: str) -> None:
    """Show the tabs of an interaction. Each `identity` keeps its own selection."""
    tabs: dict[str, Callable[[], None]] = {}
    chosen = None if stream is None else event.choose(identity)
    if stream is not None:
        tabs |= {
            "Event": lambda: event.show(cassette, stream, chosen, identity),
            "Chunks": lambda: chunks.show(cassette, stream, chosen, identity),
            "Tokens": lambda: tokens.show(stream),
            "Figures": lambda: figures.show(stream, choice, identity),
        }
    answer = stream or cassette.answers.get(index)
    tabs |= {
        "Request": lambda: request.show(cassette.interactions[index], answer),
        "HTTP": lambda: http.show(cassette, index, stream, chosen, identity),
        "Problems": lambda: problems.show(cassette, index, stream),
    }
    _show_count(len(tabs) - 1, problems.count(cassette, index))
    default = "Event" if stream is not None else "HTTP"
    with st.container(key="inspector"):
        opened = st.tabs(list(tabs), key="tab", default=default, bind="query-params")
    for tab, show in zip(opened, tabs.values(), strict=True):
        if tab.open:
            with tab:
                show()


def _show_count(tab: int, count: int) -> None:
    """Write how many problems there are beside the label of a tab. In the label itself it would change the address."""
    if count:
        rule = (
            f".st-key-inspector [data-testid=stTab][data-key='{tab}']::after {{ content: '{count}'; margin-left: 6px }}"
        )
        st.html(f"<style>{rule}</style>")
