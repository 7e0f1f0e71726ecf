"""The page while nothing is open: what the viewer does, four samples, and what else can be opened here."""

from typing import NamedTuple

import streamlit as st

from viewer.pages.opening.component import component
from viewer.pages.opening.recordings import asked_key, show_missing
from viewer.pages.opening.visit import show_by_key
from viewer.pages.server.listed import ListedRecording
from viewer.pages.server.recordings import listed_recordings
from viewer.text.words import counted

_HEADLINE = "See what was asked, what came, and where time and tokens went"
_LEAD = (
    "Drop a recording of a language model's stream anywhere on this page: a cassette, a HAR file, the session of an agent, a folder or"
    " an archive. Or paste one with Ctrl+V."
)
_KEY = "start"
_MAX_LINKS = 12


class _Sample(NamedTuple):
    key: str
    title: str
    detail: str
    look: str


_SAMPLES = (
    _Sample(
        "sample/grok-code-fast-1_simple_streaming.yaml",
        "Reasoning",
        "133 tokens of thinking before a short answer, 90 % of them hidden. Times known to the second.",
        "reasoning",
    ),
    _Sample(
        "sample/weather-agent_tool-calls.yaml",
        "Tools",
        "An agent in four calls: refused once, two tools at the same time, then the answer.",
        "tools",
    ),
    _Sample(
        "sample/rain-gauge_claude-code.jsonl",
        "Session",
        "Claude Code mends a test: two turns, a subagent, and the time and cost of each.",
        "session",
    ),
    _Sample(
        "sample/claude-sonnet-4_overloaded.json",
        "Error",
        "Thinking, then an answer cut off in the middle: overloaded, after HTTP 200.",
        "error",
    ),
)


def show_what_to_open() -> None:
    """Show which file a link needs, or, if the address asks for none, the start page."""
    if asked_key():
        show_missing()
    else:
        _show_start()


def _show_start() -> None:
    """Show the start page. A click on it asks for a recording or for the library."""
    listed = listed_recordings()
    tiles = [sample for sample in _SAMPLES if sample.key in listed]
    component("recording_link", "start")(
        key=_KEY,
        data={
            "headline": _HEADLINE,
            "lead": f"{_LEAD} Or look at a sample:" if tiles else _LEAD,
            "tiles": [{**sample._asdict(), "file": listed[sample.key].name} for sample in tiles],
            "groups": _groups(listed, {sample.key for sample in tiles}),
        },
        height="content",
        on_show_change=_show,
    )


def _show() -> None:
    show_by_key(st.session_state[_KEY].show)


def _groups(listed: dict[str, ListedRecording], on_tiles: set[str]) -> list[dict[str, object]]:
    """Return the links to what this browser has opened, to the server's library and to the other samples."""
    opened = [_link(one) for one in listed.values() if one.origin == "opened"]
    stored = sum(one.origin == "library" for one in listed.values())
    others = [_link(one) for one in listed.values() if one.origin == "sample" and one.key not in on_tiles]
    library = {
        "key": "",
        "label": f"All {counted(stored, 'recording')} in a list" if stored > 1 else "The recording in a list",
    }
    groups = {
        "Open now": [
            *opened[:_MAX_LINKS],
            *([{"key": "", "label": "all in a list"}] if len(opened) > _MAX_LINKS else []),
        ],
        "Library of this server": [library] if stored else [],
        "More samples" if on_tiles else "Samples": others[:_MAX_LINKS],
    }
    return [{"title": title, "links": links} for title, links in groups.items() if links]


def _link(recording: ListedRecording) -> dict[str, str]:
    return {"key": recording.key, "label": recording.name}
