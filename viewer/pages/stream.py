"""The page of one recording: story, headline numbers, deck and tabs."""

from collections.abc import Callable

import streamlit as st

from viewer.display.lanes import lanes_of
from viewer.pages.parts.deck import show_deck
from viewer.pages.parts.legend import grades_of, show_legend
from viewer.pages.parts.no_recording import show_nothing_open, show_unreadable
from viewer.pages.parts.overview import show_overview, show_plain_response
from viewer.pages.parts.picker import pick_choice, pick_interaction, pick_recording
from viewer.pages.parts.share import show_share
from viewer.pages.parts.think_tags import show_think_tags_switch, splits_think_tags
from viewer.pages.server.recordings import open_cassette
from viewer.pages.tabs import calls, chunks, conversation, http, problems, timeline, tokens
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.problems import CassetteError


def render() -> None:
    """Show the recording that is picked in the sidebar."""
    with st.sidebar:
        recording = pick_recording()
        picker = st.container(key="picker")
        share = st.container(key="share_place")
        legend = st.container(key="legend_place")
    if recording is None:
        show_nothing_open()
        return
    try:
        cassette, identity = open_cassette(recording, think_tags=splits_think_tags())
    except CassetteError as error:
        show_unreadable(error)
        return
    with picker:
        index, stream = pick_interaction(cassette, "stream", f"interaction/{identity}")
        choice = pick_choice(stream, f"{identity}/{index}") if stream else None
        if cassette.has_think_tags:
            show_think_tags_switch()
    with share:
        show_share(cassette, recording, stream, choice)
    with legend:
        show_legend(grades_of(cassette.streams))
    if stream is None:
        _show_without_stream(cassette, index)
    else:
        _show_stream(cassette, stream, choice, f"{identity}/{index}/{choice}")


def _show_stream(cassette: Cassette, stream: Stream, choice: int | None, identity: str) -> None:
    with st.container(key="overview_place"):
        show_overview(cassette, stream)
    has_lanes = bool(lanes_of(stream, choice))
    if has_lanes:
        with st.container(key="deck_place"):
            show_deck([stream], choice, identity)
    interaction = cassette.interactions[stream.interaction]
    _show_tabs(
        {
            "Timeline": lambda: timeline.show(stream, choice, identity, drawn=has_lanes),
            "Tokens": lambda: tokens.show(stream),
            "Chunks": lambda: chunks.show(cassette, stream, identity),
            "Conversation": lambda: conversation.show(interaction, stream),
            **_shared_tabs(cassette, stream.interaction),
        },
        # Without lanes the timeline is empty.
        default="Timeline" if has_lanes else "Chunks",
    )


def _show_without_stream(cassette: Cassette, index: int) -> None:
    show_plain_response(cassette, index)
    interaction, answer = cassette.interactions[index], cassette.answers.get(index)
    _show_tabs(
        {"Conversation": lambda: conversation.show(interaction, answer), **_shared_tabs(cassette, index)},
        default="HTTP",
    )


def _shared_tabs(cassette: Cassette, index: int) -> dict[str, Callable[[], None]]:
    """Return the tabs of every interaction, with or without a stream."""
    calls_tab = {"Calls": lambda: calls.show(cassette)} if len(cassette.interactions) > 1 else {}
    return {
        **calls_tab,
        "HTTP": lambda: http.show(cassette, index),
        "Problems": lambda: problems.show(cassette.problems),
    }


def _show_tabs(tabs: dict[str, Callable[[], None]], default: str) -> None:
    """Show tabs by their titles, and draw only the open one."""
    for tab, show in zip(
        st.tabs(list(tabs), key="tab", default=default, bind="query-params"), tabs.values(), strict=True
    ):
        if tab.open:
            with tab:
                show()
