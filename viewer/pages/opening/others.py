"""The other recordings, listed in the sidebar of one that has no calls to list there."""

import streamlit as st

from viewer.pages.opening.component import component
from viewer.pages.opening.visit import show_by_key
from viewer.pages.server.listed import ListedRecording, Origin
from viewer.pages.server.recordings import listed_recordings

_KEY = "others"
_MAX_LINKS = 20
_TITLES: dict[Origin, str] = {"opened": "Open now", "library": "Library of this server", "sample": "Samples"}


def show_others(shown: ListedRecording) -> None:
    """List the recordings other than the one that is shown. Of many of one origin, the library lists all."""
    groups = [_group(origin, shown) for origin in _TITLES]
    data = {"groups": [group for group in groups if group["links"]]}
    if data["groups"]:
        component("recording_link", "others")(key=_KEY, data=data, height="content", on_show_change=_show)


def _show() -> None:
    show_by_key(st.session_state[_KEY].show)


def _group(origin: Origin, shown: ListedRecording) -> dict[str, object]:
    listed = [one for one in listed_recordings().values() if one.origin == origin and one.key != shown.key]
    links = [{"key": one.key, "label": one.name} for one in listed[:_MAX_LINKS]]
    more = [{"key": "", "label": f"all {len(listed) + (shown.origin == origin):,} in the library"}]
    return {"title": _TITLES[origin], "links": links + (more if len(listed) > _MAX_LINKS else [])}
