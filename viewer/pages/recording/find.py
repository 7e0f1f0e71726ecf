"""Search in the calls of a session: prompts, answers, tool calls and what the tools returned."""

import re
from functools import cache
from typing import Any

import streamlit as st

from viewer.conversation.call_texts import CallText, FoundText, find_in_calls, texts_of_calls
from viewer.display.assets import asset, joined_modules
from viewer.display.colours import css_variables
from viewer.pages.recording.call_address import open_place
from viewer.pages.server.cache import server_cache
from viewer.streams.cassette import Cassette
from viewer.text.json import write
from viewer.text.safe import visible_line
from viewer.text.words import counted, number

_KEY = "find"
_GO_KEY = "find/go"
_PACKAGE = "viewer.pages.recording"
_MAX_SHOWN = 100
_MAX_WANTED = 500
_BLANKS = re.compile(r"\s+")


@st.fragment
def show_find(cassette: Cassette, identity: str) -> None:
    """Show the field and what was found. Typing runs only this part of the page again."""
    wanted = _state("wanted")
    found = _found(cassette, identity, wanted[:_MAX_WANTED]) if isinstance(wanted, str) else []

    def picked() -> None:
        place = _state("picked")
        if isinstance(place, int) and 0 <= place < len(found):
            one = found[place]
            open_place(cassette, one.interaction, one.event)
            if one.kind == "prompt":
                st.session_state["tab"] = "Request"
            st.session_state[_GO_KEY] = True

    _component()(
        key=_KEY,
        data={"identity": identity, "wanted": wanted or "", "found": write(_shown(found))},
        width="stretch",
        height="content",
        on_wanted_change=_rerun,
        on_picked_change=picked,
    )
    if st.session_state.pop(_GO_KEY, False):
        st.rerun()


def _state(name: str) -> Any:
    state = st.session_state.get(_KEY)
    return state.get(name) if state else None


def _rerun() -> None:
    """Do nothing. The rerun itself shows what was found."""


def _found(cassette: Cassette, identity: str, wanted: str) -> list[FoundText]:
    if not wanted.strip():
        return []
    texts = server_cache().get(("texts of calls", identity), lambda: texts_of_calls(cassette), _size)
    return find_in_calls(texts, wanted)


def _size(texts: list[CallText]) -> int:
    return sum(len(one.text) + 200 for one in texts)


def _shown(found: list[FoundText]) -> dict[str, Any]:
    calls = len({one.interaction for one in found})
    more = f", the first {_MAX_SHOWN} are listed" if len(found) > _MAX_SHOWN else ""
    return {
        "summary": f"{counted(len(found), 'text')} in {counted(calls, 'call')}{more}"
        if found
        else "Nothing was found.",
        "rows": [
            {
                "index": one.interaction,
                "kind": one.kind,
                "what": f"result of {visible_line(one.tool)}"
                if one.kind == "result" and one.tool
                else visible_line(one.tool) or one.kind,
                "words": [visible_line(_BLANKS.sub(" ", part)) for part in (one.before, one.found, one.after)],
                "count": f"×{number(one.times)}" if one.times > 1 else "",
            }
            for one in found[:_MAX_SHOWN]
        ],
    }


@cache
def _component() -> Any:
    return st.components.v2.component(
        "cassette_viewer_find",
        js=joined_modules("viewer.display.deck", ("dom",)) + joined_modules(_PACKAGE, ("find",)),
        css=css_variables(".find") + asset(_PACKAGE, "find.css"),
        isolate_styles=True,
    )
