"""What becomes of uploads: they are opened, and what could not be is said."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from viewer.files.entries import Refused
from viewer.pages.opening.visit import ask_for, visit_library, visit_recording
from viewer.pages.server.adding import Added, add_file
from viewer.pages.server.browser import browser_id
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import open_cassette
from viewer.pages.server.uploads import upload_store
from viewer.text.words import counted, number
from viewer.types.problems import CassetteError

UPLOAD_KEY = "upload"
NOTICE_KEY = "not_opened"
SEEN_KEY = "uploads_seen"
# Fewer files open before a progress bar could be read.
_PROGRESS_ABOVE_FILES = 20
# More are not read at once. The library, which opens then, reads them and lists those that cannot be.
_MAX_CHECKED = 40
_MAX_REASONS = 5
_NAMING_PARAMETERS = ("file", "a", "b")


def open_uploads() -> None:
    """Open what has been uploaded since the last run, and ask for the page that shows it."""
    uploads = st.file_uploader(
        "Open recordings", accept_multiple_files=True, key=UPLOAD_KEY, label_visibility="collapsed"
    )
    seen: set[str] = st.session_state.setdefault(SEEN_KEY, set())
    new = [upload for upload in uploads if upload.file_id not in seen]
    if not new:
        return
    seen.update(upload.file_id for upload in new)
    added = _add(new)
    opened, refused = _check(added)
    st.session_state[NOTICE_KEY] = _notice(len(opened), refused, added.skipped)
    asked = {st.query_params.get(name) for name in _NAMING_PARAMETERS}
    # A page that was waiting for this file stays: its address says what to show of it.
    if opened and not asked & {one.key for one in opened}:
        ask_for(visit_recording(opened[0]) if len(opened) == 1 else visit_library())


def _add(uploads: Sequence[Any]) -> Added:
    progress = st.progress(0.0, "Opening") if len(uploads) > _PROGRESS_ABOVE_FILES else None
    added = Added()
    for place, upload in enumerate(uploads, 1):
        one = add_file(browser_id(), upload.getvalue(), upload.name)
        added.recordings += one.recordings
        added.refused += one.refused
        added.skipped += one.skipped
        if progress:
            progress.progress(place / len(uploads), f"Opening {place} of {len(uploads)}")
    if progress:
        progress.empty()
    return added


def _check(added: Added) -> tuple[list[ListedRecording], list[Refused]]:
    """Read a handful of recordings to tell which can be shown, and close the others. A single one is shown with its error."""
    recordings = list({one.key: one for one in added.recordings}.values())
    if len(recordings) + len(added.refused) < 2 or len(recordings) > _MAX_CHECKED:
        return recordings, added.refused
    opened, refused = [], list(added.refused)
    for recording in recordings:
        try:
            open_cassette(recording)
        except CassetteError as error:
            refused.append(Refused(recording.name, error.reason, error.advice))
            upload_store().remove(browser_id(), recording.key)
        else:
            opened.append(recording)
    return opened, refused


def _notice(opened: int, refused: Sequence[Refused], skipped: int) -> list[str]:
    """Return a title and lines about what was not opened; no lines if everything was."""
    if not refused and (opened or not skipped):
        return []
    total = opened + len(refused)
    title = (
        f"{number(opened)} of {number(total)} opened; {number(len(refused))} could not be opened."
        if total
        else "Nothing was opened."
    )
    lines = [f"{one.name}: {one.reason} {one.advice}".strip() for one in refused[:_MAX_REASONS]]
    if len(refused) > _MAX_REASONS:
        lines.append(f"{counted(len(refused) - _MAX_REASONS, 'more file')} could not be opened.")
    if skipped:
        lines.append(f"{counted(skipped, 'file')} skipped: they cannot hold a recording.")
    return [title, *lines]
