"""Picking what is compared: A is the recording that is open, B one like it, and up to four more join the race."""

from difflib import SequenceMatcher
from typing import NamedTuple

import streamlit as st

from viewer.comparison.side import Side, side
from viewer.display.nodes import node
from viewer.pages.opening.recordings import recording_labels
from viewer.pages.parts.address import pick
from viewer.pages.parts.sheet import sheet
from viewer.pages.recording.picker import pick_interaction
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import open_cassette
from viewer.types.problems import CassetteError

_MAX_MORE = 4
_MORE_KEY, _FOLLOWED_KEY = "more", "more/address"
# How many of the most alike by name are opened to find one of the same protocol.
_MAX_OPENED = 3
_SHOWN_KEY_CHARACTERS = 12


class Picked(NamedTuple):
    """One side, and a key that stands for it in every run."""

    key: str
    side: Side


def pick_sides(listed: dict[str, ListedRecording]) -> tuple[Picked, Picked] | None:
    """Let two interactions be picked. Return None if the address names a recording that is not here.

    Raise `CassetteError` if one of them cannot be read.
    """
    missing = [name for name in ("a", "b") if st.query_params.get(name, "") not in ("", *listed)]
    if missing:
        _show_missing(missing)
        return None
    labels = recording_labels(listed.values())
    # On a narrow screen, columns stand beneath each other.
    left, swap, right = st.columns([12, 1, 12], vertical_alignment="bottom")
    open_now = st.query_params.get("file", "")
    first = open_now if open_now in listed else next(iter(listed))
    with left:
        key = pick("A", list(listed), name="a", key="compare/a", shown=labels.__getitem__, default=first)
        one = _pick_interaction(
            "a", listed[key], starts_at=st.query_params.get("stream", "") if key == open_now else ""
        )
    with right:
        default = _alike(listed, key, one.side)
        other_key = pick("B", list(listed), name="b", key="compare/b", shown=labels.__getitem__, default=default)
        other = _pick_interaction("b", listed[other_key])
    with swap:
        named = {"a": other_key, "a_stream": str(other.side.index), "b": key, "b_stream": str(one.side.index)}
        st.button("⇄", key="swap", help="Swap A and B", on_click=st.query_params.update, args=(named,))
    return one, other


def pick_more(listed: dict[str, ListedRecording]) -> list[Picked]:
    """Let more recordings join the race with the streams to show first. Those that cannot be opened are left out."""
    labels = recording_labels(listed.values())
    named = [key for key in st.query_params.get_all("more") if key in listed][:_MAX_MORE]
    # As `pick` does: Streamlit itself would write the labels to the address instead of the keys.
    if st.session_state.get(_FOLLOWED_KEY) != named or _MORE_KEY not in st.session_state:
        st.session_state[_MORE_KEY] = named
    chosen = st.multiselect(
        "Also race",
        list(listed),
        key=_MORE_KEY,
        max_selections=_MAX_MORE,
        format_func=labels.__getitem__,
        placeholder="up to four more recordings",
    )
    if chosen != named:
        st.query_params["more"] = chosen
    st.session_state[_FOLLOWED_KEY] = chosen
    picked = []
    for key in chosen:
        try:
            cassette, identity = open_cassette(listed[key])
        except CassetteError:
            continue
        if cassette.streams:
            picked.append(Picked(identity, side(cassette, cassette.main_interaction)))
    return picked


def _pick_interaction(name: str, recording: ListedRecording, starts_at: str = "") -> Picked:
    cassette, identity = open_cassette(recording)
    parameter = f"{name}_stream"
    if starts_at in {str(index) for index in range(len(cassette.interactions))} and parameter not in st.query_params:
        st.query_params[parameter] = starts_at
    index, _ = pick_interaction(cassette, parameter, f"compare/{name}/{identity}")
    return Picked(f"{identity}/{index}", side(cassette, index))


def _alike(listed: dict[str, ListedRecording], key: str, one: Side) -> str:
    """Return the key of the recording that is most like another: of a similar name and, if possible, of the same protocol."""
    name = _file_name(listed[key])
    others = [other for other in listed if other != key]
    # What was opened by hand comes first in the list, and is what somebody wants to compare.
    ranked = sorted(
        others, key=lambda other: (not listed[other].is_upload, -_likeness(name, _file_name(listed[other])))
    )
    for other in ranked[:_MAX_OPENED]:
        try:
            cassette, _ = open_cassette(listed[other])
        except CassetteError:
            continue
        if side(cassette, cassette.main_interaction).protocol == one.protocol:
            return other
    return ranked[0] if ranked else key


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name, other, autojunk=False).quick_ratio()


def _file_name(recording: ListedRecording) -> str:
    return recording.name.rpartition("/")[2]


def _show_missing(names: list[str]) -> None:
    """Say which recordings a link needs. Once they are dropped, the link shows what it should."""
    rows = [node("li", "", node("span", "name", name.upper()), _short(st.query_params.get(name, ""))) for name in names]
    title = "These recordings are not open here" if len(names) > 1 else "This recording is not open here"
    sheet(
        [
            node("div", "title", node("h1", "", title)),
            node("p", "story", "Drop the file anywhere on this page. The link then opens as it was."),
            node("ul", "evidence", *rows),
            node(
                "p",
                "note",
                "A file that somebody opened by hand is kept for a while only. The others of this link are kept.",
            ),
        ],
        key="compare_missing",
    )


def _short(key: str) -> str:
    return key if "/" in key else f"a file whose SHA-256 begins with {key[:_SHOWN_KEY_CHARACTERS]}"
