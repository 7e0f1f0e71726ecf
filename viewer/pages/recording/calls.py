"""The tab of calls, for a cassette of several interactions: when each ran, what it cost, and which tools it called."""

import streamlit as st

from viewer.conversation.agent import Call, calls_of
from viewer.display.nodes import Node, node
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.streams.cassette import Cassette
from viewer.text.words import NOTHING, dollars, explanation, marked, number
from viewer.types.measure import Measure


def show(cassette: Cassette) -> None:
    """Show the calls as a waterfall if their times are known, and as a table with running totals."""
    calls = calls_of(cassette)
    if any(call.started.value is not None for call in calls):
        from viewer.display.charts import waterfall  # noqa: PLC0415 - plotly takes half a second

        st.plotly_chart(
            waterfall(calls, dark=is_dark()),
            theme="streamlit",
            key="waterfall",
            alt="When each call ran",
            config={"displayModeBar": False},
        )
    else:
        sheet(
            [node("p", "note", "The times of the calls were not recorded. They are listed in the order of the file.")],
            key="no_times",
        )
    head = ["", "call", "started", "length", "input", "output", "tokens so far", "cost so far", "tools called"]
    sheet(
        [
            node(
                "div",
                "scroll",
                node(
                    "table",
                    "table",
                    node("tr", "", *(node("th" if name else "td", "", name) for name in head)),
                    *map(_row, calls),
                ),
            )
        ],
        key="calls",
    )


def _row(call: Call) -> Node:
    tools = [
        node("p", "", made.name, node("span", "note", "" if made.answered_by is None else f" → {made.answered_by}"))
        for made in call.tool_calls
    ]
    so_far = number(call.input_tokens_so_far + call.output_tokens_so_far)
    spent = dollars(call.cost_so_far_usd) + (f" + {call.unpriced_so_far} unpriced" if call.unpriced_so_far else "")
    label = [call.label, *([node("p", "note", call.error)] if call.error else [])]
    counts = [
        _count(call.input_tokens),
        _count(call.output_tokens),
        node("td", "number", so_far),
        node("td", "", spent),
    ]
    cells = [_timed(call.started), _timed(call.length), *counts]
    return node(
        "tr",
        "",
        node("td", "", str(call.interaction)),
        node("td", "", *label),
        *cells,
        node("td", "", *tools),
    )


def _timed(measure: Measure) -> Node:
    return node("td", "number", marked(measure), tip=explanation(measure))


def _count(tokens: int | None) -> Node:
    return node("td", "number", NOTHING if tokens is None else number(tokens))
