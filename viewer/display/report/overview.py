"""The top of the page: which recording this is, and a table of its streams."""

from viewer.display.headline import stream_title
from viewer.display.nodes import Node, node
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import NOTHING, counted, dollars, headline, marked, number

_COLUMNS = ("Play", "Stream", "First token", "Length", "Tokens", "Cost", "Finish")


def recording_line(cassette: Cassette) -> str:
    """Return the name, recorder and size of a recording on one line."""
    interactions, streams = len(cassette.interactions), len(cassette.streams)
    parts = [cassette.name, cassette.recorder, counted(interactions, "interaction")]
    if streams != interactions:
        parts.append(counted(streams, "stream"))
    return " · ".join(parts)


def streams_table(cassette: Cassette) -> list[Node]:
    """Return a table with a row for each of several streams. Its number links to it in the deck."""
    if len(cassette.streams) < 2:
        return []
    titles = [node("th", {"scope": "col"}, name) for name in _COLUMNS]
    rows = [_row(stream, place) for place, stream in enumerate(cassette.streams)]
    table = node("table", "streams", node("thead", "", node("tr", "", *titles)), node("tbody", "", *rows))
    note = node("p", "note", "Tick one stream to play it, or up to six to race them on one clock.")
    return [node("div", {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": "Streams"}, table), note]


def _row(stream: Stream, place: int) -> Node:
    metrics = stream.metrics
    total = stream.usage.total if stream.usage else None
    opening = " ".join((stream.text() or stream.text("reasoning"))[:400].split())[:80]
    called = ", ".join(call.name for call in stream.tool_calls)[:80]
    cells = (
        headline(metrics["ttft"]),
        marked(metrics["stream_time"]),
        NOTHING if total is None else number(total),
        NOTHING if stream.cost.usd is None else dollars(stream.cost.usd),
        stream.finish_reason or NOTHING,
    )
    name = node("td", "name", node("b", "", stream_title(stream)), node("span", "opening", opening or called))
    link = node("td", "", node("a", {"href": f"#stream={place}"}, str(place)))
    return node("tr", {"id": f"row-{place}"}, link, name, *(node("td", "number", cell) for cell in cells))
