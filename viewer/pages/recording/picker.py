"""Picking a recording, one of its interactions and one of its choices."""

import streamlit as st

from viewer.display.lanes import choices_of
from viewer.display.nodes import Node, node
from viewer.pages.parts.address import pick
from viewer.pages.parts.sheet import sheet
from viewer.pages.server.recordings import ListedRecording, listed_recordings, opened_recordings
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import counted, number

CHOICE_KEY = "recording"
_MAX_REFUSED = 5
_SHOWN_KEY_CHARACTERS = 80
_OPENING_CHARACTERS = 40


def choose(key: str) -> None:
    """Choose a recording for the pages to show."""
    st.session_state[CHOICE_KEY] = key
    st.session_state[f"{CHOICE_KEY}/address"] = st.query_params.get("file", "")


def pick_recording() -> ListedRecording | None:
    """Let one of the recordings be picked. Return None if there are none."""
    listed = listed_recordings()
    asked = st.query_params.get("file", "")
    picked = None
    if listed:
        labels = recording_labels(list(listed.values()))
        key = pick(
            "Recording", list(listed), name="file", key=CHOICE_KEY, shown=labels.__getitem__, default=_default(listed)
        )
        picked = listed[key]
    if asked and asked not in listed:
        lost = f"This link points to a recording that is not open ({asked[:_SHOWN_KEY_CHARACTERS]}). Drop that file on the page to open it."
        sheet([node("p", "note", lost)], key="lost")
    _show_left_out()
    return picked


def _default(listed: dict[str, ListedRecording]) -> str:
    """Return the recording of an address without `file`: the first sample, even if files have been opened since."""
    return next((key for key, one in listed.items() if one.origin == "sample"), next(iter(listed)))


def _show_left_out() -> None:
    """Show which of the opened files were refused and how many were skipped."""
    opened = opened_recordings()
    notes = [f"{one.name}: {one.reason} {one.advice}" for one in opened.refused[-_MAX_REFUSED:]]
    if len(opened.refused) > _MAX_REFUSED:
        notes.append(f"{number(len(opened.refused) - _MAX_REFUSED)} more files could not be opened.")
    if opened.skipped:
        notes.append(f"Skipped {counted(opened.skipped.total(), 'file')} that cannot hold a recording.")
    if notes:
        nodes: list[Node] = [node("p", "note", note) for note in notes]
        sheet(nodes, key="left_out")


def recording_labels(listed: list[ListedRecording]) -> dict[str, str]:
    """Return the label of each recording by key. Recordings with the same name are numbered."""
    labels: dict[str, str] = {}
    times_seen: dict[str, int] = {}
    for recording in listed:
        label = recording.name + (" (sample)" if recording.origin == "sample" else "")
        times_seen[label] = times_seen.get(label, 0) + 1
        labels[recording.key] = label if times_seen[label] == 1 else f"{label} ({times_seen[label]})"
    return labels


def pick_interaction(cassette: Cassette, name: str, key: str) -> tuple[int, Stream | None]:
    """Let an interaction be picked, by default the one to show first. Return its index and its stream."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    first = cassette.main_interaction
    count = len(cassette.interactions)
    if count == 1:
        return first, streams.get(first)
    index = pick(
        f"Interaction (of {count})",
        range(count),
        name=name,
        key=key,
        shown=lambda index: _interaction_label(cassette, index, streams.get(index)),
        default=first,
    )
    return index, streams.get(index)


def _interaction_label(cassette: Cassette, index: int, stream: Stream | None) -> str:
    if stream is not None:
        opening = " ".join((stream.text() or stream.text("reasoning")).split())[:_OPENING_CHARACTERS]
        called = ", ".join(call.name for call in stream.tool_calls)
        return f"{index} · {stream.model or stream.protocol} · {opening or called or stream.finish_reason or 'no text'}"
    response = cassette.interactions[index].response
    status = response.status_line
    answer = cassette.answers.get(index)
    if answer is None or answer.error is not None:
        return f"{index} · {status or 'no status'} · no stream"
    opening = " ".join(answer.text.split())[:_OPENING_CHARACTERS] or ", ".join(call.name for call in answer.tool_calls)
    return f"{index} · {answer.model or answer.protocol} · {opening or status} · not streamed"


def pick_choice(stream: Stream, identity: str) -> int:
    """Let a choice of a stream be picked, if it has several."""
    choices = choices_of(stream)
    if len(choices) == 1:
        return choices[0]
    return pick(
        "Choice",
        choices,
        name="choice",
        key=f"choice/{identity}",
        shown=str,
        help="The request asked for several answers. Each is one choice.",
    )
