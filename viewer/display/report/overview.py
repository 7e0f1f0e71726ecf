"""The top of the page: where the recording comes from, all its streams in a table, and what is said first of one."""

from viewer.display.headline import Figure, stream_figures, stream_title
from viewer.display.report.nodes import Node, node
from viewer.display.story import facts_of, tell
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.words import MARKS, NOTHING, counted, dollars, headline, number

_COLUMNS = ("Play", "Stream", "First token", "Length", "Tokens", "Cost", "Finish")


def source_line(cassette: Cassette) -> str:
    """Return which recording this is."""
    interactions, streams = len(cassette.interactions), len(cassette.streams)
    parts = [cassette.name, cassette.recorder, counted(interactions, "interaction")]
    if streams != interactions:
        parts.append(counted(streams, "stream"))
    return " · ".join(parts)


def head(cassette: Cassette, stream: Stream) -> list[Node]:
    """Return title, facts, story and headline numbers of a stream."""
    title = node("h1", "", stream_title(stream))
    return [
        node("div", "title", title, node("span", "facts", facts_of(cassette, stream.interaction, stream))),
        node("p", "story", tell(stream)),
        node("dl", "figures", *map(figure, stream_figures(stream))),
    ]


def figure(one: Figure) -> Node:
    """Return a headline number with the mark of its grade."""
    tip = {"title": one.tip}
    mark = [node("span", {"class": "mark", "title": one.tip}, one.mark)] if one.mark else []
    return node(
        "div",
        "figure",
        node("dt", tip, one.label),
        node("dd", tip, *_with_small_unit(one.value), *mark),
        node("dd", "more", one.more),
    )


def streams_table(cassette: Cassette) -> list[Node]:
    """Return a row for each stream where there are several; its number is the deck's link to it."""
    if len(cassette.streams) < 2:
        return []
    titles = [node("th", {"scope": "col"}, name) for name in _COLUMNS]
    rows = [_row(stream, place) for place, stream in enumerate(cassette.streams)]
    table = node("table", "streams", node("thead", "", node("tr", "", *titles)), node("tbody", "", *rows))
    note = node("p", "note", "One is played; up to six that are ticked race on one clock.")
    return [node("div", {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": "Streams"}, table), note]


def _row(stream: Stream, place: int) -> Node:
    metrics = stream.metrics
    total = stream.usage.total if stream.usage else None
    opening = " ".join((stream.text() or stream.text("reasoning"))[:400].split())[:80]
    called = ", ".join(call.name for call in stream.tool_calls)[:80]
    cells = (
        headline(metrics["ttft"]),
        f"{headline(metrics['stream_time'])} {MARKS[stream.timing.grade]}",
        NOTHING if total is None else number(total),
        NOTHING if stream.cost.usd is None else dollars(stream.cost.usd),
        stream.finish_reason or NOTHING,
    )
    name = node("td", "name", node("b", "", stream_title(stream)), node("span", "opening", opening or called))
    link = node("td", "", node("a", {"href": f"#stream={place}"}, str(place)))
    return node("tr", {"id": f"row-{place}"}, link, name, *(node("td", "number", cell) for cell in cells))


def _with_small_unit(value: str) -> list[Node]:
    """Return a figure whose unit, where it is a word, is written smaller: the number is what one looks for."""
    before, space, unit = value.rpartition(" ")
    return [before, node("span", "unit", space + unit)] if before and len(unit) > 2 else [value]
