"""The tab of one event: what it adds, and its payload as it was recorded."""

import numpy as np

from viewer.display.drawing import drawing_of
from viewer.display.nodes import Node, node
from viewer.display.recorded_event import (
    RecordedEvent,
    first_event_of_interest,
    neighbours,
    raw_text,
    recorded_event,
)
from viewer.pages.inspector.framed import framed_body
from viewer.pages.inspector.panel import MAX_SHOWN_BYTES, Part, body_part, copy_part, node_part, show_panel
from viewer.pages.parts.selection import selected_event
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import MARKS, NOTHING, explain_grade, number, quantity, seconds, size
from viewer.types.chunk_table import GRADES, KINDS

_MAX_ROWS = 50
_MAX_TEXT_CHARACTERS = 2000


def choose(identity: str) -> int | None:
    """Return the selected event of the stream that `identity` stands for."""
    return selected_event(identity)


def show(cassette: Cassette, stream: Stream, event: int | None, identity: str) -> None:
    """Show the selected event, or the first one that adds something if none is selected."""
    shown = first_event_of_interest(stream) if event is None else event
    body = cassette.interactions[stream.interaction].response.body
    found = recorded_event(framed_body(cassette, stream.interaction, identity), body, stream, shown)
    if found is None:
        missing = node("p", "note", f"This stream has no event {number(shown)}.")
        show_panel([node_part(missing, _steps(stream, shown, ""))], key="event")
        return
    place = f"Event {number(shown)} (of 0 to {number(int(stream.columns.event[-1]))}) · {size(len(found.raw))} at byte {number(found.offset)}"
    advice = (
        "No event is selected. This is the first that adds something. Click a chunk, a row or a point to see its event."
    )
    note = [node("p", "note", advice)] if event is None else []
    show_panel(
        [node_part(_steps(stream, shown, place), *note, _what_it_adds(stream, shown)), *_payload(found)], key="event"
    )


def show_below(cassette: Cassette, stream: Stream, event: int | None, identity: str) -> None:
    """Show the payload of the selected event below a table, or nothing if none is selected."""
    body = cassette.interactions[stream.interaction].response.body
    found = recorded_event(framed_body(cassette, stream.interaction, identity), body, stream, event or 0)
    if event is not None and found is not None:
        title = node("h2", "", f"Event {number(event)}")
        show_panel([node_part(title), *_payload(found)], key="event_below")


def _payload(event: RecordedEvent) -> list[Part]:
    """Return what frames the payload, the payload, and the raw bytes on request."""
    framing = [node_part(node("pre", "framing", "\n".join(event.framing)))] if event.framing else []
    raw = raw_text(event.raw[:MAX_SHOWN_BYTES])
    details = node("details", "", node("summary", "", "Bytes as recorded"), node("pre", "", raw))
    return [
        *framing,
        *body_part(event.payload.encode(errors="replace"), "event"),
        copy_part(("Copy event", "Copy the event as recorded, with its framing", raw)),
        node_part(details),
    ]


def _steps(stream: Stream, shown: int, place: str) -> Node:
    """Return the buttons to the events before and after, and where this one is."""
    before, after = neighbours(stream, shown)
    return node(
        "div",
        "step",
        _step("previous", "← Previous", before),
        _step("next", "Next →", after),
        node("span", "where", place),
    )


def _step(identity: str, label: str, event: int | None) -> Node:
    if event is None:
        return node("span", {"aria-disabled": "true"}, label)
    return node("span", {"id": identity, "data-event": str(event)}, label)


def _what_it_adds(stream: Stream, event: int) -> Node:
    """Return a table with a row for each chunk of an event."""
    columns = stream.columns
    first, last = (int(np.searchsorted(columns.event, event, side=side)) for side in ("left", "right"))
    head = [node("th", {"scope": "col"}, name) for name in ("adds", "text", "tokens", "time")]
    rows = [_row(stream, row) for row in range(first, min(last, first + _MAX_ROWS))]
    more = last - first - len(rows)
    note = [node("caption", "note", f"and {number(more)} more chunks")] if more > 0 else []
    table = node("table", "adds", *note, node("thead", "", node("tr", "", *head)), node("tbody", "", *rows))
    return node(
        "div", {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": "What the event adds"}, table
    )


def _row(stream: Stream, row: int) -> Node:
    columns = stream.columns
    kind = KINDS[int(columns.kind[row])]
    tokens = float(columns.tokens[row])
    text = str(columns.text[row])
    more = len(text) - _MAX_TEXT_CHARACTERS
    cut = [node("span", "note", f" … and {number(more)} more characters")] if more > 0 else []
    time, tip = _time(stream, row)
    return node(
        "tr",
        "",
        node("td", f"kind kind-{kind}", kind.replace("_", " ")),
        node("td", "text", text[:_MAX_TEXT_CHARACTERS], *cut),
        node("td", "number", quantity(tokens, "") if np.isfinite(tokens) and tokens else NOTHING),
        node("td", "number", time, tip=tip),
    )


def _time(stream: Stream, row: int) -> tuple[str, str]:
    """Return the time of a row with its grade and bounds, and what that means."""
    arrival = stream.columns.arrival
    grade = GRADES[int(arrival.grade[row])]
    if drawing_of(grade).axis == "chunks":
        return f"not recorded {MARKS[grade]}", explain_grade(grade)
    low, high = float(arrival.low[row]), float(arrival.high[row])
    text = f"{seconds(float(arrival.t[row]))} {MARKS[grade]}"
    if grade == "bounded":
        # The first chunk has no bounds if it is the origin.
        most = seconds(high) if np.isfinite(high) else "?"
        text += f" {seconds(max(0.0, low))} to {most}" if high > max(0.0, low) else ""
    return text, f"{explain_grade(grade)}; since the {stream.timing.origin}"
