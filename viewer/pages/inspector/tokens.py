"""The tab of tokens: whether the provider's numbers add up, what they cost, and what they consist of."""

import streamlit as st

from viewer.display.blocks import no_usage, sums
from viewer.display.headline import cost_line, usage_counts
from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.text.safe import well_formed
from viewer.text.words import NOTHING, number
from viewer.types.usage import Usage


def show(stream: Stream) -> None:
    """Show the sums, the cost, a chart and the counts, or that no usage was recorded."""
    usage = stream.usage
    if usage is None:
        sheet(no_usage(stream), key="no_usage")
        return
    _show_sums(stream, usage)
    left, right = st.columns([1, 1])
    with left:
        _show_chart(stream)
    with right:
        _show_counts(usage)


def _show_sums(stream: Stream, usage: Usage) -> None:
    sheet([*sums(usage, stream.provider), node("p", "note", cost_line(stream.cost))], key="checks")


def _show_chart(stream: Stream) -> None:
    from viewer.display.charts import token_sunburst  # noqa: PLC0415 - plotly takes half a second

    st.plotly_chart(
        token_sunburst(stream, dark=is_dark()),
        theme="streamlit",
        key="token_sunburst",
        alt="Input and output tokens by what they consist of",
        config={"displayModeBar": False},
    )


def _show_counts(usage: Usage) -> None:
    """Show the counts in this project's terms, then the provider's own object."""
    counts = usage_counts(usage)
    tokens = [NOTHING if count is None else number(count) for count in counts.values()]
    st.dataframe({"count": list(counts), "tokens": tokens}, hide_index=True, key="usage_table")
    st.code(well_formed(write(usage.reported, indent=True)), language="json", height=220)
