"""The distributions of the library's times."""

import pandas as pd
import streamlit as st

from viewer.pages.parts.theme import is_dark


def show_distributions(streams: pd.DataFrame) -> None:
    """Show how times to first token and lengths are distributed."""
    if streams.empty:
        return
    # While it is closed, nothing is drawn and the browser need not load the code of charts.
    expander = st.expander("Distributions", key="distributions", on_change="rerun")
    if not expander.open:
        return
    from viewer.display.charts import distribution  # noqa: PLC0415 - plotly takes half a second

    with expander:
        left, right = st.columns(2)
        with left:
            st.plotly_chart(
                distribution(streams, "ttft", "time to first token, s", dark=is_dark()),
                key="ttft_spread",
                alt="Distribution of times to first token",
            )
        with right:
            st.plotly_chart(
                distribution(streams, "length", "first to last chunk, s", dark=is_dark()),
                key="length_spread",
                alt="Distribution of stream lengths",
            )
