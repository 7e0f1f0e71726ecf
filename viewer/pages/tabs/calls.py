"""The calls of a cassette with many interactions: when each ran, what it cost, and which tool results it brought back."""

import streamlit as st

from viewer.agent_loop import Call, calls_of
from viewer.cassette import Cassette
from viewer.pages.colours import is_dark
from viewer.pages.sheet import Node, node, sheet
from viewer.phrasing import MARKS, NOTHING, dollars, headline, number


def show(cassette: Cassette) -> None:
    """Show the calls as a waterfall where their times are known, and as a list with running totals."""
    calls = calls_of(cassette)
    if any(call.started_s is not None for call in calls):
        from viewer.figures import waterfall  # noqa: PLC0415 - plotly takes half a second

        st.plotly_chart(
            waterfall(calls, dark=is_dark()),
            theme="streamlit",
            key="waterfall",
            alt="When each call ran",
            config={"displayModeBar": False},
        )
    else:
        sheet(
            [node("p", "note", "The recording does not say when each call was made; they stand in its order.")],
            key="no_times",
        )
    head = ["", "call", "started", "length", "tokens in", "out", "tokens so far", "cost so far", "tools called"]
    sheet(
        [node("table", "table", node("tr", "", *(node("th", "", name) for name in head)), *map(_row, calls))],
        key="calls",
    )


def _row(call: Call) -> Node:
    tools = [
        node("p", "", name, node("span", "note", NOTHING if to is None else f" → {to}"))
        for name, to in ((link.name, link.answered_in) for link in call.tool_calls)
    ]
    cells = [
        str(call.interaction),
        call.label,
        NOTHING if call.started_s is None else f"{call.started_s:.2f} s",
        f"{headline(call.length_s)} {MARKS[call.length_s.grade] if call.length_s.grade else ''}",
        _count(call.input_tokens),
        _count(call.output_tokens),
        number(call.tokens_so_far),
        dollars(call.cost_so_far_usd),
    ]
    return node("tr", "", *(node("td", "", cell) for cell in cells), node("td", "", *tools))


def _count(tokens: int | None) -> str:
    return NOTHING if tokens is None else number(tokens)
