"""A page to go to. What a click asks for is kept until the run that follows, in which `main.py` goes there."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import streamlit as st

from viewer.pages.parts.address import RECORDING_PARAMETERS
from viewer.pages.server.browser import browser_id
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import find_recording
from viewer.pages.server.uploads import upload_store

PageName = Literal["recording", "library", "compare"]
_PAGES: dict[str, PageName] = {"recording": "recording", "library": "library", "compare": "compare"}

_SESSION_KEY = "visit"


class Visit(NamedTuple):
    """A page and the parameters of its address."""

    page: PageName | None
    """None is the page that is open."""
    query: dict[str, list[str]]


def ask_for(visit: Visit) -> None:
    """Note where to go."""
    st.session_state[_SESSION_KEY] = visit


def take_visit() -> Visit | None:
    """Return where to go, once."""
    visit: Visit | None = st.session_state.pop(_SESSION_KEY, None)
    return visit


def visit_recording(recording: ListedRecording) -> Visit:
    """Return the visit to a recording, from its start. The open tab stays open."""
    kept = {"tab": st.query_params.get_all("tab")} if "tab" in st.query_params else {}
    return Visit("recording", {**{name: [value] for name, value in named(recording).items()}, **kept})


def named(recording: ListedRecording) -> dict[str, str]:
    """Return the parameters that name a recording. The key of an upload is a hash, so its name tells which file a link needs."""
    return {"file": recording.key, **({"name": recording.name} if recording.is_upload else {})}


def visit_library() -> Visit:
    """Return the visit to the library. The link back leads to the recording that is open."""
    return Visit("library", {name: [st.query_params[name]] for name in RECORDING_PARAMETERS if name in st.query_params})


def show_by_key(key: Any) -> None:
    """Ask for the recording with a key that the browser has sent; an empty one stands for the library."""
    if key == "":
        ask_for(visit_library())
    elif isinstance(key, str) and (recording := find_recording(key)):
        ask_for(visit_recording(recording))


def close(key: Any) -> None:
    """Remove a recording that this browser has opened, and leave it if it is shown."""
    if not isinstance(key, str):
        return
    upload_store().remove(browser_id(), key)
    if st.query_params.get("file") == key:
        ask_for(Visit(None, {}))


def visit_of(asked: Any) -> Visit | None:
    """Return the visit that the browser asks for, or None if it does not make sense."""
    page = _PAGES.get(asked.get("page", "")) if isinstance(asked, dict) else None
    pairs = asked.get("query") if page else None
    if page is None or not isinstance(pairs, list):
        return None
    query: dict[str, list[str]] = {}
    for name, value in _pairs(pairs):
        query.setdefault(name, []).append(value)
    return Visit(page, query)


def _pairs(values: list[Any]) -> Iterable[tuple[str, str]]:
    for pair in values:
        match pair:
            case [str(name), str(value)]:
                yield name, value
