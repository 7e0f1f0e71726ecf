"""The page of one recording: its calls, its head, the deck, and below it the transcript beside the inspector."""

import streamlit as st

from viewer.display.lanes import lanes_of
from viewer.pages.inspector.inspector import show_inspector
from viewer.pages.opening.bar import Bar
from viewer.pages.opening.compare_with import show_compare_with
from viewer.pages.opening.others import show_others
from viewer.pages.opening.recordings import asked_key, pick_recording
from viewer.pages.opening.start import show_what_to_open
from viewer.pages.parts.no_recording import show_unreadable
from viewer.pages.recording.call_address import shown_interaction, shows_all_calls
from viewer.pages.recording.calls import show_calls
from viewer.pages.recording.deck import show_deck
from viewer.pages.recording.find import show_find
from viewer.pages.recording.head import show_overview, show_plain_response
from viewer.pages.recording.picker import pick_choice
from viewer.pages.recording.rail import show_rail
from viewer.pages.recording.session import show_session
from viewer.pages.recording.session_cache import cached_session
from viewer.pages.recording.think_tags import show_think_tags_switch, splits_think_tags
from viewer.pages.recording.transcript import show_transcript
from viewer.pages.server.recordings import find_recording, open_cassette
from viewer.pages.sharing.share import show_share
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.types.problems import CassetteError


def render(bar: Bar | None = None) -> None:
    """Show the recording that the address names. Without a bar, what stands there is in the sidebar."""
    recording = find_recording(asked_key())
    if recording is None:
        show_what_to_open()
        return
    with st.sidebar:
        pick_recording(recording)
        picker = st.container(key="picker")
        share = bar.share if bar else st.container(key="share_place")
    try:
        cassette, identity = open_cassette(recording, think_tags=splits_think_tags())
    except CassetteError as error:
        show_unreadable(error)
        return
    with picker:
        if cached_session(cassette, identity):
            show_find(cassette, identity)
        show_rail(cassette, identity)
        if len(cassette.interactions) == 1:
            show_others(recording)
        index = shown_interaction(cassette)
        stream = cassette.stream_of(index)
        choice = pick_choice(stream, f"{identity}/{index}") if stream else None
        if cassette.has_think_tags:
            show_think_tags_switch()
    if bar:
        with bar.compare:
            show_compare_with(recording, index)
    with share:
        show_share(cassette, recording, identity, stream, choice)
    if shows_all_calls(cassette):
        if view := cached_session(cassette, identity):
            show_session(cassette, view, identity)
        else:
            show_calls(cassette, identity)
        return
    _show_interaction(cassette, index, stream, choice, f"{identity}/{index}/{choice}")


def _show_interaction(cassette: Cassette, index: int, stream: Stream | None, choice: int | None, identity: str) -> None:
    with st.container(key="head_place"):
        if stream is None:
            show_plain_response(cassette, index)
        else:
            show_overview(cassette, stream)
    has_lanes = stream is not None and bool(lanes_of(stream, choice))
    if stream is None or not has_lanes:
        show_inspector(cassette, index, stream, choice, identity)
        return
    with st.container(key="deck_place"):
        show_deck([stream], choice, identity, cassette=cassette)
    # The style in main.py puts them below each other on a narrow screen.
    with st.container(key="below_deck"):
        transcript, inspector = st.columns(2, gap="medium")
    with transcript:
        show_transcript()
    with inspector:
        show_inspector(cassette, index, stream, choice, identity)
