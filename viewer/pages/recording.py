"""The page of one recording: source, story, headline numbers, deck and tabs."""

import streamlit as st

from viewer.cassette import Cassette
from viewer.lanes import lanes_of
from viewer.pages import tabs
from viewer.pages.deck import show_deck
from viewer.pages.overview import show_overview
from viewer.pages.sheet import node, sheet
from viewer.pages.source import choose, open_recording
from viewer.phrasing import MARKS, MEANINGS
from viewer.problems import CassetteError
from viewer.stream import Stream


def render() -> None:
    """Show the chosen recording."""
    with st.sidebar:
        chosen = choose()
        picker = st.container(key="picker")
        sheet(_legend(), key="legend")
    try:
        cassette = open_recording(chosen)
    except CassetteError as error:
        sheet(
            [
                node("div", "title", node("h1", "", "This file cannot be shown")),
                node(
                    "div",
                    "problem error",
                    node("p", "", f"{error.file}: {error.reason}"),
                    node("p", "note", error.advice or "Choose another recording on the left, or drop one there."),
                ),
            ],
            key="unreadable",
        )
        return
    if not cassette.streams:
        _show_without_stream(cassette)
        return
    with picker:
        stream = _pick_stream(cassette, chosen.key)
    _show_stream(cassette, stream, f"{chosen.key}/{stream.interaction}")


def _pick_stream(cassette: Cassette, recording: str) -> Stream:
    if len(cassette.streams) == 1:
        return cassette.streams[0]
    index = st.selectbox(
        "Stream",
        range(len(cassette.streams)),
        format_func=lambda index: _stream_label(index, cassette.streams[index]),
        key=f"stream/{recording}",
    )
    return cassette.streams[index or 0]


def _stream_label(index: int, stream: Stream) -> str:
    opening = " ".join((stream.text() or stream.text("reasoning")).split())[:40]
    return f"{index + 1} · {stream.model or stream.protocol} · {opening or stream.finish_reason or 'no text'}"


def _show_stream(cassette: Cassette, stream: Stream, identity: str) -> None:
    with st.container(key="overview_place"):
        show_overview(cassette, stream)
    has_lanes = bool(lanes_of(stream))
    if has_lanes:
        with st.container(key="deck_place"):
            show_deck(stream, identity)
    problems = f"Problems ({len(cassette.problems)})" if cassette.problems else "Problems"
    # Without text there is nothing to draw over time: the events come first.
    names = ["Timeline", "Tokens", "Chunks", "HTTP", problems]
    timeline, tokens, chunks, http, trouble = st.tabs(
        names, key="tabs" if has_lanes else "tabs_of_events", default=names[0] if has_lanes else names[2]
    )
    with timeline:
        tabs.show_timeline(stream, drawn=has_lanes)
    with tokens:
        tabs.show_tokens(stream)
    with chunks:
        tabs.show_chunks(stream, identity)
    with http:
        tabs.show_http(cassette, stream.interaction)
    with trouble:
        tabs.show_problems(cassette.problems)


def _show_without_stream(cassette: Cassette) -> None:
    sheet(
        [
            node("div", "title", node("h1", "", cassette.name), node("span", "facts", cassette.format)),
            node(
                "p", "story", "No stream was found in this recording; its requests and responses are shown as they are."
            ),
        ],
        key="no_stream",
    )
    tabs.show_problems(cassette.problems)
    for index in range(len(cassette.interactions)):
        tabs.show_http(cassette, index)


def _legend() -> list[str | list[object]]:
    rows = [node("li", "", node("span", "mark", mark), f"{grade}: {MEANINGS[grade]}") for grade, mark in MARKS.items()]
    return [node("p", "note", "How well a time is known"), node("ul", "legend", *rows)]
