"""The ways to open a recording, in the sidebar of every page."""

import streamlit as st

from viewer.display.nodes import node
from viewer.pages.parts.address import pick
from viewer.pages.parts.drop import catch_drops
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.recordings import Recording, on_offer, put, shelf
from viewer.text.words import number

UPLOAD_KEY = "upload"
CHOICE_KEY = "recording"
_MANY = 20
_SAID_REFUSED = 5


def open_by_hand() -> None:
    """Show where files are dropped and text is pasted, and put what comes on this session's shelf."""
    uploads = st.file_uploader(
        "Drop cassettes anywhere",
        accept_multiple_files=True,
        key=UPLOAD_KEY,
        help="Cassettes of go-vcr, VCR.py, VCR, Polly and others, HAR, any text with events, folders, and zip or tar archives of them."
        " Files stay on this machine.",
    )
    catch_drops()
    _paste()
    held = shelf()
    new = [upload for upload in uploads if upload.file_id not in held.uploads_seen]
    if not new:
        return
    progress = st.progress(0.0, "Opening") if len(new) > _MANY else None
    first: Recording | None = None
    for place, upload in enumerate(new):
        held.uploads_seen.add(upload.file_id)
        placed = put(held, upload.getvalue(), upload.name)
        first = first or next(iter(placed), None)
        if progress:
            progress.progress((place + 1) / len(new), f"Opening {place + 1} of {len(new)}")
    if progress:
        progress.empty()
    if first:
        choose(first.key)


def _paste() -> None:
    with st.popover("Paste text", width="stretch"):
        text = st.text_area("Events or a cassette", key="pasted", height=220, placeholder="data: {…}")
        if st.button("Open", key="open_pasted", disabled=not text):
            placed = put(shelf(), text.encode("utf-8", "surrogatepass"), "pasted text")
            if placed:
                choose(placed[0].key)


def choose(key: str) -> None:
    """Choose a recording for the pages to show."""
    st.session_state[CHOICE_KEY] = key
    st.session_state[f"{CHOICE_KEY}/address"] = st.query_params.get("file", "")


def pick_recording() -> Recording:
    """Let one of the recordings on offer be picked."""
    offered = on_offer()
    labels = labels_of(list(offered.values()))
    asked = st.query_params.get("file", "")
    key = pick(
        "Recording", list(offered), name="file", key=CHOICE_KEY, shown=labels.__getitem__, default=_first(offered)
    )
    if asked and asked not in offered:
        sheet(
            [node("p", "note", f"The link names a recording that is not open here ({asked[:80]}): drop its file.")],
            key="lost",
        )
    _say_what_was_left_out()
    return offered[key]


def _first(offered: dict[str, Recording]) -> str:
    """Return what an address without a file names: the first sample, whatever else has been opened since."""
    return next((key for key, one in offered.items() if one.origin == "sample"), next(iter(offered)))


def _say_what_was_left_out() -> None:
    held = shelf()
    said = [node("p", "note", f"{one.name}: {one.reason} {one.advice}") for one in held.refused[-_SAID_REFUSED:]]
    if len(held.refused) > _SAID_REFUSED:
        said.append(node("p", "note", f"and {number(len(held.refused) - _SAID_REFUSED)} more that cannot be opened"))
    if held.passed_over:
        passed_over = held.passed_over.total()
        what = "file that is no recording" if passed_over == 1 else "files that are no recordings"
        said.append(node("p", "note", f"passed over: {number(passed_over)} {what}"))
    if said:
        sheet(said, key="left_out")


def labels_of(offered: list[Recording]) -> dict[str, str]:
    """Return what each recording is called, by key; of several with one name, each says which it is."""
    labels: dict[str, str] = {}
    times_seen: dict[str, int] = {}
    for recording in offered:
        label = recording.name + (" (sample)" if recording.origin == "sample" else "")
        times_seen[label] = times_seen.get(label, 0) + 1
        labels[recording.key] = label if times_seen[label] == 1 else f"{label} ({times_seen[label]})"
    return labels
