"""Opening files: the uploader, drops on the window and pasted text, in the sidebar of every page."""

import streamlit as st

from viewer.pages.opening.drop import catch_drops
from viewer.pages.recording.picker import choose
from viewer.pages.server.recordings import ListedRecording, add_file, opened_recordings

UPLOAD_KEY = "upload"
# Fewer files open before a progress bar could be read.
_PROGRESS_ABOVE_FILES = 20
_HELP = (
    "Cassettes of go-vcr, VCR.py, Ruby VCR, Polly.js and other recorders, HAR files, event streams, folders, and zip or tar"
    " archives of them. Files go only to the server that runs this viewer."
)


def open_files() -> None:
    """Show the uploader and the text field, and open what is uploaded, dropped or pasted."""
    uploads = st.file_uploader("Drop cassettes anywhere", accept_multiple_files=True, key=UPLOAD_KEY, help=_HELP)
    catch_drops()
    _paste()
    opened = opened_recordings()
    new = [upload for upload in uploads if upload.file_id not in opened.uploads_seen]
    if not new:
        return
    progress = st.progress(0.0, "Opening") if len(new) > _PROGRESS_ABOVE_FILES else None
    first: ListedRecording | None = None
    for place, upload in enumerate(new, 1):
        opened.uploads_seen.add(upload.file_id)
        added = add_file(opened, upload.getvalue(), upload.name)
        first = first or next(iter(added), None)
        if progress:
            progress.progress(place / len(new), f"Opening {place} of {len(new)}")
    if progress:
        progress.empty()
    if first:
        choose(first.key)


def _paste() -> None:
    with st.popover("Paste text", width="stretch"):
        text = st.text_area("Events or a cassette", key="pasted", height=220, placeholder="data: {…}")
        if st.button("Open", key="open_pasted", disabled=not text):
            added = add_file(opened_recordings(), text.encode("utf-8", "surrogatepass"), "pasted text")
            if added:
                choose(added[0].key)
