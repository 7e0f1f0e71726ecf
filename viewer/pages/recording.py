"""The page of one recording: source, story, headline numbers, deck and tabs."""

import streamlit as st

from viewer.cassette import Cassette
from viewer.lanes import choices_of, lanes_of
from viewer.pages import tabs
from viewer.pages.deck import show_deck
from viewer.pages.overview import show_overview, show_plain_response
from viewer.pages.sheet import Node, node, sheet
from viewer.pages.source import choose, open_recording
from viewer.phrasing import MARKS, MEANINGS
from viewer.problems import CassetteError
from viewer.stream import Stream


def render() -> None:
    """Show the chosen recording."""
    with st.sidebar:
        chosen = choose()
        picker = st.container(key="picker")
        legend = st.container(key="legend_place")
    try:
        cassette, sha256 = open_recording(chosen)
    except CassetteError as error:
        _show_unreadable(error)
        return
    with picker:
        index, stream = _pick_interaction(cassette, sha256)
        choice = _pick_choice(stream, f"{sha256}/{index}") if stream else None
    with legend:
        sheet(_legend(cassette), key="legend")
    if stream is None:
        _show_without_stream(cassette, index)
    else:
        _show_stream(cassette, stream, choice, f"{sha256}/{index}/{choice}")


def _pick_interaction(cassette: Cassette, sha256: str) -> tuple[int, Stream | None]:
    """Return the interaction to show, the first with a stream unless another is picked, and its stream."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    first = min(streams, default=0)
    if len(cassette.interactions) == 1:
        return first, streams.get(first)
    index = st.selectbox(
        "Interaction",
        range(len(cassette.interactions)),
        index=first,
        format_func=lambda index: _label(cassette, index, streams.get(index)),
        key=f"interaction/{sha256}",
    )
    return index or 0, streams.get(index or 0)


def _label(cassette: Cassette, index: int, stream: Stream | None) -> str:
    if stream is None:
        response = cassette.interactions[index].response
        status = f"{response.status or ''} {response.reason}".strip()
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
    choice = st.selectbox("Choice", choices, key=f"choice/{identity}", help="The request asked for several answers.")
    return choices[0] if choice is None else choice


def _show_stream(cassette: Cassette, stream: Stream, choice: int | None, identity: str) -> None:
    with st.container(key="overview_place"):
        show_overview(cassette, stream)
    has_lanes = bool(lanes_of(stream, choice))
    if has_lanes:
        with st.container(key="deck_place"):
            show_deck([stream], choice, identity)
    # Without text there is nothing to draw over time: the events come first.
    names = ["Timeline", "Tokens", "Chunks", "HTTP", _problems_label(cassette)]
    timeline, tokens, chunks, http, trouble = st.tabs(
        names, key="tabs" if has_lanes else "tabs_of_events", default=names[0] if has_lanes else names[2]
    )
    with timeline:
        tabs.show_timeline(stream, choice, drawn=has_lanes)
    with tokens:
        tabs.show_tokens(stream)
    with chunks:
        tabs.show_chunks(stream, identity)
    with http:
        tabs.show_http(cassette, stream.interaction)
    with trouble:
        tabs.show_problems(cassette.problems)


def _show_without_stream(cassette: Cassette, index: int) -> None:
    show_plain_response(cassette, index)
    http, trouble = st.tabs(["HTTP", _problems_label(cassette)], key="tabs_of_response")
    with http:
        tabs.show_http(cassette, index)
    with trouble:
        tabs.show_problems(cassette.problems)


def _problems_label(cassette: Cassette) -> str:
    return f"Problems ({len(cassette.problems)})" if cassette.problems else "Problems"


def _show_unreadable(error: CassetteError) -> None:
    reason = node("p", "", f"{error.file}: {error.reason}")
    advice = node("p", "note", error.advice or "Choose another recording on the left, or drop one there.")
    title = node("div", "title", node("h1", "", "This file cannot be shown"))
    sheet([title, node("div", "problem error", reason, advice)], key="unreadable")


def _legend(cassette: Cassette) -> list[Node]:
    """Explain the grades that this recording has; nothing where it has none."""
    grades = {stream.timing.grade for stream in cassette.streams}
    grades |= {measure.grade for stream in cassette.streams for measure in stream.metrics.values() if measure.grade}
    if not grades:
        return []
    rows = [
        node("li", "", node("span", "mark", mark), f"{grade}: {MEANINGS[grade]}")
        for grade, mark in MARKS.items()
        if grade in grades
    ]
    return [node("p", "note", "How well a time is known"), node("ul", "legend", *rows)]
