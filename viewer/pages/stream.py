"""The page of one recording: story, headline numbers, deck and tabs."""

from collections.abc import Callable

import streamlit as st

from viewer.display.lanes import choices_of, lanes_of
from viewer.pages.parts.address import pick
from viewer.pages.parts.deck import show_deck
from viewer.pages.parts.legend import grades_of, show_legend
from viewer.pages.parts.overview import show_overview, show_plain_response
from viewer.pages.parts.picker import pick_recording
from viewer.pages.parts.share import show_share
from viewer.pages.parts.sheet import node, sheet
from viewer.pages.server.recordings import open_cassette
from viewer.pages.tabs import calls, chunks, conversation, http, problems, timeline, tokens
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.problems import CassetteError


def render() -> None:
    """Show the chosen recording."""
    with st.sidebar:
        recording = pick_recording()
        picker = st.container(key="picker")
        leaving = st.container(key="share_place")
        legend = st.container(key="legend_place")
    try:
        cassette, digest = open_cassette(recording)
    except CassetteError as error:
        show_unreadable(error)
        return
    with picker:
        index, stream = pick_interaction(cassette, "stream", f"interaction/{digest}")
        choice = _pick_choice(stream, f"{digest}/{index}") if stream else None
    with leaving:
        show_share(cassette, recording, stream, choice)
    with legend:
        show_legend(grades_of(cassette.streams))
    if stream is None:
        _show_without_stream(cassette, index)
    else:
        _show_stream(cassette, stream, choice, f"{digest}/{index}/{choice}")


def pick_interaction(cassette: Cassette, name: str, key: str) -> tuple[int, Stream | None]:
    """Return the interaction to show, the first with a stream unless another is picked, and its stream."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    first = min(streams, default=0)
    count = len(cassette.interactions)
    if count == 1:
        return first, streams.get(first)
    index = pick(
        f"Interaction of {count}",
        range(count),
        name=name,
        key=key,
        shown=lambda index: _label(cassette, index, streams.get(index)),
        default=first,
    )
    return index, streams.get(index)


def _label(cassette: Cassette, index: int, stream: Stream | None) -> str:
    if stream is None:
        response = cassette.interactions[index].response
        status = response.status_line
        answer = cassette.answers.get(index)
        if answer is None or answer.error is not None:
            return f"{index} · {status or 'no status'} · no stream"
        opening = " ".join(answer.text.split())[:40] or ", ".join(call.name for call in answer.tool_calls)
        return f"{index} · {answer.model or answer.protocol} · {opening or status} · whole"
    opening = " ".join((stream.text() or stream.text("reasoning")).split())[:40]
    called = ", ".join(call.name for call in stream.tool_calls)
    return f"{index} · {stream.model or stream.protocol} · {opening or called or stream.finish_reason or 'no text'}"


def _pick_choice(stream: Stream, identity: str) -> int:
    choices = choices_of(stream)
    if len(choices) == 1:
        return choices[0]
    return pick(
        "Choice",
        choices,
        name="choice",
        key=f"choice/{identity}",
        shown=str,
        help="The request asked for several answers.",
    )


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
        # Without text there is nothing to draw over time: the events come first.
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
    """Return the tabs that an interaction has with and without a stream."""
    several = {"Calls": lambda: calls.show(cassette)} if len(cassette.interactions) > 1 else {}
    return {
        **several,
        "HTTP": lambda: http.show(cassette, index),
        "Problems": lambda: problems.show(cassette.problems),
    }


def _show_tabs(shown: dict[str, Callable[[], None]], default: str) -> None:
    """Show tabs, of which only the one in sight is drawn."""
    for tab, show in zip(
        st.tabs(list(shown), key="tab", default=default, bind="query-params"), shown.values(), strict=True
    ):
        if tab.open:
            with tab:
                show()


def show_unreadable(error: CassetteError) -> None:
    """Say why a recording cannot be shown, and what to do."""
    reason = node("p", "", f"{error.file}: {error.reason}")
    advice = node("p", "note", error.advice or "Choose another recording on the left, or drop one anywhere.")
    title = node("div", "title", node("h1", "", "This file cannot be shown"))
    sheet([title, node("div", "problem error", reason, advice)], key="unreadable")
