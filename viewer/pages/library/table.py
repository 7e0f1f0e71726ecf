"""The table of the library: a row for each stream, answer and error, one of which can be selected."""

from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from viewer.display.nodes import node
from viewer.pages.parts.sheet import sheet
from viewer.text.words import NOTHING, headline, marked
from viewer.types.chunk_table import Grade
from viewer.types.measure import Measure

_TABLE_KEY = "library_table"
_ROW_PIXELS, _HEAD_PIXELS, _MAX_PIXELS = 35, 60, 560
# Wide enough for the mark of the grade: a time cut off before it would look exact.
_TIME_PIXELS = 105
_COLUMNS = {
    "recording": st.column_config.TextColumn("recording", width="medium"),
    "model": st.column_config.TextColumn("model"),
    "provider": st.column_config.TextColumn("provider", width="small"),
    "first_token": st.column_config.TextColumn(
        "first token", width=_TIME_PIXELS, help="Time to first token. The mark shows how well it is known."
    ),
    "length": st.column_config.TextColumn(
        "length", width=_TIME_PIXELS, help="Time from the first chunk to the last. The mark shows how well it is known."
    ),
    "input_tokens": st.column_config.NumberColumn("in", format="localized", help="Input tokens"),
    "output_tokens": st.column_config.NumberColumn("out", format="localized", help="Output tokens"),
    "reasoning_tokens": st.column_config.NumberColumn("reasoning", format="localized", help="Reasoning tokens"),
    "cost_usd": st.column_config.NumberColumn("cost", format="$%.5f", width=85),
    "finish_reason": st.column_config.TextColumn("finish", width="small", help="Finish reason"),
    "format": st.column_config.TextColumn("recorder", width="small"),
    "protocol": st.column_config.TextColumn("protocol", width=130),
    "recorded_at": st.column_config.DatetimeColumn(
        "recorded", format="YYYY-MM-DD HH:mm", timezone="UTC", help="When it was recorded, in UTC"
    ),
    "problems": st.column_config.NumberColumn("problems"),
    "opening": st.column_config.TextColumn("begins with", width="medium"),
}


class Selected(NamedTuple):
    """The stream of a selected row."""

    key: str
    """Of its recording."""
    interaction: int


def show_table(streams: pd.DataFrame, *, are_samples: bool) -> Selected | None:
    """Show the rows as a table. Return the stream of the row that is selected, if any."""
    table = streams.assign(first_token=_times(streams, "ttft"), length=_times(streams, "length"))
    state: Any = st.dataframe(
        table,
        key=_TABLE_KEY,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        column_order=list(_COLUMNS),
        column_config=_COLUMNS,
        height=min(_MAX_PIXELS, _HEAD_PIXELS + _ROW_PIXELS * len(table)),
        placeholder=NOTHING,
        lazy=False,
        alt="One row for each stream, answer and error",
    )
    selected = state.selection.rows
    if selected and selected[0] < len(table):
        row = table.iloc[selected[0]]
        st.session_state.pop(_TABLE_KEY, None)
        return Selected(str(row["name"]), int(row["interaction"]))
    note = "Tick the box of a row to open it."
    if are_samples:
        note += " These rows are samples. Once you open recordings of your own, the samples disappear from this list."
    sheet([node("p", "note", note)], key="how_to_open")
    return None


def _times(streams: pd.DataFrame, name: str) -> list[str]:
    columns = (streams[f"{name}_{part}"].astype(object) for part in ("s", "low_s", "high_s", "grade"))
    return [_time(*(None if pd.isna(value) else value for value in row)) for row in zip(*columns, strict=True)]


def _time(value: float | None, low: float | None, high: float | None, grade: Grade | None) -> str:
    # A lower bound of 0 alone tells nothing: every time has it.
    measure = Measure(value, low or None if value is None else low, high, "s", grade, "")
    return NOTHING if headline(measure) == NOTHING else marked(measure)
