"""The recordings on offer: samples, and what this session has uploaded."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

import viewer
from viewer.cassette import Cassette

SAMPLES = Path(viewer.__file__).resolve().parent.parent / "sample_cassettes"
FIRST_SAMPLE = "grok-code-fast-1_simple_streaming.yaml"

CHOICE_KEY = "recording"
UPLOAD_KEY = "upload"
_SEEN_KEY = "uploads_seen"


@dataclass(frozen=True, slots=True)
class Recording:
    """Name one recording that can be chosen."""

    key: str
    name: str
    is_sample: bool
    read: Callable[[], bytes]


def recordings(uploads: list[st.runtime.uploaded_file_manager.UploadedFile]) -> list[Recording]:
    """Return what can be chosen: the uploads in their order, then the samples, the seed first of them."""
    samples = sorted(
        (path for path in SAMPLES.iterdir() if path.suffix != ".md" and not path.name.startswith(".")),
        key=lambda path: (path.name != FIRST_SAMPLE, path.name),
    )
    uploaded = [Recording(file.file_id, file.name, False, file.getvalue) for file in uploads]  # noqa: FBT003
    return uploaded + [Recording(path.name, path.name, True, path.read_bytes) for path in samples]  # noqa: FBT003


def choose() -> Recording:
    """Show the ways to open a recording, and return the one that is chosen."""
    uploads = st.file_uploader(
        "Drop cassettes here",
        accept_multiple_files=True,
        key=UPLOAD_KEY,
        help="Cassettes of go-vcr, VCR.py, VCR, Polly and others, HAR, or any text with events. Files stay on this machine.",
    )
    offered = recordings(uploads)
    by_key = {recording.key: recording for recording in offered}
    seen: set[str] = st.session_state.setdefault(_SEEN_KEY, set())
    new = [upload.file_id for upload in uploads if upload.file_id not in seen]
    if new:
        seen.update(new)
        st.session_state[CHOICE_KEY] = new[0]
    elif st.session_state.get(CHOICE_KEY) not in by_key:
        st.session_state[CHOICE_KEY] = offered[0].key
    labels = _labels(offered)
    key = st.selectbox("Recording", list(by_key), format_func=lambda key: labels[key], key=CHOICE_KEY)
    return by_key[key or offered[0].key]


def _labels(offered: list[Recording]) -> dict[str, str]:
    """Return what each recording is called; of several with one name, each says which it is."""
    labels: dict[str, str] = {}
    times_seen: dict[str, int] = {}
    for recording in offered:
        label = recording.name + (" (sample)" if recording.is_sample else "")
        times_seen[label] = times_seen.get(label, 0) + 1
        labels[recording.key] = label if times_seen[label] == 1 else f"{label} ({times_seen[label]})"
    return labels


def open_recording(recording: Recording) -> tuple[Cassette, str]:
    """Return an opened recording and the SHA-256 of its bytes, by which it is parsed once, whoever opens it.

    Raises `CassetteError` where nothing of it can be shown.
    """
    data = recording.read()
    sha256 = hashlib.sha256(data).hexdigest()
    return _open(sha256, recording.name, data), sha256


@st.cache_resource(max_entries=64, show_spinner="Reading the recording")
def _open(sha256: str, name: str, _data: bytes) -> Cassette:  # noqa: ARG001 - the key of the cache
    return viewer.load(_data, name)
