"""What the tokens consist of, whether the provider's numbers add up, and what they cost."""

import streamlit as st

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.text.safe import well_formed
from viewer.text.words import NOTHING, dollars, number
from viewer.types.usage import check_arithmetic


def show(stream: Stream) -> None:
    """Show what the tokens consist of, and whether the provider's numbers add up."""
    usage = stream.usage
    if usage is None:
        known = stream.protocol != "generic"
        said = "The stream reports no usage." if known else "The protocol is not known, so no usage was read."
        sheet([node("p", "", said), node("p", "note", _ASK_FOR_USAGE if known else "")], key="no_usage")
        return
    told = check_arithmetic(usage, stream.provider)
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
    spent = node("p", "note", f"{dollars(cost.usd)}: {cost.source}" if cost.usd is not None else cost.source)
    sheet([node("p", "verdict", told.text), node("ul", "sums", *sums), spent], key="checks")
    rows = {
        "input, with cache": usage.input,
        "of it from cache": usage.cache_read,
        "written to cache": usage.cache_write,
        "output, with reasoning": usage.output,
        "of it reasoning": usage.reasoning,
        "total, as reported": usage.total,
    }
    left, right = st.columns([1, 1])
    with left:
        from viewer.display.charts import token_sunburst  # noqa: PLC0415 - plotly takes half a second

        st.plotly_chart(
            token_sunburst(stream, dark=is_dark()),
            theme="streamlit",
            key="token_sunburst",
            alt="Input and output tokens by what they consist of",
            config={"displayModeBar": False},
        )
    with right:
        counts = [NOTHING if value is None else number(value) for value in rows.values()]
        st.dataframe({"count": list(rows), "tokens": counts}, hide_index=True, key="usage_table")
        st.code(well_formed(write(usage.reported, indent=True)), language="json", height=220)


_ASK_FOR_USAGE = 'Many providers send it only when asked: "stream_options": {"include_usage": true} in the request.'
