"""The page of many recordings: one row for each stream, which can be filtered, searched, added up, queried and opened."""

import pandas as pd
import streamlit as st

from viewer.display.nodes import node
from viewer.library.search import SearchError, matching
from viewer.pages.library.query import show_query
from viewer.pages.library.table import show_table
from viewer.pages.library.totals import show_totals
from viewer.pages.navigation import stream_page
from viewer.pages.opening.recordings import recording_labels
from viewer.pages.parts.legend import show_legend
from viewer.pages.parts.no_recording import show_nothing_open, show_unreadable
from viewer.pages.parts.sheet import sheet
from viewer.pages.parts.theme import is_dark
from viewer.pages.server.library_rows import read_rows
from viewer.pages.server.recordings import listed_recordings, tables_path
from viewer.text.words import counted
from viewer.types.problems import CassetteError


def render() -> None:
    """Show the streams of all recordings opened by the user or offered by the server, or of the samples if there are none."""
    listed = list(listed_recordings().values())
    # Samples would distort the totals of one's own recordings.
    own = [one for one in listed if one.origin != "sample"]
    listed = own or listed
    if not listed:
        show_nothing_open()
        return
    try:
        library = read_rows(listed)
    except CassetteError as error:
        show_unreadable(error)
        return
    labels = recording_labels(listed)
    streams = library.streams.assign(recording=library.streams["name"].map(labels))
    chosen = _filter(streams, library.texts)
    with st.sidebar, st.container(key="legend_place"):
        show_legend(_grades(chosen))
    show_totals(chosen, len(streams))
    if chosen.empty:
        _show_no_rows(is_filtered=not streams.empty)
    elif selected := show_table(chosen, are_samples=not own):
        st.switch_page(stream_page(), query_params={"file": selected.key, "stream": str(selected.interaction)})
    _show_distributions(chosen)
    show_query(library.streams, tables_path())
    _show_not_listed(library.unreadable, labels)


def _filter(streams: pd.DataFrame, texts: pd.DataFrame) -> pd.DataFrame:
    """Show the search field and the filters, and return the rows that pass them."""
    search, kinds, models, grades = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    with search:
        find = st.text_input(
            "Search", key="q", placeholder="texts, requests, tool calls", bind="query-params", type="search"
        )
    passes = pd.Series(data=True, index=streams.index)
    for column, place, title in (("kind", kinds, "Kind"), ("model", models, "Model"), ("grade", grades, "Timing")):
        present = sorted(streams[column].dropna().astype(str).unique())
        with place:
            wanted = st.multiselect(title, present, key=f"of_{column}", bind="query-params", placeholder="all")
        if wanted:
            passes &= streams[column].astype("string").isin(wanted).fillna(value=False)
    if find:
        try:
            is_named = streams["recording"].str.contains(find, case=False, regex=False).fillna(value=False)
            passes &= matching(texts, find).to_numpy() | is_named.to_numpy()
        except SearchError as error:
            sheet([node("div", "problem warning", node("p", "", str(error)))], key="search_error")
    return streams[passes]


def _show_no_rows(*, is_filtered: bool) -> None:
    why = (
        "No stream matches. Clear the search or remove a filter to see more."
        if is_filtered
        else "None of the open recordings has a stream or an answer. Drop another one anywhere on this page."
    )
    sheet([node("p", "note", why)], key="no_rows")


def _grades(streams: pd.DataFrame) -> set[str]:
    columns = (streams[column].dropna() for column in ("grade", "ttft_grade", "length_grade"))
    return {str(grade) for column in columns for grade in column.unique()}


@st.fragment
def _show_distributions(streams: pd.DataFrame) -> None:
    if streams.empty:
        return
    # While it is closed, nothing is drawn and the browser need not load the code of charts.
    expander = st.expander("Distributions", key="distributions", on_change="rerun")
    if not expander.open:
        return
    with expander:
        from viewer.display.charts import distribution  # noqa: PLC0415 - plotly takes half a second

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


def _show_not_listed(unreadable: pd.DataFrame, labels: dict[str, str]) -> None:
    if unreadable.empty:
        return
    with st.expander(f"{counted(len(unreadable), 'recording')} not listed", key="unreadable_files"):
        st.dataframe(
            unreadable.assign(name=unreadable["name"].map(labels)),
            key="unreadable_table",
            hide_index=True,
            alt="Recordings that are not listed, and why",
        )
