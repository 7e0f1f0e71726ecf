"""Which recording the page shows: the one that the address names, or another one picked from the list."""

from collections.abc import Iterable

import streamlit as st

from viewer.display.nodes import node
from viewer.pages.opening.visit import ask_for, close, visit_recording
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.browser import browser_id
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import find_recording, listed_recordings
from viewer.pages.server.uploads import upload_store

PICKED_KEY = "recording"
_MAX_SHOWN_CHARACTERS = 80


def asked_key() -> str:
    """Return the key of the recording that the address asks for; "" if it asks for none."""
    return st.query_params.get("file", "")


def pick_recording(shown: ListedRecording) -> None:
    """Show which recording is open, and let another one be picked. One that was opened by hand can be closed."""
    listed = listed_recordings()
    labels = recording_labels(listed.values())
    # The address decides, after a link or Back too. What is picked is written to it before the page runs again.
    st.session_state[PICKED_KEY] = shown.key
    can_close = any(one.key == shown.key for one in upload_store().opened_by(browser_id()))
    with st.container(key="recording_place", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox("Recording", list(listed), key=PICKED_KEY, format_func=labels.__getitem__, on_change=_follow)
        if can_close:
            st.button(
                "Remove",
                key="close_recording",
                help="Remove this recording from your list and from the server",
                on_click=close,
                args=(shown.key,),
            )


def _follow() -> None:
    recording = find_recording(st.session_state[PICKED_KEY] or "")
    if recording:
        ask_for(visit_recording(recording))


def recording_labels(listed: Iterable[ListedRecording]) -> dict[str, str]:
    """Return the label of each recording by key. Recordings with the same name are numbered."""
    labels: dict[str, str] = {}
    times_seen: dict[str, int] = {}
    for recording in listed:
        label = recording.name + (" (sample)" if recording.origin == "sample" else "")
        times_seen[label] = times_seen.get(label, 0) + 1
        labels[recording.key] = label if times_seen[label] == 1 else f"{label} ({times_seen[label]})"
    return labels


def show_missing() -> None:
    """Say which file a link needs that names a recording which is not here. Once it is dropped, the link shows what it should."""
    name = st.query_params.get("name", "") or asked_key()
    title = node("div", "title", node("h1", "", "This recording is not open here"))
    file = name if len(name) <= _MAX_SHOWN_CHARACTERS else f"{name[:_MAX_SHOWN_CHARACTERS]}…"
    wanted = node("p", "story", f"Drop “{file}” anywhere on this page. The link then opens at its place.")
    why = node(
        "p",
        "note",
        "A file that somebody opened by hand stays on the server until it is removed, is not used for a day, or the server restarts.",
    )
    sheet([title, wanted, why], key="missing")
