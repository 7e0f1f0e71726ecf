"""The session of an agent at the top of a report: what its time went into, and a table of its turns, calls and subagents."""

from collections.abc import Mapping, Sequence

from viewer.conversation.agent import calls_of
from viewer.conversation.sessions.intervals import Stretch, union
from viewer.conversation.sessions.times import Span
from viewer.display.nodes import Node, node
from viewer.display.sessions.axis import SessionAxis, session_axis
from viewer.display.sessions.view import SessionRow, SessionView, session_view, shown_session
from viewer.display.sessions.words import (
    cost_of_row,
    explain_time,
    session_title,
    shares_of,
    totals_in_words,
)
from viewer.streams.cassette import Cassette
from viewer.text.words import NOTHING, counted, marked, number, short_count

# With more calls, the table of turns stands first, and that of all calls is closed.
_MAX_CALLS = 60
_COLUMNS = ("Turn and call", "When", "Time", "Model", "Tools", "Input", "Cached", "Output", "Cost")
# The bars of a row are drawn on a canvas of this width, whatever the screen has.
_WIDTH = 1000
_LEAST_WIDTH = 2.0
_MAX_INDENTED = 12
_KINDS = {"model": "content", "tools": "tool_call", "waiting": "", "rest": "cached"}
"""The classes of the colour of each share."""


def session_overview(cassette: Cassette) -> list[Node]:
    """Return the session of a cassette, or nothing if it is not one. The number of a call links to it in the deck."""
    session = shown_session(cassette)
    if session is None:
        return []
    view = session_view(cassette, session, calls_of(cassette))
    axis = session_axis(view.times)
    place_of = {stream.interaction: place for place, stream in enumerate(cassette.streams)}
    is_long = bool(session.turns) and len(session.calls) > _MAX_CALLS
    turns = (
        [_table([row for row in view.rows if row.kind == "turn"], "Turns", axis, {}, session.program)]
        if is_long
        else []
    )
    calls = _table(view.rows, "Turns and calls", axis, place_of, session.program)
    all_calls = node("summary", "", f"All {counted(len(session.calls), 'call')}")
    return [
        node("h2", "", session_title(session)),
        node("p", "", totals_in_words(view)),
        *_shares(view),
        *(node("p", "warning" if one.agrees is False else "note", one.text) for one in view.totals.agreements),
        *turns,
        node("details", "", all_calls, calls) if is_long else calls,
        node("p", "note", _note(axis, has_streams=bool(place_of))),
    ]


def _table(rows: Sequence[SessionRow], name: str, axis: SessionAxis, place_of: Mapping[int, int], program: str) -> Node:
    first = "Play" if place_of else "#"
    heads = [node("th", {"scope": "col"}, one) for one in (first, *_COLUMNS) if axis.pieces or one != "When"]
    body = node("tbody", "", *(_row(row, axis, place_of, program) for row in rows))
    table = node("table", "streams session", node("thead", "", node("tr", "", *heads)), body)
    return node("div", {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": name}, table)


def _shares(view: SessionView) -> list[Node]:
    """Return how long models worked, tools ran and the agent waited, as a bar and in words."""
    shares = shares_of(view.times)
    whole_s = sum(one.value or 0.0 for _, _, one in shares)
    # Without the length of one share, the others would look like the whole.
    are_known = whole_s > 0 and all(one.value is not None for _, _, one in shares)
    at, parts = 0.0, []
    for name, _, one in shares:
        width = _WIDTH * (one.value or 0.0) / (whole_s or 1.0)
        parts.append(_rect(f"fill {_KINDS[name]}", at, width))
        at += width
    legend = [
        node("span", "part", node("span", f"swatch {_KINDS[name]}"), f"{label} {marked(one)}", tip=explain_time(one))
        for name, label, one in shares
    ]
    return [*([_picture(parts)] if are_known else []), *([node("p", "parts", *legend)] if legend else [])]


def _note(axis: SessionAxis, *, has_streams: bool) -> str:
    play = " Tick one call to play it, or up to six to race them on one clock." if has_streams else ""
    if not axis.pieces:
        return f"Times were not recorded.{play}"
    cut = " Long waits for the user are cut." if any(piece.is_cut for piece in axis.pieces) else ""
    return f"Bars: solid is certain, pale is at most: a model may not have begun yet, and a tool may have waited.{cut}{play}"


def _row(row: SessionRow, axis: SessionAxis, place_of: Mapping[int, int], program: str) -> Node:
    place = place_of.get(row.index) if row.kind == "call" else None
    number_of_row = "" if row.kind == "agent" else str(row.index + 1 if row.kind == "turn" else row.index)
    first = node("a", {"href": f"#stream={place}"}, number_of_row) if place is not None else number_of_row
    sums, times, cost = row.sums, row.times, cost_of_row(row, program)
    cells = [
        *(
            node("td", "number", marked(one) if one.value else NOTHING, tip=explain_time(one))
            for one in (times.whole, times.model, times.tools)
        ),
        _count(sums.input_tokens, sums.without_input, sums.calls),
        _count(sums.cache_read_tokens, sums.without_cache, sums.calls),
        _count(sums.output_tokens, sums.without_output, sums.calls),
        node("td", "number", cost.text or NOTHING, tip=cost.note),
    ]
    bars = [node("td", "when", _picture(_bars(row, axis)))] if axis.pieces else []
    attributes: dict[str, str] = {"class": row.kind}
    if place is not None:
        attributes["id"] = f"row-{place}"
    return node("tr", attributes, node("td", "", first), _name(row), *bars, *cells)


def _name(row: SessionRow) -> Node:
    failed = f"{number(row.failed)} failed" if row.kind != "call" else "failed"
    indented = 0 if row.kind == "turn" else min(2 * row.depth + (row.kind == "call"), _MAX_INDENTED)
    details = [
        *(node("span", "in") for _ in range(indented)),
        node("b", "", row.title),
        *([node("span", "refusal", failed)] if row.failed else []),
        *([node("span", "opening", counted(row.sums.calls, "call"))] if row.kind == "turn" else []),
        *([node("span", "opening", row.detail)] if row.detail and row.detail != row.title else []),
        *([node("span", "opening", "after compaction")] if row.is_compacted else []),
    ]
    return node("td", "name", *details)


def _count(tokens: int, missing: int, calls: int) -> Node:
    if missing == calls:
        return node("td", "number", NOTHING)
    return node("td", "number", short_count(tokens) + ("+" if missing else ""), tip=number(tokens))


def _bars(row: SessionRow, axis: SessionAxis) -> list[Node]:
    """Return the spans of a row on the axis. Those of a turn or subagent are joined, and models stand before tools."""
    if row.kind == "call":
        return [part for span in sorted(row.spans, key=lambda one: one.kind == "model") for part in _parts(span, axis)]
    scale = _WIDTH / axis.end
    return [
        _rect(fill, axis.at(begin_s) * scale, (axis.at(end_s) - axis.at(begin_s)) * scale)
        for kind, fill in (("tool", "fill tool_call"), ("model", "fill content"))
        for begin_s, end_s in union(Stretch(one.begin_s, one.end_s) for one in row.spans if one.kind == kind)
    ]


def _parts(span: Span, axis: SessionAxis) -> list[Node]:
    """Return the bar of a span: pale for as long as it can have been, solid for as long as it certainly was."""
    scale = _WIDTH / axis.end
    begin, end = axis.at(span.begin_s) * scale, axis.at(span.end_s) * scale
    certain = axis.at(span.end_s - (span.certain_s or 0.0)) * scale
    fill = "fill refusal" if span.is_error else "fill content" if span.kind == "model" else "fill tool_call"
    pale = _rect(f"{fill} cached", begin, max(end - begin, _LEAST_WIDTH))
    return [pale, *([_rect(fill, certain, end - certain)] if end > certain else [])]


def _picture(parts: list[Node]) -> Node:
    attributes = {"viewBox": f"0 0 {_WIDTH} 16", "preserveAspectRatio": "none", "aria-hidden": "true"}
    return node("svg", {"class": "bar", **attributes}, *parts)


def _rect(class_name: str, begin: float, width: float) -> Node:
    return node("rect", {"class": class_name, "x": f"{begin:.1f}", "width": f"{width:.1f}", "y": "0", "height": "100%"})
