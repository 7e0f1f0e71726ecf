"""The tab of tokens: whether the provider's numbers add up, what they cost, and what they consist of."""

import streamlit as st

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.text.safe import well_formed
from viewer.text.words import NOTHING, dollars, number
from viewer.types.usage import Usage, check_arithmetic


def show(stream: Stream) -> None:
    """Show the sums, the cost, a chart and the counts, or that no usage was recorded."""
    usage = stream.usage
    if usage is None:
        _show_no_usage(stream)
        return
    _show_sums(stream, usage)
    left, right = st.columns([1, 1])
    with left:
        _show_chart(stream)
    with right:
        _show_counts(usage)


def _show_no_usage(stream: Stream) -> None:
    if stream.protocol == "generic":
        sheet([node("p", "", "The protocol is unknown, so no usage was read.")], key="no_usage")
        return
    sheet([node("p", "", "The stream reports no usage."), node("p", "note", _ASK_FOR_USAGE)], key="no_usage")


def _show_sums(stream: Stream, usage: Usage) -> None:
    verdict = check_arithmetic(usage, stream.provider)
    sums = [
        node(
            "li",
            "",
            node("span", "name", check.name),
            node("span", "sum" if check.passed else "sum fails", check.figures),
            node("span", "note", "holds" if check.passed else "does not hold"),
        )
        for check in usage.checks
    ]
    cost = stream.cost
    spent = f"{dollars(cost.usd)}: {cost.source}" if cost.usd is not None else cost.source
    sheet([node("p", "verdict", verdict.text), node("ul", "sums", *sums), node("p", "note", spent)], key="checks")


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
    counts = {
        "input, with cache": usage.input,
        "of it from cache": usage.cache_read,
        "written to cache": usage.cache_write,
        "output, with reasoning": usage.output,
        "of it reasoning": usage.reasoning,
        "total, as reported": usage.total,
    }
    tokens = [NOTHING if count is None else number(count) for count in counts.values()]
    st.dataframe({"count": list(counts), "tokens": tokens}, hide_index=True, key="usage_table")
    st.code(well_formed(write(usage.reported, indent=True)), language="json", height=220)


_ASK_FOR_USAGE = 'Many providers send usage only if the request asks for it: "stream_options": {"include_usage": true}.'
